//! Findings as alerts: what is posted to an Alertmanager.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::findings::Finding;
use crate::kube::ObjectRef;

/// The finding of a cluster that cannot be read. It is none of the catalogue.
pub const UNREADABLE: &str = "cluster-unreadable";

/// Kinds whose name is a label of the alerts of what they own.
const OWNERS: [&str; 5] =
    ["deployment", "statefulset", "replicaset", "rollout", "replicationcontroller"];

/// An alert as Alertmanager takes it. Its labels are its identity: what changes while it fires is in the annotations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    /// What it is about.
    pub labels: BTreeMap<String, String>,
    /// What it says.
    pub annotations: BTreeMap<String, String>,
    /// Since when.
    pub starts_at: Timestamp,
    /// Until when it fires unless it is sent again; in the past for one that has ended.
    pub ends_at: Timestamp,
}

/// `WatchdogHpaMaxedOut` for `maxed-out`.
fn alertname(finding: &str) -> String {
    let mut name = "WatchdogHpa".to_owned();
    for word in finding.split('-') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// The labels of a finding: `cluster` are those of its cluster.
pub(super) fn labels(
    finding: &Finding,
    target: Option<&ObjectRef>,
    cluster: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut labels = cluster.clone();
    let mut add = |name: &str, value: &str| drop(labels.insert(name.to_owned(), value.to_owned()));
    add("alertname", &alertname(finding.id));
    add("finding", finding.id);
    add("severity", finding.severity.as_str());
    add("namespace", &finding.namespace);
    add("horizontalpodautoscaler", &finding.hpa);
    if let Some(target) = target {
        let kind = target.kind.to_lowercase();
        if OWNERS.contains(&kind.as_str()) {
            add(&kind, &target.name);
        }
    }
    labels
}

/// The annotations of a finding: what is wrong, and what to do.
pub(super) fn annotations(finding: &Finding) -> BTreeMap<String, String> {
    let Finding { id, message, action, cluster, namespace, hpa, .. } = finding;
    let explain = format!("{action}. More: watchdog hpa check --explain {id}");
    BTreeMap::from([
        ("summary".to_owned(), format!("HPA {cluster}/{namespace}/{hpa}: {message}")),
        ("description".to_owned(), explain),
    ])
}

/// The labels of the alert that a cluster cannot be read.
pub(super) fn unreadable_labels(cluster: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut labels = cluster.clone();
    for (name, value) in [
        ("alertname", "WatchdogClusterUnreadable"),
        ("finding", UNREADABLE),
        ("severity", "warning"),
    ] {
        labels.insert(name.to_owned(), value.to_owned());
    }
    labels
}

/// The annotations of that alert.
pub(super) fn unreadable_annotations(cluster: &str, why: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("summary".to_owned(), format!("watchdog cannot read cluster {cluster}: {why}")),
        (
            "description".to_owned(),
            "Its HPAs are not checked meanwhile; alerts of them are those of the last reading. More: watchdog doctor".to_owned(),
        ),
    ])
}

impl Outgoing {
    /// A finding that fires until `ends_at`, of one reading.
    pub fn of_finding(
        finding: &Finding,
        target: Option<&ObjectRef>,
        cluster: &BTreeMap<String, String>,
        now: Timestamp,
        ends_at: Timestamp,
    ) -> Self {
        let (labels, annotations) = (labels(finding, target, cluster), annotations(finding));
        Self { labels, annotations, starts_at: now, ends_at }
    }

    /// A cluster that could not be read, until `ends_at`.
    pub fn of_unreadable(
        name: &str,
        why: &str,
        cluster: &BTreeMap<String, String>,
        now: Timestamp,
        ends_at: Timestamp,
    ) -> Self {
        let annotations = unreadable_annotations(name, why);
        Self { labels: unreadable_labels(cluster), annotations, starts_at: now, ends_at }
    }
}
