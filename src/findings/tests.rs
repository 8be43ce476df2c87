//! The catalogue as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::fixtures::{Case, MINUTE_AGO};
use super::{
    Evaluation, Ignore, Known, Past, Selection, Severity, Unknown, World, evaluate, rules,
};
use crate::hpa::parse_list;
use crate::kube::{Amount, DisruptionBudget, Pod, Quantity, Quota, Workload};

macro_rules! recording {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/", $name))
    };
}

fn unread<T>() -> Known<T> {
    Err(Unknown::NotRequested)
}

/// The namespace that a real controller judged, and its targets and pods.
fn shop() -> World {
    let names = (Arc::from("prod"), Arc::from("prod-admin"));
    let lists = [
        &recording!("deployments-shop.json")[..],
        recording!("statefulsets-shop.json"),
        recording!("rollouts-shop.json"),
    ];
    let workloads: Vec<Workload> =
        lists.iter().flat_map(|list| Workload::parse_list(list).unwrap().0).collect();
    World {
        hpas: parse_list(&names.0, &names.1, recording!("hpas-shop.json")).unwrap().hpas,
        workloads,
        unread: BTreeMap::new(),
        pods: Ok(Pod::parse_list(recording!("pods-shop.json")).unwrap().0),
        budgets: Ok(Vec::new()),
        quotas: Ok(Vec::new()),
        vertical: Ok(Vec::new()),
        scaled_objects: Ok(Vec::new()),
        of_manifests: false,
    }
}

/// When the recordings were six minutes old.
fn then() -> Timestamp {
    "2026-11-23T05:06:00Z".parse().unwrap()
}

fn judge<'a>(world: &'a World, selection: &Selection) -> Evaluation<'a> {
    evaluate(&world.subjects(then(), &|_| Err(Unknown::NoHistory)), selection)
}

fn pairs<'a>(evaluation: &'a Evaluation<'_>) -> Vec<(&'a str, &'a str, Severity)> {
    evaluation.findings().map(|f| (&*f.hpa, f.id, f.severity)).collect()
}

#[test]
fn what_a_real_controller_judged() {
    use Severity::{Error, Info, Warning};
    let shop = shop();
    let evaluation = judge(&shop, &Selection::all());
    assert_eq!(
        pairs(&evaluation),
        [
            ("behavior", "direction-disabled", Warning),
            ("container-missing", "container-missing", Error),
            ("crashing", "crash-oom", Error),
            ("dup-a", "duplicate-target", Error),
            ("dup-b", "duplicate-target", Error),
            ("keda-hpa-keda", "keda-managed", Info),
            ("low-min", "low-min", Warning),
            ("maxed", "maxed-out", Warning),
            ("memory-only", "memory-only", Info),
            ("min-eq-max", "min-eq-max", Info),
            ("no-min", "low-min", Warning),
            ("nometrics", "metrics-unavailable", Error),
            ("norequests", "missing-requests", Error),
            ("objectmetric", "metrics-unavailable", Error),
            ("over-limit", "target-over-limit", Warning),
            ("paused", "rollout-paused", Error),
            ("pending", "unschedulable", Error),
            ("podsmetric", "metrics-partial", Warning),
            ("scaling-up", "maxed-out", Warning),
            ("sidecar-norequests", "missing-requests", Error),
            ("target-missing", "target-missing", Error),
            ("zero", "scaled-to-zero", Warning),
        ]
    );
    let unknown: Vec<_> =
        evaluation.not_evaluated().into_iter().map(|n| (n.id, n.reason, n.count)).collect();
    assert_eq!(
        unknown,
        [
            // Only these have scaled within ten minutes: external, scaling-down, scaling-up.
            ("flapping", Unknown::NoHistory, 3),
            ("config-drift", Unknown::NoHistory, 29),
        ]
    );
}

