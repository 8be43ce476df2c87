//! Settings over a part of a load.

use super::promise::Daily;
use crate::hpa::Hpa;
use crate::hpa::algorithm::{Metric, Target};
use crate::simulation::{
    Conditions, Load, Measure, Measures, Meter, PHASES, Requests, Runner, Setting, SettingError,
};

const DAY: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// Runs settings over a load, and measures them against what the pods can bear.
pub(super) struct Trial<'a> {
    runner: Runner<'a>,
    requests: &'a Requests,
    phase: i64,
    /// What the load needs of pods that bear as much as they can, by sync.
    needed: Vec<Option<i32>>,
    capacity: Setting,
}

/// What came of settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tried {
    pub daily: Daily,
    /// The most replicas.
    pub highest: i32,
    /// The most replicas that may be.
    pub max: i32,
}

impl<'a> Trial<'a> {
    /// Over this load, with pods that bear this share of their request.
    pub fn new(
        load: &'a Load,
        conditions: Conditions,
        requests: &'a Requests,
        hpa: &Hpa,
        capacity_percent: i32,
    ) -> Result<Self, SettingError> {
        let capacity = Setting::new(hpa, load, requests)?.with_spec(|spec| {
            for metric in &mut spec.metrics {
                metric.target = borne(*metric, capacity_percent);
            }
        });
        let mut trial = Self {
            runner: Runner::new(load, conditions),
            requests,
            phase: -1,
            needed: Vec::new(),
            capacity,
        };
        trial.enter(0);
        Ok(trial)
    }

    /// Enters a phase: where within its period the controller happens to sync.
    pub fn enter(&mut self, phase: i64) {
        if self.phase != phase {
            self.runner.enter(phase);
            self.needed = self.runner.demands(&self.capacity);
            self.phase = phase;
        }
    }

    /// The phase that was entered.
    pub fn phase(&self) -> i64 {
        self.phase
    }

    /// The pods that the load needs, by sync.
    pub fn needed(&self) -> &[Option<i32>] {
        &self.needed
    }

    /// The share of the syncs at which the need is known, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub fn known(&self) -> f64 {
        let known = self.needed.iter().flatten().count();
        known as f64 / (self.needed.len().max(1)) as f64
    }

    /// What the load needs a day, in pod-minutes.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub fn needed_a_day(&self) -> f64 {
        let sum: i64 = self.needed.iter().flatten().map(|needed| i64::from(*needed)).sum();
        let known = self.needed.iter().flatten().count().max(1);
        sum as f64 / known as f64 * 24.0 * 60.0
    }

    /// Runs settings in the phase that was entered.
    pub fn run(&self, hpa: &Hpa) -> Result<Tried, SettingError> {
        let setting = Setting::new(hpa, self.runner.load(), self.requests)?;
        Ok(self.run_setting(&setting))
    }

    /// Runs settings in all phases, the phase of the rows first.
    pub fn run_phases(&mut self, hpa: &Hpa) -> Result<Vec<Tried>, SettingError> {
        let setting = Setting::new(hpa, self.runner.load(), self.requests)?;
        let mut all = Vec::new();
        for phase in 0..PHASES {
            self.enter(phase);
            if phase == 0 || !self.needed.is_empty() {
                all.push(self.run_setting(&setting));
            }
        }
        self.enter(0);
        Ok(all)
    }

    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn run_setting(&self, setting: &Setting) -> Tried {
        let millis = self.runner.millis();
        let max = setting.spec().max_replicas;
        let mut meter = Meter::new(max, setting.has_demand());
        // Times milliseconds.
        let (mut unmet, mut syncs) = (0_u64, 0_u64);
        let mut highest = 0;
        self.runner.run(setting, |synced| {
            let interval = synced.interval();
            highest = highest.max(interval.replicas);
            // Where the need is not known nothing happens: counted as time, it would make everything less a day.
            let Some(needed) = self.needed.get(synced.tick.number).copied().flatten() else {
                return;
            };
            meter.add(interval, millis);
            syncs += 1;
            for (ready, millis) in interval.ready.parts(millis) {
                let short = (i64::from(needed) - i64::from(ready)).max(0).unsigned_abs();
                unmet = unmet.saturating_add(short.saturating_mul(millis));
            }
        });
        let days = (syncs.max(1) * millis) as f64 / DAY;
        let unmet_minutes = unmet as f64 / 60_000.0;
        Tried { daily: daily(&meter.measures(), unmet_minutes, days), highest, max }
    }
}

/// Over so many days.
fn daily(measures: &Measures, unmet: f64, days: f64) -> Daily {
    let a_day = |measure: Measure| measures.get(measure).unwrap_or(0.0) / days;
    Daily {
        pod_hours: a_day(Measure::PodHours),
        unmet_pod_minutes: unmet / days,
        minutes_at_max: a_day(Measure::MinutesAtMax),
        scalings: a_day(Measure::Scalings),
    }
}

/// What a pod is taken to bear: this share of its request; of other metrics a tenth more than the target, up to which
/// the controller does nothing. Never less than a tenth more than the target.
fn borne(metric: Metric, capacity_percent: i32) -> Target {
    match metric.target {
        Target::Utilization(target) => {
            Target::Utilization(capacity_percent.max(target.saturating_add(target / 10)))
        }
        Target::AverageValue(target) => Target::AverageValue(target.saturating_add(target / 10)),
        value @ Target::Value(_) => value,
    }
}
