//! Words and sentences that the API repeats in every object.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::json::Text;

/// A text that nearly always has one of a few values, such as a condition's type or reason, or the
/// controller's usual sentences. Known texts take no memory of their own; any other text is stored.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InternedStr(Cow<'static, str>);

/// The most frequent texts first: they are compared one after the other, which costs little more
/// than comparing lengths.
const KNOWN: [&str; 53] = [
    "True",
    "AbleToScale",
    "ScalingActive",
    "ScalingLimited",
    "ReadyForNewScale",
    "ValidMetricFound",
    "DesiredWithinRange",
    "recommended size matches current size",
    "the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)",
    "the desired count is within the acceptable range",
    "apps/v1",
    "Deployment",
    "False",
    "",
    "SucceededGetScale",
    "TooManyReplicas",
    "TooFewReplicas",
    "FailedGetResourceMetric",
    "AmbiguousSelector",
    "Available",
    "FailedGetContainerResourceMetric",
    "FailedGetExternalMetric",
    "FailedGetObjectMetric",
    "FailedGetPodsMetric",
    "FailedGetScale",
    "FailedUpdateScale",
    "HorizontalPodAutoscaler",
    "InvalidMetricSourceType",
    "InvalidSelector",
    "MinimumReplicasAvailable",
    "MinimumReplicasUnavailable",
    "NewReplicaSetAvailable",
    "NewReplicaSetCreated",
    "ProgressDeadlineExceeded",
    "Progressing",
    "ReplicaFailure",
    "ReplicaSetUpdated",
    "ScaleDownLimit",
    "ScaleDownStabilized",
    "ScaleUpLimit",
    "ScaleUpStabilized",
    "ScalingDisabled",
    "SucceededRescale",
    "Unknown",
    "autoscaling/v2",
    "autoscaling/v2beta2",
    "StatefulSet",
    "the HPA was able to successfully calculate a replica count from memory resource utilization (percentage of request)",
    "the HPA controller was able to get the target's current scale",
    "the desired replica count is less than the minimum replica count",
    "the desired replica count is more than the maximum replica count",
    "recent recommendations were higher than current one, applying the highest recent recommendation",
    "Deployment has minimum availability.",
];

impl InternedStr {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for InternedStr {
    fn from(text: &str) -> Self {
        let known = KNOWN.iter().find(|known| **known == text);
        Self(known.map_or_else(|| Cow::Owned(text.to_owned()), |known| Cow::Borrowed(*known)))
    }
}

impl From<Text<'_>> for InternedStr {
    fn from(text: Text<'_>) -> Self {
        Self::from(text.as_str())
    }
}

impl Deref for InternedStr {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for InternedStr {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for InternedStr {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Debug for InternedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for InternedStr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for InternedStr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for InternedStr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(|text| Self::from(text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_are_found() {
        for known in KNOWN {
            let word = InternedStr::from(known);
            assert!(matches!(word.0, Cow::Borrowed(_)), "{known}");
            assert_eq!(word, known);
        }
        assert_eq!(InternedStr::from("FromTheFuture"), "FromTheFuture");
    }
}
