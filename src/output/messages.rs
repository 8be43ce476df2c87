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
        say(&self.style.error("error:"), text);
    }

    /// `note: …`, unless quiet.
    pub fn note(self, text: &str) {
        if !self.quiet {
            say(&self.style.dim("note:"), text);
        }
    }
}

/// Sentences of several lines (from the configuration, say) stay lines.
fn say(mark: &str, text: &str) {
    let lines: Vec<_> = text.lines().map(sanitize).collect();
    let _ = writeln!(std::io::stderr().lock(), "{mark} {}", lines.join("\n"));
}
