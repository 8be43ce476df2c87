//! HPAs by how close they are to their maximum, with what their pods use.

mod order;
mod past;

use std::borrow::Cow;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use super::alerts::{AlertsOfHpa, HpaAlerts};
use super::hpas::Users;
use super::usage::{
    Pressed, USED_HEADER, Used, amounts, cpu, measured, memory, of_requested, percent, rounded,
    used_cells,
};
use crate::check::HpaUsage;
use crate::hpa::Hpa;
use crate::kube::{ObjectRef, Quantity};
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table, VITAL};
use crate::term::text::{truncate, width};
use crate::term::{csv, json};
use crate::usage::{CourseSummary, Headroom, ResourceUsage};

use past::PastFields;

pub use order::TopBy;
pub use past::PastOfHpas;

/// How the table is laid out.
#[derive(Clone, Copy, Debug)]
pub struct TopTable<'a> {
    /// What is known over time, where that was asked for.
    pub past: Option<&'a PastOfHpas>,
    /// The alerts of each HPA, where they were asked for.
    pub alerts: Option<&'a AlertsOfHpa<'a>>,
    /// With the columns of `-o wide`.
    pub wide: bool,
    /// Without the header line.
    pub no_headers: bool,
    /// The terminal's columns, or none for a pipe.
    pub width: Option<usize>,
    /// Colour.
    pub style: Style,
    /// For ages.
    pub now: Timestamp,
}

/// From this reading over target on, the controller adds replicas: its default tolerance.
const TOLERANCE: f64 = 1.1;

