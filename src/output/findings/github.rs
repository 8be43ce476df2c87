//! Workflow commands of GitHub Actions: an annotation for each finding.

use super::{not_evaluated, not_evaluated_line, not_shown, sentences};
use crate::check::Report;
use crate::findings::Severity;
use crate::manifests::Problem;
use crate::term::text::sanitize;

/// `::error title=…::…`, one a line, for findings, clusters that could not be read, manifests that are not valid, and rules
/// that could not be evaluated: one for all of them, or one for each reason. Of a step, GitHub shows
/// ten annotations of a level.
pub fn github(report: &Report<'_>, lists_undecided: bool) -> String {
    let mut text = String::new();
    for Problem { place, message } in report.problems {
        let title = format!("{} is not valid", place.path);
        text += &placed("error", &at(&place.path, place.line), &title, message);
    }
    for cluster in &report.clusters {
        // What is wrong with a manifest is among the problems.
        if let Some(failure) = cluster.outcome.error.as_ref().filter(|_| !report.is_offline) {
            let title = format!("{} could not be read", cluster.outcome.name);
            let message = format!("{}: {}", failure.kind, failure.message);
            text += &command("error", &title, &message);
        }
        for finding in cluster.evaluation.findings() {
            let level = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "notice",
            };
            let title = format!("{}: {}", finding.id, finding.place());
            let place = finding.location.as_ref().map(|it| at(&it.file, it.line));
            text += &placed(level, &place.unwrap_or_default(), &title, &sentences(finding));
        }
    }
    if let Some(sentence) = not_shown(report) {
        let level = if report.hidden.fails { "warning" } else { "notice" };
        text += &command(level, "not shown", &sentence);
    }
    let undecided = if lists_undecided {
        not_evaluated(report)
    } else {
        not_evaluated_line(report).into_iter().collect()
    };
    for sentence in undecided {
        text += &command("notice", "not evaluated", &sentence);
    }
    text
}

pub(in crate::output) fn command(level: &str, title: &str, message: &str) -> String {
    placed(level, "", title, message)
}

fn at(file: &str, line: usize) -> String {
    format!("file={},line={line},", property(file))
}

/// `place` is empty, or `file=…,line=…,`.
fn placed(level: &str, place: &str, title: &str, message: &str) -> String {
    format!("::{level} {place}title={}::{}\n", property(title), data(message))
}

/// Escapes a command's data, as the runner unescapes it. Control characters are made visible
/// first, so that a name cannot start a command of its own.
fn data(text: &str) -> String {
    sanitize(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
