//! The supervisor's side of being the only one: the lock that it holds for its life, the socket,
//! and the word to whoever started it.

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

/// Which file a path leads to: another one of the same name is another file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    fn of(metadata: &fs::Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }

    /// Of what is there now, links not followed.
    fn at(path: &Path) -> Option<Self> {
        fs::symlink_metadata(path).ok().map(|it| Self::of(&it))
    }
}

/// What became of the supervisor's place in the runtime directory.
#[derive(Debug)]
pub(super) enum Place {
    /// Lock and socket are where they were.
    Ours,
    /// Something was gone and is there again; what is to be listened on from now on.
    Restored(UnixListener),
    /// Another supervisor has it.
    Taken,
    /// Something is gone and cannot be put back now.
    Lost(String),
}

/// How long whoever has our place may take to answer.
const PROBE: Duration = Duration::from_secs(1);

/// The socket, and the lock that says whose it is. The socket is removed when this is dropped, if it is
/// still this one; the lock goes with the process, however it ends.
#[derive(Debug)]
pub(super) struct ServerSocket {
    paths: Paths,
    socket: Option<FileId>,
    // After the socket: whoever gets the lock next finds it gone.
    lock: File,
}

impl ServerSocket {
    /// Takes the supervisor's lock, removes a socket that an earlier one left, and listens.
    pub(super) fn bind(paths: &Paths) -> Result<(Self, UnixListener), BindError> {
        let lock = take_lock(paths)?;
        let mut it = Self { paths: paths.clone(), socket: None, lock };
        // Nobody listens on it: who does has the lock.
        let listener = it.listen()?;
        Ok((it, listener))
    }

    /// Makes the socket, in the place of one that is there.
    fn listen(&mut self) -> Result<UnixListener, BindError> {
        let path = self.paths.socket();
        let failed = |error| BindError::Io { path: path.clone(), error };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed)?;
        self.socket = FileId::at(&path);
        // The directory keeps others out already.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(listener)
    }

    /// Whether lock and socket are still ours; what is gone is put back, unless another supervisor has
    /// the place.
    pub(super) async fn check(&mut self) -> Place {
        let lock = self.lock.metadata().ok().map(|it| FileId::of(&it));
        let locked = lock.is_some() && FileId::at(&self.paths.lock()) == lock;
        let socket = FileId::at(&self.paths.socket());
        if locked && socket.is_some() && socket == self.socket {
            return Place::Ours;
        }
        // Whoever answers there lives, whoever has the lock.
        if socket.is_some() && socket != self.socket && answers(&self.paths.socket()).await {
            return Place::Taken;
        }
        if !locked {
            // The directory may be gone as well; it is made and checked as for a new supervisor.
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

/// Whether somebody accepts connections on that socket, or keeps us waiting for it.
async fn answers(path: &Path) -> bool {
    let connected = tokio::time::timeout(PROBE, tokio::net::UnixStream::connect(path)).await;
    !matches!(connected, Ok(Err(_)))
}

/// Takes the supervisor's lock, and enters this process as its holder.
fn take_lock(paths: &Paths) -> Result<File, BindError> {
    loop {
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
        // Removed, or another one's, since it was opened: then it locks nobody out.
        let id = lock.metadata().ok().map(|it| FileId::of(&it));
        if id.is_some() && FileId::at(&paths.lock()) == id {
            return Ok(lock);
        }
    }
}

impl Drop for ServerSocket {
    fn drop(&mut self) {
        let path = self.paths.socket();
        // By its name alone it could be a successor's.
        if self.socket.is_some() && FileId::at(&path) == self.socket {
            let _ = fs::remove_file(&path);
        }
        let _ = self.lock.unlock();
    }
}

pub(super) fn open_lock(path: &std::path::Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// Who has the supervisor's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LockState {
    /// There is no lock file.
    Missing,
    /// Nobody has it.
    Free,
    /// A supervisor has it: this process, where that is certain.
    Held(Option<u32>),
}

/// Who has the supervisor's lock now. Makes nothing.
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

/// The process in a supervisor's lock file, if it has that file open: the number may be of one that has
/// ended, of another PID namespace, or somebody else's by now.
fn holder(mut lock: &File) -> Option<u32> {
    let mut text = String::new();
    lock.read_to_string(&mut text).ok()?;
    let pid = text.trim().parse().ok()?;
    process::has_open(pid, lock).unwrap_or(true).then_some(pid)
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

    /// Whether somebody waits: this supervisor is started on demand.
    pub fn is_awaited(&self) -> bool {
        self.0
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
