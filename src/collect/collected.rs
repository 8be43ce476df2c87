//! The items read from all clusters, and how reading each cluster went.

use crate::kubectl::{Failure, Outcome};

/// The items read from all clusters, and how reading each cluster went.
#[derive(Clone, Debug)]
pub struct Collected<T> {
    /// The outcome of each cluster, in the order of the scope.
    pub clusters: Vec<Outcome>,
    /// The items, including those of clusters that failed in part.
    pub items: Vec<T>,
}

impl<T> Collected<T> {
    /// Whether everything that was requested was read.
    pub fn is_complete(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The clusters that could not be read completely, with the reason.
    pub fn failed(&self) -> impl Iterator<Item = (&Outcome, &Failure)> {
        self.clusters.iter().filter_map(|cluster| Some((cluster, cluster.error.as_ref()?)))
    }

    pub(super) fn join(results: impl IntoIterator<Item = (Outcome, Vec<T>)>) -> Self {
        let mut joined = Self { clusters: Vec::new(), items: Vec::new() };
        for (outcome, mut items) in results {
            joined.clusters.push(outcome);
            joined.items.append(&mut items);
        }
        joined
    }
}
