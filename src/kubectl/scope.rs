//! Which clusters a command reads: those of the kubeconfig, without the configuration's exclusions,
//! narrowed by `--context`, `--cluster` and `--current`.
//!
//! Each entry of the kubeconfig's `clusters` is read once, except by contexts that are named
//! explicitly: one entry may stand for a different cluster for each user (Teleport).

mod called;
mod contexts;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::kubeconfig::{Context, KubeConfig, in_cluster};
use super::run::Target;
use super::server::ServerPath;
use crate::config::{ClusterTags, Clusters, Pattern, pattern::nearest};

pub use called::Called;
pub use contexts::ListedContext;

/// A cluster to read, with the context to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The kubeconfig's name for the cluster; the context's name if several contexts of it are
    /// read.
    pub name: Arc<str>,
    /// The context used to read it.
    pub context: Arc<str>,
    /// The user of that context; empty if it has none.
    pub user: Arc<str>,
    /// The kubeconfig's name for the cluster.
    pub entry: Arc<str>,
    /// The API server's address, without credentials.
    pub server: String,
    /// The path of that address as kubectl sends it; raw paths go below it.
    pub path: ServerPath,
    /// The context's default namespace.
    pub namespace: Option<String>,
    /// Whether the context is the current one.
    pub current: bool,
    /// Whether this is a pod's own cluster, without a kubeconfig: kubectl finds it by itself.
    pub in_cluster: bool,
    /// The configuration's alias and labels.
    pub tags: Arc<ClusterTags>,
}

impl Cluster {
    /// How kubectl addresses the cluster.
    pub fn target(&self) -> Target<'_> {
        if self.in_cluster {
            Target::Default
        } else {
            Target::Context { name: &self.context, path: &self.path }
        }
    }

    /// The cluster of the pod in which this process runs.
    pub fn own_pod() -> Self {
        Self {
            name: "in-cluster".into(),
            context: "in-cluster".into(),
            user: "".into(),
            entry: "in-cluster".into(),
            server: "https://kubernetes.default.svc".to_owned(),
            path: ServerPath::default(),
            namespace: None,
            current: true,
            in_cluster: true,
            tags: Arc::default(),
        }
    }
}

/// The selection on the command line.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `--context`, each a name, a glob or a `/regex/`.
    pub contexts: Vec<Pattern>,
    /// `--cluster`, in the same forms, matched with the cluster's name.
    pub clusters: Vec<Pattern>,
    /// `--current`.
    pub current: bool,
    /// If set, only these contexts (those of the clusters that `--cluster-label` selects).
    pub only: Option<BTreeSet<String>>,
}

/// The clusters to read, by name, and what the user should know about the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// At least one, ordered by name.
    pub clusters: Vec<Cluster>,
    /// Contexts that refer to a missing cluster, as sentences for stderr.
    pub notes: Vec<String>,
    /// Clusters of which some contexts are not read although their users differ, as sentences for
    /// stderr.
    pub unread: Vec<String>,
}

/// Why there is no cluster to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// There is no context at all.
    #[error(
        "no clusters: no kubeconfig with contexts was found (searched {files}); set KUBECONFIG or give --kubeconfig FILE"
    )]
    Empty {
        /// The files that were searched.
        files: String,
    },
    /// Every context refers to a missing cluster.
    #[error("no clusters: {}", notes.join("; "))]
    AllDangling {
        /// A sentence for each context.
        notes: Vec<String>,
    },
    /// `--current` without a current context.
    #[error(
        "the kubeconfig has no current context; choose one with --context, or with kubectl config use-context"
    )]
    NoCurrent,
    /// A name or pattern of the command line that matches nothing.
    #[error("no {what} {}{pattern:?}{}", if *.exact { "named " } else { "matches " }, suggestion(.near, *.known))]
    NoMatch {
        /// `context` or `cluster`.
        what: &'static str,
        /// The pattern, as given.
        pattern: String,
        /// Whether it is a plain name.
        exact: bool,
        /// Similar names.
        near: Vec<String>,
        /// How many names there are.
        known: usize,
    },
    /// `--context` and `--cluster` each match something, but no context is matched by both.
    #[error(
        "no context matches both --cluster {clusters} and --context {contexts}; see watchdog cluster list"
    )]
    Disjoint {
        /// The patterns of `--context`, with commas.
        contexts: String,
        /// The patterns of `--cluster`, with commas.
        clusters: String,
    },
    /// No cluster has the labels of `--cluster-label`, or none that the other flags select.
    #[error("{}", no_labelled(.labels, *.exists))]
    NoLabelled {
        /// The selector.
        labels: String,
        /// Whether a cluster that the other flags leave out has them.
        exists: bool,
    },
    /// A context that was named explicitly refers to a missing cluster.
    #[error("context {context:?} names cluster {cluster:?}, which the kubeconfig does not have")]
    Dangling {
        /// The context.
        context: String,
        /// The cluster it names.
        cluster: String,
    },
    /// The configuration excludes every cluster.
    #[error(
        "all {count} clusters of the kubeconfig are excluded by clusters.exclude or clusters.auto_discover in the configuration; name one with --context"
    )]
    AllExcluded {
        /// How many there are.
        count: usize,
    },
}

