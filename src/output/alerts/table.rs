//! Alerts as tables: of HPAs, and apart from these of namespaces and nodes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Row, Rows, Severity, State, state};
use crate::alerts::Place;
use crate::hpa::Hpa;
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table, VITAL};
use crate::term::time::age_at;

/// How the tables are laid out.
#[derive(Debug, Clone, Copy)]
pub struct AlertTable {
    /// Without header lines.
    pub no_headers: bool,
    /// The terminal's columns, or none for a pipe.
    pub width: Option<usize>,
    /// Colour.
    pub style: Style,
    /// For ages.
    pub now: Timestamp,
}

/// A table of the alerts of HPAs, and below headings those of namespaces and of nodes; none without alerts. `nothing_fires`
/// comes first where there are only the latter.
pub fn tables(
    rows: &Rows<'_>,
    options: AlertTable,
    nothing_fires: Option<&str>,
) -> Option<Rendered> {
    let mut whole: Option<Rendered> = None;
    let lists: [(&str, &dyn Fn(bool) -> Table); 3] = [
        ("", &|grouped| of_hpas(rows, options, grouped)),
        ("Of their namespaces, and of no single object:", &|grouped| {
            of_places("NAMESPACE", &rows.of_namespaces, options, grouped)
        }),
        ("Of nodes on which their pods run:", &|grouped| {
            of_places("NODE", &rows.of_nodes, options, grouped)
        }),
    ];
    for (heading, table) in lists {
        let plain = table(false);
        if plain.is_empty() {
            continue;
        }
        let mut rendered = plain.render(options.width, options.style);
        if rendered.truncated {
            // Clusters and namespaces as headings leave room for names of alerts.
            rendered = table(true).render(options.width, options.style);
        }
        if !heading.is_empty() {
            let before = match (&whole, nothing_fires) {
                (Some(_), _) => "\n".to_owned(),
                (None, Some(sentence)) => format!("{sentence}\n\n"),
                (None, None) => String::new(),
            };
            rendered.text = format!("{before}{}\n{}", options.style.bold(heading), rendered.text);
        }
        whole = Some(match whole {
            None => rendered,
            Some(mut whole) => {
                whole.text.push_str(&rendered.text);
                rendered.hidden.retain(|column| !whole.hidden.contains(column));
                whole.hidden.append(&mut rendered.hidden);
                whole
            }
        });
    }
    whole
}

/// The alerts of HPAs, the worst first; or grouped by cluster and namespace, which are headings then.
fn of_hpas(rows: &Rows<'_>, options: AlertTable, grouped: bool) -> Table {
    // A pipe gets each alert; on a terminal those that would look alike are one line.
    let mut lines = folded(rows, options.width.is_some());
    let has_states = rows.of_hpas.iter().any(|row| state(row.alert()) != State::Firing);
    let has_notes = lines.iter().any(|line| !line.note().is_empty());
    let mut columns = vec![
        Column::new("SEVERITY"),
        Column::new("SINCE").right(),
        Column::new("ALERT").name(),
        Column::new("CLUSTER").name(),
        Column::new("NAMESPACE").name(),
        Column::new("HPA").name(),
    ];
    // A silenced alert looks like one that fires without it.
    columns.extend(has_states.then(|| Column::new("STATE").optional(VITAL + 1)));
    columns.push(Column::new("MATCHED BY").flexible().optional(1));
    // Without it a false alarm looks like a real one.
    columns.extend(has_notes.then(|| Column::new("NOTE").flexible().optional(VITAL)));
    if grouped {
        by_group(&mut lines, |line| (&*line.row.of.world.outcome.name, &*line.hpa.namespace));
        headings_first(&mut columns);
    }
    let mut table = Table::new(columns).no_headers(options.no_headers);
    for line in lines {
        let Folded { row, hpa, .. } = line;
        let mut cells = common(row, options.now, row.false_alarm(hpa).is_some());
        cells.extend([
            Cell::new(shown(&row.of.world.outcome.name)),
            Cell::new(&hpa.namespace),
            Cell::new(&hpa.name).tone(Tone::Bold),
        ]);
        cells.extend(has_states.then(|| Cell::new(state(row.alert()).name())));
        cells.push(Cell::new(line.matched_by()).short(row.matched.by.place.name()));
        cells.extend(has_notes.then(|| Cell::new(line.note()).short(line.short_note())));
        if grouped {
            headings_first(&mut cells);
        }
        table.row(cells);
    }
    table.headings(if grouped { HEADINGS } else { 0 })
}

