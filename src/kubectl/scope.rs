//! Which clusters a command reads: the kubeconfig's, less the config's exclusions, narrowed by
//! `--context`, `--cluster` and `--current`; each cluster once.

use std::sync::Arc;

use super::kubeconfig::KubeConfig;
use super::run::Target;
use super::server::ServerPath;
use crate::config::{Clusters, Pattern, pattern::nearest};

/// A cluster to read, and the context by which it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The kubeconfig's name for the cluster.
    pub name: Arc<str>,
    /// The context by which it is read.
    pub context: Arc<str>,
    /// The API server's address, without credentials.
    pub server: String,
    /// The path of that address as kubectl needs it, which a raw path goes below.
    pub path: ServerPath,
    /// The context's default namespace.
    pub namespace: Option<String>,
    /// Whether the context is the current one.
    pub current: bool,
    /// Inside a pod, without a kubeconfig: kubectl finds the cluster by itself.
    pub in_cluster: bool,
}

impl Cluster {
    /// How to name it to kubectl.
    pub fn target(&self) -> Target<'_> {
        if self.in_cluster {
            Target::Default
        } else {
            Target::Context { name: &self.context, path: &self.path }
        }
    }

    /// The cluster of the pod that this process runs in.
    pub fn own_pod() -> Self {
        Self {
            name: "in-cluster".into(),
            context: "in-cluster".into(),
            server: "https://kubernetes.default.svc".to_owned(),
            path: ServerPath::default(),
            namespace: None,
            current: true,
            in_cluster: true,
        }
    }
}

/// What the command line asks for.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// `--context`, each a name, a glob or a `/regex/`.
    pub contexts: Vec<Pattern>,
    /// `--cluster`, likewise, by the cluster's name.
    pub clusters: Vec<Pattern>,
    /// `--current`.
    pub current: bool,
}

/// The clusters to read, by name, and what a user should know of those that are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// At least one, ordered by name.
    pub clusters: Vec<Cluster>,
    /// Sentences for stderr.
    pub notes: Vec<String>,
}

/// Why there is nothing to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// There is no context at all.
    #[error(
        "no clusters: no kubeconfig with contexts was found (looked at {files}); set KUBECONFIG or give --kubeconfig FILE"
    )]
    Empty {
        /// The files looked at.
        files: String,
    },
    /// Every context leads nowhere.
    #[error("no clusters: {}", notes.join("; "))]
    AllDangling {
        /// Where each was to lead.
        notes: Vec<String>,
    },
    /// `--current` without a current context.
    #[error(
        "the kubeconfig has no current context; choose one with --context, or with kubectl config use-context"
    )]
    NoCurrent,
    /// A name or pattern of the command line that nothing matches.
    #[error("no {what} {}{pattern:?}{}", if *.exact { "named " } else { "matches " }, suggestion(.near, *.known))]
    NoMatch {
        /// `context` or `cluster`.
        what: &'static str,
        /// As given.
        pattern: String,
        /// Whether it is a plain name.
        exact: bool,
        /// Names that are near.
        near: Vec<String>,
        /// How many names there are.
        known: usize,
    },
    /// A context that was asked for by name leads nowhere.
    #[error("context {context:?} names cluster {cluster:?}, which the kubeconfig does not have")]
    Dangling {
        /// The context.
        context: String,
        /// The cluster it names.
        cluster: String,
    },
    /// Every cluster is excluded by the config.
    #[error(
        "all {count} clusters of the kubeconfig are left out by clusters.exclude or clusters.auto_discover in the config; name one with --context"
    )]
    AllExcluded {
        /// How many there are.
        count: usize,
    },
}

impl ScopeError {
    /// Whether the command line is at fault, rather than the kubeconfig or the config.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::NoMatch { .. } | Self::Dangling { .. })
    }
}

fn suggestion(near: &[String], known: usize) -> String {
    if near.is_empty() {
        return format!(" among {known}; see watchdog cluster list");
    }
    let quoted: Vec<String> = near.iter().map(|name| format!("{name:?}")).collect();
    format!("; did you mean {}?", quoted.join(" or "))
}

/// The clusters that `selection` means. A cluster that several contexts share is read once: by
/// the current context where it is among them, else by the first in order of name.
pub fn select(
    kubeconfig: &KubeConfig,
    selection: &Selection,
    config: &Clusters,
) -> Result<Scope, ScopeError> {
    if kubeconfig.contexts.is_empty() {
        return Err(ScopeError::Empty { files: kubeconfig.described_files() });
    }
    let contexts = || kubeconfig.contexts.keys().map(String::as_str);
    let clusters = || kubeconfig.contexts.values().map(|context| context.cluster.as_str());
    check("context", &selection.contexts, &contexts().collect::<Vec<_>>())?;
    check("cluster", &selection.clusters, &clusters().collect::<Vec<_>>())?;
    let current = kubeconfig.current.as_deref().filter(|&c| kubeconfig.contexts.contains_key(c));
    if selection.current && current.is_none() {
        return Err(ScopeError::NoCurrent);
    }

    let by_name = !selection.contexts.is_empty() || !selection.clusters.is_empty();
    let means = |patterns: &[Pattern], name: &str| {
        patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(name))
    };
    // What is named outright is read even where the config leaves it out.
    let named = |patterns: &[Pattern], name: &str| {
        patterns.iter().any(|pattern| pattern.is_exact() && pattern.matches(name))
    };
    let mut scope = Scope::default();
    let mut candidates = 0;
    // The current context first, so that it wins over others of the same cluster.
    let ordered = current
        .into_iter()
        .chain(contexts().filter(|&name| Some(name) != current))
        .filter_map(|name| kubeconfig.contexts.get(name));
    for context in ordered {
        let is_current = Some(context.name.as_str()) == current;
        if selection.current && !is_current
            || !means(&selection.contexts, &context.name)
            || !means(&selection.clusters, &context.cluster)
        {
            continue;
        }
        let outright = selection.current
            || named(&selection.contexts, &context.name)
            || named(&selection.clusters, &context.cluster);
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
        if !outright && !config.covers(&[&context.name, &context.cluster])
            || scope.clusters.iter().any(|cluster| *cluster.name == *context.cluster)
        {
            continue;
        }
        scope.clusters.push(Cluster {
            name: context.cluster.as_str().into(),
            context: context.name.as_str().into(),
            server: server.clone(),
            path: kubeconfig.paths.get(&context.cluster).cloned().unwrap_or_default(),
            namespace: context.namespace.clone(),
            current: is_current,
            in_cluster: false,
        });
    }
    if scope.clusters.is_empty() {
        if candidates > 0 {
            return Err(ScopeError::AllExcluded { count: candidates });
        }
        if !scope.notes.is_empty() {
            return Err(ScopeError::AllDangling { notes: scope.notes });
        }
        if by_name {
            // Each pattern matched something, but no context matches all that was asked.
            let patterns = selection.contexts.iter().chain(&selection.clusters);
            let pattern = patterns.map(Pattern::as_str).collect::<Vec<_>>().join(" and ");
            let known = kubeconfig.contexts.len();
            return Err(ScopeError::NoMatch {
                what: "context",
                pattern,
                exact: false,
                near: Vec::new(),
                known,
            });
        }
        return Err(ScopeError::Empty { files: kubeconfig.described_files() });
    }
    scope.clusters.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(scope)
}

