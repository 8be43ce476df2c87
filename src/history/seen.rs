//! One reading of an HPA.

use std::sync::Arc;

use super::amount::Compact;
use super::codec::{State, Target};
use super::observed::Source;
use super::write::TargetPart;
use crate::findings::PastTarget;
use crate::hpa::Hpa;
use crate::kube::Condition;

/// One reading of an HPA. Consecutive equal readings share memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub(super) spec: Arc<Hpa>,
    pub(super) shape: Arc<Vec<Condition>>,
    pub(super) resources: Option<Arc<TargetPart>>,
    pub(super) state: State,
    pub(super) source: Source,
    pub(super) generation: Option<i64>,
}

impl Seen {
    /// Where the reading comes from.
    pub fn source(&self) -> Source {
        self.source
    }

    /// The generation of the spec, where the source says so.
    pub fn generation(&self) -> Option<i64> {
        self.generation
    }

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

    /// The stored data about its target, if the target was read.
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

    /// Whether the target was found not to exist.
    pub fn is_target_missing(&self) -> bool {
        self.state.target == Some(Target::MISSING)
    }

    /// The HPA without its changing data: replicas, readings and conditions are empty.
    pub fn spec(&self) -> &Hpa {
        &self.spec
    }

    /// The target's replicas as the controller last saw them.
    pub fn current_replicas(&self) -> i32 {
        self.state.current
    }

    /// The desired replicas, as last computed by the controller.
    pub fn desired_replicas(&self) -> i32 {
        self.state.desired
    }

    /// The value of the spec's metric at `index`, in the unit of its target.
    pub fn metric(&self, index: usize) -> Option<f64> {
        self.state.readings.get(index)?.as_ref()?.value()
    }
}
