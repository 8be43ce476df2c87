//! Syncs that the vectors do not have: scaled to zero, selectors, all metric types; and what a
//! decision tells about itself.

use super::super::*;
use super::target;

const CPU: Metric = Metric::DEFAULT;
const QUEUE: Metric = Metric { source: Source::External, target: Target::AverageValue(1000) };

fn at(seconds: i64) -> Time {
    Time::from_seconds(seconds)
}

fn spec(min_replicas: i32, max_replicas: i32, metrics: &[Metric]) -> Spec {
    let behavior = Some(Behavior::from_written(None, None));
    Spec { min_replicas, max_replicas, metrics: metrics.to_vec(), behavior }
}

/// A reading for so many pods, all ready, with requests of 1000.
fn total(value: i64, pods: i32, metric: Metric) -> Reading<'static> {
    let counts = PodCounts { all: pods, ready: pods, settled: pods };
    Reading::Sums(PodSums::spread(value, counts, 1000, metric))
}

fn asleep() -> Conditions {
    Conditions { scaled_to_zero: Some(ScaledToZero::ScaledToZero), ..Conditions::default() }
}

fn with_gate() -> Settings {
    Settings { scale_to_zero: true, ..Settings::default() }
}

#[test]
fn at_exactly_the_target_missing_pods_of_a_plain_metric_are_left_out() {
    let metric = Metric { source: Source::Pods, target: Target::AverageValue(1000) };
    let (spec, settings) = (spec(1, 20, &[metric]), Settings::default());
    let mut controller = Controller::new(&spec, &settings);
    let sums =
        PodSums { ready: 2, usage: 2000, missing: 3, missing_usage: 3000, ..PodSums::default() };
    let decision = controller.sync(at(0), &target(5), &[Reading::Sums(sums)]);
    assert_eq!(decision.desired, 5);
    let Ok(proposed) = &controller.proposals()[0] else { panic!("no proposal") };
    assert_eq!((proposed.replicas, proposed.current), (5, 1000));
    // With usage of 0 the three would make it 0.4.
    assert_eq!((proposed.ratio, proposed.cautious_ratio), (1.0, Some(1.0)));
}

#[test]
fn without_the_gate_zero_replicas_stay() {
    let (spec, settings) = (spec(0, 9, &[QUEUE]), Settings::default());
    let mut controller = Controller::new(&spec, &settings).with_conditions(asleep());
    let decision = controller.sync(at(0), &target(0), &[Reading::Value(5000)]);
    assert_eq!((decision.desired, decision.grounds), (0, Grounds::Disabled));
    assert_eq!(decision.conditions.scaling_active, Some(ScalingActive::ScalingDisabled));
    assert_eq!(decision.conditions.scaled_to_zero, None);
}

#[test]
fn what_the_controller_put_to_sleep_it_wakes() {
    let (spec, settings) = (spec(0, 9, &[QUEUE]), with_gate());
    let mut controller = Controller::new(&spec, &settings);
    assert_eq!(controller.sync(at(0), &target(2), &[Reading::Value(0)]).desired, 2);
    let decision = controller.sync(at(300), &target(2), &[Reading::Value(0)]);
    assert_eq!(decision.desired, 0);
    assert_eq!(decision.conditions.scaled_to_zero, Some(ScaledToZero::ScaledToZero));
    let decision = controller.sync(at(315), &target(0), &[Reading::Value(0)]);
    assert_eq!(decision.desired, 0);
    assert_eq!(decision.conditions.scaled_to_zero, Some(ScaledToZero::ScaledToZero));
    let decision = controller.sync(at(330), &target(0), &[Reading::Value(2500)]);
    assert_eq!(decision.desired, 3);
    assert_eq!(decision.conditions.scaled_to_zero, Some(ScaledToZero::NotScaledToZero));
}

#[test]
fn what_somebody_else_put_to_sleep_stays_so() {
    let (spec, settings) = (spec(0, 9, &[QUEUE]), with_gate());
    let decision =
        Controller::new(&spec, &settings).sync(at(0), &target(0), &[Reading::Value(5000)]);
    assert_eq!(decision.grounds, Grounds::Disabled);
}

