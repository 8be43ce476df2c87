//! The path of the history, and the lock that processes taking snapshots hold.

use std::ffi::OsString;
use std::fmt::{self, Display};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::{RoundMode, Timestamp, TimestampRound};

use super::error::Error;
use crate::process::{Identity, may_write};

/// The environment variables that determine the history's path. Empty values count as absent.
#[derive(Debug, Clone, Default)]
pub struct Env {
    /// `$XDG_STATE_HOME`; ignored unless absolute, as the XDG Base Directory Specification says.
    pub xdg_state_home: Option<OsString>,
    /// `$HOME`.
    pub home: Option<OsString>,
    /// The home directory in the user database, for when `$HOME` is not set, as under some crons.
    pub user_home: Option<PathBuf>,
}

impl Env {
    /// The environment of this process.
    pub fn current() -> Self {
        Self {
            xdg_state_home: std::env::var_os("XDG_STATE_HOME"),
            home: std::env::var_os("HOME"),
            user_home: crate::process::user_home(),
        }
    }
}

/// The path of the database: `history.path` of the configuration, else
/// `$XDG_STATE_HOME/watchdog/history.db`, else `~/.local/state/watchdog/history.db`.
pub fn path(configured: Option<&Path>, env: &Env) -> Result<PathBuf, Error> {
    if let Some(path) = configured {
        return Ok(path.to_owned());
    }
    let absolute = |value: &Option<OsString>| {
        value.as_ref().map(PathBuf::from).filter(|path| path.is_absolute())
    };
    let state = absolute(&env.xdg_state_home).or_else(|| {
        let home = absolute(&env.home).or_else(|| env.user_home.clone())?;
        Some(home.join(".local").join("state"))
    });
    Ok(state.ok_or(Error::NoPlace)?.join("watchdog").join("history.db"))
}

/// Creates the directory of `path`, accessible to its user only; an existing one is left
/// unchanged.
pub(super) fn make_directory(path: &Path) -> Result<(), Error> {
    let Some(directory) = path.parent().filter(|it| !it.as_os_str().is_empty()) else {
        return Ok(());
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| Error::io(directory, error))
}

/// Creates the file, accessible to its user only; SQLite would make it readable by everybody.
pub(super) fn make_file(path: &Path) -> Result<(), Error> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(Error::io(path, error)),
        _ => Ok(()),
    }
}

/// The lock that processes taking snapshots hold, until it is dropped. The kernel releases it when
/// its process ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// Whether the file's contents are watchdog's, and may be overwritten.
    ours: bool,
}

/// The process that holds the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Described in words: `process 4242 since 2026-11-23T08:00:00Z`.
    Known(String),
    /// The recorded process is not running on this machine. A process that has just taken the lock
    /// records its name at once; one on another machine or in another container is never found
    /// here.
    Unknown,
}

impl Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(text) => text,
            Self::Unknown => "another process",
        })
    }
}

impl Holder {
    /// Reads the holder from the lock's file, in which a killed process leaves its name.
    fn named_in(file: &File) -> Self {
        let mut text = String::new();
        let _ = file.take(200).read_to_string(&mut text);
        let named = || {
            // A line without an end is still being written.
            let (line, _) = text.split_once('\n')?;
            let (pid, _) = line.strip_prefix("process ")?.split_once(' ')?;
            let alive = Identity::of(pid.parse().ok()?)?.is_alive();
            alive.then(|| Self::Known(line.to_owned()))
        };
        named().unwrap_or(Self::Unknown)
    }
}

impl Lock {
    /// Takes the lock next to the database at `path`, or returns its holder.
    pub fn take(path: &Path, now: Timestamp) -> Result<Result<Self, Holder>, Error> {
        make_directory(path)?;
        let path = beside(path, ".lock");
        let io = |error| Error::io(&path, error);
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            // A symbolic link leads to a foreign file, which is not the lock.
            .custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits())
            .open(&path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(Holder::named_in(&file))),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let second = TimestampRound::new().smallest(jiff::Unit::Second).mode(RoundMode::Floor);
        let since = now.round(second).unwrap_or(now);
        let line = format!("process {} since {since}\n", std::process::id());
        let mut before = Vec::new();
        let _ = (&file).take(8).read_to_end(&mut before);
        // The holder's name is informational: failing to write it (full disk) must not fail the
        // lock, and a foreign file is never overwritten.
        let ours = b"process ".starts_with(&before);
        if ours {
            let _ = file
                .set_len(0)
                .and_then(|()| (&file).rewind())
                .and_then(|()| (&file).write_all(line.as_bytes()));
        }
        Ok(Ok(Self { file, ours }))
    }
}

impl Drop for Lock {
    /// Clears the holder's name while the lock is still held, so that the next holder is not
    /// mistaken for this one.
    fn drop(&mut self) {
        if self.ours {
            let _ = self.file.set_len(0);
        }
    }
}

