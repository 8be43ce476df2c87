//! All contexts of the kubeconfig, and which of them are used to read their clusters.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Cluster, Selected, Selection};
use crate::config::{ClusterTags, Clusters};
use crate::kubectl::{Context, KubeConfig};

/// A context of the kubeconfig, whether or not it is used to read its cluster. Nothing has been
/// read from the cluster, so there is no outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedContext {
    /// The kubeconfig's name for the cluster.
    pub name: String,
    /// The configuration's alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The configuration's labels.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The name of the context.
    pub context: String,
    /// The context's user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The API server's address, without credentials; `None` if the context refers to a missing
    /// cluster.
    pub server: Option<String>,
    /// The context's default namespace.
    pub namespace: Option<String>,
    /// Whether it is the current context.
    pub current: bool,
    /// Whether commands use this context to read its cluster.
    pub selected: bool,
    /// Why the context is not selected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ListedContext {
    /// The contexts that `selection` matches, ordered by name. Inside a pod without a kubeconfig,
    /// the pod's own cluster. `selected` are the clusters that are read.
    pub fn list(
        kubeconfig: &KubeConfig,
        selection: &Selection,
        selected: &Selected,
        config: &Clusters,
    ) -> Vec<Self> {
        if kubeconfig.contexts.is_empty() {
            return selected.clusters.iter().map(Self::own_pod).collect();
        }
        let selection = selection.among(kubeconfig);
        let mut by_entry: HashMap<&str, Vec<&Cluster>> = HashMap::new();
        for cluster in &selected.clusters {
            by_entry.entry(&cluster.entry).or_default().push(cluster);
        }
        let is_current = |context: &Context| kubeconfig.current.as_deref() == Some(&context.name);
        let contexts = kubeconfig.contexts.values();
        let mut listed: Vec<Self> = contexts
            .filter(|context| selection.means(context, is_current(context)))
            .map(|context| {
                let read = by_entry.get(context.cluster.as_str()).map_or(&[][..], Vec::as_slice);
                let server = kubeconfig.clusters.get(&context.cluster).cloned();
                let reason = unread(context, server.is_some(), read);
                let ClusterTags { alias, labels } = config.tags(&[&context.name, &context.cluster]);
                Self {
                    name: context.cluster.clone(),
                    alias,
                    labels,
                    context: context.name.clone(),
                    user: Some(context.user.clone()).filter(|user| !user.is_empty()),
                    server,
                    namespace: context.namespace.clone(),
                    current: is_current(context),
                    selected: reason.is_none(),
                    reason,
                }
            })
            .collect();
        listed.sort_by(|a, b| a.context.cmp(&b.context));
        listed
    }

    fn own_pod(cluster: &Cluster) -> Self {
        Self {
            name: cluster.name.to_string(),
            alias: None,
            labels: BTreeMap::new(),
            context: cluster.context.to_string(),
            user: None,
            server: Some(cluster.server.clone()),
            namespace: None,
            current: true,
            selected: true,
            reason: None,
        }
    }
}

/// Why the context is not used to read its cluster; `None` if it is. `read` are the clusters that
/// are read, with their contexts.
fn unread(context: &Context, exists: bool, read: &[&Cluster]) -> Option<String> {
    if read.iter().any(|cluster| *cluster.context == *context.name) {
        return None;
    }
    Some(match read.first() {
        _ if !exists => "the kubeconfig does not have its cluster".to_owned(),
        Some(by) if *by.user == *context.user => format!("by context {}", by.context),
        Some(by) => format!("by context {}, as user {}", by.context, by.user),
        None => "left out by the configuration".to_owned(),
    })
}
