//! Which labels tell a cluster's series from those of others, and by which labels they name their
//! objects: learnt from one pod that is known from the cluster's API.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::answer::Sample;

/// A running pod of the cluster, as its API has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pod {
    /// Its uid, by which it is found whatever the labels are called.
    pub uid: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// By which labels series name their objects. They differ from the usual ones where the scrape's own labels
/// have taken these (`honor_labels: false`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The label with the namespace.
    pub namespace: String,
    /// The label with the pod's name.
    pub pod: String,
    /// The label with the container's name.
    pub container: String,
}

impl Default for Names {
    fn default() -> Self {
        let [namespace, pod, container] = ["namespace", "pod", "container"].map(str::to_owned);
        Self { namespace, pod, container }
    }
}

/// How the series of one exporter are selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// Labels with their values that all series of the cluster have, and no others.
    pub matchers: Vec<(String, String)>,
    /// How objects are named.
    pub names: Names,
}

/// What was learnt about a store's labels for one cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels {
    /// The series of kube-state-metrics.
    pub objects: Source,
    /// The series of cAdvisor; `None` if it has none for the pod.
    pub usage: Option<Source>,
    /// Whether these are of containers; `false` if there are whole pods alone.
    pub has_containers: bool,
    /// Labels by which several servers' copies differ.
    pub copies: Vec<String>,
}

/// Why labels could not be learnt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LearnError {
    /// The store does not know the pod.
    #[error(
        "no series kube_pod_info for pod {namespace}/{name} (uid {uid}): kube-state-metrics is not scraped, or \
         this Prometheus has another cluster's series"
    )]
    UnknownPod {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// Its uid.
        uid: String,
    },
    /// No label has the pod's namespace or name.
    #[error(
        "the series kube_pod_info of pod {namespace}/{name} has no label with its {what}; its labels are {labels}"
    )]
    Unnamed {
        /// What is missing: `namespace` or `name`.
        what: &'static str,
        /// The pod's namespace.
        namespace: String,
        /// The pod's name.
        name: String,
        /// The names of the labels.
        labels: String,
    },
    /// Series of one pod differ in labels that are not known to tell copies apart.
    #[error(
        "the series {series} of one pod differ in {}: these may be several clusters; set the labels of this cluster in \
         monitoring.prometheus.clusters",
        list(labels)
    )]
    Conflict {
        /// The series.
        series: &'static str,
        /// The labels with their values.
        labels: BTreeMap<String, BTreeSet<String>>,
    },
    /// The label of the cluster is not on all series.
    #[error(
        "label {label} is on the series of kube-state-metrics and not on those of cAdvisor (container_memory_working_set_bytes): \
         the usage of several clusters would be mixed"
    )]
    Unlabelled {
        /// The label.
        label: String,
    },
    /// There are series of another cluster that no label tells apart.
    #[error(
        "this Prometheus has series of another cluster with the same labels (pod {namespace}/{name}, uid {uid}, scraped from {target}): add a \
         label for the cluster where they are scraped"
    )]
    Stranger {
        /// The namespace of its pod.
        namespace: String,
        /// The name of its pod.
        name: String,
        /// The uid of its pod.
        uid: String,
        /// The instance of kube-state-metrics.
        target: String,
    },
}

fn list(labels: &BTreeMap<String, BTreeSet<String>>) -> String {
    let one = |(name, values): (&String, &BTreeSet<String>)| {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        format!("{name} ({})", values.join(", "))
    };
    labels.iter().map(one).collect::<Vec<_>>().join(" and ")
}

/// Labels of a scrape's target, which tell nothing about a cluster and change when an exporter is restarted.
const TARGET: [&str; 14] = [
    "__name__",
    "container",
    "endpoint",
    "instance",
    "job",
    "metrics_path",
    "namespace",
    "node",
    "node_name",
    "pod",
    "pod_name",
    "scheme",
    "service",
    "kubernetes_io_hostname",
];

