//! What is known of any advice.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::hpa::algorithm::Span;
use crate::hpa::{Hpa, parse_one};
use crate::simulation::{Column, Conditions, Load, Measure, Runner, Setting};

/// Syncs are seldom, so that the tests are fast without optimization.
const PERIOD: i64 = 300_000;
const AT: Conditions = Conditions { replicas: 4, startup: Span::ZERO, period: PERIOD };
const CPU: i64 = 1000;

fn hpa(min: i32, max: i32, metric: &Value) -> Hpa {
    let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": min, "maxReplicas": max, "metrics": [metric]}});
    let name: Arc<str> = "x".into();
    parse_one(&name, &name, object.to_string().as_bytes()).unwrap()
}

fn resource(name: &str, target: i32) -> Value {
    json!({"type": "Resource", "resource": {"name": name,
        "target": {"type": "Utilization", "averageUtilization": target}}})
}

fn cpu(min: i32, max: i32, target: i32) -> Hpa {
    hpa(min, max, &resource("cpu", target))
}

/// A load of so many days, in thousandths of a core, with the replicas that the HPA's controller has made of it.
fn load(hpa: &Hpa, days: i64, cores: impl Fn(i64) -> i64) -> Load {
    let rows = days * 24 * 3_600_000 / PERIOD;
    let values = (0..rows).map(|row| Some(cores(row))).collect();
    let name = hpa.metrics[0].name.clone();
    let mut load = Load {
        times: (0..rows).map(|row| row * PERIOD).collect(),
        columns: vec![Column { name, values, ..Column::default() }],
        ..Load::default()
    };
    let setting = Setting::new(hpa, &load, &requests()).unwrap();
    let mut runner = Runner::new(&load, AT);
    runner.enter(0);
    let mut replicas = Vec::new();
    runner.run(&setting, |synced| replicas.push(Some(synced.tick.decision.current)));
    load.replicas = Some(replicas);
    load
}

fn requests() -> [(String, i64); 2] {
    [("cpu".to_owned(), CPU), ("memory".to_owned(), CPU)]
}

/// From 1 to 9 cores and back, every day.
fn daily(row: i64) -> i64 {
    let of_day = row % 288;
    1000 + 8000 * of_day.min(288 - of_day) / 144
}

fn ask(hpa: &Hpa, load: &Load, limits: Limits) -> Result<Advice, Refusal> {
    let requests = requests();
    let question =
        Question { hpa, load, conditions: AT, requests: &requests, limits, effort: Effort::Full };
    question.answer()
}

fn advise(hpa: &Hpa, cores: impl Fn(i64) -> i64, limits: Limits) -> Advice {
    ask(hpa, &load(hpa, 14, cores), limits).unwrap()
}

fn proposal(advice: &Advice, kind: Kind) -> Option<&Proposal> {
    advice.proposals.iter().find(|it| it.kind == kind)
}

/// Scalings every 5 minutes, which these loads ask for, are not what these tests are about.
const ANY: Limits = Limits {
    unmet_pod_minutes: None,
    minutes_at_max: None,
    scalings: Some(10_000.0),
    capacity_percent: None,
    target_percent: None,
};

#[test]
fn a_constant_load_is_a_fixed_point() {
    let advice = advise(&cpu(2, 10, 80), |_| 3000, Limits::default());
    assert!(advice.now.keeps_promise);
    if let Some(cheapest) = proposal(&advice, Kind::Cheapest) {
        // With what is proposed there is nothing more to propose.
        let again = self::advise(&cheapest.hpa, |_| 3000, Limits::default());
        assert!(proposal(&again, Kind::Cheapest).is_none(), "{:?}", again.proposals);
        assert!(cheapest.daily.pod_hours < advice.now.daily.pod_hours);
    }
    // Four pods are the fewest that serve it at all.
    for proposal in &advice.proposals {
        assert!(proposal.daily.pod_hours >= 3.0 * 24.0 - 1e-6, "{proposal:?}");
    }
}

