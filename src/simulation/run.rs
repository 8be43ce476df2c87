//! Settings over a load, in the closed loop of the controller's algorithm.

use super::columns::ColumnNames;
use super::load::Load;
use super::measures::{Interval, Measure, Measures, Meter, Ready};
use super::resample::Clock;
use crate::hpa::algorithm::{
    self, Controller, Metric, Settings, Share, Simulation, Source, Span, Spec, Target, Tick, Time,
};
use crate::hpa::{Hpa, MetricType, TargetType};

/// The number of phases: where within its period the controller happens to sync.
pub const PHASES: i64 = 8;

/// What is the same for all settings.
#[derive(Debug, Clone, Copy)]
pub struct Conditions {
    /// Replicas before the first sync.
    pub replicas: i32,
    /// How long a new pod takes until it is ready.
    pub startup: Span,
    /// The time between two syncs in milliseconds.
    pub period: i64,
}

/// The requests of each pod, by the names of columns (`cpu`, `cpu/app`), in thousandths.
pub type Requests = [(String, i64)];

/// An HPA's settings, ready to be run over a load.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    spec: Spec,
    settings: Settings,
    /// For each metric its column, what its values are, and the request of each pod.
    metrics: Vec<(usize, Share, Option<i64>)>,
}

/// Why settings cannot be run over a load.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The load has no column of a metric.
    #[error(
        "the load has no column {}; its columns are {}. A column with empty cells is a metric that could not be read",
        .missing.join(" and no column "), shown(.columns)
    )]
    NoColumn {
        /// The names of the columns that are not there.
        missing: Vec<String>,
        /// Those that are.
        columns: Vec<String>,
    },
    /// A utilization needs requests.
    #[error(
        "the target of {0} is a percentage of the pods' requests, and these are not known: --request {0}={1}"
    )]
    NoRequest(String, &'static str),
    /// Neither requests nor values are known, which a request does not mend.
    #[error("no value of {0} is known, nor the pods' requests that its target is a percentage of")]
    NoValues(String),
}

fn shown(columns: &[String]) -> String {
    if columns.is_empty() { "time alone".to_owned() } else { columns.join(", ") }
}

impl Setting {
    /// The settings of an HPA over a load with these requests.
    ///
    /// # Errors
    /// If the load lacks a metric, or a request is not known that a target needs.
    pub fn new(hpa: &Hpa, load: &Load, requests: &Requests) -> Result<Self, SettingError> {
        let names = ColumnNames::of(&hpa.metrics);
        let columns = names.places(load).map_err(|missing| {
            let columns = load.columns.iter().map(|column| column.name.clone());
            SettingError::NoColumn { missing, columns: columns.collect() }
        })?;
        let mut metrics = Vec::with_capacity(columns.len());
        for (metric, column) in hpa.metrics.iter().zip(columns) {
            let name = request_name(metric);
            let request = name.as_ref().and_then(|name| {
                requests.iter().rfind(|(it, _)| it == name).map(|(_, request)| *request)
            });
            if let (Some(name), None) = (name, request)
                && metric.target.kind == TargetType::Utilization
            {
                let values = load.columns.get(column).map(|column| &column.values);
                if values.is_some_and(|it| it.iter().all(Option::is_none)) {
                    return Err(SettingError::NoValues(name));
                }
                let example = if metric.name == "memory" { "1Gi" } else { "500m" };
                return Err(SettingError::NoRequest(name, example));
            }
            let share = load.columns.get(column).map_or_else(Share::default, |column| column.share);
            metrics.push((column, share, request));
        }
        // With a minimum of 0 the API server has the gate on, or it would refuse the HPA.
        let settings = Settings { scale_to_zero: hpa.min_replicas == 0, ..Settings::default() };
        Ok(Self { spec: Spec::of(hpa), settings, metrics })
    }

    /// The settings with another spec that has the same metrics.
    #[must_use]
    pub fn with_spec(&self, change: impl FnOnce(&mut Spec)) -> Self {
        let mut changed = self.clone();
        change(&mut changed.spec);
        changed
    }

    /// The spec.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Whether a metric tells how many pods a load needs.
    pub fn has_demand(&self) -> bool {
        let metrics = self.spec.metrics.iter().zip(&self.metrics);
        metrics
            .into_iter()
            .any(|(metric, (_, share, _))| *share == Share::OfTotal && is_of_demand(*metric))
    }
}

