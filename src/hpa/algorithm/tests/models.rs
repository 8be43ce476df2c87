//! Slow and obvious models of what is done quickly or in general.

#![expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "as Go does")]

use std::collections::BTreeMap;

use super::super::{
    Behavior, Cause, Controller, Grounds, Metric, Phase, Pod, PodCounts, PodSums, Readiness,
    Reading, Resource, Rules, Sample, Settings, Source, Span, Spec, Target, Time,
};
use proptest::prelude::*;

use super::arbitrary::{config, rules};
use super::target;

const NOW: Time = Time::from_seconds(10_000);

fn ago(seconds: i64) -> Time {
    NOW.before(Span::from_seconds(seconds))
}

/// A controller whose decision is the proposal: no window, no policy that matters.
fn at_once(metric: Metric) -> Spec {
    let rules = Rules { window: Some(Span::ZERO), ..Behavior::from_written(None, None).down };
    Spec {
        min_replicas: 1,
        max_replicas: i32::MAX,
        metrics: vec![metric],
        behavior: Some(Behavior { up: rules.clone(), down: rules }),
    }
}

fn per_pod_metric() -> impl Strategy<Value = Metric> {
    let cpu = Source::Resource(Resource::Cpu);
    let source = prop_oneof![
        3 => Just(cpu),
        1 => Just(Source::ContainerResource(Resource::Cpu)),
        1 => Just(Source::Resource(Resource::Other)),
        1 => Just(Source::Pods),
    ];
    (source, any::<bool>(), 1..200_i32, 1..2000_i64).prop_map(
        |(source, is_percent, percent, value)| {
            let has_percent = is_percent && source != Source::Pods;
            let target = if has_percent {
                Target::Utilization(percent)
            } else {
                Target::AverageValue(value)
            };
            Metric { source, target }
        },
    )
}

fn pod() -> impl Strategy<Value = (Pod, Option<i64>, i64)> {
    let phase = prop_oneof![
        10 => Just(Phase::Running),
        1 => Just(Phase::Pending),
        1 => Just(Phase::Finished),
        1 => Just(Phase::Unknown),
    ];
    let is_ready = prop_oneof![5 => Just(Some(true)), 2 => Just(Some(false)), 1 => Just(None)];
    let readiness = (is_ready, 0..700_i64)
        .prop_map(|(is_ready, since)| Readiness { is_ready, since: ago(since) });
    let started = prop::option::weighted(0.9, (0..700_i64).prop_map(ago));
    let pod = (phase, prop::bool::weighted(0.1), started, prop::option::weighted(0.9, readiness))
        .prop_map(|(phase, is_deleted, started, readiness)| Pod {
            phase,
            is_deleted,
            started,
            readiness,
        });
    (pod, prop::option::weighted(0.8, 0..3000_i64), 1..2000_i64)
}

