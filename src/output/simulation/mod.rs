//! What settings would have done, side by side: a table, JSON and CSV.

mod chart;
mod ci;
mod data;
mod html;
mod table;

use std::time::Duration;

use crate::hpa::Hpa;
use crate::simulation::{Conditions, Load, Measure, Simulated, Simulation, Threshold, Thresholds};

pub use chart::chart;
pub use ci::{github, junit, markdown};
pub use data::{csv, json};
pub use html::page;
pub use table::{doubts, table};

/// A simulation with what it is of.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The HPA as it is.
    pub hpa: &'a Hpa,
    /// Where the load is from, as it is shown.
    pub source: &'a str,
    /// The load.
    pub load: &'a Load,
    /// What has to be known of it, a sentence each.
    pub notes: &'a [String],
    /// What is the same for all cases.
    pub conditions: Conditions,
    /// What came of it.
    pub simulation: &'a Simulation<'a>,
    /// What counts as a failure.
    pub thresholds: &'a Thresholds,
    /// Whether every decision is shown (JSON, CSV).
    pub decisions: bool,
}

/// A threshold that a case has crossed, or about which that is not known.
#[derive(Debug, Clone, Copy)]
pub struct Verdict<'a> {
    /// The case.
    pub case: &'a Simulated<'a>,
    /// The threshold.
    pub threshold: Threshold,
    /// The value in the phase that is the farthest beyond the limit, or the nearest to it, or why it is not known.
    pub value: Result<f64, &'static str>,
    /// Whether the value is a least value, because demand was cut off.
    pub is_least: bool,
}

impl<'a> Report<'a> {
    /// The cases that thresholds are for: the changed ones, or else the settings as they are.
    pub fn judged(&self) -> &'a [Simulated<'a>] {
        match self.simulation.cases.as_slice() {
            [_, changed @ ..] if !changed.is_empty() => changed,
            all => all,
        }
    }

    /// The verdict of each threshold on each case that it is for.
    pub fn verdicts(&self) -> Vec<Verdict<'a>> {
        let thresholds = self.thresholds.0.iter();
        let verdict = |case: &'a Simulated<'a>, threshold: &Threshold| Verdict {
            case,
            threshold: *threshold,
            value: self.usable(case, threshold),
            is_least: self.is_least_of_case(case, threshold.measure),
        };
        let all = self.judged().iter();
        all.flat_map(|case| thresholds.clone().map(move |it| verdict(case, it))).collect()
    }

    /// The value of a measure that a conclusion may be drawn from, by the replay of the present settings.
    fn usable(&self, case: &Simulated<'_>, threshold: &Threshold) -> Result<f64, &'static str> {
        let counts_scalings =
            matches!(threshold.measure, Measure::Scalings | Measure::DirectionChanges);
        match self.simulation.recorded.as_ref().map(|it| &it.trust) {
            Some(trust) if trust.is_poor => {
                Err("the replay of the present settings differs too much from what was")
            }
            Some(trust) if counts_scalings && !trust.holds_for_scalings() => {
                Err("the replay does not scale as often as was recorded")
            }
            _ => threshold
                .worst(&case.phases)
                .ok_or("how many pods the load needs is not known for at least half of the time"),
        }
    }

    /// Whether a measure has a row: the cost only where a price is given.
    fn shows(&self, measure: Measure) -> bool {
        let known = |it: &Simulated<'_>| it.phases.first.get(measure).is_some();
        measure != Measure::Cost || self.simulation.cases.iter().any(known)
    }

    /// Whether a demand that was cut off makes a measure of a case a least value.
    fn is_least_of_case(&self, case: &Simulated<'_>, measure: Measure) -> bool {
        // There are never more replicas than the maximum.
        let is_max = measure == Measure::HighestReplicas
            && case.phases.first.get(measure) == Some(f64::from(case.case.hpa.max_replicas));
        measure.is_least_of_case() && !is_max && self.simulation.is_censored()
    }

    /// Why the replay is compared with nothing.
    fn why_not_compared(&self) -> &'static str {
        if self.load.replicas.is_some() {
            "the load's column replicas is empty"
        } else {
            "the load has no column replicas"
        }
    }

    /// For how long there are syncs.
    fn length(&self) -> Duration {
        let syncs = self.simulation.cases.first().map_or(0, |case| case.decisions.len());
        let period = self.conditions.period.max(0).unsigned_abs();
        Duration::from_millis(period.saturating_mul(u64::try_from(syncs).unwrap_or(u64::MAX)))
    }
}

impl Verdict<'_> {
    /// Whether the threshold is crossed; `None` if the measure is not known.
    pub fn is_crossed(&self) -> Option<bool> {
        self.value.ok().map(|value| self.threshold.is_beyond(value))
    }

    /// The verdict as a sentence: `minutesAtMax>30: it is 42`.
    pub fn sentence(&self) -> String {
        match self.value {
            Ok(value) => {
                let least = if self.is_least { "at least " } else { "" };
                let phases = &self.case.phases;
                let is_first = phases.first.get(self.threshold.measure) == Some(value);
                let phase = if is_first {
                    String::new()
                } else {
                    format!(" in the worst of {} phases", phases.count)
                };
                format!("{}: it is {least}{}{phase}", self.threshold, self.threshold.shown(value))
            }
            Err(why) => format!("{}: not known, because {why}", self.threshold),
        }
    }
}

/// A value for people: counts whole, other values with one decimal, costs with two.
pub(super) fn shown(measure: Measure, value: f64) -> String {
    match measure {
        _ if measure.is_count() => format!("{value:.0}"),
        Measure::Cost => format!("{value:.2}"),
        _ => format!("{value:.1}"),
    }
}

/// What a measure is called in a table.
pub(super) fn heading(measure: Measure) -> &'static str {
    match measure {
        Measure::PodHours => "pod hours",
        Measure::MinutesAtMax => "minutes at max",
        Measure::LongestAtMaxMinutes => "longest at max (minutes)",
        Measure::UnmetPodMinutes => "unmet pod minutes",
        Measure::MinutesUnder => "minutes with too few pods",
        Measure::MinutesOver => "minutes with too many pods",
        Measure::Scalings => "scalings",
        Measure::DirectionChanges => "changes of direction",
        Measure::HighestReplicas => "highest replicas",
        Measure::LowestReplicas => "lowest replicas",
        Measure::Cost => "cost",
    }
}
