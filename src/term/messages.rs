//! What is said to the user on standard error: errors, warnings, notes.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::color::{ColorChoice, ColorEnv, Style, Tone};
use super::outlet::Outlet;
use super::text::sanitize;

/// The voice on standard error. Nothing it is given can put control characters on a screen, and
/// a closed standard error is no error.
#[derive(Clone, Copy, Debug)]
pub struct Messages {
    style: Style,
    quiet: bool,
    terminal: bool,
}

impl Messages {
    /// With `quiet`, only errors are said.
    pub fn new(color: ColorChoice, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { style: Style::resolve(color, &ColorEnv::current(), terminal), quiet, terminal }
    }

    /// From now on the [`Messages::current`] ones: what is said after a command has ended looks as
    /// what was said by it.
    pub fn make_current(self) {
        *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(self);
    }

    /// Those that were made current last; before that, plain ones.
    pub fn current() -> Self {
        let current = *CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        current.unwrap_or_else(Self::plain)
    }

    /// Without colour.
    pub fn plain() -> Self {
        Self { style: Style::PLAIN, quiet: false, terminal: false }
    }

    /// Whether somebody reads them as they come: standard error is a terminal.
    pub fn is_for_a_person(self) -> bool {
        self.terminal
    }

    /// Whether only errors are said.
    pub fn is_quiet(self) -> bool {
        self.quiet
    }

    /// `error: …`
    pub fn error(self, text: &str) {
        say(&self.style.error("error:"), &[text]);
    }

    /// `error: …`, of several lines that are our own, such as a list of what is wrong in a file.
    pub fn error_lines(self, lines: &[String]) {
        say(&self.style.error("error:"), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// `warning: …`, unless quiet.
    pub fn warning(self, text: &str) {
        if !self.quiet {
            say(&self.style.paint(Tone::Warning, "warning:"), &[text]);
        }
    }

    /// `note: …`, unless quiet.
    pub fn note(self, text: &str) {
        if !self.quiet {
            say(&self.style.dim("note:"), &[text]);
        }
    }
}

static CURRENT: Mutex<Option<Messages>> = Mutex::new(None);

static OUTLET: OnceLock<Outlet> = OnceLock::new();

/// From now on nobody waits for standard error: a terminal that Ctrl-S stopped stops no program that
/// has forwards to hold. What does not fit is dropped.
pub fn detach() {
    OUTLET.get_or_init(Outlet::stderr);
}

/// Waits until all that was said is written, at most `within`.
pub async fn flush(within: Duration) {
    if let Some(outlet) = OUTLET.get() {
        outlet.flush(within).await;
    }
}

/// Standard error as everything that is said goes there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stderr;

impl Write for Stderr {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
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

/// Line breaks inside a line are somebody else's, and become visible.
fn say(mark: &str, lines: &[&str]) {
    let lines: Vec<_> = lines.iter().map(|line| sanitize(line)).collect();
    let _ = Stderr.write_all(format!("{mark} {}\n", lines.join("\n")).as_bytes());
}
