//! Forwards that a person watches: the lines that are redrawn, and a line per event.

use jiff::Timestamp;

use serde::Serialize;

use super::{endpoints, human_bytes, state_words, tone};
use crate::supervisor::{Event, ForwardState, ForwardStatus, StartingForward};
use crate::term::color::Style;
use crate::term::json;
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
    let ports: Vec<&str> = forward.ports.iter().map(|port| port.remote.as_str()).collect();
    let message = format!(
        "{} {} to {}:{} in {}",
        endpoints(forward),
        if ports.len() > 1 { "lead" } else { "leads" },
        forward.resource,
        ports.join(","),
        forward.namespace
    );
    Event { name: forward.name.clone(), at, state: forward.state, message }
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
            None => format!("starting {}", forward.spec.title()),
            Some(cause) => format!("waiting for {}: {cause}", forward.short()),
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

/// The time of day in UTC, whole seconds.
pub(super) fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}