/// Labels that kube-state-metrics and cAdvisor set themselves.
const OWN: [&str; 14] = [
    "cpu",
    "created_by_kind",
    "created_by_name",
    "host_ip",
    "host_network",
    "id",
    "image",
    "internal_ip",
    "name",
    "pod_ip",
    "pod_ips",
    "priority_class",
    "qos_class",
    "uid",
];

/// Labels that tell the servers of a pair apart.
const COPIES: [&str; 8] = [
    "__replica__",
    "monitor_replica",
    "prometheus_replica",
    "receive",
    "receive_replica",
    "replica",
    "rule_replica",
    "ruler_replica",
];

fn is_further(label: &str) -> bool {
    !TARGET.contains(&label)
        && !OWN.contains(&label)
        && !COPIES.contains(&label)
        && !label.starts_with("exported_")
}

/// Learns from the samples of [`pod_info`](super::promql::pod_info) and
/// [`pod_usage`](super::promql::pod_usage).
///
/// # Errors
/// If the pod is not known, or it is not known which series are the cluster's.
pub fn learn(info: &[Sample], usage: &[Sample], pod: &Pod) -> Result<Labels, LearnError> {
    let known: Vec<&Sample> = info.iter().filter(|sample| sample.is("uid", &pod.uid)).collect();
    let Some(first) = known.first() else {
        return Err(LearnError::UnknownPod {
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            uid: pod.uid.clone(),
        });
    };
    let names = names(first, pod)?;
    let mut copies = BTreeSet::new();
    let own = common("kube_pod_info", &known, &mut copies)?;
    // Another cluster may have a pod of this name: it differs in a label that both have.
    let is_ours = |sample: &&Sample| {
        let names = usage_names(sample);
        sample.is(&names.namespace, &pod.namespace)
            && sample.is(&names.pod, &pod.name)
            && own.iter().all(|(name, value)| sample.labels.get(name).is_none_or(|it| it == value))
    };
    let used: Vec<&Sample> = usage.iter().filter(is_ours).collect();
    let Some(first) = used.first() else {
        let objects = Source { matchers: own.into_iter().collect(), names };
        let copies = copies.into_iter().collect();
        return Ok(Labels { objects, usage: None, has_containers: false, copies });
    };
    let of_usage = common("container_memory_working_set_bytes", &used, &mut copies)?;
    let usage_names = usage_names(first);
    let container = &usage_names.container;
    let is_container = |sample: &&Sample| {
        sample.labels.get(container).is_some_and(|name| !name.is_empty() && name != "POD")
    };
    let has_containers = used.iter().any(is_container);
    let objects = matchers(&own, &of_usage);
    let of_usage = matchers(&of_usage, &own);
    if of_usage.is_empty()
        && let Some((label, _)) = objects.first()
    {
        return Err(LearnError::Unlabelled { label: label.clone() });
    }
    Ok(Labels {
        objects: Source { matchers: objects, names },
        usage: Some(Source { matchers: of_usage, names: usage_names }),
        has_containers,
        copies: copies.into_iter().collect(),
    })
}

