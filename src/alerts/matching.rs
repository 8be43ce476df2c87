//! Which alerts concern which HPA, in this order: the HPA itself, its target, its workload, one of its pods, a Service
//! of them; apart from these what concerns its namespace or a node of its pods.

use std::collections::{BTreeSet, HashMap};

use super::about::{About, Label};
use crate::hpa::Hpa;
use crate::kube::Pod;
use crate::prometheus::{Alert, Service};

/// What an alert and an HPA have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The HPA.
    Hpa,
    /// What it scales.
    Target,
    /// What it scales, in the labels of recorded workloads.
    Workload,
    /// A pod of its target.
    Pod,
    /// A Service that selects pods of its target.
    Service,
    /// Its namespace alone.
    Namespace,
    /// A node of its pods alone.
    Node,
}

impl Place {
    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hpa => "hpa",
            Self::Target => "target",
            Self::Workload => "workload",
            Self::Pod => "pod",
            Self::Service => "service",
            Self::Namespace => "namespace",
            Self::Node => "node",
        }
    }
}

/// By which labels an alert was matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchedBy {
    /// What it has in common with the HPA.
    pub place: Place,
    /// The labels with their values, as the alert has them.
    pub labels: Vec<(String, String)>,
}

impl MatchedBy {
    fn new<'a>(place: Place, labels: impl IntoIterator<Item = Label<'a>>) -> Self {
        let own = |label: Label<'a>| (label.name.to_owned(), label.value.to_owned());
        Self { place, labels: labels.into_iter().map(own).collect() }
    }
}

/// An alert with the HPAs that it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertMatch<'a> {
    /// The alert.
    pub alert: &'a Alert,
    /// The HPAs: those of one target share its alerts. For a namespace or a node, all HPAs there.
    pub hpas: Vec<&'a Hpa>,
    /// By which labels.
    pub by: MatchedBy,
}

/// The alerts of a cluster that concern its HPAs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matches<'a> {
    /// Those of HPAs, their targets, pods and Services.
    pub of_hpas: Vec<AlertMatch<'a>>,
    /// Those of the namespaces of HPAs that are about no other object of it.
    pub of_namespaces: Vec<AlertMatch<'a>>,
    /// Those of nodes on which pods of HPAs run.
    pub of_nodes: Vec<AlertMatch<'a>>,
}

impl Matches<'_> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.of_hpas.is_empty() && self.of_namespaces.is_empty() && self.of_nodes.is_empty()
    }
}

/// The objects of one cluster by which alerts are matched.
#[derive(Debug, Default)]
pub struct Objects<'a> {
    hpas: Vec<&'a Hpa>,
    by_name: HashMap<(&'a str, &'a str), usize>,
    /// By namespace, kind in lower case, and name.
    by_target: HashMap<(&'a str, String, &'a str), Vec<usize>>,
    by_pod: HashMap<(&'a str, &'a str), BTreeSet<usize>>,
    by_replica_set: HashMap<(&'a str, &'a str), BTreeSet<usize>>,
    by_node: HashMap<&'a str, BTreeSet<usize>>,
    by_namespace: HashMap<&'a str, Vec<usize>>,
    /// The kinds of targets of a namespace, in lower case.
    kinds: HashMap<&'a str, BTreeSet<String>>,
    by_service: HashMap<(&'a str, &'a str), BTreeSet<usize>>,
    /// All pods of the namespaces that have HPAs.
    pods: HashMap<(&'a str, &'a str), &'a Pod>,
}

/// Labels with the name of an HPA; `hpa` is that of old releases of kube-state-metrics.
const HPA: [&str; 2] = ["horizontalpodautoscaler", "hpa"];
/// Labels of single objects: an alert with one is about this object, and not about its namespace or node.
const OBJECTS: [&str; 13] = [
    "horizontalpodautoscaler",
    "hpa",
    "deployment",
    "statefulset",
    "daemonset",
    "replicaset",
    "rollout",
    "replicationcontroller",
    "workload",
    "job_name",
    "cronjob",
    "persistentvolumeclaim",
    "scaledobject",
];
/// Labels that are no owners, whatever custom kinds are called.
const NO_OWNERS: [&str; 9] =
    ["cluster", "namespace", "pod", "node", "service", "job", "instance", "container", "endpoint"];
/// Labels with the name of a node.
const NODES: [&str; 4] = ["node", "nodename", "kubernetes_node", "node_name"];

