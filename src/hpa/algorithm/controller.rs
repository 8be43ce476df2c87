//! One sync of the controller, and what it remembers between two.

use super::conditions::{AbleToScale, Conditions, ScaledToZero, ScalingActive};
use super::events::Events;
use super::limits::{self, Limited};
use super::metric::{Circumstances, Failure, Proposal, Reading, propose};
use super::proposals::{Together, Winner, failed, together};
use super::recommendations::Recommendations;
use super::rules::{Settings, Tolerated};
use super::spec::Spec;
use super::stabilize::{self, Stabilized};
use super::target::{ScaleTarget, Selector};
use super::time::Time;

/// The controller of one HPA. A new one is a controller that has just been started.
#[derive(Debug, Clone, PartialEq)]
pub struct Controller<'a> {
    spec: &'a Spec,
    settings: &'a Settings,
    tolerated: Tolerated,
    recommendations: Recommendations,
    events: Events,
    conditions: Conditions,
    /// Of the last sync that evaluated metrics, one a metric. Kept for its room.
    proposals: Vec<Proposal>,
}

/// What a sync decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// `spec.replicas` as it was found.
    pub current: i32,
    /// `spec.replicas` after the sync.
    pub desired: i32,
    /// Why.
    pub grounds: Grounds,
    /// The conditions after the sync. The conditions of earlier syncs stay where nothing sets them.
    pub conditions: Conditions,
}

/// On what grounds a sync decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grounds {
    /// The target has 0 replicas, and the controller did not scale it to zero: it stays so.
    Disabled,
    /// There were more replicas than the maximum: it is set at once.
    AboveMaximum,
    /// There were fewer replicas than the minimum: it is set at once.
    BelowMinimum,
    /// The selector cannot be used: nothing changes.
    Selector(Selector),
    /// Metrics failed: nothing changes.
    Failed {
        /// The first metric that failed, by its place.
        metric: usize,
        /// How it failed.
        failure: Failure,
        /// What the others propose, which is a decrease, if there are any.
        others: Option<Winner>,
    },
    /// The metrics: see [`Controller::proposals`] for each.
    Metrics {
        /// The metric whose proposal counted; `None` if the spec has no metrics.
        winner: Option<Winner>,
        /// What they want together: never negative.
        wanted: i32,
        /// What recommendations of the past made of it.
        stabilized: Stabilized,
        /// What bounds and policies made of that.
        limited: Limited,
    },
}

impl<'a> Controller<'a> {
    /// A controller that remembers nothing.
    pub fn new(spec: &'a Spec, settings: &'a Settings) -> Self {
        Self {
            spec,
            settings,
            tolerated: Tolerated::new(spec.behavior.as_ref(), settings),
            recommendations: Recommendations::new(spec, settings),
            events: Events::default(),
            conditions: Conditions::default(),
            proposals: Vec::with_capacity(spec.metrics.len()),
        }
    }

    /// The same with conditions from the HPA's status. Of them `ScaledToZero` matters for decisions.
    #[must_use]
    pub fn with_conditions(mut self, conditions: Conditions) -> Self {
        self.conditions = conditions;
        self
    }

    /// One sync: decides, and remembers what later ones need. `readings` has a reading a metric, in
    /// the order of the spec; those that are left out could not be read. `now` must not be before
    /// the last sync. That the scale can be read and written is taken for granted.
    #[inline]
    pub fn sync(&mut self, now: Time, target: &ScaleTarget, readings: &[Reading<'_>]) -> Decision {
        let current = target.replicas;
        self.conditions.able_to_scale = Some(AbleToScale::SucceededGetScale);
        self.recommendations.start(current, now);
        let (desired, grounds) = if current == 0 && !self.may_wake() {
            self.conditions.scaling_active = Some(ScalingActive::ScalingDisabled);
            // A controller with the gate may have left it.
            self.conditions.scaled_to_zero.take_if(|_| !self.settings.scale_to_zero);
            (current, Grounds::Disabled)
        } else if current > self.spec.max_replicas && current != 0 {
            (self.spec.max_replicas, Grounds::AboveMaximum)
        } else if current < self.spec.min_replicas && current != 0 {
            (self.spec.min_replicas, Grounds::BelowMinimum)
        } else {
            self.by_metrics(now, target, readings)
        };
        if desired != current {
            self.rescaled(current, desired, now);
        }
        Decision { current, desired, grounds, conditions: self.conditions }
    }

    /// The spec.
    pub fn spec(&self) -> &'a Spec {
        self.spec
    }

