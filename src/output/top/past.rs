//! What HPAs' clusters' Prometheus know of them over a time, for `hpa top --since`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::check::HpaUsage;
use crate::output::past::{History, StoreOutcome};
use crate::output::usage::{percent, rounded};
use crate::prometheus::Range;
use crate::stores::{ClusterCourses, grid};
use crate::term::table::{Cell, Column, VITAL};
use crate::term::time::age;
use crate::usage::{AtMax, CourseSummary, Load, ReplicaSummary};

/// What is known of HPAs over a time.
#[derive(Debug)]
pub struct PastOfHpas {
    range: Range,
    clusters: BTreeMap<String, ClusterCourses>,
}

impl PastOfHpas {
    /// Of these clusters, by their names.
    pub fn new(range: Range, clusters: BTreeMap<String, ClusterCourses>) -> Self {
        Self { range, clusters }
    }

    /// How the stores of the clusters were read.
    pub fn sources(&self) -> Vec<StoreOutcome> {
        self.clusters.iter().map(|(name, past)| StoreOutcome::of(name, past)).collect()
    }

    /// The figures of an HPA, without those that its pods' requests cannot bear; or why there are none.
    pub(super) fn of(&self, row: &HpaUsage<'_>) -> Result<CourseSummary, String> {
        let hpa = row.hpa;
        let cluster = self.clusters.get(&*hpa.cluster).ok_or("it was not read")?;
        let summary = cluster.of(&hpa.namespace, &hpa.name)?.clone();
        Ok(match &row.usage {
            Ok(usage) => summary.believed(usage),
            Err(_) => summary,
        })
    }

    /// The share of the time at the maximum.
    pub(super) fn share_at_max(&self, row: &HpaUsage<'_>) -> Option<f64> {
        Some(self.of(row).ok()?.at_max.ok()?.share())
    }

    /// The 95th percentile of CPU of what is requested.
    pub(super) fn p95(&self, row: &HpaUsage<'_>) -> Option<f64> {
        Some(self.of(row).ok()?.cpu.ok()?.p95)
    }
}

/// AT MAX HIGHEST SCALINGS P95 CPU; `wide` adds LOWEST, P95 MEMORY and SEEN.
pub(super) fn columns(wide: bool) -> Vec<Column> {
    let mut columns = vec![
        Column::new("AT MAX").right().optional(VITAL + 2).lost_when_short("the duration of AT MAX"),
        Column::new("HIGHEST").right().optional(5),
        Column::new("SCALINGS").right().optional(4),
        Column::new("P95 CPU").right().optional(VITAL + 1),
    ];
    if wide {
        columns.extend([
            Column::new("P95 MEMORY").right().optional(2),
            Column::new("LOWEST").right().optional(1),
            Column::new("SEEN").right().optional(1),
        ]);
    }
    columns
}

/// The cells of [`columns`].
pub(super) fn cells(past: &Result<CourseSummary, String>, wide: bool) -> Vec<Cell> {
    let dash = || "-".to_owned();
    let past = past.as_ref().ok();
    let replicas = past.and_then(|past| past.replicas.as_ref().ok());
    let at_max = past.and_then(|past| past.at_max.as_ref().ok());
    let p95 = |load: Option<&Load>| Cell::new(load.map_or_else(dash, |load| percent(load.p95)));
    let count = |count: Option<String>| Cell::new(count.unwrap_or_else(dash));
    let mut cells = vec![
        at_max.map_or_else(|| Cell::new("-"), at_max_cell),
        count(replicas.map(|it| it.highest.to_string())),
        count(replicas.map(|it| it.scalings().to_string())),
        p95(past.and_then(|past| past.cpu.as_ref().ok())),
    ];
    if wide {
        cells.extend([
            p95(past.and_then(|past| past.memory.as_ref().ok())),
            count(replicas.map(|it| it.lowest.to_string())),
            count(replicas.map(seen)),
        ]);
    }
    cells
}

