//! Workloads as objects: Deployments, `StatefulSets`, Rollouts, `ReplicaSets`,
//! `ReplicationControllers`.

use serde_json::{Map, Value, json};

use super::{
    World,
    names::{MINUTE, mebibytes, quantity, resource_version, suffix, time, uid},
    spec::{Container, Kind, Pods, Workload},
};

/// The hash of a workload's pod template, which is part of its `ReplicaSet`'s name.
pub(super) fn template_hash(workload: &Workload) -> String {
    suffix(&["template", &workload.namespace, &workload.name], 10)
}

/// The kind and name of the pods' direct owner.
pub(super) fn pod_owner(workload: &Workload) -> (Kind, String) {
    match workload.kind {
        Kind::Deployment | Kind::Rollout => {
            (Kind::ReplicaSet, format!("{}-{}", workload.name, template_hash(workload)))
        }
        kind => (kind, workload.name.clone()),
    }
}

/// The labels of the pods.
pub(super) fn pod_labels(workload: &Workload) -> Map<String, Value> {
    let mut labels: Map<String, Value> =
        workload.selector.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    match workload.kind {
        Kind::Deployment => {
            labels.insert("pod-template-hash".to_owned(), json!(template_hash(workload)));
        }
        Kind::Rollout => {
            labels.insert("rollouts-pod-template-hash".to_owned(), json!(template_hash(workload)));
        }
        _ => {}
    }
    labels
}

/// `ownerReferences` with one controller.
pub(super) fn owned_by(world: &World, kind: Kind, namespace: &str, name: &str) -> Value {
    json!([{
        "apiVersion": kind.api_version(),
        "kind": kind.name(),
        "name": name,
        "uid": uid(&[&world.cluster, kind.name(), namespace, name]),
        "controller": true,
        "blockOwnerDeletion": true,
    }])
}

/// A workload as an object of its kind.
pub(super) fn object(world: &World, workload: &Workload) -> Value {
    match workload.kind {
        Kind::Deployment => deployment(world, workload),
        Kind::StatefulSet => stateful_set(world, workload),
        Kind::Rollout => rollout(world, workload),
        Kind::ReplicaSet | Kind::ReplicationController => replicas_only(world, workload),
    }
}

fn metadata(world: &World, workload: &Workload) -> Value {
    let kind = workload.kind.name();
    let parts = [&world.cluster, kind, &workload.namespace, &workload.name];
    let labels: Map<String, Value> =
        workload.selector.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    json!({
        "name": workload.name,
        "namespace": workload.namespace,
        "uid": uid(&parts),
        "resourceVersion": resource_version(&parts),
        "generation": 1,
        "creationTimestamp": time(world.now - workload.age),
        "labels": labels,
    })
}

fn match_labels(workload: &Workload) -> Value {
    let labels: Map<String, Value> =
        workload.selector.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    json!(labels)
}

fn template(workload: &Workload, labels: &Value) -> Value {
    let containers: Vec<Value> = workload.containers.iter().map(container).collect();
    json!({
        "metadata": {"labels": labels},
        "spec": {
            "containers": containers,
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "dnsPolicy": "ClusterFirst",
            "securityContext": {},
            "schedulerName": "default-scheduler",
        },
    })
}

/// A container of a pod or a template.
pub(super) fn container(container: &Container) -> Value {
    let list = |cpu: Option<i64>, memory: Option<i64>| {
        let mut list = Map::new();
        if let Some(cpu) = cpu {
            list.insert("cpu".to_owned(), json!(quantity(cpu)));
        }
        if let Some(memory) = memory {
            list.insert("memory".to_owned(), json!(mebibytes(memory)));
        }
        list
    };
    let limits = list(container.cpu_limit, container.memory_limit);
    let requests = list(container.cpu, container.memory);
    let mut resources = Map::new();
    if !limits.is_empty() {
        resources.insert("limits".to_owned(), json!(limits));
    }
    if !requests.is_empty() {
        resources.insert("requests".to_owned(), json!(requests));
    }
    let mut object = json!({"name": container.name, "image": container.image});
    if let Some((name, port)) = container.port {
        let more = container.more_ports.iter().map(|(name, _, port)| (*name, *port));
        let ports: Vec<Value> = [(name, port)]
            .into_iter()
            .chain(more)
            .map(|(name, port)| json!({"name": name, "containerPort": port, "protocol": "TCP"}))
            .collect();
        object["ports"] = json!(ports);
    }
    object["resources"] = json!(resources);
    object["terminationMessagePath"] = json!("/dev/termination-log");
    object["terminationMessagePolicy"] = json!("File");
    object["imagePullPolicy"] = json!("IfNotPresent");
    object
}

