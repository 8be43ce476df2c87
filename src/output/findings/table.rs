//! Findings for people: by HPA, the worst first, with a summary at the end.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{by_reason, counted, hpas, tone};
use crate::check::{ClusterReport, Report};
use crate::findings::{Finding, Severity};
use crate::term::color::{Style, Tone};
use crate::term::text::{sanitize, width, wrap};

/// The width of `warning`, with a gap.
const SEVERITY: usize = 9;
/// The minimum width of a text, on a terminal of any width.
const LEAST: usize = 24;

/// The findings grouped by HPA, then the number of findings by severity and rule, and the rules
/// that could not be evaluated.
pub fn text(report: &Report<'_>, style: Style, width: Option<usize>) -> String {
    let mut page = Page { style, width, text: String::new() };
    let mut groups: BTreeMap<(&str, &str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings() {
        let place = (&*finding.cluster, &*finding.namespace, &*finding.hpa);
        groups.entry(place).or_default().push(finding);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    for (_, findings) in &mut groups {
        // Stable: equals stay in the order of the catalogue.
        findings.sort_by_key(|finding| Reverse(finding.severity));
    }
    groups.sort_by_key(|(_, findings)| {
        let of = |severity| findings.iter().filter(|f| f.severity == severity).count();
        let worst = findings.first().map(|finding| finding.severity);
        Reverse((worst, of(Severity::Error), of(Severity::Warning)))
    });
    for ((cluster, namespace, name), findings) in &groups {
        let place = format!("{cluster}/{namespace}/{name}");
        page.line(&style.bold(&sanitize(&place)));
        for finding in findings {
            page.finding(finding);
        }
        page.line("");
    }
    page.summary(report, groups.len());
    page.text
}

struct Page {
    style: Style,
    width: Option<usize>,
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn finding(&mut self, finding: &Finding) {
        let severity = finding.severity.as_str();
        let severity = self.style.paint(tone(finding.severity), severity)
            + &" ".repeat(SEVERITY.saturating_sub(severity.len()));
        self.line(&format!("  {severity}{}", self.style.bold(finding.id)));
        self.wrapped(2 + SEVERITY, &finding.message, Tone::Plain);
        self.wrapped(2 + SEVERITY, &format!("To do: {}", finding.action), Tone::Dim);
    }

    /// A text below an indent, broken at the terminal's edge.
    fn wrapped(&mut self, indent: usize, text: &str, tone: Tone) {
        let text = sanitize(text);
        let lines = match self.width {
            Some(width) => wrap(&text, width.saturating_sub(indent).max(LEAST)),
            None => vec![text.into_owned()],
        };
        for line in lines {
            let line = self.style.paint(tone, &line);
            self.line(&format!("{:indent$}{line}", ""));
        }
    }

    fn summary(&mut self, report: &Report<'_>, hit: usize) {
        let read = report.clusters.iter().filter(|c| c.outcome.error.is_none()).count();
        // Some HPAs of a cluster that failed in part were evaluated.
        let seen =
            |c: &&ClusterReport<'_>| c.outcome.error.is_none() || !c.evaluation.hpas.is_empty();
        let seen = report.clusters.iter().filter(seen).count();
        let all = report.clusters.len();
        let of = if seen == all { String::new() } else { format!("{seen} of ") };
        let looked =
            format!("Checked {} in {of}{}", hpas(report.hpas().count()), counted(all, "cluster"));
        let mut found = Vec::new();
        for severity in [Severity::Error, Severity::Warning, Severity::Info] {
            let count = report.findings().filter(|finding| finding.severity == severity).count();
            if count > 0 {
                found.push((tone(severity), counted(count, severity.as_str())));
            }
        }
        let line = |style: Style| {
            let counts: Vec<String> =
                found.iter().map(|(tone, what)| style.paint(*tone, what)).collect();
            match counts.as_slice() {
                // HPAs that were not evaluated do not count as clean.
                [] if read < all => format!("{looked}."),
                [] if report.not_evaluated().is_empty() => format!("{looked}: nothing found."),
                [] => format!("{looked}: nothing found in what could be evaluated."),
                some => format!("{looked}: {} in {}.", some.join(", "), hpas(hit)),
            }
        };
        let plain = line(Style::PLAIN);
        if self.width.is_none_or(|room| width(&plain) <= room) {
            self.line(&line(self.style));
        } else {
            self.wrapped(0, &plain, Tone::Plain);
        }
        if hit > 0 {
            self.by_rule(report);
        }
        if let Some(accepted) = report.accepted {
            self.wrapped(0, &format!("Accepted by the baseline: {accepted}."), Tone::Plain);
        }
        let unread = report.clusters.len().saturating_sub(read);
        if unread > 0 {
            let what =
                format!("{} could not be read, or not all of it.", counted(unread, "cluster"));
            self.wrapped(0, &what, Tone::Error);
        }
        let not_evaluated = report.not_evaluated();
        if !not_evaluated.is_empty() {
            self.line("Not evaluated:");
            for (reason, rules) in by_reason(&not_evaluated) {
                self.wrapped(2, &rules, Tone::Plain);
                self.wrapped(4, &reason.to_string(), Tone::Dim);
            }
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
            counts.iter().map(|(id, count)| format!("{id} {count}")).collect();
        self.wrapped(2, &counts.join(", "), Tone::Dim);
        self.wrapped(2, "watchdog hpa check --explain ID says more of each.", Tone::Dim);
    }
}
