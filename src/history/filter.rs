//! Which part of the history is shown.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::error::Error;
use super::read::Reader;
use super::schema::Store;
use super::snapshot::Snapshot;
use super::snapshots::Summary;
use super::track::{Track, TrackQuery};
use crate::config::pattern::nearest;
use crate::config::{Clusters, Pattern};
use crate::hpa::{HpaName, HpaNames};
use crate::kube::Selector;
use crate::kubectl::Outcome;
use crate::term::shown::meant;

/// Which clusters and namespaces are shown. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Clusters with these names are shown, in addition to those of `contexts`.
    pub clusters: Vec<Pattern>,
    /// Clusters that were read through these contexts are shown, in addition to those of
    /// `clusters`.
    pub contexts: Vec<Pattern>,
    /// Of these only clusters with these labels are shown.
    pub labelled: Option<Labelled>,
    /// Only these namespaces are shown; all if empty.
    pub namespaces: Vec<Pattern>,
}

/// Clusters by the configuration's labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    /// Each must match.
    pub selectors: Vec<Selector>,
    /// The configuration with the labels.
    pub config: Clusters,
}

impl Labelled {
    fn has(&self, name: &str, context: &str) -> bool {
        let labels = self.config.labels_of(&[name, context]);
        self.selectors.iter().all(|selector| selector.matches(&labels))
    }
}

impl Filter {
    /// Whether a cluster is shown.
    pub fn has_cluster(&self, name: &str, context: &str) -> bool {
        let is_named = self.clusters.is_empty() && self.contexts.is_empty()
            || self.clusters.iter().any(|pattern| pattern.matches(name))
            || self.contexts.iter().any(|pattern| pattern.matches(context));
        is_named && self.labelled.as_ref().is_none_or(|labelled| labelled.has(name, context))
    }

    /// The filter for clusters with these names: what is part of one name only, as names are shown, stands for it.
    fn among(&self, names: &[Arc<str>]) -> Self {
        let selected = |pattern: &Pattern| {
            // An alias of a context is in both lists.
            let is_part = pattern.is_exact()
                && !self.contexts.contains(pattern)
                && !names.iter().any(|name| pattern.matches(name));
            let whole = is_part.then(|| meant(pattern.as_str(), names.iter().map(|it| &**it)));
            whole.flatten().map_or_else(|| pattern.clone(), Pattern::exact)
        };
        Self { clusters: self.clusters.iter().map(selected).collect(), ..self.clone() }
    }

    fn has_all_clusters(&self) -> bool {
        self.clusters.is_empty() && self.contexts.is_empty() && self.labelled.is_none()
    }

    /// Whether a namespace is shown.
    pub fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|it| it.matches(namespace))
    }
}

/// A cluster or namespace that a filter names and snapshots do not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unmatched {
    /// No cluster is one of those that are selected; those that there are, as they are called.
    Clusters(Vec<Arc<str>>),
    /// No HPA is in this namespace; similar ones that have HPAs.
    Namespace(String, Vec<String>),
}

impl fmt::Display for Unmatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 5;
        match self {
            Self::Clusters(existing) => {
                f.write_str("no cluster of the snapshots is one of those that are selected")?;
                let names: Vec<&str> = existing.iter().take(MOST).map(|it| &**it).collect();
                let more = if existing.len() > MOST { ", …" } else { "" };
                write!(f, "; there are: {}{more}", names.join(", "))
            }
            Self::Namespace(name, near) => {
                write!(f, "no HPA is in namespace {name} in the snapshots")?;
                if near.is_empty() {
                    return Ok(());
                }
                write!(f, "; did you mean {}?", near.join(" or "))
            }
        }
    }
}

