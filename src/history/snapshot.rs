//! A snapshot: all clusters of a scope at one moment.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Scope;
use crate::findings::{PastTarget, Subject, World};
use crate::hpa::Hpa;
use crate::kube::Workload;
use crate::kubectl::Outcome;

/// All clusters of a scope at one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// When it was taken. The database keeps whole milliseconds.
    pub taken_at: Timestamp,
    /// What was requested.
    #[serde(default)]
    pub scope: Scope,
    /// How the reading of each cluster went.
    pub clusters: Vec<Outcome>,
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

/// An HPA at the time of the snapshot, with stored data about its target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorded {
    /// The HPA.
    #[serde(flatten)]
    pub hpa: Hpa,
    /// The stored data about its target; `None` if the target was not read or does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<PastTarget>,
    /// Whether the target was found not to exist.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub workload_missing: bool,
}

impl Recorded {
    /// The record of a subject: its HPA and data about its target.
    pub fn of(subject: &Subject<'_>) -> Self {
        let target = subject.target.as_ref().ok().copied();
        let recorded = Self::new(subject.hpa.clone(), target.flatten());
        Self { workload_missing: target == Some(None), ..recorded }
    }

    /// The record of an HPA, with data about its target if that was read.
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

impl Snapshot {
    /// The outcome of a cluster; `None` if it was not requested.
    pub fn cluster(&self, name: &str) -> Option<&Outcome> {
        self.clusters.iter().find(|cluster| *cluster.name == *name)
    }

    /// The clusters that were not read completely.
    pub fn failed(&self) -> BTreeSet<&str> {
        let failed = self.clusters.iter().filter(|cluster| cluster.error.is_some());
        failed.map(|cluster| &*cluster.name).collect()
    }
}
