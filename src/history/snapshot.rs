//! A snapshot: all clusters of a scope at one moment.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::Pattern;
use crate::findings::{PastTarget, World};
use crate::hpa::Hpa;
use crate::kube::Workload;
use crate::kubectl::ErrorKind;

/// All clusters of a scope at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// When it was taken. The database keeps whole milliseconds.
    pub taken_at: Timestamp,
    /// What was asked for.
    #[serde(default)]
    pub scope: Scope,
    /// How the reading of each cluster went.
    pub clusters: Vec<ClusterOutcome>,
    /// What was read.
    pub hpas: Vec<Recorded>,
}

impl Snapshot {
    /// The HPAs of each cluster, for findings.
    pub fn worlds(&self) -> Vec<World> {
        let clusters = self.hpas.chunk_by(|a, b| a.hpa.cluster == b.hpa.cluster);
        let world = |hpas: &[Recorded]| World::of(hpas.iter().map(|it| it.hpa.clone()).collect());
        clusters.map(world).collect()
    }
}

/// What a snapshot was asked to hold: what lies outside is not known, which is not to say that it
/// was not there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scope {
    /// Only these namespaces, where there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<Pattern>,
    /// Not these namespaces, where `namespaces` is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Pattern>,
    /// Only HPAs with these labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
}

impl Scope {
    /// Whether an HPA that was in this namespace must have been read.
    pub fn covers(&self, namespace: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(namespace));
        let asked =
            if self.namespaces.is_empty() { !any(&self.excluded) } else { any(&self.namespaces) };
        asked && self.selector.is_none()
    }
}

/// An HPA as it was, and what was read of its target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    /// The HPA.
    #[serde(flatten)]
    pub hpa: Hpa,
    /// What is kept of its target; `None` where that was not read, or is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<PastTarget>,
    /// Whether it was seen that there is no such target.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub workload_missing: bool,
}

impl Recorded {
    /// An HPA with what is kept of its target, where that was read.
    pub fn new(hpa: Hpa, target: Option<&Workload>) -> Self {
        let workload = target.map(|target| PastTarget {
            replicas: target.replicas.spec,
            ready: target.replicas.ready,
            requests: target.requests.clone(),
            limits: target.limits.clone(),
        });
        Self { hpa, workload, workload_missing: false }
    }
}

/// How the reading of one cluster went. In JSON it is as in every other document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterOutcome {
    /// The kubeconfig's name for the cluster.
    pub name: Arc<str>,
    /// The context by which it was read.
    pub context: Arc<str>,
    /// The API server's address.
    pub server: String,
    /// What of it could not be read, or that nothing could: the kind and a sentence.
    pub error: Option<(ErrorKind, String)>,
    /// How long it took, in whole milliseconds.
    pub duration: Duration,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OutcomeJson {
    name: String,
    #[serde(default)]
    context: String,
    #[serde(default)]
    server: String,
    // An earlier name of it is `status`.
    #[serde(alias = "status")]
    outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<FailureJson>,
    #[serde(default)]
    duration_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct FailureJson {
    kind: ErrorKind,
    message: String,
}

impl Serialize for ClusterOutcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        OutcomeJson {
            name: self.name.to_string(),
            context: self.context.to_string(),
            server: self.server.clone(),
            outcome: if self.error.is_some() { "error" } else { "ok" }.to_owned(),
            error: self.error.clone().map(|(kind, message)| FailureJson { kind, message }),
            duration_ms: u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for ClusterOutcome {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let json = OutcomeJson::deserialize(from)?;
        let error = match (json.error, json.outcome.as_str()) {
            (Some(error), _) => Some((error.kind, error.message)),
            (None, "ok") => None,
            (None, outcome) => Some((ErrorKind::Other, format!("outcome {outcome}"))),
        };
        Ok(Self {
            name: json.name.into(),
            context: json.context.into(),
            server: json.server,
            error,
            duration: Duration::from_millis(json.duration_ms),
        })
    }
}

impl Snapshot {
    /// How the reading of a cluster went; `None` where it was not asked.
    pub fn cluster(&self, name: &str) -> Option<&ClusterOutcome> {
        self.clusters.iter().find(|cluster| *cluster.name == *name)
    }

    /// The clusters of which something is missing.
    pub fn failed(&self) -> BTreeSet<&str> {
        let failed = self.clusters.iter().filter(|cluster| cluster.error.is_some());
        failed.map(|cluster| &*cluster.name).collect()
    }
}