#[test]
fn woken_up_there_are_as_many_as_a_minimum_raised_since() {
    let settings = with_gate();
    let raised = spec(4, 9, &[CPU]);
    // Its only metric has no pods to be measured from.
    let mut controller = Controller::new(&raised, &settings).with_conditions(asleep());
    let decision = controller.sync(at(0), &target(0), &[total(0, 0, CPU)]);
    assert_eq!(decision.desired, 0);
    let failed = ScalingActive::FailedGetMetric(CPU.source);
    assert_eq!(decision.conditions.scaling_active, Some(failed));

    let raised = spec(4, 9, &[QUEUE]);
    let mut controller = Controller::new(&raised, &settings).with_conditions(asleep());
    let decision = controller.sync(at(0), &target(0), &[Reading::Value(1000)]);
    assert_eq!(decision.desired, 4);
    assert_eq!(decision.conditions.scaled_to_zero, Some(ScaledToZero::NotScaledToZero));

    // At zero, and with a minimum of 0, only a metric that needs no pods wakes it.
    let cpu = spec(0, 9, &[CPU]);
    let mut controller = Controller::new(&cpu, &settings).with_conditions(asleep());
    assert_eq!(controller.sync(at(0), &target(0), &[]).grounds, Grounds::Disabled);
}

#[test]
fn a_value_wakes_without_tolerance() {
    let value = Metric { source: Source::Object, target: Target::Value(1000) };
    let (spec, settings) = (spec(0, 9, &[value]), with_gate());
    let mut controller = Controller::new(&spec, &settings).with_conditions(asleep());
    let decision = controller.sync(at(0), &target(0), &[Reading::Value(1)]);
    assert_eq!(decision.desired, 1);
    assert_eq!(controller.proposals()[0].unwrap().cause, Cause::FromZero);
}

/// A hundred percent of nothing.
#[test]
fn a_policy_in_percent_alone_never_wakes() {
    let percent = Policy { amount: Amount::Percent(100), period: Span::from_seconds(15) };
    let up = WrittenRules { policies: vec![percent], ..WrittenRules::default() };
    let behavior = Some(Behavior::from_written(Some(up), None));
    let (spec, settings) = (Spec { behavior, ..spec(0, 9, &[QUEUE]) }, with_gate());
    let mut controller = Controller::new(&spec, &settings).with_conditions(asleep());
    let decision = controller.sync(at(0), &target(0), &[Reading::Value(5000)]);
    assert_eq!(decision.desired, 0);
    assert_eq!(decision.conditions.scaling_limited, Some(Limit::ScaleUpLimit));
}

#[test]
fn a_selector_that_cannot_be_used_stops_everything() {
    let (spec, settings) = (spec(1, 9, &[QUEUE]), Settings::default());
    for (selector, active) in [
        (Selector::Invalid, ScalingActive::InvalidSelector),
        (Selector::Ambiguous, ScalingActive::AmbiguousSelector),
    ] {
        let mut controller = Controller::new(&spec, &settings);
        let target = ScaleTarget { selector, ..target(2) };
        let decision = controller.sync(at(0), &target, &[Reading::Value(9000)]);
        assert_eq!((decision.desired, decision.grounds), (2, Grounds::Selector(selector)));
        assert_eq!(decision.conditions.scaling_active, Some(active));
        assert_eq!(decision.conditions.able_to_scale, Some(AbleToScale::SucceededGetScale));
        assert!(controller.proposals().is_empty());
        // Bounds need no pods.
        let decision = controller.sync(at(15), &ScaleTarget { replicas: 10, ..target }, &[]);
        assert_eq!((decision.desired, decision.grounds), (9, Grounds::AboveMaximum));
    }
}

#[test]
fn the_first_failure_is_the_reason_and_nothing_scales_down() {
    let settings = Settings::default();
    let object = Metric { source: Source::Object, target: Target::Value(1000) };
    let spec = spec(1, 9, &[QUEUE, object, CPU]);
    let mut controller = Controller::new(&spec, &settings);
    let readings = [Reading::Value(2000), Reading::UNREADABLE];
    let decision = controller.sync(at(0), &target(5), &readings);
    let others = Some(Winner { metric: 0, replicas: 2 });
    let failure = Failure::Unreadable;
    assert_eq!(decision.grounds, Grounds::Failed { metric: 1, failure, others });
    assert_eq!(decision.desired, 5);
    let active = decision.conditions.scaling_active.unwrap();
    assert_eq!(active.to_string(), "False FailedGetObjectMetric");
    // The others may scale up.
    let readings = [Reading::Value(6000), Reading::UNREADABLE];
    let decision = controller.sync(at(15), &target(5), &readings);
    assert_eq!(decision.desired, 6);
    let active = decision.conditions.scaling_active.unwrap();
    assert_eq!(active.to_string(), "True ValidMetricFound");
}

#[test]
fn the_largest_proposal_wins_the_first_of_equal_ones() {
    let settings = Settings::default();
    let object = Metric { source: Source::Object, target: Target::AverageValue(1000) };
    let spec = spec(1, 9, &[object, object, object]);
    let winner = |values: [i64; 3]| {
        let decision =
            Controller::new(&spec, &settings).sync(at(0), &target(5), &values.map(Reading::Value));
        let Grounds::Metrics { winner: Some(winner), wanted, .. } = decision.grounds else {
            panic!("{:?}", decision.grounds)
        };
        (winner.metric, winner.replicas, wanted)
    };
    assert_eq!(winner([2000, 8000, 8000]), (1, 8, 8));
    assert_eq!(winner([2000, 2000, 0]), (0, 2, 2));
    // To the controller a proposal of 0 is none.
    assert_eq!(winner([0, -3000, -4000]), (1, -3, 0));
    assert_eq!(winner([-3000, -4000, 0]), (2, 0, 0));
}

