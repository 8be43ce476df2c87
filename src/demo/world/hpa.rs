//! HPAs as objects of autoscaling/v2 and v1.

use serde_json::{Map, Value, json};

use super::{
    World,
    controller::{amount, judge},
    names::{resource_version, time, uid},
    spec::{Goal, Hpa, Metric, Source},
};

/// Type, field name and identifying part of a metric, for both spec and status.
pub(super) fn metric_field(metric: &Metric) -> (&'static str, &'static str, Value) {
    match &metric.source {
        Source::Resource(name) => ("Resource", "resource", json!({"name": name})),
        Source::Container { resource, container } => (
            "ContainerResource",
            "containerResource",
            json!({"name": resource, "container": container}),
        ),
        Source::Pods(name) => ("Pods", "pods", json!({"metric": {"name": name}})),
        Source::Object { metric, ingress } => (
            "Object",
            "object",
            json!({
                "describedObject": {
                    "kind": "Ingress",
                    "name": ingress,
                    "apiVersion": "networking.k8s.io/v1",
                },
                "metric": {"name": metric},
            }),
        ),
        Source::External { metric, selector } => {
            let mut identifier = json!({"name": metric});
            if let Some((key, value)) = selector {
                identifier["selector"] = json!({"matchLabels": {*key: value}});
            }
            ("External", "external", json!({"metric": identifier}))
        }
    }
}

fn spec_of(metric: &Metric) -> Value {
    let target = match metric.goal {
        Goal::Utilization(percent) => {
            json!({"type": "Utilization", "averageUtilization": percent})
        }
        Goal::Average(goal) => {
            json!({"type": "AverageValue", "averageValue": amount(metric, goal)})
        }
        Goal::Value(goal) => json!({"type": "Value", "value": amount(metric, goal)}),
    };
    let (kind, field, mut body) = metric_field(metric);
    if let Some(body) = body.as_object_mut() {
        body.insert("target".to_owned(), target);
    }
    json!({"type": kind, field: body})
}

/// The HPA as autoscaling/v2.
pub(super) fn v2(world: &World, hpa: &Hpa) -> Value {
    let mut spec = json!({
        "scaleTargetRef": reference(hpa),
        "minReplicas": hpa.min,
        "maxReplicas": hpa.max,
        "metrics": hpa.metrics.iter().map(spec_of).collect::<Vec<_>>(),
    });
    if let Some(behavior) = &hpa.behavior {
        spec["behavior"] = behavior.clone();
    }
    let verdict = judge(hpa, world.target(hpa));
    let mut status = Map::new();
    if let Some(last) = hpa.last_scale.filter(|_| !verdict.conditions.is_empty()) {
        status.insert("lastScaleTime".to_owned(), json!(time(world.now - last)));
    }
    if let Some(current) = verdict.current {
        status.insert("currentReplicas".to_owned(), json!(current));
    }
    status.insert("desiredReplicas".to_owned(), json!(verdict.desired));
    status.insert("currentMetrics".to_owned(), json!(verdict.metrics));
    let types: Vec<&str> = verdict.conditions.iter().map(|(kind, ..)| *kind).collect();
    let managed = managed_fields(world, hpa, &types);
    if !verdict.conditions.is_empty() {
        let conditions: Vec<Value> = verdict
            .conditions
            .into_iter()
            .map(|(kind, holds, reason, message)| {
                json!({
                    "type": kind,
                    "status": if holds { "True" } else { "False" },
                    "lastTransitionTime": time(world.now - transition(hpa, kind, holds)),
                    "reason": reason,
                    "message": message,
                })
            })
            .collect();
        status.insert("conditions".to_owned(), json!(conditions));
    }
    json!({"metadata": metadata(world, hpa, managed), "spec": spec, "status": status})
}

