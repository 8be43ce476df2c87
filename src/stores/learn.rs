//! Learns a store's labels with the help of the cluster's API.

use serde::Deserialize;

use crate::collect::Collector;
use crate::kubectl::{ApiPath, Cluster, Error, ErrorKind, ListQuery, Name, Read, Resource};
use crate::prometheus::promql::{one_pod_of_each_target, pod_info, pod_usage, pods_beside};
use crate::prometheus::{Client, Labels, LearnError, Pod, no_strangers};

use super::open::StoreError;

/// How many pods are looked through for one that runs.
const PAGE: u32 = 200;
/// More servers of kube-state-metrics than a cluster has shards; the API is asked about each.
const MOST_TARGETS: usize = 16;
/// How many further pods of a server the API is asked about.
const MOST_BESIDE: usize = 6;

/// What was learnt, and from which pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    /// The labels.
    pub labels: Labels,
    /// The pod.
    pub pod: Pod,
    /// How many queries it took.
    pub queries: u64,
    /// Why it could not be checked that the store has no other cluster's series with the same labels.
    pub unchecked: Option<String>,
}

/// Learns how a cluster's series are labelled, from a pod of its own.
///
/// # Errors
/// If the API or the store cannot be read, or what they say leaves a doubt.
pub async fn learn(
    collector: &Collector,
    cluster: &Cluster,
    client: &Client,
    configured: &[(String, String)],
    namespace: Option<&Name>,
) -> Result<Learnt, StoreError> {
    let pod = known_pod(collector, cluster, namespace).await?;
    let info = client.query(&pod_info(&pod.uid), None).await?.items;
    let usage = client.query(&pod_usage(&pod.name), None).await?.items;
    let mut labels = match crate::prometheus::learn(&info, &usage, &pod) {
        // The labels are configured: a conflict among the samples is not this function's to judge.
        Err(LearnError::Conflict { .. } | LearnError::Unlabelled { .. })
            if !configured.is_empty() =>
        {
            let is_ours = |sample: &&crate::prometheus::Sample| {
                configured.iter().all(|(name, value)| sample.is(name, value))
            };
            let ours = |samples: &[crate::prometheus::Sample]| -> Vec<_> {
                samples.iter().filter(is_ours).cloned().collect()
            };
            crate::prometheus::learn(&ours(&info), &ours(&usage), &pod)?
        }
        learnt => learnt?,
    };
    if !configured.is_empty() {
        labels = labels.configured(configured);
    }
    let mut look = Look { collector, cluster, client, labels: &labels, known: &pod, queries: 3 };
    let unchecked = look.for_strangers().await?;
    let queries = look.queries;
    Ok(Learnt { labels, pod, queries, unchecked })
}

/// Looks whether a store has another cluster's series with the same labels.
struct Look<'a> {
    collector: &'a Collector,
    cluster: &'a Cluster,
    client: &'a Client,
    labels: &'a Labels,
    /// A pod that is in the API.
    known: &'a Pod,
    queries: u64,
}

