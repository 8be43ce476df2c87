//! Forwards that a person watches: the lines that are redrawn, and a line per event.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{endpoints, human_bytes, state_words, tone};
use crate::config::duration;
use crate::supervisor::{
    Event, ForwardState, ForwardStatus, LeaseKind, PortStatus, Spec, StartingForward,
};
use crate::term::color::Style;
use crate::term::json;
use crate::term::shown::shown;
use crate::term::text::{sanitize, truncate, width};

/// The longest name that is shown whole on the line.
const NAME: usize = 24;

/// Like [`live_lines`], but at most `rows` lines: the last one counts the forwards that have no
/// room.
pub fn live_screen(
    forwards: &[ForwardStatus],
    style: Style,
    (columns, rows): (usize, usize),
) -> Vec<String> {
    let mut lines = live_lines(forwards, style, columns);
    if lines.len() > rows {
        lines.truncate(rows.saturating_sub(1));
        lines.push(format!("and {} more", forwards.len() - lines.len()));
    }
    lines
}

/// A line a forward, of at most `columns` columns, without its end: name, state, endpoint,
/// connections, restarts, bytes. Names and states stand below each other.
pub(super) fn live_lines(forwards: &[ForwardStatus], style: Style, columns: usize) -> Vec<String> {
    let name = |forward: &ForwardStatus| {
        truncate(&sanitize(&forward.name), NAME.min(columns)).into_owned()
    };
    let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let names = widest(&mut forwards.iter().map(|forward| width(&name(forward))));
    let states = widest(&mut forwards.iter().map(|forward| state_words(forward.state).len()));
    let line = |forward: &ForwardStatus| {
        let (name, state) = (name(forward), state_words(forward.state));
        let (name_gap, state_gap) = (names - width(&name) + 2, states - state.len() + 2);
        let Some(room) = columns.checked_sub(names + 2 + states + 2) else {
            return truncate(&format!("{name}  {state}"), columns).into_owned();
        };
        format!(
            "{}{:name_gap$}{}{:state_gap$}{}",
            style.bold(&name),
            "",
            style.paint(tone(forward.state), state),
            "",
            rest(forward, room)
        )
        .trim_end()
        .to_owned()
    };
    forwards.iter().map(line).collect()
}

/// What follows name and state, as far as it fits, the most important first: endpoint, connections,
/// restarts, bytes.
fn rest(forward: &ForwardStatus, room: usize) -> String {
    let mut rest = truncate(&sanitize(&endpoints(forward)), room).into_owned();
    let (open, ever) = (forward.open_connections, forward.total_connections);
    let restarts = match forward.restarts {
        0 => None,
        1 => Some("1 restart".to_owned()),
        many => Some(format!("{many} restarts")),
    };
    let (bytes_in, bytes_out) = (forward.bytes_in, forward.bytes_out);
    let bytes = format!("{} in, {} out", human_bytes(bytes_in), human_bytes(bytes_out));
    let all_bytes = human_bytes(bytes_in.saturating_add(bytes_out));
    let mut add = |field: &str| {
        let fits = width(&rest) + 2 + width(field) <= room;
        if fits {
            rest = format!("{rest}  {field}");
        }
        fits
    };
    let first = [Some(format!("{open} open of {ever}")), restarts];
    if first.iter().flatten().all(|field| add(field)) && !add(&bytes) {
        add(&all_bytes);
    }
    rest
}

/// `12:00:00Z NAME STATE: MESSAGE`
pub fn event_line(event: &Event, style: Style) -> String {
    let state = style.paint(tone(event.state), state_words(event.state));
    let time = style.dim(&format!("{}Z", clock(event.at)));
    format!("{time} {} {state}: {}", sanitize(&event.name), sanitize(&event.message))
}

/// An event as a line of JSON, with the endpoint of its forward.
pub fn event_json(event: &Event, forward: Option<&ForwardStatus>) -> Vec<u8> {
    #[derive(Serialize)]
    struct Line<'a> {
        #[serde(flatten)]
        event: &'a Event,
        #[serde(skip_serializing_if = "Option::is_none")]
        endpoint: Option<&'a str>,
    }
    let endpoint = forward.map(|forward| forward.endpoint.as_str());
    // Cannot fail: the line has only strings and times.
    json::line(&Line { event, endpoint }).unwrap_or_default()
}