/// Whether a target of an HPA is a percentage of the request of this name (`cpu`, `cpu/app`).
pub fn uses_request(hpa: &Hpa, request: &str) -> bool {
    let mut metrics = hpa.metrics.iter();
    metrics.any(|metric| {
        metric.target.kind == TargetType::Utilization
            && request_name(metric).is_some_and(|name| name == request)
    })
}

/// The name of the request that a metric's target may need.
fn request_name(metric: &crate::hpa::Metric) -> Option<String> {
    match (&metric.kind, &metric.container) {
        (MetricType::Resource, _) => Some(metric.name.clone()),
        (MetricType::ContainerResource, Some(container)) => {
            Some(format!("{}/{container}", metric.name))
        }
        _ => None,
    }
}

fn is_of_demand(metric: Metric) -> bool {
    match (metric.source, metric.target) {
        (Source::Unknown, _) | (_, Target::Value(_)) => false,
        (_, Target::Utilization(target)) => target > 0,
        (_, Target::AverageValue(target)) => target > 0,
    }
}

/// How many pods a value needs at least, so that they are not above the target.
#[inline]
fn demand(metric: Metric, value: i64, request: Option<i64>) -> Option<i32> {
    let (needed, each) = match metric.target {
        Target::Utilization(percent) => {
            (i128::from(value) * 100, i128::from(request?) * i128::from(percent))
        }
        Target::AverageValue(target) => (i128::from(value), i128::from(target)),
        Target::Value(_) => return None,
    };
    if each <= 0 {
        return None;
    }
    let needed = needed.max(0);
    i32::try_from((needed + each - 1) / each).ok().or(Some(i32::MAX))
}

/// Runs settings over a load. What it needs is kept from run to run.
#[derive(Debug)]
pub struct Runner<'a> {
    load: &'a Load,
    conditions: Conditions,
    gap: i64,
    values: Vec<Vec<Option<i64>>>,
    set_replicas: Vec<(usize, i32)>,
    clock: Option<Clock>,
}

/// A sync of a run.
#[derive(Debug, Clone, Copy)]
pub struct Synced<'a> {
    /// What the algorithm did.
    pub tick: Tick<'a>,
    /// Pods that the load needs at least; `None` if that is not known.
    pub demand: Option<i32>,
}

impl<'a> Runner<'a> {
    /// A runner over a load.
    pub fn new(load: &'a Load, conditions: Conditions) -> Self {
        let gap = load.longest_gap();
        Self { load, conditions, gap, values: Vec::new(), set_replicas: Vec::new(), clock: None }
    }

    /// The clock of a phase, from 0. The first is that of the first row.
    pub fn clock(&self, phase: i64) -> Clock {
        let period = self.conditions.period.max(1);
        Clock { period, offset: period * phase.rem_euclid(PHASES) / PHASES }
    }

    /// The load at the syncs of a phase, until the next call.
    pub fn enter(&mut self, phase: i64) {
        let clock = self.clock(phase);
        if self.clock == Some(clock) {
            return;
        }
        self.values.resize_with(self.load.columns.len(), Vec::new);
        for (column, values) in self.load.columns.iter().zip(&mut self.values) {
            self.load.at_syncs(&column.values, clock, self.gap, values);
        }
        self.set_replicas = self.load.set_at_syncs(clock);
        self.clock = Some(clock);
    }

