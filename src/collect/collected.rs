//! What was read of all clusters, and how that went.

use crate::kubectl::{Failure, Outcome};

/// What was read of all clusters, and how it went.
#[derive(Clone, Debug)]
pub struct Collected<T> {
    /// One for each cluster of the scope, in its order.
    pub clusters: Vec<Outcome>,
    /// What was read, of clusters that failed in part too.
    pub items: Vec<T>,
}

impl<T> Collected<T> {
    /// Whether everything that was asked for was read.
    pub fn is_complete(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The clusters of which something is missing, with why.
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
