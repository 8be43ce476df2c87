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
            "conditions": [
                {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale"},
                {"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound"}],
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
    Evidence {
        now: now(),
        target: TargetScale::Unknown,
        pod_numbers: ready_pods.map(PodNumbers::all_ready),
        pods: Err("no metrics.k8s.io".to_owned()),
        past: Vec::new(),
    }
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
    assert_eq!(rise.metrics[0].reason, "75% against a target of 50%: 1.50 times");
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
    assert_eq!(fall.unknown.len(), 2);
    let proposed =
        "what the metrics proposed in the last 60 s, of which the highest holds the decrease back";
    assert!(fall.unknown[0].starts_with(proposed), "{fall:?}");
    assert!(fall.unknown[1].contains("no metrics.k8s.io"), "{fall:?}");
    let same = explained(&hpa(4, 52, &Value::Null), None);
    assert_eq!((same.wanted, &*same.steps[0]), (Some(4), "stays at 4"));
    assert_eq!(
        same.metrics[0].reason,
        "52% against a target of 50%: 1.04 times, within the tolerance"
    );
    assert!(!same.unknown.iter().any(|it| it.contains("proposed in")), "{same:?}");
    let at_max = explained(&hpa(10, 90, &Value::Null), Some(10));
    assert_eq!(at_max.steps, ["at most 10 are allowed (maxReplicas)", "stays at 10"]);
    let disabled =
        explained(&hpa(4, 90, &json!({"scaleUp": {"selectPolicy": "Disabled"}})), Some(4));
    assert_eq!(disabled.steps, ["nothing is added (selectPolicy is Disabled)"]);
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
    assert!(!known.unknown.iter().any(|it| it.contains("proposed in")), "{known:?}");
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

fn pod(name: &str, phase: &str, ready: bool) -> Pod {
    let object = json!({"kind": "PodList", "items": [{
        "metadata": {"name": name, "creationTimestamp": ago(3600)},
        "spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": "100m"}}}]},
        "status": {"phase": phase, "conditions": [{"type": "Ready",
            "status": if ready { "True" } else { "False" },
            "lastTransitionTime": ago(if ready { 3500 } else { 3599 })}]}}]});
    Pod::parse_list(object.to_string().as_bytes()).unwrap().0.remove(0)
}

fn measured(cpu: &str) -> PodMetrics {
    PodMetrics {
        namespace: String::new(),
        name: String::new(),
        timestamp: Some(ago(10)),
        window: Some(SignedDuration::from_secs(15)),
        containers: vec![ContainerMetrics {
            name: "app".to_owned(),
            cpu: cpu.parse().ok(),
            memory: None,
        }],
    }
}

#[test]
fn pods_are_counted_one_by_one_where_they_are_known() {
    let hpa = hpa(3, 10, &Value::Null);
    let (one, two, three) =
        (pod("a", "Running", true), pod("b", "Running", false), pod("c", "Running", true));
    let used = [measured("80m"), measured("10m")];
    let pods = vec![(&one, Some(&used[0])), (&two, Some(&used[1])), (&three, None)];
    let rise = why(&hpa, &Evidence { pods: Ok(pods), ..evidence(Some(2)) });
    let metric = &rise.metrics[0];
    assert_eq!(metric.from, Origin::Pods);
    assert_eq!(metric.pods, Some(PodGroups { ready: 1, unready: 1, missing: 1 }));
    assert_eq!(
        metric.reason,
        "80% against a target of 50%: 1.60 times; with 1 pod that is not ready and 1 without metrics counted as 0: \
         26%, 0.52 times, so that the other direction would follow: as many as now"
    );
    assert_eq!(metric.proposes, Some(3), "those that are not ready count as using nothing");
    let idle = measured("20m");
    let pods = vec![(&one, Some(&idle)), (&three, None)];
    let fall = why(&hpa, &Evidence { pods: Ok(pods), ..evidence(Some(2)) });
    let expected = "20% against a target of 50%: 0.40 times; with 1 pod without metrics counted at 100% of the request: \
                    60%, 1.20 times, so that the other direction would follow: as many as now";
    assert_eq!(fall.metrics[0].reason, expected);
}

