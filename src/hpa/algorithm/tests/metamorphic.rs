//! How decisions change when the world does.

use super::super::{
    Amount, Behavior, Metric, Policy, Resource, Rules, Select, Settings, Source, Span, Spec,
    Target, WrittenRules,
};
use proptest::prelude::*;

use super::arbitrary::{World, amount, behavior, config, load, metric, world};

/// Time, windows and periods, so many times as long.
fn slower(world: &World, factor: i64) -> World {
    let slow = |span: Span| Span::from_millis(span.as_millis() * factor);
    let slow_rules = |rules: Rules| Rules {
        window: rules.window.map(slow),
        policies: rules
            .policies
            .iter()
            .map(|it| Policy { period: slow(it.period), ..*it })
            .collect(),
        ..rules
    };
    let mut world = world.clone();
    world.period = slow(world.period);
    world.startup = slow(world.startup);
    world.settings = Settings {
        downscale_stabilization: slow(world.settings.downscale_stabilization),
        cpu_initialization: slow(world.settings.cpu_initialization),
        initial_readiness_delay: slow(world.settings.initial_readiness_delay),
        ..world.settings
    };
    world.spec.behavior =
        world.spec.behavior.map(|it| Behavior { up: slow_rules(it.up), down: slow_rules(it.down) });
    world
}

