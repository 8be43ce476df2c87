//! Errors of a configuration file.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why there is no configuration. Every message names the file, and the line where there is one.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that was named does not exist.
    #[error("{}: no such file (from {named_by})", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
        /// Where it was named: `--config` or `$WATCHDOG_CONFIG`.
        named_by: &'static str,
    },
    /// It is there but cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file was read, and its content is invalid. At least one problem, in the file's order.
    #[error("{}", Lines(problems))]
    Invalid {
        /// All problems.
        problems: Vec<Problem>,
    },
}

/// One problem in a configuration file; displayed as `FILE:LINE:COLUMN: MESSAGE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1, and the column in characters, from 1, where they are known.
    pub at: Option<(usize, usize)>,
    /// What is wrong and what is expected.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some((line, column)) = self.at {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.message)
    }
}

struct Lines<'a>(&'a [Problem]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}
