//! Whatever is in a file, nothing panics; and what is known of any simulation.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::hpa::algorithm::Span;
use crate::hpa::{Hpa, parse_one};

fn hpa(max: i32, metric: &serde_json::Value) -> Hpa {
    let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"}, "spec": {"maxReplicas": max, "metrics": [metric]}});
    let name: Arc<str> = "x".into();
    parse_one(&name, &name, object.to_string().as_bytes()).unwrap()
}

fn cpu(max: i32) -> Hpa {
    hpa(
        max,
        &json!({"type": "Resource", "resource": {"name": "cpu",
        "target": {"type": "Utilization", "averageUtilization": 50}}}),
    )
}

const AT_15_S: Conditions = Conditions { replicas: 2, startup: Span::ZERO, period: 15_000 };

fn phases(hpa: &Hpa, csv: &str) -> Phases {
    let load = Load::parse(csv).unwrap();
    let setting = Setting::new(hpa, &load, &[("cpu".to_owned(), 1000)]).unwrap();
    Runner::new(&load, AT_15_S).measure_phases(&setting)
}

/// A load that stays the same for an hour.
fn constant(cpu: &str) -> String {
    let mut csv = "time,cpu\n".to_owned();
    for row in 0..240 {
        csv += &format!("{},{cpu}\n", row * 15);
    }
    csv
}

#[test]
fn a_constant_load_is_served_after_a_while_in_all_phases() {
    let phases = phases(&cpu(20), &constant("4"));
    assert_eq!(phases.count, 8);
    assert_eq!(phases.range(Measure::HighestReplicas), Some((8.0, 8.0)));
    // From 2 to 8 with a doubling in 15 s: 4 pods are unmet until the second sync.
    assert_eq!(phases.first.get(Measure::UnmetPodMinutes), Some(1.0));
    assert_eq!(phases.first.get(Measure::MinutesAtMax), Some(0.0));
}

#[test]
fn a_maximum_that_is_too_low_is_measured() {
    let phases = phases(&cpu(5), &constant("4"));
    assert!(phases.first.get(Measure::MinutesAtMax).unwrap() >= 59.0);
    assert!(phases.first.get(Measure::UnmetPodMinutes).unwrap() > 175.0);
}

#[test]
fn what_is_unmet_grows_with_the_startup_second_by_second() {
    let load = Load::parse(&constant("4")).unwrap();
    let setting = Setting::new(&cpu(20), &load, &[("cpu".to_owned(), 1000)]).unwrap();
    let unmet = |seconds: u16| {
        let startup = Span::from_seconds(seconds.into());
        // 4 of 8 pods are missing from the first sync on, which makes 8 of them.
        let conditions = Conditions { startup, replicas: 4, ..AT_15_S };
        let mut runner = Runner::new(&load, conditions);
        runner.enter(0);
        let measures = runner.measure(&setting);
        let of = |measure: Measure| measures.get(measure).unwrap() * 60.0;
        assert!((of(Measure::MinutesUnder) - f64::from(seconds)).abs() < 1e-6, "{seconds}");
        of(Measure::UnmetPodMinutes)
    };
    for seconds in [0, 1, 14, 15, 16, 29, 30, 31] {
        assert!((unmet(seconds) - 4.0 * f64::from(seconds)).abs() < 1e-6, "{seconds}");
    }
}

#[test]
fn a_replay_of_itself_is_trusted() {
    let hpa = cpu(20);
    let load = Load::parse(&constant("4")).unwrap();
    let requests = [("cpu".to_owned(), 1000)];
    let setting = Setting::new(&hpa, &load, &requests).unwrap();
    let mut runner = Runner::new(&load, AT_15_S);
    runner.enter(0);
    let mut replicas = Vec::new();
    runner.run(&setting, |synced| replicas.push(Some(synced.tick.decision.current)));
    let mut recorded = load.clone();
    recorded.replicas = Some(replicas);
    let mut runner = Runner::new(&recorded, AT_15_S);
    runner.enter(0);
    let same = Recorded::of(&runner, &setting).unwrap();
    assert_eq!((same.trust.mean_error_pods, same.trust.equal_percent), (0.0, 100.0));
    assert!(!same.trust.is_poor && same.censored_minutes == 0.0);
    assert_eq!(
        same.measures.get(Measure::PodHours),
        runner.measure(&setting).get(Measure::PodHours)
    );

    let low = Setting::new(&cpu(4), &recorded, &requests).unwrap();
    let other = Recorded::of(&runner, &low).unwrap();
    assert!(other.trust.is_poor && other.trust.reasons[0].contains("other settings"), "{other:?}");
    assert!(
        other.censored_minutes > 0.0 && other.measures.get(Measure::MinutesAtMax) == Some(60.0)
    );
}

/// The reasons why the replay of cpu(maximum) is not as it was.
fn reasons(max: i32, csv: &str) -> (bool, Vec<String>) {
    let load = Load::parse(csv).unwrap();
    let setting = Setting::new(&cpu(max), &load, &[("cpu".to_owned(), 500)]).unwrap();
    let replicas = load.replicas.as_ref().unwrap()[0].unwrap();
    let mut runner = Runner::new(&load, Conditions { replicas, ..AT_15_S });
    runner.enter(0);
    let trust = Recorded::of(&runner, &setting).unwrap().trust;
    (trust.is_poor, trust.reasons)
}

