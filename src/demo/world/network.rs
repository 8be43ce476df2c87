//! Targets of port-forward: the ports of pods with the services behind them, and Services that
//! port-forward cannot handle.

use serde_json::{Map, Value, json};

use super::{
    World,
    names::{hash, uid},
    pod,
    spec::{Pods, Workload},
    surroundings::metadata,
};

/// The namespace of objects that exist only for port-forward.
const NAMESPACE: &str = "default";

/// The service on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::demo) enum Role {
    Prometheus,
    Alertmanager,
    /// A web service that reports where it runs.
    Application,
    /// Echoes what it receives.
    Echo,
    /// Sends zeros without end.
    Source,
    /// Reads everything and answers nothing.
    Sink,
    /// Closes at once.
    HangUp,
    /// Resets the connection on the first byte.
    Reset,
}

/// A pod that can be a target of port-forward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::demo) struct PodTarget {
    pub(in crate::demo) namespace: String,
    pub(in crate::demo) name: String,
    /// The name of its Deployment or other owner.
    pub(in crate::demo) workload: String,
    /// The ports with a listener.
    pub(in crate::demo) ports: Vec<(u16, Role)>,
    /// The id of its sandbox in the kubelet's errors.
    pub(in crate::demo) sandbox: String,
    pub(in crate::demo) network: String,
}

/// Why a pod cannot be a target of port-forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum Unreachable {
    NoSuchPod,
    /// It has no node.
    Unscheduled,
}

/// Workloads for port-forward: `echo`, `bulk` (80 sends, 81 receives), `hangup`, `reset`, and
/// `pending`, whose pod finds no node.
pub(super) fn workloads() -> Vec<Workload> {
    let new = |name: &str| Workload::new(NAMESPACE, name, 1);
    let mut bulk = new("bulk");
    if let Some(app) = bulk.containers.first_mut() {
        app.more_ports.push(("sink", 81, 8081));
    }
    let named = |name: &str, port: &'static str| {
        new(name).app(|app| app.port = app.port.map(|(_, number)| (port, number)))
    };
    vec![
        named("echo", "tcp-echo"),
        bulk,
        named("hangup", "tcp-hangup"),
        named("reset", "tcp-reset"),
        new("pending").pods(Pods::Unschedulable(1)),
    ]
}

/// Services without a workload of their own: without a selector, with a target port that the pods
/// do not name, for UDP, with a selector that matches nothing, with a port name of maximum length,
/// and headless.
pub(super) fn services(world: &World) -> Vec<Value> {
    let service = |name: &str, selector: Option<&str>, protocol: &str, target: Value| {
        let hash = hash(&[&world.cluster, "ip", NAMESPACE, name]);
        let ip = format!("10.43.{}.{}", hash & 0xff, hash >> 8 & 0xff);
        let mut spec = json!({
            "ports": [{"name": "main", "protocol": protocol, "port": 80, "targetPort": target}],
        });
        if let Some(app) = selector {
            spec["selector"] = json!({"app": app});
        }
        let rest = json!({
            "clusterIP": ip,
            "clusterIPs": [ip],
            "type": "ClusterIP",
            "sessionAffinity": "None",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
            "internalTrafficPolicy": "Cluster",
        });
        if let (Some(spec), Value::Object(rest)) = (spec.as_object_mut(), rest) {
            spec.extend(rest);
        }
        let metadata = metadata(world, "Service", Some(NAMESPACE), name);
        json!({"metadata": metadata, "spec": spec, "status": {"loadBalancer": Map::new()}})
    };
    let mut long = service("long-names", Some("echo"), "TCP", json!(8080));
    // A DNS label of 61 characters, which is allowed only for a Service's port.
    long["spec"]["ports"][0]["name"] = json!(format!("tcp--{}", "servicemonitor".repeat(4)));
    let mut headless = service("headless", Some("echo"), "TCP", json!(8080));
    headless["spec"]["clusterIP"] = json!("None");
    headless["spec"]["clusterIPs"] = json!(["None"]);
    vec![
        long,
        headless,
        service("external-database", None, "TCP", json!(5432)),
        service("misnamed-port", Some("echo"), "TCP", json!("web")),
        service("udp-only", Some("echo"), "UDP", json!(8080)),
        service("no-pods", Some("nothing"), "TCP", json!(8080)),
    ]
}

