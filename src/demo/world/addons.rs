//! Objects of APIs that not every cluster has: the Vertical Pod Autoscaler's and KEDA's.

use serde_json::{Value, json};

use super::{World, names::time, spec::Workload, surroundings::metadata};

/// The API groups that a small cluster lacks.
pub(super) const GROUPS: &[&str] = &["autoscaling.k8s.io", "keda.sh"];

/// VerticalPodAutoscalers: one that sets the requests by which an HPA measures, one that only
/// recommends, and one that sets another resource than its HPA scales by.
pub(super) fn vertical_autoscalers(world: &World) -> Vec<Value> {
    let vertical = |workload: &Workload, mode: &str, resources: &[&str]| {
        let (namespace, name) = (workload.namespace.as_str(), workload.name.as_str());
        json!({
            "metadata": metadata(world, "VerticalPodAutoscaler", Some(namespace), name),
            "spec": {
                "targetRef": {
                    "apiVersion": workload.kind.api_version(),
                    "kind": workload.kind.name(),
                    "name": name,
                },
                "updatePolicy": {"updateMode": mode},
                "resourcePolicy": {"containerPolicies": [{
                    "containerName": "*",
                    "mode": "Auto",
                    "controlledResources": resources,
                }]},
            },
            "status": {"conditions": [{
                "type": "RecommendationProvided",
                "status": "True",
                "lastTransitionTime": time(world.now - workload.age / 2),
            }]},
        })
    };
    let of = |workload: &Workload| {
        Some(match (workload.namespace.as_str(), workload.name.as_str()) {
            ("payments", "payments-api") => vertical(workload, "Auto", &["cpu", "memory"]),
            ("platform", "auth") => vertical(workload, "Off", &["cpu", "memory"]),
            ("shop", "cart") => vertical(workload, "Recreate", &["memory"]),
            _ => return None,
        })
    };
    world.workloads.iter().filter_map(of).collect()
}

/// The ScaledObjects of HPAs that name one.
pub(super) fn scaled_objects(world: &World) -> Vec<Value> {
    let hpas = world.hpas.iter();
    hpas.filter_map(|hpa| {
        let name = hpa.scaled_object.as_deref()?;
        let (kind, target) = &hpa.target;
        let condition = |kind: &str, status: &str, reason: &str, message: &str| json!({"type": kind, "status": status, "reason": reason, "message": message});
        Some(json!({
            "metadata": metadata(world, "ScaledObject", Some(&hpa.namespace), name),
            "spec": {
                "scaleTargetRef": {
                    "apiVersion": kind.api_version(),
                    "kind": kind.name(),
                    "name": target,
                },
                "minReplicaCount": hpa.min,
                "maxReplicaCount": hpa.max,
                "triggers": [{
                    "type": "rabbitmq",
                    "metadata": {"queueName": name, "mode": "QueueLength", "value": "20"},
                }],
            },
            "status": {
                "hpaName": hpa.name,
                "scaleTargetKind": format!("{}.{}", kind.api_version(), kind.name()),
                "externalMetricNames": [format!("s0-rabbitmq-{name}")],
                "conditions": [
                    condition("Ready", "True", "ScaledObjectReady", "ScaledObject is defined correctly and is ready for scaling"),
                    condition("Active", "True", "ScalerActive", "Scaling is performed because triggers are active"),
                    condition("Fallback", "False", "NoFallbackFound", "No fallbacks are active on this scaled object"),
                    condition("Paused", "Unknown", "", ""),
                ],
            },
        }))
    })
    .collect()
}
