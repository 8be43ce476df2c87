//! One reading of an HPA.

use std::sync::Arc;

use super::amount::Compact;
use super::codec::{State, Target};
use super::write::TargetPart;
use crate::findings::PastTarget;
use crate::hpa::Hpa;
use crate::kube::Condition;

/// An HPA as it was read once. Readings in a row that are the same are one in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub(super) spec: Arc<Hpa>,
    pub(super) shape: Arc<Vec<Condition>>,
    pub(super) resources: Option<Arc<TargetPart>>,
    pub(super) state: State,
}

impl Seen {
    /// The record, as it was stored.
    pub fn hpa(&self) -> Hpa {
        let mut hpa = (*self.spec).clone();
        for (metric, reading) in hpa.metrics.iter_mut().zip(&self.state.readings) {
            metric.current = reading.as_ref().map(Compact::current);
        }
        hpa.conditions.clone_from(&self.shape);
        for (condition, time) in hpa.conditions.iter_mut().zip(&self.state.times) {
            condition.last_transition_time = *time;
        }
        hpa.current_replicas = self.state.current;
        hpa.desired_replicas = self.state.desired;
        hpa.last_scale_time = self.state.scaled;
        [hpa.able_to_scale, hpa.scaling_active] = self.state.flags;
        hpa
    }

    /// What was kept of its target, where that was read.
    pub fn target(&self) -> Option<PastTarget> {
        let target = self.state.target?;
        let resources = self.resources.as_deref()?;
        Some(PastTarget {
            replicas: target.replicas,
            ready: target.ready,
            requests: resources.requests.clone(),
            limits: resources.limits.clone(),
        })
    }

    /// Whether it was seen that there is no such target.
    pub fn is_target_missing(&self) -> bool {
        self.state.target == Some(Target::MISSING)
    }

    /// The HPA without what changes: replicas, readings and conditions are empty.
    pub fn spec(&self) -> &Hpa {
        &self.spec
    }

    /// The target's replicas as the controller last saw them.
    pub fn current_replicas(&self) -> i32 {
        self.state.current
    }

    /// What the controller last wanted.
    pub fn desired_replicas(&self) -> i32 {
        self.state.desired
    }

    /// The reading of the spec's metric at `index`, in the target's own terms.
    pub fn metric(&self, index: usize) -> Option<f64> {
        self.state.readings.get(index)?.as_ref()?.value()
    }
}
