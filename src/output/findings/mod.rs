//! Findings for people, scripts and CI systems.

mod explain;
mod github;
mod junit;
mod sarif;
mod table;
#[cfg(test)]
mod tests;

use anyhow::Result;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::document::SCHEMA_VERSION;
use crate::check::Report;
use crate::findings::{Finding, NotEvaluated, Severity, Unknown};
use crate::term::{Tone, json};

pub use explain::explain;
pub use github::github;
pub use junit::junit;
pub use sarif::sarif;
pub use table::text;

/// `{"schemaVersion","kind":"FindingList","takenAt","clusters":[…],"hpas":N,"findings":[…],
/// "notEvaluated":[…]}`, with `"accepted":N` where there is a baseline.
struct FindingList<'a>(&'a Report<'a>);

impl Serialize for FindingList<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(report) = self;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("schemaVersion", SCHEMA_VERSION)?;
        map.serialize_entry("kind", "FindingList")?;
        let seconds = crate::term::time::whole_seconds(report.taken_at);
        map.serialize_entry("takenAt", &seconds)?;
        let outcomes: Vec<_> = report.outcomes().collect();
        map.serialize_entry("clusters", &outcomes)?;
        map.serialize_entry("hpas", &report.hpas().count())?;
        if let Some(accepted) = report.accepted {
            map.serialize_entry("accepted", &accepted)?;
        }
        map.serialize_entry("findings", &report.findings().collect::<Vec<_>>())?;
        map.serialize_entry("notEvaluated", &report.not_evaluated())?;
        map.end()
    }
}

/// The report as one JSON document.
pub fn json(report: &Report<'_>) -> Result<Vec<u8>> {
    Ok(json::pretty(&FindingList(report))?)
}

/// One finding a line.
pub fn jsonl(report: &Report<'_>) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for finding in report.findings() {
        lines.extend(json::line(finding)?);
    }
    Ok(lines)
}

/// The rules that could not be evaluated, a sentence for each reason.
pub fn not_evaluated(report: &Report<'_>) -> Vec<String> {
    by_reason(&report.not_evaluated())
        .into_iter()
        .map(|(reason, rules)| format!("{rules}: {reason}"))
        .collect()
}

/// Rules by the reason that they share: `flapping, desired-stuck (3 HPAs), config-drift (1 HPA)`.
fn by_reason(all: &[NotEvaluated]) -> Vec<(&Unknown, String)> {
    /// The number of HPAs, and the rules that could not be decided for that many.
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

/// The problem and the action, as two sentences.
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
