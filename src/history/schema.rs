//! The tables, their version, and the way from each version to the next.
//!
//! Snapshots are numbered, and 64 consecutive ones are a bucket. Their scopes and outcomes are one
//! row of `bucket` (see `contents`). The readings of one HPA in a bucket are one row of `chunk`,
//! complete in itself: the first record has everything, the others what changed (see `codec`). So
//! an unchanged HPA costs one record per bucket, and old buckets can be deleted whole. Data that
//! seldom changes (specs, conditions, requests, the set of HPAs of a cluster) is a `part`, stored
//! once. `state` has the number of the last snapshot and the number of rows of `hpa`.
//!
//! Every row has a checksum (see `sum`), and missing rows are noticed: each bucket names the one
//! before it, and readers do not rely on indexes.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::error::{Error, Work};
use super::location;
use super::loss::{Losses, Lost, Where};

/// How many snapshots share a bucket.
pub(super) const BUCKET: i64 = 64;

/// "wdog": identifies the file, so that another program's database is not mistaken for a history.
const APPLICATION: i64 = 0x7764_6f67;

/// How long to wait for another writer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a reader that needs the database for itself waits for other processes to close it.
const PATIENCE_ALONE: Duration = Duration::from_secs(2);

/// The size to which the journal is truncated after it was written back, in bytes.
const JOURNAL: i64 = 4 << 20;

type Step = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// The Nth step upgrades to version N. Steps that were released never change.
const STEPS: &[Step] =
    &[|transaction| transaction.execute_batch(FIRST), super::upgrade::add_checksums];

const FIRST: &str = "
CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    taken_at INTEGER NOT NULL,
    scope INTEGER NOT NULL,
    hpas INTEGER NOT NULL
);
CREATE INDEX snapshot_time ON snapshot (taken_at);
CREATE TABLE cluster (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    context TEXT NOT NULL,
    server TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    UNIQUE (name, context, server)
);
CREATE TABLE outcome (
    cluster INTEGER NOT NULL,
    snapshot INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    position INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    roster INTEGER NOT NULL,
    kind TEXT,
    message INTEGER,
    PRIMARY KEY (cluster, snapshot)
) WITHOUT ROWID;
CREATE INDEX outcome_snapshot ON outcome (snapshot);
CREATE TABLE hpa (
    id INTEGER PRIMARY KEY,
    cluster TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    uid TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    UNIQUE (cluster, namespace, name, uid)
);
CREATE INDEX hpa_name ON hpa (name);
CREATE INDEX hpa_uid ON hpa (uid);
CREATE TABLE chunk (
    bucket INTEGER NOT NULL,
    hpa INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (bucket, hpa)
) WITHOUT ROWID;
CREATE TABLE part (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    body BLOB NOT NULL,
    bucket INTEGER NOT NULL
);
";

/// The latest version.
#[expect(clippy::cast_possible_wrap, reason = "there will never be that many")]
pub(super) const VERSION: i64 = STEPS.len() as i64;

/// The history database, open.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    is_alone: bool,
    /// The damaged data that was left out of answers so far.
    losses: RefCell<Losses>,
}

impl Store {
    /// Opens the database for writing; creates it, accessible to its user only, if it does not
    /// exist.
    pub fn open(path: &Path) -> Result<Self, Error> {
        location::make_directory(path)?;
        location::make_file(path)?;
        Self::is_there(path)?;
        Self::connect(path).map_err(|error| error.during(Work::Storing))
    }

    /// Opens the database for reading; returns [`Error::Missing`] if it does not exist.
    pub fn open_existing(path: &Path) -> Result<Self, Error> {
        Self::is_there(path)?;
        match Self::connect_reader(path) {
            // A database of an earlier version is upgraded by the first process that can write to
            // it.
            Err(older @ Error::Older { .. }) => match Self::connect(path) {
                Err(Error::ReadOnly { .. } | Error::Full { .. } | Error::Busy { .. }) => Err(older),
                opened => opened,
            },
            opened => opened,
        }
    }

