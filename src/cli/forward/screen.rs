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

/// How long writing the last lines may take.
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

    /// Shows that the forwards are ready, or ready again.
    pub(super) fn ready(&mut self, forwards: &[ForwardStatus]) {
        let now = Timestamp::now();
        if self.live {
            let lines = self.lines(forwards);
            for forward in forwards {
                self.out.above(&event_line(&ready_event(forward, now), self.style), &lines);
            }
            return;
        }
        let lines = forwards.iter().flat_map(|it| self.line(&ready_event(it, now), Some(it)));
        self.out.write(lines.collect::<Vec<u8>>());
    }

    /// Shows an event of a forward.
    pub(super) fn event(&mut self, event: &Event, forwards: &[ForwardStatus]) {
        use ForwardState::{Dormant, Ready, Recovering};
        if !self.live {
            let forward = forwards.iter().find(|forward| forward.name == event.name);
            self.out.write(self.line(event, forward));
        } else if matches!(event.state, Ready | Recovering | Dormant) {
            // The line of the forward shows these states.
            self.out.draw(&self.lines(forwards));
        } else {
            self.out.above(&event_line(event, self.style), &self.lines(forwards));
        }
    }

    /// Redraws the lines with new numbers, unless earlier output is still being written.
    pub(super) fn draw(&mut self, forwards: &[ForwardStatus]) {
        if self.live && self.out.is_idle() {
            self.out.draw(&self.lines(forwards));
        }
    }

    /// Leaves the lines in place with the cursor below them, and waits for pending output.
    pub(super) async fn leave(&mut self) {
        self.out.leave(LAST_WORDS).await;
    }

    /// Writes the last lines, after the forwards were released: which have ended, and which are
    /// still leased by others.
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

    /// Resolves when standard output is closed or cannot be written to.
    pub(super) async fn ended(&mut self) -> io::Result<()> {
        self.out.ended().await
    }

    fn line(&self, event: &Event, forward: Option<&ForwardStatus>) -> Vec<u8> {
        match self.format {
            StartFormat::Text => (event_line(event, self.style) + "\n").into_bytes(),
            StartFormat::Jsonl => event_json(event, forward),
            // The JSON document was printed at the start.
            StartFormat::Json => Vec::new(),
        }
    }

    /// The lines, cut to the width and height of the terminal.
    fn lines(&self, forwards: &[ForwardStatus]) -> Vec<String> {
        let columns = stdout::terminal_width().unwrap_or(80).saturating_sub(1);
        let rows = stdout::terminal_height().saturating_sub(1).max(1);
        live_screen(forwards, self.style, (columns, rows))
    }
}
