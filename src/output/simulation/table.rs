//! Cases side by side for a person: trust first, then a row for each measure.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Report, heading, shown};
use crate::config::duration;
use crate::simulation::{Measure, Measures, Simulated, Trust};
use crate::term::color::{Style, Tone};
use crate::term::table::{Cell, Column, Table};
use crate::term::text::{sanitize, wrap};

/// The text.
pub fn table(report: &Report<'_>, style: Style, width: Option<usize>) -> String {
    let mut text = String::new();
    let wide = width.unwrap_or(usize::MAX);
    let mut line = |line: &str| {
        for part in wrap(line, wide) {
            let _ = writeln!(text, "{part}");
        }
    };
    let hpa = report.hpa;
    line(&style.bold(&sanitize(&format!("{}/{}", hpa.namespace, hpa.name))));
    for sentence in facts(report) {
        line(&sentence);
    }
    for sentence in trust(report) {
        line(&sentence);
    }
    text.push('\n');
    text.push_str(&measures(report, style, width));
    if report.simulation.cases.iter().any(|case| case.phases.count > 1) {
        text.push('\n');
        let note = "In brackets: the range over 8 moments within the sync period at which the controller may sync.";
        for part in wrap(note, wide) {
            let _ = writeln!(text, "{}", style.dim(&part));
        }
    }
    text
}

/// What was simulated.
pub(super) fn facts(report: &Report<'_>) -> Vec<String> {
    let millis =
        |millis: i64| duration::format(Duration::from_millis(millis.max(0).unsigned_abs()));
    let syncs = report.simulation.cases.first().map_or(0, |it| it.decisions.len());
    let mut facts = vec![format!(
        "Load: {}, {} rows over {}; {syncs} syncs every {}; new pods are ready after {}",
        sanitize(report.source),
        report.load.times.len(),
        duration::format(report.length()),
        millis(report.conditions.period),
        millis(report.conditions.startup.as_millis()),
    )];
    facts.extend(report.notes.iter().map(|note| format!("Note: {}", sanitize(note))));
    facts
}

/// How far the numbers can be trusted.
pub(super) fn trust(report: &Report<'_>) -> Vec<String> {
    let mut lines = comparison(report);
    let demand = report.simulation.cases.first().and_then(|it| it.phases.first.demand_share());
    match demand {
        Some(share) if share < 0.9995 => lines.push(format!(
            "Demand: known for {:.1} % of the time; what is measured by it is of that time alone",
            share * 100.0
        )),
        _ => {}
    }
    lines
}

/// What keeps the numbers from being trusted; empty where nothing does.
pub fn doubts(report: &Report<'_>) -> Vec<String> {
    let is_bad = |trust: &Trust| trust.is_poor || !trust.holds_for_scalings();
    if !report.simulation.recorded.as_ref().is_some_and(|it| is_bad(&it.trust)) {
        return Vec::new();
    }
    comparison(report).iter().map(|line| line.trim().to_owned()).collect()
}

/// The replay beside what was.
fn comparison(report: &Report<'_>) -> Vec<String> {
    let Some(recorded) = &report.simulation.recorded else {
        return vec![format!("Trust: not measured, because {}", report.why_not_compared())];
    };
    let trust = &recorded.trust;
    let verdict = if trust.is_poor { "poor" } else { "good" };
    let mut lines = vec![format!(
        "Trust: {verdict}. The replay differs from what was by {:.2} pods on average (of {:.1}); it is equal for {:.1} % \
         of the time, within one pod for {:.1} %",
        trust.mean_error_pods, trust.mean_replicas, trust.equal_percent, trust.within_one_percent,
    )];
    if trust.is_poor {
        lines.extend(trust.reasons.iter().map(|reason| format!("  maybe because {reason}")));
        if trust.reasons.is_empty() {
            lines.push("  nothing known explains it".to_owned());
        }
    }
    if trust.compared_percent < 99.95 {
        lines.push(format!(
            "As it was: the replicas are known for {:.1} % of the time; its measures are of that time alone",
            trust.compared_percent
        ));
    }
    if !trust.holds_for_scalings() {
        lines.push(format!(
            "Scalings: there were {}, and the replay has {}: numbers of scalings and of changes of direction cannot be trusted",
            trust.recorded_scalings, trust.replayed_scalings
        ));
    }
    if recorded.censored_minutes > 0.0 {
        lines.push(format!(
            "Demand: cut off for {:.1} minutes, in which the replicas were at the maximum and too few: measures that may be \
             higher than shown are marked with >=",
            recorded.censored_minutes
        ));
    }
    lines
}

fn measures(report: &Report<'_>, style: Style, width: Option<usize>) -> String {
    let recorded = report.simulation.recorded.as_ref();
    let mut columns = vec![Column::new("")];
    if recorded.is_some() {
        columns.push(Column::new("AS IT WAS").right());
    }
    for simulated in &report.simulation.cases {
        let name = sanitize(&simulated.case.name).to_uppercase();
        columns.push(Column::new(name).right());
    }
    let mut table = Table::new(columns);
    let judged = report.verdicts();
    for measure in Measure::ALL {
        if !report.shows(measure) {
            continue;
        }
        let mut row = vec![Cell::new(heading(measure))];
        if let Some(recorded) = recorded {
            row.push(Cell::new(of_recorded(report, &recorded.measures, measure)));
        }
        for simulated in &report.simulation.cases {
            let crossed = judged.iter().any(|it| {
                std::ptr::eq(it.case, simulated)
                    && it.threshold.measure == measure
                    && it.is_crossed() == Some(true)
            });
            let [long, short] = of_case(report, simulated, measure);
            let cell = Cell::new(long).short(short);
            row.push(if crossed { cell.tone(Tone::Error) } else { cell });
        }
        table.row(row);
    }
    table.render(width, style).text
}

/// A measure as it was, if that is known, and of each case, with its range.
pub(super) fn values(report: &Report<'_>, measure: Measure) -> Vec<String> {
    let recorded = report.simulation.recorded.as_ref();
    let recorded = recorded.map(|it| of_recorded(report, &it.measures, measure));
    let cases = report.simulation.cases.iter().map(|it| {
        let [long, _] = of_case(report, it, measure);
        long
    });
    recorded.into_iter().chain(cases).collect()
}

/// A value of the course as it was.
fn of_recorded(report: &Report<'_>, measures: &Measures, measure: Measure) -> String {
    let is_least = measure.is_least_as_it_was() && report.simulation.is_censored();
    marked(measures, measure, is_least)
}

fn marked(measures: &Measures, measure: Measure, is_least: bool) -> String {
    let prefix = if is_least { ">=" } else { "" };
    let value = measures.get(measure).map(|value| format!("{prefix}{}", shown(measure, value)));
    value.unwrap_or_else(|| "-".to_owned())
}

/// A value with its range, and without: `12.5 (12.1-13.0)`, `12.5`.
fn of_case(report: &Report<'_>, case: &Simulated<'_>, measure: Measure) -> [String; 2] {
    let phases = &case.phases;
    let short = marked(&phases.first, measure, report.is_least_of_case(case, measure));
    let range =
        phases.range(measure).map(|(least, most)| (shown(measure, least), shown(measure, most)));
    match range {
        Some((least, most)) if least != most => [format!("{short} ({least}-{most})"), short],
        _ => [short.clone(), short],
    }
}
