//! Findings, as people, scripts and CI systems read them.

mod explain;
mod github;
mod junit;
mod sarif;
mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use anyhow::Result;
use jiff::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::document::SCHEMA_VERSION;
use crate::findings::{Finding, NotEvaluated, Severity, Unknown};
use crate::hpa::Hpa;
use crate::kubectl::Outcome;
use crate::term::{Tone, json};

pub use explain::explain;
pub use github::github;
pub use junit::junit;
pub use sarif::sarif;
pub use table::text;

/// What was found in one cluster.
#[derive(Clone, Debug)]
pub struct ClusterReport<'a> {
    /// How reading it went.
    pub outcome: &'a Outcome,
    /// The HPAs that were judged.
    pub hpas: Vec<&'a Hpa>,
    /// What is wrong with them, less what is ignored or accepted.
    pub findings: Vec<Finding>,
    /// What could not be told of them.
    pub not_evaluated: Vec<NotEvaluated>,
    /// The HPAs, by position, of which nothing that was asked could be told.
    pub skipped: BTreeSet<usize>,
}

/// What was found in all of them.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// When.
    pub taken_at: Timestamp,
    /// By cluster.
    pub clusters: Vec<ClusterReport<'a>>,
    /// How many findings a baseline accepts, where there is one. They are not among the others.
    pub accepted: Option<usize>,
    /// From which severity on a finding is a failure; `None` where none is.
    pub fail_on: Option<Severity>,
}

impl Report<'_> {
    /// All findings, cluster by cluster.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.clusters.iter().flat_map(|cluster| &cluster.findings)
    }

    /// Whether any finding is a failure.
    pub fn fails(&self) -> bool {
        self.findings().any(|finding| self.is_failure(finding))
    }

    /// Whether a finding is one that the caller wants to fail on.
    fn is_failure(&self, finding: &Finding) -> bool {
        self.fail_on.is_some_and(|least| finding.severity >= least)
    }

    /// How many HPAs were judged.
    pub fn hpas(&self) -> usize {
        self.clusters.iter().map(|cluster| cluster.hpas.len()).sum()
    }

    /// What could not be told in any cluster: by rule and reason, in the order of the catalogue.
    pub fn not_evaluated(&self) -> Vec<NotEvaluated> {
        let mut all = crate::findings::Evaluation::default();
        for cluster in &self.clusters {
            all.merge(crate::findings::Evaluation {
                not_evaluated: cluster.not_evaluated.clone(),
                ..Default::default()
            });
        }
        all.not_evaluated
    }
}

/// `{"schemaVersion","kind":"FindingList","takenAt","clusters":[…],"hpas":N,"findings":[…],
/// "notEvaluated":[…]}`, with `"accepted":N` where there is a baseline.
impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("schemaVersion", SCHEMA_VERSION)?;
        map.serialize_entry("kind", "FindingList")?;
        let seconds = crate::term::time::whole_seconds(self.taken_at);
        map.serialize_entry("takenAt", &seconds)?;
        let outcomes: Vec<_> = self.clusters.iter().map(|cluster| cluster.outcome).collect();
        map.serialize_entry("clusters", &outcomes)?;
        map.serialize_entry("hpas", &self.hpas())?;
        if let Some(accepted) = self.accepted {
            map.serialize_entry("accepted", &accepted)?;
        }
        map.serialize_entry("findings", &self.findings().collect::<Vec<_>>())?;
        map.serialize_entry("notEvaluated", &self.not_evaluated())?;
        map.end()
    }
}

/// The whole as one JSON document.
pub fn json(report: &Report<'_>) -> Result<Vec<u8>> {
    Ok(json::pretty(report)?)
}

/// One finding a line.
pub fn jsonl(report: &Report<'_>) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for finding in report.findings() {
        lines.extend(json::line(finding)?);
    }
    Ok(lines)
}

/// What could not be told, a sentence for each reason.
pub fn not_evaluated(report: &Report<'_>) -> Vec<String> {
    by_reason(&report.not_evaluated())
        .into_iter()
        .map(|(reason, rules)| format!("{rules}: {reason}"))
        .collect()
}

/// Rules by the reason that they share: `flapping, desired-stuck (3 HPAs), config-drift (1 HPA)`.
fn by_reason(all: &[NotEvaluated]) -> Vec<(&Unknown, String)> {
    /// Rules that could not be decided for so many HPAs each.
    type Group<'a> = (usize, Vec<&'a str>);
    let mut reasons: Vec<(&Unknown, Vec<Group<'_>>)> = Vec::new();
    for NotEvaluated { id, reason, count } in all {
        let position = reasons.iter().position(|(it, _)| *it == reason).unwrap_or_else(|| {
            reasons.push((reason, Vec::new()));
            reasons.len() - 1
        });
        let groups = &mut reasons[position].1;
        match groups.iter_mut().find(|(it, _)| it == count) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((*count, vec![id])),
        }
    }
    let rules =
        |(count, ids): &(usize, Vec<&str>)| format!("{} ({})", ids.join(", "), hpas(*count));
    let text = |groups: Vec<_>| groups.iter().map(rules).collect::<Vec<_>>().join(", ");
    reasons.into_iter().map(|(reason, groups)| (reason, text(groups))).collect()
}

/// What is wrong and what to do, as two sentences.
fn sentences(finding: &Finding) -> String {
    let end = if finding.message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{end} To do: {}", finding.message, finding.action)
}

/// `1 HPA`, `12 HPAs`.
fn hpas(count: usize) -> String {
    counted(count, "HPA")
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The colour of a severity.
pub(super) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Error,
        Severity::Warning => Tone::Warning,
        Severity::Info => Tone::Dim,
    }
}
