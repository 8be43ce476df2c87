//! What can go wrong with the database, in words for a person.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};

use super::reference::Moment;

/// Why the history cannot be read or written. What was in it stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no directory to put it in.
    #[error(
        "no place for the history: neither $XDG_STATE_HOME nor $HOME is set, and the user database \
         has no home for this user; set history.path in the configuration"
    )]
    NoPlace,
    /// There is no history yet.
    #[error("no history at {}; watchdog snapshot take begins one", .path.display())]
    Missing {
        /// Where it would be.
        path: PathBuf,
    },
    /// No snapshot is named so.
    #[error("no such snapshot: {moment} (watchdog snapshot list shows which exist)")]
    NoSnapshot {
        /// As it was named.
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
    /// The file or its directory cannot be made, opened or locked.
    #[error("history {}: {error}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file that is something else, or what is left of a history.
    #[error("{} is not a watchdog history, or is damaged ({detail}); move it aside to start a new one", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A history of which a part is damaged.
    #[error("history {} is damaged: {what} cannot be read; the rest can", .path.display())]
    Lost {
        /// The file.
        path: PathBuf,
        /// What is lost.
        what: String,
    },
    /// Written by a later version of watchdog.
    #[error(
        "history {} has schema {found}, and this watchdog knows up to {known}: a newer version wrote it",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The latest schema that is known.
        known: i64,
    },
    /// Written by an earlier version of watchdog, and only read now.
    #[error(
        "history {} has schema {found}, and this watchdog reads {known}: the next watchdog history or snapshot take that may write it brings it up to date",
        .path.display()
    )]
    Older {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The schema that is read.
        known: i64,
    },
    /// In a place that may not be written, with a journal that would have to be.
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
        /// For what.
        work: Work,
    },
    /// It may only be read.
    #[error("history {}: {}", .path.display(), in_the_way(.path, .locked.as_deref()))]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What of it may not be written, where it is not the file itself.
        locked: Option<PathBuf>,
    },
    /// Somebody else writes for too long.
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

/// What may not be written, in words. SQLite makes its files beside the database with the
/// database's rights, and one of them may have stayed when those were changed.
fn in_the_way(path: &Path, locked: Option<&Path>) -> String {
    match locked {
        Some(locked) if path.parent() != Some(locked) => {
            format!("{} may not be written; make it yours to write", locked.display())
        }
        _ => "it may not be written (read-only file, directory or disk)".to_owned(),
    }
}

/// What was being done.
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
    /// What it means for this work that there is no room.
    fn costs(self) -> &'static str {
        match self {
            Self::Reading => ", of which SQLite needs some even to read it",
            Self::Storing => "; nothing of this was stored",
            Self::Deleting => " to work in; nothing was deleted: make some room first",
        }
    }
}

impl Error {
    /// That this was being done.
    pub(super) fn during(self, work: Work) -> Self {
        match self {
            Self::Full { path, .. } => Self::Full { path, work },
            error => error,
        }
    }

    /// What SQLite reported of the database at `path`; [`location::failed`](super::location::failed) also
    /// finds out what may not be written.
    pub(super) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let Some(failure) = error.sqlite_error() else {
            return match error {
                // A column of another type than any that is written.
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
            // What is asked is right: where a table or a column is missing, it was there once.
            ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::Unknown => {
                Self::Damaged { path, detail: error.to_string() }
            }
            // What can be opened, but not by SQLite, has no room for its journal beside it.
            ErrorCode::ReadOnly | ErrorCode::CannotOpen => Self::ReadOnly { path, locked: None },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy { path },
            _ => Self::Other { path, error },
        }
    }

    pub(super) fn damaged(path: &Path, detail: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), detail: detail.into() }
    }

    /// Whether it is damaged, wholly or in part.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Lost { .. })
    }

    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.to_owned(), error }
    }
}

/// Whether there is no room. Beyond a limit on the size of files the system says "too large", which
/// SQLite calls a failed write, here or in the file that it shares between processes.
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
