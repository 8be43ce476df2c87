//! The list of namespaces.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Collector;
use super::collected::Collected;
use crate::config::Scope;
use crate::kubectl::{Cluster, Error, ErrorKind, InvalidName, ListQuery, Name, Outcome, Resource};

/// The namespaces of a scope, if all are given by name.
pub fn namespace_names(scope: &Scope) -> Result<Option<Vec<Name>>, InvalidName> {
    scope.exact_namespaces().map(|names| names.map(Name::namespace).collect()).transpose()
}

/// A namespace of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Namespace {
    /// The kubeconfig's name for the cluster.
    pub cluster: Arc<str>,
    /// The context by which it was read.
    pub context: Arc<str>,
    /// The namespace.
    pub name: String,
    /// `Active` or `Terminating`.
    pub phase: String,
    /// When it was created.
    pub created_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    items: Option<Vec<Item>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    metadata: Metadata,
    #[serde(default)]
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    #[serde(default)]
    creation_timestamp: Option<String>,
}

#[derive(Deserialize, Default)]
struct Status {
    #[serde(default)]
    phase: Option<String>,
}

/// The namespaces of every cluster that `scope` covers, ordered by name.
pub async fn collect_namespaces(
    collector: &Collector,
    clusters: &[Cluster],
    scope: &Scope,
) -> Collected<Namespace> {
    let results = collector
        .each(clusters, |collector, cluster| {
            let scope = scope.clone();
            async move {
                let start = Instant::now();
                let read = collector.list(Resource::Namespaces, None, ListQuery::default());
                let answer = collector.kubectl.read(cluster.target(), &read).await;
                let (items, error) = match answer.and_then(|json| parse(&cluster, &json)) {
                    Ok(items) => (items, None),
                    Err(error) => (Vec::new(), Some(error)),
                };
                let items = items.into_iter().filter(|item| scope.covers(&item.name)).collect();
                (Outcome::new(&cluster, start.elapsed(), error), items)
            }
        })
        .await;
    Collected::join(results)
}

fn parse(cluster: &Cluster, json: &[u8]) -> Result<Vec<Namespace>, Error> {
    let bad = |what: &str| {
        Error::new(ErrorKind::BadResponse, format!("not a list of namespaces: {what}"))
    };
    let list: List = serde_json::from_slice(json).map_err(|error| {
        if json.trim_ascii_start().starts_with(b"<") {
            bad("an HTML page")
        } else {
            bad(&format!("line {}, column {}", error.line(), error.column()))
        }
    })?;
    // `--raw` answers a NamespaceList, `-o json` a List.
    if !matches!(list.kind.as_str(), "NamespaceList" | "List") {
        return Err(bad(&format!("kind {:?}", list.kind.chars().take(40).collect::<String>())));
    }
    let namespace = |item: Item| Namespace {
        cluster: Arc::clone(&cluster.name),
        context: Arc::clone(&cluster.context),
        name: item.metadata.name,
        phase: item.status.unwrap_or_default().phase.unwrap_or_default(),
        created_at: item.metadata.creation_timestamp.and_then(|time| time.parse().ok()),
    };
    let mut namespaces: Vec<Namespace> =
        list.items.unwrap_or_default().into_iter().map(namespace).collect();
    namespaces.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(namespaces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Pattern;

    #[test]
    fn a_namespace_that_would_be_a_flag_is_refused() {
        let scope = |name: &str| Scope::only(vec![Pattern::exact(name)]);
        assert_eq!(namespace_names(&scope("shop")).unwrap().unwrap().len(), 1);
        assert_eq!(namespace_names(&Scope::default()), Ok(None));
        assert!(namespace_names(&scope("-o")).is_err());
    }

    #[test]
    fn the_recorded_list_is_read() {
        let json = include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/recordings/namespaces.json"
        ));
        let namespaces = parse(&Cluster::own_pod(), json).unwrap();
        let names: Vec<&str> = namespaces.iter().map(|n| n.name.as_str()).collect();
        assert!(names.contains(&"shop") && names.is_sorted(), "{names:?}");
        assert!(namespaces.iter().all(|n| n.phase == "Active" && n.created_at.is_some()));
        let error = parse(&Cluster::own_pod(), b"<html>").unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadResponse);
    }
}
