//! Reads the version, readiness and identity of each API server.

use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Collector;
use super::collected::Collected;
use crate::kubectl::{ApiPath, Cluster, Error, ErrorKind, ListQuery, Outcome, Read, Resource};

/// The answers of an API server about itself. Errors are in the cluster's outcome, at the same
/// position in the list of clusters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// The server's version, e.g. `v1.36.2`.
    pub version: Option<String>,
    /// Whether `/readyz` answers `ok`; none if it could not be read.
    pub ready: Option<bool>,
    /// The uid of the namespace `kube-system`, which identifies a cluster under another name; none
    /// if it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kube_system_uid: Option<String>,
}

impl Collected<Probe> {
    /// The uid of each cluster's `kube-system`, if it could be read.
    pub fn identities(&self) -> impl Iterator<Item = (&str, &str)> {
        let probes = self.clusters.iter().zip(&self.items);
        probes.filter_map(|(outcome, probe)| {
            Some((&*outcome.name, probe.kube_system_uid.as_deref()?))
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

/// `/version` as the server answers it, or as part of the output of `kubectl version`.
#[derive(Deserialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum Answer {
    Server(Version),
    Kubectl { server_version: Version },
}

impl Answer {
    fn git_version(self) -> String {
        match self {
            Self::Server(version) | Self::Kubectl { server_version: version } => {
                version.git_version
            }
        }
    }
}

/// Reads version, readiness and identity of all clusters at the same time. `items` has one probe
/// for each cluster, in the order of `clusters`.
pub async fn probe_clusters(collector: &Collector, clusters: &[Cluster]) -> Collected<Probe> {
    let results = collector
        .each(clusters, |collector, cluster| async move {
            let start = Instant::now();
            let (version, ready) = (Read::Raw(ApiPath::version()), Read::Raw(ApiPath::readyz()));
            let ready = async {
                // `/readyz` can only be read as a raw path.
                if !collector.kubectl.reads_raw(cluster.target()).await {
                    return Ok(None);
                }
                // A server that is not ready answers with an error, so an error is not retried.
                collector.kubectl.read_once(cluster.target(), &ready).await.map(Some)
            };
            let (version, ready, kube_system_uid) = tokio::join!(
                collector.kubectl.read(cluster.target(), &version),
                ready,
                kube_system_uid(&collector, &cluster),
            );
            let duration = start.elapsed();
            let version = version.and_then(|json| {
                serde_json::from_slice::<Answer>(&json)
                    .map(Answer::git_version)
                    .map_err(|_| Error::new(ErrorKind::BadResponse, "/version is not a version"))
            });
            let (ready, ready_error) = match ready {
                Ok(None) => (None, None),
                Ok(Some(text)) => (Some(text.trim_ascii() == b"ok"), None),
                // A server that is not ready answers 500 with the list of its checks.
                Err(error) if error.message.contains("(InternalError)") => (Some(false), None),
                Err(error) => (None, Some(error)),
            };
            let (version, error) = match version {
                Ok(version) => (Some(version), None),
                Err(error) => (None, Some(error)),
            };
            let outcome = Outcome::new(&cluster, duration, error.or(ready_error));
            (outcome, vec![Probe { version, ready, kube_system_uid }])
        })
        .await;
    // A cluster that was not read before an interruption has a probe too: they are joined by position.
    let whole = |(outcome, mut probes): (Outcome, Vec<Probe>)| {
        if probes.is_empty() {
            probes.push(Probe::default());
        }
        (outcome, probes)
    };
    Collected::join(results.into_iter().map(whole))
}

/// The uid of `kube-system`; none if it cannot be read, which is no failure of the probe. Read as
/// a list of one, which a role that may only list namespaces allows.
async fn kube_system_uid(collector: &Collector, cluster: &Cluster) -> Option<String> {
    #[derive(Deserialize)]
    struct List {
        items: Vec<Item>,
    }
    #[derive(Deserialize)]
    struct Item {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        name: String,
        uid: String,
    }
    const NAME: &str = "kube-system";
    let query =
        ListQuery { field_selector: Some(format!("metadata.name={NAME}")), ..ListQuery::default() };
    let read = collector.list(Resource::Namespaces, None, query);
    let json = collector.kubectl.read_once(cluster.target(), &read).await.ok()?;
    let list: List = serde_json::from_slice(&json).ok()?;
    let found = list.items.into_iter().map(|item| item.metadata);
    found.filter(|metadata| metadata.name == NAME).map(|metadata| metadata.uid).next()
}
