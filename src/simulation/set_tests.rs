//! `--set`.

use std::sync::Arc;

use super::*;
use crate::hpa::parse_one;

fn changed(changes: &[&str]) -> Result<Value, String> {
    changed_of(
        &json!([
        {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}},
        external("a.b", "x")]),
        changes,
    )
}

fn external(name: &str, selector: &str) -> Value {
    json!({"type": "External", "external": {
        "metric": {"name": name, "selector": {"matchLabels": {"q": selector}}},
        "target": {"type": "AverageValue", "averageValue": "30"}}})
}

fn changed_of(metrics: &Value, changes: &[&str]) -> Result<Value, String> {
    let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web"}, "spec": {"maxReplicas": 5, "metrics": metrics}});
    let name: Arc<str> = "x".into();
    let hpa = parse_one(&name, &name, object.to_string().as_bytes()).unwrap();
    let mut spec = hpa.spec_json();
    for change in changes {
        let change: Change = change.parse().map_err(|error: ChangeError| error.to_string())?;
        change.apply(&hpa, &mut spec).map_err(|error| error.to_string())?;
    }
    Ok(spec)
}

#[test]
fn fields_are_set_and_removed() {
    let spec = changed(&[
        "maxReplicas=20",
        "spec.minReplicas=null",
        "behavior.scaleDown.stabilizationWindowSeconds=600",
        "behavior.scaleUp.policies=[{type: Pods, value: 8, periodSeconds: 15}]",
        "behavior.scaleUp.policies[0].value=9",
        "behavior.scaleUp.tolerance=0.05",
    ])
    .unwrap();
    assert_eq!(spec["maxReplicas"], 20);
    assert_eq!(spec.get("minReplicas"), None);
    assert_eq!(spec["behavior"]["scaleDown"], json!({"stabilizationWindowSeconds": 600}));
    assert_eq!(spec["behavior"]["scaleUp"]["policies"][0]["value"], 9);
    assert_eq!(spec["behavior"]["scaleUp"]["tolerance"], 0.05);
}

#[test]
fn metrics_are_named() {
    let target = |change: &str, metric: usize| {
        let spec = changed(&[change]).unwrap();
        let metric = &spec["metrics"][metric];
        metric.get("resource").or(metric.get("external")).unwrap()["target"].clone()
    };
    assert_eq!(
        target("metrics.cpu.target=70", 0),
        json!({"type": "Utilization", "averageUtilization": 70})
    );
    assert_eq!(
        target("metrics.cpu.target=70%", 0),
        json!({"type": "Utilization", "averageUtilization": 70})
    );
    assert_eq!(
        target("metrics.cpu.target.averageValue=500m", 0),
        json!({"type": "AverageValue", "averageValue": "500m"})
    );
    assert_eq!(
        target("metrics.a.b.target=40", 1),
        json!({"type": "AverageValue", "averageValue": 40})
    );
    assert_eq!(
        target("metrics.a.b{q=x}.target=40", 1),
        json!({"type": "AverageValue", "averageValue": 40})
    );
    assert_eq!(target("metrics.1.target.value=40", 1), json!({"type": "Value", "value": 40}));
    assert_eq!(changed(&["metrics.cpu=null"]).unwrap()["metrics"].as_array().unwrap().len(), 1);
}

#[test]
fn what_leads_nowhere_is_an_error() {
    let error = |change: &str| changed(&[change]).unwrap_err();
    assert!(error("maxReplicas").contains("is not PATH=VALUE"));
    assert!(error("=5").contains("is not PATH=VALUE"));
    assert_eq!(
        error("metrics.gpu.target=5"),
        "metrics.gpu.target: the HPA has no metric so named; its metrics are cpu, a.b"
    );
    assert_eq!(error("maxReplicas.x=5"), "maxReplicas.x: there is nothing at \"x\"");
    assert_eq!(
        error("behavior.scaleUp.policies[5].value=5"),
        "behavior.scaleUp.policies[5].value: there is nothing at \"5\""
    );
    assert_eq!(error("maxReplicas=[1"), "maxReplicas: the value is not valid YAML");
    assert!(error(&format!("x={}", "[".repeat(10_000))).contains("not valid YAML"));
}

#[test]
fn a_percentage_is_only_a_target() {
    let error = |change: &str| changed(&[change]).unwrap_err();
    assert_eq!(
        error("behavior.scaleUp.tolerance=5%"),
        "behavior.scaleUp.tolerance: 5% is not possible here, write 0.05"
    );
    assert_eq!(
        error("maxReplicas=20%"),
        "maxReplicas: 20% is not possible here, write a number: 20"
    );
    assert_eq!(
        error("behavior.scaleUp.policies[0].value=50 %"),
        "behavior.scaleUp.policies[0].value: 50% is not possible here, write 50, which is a percentage if the \
         policy is of type Percent"
    );
    assert_eq!(
        error("metrics.a.b.target=40%"),
        "metrics.a.b.target.averageUtilization: 40% is not possible here, a metric of type External has no \
         percentage: write an amount as metrics.a.b.target.averageValue"
    );
    let spec = changed(&["metrics.cpu.target.averageUtilization=40%"]).unwrap();
    assert_eq!(spec["metrics"][0]["resource"]["target"]["averageUtilization"], 40);
}

#[test]
fn policies_begin_with_those_of_the_api_server() {
    let spec = changed(&[
        "behavior.scaleUp.policies[0].value=8",
        "behavior.scaleDown.policies[0].periodSeconds=60",
    ])
    .unwrap();
    let percent = |seconds: i32| json!({"type": "Percent", "value": 100, "periodSeconds": seconds});
    let up = json!([{"type": "Pods", "value": 8, "periodSeconds": 15}, percent(15)]);
    assert_eq!(
        spec["behavior"],
        json!({"scaleUp": {"policies": up}, "scaleDown": {"policies": [percent(60)]}})
    );
    let one = ["behavior.scaleUp.policies[0]=null", "behavior.scaleUp.policies[0].value=50"];
    let policies = &changed(&one).unwrap()["behavior"]["scaleUp"]["policies"];
    assert_eq!(policies, &json!([{"type": "Percent", "value": 50, "periodSeconds": 15}]));
}

#[test]
fn names_that_could_mean_several_things_are_named() {
    let error = |metrics: Value, change: &str| changed_of(&metrics, &[change]).unwrap_err();
    assert_eq!(
        error(json!([external("e", "a"), external("e", "b.c")]), "metrics.e.target=5"),
        "metrics.e.target: e is ambiguous: e{q=a}, e{q=b.c}"
    );
    assert_eq!(
        error(json!([external("a.b.target", "x")]), "metrics.a.b.target=5"),
        "metrics.a.b.target is a whole metric: metrics.a.b.target.target=5 sets its target, metrics.a.b.target=null \
         removes it"
    );
    let both = json!([external("a.b.target", "x"), external("a.b", "x")]);
    let spec = changed_of(&both, &["metrics.a.b.target=5"]).unwrap();
    assert_eq!(spec["metrics"][1]["external"]["target"]["averageValue"], 5);
    assert_eq!(
        changed(&["metrics.0.external.target.value=5"]).unwrap_err(),
        "metrics.0.external.target.value: the metric is of type Resource, which has no external; its target is \
         metrics.0.target"
    );
    let spec = changed(&["metrics.0.resource.target.averageUtilization=7"]).unwrap();
    assert_eq!(spec["metrics"][0]["resource"]["target"]["averageUtilization"], 7);
}
