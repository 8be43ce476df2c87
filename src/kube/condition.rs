//! Conditions of HPAs and workloads.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::api;
use super::interned::InternedStr;
use super::json::lenient_time;

/// A condition as written by the controller or the API server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// For example `ScalingActive`.
    #[serde(rename = "type")]
    pub kind: InternedStr,
    /// `True`, `False` or `Unknown`.
    pub status: InternedStr,
    /// A one-word reason, such as `ValidMetricFound`.
    pub reason: InternedStr,
    /// The reason as a sentence.
    pub message: InternedStr,
    /// When `status` last changed; a change of reason alone does not move it.
    #[serde(default, deserialize_with = "lenient_time")]
    pub last_transition_time: Option<Timestamp>,
}

impl Condition {
    /// The status as a boolean; `None` if it is neither true nor false.
    pub fn is_true(&self) -> Option<bool> {
        match self.status.as_str() {
            "True" => Some(true),
            "False" => Some(false),
            _ => None,
        }
    }
}

impl From<api::Condition<'_>> for Condition {
    fn from(condition: api::Condition<'_>) -> Self {
        Self {
            kind: InternedStr::from(condition.kind),
            status: InternedStr::from(condition.status),
            reason: InternedStr::from(condition.reason),
            last_transition_time: condition.last_transition_time.time(),
            message: InternedStr::from(condition.message),
        }
    }
}
