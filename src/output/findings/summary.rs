//! The end of the report: what was checked, what was found, and what is not shown.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::page::Page;
use super::{By, View, by_reason, counted, hpas, tone};
use crate::check::{ClusterReport, Report};
use crate::findings::Severity;
use crate::hpa::Hpa;
use crate::term::color::{Style, Tone};
use crate::term::text::thousands;

impl Page {
    /// `hit` is the number of HPAs with findings.
    pub(super) fn summary(&mut self, report: &Report<'_>, view: &View, hit: usize) {
        let read = complete(report);
        self.painted(|style| checked(report, style));
        if hit > 0 {
            if view.by == By::Hpa {
                self.by_rule(report);
            }
            for line in more(view) {
                self.wrapped(2, line, Tone::Dim);
            }
        }
        if let Some(text) = not_shown(report) {
            self.wrapped(0, &text, Tone::Plain);
        }
        self.silenced(report);
        let unread = report.clusters.len().saturating_sub(read);
        if unread > 0 {
            let places = counted(unread, place(report));
            let what = match unread {
                _ if !report.is_offline => format!("{places} could not be read completely."),
                1 => format!("{places} is not valid."),
                _ => format!("{places} are not valid."),
            };
            self.wrapped(0, &what, Tone::Error);
        }
        self.not_evaluated(report, view);
        self.not_simulated(report, view);
    }

    /// How many findings are silenced, and by what.
    fn silenced(&mut self, report: &Report<'_>) {
        let count = report.silenced();
        let mut parts = Vec::new();
        let kinds = [
            (count.ignore, "by --ignore or check.ignore", !report.counts_all_ignored),
            (count.annotation, "by annotations of the HPAs", false),
        ];
        for (count, what, is_minimum) in kinds.iter().filter(|(count, ..)| *count > 0) {
            let least = if *is_minimum { "at least " } else { "" };
            parts.push(format!("{least}{} {what}", thousands(*count)));
        }
        if let Some(accepted) = report.accepted {
            parts.push(format!("{} by the baseline", thousands(accepted)));
        }
        if !parts.is_empty() {
            self.wrapped(0, &format!("Silenced: {}.", parts.join(", ")), Tone::Plain);
        }
    }

    /// The rules that could not be decided: how many, or which and why.
    fn not_evaluated(&mut self, report: &Report<'_>, view: &View) {
        let Some(line) = super::not_evaluated_line(report) else { return };
        if !view.not_evaluated {
            return self.wrapped(0, &format!("{line}."), Tone::Dim);
        }
        let not_evaluated = report.not_evaluated();
        self.line("Not evaluated:");
        for (reason, rules) in by_reason(&not_evaluated) {
            self.wrapped(2, &rules, Tone::Plain);
            self.wrapped(4, &reason.to_string(), Tone::Dim);
        }
    }

    /// Why no simulation tells what would have prevented findings.
    fn not_simulated(&mut self, report: &Report<'_>, view: &View) {
        let reasons = super::not_simulated(report);
        if reasons.is_empty() {
            return;
        }
        if !view.not_evaluated {
            let findings = report.findings().filter(|it| it.evidence.contains_key("notSimulated"));
            let line = format!(
                "{} could not be simulated (--not-evaluated says why).",
                counted(findings.count(), "finding")
            );
            return self.wrapped(0, &line, Tone::Dim);
        }
        self.line("Not simulated:");
        for (findings, why) in reasons {
            self.wrapped(2, &format!("{findings}: {why}"), Tone::Dim);
        }
    }

    /// `low-min 12, maxed-out 3`: the most frequent first.
    fn by_rule(&mut self, report: &Report<'_>) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in report.findings() {
            *counts.entry(finding.id).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| Reverse(*count));
        let counts: Vec<String> =
            counts.iter().map(|(id, count)| format!("{id} {}", thousands(*count))).collect();
        self.wrapped(2, &counts.join(", "), Tone::Dim);
    }
}

