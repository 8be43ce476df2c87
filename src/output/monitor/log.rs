//! The lines of a session on standard output, with the line at the bottom of a terminal.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::{PrintOptions, Printer};
use crate::findings::Finding;
use crate::session::Event;
use crate::term::live::Live;

/// The lines of a session on standard output, whose reader may be slow.
#[derive(Debug)]
pub struct EventLog {
    printer: Printer,
    out: Live,
    /// The line at the bottom of a terminal.
    status: Vec<String>,
    /// The number of events that were dropped and not reported yet.
    dropped: u64,
}

impl EventLog {
    /// Writes to standard output.
    pub fn stdout(options: PrintOptions) -> Self {
        let printer = Printer::new(options);
        Self { printer, out: Live::stdout(), status: Vec::new(), dropped: 0 }
    }

    /// Whether it prints to a terminal.
    pub fn is_live(&self) -> bool {
        self.printer.live
    }

    /// Prints an event. If events were dropped before it, prints the present `findings` first.
    pub fn event(&mut self, event: &Event, findings: &[Arc<Finding>], now: Timestamp) {
        let text = self.printer.event(event, now);
        if let Some(status) = self.printer.status(event) {
            self.status = vec![self.printer.options.style.dim(&status)];
            if text.is_empty() && self.out.is_idle() {
                self.out.draw(&self.status);
            }
        }
        if self.dropped > 0 && self.out.is_idle() {
            let dropped = self.printer.dropped(self.dropped, findings, now);
            if self.write(dropped) {
                self.dropped = 0;
            }
        }
        if !text.is_empty() && (self.dropped > 0 || !self.write(text)) {
            self.dropped += 1;
        }
    }

    /// How far the first scan is.
    pub fn start(&self) -> Start {
        Start {
            clusters: self.printer.watched.len(),
            awaited: self.printer.awaited().count(),
            is_printed: self.printer.introduced,
        }
    }

    /// Whether findings of the start wait to be printed together with others.
    pub fn has_findings(&self) -> bool {
        self.printer.has_findings()
    }

    /// Whether endpoints wait to be printed together with others.
    pub fn has_endpoints(&self) -> bool {
        let printer = &self.printer;
        printer.introduced && printer.endpoints.is_due(|cluster| printer.is_read(cluster))
    }

    /// Prints the findings of the start that have come so far.
    pub fn print_findings(&mut self, now: Timestamp) {
        let text = self.printer.introduction(now);
        self.print(text);
    }

    /// Prints the endpoints that have come so far.
    pub fn print_endpoints(&mut self, now: Timestamp) {
        let text = self.printer.endpoints(now);
        self.print(text);
    }

    fn print(&mut self, text: String) {
        if !text.is_empty() && !self.write(text.into_bytes()) {
            self.dropped += 1;
        }
    }

    fn write(&mut self, text: Vec<u8>) -> bool {
        self.out.above_text(text, &self.status)
    }

    /// Takes the line at the bottom away, so that something else can write to the terminal, and
    /// waits until that is done, at most `within`.
    pub async fn make_way(&mut self, within: Duration) {
        if !self.status.is_empty() {
            self.out.draw(&[]);
            self.out.flush(within).await;
        }
    }

    /// Draws the line at the bottom again, after something else has written to the terminal.
    pub fn come_back(&mut self) {
        if !self.status.is_empty() && self.out.is_idle() {
            self.out.draw(&self.status);
        }
    }

    /// Resolves when no more can be written: with `Ok` if the reader has gone, or with the system's
    /// error.
    pub async fn ended(&mut self) -> std::io::Result<()> {
        self.out.ended().await
    }

    /// Prints what has come so far, takes the line at the bottom away, and waits until everything
    /// is written, at most `within`.
    pub fn finish(&mut self, now: Timestamp, within: Duration) -> impl Future<Output = ()> + use<> {
        let text = self.printer.findings(now);
        self.print(text);
        self.print_endpoints(now);
        if !std::mem::take(&mut self.status).is_empty() {
            self.out.draw(&[]);
        }
        self.out.flush(within)
    }
}

/// How far the first scan is.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// The number of clusters.
    pub clusters: usize,
    /// How many of them have not answered.
    pub awaited: usize,
    /// Whether what the others have was printed.
    pub is_printed: bool,
}
