#![expect(clippy::needless_pass_by_value, reason = "values are written where they are passed")]

use serde_json::{Value, json};

use super::super::fixtures::hpa;

/// The TARGETS of an HPA with these metrics and readings.
fn targets(spec: &Value, status: &Value) -> String {
    hpa(&json!({"spec": {"metrics": spec}, "status": {"currentMetrics": status}}).to_string())
        .targets()
}

fn external(name: &str, part: &str, value: Value) -> Value {
    json!({"type": "External", "external": {"metric": {"name": name}, part: value}})
}

fn object(part: &str, value: Value) -> Value {
    json!({"type": "Object", "object": {
        "describedObject": {"kind": "Service", "name": "mq"}, "metric": {"name": "ready"}, part: value,
    }})
}

fn resource(name: &str, part: &str, value: Value) -> Value {
    json!({"type": "Resource", "resource": {"name": name, part: value}})
}

fn total(value: &str) -> Value {
    external("q", "current", json!({"value": value}))
}

fn average(value: &str) -> Value {
    external("q", "current", json!({"averageValue": value}))
}

fn wants_total(value: &str) -> Value {
    external("q", "target", json!({"type": "Value", "value": value}))
}

fn wants_average(value: &str) -> Value {
    external("q", "target", json!({"type": "AverageValue", "averageValue": value}))
}

#[test]
fn metrics_with_equal_identity_are_matched_by_field_then_by_position() {
    let both = json!([wants_total("100"), wants_average("10")]);
    let expected = "q: 40/100, q: 9/10 (avg)";
    assert_eq!(targets(&both, &json!([total("40"), average("9")])), expected);
    assert_eq!(targets(&both, &json!([average("9"), total("40")])), expected, "in another order");
    // As in clusters that store HPAs as autoscaling/v1.
    let zero = external("q", "current", json!({"value": "0", "averageValue": "9"}));
    assert_eq!(targets(&both, &json!([zero, total("40")])), expected);
    let one = "q: <unknown>/100, q: 9/10 (avg)";
    for status in [json!([average("9")]), json!([{"type": ""}, average("9")])] {
        assert_eq!(targets(&both, &status), one);
    }

    let alike = json!([wants_average("10"), wants_average("20"), wants_average("30")]);
    assert_eq!(
        targets(&alike, &json!([average("1"), average("2"), average("3")])),
        "q: 1/10 (avg), q: 2/20 (avg), q: 3/30 (avg)"
    );
    // A failed reading keeps its position.
    assert_eq!(
        targets(&alike, &json!([average("1"), {"type": ""}, average("3")])),
        "q: 1/10 (avg), q: <unknown>/20 (avg), q: 3/30 (avg)"
    );
    let other = external("other", "target", json!({"type": "Value", "value": "5"}));
    let apart = json!([wants_average("10"), other, wants_average("30")]);
    assert_eq!(
        targets(&apart, &json!([average("1"), average("3")])),
        "q: 1/10 (avg), other: <unknown>/5, q: 3/30 (avg)"
    );
}

#[test]
fn a_resource_can_have_a_percentage_and_an_amount_as_targets() {
    let percent =
        resource("cpu", "target", json!({"type": "Utilization", "averageUtilization": 80}));
    let amount = resource("cpu", "target", json!({"type": "AverageValue", "averageValue": "500m"}));
    let of_percent =
        resource("cpu", "current", json!({"averageUtilization": 72, "averageValue": "72m"}));
    let of_amount = resource("cpu", "current", json!({"averageValue": "71m"}));
    for status in [json!([of_percent, of_amount]), json!([of_amount, of_percent])] {
        assert_eq!(targets(&json!([percent, amount]), &status), "cpu: 72%/80%, cpu: 71m/500m");
        assert_eq!(targets(&json!([amount, percent]), &status), "cpu: 71m/500m, cpu: 72%/80%");
    }
    // One reading has both numbers.
    assert_eq!(targets(&json!([amount]), &json!([of_percent])), "cpu: 72m/500m");
}

