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
pub use table::table;

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
    /// Whether it is crossed; `None` if the measure is not known.
    pub is_crossed: Option<bool>,
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
            is_crossed: threshold.is_crossed(&case.phases.first),
        };
        let all = self.judged().iter();
        all.flat_map(|case| thresholds.clone().map(move |it| verdict(case, it))).collect()
    }

    /// For how long there are syncs.
    fn length(&self) -> Duration {
        let syncs = self.simulation.cases.first().map_or(0, |case| case.decisions.len());
        let period = self.conditions.period.max(0).unsigned_abs();
        Duration::from_millis(period.saturating_mul(u64::try_from(syncs).unwrap_or(u64::MAX)))
    }
}

impl Verdict<'_> {
    /// The verdict as a sentence: `minutesAtMax>30: it is 42`.
    pub fn sentence(&self) -> String {
        let value = self.case.phases.first.get(self.threshold.measure);
        match value {
            Some(value) => {
                format!("{}: it is {}", self.threshold, self.threshold.shown(value))
            }
            None => format!(
                "{}: not known, because no metric tells how many pods the load needs",
                self.threshold
            ),
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
