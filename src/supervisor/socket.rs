//! What makes this supervisor the only one: the lock that it holds until it exits, the socket, and
//! the readiness report to the process that started it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::net::UnixListener;

use super::paths::Paths;
use crate::process;

/// Why a supervisor cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another supervisor holds the lock.
    #[error("{ALREADY_RUNNING}{}", .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    AlreadyRunning {
        /// Its process id, if the lock file tells.
        pid: Option<u32>,
    },
    /// The lock or the socket cannot be created.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
}

pub(super) const ALREADY_RUNNING: &str = "a supervisor is already running";

/// Identifies the file at a path: a new file of the same name has another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of(metadata: &fs::Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }

    /// The id of the file at `path`; links are not followed.
    fn at(path: &Path) -> Option<Self> {
        fs::symlink_metadata(path).ok().map(|it| Self::of(&it))
    }
}

/// State of the supervisor's files in the runtime directory.
#[derive(Debug)]
pub(super) enum Place {
    /// Lock and socket are in place.
    Ours,
    /// Something was removed and has been restored; listen on this socket from now on.
    Restored(UnixListener),
    /// Another supervisor has taken over the directory.
    Taken,
    /// Something was removed and cannot be restored now.
    Lost(String),
}

/// How long a supervisor at a replaced socket may take to answer.
const PROBE: Duration = Duration::from_secs(1);

/// The socket, and the lock that makes it ours. Dropping this removes the socket if it is still the
/// same file; the lock ends with the process, however that exits.
#[derive(Debug)]
pub(super) struct ServerSocket {
    paths: Paths,
    socket: Option<FileId>,
    // Released after the socket is removed: the next holder of the lock finds no socket.
    lock: File,
}

impl ServerSocket {
    /// Takes the supervisor's lock, removes a socket that an earlier supervisor left, and listens.
    pub(super) fn bind(paths: &Paths) -> Result<(Self, UnixListener), BindError> {
        let lock = take_lock(paths)?;
        let mut it = Self { paths: paths.clone(), socket: None, lock };
        // Nobody listens on an existing socket: a listener would hold the lock.
        let listener = it.listen()?;
        Ok((it, listener))
    }

    /// Creates the socket, replacing an existing one.
    fn listen(&mut self) -> Result<UnixListener, BindError> {
        let path = self.paths.socket();
        let failed = |error| BindError::Io { path: path.clone(), error };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed)?;
        self.socket = FileId::at(&path);
        // Not essential: the directory already keeps others out.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(listener)
    }

    /// Checks that lock and socket are still ours; restores what was removed, unless another
    /// supervisor has taken over.
    pub(super) async fn check(&mut self) -> Place {
        let lock = self.lock.metadata().ok().map(|it| FileId::of(&it));
        let locked = lock.is_some() && FileId::at(&self.paths.lock()) == lock;
        let socket = FileId::at(&self.paths.socket());
        if locked && socket.is_some() && socket == self.socket {
            return Place::Ours;
        }
        // A process that answers at the socket is alive, even if another has the lock.
        if socket.is_some() && socket != self.socket && answers(&self.paths.socket()).await {
            return Place::Taken;
        }
        if !locked {
            // The directory may be removed as well; create and check it as for a new supervisor.
            if let Err(error) = Paths::new(self.paths.base()) {
                return Place::Lost(error.to_string());
            }
            match take_lock(&self.paths) {
                Ok(lock) => self.lock = lock,
                Err(BindError::AlreadyRunning { .. }) => return Place::Taken,
                Err(error @ BindError::Io { .. }) => return Place::Lost(error.to_string()),
            }
            if FileId::at(&self.paths.socket()) == self.socket && self.socket.is_some() {
                return Place::Ours;
            }
        }
        match self.listen() {
            Ok(listener) => Place::Restored(listener),
            Err(error) => Place::Lost(error.to_string()),
        }
    }
}

/// Whether a process accepts connections on that socket, or does not refuse them within the time
/// limit.
async fn answers(path: &Path) -> bool {
    let connected = tokio::time::timeout(PROBE, tokio::net::UnixStream::connect(path)).await;
    !matches!(connected, Ok(Err(_)))
}