impl ScopeError {
    /// Whether the command line is at fault, rather than the kubeconfig or the configuration.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NoMatch { .. }
                | Self::NoLabelled { .. }
                | Self::Disjoint { .. }
                | Self::Dangling { .. }
        )
    }
}

fn no_labelled(labels: &str, exists: bool) -> String {
    if exists {
        format!(
            "no cluster that --context, --cluster or --current selects has the labels {labels}; others have them"
        )
    } else {
        format!(
            "no cluster has the labels {labels}; clusters.labels in the configuration sets them"
        )
    }
}

fn suggestion(near: &[String], known: usize) -> String {
    if near.is_empty() {
        return format!(" among {known}; see watchdog cluster list");
    }
    let quoted: Vec<String> = near.iter().map(|name| format!("{name:?}")).collect();
    format!("; did you mean {}?", quoted.join(" or "))
}

impl Selected {
    /// The clusters that `selection` matches, as by [`select`]. Inside a pod without any context,
    /// the pod's own cluster, unless the flags select others.
    pub fn of(
        kubeconfig: &KubeConfig,
        selection: &Selection,
        config: &Clusters,
    ) -> Result<Self, ScopeError> {
        let unnamed = selection.contexts.is_empty() && selection.clusters.is_empty();
        if kubeconfig.contexts.is_empty() && unnamed && in_cluster() {
            return Ok(Self { clusters: vec![Cluster::own_pod()], ..Self::default() });
        }
        select(kubeconfig, selection, config)
    }
}

/// The clusters that `selection` means. Of contexts that share a cluster, those named explicitly
/// are read; if there are none, the current context if it is among them, otherwise the first in the
/// file.
pub fn select(
    kubeconfig: &KubeConfig,
    selection: &Selection,
    config: &Clusters,
) -> Result<Selected, ScopeError> {
    if kubeconfig.contexts.is_empty() {
        return Err(ScopeError::Empty { files: kubeconfig.described_files() });
    }
    let contexts = || kubeconfig.contexts.keys().map(String::as_str);
    let clusters = || kubeconfig.contexts.values().map(|context| context.cluster.as_str());
    let selection = selection.among(kubeconfig);
    let config = config.among(|| contexts().chain(clusters()));
    check("context", &selection.contexts, &contexts().collect::<Vec<_>>())?;
    check("cluster", &selection.clusters, &clusters().collect::<Vec<_>>())?;
    let current = kubeconfig.current.as_deref().filter(|&c| kubeconfig.contexts.contains_key(c));
    if selection.current && current.is_none() {
        return Err(ScopeError::NoCurrent);
    }

    let mut scope = Selected::default();
    let mut candidates = 0;
    let mut entries: IndexMap<&str, Vec<Candidate<'_>>> = IndexMap::new();
    // The current context first, so that it wins over others of the same cluster.
    let ordered = current
        .into_iter()
        .chain(contexts().filter(|&name| Some(name) != current))
        .filter_map(|name| kubeconfig.contexts.get(name));
    for context in ordered {
        let is_current = Some(context.name.as_str()) == current;
        if !selection.means(context, is_current) {
            continue;
        }
        // A cluster named explicitly is read even if the configuration excludes it.
        let by_itself = selection.current || names(&selection.contexts, &context.name);
        let outright = by_itself || names(&selection.clusters, &context.cluster);
        let Some(server) = kubeconfig.clusters.get(&context.cluster) else {
            let dangling = ScopeError::Dangling {
                context: context.name.clone(),
                cluster: context.cluster.clone(),
            };
            if outright && !selection.current {
                return Err(dangling);
            }
            scope.notes.push(dangling.to_string());
            continue;
        };
        candidates += 1;
        if outright || config.covers(&[&context.name, &context.cluster]) {
            let candidate = Candidate { context, server, is_current, by_itself };
            entries.entry(&context.cluster).or_default().push(candidate);
        }
    }
    for (entry, candidates) in entries {
        let (mut read, mut others): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|candidate| candidate.by_itself);
        if read.is_empty() && !others.is_empty() {
            read.push(others.remove(0));
        }
        scope.unread.extend(unread(entry, &read, &others));
        let several = read.len() > 1;
        scope.clusters.extend(read.iter().map(|candidate| {
            let name = if several { name_of(candidate.context, kubeconfig) } else { entry.into() };
            let path = kubeconfig.paths.get(entry).cloned().unwrap_or_default();
            let tags = config.tags(&[&candidate.context.name, entry]);
            candidate.cluster(name, path, tags)
        }));
    }
    if scope.clusters.is_empty() {
        return Err(nothing(kubeconfig, &selection, candidates, scope.notes));
    }
    scope.clusters.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(scope)
}

