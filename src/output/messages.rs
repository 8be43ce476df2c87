//! What is said to the user on standard error: errors, warnings, notes.

use std::io::{IsTerminal as _, Write as _};

use super::color::{ColorChoice, ColorEnv, Style};
use super::text::sanitize;

/// The voice on standard error. Nothing it is given can put control characters on a screen, and
/// a closed standard error is no error.
#[derive(Clone, Copy, Debug)]
pub struct Messages {
    style: Style,
    quiet: bool,
}

impl Messages {
    /// With `quiet`, only errors are said.
    pub fn new(color: ColorChoice, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { style: Style::resolve(color, &ColorEnv::current(), terminal), quiet }
    }

    /// Without colour.
    pub fn plain() -> Self {
        Self { style: Style::PLAIN, quiet: false }
    }

    /// `error: …`
    pub fn error(self, text: &str) {
        say(&self.style.error("error:"), &[text]);
    }

    /// `error: …`, of several lines that are our own, such as a list of what is wrong in a file.
    pub fn error_lines(self, lines: &[String]) {
        say(&self.style.error("error:"), &lines.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// `note: …`, unless quiet.
    pub fn note(self, text: &str) {
        if !self.quiet {
            say(&self.style.dim("note:"), &[text]);
        }
    }
}

/// Line breaks inside a line are somebody else's, and become visible.
fn say(mark: &str, lines: &[&str]) {
    let lines: Vec<_> = lines.iter().map(|line| sanitize(line)).collect();
    let _ = writeln!(std::io::stderr().lock(), "{mark} {}", lines.join("\n"));
}
