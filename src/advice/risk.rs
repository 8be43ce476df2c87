//! What is not known of a proposal.

use std::time::Duration;

use super::candidate::{Pace, Side};
use super::promise::{Promise, decimals};
use super::question::{Now, Proposal};
use crate::config::duration;
use crate::hpa::{Hpa, TargetType};
use crate::simulation::{Load, Measure, Recorded};

/// From what share of a limit on there is little room left.
const NEAR: f64 = 0.7;

/// What the risks of a proposal follow from.
pub(super) struct Facts<'a> {
    pub hpa: &'a Hpa,
    pub load: &'a Load,
    pub promise: &'a Promise,
    pub recorded: &'a Recorded,
    pub now: &'a Now,
}

impl Facts<'_> {
    /// The risks of a proposal, the gravest first.
    pub fn risks(&self, proposal: &Proposal) -> Vec<String> {
        let mut risks = Vec::new();
        let (what, is, limit) = self.promise.tightest(&proposal.judged);
        if !proposal.keeps_promise {
            let worst = self.promise.tightest(&proposal.worst);
            let places = decimals(worst.1, worst.2);
            risks.push(format!(
                "it does not keep the promise on the days that judge it: up to {:.places$} {} a day, {:.places$} promised",
                worst.1, worst.0, worst.2
            ));
        } else if limit > 0.0 && is > NEAR * limit {
            risks.push(format!("little room: {is:.1} of {limit:.1} {what} a day"));
        }
        risks.extend(self.scalings());
        risks.extend(self.censored());
        risks.extend(self.targets(&proposal.hpa));
        risks.extend(self.windows(&proposal.hpa));
        risks.extend(self.more_replicas(proposal));
        if proposal.hpa.min_replicas < self.hpa.min_replicas {
            let (from, to) = (self.hpa.min_replicas, proposal.hpa.min_replicas);
            risks.push(format!(
                "at quiet times {to} pods instead of {from}: the loss of one is {:.0} % of them",
                100.0 / f64::from(to.max(1))
            ));
        }
        risks
    }

    /// A replay that scales at other times than was recorded says nothing of how often other settings would.
    fn scalings(&self) -> Option<String> {
        let trust = &self.recorded.trust;
        (!trust.holds_for_scalings()).then(|| {
            format!(
                "how often it scales cannot be judged: the replay of the present settings has {} scalings where {} were \
                 recorded",
                trust.replayed_scalings, trust.recorded_scalings
            )
        })
    }

    /// What reacts later than it did, and what reacts to less.
    fn windows(&self, changed: &Hpa) -> Vec<String> {
        let mut risks = Vec::new();
        let shown =
            |seconds: i32| duration::format(Duration::from_secs(seconds.unsigned_abs().into()));
        let windows = |side: Side| (side.window(self.hpa), side.window(changed));
        let (from, to) = windows(Side::Up);
        if to > from {
            risks.push(format!(
                "it scales up to {} later when the load grows; until then the pods that there are have to bear it",
                shown(to - from)
            ));
        }
        let is_slow = |hpa: &Hpa| Pace::Slow.is_present(Side::Up, hpa);
        if is_slow(changed) && !is_slow(self.hpa) {
            risks.push(
                "it adds a tenth of the pods a minute at most: a load that grows faster has to wait"
                    .to_owned(),
            );
        }
        let (from, to) = windows(Side::Down);
        if to < from {
            risks.push(format!(
                "it follows dips of the load shorter than {}, down to {}: the pods are missing when the load is back",
                shown(from),
                shown(to)
            ));
        }
        risks
    }

    fn censored(&self) -> Option<String> {
        let minutes = self.recorded.censored_minutes;
        (minutes > 0.0).then(|| {
            format!(
                "the demand was cut off for {minutes:.0} minutes at the maximum: there may have been more than was \
                 recorded"
            )
        })
    }

    /// Targets that are raised: pods are used more than they were.
    fn targets(&self, changed: &Hpa) -> Vec<String> {
        let pairs = self.hpa.metrics.iter().zip(&changed.metrics);
        let raised = pairs.filter_map(|(before, after)| {
            let (a, b) = (before.target.quantity()?, after.target.quantity()?);
            (b.ratio(a)? > 1.0).then(|| {
                let percent = if before.target.kind == TargetType::Utilization { " %" } else { "" };
                let value = |it: &crate::hpa::Metric| it.target.value.clone().unwrap_or_default();
                format!(
                    "{} of each pod at {}{percent} instead of {}{percent}: whether the application is as fast then is \
                     not known",
                    before.name,
                    value(after),
                    value(before),
                )
            })
        });
        raised.collect()
    }

    /// More replicas than there ever were.
    fn more_replicas(&self, proposal: &Proposal) -> Option<String> {
        let seen = self.load.replicas.as_ref()?.iter().flatten().max()?;
        let most = proposal.summary.first.get(Measure::HighestReplicas)?;
        let before = self.now.summary.first.get(Measure::HighestReplicas)?;
        (most > f64::from(*seen) && most > before).then(|| {
            format!(
                "up to {most:.0} replicas, where there were never more than {seen}: whether nodes, quotas and what the \
                 pods call bear them is not known"
            )
        })
    }
}
