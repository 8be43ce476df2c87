//! Which alerts of a server are those of one cluster: by a label that the configuration gives or that is learnt from
//! alerts of pods, or because the server has no other cluster's.

use std::collections::{BTreeMap, BTreeSet};

use super::about::About;
use super::matching::Objects;
use crate::kube::Pod;
use crate::prometheus::Alert;

/// How labels with a cluster's name are called, in lower case and without `_`.
const NAMES: [&str; 11] = [
    "cluster",
    "clusterid",
    "clustername",
    "ekscluster",
    "gkecluster",
    "k8scluster",
    "k8sclustername",
    "kubecluster",
    "kubernetescluster",
    "kubernetesclustername",
    "managedcluster",
];

/// How many values of a label an error names.
const SHOWN: usize = 5;

/// Whether the label tells a cluster.
fn is_of_cluster(label: &str) -> bool {
    let plain = label.replace(['_', '-'], "").to_lowercase();
    NAMES.contains(&plain.as_str())
}

/// Whose alerts a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    /// It is the cluster's own; a server for others may run in it all the same.
    Own,
    /// It is that of several clusters.
    Shared,
}

/// What distinguishes a cluster's alerts from those of others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClusterLabels {
    /// The cluster's value of each label.
    pub labels: BTreeMap<String, String>,
    /// The values of such labels that alerts of the server have, where none of them is known to be the cluster's.
    pub values: BTreeMap<String, BTreeSet<String>>,
    /// Whether an alert without any such label is the cluster's.
    pub takes_unlabelled: bool,
    /// Values that are other clusters', where one that is not the cluster's proves nothing: its own server may have alerts
    /// with the label of an exporter, or of a Prometheus that calls the cluster otherwise. None where it proves it.
    others: Option<BTreeSet<(String, String)>>,
    /// The cluster's own names, for alerts that watchdog has sent.
    names: Vec<String>,
}

/// Whether an alert is a cluster's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// It is.
    Here,
    /// It is another cluster's.
    Elsewhere,
    /// This cannot be known.
    Unknown,
}

/// Finds out how a cluster's alerts are labelled. `configured` is what the configuration says, `others` are the objects
/// of the other clusters that were read, `names` those by which the cluster is known here.
pub fn cluster_labels(
    alerts: &[Alert],
    server: Server,
    configured: &BTreeMap<String, String>,
    objects: &Objects<'_>,
    others: &[&Objects<'_>],
    names: &[&str],
) -> ClusterLabels {
    let takes_unlabelled = server == Server::Own;
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    let known =
        |labels| ClusterLabels { labels, takes_unlabelled, names, ..ClusterLabels::default() };
    if !configured.is_empty() {
        return known(configured.clone());
    }
    let foreign: Vec<&Alert> = alerts.iter().filter(|alert| !is_own(alert)).collect();
    let mut learnt: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for alert in foreign.iter().filter(|alert| is_of_known_pod(alert, objects, others)) {
        for (name, value) in of_cluster(alert) {
            learnt.entry(name.to_owned()).or_default().insert(value.to_owned());
        }
    }
    // What differs between alerts of pods of one cluster does not tell it.
    learnt.retain(|_, values| values.len() == 1);
    if !learnt.is_empty() {
        let only =
            |(name, values): (String, BTreeSet<String>)| Some((name, values.first()?.clone()));
        let mut labels = known(learnt.into_iter().filter_map(only).collect());
        labels.others = (server == Server::Own).then(|| {
            let differ = foreign.iter().filter(|alert| labels.differing(alert).next().is_some());
            let proved = differ.filter(|alert| is_of_another(alert, objects, others));
            proved.flat_map(|alert| labels.differing(alert)).collect()
        });
        return labels;
    }
    let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in foreign.iter().flat_map(|alert| of_cluster(alert)) {
        values.entry(name.to_owned()).or_default().insert(value.to_owned());
    }
    let is_everywhere = foreign.iter().all(|alert| of_cluster(alert).next().is_some());
    if server == Server::Own && is_everywhere && values.values().all(|values| values.len() == 1) {
        let only =
            |(name, values): (String, BTreeSet<String>)| Some((name, values.first()?.clone()));
        return known(values.into_iter().filter_map(only).collect());
    }
    ClusterLabels { values, ..known(BTreeMap::new()) }
}

/// An alert that watchdog has sent: its cluster is called as it is here.
fn is_own(alert: &Alert) -> bool {
    alert.name().starts_with("Watchdog") && alert.labels.contains_key("finding")
}

fn of_cluster(alert: &Alert) -> impl Iterator<Item = (&str, &str)> {
    let labels = alert.labels.iter().filter(|(name, _)| is_of_cluster(name));
    labels.map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Whether it is about a pod that only this cluster has. Pods of StatefulSets are called alike everywhere.
fn is_of_known_pod(alert: &Alert, objects: &Objects<'_>, others: &[&Objects<'_>]) -> bool {
    let about = About::new(alert);
    let Some((namespace, pod)) = about.get("namespace").zip(about.get("pod")) else { return false };
    let own = objects.pod(namespace.value, pod.value);
    own.is_some_and(has_own_name)
        && !others.iter().any(|it| it.pod(namespace.value, pod.value).is_some())
}

/// Whether it is about a pod that another cluster has, and this one has not.
fn is_of_another(alert: &Alert, objects: &Objects<'_>, others: &[&Objects<'_>]) -> bool {
    let about = About::new(alert);
    let Some((namespace, pod)) = about.get("namespace").zip(about.get("pod")) else { return false };
    let mut there = others.iter().filter_map(|it| it.pod(namespace.value, pod.value));
    objects.pod(namespace.value, pod.value).is_none() && there.any(has_own_name)
}