/// How much of a silence's id is shown where there is little room.
const SHORT_ID: usize = 8;
/// How many columns are before that of the cluster: see [`common`].
const BEFORE_CLUSTER: usize = 3;
/// How many may be headings: the cluster, and the namespace or node.
const HEADINGS: usize = 2;

/// Moves the cluster, and the namespace or node, to the front.
fn headings_first<T>(columns: &mut [T]) {
    if let Some(columns) = columns.get_mut(..BEFORE_CLUSTER + HEADINGS) {
        columns.rotate_left(BEFORE_CLUSTER);
    }
}

/// Brings together what is of one group. The group with the worst comes first, and within a group the order stays.
fn by_group<T, K: Ord>(lines: &mut [T], group: impl Fn(&T) -> K) {
    let mut places = BTreeMap::new();
    for line in lines.iter() {
        let next = places.len();
        places.entry(group(line)).or_insert(next);
    }
    lines.sort_by_key(|line| places.get(&group(line)).copied());
}

/// Alerts of an HPA that differ at most in their pod or container.
struct Folded<'r, 'a> {
    /// The oldest.
    row: &'r Row<'a>,
    hpa: &'a Hpa,
    alerts: usize,
    pods: BTreeSet<&'a str>,
}

fn folded<'r, 'a>(rows: &'r Rows<'a>, folds: bool) -> Vec<Folded<'r, 'a>> {
    let mut lines: Vec<Folded<'r, 'a>> = Vec::new();
    let mut places = BTreeMap::new();
    let each =
        rows.of_hpas.iter().flat_map(|row| row.matched.hpas.iter().map(move |it| (row, *it)));
    for (row, hpa) in each {
        let of = (&*row.of.world.outcome.name, hpa.namespace.as_str(), hpa.name.as_str());
        let alert = (name(row), row.label("severity"), state(row.alert()));
        let key = (of, alert, row.matched.by.place.name(), note(row, hpa));
        let place = *places.entry(key).or_insert(lines.len());
        let pod = Some(row.label("pod")).filter(|pod| !pod.is_empty());
        match lines.get_mut(place).filter(|_| folds) {
            Some(line) => {
                line.alerts += 1;
                line.pods.extend(pod);
                if row.alert().starts_at < line.row.alert().starts_at {
                    line.row = row;
                }
            }
            None => lines.push(Folded { row, hpa, alerts: 1, pods: pod.into_iter().collect() }),
        }
    }
    lines
}

impl Folded<'_, '_> {
    /// `3 pods`, where it is more than one alert.
    fn count(&self) -> Option<String> {
        match self.pods.len() {
            _ if self.alerts < 2 => None,
            0 | 1 => Some(format!("{} alerts", self.alerts)),
            pods => Some(format!("{pods} pods")),
        }
    }

    fn note(&self) -> String {
        let note = Some(note(self.row, self.hpa)).filter(|note| !note.is_empty());
        self.count().into_iter().chain(note).collect::<Vec<_>>().join("; ")
    }

    fn short_note(&self) -> String {
        let alert = self.row.alert();
        // STATE says that it is silenced or inhibited.
        let word = if self.row.false_alarm(self.hpa).is_some() {
            Some("false alarm".to_owned())
        } else if let Some(silence) = alert.silenced_by.first() {
            Some(format!("by {}", silence.chars().take(SHORT_ID).collect::<String>()))
        } else {
            let by = alert.inhibited_by.first();
            by.map(|fingerprint| format!("by {}", self.row.name_of(fingerprint)))
        };
        let words = self.count().into_iter().chain(word);
        words.collect::<Vec<_>>().join("; ")
    }

