//! Findings for people, scripts and CI systems.

mod alike;
mod explain;
mod github;
mod group;
mod groups;
mod junit;
mod page;
mod rows;
mod sarif;
mod summary;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::document::SCHEMA_VERSION;
use crate::check::Report;
use crate::findings::{self, Finding, NotEvaluated, Severity, Unknown};
use crate::hpa::Hpa;
use crate::term::color::Style;
use crate::term::shown::shown;
use crate::term::text::thousands;
use crate::term::{Tone, json, yaml};

pub use explain::{catalogue, explain};
pub(in crate::output) use github::command;
pub use github::github;
pub(in crate::output) use junit::escape;
pub use junit::junit;
pub use rows::{csv, markdown, names, wide};
pub use sarif::sarif;
pub use table::{hit, text};

/// How findings are shown to people.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// What they are grouped by.
    pub by: By,
    /// Whether groups name all their HPAs.
    pub all: bool,
    /// Whether the rules that could not be evaluated are listed.
    pub not_evaluated: bool,
    /// The style of standard output.
    pub style: Style,
    /// The columns of the terminal; none for a pipe.
    pub width: Option<usize>,
}

/// What findings are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The HPA, the worst first.
    Hpa,
    /// The finding, the worst last.
    Finding,
    /// The cluster, the worst last.
    Cluster,
}

/// `{"schemaVersion","kind":"FindingList","takenAt","clusters":[…],"hpas":N,"silenced":{…},
/// "findings":[…],"notEvaluated":[…]}`, with `"accepted":N` where there is a baseline and
/// `"notShown":N` where only some severities are shown, and `"problems":[…]` where manifests are
/// not valid.
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
        if !report.problems.is_empty() {
            map.serialize_entry("problems", report.problems)?;
        }
        map.serialize_entry("hpas", &report.hpas().count())?;
        if let Some(accepted) = report.accepted {
            map.serialize_entry("accepted", &accepted)?;
        }
        map.serialize_entry("silenced", &report.silenced())?;
        if report.hidden.least > Severity::Info {
            map.serialize_entry("notShown", &report.hidden.count())?;
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

/// The report as one YAML document.
pub fn yaml(report: &Report<'_>) -> Result<Vec<u8>> {
    Ok(yaml::document(&FindingList(report))?)
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

/// Findings of which a simulation could not tell what would have prevented them, by the reason: `low-min (3 findings)`.
fn not_simulated(report: &Report<'_>) -> Vec<(String, String)> {
    let mut reasons: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for finding in report.findings() {
        let why = finding.evidence.get("notSimulated").and_then(|why| why["message"].as_str());
        if let Some(why) = why {
            *reasons.entry(why).or_default().entry(finding.id).or_default() += 1;
        }
    }
    let one = |(id, count): (&str, usize)| format!("{id} ({})", counted(count, "finding"));
    let line = |(why, ids): (&str, BTreeMap<&str, usize>)| {
        (ids.into_iter().map(one).collect::<Vec<_>>().join(", "), why.to_owned())
    };
    reasons.into_iter().map(line).collect()
}

/// What was checked and what was found, in one line.
pub fn checked(report: &Report<'_>) -> String {
    summary::checked(report, Style::PLAIN)
}

/// What is not shown for its severity, and whether it makes the check fail; none if all is shown.
pub fn not_shown(report: &Report<'_>) -> Option<String> {
    summary::not_shown(report)
}

/// One line about the rules that could not be evaluated; none if all could.
pub fn not_evaluated_line(report: &Report<'_>) -> Option<String> {
    let all = report.not_evaluated();
    let count = all.iter().map(|one| one.id).collect::<BTreeSet<_>>().len();
    let what = match (count, all.iter().all(|one| one.reason == Unknown::NeedsCluster)) {
        (0, _) => return None,
        (1, true) => "1 rule needs a cluster".to_owned(),
        (_, true) => format!("{} need a cluster", counted(count, "rule")),
        (_, false) => format!("{} could not be checked", counted(count, "rule")),
    };
    Some(format!("{what} (--not-evaluated says why)"))
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

/// The ids in annotations that are no finding's: a sentence for each, with the first HPAs.
pub fn unknown_silences<'a>(hpas: impl IntoIterator<Item = &'a Hpa>, prefix: &str) -> Vec<String> {
    const MOST: usize = 3;
    let mut unknown: BTreeMap<&str, Vec<&Hpa>> = BTreeMap::new();
    for hpa in hpas {
        for id in findings::unknown_silences(hpa) {
            unknown.entry(id).or_default().push(hpa);
        }
    }
    let sentence = |(id, hpas): (&str, Vec<&Hpa>)| {
        let place = |hpa: &&Hpa| format!("{}/{}/{}", shown(&hpa.cluster), hpa.namespace, hpa.name);
        let first: Vec<String> = hpas.iter().take(MOST).map(place).collect();
        let more = match hpas.len().saturating_sub(MOST) {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        let first = first.join(", ");
        let id = findings::UnknownRule::new(id);
        format!("{id} (annotation {prefix}/ignore of {first}{more})")
    };
    unknown.into_iter().map(sentence).collect()
}

/// `cluster/namespace/name`, with the cluster as it is shown.
fn shown_place(finding: &Finding) -> String {
    format!("{}/{}/{}", shown(&finding.cluster), finding.namespace, finding.hpa)
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
    let many = if count == 1 || what == "info" { "" } else { "s" };
    format!("{} {what}{many}", thousands(count))
}

/// The colour of a severity.
pub(super) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Error,
        Severity::Warning => Tone::Warning,
        Severity::Info => Tone::Dim,
    }
}