    /// The settings.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// The proposals of the last sync that evaluated metrics, in the order of the spec.
    pub fn proposals(&self) -> &[Proposal] {
        &self.proposals
    }

    /// The recommendations that count.
    pub fn recommendations(&self) -> &Recommendations {
        &self.recommendations
    }

    /// The same, to record what is known of the past. Recommendations come in the order of time.
    pub fn recommendations_mut(&mut self) -> &mut Recommendations {
        &mut self.recommendations
    }

    /// The changes that count.
    pub fn events(&self) -> &Events {
        &self.events
    }

    /// The same, to store what is known of the past.
    pub fn events_mut(&mut self) -> &mut Events {
        &mut self.events
    }

    /// Whether a target with 0 replicas is scaled up again.
    fn may_wake(&self) -> bool {
        // Where the minimum was raised since, it is restored with any metric.
        self.settings.scale_to_zero
            && self.conditions.scaled_to_zero.is_some_and(ScaledToZero::is_true)
            && (self.spec.min_replicas != 0 || self.spec.can_be_measured_without_pods())
    }

    #[inline]
    fn by_metrics(
        &mut self,
        now: Time,
        target: &ScaleTarget,
        readings: &[Reading<'_>],
    ) -> (i32, Grounds) {
        let current = target.replicas;
        self.proposals.clear();
        if target.selector != Selector::Usable {
            self.conditions.scaling_active = Some(match target.selector {
                Selector::Ambiguous => ScalingActive::AmbiguousSelector,
                _ => ScalingActive::InvalidSelector,
            });
            return (current, Grounds::Selector(target.selector));
        }
        let with =
            Circumstances { now, target, tolerated: self.tolerated, settings: self.settings };
        for (place, &metric) in self.spec.metrics.iter().enumerate() {
            let reading = readings.get(place).unwrap_or(&Reading::UNREADABLE);
            self.proposals.push(propose(metric, reading, with));
        }
        let winner = match together(&self.proposals, current) {
            Together::Wanted(winner) => {
                self.conditions.scaling_active = Some(ScalingActive::ValidMetricFound);
                Some(winner)
            }
            Together::Nothing { first: (metric, failure), others } => {
                let source = failed(&self.spec.metrics, metric);
                let active = ScalingActive::after_failure(source, failure);
                self.conditions.scaling_active = Some(active);
                return (current, Grounds::Failed { metric, failure, others });
            }
            Together::NoMetrics => None,
        };
        let wanted = winner.map_or(0, |it| it.replicas).max(0);
        let (stabilized, limited) = self.normalize(wanted, current, now);
        self.conditions.able_to_scale = Some(AbleToScale::after_stabilization(stabilized.held));
        self.conditions.scaling_limited = Some(limited.limit);
        // Woken up, there are at least as many as the minimum.
        let least = if current == 0 { self.spec.min_replicas } else { limited.replicas };
        let desired = limited.replicas.max(least);
        (desired, Grounds::Metrics { winner, wanted, stabilized, limited })
    }

    #[inline]
    fn normalize(&mut self, wanted: i32, current: i32, now: Time) -> (Stabilized, Limited) {
        let recommendations = &mut self.recommendations;
        if let Some(behavior) = &self.spec.behavior {
            let stabilized = stabilize::with_behavior(recommendations, wanted, current, now);
            let wanted = stabilized.replicas;
            let (spec, events) = (self.spec, &self.events);
            (stabilized, limits::with_behavior(wanted, current, spec, behavior, events, now))
        } else {
            let stabilized = stabilize::without_behavior(recommendations, wanted, now);
            let limited = limits::without_behavior(stabilized.replicas, current, self.spec);
            (stabilized, limited)
        }
    }

    fn rescaled(&mut self, from: i32, to: i32, now: Time) {
        self.conditions.able_to_scale = Some(AbleToScale::SucceededRescale);
        if let Some(behavior) = &self.spec.behavior {
            self.events.store(from, to, behavior, now);
        }
        let is_asleep = from > 0
            && to == 0
            && self.spec.min_replicas == 0
            && self.spec.can_be_measured_without_pods();
        self.conditions.scaled_to_zero = match (self.settings.scale_to_zero, is_asleep) {
            (false, _) => None,
            (true, true) => Some(ScaledToZero::ScaledToZero),
            (true, false) => Some(ScaledToZero::NotScaledToZero),
        };
    }
}
