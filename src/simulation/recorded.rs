//! The course as it was: its measures, what of the demand it hides, and by how much the replay of the same settings
//! differs from it.

use serde::Serialize;

use super::load::Load;
use super::measures::{Interval, Measures, Meter, Ready};
use super::moves::Moves;
use super::run::{Runner, Setting};
use crate::hpa::algorithm::{Decision, Resource, Share, Source, Target};

/// The course as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Its measures.
    pub measures: Measures,
    /// How long the demand was cut off, in minutes: the replicas were at the maximum, and too few for the load, so that
    /// more load may have been turned away.
    pub censored_minutes: f64,
    /// How far the replay can be trusted.
    pub trust: Trust,
}

/// How far the replay of the settings as they are differs from what was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trust {
    /// For how long both were compared: the time in which the replicas as they were are known.
    pub compared_minutes: f64,
    /// How many percent of the whole time that is.
    pub compared_percent: f64,
    /// The mean number of replicas as they were.
    pub mean_replicas: f64,
    /// The mean error.
    pub mean_error_pods: f64,
    /// For how many percent of the time they are equal.
    pub equal_percent: f64,
    /// For how many percent of the time they differ by at most one.
    pub within_one_percent: f64,
    /// How often the replicas were changed in that time.
    pub recorded_scalings: u64,
    /// How often the replay changed them.
    pub replayed_scalings: u64,
    /// Whether the error is too large for conclusions, or too little of the load is known.
    pub is_poor: bool,
    /// What may explain the error.
    pub reasons: Vec<String>,
}

/// The largest mean error that can be trusted, as a share of the mean.
const TRUSTED: f64 = 0.1;
/// The share of the rows with a metric, and of the time with replicas, below which nothing can be concluded.
const KNOWN: f64 = 0.25;
/// By which factor the scalings of a replay may differ from those that were, and how many always may.
const SCALINGS_FACTOR: u64 = 2;
const SCALINGS_SLACK: u64 = 10;

impl Recorded {
    /// Compares a load's own replicas with the replay, in the phase that the runner has entered. `None` if the load has no
    /// replicas.
    pub fn of(runner: &Runner<'_>, setting: &Setting) -> Option<Self> {
        let load = runner.load();
        let clock = runner.clock(0);
        let last = |counts: &[Option<i32>]| load.last_at_syncs(counts, clock, runner.gap());
        let replicas = last(load.replicas.as_deref()?);
        let ready = load.ready.as_deref().map(last);
        let spec = setting.spec();
        let mut meter = Meter::new(spec.max_replicas, setting.has_demand());
        let mut error = Error::default();
        let (mut censored, mut outside, mut off, mut has_moved) = (0, 0, 0, false);
        let millis = runner.millis();
        runner.run(setting, |synced| {
            let sync = synced.tick.number;
            let at = |counts: &[Option<i32>], sync: usize| counts.get(sync).copied().flatten();
            let Some(before) = at(&replicas, sync) else { return };
            error.add(before, synced.tick.decision);
            let after = at(&replicas, sync + 1).unwrap_or(before);
            has_moved |= after != before;
            error.recorded_scalings += u64::from(after != before);
            let ready = ready.as_ref().and_then(|ready| at(ready, sync)).unwrap_or(before);
            let ready = Ready::always(ready);
            meter.add(Interval { before, replicas: after, ready, demand: synced.demand }, millis);
            if before >= spec.max_replicas && synced.demand.is_some_and(|demand| demand > before) {
                censored += millis;
            }
            off += if before == 0 && spec.min_replicas > 0 { millis } else { 0 };
            if before > spec.max_replicas || before < spec.min_replicas && before != 0 {
                outside += millis;
            }
        });
        let mut trust = error.trust(millis, replicas.len())?;
        trust.is_poor |= known(load) < KNOWN || trust.compared_percent < KNOWN * 100.0;
        trust.reasons = reasons(runner, setting, minutes(outside), has_moved);
        if trust.compared_percent < KNOWN * 100.0 {
            trust.reasons.insert(
                0,
                format!("the replicas are known for {:.1} % of the time", trust.compared_percent),
            );
        }
        if off > 0 {
            trust.reasons.insert(
                0,
                format!(
                    "the target had 0 replicas for {:.0} min: autoscaling was off",
                    minutes(off)
                ),
            );
        }
        if trust.is_poor {
            let (period, gap) = (clock.period, runner.gap());
            // After that replicas were outside of the bounds, which explains most.
            let at = usize::from(outside > 0);
            trust.reasons.splice(at..at, Moves { load, setting, period, gap }.reasons());
        }
        Some(Self { measures: meter.measures(), censored_minutes: minutes(censored), trust })
    }
}

