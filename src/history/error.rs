//! Errors of the history database, in words for users.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};

use super::reference::Moment;

/// Why the history cannot be read or written. Its contents are unchanged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no directory to put the database in.
    #[error(
        "no place for the history: neither $XDG_STATE_HOME nor $HOME is set, and the user database \
         has no home for this user; set history.path in the configuration"
    )]
    NoPlace,
    /// There is no history yet.
    #[error("no history at {}; create one: watchdog snapshot take", .path.display())]
    Missing {
        /// Where the database would be.
        path: PathBuf,
    },
    /// No snapshot matches the reference.
    #[error("no such snapshot: {moment} (watchdog snapshot list shows which exist)")]
    NoSnapshot {
        /// The reference.
        moment: Moment,
    },
    /// A file that cannot be read, or holds no snapshot.
    #[error("{}: {reason}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The file or its directory cannot be created, opened or locked.
    #[error("history {}: {error}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file is not a history, or is too damaged to be read as one.
    #[error("{} is not a watchdog history, or is damaged ({detail}); move it aside to start a new one", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A part of the history is damaged.
    #[error("history {} is damaged: {what} cannot be read; the rest can", .path.display())]
    Lost {
        /// The file.
        path: PathBuf,
        /// What is lost.
        what: String,
    },
    /// The history was written by a later version of watchdog.
    #[error(
        "history {} has schema {found}, and this watchdog knows up to {known}: a newer version wrote it",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The latest schema version that this watchdog knows.
        known: i64,
    },
    /// The history was written by an earlier version of watchdog, and was opened only for reading,
    /// so it cannot be upgraded.
    #[error(
        "history {} has schema {found}, and this watchdog reads {known}: the next watchdog history or snapshot take that may write it brings it up to date",
        .path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The schema version that this watchdog reads.
        known: i64,
    },
    /// The history has a journal that must be written back, but its directory is not writable.
    #[error(
        "history {}: its directory is read-only and {} is not written back; \
         copy both files elsewhere and set history.path",
        .path.display(), .journal.display()
    )]
    Journal {
        /// The file.
        path: PathBuf,
        /// Its journal.
        journal: PathBuf,
    },
    /// No room on the disk.
    #[error("history {}: no room on the disk{}", .path.display(), .work.costs())]
    Full {
        /// The file.
        path: PathBuf,
        /// The work that needed the room.
        work: Work,
    },
    /// The history is read-only.
    #[error("history {}: {}", .path.display(), in_the_way(.path, .locked.as_deref()))]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// The path that is not writable, if it is not the file itself.
        locked: Option<PathBuf>,
    },
    /// Another process has been writing for too long.
    #[error("history {}: locked by another writer", .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Anything else, in SQLite's words.
    #[error("history {}: {error}", .path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        error: rusqlite::Error,
    },
}

/// Describes the path that is not writable. SQLite creates its auxiliary files with the
/// permissions of the database, so one of them may still have the old permissions after those were
/// changed.
fn in_the_way(path: &Path, locked: Option<&Path>) -> String {
    match locked {
        Some(locked) if path.parent() != Some(locked) => {
            format!("{} may not be written; make it yours to write", locked.display())
        }
        _ => "it may not be written (read-only file, directory or disk)".to_owned(),
    }
}

/// The operation that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Reading.
    Reading,
    /// Storing a snapshot.
    Storing,
    /// Deleting old snapshots.
    Deleting,
}

impl Work {
    /// The effect of a full disk on this operation.
    fn costs(self) -> &'static str {
        match self {
            Self::Reading => ", of which SQLite needs some even to read it",
            Self::Storing => "; nothing of this was stored",
            Self::Deleting => " to work in; nothing was deleted: make some room first",
        }
    }
}

impl Error {
    /// Records the operation that failed.
    pub(super) fn during(self, work: Work) -> Self {
        match self {
            Self::Full { path, .. } => Self::Full { path, work },
            error => error,
        }
    }

    /// Converts an SQLite error about the database at `path`.
    /// [`location::failed`](super::location::failed) also determines which path is not writable.
    pub(super) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let Some(failure) = error.sqlite_error() else {
            return match error {
                // The column has a type that watchdog never writes.
                rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::InvalidColumnIndex(..)
                | rusqlite::Error::InvalidColumnName(..) => {
                    Self::Damaged { path, detail: error.to_string() }
                }
                error => Self::Other { path, error },
            };
        };
        if is_full(*failure) {
            return Self::Full { path, work: Work::Reading };
        }
        match failure.code {
            // The queries are correct, so a missing table or column has been lost.
            ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown => {
                Self::Damaged { path, detail: error.to_string() }
            }
            // If the file can be opened, but not by SQLite, its journal cannot be created in the
            // directory.
            ErrorCode::ReadOnly | ErrorCode::CannotOpen => Self::ReadOnly { path, locked: None },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy { path },
            _ => Self::Other { path, error },
        }
    }

    pub(super) fn damaged(path: &Path, detail: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), detail: detail.into() }
    }

    /// Whether the history is damaged, wholly or in part.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Lost { .. })
    }

    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.to_owned(), error }
    }
}

/// Whether there is no room. At a limit on file sizes the system reports "too large", which SQLite
/// reports as a failed write, of this file or of the file that it shares between processes.
pub(super) fn is_full(failure: ffi::Error) -> bool {
    failure.code == ErrorCode::DiskFull
        || matches!(
            failure.extended_code,
            ffi::SQLITE_IOERR_WRITE
                | ffi::SQLITE_IOERR_TRUNCATE
                | ffi::SQLITE_IOERR_SHMOPEN
                | ffi::SQLITE_IOERR_SHMSIZE
        )
}