fn has_own_name(pod: &Pod) -> bool {
    pod.owner.as_ref().is_some_and(|owner| owner.kind == "ReplicaSet")
}

impl ClusterLabels {
    /// Whether the alert is the cluster's.
    pub fn of(&self, alert: &Alert) -> Belongs {
        if is_own(alert) {
            let cluster = alert.labels.get("cluster");
            let labelled = self.labels.values().chain(&self.names);
            return match cluster {
                Some(cluster) if labelled.into_iter().any(|it| it == cluster) => Belongs::Here,
                _ => Belongs::Elsewhere,
            };
        }
        let mut differing = self.differing(alert).peekable();
        if differing.peek().is_some() {
            let is_elsewhere = match &self.others {
                None => true,
                Some(others) => differing.any(|label| others.contains(&label)),
            };
            return if is_elsewhere { Belongs::Elsewhere } else { Belongs::Unknown };
        }
        if self.labels.keys().any(|name| alert.labels.contains_key(name)) {
            return Belongs::Here;
        }
        let is_labelled = of_cluster(alert).next().is_some();
        match (is_labelled, self.takes_unlabelled) {
            (false, true) => Belongs::Here,
            _ => Belongs::Unknown,
        }
    }

    /// The alert's values of the cluster's labels that are not the cluster's.
    fn differing(&self, alert: &Alert) -> impl Iterator<Item = (String, String)> {
        let values = self.labels.iter().filter_map(|(name, own)| {
            let value = alert.labels.get(name).filter(|value| *value != own)?;
            Some((name.clone(), value.clone()))
        });
        values.collect::<Vec<_>>().into_iter()
    }