/// The HPA as autoscaling/v1: target and reading of the CPU, with the conditions in an annotation.
pub(super) fn v1(world: &World, hpa: &Hpa) -> Value {
    let mut object = v2(world, hpa);
    let mut spec = object["spec"].take();
    let mut status = object["status"].take();
    let position = hpa.metrics.iter().position(|metric| {
        matches!((&metric.source, metric.goal), (Source::Resource("cpu"), Goal::Utilization(_)))
    });
    if let Some(position) = position {
        let target = &spec["metrics"][position]["resource"]["target"]["averageUtilization"];
        let target = target.clone();
        spec["targetCPUUtilizationPercentage"] = target;
        let current = &status["currentMetrics"][position]["resource"]["current"];
        if let Some(current) = current["averageUtilization"].as_i64() {
            status["currentCPUUtilizationPercentage"] = json!(current);
        }
    }
    if let Some(spec) = spec.as_object_mut() {
        spec.shift_remove("metrics");
        spec.shift_remove("behavior");
    }
    if let Some(status) = status.as_object_mut() {
        status.shift_remove("currentMetrics");
        status.entry("currentReplicas").or_insert(json!(0));
        if let Some(conditions) = status.shift_remove("conditions") {
            object["metadata"]["annotations"]["autoscaling.alpha.kubernetes.io/conditions"] =
                json!(conditions.to_string());
        }
    }
    object["spec"] = spec;
    object["status"] = status;
    object
}

/// When a condition's status last changed, in seconds ago: a present problem began recently, any
/// other condition holds since the controller first saw the HPA.
fn transition(hpa: &Hpa, kind: &str, holds: bool) -> i64 {
    let trouble = match kind {
        "ScalingLimited" => holds,
        _ => !holds,
    };
    if trouble { hpa.since } else { (hpa.age - 15).max(1) }
}

fn reference(hpa: &Hpa) -> Value {
    let (kind, name) = &hpa.target;
    json!({"kind": kind.name(), "name": name, "apiVersion": kind.api_version()})
}

fn metadata(world: &World, hpa: &Hpa, managed: Value) -> Value {
    let parts = [&world.cluster, "HorizontalPodAutoscaler", &hpa.namespace, &hpa.name];
    let labels: Map<String, Value> =
        hpa.labels.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    let mut metadata = json!({
        "name": hpa.name,
        "namespace": hpa.namespace,
        "uid": uid(&parts),
        "resourceVersion": resource_version(&parts),
        "creationTimestamp": time(world.now - hpa.age),
        "labels": labels,
    });
    if let Some(owner) = &hpa.scaled_object {
        metadata["ownerReferences"] = json!([{
            "apiVersion": "keda.sh/v1alpha1",
            "kind": "ScaledObject",
            "name": owner,
            "uid": uid(&[&world.cluster, "ScaledObject", &hpa.namespace, owner]),
            "controller": true,
            "blockOwnerDeletion": true,
        }]);
    }
    metadata["managedFields"] = managed;
    metadata
}

/// Which client set which field, as recorded by server-side apply: about half of an HPA's size.
fn managed_fields(world: &World, hpa: &Hpa, conditions: &[&str]) -> Value {
    let labels: Map<String, Value> =
        hpa.labels.iter().map(|(key, _)| (format!("f:{key}"), json!({}))).collect();
    let mut spec = json!({
        "f:maxReplicas": {},
        "f:metrics": {},
        "f:minReplicas": {},
        "f:scaleTargetRef": {"f:apiVersion": {}, "f:kind": {}, "f:name": {}},
    });
    if hpa.behavior.is_some() {
        spec["f:behavior"] = json!({});
    }
    let author = if hpa.scaled_object.is_some() { "keda" } else { "helm" };
    let mut managed = vec![json!({
        "manager": author,
        "operation": "Update",
        "apiVersion": "autoscaling/v2",
        "time": time(world.now - hpa.age),
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:metadata": {"f:labels": labels}, "f:spec": spec},
    })];
    if !conditions.is_empty() {
        let mut fields = Map::new();
        fields.insert(".".to_owned(), json!({}));
        for kind in conditions {
            fields.insert(
                format!("k:{{\"type\":\"{kind}\"}}"),
                json!({
                    ".": {},
                    "f:lastTransitionTime": {},
                    "f:message": {},
                    "f:reason": {},
                    "f:status": {},
                    "f:type": {},
                }),
            );
        }
        managed.push(json!({
            "manager": "kube-controller-manager",
            "operation": "Update",
            "apiVersion": "autoscaling/v2",
            "time": time(world.now - 15),
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:status": {
                "f:conditions": fields,
                "f:currentMetrics": {},
                "f:currentReplicas": {},
                "f:desiredReplicas": {},
            }},
            "subresource": "status",
        }));
    }
    json!(managed)
}