#[test]
fn without_pods_and_targets() {
    let mut world = shop();
    world.pods = Err(Unknown::Forbidden("pods: forbidden".into()));
    world.unread = ["apps/Deployment", "apps/StatefulSet", "argoproj.io/Rollout"]
        .map(|kind| (kind.to_owned(), Unknown::Forbidden(format!("{kind}: forbidden").into())))
        .into();
    world.workloads.clear();
    let evaluation = judge(&world, &Selection::all());
    let found = pairs(&evaluation);
    let has = |hpa: &str, id: &str| found.iter().any(|(h, i, _)| (*h, *i) == (hpa, id));
    // According to the controller.
    assert!(has("target-missing", "target-missing"));
    assert!(has("norequests", "missing-requests"));
    assert!(!has("norequests", "metrics-unavailable"));
    assert!(has("crashing", "metrics-unavailable"), "the cause is not known");
    let count = |id: &str, reason: &str| {
        evaluation
            .not_evaluated()
            .into_iter()
            .find(|n| n.id == id && n.reason.to_string() == reason)
            .map_or(0, |n| n.count)
    };
    assert_eq!(count("crash-oom", "apps/Deployment: forbidden"), 26);
    assert_eq!(count("crash-oom", "apps/StatefulSet: forbidden"), 1);
    // The other of the two has a reading.
    assert_eq!(count("container-missing", "apps/Deployment: forbidden"), 1);
    assert_eq!(count("target-missing", "apps/Deployment: forbidden"), 0);
}

#[test]
fn what_is_ignored_still_explains() {
    let ignored: Vec<Ignore> =
        ["missing-requests", "crash-oom=*/*"].iter().map(|text| text.parse().unwrap()).collect();
    let shop = shop();
    let evaluation = judge(&shop, &Selection::all().without(&ignored));
    let of = |id: &str| -> Vec<&str> {
        evaluation.findings().filter(|f| f.id == id).map(|f| &*f.hpa).collect()
    };
    assert_eq!(of("metrics-unavailable"), ["nometrics", "objectmetric"]);
    assert_eq!(of("missing-requests"), [""; 0]);
    assert_eq!(of("crash-oom"), [""; 0]);
}

/// Ignoring a warning does not ignore an error that follows from it.
#[test]
fn what_is_ignored_hides_nothing_worse() {
    // Pods that have been without a node for less than two minutes are a warning.
    let case = Case::new()
        .pods(1, |pod| pod.ready = false)
        .pods(3, |pod| {
            pod.ready = false;
            pod.unschedulable = Some("0/1 nodes are available".to_owned());
            pod.created_at = MINUTE_AGO.parse().ok();
        })
        .condition("ScalingActive", "False", "FailedGetResourceMetric", "no metrics returned");
    let found = |ignored: &[&str]| {
        let ignored: Vec<Ignore> = ignored.iter().map(|text| text.parse().unwrap()).collect();
        case.judged_by(&Selection::all().without(&ignored))
    };
    assert_eq!(found(&[]), ["unschedulable"]);
    for ignored in ["unschedulable", "unschedulable=shop/*", "unschedulable=shop/web"] {
        assert_eq!(found(&[ignored]), ["metrics-unavailable"], "{ignored}");
    }
    assert_eq!(found(&["unschedulable=shop/api"]), ["unschedulable"]);
}

/// Rules that are not evaluated explain nothing: a list must not report such an HPA as healthy.
#[test]
fn what_is_not_selected_does_not_explain() {
    let symptoms = |selection: &Selection| {
        let shop = shop();
        let evaluation = judge(&shop, selection);
        evaluation.findings().filter(|f| f.id == "metrics-unavailable").count()
    };
    assert_eq!(symptoms(&Selection::only(["metrics-unavailable"]).unwrap()), 8);
    assert_eq!(symptoms(&Selection::all().decided_by(&[])), 8);
}

/// Decided from the HPAs alone, an HPA that does not scale has an error.
#[test]
fn the_status_agrees() {
    let world = shop();
    let found = judge(&world, &Selection::all().decided_by(&[]));
    for hpa in &world.hpas {
        let worst = found.findings().filter(|f| f.hpa == hpa.name).map(|f| f.severity).max();
        let status = crate::hpa::Status::of(hpa, then()).severity;
        match status {
            crate::hpa::Severity::Error => assert_eq!(worst, Some(Severity::Error), "{}", hpa.name),
            crate::hpa::Severity::Warning => {
                assert!(worst >= Some(Severity::Warning), "{}", hpa.name);
            }
            crate::hpa::Severity::Ok => assert!(worst < Some(Severity::Error), "{}", hpa.name),
        }
    }
}

#[test]
fn the_healthy_have_no_findings() {
    assert_eq!(Case::new().pods(4, |_| {}).ids(), [""; 0]);
}

