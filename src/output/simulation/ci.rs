//! Simulations for pipelines: JUnit XML, GitHub's annotations, a Markdown table.

use std::fmt::Write as _;

use super::{Report, Verdict, heading};
use crate::output::findings::{command, escape};
use crate::simulation::{Measure, Simulated};
use crate::term::text::sanitize;

/// JUnit XML: a suite for the HPA, a case for each threshold of each case; without thresholds one for each case.
pub fn junit(report: &Report<'_>) -> String {
    let verdicts = report.verdicts();
    let failures = verdicts.iter().filter(|it| it.is_crossed() == Some(true)).count();
    let errors = verdicts.iter().filter(|it| it.is_crossed().is_none()).count();
    let cases = &report.simulation.cases;
    let tests = if verdicts.is_empty() { cases.len() } else { verdicts.len() };
    let hpa = escape(&format!("{}/{}", report.hpa.namespace, report.hpa.name));
    let counts = format!(r#"tests="{tests}" failures="{failures}" errors="{errors}""#);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"watchdog hpa simulate\" {counts} time=\"0\">\n  <testsuite name=\"{hpa}\" {counts} skipped=\"0\" time=\"0\">"
    );
    if verdicts.is_empty() {
        for case in cases {
            let _ = writeln!(
                xml,
                "    <testcase name=\"{}\" classname=\"{hpa}\" time=\"0\"/>",
                escape(&case.case.name)
            );
        }
    }
    for verdict in &verdicts {
        let name = escape(&format!("{}: {}", verdict.case.case.name, verdict.threshold));
        let open = format!("    <testcase name=\"{name}\" classname=\"{hpa}\" time=\"0\"");
        let message = escape(&sentence(report, verdict));
        let _ = match verdict.is_crossed() {
            Some(false) => writeln!(xml, "{open}/>"),
            Some(true) => writeln!(
                xml,
                "{open}>\n      <failure type=\"{}\" message=\"{message}\"/>\n    </testcase>",
                verdict.threshold.measure.name()
            ),
            None => writeln!(
                xml,
                "{open}>\n      <error type=\"notKnown\" message=\"{message}\"/>\n    </testcase>"
            ),
        };
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// `::error title=…::…` for each threshold that is crossed, or about which that is not known.
pub fn github(report: &Report<'_>) -> String {
    let wrong = report.verdicts().into_iter().filter(|it| it.is_crossed() != Some(false));
    let annotations = wrong.map(|verdict| {
        let title = format!("{}/{}: {}", report.hpa.namespace, report.hpa.name, verdict.threshold);
        command("error", &title, &sentence(report, &verdict))
    });
    annotations.collect()
}

/// A verdict with the trust that it deserves.
fn sentence(report: &Report<'_>, verdict: &Verdict<'_>) -> String {
    let trust = match &report.simulation.recorded {
        None => "trust not measured".to_owned(),
        Some(recorded) => {
            format!("the replay is off by {:.2} pods on average", recorded.trust.mean_error_pods)
        }
    };
    format!("{}: {} ({trust})", verdict.case.case.name, verdict.sentence())
}

/// A Markdown table, a row for each measure, below what was simulated and trust.
pub fn markdown(report: &Report<'_>) -> String {
    let cell =
        |text: &str| sanitize(text).replace('\\', "\\\\").replace('|', "\\|").replace('`', "\\`");
    let mut text = format!("**{}/{}**\n\n", cell(&report.hpa.namespace), cell(&report.hpa.name));
    for line in super::table::facts(report).iter().chain(&super::table::trust(report)) {
        let _ = writeln!(text, "{}\n", cell(line.trim()));
    }
    let cases: &[Simulated<'_>] = &report.simulation.cases;
    let mut names = vec![String::new()];
    names.extend(report.simulation.recorded.iter().map(|_| "as it was".to_owned()));
    names.extend(cases.iter().map(|it| cell(&it.case.name)));
    let _ = writeln!(text, "| {} |", names.join(" | "));
    let _ = writeln!(text, "|---|{}", "---:|".repeat(names.len() - 1));
    let verdicts = report.verdicts();
    for measure in Measure::ALL {
        if !report.shows(measure) {
            continue;
        }
        let crossed = verdicts
            .iter()
            .any(|it| it.threshold.measure == measure && it.is_crossed() == Some(true));
        let mark = if crossed { " (**beyond its limit**)" } else { "" };
        let values = super::table::values(report, measure);
        let _ = writeln!(text, "| {}{mark} | {} |", heading(measure), values.join(" | "));
    }
    text
}
