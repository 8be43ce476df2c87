use std::sync::Arc;

use serde_json::{Value, json};

use jiff::SignedDuration;

use super::*;
use crate::hpa::parse_one;
use crate::kube::{ContainerMetrics, Pod, PodMetrics};

fn hpa(replicas: i32, percent: i32, behavior: &Value) -> Hpa {
    let metric = |key: &str, value: Value| json!({"type": "Resource", "resource": {"name": "cpu", key: value}});
    let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {"minReplicas": 2, "maxReplicas": 10, "behavior": behavior,
            "metrics": [metric("target", json!({"type": "Utilization", "averageUtilization": 50}))]},
        "status": {"currentReplicas": replicas, "desiredReplicas": replicas,
            "currentMetrics": [metric("current", json!({"averageUtilization": percent, "averageValue": "1"}))]}});
    let name: Arc<str> = "x".into();
    parse_one(&name, &name, object.to_string().as_bytes()).unwrap()
}

fn now() -> Timestamp {
    "2026-01-31T12:00:00Z".parse().unwrap()
}

fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

fn evidence(ready_pods: Option<i32>) -> Evidence<'static> {
    Evidence { now: now(), ready_pods, pods: Err("no metrics.k8s.io".to_owned()), past: Vec::new() }
}

/// Explained from the status alone.
fn explained(hpa: &Hpa, ready_pods: Option<i32>) -> Why {
    why(hpa, &evidence(ready_pods))
}

#[test]
fn the_next_decision_is_explained() {
    let rise = explained(&hpa(4, 75, &Value::Null), Some(4));
    assert_eq!(
        (rise.wanted, rise.metrics[0].proposes, rise.metrics[0].decides),
        (Some(6), Some(6), true)
    );
    assert_eq!(rise.metrics[0].reason, "75% of 50% is 1.50 times the target");
    assert_eq!(rise.steps, ["may rise to 6 at the next sync"]);
    let fall =
        explained(&hpa(8, 25, &json!({"scaleDown": {"stabilizationWindowSeconds": 60}})), Some(8));
    assert_eq!(fall.wanted, Some(4));
    assert_eq!(
        fall.steps,
        [
            "may fall to 4 at the latest at 12:01:00 UTC, 60 s from now, if the readings stay, as fast as policies allow"
        ]
    );
    assert_eq!((fall.not_before, fall.at_the_latest), (None, Some(ago(-60))));
    assert_eq!(fall.unknown.len(), 3);
    assert!(fall.unknown[2].contains("no metrics.k8s.io"), "{fall:?}");
    let same = explained(&hpa(4, 52, &Value::Null), None);
    assert_eq!((same.wanted, &*same.steps[0]), (Some(4), "stays at 4"));
    let at_max = explained(&hpa(10, 90, &Value::Null), Some(10));
    assert_eq!(at_max.steps, ["maxReplicas allows 10", "stays at 10"]);
    let disabled =
        explained(&hpa(4, 90, &json!({"scaleUp": {"selectPolicy": "Disabled"}})), Some(4));
    assert_eq!(disabled.steps, ["selectPolicy Disabled: nothing is added"]);
}

#[test]
fn what_does_not_go_by_metrics_says_so() {
    assert!(explained(&hpa(0, 75, &Value::Null), Some(0)).steps[0].contains("0 replicas"));
    assert!(explained(&hpa(12, 75, &Value::Null), Some(12)).steps[0].contains("10 at once"));
    assert!(explained(&hpa(1, 75, &Value::Null), Some(1)).steps[0].contains("2 at once"));
    let mut unread = hpa(4, 75, &Value::Null);
    unread.metrics[0].current = None;
    let unread = explained(&unread, Some(4));
    assert_eq!(
        (unread.metrics[0].proposes, &*unread.steps[0]),
        (None, "no metric proposes anything: nothing changes")
    );
}

