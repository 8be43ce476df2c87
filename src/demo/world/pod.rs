//! Pods, in the state given by their workload's description.

use serde_json::{Value, json};

use super::{
    World,
    names::{DAY, HOUR, MINUTE, hash, resource_version, spread, suffix, time, uid},
    spec::{Kind, Pods, Workload},
    workload::{container, owned_by, pod_labels, pod_owner},
};

/// The number of nodes.
pub(super) const NODES: u64 = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Crashing,
    Unschedulable,
    Starting,
}

/// The name of pod number `index` of a workload, counted from 0.
pub(super) fn name(workload: &Workload, index: i64) -> String {
    let (kind, owner) = pod_owner(workload);
    if kind == Kind::StatefulSet {
        return format!("{owner}-{index}");
    }
    let number = index.to_string();
    let before = generation(workload, index);
    let parts = [workload.namespace.as_str(), &owner, &number, &before];
    // The first pod at an index is named by the index alone.
    let parts = if before.is_empty() { parts.get(..3) } else { Some(&parts[..]) };
    format!("{owner}-{}", suffix(parts.unwrap_or_default(), 5))
}

/// All pods of a workload.
pub(super) fn pods(world: &World, workload: &Workload) -> Vec<Value> {
    let rises = world.last_rises(workload);
    (0..count(workload))
        .map(|index| {
            let created = created(world, workload, index, &rises);
            pod(world, workload, index, created)
        })
        .collect()
}

/// By what a pod is known.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) node: String,
}

impl Identity {
    fn of(name: String, parts: &[&str]) -> Identity {
        let node = format!("node-{}", hash(parts) % NODES + 1);
        Identity { name, uid: uid(parts), node }
    }
}

/// The identity of a present pod.
pub(super) fn identity(world: &World, workload: &Workload, index: i64) -> Identity {
    let name = name(workload, index);
    let generation = generation(workload, index);
    let parts = [&*world.cluster, "Pod", &workload.namespace, &name, &generation];
    let parts = if generation.is_empty() { parts.get(..4) } else { Some(&parts[..]) };
    Identity::of(name.clone(), parts.unwrap_or_default())
}

/// The identity of a pod that was created in the past and is gone.
pub(super) fn past(world: &World, workload: &Workload, index: i64, from: i64) -> Identity {
    let (kind, owner) = pod_owner(workload);
    // Ages, not times: two demos have the same pods.
    let (number, ago) = (index.to_string(), (world.now - from).to_string());
    let name = if kind == Kind::StatefulSet {
        format!("{owner}-{index}")
    } else {
        let parts = [workload.namespace.as_str(), &owner, &number, &ago, "past"];
        format!("{owner}-{}", suffix(&parts, 5))
    };
    Identity::of(name.clone(), &[&*world.cluster, "Pod", &workload.namespace, &name, &ago, "past"])
}

/// When the present pod at an index was created, in seconds since 1970, where the replicas rose last at
/// these times.
pub(super) fn created(
    world: &World,
    workload: &Workload,
    index: i64,
    rises: &[Option<i64>],
) -> i64 {
    let generation = generation(workload, index);
    let name = name(workload, index);
    let parts = [&*world.cluster, "Pod", &workload.namespace, &name, &generation];
    let parts = if generation.is_empty() { parts.get(..4) } else { Some(&parts[..]) };
    let state = state(workload, index);
    let age = match state {
        State::Starting => 6 + index,
        State::Unschedulable => 25 * MINUTE,
        State::Crashing => 7 * HOUR,
        State::Running => {
            let hash = hash(parts.unwrap_or_default());
            spread(hash, 40 * MINUTE, 9 * DAY).min(workload.age - 2)
        }
    };
    let rise = usize::try_from(index).ok().and_then(|index| rises.get(index).copied().flatten());
    let rise = rise.filter(|_| state == State::Running);
    replaced_at(workload, index).or(rise).unwrap_or(world.now - age)
}

/// The number of a workload's pods.
pub(super) fn count(workload: &Workload) -> i64 {
    if workload.pods == Pods::NeverMade { 0 } else { workload.replicas }
}

fn state(workload: &Workload, index: i64) -> State {
    match workload.pods {
        Pods::Crashing => State::Crashing,
        Pods::Unschedulable(last) if index >= workload.replicas - last => State::Unschedulable,
        Pods::Starting(last) if index >= workload.replicas - last => State::Starting,
        _ => State::Running,
    }
}

/// Whether a pod is on a node.
pub(super) fn scheduled(workload: &Workload, index: i64) -> bool {
    state(workload, index) != State::Unschedulable
}

/// Whether all containers of a pod run.
pub(super) fn running(workload: &Workload, index: i64) -> bool {
    state(workload, index) == State::Running
}

/// When the pod that is at this index was made in place of another, in seconds since 1970.
pub(super) fn replaced_at(workload: &Workload, index: i64) -> Option<i64> {
    workload.replaced.get(&index).map(|(_, at)| *at)
}

