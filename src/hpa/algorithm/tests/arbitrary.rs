//! Random specs and worlds.

use super::super::{
    Amount, Behavior, Controller, Load, Metric, Policy, Resource, Rules, Select, Settings,
    Simulation, Source, Span, Spec, Target, Time, simulate,
};
use proptest::prelude::*;

/// A world that is like those of the vectors.
#[derive(Debug, Clone)]
pub struct World {
    pub spec: Spec,
    pub settings: Settings,
    pub loads: Vec<Vec<Option<i64>>>,
    pub request: i64,
    pub replicas: i32,
    pub set_replicas: Vec<(usize, i32)>,
    pub startup: Span,
    pub period: Span,
}

impl World {
    /// Runs it: replicas before each sync, and after the last.
    pub fn replicas(&self) -> Vec<i32> {
        let loads: Vec<Load<'_>> = self
            .loads
            .iter()
            .map(|values| Load { values, request: Some(self.request), ..Load::default() })
            .collect();
        let simulation = Simulation {
            loads: &loads,
            syncs: self.loads.iter().map(Vec::len).max().unwrap_or(0),
            start: Time::from_seconds(1000),
            period: self.period,
            replicas: self.replicas,
            set_replicas: &self.set_replicas,
            startup: self.startup,
            sample_window: self.period,
        };
        let mut replicas = Vec::new();
        let mut last = self.replicas;
        let mut controller = Controller::new(&self.spec, &self.settings);
        simulate(&mut controller, &simulation, |tick| {
            replicas.push(tick.decision.current);
            last = tick.decision.desired;
        });
        replicas.push(last);
        replicas
    }
}

pub fn amount(most: i32) -> impl Strategy<Value = Amount> {
    prop_oneof![(1..=most).prop_map(Amount::Pods), (1..=200).prop_map(Amount::Percent)]
}

pub fn select() -> impl Strategy<Value = Select> {
    prop_oneof![4 => Just(Select::Max), 3 => Just(Select::Min), 1 => Just(Select::Disabled)]
}

/// So many cases, unless `PROPTEST_CASES` says otherwise.
pub fn config(cases: u32) -> ProptestConfig {
    let by_default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => by_default,
        None => ProptestConfig { cases, ..by_default },
    }
}

/// Rules with windows and periods of so many seconds at most.
pub fn rules(longest_window: i64, longest_period: i64) -> impl Strategy<Value = Rules> {
    let policy = (amount(10), 1..=longest_period)
        .prop_map(|(amount, period)| Policy { amount, period: Span::from_seconds(period) });
    let window = prop_oneof![Just(None), Just(Some(0)), (0..=longest_window).prop_map(Some)];
    (window, select(), prop::collection::vec(policy, 1..4)).prop_map(
        |(window, select, policies)| Rules {
            window: window.map(Span::from_seconds),
            select,
            policies,
            tolerance: None,
        },
    )
}

pub fn behavior(longest_window: i64, longest_period: i64) -> impl Strategy<Value = Behavior> {
    let rules = move || rules(longest_window, longest_period);
    prop_oneof![
        1 => Just(Behavior::from_written(None, None)),
        4 => (rules(), rules()).prop_map(|(up, down)| Behavior { up, down }),
    ]
}

/// A metric whose target is of the size of the loads below.
pub fn metric() -> impl Strategy<Value = Metric> {
    let resource = prop_oneof![Just(Resource::Cpu), Just(Resource::Other)];
    let source = prop_oneof![
        resource.clone().prop_map(Source::Resource),
        resource.prop_map(Source::ContainerResource),
        Just(Source::Pods),
        Just(Source::Object),
        Just(Source::External),
    ];
    (source, any::<bool>(), 30..95_i32, 50..1000_i64).prop_map(
        |(source, is_first, percent, value)| {
            let target = match (source, is_first) {
                (Source::Resource(_) | Source::ContainerResource(_), true) => {
                    Target::Utilization(percent)
                }
                (Source::Object | Source::External, true) => Target::Value(value),
                _ => Target::AverageValue(value),
            };
            Metric { source, target }
        },
    )
}

/// A load that jumps from time to time.
pub fn load(syncs: usize) -> impl Strategy<Value = Vec<Option<i64>>> {
    let piece = (prop::option::weighted(0.95, 0..30_000_i64), 1..40_usize);
    prop::collection::vec(piece, 1..8).prop_map(move |pieces| {
        let long = pieces.iter().cycle().flat_map(|(value, syncs)| vec![*value; *syncs]);
        long.take(syncs).collect()
    })
}

pub fn world(syncs: usize) -> impl Strategy<Value = World> {
    let bounds = (1..10_i32, 0..60_i32, 1..70_i32);
    let sets = prop::collection::btree_map(0..syncs, 0..80_i32, 0..3);
    let spec = (bounds, prop::collection::vec((metric(), load(syncs)), 1..4));
    (spec, prop::option::weighted(0.8, behavior(900, 900)), sets, 0..300_i64, 50..1000_i64)
        .prop_map(|(((min, more, replicas), metrics), behavior, sets, startup, request)| {
            let (metrics, loads) = metrics.into_iter().unzip();
            World {
                spec: Spec { min_replicas: min, max_replicas: min + more, metrics, behavior },
                settings: Settings::default(),
                loads,
                request,
                replicas,
                set_replicas: sets.into_iter().collect(),
                startup: Span::from_seconds(startup),
                period: Span::from_seconds(15),
            }
        })
}