/// What the text of hpa-algorithm.md says of one per-pod metric, word by word.
fn by_the_text(
    pods: &[(Pod, Option<i64>, i64)],
    age: i64,
    window: i64,
    metric: Metric,
    current: i32,
) -> Option<i32> {
    let is_cpu = matches!(
        metric.source,
        Source::Resource(Resource::Cpu) | Source::ContainerResource(Resource::Cpu)
    );
    let (mut samples, mut unready, mut missing) = (BTreeMap::new(), vec![], vec![]);
    for (name, (pod, sample, _)) in pods.iter().enumerate() {
        if pod.is_deleted || pod.phase == Phase::Finished {
            continue;
        }
        let Some(sample) = sample else {
            let group = if pod.phase == Phase::Pending { &mut unready } else { &mut missing };
            group.push(name);
            continue;
        };
        let never_was_ready = |started: Time, ready: Readiness| {
            ready.is_ready == Some(false) && started.after(Span::from_seconds(30)) > ready.since
        };
        let is_early = |started: Time, ready: Readiness| {
            let is_young = started.after(Span::from_seconds(300)) > NOW;
            let began_before = ago(age) < ready.since.after(Span::from_seconds(window));
            if is_young {
                ready.is_ready == Some(false) || began_before
            } else {
                never_was_ready(started, ready)
            }
        };
        let is_unready = pod.phase == Phase::Pending
            || is_cpu
                && match (pod.started, pod.readiness) {
                    (Some(started), Some(ready)) => is_early(started, ready),
                    _ => true,
                };
        if is_unready {
            unready.push(name);
        } else {
            samples.insert(name, *sample);
        }
    }
    if samples.is_empty() {
        return None;
    }
    let ready = samples.len();
    let ratio = |samples: &BTreeMap<usize, i64>| {
        let usage: i64 = samples.values().sum();
        let requests: i64 = samples.keys().map(|&name| pods[name].2).sum();
        match metric.target {
            Target::Utilization(percent) => (usage * 100 / requests) as f64 / f64::from(percent),
            Target::AverageValue(value) | Target::Value(value) => {
                (usage / i64::try_from(samples.len()).unwrap()) as f64 / value as f64
            }
        }
    };
    let within = |ratio: f64| (1.0 - 0.1..=1.0 + 0.1).contains(&ratio);
    let needed = |ratio: f64, pods: usize| (ratio * pods as f64).ceil() as i32;
    let first = ratio(&samples);
    let up_with_unready = !unready.is_empty() && first > 1.0;
    if !up_with_unready && missing.is_empty() {
        return Some(if within(first) { current } else { needed(first, ready) });
    }
    for name in missing {
        let full = match metric.target {
            Target::Utilization(percent) => pods[name].2 * i64::from(percent.max(100)) / 100,
            Target::AverageValue(value) | Target::Value(value) => value,
        };
        if first < 1.0 {
            samples.insert(name, full);
        } else if first > 1.0 {
            samples.insert(name, 0);
        }
    }
    if up_with_unready {
        samples.extend(unready.into_iter().map(|name| (name, 0)));
    }
    let second = ratio(&samples);
    let flipped = (first < 1.0 && second > 1.0) || (first > 1.0 && second < 1.0);
    if within(second) || flipped {
        return Some(current);
    }
    let replicas = needed(second, samples.len());
    let turned = (second < 1.0 && replicas > current) || (second > 1.0 && replicas < current);
    Some(if turned { current } else { replicas })
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn pods_one_by_one_are_judged_by_the_text(
        pods in prop::collection::vec(pod(), 1..12),
        metric in per_pod_metric(),
        (age, window) in (0..60_i64, 1..60_i64),
        current in 1..15_i32,
    ) {
        let list: Vec<Pod> = pods.iter().map(|it| it.0).collect();
        let sample = |value| Sample { value, at: ago(age), window: Span::from_seconds(window) };
        let samples: Vec<Option<Sample>> = pods.iter().map(|it| it.1.map(sample)).collect();
        let requests: Vec<Option<i64>> = pods.iter().map(|it| Some(it.2)).collect();
        let reading = Reading::Pods { pods: &list, samples: &samples, requests: &requests };
        let (spec, settings) = (at_once(metric), Settings::default());
        let mut controller = Controller::new(&spec, &settings);
        controller.sync(NOW, &target(current), &[reading]);
        let ours = controller.proposals()[0].ok().map(|it| it.replicas);
        prop_assert_eq!(ours, by_the_text(&pods, age, window, metric, current));
    }

    #[test]
    fn equal_pods_are_the_same_in_both_forms(
        metric in per_pod_metric(),
        (settled, fresh, starting) in (0..6_i32, 0..6_i32, 0..6_i32),
        (total, request) in (0..20_000_i64, 1..2000_i64),
    ) {
        let pod = |is_ready, seconds| Pod {
            phase: Phase::Running,
            is_deleted: false,
            started: Some(ago(60 + seconds)),
            readiness: Some(Readiness { is_ready: Some(is_ready), since: ago(seconds) }),
        };
        let pods = [(settled, pod(true, 15)), (fresh, pod(true, 14)), (starting, pod(false, 60))];
        let list: Vec<Pod> =
            pods.into_iter().flat_map(|(count, pod)| (0..count).map(move |_| pod)).collect();
        let ready = i64::from(settled + fresh);
        let samples: Vec<Option<Sample>> = (0..)
            .zip(&list)
            .map(|(place, _)| {
                let value = total.checked_div(ready)? + i64::from(place < total % ready);
                let window = Span::from_seconds(15);
                (place < ready).then_some(Sample { value, at: NOW, window })
            })
            .collect();
        let requests = vec![Some(request); list.len()];
        let settings = Settings::default();
        let of = PodSums::of(&list, &samples, &requests, metric, &settings, NOW);
        let counts =
            PodCounts { all: settled + fresh + starting, ready: settled + fresh, settled };
        let mut spread = PodSums::spread(total, counts, request, metric);
        if !matches!(metric.target, Target::Utilization(_)) {
            // Requests that nobody needs are not added up.
            (spread.requests, spread.unready_requests, spread.missing_requests) = (0, 0, 0);
        }
        if let Ok(of) = of {
            prop_assert_eq!(of, spread);
        } else {
            prop_assert_eq!(spread.ready, 0);
        }
    }

    /// Totals up to 2^62: what fits is exact, what does not wraps around.
    #[test]
    fn sums_are_the_low_bits_of_the_true_sums(
        totals in prop::collection::vec(0..=1_i64 << 62, 1..6),
        pods in 1..50_i32,
        request in 1..1_i64 << 50,
    ) {
        let metric = Metric { source: Source::Pods, target: Target::AverageValue(1) };
        let counts = PodCounts { all: pods, ready: pods, settled: pods };
        for total in totals {
            let sums = PodSums::spread(total, counts, request, metric);
            prop_assert_eq!(sums.usage, total);
            let requests = i128::from(request) * i128::from(pods);
            prop_assert_eq!(i128::from(sums.requests), requests);
            let cpu = Metric { target: Target::Utilization(50), ..Metric::DEFAULT };
            let (spec, settings) = (at_once(cpu), Settings::default());
            let mut controller = Controller::new(&spec, &settings);
            controller.sync(NOW, &target(pods), &[Reading::Sums(sums)]);
            let proposed = controller.proposals()[0].unwrap();
            let hundredfold = (i128::from(total) * 100) as i64;
            prop_assert_eq!(proposed.current, i64::from((hundredfold / sums.requests) as i32));
            if total < i64::MAX / 100 {
                let percent = i128::from(total) * 100 / requests;
                prop_assert_eq!(proposed.current, i64::from(percent as i32));
            }
        }
    }
}