#[test]
fn each_source_has_its_reason() {
    let settings = Settings::default();
    let value = Target::AverageValue(1);
    for (source, target_type, reason) in [
        (CPU.source, value, "FailedGetResourceMetric"),
        (Source::ContainerResource(Resource::Cpu), value, "FailedGetContainerResourceMetric"),
        (Source::Pods, value, "FailedGetPodsMetric"),
        (Source::Object, value, "FailedGetObjectMetric"),
        (Source::External, value, "FailedGetExternalMetric"),
        (Source::External, Target::Utilization(50), "FailedGetExternalMetric"),
        (Source::Unknown, value, "InvalidMetricSourceType"),
    ] {
        let spec = spec(1, 9, &[Metric { source, target: target_type }]);
        let decision = Controller::new(&spec, &settings).sync(at(0), &target(5), &[]);
        assert_eq!(decision.conditions.scaling_active.unwrap().reason(), reason);
        assert_eq!(decision.conditions.scaling_limited, None);
    }
}

#[test]
fn a_decision_tells_what_held_it_back_and_until_when() {
    let (spec, settings) = (spec(1, 20, &[CPU, QUEUE]), Settings::default());
    let mut controller = Controller::new(&spec, &settings);
    // 8 wanted by the queue, then 6 by cpu.
    let readings = [total(2000, 8, CPU), Reading::Value(8000)];
    controller.sync(at(0), &target(8), &readings);
    let readings = [total(4800, 8, CPU), Reading::Value(4000)];
    let decision = controller.sync(at(120), &target(8), &readings);
    let proposals: Vec<i32> =
        controller.proposals().iter().flatten().map(|it| it.replicas).collect();
    assert_eq!(proposals, [6, 4]);
    let Grounds::Metrics { winner, wanted, stabilized, limited } = decision.grounds else {
        panic!("{:?}", decision.grounds)
    };
    assert_eq!(winner, Some(Winner { metric: 0, replicas: 6 }));
    assert_eq!((wanted, stabilized.replicas, limited.replicas), (6, 8, 8));
    let by = Some(Recommendation { replicas: 8, at: at(0) });
    assert_eq!(stabilized.held, Some(Held { direction: Direction::Down, by }));
    assert_eq!(decision.conditions.able_to_scale, Some(AbleToScale::ScaleDownStabilized));
    assert_eq!(controller.recommendations().may_fall_at(6), Some(at(300)));
    assert_eq!(controller.recommendations().may_fall_at(5), Some(at(420)));
    assert_eq!(controller.recommendations().may_fall_at(8), None);
    assert_eq!(controller.sync(at(299), &target(8), &readings).desired, 8);
    assert_eq!(controller.sync(at(300), &target(8), &readings).desired, 6);
}

#[test]
fn a_decision_tells_the_policy_that_limited_it() {
    let policy = |amount, seconds| Policy { amount, period: Span::from_seconds(seconds) };
    let policies = vec![policy(Amount::Pods(1), 60), policy(Amount::Percent(50), 60)];
    let up = WrittenRules { policies, ..WrittenRules::default() };
    let behavior = Some(Behavior::from_written(Some(up), None));
    let spec = Spec { behavior, ..spec(1, 20, &[QUEUE]) };
    let settings = Settings::default();
    let mut controller = Controller::new(&spec, &settings);
    let decision = controller.sync(at(0), &target(4), &[Reading::Value(30_000)]);
    let Grounds::Metrics { limited, .. } = decision.grounds else { panic!() };
    assert_eq!(limited, Limited { replicas: 6, limit: Limit::ScaleUpLimit, policy: Some(1) });
    assert_eq!(controller.events().ups(), [Event { replicas: 2, at: at(0), is_outdated: false }]);
    let minute = Span::from_seconds(60);
    assert_eq!(controller.events().free_at(Direction::Up, minute, at(15)), Some(at(60)));
    assert_eq!(controller.events().free_at(Direction::Down, minute, at(15)), None);
    // Nothing more within the minute.
    let decision = controller.sync(at(15), &target(6), &[Reading::Value(30_000)]);
    assert_eq!(decision.desired, 6);
    assert_eq!(decision.conditions.scaling_limited, Some(Limit::ScaleUpLimit));
    let decision = controller.sync(at(60), &target(6), &[Reading::Value(30_000)]);
    assert_eq!(decision.desired, 9);
}

