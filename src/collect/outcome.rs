//! How the reading of each cluster went: the part of every JSON document that says so.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::kubectl::{Cluster, Error, ErrorKind};

/// Why a cluster, or a part of it, could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The kind, for scripts.
    pub kind: ErrorKind,
    /// The sentence, for people.
    pub message: String,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { kind: error.kind, message: error.message }
    }
}

/// One cluster and how reading it went.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// The kubeconfig's name for the cluster.
    pub name: Arc<str>,
    /// The context by which it was read.
    pub context: Arc<str>,
    /// The user of that context.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub user: Arc<str>,
    /// The API server's address.
    pub server: String,
    /// `ok`, or `error` where anything at all is missing.
    pub outcome: Completeness,
    /// What went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
    /// How long it took, in whole milliseconds.
    #[serde(rename = "durationMs", serialize_with = "milliseconds")]
    pub duration: Duration,
}

/// Whether all of a cluster that was asked for was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Completeness {
    /// All of it.
    Ok,
    /// Not all of it, or nothing.
    Error,
}

impl Outcome {
    /// A part of the cluster could not be read; what was said first stays.
    pub(super) fn fail(&mut self, failure: Failure) {
        self.outcome = Completeness::Error;
        self.error.get_or_insert(failure);
    }

    pub(super) fn new(cluster: &Cluster, duration: Duration, error: Option<Error>) -> Self {
        Self {
            name: Arc::clone(&cluster.name),
            context: Arc::clone(&cluster.context),
            user: Arc::clone(&cluster.user),
            server: cluster.server.clone(),
            outcome: if error.is_some() { Completeness::Error } else { Completeness::Ok },
            error: error.map(Failure::from),
            duration,
        }
    }
}

fn milliseconds<S: serde::Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// What was read of all clusters, and how it went.
#[derive(Clone, Debug)]
pub struct Collected<T> {
    /// One for each cluster of the scope, in its order.
    pub clusters: Vec<Outcome>,
    /// What was read, of clusters that failed in part too.
    pub items: Vec<T>,
}

impl<T> Collected<T> {
    /// Whether everything that was asked for was read.
    pub fn is_complete(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The clusters of which something is missing, with why.
    pub fn failed(&self) -> impl Iterator<Item = (&Outcome, &Failure)> {
        self.clusters.iter().filter_map(|cluster| Some((cluster, cluster.error.as_ref()?)))
    }

    pub(super) fn join(results: impl IntoIterator<Item = (Outcome, Vec<T>)>) -> Self {
        let mut joined = Self { clusters: Vec::new(), items: Vec::new() };
        for (outcome, mut items) in results {
            joined.clusters.push(outcome);
            joined.items.append(&mut items);
        }
        joined
    }
}