impl Trust {
    /// Whether measures of scalings and of changes of direction can be trusted.
    pub fn holds_for_scalings(&self) -> bool {
        let (recorded, replayed) = (self.recorded_scalings, self.replayed_scalings);
        let (fewer, more) = (recorded.min(replayed), recorded.max(replayed));
        more <= fewer.saturating_mul(SCALINGS_FACTOR).max(fewer + SCALINGS_SLACK)
    }

    /// Names what is known of the HPA and its history as likelier than what the load alone tells.
    pub fn explain(&mut self, doubts: impl IntoIterator<Item = String>) {
        self.reasons.splice(0..0, doubts);
    }
}

/// The share of rows of the metric that is known best: all if there is no metric.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn known(load: &Load) -> f64 {
    let rows = load.times.len().max(1);
    let share = |values: &[Option<i64>]| values.iter().flatten().count() as f64 / rows as f64;
    load.columns.iter().map(|column| share(&column.values)).reduce(f64::max).unwrap_or(1.0)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn minutes(millis: u64) -> f64 {
    millis as f64 / 60_000.0
}

/// What may explain that a replay is not as it was.
fn reasons(runner: &Runner<'_>, setting: &Setting, outside: f64, has_moved: bool) -> Vec<String> {
    let load = runner.load();
    let mut reasons = Vec::new();
    if outside > 0.0 {
        reasons.push(format!(
            "replicas were outside of minReplicas and maxReplicas for {outside:.0} min: other settings were in force, or \
             replicas were set by hand"
        ));
    }
    for column in &load.columns {
        let all = column.values.len();
        let unreadable = column.values.iter().filter(|value| value.is_none()).count();
        if unreadable > 0 {
            let percent = (unreadable * 100).div_ceil(all.max(1));
            reasons.push(format!("{} is not known for {percent} % of the rows", column.name));
        }
    }
    let metrics = &setting.spec().metrics;
    if metrics.iter().any(|it| matches!(it.target, Target::Value(_))) {
        reasons.push(
            "a metric with a target of type Value is replayed as it was, whatever the replicas"
                .to_owned(),
        );
    }
    let is_memory = |source: Source| {
        matches!(
            source,
            Source::Resource(Resource::Other) | Source::ContainerResource(Resource::Other)
        )
    };
    let is_divided = load.columns.iter().all(|it| it.share == Share::OfTotal);
    if is_divided && metrics.iter().any(|it| is_memory(it.source)) {
        reasons.push(
            "memory is divided over the ready pods, and heaps and caches do not divide".to_owned(),
        );
    }
    let step = load.times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(0);
    // Where replicas never moved, nothing happened between the rows either.
    if has_moved && step > runner.clock(0).period {
        reasons.push(format!(
            "the rows are {} s apart: what happened in between is not known",
            step / 1000
        ));
    }
    reasons
}

/// The error of a replay.
#[derive(Default)]
struct Error {
    syncs: u64,
    replicas: u64,
    off_by: u64,
    equal: u64,
    within_one: u64,
    recorded_scalings: u64,
    replayed_scalings: u64,
}

impl Error {
    fn add(&mut self, recorded: i32, replayed: &Decision) {
        let difference = i64::from(recorded) - i64::from(replayed.current);
        self.replayed_scalings += u64::from(replayed.desired != replayed.current);
        self.syncs += 1;
        self.replicas += u64::from(recorded.max(0).unsigned_abs());
        self.off_by += difference.unsigned_abs();
        self.equal += u64::from(difference == 0);
        self.within_one += u64::from(difference.abs() <= 1);
    }

    /// `None` if there was nothing to compare.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn trust(&self, millis: u64, syncs: usize) -> Option<Trust> {
        if self.syncs == 0 {
            return None;
        }
        let share = |of: u64| of as f64 / self.syncs as f64;
        let rounded = |number: f64| (number * 1000.0).round() / 1000.0;
        let (mean, error) = (share(self.replicas), share(self.off_by));
        Some(Trust {
            compared_minutes: rounded(minutes(self.syncs * millis)),
            compared_percent: rounded(self.syncs as f64 / syncs.max(1) as f64 * 100.0),
            mean_replicas: rounded(mean),
            mean_error_pods: rounded(error),
            equal_percent: rounded(share(self.equal) * 100.0),
            within_one_percent: rounded(share(self.within_one) * 100.0),
            recorded_scalings: self.recorded_scalings,
            replayed_scalings: self.replayed_scalings,
            is_poor: error > TRUSTED * mean,
            reasons: Vec::new(),
        })
    }
}
