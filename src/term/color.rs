//! Colour: decided once per output stream, then passed as a value.

use std::ffi::OsString;

pub use crate::config::ColorChoice;

/// The meaning of a piece of text; only this module decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Ordinary text.
    #[default]
    Plain,
    /// All is well.
    Ok,
    /// Needs attention.
    Warning,
    /// An error.
    Error,
    /// Less important.
    Dim,
    /// More important.
    Bold,
    /// The head of a table or a group.
    Header,
}

impl Tone {
    /// The parameters of the terminal's "select graphic rendition".
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Ok => Some("32"),
            Self::Warning => Some("33"),
            Self::Error => Some("31"),
            Self::Dim => Some("2"),
            Self::Bold | Self::Header => Some("1"),
        }
    }
}

/// The environment variables for colour.
#[derive(Debug, Clone, Default)]
pub struct ColorEnv {
    /// `$NO_COLOR` (no-color.org): if not empty, no colour.
    pub no_color: Option<OsString>,
    /// `$CLICOLOR_FORCE`: if not empty and not `0`, colour also in pipes.
    pub clicolor_force: Option<OsString>,
    /// `$TERM`: if `dumb`, no colour.
    pub term: Option<OsString>,
}

impl ColorEnv {
    /// The environment of this process.
    pub fn current() -> Self {
        Self {
            no_color: std::env::var_os("NO_COLOR"),
            clicolor_force: std::env::var_os("CLICOLOR_FORCE"),
            term: std::env::var_os("TERM"),
        }
    }
}

/// Paints text, or leaves it unchanged if the stream takes no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    on: bool,
}

impl Style {
    /// No colour.
    pub const PLAIN: Self = Self { on: false };
    /// Colour.
    pub const COLORED: Self = Self { on: true };

    /// The style of a stream: the user's choice, else `NO_COLOR`, else `CLICOLOR_FORCE`, else whether
    /// the stream is a terminal that is not dumb.
    pub fn resolve(choice: ColorChoice, env: &ColorEnv, is_terminal: bool) -> Self {
        let set = |value: &Option<OsString>| value.as_ref().is_some_and(|value| !value.is_empty());
        let on = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set(&env.no_color) => false,
            ColorChoice::Auto
                if set(&env.clicolor_force)
                    && env.clicolor_force.as_ref().is_some_and(|value| value != "0") =>
            {
                true
            }
            ColorChoice::Auto => is_terminal && env.term.as_ref().is_none_or(|term| term != "dumb"),
        };
        Self { on }
    }

    /// Whether text is painted.
    pub fn is_on(self) -> bool {
        self.on
    }

    /// The text in the given tone.
    pub fn paint(self, tone: Tone, text: &str) -> String {
        match tone.code() {
            Some(code) if self.on && !text.is_empty() => format!("\x1b[{code}m{text}\x1b[0m"),
            _ => text.to_owned(),
        }
    }

    /// The text in the colour of a name: the same name always has the same one.
    pub fn named(self, name: &str, text: &str) -> String {
        // The colours that mean a severity are left out.
        const CODES: [&str; 8] = ["36", "35", "34", "96", "95", "94", "36;1", "35;1"];
        // FNV-1a: stable across runs and versions.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let index = usize::try_from((hash >> 32) % 8).unwrap_or_default();
        match CODES.get(index) {
            Some(code) if self.on && !text.is_empty() => format!("\x1b[{code}m{text}\x1b[0m"),
            _ => text.to_owned(),
        }
    }

    /// All is well.
    pub fn ok(self, text: &str) -> String {
        self.paint(Tone::Ok, text)
    }

    /// Needs attention.
    pub fn warning(self, text: &str) -> String {
        self.paint(Tone::Warning, text)
    }

    /// An error.
    pub fn error(self, text: &str) -> String {
        self.paint(Tone::Error, text)
    }

    /// Less important.
    pub fn dim(self, text: &str) -> String {
        self.paint(Tone::Dim, text)
    }

    /// More important.
    pub fn bold(self, text: &str) -> String {
        self.paint(Tone::Bold, text)
    }

    /// The head of a table or a group.
    pub fn header(self, text: &str) -> String {
        self.paint(Tone::Header, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_then_the_environment_then_the_terminal() {
        use ColorChoice::{Always, Auto, Never};
        let env = |no_color: &str, force: &str, term: &str| ColorEnv {
            no_color: Some(no_color.into()),
            clicolor_force: Some(force.into()),
            term: Some(term.into()),
        };
        let on = |choice, env: &ColorEnv, terminal| Style::resolve(choice, env, terminal).is_on();
        assert!(on(Auto, &ColorEnv::default(), true));
        assert!(!on(Auto, &ColorEnv::default(), false));
        assert!(on(Auto, &env("", "", "xterm"), true));
        assert!(!on(Auto, &env("1", "1", "xterm"), true));
        assert!(on(Auto, &env("", "1", "xterm"), false));
        assert!(!on(Auto, &env("", "0", "xterm"), false));
        assert!(!on(Auto, &env("", "", "dumb"), true));
        assert!(on(Always, &env("1", "", "dumb"), false));
        assert!(!on(Never, &env("", "1", "xterm"), true));
    }

    #[test]
    fn paint_is_the_identity_when_off() {
        assert_eq!(Style::PLAIN.error("x"), "x");
        assert_eq!(Style::COLORED.error("x"), "\x1b[31mx\x1b[0m");
        assert_eq!(Style::COLORED.error(""), "");
        assert_eq!(Style::COLORED.paint(Tone::Plain, "x"), "x");
    }
}
