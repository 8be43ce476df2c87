//! Whatever the numbers are, nothing panics.

use super::super::{
    Amount, Behavior, Conditions, Controller, Direction, Load, Metric, Phase, Pod, PodSums, Policy,
    Readiness, Reading, Resource, Rules, Sample, ScaleTarget, ScaledToZero, Select, Selector,
    Settings, Share, Simulation, Source, Span, Spec, Target, Time, allowed, approximate, simulate,
};
use super::arbitrary::config;
use proptest::prelude::*;
use proptest::sample::select as one_of;

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        any::<i64>(),
        one_of(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, 1 << 62, i64::MAX - 1, i64::MAX]),
        -1000..1000_i64,
    ]
}

fn replicas() -> impl Strategy<Value = i32> {
    prop_oneof![any::<i32>(), one_of(vec![i32::MIN, -1, 0, 1, i32::MAX]), 0..100_i32]
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![number().prop_map(Span::from_millis), number().prop_map(Span::from_seconds)]
}

fn metric() -> impl Strategy<Value = Metric> {
    let sources = vec![
        Source::Resource(Resource::Cpu),
        Source::Resource(Resource::Other),
        Source::ContainerResource(Resource::Cpu),
        Source::Pods,
        Source::Object,
        Source::External,
        Source::Unknown,
    ];
    let target = prop_oneof![
        replicas().prop_map(Target::Utilization),
        number().prop_map(Target::AverageValue),
        number().prop_map(Target::Value),
    ];
    (one_of(sources), target).prop_map(|(source, target)| Metric { source, target })
}

fn rules() -> impl Strategy<Value = Rules> {
    let amount =
        prop_oneof![replicas().prop_map(Amount::Pods), replicas().prop_map(Amount::Percent)];
    let policy = (amount, span()).prop_map(|(amount, period)| Policy { amount, period });
    let select = one_of(vec![Select::Max, Select::Min, Select::Disabled]);
    (
        prop::option::of(span()),
        select,
        prop::collection::vec(policy, 0..3),
        prop::option::of(any::<f64>()),
    )
        .prop_map(|(window, select, policies, tolerance)| Rules {
            window,
            select,
            policies,
            tolerance,
        })
}

fn spec() -> impl Strategy<Value = Spec> {
    let behavior =
        prop::option::of((rules(), rules()).prop_map(|(up, down)| Behavior { up, down }));
    (replicas(), replicas(), prop::collection::vec(metric(), 0..4), behavior).prop_map(
        |(min_replicas, max_replicas, metrics, behavior)| Spec {
            min_replicas,
            max_replicas,
            metrics,
            behavior,
        },
    )
}

fn settings() -> impl Strategy<Value = Settings> {
    (any::<f64>(), [span(), span(), span()], any::<bool>(), any::<bool>()).prop_map(
        |(tolerance, [down, cpu, delay], configurable_tolerance, scale_to_zero)| Settings {
            tolerance,
            downscale_stabilization: down,
            cpu_initialization: cpu,
            initial_readiness_delay: delay,
            configurable_tolerance,
            scale_to_zero,
        },
    )
}

fn pod() -> impl Strategy<Value = (Pod, Option<Sample>, Option<i64>)> {
    let time = || number().prop_map(Time::from_millis);
    let phase = one_of(vec![Phase::Pending, Phase::Running, Phase::Finished, Phase::Unknown]);
    let readiness = (prop::option::of(any::<bool>()), time())
        .prop_map(|(is_ready, since)| Readiness { is_ready, since });
    let pod =
        (phase, any::<bool>(), prop::option::of(time()), prop::option::of(readiness)).prop_map(
            |(phase, is_deleted, started, readiness)| Pod { phase, is_deleted, started, readiness },
        );
    let sample =
        (number(), time(), span()).prop_map(|(value, at, window)| Sample { value, at, window });
    (pod, prop::option::of(sample), prop::option::of(number()))
}

fn sums() -> impl Strategy<Value = PodSums> {
    prop::array::uniform8(number()).prop_map(
        |[ready, usage, requests, unready, unready_requests, missing, missing_requests, full]| {
            PodSums {
                ready,
                usage,
                requests,
                unready,
                unready_requests,
                missing,
                missing_requests,
                missing_usage: full,
            }
        },
    )
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_sync_never_panics(
        spec in spec(),
        settings in settings(),
        pods in prop::collection::vec(pod(), 0..5),
        values in prop::collection::vec(number(), 0..4),
        sums in sums(),
        syncs in prop::collection::vec((number(), [replicas(), replicas(), replicas()]), 1..6),
        selector in one_of(vec![Selector::Usable, Selector::Usable, Selector::Ambiguous]),
    ) {
        let list: Vec<Pod> = pods.iter().map(|it| it.0).collect();
        let samples: Vec<Option<Sample>> = pods.iter().map(|it| it.1).collect();
        let requests: Vec<Option<i64>> = pods.iter().map(|it| it.2).collect();
        let readings = [
            Reading::Pods { pods: &list, samples: &samples, requests: &requests },
            Reading::Sums(sums),
            Reading::Values(&values),
            Reading::Value(values.first().copied().unwrap_or(i64::MIN)),
            Reading::UNREADABLE,
        ];
        let asleep = Conditions {
            scaled_to_zero: Some(ScaledToZero::ScaledToZero),
            ..Conditions::default()
        };
        for first in 0..readings.len() {
            let mut readings = readings;
            readings.rotate_left(first);
            let mut controller = Controller::new(&spec, &settings).with_conditions(asleep);
            for &(millis, [replicas, status_replicas, ready_pods]) in &syncs {
                let target = ScaleTarget {
                    replicas,
                    status_replicas,
                    ready_pods,
                    selector,
                    ..ScaleTarget::with_pods(replicas, status_replicas, &list)
                };
                let now = Time::from_millis(millis);
                controller.sync(now, &target, &readings);
                controller.recommendations().may_fall_at(replicas);
                controller.recommendations().may_rise_at(replicas);
                let period = settings.cpu_initialization;
                controller.events().free_at(Direction::Up, period, now);
                if let Some(behavior) = &spec.behavior {
                    allowed(Direction::Up, replicas, behavior, controller.events(), now);
                }
            }
        }
    }

    #[test]
    fn a_simulation_never_panics(
        spec in spec(),
        settings in settings(),
        loads in prop::collection::vec(
            (prop::collection::vec(prop::option::weighted(0.9, number()), 0..20), number()),
            0..4,
        ),
        (start, spans) in (number(), [span(), span(), span()]),
        (share, replicas) in (one_of(vec![Share::OfTotal, Share::Each]), replicas()),
        sets in prop::collection::vec((0..20_usize, replicas()), 0..4),
    ) {
        let loads: Vec<Load<'_>> = loads
            .iter()
            .map(|(values, request)| Load { values, request: Some(*request), share })
            .collect();
        let [period, startup, sample_window] = spans;
        let simulation = Simulation {
            loads: &loads,
            syncs: 20,
            start: Time::from_millis(start),
            period,
            replicas,
            set_replicas: &sets,
            startup,
            sample_window,
        };
        let mut syncs = 0;
        let mut controller = Controller::new(&spec, &settings);
        simulate(&mut controller, &simulation, |_| syncs += 1);
        prop_assert_eq!(syncs, 20);
    }

    #[test]
    fn a_tolerance_never_panics(number in number(), power in any::<i32>()) {
        approximate(number, power);
    }
}