#[test]
fn what_was_seen_tells_until_when_a_decrease_is_held_back() {
    let fall = hpa(8, 25, &json!({"scaleDown": {"stabilizationWindowSeconds": 300}}));
    let busy = hpa(8, 50, &Value::Null);
    let seen =
        |seconds: i64| (ago(seconds), if seconds > 120 { busy.clone() } else { fall.clone() });
    let dense: Vec<_> = (0..=5).rev().map(|minute| seen(minute * 60 + 10)).collect();
    let known = why(&fall, &Evidence { past: dense, ..evidence(Some(8)) });
    assert_eq!(known.not_before, Some(ago(-170)), "{known:?}");
    assert_eq!(known.at_the_latest, known.not_before);
    assert_eq!(
        known.steps,
        [
            "held at 8 by a recommendation of 8 at 11:57:50 UTC (130 s ago)",
            "may fall to 4 at 12:02:50 UTC, as fast as policies allow"
        ]
    );
    assert!(!known.unknown.iter().any(|it| it.contains("recommendations")), "{known:?}");
    let sparse = vec![seen(250), seen(10)];
    let bounded = why(&fall, &Evidence { past: sparse, ..evidence(Some(8)) });
    assert_eq!(bounded.not_before, Some(ago(-50)), "{bounded:?}");
    assert_eq!(bounded.at_the_latest, Some(ago(-300)));
    assert!(
        bounded.steps[1].contains("not before 12:00:50 UTC, at the latest at 12:05:00 UTC"),
        "{bounded:?}"
    );
    let over: Vec<_> = (0..=6).rev().map(|minute| (ago(minute * 60 + 10), fall.clone())).collect();
    let free = why(&fall, &Evidence { past: over, ..evidence(Some(8)) });
    assert_eq!(
        free.steps,
        ["may fall to 4 at the next sync, as fast as policies allow"],
        "{free:?}"
    );
}

#[test]
fn pods_are_counted_one_by_one_where_they_are_known() {
    let hpa = hpa(3, 10, &Value::Null);
    let pod = |name: &str, ready: bool| {
        let object = json!({"kind": "PodList", "items": [{
            "metadata": {"name": name, "creationTimestamp": ago(3600)},
            "spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": "100m"}}}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready",
                "status": if ready { "True" } else { "False" },
                "lastTransitionTime": ago(if ready { 3500 } else { 3599 })}]}}]});
        Pod::parse_list(object.to_string().as_bytes()).unwrap().0.remove(0)
    };
    let measured = |name: &str, cpu: &str| PodMetrics {
        namespace: String::new(),
        name: name.to_owned(),
        timestamp: Some(ago(10)),
        window: Some(SignedDuration::from_secs(15)),
        containers: vec![ContainerMetrics {
            name: "app".to_owned(),
            cpu: cpu.parse().ok(),
            memory: None,
        }],
    };
    let (one, two, three) = (pod("a", true), pod("b", false), pod("c", true));
    let used = [measured("a", "80m"), measured("b", "10m")];
    let pods = vec![(&one, Some(&used[0])), (&two, Some(&used[1])), (&three, None)];
    let rise = why(&hpa, &Evidence { pods: Ok(pods), ..evidence(Some(2)) });
    let metric = &rise.metrics[0];
    assert_eq!(metric.from, Origin::Pods);
    assert_eq!(metric.pods, Some(PodGroups { ready: 1, unready: 1, missing: 1 }));
    assert!(metric.reason.starts_with("80% of 50%"), "{rise:?}");
    assert_eq!(metric.proposes, Some(3), "those that are not ready count as using nothing");
    let mut lacking = one.clone();
    lacking.requests.clear();
    let none =
        why(&hpa, &Evidence { pods: Ok(vec![(&lacking, Some(&used[0]))]), ..evidence(Some(1)) });
    assert_eq!(
        (none.metrics[0].proposes, &*none.metrics[0].reason),
        (None, "the pods have no request")
    );
}
