//! The supervisor's side of being the only one: the lock that it holds for its life, the socket,
//! and the word to whoever started it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::time::Duration;

use tokio::net::UnixListener;

use super::paths::Paths;
use crate::process;

/// Why a supervisor cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another one has the lock.
    #[error("{ALREADY_RUNNING}{}", .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    AlreadyRunning {
        /// Its process id, where its file says so.
        pid: Option<u32>,
    },
    /// The lock or the socket cannot be made.
    #[error("{path}: {error}")]
    Io {
        /// Which one.
        path: PathBuf,
        /// The system's answer.
        error: io::Error,
    },
}

pub(super) const ALREADY_RUNNING: &str = "a supervisor is already running";

/// The socket, and the lock that says whose it is. The socket is removed when this is dropped;
/// the lock goes with the process, however it ends.
#[derive(Debug)]
pub(super) struct ServerSocket {
    listener: UnixListener,
    path: PathBuf,
    // After the socket: whoever gets the lock next finds it gone.
    lock: File,
}

impl ServerSocket {
    /// Takes the supervisor's lock, removes a socket that an earlier one left, and listens.
    pub(super) fn bind(paths: &Paths) -> Result<Self, BindError> {
        let lock_path = paths.lock();
        let failed = |path: PathBuf| move |error| BindError::Io { path, error };
        let mut lock = open_lock(&lock_path).map_err(failed(lock_path.clone()))?;
        // A client that looks whether it is taken holds it for a moment.
        let mut looks = 20;
        while let Err(error) = lock.try_lock() {
            match error {
                TryLockError::WouldBlock if looks > 0 => {
                    looks -= 1;
                    std::thread::sleep(Duration::from_millis(2));
                }
                TryLockError::WouldBlock => {
                    return Err(BindError::AlreadyRunning { pid: holder(&lock) });
                }
                TryLockError::Error(error) => return Err(failed(lock_path)(error)),
            }
        }
        // For people, and for the message of a second one.
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .map_err(failed(lock_path))?;
        let path = paths.socket();
        // Nobody listens on it: who does has the lock.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed(path)(error));
            }
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed(path.clone()))?;
        // The directory keeps others out already.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
            .map_err(failed(path.clone()))?;
        Ok(Self { listener, path, lock })
    }

    /// What to accept connections from.
    pub(super) fn listener(&self) -> &UnixListener {
        &self.listener
    }
}

impl Drop for ServerSocket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
        let _ = self.lock.unlock();
    }
}

pub(super) fn open_lock(path: &std::path::Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// `None` where no supervisor has the lock; else its process id, where it is known.
#[expect(clippy::option_option, reason = "held or not, and by whom where that is known")]
pub(super) fn lock_holder(paths: &Paths) -> io::Result<Option<Option<u32>>> {
    let lock = open_lock(&paths.lock())?;
    match lock.try_lock() {
        Ok(()) => Ok(None),
        Err(TryLockError::WouldBlock) => Ok(Some(holder(&lock))),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The process id in a supervisor's lock file.
pub(super) fn holder(mut lock: &File) -> Option<u32> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Set for a supervisor that was started in the background: its standard output goes to the
/// starter, who waits for a word.
pub(super) const REPORT_VARIABLE: &str = "WATCHDOG_REPORT";

pub(super) const READY: &str = "ready";

pub(super) const FAILED: &str = "failed: ";

/// The word that says that a supervisor in the background could not be started, and why: one line
/// on the standard output.
pub fn failure(reason: &str) -> String {
    let line: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{FAILED}{line}\n")
}

/// The word to whoever started this supervisor in the background. Without one, nothing is said.
/// If it is dropped without a word, the starter sees that as a failure.
#[derive(Debug)]
pub struct Readiness(bool);

impl Readiness {
    /// Whether somebody waits is in the environment.
    pub fn from_env() -> Self {
        Self(std::env::var_os(REPORT_VARIABLE).is_some())
    }

    /// It listens.
    pub fn ready(self) {
        self.say(&format!("{READY}\n"));
    }

    /// It cannot run; `reason` is the sentence for the user.
    pub fn failed(self, reason: &str) {
        self.say(&failure(reason));
    }

    fn say(self, words: &str) {
        if self.0 {
            // The starter may have been killed meanwhile: nobody to tell, and no harm.
            let mut out = io::stdout();
            let _ = out.write_all(words.as_bytes()).and_then(|()| out.flush());
            let _ = process::stdout_to_null();
        }
    }
}