    /// Checks that the file exists and is readable.
    pub(super) fn is_there(path: &Path) -> Result<(), Error> {
        // Opening the file gives the system's own error message.
        let file = std::fs::File::open(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::Missing { path: path.to_owned() },
            _ => Error::io(path, error),
        })?;
        match file.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                Err(Error::io(path, ErrorKind::IsADirectory.into()))
            }
            _ => Ok(()),
        }
    }

    /// Opens the database for reading, even in a read-only directory or on a full disk.
    fn connect_reader(path: &Path) -> Result<Self, Error> {
        let read_write = OpenFlags::SQLITE_OPEN_READ_WRITE;
        match Self::reader(path, path, read_write, Sharing::Shared) {
            Err(Error::ReadOnly { .. }) => {}
            // There is no room for the index of the journal, which processes share. A process that
            // has the database to itself needs no such file, and can still read the journal. A
            // process that already has it open has the file, or works without it and writes
            // nothing.
            Err(Error::Full { .. }) => match Self::reader(path, path, read_write, Sharing::Alone) {
                Err(Error::ReadOnly { .. } | Error::Full { .. } | Error::Busy { .. }) => {}
                opened => return opened,
            },
            opened => return opened,
        }
        match Self::reader(path, path, OpenFlags::SQLITE_OPEN_READ_ONLY, Sharing::Shared) {
            Err(Error::ReadOnly { .. } | Error::Full { .. }) => Self::open_immutable(path),
            opened => opened,
        }
    }

    /// Opens the database without creating any file next to it, which SQLite otherwise does even
    /// for reading. Possible if there is no journal: the database file is then complete.
    pub(super) fn open_immutable(path: &Path) -> Result<Self, Error> {
        let journal = location::beside(path, "-wal");
        if std::fs::metadata(&journal).is_ok_and(|it| it.len() > 0) {
            return Err(Error::Journal { path: path.to_owned(), journal });
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Self::reader(path, &uri(path, "immutable=1"), flags, Sharing::Shared)
    }

    pub(super) fn reader(
        path: &Path,
        name: &Path,
        flags: OpenFlags,
        sharing: Sharing,
    ) -> Result<Self, Error> {
        let connection = configured(path, name, flags, sharing)?;
        match current(&connection, path)? {
            VERSION => {
                let is_alone = sharing != Sharing::Shared;
                Ok(Self { connection, path: path.to_owned(), is_alone, losses: RefCell::default() })
            }
            // Another process has just begun to create the database.
            0 => Err(Error::Missing { path: path.to_owned() }),
            found => Err(Error::Older { path: path.to_owned(), found, known: VERSION }),
        }
    }

    /// Whether this process has the database to itself, as on a full disk. It must then be closed
    /// soon.
    pub fn is_alone(&self) -> bool {
        self.is_alone
    }

    /// The path of the database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(path: &Path) -> Result<Self, Error> {
        // Without CREATE: SQLite would create a file that everybody can read.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let mut connection = configured(path, path, flags, Sharing::Shared)?;
        migrate(&mut connection, path)?;
        Ok(Self { connection, path: path.to_owned(), is_alone: false, losses: RefCell::default() })
    }

    pub(super) fn error(&self, error: rusqlite::Error) -> Error {
        location::failed(&self.path, error)
    }

    /// The error for partial damage.
    pub(super) fn damaged(&self, what: impl Into<String>) -> Error {
        Error::Lost { path: self.path.clone(), what: what.into() }
    }

    pub(super) fn lose(&self, lost: Lost, place: Option<Where>) {
        self.losses.borrow_mut().add(lost, place);
    }

    /// Takes the losses since the last call: damaged data that was left out of the answers since.
    /// Callers that print an answer must print these too.
    pub fn take_losses(&self) -> Losses {
        self.losses.take()
    }
}

/// Whether others may have the database open at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sharing {
    /// Any number of processes, through a shared file of 32 KiB or more next to the database.
    Shared,
    /// Only this process, without that file.
    Alone,
    /// Like `Alone`, and the journal is not written back.
    AloneAndIdle,
}

/// Opens the database at `path`. `name` is what SQLite is given: the path or a URI.
fn configured(
    path: &Path,
    name: &Path,
    flags: OpenFlags,
    sharing: Sharing,
) -> Result<Connection, Error> {
    let sqlite = |error| location::failed(path, error);
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(name, flags).map_err(sqlite)?;
    let patience = match sharing {
        Sharing::Shared => PATIENCE,
        Sharing::Alone | Sharing::AloneAndIdle => PATIENCE_ALONE,
    };
    connection.busy_timeout(patience).map_err(sqlite)?;
    if sharing == Sharing::AloneAndIdle {
        let no_checkpoint = DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        connection.set_db_config(no_checkpoint, true).map_err(sqlite)?;
    }
    if sharing != Sharing::Shared {
        // Must be set before anything reads the file.
        connection
            .pragma_update_and_check(None, "locking_mode", "EXCLUSIVE", |_| Ok(()))
            .map_err(sqlite)?;
    }
    // In WAL mode, commits then do not wait for the disk: a power cut may lose the latest
    // snapshots, and nothing else.
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(sqlite)?;
    // Otherwise the journal would keep its size after a large deletion.
    connection.pragma_update(None, "journal_size_limit", JOURNAL).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(32);
    Ok(connection)
}

/// The URI of a database, with a parameter.
pub(super) fn uri(path: &Path, parameter: &str) -> PathBuf {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' => uri.push(char::from(*byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(*byte)),
            byte => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri.push('?');
    uri += parameter;
    uri.into()
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}

fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let sqlite = |error| location::failed(path, error);
    if current(connection, path)? == VERSION {
        return Ok(());
    }
    // Both settings are stored in the file. They cannot be set within a transaction, and have no
    // effect a second time.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(sqlite)?;
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(sqlite)?;
    tracing::debug!(%mode, path = %path.display(), "history");
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
    // Another process may have upgraded the database meanwhile.
    let found = current(&transaction, path)?;
    for step in STEPS.iter().skip(usize::try_from(found).unwrap_or_default()) {
        step(&transaction).map_err(sqlite)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION).map_err(sqlite)?;
    transaction.pragma_update(None, "user_version", VERSION).map_err(sqlite)?;
    transaction.commit().map_err(sqlite)
}

/// The version of a database: 0 for an empty file.
fn current(connection: &Connection, path: &Path) -> Result<i64, Error> {
    let sqlite = |error| location::failed(path, error);
    let found = number(connection, "user_version").map_err(sqlite)?;
    let application = number(connection, "application_id").map_err(sqlite)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(sqlite)?;
    match (application, found, tables) {
        (APPLICATION, 1..=VERSION, _) | (0, 0, 0) => Ok(found),
        (APPLICATION, found, _) if found > VERSION => {
            Err(Error::Newer { path: path.to_owned(), found, known: VERSION })
        }
        _ => Err(Error::damaged(path, "a database of another program")),
    }
}
