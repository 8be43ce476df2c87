//! What is scaled, at the moment of a sync.

use super::pods::Pod;

/// The scale of the target, and its pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScaleTarget {
    /// `spec.replicas` of its scale.
    pub replicas: i32,
    /// `status.replicas` of its scale: pods that have been made.
    pub status_replicas: i32,
    /// The pods that its selector matches.
    pub pods: i32,
    /// Those of them that are running and ready.
    pub ready_pods: i32,
    /// Whether its selector can be used.
    pub selector: Selector,
}

/// Whether a target's selector can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selector {
    /// It can.
    #[default]
    Usable,
    /// It is missing or cannot be read.
    Invalid,
    /// Several HPAs select the same pods.
    Ambiguous,
}

impl ScaleTarget {
    /// A target with a usable selector and these pods.
    pub fn with_pods(replicas: i32, status_replicas: i32, pods: &[Pod]) -> Self {
        let ready = pods.iter().filter(|pod| pod.is_running_and_ready()).count();
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            replicas,
            status_replicas,
            pods: number(pods.len()),
            ready_pods: number(ready),
            selector: Selector::Usable,
        }
    }
}