/// Why there is no cluster to read although there are contexts.
fn nothing(
    kubeconfig: &KubeConfig,
    selection: &Selection,
    candidates: usize,
    notes: Vec<String>,
) -> ScopeError {
    if candidates > 0 {
        return ScopeError::AllExcluded { count: candidates };
    }
    if !notes.is_empty() {
        return ScopeError::AllDangling { notes };
    }
    if selection.contexts.is_empty() && selection.clusters.is_empty() {
        return ScopeError::Empty { files: kubeconfig.described_files() };
    }
    // Each pattern matches something, but no context matches all of them.
    let list =
        |patterns: &[Pattern]| patterns.iter().map(Pattern::as_str).collect::<Vec<_>>().join(",");
    ScopeError::Disjoint {
        contexts: list(&selection.contexts),
        clusters: list(&selection.clusters),
    }
}

/// Whether the name is one of the patterns literally.
fn names(patterns: &[Pattern], name: &str) -> bool {
    patterns.iter().any(|pattern| pattern.is_exact() && pattern.matches(name))
}

impl Selection {
    /// Whether nothing is selected, so that the configuration decides.
    pub fn is_empty(&self) -> bool {
        self.contexts.is_empty() && self.clusters.is_empty() && !self.current && self.only.is_none()
    }

    /// A copy in which patterns that are equal to an existing name stand for that name.
    #[must_use]
    pub fn among(&self, kubeconfig: &KubeConfig) -> Self {
        let contexts = || kubeconfig.contexts.keys().map(String::as_str);
        let clusters = || kubeconfig.contexts.values().map(|context| context.cluster.as_str());
        Self {
            contexts: self.contexts.iter().map(|pattern| pattern.among(contexts())).collect(),
            clusters: self.clusters.iter().map(|pattern| pattern.among(clusters())).collect(),
            ..self.clone()
        }
    }

    /// Whether the flags select the context.
    pub fn means(&self, context: &Context, is_current: bool) -> bool {
        let any = |patterns: &[Pattern], name: &str| {
            patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(name))
        };
        (is_current || !self.current)
            && self.only.as_ref().is_none_or(|only| only.contains(&context.name))
            && any(&self.contexts, &context.name)
            && any(&self.clusters, &context.cluster)
    }
}

/// A context that may be read.
struct Candidate<'a> {
    context: &'a Context,
    server: &'a str,
    is_current: bool,
    /// Whether it was named explicitly, so that it is read in any case.
    by_itself: bool,
}

impl Candidate<'_> {
    fn cluster(&self, name: Arc<str>, path: ServerPath, tags: ClusterTags) -> Cluster {
        Cluster {
            name,
            context: self.context.name.as_str().into(),
            user: self.context.user.as_str().into(),
            entry: self.context.cluster.as_str().into(),
            server: self.server.to_owned(),
            path,
            namespace: self.context.namespace.clone(),
            current: self.is_current,
            in_cluster: false,
            tags: tags.into(),
        }
    }
}

/// The context's name, extended if another cluster or context has it: the rows of two clusters must
/// not be mistaken for one's.
fn name_of(context: &Context, kubeconfig: &KubeConfig) -> Arc<str> {
    let is_taken = |name: &str| {
        name != context.cluster && kubeconfig.clusters.contains_key(name)
            || name != context.name && kubeconfig.contexts.contains_key(name)
    };
    let mut name = context.name.clone();
    while is_taken(&name) {
        name = format!("{name}@{}", context.cluster);
    }
    name.as_str().into()
}

/// A sentence about the contexts of one cluster that are not read, if they have other users.
fn unread(entry: &str, read: &[Candidate<'_>], others: &[Candidate<'_>]) -> Option<String> {
    const MOST: usize = 3;
    let users: HashSet<&str> = read.iter().map(|one| one.context.user.as_str()).collect();
    let unread: Vec<&str> = others
        .iter()
        .filter(|other| !users.contains(other.context.user.as_str()))
        .map(|other| other.context.name.as_str())
        .collect();
    let mut shown: Vec<String> = unread.iter().take(MOST).map(|name| format!("{name:?}")).collect();
    let count = unread.len();
    if count == 0 {
        return None;
    }
    if count > MOST {
        shown.push(format!("{} more", count - MOST));
    }
    let by: Vec<String> = read
        .iter()
        .take(MOST)
        .map(|one| format!("{:?} (user {:?})", one.context.name, one.context.user))
        .collect();
    let plural = if count == 1 { "context" } else { "contexts" };
    Some(format!(
        "cluster {entry:?} is read by context {}; {count} further {plural} with other users {} not \
         read ({}): each may be a different cluster; name the ones to read with --context",
        by.join(", "),
        if count == 1 { "is" } else { "are" },
        shown.join(", "),
    ))
}

/// Every pattern must match something: a typo among valid names is an error too.
fn check(what: &'static str, patterns: &[Pattern], names: &[&str]) -> Result<(), ScopeError> {
    let Some(pattern) = patterns.iter().find(|p| !names.iter().any(|name| p.matches(name))) else {
        return Ok(());
    };
    let exact = pattern.is_exact();
    let near = if exact { nearest(pattern.as_str(), names.iter().copied()) } else { Vec::new() };
    Err(ScopeError::NoMatch {
        what,
        pattern: pattern.as_str().to_owned(),
        exact,
        near: near.into_iter().map(str::to_owned).collect(),
        known: names.len(),
    })
}

#[cfg(test)]
mod tests;
