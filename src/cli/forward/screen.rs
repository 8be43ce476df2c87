//! What an attached `forward start` shows: lines that are redrawn in place on a terminal, else a
//! line an event.

use std::io;
use std::time::Duration;

use jiff::Timestamp;

use super::args::StartFormat;
use crate::output::forwards::{event_json, event_line, live_screen, ready_event, released_event};
use crate::supervisor::{Event, ForwardState, ForwardStatus};
use crate::term::live::Live;
use crate::term::text::sanitize;
use crate::term::{Style, stdout};

/// How long the last words may take to be written.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Standard output while forwards are held.
pub(super) struct Screen {
    format: StartFormat,
    style: Style,
    live: bool,
    out: Live,
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
            self.out.draw(&self.lines(forwards));
            return;
        }
        let now = Timestamp::now();
        let lines = forwards.iter().flat_map(|it| self.line(&ready_event(it, now), Some(it)));
        self.out.write(lines.collect::<Vec<u8>>());
    }

    /// Something happened.
    pub(super) fn event(&mut self, event: &Event, forwards: &[ForwardStatus]) {
        use ForwardState::{Dormant, Ready, Recovering};
        if !self.live {
            let forward = forwards.iter().find(|forward| forward.name == event.name);
            self.out.write(self.line(event, forward));
        } else if matches!(event.state, Ready | Recovering | Dormant) {
            // The line of the forward shows that.
            self.out.draw(&self.lines(forwards));
        } else {
            self.out.above(&event_line(event, self.style), &self.lines(forwards));
        }
    }

    /// Draws the lines with their new numbers, unless the terminal is behind already.
    pub(super) fn draw(&mut self, forwards: &[ForwardStatus]) {
        if self.live && self.out.is_idle() {
            self.out.draw(&self.lines(forwards));
        }
    }

    /// Leaves the lines standing, and the cursor below them; waits for all to be written.
    pub(super) async fn leave(&mut self) {
        self.out.leave(LAST_WORDS).await;
    }

    /// The last words, after the forwards were given up: which have ended, and which others still
    /// lease.
    pub(super) async fn farewell(&mut self, forwards: &[ForwardStatus]) {
        for forward in forwards {
            let event = released_event(forward, Timestamp::now());
            if self.live {
                self.out.write(format!("{}: {}\n", sanitize(&event.name), event.message));
            } else {
                self.out.write(self.line(&event, Some(forward)));
            }
        }
        self.out.leave(LAST_WORDS).await;
    }

    /// Resolves when the reader has gone, or nothing can be written.
    pub(super) async fn ended(&mut self) -> io::Result<()> {
        self.out.ended().await
    }

    fn line(&self, event: &Event, forward: Option<&ForwardStatus>) -> Vec<u8> {
        match self.format {
            StartFormat::Text => (event_line(event, self.style) + "\n").into_bytes(),
            StartFormat::Jsonl => event_json(event, forward),
            // The one document has been printed.
            StartFormat::Json => Vec::new(),
        }
    }

    /// The lines, none wider than the terminal, no more than it is high.
    fn lines(&self, forwards: &[ForwardStatus]) -> Vec<String> {
        let columns = stdout::terminal_width().unwrap_or(80).saturating_sub(1);
        let rows = stdout::terminal_height().saturating_sub(1).max(1);
        live_screen(forwards, self.style, (columns, rows))
    }
}