#[test]
fn a_maximum_that_was_too_low_is_raised() {
    let hpa = cpu(2, 5, 50);
    let advice = advise(&hpa, daily, ANY);
    assert!(!advice.now.keeps_promise && advice.now.daily.unmet_pod_minutes > 100.0);
    let cheapest = proposal(&advice, Kind::Cheapest).unwrap();
    assert!(cheapest.keeps_promise && cheapest.hpa.max_replicas > 9, "{cheapest:?}");
    assert!(advice.prevents(cheapest) > 100.0);
    assert!(cheapest.risks.iter().any(|it| it.contains("cut off")), "{:?}", cheapest.risks);
    assert!(cheapest.risks.iter().any(|it| it.contains("never more than 5")));
    let as_now = proposal(&advice, Kind::AsNow).unwrap();
    assert_eq!((target(&as_now.hpa), as_now.hpa.max_replicas > 18), (50, true), "{as_now:?}");
}

#[test]
fn a_target_that_wastes_pods_is_raised_but_not_beyond_sense() {
    let hpa = cpu(2, 40, 30);
    let advice = advise(&hpa, daily, ANY);
    let cheapest = proposal(&advice, Kind::Cheapest).unwrap();
    // How long a new pod takes until it is ready is not known.
    assert_eq!(target(&cheapest.hpa), 70, "{cheapest:?}");
    assert!(advice.saves(cheapest) > advice.now.daily.pod_hours / 3.0);
    assert!(cheapest.risks.iter().any(|it| it.contains("instead of 30 %")), "{cheapest:?}");
    assert_eq!(advice.best().map(|it| it.kind), Some(Kind::Cheapest));
}

#[test]
fn what_gains_little_is_not_proposed() {
    // Above the highest target already, and with the least minimum.
    let advice = advise(&cpu(2, 40, 80), daily, ANY);
    assert!(advice.now.keeps_promise && advice.proposals.is_empty(), "{:?}", advice.proposals);
    // From 65 % to 70 % is about one pod in fourteen; from 70 % to 75 % too, but that is above.
    let highest = |percent| Limits { target_percent: Some(percent), ..ANY };
    let advice = advise(&cpu(2, 40, 65), daily, highest(65));
    assert!(advice.proposals.is_empty(), "{:?}", advice.proposals);
    let advice = advise(&cpu(2, 40, 65), daily, highest(75));
    let cheapest = proposal(&advice, Kind::Cheapest).unwrap();
    assert_eq!((target(&cheapest.hpa), cheapest.hpa.behavior.as_ref()), (75, None));
    assert!(advice.saves(cheapest) >= advice.now.daily.pod_hours * 0.05);
}

#[test]
fn no_more_is_changed_than_what_matters() {
    // A minimum that is far too high; the load needs no other target, window or maximum.
    let advice = advise(&cpu(12, 40, 70), |_| 1300, Limits::default());
    for proposal in &advice.proposals {
        let changed: Vec<String> =
            changes(&cpu(12, 40, 70), &proposal.hpa).into_iter().map(|it| it.path).collect();
        assert_eq!(changed, ["minReplicas"], "{proposal:?}");
    }
    assert!(!advice.proposals.is_empty());
}

#[test]
fn what_a_proposal_is_said_to_do_is_what_simulate_says() {
    let hpa = cpu(2, 5, 50);
    let load = load(&hpa, 14, daily);
    let advice = ask(&hpa, &load, ANY).unwrap();
    assert!(!advice.proposals.is_empty());
    for proposal in &advice.proposals {
        let setting = Setting::new(&proposal.hpa, &load, &requests()).unwrap();
        let phases = Runner::new(&load, AT).measure_phases(&setting);
        assert_eq!(phases, proposal.summary);
        let hours = phases.first.get(Measure::PodHours).unwrap() / 14.0;
        assert!((hours - proposal.daily.pod_hours).abs() < 1e-6);
    }
}

