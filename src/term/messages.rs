//! Messages for the user on standard error: errors, warnings, notes.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::color::{ColorChoice, ColorEnv, Style, Tone};
use super::outlet::Outlet;
use super::text::{sanitize, width, wrap};

/// Writes messages to standard error. Control characters in them are escaped, and a closed standard
/// error is not an error.
#[derive(Clone, Copy, Debug)]
pub struct Messages {
    style: Style,
    quiet: bool,
    terminal: bool,
}

impl Messages {
    /// With `quiet`, only errors are written.
    pub fn new(color: ColorChoice, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { style: Style::resolve(color, &ColorEnv::current(), terminal), quiet, terminal }
    }

    /// Makes these the [`Messages::current`] ones, so that messages after a command has ended have
    /// the same style.
    pub fn make_current(self) {
        *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(self);
    }

    /// The messages last made current, or plain ones.
    pub fn current() -> Self {
        let current = *CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        current.unwrap_or_else(Self::plain)
    }

    /// Messages without colour.
    pub fn plain() -> Self {
        Self { style: Style::PLAIN, quiet: false, terminal: false }
    }

    /// Whether a person reads the messages as they come: standard error is a terminal.
    pub fn is_for_a_person(self) -> bool {
        self.terminal
    }

    /// Whether only errors are written.
    pub fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Writes `error: …`.
    pub fn error(self, text: &str) {
        print(&self.style.error("error:"), &[text]);
    }

    /// Writes `error: …` with several lines of our own, such as a list of problems in a file.
    pub fn error_lines(self, lines: &[String]) {
        print(&self.style.error("error:"), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Writes `warning: …`, unless quiet.
    pub fn warning(self, text: &str) {
        if !self.quiet {
            let rows = self.wrapped("warning:", text);
            let mark = self.style.paint(Tone::Warning, "warning:");
            print(&mark, &rows.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    /// Writes `note: …`, unless quiet.
    pub fn note(self, text: &str) {
        if !self.quiet {
            let rows = self.wrapped("note:", text);
            print(&self.style.dim("note:"), &rows.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    /// The text in the terminal's rows, broken at spaces. Elsewhere it is one line.
    fn wrapped(self, mark: &str, text: &str) -> Vec<String> {
        if !self.terminal {
            return vec![text.to_owned()];
        }
        let reported = terminal_size::terminal_size_of(io::stderr());
        let columns = super::stdout::columns_of(reported.map(|(width, _)| usize::from(width.0)));
        rows(mark, text, columns)
    }
}

/// The rows of a message after its mark. Control characters are escaped first: they become wider.
fn rows(mark: &str, text: &str, columns: usize) -> Vec<String> {
    let text = sanitize(text);
    let marked = format!("{mark} {text}");
    if width(&marked) <= columns {
        return vec![text.into_owned()];
    }
    let mut rows = wrap(&marked, columns);
    if let Some(first) = rows.first_mut() {
        *first = first.strip_prefix(mark).unwrap_or(first).trim_start().to_owned();
    }
    rows
}

static CURRENT: Mutex<Option<Messages>> = Mutex::new(None);

static OUTLET: OnceLock<Outlet> = OnceLock::new();

/// Makes writing to standard error never block: a terminal stopped by Ctrl-S must not stop a
/// program that holds forwards. Messages that do not fit into the buffer are dropped.
pub fn detach() {
    OUTLET.get_or_init(Outlet::stderr);
}

/// Messages that wait while a program fills the terminal; none if they do not have to wait.
static HELD: Mutex<Option<Vec<u8>>> = Mutex::new(None);

/// How many bytes of messages may wait; further ones are dropped.
const MOST_HELD: usize = 256 << 10;

/// Lets messages wait until [`release`]: they would be drawn over.
pub(super) fn hold() {
    HELD.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default();
}

/// Writes the messages that have waited.
pub(super) fn release() {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner).take();
    let _ = Stderr.write_all(&held.unwrap_or_default());
}

/// Waits until all messages are written, at most `within`.
pub async fn flush(within: Duration) {
    if let Some(outlet) = OUTLET.get() {
        outlet.flush(within).await;
    }
}

/// Standard error as a writer, by the same way as the messages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stderr;

impl Write for Stderr {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        if let Some(held) = &mut *HELD.lock().unwrap_or_else(PoisonError::into_inner) {
            if held.len() < MOST_HELD {
                held.extend(text);
            }
            return Ok(text.len());
        }
        match OUTLET.get() {
            Some(outlet) => {
                outlet.write(text);
                Ok(text.len())
            }
            None => io::stderr().lock().write(text),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Line breaks inside a line come from outside, and are escaped.
fn print(mark: &str, lines: &[&str]) {
    let lines: Vec<_> = lines.iter().map(|line| sanitize(line)).collect();
    let _ = Stderr.write_all(format!("{mark} {}\n", lines.join("\n")).as_bytes());
}

/// Makes visible what could harm a terminal: lines quote what kubectl and clusters say.
#[derive(Debug)]
pub struct Sanitized<W>(pub W);

impl<W: Write> Write for Sanitized<W> {
    /// A whole line, as tracing writes them.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        self.0.write_all(format!("{}\n", sanitize(text)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_broken_between_words() {
        let text = "hidden columns: REFERENCE, TARGETS (a wider terminal shows all)";
        assert_eq!(rows("note:", text, 80), [text]);
        let broken = rows("note:", text, 40);
        assert_eq!(broken, ["hidden columns: REFERENCE, TARGETS", "(a wider terminal shows all)"]);
        assert_eq!(rows("note:", "a\u{1b}b", 80), ["a\\u{1b}b"]);
    }
}
