//! A simulation as a self-contained HTML page.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};

use super::chart::course;
use super::{Report, heading};
use crate::history::Column;
use crate::output::page::{Plot, escape, foot, head};
use crate::simulation::{Measure, Simulated};

/// The number of points in a plot.
const COLUMNS: usize = 720;

/// The page.
pub fn page(report: &Report<'_>, now: Timestamp) -> String {
    let name = format!("{}/{}", report.hpa.namespace, report.hpa.name);
    let mut out = head(&name);
    let _ = writeln!(out, "<h1>{}</h1>", escape(&name));
    for line in super::table::facts(report).iter().chain(&super::table::trust(report)) {
        let _ = writeln!(out, "<p>{}</p>", escape(line.trim()));
    }
    measures(&mut out, report);
    for case in &report.simulation.cases {
        let _ = writeln!(out, "<h2>{}</h2>", escape(&case.case.name));
        plot(&mut out, report, case);
    }
    out.push_str(
        "<p><span class=\"key\" style=\"border-color:var(--line)\"></span>replicas\
         <span class=\"key\" style=\"border-color:var(--bound);border-top-style:dashed\"></span>minReplicas, \
         maxReplicas</p>\n",
    );
    out.push_str(&foot(now));
    out
}

fn measures(out: &mut String, report: &Report<'_>) {
    let recorded = report.simulation.recorded.as_ref();
    let cases = report.simulation.cases.iter();
    out.push_str("<table>\n<tr><th></th>");
    let names =
        recorded.map(|_| "as it was").into_iter().chain(cases.map(|it| it.case.name.as_str()));
    names.for_each(|name| {
        let _ = write!(out, "<th>{}</th>", escape(name));
    });
    out.push_str("</tr>\n");
    for measure in Measure::ALL {
        if !report.shows(measure) {
            continue;
        }
        let _ = write!(out, "<tr><td>{}</td>", heading(measure));
        for value in super::table::values(report, measure) {
            let _ = write!(out, "<td>{}</td>", escape(&value));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

fn plot(out: &mut String, report: &Report<'_>, case: &Simulated<'_>) {
    let hpa = &case.case.hpa;
    // Without a date the first row is at midnight.
    let since = report.load.start.unwrap_or(Timestamp::UNIX_EPOCH);
    let length = SignedDuration::try_from(report.length()).unwrap_or(SignedDuration::MAX);
    let until = since.checked_add(length).unwrap_or(Timestamp::MAX);
    let column = |current| Column {
        at: since,
        gap: None,
        current,
        desired: None,
        min: Some(f64::from(hpa.min_replicas)),
        max: Some(f64::from(hpa.max_replicas)),
        metrics: Vec::new(),
    };
    let columns: Vec<Column> = course(case, COLUMNS).into_iter().map(column).collect();
    Plot { columns: &columns, since, until }.replicas(out);
}
