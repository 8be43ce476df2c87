//! The spec of a record as JSON of autoscaling/v2, as a manifest or a patch has it.

use serde_json::{Map, Value, json};

use super::record::{Behavior, Hpa, Metric, MetricType, TargetType};
use crate::kube::{ObjectRef, Selector};

impl Hpa {
    /// The spec as JSON of autoscaling/v2.
    pub fn spec_json(&self) -> Value {
        let mut spec = json!({
            "scaleTargetRef": reference(&self.target),
            "minReplicas": self.min_replicas,
            "maxReplicas": self.max_replicas,
            "metrics": self.metrics.iter().map(metric).collect::<Vec<_>>(),
        });
        if let Some(behavior) = self.behavior.as_ref().and_then(written) {
            spec["behavior"] = behavior;
        }
        spec
    }
}

fn written(behavior: &Behavior) -> Option<Value> {
    let mut value = serde_json::to_value(behavior).ok()?;
    // Nulls and empty parts are as good as absent, but a manifest with them reads badly.
    value.as_object_mut()?.retain(|_, rules| !rules.is_null());
    Some(value)
}

fn reference(object: &ObjectRef) -> Value {
    let mut reference = Map::new();
    for (key, value) in
        [("apiVersion", &*object.api_version), ("kind", &*object.kind), ("name", &*object.name)]
    {
        if !value.is_empty() {
            reference.insert(key.to_owned(), value.into());
        }
    }
    reference.into()
}

fn metric(metric: &Metric) -> Value {
    let key = match &metric.kind {
        MetricType::Resource => "resource",
        MetricType::ContainerResource => "containerResource",
        MetricType::Pods => "pods",
        MetricType::Object => "object",
        MetricType::External => "external",
        MetricType::Other(_) => return json!({"type": metric.kind}),
    };
    let mut source = Map::new();
    if let Some(object) = &metric.object {
        source.insert("describedObject".to_owned(), reference(object));
    }
    if matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource) {
        source.insert("name".to_owned(), metric.name.as_str().into());
        if let Some(container) = &metric.container {
            source.insert("container".to_owned(), container.as_str().into());
        }
    } else {
        let mut identifier = json!({"name": metric.name});
        if let Some(selector) = metric.selector.as_deref().and_then(Selector::parse) {
            identifier["selector"] = selector.to_json();
        }
        source.insert("metric".to_owned(), identifier);
    }
    let mut target = json!({"type": metric.target.kind});
    if let Some(value) = &metric.target.value {
        let (key, value) = match metric.target.kind {
            TargetType::Utilization => ("averageUtilization", number(value)),
            TargetType::AverageValue => ("averageValue", value.as_str().into()),
            TargetType::Value | TargetType::Other(_) => ("value", value.as_str().into()),
        };
        target[key] = value;
    }
    source.insert("target".to_owned(), target);
    json!({"type": metric.kind, key: source})
}

fn number(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::parse_one;
    use super::*;

    #[test]
    fn a_spec_is_written_as_it_was_read() {
        let spec = json!({
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 2,
            "maxReplicas": 9,
            "metrics": [
                {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}},
                {"type": "ContainerResource", "containerResource": {"name": "memory", "container": "app", "target": {"type": "AverageValue", "averageValue": "1Gi"}}},
                {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": {"type": "AverageValue", "averageValue": "10"}}},
                {"type": "Object", "object": {"describedObject": {"apiVersion": "v1", "kind": "Service", "name": "s"}, "metric": {"name": "hits"}, "target": {"type": "Value", "value": "2k"}}},
                {"type": "External", "external": {"metric": {"name": "queue", "selector": {
                    "matchLabels": {"a": "1"}, "matchExpressions": [{"key": "b", "operator": "NotIn", "values": ["x", "y"]}, {"key": "c", "operator": "Exists"}]}},
                    "target": {"type": "AverageValue", "averageValue": "30"}}},
            ],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 60, "selectPolicy": "Min",
                "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}], "tolerance": "50m"}},
        });
        let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
                            "metadata": {"name": "web"}, "spec": spec});
        let name: Arc<str> = "x".into();
        let hpa = parse_one(&name, &name, object.to_string().as_bytes()).unwrap();
        assert_eq!(hpa.spec_json(), spec);
    }
}