#[test]
fn changes_that_no_load_asked_for_are_named() {
    let rows = |all: &[(i32, i32)]| {
        let row = |(place, (load, replicas)): (usize, &(i32, i32))| {
            format!("{},{load}m,{replicas}\n", place * 15)
        };
        format!("time,cpu,replicas\n{}", all.iter().enumerate().map(row).collect::<String>())
    };
    // 1 core needs 4 pods.
    let by_hand: Vec<(i32, i32)> = (0..7).map(|row| (1000, if row < 4 { 4 } else { 9 })).collect();
    let (is_poor, found) = reasons(10, &rows(&by_hand));
    assert!(is_poor);
    assert_eq!(
        found,
        [
            "replicas changed from 4 to 9 before second 60, which the load did not ask for: they were set by hand, by KEDA, \
             or under another spec"
        ]
    );
    let too_fast = [(5000, 2), (5000, 20), (5000, 20), (5000, 20), (5000, 20)];
    let (is_poor, found) = reasons(30, &rows(&too_fast));
    assert!(is_poor && found[0].contains("more than the policies allow"), "{found:?}");
    let held: Vec<(i32, i32)> = (0..60).map(|_| (1000, 2)).collect();
    let (is_poor, found) = reasons(10, &rows(&held));
    assert!(is_poor && found[0].starts_with("replicas stayed at 2 for 14 min"), "{found:?}");
    // What the controller did itself is none of it.
    let followed = [(1000, 4), (1500, 4), (1500, 6), (1500, 6)];
    assert_eq!(reasons(10, &rows(&followed)), (false, Vec::new()));
}

#[test]
fn demands_of_external_values_are_not_known() {
    let value = hpa(
        9,
        &json!({"type": "External", "external": {"metric": {"name": "q"},
        "target": {"type": "Value", "value": "10"}}}),
    );
    let phases = phases(&value, "time,q\n0,20\n15,20\n30,20\n");
    assert_eq!(phases.first.get(Measure::UnmetPodMinutes), None);
    assert_eq!(phases.count, 8);
}

#[test]
fn what_a_setting_lacks_is_an_error() {
    let load = Load::parse("time,memory\n0,1\n").unwrap();
    let error = Setting::new(&cpu(5), &load, &[]).unwrap_err().to_string();
    assert!(error.starts_with("the load has no column cpu; its columns are memory."), "{error}");
    let load = Load::parse("time,cpu\n0,1\n").unwrap();
    let error = Setting::new(&cpu(5), &load, &[]).unwrap_err().to_string();
    assert!(error.ends_with("--request cpu=500m"), "{error}");
}

proptest! {
    #[test]
    fn no_text_panics(text in "(time|cpu|setReplicas|replicas|ready|queue\\{a=b\\}|[0-9]{1,20}|[-+.,:;\"\r\n\t{}=eEmkGiTZ ]|\\PC){0,60}") {
        let _ = Load::parse(&text);
        let _ = text.parse::<Change>();
        let _ = text.parse::<Thresholds>();
    }

    #[test]
    fn no_load_panics(
        rows in prop::collection::vec((1_i64..400_000, prop::option::of(any::<i64>()), prop::option::weighted(0.1, 0..i32::MAX)), 1..60),
        replicas in 0..i32::MAX,
        max in 1..i32::MAX,
        startup in 0_i64..400_000,
        request in 1..i64::MAX,
        period in 1000_i64..120_000,
    ) {
        let mut load = Load { columns: vec![Column { name: "cpu".to_owned(), ..Column::default() }], ..Load::default() };
        let mut now = 0;
        for (place, (later, value, set)) in rows.iter().enumerate() {
            load.times.push(now);
            now += later;
            load.columns[0].values.push(*value);
            load.set_replicas.extend(set.map(|set| (place, set)));
        }
        load.replicas = Some(rows.iter().map(|(_, _, set)| *set).collect());
        let setting = Setting::new(&cpu(max), &load, &[("cpu".to_owned(), request)]).unwrap();
        let startup = Span::from_millis(startup);
        let mut runner = Runner::new(&load, Conditions { replicas, startup, period });
        let phases = runner.measure_phases(&setting);
        for measure in Measure::ALL {
            if let (Some(value), Some((least, most))) = (phases.first.get(measure), phases.range(measure)) {
                prop_assert!(least <= value && value <= most);
            }
        }
        runner.enter(0);
        let _ = Recorded::of(&runner, &setting);
    }

    #[test]
    fn a_higher_maximum_never_leaves_more_unmet(loads in prop::collection::vec(0_i64..20_000, 1..200), max in 1_i32..20, more in 0_i32..20) {
        let rows: String = loads.iter().zip(0..).map(|(load, row)| format!("{},{load}m\n", row * 15)).collect();
        let csv = format!("time,cpu\n{rows}");
        let unmet = |max: i32| phases(&cpu(max), &csv).first.get(Measure::UnmetPodMinutes).unwrap();
        prop_assert!(unmet(max + more) <= unmet(max) + 1e-9);
    }
}
