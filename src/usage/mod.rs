//! What the pods of a target use of what they request, and how close an HPA is to its maximum.
//!
//! Pure functions: no I/O and no clock; where the time matters it is passed in. A number that is not
//! known is absent and never zero.

#[cfg(test)]
mod fixtures;
mod metrics;
mod pressure;
mod target;

pub use metrics::MetricsByPod;
pub use pressure::{Headroom, NoPressure, Pressure};
pub use target::{PodUsage, ResourceUsage, TargetUsage};
