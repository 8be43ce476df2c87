//! HPAs, as people and scripts read them.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;

use super::usage::{USED_HEADER, UsageOfHpas, Used, used_cells};
use crate::findings::{Evidence, Finding, Judged, Severity};
use crate::hpa::{Hpa, Status};
use crate::kubectl::Outcome;
use crate::session::{HpaState as State, Reading};
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table, VITAL, Widths};
use crate::term::text::{sanitize, thousands};
use crate::term::time::age_at;
use crate::term::{csv, json};

/// The colour of an HPA's status.
pub(super) fn status_tone(judged: &Judged<'_>) -> Tone {
    judged.worst().map_or(Tone::Ok, |finding| super::findings::tone(finding.severity))
}

/// The users as whom clusters were read, as far as known.
#[derive(Clone, Debug, Default)]
pub struct Users<'a>(HashMap<&'a str, &'a str>);

impl<'a> Users<'a> {
    /// Takes the users from the clusters' outcomes.
    pub fn of(outcomes: &'a [Outcome]) -> Self {
        let known = outcomes.iter().filter(|outcome| !outcome.user.is_empty());
        Self(known.map(|outcome| (&*outcome.name, &*outcome.user)).collect())
    }

    /// The user of an HPA's cluster.
    pub(super) fn user(&self, hpa: &Hpa) -> Option<&'a str> {
        self.0.get(&*hpa.cluster).copied()
    }
}

/// Columns for labels, as kubectl's `-L` and `--show-labels`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LabelColumns<'a> {
    /// The keys that have a column of their own.
    pub keys: &'a [String],
    /// With a column of all labels.
    pub all: bool,
}

impl LabelColumns<'_> {
    /// kubectl's headers: the part of the key after its prefix.
    fn columns(&self) -> impl Iterator<Item = Column> {
        let name = |key: &String| key.rsplit('/').next().unwrap_or_default().to_uppercase();
        let own = self.keys.iter().map(move |key| Column::new(name(key)).flexible());
        own.chain(self.all.then(|| Column::new("LABELS").flexible()))
    }

    fn cells(&self, hpa: &Hpa) -> impl Iterator<Item = Cell> {
        let value = |key| hpa.labels.get(key).map_or("<none>", String::as_str);
        let own = self.keys.iter().map(move |key| Cell::new(value(key)));
        let all = self.all.then(|| {
            let pairs = pairs(hpa);
            Cell::new(if pairs.is_empty() { "<none>".to_owned() } else { pairs })
        });
        own.chain(all)
    }
}

/// `app=web,tier=front`.
fn pairs(hpa: &Hpa) -> String {
    let pairs: Vec<_> = hpa.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join(",")
}

/// How a table of HPAs is laid out.
#[derive(Clone, Copy, Debug)]
pub struct TableOptions<'a> {
    /// With the columns of `-o wide`.
    pub wide: bool,
    /// Without the header line.
    pub no_headers: bool,
    /// Columns for labels.
    pub labels: LabelColumns<'a>,
    /// With columns for what the pods use.
    pub usage: Option<&'a UsageOfHpas<'a>>,
    /// Whether HPAs of one cluster and namespace stand together.
    pub grouped: bool,
    /// The terminal's columns, or none for a pipe.
    pub width: Option<usize>,
    /// Colour.
    pub style: Style,
    /// For ages.
    pub now: Timestamp,
}

/// `1 HPA`, `2,999 HPAs`.
pub fn count(hpas: usize) -> String {
    let many = if hpas == 1 { "" } else { "s" };
    format!("{} HPA{many}", thousands(hpas))
}

/// What a list of HPAs amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// How many HPAs are shown.
    pub shown: usize,
    /// How many HPAs there are.
    pub found: usize,
    /// How many of all have an error or a warning.
    pub problems: usize,
    /// How many clusters were read.
    pub clusters: usize,
}

