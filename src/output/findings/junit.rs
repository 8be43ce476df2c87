//! JUnit XML, in the form that Jenkins, GitLab and others accept: a suite per cluster, a case per
//! HPA.

use std::fmt::Write as _;
use std::time::Duration;

use super::hpas;
use crate::check::{ClusterReport, Report};
use crate::findings::{Finding, Judged};
use crate::term::text::sanitize;

/// The document. The findings that count as failures of the report fail the HPA's case. Other
/// findings are output of the case, and rules that could not be evaluated are properties of the
/// suite. An HPA for which no rule could be evaluated is skipped.
pub fn junit(report: &Report<'_>) -> String {
    let suites: Vec<Suite<'_>> =
        report.clusters.iter().map(|cluster| Suite::new(report, cluster)).collect();
    // Findings that are not shown may fail the check: a document without a failure would not say why.
    let hidden = super::not_shown(report).filter(|_| report.hidden.fails);
    let failed = usize::from(hidden.is_some());
    let time = report.clusters.iter().map(|cluster| cluster.outcome.duration).max();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        r#"<testsuites name="watchdog hpa check" tests="{}" failures="{}" errors="{}" time="{}">"#,
        suites.iter().map(Suite::tests).sum::<usize>() + failed,
        suites.iter().map(|suite| suite.failures).sum::<usize>() + failed,
        suites.iter().map(Suite::errors).sum::<usize>(),
        seconds(time.unwrap_or_default()),
    );
    for suite in &suites {
        suite.write(report, &mut xml);
    }
    if let Some(sentence) = hidden {
        let sentence = escape(&sentence);
        let _ = writeln!(
            xml,
            "  <testsuite name=\"not shown\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"0\">\n    \
             <testcase name=\"findings below --severity\" classname=\"not shown\" time=\"0\">\n      \
             <failure type=\"warning\" message=\"{sentence}\"/>\n    </testcase>\n  </testsuite>",
        );
    }
    xml.push_str("</testsuites>\n");
    xml
}

struct Suite<'a> {
    cluster: &'a ClusterReport<'a>,
    failures: usize,
    skipped: usize,
}

impl<'a> Suite<'a> {
    fn new(report: &Report<'_>, cluster: &'a ClusterReport<'a>) -> Self {
        let hpas = &cluster.evaluation.hpas;
        let fails = |judged: &&Judged<'_>| judged.findings.iter().any(|f| report.is_failure(f));
        let failures = hpas.iter().filter(fails).count();
        let skipped = hpas.iter().filter(|judged| report.is_skipped(judged)).count();
        Self { cluster, failures, skipped }
    }

    fn tests(&self) -> usize {
        self.cluster.evaluation.hpas.len() + self.errors()
    }

    fn errors(&self) -> usize {
        usize::from(self.cluster.outcome.error.is_some())
    }

    fn write(&self, report: &Report<'_>, xml: &mut String) {
        let outcome = self.cluster.outcome;
        let cluster = escape(&outcome.name);
        let time = crate::term::time::whole_seconds(report.taken_at);
        let _ = writeln!(
            xml,
            r#"  <testsuite name="{cluster}" tests="{}" failures="{}" errors="{}" skipped="{}" time="{}" timestamp="{}">"#,
            self.tests(),
            self.failures,
            self.errors(),
            self.skipped,
            seconds(outcome.duration),
            // Consumers of the schema expect a UTC time without a zone.
            time.to_string().trim_end_matches('Z'),
        );
        let not_evaluated = self.cluster.evaluation.not_evaluated();
        if !not_evaluated.is_empty() {
            xml.push_str("    <properties>\n");
            for one in &not_evaluated {
                let value = format!("{} ({})", one.reason, hpas(one.count));
                let (name, value) = (escape(one.id), escape(&value));
                let _ = writeln!(
                    xml,
                    r#"      <property name="notEvaluated.{name}" value="{value}"/>"#
                );
            }
            xml.push_str("    </properties>\n");
        }
        if let Some(failure) = &outcome.error {
            let (kind, message) = (escape(failure.kind.as_str()), escape(&failure.message));
            let (name, kind) = if report.is_offline {
                ("the manifest is valid", "invalid")
            } else {
                ("the cluster is read", kind.as_str())
            };
            let _ = writeln!(
                xml,
                "    <testcase name=\"{name}\" classname=\"{cluster}\" time=\"0\">\n      \
                 <error type=\"{kind}\" message=\"{message}\"/>\n    </testcase>",
            );
        }
        for judged in &self.cluster.evaluation.hpas {
            let name = format!("{}/{}", judged.hpa.namespace, judged.hpa.name);
            if report.is_skipped(judged) {
                let _ = writeln!(
                    xml,
                    "    <testcase name=\"{}\" classname=\"{cluster}\" time=\"0\">\n      \
                     <skipped/>\n    </testcase>",
                    escape(&name),
                );
            } else {
                case(report, xml, &cluster, &name, &judged.findings);
            }
        }
        xml.push_str("  </testsuite>\n");
    }
}

fn case(report: &Report<'_>, xml: &mut String, cluster: &str, name: &str, findings: &[Finding]) {
    let open = format!(r#"    <testcase name="{}" classname="{cluster}" time="0""#, escape(name));
    if findings.is_empty() {
        let _ = writeln!(xml, "{open}/>");
        return;
    }
    let _ = writeln!(xml, "{open}>");
    let (failures, others): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| report.is_failure(finding));
    let lines = |findings: &[&Finding]| {
        let line = |f: &&Finding| {
            format!(
                "{} {}: {}\nTo do: {}\n",
                f.severity,
                f.id,
                sanitize(&f.message),
                sanitize(&f.action)
            )
        };
        escape_lines(&findings.iter().map(line).collect::<String>())
    };
    if !failures.is_empty() {
        let ids: Vec<&str> = failures.iter().map(|finding| finding.id).collect();
        let worst = failures.iter().map(|finding| finding.severity).max();
        let _ = writeln!(
            xml,
            r#"      <failure type="{}" message="{}">{}</failure>"#,
            worst.map_or("", crate::findings::Severity::as_str),
            escape(&ids.join(", ")),
            lines(&failures),
        );
    }
    if !others.is_empty() {
        let _ = writeln!(xml, "      <system-out>{}</system-out>", lines(&others));
    }
    xml.push_str("    </testcase>\n");
}

/// Formats a duration in seconds, with whole milliseconds.
fn seconds(duration: Duration) -> String {
    format!("{}.{:03}", duration.as_secs(), duration.subsec_millis())
}

/// Escapes an attribute or a text. Characters that XML cannot hold are made visible.
pub(in crate::output) fn escape(text: &str) -> String {
    escape_lines(&sanitize(text))
}

/// Like [`escape`], but keeps the line breaks of this file.
fn escape_lines(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            // Characters that no XML document may have.
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}
