//! Errors of a configuration file.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a configuration cannot be used. Every message names the file, and the line if known.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that was named explicitly does not exist.
    #[error("{}: no such file (from {named_by})", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
        /// What named it: `--config` or `$WATCHDOG_CONFIG`.
        named_by: &'static str,
    },
    /// The file exists but cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The content of the file is invalid. At least one problem, in the order of the file.
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
    /// The line and the column in characters, both from 1, if known.
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