impl Filter {
    /// What the filter selects and none of the snapshots has: none if each selected part is in one
    /// of them, or if they have no cluster at all.
    pub fn unmatched(&self, snapshots: &[&Snapshot]) -> Option<Unmatched> {
        let outcomes = || snapshots.iter().flat_map(|it| &it.clusters);
        let mut names: Vec<Arc<str>> = outcomes().map(|it| Arc::clone(&it.name)).collect();
        names.sort();
        names.dedup();
        let among = self.among(&names);
        if !names.is_empty() && !outcomes().any(|it| among.has_cluster(&it.name, &it.context)) {
            return Some(Unmatched::Clusters(names));
        }
        let namespaces: BTreeSet<&str> = snapshots
            .iter()
            .flat_map(|it| &it.hpas)
            .filter(|it| among.has_cluster(&it.hpa.cluster, &it.hpa.context))
            .map(|it| it.hpa.namespace.as_str())
            .collect();
        let absent =
            self.namespaces.iter().find(|it| it.is_exact() && !namespaces.contains(it.as_str()))?;
        let near = nearest(absent.as_str(), namespaces);
        let near = near.into_iter().map(ToOwned::to_owned).collect();
        Some(Unmatched::Namespace(absent.as_str().to_owned(), near))
    }
}

/// Which clusters are shown, decided once for each: there are many HPAs of a cluster, and patterns take time.
#[derive(Default)]
struct Decided(HashMap<(String, String), bool>);

impl Decided {
    fn has(&mut self, filter: &Filter, name: &str, context: &str) -> bool {
        let key = (name.to_owned(), context.to_owned());
        *self.0.entry(key).or_insert_with(|| filter.has_cluster(name, context))
    }
}

impl Snapshot {
    /// The part of the snapshot that the filter shows.
    #[must_use]
    pub fn filtered(mut self, filter: &Filter) -> Self {
        let names: Vec<Arc<str>> = self.clusters.iter().map(|it| Arc::clone(&it.name)).collect();
        let filter = filter.among(&names);
        let mut clusters = Decided::default();
        self.hpas.retain(|recorded| {
            let hpa = &recorded.hpa;
            clusters.has(&filter, &hpa.cluster, &hpa.context)
                && filter.has_namespace(&hpa.namespace)
        });
        self.clusters.retain(|cluster| filter.has_cluster(&cluster.name, &cluster.context));
        self
    }
}

impl Store {
    /// The names of all clusters that the history has.
    fn cluster_names(&self) -> Result<Vec<Arc<str>>, Error> {
        let clusters = Reader::new(self)?.clusters()?;
        Ok(clusters.values().map(|(name, ..)| Arc::clone(name)).collect())
    }

