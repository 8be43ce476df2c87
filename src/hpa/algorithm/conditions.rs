//! The conditions that the controller sets, as values.

use std::fmt;

use super::super::condition_names::reasons;
use super::limits::Limit;
use super::metric::Failure;
use super::spec::{Metric, Source};
use super::stabilize::{Direction, Held};

/// An HPA's conditions; `None` is a condition that was never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Conditions {
    /// Whether the target's scale can be read and written, and what holds a change back.
    pub able_to_scale: Option<AbleToScale>,
    /// Whether a number of replicas can be computed.
    pub scaling_active: Option<ScalingActive>,
    /// What keeps the replicas from what is wanted.
    pub scaling_limited: Option<Limit>,
    /// Whether the controller has scaled the target to zero itself. Only with the gate
    /// HPAScaleToZero.
    pub scaled_to_zero: Option<ScaledToZero>,
}

/// `AbleToScale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AbleToScale {
    /// The scale was read, and nothing else came of it.
    SucceededGetScale,
    /// Nothing was held back.
    ReadyForNewScale,
    /// An increase was held back.
    ScaleUpStabilized,
    /// A decrease was held back.
    ScaleDownStabilized,
    /// The number of replicas was changed.
    SucceededRescale,
}

/// `ScalingActive`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalingActive {
    /// A number was computed.
    ValidMetricFound,
    /// The target has 0 replicas.
    ScalingDisabled,
    /// The target's selector is missing or cannot be read.
    InvalidSelector,
    /// Several HPAs select the same pods.
    AmbiguousSelector,
    /// No number from a metric of this source.
    FailedGetMetric(Source),
}

/// `ScaledToZero`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaledToZero {
    /// The last change was to zero, by the controller.
    ScaledToZero,
    /// The last change was another one.
    NotScaledToZero,
}

impl AbleToScale {
    /// What stabilization makes of it.
    pub(super) fn after_stabilization(held: Option<Held>) -> Self {
        match held.map(|it| it.direction) {
            None => Self::ReadyForNewScale,
            Some(Direction::Up) => Self::ScaleUpStabilized,
            Some(Direction::Down) => Self::ScaleDownStabilized,
        }
    }

    /// Its status.
    pub fn is_true(self) -> bool {
        true
    }

    /// Its reason.
    pub fn reason(self) -> &'static str {
        match self {
            Self::SucceededGetScale => reasons::SUCCEEDED_GET_SCALE,
            Self::ReadyForNewScale => reasons::READY_FOR_NEW_SCALE,
            Self::ScaleUpStabilized => reasons::SCALE_UP_STABILIZED,
            Self::ScaleDownStabilized => reasons::SCALE_DOWN_STABILIZED,
            Self::SucceededRescale => reasons::SUCCEEDED_RESCALE,
        }
    }
}

impl ScalingActive {
    /// After a metric failed.
    pub(super) fn after_failure(metric: Metric, failure: Failure) -> Self {
        match failure {
            Failure::UnknownSource => Self::FailedGetMetric(Source::Unknown),
            _ => Self::FailedGetMetric(metric.source),
        }
    }

    /// Its status.
    pub fn is_true(self) -> bool {
        self == Self::ValidMetricFound
    }

    /// Its reason.
    pub fn reason(self) -> &'static str {
        match self {
            Self::ValidMetricFound => reasons::VALID_METRIC_FOUND,
            Self::ScalingDisabled => reasons::SCALING_DISABLED,
            Self::InvalidSelector => reasons::INVALID_SELECTOR,
            Self::AmbiguousSelector => reasons::AMBIGUOUS_SELECTOR,
            Self::FailedGetMetric(source) => match source {
                Source::Resource(_) => reasons::FAILED_GET_RESOURCE_METRIC,
                Source::ContainerResource(_) => reasons::FAILED_GET_CONTAINER_RESOURCE_METRIC,
                Source::Pods => reasons::FAILED_GET_PODS_METRIC,
                Source::Object => reasons::FAILED_GET_OBJECT_METRIC,
                Source::External => reasons::FAILED_GET_EXTERNAL_METRIC,
                Source::Unknown => reasons::INVALID_METRIC_SOURCE_TYPE,
            },
        }
    }
}

impl Limit {
    /// The status of `ScalingLimited`.
    pub fn is_true(self) -> bool {
        self != Self::DesiredWithinRange
    }

    /// The reason of `ScalingLimited`.
    pub fn reason(self) -> &'static str {
        match self {
            Self::DesiredWithinRange => reasons::DESIRED_WITHIN_RANGE,
            Self::ScaleUpLimit => reasons::SCALE_UP_LIMIT,
            Self::TooManyReplicas => reasons::TOO_MANY_REPLICAS,
            Self::ScaleDownLimit => reasons::SCALE_DOWN_LIMIT,
            Self::TooFewReplicas => reasons::TOO_FEW_REPLICAS,
        }
    }
}

impl ScaledToZero {
    /// Its status.
    pub fn is_true(self) -> bool {
        self == Self::ScaledToZero
    }

    /// Its reason.
    pub fn reason(self) -> &'static str {
        match self {
            Self::ScaledToZero => "ScaledToZero",
            Self::NotScaledToZero => "NotScaledToZero",
        }
    }
}

/// Status and reason, as in `True ReadyForNewScale`.
macro_rules! display {
    ($($condition:ty),*) => {
        $(impl fmt::Display for $condition {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let status = if self.is_true() { "True" } else { "False" };
                write!(f, "{status} {}", self.reason())
            }
        })*
    };
}

display!(AbleToScale, ScalingActive, Limit, ScaledToZero);
