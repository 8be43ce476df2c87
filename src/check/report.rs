//! The report of `watchdog hpa check`.

use std::fmt;

use jiff::Timestamp;

use super::Criteria;
use crate::findings::{Baseline, Evaluation, Finding, Judged, NotEvaluated, Severity, Undecided};
use crate::kubectl::Outcome;

/// The result of one cluster.
#[derive(Clone, Debug)]
pub struct ClusterReport<'a> {
    /// How reading the cluster went.
    pub outcome: &'a Outcome,
    /// The HPAs of the cluster, without findings that are ignored or accepted.
    pub evaluation: Evaluation<'a>,
}

/// The results of all clusters.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// When the clusters were read.
    pub taken_at: Timestamp,
    /// The clusters, in the order of the scope.
    pub clusters: Vec<ClusterReport<'a>>,
    /// How many findings the baseline accepts, if there is one. They are not in `clusters`.
    pub accepted: Option<usize>,
    /// The least severity that is a failure; none if no finding is one.
    pub fail_on: Option<Severity>,
    /// How many rules were selected.
    pub rules: usize,
    /// Required rules that could not be decided for any HPA of at least one cluster.
    pub unanswered: Vec<&'static str>,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        clusters: impl Iterator<Item = (&'a Outcome, Evaluation<'a>)>,
        criteria: &Criteria<'_>,
        taken_at: Timestamp,
    ) -> Self {
        let mut accepted = criteria.baseline.map(|_| 0);
        let clusters: Vec<ClusterReport<'a>> = clusters
            .map(|(outcome, mut evaluation)| {
                if let Some((baseline, accepted)) = criteria.baseline.zip(accepted.as_mut()) {
                    for judged in &mut evaluation.hpas {
                        let before = judged.findings.len();
                        judged.findings.retain(|finding| !baseline.contains(finding));
                        *accepted += before - judged.findings.len();
                    }
                }
                ClusterReport { outcome, evaluation }
            })
            .collect();
        let is_undecided = |id: &str| {
            clusters.iter().any(|cluster| cluster.evaluation.undecided_rules.contains(id))
        };
        let required = criteria.required.iter().map(|rule| rule.id);
        Self {
            taken_at,
            unanswered: required.filter(|id| is_undecided(id)).collect(),
            clusters,
            accepted,
            fail_on: criteria.fail_on,
            rules: criteria.selection.rules().count(),
        }
    }

    /// How reading each cluster went.
    pub fn outcomes(&self) -> impl Iterator<Item = &'a Outcome> + Clone {
        self.clusters.iter().map(|cluster| cluster.outcome)
    }

    /// All HPAs, cluster by cluster.
    pub fn hpas(&self) -> impl Iterator<Item = &Judged<'a>> {
        self.clusters.iter().flat_map(|cluster| &cluster.evaluation.hpas)
    }

    /// All findings, HPA by HPA.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.clusters.iter().flat_map(|cluster| cluster.evaluation.findings())
    }

    /// Whether any finding is a failure.
    pub fn fails(&self) -> bool {
        self.findings().any(|finding| self.is_failure(finding))
    }

    /// Whether a finding is severe enough to be a failure.
    pub fn is_failure(&self, finding: &Finding) -> bool {
        self.fail_on.is_some_and(|least| finding.severity >= least)
    }

    /// Whether none of the selected rules could be decided for an HPA.
    pub fn is_skipped(&self, judged: &Judged<'_>) -> bool {
        !judged.undecided.is_empty() && judged.undecided.len() == self.rules
    }

    /// The rules that could not be decided for some HPA, in the order of the catalogue, then by
    /// reason.
    pub fn not_evaluated(&self) -> Vec<NotEvaluated> {
        Undecided::of(self.hpas()).list()
    }

    /// The clusters of a baseline and of this report, if they have none in common: then the
    /// baseline accepts nothing.
    pub fn foreign(&self, baseline: &Baseline) -> Option<ForeignBaseline> {
        let first = baseline.iter().next()?;
        let is_read = |name: &str| self.outcomes().any(|outcome| &*outcome.name == name);
        if baseline.iter().any(|accepted| is_read(&accepted.cluster)) {
            return None;
        }
        let read = self.outcomes().map(|outcome| outcome.name.to_string()).collect();
        Some(ForeignBaseline { written_for: first.cluster.clone(), read })
    }
}

/// A baseline that was written for other clusters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignBaseline {
    /// The cluster of its first entry.
    pub written_for: String,
    /// The clusters that were read.
    pub read: Vec<String>,
}

impl fmt::Display for ForeignBaseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the baseline was written for other clusters ({}; this run read {}): entries match on the \
             kubeconfig's cluster name",
            self.written_for,
            self.read.join(", ")
        )
    }
}
