//! Reads all HPAs of all clusters, with one kubectl process for each cluster.

use std::time::Instant;

use super::Collector;
use super::namespaces::namespace_names;
use super::stop::OfCluster;
use crate::config::{Lists, Scope};
use crate::hpa::{self, Hpa, HpaNames};
use crate::kubectl::{Cluster, Error, ErrorKind, InvalidName, ListQuery, Name, Outcome, Resource};

/// The HPAs to collect.
#[derive(Clone, Debug, PartialEq)]
pub struct HpaRequest {
    /// The namespaces and labels of the HPAs.
    pub scope: Scope,
    /// Only these HPAs; all of the scope if none is named.
    pub names: HpaNames,
}

/// The HPAs of one cluster.
#[derive(Clone, Debug)]
pub struct ClusterHpas {
    /// How reading the HPAs went.
    pub outcome: Outcome,
    /// The HPAs that could be read, ordered by namespace and name.
    pub hpas: Vec<Hpa>,
}

impl OfCluster for ClusterHpas {
    fn unread(outcome: Outcome) -> Self {
        Self { outcome, hpas: Vec::new() }
    }
}

/// Collects the HPAs of all `clusters`, in their order.
///
/// Runs one kubectl process for each cluster: it lists the one namespace given by name (with the scope, or
/// with the names of all HPAs), or else the whole cluster, filtered here. If several namespaces are given by name and the whole list
/// is forbidden, each of these namespaces is listed by itself.
pub async fn collect_hpas(
    collector: &Collector,
    clusters: &[Cluster],
    request: &HpaRequest,
) -> Result<Vec<ClusterHpas>, InvalidName> {
    let names = namespace_names(&request.scope)?;
    let results = collector
        .each(clusters, |collector, cluster| {
            let (request, names) = (request.clone(), names.clone());
            async move {
                let names = names.as_deref();
                let (outcome, hpas) = collect_cluster(&collector, &cluster, &request, names).await;
                ClusterHpas { outcome, hpas }
            }
        })
        .await;
    Ok(results)
}

/// The HPAs of one cluster, ordered by namespace and name. `names` are the namespaces of the
/// request, if all of them are given by name.
pub(super) async fn collect_cluster(
    collector: &Collector,
    cluster: &Cluster,
    request: &HpaRequest,
    names: Option<&[Name]>,
) -> (Outcome, Vec<Hpa>) {
    let start = Instant::now();
    let is_named = !request.names.is_empty();
    let request = &HpaRequest {
        scope: request.scope.clone(),
        names: request.names.of_cluster(&cluster.name),
    };
    if is_named && request.names.is_empty() {
        return (Outcome::new(cluster, start.elapsed(), None), Vec::new());
    }
    let own = request.names.namespaces();
    let names = own.as_deref().or(names);
    let (mut hpas, error) = read_cluster(collector, cluster, request, names).await;
    hpas.retain(|hpa| request.scope.covers(&hpa.namespace) && request.names.matches(hpa));
    hpas.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    (Outcome::new(cluster, start.elapsed(), error), hpas)
}

pub(super) async fn read_cluster(
    collector: &Collector,
    cluster: &Cluster,
    request: &HpaRequest,
    names: Option<&[Name]>,
) -> (Vec<Hpa>, Option<Error>) {
    let only = match names {
        Some([only]) => Some(only),
        _ => None,
    };
    let error = match read_list(collector, cluster, request, only).await {
        Ok(hpas) => return (hpas, None),
        Err(error) => error,
    };
    match names {
        Some(names) if names.len() > 1 && error.kind == ErrorKind::Forbidden => {
            let mut hpas = Vec::new();
            let mut failure = None;
            for name in names {
                match read_list(collector, cluster, request, Some(name)).await {
                    Ok(more) => hpas.extend(more),
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
            (hpas, failure)
        }
        _ => (Vec::new(), Some(error)),
    }
}

async fn read_list(
    collector: &Collector,
    cluster: &Cluster,
    request: &HpaRequest,
    namespace: Option<&Name>,
) -> Result<Vec<Hpa>, Error> {
    let mut query = ListQuery {
        label_selector: request.scope.selector.clone(),
        field_selector: request.names.only_name().map(|name| format!("metadata.name={name}")),
        ..ListQuery::default()
    };
    let mut hpas = Vec::new();
    loop {
        let read = collector.list(Resource::HorizontalPodAutoscalers, namespace, query.clone());
        let json = collector.kubectl.read(cluster.target(), &read).await.map_err(explain)?;
        let source = hpa::Source {
            cluster: &cluster.name,
            context: &cluster.context,
            annotation_prefix: &collector.annotation_prefix,
        };
        let page = hpa::parse_list_from(&source, &json)
            .map_err(|error| Error::new(ErrorKind::BadResponse, error.to_string()))?;
        if hpas.is_empty() {
            hpas = page.hpas;
        } else {
            hpas.extend(page.hpas);
        }
        // No page size is requested, but a server may send pages all the same.
        match page.continue_token {
            // With `-o json` kubectl itself follows the pages.
            Some(token)
                if collector.lists == Lists::Raw
                    && query.continue_token.as_ref() != Some(&token) =>
            {
                query.continue_token = Some(token);
            }
            _ => return Ok(hpas),
        }
    }
}

/// Explains a 404 for the whole list: the server has no autoscaling/v2, or is not a Kubernetes API
/// server, such as a proxy in front of several clusters.
fn explain(error: Error) -> Error {
    if error.kind == ErrorKind::NotFound {
        let message = format!(
            "{} (autoscaling/v2 needs Kubernetes 1.23 or newer, or this is not a Kubernetes API server)",
            error.message
        );
        Error { message, ..error }
    } else {
        error
    }
}
