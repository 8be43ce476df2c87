//! The course of replicas as a chart.

use jiff::{SignedDuration, Timestamp};

use super::Report;
use crate::history::Span;
use crate::output::chart::{Charset, Chart};
use crate::simulation::Simulated;
use crate::term::text::{sanitize, wrap};

const HEIGHT: usize = 8;

/// The replicas of the last case, and beside it those of the first one: what the change is from.
pub fn chart(report: &Report<'_>, width: usize, charset: Charset) -> Vec<String> {
    let cases = &report.simulation.cases;
    let (Some(first), Some(last)) = (cases.first(), cases.last()) else { return Vec::new() };
    let halves = Chart::halves(width);
    let line = course(last, halves);
    let is_changed = cases.len() > 1;
    let before = course(first, halves);
    let second: Vec<Option<f64>> = (before.iter().zip(&line))
        .map(|(before, after)| {
            let before = before.map(|span| span.last)?;
            (is_changed && after.map(|span| span.last) != Some(before)).then_some(before)
        })
        .collect();
    let bound = |replicas: i32| vec![Some(f64::from(replicas)); halves];
    let bounds = [bound(last.case.hpa.min_replicas), bound(last.case.hpa.max_replicas)];
    // Without a date the first row is at midnight.
    let start = report.load.start.unwrap_or(Timestamp::UNIX_EPOCH);
    let length = SignedDuration::try_from(report.length()).unwrap_or(SignedDuration::MAX);
    let rows = Chart {
        line: &line,
        second: &second,
        bounds: &bounds,
        gaps: &vec![None; halves],
        range: (start, start.checked_add(length).unwrap_or(Timestamp::MAX)),
        label: &|value| format!("{value}"),
        whole: true,
        height: HEIGHT,
        charset,
    }
    .render();
    let [line_mark, second_mark, bound_mark] = charset.marks();
    let name = |case: &Simulated<'_>| sanitize(&case.case.name).into_owned();
    let mut legend = format!(
        "replicas: {line_mark} {}; {bound_mark} its minReplicas and maxReplicas",
        name(last)
    );
    if second.iter().any(Option::is_some) {
        legend.push_str(&format!("; {second_mark} {} where it differs", name(first)));
    }
    rows.into_iter().chain(wrap(&legend, width)).collect()
}

/// The replicas after each sync, as so many spans.
pub(super) fn course(case: &Simulated<'_>, spans: usize) -> Vec<Option<Span>> {
    let syncs = case.decisions.len();
    let span = |place: usize| {
        let from = place * syncs / spans;
        let until = ((place + 1) * syncs / spans).max(from + 1);
        let replicas =
            case.decisions.get(from..until.min(syncs))?.iter().map(|it| f64::from(it.desired));
        let last = replicas.clone().next_back()?;
        let low = replicas.clone().fold(last, f64::min);
        Some(Span { low, high: replicas.fold(last, f64::max), last })
    };
    (0..spans).map(span).collect()
}
