//! Endpoints that were found or lost at about the same time, in a few lines.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::super::columns::{Columns, Line, Place};
use super::plural;
use crate::session::EndpointEvent;
use crate::term::color::Tone;
use crate::term::shown::shown;
use crate::term::text::thousands;

/// Up to this many are printed one by one.
const FEW: usize = 2;
/// How many clusters a line names.
const NAMED: usize = 3;

/// Events of endpoints that are not printed yet, the last one of each endpoint.
#[derive(Debug, Default)]
pub(super) struct Pending {
    events: BTreeMap<(Arc<str>, &'static str), EndpointEvent>,
}

impl Pending {
    pub(super) fn push(&mut self, event: &EndpointEvent) {
        let endpoint = (Arc::clone(&event.cluster), event.role);
        self.events.insert(endpoint, event.clone());
    }

    /// Whether there is something to print. Why an endpoint of a cluster fails is not printed as long
    /// as the cluster itself cannot be read: the cause is the same.
    pub(super) fn is_due(&self, is_read: impl Fn(&str) -> bool) -> bool {
        self.events.values().any(|event| event.endpoint.is_some() || is_read(&event.cluster))
    }

    /// The lines of these events: each by itself if they are few, otherwise one for what was found,
    /// and one for each cause of a failure. They carry the time of printing, as all lines do.
    pub(super) fn lines(
        &mut self,
        columns: &Columns,
        at: Timestamp,
        is_read: impl Fn(&str) -> bool,
    ) -> String {
        let (due, rest): (BTreeMap<_, _>, _) = std::mem::take(&mut self.events)
            .into_iter()
            .partition(|(_, event)| event.endpoint.is_some() || is_read(&event.cluster));
        self.events = rest;
        if due.len() <= FEW {
            return due.values().map(|event| one(columns, at, event)).collect();
        }
        let (found, failed): (Vec<_>, Vec<_>) =
            due.values().partition(|event| event.endpoint.is_some());
        let mut causes: BTreeMap<_, Vec<&EndpointEvent>> = BTreeMap::new();
        for event in failed {
            causes.entry((event.role, &event.message)).or_default().push(event);
        }
        let failed = causes.values().map(|group| several(columns, at, group));
        urls(columns, at, &found) + &failed.collect::<String>()
    }
}

/// How many of each role were found, and what shows their URLs.
fn urls(columns: &Columns, at: Timestamp, found: &[&EndpointEvent]) -> String {
    if let [one_event] = found {
        return one(columns, at, one_event);
    }
    let mut roles: BTreeMap<_, usize> = BTreeMap::new();
    for event in found {
        *roles.entry(Reverse(event.role)).or_default() += 1;
    }
    let roles = roles.iter().map(|(role, count)| format!("{} {}", thousands(*count), role.0));
    let roles = roles.collect::<Vec<_>>().join(", ");
    if roles.is_empty() {
        return String::new();
    }
    let text = format!("{roles} (URLs: watchdog forward list)");
    columns.line(at, Line { kind: "endpoint", tone: Tone::Ok, place: None, text: &text })
}

fn one(columns: &Columns, at: Timestamp, event: &EndpointEvent) -> String {
    let EndpointEvent { cluster, role, endpoint: address, message, .. } = event;
    let address = address.as_ref().map(|address| format!("{address}  ")).unwrap_or_default();
    let place = Some(Place { cluster, object: role });
    let text = format!("{address}{message}");
    columns.line(at, Line { kind: "endpoint", tone: tone(event), place, text: &text })
}

/// Endpoints that failed for the same cause.
fn several(columns: &Columns, at: Timestamp, group: &[&EndpointEvent]) -> String {
    let [first, others @ ..] = group else { return String::new() };
    if others.is_empty() {
        return one(columns, at, first);
    }
    let names: Vec<String> = group.iter().take(NAMED).map(|event| shown(&event.cluster)).collect();
    let more = match group.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let text = format!("{}: {}{more}", first.message, names.join(", "));
    let clusters = plural(group.len(), "cluster");
    let place = Some(Place { cluster: &clusters, object: first.role });
    columns.line(at, Line { kind: "endpoint", tone: tone(first), place, text: &text })
}

fn tone(event: &EndpointEvent) -> Tone {
    if event.endpoint.is_some() { Tone::Ok } else { Tone::Warning }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::term::color::Style;

    fn event(cluster: usize, role: &'static str, is_found: bool) -> EndpointEvent {
        EndpointEvent {
            at: Timestamp::UNIX_EPOCH,
            cluster: format!("eu-{cluster}").into(),
            role,
            endpoint: is_found.then(|| format!("http://127.0.0.1:{}", 55553 + cluster)),
            message: if is_found { "monitoring/web:80" } else { "no Service" }.to_owned(),
        }
    }

    fn lines(pending: &mut Pending, is_read: impl Fn(&str) -> bool) -> String {
        let at = "2026-11-23T12:24:46Z".parse().unwrap();
        pending.lines(&Columns::new(Style::PLAIN, None, 5), at, is_read)
    }

    fn pending(events: impl IntoIterator<Item = (usize, &'static str, bool)>) -> Pending {
        let mut pending = Pending::default();
        for (cluster, role, is_found) in events {
            pending.push(&event(cluster, role, is_found));
        }
        pending
    }

    #[test]
    fn few_are_printed_one_by_one_and_many_by_role() {
        let mut few = pending([(1, "prometheus", true), (2, "alertmanager", false)]);
        let text = lines(&mut few, |_| true);
        assert!(
            text.contains("eu-1 ") && text.contains("http://127.0.0.1:55554  monitoring/web:80")
        );
        assert!(!few.is_due(|_| true));
        let all = (0..40).flat_map(|n| [(n, "prometheus", n > 4), (n, "alertmanager", true)]);
        insta::assert_snapshot!("many_endpoints", lines(&mut pending(all), |_| true));
    }

    #[test]
    fn a_cluster_that_cannot_be_read_is_the_cause_until_it_can() {
        let mut both = pending([(1, "prometheus", false), (2, "prometheus", true)]);
        let is_read = |cluster: &str| cluster == "eu-2";
        assert!(both.is_due(is_read));
        let text = lines(&mut both, is_read);
        assert!(text.contains("eu-2") && !text.contains("eu-1"), "{text}");
        assert!(!both.is_due(is_read) && both.is_due(|_| true));
        // By then it may have been found.
        both.push(&event(1, "prometheus", true));
        let text = lines(&mut both, |_| true);
        assert!(text.contains("http://127.0.0.1:55554") && !text.contains("no Service"), "{text}");
    }
}
