//! A forward that somebody looks at: the line that is redrawn, and a line for each event.

use jiff::Timestamp;

use super::super::color::Style;
use super::super::text::{sanitize, truncate, width};
use super::{human_bytes, state_words, tone};
use crate::supervisor::{Event, ForwardStatus};

/// The longest name that is shown whole on the line.
const NAME: usize = 24;

/// One line of at most `columns` columns, without its end: name, state, endpoint, connections,
/// bytes, restarts.
pub fn live_line(forward: &ForwardStatus, style: Style, columns: usize) -> String {
    let name = sanitize(&forward.name);
    let name = truncate(&name, NAME.min(columns));
    let state = state_words(forward.state);
    let (open, ever) = (forward.open_connections, forward.total_connections);
    let mut rest = format!(
        "{}  {open} open, {ever} ever  {} in, {} out",
        forward.endpoint,
        human_bytes(forward.bytes_in),
        human_bytes(forward.bytes_out),
    );
    match forward.restarts {
        0 => {}
        1 => rest += "  1 restart",
        many => rest += &format!("  {many} restarts"),
    }
    let taken = width(&name) + 2 + width(state) + 2;
    let Some(room) = columns.checked_sub(taken) else {
        return truncate(&format!("{name}  {state}"), columns).into_owned();
    };
    let rest = sanitize(&rest);
    let state = style.paint(tone(forward.state), state);
    format!("{}  {state}  {}", style.bold(&name), truncate(&rest, room)).trim_end().to_owned()
}

/// `12:00:00Z NAME STATE: MESSAGE`
pub fn event_line(event: &Event, style: Style) -> String {
    let state = style.paint(tone(event.state), state_words(event.state));
    let time = style.dim(&format!("{}Z", clock(event.at)));
    format!("{time} {} {state}: {}", sanitize(&event.name), sanitize(&event.message))
}

/// The time of day in UTC, whole seconds.
pub(super) fn clock(at: Timestamp) -> String {
    at.strftime("%H:%M:%S").to_string()
}