/// The size of the database with its journal, in bytes.
pub fn size(path: &Path) -> u64 {
    let of = |path: &Path| fs::metadata(path).map_or(0, |it| it.len());
    of(path) + of(&beside(path, "-wal"))
}

/// The file next to the database with `suffix` appended to its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The path that keeps this user from writing to the database at `path`: one of its files, or the
/// directory that it is in or would be created in. `None` if everything is writable.
pub fn locked(path: &Path) -> Option<PathBuf> {
    let files = ["", "-wal", "-shm"].map(|suffix| beside(path, suffix));
    if let Some(file) = files.into_iter().find(|it| it.exists() && !may_write(it)) {
        return Some(file);
    }
    let here = || Path::new(".");
    let above = path.ancestors().skip(1).map(|it| if it == "" { here() } else { it });
    let nearest = above.into_iter().find(|it| it.exists()).unwrap_or_else(here);
    // No file can be created in something that is not a directory.
    (!nearest.is_dir() || !may_write(nearest)).then(|| nearest.to_owned())
}

/// Converts an SQLite error about the database at `path`; if the database is read-only, the error
/// names the file or directory that is not writable.
pub(super) fn failed(path: &Path, error: rusqlite::Error) -> Error {
    match Error::sqlite(path, error) {
        Error::ReadOnly { path, .. } => {
            let locked = locked(&path).filter(|it| *it != path);
            Error::ReadOnly { path, locked }
        }
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_where() {
        let env = |state: &str, home: &str, user: &str| Env {
            xdg_state_home: Some(state.into()),
            home: Some(home.into()),
            user_home: (!user.is_empty()).then(|| PathBuf::from(user)),
        };
        let at = |env: &Env| path(None, env).map(|path| path.display().to_string()).ok();
        assert_eq!(at(&env("/s", "/h", "/u")).unwrap(), "/s/watchdog/history.db");
        assert_eq!(at(&env("s", "/h", "/u")).unwrap(), "/h/.local/state/watchdog/history.db");
        assert_eq!(at(&env("", "", "/u")).unwrap(), "/u/.local/state/watchdog/history.db");
        let nowhere = path(None, &env("", "", "")).unwrap_err().to_string();
        assert!(nowhere.contains("set history.path"), "{nowhere}");
        assert_eq!(path(Some(Path::new("x.db")), &env("", "", "")).unwrap(), Path::new("x.db"));
    }

    #[test]
    fn a_lock_names_its_holder() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/history.db");
        let now = "2026-11-23T08:00:00.5Z".parse().unwrap();
        let lock = Lock::take(&path, now).unwrap().unwrap();
        let holder = || Lock::take(&path, now).unwrap().unwrap_err();
        let text = format!("process {} since 2026-11-23T08:00:0", std::process::id());
        assert!(holder().to_string().starts_with(&text), "{:?}", holder());
        let file = beside(&path, ".lock");
        // The file's contents after locking but before the name is written, and those that a
        // killed process leaves.
        let mut dead = std::process::Command::new("true").spawn().unwrap();
        dead.wait().unwrap();
        let dead = format!("process {} since 2026-11-23T07:55:00Z\n", dead.id());
        for unnamed in ["", "process ", "process 1 since 2026", &dead] {
            fs::write(&file, unnamed).unwrap();
            assert_eq!(holder(), Holder::Unknown, "{unnamed:?}");
        }
        drop(lock);
        assert_eq!(fs::read(&file).unwrap(), b"", "nobody is named when nobody holds it");
        Lock::take(&path, now).unwrap().unwrap();
    }

    #[test]
    fn each_database_has_a_lock_of_its_own_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-11-23T08:00:00Z".parse().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::write(at("x.lock"), "a database").unwrap();
        let locks = ["x.db", "x.sqlite", "x", "x.lock"];
        let locks = locks.map(|name| Lock::take(&at(name), now).unwrap().unwrap());
        drop(locks);
        assert_eq!(fs::read(at("x.lock")).unwrap(), b"a database");
        fs::write(at("theirs"), "somebody's").unwrap();
        std::os::unix::fs::symlink(at("theirs"), at("y.db.lock")).unwrap();
        let error = Lock::take(&at("y.db"), now).unwrap_err().to_string();
        assert!(error.contains("y.db.lock: "), "{error}");
        assert_eq!(fs::read(at("theirs")).unwrap(), b"somebody's");
    }

    #[test]
    fn where_something_may_not_be_written() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(locked(&dir.path().join("state/watchdog/history.db")), None);
        assert_eq!(locked(Path::new("history.db")), None);
        fs::write(dir.path().join("file"), "").unwrap();
        assert_eq!(locked(&dir.path().join("file/deep/history.db")), Some(dir.path().join("file")));
    }
}