#[test]
fn containers_without_a_request_are_named() {
    let hpa = hpa(3, 10, &Value::Null);
    let used = measured("80m");
    let reason = |pods: &[&Pod]| {
        let pods = Ok(pods.iter().map(|pod| (*pod, Some(&used))).collect());
        let none = why(&hpa, &Evidence { pods, ..evidence(Some(1)) });
        assert_eq!((none.metrics[0].proposes, none.unknown.len()), (None, 0));
        none.metrics[0].reason.clone()
    };
    let whole = pod("a", "Running", true);
    let mut lacking = whole.clone();
    lacking.missing_requests.insert("cpu".to_owned(), vec!["istio-proxy".to_owned()]);
    assert_eq!(
        reason(&[&whole, &lacking, &lacking]),
        "container istio-proxy of 2 of 3 pods has no cpu request"
    );
    lacking.missing_requests.insert("cpu".to_owned(), vec!["b".to_owned(), "a".to_owned()]);
    assert_eq!(reason(&[&lacking]), "containers a, b of 1 of 1 pods have no cpu request");
    lacking.missing_requests.clear();
    lacking.requests.clear();
    assert_eq!(reason(&[&lacking]), "1 of 1 pods has no cpu request");
}

/// The status has the replicas that the target had before the last change.
#[test]
fn the_controller_computes_from_the_replicas_of_the_target() {
    let (ready, starting) = (pod("a", "Running", true), pod("b", "Pending", false));
    let explained = |hpa: &Hpa, cpu: &str, count: usize, replicas: i32| {
        let used = measured(cpu);
        let pods: Vec<_> = std::iter::repeat_n((&ready, Some(&used)), count)
            .chain(std::iter::repeat_n((&starting, None), 6 - count))
            .collect();
        let target = TargetScale::Known { replicas, status_replicas: replicas };
        why(hpa, &Evidence { pods: Ok(pods), target, ..evidence(None) })
    };
    let mut rising = hpa(4, 70, &Value::Null);
    rising.max_replicas = 30;
    let covered = explained(&rising, "70m", 4, 6);
    assert_eq!((covered.current, covered.wanted), (6, Some(6)));
    assert_eq!(
        covered.metrics[0].reason,
        "70% against a target of 50%: 1.40 times; with 2 pods that are not ready counted as 0: 46%, 0.92 times, \
         within the tolerance"
    );
    assert_eq!(
        covered.steps,
        ["the target has 6 replicas now, and the HPA's status still 4", "stays at 6"]
    );
    assert_eq!(covered.unknown, [""; 0]);
    let twice = "may rise to 12 at the next sync: at most twice the replicas or 4, whichever is more, are allowed at once";
    assert_eq!(explained(&rising, "350m", 3, 6).steps[1], twice);
    // A pod that is not ready counts for the status' reading as well.
    let numbers = PodNumbers { live: 6, ready: 4, pending: 2 };
    let target = TargetScale::Known { replicas: 6, status_replicas: 6 };
    let evidence = Evidence { pod_numbers: Some(numbers), target, ..evidence(None) };
    let covered = why(&rising, &evidence);
    assert_eq!((covered.metrics[0].from, covered.metrics[0].proposes), (Origin::Status, Some(6)));
}

fn with(mut hpa: Hpa, kind: &str, reason: &str) -> Hpa {
    let condition = hpa.conditions.iter_mut().find(|it| it.kind == kind).unwrap();
    (condition.status, condition.reason) = ("False".into(), reason.into());
    match kind {
        "AbleToScale" => hpa.able_to_scale = Some(false),
        _ => hpa.scaling_active = Some(false),
    }
    hpa
}

