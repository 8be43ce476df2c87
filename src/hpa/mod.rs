//! A `HorizontalPodAutoscaler` of `autoscaling/v2` as a record, and everything that can be derived
//! from that record alone: its targets, its status, an explanation.
//!
//! Pure functions: no I/O and no clock; where the time matters it is passed in.

pub mod algorithm;
mod algorithm_spec;
mod api;
mod condition_names;
mod convert;
mod explain;
mod keda;
mod metrics;
mod name;
mod record;
mod silence;
mod spec_json;
mod status;
mod targets;
mod why;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod fuzz;

pub use condition_names::{conditions, reasons};
pub use explain::{
    ConditionText, Explanation, MetricText, explain, explain_condition, explain_with_replicas,
};
pub use metrics::matching;
pub use name::{HpaName, HpaNameError, HpaNames};
pub use record::{
    Behavior, Hpa, Metric, MetricCurrent, MetricTarget, MetricType, Page, Policy, ScalingRules,
    Source, TargetType, parse_list, parse_list_from, parse_one,
};
pub use silence::Silence;
pub use status::{Severity, Status};
pub use why::{
    Evidence, MeasuredPod, MetricWhy, Origin, PodGroups, PodNumbers, TargetScale, Why, why,
};