    /// Of several alerts only the names of the labels: the values are those of one.
    fn matched_by(&self) -> String {
        if self.alerts < 2 {
            return matched_by(self.row);
        }
        let labels = self.row.matched.by.labels.iter().map(|(name, _)| name.as_str());
        labels.collect::<Vec<_>>().join(", ")
    }
}

/// Alerts of namespaces or nodes, with how many HPAs have pods there; or grouped by
/// cluster and namespace or node.
fn of_places(place: &'static str, rows: &[Row<'_>], options: AlertTable, grouped: bool) -> Table {
    let has_states = rows.iter().any(|row| state(row.alert()) != State::Firing);
    let mut rows: Vec<&Row<'_>> = rows.iter().collect();
    let mut columns = vec![
        Column::new("SEVERITY"),
        Column::new("SINCE").right(),
        Column::new("ALERT").name(),
        Column::new("CLUSTER").name(),
        Column::new(place).name(),
        Column::new("HPAS").right(),
    ];
    columns.extend(has_states.then(|| Column::new("STATE").optional(1)));
    if grouped {
        by_group(&mut rows, |row| (&*row.of.world.outcome.name, value(row)));
        headings_first(&mut columns);
    }
    let mut table = Table::new(columns).no_headers(options.no_headers);
    for row in rows {
        let mut cells = common(row, options.now, false);
        cells.extend([
            Cell::new(shown(&row.of.world.outcome.name)),
            Cell::new(value(row)),
            Cell::new(row.matched.hpas.len().to_string()),
        ]);
        cells.extend(has_states.then(|| Cell::new(state(row.alert()).name())));
        if grouped {
            headings_first(&mut cells);
        }
        table.row(cells);
    }
    table.headings(if grouped { HEADINGS } else { 0 })
}

/// One table with a line for each alert of an HPA, a namespace or a node, with all that the others have and the source.
pub fn wide(rows: &Rows<'_>, options: AlertTable) -> Rendered {
    let mut table = Table::new(vec![
        Column::new("SEVERITY"),
        Column::new("SINCE").right(),
        Column::new("ALERT").flexible(),
        Column::new("OF"),
        Column::new("CLUSTER").name(),
        Column::new("NAMESPACE").name(),
        Column::new("HPA").name(),
        Column::new("NODE").name().optional(5),
        Column::new("STATE"),
        Column::new("MATCHED BY").flexible().optional(4),
        Column::new("NOTE").flexible().optional(3),
        Column::new("SUMMARY").flexible().optional(2),
        Column::new("SOURCE").flexible().optional(1),
    ])
    .no_headers(options.no_headers);
    for Line { row, hpa, namespace, node } in lines(rows) {
        let false_alarm = hpa.and_then(|hpa| row.false_alarm(hpa));
        let or_dash = |text: Option<&str>| Cell::new(text.unwrap_or("-"));
        let mut cells = common(row, options.now, false_alarm.is_some());
        cells.extend([
            Cell::new(scope(row)),
            Cell::new(shown(&row.of.world.outcome.name)),
            or_dash(namespace),
            or_dash(hpa.map(|hpa| hpa.name.as_str())).tone(Tone::Bold),
            or_dash(node),
            Cell::new(state(row.alert()).name()),
            Cell::new(matched_by(row)),
            Cell::new(hpa.map(|hpa| note(row, hpa)).unwrap_or_default()),
            Cell::new(summary(row)),
            Cell::new(source(row)),
        ]);
        table.row(cells);
    }
    table.render(options.width, options.style)
}

/// A line of a list: an alert with one of its HPAs, or an alert of a namespace or a node.
pub(super) struct Line<'r, 'a> {
    pub(super) row: &'r Row<'a>,
    pub(super) hpa: Option<&'a Hpa>,
    pub(super) namespace: Option<&'a str>,
    pub(super) node: Option<&'a str>,
}

