//! Cases side by side for a person: trust first, then a row for each measure.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Report, heading, shown};
use crate::config::duration;
use crate::simulation::{Measure, Phases};
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
    let Some(recorded) = &report.simulation.recorded else {
        return vec!["Trust: not measured, because the load has no column replicas".to_owned()];
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
    if recorded.censored_minutes > 0.0 {
        lines.push(format!(
            "Demand: cut off for {:.1} minutes, in which the replicas were at the maximum and too few: what is at least so \
             much is marked with >=",
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
        let known = |phases: &Phases| phases.first.get(measure).is_some();
        let is_cost = measure == Measure::Cost;
        if is_cost && !report.simulation.cases.iter().any(|it| known(&it.phases)) {
            continue;
        }
        let at_least = measure.is_at_least_if_censored() && report.simulation.is_censored();
        let prefix = if at_least { ">=" } else { "" };
        let mut row = vec![Cell::new(heading(measure))];
        if let Some(recorded) = recorded {
            let value = recorded
                .measures
                .get(measure)
                .map(|value| format!("{prefix}{}", shown(measure, value)));
            row.push(Cell::new(value.unwrap_or_else(|| "-".to_owned())));
        }
        for simulated in &report.simulation.cases {
            let crossed = judged.iter().any(|it| {
                std::ptr::eq(it.case, simulated)
                    && it.threshold.measure == measure
                    && it.is_crossed == Some(true)
            });
            let cell = cell(&simulated.phases, measure, prefix);
            row.push(if crossed { cell.tone(Tone::Error) } else { cell });
        }
        table.row(row);
    }
    table.render(width, style).text
}

/// A value with its range: `12.5 (12.1-13.0)`.
fn cell(phases: &Phases, measure: Measure, prefix: &str) -> Cell {
    let Some(value) = phases.first.get(measure) else { return Cell::new("-") };
    let short = format!("{prefix}{}", shown(measure, value));
    let range =
        phases.range(measure).map(|(least, most)| (shown(measure, least), shown(measure, most)));
    match range {
        Some((least, most)) if least != most => {
            Cell::new(format!("{short} ({least}-{most})")).short(short)
        }
        _ => Cell::new(short),
    }
}
