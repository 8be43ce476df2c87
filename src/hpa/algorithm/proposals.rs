//! What several metrics propose together: the largest number counts.

use super::metric::{Failure, Proposal};
use super::spec::Metric;

/// What all metrics propose together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Together {
    /// A number, by the metric of that place.
    Wanted(Winner),
    /// Nothing: no metric proposes anything, or some do not, and the others would scale down.
    Nothing {
        /// The first metric that failed.
        first: (usize, Failure),
        /// What the others propose, if there are any.
        others: Option<Winner>,
    },
    /// There are no metrics.
    NoMetrics,
}

/// The metric whose proposal counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Winner {
    /// Its place in the spec.
    pub metric: usize,
    /// What it proposes.
    pub replicas: i32,
}

/// The proposals of all metrics, with `replicas` at present.
pub(super) fn together(proposals: &[Proposal], replicas: i32) -> Together {
    let mut first = None;
    let mut winner: Option<Winner> = None;
    for (metric, proposal) in proposals.iter().enumerate() {
        match proposal {
            Ok(proposed) => {
                // Zero counts as "none yet", so that after it even a negative number wins.
                let best = winner.map_or(0, |it| it.replicas);
                if winner.is_none() || best == 0 || proposed.replicas > best {
                    winner = Some(Winner { metric, replicas: proposed.replicas });
                }
            }
            Err(failure) => first = first.or(Some((metric, *failure))),
        }
    }
    match (first, winner) {
        (None, Some(winner)) => Together::Wanted(winner),
        (Some(_), Some(winner)) if winner.replicas >= replicas => Together::Wanted(winner),
        (Some(first), others) => Together::Nothing { first, others },
        (None, None) => Together::NoMetrics,
    }
}

/// The metric of the first failure, for the condition's reason.
pub(super) fn failed(metrics: &[Metric], place: usize) -> Metric {
    metrics.get(place).copied().unwrap_or(Metric::DEFAULT)
}