fn deployment(world: &World, workload: &Workload) -> Value {
    let mut metadata = metadata(world, workload);
    let made = workload.pods != Pods::NeverMade;
    let mut annotations = Map::new();
    if made {
        annotations.insert("deployment.kubernetes.io/revision".to_owned(), json!("1"));
    }
    if workload.replicas_applied {
        let applied = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": workload.name, "namespace": workload.namespace},
            "spec": {"replicas": workload.replicas, "selector": {"matchLabels": match_labels(workload)}},
        });
        annotations.insert(
            "kubectl.kubernetes.io/last-applied-configuration".to_owned(),
            json!(applied.to_string() + "\n"),
        );
    }
    if !annotations.is_empty() {
        metadata["annotations"] = json!(annotations);
    }
    metadata["managedFields"] = managed_fields(world, workload);
    let mut spec = json!({
        "replicas": workload.replicas,
        "selector": {"matchLabels": match_labels(workload)},
        "template": template(workload, &match_labels(workload)),
        "strategy": {
            "type": "RollingUpdate",
            "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
        },
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    });
    if workload.paused {
        spec["paused"] = json!(true);
    }
    json!({"metadata": metadata, "spec": spec, "status": deployment_status(world, workload)})
}

fn managed_fields(world: &World, workload: &Workload) -> Value {
    let manager = if workload.replicas_applied { "kubectl-client-side-apply" } else { "helm" };
    let mut spec = json!({
        "f:progressDeadlineSeconds": {},
        "f:revisionHistoryLimit": {},
        "f:selector": {},
        "f:strategy": {"f:rollingUpdate": {".": {}, "f:maxSurge": {}, "f:maxUnavailable": {}}, "f:type": {}},
        "f:template": {"f:metadata": {"f:labels": {}}, "f:spec": {"f:containers": {}}},
    });
    if workload.replicas_applied {
        spec["f:replicas"] = json!({});
    }
    let entry = |manager: &str, ago: i64, fields: Value, subresource: Option<&str>| {
        let mut entry = json!({
            "manager": manager,
            "operation": "Update",
            "apiVersion": "apps/v1",
            "time": time(world.now - ago),
            "fieldsType": "FieldsV1",
            "fieldsV1": fields,
        });
        if let Some(subresource) = subresource {
            entry["subresource"] = json!(subresource);
        }
        entry
    };
    let mut entries = vec![entry(manager, workload.age, json!({"f:spec": spec}), None)];
    if !workload.replicas_applied {
        let scale = json!({"f:spec": {"f:replicas": {}}});
        let ago = workload.age / 2;
        entries.push(entry("kube-controller-manager", ago, scale, Some("scale")));
    }
    let status = json!({"f:status": {
        "f:availableReplicas": {}, "f:conditions": {}, "f:observedGeneration": {},
        "f:readyReplicas": {}, "f:replicas": {}, "f:updatedReplicas": {},
    }});
    entries.push(entry("kube-controller-manager", workload.age / 3, status, Some("status")));
    json!(entries)
}

fn deployment_status(world: &World, workload: &Workload) -> Value {
    let made = workload.pods != Pods::NeverMade;
    let (replicas, ready) = (if made { workload.replicas } else { 0 }, workload.ready());
    let mut status = Map::new();
    status.insert("observedGeneration".to_owned(), json!(1));
    // Zeros are omitted, as by the real server.
    for (field, number) in [
        ("replicas", replicas),
        ("updatedReplicas", if workload.stuck { replicas / 3 } else { replicas }),
        ("readyReplicas", ready),
        ("availableReplicas", ready),
        ("unavailableReplicas", replicas - ready),
    ] {
        if number != 0 {
            status.insert(field.to_owned(), json!(number));
        }
    }
    status.insert("terminatingReplicas".to_owned(), json!(0));
    // At most a quarter, rounded down, may be unavailable.
    let available = made && workload.replicas - ready <= workload.replicas / 4;
    let condition = |kind: &str, state: &str, reason: &str, message: &str| {
        let since = workload.unready_since().filter(|_| kind == "Available" && state == "False");
        let since = if workload.stuck && kind == "Progressing" { Some(25 * MINUTE) } else { since };
        let at = time(world.now - since.unwrap_or(workload.age - 40));
        json!({
            "type": kind,
            "status": state,
            "lastUpdateTime": at,
            "lastTransitionTime": at,
            "reason": reason,
            "message": message,
        })
    };
    let availability = if available {
        let message = "Deployment has minimum availability.";
        condition("Available", "True", "MinimumReplicasAvailable", message)
    } else {
        let message = "Deployment does not have minimum availability.";
        condition("Available", "False", "MinimumReplicasUnavailable", message)
    };
    let set = pod_owner(workload).1;
    let progress = if workload.stuck {
        let message = format!("ReplicaSet \"{set}\" has timed out progressing.");
        condition("Progressing", "False", "ProgressDeadlineExceeded", &message)
    } else if workload.paused {
        condition("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
    } else {
        let message = format!("ReplicaSet \"{set}\" has successfully progressed.");
        condition("Progressing", "True", "NewReplicaSetAvailable", &message)
    };
    status.insert("conditions".to_owned(), json!([availability, progress]));
    json!(status)
}

fn stateful_set(world: &World, workload: &Workload) -> Value {
    let revision = format!("{}-{}", workload.name, template_hash(workload));
    let (replicas, ready) = (workload.replicas, workload.ready());
    json!({
        "metadata": metadata(world, workload),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": match_labels(workload)},
            "template": template(workload, &match_labels(workload)),
            "serviceName": workload.name,
            "podManagementPolicy": "OrderedReady",
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "revisionHistoryLimit": 10,
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
        },
        "status": {
            "observedGeneration": 1,
            "replicas": replicas,
            "readyReplicas": ready,
            "currentReplicas": replicas,
            "updatedReplicas": replicas,
            "currentRevision": revision,
            "updateRevision": revision,
            "collisionCount": 0,
            "availableReplicas": ready,
        },
    })
}

