//! The HPAs of a session and their changes: a screen on a terminal, otherwise one line per change.

mod frame;
mod lines;
mod model;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::SortBy;
use crate::kubectl::{Failure, Outcome};
use crate::session::{Change, Reading, ScannedCluster, State};
use crate::term::color::Style;
use crate::term::full_screen::FullScreen;
use crate::term::keys::Key;
use crate::term::live::Live;
use crate::term::stdout;
use crate::term::table::Widths;
use crate::term::text::thousands;
use frame::{Size, frame};
use lines::Lines;
pub use model::Asked;
use model::Model;

/// A session on standard output.
#[derive(Debug)]
pub struct View {
    out: Out,
    model: Model,
    /// The terminal's width in columns, and the widths that the table's columns have needed at
    /// that width.
    widths: (usize, Widths),
    /// What was drawn last, without the keys.
    last: Vec<String>,
}

/// How the session is shown.
#[derive(Debug)]
enum Out {
    Screen(FullScreen),
    Lines(Lines, Live),
}

impl View {
    /// Fills a terminal that can be filled, unless JSON lines are requested.
    ///
    /// # Errors
    ///
    /// If the terminal's modes cannot be changed.
    pub fn new(options: ListOptions, jsonl: bool) -> std::io::Result<Self> {
        let out = if !jsonl && FullScreen::is_supported() {
            Out::Screen(FullScreen::enter()?)
        } else {
            Out::Lines(Lines::new(jsonl, options.style), Live::stdout())
        };
        let widths = (0, Widths::default());
        Ok(Self { out, model: Model::new(options), widths, last: Vec::new() })
    }

    /// Whether a terminal is filled, and keys are of use.
    pub fn is_screen(&self) -> bool {
        matches!(self.out, Out::Screen(_))
    }

    /// Takes over what is new in the session: prints it, or shows it in the next frame.
    pub fn update(&mut self, state: &State, now: Timestamp) {
        let scans = self.model.follow(state, now);
        if let Out::Lines(lines, live) = &mut self.out {
            let text: Vec<u8> = scans.iter().flat_map(|scan| lines.scan(scan)).collect();
            if !text.is_empty() {
                live.write(text);
            }
        }
    }

    /// Draws a frame, unless the terminal is behind. Returns whether the frame changes with time
    /// alone, because something is marked in it.
    pub fn draw(&mut self, now: Timestamp) -> bool {
        let is_marked = self.model.expire(now);
        let Out::Screen(screen) = &self.out else { return false };
        if !screen.is_idle() {
            return true;
        }
        let size = Size {
            columns: stdout::terminal_width().unwrap_or(80).saturating_sub(1),
            lines: stdout::terminal_height(),
        };
        if self.widths.0 != size.columns {
            self.widths = (size.columns, Widths::default());
        }
        let frame = frame(&mut self.model, size, now, &self.widths.1);
        screen.draw(&frame.lines);
        self.widths.1 = frame.widths;
        self.last = frame.lines;
        is_marked
    }

    /// Shows from now on what is wrong with what was requested. Returns false where that has no
    /// place: then it is a message.
    pub fn notice(&mut self, text: &str) -> bool {
        if self.is_screen() {
            self.model.notice = Some(format!("error: {text}"));
        }
        self.is_screen()
    }

    /// What a key asks for; draw afterwards.
    pub fn key(&mut self, key: Key) -> Asked {
        let asked = self.model.key(key);
        if let (Asked::Redraw, Out::Screen(screen)) = (asked, &self.out) {
            screen.clear();
        }
        asked
    }

    /// Whether all written text has reached the reader.
    pub fn is_idle(&self) -> bool {
        match &self.out {
            Out::Screen(screen) => screen.is_idle(),
            Out::Lines(_, live) => live.is_idle(),
        }
    }

    /// Resolves when all that was written has reached the reader.
    pub fn idle(&self) -> impl Future<Output = ()> + Unpin + use<> {
        match &self.out {
            Out::Screen(screen) => {
                Box::pin(screen.idle()) as std::pin::Pin<Box<dyn Future<Output = ()>>>
            }
            Out::Lines(_, live) => Box::pin(live.idle()),
        }
    }

    /// Resolves when the reader has gone, or writing fails.
    pub async fn ended(&mut self) -> std::io::Result<()> {
        match &mut self.out {
            Out::Screen(screen) => screen.ended().await,
            Out::Lines(_, live) => live.ended().await,
        }
    }

    /// Gives the terminal back for a while, and waits until that is written, at most `within`.
    pub async fn suspend(&self, within: Duration) {
        match &self.out {
            Out::Screen(screen) => screen.leave(&[], within).await,
            Out::Lines(_, live) => live.flush(within).await,
        }
    }

    /// Fills the terminal again.
    ///
    /// # Errors
    ///
    /// If the terminal's modes cannot be changed.
    pub fn resume(&self) -> std::io::Result<()> {
        match &self.out {
            Out::Screen(screen) => screen.resume(),
            Out::Lines(..) => Ok(()),
        }
    }

    /// Gives the terminal back with the last frame on it, and waits until everything is written, at
    /// most `within`.
    pub async fn leave(&self, within: Duration) {
        match &self.out {
            Out::Screen(screen) => {
                // The line of the keys has no use any more, nor have empty lines before it.
                let keys = usize::from(self.last.len() >= frame::KEYS_FROM);
                let lines = self.last.get(..self.last.len() - keys).unwrap_or_default();
                let used = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |at| at + 1);
                screen.leave(lines.get(..used).unwrap_or_default(), within).await;
            }
            Out::Lines(_, live) => live.flush(within).await,
        }
    }
}

/// How a watched list is shown.
#[derive(Clone, Copy, Debug)]
pub struct ListOptions {
    /// Only HPAs that have a problem, or have changed in the last minute.
    pub problems: bool,
    /// The order of the HPAs; none for what has changed and what is wrong first.
    pub sort_by: Option<SortBy>,
    /// The number of clusters.
    pub clusters: usize,
    /// The time from one scan to the next.
    pub interval: Duration,
    /// Colour.
    pub style: Style,
}

/// A scan of a cluster and the changes that it showed.
type ScanChanges = (Arc<ScannedCluster>, Vec<Change>);

fn failed<'a>(
    clusters: impl Iterator<Item = &'a Outcome>,
) -> impl Iterator<Item = (&'a str, &'a Failure)> {
    clusters.filter_map(|cluster| Some((&*cluster.name, cluster.error.as_ref()?)))
}

fn plural(count: usize, word: &str) -> String {
    format!("{} {word}{}", thousands(count), if count == 1 { "" } else { "s" })
}
