//! The real controller's decisions, properties over random input, and what neither has.

mod arbitrary;
mod metamorphic;
mod models;
mod panics;
mod syncs;
mod vectors;
mod worlds;

use super::{ScaleTarget, Selector};

/// A target whose pods are all ready.
fn target(replicas: i32) -> ScaleTarget {
    ScaleTarget {
        replicas,
        status_replicas: replicas,
        pods: replicas,
        ready_pods: replicas,
        selector: Selector::Usable,
    }
}
