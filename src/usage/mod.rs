//! What the pods of a target use of what they request, and how close an HPA is to its maximum.
//!
//! Pure functions: no I/O and no clock; where the time matters it is passed in. A number that is not
//! known is absent and never zero.

mod course;
#[cfg(test)]
mod fixtures;
mod grid;
mod metrics;
mod pressure;
mod target;

pub use course::{
    AtMax, CourseSummary, Load, NoFigure, ReplicaLines, ReplicaSummary, ResourceLines, percentile,
};
pub use grid::{Grid, Line};
pub use metrics::MetricsByPod;
pub use pressure::{Headroom, NoPressure, Pressure};
pub use target::{PodUsage, ResourceUsage, TargetUsage};