/// Invalid values in an HPA cause no panic.
#[test]
fn extremes() {
    const EXTREMES: [i32; 5] = [i32::MIN, -1, 0, 1, i32::MAX];
    let limited = Case::new().cpu(1, Some(i32::MAX)).condition(
        "ScalingLimited",
        "True",
        "TooManyReplicas",
        "",
    );
    for (min, current, max) in EXTREMES
        .into_iter()
        .flat_map(|min| EXTREMES.map(|current| (min, current)))
        .flat_map(|(min, current)| EXTREMES.map(|max| (min, current, max)))
    {
        let case = limited.clone().pods(1, |_| {}).world(|world| {
            world.quotas = Ok(vec![Quota {
                namespace: "shop".to_owned(),
                name: "q".to_owned(),
                scoped: false,
                hard: [("pods".to_owned(), Quantity::from_units(i64::MAX))].into(),
                used: [("pods".to_owned(), Quantity::from_units(i64::MIN))].into(),
            }]);
            world.budgets = Ok(vec![DisruptionBudget {
                namespace: "shop".to_owned(),
                name: "b".to_owned(),
                selector: Some("app=web".to_owned()),
                min_available: Some(Amount::Percent(i32::MAX)),
                max_unavailable: Some(Amount::Percent(i32::MIN)),
                disruptions_allowed: None,
            }]);
        });
        let case = case.replicas(min, current, max).minutes([30, 20, 10, -10]);
        assert!(!case.ids().is_empty());
    }
}

#[test]
fn the_catalogue_is_whole() {
    let mut ids = BTreeSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        assert!(rule.condition.ends_with('.'), "{}: a sentence", rule.id);
        assert!(!rule.action.ends_with('.'), "{}: a fragment", rule.id);
        for text in [rule.title, rule.condition, rule.action, rule.explain] {
            assert!(!text.is_empty() && !text.contains("  ") && text.trim() == text, "{}", rule.id);
        }
        assert!(rule.explain.len() > rule.condition.len(), "{}", rule.id);
    }
    assert_eq!(ids.len(), 36);
}

#[test]
fn as_json() {
    let shop = shop();
    let evaluation = judge(&shop, &Selection::only(["low-min"]).unwrap());
    assert_eq!(
        serde_json::to_value(evaluation.findings().next().unwrap()).unwrap(),
        serde_json::json!({
            "id": "low-min",
            "severity": "warning",
            "cluster": "prod",
            "namespace": "shop",
            "hpa": "low-min",
            "message": "minReplicas is 1: at the minimum the loss of one pod is an outage",
            "action": "set minReplicas to 2 or more where the target has to survive the loss of a pod or node",
            "evidence": {"minReplicas": 1},
        })
    );
}

/// A large cluster: objects must be looked up rather than searched for.
#[test]
fn thousands_of_hpas() {
    let shop = shop();
    let mut world =
        World { hpas: Vec::new(), workloads: Vec::new(), pods: unread(), ..shop.clone() };
    let mut pods = Vec::new();
    for copy in 0..100 {
        let namespace = format!("shop-{}", copy % 3);
        let rename = |name: &str| format!("{name}-{copy}");
        for hpa in &shop.hpas {
            let mut hpa = hpa.clone();
            (hpa.namespace, hpa.name) = (namespace.clone(), rename(&hpa.name));
            hpa.target.name = rename(&hpa.target.name);
            world.hpas.push(hpa);
        }
        for workload in &shop.workloads {
            let mut workload = workload.clone();
            let selector = workload.selector.as_deref().map(rename);
            workload.selector = selector.map(|selector| format!("a-chart=all,{selector}"));
            (workload.namespace, workload.name) = (namespace.clone(), rename(&workload.name));
            world.workloads.push(workload);
        }
        for pod in shop.pods.as_ref().unwrap() {
            let mut pod = pod.clone();
            pod.namespace.clone_from(&namespace);
            pod.labels.entry("app".to_owned()).and_modify(|app| *app = rename(app));
            pod.labels.insert("a-chart".to_owned(), "all".to_owned());
            let hash = pod.labels.get("pod-template-hash").cloned().unwrap_or_default();
            if let Some(owner) = &mut pod.owner {
                let name = owner.name.trim_end_matches(&hash).trim_end_matches('-');
                owner.name = [&*rename(name), &*hash].join("-").trim_end_matches('-').to_owned();
            }
            pods.push(pod);
        }
    }
    world.pods = Ok(pods);
    let start = std::time::Instant::now();
    let evaluation = judge(&world, &Selection::all());
    let took = start.elapsed();
    // A hundred times the findings of one copy.
    assert_eq!(
        evaluation.findings().count(),
        100 * judge(&shop, &Selection::all()).findings().count()
    );
    // The limit allows for a debug build on a busy machine; searching took many times as long.
    assert!(took.as_secs() < 5, "{took:?}");
    let past = Past::default();
    assert_eq!(world.subjects(then() + SignedDuration::from_mins(1), &|_| Ok(&past)).len(), 2900);
}
