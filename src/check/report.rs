//! The report of `watchdog hpa check`.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::Criteria;
use crate::findings::{
    Baseline, Evaluation, Finding, Fingerprint, Judged, NotEvaluated, Severity, Silenced,
    SilencedBy, SilencedCount, Undecided, find,
};
use crate::kubectl::Outcome;
use crate::manifests::Problem;

/// The result of one cluster.
#[derive(Clone, Debug)]
pub struct ClusterReport<'a> {
    /// How reading the cluster went.
    pub outcome: &'a Outcome,
    /// The HPAs of the cluster, with the findings to show.
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
    /// Findings that are not shown, because they are less severe than requested.
    pub hidden: Hidden,
    /// The least severity that is a failure; none if no finding is one.
    pub fail_on: Option<Severity>,
    /// Whether manifests were checked, not clusters.
    pub is_offline: bool,
    /// How many files of manifests were read. Those without HPAs are not in `clusters`.
    pub files: usize,
    /// What is wrong with manifests.
    pub problems: &'a [Problem],
    /// How many rules were selected.
    pub rules: usize,
    /// Whether all findings of ignored rules are counted: what only they need is not read.
    pub counts_all_ignored: bool,
    /// Why the history could not be read, if it exists and is needed.
    pub unread_history: Option<Arc<str>>,
    /// Required rules that could not be decided for any HPA of at least one cluster.
    pub unanswered: Vec<&'static str>,
}

/// Findings that are not shown, because they are less severe than requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The least severity that is shown.
    pub least: Severity,
    /// How many informational findings are not shown.
    pub info: usize,
    /// How many warnings are not shown.
    pub warning: usize,
    /// Whether any of them is a failure all the same.
    pub fails: bool,
}

impl Hidden {
    /// Hides nothing.
    pub const NOTHING: Self = Self { least: Severity::Info, info: 0, warning: 0, fails: false };

    /// How many findings are not shown.
    pub fn count(&self) -> usize {
        self.info + self.warning
    }

    /// Removes the findings that are not to be shown.
    fn hide(&mut self, findings: &mut Vec<Finding>, fail_on: Option<Severity>) {
        findings.retain(|finding| {
            if finding.severity >= self.least {
                return true;
            }
            match finding.severity {
                Severity::Info => self.info += 1,
                _ => self.warning += 1,
            }
            self.fails |= fail_on.is_some_and(|least| finding.severity >= least);
            false
        });
    }
}

impl<'a> Report<'a> {
    pub(super) fn new(
        clusters: impl Iterator<Item = (&'a Outcome, Evaluation<'a>)>,
        criteria: &Criteria<'_>,
        taken_at: Timestamp,
    ) -> Self {
        let mut accepted = criteria.baseline.map(|_| 0);
        let mut hidden = Hidden { least: criteria.shown, ..Hidden::NOTHING };
        let clusters: Vec<ClusterReport<'a>> = clusters
            .map(|(outcome, mut evaluation)| {
                for judged in &mut evaluation.hpas {
                    if let Some((baseline, accepted)) = criteria.baseline.zip(accepted.as_mut()) {
                        *accepted += accept(judged, baseline);
                    }
                    hidden.hide(&mut judged.findings, criteria.fail_on);
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
            hidden,
            fail_on: criteria.fail_on,
            is_offline: false,
            files: 0,
            problems: &[],
            rules: criteria.selection.rules().count(),
            unread_history: None,
            counts_all_ignored: criteria.selection.reads_ignored(),
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

    /// The findings to show, HPA by HPA.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.clusters.iter().flat_map(|cluster| cluster.evaluation.findings())
    }

    /// How many findings are silenced.
    pub fn silenced(&self) -> SilencedCount {
        SilencedCount::of(self.hpas().flat_map(|judged| &judged.silenced))
    }

    /// Whether any finding is a failure.
    pub fn fails(&self) -> bool {
        self.hidden.fails || self.findings().any(|finding| self.is_failure(finding))
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

    /// How many findings the baseline accepts that are no more: of ids that do not exist, and of HPAs that were judged
    /// without them. Where everything `is_whole`, also of HPAs that do not exist.
    pub fn stale(&self, baseline: &Baseline, is_whole: bool) -> usize {
        let mut judged = HashMap::new();
        for one in self.hpas() {
            judged.insert((&*one.hpa.cluster, &*one.hpa.namespace, &*one.hpa.name), one);
        }
        let read: BTreeSet<&str> =
            self.outcomes().filter(|it| it.error.is_none()).map(|it| &*it.name).collect();
        let is_stale = |entry: &&Fingerprint| {
            let Fingerprint { cluster, namespace, hpa, id } = entry;
            if find(id).is_none() {
                return true;
            }
            match judged.get(&(cluster.as_str(), namespace.as_str(), hpa.as_str())) {
                None => is_whole && read.contains(cluster.as_str()),
                Some(judged) => {
                    let is_known = judged.undecided.iter().all(|(rule, _)| rule.id != *id);
                    let silenced = judged.silenced.iter().map(|it| &it.finding);
                    let mut findings = judged.findings.iter().chain(silenced);
                    is_known && self.hidden.count() == 0 && !findings.any(|it| it.id == *id)
                }
            }
        };
        baseline.iter().filter(is_stale).count()
    }

    /// The clusters of a baseline and of this report, if they have none in common: then the
    /// baseline accepts nothing.
    pub fn foreign(&self, baseline: &Baseline) -> Option<ForeignBaseline> {
        let first = baseline.iter().next()?;
        let read: BTreeSet<&str> = self.outcomes().map(|outcome| &*outcome.name).collect();
        if read.is_empty() || baseline.iter().any(|accepted| read.contains(&*accepted.cluster)) {
            return None;
        }
        let read = self.outcomes().map(|outcome| outcome.name.to_string()).collect();
        let is_offline = self.is_offline;
        Some(ForeignBaseline { written_for: first.cluster.clone(), read, is_offline })
    }
}

/// Moves the findings that the baseline accepts to the silenced ones, and counts them.
fn accept(judged: &mut Judged<'_>, baseline: &Baseline) -> usize {
    let (accepted, new): (Vec<Finding>, Vec<Finding>) =
        judged.findings.drain(..).partition(|finding| baseline.contains(finding));
    judged.findings = new;
    let count = accepted.len();
    let silenced = |finding| Silenced { finding, by: SilencedBy::Baseline, reason: None };
    judged.silenced.extend(accepted.into_iter().map(silenced));
    count
}

/// A baseline that was written for other clusters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignBaseline {
    /// The cluster of its first entry.
    pub written_for: String,
    /// The clusters that were read.
    pub read: Vec<String>,
    /// Whether they are files of manifests.
    pub is_offline: bool,
}

impl fmt::Display for ForeignBaseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 3;
        let (what, by) = if self.is_offline {
            ("files", "the file's path, relative to the baseline's directory")
        } else {
            ("clusters", "the kubeconfig's cluster name")
        };
        let first: Vec<&str> = self.read.iter().take(MOST).map(String::as_str).collect();
        let more = match self.read.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        write!(
            f,
            "the baseline was written for other {what} ({}; this run read {}{more}): entries match on {by}",
            self.written_for,
            first.join(", ")
        )
    }
}
