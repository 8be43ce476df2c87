//! Alerts beside the HPAs that they concern.

mod document;
mod section;
mod table;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use crate::alerts::AlertMatch;
use crate::hpa::Hpa;
use crate::prometheus::{Alert, AlertState};
use crate::stores::ClusterAlerts;
use crate::term::color::Tone;

pub use document::{AlertDocument, csv, jsonl};
pub use section::{AlertsOfHpa, HpaAlerts, section};
pub use table::{AlertTable, tables, wide};

/// Which alerts are shown besides those that fire.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// Those whose condition does not hold for long enough yet.
    pub pending: bool,
    /// Silenced ones.
    pub silenced: bool,
    /// Inhibited ones.
    pub inhibited: bool,
}

impl Shown {
    /// All alerts.
    pub const ALL: Self = Self { pending: true, silenced: true, inhibited: true };

    fn has(self, alert: &Alert) -> bool {
        match state(alert) {
            State::Firing => true,
            State::Pending => self.pending,
            State::Silenced => self.silenced,
            State::Inhibited => self.inhibited,
        }
    }
}

/// How severe an alert is: rules write it as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::output) enum Severity {
    Info,
    /// None is given, or it has no name that is common.
    Unknown,
    Warning,
    Critical,
}

impl Severity {
    /// By the label `severity`.
    pub(in crate::output) fn of(label: &str) -> Self {
        match label {
            "critical" | "page" | "error" | "emergency" => Self::Critical,
            "warning" => Self::Warning,
            "info" | "none" => Self::Info,
            _ => Self::Unknown,
        }
    }

    pub(in crate::output) fn tone(self) -> Tone {
        match self {
            Self::Critical => Tone::Error,
            Self::Warning => Tone::Warning,
            Self::Info | Self::Unknown => Tone::Plain,
        }
    }
}

/// In which state an alert is, for users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Firing,
    Pending,
    Silenced,
    Inhibited,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Pending => "pending",
            Self::Silenced => "silenced",
            Self::Inhibited => "inhibited",
        }
    }
}

fn state(alert: &Alert) -> State {
    match alert.state {
        AlertState::Firing => State::Firing,
        AlertState::Pending => State::Pending,
        AlertState::Suppressed if !alert.inhibited_by.is_empty() => State::Inhibited,
        // By a silence, or by a time interval of its route.
        AlertState::Suppressed => State::Silenced,
    }
}

/// An alert of one cluster.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    of: &'a ClusterAlerts<'a>,
    matched: &'a AlertMatch<'a>,
}

impl<'a> Row<'a> {
    fn alert(&self) -> &'a Alert {
        self.matched.alert
    }

    fn label(&self, name: &str) -> &'a str {
        self.matched.alert.labels.get(name).map_or("", String::as_str)
    }

    /// The name of the alert of the same server with this fingerprint; the fingerprint if there is none.
    fn name_of<'f>(&self, fingerprint: &'f str) -> &'f str
    where
        'a: 'f,
    {
        self.of.name_of(fingerprint).unwrap_or(fingerprint)
    }

    fn false_alarm(&self, hpa: &Hpa) -> Option<&'static str> {
        self.of.false_alarm(self.matched.alert, hpa)
    }

    /// What comes first: what is worse, then by cluster, HPA and name of the alert, and of equal ones the oldest.
    fn order(&self) -> impl Ord + use<'a> {
        let severity = Severity::of(self.label("severity"));
        let cluster = &*self.of.world.outcome.name;
        let hpa = self.matched.hpas.first().map(|hpa| (&*hpa.namespace, &*hpa.name));
        let alert = self.alert();
        (
            Reverse(severity),
            cluster,
            hpa,
            alert.name(),
            alert.starts_at,
            alert.fingerprint.as_deref(),
        )
    }
}

/// The alerts to show, the worst first: of HPAs, of their namespaces, and of their nodes.
#[derive(Debug, Default)]
pub struct Rows<'a> {
    of_hpas: Vec<Row<'a>>,
    of_namespaces: Vec<Row<'a>>,
    of_nodes: Vec<Row<'a>>,
    /// Alerts of HPAs that are not shown, by state.
    hidden: Vec<State>,
}

impl<'a> Rows<'a> {
    /// The alerts of these clusters.
    pub fn new(clusters: &'a [ClusterAlerts<'a>], shown: Shown) -> Self {
        let mut rows = Self::default();
        for of in clusters {
            let lists = [
                (&of.matches.of_hpas, &mut rows.of_hpas),
                (&of.matches.of_namespaces, &mut rows.of_namespaces),
                (&of.matches.of_nodes, &mut rows.of_nodes),
            ];
            for (matches, list) in lists {
                let shown = matches.iter().filter(|it| shown.has(it.alert));
                list.extend(shown.map(|matched| Row { of, matched }));
            }
            let hidden = of.matches.of_hpas.iter().filter(|it| !shown.has(it.alert));
            rows.hidden.extend(hidden.map(|it| state(it.alert)));
        }
        for list in [&mut rows.of_hpas, &mut rows.of_namespaces, &mut rows.of_nodes] {
            list.sort_by(|a, b| a.order().cmp(&b.order()));
        }
        rows
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Whether an alert of an HPA fires that is no false alarm.
    pub fn any_fires(&self) -> bool {
        let is_real =
            |row: &Row<'_>| row.matched.hpas.iter().any(|it| row.false_alarm(it).is_none());
        self.of_hpas.iter().any(|row| state(row.alert()) == State::Firing && is_real(row))
    }

    fn all(&self) -> impl Iterator<Item = &Row<'a>> {
        self.of_hpas.iter().chain(&self.of_namespaces).chain(&self.of_nodes)
    }

    /// Which alerts of HPAs are not shown: `2 pending, 1 silenced`; empty if there is none.
    pub fn hidden(&self) -> String {
        counted(self.hidden.iter().copied())
    }
}

/// How many are in each state but firing: `2 pending, 1 silenced`.
fn counted(states: impl Iterator<Item = State>) -> String {
    let all: Vec<State> = states.collect();
    let count = |state: State| {
        let count = all.iter().filter(|it| **it == state).count();
        (count > 0).then(|| format!("{count} {}", state.name()))
    };
    let states = [State::Pending, State::Silenced, State::Inhibited];
    states.into_iter().filter_map(count).collect::<Vec<_>>().join(", ")
}