/// Every pattern must match something: a mistyped name among good ones is no smaller a mistake.
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
mod tests {
    use super::*;
    use crate::kubectl::Context;

    fn kubeconfig(contexts: &[(&str, &str)], current: Option<&str>) -> KubeConfig {
        KubeConfig {
            contexts: contexts
                .iter()
                .map(|&(name, cluster)| {
                    let context =
                        Context { name: name.into(), cluster: cluster.into(), namespace: None };
                    (name.to_owned(), context)
                })
                .collect(),
            clusters: contexts
                .iter()
                .filter(|(_, cluster)| !cluster.is_empty() && *cluster != "gone")
                .map(|&(_, cluster)| (cluster.to_owned(), format!("https://{cluster}")))
                .collect(),
            current: current.map(str::to_owned),
            files: vec!["/k".into()],
            ..KubeConfig::default()
        }
    }

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| Pattern::parse(text).unwrap()).collect()
    }

    fn chosen(
        config: &KubeConfig,
        contexts: &[&str],
        clusters: &[&str],
    ) -> Result<Vec<String>, ScopeError> {
        let selection = Selection {
            contexts: patterns(contexts),
            clusters: patterns(clusters),
            current: false,
        };
        let exclude = Clusters { exclude: patterns(&["old*"]), ..Clusters::default() };
        select(config, &selection, &exclude)
            .map(|scope| scope.clusters.iter().map(|c| c.context.to_string()).collect())
    }

    #[test]
    fn a_shared_cluster_is_read_once_by_the_current_context() {
        let shared = [("admin", "prod"), ("me", "prod"), ("stage", "stage")];
        let config = kubeconfig(&shared, Some("me"));
        assert_eq!(chosen(&config, &[], &[]).unwrap(), ["me", "stage"]);
        let config = kubeconfig(&shared, None);
        assert_eq!(chosen(&config, &[], &[]).unwrap(), ["admin", "stage"]);
        let config = kubeconfig(&shared, Some("gone"));
        assert_eq!(chosen(&config, &["me"], &[]).unwrap(), ["me"]);
    }

    #[test]
    fn exclusions_hold_unless_named_outright() {
        let config = kubeconfig(&[("a", "new"), ("b", "old-1")], None);
        assert_eq!(chosen(&config, &[], &[]).unwrap(), ["a"]);
        assert_eq!(chosen(&config, &["b"], &[]).unwrap(), ["b"]);
        assert_eq!(chosen(&config, &[], &["old-1"]).unwrap(), ["b"]);
        assert_eq!(chosen(&config, &["b*"], &[]), Err(ScopeError::AllExcluded { count: 1 }));
    }

    #[test]
    fn what_matches_nothing_is_named_with_what_is_near() {
        let config = kubeconfig(&[("production", "p"), ("staging", "s")], None);
        let error = chosen(&config, &["produktion"], &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"no context named "produktion"; did you mean "production"?"#
        );
        assert!(error.is_usage());
        let error = chosen(&config, &["x*"], &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"no context matches "x*" among 2; see watchdog cluster list"#
        );
        let error = chosen(&config, &["production"], &["s"]).unwrap_err();
        assert!(error.to_string().contains(r#"matches "production and s""#), "{error}");
    }

    #[test]
    fn a_context_that_leads_nowhere_is_a_note_or_an_error_when_asked_for() {
        let config = kubeconfig(&[("a", "x"), ("b", "gone"), ("c", "")], None);
        let scope = select(&config, &Selection::default(), &Clusters::default()).unwrap();
        assert_eq!(scope.clusters.len(), 1);
        assert_eq!(scope.notes.len(), 2);
        assert!(chosen(&config, &["b"], &[]).unwrap_err().is_usage());
        let all = kubeconfig(&[("b", "gone")], Some("b"));
        let error = chosen(&all, &[], &[]).unwrap_err();
        assert!(!error.is_usage() && error.to_string().contains("which the kubeconfig"), "{error}");
        let none = select(&KubeConfig::default(), &Selection::default(), &Clusters::default());
        assert!(matches!(none, Err(ScopeError::Empty { .. })));
    }
}
