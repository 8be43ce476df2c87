//! Any history comes back as it was stored.

use super::*;

fn time() -> impl Strategy<Value = Option<Timestamp>> {
    prop_oneof![
        Just(None),
        (0..100_i64)
            .prop_map(|second| Some(Timestamp::from_second(1_800_000_000 + second).unwrap())),
        any::<i32>().prop_map(|odd| {
            Some(Timestamp::from_nanosecond(i128::from(odd) * 9_876_543_219).unwrap())
        }),
    ]
}

fn amount() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        any::<i64>().prop_map(|number| Some(format!("{number}m"))),
        (0..200_i32).prop_map(|number| Some(number.to_string())),
        ".{0,6}".prop_map(Some),
    ]
}

fn current() -> impl Strategy<Value = Option<MetricCurrent>> {
    proptest::option::of((amount(), amount(), proptest::option::of(any::<i32>())).prop_map(
        |(value, average_value, utilization)| MetricCurrent { value, average_value, utilization },
    ))
}

fn condition() -> impl Strategy<Value = Condition> {
    let word = prop_oneof![Just("True"), Just("ScalingActive"), Just("odd \u{7}word")];
    (word.clone(), word.clone(), word, time()).prop_map(|(kind, status, reason, time)| Condition {
        kind: kind.into(),
        status: status.into(),
        reason: reason.into(),
        message: "m".into(),
        last_transition_time: time,
    })
}

fn target() -> impl Strategy<Value = Option<PastTarget>> {
    let count = || proptest::option::of(any::<i32>());
    proptest::option::of((count(), count(), 0..3_i64).prop_map(|(replicas, ready, cpu)| {
        let requests = [("cpu".to_owned(), crate::kube::Quantity::from_units(cpu))].into();
        PastTarget { replicas, ready, requests, limits: crate::kube::Resources::new() }
    }))
}

/// Any HPA that could be stored as the next reading of the recording's at `index`.
fn reading(index: usize) -> impl Strategy<Value = Recorded> {
    let flag = || proptest::option::of(any::<bool>());
    (
        (any::<i32>(), any::<i32>(), time(), 1..5_i32),
        proptest::collection::vec(current(), 4),
        proptest::collection::vec(condition(), 0..4),
        (flag(), flag()),
        target(),
    )
        .prop_map(move |(numbers, currents, conditions, flags, workload)| {
            let mut hpa = shop().swap_remove(index);
            (hpa.current_replicas, hpa.desired_replicas, hpa.last_scale_time, hpa.min_replicas) =
                numbers;
            for (metric, current) in hpa.metrics.iter_mut().zip(currents) {
                metric.current = current;
            }
            hpa.conditions = conditions;
            (hpa.able_to_scale, hpa.scaling_active) = flags;
            // Each third without one was looked for.
            let workload_missing = workload.is_none() && hpa.current_replicas % 3 == 0;
            Recorded { hpa, workload, workload_missing }
        })
}

fn history() -> impl Strategy<Value = Vec<Vec<Option<Recorded>>>> {
    let step = (0..3_usize).map(|index| proptest::option::weighted(0.8, reading(index)).boxed());
    let step = step.collect::<Vec<_>>();
    proptest::collection::vec((step, 1..40_usize), 1..8).prop_map(|steps| {
        let repeat = |(step, times): (Vec<_>, usize)| std::iter::repeat_n(step, times);
        steps.into_iter().flat_map(repeat).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_history_comes_back(history in history()) {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        // Not a disk's test: the commits need not reach one.
        store.connection.pragma_update(None, "synchronous", "OFF").unwrap();
        let mut stored = Vec::new();
        for (index, readings) in history.iter().enumerate() {
            let ago = jiff::SignedDuration::from_secs(10 * i64::try_from(index).unwrap());
            let mut taken = snapshot(start() + ago, Vec::new());
            taken.hpas = readings.iter().flatten().cloned().collect();
            taken.hpas.sort_by(|a, b| (&a.hpa.namespace, &a.hpa.name).cmp(&(&b.hpa.namespace, &b.hpa.name)));
            stored.push((store.store(&taken).unwrap(), taken));
        }
        for (id, taken) in &stored {
            prop_assert_eq!(&store.snapshot(*id).unwrap().unwrap(), taken);
        }
        let now = minute(50);
        let mut pasts = super::Pasts::default();
        pasts.read(&store, &"prod".into(), &shop(), now).unwrap();
        for (index, hpa) in shop().iter().enumerate().take(3) {
            let past = pasts.of(hpa).unwrap();
            let found = past.readings.iter().map(|it| (it.at, it.hpa(), it.target()));
            let wanted: Vec<_> = history
                .iter()
                .zip(&stored)
                .filter_map(|(readings, (_, taken))| {
                    let recorded = readings[index].as_ref()?.clone();
                    Some((taken.taken_at, recorded.hpa, recorded.workload))
                })
                .collect();
            prop_assert!(found.eq(wanted));
        }
    }
}
