//! `autoscaling/v2` as an API server writes it. Any field may be absent or null; unknown fields
//! (`managedFields`, most annotations, …) are skipped.

use serde::Deserialize;

use super::silence::Silences;
use crate::kube::Selector;
use crate::kube::api::{Condition, CrossVersionObjectReference};
use crate::kube::json::{Int, StringMap, Text};
use crate::kube::owner::OwnerReferences;

/// A `HorizontalPodAutoscaler`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct HorizontalPodAutoscaler<'a> {
    #[serde(borrow)]
    pub(super) api_version: Text<'a>,
    #[serde(borrow)]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) metadata: Option<Metadata<'a>>,
    #[serde(borrow)]
    pub(super) spec: Option<Spec<'a>>,
    #[serde(borrow)]
    pub(super) status: Option<Status<'a>>,
}

/// An `ObjectMeta`; of the annotations, those that silence findings.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metadata<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    #[serde(borrow)]
    pub(super) namespace: Text<'a>,
    #[serde(borrow)]
    pub(super) uid: Text<'a>,
    #[serde(borrow)]
    pub(super) creation_timestamp: Text<'a>,
    pub(super) labels: StringMap,
    pub(super) annotations: Silences,
    #[serde(borrow)]
    pub(super) owner_references: OwnerReferences<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Spec<'a> {
    #[serde(borrow)]
    pub(super) scale_target_ref: Option<CrossVersionObjectReference<'a>>,
    pub(super) min_replicas: Int,
    pub(super) max_replicas: Int,
    #[serde(borrow)]
    pub(super) metrics: Option<Vec<Metric<'a>>>,
    #[serde(borrow)]
    pub(super) behavior: Option<Box<Behavior<'a>>>,
}

/// A `MetricSpec` (with targets) or a `MetricStatus` (with current values), which are otherwise
/// alike. A metric that could not be read is `{"type":""}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metric<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    // Boxed, because only one of the five is ever present.
    #[serde(borrow)]
    pub(super) resource: Option<Box<MetricSource<'a>>>,
    #[serde(borrow)]
    pub(super) container_resource: Option<Box<MetricSource<'a>>>,
    #[serde(borrow)]
    pub(super) pods: Option<Box<MetricSource<'a>>>,
    #[serde(borrow)]
    pub(super) object: Option<Box<MetricSource<'a>>>,
    #[serde(borrow)]
    pub(super) external: Option<Box<MetricSource<'a>>>,
}

/// The source of a metric of any type, with the fields of all types.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct MetricSource<'a> {
    /// For `Resource` and `ContainerResource`.
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    /// For `ContainerResource`.
    #[serde(borrow)]
    pub(super) container: Text<'a>,
    /// For Pods, Object and External.
    #[serde(borrow)]
    pub(super) metric: Option<MetricIdentifier<'a>>,
    /// For Object.
    #[serde(borrow)]
    pub(super) described_object: Option<CrossVersionObjectReference<'a>>,
    #[serde(borrow)]
    pub(super) target: Option<MetricValue<'a>>,
    #[serde(borrow)]
    pub(super) current: Option<MetricValue<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MetricIdentifier<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    pub(super) selector: Selector,
}

/// A `MetricTarget` or, without a type, a `MetricValueStatus`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct MetricValue<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) value: Text<'a>,
    #[serde(borrow)]
    pub(super) average_value: Text<'a>,
    pub(super) average_utilization: Int,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Behavior<'a> {
    #[serde(borrow)]
    pub(super) scale_up: Option<ScalingRules<'a>>,
    #[serde(borrow)]
    pub(super) scale_down: Option<ScalingRules<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ScalingRules<'a> {
    pub(super) stabilization_window_seconds: Int,
    #[serde(borrow)]
    pub(super) select_policy: Text<'a>,
    #[serde(borrow)]
    pub(super) policies: Option<Vec<Policy<'a>>>,
    #[serde(borrow)]
    pub(super) tolerance: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Policy<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    pub(super) value: Int,
    pub(super) period_seconds: Int,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Status<'a> {
    #[serde(borrow)]
    pub(super) last_scale_time: Text<'a>,
    pub(super) current_replicas: Int,
    pub(super) desired_replicas: Int,
    #[serde(borrow)]
    pub(super) current_metrics: Option<Vec<Metric<'a>>>,
    #[serde(borrow)]
    pub(super) conditions: Option<Vec<Condition<'a>>>,
}
