//! The HPA record: one autoscaler of one cluster, and its JSON, which users and scripts rely on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::kube::json::{Text, lenient_time};
use crate::kube::{Condition, ObjectRef, Owner, ParseError, Quantity};

/// One `HorizontalPodAutoscaler`. The order of the fields is the order in JSON.
///
/// What the API leaves out is filled in by the API's own rules: `minReplicas` 1, `currentReplicas`
/// 0, no `metrics` means CPU at 80 % of the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hpa {
    /// The cluster's name in the kubeconfig.
    pub cluster: Arc<str>,
    /// The context it was read through.
    pub context: Arc<str>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid: another one under the same name is another object.
    pub uid: String,
    /// When it was created.
    #[serde(default, deserialize_with = "lenient_time")]
    pub created_at: Option<Timestamp>,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What it scales.
    pub target: ObjectRef,
    /// The fewest replicas it may set.
    pub min_replicas: i32,
    /// The most replicas it may set.
    pub max_replicas: i32,
    /// The target's `spec.replicas` when the controller last looked: asked for, not ready.
    pub current_replicas: i32,
    /// What the controller last wanted. It keeps its old value (0 on a new HPA) after a failure.
    pub desired_replicas: i32,
    /// When the controller last changed the number of replicas.
    #[serde(default, deserialize_with = "lenient_time")]
    pub last_scale_time: Option<Timestamp>,
    /// The metrics it scales by, in the order of its spec, each with its reading.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// The controller's conditions, in its order.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// The condition `ScalingActive`; `None` where there is none, or it is neither true nor false.
    #[serde(default)]
    pub scaling_active: Option<bool>,
    /// The condition `AbleToScale`, likewise.
    #[serde(default)]
    pub able_to_scale: Option<bool>,
    /// How it may scale, where its spec says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behavior: Option<Behavior>,
    /// The object that controls it, such as KEDA's `ScaledObject`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
}

/// A string that the API defines values for, and may define more.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// Any other, passed through unchanged.
            Other(String),
        }

        impl $name {
            /// The API's word for it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => stringify!($variant),)*
                    Self::Other(other) => other,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $(stringify!($variant) => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Text::deserialize(deserializer).map(|text| Self::from(text.as_str()))
            }
        }
    };
}

open_enum! {
    /// Where a metric comes from.
    MetricType {
        /// CPU, memory, … of the target's pods.
        Resource,
        /// The same of one container in each pod.
        ContainerResource,
        /// A custom metric of the target's pods.
        Pods,
        /// A custom metric of another object.
        Object,
        /// A metric from outside the cluster.
        External,
    }
}

open_enum! {
    /// What a target's value is compared with.
    TargetType {
        /// The pods' usage in percent of their requests.
        Utilization,
        /// The average per pod.
        AverageValue,
        /// The value as it is.
        Value,
    }
}

/// A metric that an HPA scales by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Where it comes from.
    #[serde(rename = "type")]
    pub kind: MetricType,
    /// The resource's or metric's name; empty for a metric of an unknown type.
    pub name: String,
    /// The container, for a `ContainerResource`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The metric's label selector as text (`queue=orders`), where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// The object described, for an `Object` metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// What it should be.
    pub target: MetricTarget,
    /// What it is; `None` while the controller has no reading.
    pub current: Option<MetricCurrent>,
}

/// What a metric should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricTarget {
    /// What the value means.
    #[serde(rename = "type")]
    pub kind: TargetType,
    /// A quantity as the API server writes it (`100m`, `2k`); for `Utilization` the percentage
    /// without a sign (`70`), so that it too reads as a quantity. `None` where the HPA has none.
    pub value: Option<String>,
}

/// A reading of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricCurrent {
    /// The reading in the target's own terms, to be compared with `target.value` as it stands: the
    /// percentage for `Utilization`, the average for `AverageValue`, the value for `Value`. `None`
    /// where the reading has no number of that sort.
    pub value: Option<String>,
    /// The average per pod, where the controller gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_value: Option<String>,
    /// The usage in percent of the requests, where the controller gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utilization: Option<i32>,
}