#[test]
fn nothing_is_decided_where_the_controller_decides_nothing() {
    let target = TargetScale::Known { replicas: 4, status_replicas: 4 };
    let step = |hpa: &Hpa, target| {
        let why = why(hpa, &Evidence { target, ..evidence(Some(4)) });
        assert_eq!((why.wanted, why.metrics.len(), why.unknown.len()), (None, 0, 0), "{why:?}");
        assert_eq!((why.not_before, why.steps.len()), (None, 1), "{why:?}");
        why.steps[0].clone()
    };
    let rising = || hpa(4, 75, &Value::Null);
    let new = Hpa { conditions: Vec::new(), current_replicas: 0, ..rising() };
    assert_eq!(step(&new, target), "nothing is decided: no controller has reconciled this HPA yet");
    assert_eq!(why(&new, &Evidence { target, ..evidence(Some(4)) }).current, 4);
    let gone = step(&rising(), TargetScale::Missing);
    assert!(gone.ends_with("does not exist"), "{gone}");
    let unread = step(&with(rising(), "AbleToScale", "FailedGetScale"), target);
    assert!(unread.contains("(FailedGetScale)"), "{unread}");
    for reason in ["AmbiguousSelector", "InvalidSelector"] {
        let selector = step(&with(rising(), "ScalingActive", reason), target);
        assert!(selector.contains(reason), "{selector}");
        assert!(selector.starts_with("nothing is decided: "), "{selector}");
    }
    // Outside of its bounds the selector does not matter.
    let above = with(hpa(12, 75, &Value::Null), "ScalingActive", "AmbiguousSelector");
    assert!(explained(&above, Some(12)).steps[0].contains("10 at once"));
}

#[test]
fn what_the_last_sync_could_not_do_is_said() {
    let rising = || hpa(4, 75, &Value::Null);
    let refused = "the write will probably be refused, as the last one was (FailedUpdateScale)";
    let unwritten = explained(&with(rising(), "AbleToScale", "FailedUpdateScale"), Some(4));
    assert_eq!(unwritten.steps, ["wants 6", refused]);
    assert_eq!((unwritten.not_before, unwritten.unknown.len()), (None, 1), "{unwritten:?}");
    let above = with(hpa(12, 75, &Value::Null), "AbleToScale", "FailedUpdateScale");
    assert_eq!(explained(&above, Some(12)).steps[1], refused);
    let content = with(hpa(4, 50, &Value::Null), "AbleToScale", "FailedUpdateScale");
    assert_eq!(explained(&content, Some(4)).steps, ["stays at 4"]);
    let unread = with(rising(), "ScalingActive", "FailedGetResourceMetric");
    let unread = explained(&unread, Some(4));
    assert_eq!(unread.steps[0], "may rise to 6 at the next sync");
    assert!(unread.steps[1].contains("at its last sync it could not (FailedGetResourceMetric)"));
    // Somebody has scaled it up since.
    let woken = explained(&with(rising(), "ScalingActive", "ScalingDisabled"), Some(4));
    assert_eq!(woken.steps, ["may rise to 6 at the next sync"]);
}

#[test]
fn the_last_change_matters_as_long_as_policies_count_it() {
    let behavior =
        json!({"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}});
    let with_change = |seconds: i64| {
        let rising = Hpa { last_scale_time: Some(ago(seconds)), ..hpa(4, 75, &behavior) };
        explained(&rising, Some(4))
    };
    let late = with_change(600);
    assert_eq!(late.steps, ["may rise to 5 at the next sync: policies allow no more at once"]);
    let counts = |why: &Why| why.unknown.iter().any(|it| it.contains("policies count them"));
    assert!(!counts(&late) && counts(&with_change(30)), "{late:?}");
}

#[test]
fn what_the_controller_has_put_to_sleep_it_may_wake() {
    let mut asleep = hpa(0, 0, &Value::Null);
    asleep.min_replicas = 0;
    asleep.metrics[0].kind = MetricType::External;
    asleep.metrics[0].target.kind = TargetType::Value;
    asleep.metrics[0].current = Some(MetricCurrent {
        value: Some("150".to_owned()),
        average_value: None,
        utilization: None,
    });
    let mut condition = asleep.conditions[0].clone();
    condition.kind = "ScaledToZero".into();
    asleep.conditions.push(condition);
    let woken = explained(&asleep, Some(0));
    assert_eq!((woken.wanted, &*woken.steps[0]), (Some(3), "may rise to 3 at the next sync"));
    assert_eq!(woken.metrics[0].reason, "150 against a target of 50, from 0 replicas");
    asleep.conditions[2].status = "False".into();
    assert!(explained(&asleep, Some(0)).steps[0].contains("0 replicas"));
}