/// `12% 2h52m`
fn at_max_cell(at_max: &AtMax) -> Cell {
    let share = percent(at_max.share());
    if at_max.time.is_zero() {
        return Cell::new(share);
    }
    Cell::new(format!("{share} {}", age(at_max.time))).short(share)
}

/// The share of the times at which the HPA was seen.
#[expect(clippy::cast_precision_loss, reason = "counts of points")]
fn seen(replicas: &ReplicaSummary) -> String {
    percent(replicas.seen as f64 / replicas.of.max(1) as f64)
}

/// What is not known, and why.
pub(super) fn notes(past: &Result<CourseSummary, String>) -> Vec<String> {
    let past = match past {
        Ok(past) => past,
        Err(why) => return vec![format!("history: {why}")],
    };
    let mut notes: Vec<String> = Vec::new();
    let figures = [
        ("time at max", past.at_max.as_ref().err()),
        ("replicas", past.replicas.as_ref().err()),
        ("p95 of cpu", past.cpu.as_ref().err()),
        ("p95 of memory", past.memory.as_ref().err()),
    ];
    for (what, why) in figures {
        let Some(why) = why else { continue };
        let text = why.to_string();
        // The same reason once, with all that it is for.
        match notes.iter_mut().find(|note| note.ends_with(&format!(": {text}"))) {
            Some(note) => {
                *note = format!("{}, {what}: {text}", &note[..note.len() - text.len() - 2]);
            }
            None => notes.push(format!("{what}: {text}")),
        }
    }
    notes
}

/// The history of an HPA in JSON: fields of the HPA.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PastFields {
    history: Option<History>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history_unknown: Option<String>,
}

impl PastFields {
    pub(super) fn of(past: &PastOfHpas, row: &HpaUsage<'_>) -> Self {
        let cluster = past.clusters.get(&*row.hpa.cluster);
        let origin = cluster.and_then(|it| it.origin.as_ref()).map(ToString::to_string);
        match past.of(row) {
            Ok(summary) => Self {
                history: Some(History::of(&summary, origin, grid(&past.range))),
                history_unknown: None,
            },
            Err(why) => Self { history: None, history_unknown: Some(why) },
        }
    }
}

/// The columns of the history in CSV.
pub(super) const HEADER: [&str; 12] = [
    "shareAtMax",
    "secondsAtMax",
    "lowestReplicas",
    "highestReplicas",
    "scalings",
    "cpuOfRequestedP95",
    "memoryOfRequestedP95",
    "pointsSeen",
    "historyServer",
    "historySince",
    "historyUntil",
    "historyStepSeconds",
];

/// The cells of [`HEADER`]; what is not known is empty.
pub(super) fn csv_cells(
    of: &PastOfHpas,
    row: &HpaUsage<'_>,
    past: &Result<CourseSummary, String>,
) -> [String; 12] {
    let past = past.as_ref().ok();
    let grid = past.map(|_| grid(&of.range));
    let cluster = of.clusters.get(&*row.hpa.cluster).filter(|_| past.is_some());
    let at_max = past.and_then(|past| past.at_max.as_ref().ok());
    let replicas = past.and_then(|past| past.replicas.as_ref().ok());
    let p95 = |load: Option<&Load>| load.map(|it| rounded(it.p95, 4).to_string());
    [
        at_max.map(|it| rounded(it.share(), 4).to_string()),
        at_max.map(|it| it.time.as_secs().to_string()),
        replicas.map(|it| it.lowest.to_string()),
        replicas.map(|it| it.highest.to_string()),
        replicas.map(|it| it.scalings().to_string()),
        p95(past.and_then(|past| past.cpu.as_ref().ok())),
        p95(past.and_then(|past| past.memory.as_ref().ok())),
        replicas.map(|it| it.seen.to_string()),
        cluster.and_then(|it| it.origin.as_ref()).map(ToString::to_string),
        grid.map(|grid| grid.at(0).to_string()),
        grid.map(|grid| grid.at(grid.count.saturating_sub(1)).to_string()),
        grid.map(|grid| grid.step.to_string()),
    ]
    .map(Option::unwrap_or_default)
}
