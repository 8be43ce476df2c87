use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::collect::Parts;
use crate::findings::find;
use crate::hpa::parse_list;
use crate::kubectl::{Cluster, ServerPath};

fn cluster(name: &str) -> Cluster {
    let name: Arc<str> = name.into();
    Cluster {
        name: Arc::clone(&name),
        context: Arc::clone(&name),
        user: "".into(),
        entry: name,
        server: String::new(),
        path: ServerPath::default(),
        namespace: None,
        current: true,
        in_cluster: false,
    }
}

/// A cluster with HPAs whose minimum is one replica, and one HPA with equal bounds.
fn world(name: &str) -> ClusterWorld {
    let item = |name: &str, min: i32, max: i32| {
        serde_json::json!({
            "metadata": {"name": name, "namespace": "shop", "uid": name},
            "spec": {
                "minReplicas": min, "maxReplicas": max,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            },
            "status": {"conditions": [{"type": "AbleToScale", "status": "True"}]},
        })
    };
    let list = serde_json::json!({
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscalerList",
        "items": [item("api", 1, 9), item("equal", 3, 3), item("web", 1, 9)],
    });
    let cluster = cluster(name);
    let read = parse_list(&cluster.name, &cluster.context, list.to_string().as_bytes()).unwrap();
    ClusterWorld::complete(&cluster, Duration::ZERO, World::of(read.hpas))
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn criteria(only: &[&str]) -> Criteria<'static> {
    let selection = Selection::only(only.iter().copied()).unwrap();
    Criteria {
        selection,
        required: &[],
        baseline: None,
        fail_on: Some(Severity::Warning),
        shown: Severity::Info,
    }
}

fn ids<'a>(report: &'a Report<'_>) -> Vec<(&'a str, &'static str)> {
    report.findings().map(|finding| (&*finding.hpa, finding.id)).collect()
}

#[test]
fn only_what_the_selected_rules_need_is_read() {
    let of = |only: &[&str]| Parts::for_rules(&criteria(only).selection);
    assert_eq!(of(&["min-eq-max"]), Parts::default());
    // Pods are found by the selector of the target, so the target is needed too.
    assert_eq!(of(&["crash-oom"]), Parts { targets: true, pods: true, ..Parts::default() });
    assert!(of(&["burst-over-quota"]).quotas && !of(&["burst-over-quota"]).budgets);
    let all = Parts::for_rules(&Selection::all());
    assert!(all.targets && all.pods && all.budgets && all.quotas);
    assert!(all.vertical && all.scaled_objects);
}

#[test]
fn the_history_is_opened_only_where_a_selected_rule_needs_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    let open = |only: &[&str]| open_history(&criteria(only).selection, || Ok(path.clone()));
    let not_needed = open_history(&criteria(&["low-min"]).selection, || panic!("not needed"));
    assert_eq!(not_needed.unwrap_err(), Unknown::NotRequested);
    assert_eq!(open(&["flapping"]).unwrap_err(), Unknown::NoHistory);
    std::fs::write(&path, "no database, but long enough for its header").unwrap();
    let why = open(&["flapping"]).unwrap_err();
    assert_eq!(why.kind(), "failed", "{why}");
    assert!(why.to_string().starts_with("the history cannot be read: "), "{why}");
}

#[test]
fn findings_stand_with_their_hpas_in_order() {
    let worlds = [world("a"), world("b")];
    let criteria = criteria(&["low-min", "min-eq-max"]);
    let report = check(&worlds, &Err(Unknown::NoHistory), &criteria, now());
    let one = [("api", "low-min"), ("equal", "min-eq-max"), ("web", "low-min")];
    assert_eq!(ids(&report), [one, one].concat());
    let hpas: Vec<&str> = report.hpas().map(|judged| &*judged.hpa.name).collect();
    assert_eq!(hpas, ["api", "equal", "web", "api", "equal", "web"]);
    assert!(report.fails() && report.accepted.is_none() && report.unanswered.is_empty());
    let least = |severity| Criteria { fail_on: severity, ..criteria.clone() };
    let fails =
        |severity| check(&worlds, &Err(Unknown::NoHistory), &least(severity), now()).fails();
    assert!(fails(Some(Severity::Info)) && !fails(Some(Severity::Error)) && !fails(None));
}

#[test]
fn accepted_findings_are_counted_and_left_out() {
    let worlds = [world("a"), world("b")];
    let all = criteria(&["low-min"]);
    let of_a: Baseline =
        check(&worlds[..1], &Err(Unknown::NoHistory), &all, now()).findings().collect();
    let criteria = Criteria { baseline: Some(&of_a), ..all };
    let report = check(&worlds, &Err(Unknown::NoHistory), &criteria, now());
    assert_eq!((report.accepted, report.findings().count()), (Some(2), 2));
    assert!(report.findings().all(|finding| &*finding.cluster == "b"));
    assert_eq!(report.hpas().count(), 6, "HPAs without findings were judged as well");
    assert_eq!(report.foreign(&of_a), None);
    let other = check(&worlds[1..], &Err(Unknown::NoHistory), &criteria, now());
    let foreign = other.foreign(&of_a).unwrap();
    assert_eq!((&*foreign.written_for, &foreign.read[..]), ("a", &["b".to_owned()][..]));
    assert_eq!(other.foreign(&Baseline::default()), None);
}

#[test]
fn a_required_rule_that_no_hpa_could_be_judged_by_is_unanswered() {
    let worlds = [world("a")];
    let required = ["flapping", "config-drift", "low-min"].map(|id| find(id).unwrap());
    let criteria =
        Criteria { required: &required, ..criteria(&["flapping", "config-drift", "low-min"]) };
    let report = check(&worlds, &Err(Unknown::NoHistory), &criteria, now());
    assert_eq!(report.unanswered, ["config-drift"], "flapping does not apply to any of them");
    let not_evaluated: Vec<_> =
        report.not_evaluated().into_iter().map(|it| (it.id, it.reason, it.count)).collect();
    assert_eq!(not_evaluated, [("config-drift", Unknown::NoHistory, 3)]);
}

#[test]
fn an_hpa_is_skipped_where_no_selected_rule_could_be_decided() {
    let worlds = [world("a")];
    let skipped = |only: &[&str]| {
        let criteria = criteria(only);
        let report = check(&worlds, &Err(Unknown::NoHistory), &criteria, now());
        report.hpas().filter(|judged| report.is_skipped(judged)).count()
    };
    assert_eq!(skipped(&["config-drift"]), 3);
    assert_eq!(skipped(&["config-drift", "low-min"]), 0);
    assert_eq!(skipped(&["low-min"]), 0);
}

#[test]
fn lists_are_judged_without_what_is_not_read_for_them() {
    let ClusterWorld { world, .. } = world("a");
    let judged = judge_hpas(&world, now());
    let statuses: Vec<_> = judged.iter().map(Judged::status).collect();
    assert_eq!(statuses, ["low-min", "min-eq-max", "low-min"]);
    assert!(judged.iter().all(|judged| judged.undecided.is_empty()));
    let detail = judge_detail(&world, now()).unwrap();
    assert_eq!(detail.pods, Err(Unknown::NotRequested));
    let undecided: Vec<&str> = detail.judged.undecided.iter().map(|(rule, _)| rule.id).collect();
    assert!(undecided.contains(&"crash-oom") && !undecided.contains(&"config-drift"));
    assert!(judge_detail(&World::of(Vec::new()), now()).is_none());
}
