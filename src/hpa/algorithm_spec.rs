//! An HPA as the controller's algorithm sees it: numbers instead of texts, with the API's defaults.

use super::algorithm::{
    Amount, Behavior, Metric, Policy, Resource, Select, Source, Span, Spec, Target, WrittenRules,
    approximate,
};
use super::record::{self, Hpa, MetricTarget, MetricType, ScalingRules, TargetType};
use crate::kube::Quantity;

impl Spec {
    /// The spec of an HPA, its metrics at the same places.
    ///
    /// A target that is absent, or of a type that the metric's source does not have, stays one that the controller
    /// refuses when it evaluates the metric.
    pub fn of(hpa: &Hpa) -> Self {
        let metrics: Vec<Metric> = hpa.metrics.iter().map(Metric::of).collect();
        Self {
            min_replicas: hpa.min_replicas,
            max_replicas: hpa.max_replicas,
            metrics: if metrics.is_empty() { vec![Metric::DEFAULT] } else { metrics },
            behavior: hpa.behavior.as_ref().map(|behavior| {
                Behavior::from_written(
                    behavior.scale_up.as_ref().map(written),
                    behavior.scale_down.as_ref().map(written),
                )
            }),
        }
    }
}

impl Metric {
    /// The metric of a record.
    pub fn of(metric: &record::Metric) -> Self {
        let resource = if metric.name == "cpu" { Resource::Cpu } else { Resource::Other };
        let source = match &metric.kind {
            MetricType::Resource => Source::Resource(resource),
            MetricType::ContainerResource => Source::ContainerResource(resource),
            MetricType::Pods => Source::Pods,
            MetricType::Object => Source::Object,
            MetricType::External => Source::External,
            MetricType::Other(_) => Source::Unknown,
        };
        Self { source, target: target(&metric.target).unwrap_or_else(|| refused(source)) }
    }
}

fn target(target: &MetricTarget) -> Option<Target> {
    let quantity = target.quantity()?;
    let thousandths = || quantity.thousandths().unwrap_or(0);
    Some(match target.kind {
        TargetType::Utilization => Target::Utilization(target.value.as_deref()?.parse().ok()?),
        TargetType::AverageValue => Target::AverageValue(thousandths()),
        TargetType::Value => Target::Value(thousandths()),
        TargetType::Other(_) => return None,
    })
}

/// A target that this source does not have.
fn refused(source: Source) -> Target {
    match source {
        Source::Object | Source::External => Target::Utilization(0),
        _ => Target::Value(0),
    }
}

fn written(rules: &ScalingRules) -> WrittenRules {
    WrittenRules {
        window_seconds: rules.stabilization_window_seconds,
        select: rules.select_policy.as_deref().map(|select| match select {
            "Min" => Select::Min,
            "Disabled" => Select::Disabled,
            _ => Select::Max,
        }),
        policies: rules.policies.iter().map(policy).collect(),
        tolerance: rules.tolerance.as_deref().and_then(|text| {
            let quantity: Quantity = text.parse().ok()?;
            let (digits, power) = quantity.canonical()?;
            Some(approximate(digits, power))
        }),
    }
}

fn policy(policy: &record::Policy) -> Policy {
    Policy {
        amount: match policy.kind.as_str() {
            "Pods" => Amount::Pods(policy.value),
            _ => Amount::Percent(policy.value),
        },
        period: Span::from_seconds(i64::from(policy.period_seconds)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::super::parse_one;
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "JSON is written where it is needed")]
    fn spec(spec: Value) -> Spec {
        let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                            "metadata": {"name": "web"}, "spec": spec});
        let name: Arc<str> = "x".into();
        Spec::of(&parse_one(&name, &name, object.to_string().as_bytes()).unwrap())
    }

    #[expect(clippy::needless_pass_by_value, reason = "JSON is written where it is needed")]
    fn metric(kind: &str, key: &str, source: Value) -> Metric {
        spec(json!({"maxReplicas": 3, "metrics": [{"type": kind, key: source}]})).metrics[0]
    }

    #[test]
    fn what_is_absent_gets_the_defaults_of_the_api() {
        let least = spec(json!({"maxReplicas": 3}));
        let metrics = vec![Metric::DEFAULT];
        assert_eq!(least, Spec { min_replicas: 1, max_replicas: 3, metrics, behavior: None });
        let empty = spec(json!({"maxReplicas": 3, "minReplicas": 0, "behavior": {}}));
        assert_eq!(empty.min_replicas, 0);
        assert_eq!(empty.behavior, Some(Behavior::from_written(None, None)));
        let partial = spec(json!({"maxReplicas": 3, "behavior": {"scaleDown": {
            "stabilizationWindowSeconds": 60, "policies": []}}}));
        let rules = WrittenRules { window_seconds: Some(60), ..WrittenRules::default() };
        assert_eq!(partial.behavior, Some(Behavior::from_written(None, Some(rules))));
    }

    #[test]
    fn targets_are_in_thousandths_rounded_up() {
        let cpu = |target: Value| {
            metric("Resource", "resource", json!({"name": "cpu", "target": target}))
        };
        assert_eq!(cpu(json!({"averageUtilization": 70})).target, Target::Utilization(70));
        for (written, thousandths) in [
            (json!("250m"), 250),
            (json!("0.25"), 250),
            (json!(2), 2000),
            (json!("1e3"), 1_000_000),
            (json!("1.5Gi"), 1_610_612_736_000),
            (json!("100u"), 1),
            (json!("1001u"), 2),
            // What does not fit is zero in Go.
            (json!("9E"), 0),
        ] {
            let read = cpu(json!({"averageValue": written})).target;
            assert_eq!(read, Target::AverageValue(thousandths), "{written}");
        }
        // The controller goes by what is set.
        let both = cpu(json!({"averageUtilization": 70, "averageValue": "1"}));
        assert_eq!(both.target, Target::AverageValue(1000));
    }

    #[test]
    fn targets_that_a_source_does_not_have_are_refused_later() {
        let of = |kind: &str, key: &str, target: Value| {
            metric(kind, key, json!({"metric": {"name": "m"}, "target": target}))
        };
        let external = of("External", "external", json!({"averageUtilization": 5}));
        assert_eq!(external.target, Target::Utilization(5));
        assert_eq!(of("External", "external", json!({})).target, Target::Utilization(0));
        assert_eq!(of("Pods", "pods", json!({})).target, Target::Value(0));
        assert_eq!(of("Object", "object", json!({"value": "3"})).target, Target::Value(3000));
        assert_eq!(metric("Strange", "strange", json!({})).source, Source::Unknown);
    }

    #[test]
    fn rules_are_read_with_their_tolerance() {
        let rules = json!({"tolerance": "0.05", "selectPolicy": "Min", "policies": [
            {"type": "Pods", "value": 4, "periodSeconds": 60},
            {"type": "Percent", "value": 10, "periodSeconds": 15}]});
        let behavior = spec(json!({"maxReplicas": 3, "behavior": {"scaleUp": rules}})).behavior;
        let up = behavior.unwrap().up;
        assert_eq!(up.tolerance, Some(0.05));
        assert_eq!((up.select, up.policies.len()), (Select::Min, 2));
        assert_eq!(up.policies[0].amount, Amount::Pods(4));
        assert_eq!(up.policies[1].period, Span::from_seconds(15));
    }
}