/// What is not shown for its severity, and whether it makes the check fail all the same.
pub(super) fn not_shown(report: &Report<'_>) -> Option<String> {
    let hidden = report.hidden;
    let found = [(Severity::Warning, hidden.warning), (Severity::Info, hidden.info)];
    let counts = counts(found).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    if counts.is_empty() {
        return None;
    }
    let fails = match report.fail_on {
        Some(fail_on) if hidden.fails => {
            format!("; --fail-on {fail_on} counts what is not shown too: exit code 2")
        }
        _ => String::new(),
    };
    Some(format!("Not shown: {} (--severity {}){fails}.", counts.join(", "), hidden.least))
}

/// The number of clusters that were read completely.
fn complete(report: &Report<'_>) -> usize {
    report.clusters.iter().filter(|cluster| cluster.outcome.error.is_none()).count()
}

/// What was checked, and what was found, in one line.
pub(super) fn checked(report: &Report<'_>, style: Style) -> String {
    let (all, read) = (report.clusters.len(), complete(report));
    // Some HPAs of a cluster that failed in part were evaluated.
    let seen = |c: &&ClusterReport<'_>| c.outcome.error.is_none() || !c.evaluation.hpas.is_empty();
    let seen = report.clusters.iter().filter(seen).count();
    // Files were read, even if nothing in them is valid.
    let of = if seen == all || (report.is_offline && seen == 0) {
        String::new()
    } else {
        format!("{seen} of ")
    };
    let namespaces: BTreeSet<(&str, &str)> =
        report.hpas().map(|it| (cluster_of(report, it.hpa), &*it.hpa.namespace)).collect();
    let in_namespaces = match namespaces.len() {
        0 => "in ".to_owned(),
        count => format!("in {} of ", counted(count, "namespace")),
    };
    let places = counted(if all == 0 { report.files } else { all }, place(report));
    let count = report.hpas().count();
    if count == 0 && read == all {
        return format!("No HPA in {places}: nothing was checked.");
    }
    let checked = format!("Checked {} {in_namespaces}{of}{places}", hpas(count));
    let severities = [Severity::Error, Severity::Warning, Severity::Info];
    let of = |severity| report.findings().filter(|it| it.severity == severity).count();
    let found = counts(severities.map(|severity| (severity, of(severity))));
    let found: Vec<String> =
        found.iter().map(|(severity, what)| style.paint(tone(*severity), what)).collect();
    let nothing = match report.hidden.least {
        _ if report.hidden.count() == 0 => "nothing found".to_owned(),
        least => format!("nothing found of severity {least} or worse"),
    };
    match found.as_slice() {
        // HPAs that were not evaluated do not count as clean.
        [] if read < all => format!("{checked}."),
        [] if report.not_evaluated().is_empty() => format!("{checked}: {nothing}."),
        [] => format!("{checked}: {nothing} in what could be evaluated."),
        some => format!("{checked}: {} in {}.", some.join(", "), hpas(super::hit(report))),
    }
}

/// The cluster of an HPA: all files are taken to be of one.
fn cluster_of<'h>(report: &Report<'_>, hpa: &'h Hpa) -> &'h str {
    if report.is_offline { "" } else { &hpa.cluster }
}

/// What HPAs are read from.
fn place(report: &Report<'_>) -> &'static str {
    if report.is_offline { "file" } else { "cluster" }
}

/// Where to read more.
fn more(view: &View) -> [&'static str; 2] {
    let others = match view.by {
        By::Hpa => "Other views: --by finding, --by cluster, -o wide (one line each)",
        By::Finding => "Other views: --by hpa, --by cluster, -o wide (one line each)",
        By::Cluster => "Other views: --by hpa, --by finding, -o wide (one line each)",
    };
    ["Explain one: watchdog hpa check --explain ID", others]
}

/// `3 errors`, `1 warning`, …: those that there are.
fn counts(counts: impl IntoIterator<Item = (Severity, usize)>) -> Vec<(Severity, String)> {
    counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| (severity, counted(count, severity.as_str())))
        .collect()
}