/// The labels that tell the cluster: those that both exporters' series have, and those that are called
/// after it. Others come from the one target (a chart's version) and change with it.
fn matchers(
    own: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
) -> Vec<(String, String)> {
    let tells = |(name, _): &(&String, &String)| {
        other.contains_key(*name) || name.to_lowercase().contains("cluster")
    };
    let own = own.iter().filter(tells);
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The further labels of all samples, which must agree. Which labels tell copies apart is added to `copies`.
fn common(
    series: &'static str,
    samples: &[&Sample],
    copies: &mut BTreeSet<String>,
) -> Result<BTreeMap<String, String>, LearnError> {
    let mut values: BTreeMap<&String, BTreeSet<Option<&String>>> = BTreeMap::new();
    for name in samples.iter().flat_map(|sample| sample.labels.keys()) {
        let all = samples.iter().map(|sample| sample.labels.get(name)).collect();
        values.insert(name, all);
    }
    let (mut common, mut conflict) = (BTreeMap::new(), BTreeMap::new());
    for (name, values) in values {
        if COPIES.contains(&name.as_str()) {
            copies.insert(name.clone());
        } else if is_further(name) {
            match values.first() {
                Some(Some(only)) if values.len() == 1 => {
                    common.insert(name.clone(), (*only).clone());
                }
                // Two Prometheus objects of the operator that scrape the same.
                _ if name == "prometheus" => drop(copies.insert(name.clone())),
                _ => {
                    let text = |it: Option<&String>| it.map_or("none", String::as_str).to_owned();
                    conflict.insert(name.clone(), values.into_iter().map(text).collect());
                }
            }
        }
    }
    if conflict.is_empty() {
        Ok(common)
    } else {
        Err(LearnError::Conflict { series, labels: conflict })
    }
}

/// The labels in which kube-state-metrics names objects: the usual ones, unless the scrape's target has taken
/// them.
fn names(sample: &Sample, pod: &Pod) -> Result<Names, LearnError> {
    let find = |value: &str, names: [&'static str; 2]| {
        names.into_iter().find(|name| sample.is(name, value)).map(str::to_owned)
    };
    let unnamed = |what| {
        let labels: Vec<&str> = sample.labels.keys().map(String::as_str).collect();
        let (namespace, name) = (pod.namespace.clone(), pod.name.clone());
        LearnError::Unnamed { what, namespace, name, labels: labels.join(", ") }
    };
    let namespace = find(&pod.namespace, ["exported_namespace", "namespace"])
        .ok_or_else(|| unnamed("namespace"))?;
    let name = find(&pod.name, ["exported_pod", "pod"]).ok_or_else(|| unnamed("name"))?;
    // A pod has no container of its own: a label of this name is the target's.
    let is_taken = namespace.starts_with("exported_") && sample.labels.contains_key("container");
    let container = if is_taken { "exported_container" } else { "container" };
    Ok(Names { namespace, pod: name, container: container.to_owned() })
}

fn usage_names(sample: &Sample) -> Names {
    let name = |plain: &str| {
        let exported = format!("exported_{plain}");
        if sample.labels.contains_key(&exported) { exported } else { plain.to_owned() }
    };
    Names { namespace: name("namespace"), pod: name("pod"), container: name("container") }
}

impl Labels {
    /// The labels that the configuration gives for a cluster, in place of those that are learnt.
    #[must_use]
    pub fn configured(mut self, labels: &[(String, String)]) -> Self {
        self.objects.matchers = labels.to_vec();
        if let Some(usage) = &mut self.usage {
            usage.matchers = labels.to_vec();
        }
        self
    }

    /// Pods of [`one_pod_of_each_target`](super::promql::one_pod_of_each_target) with the instance
    /// that they were scraped from.
    pub fn pods_of_targets(&self, samples: &[Sample]) -> Vec<(Pod, String)> {
        let Names { namespace, pod, .. } = &self.objects.names;
        let label =
            |sample: &Sample, name: &str| sample.labels.get(name).cloned().unwrap_or_default();
        let one = |sample: &Sample| {
            let pod = Pod {
                uid: label(sample, "uid"),
                namespace: label(sample, namespace),
                name: label(sample, pod),
            };
            (pod, label(sample, "instance"))
        };
        samples.iter().map(one).collect()
    }
}

/// Checks that every pod of [`Labels::pods_of_targets`] is in the cluster's API.
///
/// # Errors
/// If one is not: then the store has another cluster's series with the same labels.
pub fn no_strangers(
    pods: &[(Pod, String)],
    is_known: impl Fn(&Pod) -> bool,
) -> Result<(), LearnError> {
    match pods.iter().find(|(pod, _)| !is_known(pod)) {
        None => Ok(()),
        Some((pod, target)) => Err(LearnError::Stranger {
            namespace: pod.namespace.clone(),
            name: pod.name.clone(),
            uid: pod.uid.clone(),
            target: target.clone(),
        }),
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.matchers.is_empty() {
            return f.write_str("no label (all series are of this cluster)");
        }
        let one =
            |(name, value): &(String, String)| format!("{name}={}", super::promql::quoted(value));
        f.write_str(&self.matchers.iter().map(one).collect::<Vec<_>>().join(", "))
    }
}
