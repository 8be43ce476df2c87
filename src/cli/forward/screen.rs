//! What an attached `forward start` shows: lines that are redrawn in place on a terminal, else a
//! line an event.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::args::StartFormat;
use crate::output::forwards::{endpoints, event_line, live_lines};
use crate::supervisor::{Event, ForwardState, ForwardStatus};
use crate::term::live::Live;
use crate::term::stdout;
use crate::term::text::sanitize;
use crate::term::{Style, json};

/// How long the last words may take to be written.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Standard output while forwards are held.
pub(super) struct Screen {
    format: StartFormat,
    style: Style,
    live: bool,
    out: Live,
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
        let live = format == StartFormat::Text && Live::is_supported();
        Self { format, style, live, out: Live::stdout() }
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
            self.out.above(&event_line(event, self.style), &self.lines(forwards));
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
        self.out.draw(&self.lines(forwards));
    }

    /// Leaves the lines standing, and the cursor below them; waits for all to be written.
    pub(super) async fn leave(&mut self) {
        self.out.leave(LAST_WORDS).await;
    }

    /// The last words, after the forwards were given up: which have ended, and which others still
    /// want.
    pub(super) async fn farewell(&mut self, forwards: &[ForwardStatus]) {
        for forward in forwards {
            let ended = forward.state == ForwardState::Stopping;
            let message = if ended { "ended" } else { "released; still leased by others" };
            if self.live {
                self.out.write(format!("{}: {message}\n", sanitize(&forward.name)));
            } else {
                let (name, state) = (forward.name.clone(), forward.state);
                let message = message.to_owned();
                let event = Event { name, at: Timestamp::now(), state, message };
                self.out.write(self.line(&event, Some(forward)));
            }
        }
        self.out.leave(LAST_WORDS).await;
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

    /// The lines, none wider than the terminal, no more than it is high.
    fn lines(&self, forwards: &[ForwardStatus]) -> Vec<String> {
        let columns = stdout::terminal_width().unwrap_or(80).saturating_sub(1);
        let room = stdout::terminal_height().saturating_sub(1).max(1);
        let mut lines = live_lines(forwards, self.style, columns);
        if lines.len() > room {
            lines.truncate(room - 1);
            lines.push(format!("and {} more", forwards.len() - lines.len()));
        }
        lines
    }
}