/// The event that a forward is ready, with its endpoint.
pub fn ready_event(forward: &ForwardStatus, at: Timestamp) -> Event {
    let verb = if forward.ports.len() > 1 { "lead" } else { "leads" };
    let message = format!("{} {verb} to {}", endpoints(forward), place(forward));
    Event { name: forward.name.clone(), at, state: forward.state, message }
}

/// Where a forward leads to: `svc/echo:80 in default, cluster production`
fn place(forward: &ForwardStatus) -> String {
    let ports: Vec<&str> = forward.ports.iter().map(|port| port.remote.as_str()).collect();
    let ForwardStatus { resource, namespace, cluster, .. } = forward;
    format!("{resource}:{} in {namespace}, cluster {cluster}", ports.join(","))
}

/// Where a detached forward leads to, and when it ends if it has no lease.
pub fn detached(forward: &ForwardStatus) -> String {
    let leads = format!("{} leads to {}", forward.name, place(forward));
    let unleased = forward.leases.iter().all(|lease| lease.kind == LeaseKind::None);
    if forward.idle_ms == 0 || !unleased {
        return leads;
    }
    let idle = duration::format(Duration::from_millis(forward.idle_ms));
    format!("{leads}; it ends after {idle} without use (--idle 0 keeps it)")
}

/// The endpoints of detached forwards, one a line. Of several forwards each line is `NAME ENDPOINT`, and of one
/// with several ports `NAME ENDPOINT PORT`.
pub fn endpoint_lines(forwards: &[ForwardStatus]) -> String {
    let several = forwards.len() > 1;
    let line = |forward: &ForwardStatus, port: &PortStatus| match (several, forward.ports.len()) {
        (false, _) => format!("{}\n", port.endpoint),
        (true, 0 | 1) => format!("{} {}\n", forward.name, port.endpoint),
        (true, _) => format!("{} {} {}\n", forward.name, port.endpoint, port.remote),
    };
    let lines = |forward: &ForwardStatus| {
        forward.ports.iter().map(|port| line(forward, port)).collect::<String>()
    };
    forwards.iter().map(lines).collect()
}

/// The event that a forward's lease was released, saying whether the forward has ended.
pub fn released_event(forward: &ForwardStatus, at: Timestamp) -> Event {
    let is_over = forward.state == ForwardState::Stopping;
    let message = if is_over { "ended" } else { "released; still leased by others" };
    let (name, message) = (forward.name.clone(), message.to_owned());
    Event { name, at, state: forward.state, message }
}

/// The line that says what starting forwards wait for; `None` if all are ready.
pub fn starting_line(forwards: &[StartingForward]) -> Option<String> {
    let waiting: Vec<&StartingForward> = forwards.iter().filter(|it| !it.is_ready).collect();
    Some(match waiting.as_slice() {
        [] => return None,
        [forward] => match &forward.cause {
            None => starting(&forward.spec),
            Some(cause) => {
                let Spec { cluster, namespace, .. } = &forward.spec;
                format!("{}: {} in {namespace}: {cause}", shown(cluster), forward.short())
            }
        },
        several => {
            let words = |forward: &&StartingForward| match &forward.cause {
                None => forward.short(),
                Some(cause) => format!("{} ({cause})", forward.short()),
            };
            let all: Vec<String> = several.iter().map(words).collect();
            format!("waiting for {} forwards: {}", several.len(), all.join(", "))
        }
    })
}

/// What is tried: `production: starting kubectl port-forward svc/echo:80 in default`
pub fn starting(spec: &Spec) -> String {
    let ports: Vec<String> = spec.ports.iter().map(|port| port.remote.to_string()).collect();
    format!(
        "{}: starting kubectl port-forward {}:{} in {}",
        shown(&spec.cluster),
        spec.resource.short(),
        ports.join(","),
        spec.namespace
    )
}

/// The time of day in UTC, whole seconds.
pub(super) fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}