impl Total {
    /// A list of at most this many rows can be counted at a glance.
    const FEW: usize = 20;

    /// `2,999 HPAs in 40 clusters, 309 with problems (--problems)`; none for a short list.
    pub fn line(&self) -> Option<String> {
        let Self { shown, found, problems, clusters } = *self;
        if shown <= Self::FEW {
            return None;
        }
        let of = if shown < found {
            format!("{} of {}", thousands(shown), count(found))
        } else {
            count(found)
        };
        let clusters = match clusters {
            1 => "1 cluster".to_owned(),
            many => format!("{} clusters", thousands(many)),
        };
        let problems = match problems {
            _ if shown < found => String::new(),
            0 => ", none with problems".to_owned(),
            many => format!(", {} with problems (--problems)", thousands(many)),
        };
        Some(format!("{of} in {clusters}{problems}"))
    }
}

/// The changes to mark in a row of a watched list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// How the HPA has changed since the last scan; `None` in a list that is not watched.
    pub state: Option<State>,
    /// The reading at the last scan, if it was different.
    pub before: Option<Reading>,
}

impl Mark {
    /// A number with its previous value.
    fn number(self, now: i32, was: impl FnOnce(Reading) -> i32) -> Cell {
        match self.before.map(was) {
            Some(was) if was != now => Cell::new(format!("{was}→{now}")).tone(Tone::Bold),
            _ => Cell::new(now.to_string()),
        }
    }

    fn name(self, name: &str) -> Cell {
        let text =
            if self.state == Some(State::New) { format!("{name} (new)") } else { name.into() };
        Cell::new(text).tone(Tone::Bold)
    }

    fn status(self, judged: &Judged<'_>) -> Cell {
        let now = judged.status();
        match (self.state, self.before) {
            (Some(State::Unknown), _) => Cell::new("unknown").tone(Tone::Warning),
            (Some(State::Gone), _) => Cell::new("gone").tone(Tone::Warning),
            (_, Some(before)) if before.status != now => {
                Cell::new(format!("{}→{now}", before.status)).short(now).tone(status_tone(judged))
            }
            _ => Cell::new(now).tone(status_tone(judged)),
        }
    }
}

