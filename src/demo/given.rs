//! A cluster with given objects instead of an embedded world.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    monitoring::Kept,
    resources::{Resource, Types, group_and_version},
    world::{PodTarget, Role, Unreachable},
};

/// A cluster with given objects.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Its name: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// Its objects, each with `apiVersion` and `kind`, as printed by `kubectl get -o json`. Unknown
    /// kinds are served under their lower-case plural, with a subresource `scale`. Namespaces that
    /// are used but not given are served too, and so is `kube-system`.
    pub objects: Vec<Value>,
    /// The JSON path of the selector in the `scale` of custom kinds (`.status.labelSelector`), by
    /// kind.
    pub scale_selectors: BTreeMap<String, String>,
    /// The version of its API server, such as `v1.33.2`, instead of the default.
    pub version: Option<String>,
    /// What its Prometheus has, as OpenMetrics text with times: what answers behind its Services that are
    /// called `prometheus`, through the API server's proxy.
    pub series: String,
}

/// The objects of such a cluster.
#[derive(Debug)]
pub(super) struct Objects {
    all: Vec<Value>,
    pub(super) series: Kept,
}

impl Objects {
    pub(super) fn new(cluster: &str, mut objects: Vec<Value>, series: &str) -> Objects {
        let is_namespace = |object: &Value| object["kind"] == "Namespace";
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let given = objects.iter().filter(|object| is_namespace(object));
        let given: Vec<String> = given.filter_map(|o| text(&o["metadata"]["name"])).collect();
        let used = objects.iter().filter_map(|object| text(&object["metadata"]["namespace"]));
        let mut missing: Vec<String> =
            used.chain(["default", "kube-system"].map(str::to_owned)).collect();
        missing.sort();
        missing.dedup();
        missing.retain(|name| !given.contains(name));
        objects.extend(missing.iter().map(|name| {
            json!({
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {
                    "name": name,
                    "uid": super::world::uid(&[cluster, "Namespace", name]),
                    "labels": {"kubernetes.io/metadata.name": name},
                },
                "status": {"phase": "Active"},
            })
        }));
        Objects { all: objects, series: Kept::parse(series) }
    }

    pub(super) fn types(&self, selectors: &BTreeMap<String, String>) -> Types {
        Types::of(&self.all, selectors)
    }

    /// All objects of a resource type, without their kind.
    pub(super) fn of(&self, resource: &Resource) -> Vec<Value> {
        let wanted = self.all.iter().filter(|object| {
            let (group, version) =
                group_and_version(object["apiVersion"].as_str().unwrap_or_default());
            object["kind"] == resource.kind.as_str()
                && (group, version) == (resource.group.as_str(), resource.version.as_str())
        });
        wanted
            .map(|object| {
                let mut object = object.clone();
                if let Some(fields) = object.as_object_mut() {
                    fields.shift_remove("apiVersion");
                    fields.shift_remove("kind");
                    // Every object has metadata.
                    fields.entry("metadata").or_insert_with(|| json!({}));
                }
                object
            })
            .collect()
    }

    /// The target of a port-forward to a pod. A web service answers on each port that the pod
    /// declares.
    pub(super) fn pod_target(&self, namespace: &str, name: &str) -> Result<PodTarget, Unreachable> {
        let pod = self.all.iter().find(|object| {
            object["kind"] == "Pod"
                && object["metadata"]["namespace"] == namespace
                && object["metadata"]["name"] == name
        });
        let pod = pod.ok_or(Unreachable::NoSuchPod)?;
        let containers = pod["spec"]["containers"].as_array().into_iter().flatten();
        let ports = containers.flat_map(|one| one["ports"].as_array().into_iter().flatten());
        let ports = ports.filter_map(|port| u16::try_from(port["containerPort"].as_u64()?).ok());
        Ok(PodTarget {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            workload: name.to_owned(),
            ports: ports.map(|port| (port, Role::Application)).collect(),
            sandbox: super::world::uid(&["sandbox", namespace, name]),
            network: format!("/var/run/netns/cni-{}", super::world::uid(&[namespace, name])),
        })
    }

    /// What answers behind a Service that exists.
    pub(super) fn service_role(&self, name: &str) -> Role {
        let is_prometheus = name == "prometheus" && !self.series.is_empty();
        if is_prometheus { Role::Prometheus } else { Role::Application }
    }

    /// Deletes a pod without a replacement. Returns false if there is no pod of that name.
    pub(super) fn delete_pod(&mut self, namespace: &str, name: &str) -> bool {
        let before = self.all.len();
        self.all.retain(|object| {
            object["kind"] != "Pod"
                || object["metadata"]["namespace"] != namespace
                || object["metadata"]["name"] != name
        });
        self.all.len() < before
    }
}
