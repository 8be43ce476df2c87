//! Snapshots and their differences, as people and scripts read them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::document::SCHEMA_VERSION;
use crate::history::{
    Diff, Field, Inspection, Named, Place, Pruned, Recorded, Snapshot, Summary, Unknown,
};
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table};
use crate::term::text::sanitize;
use crate::term::time::{age_at, whole_seconds};
use crate::term::{csv, json};

/// The result of `snapshot take`.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'a> {
    /// The snapshot, with its number if it was stored.
    pub named: &'a Named,
    /// How long reading and storing took.
    pub took: Duration,
    /// The file that the snapshot was written to.
    pub to: Option<&'a Path>,
}

/// `snapshot 17: 43 HPAs of 2 clusters in 0.4 s`
pub fn taken(taken: &Taken<'_>) -> String {
    let Named { id, snapshot } = taken.named;
    let name = match (id, taken.to) {
        (Some(id), _) => format!("snapshot {id}"),
        (None, Some(path)) => format!("snapshot {}", path.display()),
        (None, None) => "snapshot, not kept".to_owned(),
    };
    let failed = snapshot.failed().len();
    let failed = if failed == 0 { String::new() } else { format!(", {failed} not read") };
    let line = format!(
        "{name}: {} of {}{failed} in {:.1} s",
        count(snapshot.hpas.len(), "HPA"),
        count(snapshot.clusters.len(), "cluster"),
        taken.took.as_secs_f64()
    );
    format!("{}\n", sanitize(&line))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// `17 deleted, 40 left, 1.2 MiB`
pub fn pruned(pruned: Pruned, bytes: u64) -> String {
    let Pruned { snapshots, left, .. } = pruned;
    format!("{} deleted, {left} left, {}\n", count(snapshots, "snapshot"), size(bytes))
}

/// `40 snapshots since 2026-10-24T08:00:00Z, the latest of 2026-11-23T08:00:00Z, schema 1, 1.2MiB`
pub fn looked(look: &Inspection) -> String {
    let mut text = count(look.snapshots, "snapshot");
    if let Some(since) = look.since {
        text += &format!(" since {}", whole_seconds(since));
    }
    if let Some(latest) = look.latest.filter(|_| look.snapshots > 1) {
        text += &format!(", the latest of {}", whole_seconds(latest));
    }
    text += &format!(", schema {}, {}", look.schema, size(look.size));
    if !look.checked {
        text += ", of which only the latest was checked for damage";
    }
    text
}

fn size(bytes: u64) -> String {
    let size = crate::kube::Quantity::from_units(i64::try_from(bytes).unwrap_or(i64::MAX));
    format!("{}B", size.human_bytes())
}

/// `snapshot 17, taken 2026-11-23T08:00:00Z: 43 HPAs of 2 clusters`
pub fn headline(named: &Named) -> String {
    let snapshot = &named.snapshot;
    let mut text = format!(
        "{}: {} of {}",
        title(named),
        count(snapshot.hpas.len(), "HPA"),
        count(snapshot.clusters.len(), "cluster"),
    );
    for cluster in &snapshot.clusters {
        if let Some(failure) = &cluster.error {
            text += &format!(", {} not read ({})", cluster.name, failure.kind);
        }
    }
    text
}

fn title(Named { id, snapshot }: &Named) -> String {
    let name = id.map_or_else(|| "snapshot".to_owned(), |id| format!("snapshot {id}"));
    format!("{name}, taken {}", whole_seconds(snapshot.taken_at))
}

/// ID TAKEN AGE HPAS CLUSTERS NOT READ
pub fn table(
    snapshots: &[&Summary],
    style: Style,
    width: Option<usize>,
    now: Timestamp,
) -> Rendered {
    let mut table = Table::new(vec![
        Column::new("ID").right(),
        Column::new("TAKEN"),
        Column::new("AGE"),
        Column::new("HPAS").right(),
        Column::new("CLUSTERS").right(),
        Column::new("NOT READ").flexible(),
    ]);
    for snapshot in snapshots {
        let failed: Vec<&str> = snapshot
            .clusters
            .iter()
            .filter(|cluster| cluster.error.is_some())
            .map(|cluster| &*cluster.name)
            .collect();
        table.row(vec![
            Cell::new(snapshot.id.to_string()),
            Cell::new(whole_seconds(snapshot.taken_at).to_string()),
            Cell::new(age_at(snapshot.taken_at, now)),
            Cell::new(snapshot.hpas.to_string()),
            Cell::new(snapshot.clusters.len().to_string()),
            Cell::new(failed.join(", ")).tone(Tone::Error),
        ]);
    }
    table.render(width, style)
}

/// The snapshots' numbers, one a line.
pub fn ids(snapshots: &[Summary]) -> String {
    snapshots.iter().map(|snapshot| format!("{}\n", snapshot.id)).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Numbered<'a> {
    schema_version: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    #[serde(flatten)]
    snapshot: &'a Snapshot,
}

/// A snapshot as a document, which [`Snapshot::from_json`] reads.
pub fn document(Named { id, snapshot }: &Named) -> impl Serialize + '_ {
    Numbered { schema_version: SCHEMA_VERSION, kind: "Snapshot", id: *id, snapshot }
}

/// A line of [`jsonl`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot: Option<i64>,
    taken_at: Timestamp,
    #[serde(flatten)]
    recorded: &'a Recorded,
}

