//! The HPA record: one autoscaler of one cluster, and its JSON, which users and scripts rely on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::silence::Silence;
use crate::config::ANNOTATION_PREFIX;
use crate::kube::json::{Text, lenient_time};
use crate::kube::{Condition, ObjectRef, Owner, ParseError, Quantity};

/// One `HorizontalPodAutoscaler`. The order of the fields is the order in JSON.
///
/// Missing fields have the API's own defaults: `minReplicas` 1, `currentReplicas` 0, and without
/// `metrics` CPU at 80 % of the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hpa {
    /// The cluster's name in the kubeconfig.
    pub cluster: Arc<str>,
    /// The context through which it was read.
    pub context: Arc<str>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its uid: the same name with another uid is another object.
    pub uid: String,
    /// When it was created.
    #[serde(default, deserialize_with = "lenient_time")]
    pub created_at: Option<Timestamp>,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// What it scales.
    pub target: ObjectRef,
    /// The minimum number of replicas.
    pub min_replicas: i32,
    /// The maximum number of replicas.
    pub max_replicas: i32,
    /// The target's `spec.replicas` when the controller last read it: requested, not ready.
    pub current_replicas: i32,
    /// The number of replicas that the controller last wanted. After a failure it keeps its old
    /// value (0 on a new HPA).
    pub desired_replicas: i32,
    /// When the controller last changed the number of replicas.
    #[serde(default, deserialize_with = "lenient_time")]
    pub last_scale_time: Option<Timestamp>,
    /// The metrics of its spec, in that order, each with its reading.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// The controller's conditions, in its order.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// The condition `ScalingActive`; `None` if it is absent, or neither true nor false.
    #[serde(default)]
    pub scaling_active: Option<bool>,
    /// The condition `AbleToScale`, with the same meaning of `None`.
    #[serde(default)]
    pub able_to_scale: Option<bool>,
    /// The scaling rules of its spec, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behavior: Option<Behavior>,
    /// The object that controls it, such as KEDA's `ScaledObject`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// The findings that its annotations silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignore: Option<Silence>,
}

/// A string with values that the API defines and may extend.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// Any other value, passed through unchanged.
            Other(String),
        }

        impl $name {
            /// The API's name for the value.
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
    /// The source of a metric.
    MetricType {
        /// CPU, memory, … of the target's pods.
        Resource,
        /// The same for one container of each pod.
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
    /// The type of a target's value.
    TargetType {
        /// The pods' usage in percent of their requests.
        Utilization,
        /// The average per pod.
        AverageValue,
        /// The value itself.
        Value,
    }
}

/// A metric that an HPA scales by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// The type of its source.
    #[serde(rename = "type")]
    pub kind: MetricType,
    /// The resource's or metric's name; empty for a metric of an unknown type.
    pub name: String,
    /// The container, for a `ContainerResource`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The metric's label selector as text (`queue=orders`), if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// The object described, for an `Object` metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// The target value.
    pub target: MetricTarget,
    /// The current value; `None` while the controller has no reading.
    pub current: Option<MetricCurrent>,
}

/// The target value of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricTarget {
    /// The type of the value.
    #[serde(rename = "type")]
    pub kind: TargetType,
    /// A quantity as the API server writes it (`100m`, `2k`); for `Utilization` the percentage
    /// without a sign (`70`), which can be parsed as a quantity too. `None` if the HPA has none.
    pub value: Option<String>,
}

/// A reading of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricCurrent {
    /// The reading in the target's terms, comparable with `target.value`: the percentage for
    /// `Utilization`, the average for `AverageValue`, the value for `Value`. `None` if the reading
    /// has no such number.
    pub value: Option<String>,
    /// The average per pod, if the controller reports one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_value: Option<String>,
    /// The usage in percent of the requests, if the controller reports it.
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
    /// The value as it was written; `None` if it cannot have been measured (a record of an older
    /// version may contain such a value).
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
    /// Whether both have the same source: type, name, selector, container and object match. The API
    /// version of the object need not.
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

    /// Whether it is the memory of pods or of one of their containers, which more pods do not lower.
    pub fn is_memory(&self) -> bool {
        matches!(self.kind, MetricType::Resource | MetricType::ContainerResource)
            && self.name == "memory"
    }

    /// The metric without an impossible reading.
    #[must_use]
    pub fn measured(mut self) -> Self {
        self.current.take_if(|current| current.value.is_some() && current.reading().is_none());
        self
    }

    /// Current over target: above 1 it asks for more replicas. `None` without a reading, or if the
    /// target is zero.
    pub fn ratio(&self) -> Option<f64> {
        self.current.as_ref()?.quantity()?.ratio(self.target.quantity()?)
    }
}

/// The scaling rules of an HPA. Absent fields have the defaults that [`super::explain`] names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Behavior {
    /// Rules for scaling up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale_up: Option<ScalingRules>,
    /// Rules for scaling down.
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
    /// Limits on the speed of scaling.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Policy>,
    /// The deviation from the target, as a quantity (`50m` is 5 %), up to which nothing happens.
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
    /// The number of pods, or the percentage.
    pub value: i32,
    /// The period in seconds.
    pub period_seconds: i32,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The HPAs, in the server's order.
    pub hpas: Vec<Hpa>,
    /// The token for the next page, if there is one.
    pub continue_token: Option<String>,
}

impl Hpa {
    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// When one of its conditions has last changed.
    pub fn conditions_changed(&self) -> Option<Timestamp> {
        self.conditions.iter().filter_map(|condition| condition.last_transition_time).max()
    }

    /// Whether the controller gave up before it computed a replica count. Then metrics,
    /// `desired_replicas` and `ScalingLimited` are from an earlier round.
    pub fn is_stale(&self) -> bool {
        self.able_to_scale == Some(false) || self.scaling_active == Some(false)
    }

    /// Its age; `None` if unknown, never negative.
    pub fn age(&self, now: Timestamp) -> Option<SignedDuration> {
        Some(now.duration_since(self.created_at?).max(SignedDuration::ZERO))
    }

    /// Its target, as in kubectl's REFERENCE column: `Deployment/web`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.target.kind, self.target.name)
    }
}

/// Where HPAs are read from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The cluster's name in the kubeconfig.
    pub cluster: &'a Arc<str>,
    /// The context through which it is read.
    pub context: &'a Arc<str>,
    /// The prefix of the annotations that silence findings.
    pub annotation_prefix: &'a str,
}

impl<'a> Source<'a> {
    fn new(cluster: &'a Arc<str>, context: &'a Arc<str>) -> Self {
        Self { cluster, context, annotation_prefix: ANNOTATION_PREFIX }
    }
}

/// Parses a list of HPAs, as printed by `kubectl get --raw` (a `HorizontalPodAutoscalerList`) or
/// `kubectl get -o json` (a `List`). `cluster` and `context` are stored in each record.
pub fn parse_list(cluster: &Arc<str>, context: &Arc<str>, json: &[u8]) -> Result<Page, ParseError> {
    parse_list_from(&Source::new(cluster, context), json)
}

/// As [`parse_list`], with another prefix of the annotations that silence findings.
pub fn parse_list_from(source: &Source<'_>, json: &[u8]) -> Result<Page, ParseError> {
    super::convert::list(source, json)
}

/// Parses a single HPA.
pub fn parse_one(cluster: &Arc<str>, context: &Arc<str>, json: &[u8]) -> Result<Hpa, ParseError> {
    super::convert::one(&Source::new(cluster, context), json)
}

#[cfg(test)]
mod tests;
