//! Endpoints that were found or lost at about the same time, in a few lines.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::columns::{Columns, Line, Place};
use super::plural;
use crate::session::EndpointEvent;
use crate::term::color::Tone;
use crate::term::shown::shown;

/// Up to this many are printed one by one.
const FEW: usize = 4;
/// How many clusters a line names.
const NAMED: usize = 3;

/// Events of endpoints that are not printed yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    events: Vec<EndpointEvent>,
}

impl Pending {
    pub(super) fn push(&mut self, event: &EndpointEvent) {
        self.events.push(event.clone());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The lines of these events: each by itself if they are few, otherwise a line for each role
    /// and what became of it. They carry the time of printing, as all lines do. None remain.
    pub(super) fn lines(&mut self, columns: &Columns, at: Timestamp) -> String {
        let events = std::mem::take(&mut self.events);
        if events.len() <= FEW {
            return events.iter().map(|event| one(columns, at, event)).collect();
        }
        let mut groups: BTreeMap<_, Vec<&EndpointEvent>> = BTreeMap::new();
        for event in &events {
            // Why something failed is told for each cause; what was found differs in its names only.
            let why = event.endpoint.is_none().then_some(&event.message);
            groups.entry((event.role, why)).or_default().push(event);
        }
        groups.into_values().map(|group| several(columns, at, &group)).collect()
    }
}

fn one(columns: &Columns, at: Timestamp, event: &EndpointEvent) -> String {
    let EndpointEvent { cluster, role, endpoint: address, message, .. } = event;
    let address = address.as_ref().map(|address| format!("{address}  ")).unwrap_or_default();
    let place = Some(Place { cluster, object: role });
    let text = format!("{address}{message}");
    columns.line(at, Line { kind: "endpoint", tone: tone(event), place, text: &text })
}

fn several(columns: &Columns, at: Timestamp, group: &[&EndpointEvent]) -> String {
    let [first, others @ ..] = group else { return String::new() };
    if others.is_empty() {
        return one(columns, at, first);
    }
    let role = first.role;
    let text = if first.endpoint.is_some() {
        format!("their URLs: watchdog forward endpoint {role}-CLUSTER")
    } else {
        let names: Vec<String> =
            group.iter().take(NAMED).map(|event| shown(&event.cluster)).collect();
        let more = match group.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}: {}{more}", first.message, names.join(", "))
    };
    let clusters = plural(group.len(), "cluster");
    let place = Some(Place { cluster: &clusters, object: role });
    columns.line(at, Line { kind: "endpoint", tone: tone(first), place, text: &text })
}

fn tone(event: &EndpointEvent) -> Tone {
    if event.endpoint.is_some() { Tone::Ok } else { Tone::Warning }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::color::Style;

    fn printed(events: impl IntoIterator<Item = (usize, &'static str, bool)>) -> String {
        let at = "2026-11-23T12:24:46Z".parse().unwrap();
        let mut pending = Pending::default();
        for (cluster, role, is_found) in events {
            pending.push(&EndpointEvent {
                at,
                cluster: format!("eu-{cluster}").into(),
                role,
                endpoint: is_found.then(|| format!("http://127.0.0.1:{}", 55553 + cluster)),
                message: if is_found { "monitoring/web:80" } else { "no Service" }.to_owned(),
            });
        }
        let text = pending.lines(&Columns::new(Style::PLAIN, None, 5), at);
        assert!(pending.is_empty());
        text
    }

    #[test]
    fn few_are_printed_one_by_one_and_many_by_role() {
        let few = printed([(1, "prometheus", true), (2, "alertmanager", false)]);
        assert!(few.contains("eu-1 ") && few.contains("http://127.0.0.1:55554  monitoring/web:80"));
        let all = (0..40).flat_map(|n| [(n, "prometheus", n > 4), (n, "alertmanager", true)]);
        insta::assert_snapshot!("many_endpoints", printed(all));
    }
}