/// Takes the supervisor's lock, and writes this process's id into it.
fn take_lock(paths: &Paths) -> Result<File, BindError> {
    loop {
        let lock_path = paths.lock();
        let failed = |path: PathBuf| move |error| BindError::Io { path, error };
        let mut lock = open_lock(&lock_path).map_err(failed(lock_path.clone()))?;
        // A client that checks whether the lock is taken holds it for a moment.
        let mut attempts = 20;
        while let Err(error) = lock.try_lock() {
            match error {
                TryLockError::WouldBlock if attempts > 0 => {
                    attempts -= 1;
                    std::thread::sleep(Duration::from_millis(2));
                }
                TryLockError::WouldBlock => {
                    return Err(BindError::AlreadyRunning { pid: holder(&lock) });
                }
                TryLockError::Error(error) => return Err(failed(lock_path)(error)),
            }
        }
        // For people, and for the error message of a second supervisor.
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", std::process::id()))
            .map_err(failed(lock_path))?;
        // If the file was removed or replaced since it was opened, its lock locks nobody out.
        let id = lock.metadata().ok().map(|it| FileId::of(&it));
        if id.is_some() && FileId::at(&paths.lock()) == id {
            return Ok(lock);
        }
    }
}

impl Drop for ServerSocket {
    fn drop(&mut self) {
        let path = self.paths.socket();
        // Compare by inode: the same name could be a successor's socket.
        if self.socket.is_some() && FileId::at(&path) == self.socket {
            let _ = fs::remove_file(&path);
        }
        let _ = self.lock.unlock();
    }
}

pub(super) fn open_lock(path: &std::path::Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// State of the supervisor's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockState {
    /// There is no lock file.
    Missing,
    /// The lock is not held.
    Free,
    /// A supervisor holds the lock: this process, if known for certain.
    Held(Option<u32>),
}

/// The state of the supervisor's lock now. Creates nothing.
pub(super) fn lock_state(paths: &Paths) -> io::Result<LockState> {
    let lock = match OpenOptions::new().read(true).open(paths.lock()) {
        Ok(lock) => lock,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(LockState::Missing),
        Err(error) => return Err(error),
    };
    match lock.try_lock_shared() {
        Ok(()) => Ok(LockState::Free),
        Err(TryLockError::WouldBlock) => Ok(LockState::Held(holder(&lock))),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The process id in a supervisor's lock file, if that process has the file open: otherwise it may
/// have exited, belong to another PID namespace, or be reused.
fn holder(mut lock: &File) -> Option<u32> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    let pid = text.trim().parse().ok()?;
    process::has_open(pid, lock).unwrap_or(true).then_some(pid)
}

/// Set for a supervisor that was started in the background: its standard output goes to the
/// starter, who waits for its report.
pub(super) const REPORT_VARIABLE: &str = "WATCHDOG_REPORT";

pub(super) const READY: &str = "ready";

pub(super) const FAILED: &str = "failed: ";

/// The report that a supervisor in the background could not be started, with the reason: one line
/// on standard output.
pub fn failure(reason: &str) -> String {
    let line: String = reason.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{FAILED}{line}\n")
}

/// Reports to the process that started this supervisor in the background. Without one, nothing is
/// written. If this value is dropped without a report, the starter sees that as a failure.
#[derive(Debug)]
pub struct Readiness(bool);

impl Readiness {
    /// Reads from the environment whether a starter waits.
    pub fn from_env() -> Self {
        Self(std::env::var_os(REPORT_VARIABLE).is_some())
    }

    /// Whether a starter waits: this supervisor was started on demand.
    pub fn is_awaited(&self) -> bool {
        self.0
    }

    /// Reports that the supervisor listens.
    pub fn ready(self) {
        self.report(&format!("{READY}\n"));
    }

    /// Reports that the supervisor cannot run; `reason` is the sentence for the user.
    pub fn failed(self, reason: &str) {
        self.report(&failure(reason));
    }

    fn report(self, words: &str) {
        if self.0 {
            // The starter may have been killed meanwhile; nothing is lost then.
            let mut out = io::stdout();
            let _ = out.write_all(words.as_bytes()).and_then(|()| out.flush());
            let _ = process::stdout_to_null();
        }
    }
}