fn role(workload: &Workload, port: u16) -> Role {
    match (workload.namespace.as_str(), workload.name.as_str(), port) {
        ("monitoring", "prometheus-server", _) => Role::Prometheus,
        ("monitoring", "alertmanager", _) => Role::Alertmanager,
        (NAMESPACE, "echo", _) => Role::Echo,
        (NAMESPACE, "bulk", 8080) => Role::Source,
        (NAMESPACE, "bulk", _) => Role::Sink,
        (NAMESPACE, "hangup", _) => Role::HangUp,
        (NAMESPACE, "reset", _) => Role::Reset,
        _ => Role::Application,
    }
}

impl World {
    /// What answers behind a port of a Service, by its number or name; `None` if no pod does.
    pub(in crate::demo) fn service_role(
        &self,
        namespace: &str,
        name: &str,
        port: &str,
    ) -> Option<Role> {
        let is_it = |it: &&Workload| it.namespace == namespace && it.name == name;
        let workload = self.workloads.iter().find(is_it)?;
        if !(0..pod::count(workload)).any(|index| pod::running(workload, index)) {
            return None;
        }
        let container = workload.containers.first()?;
        let (first, target) = container.port?;
        let is = |name: &str, number: u16| port == name || port.parse() == Ok(number);
        if port.is_empty() || is(first, workload.service_port) {
            return Some(role(workload, target));
        }
        let mut more = container.more_ports.iter();
        let (.., target) = more.find(|(name, number, _)| is(name, *number))?;
        Some(role(workload, *target))
    }

    /// The workload of a pod, and the pod's index in it.
    fn pod_owner(&self, namespace: &str, name: &str) -> Option<(usize, i64)> {
        self.workloads
            .iter()
            .enumerate()
            .filter(|(_, workload)| workload.namespace == namespace)
            .find_map(|(at, workload)| {
                let index =
                    (0..pod::count(workload)).find(|index| pod::name(workload, *index) == name)?;
                Some((at, index))
            })
    }

    /// The target for a pod.
    pub(in crate::demo) fn pod_target(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<PodTarget, Unreachable> {
        let (at, index) = self.pod_owner(namespace, name).ok_or(Unreachable::NoSuchPod)?;
        let workload = self.workloads.get(at).ok_or(Unreachable::NoSuchPod)?;
        if !pod::scheduled(workload, index) {
            return Err(Unreachable::Unscheduled);
        }
        // Nothing listens before all containers run.
        let ports = if pod::running(workload, index) {
            let ports = workload.containers.iter().flat_map(|container| {
                let first = container.port.map(|(_, port)| port);
                first.into_iter().chain(container.more_ports.iter().map(|(_, _, port)| *port))
            });
            ports.map(|port| (port, role(workload, port))).collect()
        } else {
            Vec::new()
        };
        let place = [self.cluster.as_str(), namespace, name];
        let sandbox = (0..4u8).map(|number| {
            let number = number.to_string();
            format!("{:016x}", hash(&[&place[..], &[&number]].concat()))
        });
        Ok(PodTarget {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            workload: workload.name.clone(),
            ports,
            sandbox: sandbox.collect(),
            network: format!("/var/run/netns/cni-{}", uid(&place)),
        })
    }

    /// Deletes a pod at the time `now` (seconds since 1970): another one replaces it, under another
    /// name unless it belongs to a StatefulSet. Returns false if there is no such pod.
    pub(in crate::demo) fn delete_pod(&mut self, namespace: &str, name: &str, now: i64) -> bool {
        let Some((at, index)) = self.pod_owner(namespace, name) else { return false };
        let Some(workload) = self.workloads.get_mut(at) else { return false };
        let replacement = workload.replaced.entry(index).or_insert((0, now));
        *replacement = (replacement.0 + 1, now);
        true
    }
}