impl<'a> Objects<'a> {
    /// HPAs with the pods of their targets (none where they are not known), and all pods and Services that were read.
    pub fn new(
        hpas: impl IntoIterator<Item = (&'a Hpa, Vec<&'a Pod>)>,
        pods: impl IntoIterator<Item = &'a Pod>,
        services: &'a [Service],
    ) -> Self {
        let mut objects = Self::default();
        let mut selected: HashMap<&str, Vec<(&Pod, usize)>> = HashMap::new();
        for (index, (hpa, pods)) in hpas.into_iter().enumerate() {
            let namespace = hpa.namespace.as_str();
            objects.hpas.push(hpa);
            objects.by_name.insert((namespace, &hpa.name), index);
            let kind = hpa.target.kind.to_lowercase();
            objects.kinds.entry(namespace).or_default().insert(kind.clone());
            let target = (namespace, kind, hpa.target.name.as_str());
            objects.by_target.entry(target).or_default().push(index);
            objects.by_namespace.entry(namespace).or_default().push(index);
            for pod in pods {
                objects.by_pod.entry((namespace, &pod.name)).or_default().insert(index);
                if let Some(node) = &pod.node {
                    objects.by_node.entry(node).or_default().insert(index);
                }
                if let Some(owner) = pod.owner.as_ref().filter(|owner| owner.kind == "ReplicaSet") {
                    let owner = (namespace, owner.name.as_str());
                    objects.by_replica_set.entry(owner).or_default().insert(index);
                }
                selected.entry(namespace).or_default().push((pod, index));
            }
        }
        objects.pods = pods.into_iter().map(|pod| ((&*pod.namespace, &*pod.name), pod)).collect();
        for service in services.iter().filter(|service| !service.selector.is_empty()) {
            let of = selected.get(service.namespace.as_str()).into_iter().flatten();
            let is_selected = |pod: &Pod| {
                service.selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
            };
            let hpas: BTreeSet<usize> =
                of.filter(|(pod, _)| is_selected(pod)).map(|(_, index)| *index).collect();
            if !hpas.is_empty() {
                objects.by_service.insert((&service.namespace, &service.name), hpas);
            }
        }
        objects
    }