/// A world with a metric whose proposal does not depend on the replicas.
fn by_queue(spec: impl Strategy<Value = Behavior>, syncs: usize) -> impl Strategy<Value = World> {
    (spec, load(syncs), 1..60_i32, 1..5_i32, 5..60_i32).prop_map(
        |(behavior, load, replicas, min, max)| World {
            spec: Spec {
                min_replicas: min,
                max_replicas: max,
                metrics: vec![Metric {
                    source: Source::External,
                    target: Target::AverageValue(500),
                }],
                behavior: Some(behavior),
            },
            settings: Settings { tolerance: 0.0, ..Settings::default() },
            loads: vec![load],
            request: 0,
            replicas: replicas.clamp(min, max),
            set_replicas: Vec::new(),
            startup: Span::ZERO,
            period: Span::from_seconds(15),
        },
    )
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn scaling_time_windows_and_periods_scales_the_result(world in world(200), factor in 2..5_i64) {
        prop_assert_eq!(slower(&world, factor).replicas(), world.replicas());
    }

    /// With tolerance it does not hold, nor with policies of different periods: see the tests
    /// below.
    #[test]
    fn raising_the_maximum_never_raises_unmet_demand_in_simple_cases(
        mut world in by_queue(behavior(300, 120), 200),
        period in 1..120_i64,
        more in 1..40_i32,
    ) {
        if let Some(behavior) = &mut world.spec.behavior {
            let policies = behavior.up.policies.iter_mut().chain(&mut behavior.down.policies);
            policies.for_each(|policy| policy.period = Span::from_seconds(period));
        }
        let mut higher = world.clone();
        higher.spec.max_replicas += more;
        for (lower, higher) in world.replicas().into_iter().zip(higher.replicas()) {
            prop_assert!(higher >= lower, "{} under {}", higher, lower);
        }
    }

    /// While it is not shorter than a start, the window for scaling down keeps it from swinging:
    /// see the test below.
    #[test]
    fn a_constant_load_reaches_a_fixed_point(
        metric in metric(),
        mut behavior in prop::option::of(behavior(600, 60)),
        value in 0..30_000_i64,
        (min, max, replicas) in (1..5_i32, 5..60_i32, 1..60_i32),
        startup in 0..200_i64,
    ) {
        if let Some(behavior) = &mut behavior {
            behavior.down.window =
                behavior.down.window.max(Some(Span::from_seconds(startup + 30)));
        }
        let world = World {
            spec: Spec { min_replicas: min, max_replicas: max, metrics: vec![metric], behavior },
            settings: Settings::default(),
            loads: vec![vec![Some(value); 1000]],
            request: 500,
            replicas,
            set_replicas: Vec::new(),
            startup: Span::from_seconds(startup),
            period: Span::from_seconds(15),
        };
        let replicas = world.replicas();
        let last = replicas.last().unwrap();
        prop_assert!(replicas.iter().rev().take(300).all(|it| it == last), "{:?}", replicas);
    }

    /// Counted from the replicas at the beginning of the period: what was removed within it may
    /// come back.
    #[test]
    fn within_any_period_a_policy_moves_at_most_its_amount(
        mut world in world(200),
        (up, down) in (amount(6), amount(6)),
        (up_period, down_period) in (15..600_i32, 15..600_i32),
        select in prop_oneof![Just(Select::Max), Just(Select::Min)],
    ) {
        let rules = |amount, period| Rules {
            window: Some(Span::ZERO),
            select,
            policies: vec![Policy { amount, period: Span::from_seconds(i64::from(period)) }],
            tolerance: None,
        };
        world.set_replicas.clear();
        world.replicas = world.replicas.clamp(world.spec.min_replicas, world.spec.max_replicas);
        world.spec.behavior =
            Some(Behavior { up: rules(up, up_period), down: rules(down, down_period) });
        let replicas = world.replicas();
        let part = |percent: i32| f64::from(percent) / 100.0;
        for (sync, pair) in replicas.windows(2).enumerate() {
            let (before, after) = (pair[0], f64::from(pair[1]));
            // The first sync that is less than a period ago.
            let start = |period: i32| {
                let syncs = usize::try_from((period - 1) / 15).unwrap();
                replicas[sync.saturating_sub(syncs)]
            };
            let (low, high) = (start(up_period), start(down_period));
            let most = match up {
                Amount::Pods(pods) => f64::from(low + pods),
                Amount::Percent(percent) => (f64::from(low) * (1.0 + part(percent))).ceil(),
            };
            let least = match down {
                Amount::Pods(pods) => f64::from(high - pods),
                Amount::Percent(percent) => (f64::from(high) * (1.0 - part(percent))).trunc(),
            };
            prop_assert!(pair[1] <= before || after <= most, "{} to {}: {:?}", before, after, replicas);
            prop_assert!(pair[1] >= before || after >= least, "{} to {}: {:?}", before, after, replicas);
        }
    }

    #[test]
    fn decisions_stay_within_the_bounds(mut world in world(200)) {
        world.set_replicas.clear();
        let (min, max) = (world.spec.min_replicas, world.spec.max_replicas);
        for replicas in world.replicas().into_iter().skip(1) {
            prop_assert!((min..=max).contains(&replicas));
        }
    }

    #[test]
    fn a_metric_that_fails_never_makes_it_scale_down(mut world in world(200)) {
        world.set_replicas.clear();
        world.replicas = world.replicas.clamp(world.spec.min_replicas, world.spec.max_replicas);
        // Without a window nothing recommended earlier leads down later.
        world.spec.behavior = Some(Behavior::from_written(None, None));
        world.spec.metrics.push(Metric::DEFAULT);
        let replicas = world.replicas();
        prop_assert!(replicas.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", replicas);
    }
}

fn policy(amount: Amount, seconds: i64) -> Policy {
    Policy { amount, period: Span::from_seconds(seconds) }
}

/// A world of one metric with a target of 1000, from 20 replicas.
fn simple(metric: Source, behavior: Behavior, load: &[(i64, usize)]) -> World {
    World {
        spec: Spec {
            min_replicas: 1,
            max_replicas: 20,
            metrics: vec![Metric { source: metric, target: Target::AverageValue(1000) }],
            behavior: Some(behavior),
        },
        settings: Settings::default(),
        loads: vec![load.iter().flat_map(|(value, syncs)| vec![Some(*value); *syncs]).collect()],
        request: 1000,
        replicas: 20,
        set_replicas: Vec::new(),
        startup: Span::ZERO,
        period: Span::from_seconds(15),
    }
}

fn with_maximum(world: &World, max_replicas: i32) -> World {
    let mut world = world.clone();
    world.spec.max_replicas = max_replicas;
    world
}

/// 20 replicas that are not far from what is needed stay, and are there when a little more is
/// needed. A higher maximum led to 23, from which 18 were exactly enough.
#[test]
fn with_tolerance_a_higher_maximum_can_leave_demand_unmet() {
    let behavior = Behavior::from_written(None, None);
    let load = [(23_000, 2), (18_000, 40), (19_700, 40)];
    let world = simple(Source::External, behavior, &load);
    assert_eq!(world.replicas().last(), Some(&20));
    assert_eq!(with_maximum(&world, 30).replicas().last(), Some(&18));
}

/// What was removed within a period may come back within it, but the controller forgets: of two
/// decreases only the last is remembered, although the period of increases is longer. From 20 there
/// is one decrease, from 22 there are two.
#[test]
fn with_periods_that_differ_a_higher_maximum_can_leave_demand_unmet() {
    let rules = |amount, seconds| Rules {
        window: Some(Span::ZERO),
        select: Select::Max,
        policies: vec![policy(amount, seconds)],
        tolerance: None,
    };
    let behavior =
        Behavior { up: rules(Amount::Percent(10), 120), down: rules(Amount::Percent(50), 1) };
    let load = [(22_000, 1), (10_000, 2), (20_000, 1)];
    let mut world = simple(Source::External, behavior, &load);
    world.settings.tolerance = 0.0;
    assert_eq!(world.replicas(), [20, 20, 10, 10, 20]);
    assert_eq!(with_maximum(&world, 30).replicas(), [20, 22, 11, 10, 10]);
}

/// Pods that became ready just now count as unready for CPU: they have taken their part of the
/// load, but when scaling down only the others are counted.
#[test]
fn a_constant_load_can_swing_where_the_window_is_shorter_than_a_start() {
    let down = WrittenRules { window_seconds: Some(0), ..WrittenRules::default() };
    let behavior = Behavior::from_written(None, Some(down));
    let mut world = simple(Source::Resource(Resource::Cpu), behavior, &[(7005, 5)]);
    (world.replicas, world.startup) = (6, Span::from_seconds(15));
    assert_eq!(world.replicas(), [6, 8, 6, 8, 6, 8]);
}
