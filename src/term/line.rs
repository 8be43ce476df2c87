//! The line on standard error that is rewritten while a person waits.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, TermLike, WeakProgressBar};
use tokio::sync::Notify;

use super::color::ColorEnv;

/// The terminal echoes `^C` and `^Z` after the line: with room for them they do not begin another
/// row, and vanish with the line.
const ECHO: u16 = 3;
/// How often the line is drawn in a second, at most.
const RATE: u8 = 20;

/// The line that is shown at present.
static CURRENT: Mutex<Option<WeakProgressBar>> = Mutex::new(None);
static SHOWN: Notify = Notify::const_new();

/// Whether standard error is a terminal that can rewrite a line.
pub(super) fn is_supported() -> bool {
    let term = ColorEnv::current().term;
    io::stderr().is_terminal() && term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// Draws on standard error.
pub(super) fn target() -> ProgressDrawTarget {
    ProgressDrawTarget::term_like_with_hz(Box::<Line>::default(), RATE)
}

/// Makes the bar the line that is [`put_aside`].
pub(super) fn is_shown(bar: &ProgressBar) {
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.downgrade());
    SHOWN.notify_one();
}

/// Resolves once a line is shown.
pub async fn shown() {
    SHOWN.notified().await;
}

/// Calls `meanwhile` while the line, if one is shown, is out of the way.
pub fn put_aside(meanwhile: impl FnOnce()) {
    let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match current.and_then(|bar| bar.upgrade()) {
        Some(bar) => bar.suspend(meanwhile),
        None => meanwhile(),
    }
}

/// Standard error, written when it is flushed.
#[derive(Debug, Default)]
struct Line {
    pending: Mutex<String>,
}

impl Line {
    fn push(&self, text: &str) {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }

    fn go(&self, cells: usize, to: char) {
        if cells > 0 {
            self.push(&format!("\x1b[{cells}{to}"));
        }
    }
}

impl TermLike for Line {
    fn width(&self) -> u16 {
        let size = terminal_size::terminal_size_of(io::stderr());
        let columns = size.map(|(width, _)| width.0).filter(|columns| *columns > 0);
        columns.unwrap_or(80).saturating_sub(ECHO).max(1)
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.go(lines, 'A');
        Ok(())
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.go(lines, 'B');
        Ok(())
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.go(columns, 'C');
        Ok(())
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.go(columns, 'D');
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.push(text);
        self.push("\n");
        Ok(())
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.push(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        self.push("\r\x1b[K");
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let text = std::mem::take(&mut *pending);
        io::stderr().lock().write_all(text.as_bytes())
    }
}
