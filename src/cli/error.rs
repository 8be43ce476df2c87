//! Errors that end a command.

use std::fmt::Display;

use super::exit::Exit;
use crate::config::ConfigError;
use crate::history;
use crate::kubectl::{self, ScopeError};
use crate::supervisor::ClientError;
use crate::term::Messages;

/// An error that ends a command. Creating an error prints nothing: errors are printed at the end
/// of the command line (`cli::main`), or where a command continues in spite of one.
#[derive(Debug)]
pub(super) struct CommandError {
    exit: Exit,
    /// One line, except for the list of problems in a configuration file.
    message: Vec<String>,
    /// Hints, each printed as a message of its own.
    notes: Vec<String>,
}

impl CommandError {
    /// The command failed.
    pub(super) fn failed(why: impl Display) -> Self {
        Self { exit: Exit::Failed, message: vec![why.to_string()], notes: Vec::new() }
    }

    /// The command line is wrong.
    pub(super) fn usage(why: impl Display) -> Self {
        Self { exit: Exit::Usage, ..Self::failed(why) }
    }

    /// Something that the command needs could not be read.
    pub(super) fn incomplete(why: impl Display) -> Self {
        Self { exit: Exit::Incomplete, ..Self::failed(why) }
    }

    /// Standard output cannot be written to.
    #[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
    pub(super) fn stdout(error: std::io::Error) -> Self {
        Self::failed(format!("cannot write to standard output: {error}"))
    }

    /// Signals cannot be listened for.
    #[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
    pub(super) fn signals(error: std::io::Error) -> Self {
        Self::failed(format!("cannot listen for signals: {error}"))
    }

    /// Adds a note after the error.
    pub(super) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// The error without its notes.
    pub(super) fn message(&self) -> String {
        self.message.join("; ")
    }

    /// Prints the error with its notes, and returns how the command ends.
    pub(super) fn report(&self, messages: Messages) -> Exit {
        messages.error_lines(&self.message);
        for note in &self.notes {
            messages.note(note);
        }
        self.exit
    }
}

impl From<ConfigError> for CommandError {
    fn from(error: ConfigError) -> Self {
        let message = match &error {
            ConfigError::Invalid { problems } => problems.iter().map(ToString::to_string).collect(),
            error => vec![error.to_string()],
        };
        Self { exit: Exit::Failed, message, notes: Vec::new() }
    }
}

impl From<ScopeError> for CommandError {
    fn from(error: ScopeError) -> Self {
        if error.is_usage() { Self::usage(error) } else { Self::failed(error) }
    }
}

impl From<history::Error> for CommandError {
    fn from(error: history::Error) -> Self {
        Self::failed(error)
    }
}

impl From<kubectl::Error> for CommandError {
    fn from(error: kubectl::Error) -> Self {
        Self::failed(error)
    }
}

impl From<ClientError> for CommandError {
    fn from(error: ClientError) -> Self {
        Self::failed(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_error_has_its_exit_code_and_its_lines() {
        let usage = CommandError::usage("no such flag").note("see --help");
        assert_eq!((usage.exit, &usage.notes[..]), (Exit::Usage, &["see --help".to_owned()][..]));
        assert_eq!(CommandError::failed("no").exit, Exit::Failed);
        let file = std::path::Path::new("w.yaml");
        let error = crate::config::parse(b"forwrds: 1\nclusterz: 2\n", file).unwrap_err();
        let error = CommandError::from(error);
        assert_eq!((error.exit, error.message.len()), (Exit::Failed, 2), "{error:?}");
    }
}