    /// Runs settings in the phase that was entered.
    pub fn run(&self, setting: &Setting, mut each: impl FnMut(Synced<'_>)) {
        let clock = self.clock.unwrap_or_else(|| self.clock(0));
        let values = |column: usize| self.values.get(column).map(Vec::as_slice).unwrap_or_default();
        let loads: Vec<algorithm::Load<'_>> = (setting.metrics.iter())
            .map(|(column, share, request)| algorithm::Load {
                values: values(*column),
                share: *share,
                request: *request,
            })
            .collect();
        let period = Span::from_millis(clock.period);
        let simulation = Simulation {
            loads: &loads,
            syncs: clock.syncs(self.load.end()),
            start: Time::from_millis(clock.offset),
            period,
            replicas: self.conditions.replicas,
            set_replicas: &self.set_replicas,
            startup: self.conditions.startup,
            sample_window: period,
        };
        let mut controller = Controller::new(&setting.spec, &setting.settings);
        algorithm::simulate(&mut controller, &simulation, |tick| {
            let demand = setting.demand(&loads, tick.number);
            each(Synced { tick, demand });
        });
    }

    /// The measures of a run in the phase that was entered.
    pub fn measure(&self, setting: &Setting) -> Measures {
        let mut meter = Meter::new(setting.spec.max_replicas, setting.has_demand());
        self.run(setting, |synced| meter.add(synced.interval(), self.millis()));
        meter.measures()
    }

    /// The measures of all phases: the first phase's, and the range of all.
    pub fn measure_phases(&mut self, setting: &Setting) -> Phases {
        let mut phases = Phases { count: 0, first: Measures::default(), all: Vec::new() };
        for phase in 0..PHASES {
            if phase > 0 && self.clock(phase).syncs(self.load.end()) == 0 {
                continue;
            }
            self.enter(phase);
            let measures = self.measure(setting);
            if phase == 0 {
                phases.first = measures;
            }
            phases.count += 1;
            phases.all.push(measures);
        }
        phases
    }

    /// How many pods the load needs at each sync of the phase that was entered.
    pub fn demands(&self, setting: &Setting) -> Vec<Option<i32>> {
        let mut demands = Vec::new();
        self.run(setting, |synced| demands.push(synced.demand));
        demands
    }

    /// The time from one sync to the next in milliseconds.
    pub fn millis(&self) -> u64 {
        self.conditions.period.max(1).unsigned_abs()
    }

    /// The load that is run over.
    pub fn load(&self) -> &'a Load {
        self.load
    }

    pub(super) fn gap(&self) -> i64 {
        self.gap
    }
}

impl Setting {
    /// How many pods each row of a load needs; `None` where a metric is not known, or does not tell.
    pub(super) fn needs(&self, load: &Load) -> Vec<Option<i32>> {
        let value = |column: usize, row: usize| {
            load.columns.get(column).and_then(|it| it.values.get(row)).copied().flatten()
        };
        let need = |row: usize| {
            let mut most = None;
            for (metric, (column, share, request)) in self.spec.metrics.iter().zip(&self.metrics) {
                if *share == Share::Each {
                    return None;
                }
                most = most.max(Some(demand(*metric, value(*column, row)?, *request)?));
            }
            most
        };
        (0..load.times.len()).map(need).collect()
    }

    /// The most pods that a metric needs. A metric without a reading may need more, so that nothing is known then.
    #[inline]
    fn demand(&self, loads: &[algorithm::Load<'_>], sync: usize) -> Option<i32> {
        let mut most = None;
        for (metric, load) in self.spec.metrics.iter().zip(loads) {
            if load.share == Share::Each || !is_of_demand(*metric) {
                continue;
            }
            let value = load.values.get(sync).copied().flatten()?;
            most = most.max(Some(demand(*metric, value, load.request)?));
        }
        // An HPA whose minimum is not 0 never goes below 1.
        Some(most?.max(self.spec.min_replicas.min(1)))
    }
}

impl Synced<'_> {
    /// What follows from the sync until the next.
    #[inline]
    pub fn interval(&self) -> Interval {
        let ready = self.tick.ready;
        let lasts = ready.lasts.as_millis().max(0).unsigned_abs();
        Interval {
            before: self.tick.decision.current,
            replicas: self.tick.decision.desired,
            ready: Ready { first: ready.first, lasts, then: ready.then },
            demand: self.demand,
        }
    }
}

/// The measures of a setting in several phases.
#[derive(Debug, Clone, PartialEq)]
pub struct Phases {
    /// How many phases.
    pub count: usize,
    /// The measures in the first phase, whose syncs are at the times of the rows.
    pub first: Measures,
    all: Vec<Measures>,
}

impl Phases {
    /// The measures of each phase.
    #[cfg(test)]
    pub(super) fn of(all: Vec<Measures>) -> Self {
        Self { count: all.len(), first: all.first().copied().unwrap_or_default(), all }
    }

    /// The least and the largest value of a measure.
    pub fn range(&self, measure: Measure) -> Option<(f64, f64)> {
        let values = || self.all.iter().filter_map(|measures| measures.get(measure));
        Some((values().reduce(f64::min)?, values().reduce(f64::max)?))
    }

    /// With the cost, at this price of a pod for an hour.
    #[must_use]
    pub fn priced(mut self, pod_hour: f64) -> Self {
        self.first = self.first.priced(pod_hour);
        self.all.iter_mut().for_each(|measures| *measures = measures.priced(pod_hour));
        self
    }
}