#[test]
fn the_field_counts_not_the_type() {
    let spec = |value| external("q", "target", value);
    assert_eq!(
        targets(
            &json!([spec(json!({"type": "AverageValue", "value": "10"}))]),
            &json!([total("40")])
        ),
        "q: 40/10"
    );
    assert_eq!(
        targets(
            &json!([spec(json!({"type": "Value", "averageValue": "10"}))]),
            &json!([average("4")])
        ),
        "q: 4/10 (avg)"
    );
    assert_eq!(
        targets(
            &json!([spec(json!({"type": "Utilization", "value": "10"}))]),
            &json!([total("4")])
        ),
        "q: 4/10"
    );
    // A value that does not belong to the source is not a target.
    let odd = spec(json!({"type": "Utilization", "averageUtilization": 7, "averageValue": "10"}));
    assert_eq!(targets(&json!([odd]), &json!([average("4")])), "q: 4/10 (avg)");
    assert_eq!(
        targets(
            &json!([object("target", json!({"type": "Value", "averageValue": "5"}))]),
            &json!([object("current", json!({"averageValue": "3"}))])
        ),
        "ready on Service/mq: 3/5 (avg)"
    );
    let cpu = |target| json!([resource("cpu", "target", target)]);
    let current = json!([resource(
        "cpu",
        "current",
        json!({"averageUtilization": 42, "averageValue": "42m"})
    )]);
    for (target, expected) in [
        (json!({"type": "AverageValue", "averageUtilization": 50}), "cpu: 42%/50%"),
        (json!({"type": "Utilization", "averageValue": "50m"}), "cpu: 42m/50m"),
        (json!({"type": "Value", "averageUtilization": 50, "value": "3"}), "cpu: 42%/50%"),
        (json!({"averageUtilization": 50}), "cpu: 42%/50%"),
    ] {
        assert_eq!(targets(&cpu(target), &current), expected);
    }
    let pods = |part: &str, value: Value| json!([{"type": "Pods", "pods": {"metric": {"name": "rps"}, part: value}}]);
    assert_eq!(
        targets(
            &pods("target", json!({"type": "Value", "averageValue": "1k"})),
            &pods("current", json!({"averageValue": "500"}))
        ),
        "rps: 500/1k"
    );
}

#[test]
fn impossible_readings_are_unknown() {
    let none = |spec: Value, status: Value| {
        let json = json!({"spec": {"metrics": [spec]}, "status": {"currentMetrics": [status]}});
        let hpa = hpa(&json.to_string());
        assert_eq!(hpa.metrics[0].current, None, "{status}");
        assert!(hpa.targets().contains("<unknown>/"), "{}", hpa.targets());
    };
    for smallest in
        ["-9223372036854775808m", "-9223372036854775808", "-8Ei", "-9223372036854775808u"]
    {
        none(wants_average("10"), average(smallest));
        none(wants_total("10"), total(smallest));
        none(
            object("target", json!({"type": "Value", "value": "5"})),
            object("current", json!({"value": smallest})),
        );
    }
    none(wants_average("10"), average("NaN"));
    let memory =
        resource("memory", "target", json!({"type": "Utilization", "averageUtilization": 80}));
    for percent in [-1, i32::MIN] {
        let reading = json!({"averageUtilization": percent, "averageValue": "1Gi"});
        none(memory.clone(), resource("memory", "current", reading));
    }
    none(
        resource("cpu", "target", json!({"type": "AverageValue", "averageValue": "1"})),
        resource("cpu", "current", json!({"averageValue": "-5m"})),
    );
    // A valid percentage with an impossible amount.
    assert_eq!(
        targets(
            &json!([memory]),
            &json!([resource(
                "memory",
                "current",
                json!({"averageUtilization": 60, "averageValue": "-8Ei"})
            )])
        ),
        "memory: 60%/80%"
    );
    // Metrics other than those of pods may be negative.
    assert_eq!(targets(&json!([wants_total("10")]), &json!([total("-3")])), "q: -3/10");
}