#[test]
fn the_last_mark_is_replaced_and_marks_stay() {
    let policy = |seconds| Policy { amount: Amount::Pods(1), period: Span::from_seconds(seconds) };
    let written =
        |seconds| WrittenRules { policies: vec![policy(seconds)], ..WrittenRules::default() };
    let behavior = Behavior::from_written(Some(written(30)), Some(written(600)));
    let mut events = Events::default();
    for second in [0, 10, 20] {
        events.store(1, 2, &behavior, at(second));
    }
    // Exactly as old as the period is not too old.
    events.store(1, 3, &behavior, at(30));
    events.store(1, 4, &behavior, at(41));
    let marks: Vec<(i32, bool)> =
        events.ups().iter().map(|it| (it.replicas, it.is_outdated)).collect();
    assert_eq!(marks, [(1, true), (3, false), (1, false), (2, false)]);
    // A decrease sees the increases that are left, marked ones too.
    let down = allowed(Direction::Down, 10, &behavior, &events, at(45));
    assert_eq!(down, Allowed { replicas: 2, policy: Some(0) });
}

#[test]
fn sums_that_overflow_are_the_controllers() {
    let average = |source, values: &[i64]| {
        let metric = Metric { source, target: Target::AverageValue(1000) };
        let (spec, settings) = (spec(1, i32::MAX, &[metric]), Settings::default());
        let mut controller = Controller::new(&spec, &settings);
        controller.sync(at(0), &target(2), &[Reading::Values(values)]);
        controller.proposals()[0].unwrap().replicas
    };
    // A negative value is taken for an overflow.
    assert_eq!(average(Source::External, &[-1]), i32::MAX);
    assert_eq!(average(Source::External, &[i64::MAX, 1]), i32::MAX);
    assert_eq!(average(Source::Object, &[-1]), 0);
    // Go's conversion of a number that is too large.
    assert_eq!(average(Source::Object, &[i64::MAX]), i32::MIN);
    let settings = Settings::default();
    let spec = spec(1, 50, &[CPU]);
    let mut controller = Controller::new(&spec, &settings);
    // A hundred times that is 0 in 64 bits.
    controller.sync(at(0), &target(2), &[total(1 << 62, 2, CPU)]);
    assert_eq!(controller.proposals()[0].unwrap().current, 0);
}

#[test]
fn a_pod_without_a_request_fails_the_utilization() {
    let pod = Pod {
        phase: Phase::Running,
        is_deleted: false,
        started: Some(at(0)),
        readiness: Some(Readiness { is_ready: Some(true), since: at(10) }),
    };
    let pods = [pod, Pod { phase: Phase::Finished, ..pod }];
    let sample = Sample { value: 900, at: at(1000), window: Span::from_seconds(15) };
    let settings = Settings::default();
    let sums = |samples: &[_], requests: &[_]| {
        PodSums::of(&pods, samples, requests, CPU, &settings, at(1000))
    };
    let samples = [Some(sample), None];
    // Finished ones included.
    let failure = Failure::NoRequest { pod: Some(1) };
    assert_eq!(sums(&samples, &[Some(1000)]), Err(failure));
    assert_eq!(sums(&samples, &[Some(1000), Some(1)]).map(|it| it.ready), Ok(1));
    assert_eq!(sums(&[], &[]), Err(Failure::NoSamples));
    let none = PodSums::of(&[], &samples, &[], CPU, &settings, at(1000));
    assert_eq!(none, Err(Failure::NoPods));
    assert_eq!(ScaleTarget::with_pods(2, 2, &pods).ready_pods, 1);
}

#[test]
fn a_load_of_each_pod_does_not_depend_on_their_number() {
    let memory =
        Metric { source: Source::Resource(Resource::Other), target: Target::Utilization(50) };
    let (spec, settings) = (spec(1, 9, &[memory]), Settings::default());
    let replicas = |share| {
        let load = Load { values: &[Some(1200); 8], share, request: Some(1000) };
        let simulation = Simulation {
            loads: &[load],
            syncs: 8,
            start: at(0),
            period: Span::from_seconds(15),
            replicas: 2,
            set_replicas: &[(6, 4)],
            startup: Span::ZERO,
            sample_window: Span::from_seconds(15),
        };
        let mut replicas = Vec::new();
        simulate(&mut Controller::new(&spec, &settings), &simulation, |tick| {
            replicas.push(tick.decision.current);
        });
        replicas
    };
    assert_eq!(replicas(Share::OfTotal), [2, 3, 3, 3, 3, 3, 4, 3]);
    assert_eq!(replicas(Share::Each), [2, 5, 9, 9, 9, 9, 4, 8]);
}
