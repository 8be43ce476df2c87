//! How a command ended: the exit codes that scripts rely on.

use std::process::ExitCode;

use crate::process::Interrupted;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: it failed.
    Failed,
    /// 2: findings at or above `--fail-on`, or a difference under `--exit-code`.
    Findings,
    /// 3: a cluster, or part of one, could not be read; the rest was printed.
    Incomplete,
    /// 64: the command line is wrong.
    Usage,
    /// 129, 130, 143: interrupted by a signal.
    Interrupted(Interrupted),
    /// The exit code of a child process.
    Child(u8),
}

impl Exit {
    /// The exit code as a number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Findings => 2,
            Self::Incomplete => 3,
            Self::Usage => 64,
            Self::Interrupted(signal) => signal.exit_code(),
            Self::Child(code) => code,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