pub(super) fn lines<'r, 'a>(rows: &'r Rows<'a>) -> Vec<Line<'r, 'a>> {
    let of_hpa = |row: &'r Row<'a>| {
        row.matched.hpas.iter().map(move |hpa| Line {
            row,
            hpa: Some(hpa),
            namespace: Some(&hpa.namespace),
            node: None,
        })
    };
    let of_namespace =
        |row: &'r Row<'a>| Line { row, hpa: None, namespace: Some(value(row)), node: None };
    let of_node =
        |row: &'r Row<'a>| Line { row, hpa: None, namespace: None, node: Some(value(row)) };
    let hpas = rows.of_hpas.iter().flat_map(of_hpa);
    let others = rows.of_namespaces.iter().map(of_namespace);
    hpas.chain(others).chain(rows.of_nodes.iter().map(of_node)).collect()
}

fn common(row: &Row<'_>, now: Timestamp, is_false_alarm: bool) -> Vec<Cell> {
    let alert = row.alert();
    let severity = row.label("severity");
    let fires = state(alert) == State::Firing && !is_false_alarm;
    let tone = if fires { Severity::of(severity).tone() } else { Tone::Dim };
    let since = alert.starts_at.map_or_else(|| "-".to_owned(), |since| age_at(since, now));
    vec![
        Cell::new(if severity.is_empty() { "-" } else { severity }).tone(tone),
        Cell::new(since),
        Cell::new(name(row)).tone(tone),
    ]
}

/// The name of the alert.
pub(super) fn name<'a>(row: &Row<'a>) -> &'a str {
    let name = row.alert().name();
    if name.is_empty() { "(no alertname)" } else { name }
}

/// What it is of: `hpa`, which is through its target or pods too, `namespace` or `node`.
pub(super) fn scope(row: &Row<'_>) -> &'static str {
    match row.matched.by.place {
        Place::Namespace => "namespace",
        Place::Node => "node",
        _ => "hpa",
    }
}

/// The labels by which it was matched: `namespace, horizontalpodautoscaler`.
pub(super) fn matched_by(row: &Row<'_>) -> String {
    let by = &row.matched.by;
    let label = |(name, value): &(String, String)| match by.place {
        Place::Pod | Place::Service | Place::Workload | Place::Node => {
            let is_namespace = name.ends_with("namespace");
            if is_namespace { name.clone() } else { format!("{name}={value}") }
        }
        _ => name.clone(),
    };
    by.labels.iter().map(label).collect::<Vec<_>>().join(", ")
}

/// The value of the last label by which it was matched: the namespace or the node.
fn value<'a>(row: &Row<'a>) -> &'a str {
    row.matched.by.labels.last().map_or("", |(_, value)| value)
}

/// Why it is a false alarm, and what suppresses it.
pub(super) fn note(row: &Row<'_>, hpa: &Hpa) -> String {
    let alert = row.alert();
    let mut notes: Vec<String> = row.false_alarm(hpa).map(str::to_owned).into_iter().collect();
    if !alert.silenced_by.is_empty() {
        notes.push(format!("silenced by {}", alert.silenced_by.join(", ")));
    }
    if !alert.inhibited_by.is_empty() {
        let names = alert.inhibited_by.iter().map(|fingerprint| row.name_of(fingerprint));
        notes.push(format!("inhibited by {}", names.collect::<Vec<_>>().join(", ")));
    }
    notes.join("; ")
}

/// What the alert says.
pub(super) fn summary<'a>(row: &Row<'a>) -> &'a str {
    let annotations = &row.alert().annotations;
    let text = ["summary", "description", "message"].iter().find_map(|it| annotations.get(*it));
    text.map_or("", String::as_str)
}

/// From where it was read.
pub(super) fn source(row: &Row<'_>) -> String {
    let source = row.of.read.as_ref().ok().map(|read| &read.source);
    source.map(|source| format!("{} {}", source.kind.name(), source.origin)).unwrap_or_default()
}
