//! One line a finding, or a HPA: a wide table, CSV, Markdown, names.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::tone;
use crate::check::Report;
use crate::findings::{Effect, Finding};
use crate::term::color::Style;
use crate::term::csv;
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table};
use crate::term::text::sanitize;

/// The findings, the worst first.
fn worst_first<'a>(report: &'a Report<'_>) -> Vec<&'a Finding> {
    let mut findings: Vec<&Finding> = report.findings().collect();
    // Stable: equals stay in the order of the report.
    findings.sort_by_key(|finding| Reverse((finding.severity, Effect::of(finding.id))));
    findings
}

/// A table with a line a finding: the worst first, on a terminal last.
pub fn wide(report: &Report<'_>, style: Style, width: Option<usize>, no_headers: bool) -> Rendered {
    let mut table = Table::new(vec![
        Column::new("SEVERITY"),
        Column::new("FINDING"),
        Column::new(if report.is_offline { "FILE" } else { "CLUSTER" }).flexible(),
        Column::new("NAMESPACE").flexible(),
        Column::new("NAME").flexible(),
        Column::new("MESSAGE").flexible(),
    ])
    .no_headers(no_headers);
    let mut findings = worst_first(report);
    if width.is_some() {
        findings.reverse();
    }
    for finding in findings {
        table.row(vec![
            Cell::new(finding.severity.as_str()).tone(tone(finding.severity)),
            Cell::new(finding.id),
            Cell::new(shown(&finding.cluster)),
            Cell::new(&finding.namespace),
            Cell::new(&finding.hpa),
            Cell::new(&finding.message),
        ]);
    }
    table.render(width, style)
}

const CSV_HEADER: [&str; 8] =
    ["severity", "id", "cluster", "namespace", "hpa", "message", "action", "line"];

/// Comma-separated values, under the JSON's names.
pub fn csv(report: &Report<'_>, no_headers: bool) -> anyhow::Result<Vec<u8>> {
    let rows = report.findings().map(|finding| {
        [
            finding.severity.as_str().into(),
            finding.id.into(),
            Cow::Borrowed(&*finding.cluster),
            Cow::Borrowed(&*finding.namespace),
            Cow::Borrowed(&*finding.hpa),
            Cow::Borrowed(&*finding.message),
            Cow::Borrowed(&*finding.action),
            finding.location.as_ref().map(|it| it.line.to_string()).unwrap_or_default().into(),
        ]
    });
    csv::document(if no_headers { &[] } else { &CSV_HEADER }, rows)
}

/// `CLUSTER/NAMESPACE/NAME` of the HPAs with findings, one a line.
pub fn names(report: &Report<'_>) -> String {
    let with_findings = report.hpas().filter(|judged| !judged.findings.is_empty());
    let line = |hpa: &crate::hpa::Hpa| {
        let parts = [&*hpa.cluster, &hpa.namespace, &hpa.name];
        parts.map(|part| sanitize(part).into_owned()).join("/") + "\n"
    };
    with_findings.map(|judged| line(judged.hpa)).collect()
}

/// A table of Markdown, the worst first, for a comment on a merge request.
pub fn markdown(report: &Report<'_>) -> String {
    let findings = worst_first(report);
    let count = super::counted(findings.len(), "finding");
    let unread = unread(report);
    // The heading is all that a collapsed comment shows: what was not read is never reported as clean.
    let but = match unread.len() {
        0 => String::new(),
        many if report.is_offline => {
            let (problem, are) = if many == 1 { ("problem", "is") } else { ("problems", "are") };
            format!("; {many} {problem} {are} in what could not be checked")
        }
        many => format!("; {} could not be read", super::counted(many, "cluster")),
    };
    let mut text = format!("### {count} in {}{but}\n", super::hpas(super::hit(report)));
    if !unread.is_empty() {
        text.push('\n');
    }
    for (place, why) in unread {
        text += &format!("- **{}**: {}\n", escape(&place), escape(&why));
    }
    if !findings.is_empty() {
        text += "\n| severity | finding | HPA | what is wrong | to do |\n|---|---|---|---|---|\n";
    }
    for finding in findings {
        let cells = [
            finding.severity.as_str().to_owned(),
            format!("`{}`", finding.id),
            escape(&finding.place()),
            escape(&finding.message),
            escape(&finding.action),
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    let checked = super::checked(report);
    text += &format!("\n{}\n", escape(&checked));
    if let Some(not_shown) = super::not_shown(report) {
        text += &format!("\n{}\n", escape(&not_shown));
    }
    text
}

/// What could not be read, or is not valid: where, and why.
fn unread(report: &Report<'_>) -> Vec<(String, String)> {
    if report.is_offline {
        let problems = report.problems.iter();
        return problems.map(|it| (it.place.to_string(), it.message.clone())).collect();
    }
    let failed = |cluster: &crate::check::ClusterReport<'_>| {
        let failure = cluster.outcome.error.as_ref()?;
        let why = format!("{}: {}", failure.kind, failure.message);
        Some((shown(&cluster.outcome.name), why))
    };
    report.clusters.iter().filter_map(failed).collect()
}

/// A text in a cell of Markdown: names from a cluster are no markup, and end no cell.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in sanitize(text).chars() {
        match character {
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '&' => escaped += "&amp;",
            // Mentions somebody on GitHub and GitLab.
            '@' => escaped += "&#64;",
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '!' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(
            escape("a|b `c` <script> @all [x](http://y) *z*\n"),
            "a\\|b \\`c\\` &lt;script&gt; &#64;all \\[x\\](http://y) \\*z\\*\\\\n"
        );
    }
}
