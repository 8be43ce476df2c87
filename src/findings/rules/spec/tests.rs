use serde_json::json;

use super::super::super::fixtures::Case;

fn behavior(behavior: &serde_json::Value) -> Case {
    Case::new().hpa(|hpa| hpa.behavior = serde_json::from_value(behavior.clone()).unwrap())
}

#[test]
fn bounds() {
    assert_eq!(
        Case::new().replicas(4, 4, 4).message("min-eq-max"),
        "min and max are both 4: the HPA has nothing to decide"
    );
    Case::new().replicas(4, 4, 5).clear("min-eq-max");
    assert!(Case::new().replicas(1, 4, 10).message("low-min").contains("is 1"));
    Case::new().replicas(2, 4, 10).clear("low-min");
    // A minimum of 0 is meant for resting at 0.
    Case::new().replicas(0, 4, 10).clear("low-min");
}

#[test]
fn directions() {
    let disabled = json!({"selectPolicy": "Disabled"});
    let down = behavior(&json!({"scaleDown": disabled})).raised("direction-disabled");
    assert_eq!(down.message, "scaling down is disabled: it stays at 4 replicas or more");
    let up = behavior(&json!({"scaleUp": disabled})).raised("direction-disabled");
    assert_eq!(up.message, "scaling up is disabled: it stays at 4 replicas or fewer");
    let both = behavior(&json!({"scaleUp": disabled, "scaleDown": disabled}));
    assert_eq!(both.message("direction-disabled"), "scaling is disabled both ways");
    // KEDA restores the setting if it is removed only from the HPA.
    let keda = behavior(&json!({"scaleDown": disabled})).hpa(|hpa| {
        hpa.labels.insert("scaledobject.keda.sh/name".to_owned(), "worker".to_owned());
    });
    let action = keda.raised("direction-disabled").action.unwrap();
    assert!(action.contains("ScaledObject") && action.contains("paused-scale-in"), "{action}");
    behavior(&json!({"scaleDown": {"selectPolicy": "Min"}})).clear("direction-disabled");
    Case::new().clear("direction-disabled");
}

#[test]
fn windows() {
    let window = |seconds: i32, policy: &str| {
        behavior(
            &json!({"scaleDown": {"stabilizationWindowSeconds": seconds, "selectPolicy": policy}}),
        )
    };
    window(0, "Max").raised("window-zero");
    assert!(window(59, "Max").message("window-zero").contains("is 59 s"));
    window(60, "Max").clear("window-zero");
    window(0, "Disabled").clear("window-zero");
    behavior(&json!({"scaleDown": {"selectPolicy": "Max"}})).clear("window-zero");
    behavior(&json!({"scaleUp": {"stabilizationWindowSeconds": 0}})).clear("window-zero");
}

#[test]
fn memory_alone() {
    let memory = |kind: &str, field: &str, value: serde_json::Value| {
        let target = json!({"type": kind, field: value});
        let metric =
            json!([{"type": "Resource", "resource": {"name": "memory", "target": target}}]);
        Case::new().metrics(&metric, &json!(null))
    };
    let percent = || memory("Utilization", "averageUtilization", json!(80));
    assert_eq!(
        percent().message("memory-only"),
        "scales by memory alone (memory: <unknown>/80%): it will rarely scale down"
    );
    memory("AverageValue", "averageValue", json!("200Mi")).clear("memory-only");
    percent().external("queue", "50", None).clear("memory-only");
    Case::new().clear("memory-only");
}