    /// Why it is not known whose these alerts are, and what to do.
    pub fn doubt<'a>(&self, cluster: &str, of: impl IntoIterator<Item = &'a Alert>) -> String {
        let set = format!("set monitoring.alertmanager.clusters.{cluster}.labels");
        let of: Vec<&Alert> = of.into_iter().collect();
        let differing: BTreeSet<(String, String)> =
            of.iter().flat_map(|alert| self.differing(alert)).collect();
        if !differing.is_empty() {
            let pair = |(name, value): (&String, &String)| format!("{name}={value}");
            let own: Vec<String> = self.labels.iter().map(pair).collect();
            let mut shown: Vec<String> =
                differing.iter().take(SHOWN).map(|(name, value)| pair((name, value))).collect();
            shown.extend((differing.len() > SHOWN).then(|| "…".to_owned()));
            let (own, shown) = (own.join(", "), shown.join(", "));
            return format!(
                "alerts of this cluster's pods have {own}, and these have {shown}; {set}"
            );
        }
        let unlabelled: BTreeSet<&str> = of
            .iter()
            .filter(|alert| of_cluster(alert).next().is_none())
            .map(|alert| Some(alert.name()).filter(|name| !name.is_empty()))
            .map(|name| name.unwrap_or("(no alertname)"))
            .collect();
        if !unlabelled.is_empty() {
            let mut names: Vec<&str> = unlabelled.iter().take(SHOWN).copied().collect();
            names.extend((unlabelled.len() > SHOWN).then_some("…"));
            let (names, has) = (names.join(", "), if names.len() == 1 { "has" } else { "have" });
            return format!(
                "{names} {has} no label that tells the cluster: add one to external_labels of each Prometheus, and {set}"
            );
        }
        if !self.labels.is_empty() {
            let names: Vec<&str> = self.labels.keys().map(String::as_str).collect();
            return format!("they do not have the label {}", names.join(" or "));
        }
        let one = |(name, values): (&String, &BTreeSet<String>)| {
            let mut shown: Vec<&str> = values.iter().take(SHOWN).map(String::as_str).collect();
            if values.len() > SHOWN {
                shown.push("…");
            }
            format!("{name} ({})", shown.join(", "))
        };
        let values: Vec<String> = self.values.iter().map(one).collect();
        format!("which value of {} is this cluster is not known; {set}", values.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{alert, hpa, pod};
    use super::*;
    use crate::hpa::Hpa;

    fn objects<'a>(hpa: &'a Hpa, pods: &'a [Pod]) -> Objects<'a> {
        Objects::new([(hpa, pods.iter().collect())], pods, &[])
    }

    fn at(cluster: &str, more: (&str, &str)) -> Alert {
        alert(&[("namespace", "shop"), ("cluster", cluster), more])
    }

    const HPA: (&str, &str) = ("horizontalpodautoscaler", "api");

    #[test]
    fn the_value_is_learnt_from_a_pod_that_only_this_cluster_has() {
        let hpa = hpa("api", "Deployment/api");
        let own = [pod("api-5c-x", "ReplicaSet/api-5c", "n"), pod("db-0", "StatefulSet/db", "n")];
        let other = [pod("api-5c-z", "ReplicaSet/api-5c", "n")];
        let (objects, others) = (objects(&hpa, &own), objects(&hpa, &other));
        let learn = |alerts: &[Alert], server| {
            cluster_labels(alerts, server, &[].into(), &objects, &[&others], &["prod"])
        };
        let alerts = [at("eu", ("pod", "api-5c-x")), at("us", ("pod", "api-5c-z")), at("us", HPA)];
        let labels = learn(&alerts, Server::Shared);
        assert_eq!(labels.labels, [("cluster".to_owned(), "eu".to_owned())].into());
        let belong: Vec<Belongs> = alerts.iter().map(|alert| labels.of(alert)).collect();
        assert_eq!(belong, [Belongs::Here, Belongs::Elsewhere, Belongs::Elsewhere]);
        assert_eq!(labels.of(&alert(&[("namespace", "shop")])), Belongs::Unknown);
        assert_eq!(labels.doubt("prod", []), "they do not have the label cluster");

        // `db-0` may be of any cluster, and neither value is proved.
        let alerts = [at("eu", ("pod", "db-0")), at("us", HPA)];
        let labels = learn(&alerts, Server::Own);
        assert_eq!(
            (labels.of(&alerts[0]), labels.of(&alerts[1])),
            (Belongs::Unknown, Belongs::Unknown)
        );
        assert_eq!(
            labels.doubt("prod", []),
            "which value of cluster (eu, us) is this cluster is not known; set monitoring.alertmanager.clusters.prod.labels"
        );
    }

    #[test]
    fn another_value_in_a_clusters_own_server_proves_nothing() {
        let hpa = hpa("api", "Deployment/api");
        let own = [pod("api-5c-x", "ReplicaSet/api-5c", "n")];
        let other = [pod("api-5c-z", "ReplicaSet/api-5c", "n")];
        let (objects, others) = (objects(&hpa, &own), objects(&hpa, &other));
        // An exporter calls its own cluster `logs`.
        let alerts = [at("logs", ("pod", "api-5c-x")), at("eu", HPA), at("us", HPA)];
        let labels = |alerts: &[Alert], configured: &BTreeMap<String, String>| {
            cluster_labels(alerts, Server::Own, configured, &objects, &[&others], &["prod"])
        };
        let belong = |labels: &ClusterLabels, alerts: &[Alert]| {
            alerts.iter().map(|alert| labels.of(alert)).collect::<Vec<_>>()
        };
        let learnt = labels(&alerts, &BTreeMap::new());
        assert_eq!(belong(&learnt, &alerts), [Belongs::Here, Belongs::Unknown, Belongs::Unknown]);
        assert_eq!(
            learnt.doubt("prod", &alerts[1..]),
            "alerts of this cluster's pods have cluster=logs, and these have cluster=eu, cluster=us; \
             set monitoring.alertmanager.clusters.prod.labels"
        );
        // That a value is another cluster's is known by a pod that only that one has.
        let more: Vec<Alert> =
            alerts.iter().cloned().chain([at("us", ("pod", "api-5c-z"))]).collect();
        let learnt = labels(&more, &BTreeMap::new());
        assert_eq!(
            belong(&learnt, &more),
            [Belongs::Here, Belongs::Unknown, Belongs::Elsewhere, Belongs::Elsewhere]
        );
        // What the configuration says is so.
        let configured = BTreeMap::from([("cluster".to_owned(), "eu".to_owned())]);
        assert_eq!(
            belong(&labels(&alerts, &configured), &alerts),
            [Belongs::Elsewhere, Belongs::Here, Belongs::Elsewhere]
        );
    }

    #[test]
    fn a_clusters_own_server_needs_no_label() {
        let hpa = hpa("api", "Deployment/api");
        let objects = objects(&hpa, &[]);
        let labels = |alerts: &[Alert], server, configured: &BTreeMap<String, String>| {
            cluster_labels(alerts, server, configured, &objects, &[], &["prod"])
        };
        let none = BTreeMap::new();
        let plain = alert(&[("namespace", "shop"), HPA]);
        let alerts = [plain.clone()];
        assert_eq!(labels(&alerts, Server::Own, &none).of(&plain), Belongs::Here);
        let shared = labels(&alerts, Server::Shared, &none);
        assert_eq!(shared.of(&plain), Belongs::Unknown);
        let why = |alert: &Alert| shared.doubt("prod", [alert]);
        let named = Alert {
            labels: plain
                .labels
                .clone()
                .into_iter()
                .chain([("alertname".into(), "X".into())])
                .collect(),
            ..plain.clone()
        };
        assert!(
            why(&named).starts_with("X has no label that tells the cluster: "),
            "{}",
            why(&named)
        );
        // All alerts have one value.
        let alerts = [at("eu", HPA), at("eu", ("resourcequota", "q"))];
        assert_eq!(labels(&alerts, Server::Own, &none).of(&alerts[0]), Belongs::Here);
        assert_eq!(labels(&alerts, Server::Shared, &none).of(&alerts[0]), Belongs::Unknown);
        // An exporter's own label is none of the cluster's.
        let alerts = [at("logs", ("pod", "elastic-0")), plain.clone()];
        let mixed = labels(&alerts, Server::Own, &none);
        assert_eq!((mixed.of(&alerts[0]), mixed.of(&plain)), (Belongs::Unknown, Belongs::Here));
        // The configuration wins.
        let configured = BTreeMap::from([("cluster".to_owned(), "logs".to_owned())]);
        assert_eq!(labels(&alerts, Server::Shared, &configured).of(&alerts[0]), Belongs::Here);
    }

    #[test]
    fn what_watchdog_has_sent_has_the_clusters_name() {
        let hpa = hpa("api", "Deployment/api");
        let objects = objects(&hpa, &[]);
        let sent = |cluster| {
            let labels = [("alertname", "WatchdogHpaMaxedOut"), ("finding", "maxed-out"), HPA];
            alert(&[&labels[..], &[("cluster", cluster), ("namespace", "shop")]].concat())
        };
        let alerts = [sent("prod"), sent("other"), at("eu", HPA)];
        let labels = cluster_labels(&alerts, Server::Own, &[].into(), &objects, &[], &["prod"]);
        let belong: Vec<Belongs> = alerts.iter().map(|alert| labels.of(alert)).collect();
        assert_eq!(belong, [Belongs::Here, Belongs::Elsewhere, Belongs::Here]);
    }
}