impl MetricTarget {
    /// The value as a number that can be compared and divided.
    pub fn quantity(&self) -> Option<Quantity> {
        self.value.as_deref()?.parse().ok()
    }
}

impl MetricCurrent {
    /// The value as it was written; `None` where it is none that can have been measured, as a record
    /// of an older version may have it.
    pub fn reading(&self) -> Option<&str> {
        let possible = |percent: i32| percent >= 0;
        let text = self.value.as_deref().filter(|_| self.utilization.is_none_or(possible))?;
        text.parse().is_ok_and(|amount: Quantity| !amount.is_overflow()).then_some(text)
    }

    /// The value as a number that can be compared and divided.
    pub fn quantity(&self) -> Option<Quantity> {
        self.reading()?.parse().ok()
    }
}

impl Metric {
    /// Whether both read the same: type, name, selector, container and object agree. The version of the
    /// object's API need not.
    pub fn is_of_same_source(&self, other: &Self) -> bool {
        let object = |metric: &Self| {
            metric.object.as_ref().map(|object| (object.kind.clone(), object.name.clone()))
        };
        self.kind == other.kind
            && self.name == other.name
            && self.container == other.container
            && self.selector == other.selector
            && object(self) == object(other)
    }

    /// The metric without a reading that nobody can have measured.
    #[must_use]
    pub fn measured(mut self) -> Self {
        self.current.take_if(|current| current.value.is_some() && current.reading().is_none());
        self
    }

    /// Current over target: above 1 it asks for more replicas. `None` without a reading, or with a
    /// target of zero.
    pub fn ratio(&self) -> Option<f64> {
        self.current.as_ref()?.quantity()?.ratio(self.target.quantity()?)
    }
}

/// How an HPA may scale. What is absent has the defaults that [`super::explain`] names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Behavior {
    /// Rules for more replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_up: Option<ScalingRules>,
    /// Rules for fewer replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_down: Option<ScalingRules>,
}

/// Rules for one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScalingRules {
    /// How many seconds of past recommendations are considered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stabilization_window_seconds: Option<i32>,
    /// `Max`, `Min` or `Disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub select_policy: Option<String>,
    /// How fast it may go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Policy>,
    /// The deviation from the target, as a quantity (`50m` is 5 %), below which nothing happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<String>,
}

/// A limit on the speed of scaling: `value` pods or percent in `period_seconds`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Policy {
    /// `Pods` or `Percent`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many, or how much.
    pub value: i32,
    /// In how many seconds.
    pub period_seconds: i32,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The HPAs in the server's order.
    pub hpas: Vec<Hpa>,
    /// The token for the next page, where there is one.
    pub continue_token: Option<String>,
}

impl Hpa {
    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// Whether the controller gave up before it computed a replica count. Then metrics,
    /// `desired_replicas` and `ScalingLimited` are left over from an earlier round.
    pub fn is_stale(&self) -> bool {
        self.able_to_scale == Some(false) || self.scaling_active == Some(false)
    }

    /// How long it has existed; `None` where that is unknown, never negative.
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        Some(now.duration_since(self.created_at?).max(SignedDuration::ZERO))
    }

    /// What it scales, as kubectl's REFERENCE column has it: `Deployment/web`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.target.kind, self.target.name)
    }
}

/// Reads a list of HPAs as `kubectl get --raw` (a `HorizontalPodAutoscalerList`) or
/// `kubectl get -o json` (a `List`) prints it. `cluster` and `context` go into each record.
pub fn parse_list(cluster: &Arc<str>, context: &Arc<str>, json: &[u8]) -> Result<Page, ParseError> {
    super::convert::list(cluster, context, json)
}

/// Reads a single HPA.
pub fn parse_one(cluster: &Arc<str>, context: &Arc<str>, json: &[u8]) -> Result<Hpa, ParseError> {
    super::convert::one(cluster, context, json)
}

#[cfg(test)]
mod tests;
