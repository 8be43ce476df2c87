//! What an attached `forward start` shows: lines that are redrawn in place on a terminal, else a
//! line an event.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::args::StartFormat;
use crate::output::forwards::{endpoints, event_line, live_lines};
use crate::supervisor::{Event, ForwardState, ForwardStatus};
use crate::term::outlet::Outlet;
use crate::term::stdout;
use crate::term::text::{sanitize, width};
use crate::term::{Style, json};

/// How long the last words may take to be written.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Clears from the cursor to the end of the screen.
const CLEAR: &str = "\x1b[J";

/// Standard output while forwards are held.
pub(super) struct Screen {
    format: StartFormat,
    style: Style,
    live: bool,
    /// The widths of the lines that stand on the terminal; the cursor is at the end of the last.
    drawn: Vec<usize>,
    out: Outlet,
}

/// An event as a line of JSON, with where the forward is reached.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    event: &'a Event,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'a str>,
}

impl Screen {
    pub(super) fn new(format: StartFormat, style: Style) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        let live = format == StartFormat::Text && stdout::is_terminal() && !dumb;
        Self { format, style, live, drawn: Vec::new(), out: Outlet::stdout() }
    }

    /// Whether numbers are shown as they change.
    pub(super) fn is_live(&self) -> bool {
        self.live
    }

    /// The forwards are ready, or ready again.
    pub(super) fn ready(&mut self, forwards: &[ForwardStatus]) {
        if self.live {
            self.draw_anew(forwards);
            return;
        }
        let mut text = Vec::new();
        for forward in forwards {
            let ports: Vec<&str> = forward.ports.iter().map(|port| port.remote.as_str()).collect();
            let message = format!(
                "{} {} to {}:{} in {}",
                endpoints(forward),
                if ports.len() > 1 { "lead" } else { "leads" },
                forward.resource,
                ports.join(","),
                forward.namespace
            );
            let (name, state) = (forward.name.clone(), forward.state);
            let event = Event { name, at: Timestamp::now(), state, message };
            text.extend(self.line(&event, Some(forward)));
        }
        self.out.write(text);
    }

    /// Something happened.
    pub(super) fn event(&mut self, event: &Event, forwards: &[ForwardStatus]) {
        if self.live {
            // What the line itself shows needs no second one.
            if matches!(
                event.state,
                ForwardState::Ready | ForwardState::Recovering | ForwardState::Dormant
            ) {
                self.draw_anew(forwards);
                return;
            }
            let mut text = self.erased();
            text += &event_line(event, self.style);
            text.push('\n');
            text += &self.block(forwards);
            self.out.write(text);
            return;
        }
        let forward = forwards.iter().find(|forward| forward.name == event.name);
        self.out.write(self.line(event, forward));
    }

    /// Draws the lines with their new numbers, unless the terminal is behind already.
    pub(super) fn draw(&mut self, forwards: &[ForwardStatus]) {
        if self.live && self.out.is_idle() {
            self.draw_anew(forwards);
        }
    }

    fn draw_anew(&mut self, forwards: &[ForwardStatus]) {
        let text = self.erased() + &self.block(forwards);
        self.out.write(text);
    }

    /// Leaves the lines standing, and the cursor below them; waits for all to be written.
    pub(super) async fn leave(&mut self) {
        if !std::mem::take(&mut self.drawn).is_empty() {
            self.out.write("\n");
        }
        self.out.flush(LAST_WORDS).await;
    }

    /// The last words, after the forwards were given up: which have ended, and which others still
    /// want.
    pub(super) async fn farewell(&mut self, forwards: &[ForwardStatus]) {
        for forward in forwards {
            let ended = forward.state == ForwardState::Stopping;
            let message = if ended { "ended" } else { "given up here; others still want it" };
            if self.live {
                self.out.write(format!("{}: {message}\n", sanitize(&forward.name)));
            } else {
                let (name, state) = (forward.name.clone(), forward.state);
                let message = message.to_owned();
                let event = Event { name, at: Timestamp::now(), state, message };
                self.out.write(self.line(&event, Some(forward)));
            }
        }
        self.out.flush(LAST_WORDS).await;
    }

    /// Resolves when nobody reads any more, or nothing can be written.
    pub(super) async fn ended(&mut self) -> io::Result<()> {
        self.out.ended().await
    }

    fn line(&self, event: &Event, forward: Option<&ForwardStatus>) -> Vec<u8> {
        match self.format {
            StartFormat::Text => (event_line(event, self.style) + "\n").into_bytes(),
            StartFormat::Jsonl => {
                let endpoint = forward.map(|forward| forward.endpoint.as_str());
                // Of strings and times alone: that cannot fail.
                json::line(&Line { event, endpoint }).unwrap_or_default()
            }
            // The one document has been printed.
            StartFormat::Json => Vec::new(),
        }
    }

    /// What takes the lines away.
    fn erased(&mut self) -> String {
        let drawn = std::mem::take(&mut self.drawn);
        let up = match rows(&drawn, stdout::terminal_width().unwrap_or(80)) {
            0 => return String::new(),
            1 => String::new(),
            rows => format!("\x1b[{}A", rows - 1),
        };
        format!("\r{up}{CLEAR}")
    }

    /// The lines, none wider than the terminal, no more than it is high.
    fn block(&mut self, forwards: &[ForwardStatus]) -> String {
        let columns = stdout::terminal_width().unwrap_or(80).saturating_sub(1);
        let room = stdout::terminal_height().saturating_sub(1).max(1);
        let mut lines = live_lines(forwards, self.style, columns);
        if lines.len() > room {
            lines.truncate(room - 1);
            lines.push(format!("and {} more", forwards.len() - lines.len()));
        }
        let plain = live_lines(forwards, Style::PLAIN, columns);
        self.drawn = plain.iter().take(lines.len()).map(|line| width(line)).collect();
        lines.join("\n")
    }
}

/// How many rows lines of these widths take on a terminal of so many columns: one each, unless it
/// has become narrower since they were drawn.
fn rows(widths: &[usize], columns: usize) -> usize {
    widths.iter().map(|width| width.div_ceil(columns.max(1)).max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_a_narrower_terminal_wraps_are_counted_as_its_rows() {
        assert_eq!(rows(&[], 80), 0);
        assert_eq!(rows(&[79, 0, 30], 80), 3);
        assert_eq!(rows(&[79, 0, 30], 200), 3);
        assert_eq!(rows(&[79, 0, 30], 40), 4);
        assert_eq!(rows(&[79], 0), 79);
    }
}