    /// The snapshots since `since` with at least one of the filter's clusters, at most `limit`, in
    /// reverse order of storing.
    pub fn list(
        &self,
        since: Option<Timestamp>,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<Summary>, Error> {
        if filter.has_all_clusters() {
            return self.snapshots(since, limit);
        }
        let filter = filter.among(&self.cluster_names()?);
        let chosen = |it: &Outcome| filter.has_cluster(&it.name, &it.context);
        self.snapshots_of(since, limit, chosen)
    }

    /// The tracks that the filter shows, all or those of these names in any cluster; see [`Store::tracks`].
    pub fn filtered_tracks(
        &self,
        names: &HpaNames,
        filter: &Filter,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Track>, Error> {
        let filter = filter.among(&self.cluster_names()?);
        let namespace = match (&filter.namespaces[..], names.namespaces().as_deref()) {
            ([only], _) if only.is_exact() => Some(only.as_str().to_owned()),
            (_, Some([only])) => Some(only.to_string()),
            _ => None,
        };
        let name = names.only_name().map(|name| name.to_string());
        let query = TrackQuery { namespace, name, ..TrackQuery::default() };
        let mut tracks = self.tracks(&query, since, until)?;
        let mut clusters = Decided::default();
        tracks.retain(|track| {
            clusters.has(&filter, &track.cluster, track.context())
                && filter.has_namespace(&track.namespace)
                && (names.is_empty() || names.iter().any(|name| track.is_named(name)))
        });
        Ok(tracks)
    }
}

impl Track {
    /// The context by which the HPA was last read.
    pub fn context(&self) -> &str {
        self.last().map_or("", |seen| &*seen.spec().context)
    }

    /// Whether this is the HPA's name; see [`resolve`] for its cluster.
    pub fn is_named(&self, name: &HpaName) -> bool {
        name.is_in(&self.cluster) && name.covers(&self.namespace, &self.name)
    }
}

/// The names with the clusters that they mean, of those of the tracks: by name, context or alias, or else by a part of
/// the name as it is shown.
pub fn resolve(names: Vec<HpaName>, tracks: &[Track], config: &Clusters) -> HpaNames {
    let clusters = || tracks.iter().map(|track| track.cluster.as_str());
    let resolved = names.into_iter().map(|mut name| {
        if let Some(part) = name.cluster() {
            let is_called = |track: &&Track| {
                let own = [track.cluster.as_str(), track.context()];
                own.contains(&part) || config.alias(&own) == Some(part)
            };
            let called = tracks.iter().filter(is_called).map(|track| track.cluster.as_str());
            let mut called: Vec<&str> = called.collect();
            if called.is_empty() {
                called.extend(meant(part, clusters()));
            }
            let called = called.into_iter().map(Arc::from).collect();
            name.resolve(called);
        }
        name
    });
    HpaNames::new(resolved.collect())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{minute, shop, snapshot};
    use super::*;

    #[test]
    fn clusters_are_shown_by_name_or_context() {
        let all = Filter::default();
        assert!(all.has_cluster("prod", "prod-admin") && all.has_namespace("shop"));
        let patterns = |text: &str| vec![Pattern::parse(text).unwrap()];
        let some = Filter { clusters: patterns("prod"), contexts: patterns("*-me"), ..all };
        assert!(some.has_cluster("prod", "x") && some.has_cluster("staging", "staging-me"));
        assert!(!some.has_cluster("staging", "staging-admin"));
    }

    #[test]
    fn a_filtered_snapshot_has_the_clusters_that_are_shown() {
        let taken = snapshot(minute(0), shop());
        assert!(!taken.hpas.is_empty());
        assert_eq!(taken.clone().filtered(&Filter::default()), taken);
        let other = Filter { clusters: vec![Pattern::exact("staging")], ..Filter::default() };
        let none = taken.clone().filtered(&other);
        assert!(none.hpas.is_empty() && none.clusters.is_empty());
        let part = Filter { clusters: vec![Pattern::exact("eu-1/shop")], ..Filter::default() };
        let mut long = taken.clone();
        long.clusters[0].name = "arn:aws:eks:eu-1/shop".into();
        long.hpas.iter_mut().for_each(|it| {
            it.hpa.cluster = "arn:aws:eks:eu-1/shop".into();
        });
        assert_eq!(long.clone().filtered(&part), long);
        let elsewhere = Filter { namespaces: vec![Pattern::exact("no-such")], ..Filter::default() };
        let none = taken.filtered(&elsewhere);
        assert!(none.hpas.is_empty() && none.clusters.len() == 1);
    }

    #[test]
    fn what_a_filter_names_and_no_snapshot_has_is_known() {
        let taken = snapshot(minute(0), shop());
        let of = |filter: &Filter| filter.unmatched(&[&taken]).map(|it| it.to_string());
        let cluster = taken.clusters[0].name.to_string();
        let namespace = taken.hpas[0].hpa.namespace.clone();
        let mut filter = Filter::default();
        assert_eq!(of(&filter), None);
        filter.clusters = vec![Pattern::exact(&*cluster)];
        filter.namespaces = vec![Pattern::exact(&*namespace), Pattern::parse("no-such*").unwrap()];
        assert_eq!(of(&filter), None);
        filter.namespaces.push(Pattern::exact(format!("{namespace}p")));
        let error = format!(
            "no HPA is in namespace {namespace}p in the snapshots; did you mean {namespace}?"
        );
        assert_eq!(of(&filter), Some(error));
        filter.clusters = vec![Pattern::exact("no-such")];
        let error = format!(
            "no cluster of the snapshots is one of those that are selected; there are: {cluster}"
        );
        assert_eq!(of(&filter), Some(error));
    }
}