#[test]
fn a_promise_that_cannot_be_kept_makes_nothing_cheaper() {
    // From 1 to 100 cores at once and back, which no controller meets at once.
    let spikes = |row: i64| if row % 12 == 5 { 100_000 } else { 1000 };
    let limits = Limits { unmet_pod_minutes: Some(0.0), ..ANY };
    let advice = advise(&cpu(2, 300, 70), spikes, limits);
    assert!(proposal(&advice, Kind::Cheapest).is_none(), "{:?}", advice.proposals);
    for proposal in &advice.proposals {
        assert!(!proposal.keeps_promise);
    }
    assert!(advice.best().is_none());
}

#[test]
fn changes_and_the_patch_are_what_differs() {
    let hpa = cpu(2, 5, 50);
    let mut changed = hpa.clone();
    changed.max_replicas = 9;
    changed.metrics[0].target.value = Some("65".to_owned());
    let patch = merge_patch(&hpa, &changed);
    assert_eq!(patch["spec"]["maxReplicas"], 9);
    assert_eq!(patch["spec"]["metrics"], json!([resource("cpu", 65)]));
    assert!(patch["spec"].get("minReplicas").is_none());
    let paths: Vec<String> = changes(&hpa, &changed).into_iter().map(|it| it.path).collect();
    assert_eq!(paths, ["maxReplicas", "metrics.cpu.target"]);
    assert_eq!(merge_patch(&hpa, &hpa), json!({}));
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let refused = |hpa: &Hpa, load: &Load| ask(hpa, load, ANY).unwrap_err().id();
    let hpa = cpu(2, 20, 50);
    assert_eq!(refused(&hpa, &load(&hpa, 6, daily)), "too-short");
    let good = load(&hpa, 7, daily);
    assert!(ask(&hpa, &good, ANY).is_ok());
    let without = Load { replicas: None, ..good.clone() };
    assert_eq!(refused(&hpa, &without), "trust-not-measured");
    let mut few = good.clone();
    for (row, value) in few.columns[0].values.iter_mut().enumerate() {
        value.take_if(|_| row % 5 > 0);
    }
    assert_eq!(refused(&hpa, &few), "too-few-points");
    let other = Load { replicas: Some(vec![Some(19); good.times.len()]), ..good.clone() };
    assert_eq!(refused(&hpa, &other), "poor-trust");
    let memory = self::hpa(2, 20, &resource("memory", 50));
    assert_eq!(refused(&memory, &load(&memory, 14, daily)), "memory-only");
    assert_eq!(refused(&cpu(5, 5, 50), &good), "fixed");
    let value = json!({"type": "External", "external": {"metric": {"name": "q"},
        "target": {"type": "Value", "value": "10"}}});
    let value = self::hpa(2, 20, &value);
    assert_eq!(refused(&value, &load(&value, 14, |_| 5000)), "no-demand");
    assert_eq!(refused(&self::hpa(2, 20, &resource("gpu", 50)), &good), "metric-unknown");
}