/// CLUSTER NAMESPACE NAME READING/TARGET CPU MEMORY REPLICAS HEADROOM; `wide` adds PRESSURE, amounts,
/// PODS, AGE, CONTEXT and NOTE. Where there is little room, the cluster and the namespace of all rows are a heading.
pub fn table(rows: &[HpaUsage<'_>], options: TopTable<'_>) -> Rendered {
    let is_one = |of: fn(&Hpa) -> &str| {
        let mut values = rows.iter().map(|row| of(row.hpa));
        let first = values.next();
        values.all(|value| Some(value) == first)
    };
    let headings = match (is_one(|hpa| &hpa.cluster), is_one(|hpa| &hpa.namespace)) {
        (true, true) => 2,
        (true, false) => 1,
        (false, true) => {
            let plain = of_rows(rows, options, false).render(options.width, options.style);
            if !plain.truncated && plain.hidden.is_empty() {
                return plain;
            }
            let swapped = of_rows(rows, options, true).headings(1);
            return swapped.render(options.width, options.style);
        }
        (false, false) => 0,
    };
    // Rows of one group are in any order.
    of_rows(rows, options, false).headings(headings).render(options.width, options.style)
}

fn columns(options: TopTable<'_>) -> Vec<Column> {
    // What stays longest: REPLICAS, then what was asked for, then what pods use. HEADROOM follows from REPLICAS.
    let (cpu_now, memory_now, headroom) =
        if options.past.is_some() { (7, 3, 2) } else { (VITAL + 2, VITAL, 7) };
    let mut columns = vec![
        Column::new("CLUSTER").name(),
        Column::new("NAMESPACE").name(),
        Column::new("NAME").name(),
        Column::new("READING/TARGET").flexible(),
        Column::new("CPU").right().optional(cpu_now),
        Column::new("MEMORY").right().optional(memory_now),
        Column::new("REPLICAS").right().optional(VITAL + 3),
        Column::new("HEADROOM")
            .right()
            .optional(headroom)
            .lost_when_short("the load factor of HEADROOM"),
    ];
    columns.extend(options.alerts.map(|_| Column::new("ALERTS").right().optional(VITAL + 1)));
    if options.past.is_some() {
        columns.extend(past::columns(options.wide));
    }
    if options.wide {
        columns.extend([
            Column::new("PRESSURE").right().optional(2),
            Column::new("CPU/REQUEST/LIMIT").optional(2),
            Column::new("MEMORY/REQUEST/LIMIT").optional(2),
            Column::new("CPU/LIMIT").right().optional(2),
            Column::new("MEMORY/LIMIT").right().optional(2),
            Column::new("MEASURED").right().optional(1),
            Column::new("AGE").right().optional(1),
            Column::new("CONTEXT").flexible().optional(0),
            Column::new("NOTE").flexible().optional(0),
        ]);
    }
    columns
}

/// The table, with the namespace before the cluster where these are swapped.
fn of_rows(rows: &[HpaUsage<'_>], options: TopTable<'_>, swapped: bool) -> Table {
    let mut columns = columns(options);
    if swapped {
        columns.swap(0, 1);
    }
    let mut table = Table::new(columns).no_headers(options.no_headers);
    for row in rows {
        let hpa = row.hpa;
        let is_pressed = row.pressure.is_ok_and(|pressure| pressure.ratio > TOLERANCE);
        let tone = match (is_pressed, row.headroom.replicas) {
            (true, ..=0) => Tone::Error,
            (true, _) => Tone::Warning,
            (false, _) => Tone::Plain,
        };
        let mut cells = vec![
            Cell::new(shown(&hpa.cluster)),
            Cell::new(&hpa.namespace),
            Cell::new(&hpa.name).tone(Tone::Bold),
            reading(row).tone(tone),
            Cell::new(of_requested(&row.usage, cpu, Quantity::human_cpu)),
            Cell::new(of_requested(&row.usage, memory, Quantity::human_bytes)),
            Cell::new(format!("{}/{}", row.replicas, hpa.max_replicas)),
            headroom(row.headroom),
        ];
        cells.extend(options.alerts.map(|alerts| alerts_cell(alerts.of(hpa).firing)));
        let past = options.past.map(|past| past.of(row));
        if let Some(past) = &past {
            cells.extend(past::cells(past, options.wide));
        }
        if options.wide {
            let pressure = row.pressure.map(|pressure| percent(pressure.ratio));
            let age = row.usage.as_ref().ok().and_then(|usage| usage.age(options.now));
            let dash = || "-".to_owned();
            cells.extend([
                Cell::new(pressure.unwrap_or_else(|_| dash())).tone(tone),
                Cell::new(amounts(&row.usage, cpu, Quantity::human_cpu)),
                Cell::new(amounts(&row.usage, memory, Quantity::human_bytes)),
                Cell::new(of_limit(row, cpu)),
                Cell::new(of_limit(row, memory)),
                Cell::new(measured(&row.usage)),
                Cell::new(age.map_or_else(dash, |age| format!("{}s", age.as_secs()))),
                Cell::new(&hpa.context),
                Cell::new(note(row, past.as_ref())),
            ]);
        }
        if swapped {
            cells.swap(0, 1);
        }
        table.row(cells);
    }
    table
}

/// How many alerts fire; `-` where that is not known.
fn alerts_cell(firing: Option<usize>) -> Cell {
    let tone = if firing.is_some_and(|firing| firing > 0) { Tone::Warning } else { Tone::Plain };
    Cell::new(firing.map_or_else(|| "-".to_owned(), |firing| firing.to_string())).tone(tone)
}

/// The worst metric: `cpu: 185%/70%`; with a short name where there is little room.
fn reading(row: &HpaUsage<'_>) -> Cell {
    const SHORT_NAME: usize = 8;
    let texts = row.hpa.target_texts();
    let metric = row.pressure.as_ref().ok().map(|pressure| pressure.metric);
    let at = row.hpa.metrics.iter().position(|it| metric.is_some_and(|of| std::ptr::eq(it, of)));
    let Some(text) = at.and_then(|at| texts.get(at)) else { return Cell::new("-") };
    let cell = Cell::parts([text]);
    match text.split_once(": ") {
        Some((name, values)) if width(name) > SHORT_NAME => {
            cell.short_parts([format!("{}: {values}", truncate(name, SHORT_NAME))])
        }
        _ => cell,
    }
}

fn of_limit(
    row: &HpaUsage<'_>,
    resource: fn(&crate::usage::TargetUsage<'_>) -> Option<ResourceUsage>,
) -> String {
    let usage = row.usage.as_ref().ok().and_then(resource);
    usage.and_then(|usage| usage.of_limit()).map_or_else(|| "-".to_owned(), percent)
}

/// The pods that are left, with the load factor that the maximum would bear: `6 (2.1x)`.
fn headroom(headroom: Headroom) -> Cell {
    let replicas = headroom.replicas.to_string();
    let Some(factor) = headroom.load_factor else { return Cell::new(replicas) };
    let factor = match factor {
        ..1.0 => format!("{factor:.2}x"),
        ..10.0 => format!("{factor:.1}x"),
        ..1000.0 => format!("{factor:.0}x"),
        _ => ">999x".to_owned(),
    };
    Cell::new(format!("{replicas} ({factor})")).short(replicas)
}

/// What is not known of an HPA, and why.
fn note(row: &HpaUsage<'_>, past: Option<&Result<CourseSummary, String>>) -> String {
    let mut notes: Vec<String> = Vec::new();
    match &row.pressure {
        Ok(pressure) if pressure.unread > 0 => {
            notes.push(format!("{} of its metrics have no reading", pressure.unread));
        }
        Ok(_) => {}
        Err(why) => notes.push(why.to_string()),
    }
    match &row.usage {
        Ok(usage) => notes.extend(usage.unmeasured()),
        Err(why) => notes.push(why.to_string()),
    }
    notes.extend(past.map(past::notes).unwrap_or_default());
    notes.join("; ")
}

/// An HPA of `hpa top` in JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Topped<'a> {
    cluster: &'a str,
    context: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    namespace: &'a str,
    name: &'a str,
    target: &'a ObjectRef,
    min_replicas: i32,
    max_replicas: i32,
    current_replicas: i32,
    desired_replicas: i32,
    #[serde(flatten)]
    pressed: Pressed,
    #[serde(flatten)]
    used: Used,
    #[serde(flatten)]
    past: Option<PastFields>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alerts: Option<HpaAlerts<'a>>,
}

impl<'a> Topped<'a> {
    /// The rows with their users.
    pub fn all(
        rows: &[HpaUsage<'a>],
        users: &Users<'a>,
        past: Option<&PastOfHpas>,
        alerts: Option<&AlertsOfHpa<'a>>,
        now: Timestamp,
    ) -> Vec<Self> {
        let topped = |row: &HpaUsage<'a>| {
            let hpa: &'a Hpa = row.hpa;
            Self {
                cluster: &hpa.cluster,
                context: &hpa.context,
                user: users.user(hpa),
                namespace: &hpa.namespace,
                name: &hpa.name,
                target: &hpa.target,
                min_replicas: hpa.min_replicas,
                max_replicas: hpa.max_replicas,
                current_replicas: row.replicas,
                desired_replicas: hpa.desired_replicas,
                pressed: Pressed::of(row),
                used: Used::of(&row.usage, now),
                past: past.map(|past| PastFields::of(past, row)),
                alerts: alerts.map(|alerts| alerts.of(hpa)),
            }
        };
        rows.iter().map(topped).collect()
    }
}

/// One JSON object a line.
pub fn jsonl(rows: &[Topped<'_>]) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for row in rows {
        lines.extend(json::line(row)?);
    }
    Ok(lines)
}

const CSV_HEADER: [&str; 15] = [
    "cluster",
    "context",
    "namespace",
    "name",
    "targetKind",
    "targetName",
    "metric",
    "reading",
    "target",
    "pressure",
    "minReplicas",
    "maxReplicas",
    "currentReplicas",
    "headroom",
    "loadFactor",
];

/// Comma-separated values; what is not known is empty.
pub fn csv(
    rows: &[HpaUsage<'_>],
    past: Option<&PastOfHpas>,
    alerts: Option<&AlertsOfHpa<'_>>,
    no_headers: bool,
) -> Result<Vec<u8>> {
    let number = |number: Option<f64>| number.map(|it| it.to_string()).unwrap_or_default();
    let row = |row: &HpaUsage<'_>| {
        let hpa = row.hpa;
        let pressure = row.pressure.as_ref().ok();
        let usage = row.usage.as_ref().ok();
        let mut cells = vec![
            hpa.cluster.to_string(),
            hpa.context.to_string(),
            hpa.namespace.clone(),
            hpa.name.clone(),
            hpa.target.kind.to_string(),
            hpa.target.name.clone(),
            pressure.map(|it| it.metric.label()).unwrap_or_default(),
            pressure.map(|it| it.metric.current_text()).unwrap_or_default(),
            pressure.map(|it| it.metric.target_text()).unwrap_or_default(),
            number(pressure.map(|it| rounded(it.ratio, 4))),
            hpa.min_replicas.to_string(),
            hpa.max_replicas.to_string(),
            row.replicas.to_string(),
            row.headroom.replicas.to_string(),
            number(row.headroom.load_factor.map(|it| rounded(it, 3))),
        ];
        cells.extend(used_cells(usage));
        let of_past = past;
        let past = past.map(|past| past.of(row));
        if let Some((of, past)) = of_past.zip(past.as_ref()) {
            cells.extend(past::csv_cells(of, row, past));
        }
        cells.extend(alerts.map(|alerts| {
            alerts.of(hpa).firing.map(|firing| firing.to_string()).unwrap_or_default()
        }));
        cells.push(note(row, past.as_ref()));
        cells.into_iter().map(Cow::Owned)
    };
    let of_past = past.map(|_| past::HEADER).into_iter().flatten();
    let header = CSV_HEADER.into_iter().chain(USED_HEADER).chain(of_past);
    let header = header.chain(alerts.map(|_| "alertsFiring")).chain(["unknown"]);
    let header: Vec<&str> = header.collect();
    csv::document(if no_headers { &[] } else { &header }, rows.iter().map(row))
}
