//! Objects other than workloads: namespaces, nodes, services, quotas, disruption budgets.

use serde_json::{Map, Value, json};

use super::{
    World,
    names::{DAY, hash, resource_version, time, uid},
    pod::NODES,
    spec::Workload,
};

pub(super) fn metadata(world: &World, kind: &str, namespace: Option<&str>, name: &str) -> Value {
    let parts = [&world.cluster, kind, namespace.unwrap_or_default(), name];
    let mut metadata = json!({"name": name});
    if let Some(namespace) = namespace {
        metadata["namespace"] = json!(namespace);
    }
    metadata["uid"] = json!(uid(&parts));
    metadata["resourceVersion"] = json!(resource_version(&parts));
    metadata["creationTimestamp"] = json!(time(world.now - 120 * DAY));
    metadata
}

/// The namespaces: the system's and the workloads'.
pub(super) fn namespaces(world: &World) -> Vec<Value> {
    let mut names: Vec<&str> = vec!["default", "kube-node-lease", "kube-public", "kube-system"];
    names.extend(world.workloads.iter().map(|workload| workload.namespace.as_str()));
    names.extend(world.hpas.iter().map(|hpa| hpa.namespace.as_str()));
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| {
            let mut metadata = metadata(world, "Namespace", None, name);
            metadata["labels"] = json!({"kubernetes.io/metadata.name": name});
            json!({
                "metadata": metadata,
                "spec": {"finalizers": ["kubernetes"]},
                "status": {"phase": "Active"},
            })
        })
        .collect()
}

pub(super) fn nodes(world: &World) -> Vec<Value> {
    (1..=NODES)
        .map(|number| {
            let name = format!("node-{number}");
            let mut metadata = metadata(world, "Node", None, &name);
            metadata["labels"] =
                json!({"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"});
            let capacity = json!({"cpu": "8", "memory": "32Gi", "pods": "110"});
            json!({
                "metadata": metadata,
                "spec": {"podCIDR": format!("10.42.{number}.0/24")},
                "status": {
                    "capacity": capacity,
                    "allocatable": capacity,
                    "conditions": [{
                        "type": "Ready",
                        "status": "True",
                        "lastHeartbeatTime": time(world.now),
                        "lastTransitionTime": time(world.now - 60 * DAY),
                        "reason": "KubeletReady",
                        "message": "kubelet is posting ready status",
                    }],
                    "addresses": [{"type": "InternalIP", "address": format!("10.0.0.{number}")}],
                    "nodeInfo": {"kubeletVersion": "v1.36.2"},
                },
            })
        })
        .collect()
}

/// The Service of a workload whose first container has a port.
pub(super) fn service(world: &World, workload: &Workload) -> Option<Value> {
    let container = workload.containers.first()?;
    let (port_name, _) = container.port?;
    let port = |name: &str, port: u16| json!({"name": name, "protocol": "TCP", "port": port, "targetPort": name});
    let mut ports = vec![port(port_name, workload.service_port)];
    ports.extend(container.more_ports.iter().map(|(name, number, _)| port(name, *number)));
    let (namespace, name) = (workload.namespace.as_str(), workload.name.as_str());
    let mut metadata = metadata(world, "Service", Some(namespace), name);
    let selector: Map<String, Value> =
        workload.selector.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    metadata["labels"] = json!(selector);
    let hash = hash(&[&world.cluster, "ip", namespace, name]);
    let ip = format!("10.43.{}.{}", hash & 0xff, hash >> 8 & 0xff);
    Some(json!({
        "metadata": metadata,
        "spec": {
            "ports": ports,
            "selector": selector,
            "clusterIP": ip,
            "clusterIPs": [ip],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        },
        "status": {"loadBalancer": {}},
    }))
}

/// A quota that leaves little room, for one namespace.
pub(super) fn quotas(world: &World) -> Vec<Value> {
    let namespace = "search";
    let mut used = (0, 0, 0);
    for workload in world.workloads.iter().filter(|workload| workload.namespace == namespace) {
        for container in &workload.containers {
            used.0 += container.cpu.unwrap_or(0) * workload.replicas;
            used.1 += container.memory.unwrap_or(0) * workload.replicas;
        }
        used.2 += workload.replicas;
    }
    if used.2 == 0 {
        return Vec::new();
    }
    let list = |(cpu, memory, pods): (i64, i64, i64)| {
        json!({
            "pods": pods.to_string(),
            "requests.cpu": format!("{cpu}m"),
            "requests.memory": format!("{memory}Mi"),
        })
    };
    let hard = list((used.0 + 900, used.1 + 4096, used.2 + 40));
    vec![json!({
        "metadata": metadata(world, "ResourceQuota", Some(namespace), "compute"),
        "spec": {"hard": hard},
        "status": {"hard": hard, "used": list(used)},
    })]
}

/// Disruption budgets: a reasonable one, and one that blocks every drain.
pub(super) fn disruption_budgets(world: &World) -> Vec<Value> {
    let budget = |workload: &Workload, minimum: i64| {
        let (namespace, name) = (workload.namespace.as_str(), workload.name.as_str());
        let selector: Map<String, Value> =
            workload.selector.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        let healthy = workload.ready();
        json!({
            "metadata": metadata(world, "PodDisruptionBudget", Some(namespace), name),
            "spec": {"minAvailable": minimum, "selector": {"matchLabels": selector}},
            "status": {
                "observedGeneration": 1,
                "disruptionsAllowed": (healthy - minimum).max(0),
                "currentHealthy": healthy,
                "desiredHealthy": minimum,
                "expectedPods": workload.replicas,
            },
        })
    };
    world
        .workloads
        .iter()
        .filter_map(|workload| match (workload.namespace.as_str(), workload.name.as_str()) {
            ("shop", "checkout") => Some(budget(workload, 2)),
            ("platform", "session-cache") => Some(budget(workload, workload.replicas)),
            _ => None,
        })
        .collect()
}
