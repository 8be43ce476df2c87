//! Namespaces, as people and scripts read them.

use jiff::Timestamp;

use crate::collect::Namespace;
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::{Cell, Column, Rendered, Table};
use crate::term::text::sanitize;
use crate::term::time::age_at;

/// CLUSTER NAMESPACE STATUS AGE
pub fn table(
    namespaces: &[Namespace],
    now: Timestamp,
    style: Style,
    width: Option<usize>,
) -> Rendered {
    let mut table = Table::new(vec![
        Column::new("CLUSTER").name(),
        Column::new("NAMESPACE").name(),
        Column::new("STATUS"),
        Column::new("AGE"),
    ]);
    for namespace in namespaces {
        let tone = if namespace.phase == "Active" { Tone::Plain } else { Tone::Warning };
        table.row(vec![
            Cell::new(shown(&namespace.cluster)),
            Cell::new(&namespace.name),
            Cell::new(&namespace.phase).tone(tone),
            Cell::new(namespace.created_at.map_or_else(|| "-".into(), |time| age_at(time, now))),
        ]);
    }
    table.render(width, style)
}

/// `CLUSTER/NAMESPACE`, one a line.
pub fn names(namespaces: &[Namespace]) -> String {
    let line = |n: &Namespace| format!("{}/{}\n", sanitize(&n.cluster), sanitize(&n.name));
    namespaces.iter().map(line).collect()
}