impl Look<'_> {
    /// Checks that all pods are in the cluster's API; the reason where that is not known.
    async fn for_strangers(&mut self) -> Result<Option<String>, StoreError> {
        let targets = self.client.query(&one_pod_of_each_target(self.labels), None).await?.items;
        let targets = self.labels.pods_of_targets(&targets);
        if targets.len() > MOST_TARGETS {
            let count = targets.len();
            return Ok(Some(format!("kube-state-metrics was scraped from {count} addresses")));
        }
        let (mut missing, mut why) = self.not_in_the_api(&targets).await;
        if !missing.is_empty() {
            let beside = self.beside(&missing).await?;
            let (also_missing, also_why) = self.not_in_the_api(&beside).await;
            // A pod that ended since the last scrape: all other pods of its server are there.
            let has_ended = |server: &String| {
                let of_server = |(_, other): &&(Pod, String)| other == server;
                beside.iter().any(|it| of_server(&it))
                    && !also_missing.iter().any(|it| of_server(&it))
            };
            missing.retain(|(_, server)| !has_ended(server));
            why = why.or(also_why);
        }
        no_strangers(&targets, |pod| !missing.iter().any(|(other, _)| other.uid == pod.uid))?;
        Ok(why)
    }

    /// The pods that the API does not have, and why that is not known of others.
    async fn not_in_the_api(&self, pods: &[(Pod, String)]) -> (Vec<(Pod, String)>, Option<String>) {
        let (mut missing, mut why) = (Vec::new(), None);
        for (pod, server) in pods.iter().filter(|(pod, _)| pod.uid != self.known.uid) {
            match is_there(self.collector, self.cluster, pod).await {
                Ok(true) => {}
                Ok(false) => missing.push((pod.clone(), server.clone())),
                Err(error) => why = Some(error.message),
            }
        }
        (missing, why)
    }

    /// Other pods of the servers that have these, a few of each, of other namespaces first: pods end in groups.
    async fn beside(
        &mut self,
        missing: &[(Pod, String)],
    ) -> Result<Vec<(Pod, String)>, StoreError> {
        let uids: Vec<&str> = missing.iter().map(|(pod, _)| pod.uid.as_str()).collect();
        let others = self.client.query(&pods_beside(self.labels, &uids), None).await?.items;
        self.queries += 1;
        let others = self.labels.pods_of_targets(&others);
        let mut chosen = Vec::new();
        for (pod, server) in missing {
            let of_server = others.iter().filter(|(_, other)| other == server);
            let (same, elsewhere): (Vec<_>, Vec<_>) =
                of_server.partition(|(other, _)| other.namespace == pod.namespace);
            let few = if elsewhere.is_empty() { same } else { elsewhere };
            chosen.extend(few.into_iter().take(MOST_BESIDE).cloned());
        }
        Ok(chosen)
    }
}

async fn is_there(collector: &Collector, cluster: &Cluster, pod: &Pod) -> Result<bool, Error> {
    let (Ok(namespace), Ok(name)) = (Name::parse(&pod.namespace), Name::parse(&pod.name)) else {
        return Ok(false);
    };
    let read = Read::Raw(ApiPath::object(Resource::Pods, &namespace, &name));
    match collector.kubectl.read(cluster.target(), &read).await {
        Ok(json) => {
            let item: Item = parsed(&json)?;
            Ok(item.metadata.uid == pod.uid)
        }
        Err(error) if error.kind == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    items: Option<Vec<Item>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    status: Status,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    uid: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    creation_timestamp: String,
    #[serde(default)]
    deletion_timestamp: Option<String>,
}

#[derive(Default, Deserialize)]
struct Status {
    #[serde(default)]
    phase: String,
}

fn parsed<T: for<'de> Deserialize<'de>>(json: &[u8]) -> Result<T, Error> {
    let bad = |error| Error::new(ErrorKind::BadResponse, format!("not a pod: {error}"));
    serde_json::from_slice(json).map_err(bad)
}

/// A pod of the cluster that runs, the oldest of those looked at: a store knows it best.
///
/// # Errors
/// If pods cannot be read, or none runs.
pub async fn known_pod(
    collector: &Collector,
    cluster: &Cluster,
    namespace: Option<&Name>,
) -> Result<Pod, StoreError> {
    let query = ListQuery {
        field_selector: Some("status.phase=Running".to_owned()),
        limit: Some(PAGE),
        ..ListQuery::default()
    };
    let read = Read::Raw(ApiPath::list(Resource::Pods, namespace, &query));
    let json = collector.kubectl.read(cluster.target(), &read).await;
    let list: List = parsed(&json.map_err(StoreError::Api)?).map_err(StoreError::Api)?;
    let pods = list.items.into_iter().flatten();
    let runs = |item: &Item| {
        let Metadata { uid, deletion_timestamp, .. } = &item.metadata;
        item.status.phase == "Running" && deletion_timestamp.is_none() && !uid.is_empty()
    };
    // RFC 3339 in UTC sorts as text.
    let oldest = pods
        .filter(runs)
        .min_by(|a, b| a.metadata.creation_timestamp.cmp(&b.metadata.creation_timestamp));
    let Metadata { uid, namespace, name, .. } = oldest.ok_or(StoreError::NoPod)?.metadata;
    Ok(Pod { uid, namespace, name })
}
