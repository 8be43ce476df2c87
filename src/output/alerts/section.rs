//! The alerts of single HPAs, beside what else is shown of them.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;

use super::document::{AlertItem, AlertOrigin};
use super::table::{matched_by, name, note, summary};
use super::{Row, State, counted, state};
use crate::hpa::Hpa;
use crate::stores::ClusterAlerts;
use crate::term::time::age_at;

/// The alerts of each HPA.
#[derive(Debug, Default)]
pub struct AlertsOfHpa<'a> {
    rows: HashMap<(&'a str, &'a str, &'a str), Vec<Row<'a>>>,
    clusters: HashMap<&'a str, &'a ClusterAlerts<'a>>,
}

/// The alerts of one HPA.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HpaAlerts<'a> {
    /// Alerts that fire and are no false alarms; null where the server could not be read.
    pub firing: Option<usize>,
    source: Option<AlertOrigin<'a>>,
    items: Vec<AlertItem<'a>>,
    #[serde(skip)]
    rows: Vec<Row<'a>>,
}

impl<'a> AlertsOfHpa<'a> {
    /// The alerts of these clusters, in all states.
    pub fn new(clusters: &'a [ClusterAlerts<'a>]) -> Self {
        let mut by_hpa: HashMap<_, Vec<Row<'a>>> = HashMap::new();
        for of in clusters {
            for matched in &of.matches.of_hpas {
                for hpa in &matched.hpas {
                    let key = (&*hpa.cluster, hpa.namespace.as_str(), hpa.name.as_str());
                    by_hpa.entry(key).or_default().push(Row { of, matched });
                }
            }
        }
        for rows in by_hpa.values_mut() {
            rows.sort_by(|a, b| a.order().cmp(&b.order()));
        }
        let clusters = clusters.iter().map(|of| (&*of.world.outcome.name, of)).collect();
        Self { rows: by_hpa, clusters }
    }

    /// Those of an HPA.
    pub fn of(&self, hpa: &Hpa) -> HpaAlerts<'a> {
        let key = (&*hpa.cluster, hpa.namespace.as_str(), hpa.name.as_str());
        let rows = self.rows.get(&key).cloned().unwrap_or_default();
        let of = self.clusters.get(&*hpa.cluster).copied();
        let is_real =
            |row: &&Row<'_>| state(row.alert()) == State::Firing && row.false_alarm(hpa).is_none();
        let is_known = of.is_some_and(ClusterAlerts::is_certain);
        HpaAlerts {
            firing: is_known.then(|| rows.iter().filter(is_real).count()),
            source: of.map(AlertOrigin::new),
            items: rows.iter().map(AlertItem::new).collect(),
            rows,
        }
    }
}

/// The lines of a section on an HPA's alerts: what fires, as `alerts` has it, and how many others there are.
pub fn section(of: &HpaAlerts<'_>, hpa: &Hpa, now: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    let (shown, hidden): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        of.rows.iter().partition(|row| state(row.alert()) == State::Firing);
    for row in shown {
        let alert = row.alert();
        let severity = Some(row.label("severity")).filter(|it| !it.is_empty());
        let since = alert.starts_at.map(|since| format!("for {}", age_at(since, now)));
        let words = [severity.map(str::to_owned), since];
        let words: Vec<String> = words.into_iter().flatten().collect();
        let words =
            if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) };
        let mut line = format!("{}{words}, by {}", name(row), matched_by(row));
        for more in [note(row, hpa), summary(row).to_owned()] {
            if !more.is_empty() {
                line = format!("{line}; {more}");
            }
        }
        lines.push(line);
    }
    let Some(source) = &of.source else { return lines };
    match (&source.error, source.source.as_ref().zip(source.server)) {
        (Some(error), _) => lines.push(format!("not known: {error}")),
        (None, Some((origin, server))) if lines.is_empty() => {
            lines.push(format!("none ({server} {origin})"));
        }
        (None, Some((origin, server))) => lines.push(format!("from {server} {origin}")),
        (None, None) => {}
    }
    let hidden = counted(hidden.iter().map(|row| state(row.alert())));
    if !hidden.is_empty() {
        lines.push(format!("not shown: {hidden} (watchdog alerts --all shows them)"));
    }
    lines.extend(source.warnings.iter().cloned());
    lines
}