#[test]
fn the_setting_that_would_have_prevented_a_finding_is_named() {
    let remedy = |hpa: &Hpa, cores: fn(i64) -> i64, finding: &str| {
        let load = load(hpa, 14, cores);
        let requests = requests();
        let question = Question {
            hpa,
            load: &load,
            conditions: AT,
            requests: &requests,
            limits: ANY,
            effort: Effort::Coarse,
        };
        question.remedy(finding).unwrap()
    };
    // 9 cores at half of a core each.
    let hpa = cpu(2, 5, 50);
    let max = remedy(&hpa, daily, "maxed-out").unwrap();
    assert!(max.path == "maxReplicas" && max.value.as_i64() >= Some(16), "{max:?}");
    let says =
        "of at least 17 would have been needed over the last 14d (simulated; error 0.0 pods)";
    assert!(max.sentence.ends_with(says), "{max:?}");
    assert_eq!(remedy(&cpu(2, 50, 50), daily, "maxed-out"), None);
    let min = remedy(&cpu(1, 20, 50), daily, "low-min").unwrap();
    assert_eq!(min.value, 2);
    assert!(min.sentence.contains("more pod-hours a day"), "{min:?}");
    // Up and down every half an hour.
    let waves = |row: i64| if row / 6 % 2 == 0 { 2000 } else { 6000 };
    let calm = remedy(&cpu(2, 20, 50), waves, "flapping").unwrap();
    assert!(calm.path.ends_with("stabilizationWindowSeconds"), "{calm:?}");
    assert!(calm.value.as_i64() >= Some(1800), "{calm:?}");
    assert_eq!(remedy(&cpu(2, 20, 50), |_| 3000, "window-zero"), None);
    let target = remedy(&cpu(2, 40, 30), daily, "underused").unwrap();
    assert!(target.sentence.contains("would have saved"), "{target:?}");
}

#[test]
fn who_keeps_an_hpa_is_known_by_its_labels() {
    let labelled = |key: &str, value: &str| {
        let mut hpa = cpu(2, 5, 50);
        hpa.labels.insert(key.to_owned(), value.to_owned());
        Owner::of(&hpa).map(|it| it.sentence())
    };
    assert_eq!(labelled("app", "web"), None);
    let keda = labelled("scaledobject.keda.sh/name", "orders").unwrap();
    assert!(keda.contains("of ScaledObject orders instead"), "{keda}");
    let argo = labelled("argocd.argoproj.io/instance", "shop").unwrap();
    assert!(argo.starts_with("Argo CD keeps this HPA (shop)"), "{argo}");
    let helm = labelled("app.kubernetes.io/managed-by", "Helm").unwrap();
    assert!(helm.starts_with("Helm keeps this HPA:"), "{helm}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn no_proposal_is_invalid_or_breaks_what_it_is_for(
        base in 0_i64..6000, peak in 0_i64..30_000, min in 1_i32..6, more in 1_i32..30, target in 20_i32..120,
    ) {
        let hpa = cpu(min, min + more, target);
        let load = load(&hpa, 8, |row| base + if row % 288 > 200 { peak } else { 0 });
        let advice = match ask(&hpa, &load, Limits::default()) {
            Ok(advice) => advice,
            Err(refusal) => return Err(TestCaseError::fail(refusal.sentence())),
        };
        prop_assert!(advice.proposals.len() <= 3);
        for proposal in &advice.proposals {
            let changed = &proposal.hpa;
            prop_assert!(changed.min_replicas >= min.min(2) && changed.min_replicas <= changed.max_replicas);
            prop_assert!(changed.max_replicas >= hpa.max_replicas);
            let target: i32 = changed.metrics[0].target.value.clone().unwrap().parse().unwrap();
            prop_assert!((1..=70.max(self::target(&hpa))).contains(&target));
            prop_assert!(target == self::target(&hpa) || target % 5 == 0);
            let saves = advice.saves(proposal) >= advice.now.daily.pod_hours * 0.05 - 1e-6;
            prop_assert!(saves || !advice.promise.is_kept(&advice.now.chosen) || !advice.now.keeps_promise);
            prop_assert!(changed != &hpa);
            let window = changed.behavior.as_ref().and_then(|it| it.scale_down.as_ref());
            prop_assert!(window.and_then(|it| it.stabilization_window_seconds) != Some(0));
            if proposal.kind == Kind::Cheapest {
                prop_assert!(advice.promise.is_kept(&proposal.chosen));
            }
        }
    }
}

fn target(hpa: &Hpa) -> i32 {
    hpa.metrics[0].target.value.clone().unwrap().parse().unwrap()
}
