//! Clusters by a name that a user has typed: as watchdog prints it, or as the kubeconfig has it.

use super::{ScopeError, Selection, name_of, nearest};
use crate::config::{Clusters, Pattern};
use crate::kubectl::{Context, KubeConfig};
use crate::term::shown::meant;

/// A cluster that has been named.
#[derive(Clone, Copy, Debug)]
pub struct Called<'a> {
    /// The context through which it is read.
    pub context: &'a Context,
    /// Whether the name is that of the context, rather than that of the cluster.
    pub is_context: bool,
}

impl KubeConfig {
    /// The cluster of this name: the kubeconfig's cluster, which is read through its current or first context, else the
    /// context, else an alias, else what has the name as a part, if there is just one.
    ///
    /// # Errors
    ///
    /// [`ScopeError::NoMatch`]
    pub fn called(&self, name: &str, config: &Clusters) -> Result<Called<'_>, ScopeError> {
        let known = |name: &str| self.of_cluster(name).or_else(|| self.of_context(name));
        let of_alias = || config.aliased(name).and_then(known);
        let of_part = || meant(name, self.entries()).and_then(|name| self.of_cluster(name));
        let of_context_part = || {
            meant(name, self.contexts.keys().map(String::as_str)).and_then(|it| self.of_context(it))
        };
        known(name).or_else(of_alias).or_else(of_part).or_else(of_context_part).ok_or_else(|| {
            let names = self.entries().chain(self.contexts.keys().map(String::as_str));
            let names = names.chain(config.aliases.values().map(String::as_str));
            let near = nearest(name, names).into_iter().map(str::to_owned).collect();
            ScopeError::NoMatch {
                what: "cluster",
                pattern: name.to_owned(),
                exact: true,
                near,
                known: self.contexts.len(),
            }
        })
    }

    fn entries(&self) -> impl Iterator<Item = &str> {
        self.contexts.values().map(|context| context.cluster.as_str())
    }

    fn of_cluster(&self, name: &str) -> Option<Called<'_>> {
        let current = self.current.as_deref().and_then(|current| self.contexts.get(current));
        let mut contexts = current.into_iter().chain(self.contexts.values());
        let context = contexts.find(|context| context.cluster == name)?;
        Some(Called { context, is_context: false })
    }

    fn of_context(&self, name: &str) -> Option<Called<'_>> {
        let extended = || self.contexts.values().find(|context| *name_of(context, self) == *name);
        let context = self.contexts.get(name).or_else(extended)?;
        Some(Called { context, is_context: true })
    }
}

impl Selection {
    /// A copy in which aliases, and parts of names as they are shown, stand for the names of the kubeconfig.
    #[must_use]
    pub fn resolved(&self, kubeconfig: &KubeConfig, config: &Clusters) -> Self {
        let resolve = |patterns: &[Pattern], names: &dyn Fn(&str) -> bool, of: Of| {
            patterns
                .iter()
                .flat_map(|pattern| resolve(pattern, kubeconfig, config, names, of))
                .collect()
        };
        Self {
            contexts: resolve(
                &self.contexts,
                &|text| kubeconfig.contexts.contains_key(text),
                |called| &called.context.name,
            ),
            clusters: resolve(
                &self.clusters,
                &|text| kubeconfig.entries().any(|entry| entry == text),
                |called| &called.context.cluster,
            ),
            ..self.clone()
        }
    }
}

/// The part of a cluster that a flag selects by.
type Of = for<'a> fn(&Called<'a>) -> &'a str;

/// The patterns that `pattern` stands for; itself, if it names or matches something as it is.
fn resolve(
    pattern: &Pattern,
    kubeconfig: &KubeConfig,
    config: &Clusters,
    is_name: &dyn Fn(&str) -> bool,
    of: Of,
) -> Vec<Pattern> {
    let exact = |called: Called<'_>| Pattern::exact(of(&called));
    if pattern.is_exact() {
        if is_name(pattern.as_str()) {
            return vec![pattern.clone()];
        }
        let called = kubeconfig.called(pattern.as_str(), config);
        // A flag for clusters does not take the names of contexts, nor the other way round.
        let called = called.ok().filter(|called| {
            [&called.context.name, &called.context.cluster]
                .iter()
                .all(|it| **it != pattern.as_str())
        });
        return vec![called.map_or_else(|| pattern.clone(), exact)];
    }
    let aliased = config.aliases.iter().filter(|(_, alias)| pattern.matches(alias));
    let aliased = aliased.filter_map(|(name, _)| kubeconfig.called(name, config).ok()).map(exact);
    let mut patterns: Vec<Pattern> = aliased.collect();
    let names = kubeconfig.contexts.values().flat_map(|it| [&it.name, &it.cluster]);
    if patterns.is_empty() || names.into_iter().any(|name| pattern.matches(name)) {
        patterns.push(pattern.clone());
    }
    patterns
}

#[cfg(test)]
mod tests {
    use super::super::tests::kubeconfig;
    use super::*;

    const SHOP: &str = "arn:aws:eks:eu-west-1:1:cluster/shop";
    const MEDIA: &str = "arn:aws:eks:us-east-1:1:cluster/media";

    fn config() -> Clusters {
        let aliases =
            [(SHOP.to_owned(), "shop-eu".to_owned()), ("m".to_owned(), "films".to_owned())];
        Clusters { aliases: aliases.into(), ..Clusters::default() }
    }

    #[test]
    fn a_cluster_is_called_by_name_context_alias_or_part() {
        let kubeconfig = kubeconfig(&[("s", SHOP), ("s2", SHOP), ("m", MEDIA)], Some("s2"));
        let called = |name: &str| {
            let called = kubeconfig.called(name, &config()).unwrap();
            (called.context.name.clone(), called.is_context)
        };
        assert_eq!(called(SHOP), ("s2".to_owned(), false));
        assert_eq!(called("s"), ("s".to_owned(), true));
        assert_eq!(called("shop-eu"), ("s2".to_owned(), false));
        assert_eq!(called("films"), ("m".to_owned(), true));
        assert_eq!(called("media"), ("m".to_owned(), false));
        assert_eq!(called("us-east-1:1:cluster/media"), ("m".to_owned(), false));
        let error = kubeconfig.called("shop-ue", &config()).unwrap_err();
        assert_eq!(error.to_string(), r#"no cluster named "shop-ue"; did you mean "shop-eu"?"#);
    }

    #[test]
    fn flags_take_aliases_and_parts() {
        let kubeconfig = kubeconfig(&[("s", SHOP), ("m", MEDIA)], None);
        let resolved = |contexts: &[&str], clusters: &[&str]| {
            let patterns =
                |texts: &[&str]| texts.iter().map(|it| Pattern::parse(it).unwrap()).collect();
            let selection = Selection {
                contexts: patterns(contexts),
                clusters: patterns(clusters),
                ..Selection::default()
            };
            let Selection { contexts, clusters, .. } = selection.resolved(&kubeconfig, &config());
            let texts: Vec<String> =
                contexts.iter().chain(&clusters).map(Pattern::to_string).collect();
            texts
        };
        assert_eq!(resolved(&[], &["shop-eu", "media"]), [SHOP, MEDIA]);
        assert_eq!(resolved(&["shop-eu", "films"], &[]), ["s", "m"]);
        assert_eq!(resolved(&[], &["shop-*"]), [SHOP]);
        // What is no alias and no part stays, for its error.
        assert_eq!(resolved(&["nope"], &["nope", "s", "x*"]), ["nope", "nope", "s", "x*"]);
    }
}