    /// A pod by namespace and name.
    pub(super) fn pod(&self, namespace: &str, name: &str) -> Option<&'a Pod> {
        self.pods.get(&(namespace, name)).copied()
    }

    /// Whether an alert may be of a Service that selects pods of these HPAs, for all that is known without Services.
    pub fn needs_services<'b>(&self, alerts: impl IntoIterator<Item = &'b Alert>) -> bool {
        alerts.into_iter().any(|alert| {
            let about = About::new(alert);
            let names = about.get("namespace").zip(about.get("service"));
            names.is_some_and(|(namespace, _)| self.by_namespace.contains_key(namespace.value))
                && match self.matched(&about, alert) {
                    None => true,
                    Some((_, by)) => by.place == Place::Namespace,
                }
        })
    }

    /// The alerts that concern the HPAs. All are taken to be of this cluster.
    pub fn matches(&self, alerts: impl IntoIterator<Item = &'a Alert>) -> Matches<'a> {
        let mut matches = Matches::default();
        for alert in alerts {
            let Some((hpas, by)) = self.matched(&About::new(alert), alert) else { continue };
            let list = match by.place {
                Place::Namespace => &mut matches.of_namespaces,
                Place::Node => &mut matches.of_nodes,
                _ => &mut matches.of_hpas,
            };
            let hpas = hpas.into_iter().filter_map(|index| self.hpas.get(index).copied());
            list.push(AlertMatch { alert, hpas: hpas.collect(), by });
        }
        matches
    }

    fn matched(&self, about: &About<'_>, alert: &Alert) -> Option<(Vec<usize>, MatchedBy)> {
        let namespace = about.get("namespace");
        if let Some(namespace) = namespace
            && let Some(found) = self.owned(about, namespace)
        {
            return Some(found);
        }
        let is_of_object = OBJECTS.iter().any(|name| about.get(name).is_some());
        if is_of_object {
            return None;
        }
        let pod = about.get("pod").zip(namespace);
        let pod = pod.and_then(|(pod, namespace)| self.pod(namespace.value, pod.value));
        let is_agent = pod.is_some_and(is_of_daemon_set);
        if pod.is_some() && !is_agent {
            // Of another workload.
            return None;
        }
        let node = self.node(about, alert);
        let is_of_node = is_agent || is_named_after_nodes(alert.name());
        if is_of_node && node.is_some() {
            return node;
        }
        let of_namespace = namespace.filter(|_| pod.is_none()).and_then(|namespace| {
            let hpas = self.by_namespace.get(namespace.value)?;
            Some((hpas.clone(), MatchedBy::new(Place::Namespace, [namespace])))
        });
        of_namespace.or(node)
    }

    /// An alert of an HPA, its target, a pod of it or a Service of these.
    fn owned(&self, about: &About<'_>, namespace: Label<'_>) -> Option<(Vec<usize>, MatchedBy)> {
        let of = namespace.value;
        if let Some(label) = about.first(&HPA) {
            let index = self.by_name.get(&(of, label.value))?;
            return Some((vec![*index], MatchedBy::new(Place::Hpa, [namespace, label])));
        }
        if let Some(found) = self.target(about, namespace) {
            return Some(found);
        }
        if let Some(workload) = about.get("workload") {
            let kind = about.get("workload_type");
            let kinds = self.kinds.get(of).into_iter().flatten();
            let kinds =
                kinds.filter(|it| kind.is_none_or(|kind| kind.value.eq_ignore_ascii_case(it)));
            let hpas =
                kinds.filter_map(|kind| self.by_target.get(&(of, kind.clone(), workload.value)));
            let mut hpas: Vec<usize> = hpas.flatten().copied().collect();
            hpas.sort_unstable();
            let labels = [Some(namespace), Some(workload), kind].into_iter().flatten();
            return (!hpas.is_empty()).then(|| (hpas, MatchedBy::new(Place::Workload, labels)));
        }
        if let Some(pod) = about.get("pod")
            && let Some(hpas) = self.by_pod.get(&(of, pod.value))
        {
            let by = MatchedBy::new(Place::Pod, [namespace, pod]);
            return Some((hpas.iter().copied().collect(), by));
        }
        let service = about.get("service")?;
        let hpas = self.by_service.get(&(of, service.value))?;
        let by = MatchedBy::new(Place::Service, [namespace, service]);
        Some((hpas.iter().copied().collect(), by))
    }

    /// An alert with a label that is called after the target's kind.
    fn target(&self, about: &About<'_>, namespace: Label<'_>) -> Option<(Vec<usize>, MatchedBy)> {
        let of = namespace.value;
        let kinds = self.kinds.get(of).into_iter().flatten();
        for kind in kinds.filter(|kind| !NO_OWNERS.contains(&kind.as_str())) {
            let Some(label) = about.get(kind) else { continue };
            if let Some(hpas) = self.by_target.get(&(of, kind.clone(), label.value)) {
                return Some((hpas.clone(), MatchedBy::new(Place::Target, [namespace, label])));
            }
        }
        // The ReplicaSet of a Deployment or a Rollout.
        let label = about.get("replicaset")?;
        let hpas = self.by_replica_set.get(&(of, label.value))?;
        let by = MatchedBy::new(Place::Target, [namespace, label]);
        Some((hpas.iter().copied().collect(), by))
    }

    fn node(&self, about: &About<'_>, alert: &Alert) -> Option<(Vec<usize>, MatchedBy)> {
        let found = |label: Label<'_>, node: &str| {
            let hpas = self.by_node.get(node)?;
            let by = MatchedBy::new(Place::Node, [label]);
            Some((hpas.iter().copied().collect(), by))
        };
        let by_name = NODES.iter().filter_map(|name| about.get(name));
        let mut by_name = by_name.filter_map(|label| found(label, label.value));
        by_name.next().or_else(|| {
            let (name, value) = alert.labels.get_key_value("instance")?;
            let host = value.rsplit_once(':').map_or(value.as_str(), |(host, _)| host);
            found(Label { name, value }, host)
        })
    }
}

/// A pod that is on each node, and whose alerts are about the node.
fn is_of_daemon_set(pod: &Pod) -> bool {
    pod.owner.as_ref().is_some_and(|owner| owner.kind == "DaemonSet")
}

/// The alerts of kubernetes-mixin and node-mixin that are about nodes.
fn is_named_after_nodes(name: &str) -> bool {
    ["Node", "KubeNode", "Kubelet"].iter().any(|it| name.starts_with(it))
}

#[cfg(test)]
mod tests;
