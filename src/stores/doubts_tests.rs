use std::sync::Arc;

use serde_json::{Value, json};

use super::*;
use crate::hpa::parse_one;
use crate::stores::fixtures;
use crate::usage::{ReplicaLines, ResourceLines};

#[expect(clippy::needless_pass_by_value, reason = "JSON is written where it is needed")]
fn hpa(behavior: Value, conditions: Value) -> Hpa {
    let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"},
        "spec": {"minReplicas": 2, "maxReplicas": 30, "behavior": behavior,
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "metrics": [{"type": "Resource", "resource": {"name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": 60}}}]},
        "status": {"conditions": conditions}});
    let name: Arc<str> = "x".into();
    parse_one(&name, &name, object.to_string().as_bytes()).unwrap()
}

fn past(current: &[f64], desired: &[f64], requested: &[f64]) -> HpaPast {
    let line = |values: &[f64]| values.iter().copied().map(Some).collect::<Line>();
    HpaPast {
        cpu: ResourceLines { used: Line::new(), requested: line(requested) },
        ..fixtures::past(ReplicaLines {
            current: line(current),
            desired: line(desired),
            ..ReplicaLines::default()
        })
    }
}

#[test]
fn an_inactive_controller_is_named() {
    let now = json!([{"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric",
        "message": "no metrics", "lastTransitionTime": "2026-01-31T12:00:00Z"}]);
    let hpa = hpa(Value::Null, now);
    let mut past = past(&[4.0; 4], &[4.0; 4], &[]);
    let reasons = doubts(&hpa, &past, 0, 3);
    assert_eq!(reasons.len(), 1);
    assert!(
        reasons[0].starts_with("ScalingActive is False since 2026-01-31T12:00:00Z")
            && reasons[0].contains("FailedGetResourceMetric: no metrics"),
        "{reasons:?}"
    );
    past.conditions = vec![("ScalingActive", vec![Some(true), Some(false), None, Some(false)])];
    let reasons = doubts(&hpa, &past, 0, 3);
    assert!(reasons[0].starts_with("ScalingActive was False for 67 % of the time"), "{reasons:?}");
    assert_eq!(doubts(&hpa, &past, 0, 0).len(), 1, "it is False now");
}

#[test]
fn a_change_without_a_decision_is_named() {
    let hpa = hpa(Value::Null, Value::Null);
    let by_hand = past(&[4.0, 7.0, 4.0, 4.0], &[4.0; 4], &[]);
    let reasons = doubts(&hpa, &by_hand, 0, 3);
    assert!(reasons[0].contains("replicas changed once"), "{reasons:?}");
    let decided = past(&[4.0, 4.0, 6.0, 6.0], &[4.0, 6.0, 6.0, 6.0], &[]);
    assert_eq!(doubts(&hpa, &decided, 0, 3), Vec::<String>::new());
}

#[test]
fn a_change_beyond_the_policies_was_by_hand() {
    let slow = json!({"scaleUp": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]},
        "scaleDown": {"policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}});
    let slow = hpa(slow, Value::Null);
    let of = |hpa: &Hpa, counts: &[f64]| set_by_hand(hpa, &past(counts, counts, &[]));
    assert_eq!(of(&slow, &[4.0, 5.0, 15.0, 15.0]), Some(2));
    assert_eq!(
        of(&slow, &[4.0, 6.0, 7.0, 6.0]),
        None,
        "two syncs of a period may fall between rows"
    );
    assert_eq!(of(&slow, &[14.0, 13.0, 5.0, 5.0]), Some(2));
    assert_eq!(
        of(&slow, &[40.0, 30.0]),
        None,
        "from beyond the maximum the controller goes back at once"
    );
    let defaults = hpa(json!({"scaleUp": {"stabilizationWindowSeconds": 0}}), Value::Null);
    assert_eq!(of(&defaults, &[2.0, 28.0, 2.0]), None, "the defaults allow that in four syncs");
    let down = json!({"scaleDown": {"selectPolicy": "Disabled"}});
    assert_eq!(of(&hpa(down, Value::Null), &[4.0, 3.0]), Some(1));
}

#[test]
fn requests_that_change_are_named() {
    let hpa = hpa(Value::Null, Value::Null);
    let requested: Vec<f64> = (0..40).map(|row| if row < 20 { 1.0 } else { 3.0 }).collect();
    let reasons = doubts(&hpa, &past(&[4.0; 40], &[4.0; 40], &requested), 0, 39);
    assert!(reasons[0].contains("between 250m and 750m"), "{reasons:?}");
    assert!(doubts(&hpa, &past(&[4.0; 40], &[4.0; 40], &[1.0; 40]), 0, 39).is_empty());
}

#[test]
fn time_without_replicas_is_left_out() {
    let hpa = hpa(Value::Null, Value::Null);
    let of = |counts: &[f64]| awake(&hpa, &past(counts, counts, &[]), 0);
    assert_eq!(of(&[2.0, 3.0]), (0, 2, None));
    let (begin, end, note) = of(&[2.0, 0.0, 3.0, 3.0, 0.0]);
    assert_eq!((begin, end), (2, 4));
    assert!(note.unwrap().contains("only the 2m between"));
    let (begin, end, _) = of(&[0.0, 0.0]);
    assert_eq!(begin, end);
}