fn rollout(world: &World, workload: &Workload) -> Value {
    let (replicas, ready) = (workload.replicas, workload.ready());
    json!({
        "metadata": metadata(world, workload),
        "spec": {
            "replicas": replicas,
            "revisionHistoryLimit": 5,
            "selector": {"matchLabels": match_labels(workload)},
            "strategy": {"canary": {"steps": [{"setWeight": 20}, {"pause": {"duration": "10m"}}]}},
            "template": template(workload, &match_labels(workload)),
        },
        "status": {
            "HPAReplicas": replicas,
            "availableReplicas": ready,
            "currentPodHash": template_hash(workload),
            "observedGeneration": "1",
            "phase": "Healthy",
            "readyReplicas": ready,
            "replicas": replicas,
            "selector": workload.selector_text(),
            "stableRS": template_hash(workload),
            "updatedReplicas": replicas,
        },
    })
}

/// A `ReplicaSet` or `ReplicationController` without an owner.
fn replicas_only(world: &World, workload: &Workload) -> Value {
    let selector = match workload.kind {
        Kind::ReplicationController => match_labels(workload),
        _ => json!({"matchLabels": match_labels(workload)}),
    };
    json!({
        "metadata": metadata(world, workload),
        "spec": {
            "replicas": workload.replicas,
            "selector": selector,
            "template": template(workload, &match_labels(workload)),
        },
        "status": replica_status(workload),
    })
}

fn replica_status(workload: &Workload) -> Value {
    let (replicas, ready) = (workload.replicas, workload.ready());
    let mut status = json!({"replicas": replicas});
    for (field, number) in
        [("fullyLabeledReplicas", replicas), ("readyReplicas", ready), ("availableReplicas", ready)]
    {
        if number != 0 {
            status[field] = json!(number);
        }
    }
    status["observedGeneration"] = json!(1);
    status
}

/// The `ReplicaSet` of a Deployment or Rollout; `None` for other kinds, and if it has not been
/// created.
pub(super) fn replica_set(world: &World, workload: &Workload) -> Option<Value> {
    let made = workload.pods != Pods::NeverMade;
    if !made || !matches!(workload.kind, Kind::Deployment | Kind::Rollout) {
        return None;
    }
    let (_, name) = pod_owner(workload);
    let parts = [&world.cluster, "ReplicaSet", &workload.namespace, &name];
    let labels = json!(pod_labels(workload));
    Some(json!({
        "metadata": {
            "name": name,
            "namespace": workload.namespace,
            "uid": uid(&parts),
            "resourceVersion": resource_version(&parts),
            "generation": 1,
            "creationTimestamp": time(world.now - workload.age + 1),
            "labels": labels,
            "annotations": {
                "deployment.kubernetes.io/desired-replicas": workload.replicas.to_string(),
                "deployment.kubernetes.io/max-replicas":
                    (workload.replicas + (workload.replicas + 3) / 4).to_string(),
                "deployment.kubernetes.io/revision": "1",
            },
            "ownerReferences":
                owned_by(world, workload.kind, &workload.namespace, &workload.name),
        },
        "spec": {
            "replicas": workload.replicas,
            "selector": {"matchLabels": labels},
            "template": template(workload, &labels),
        },
        "status": replica_status(workload),
    }))
}
