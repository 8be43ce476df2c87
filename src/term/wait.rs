//! A line on standard error that shows a user at a terminal what the program waits for.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::line;
use super::text::{is_ascii_only, sanitize};

const TICK: Duration = Duration::from_millis(120);
/// The spinner of a terminal without UTF-8; the last one stands for the end.
pub(super) const ASCII_TICKS: &str = r"|/-\ ";

/// The line. Dropping it clears the line.
#[derive(Debug)]
pub struct WaitLine {
    bar: ProgressBar,
}

impl WaitLine {
    /// Creates the line if standard error is a terminal that can rewrite a line, unless `quiet`.
    pub fn on_stderr(quiet: bool) -> Option<Self> {
        if quiet || !line::is_supported() {
            return None;
        }
        let bar = ProgressBar::with_draw_target(None, line::target());
        line::is_shown(&bar);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
            bar.set_style(if is_ascii_only() { style.tick_chars(ASCII_TICKS) } else { style });
        }
        bar.enable_steady_tick(TICK);
        Some(Self { bar })
    }

    /// Replaces the text.
    pub fn set(&self, text: &str) {
        self.bar.set_message(sanitize(text).into_owned());
    }

    /// Prints something with the line out of the way.
    pub fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    /// Clears the line, as dropping does.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for WaitLine {
    fn drop(&mut self) {
        self.clear();
    }
}
