//! What a `HorizontalPodAutoscaler` of `autoscaling/v2` says, as a record, and everything that can be
//! said of one from that record alone: its targets, its status, an explanation. Also the objects an
//! HPA is judged with: its scale target ([`Workload`]) and the target's pods ([`Pod`]).
//!
//! Pure functions: no I/O and no clock; where the time matters it is passed in.

mod api;
mod around;
mod containers;
mod convert;
mod explain;
mod json;
mod keda;
mod managed;
mod metrics;
mod owner;
mod pods;
mod quantity;
mod read;
mod record;
mod resize;
mod scale;
mod selector;
mod status;
mod targets;
mod word;
mod workload;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod fuzz;

pub use around::{Amount, DisruptionBudget, Quota, ScaledObject, VerticalAutoscaler};
pub use containers::{Container, Resources};
pub use explain::{ConditionText, Explanation, MetricText, explain, explain_condition};
pub use managed::{ReplicasOwners, ReplicasWriter};
pub use metrics::matching;
pub use owner::Owner;
pub use pods::{LastTermination, Pod, PodSummary, owned_by, summarize};
pub use quantity::{Quantity, QuantityError};
pub use read::ParseError;
pub use record::{
    Behavior, Condition, Hpa, Metric, MetricCurrent, MetricTarget, MetricType, ObjectRef, Page,
    Policy, ScalingRules, TargetType, parse_list, parse_one,
};
pub use resize::{PendingRequest, Resize};
pub use scale::Scale;
pub use status::{Severity, Status};
pub use word::Word;
pub use workload::{Replicas, Workload};
