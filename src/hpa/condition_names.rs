//! The types of an HPA's conditions, and their reasons, as the controller writes them
//! (pkg/controller/podautoscaler/horizontal.go of kubernetes/kubernetes).

/// The types.
pub mod conditions {
    /// Whether the controller can read and write the target's scale.
    pub const ABLE_TO_SCALE: &str = "AbleToScale";
    /// Whether the controller can compute a number of replicas.
    pub const SCALING_ACTIVE: &str = "ScalingActive";
    /// Whether bounds or policies keep the replicas from what the metrics ask for.
    pub const SCALING_LIMITED: &str = "ScalingLimited";
}

/// The reasons.
pub mod reasons {
    /// The target's scale cannot be read.
    pub const FAILED_GET_SCALE: &str = "FailedGetScale";
    /// The target's scale cannot be written.
    pub const FAILED_UPDATE_SCALE: &str = "FailedUpdateScale";
    /// The target's scale was read.
    pub const SUCCEEDED_GET_SCALE: &str = "SucceededGetScale";
    /// Nothing is stabilized.
    pub const READY_FOR_NEW_SCALE: &str = "ReadyForNewScale";
    /// It has just scaled.
    pub const SUCCEEDED_RESCALE: &str = "SucceededRescale";
    /// It waits with scaling up.
    pub const SCALE_UP_STABILIZED: &str = "ScaleUpStabilized";
    /// It waits with scaling down.
    pub const SCALE_DOWN_STABILIZED: &str = "ScaleDownStabilized";
    /// A metric has a reading.
    pub const VALID_METRIC_FOUND: &str = "ValidMetricFound";
    /// The target has 0 replicas.
    pub const SCALING_DISABLED: &str = "ScalingDisabled";
    /// The target's selector is missing or cannot be read.
    pub const INVALID_SELECTOR: &str = "InvalidSelector";
    /// Several HPAs select the same pods.
    pub const AMBIGUOUS_SELECTOR: &str = "AmbiguousSelector";
    /// A metric of an unknown type.
    pub const INVALID_METRIC_SOURCE_TYPE: &str = "InvalidMetricSourceType";
    /// No reading of a resource.
    pub const FAILED_GET_RESOURCE_METRIC: &str = "FailedGetResourceMetric";
    /// No reading of a resource of a container.
    pub const FAILED_GET_CONTAINER_RESOURCE_METRIC: &str = "FailedGetContainerResourceMetric";
    /// No reading of a metric of pods.
    pub const FAILED_GET_PODS_METRIC: &str = "FailedGetPodsMetric";
    /// No reading of a metric of an object.
    pub const FAILED_GET_OBJECT_METRIC: &str = "FailedGetObjectMetric";
    /// No reading of an external metric.
    pub const FAILED_GET_EXTERNAL_METRIC: &str = "FailedGetExternalMetric";
    /// The metrics ask for more than the maximum.
    pub const TOO_MANY_REPLICAS: &str = "TooManyReplicas";
    /// The metrics ask for less than the minimum.
    pub const TOO_FEW_REPLICAS: &str = "TooFewReplicas";
    /// A policy limits scaling up.
    pub const SCALE_UP_LIMIT: &str = "ScaleUpLimit";
    /// A policy limits scaling down.
    pub const SCALE_DOWN_LIMIT: &str = "ScaleDownLimit";
    /// Nothing is limited.
    pub const DESIRED_WITHIN_RANGE: &str = "DesiredWithinRange";
    /// The beginning of the reasons for readings that are missing.
    pub const FAILED_GET: &str = "FailedGet";
}