/// kubectl's columns with the cluster before and the status after: CLUSTER NAMESPACE NAME
/// REFERENCE TARGETS MIN MAX REPLICAS STATUS AGE; `wide` adds CONTEXT DESIRED LASTSCALE
/// MESSAGE.
pub fn table(hpas: &[Judged<'_>], options: TableOptions<'_>) -> Rendered {
    watched_table(hpas, &[], Common::default(), options, &Widths::default())
}

/// What all HPAs of a watched list have in common. Its column is left out before those that differ.
#[derive(Clone, Copy, Debug, Default)]
pub struct Common {
    /// The cluster.
    pub cluster: bool,
    /// The namespace.
    pub namespace: bool,
}

/// Like [`table`], each row with the mark at the same position in `marks`. Replicas are what is
/// watched: they are the last number to go, after targets.
pub fn watched_table(
    hpas: &[Judged<'_>],
    marks: &[Mark],
    common: Common,
    options: TableOptions<'_>,
    least: &Widths,
) -> Rendered {
    let replicas = if marks.is_empty() { 6 } else { VITAL };
    let (target, min, max) = (7, 4, 5);
    let place = |header: &'static str, is_common: bool| {
        let column = Column::new(header).name();
        if is_common { column.optional(3) } else { column }
    };
    let mut columns = vec![
        place("CLUSTER", common.cluster),
        place("NAMESPACE", common.namespace),
        Column::new("NAME").name(),
        Column::new("REFERENCE").flexible().optional(2),
        Column::new("TARGETS").flexible().optional(target),
        Column::new("MIN").optional(min),
        Column::new("MAX").optional(max),
        Column::new("REPLICAS").optional(replicas),
        Column::new("STATUS"),
        Column::new("AGE").optional(1),
    ];
    if options.wide {
        columns.push(Column::new("CONTEXT").flexible().optional(1));
        columns.push(Column::new("DESIRED").optional(3));
        columns.push(Column::new("LASTSCALE").optional(1));
        columns.push(Column::new("MESSAGE").flexible().optional(0));
    }
    if options.usage.is_some() {
        columns.extend([
            Column::new("CPU").right().optional(4),
            Column::new("MEMORY").right().optional(4),
            Column::new("MEASURED").right().optional(2),
        ]);
    }
    columns.extend(options.labels.columns());
    let mut table = Table::new(columns)
        .headings(if options.grouped { 2 } else { 0 })
        .at_least(least)
        .no_headers(options.no_headers);
    for (index, judged) in hpas.iter().enumerate() {
        let mark = marks.get(index).copied().unwrap_or_default();
        let hpa = judged.hpa;
        let since = |time: Option<Timestamp>| {
            Cell::new(time.map_or_else(|| "-".to_owned(), |time| age_at(time, options.now)))
        };
        let reference = hpa.reference();
        let short = short_reference(&hpa.target.kind, &hpa.target.name);
        let mut cells = vec![
            Cell::new(shown(&hpa.cluster)),
            Cell::new(&hpa.namespace),
            mark.name(&hpa.name),
            Cell::new(reference).short(short),
            targets(hpa),
            mark.number(hpa.min_replicas, |before| before.min_replicas),
            mark.number(hpa.max_replicas, |before| before.max_replicas),
            mark.number(hpa.current_replicas, |before| before.current_replicas),
            mark.status(judged),
            since(hpa.created_at),
        ];
        if options.wide {
            cells.push(Cell::new(&hpa.context));
            cells.push(Cell::new(hpa.desired_replicas.to_string()));
            cells.push(since(hpa.last_scale_time));
            cells.push(Cell::new(judged.worst().map_or("", |finding| &finding.message)));
        }
        if let Some(usage) = options.usage {
            cells.extend(usage.cells(hpa));
        }
        cells.extend(options.labels.cells(hpa));
        table.row(cells);
    }
    table.render(options.width, options.style)
}

/// One part per metric; in the short form, a missing reading is a question mark.
fn targets(hpa: &Hpa) -> Cell {
    let texts = hpa.target_texts();
    let short: Vec<String> = texts.iter().map(|text| text.replace("<unknown>", "?")).collect();
    Cell::parts(texts).short_parts(short)
}

/// kubectl's short names of the kinds, for narrow terminals.
fn short_reference(kind: &str, name: &str) -> String {
    let short = match kind {
        "Deployment" => "deploy",
        "StatefulSet" => "sts",
        "ReplicaSet" => "rs",
        "ReplicationController" => "rc",
        "Rollout" => "ro",
        other => other,
    };
    format!("{short}/{name}")
}

/// An HPA with its status and findings, as JSON has it.
#[derive(Clone, Debug, Serialize)]
pub struct Listed<'a> {
    #[serde(flatten)]
    hpa: &'a Hpa,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    status: &'static str,
    controller: Status<'a>,
    findings: Vec<Own<'a>>,
    #[serde(flatten)]
    used: Option<Used>,
}

/// A finding within its HPA, without the HPA's name.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Own<'a> {
    id: &'static str,
    severity: Severity,
    message: &'a str,
    action: &'a str,
    evidence: &'a Evidence,
}

impl<'a> From<&'a Finding> for Own<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            id: finding.id,
            severity: finding.severity,
            message: &finding.message,
            action: &finding.action,
            evidence: &finding.evidence,
        }
    }
}