/// The controller's list of recommendations: every one is searched, and the last that is too old
/// is replaced.
#[derive(Default)]
struct List(Vec<(i32, Time)>);

impl List {
    fn with_behavior(&mut self, wanted: i32, current: i32, now: Time, up: Span, down: Span) -> i32 {
        let (mut lowest, mut highest, mut old) = (wanted, wanted, None);
        let (up, down) = (now.before(up), now.before(down));
        for (place, &(replicas, at)) in self.0.iter().enumerate() {
            if at > up {
                lowest = lowest.min(replicas);
            }
            if at > down {
                highest = highest.max(replicas);
            }
            if at < up && at < down {
                old = Some(place);
            }
        }
        self.replace(old, (wanted, now));
        current.max(lowest).min(highest)
    }

    fn without_behavior(&mut self, wanted: i32, now: Time, window: Span) -> i32 {
        let (mut highest, mut old) = (wanted, None);
        for (place, &(replicas, at)) in self.0.iter().enumerate() {
            if at < now.before(window) {
                old = Some(place);
            } else {
                highest = highest.max(replicas);
            }
        }
        self.replace(old, (wanted, now));
        highest
    }

    fn replace(&mut self, place: Option<usize>, new: (i32, Time)) {
        match place {
            Some(place) => self.0[place] = new,
            None => self.0.push(new),
        }
    }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn the_past_counts_as_in_a_full_list(
        syncs in prop::collection::vec((0..40_i64, 0..20_i64), 1..120),
        (up, down) in (rules(300, 60), rules(300, 60)),
        has_behavior in any::<bool>(),
        first in 1..20_i32,
    ) {
        let metric = Metric { source: Source::External, target: Target::AverageValue(1000) };
        let settings = Settings { tolerance: 0.0, ..Settings::default() };
        let (up_window, down_window) = (
            up.window.unwrap_or_default(),
            down.window.unwrap_or(settings.downscale_stabilization),
        );
        let behavior = has_behavior.then_some(Behavior { up, down });
        let spec = Spec { min_replicas: 0, max_replicas: 1000, metrics: vec![metric], behavior };
        let mut controller = Controller::new(&spec, &settings);
        let mut list = List(vec![(first, NOW)]);
        let (mut now, mut current) = (NOW, first);
        for (wait, value) in syncs {
            let target = target(current);
            let decision = controller.sync(now, &target, &[Reading::Value(value * 1000)]);
            if let Grounds::Metrics { wanted, stabilized, .. } = decision.grounds {
                let proposed = controller.proposals()[0].unwrap();
                if proposed.cause == Cause::Ratio {
                    prop_assert_eq!(i64::from(wanted), value);
                }
                let theirs = if has_behavior {
                    list.with_behavior(wanted, current, now, up_window, down_window)
                } else {
                    list.without_behavior(wanted, now, settings.downscale_stabilization)
                };
                prop_assert_eq!(stabilized.replicas, theirs);
                prop_assert_eq!(stabilized.held.is_some(), theirs != wanted);
                prop_assert!(stabilized.held.is_none_or(|it| it.by.is_some()));
            }
            current = decision.desired;
            now = now.after(Span::from_seconds(wait));
        }
    }
}
