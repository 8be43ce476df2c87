//! Which part of the history is shown.

use jiff::Timestamp;

use super::error::Error;
use super::schema::Store;
use super::snapshot::Snapshot;
use super::snapshots::Summary;
use super::track::{Track, TrackQuery};
use crate::config::Pattern;
use crate::hpa::{HpaName, HpaNames};
use crate::kubectl::Outcome;

/// Which clusters and namespaces are shown. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Clusters with these names are shown, in addition to those of `contexts`.
    pub clusters: Vec<Pattern>,
    /// Clusters that were read through these contexts are shown, in addition to those of
    /// `clusters`.
    pub contexts: Vec<Pattern>,
    /// Only these namespaces are shown; all if empty.
    pub namespaces: Vec<Pattern>,
}

impl Filter {
    /// Whether a cluster is shown.
    pub fn has_cluster(&self, name: &str, context: &str) -> bool {
        self.has_all_clusters()
            || self.clusters.iter().any(|pattern| pattern.matches(name))
            || self.contexts.iter().any(|pattern| pattern.matches(context))
    }

    fn has_all_clusters(&self) -> bool {
        self.clusters.is_empty() && self.contexts.is_empty()
    }

    /// Whether a namespace is shown.
    pub fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|it| it.matches(namespace))
    }
}

impl Snapshot {
    /// The part of the snapshot that the filter shows.
    #[must_use]
    pub fn filtered(mut self, filter: &Filter) -> Self {
        self.hpas.retain(|recorded| {
            let hpa = &recorded.hpa;
            filter.has_cluster(&hpa.cluster, &hpa.context) && filter.has_namespace(&hpa.namespace)
        });
        self.clusters.retain(|cluster| filter.has_cluster(&cluster.name, &cluster.context));
        self
    }
}

impl Store {
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
        let chosen = |it: &Outcome| filter.has_cluster(&it.name, &it.context);
        self.snapshots_of(since, limit, chosen)
    }

    /// The tracks that the filter shows, all or those of these names; see [`Store::tracks`].
    pub fn filtered_tracks(
        &self,
        names: &HpaNames,
        filter: &Filter,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Track>, Error> {
        let namespace = match (&filter.namespaces[..], names.namespaces().as_deref()) {
            ([only], _) if only.is_exact() => Some(only.as_str().to_owned()),
            (_, Some([only])) => Some(only.to_string()),
            _ => None,
        };
        let name = names.only_name().map(|name| name.to_string());
        let query = TrackQuery { name, namespace, ..TrackQuery::default() };
        let mut tracks = self.tracks(&query, since, until)?;
        tracks.retain(|track| {
            filter.has_cluster(&track.cluster, track.context())
                && filter.has_namespace(&track.namespace)
                && (names.is_empty() || names.iter().any(|name| track.is_named(name)))
        });
        Ok(tracks)
    }
}

impl Track {
    /// The context by which the HPA was last read.
    fn context(&self) -> &str {
        self.last().map_or("", |seen| &*seen.spec().context)
    }

    /// Whether this is the HPA's name; its cluster may be named by the context.
    pub fn is_named(&self, name: &HpaName) -> bool {
        let is_cluster = |part: &str| part == self.cluster || part == self.context();
        name.cluster().is_none_or(is_cluster) && name.covers(&self.namespace, &self.name)
    }
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
        let elsewhere = Filter { namespaces: vec![Pattern::exact("no-such")], ..Filter::default() };
        let none = taken.filtered(&elsewhere);
        assert!(none.hpas.is_empty() && none.clusters.len() == 1);
    }
}