impl<'a> Listed<'a> {
    /// Joins HPAs with their users and their status at `now`.
    pub fn all(
        hpas: &'a [Judged<'a>],
        users: &Users<'a>,
        usage: Option<&UsageOfHpas<'_>>,
        now: Timestamp,
    ) -> Vec<Self> {
        let listed = |judged: &'a Judged<'a>| Self {
            hpa: judged.hpa,
            user: users.user(judged.hpa),
            status: judged.status(),
            controller: Status::of(judged.hpa, now),
            findings: judged.findings.iter().map(Own::from).collect(),
            used: usage.and_then(|usage| usage.of(judged.hpa)).map(|it| Used::of(&it.usage, now)),
        };
        hpas.iter().map(listed).collect()
    }
}

/// One JSON object a line.
pub fn jsonl(listed: &[Listed<'_>]) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for listed in listed {
        lines.extend(json::line(listed)?);
    }
    Ok(lines)
}

/// `CLUSTER/NAMESPACE/NAME`, one a line.
pub fn names(hpas: &[Judged<'_>]) -> String {
    let line = |judged: &Judged<'_>| {
        let hpa = judged.hpa;
        let parts = [&*hpa.cluster, &hpa.namespace, &hpa.name];
        parts.map(|part| sanitize(part).into_owned()).join("/") + "\n"
    };
    hpas.iter().map(line).collect()
}

const CSV_HEADER: [&str; 15] = [
    "cluster",
    "context",
    "namespace",
    "name",
    "targetApiVersion",
    "targetKind",
    "targetName",
    "minReplicas",
    "maxReplicas",
    "currentReplicas",
    "desiredReplicas",
    "targets",
    "status",
    "createdAt",
    "lastScaleTime",
];

/// Comma-separated values, under the JSON's names.
pub fn csv(
    hpas: &[Judged<'_>],
    labels: LabelColumns<'_>,
    usage: Option<&UsageOfHpas<'_>>,
    no_headers: bool,
) -> Result<Vec<u8>> {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let rows = hpas.iter().map(|judged| {
        let hpa = judged.hpa;
        [
            hpa.cluster.to_string(),
            hpa.context.to_string(),
            hpa.namespace.clone(),
            hpa.name.clone(),
            hpa.target.api_version.to_string(),
            hpa.target.kind.to_string(),
            hpa.target.name.clone(),
            hpa.min_replicas.to_string(),
            hpa.max_replicas.to_string(),
            hpa.current_replicas.to_string(),
            hpa.desired_replicas.to_string(),
            hpa.targets(),
            judged.status().to_owned(),
            time(hpa.created_at),
            time(hpa.last_scale_time),
        ]
        .into_iter()
        .chain(
            usage
                .into_iter()
                .flat_map(|usage| used_cells(usage.of(hpa).and_then(|it| it.usage.as_ref().ok()))),
        )
        .chain(labels.keys.iter().map(|key| hpa.labels.get(key).cloned().unwrap_or_default()))
        .chain(labels.all.then(|| pairs(hpa)))
        .map(std::borrow::Cow::Owned)
    });
    let used: &[&str] = if usage.is_some() { &USED_HEADER } else { &[] };
    let header = CSV_HEADER.into_iter().chain(used.iter().copied());
    let header = header.chain(labels.keys.iter().map(String::as_str));
    let header = header.chain(labels.all.then_some("labels"));
    let header: Vec<&str> = if no_headers { Vec::new() } else { header.collect() };
    csv::document(&header, rows)
}

#[cfg(test)]
mod tests {
    use super::Total;

    #[test]
    fn a_long_list_is_counted() {
        let of = |shown, found, problems, clusters| {
            Total { shown, found, problems, clusters }.line().unwrap_or_default()
        };
        assert_eq!(
            of(2999, 2999, 309, 40),
            "2,999 HPAs in 40 clusters, 309 with problems (--problems)"
        );
        assert_eq!(of(309, 2999, 309, 40), "309 of 2,999 HPAs in 40 clusters");
        assert_eq!(of(30, 30, 0, 1), "30 HPAs in 1 cluster, none with problems");
        assert_eq!(of(20, 2999, 309, 40), "");
    }
}
