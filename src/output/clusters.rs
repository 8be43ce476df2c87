//! Clusters, as people and scripts read them.

use serde::Serialize;

use crate::collect::{Collected, Probe};
use crate::kubectl::{Failure, ListedContext, Outcome};
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table};
use crate::term::text::{joined, sanitize};

/// CURRENT CONTEXT CLUSTER (ALIAS) (LABELS) USER SERVER NAMESPACE READ
pub fn contexts(rows: &[ListedContext], style: Style, width: Option<usize>) -> Rendered {
    let has_alias = rows.iter().any(|row| row.alias.is_some());
    let has_labels = rows.iter().any(|row| !row.labels.is_empty());
    let mut columns =
        vec![Column::new("CURRENT"), Column::new("CONTEXT").name(), Column::new("CLUSTER").name()];
    columns.extend(has_alias.then(|| Column::new("ALIAS").flexible()));
    columns.extend(has_labels.then(|| Column::new("LABELS").flexible().optional(2)));
    columns.extend([
        Column::new("USER").flexible().optional(1),
        Column::new("SERVER").flexible(),
        Column::new("NAMESPACE").name().optional(0),
        Column::new("READ").flexible(),
    ]);
    let mut table = Table::new(columns);
    let text = |text: Option<&str>| Cell::new(text.unwrap_or("-"));
    for row in rows {
        let read = match (&row.reason, row.selected) {
            (_, true) => Cell::new("yes").tone(Tone::Ok),
            (Some(reason), false) => Cell::new(format!("no: {reason}")).tone(Tone::Dim),
            (None, false) => Cell::new("no").tone(Tone::Dim),
        };
        let mut cells = vec![
            Cell::new(if row.current { "*" } else { "" }),
            Cell::new(&row.context).tone(Tone::Bold),
            Cell::new(&row.name),
        ];
        cells.extend(has_alias.then(|| text(row.alias.as_deref())));
        cells.extend(has_labels.then(|| labels(row)));
        cells.extend([
            text(row.user.as_deref()),
            text(row.server.as_deref()),
            text(row.namespace.as_deref()),
            read,
        ]);
        table.row(cells);
    }
    table.render(width, style)
}

fn labels(row: &ListedContext) -> Cell {
    if row.labels.is_empty() {
        return Cell::new("-");
    }
    Cell::parts(row.labels.iter().map(|(key, value)| format!("{key}={value}")))
}

/// The contexts' names, one a line.
pub fn context_names(rows: &[ListedContext]) -> String {
    rows.iter().map(|row| format!("{}\n", sanitize(&row.context))).collect()
}

/// A cluster's outcome with the data that the cluster reports about itself, for JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestRow<'a> {
    #[serde(flatten)]
    outcome: &'a Outcome,
    #[serde(flatten)]
    probe: &'a Probe,
}

/// Outcomes and probes, joined.
pub fn tested(probes: &Collected<Probe>) -> Vec<TestRow<'_>> {
    let rows = probes.clusters.iter().zip(&probes.items);
    rows.map(|(outcome, probe)| TestRow { outcome, probe }).collect()
}

/// CLUSTER CONTEXT SERVER VERSION READY TIME STATUS
pub fn tests(probes: &Collected<Probe>, style: Style, width: Option<usize>) -> Rendered {
    let mut table = Table::new(vec![
        Column::new("CLUSTER").name(),
        Column::new("CONTEXT").name().optional(0),
        Column::new("SERVER").flexible().optional(1),
        Column::new("VERSION"),
        Column::new("READY"),
        Column::new("TIME").right(),
        Column::new("STATUS").flexible(),
    ]);
    for (outcome, probe) in probes.clusters.iter().zip(&probes.items) {
        let ready = match probe.ready {
            Some(true) => Cell::new("yes").tone(Tone::Ok),
            Some(false) => Cell::new("no").tone(Tone::Error),
            None => Cell::new("-").tone(Tone::Dim),
        };
        let status = match &outcome.error {
            Some(Failure { kind, .. }) => Cell::new(kind.as_str()).tone(Tone::Error),
            None if probe.ready == Some(false) => Cell::new("not ready").tone(Tone::Error),
            None => Cell::new("OK").tone(Tone::Ok),
        };
        table.row(vec![
            Cell::new(shown(&outcome.name)).tone(Tone::Bold),
            Cell::new(&outcome.context),
            Cell::new(&outcome.server),
            Cell::new(probe.version.as_deref().unwrap_or("-")),
            ready,
            Cell::new(format!("{} ms", outcome.duration.as_millis())),
            status,
        ]);
    }
    table.render(width, style)
}

/// The names of the clusters that answered, one a line.
pub fn names(probes: &Collected<Probe>) -> String {
    let answered = probes.clusters.iter().filter(|outcome| outcome.error.is_none());
    answered.map(|outcome| format!("{}\n", sanitize(&outcome.name))).collect()
}

const EXCLUDE: &str = "leave all but one out with clusters.exclude in the configuration";

/// The message that clusters have the same `kube-system` namespace.
pub fn same_cluster(names: &[&str]) -> String {
    let names = joined(names);
    format!("{names} are one cluster (kube-system has the same uid); {EXCLUDE}")
}

/// The message that clusters have the same HPAs: the first few of them by name.
pub fn same_hpas(names: &[&str]) -> String {
    /// The most names. One more is named, too, instead of "and 1 more".
    const NAMED: usize = 3;
    let count = if names.len() > NAMED + 1 { NAMED } else { names.len() };
    let mut shown: Vec<String> = names.iter().take(count).map(|name| shown(name)).collect();
    if names.len() > count {
        shown.push(format!("{} more", names.len() - count));
    }
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    format!(
        "{} show the same HPAs (with the same uids), so they are one cluster under several names; \
         {EXCLUDE}",
        joined(&shown)
    )
}

#[cfg(test)]
mod tests {
    use super::same_hpas;

    #[test]
    fn of_many_names_the_first_few_are_named() {
        let names: Vec<String> = (1..=293).map(|number| format!("c{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let begins = |count: usize, begin: &str| {
            let note = same_hpas(&names[..count]);
            assert!(note.starts_with(&format!("{begin} show the same HPAs ")), "{note}");
        };
        begins(2, "c1 and c2");
        begins(4, "c1, c2, c3 and c4");
        begins(5, "c1, c2, c3 and 2 more");
        begins(293, "c1, c2, c3 and 290 more");
    }
}
