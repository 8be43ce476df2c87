//! Conditions of HPAs and workloads.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::api;
use super::json::lenient_time;
use super::word::Word;

/// A condition as the controller, or the API server, wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Such as `ScalingActive`.
    #[serde(rename = "type")]
    pub kind: Word,
    /// `True`, `False` or `Unknown`.
    pub status: Word,
    /// One word for why, such as `ValidMetricFound`.
    pub reason: Word,
    /// A sentence for why.
    pub message: Word,
    /// When `status` last changed; a change of reason alone does not move it.
    #[serde(default, deserialize_with = "lenient_time")]
    pub last_transition_time: Option<Timestamp>,
}

impl Condition {
    /// The status, where it is true or false.
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
            kind: Word::from(condition.kind),
            status: Word::from(condition.status),
            reason: Word::from(condition.reason),
            last_transition_time: condition.last_transition_time.time(),
            message: Word::from(condition.message),
        }
    }
}