/// One HPA a line, each with the snapshot's number and time.
pub fn jsonl(Named { id, snapshot }: &Named) -> Result<Vec<u8>, serde_json::Error> {
    let mut lines = Vec::new();
    for recorded in &snapshot.hpas {
        let line = Line { snapshot: *id, taken_at: snapshot.taken_at, recorded };
        lines.extend(json::line(&line)?);
    }
    Ok(lines)
}

const CSV_HEADER: [&str; 15] = [
    "snapshot",
    "takenAt",
    "cluster",
    "context",
    "namespace",
    "name",
    "targetKind",
    "targetName",
    "minReplicas",
    "maxReplicas",
    "currentReplicas",
    "desiredReplicas",
    "targetReplicas",
    "targetReady",
    "targets",
];

/// One HPA a line, under the JSON's names where there is one.
pub fn csv(Named { id, snapshot }: &Named, header: bool) -> anyhow::Result<Vec<u8>> {
    let number = |number: Option<i32>| number.map(|it| it.to_string()).unwrap_or_default();
    let rows = snapshot.hpas.iter().map(|Recorded { hpa, workload, .. }| {
        let workload = workload.as_ref();
        [
            id.map(|id| id.to_string()).unwrap_or_default(),
            snapshot.taken_at.to_string(),
            hpa.cluster.to_string(),
            hpa.context.to_string(),
            hpa.namespace.clone(),
            hpa.name.clone(),
            hpa.target.kind.to_string(),
            hpa.target.name.clone(),
            hpa.min_replicas.to_string(),
            hpa.max_replicas.to_string(),
            hpa.current_replicas.to_string(),
            hpa.desired_replicas.to_string(),
            number(workload.and_then(|it| it.replicas)),
            number(workload.and_then(|it| it.ready)),
            hpa.targets(),
        ]
        .map(Cow::Owned)
    });
    csv::document(if header { &CSV_HEADER } else { &[] }, rows)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DiffDocument<'a> {
    schema_version: &'static str,
    kind: &'static str,
    before: Side,
    after: Side,
    #[serde(flatten)]
    diff: &'a Diff,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Side {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    taken_at: Timestamp,
    clusters: Vec<crate::kubectl::Outcome>,
    hpas: usize,
}

/// Differences as a document.
pub fn diff_document<'a>(diff: &'a Diff, before: &Named, after: &Named) -> impl Serialize + 'a {
    let side = |Named { id, snapshot }: &Named| Side {
        id: *id,
        taken_at: snapshot.taken_at,
        clusters: snapshot.clusters.clone(),
        hpas: snapshot.hpas.len(),
    };
    DiffDocument {
        schema_version: SCHEMA_VERSION,
        kind: "SnapshotDiff",
        before: side(before),
        after: side(after),
        diff,
    }
}

/// Differences for people: `+` added, `-` removed, `~` changed with its fields below, `?` unknown.
pub fn diff(diff: &Diff, before: &Named, after: &Named, style: Style) -> String {
    let mut text = String::new();
    let mut line = |tone: Tone, line: String| {
        text.push_str(&style.paint(tone, &sanitize(&line)));
        text.push('\n');
    };
    line(Tone::Dim, format!("from {}", title(before)));
    line(Tone::Dim, format!("to   {}", title(after)));
    let place = |it: &Place| format!("{}/{}/{}", shown(&it.cluster), it.namespace, it.name);
    for added in &diff.added {
        line(Tone::Ok, format!("+ {}", place(added)));
    }
    for removed in &diff.removed {
        line(Tone::Error, format!("- {}", place(removed)));
    }
    for change in &diff.changed {
        line(Tone::Bold, format!("~ {}", place(&change.place)));
        for field in &change.fields {
            line(Tone::Plain, format!("    {}", field_text(field)));
        }
    }
    for (name, reason) in unknowns(&diff.unknown) {
        line(Tone::Warning, format!("? {name}: {reason}"));
    }
    let mut summary = format!(
        "{} added, {} removed, {} changed, {} unchanged",
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len(),
        diff.unchanged
    );
    // Counts unknown clusters separately from unknown HPAs.
    let (hpas, clusters): (Vec<_>, Vec<_>) = diff.unknown.iter().partition(|it| it.name.is_some());
    if !hpas.is_empty() {
        summary += &format!(", {} unknown", hpas.len());
    }
    if !clusters.is_empty() {
        let clusters: std::collections::BTreeSet<_> =
            clusters.iter().map(|it| &it.cluster).collect();
        summary += &format!("; {} not read in both", count(clusters.len(), "cluster"));
    }
    line(Tone::Plain, summary);
    text
}

/// The unknown items with their reasons; items of one cluster with the same reason are counted
/// instead.
fn unknowns(unknown: &[Unknown]) -> Vec<(String, &str)> {
    const FEW: usize = 3;
    let mut groups: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for it in unknown {
        let parts = [Some(shown(&it.cluster)), it.namespace.clone(), it.name.clone()];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        groups.entry((&it.cluster, &it.reason)).or_default().push(parts.join("/"));
    }
    let mut lines = Vec::new();
    for ((cluster, reason), names) in groups {
        if names.len() > FEW {
            lines.push((format!("{}: {}", shown(cluster), count(names.len(), "HPA")), reason));
        } else {
            lines.extend(names.into_iter().map(|name| (name, reason)));
        }
    }
    lines
}

/// `maxReplicas: 10 → 15`
fn field_text(field: &Field) -> String {
    let value = |value: &Value| match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        // A metric's target.
        Value::Object(map) if map.len() == 2 && map.contains_key("type") => {
            let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", text("type"), text("value"))
        }
        other => other.to_string(),
    };
    format!("{}: {} → {}", field.field, value(&field.before), value(&field.after))
}
