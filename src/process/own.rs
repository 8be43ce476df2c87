//! What this process knows and asks of itself.

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::AccessFlags;
use tokio::signal::unix::{SignalKind, signal};

use super::interrupt::is_ignored;

/// Raises the limit of open files to what the system allows; what it refuses is left as it is.
pub fn raise_open_files_limit() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
    {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}

/// From now on a write beyond the limit on the size of files (`ulimit -f`) fails, as one to a full disk
/// does, and no longer kills (SIGXFSZ). Within a runtime. Children get the signal's default action;
/// where it is ignored, it stays so for them too.
pub fn outlive_file_size_limit() {
    let kind = SignalKind::from_raw(Signal::SIGXFSZ as i32);
    if !is_ignored(kind) {
        // A handler stays for the life of the process, whoever listens; without one, all is as it was.
        let _ = signal(kind);
    }
}

/// Whether the system would let this process write to that file, or make files in that directory.
pub fn may_write(path: &std::path::Path) -> bool {
    // The rights that count, which those of the real user may not be.
    nix::unistd::faccessat(AT_FDCWD, path, AccessFlags::W_OK, AtFlags::AT_EACCESS).is_ok()
}

/// Whether this process's parent is still the one of this number: a child whose parent has ended is
/// given to another.
pub fn has_parent(pid: u32) -> bool {
    u32::try_from(nix::unistd::getppid().as_raw()) == Ok(pid)
}

/// The guard that this process was started by, if it was: its parent, by its command line.
pub fn guard_pid() -> Option<u32> {
    let parent = u32::try_from(nix::unistd::getppid().as_raw()).ok()?;
    let guard = super::processes().into_iter().find(|process| process.pid == parent)?;
    guard.command.split(' ').nth(1).is_some_and(|word| word == "guard").then_some(parent)
}

/// The home that the user database has for this user; `None` where it has none.
pub fn user_home() -> Option<std::path::PathBuf> {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok()??;
    (user.dir.is_absolute()).then_some(user.dir)
}