/// How many earlier pods this index has had; empty for none.
fn generation(workload: &Workload, index: i64) -> String {
    workload.replaced.get(&index).map(|(before, _)| before.to_string()).unwrap_or_default()
}

fn pod(world: &World, workload: &Workload, index: i64, created: i64) -> Value {
    let state = state(workload, index);
    let (owner_kind, owner) = pod_owner(workload);
    let name = name(workload, index);
    let generation = generation(workload, index);
    let parts = [&world.cluster, "Pod", &workload.namespace, &name, &generation];
    let parts = if generation.is_empty() { parts.get(..4) } else { Some(&parts[..]) };
    let parts = parts.unwrap_or_default();
    let hash = hash(parts);
    let mut metadata = json!({"name": name});
    if owner_kind != Kind::StatefulSet {
        metadata["generateName"] = json!(format!("{owner}-"));
    }
    metadata["namespace"] = json!(workload.namespace);
    metadata["uid"] = json!(uid(parts));
    metadata["resourceVersion"] = json!(resource_version(parts));
    metadata["generation"] = json!(1);
    metadata["creationTimestamp"] = json!(time(created));
    metadata["labels"] = json!(pod_labels(workload));
    metadata["ownerReferences"] = owned_by(world, owner_kind, &workload.namespace, &owner);

    let tolerate = |key: &str| json!({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300});
    let mut spec = json!({
        "containers": workload.containers.iter().map(container).collect::<Vec<_>>(),
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
    });
    if state != State::Unschedulable {
        spec["nodeName"] = json!(format!("node-{}", hash % NODES + 1));
    }
    spec["securityContext"] = json!({});
    spec["schedulerName"] = json!("default-scheduler");
    spec["tolerations"] = json!([
        tolerate("node.kubernetes.io/not-ready"),
        tolerate("node.kubernetes.io/unreachable")
    ]);
    spec["priority"] = json!(0);
    spec["enableServiceLinks"] = json!(true);
    spec["preemptionPolicy"] = json!("PreemptLowerPriority");
    json!({"metadata": metadata, "spec": spec, "status": status(world, workload, state, created, hash)})
}

fn status(world: &World, workload: &Workload, state: State, created: i64, hash: u64) -> Value {
    let condition = |kind: &str, holds: bool, at: i64| {
        json!({
            "type": kind,
            "status": if holds { "True" } else { "False" },
            "lastProbeTime": null,
            "lastTransitionTime": time(at),
        })
    };
    // Every container of this world has requests or limits.
    let class = "Burstable";
    if state == State::Unschedulable {
        let mut scheduled = condition("PodScheduled", false, created);
        scheduled["reason"] = json!("Unschedulable");
        scheduled["message"] =
            json!(format!("0/{NODES} nodes are available: {NODES} Insufficient cpu."));
        return json!({"phase": "Pending", "conditions": [scheduled], "qosClass": class});
    }
    let ready = state == State::Running;
    let changed = if state == State::Crashing { world.now - 6 * HOUR } else { created + 8 };
    let conditions = json!([
        condition("Initialized", true, created),
        condition("Ready", ready, changed),
        condition("ContainersReady", ready, changed),
        condition("PodScheduled", true, created),
    ]);
    let containers: Vec<Value> = workload
        .containers
        .iter()
        .map(|container| {
            let mut status = json!({"name": container.name});
            // Only the application runs out of memory; its sidecar keeps running.
            let crashing = state == State::Crashing && container.name == "app";
            status["state"] = if crashing {
                json!({"waiting": {
                    "reason": "CrashLoopBackOff",
                    "message": "back-off 5m0s restarting failed container",
                }})
            } else if state == State::Starting {
                json!({"waiting": {"reason": "ContainerCreating"}})
            } else {
                json!({"running": {"startedAt": time(created + 3)}})
            };
            status["lastState"] = if crashing {
                json!({"terminated": {
                    "exitCode": 137,
                    "reason": "OOMKilled",
                    "startedAt": time(world.now - 4 * MINUTE),
                    "finishedAt": time(world.now - 3 * MINUTE),
                }})
            } else {
                json!({})
            };
            let up = !crashing && state != State::Starting;
            status["ready"] = json!(up);
            status["restartCount"] = json!(if crashing { 61 } else { 0 });
            status["image"] = json!(container.image);
            status["imageID"] = json!("");
            status["started"] = json!(up);
            status
        })
        .collect();
    let phase = if state == State::Starting { "Pending" } else { "Running" };
    let mut status = json!({"phase": phase, "conditions": conditions});
    let node = hash % NODES + 1;
    status["hostIP"] = json!(format!("10.0.0.{node}"));
    if state != State::Starting {
        let ip = format!("10.42.{node}.{}", hash >> 8 & 0xff);
        status["podIPs"] = json!([{"ip": ip}]);
        status["podIP"] = json!(ip);
    }
    status["startTime"] = json!(time(created));
    status["containerStatuses"] = json!(containers);
    status["qosClass"] = json!(class);
    status
}
