//! HPAs with the objects that they scale, whole lists at once.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use super::Collector;
use super::hpas::{HpaRequest, read_cluster};
use super::outcome::{Collected, Failure, Outcome};
use crate::config::{Lists, duration};
use crate::hpa::{Hpa, Workload};
use crate::kubectl::{Cluster, Error, ErrorKind, InvalidName, ListQuery, Name, Resource};

/// An HPA with what it scales.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaled {
    /// The HPA.
    pub hpa: Hpa,
    /// Its scale target; `None` where it is not there, could not be read, or is of a kind whose
    /// lists are not known.
    pub target: Option<Workload>,
}

/// Collects the HPAs that `request` means with their targets, ordered by cluster, namespace and
/// name. One kubectl process for a cluster's HPAs and one for each kind of target among them, five
/// at most, whatever the number of HPAs. What is not read at `deadline`, which is so long after the
/// beginning, counts as a timeout.
pub async fn collect_with_targets(
    collector: &Collector,
    clusters: &[Cluster],
    request: &HpaRequest,
    deadline: Option<(Instant, Duration)>,
) -> Result<Collected<Scaled>, InvalidName> {
    let names = request.namespaces.names()?;
    let results = collector
        .each(clusters, |collector, cluster| {
            let (request, names) = (request.clone(), names.clone());
            async move {
                let start = Instant::now();
                let names = names.as_deref();
                let (scaled, failure) = read(&collector, &cluster, &request, names, deadline).await;
                let mut outcome = Outcome::new(&cluster, start.elapsed(), None);
                if let Some(failure) = failure {
                    outcome.fail(failure);
                }
                (outcome, scaled)
            }
        })
        .await;
    Ok(Collected::join(results))
}

/// `work`, unless the deadline passes first.
async fn within<T>(
    deadline: Option<(Instant, Duration)>,
    work: impl Future<Output = T>,
) -> Result<T, Error> {
    let Some((at, limit)) = deadline else { return Ok(work.await) };
    tokio::time::timeout_at(at, work).await.map_err(|_| {
        let limit = duration::format(limit);
        Error::new(ErrorKind::Timeout, format!("not read within {limit}, the time for all"))
    })
}

async fn read(
    collector: &Collector,
    cluster: &Cluster,
    request: &HpaRequest,
    names: Option<&[Name]>,
    deadline: Option<(Instant, Duration)>,
) -> (Vec<Scaled>, Option<Failure>) {
    let list = read_cluster(collector, cluster, request, names);
    let (mut hpas, error) =
        within(deadline, list).await.unwrap_or_else(|error| (Vec::new(), Some(error)));
    hpas.retain(|hpa| request.namespaces.covers(&hpa.namespace));
    hpas.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    let mut failure = error.map(Failure::from);
    let mut targets = BTreeMap::new();
    let namespace = match names {
        Some([only]) => Some(only),
        _ => None,
    };
    for resource in kinds(&hpas) {
        let list = read_kind(collector, cluster, resource, namespace, &hpas);
        match within(deadline, list).await.and_then(|read| read) {
            Ok(found) => targets.extend(found),
            // Where that kind is not installed, its objects do not exist.
            Err(error) if error.kind == ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!("targets: {}", error.message);
                failure.get_or_insert(Failure { kind: error.kind, message });
            }
        }
    }
    let scaled = hpas.into_iter().map(|hpa| {
        let target = targets.get(&key(&hpa)).cloned();
        let target = target.filter(|target: &Workload| target.is(&hpa.target));
        Scaled { hpa, target }
    });
    (scaled.collect(), failure)
}

/// Namespace, kind and name of a target.
type Key = (String, String, String);

fn key(hpa: &Hpa) -> Key {
    (hpa.namespace.clone(), hpa.target.kind.to_string(), hpa.target.name.clone())
}

/// The kinds of targets that occur, each once.
fn kinds(hpas: &[Hpa]) -> Vec<Resource> {
    let mut kinds = Vec::new();
    for hpa in hpas {
        if let Some(kind) = Resource::of_kind(&hpa.target.api_version, &hpa.target.kind)
            && !kinds.contains(&kind)
        {
            kinds.push(kind);
        }
    }
    kinds
}

/// The targets of that kind; the cluster's other objects are let go page by page.
async fn read_kind(
    collector: &Collector,
    cluster: &Cluster,
    resource: Resource,
    namespace: Option<&Name>,
    hpas: &[Hpa],
) -> Result<Vec<(Key, Workload)>, Error> {
    let wanted: BTreeSet<Key> = hpas.iter().map(key).collect();
    let mut query = ListQuery::default();
    let mut found = Vec::new();
    loop {
        let read = collector.list(resource, namespace, query.clone());
        let json = collector.kubectl.read(cluster.target(), &read).await?;
        let (workloads, token) = Workload::parse_list(&json)
            .map_err(|error| Error::new(ErrorKind::BadResponse, error.to_string()))?;
        for workload in workloads {
            let key = (workload.namespace.clone(), workload.kind.clone(), workload.name.clone());
            if wanted.contains(&key) {
                found.push((key, workload));
            }
        }
        match token {
            Some(token)
                if collector.lists == Lists::Raw
                    && query.continue_token.as_ref() != Some(&token) =>
            {
                query.continue_token = Some(token);
            }
            _ => return Ok(found),
        }
    }
}
