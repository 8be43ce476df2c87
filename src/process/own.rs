//! What this process knows and asks of itself.

use std::os::fd::AsRawFd as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::unistd::AccessFlags;
use tokio::signal::unix::{SignalKind, signal};

use super::interrupt::is_ignored;

/// The limit of open files that this process was started with, where it has raised it.
static OPEN_FILES_BEFORE: OnceLock<(u64, u64)> = OnceLock::new();

/// Raises the limit of open files to what the system allows; what it refuses is left as it is.
/// Children ([`super::Group`]) get the old limit: there are programs that close, or allocate for,
/// every descriptor that they may have.
pub fn raise_open_files_limit() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
        && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok()
    {
        let _ = OPEN_FILES_BEFORE.set((soft, hard));
    }
}

/// Lets a child have the limit of open files that we were started with.
#[expect(unsafe_code, reason = "only between fork and exec can a child's limits be set")]
pub(super) fn restore_open_files_limit(command: &mut Command) {
    let Some(&(soft, hard)) = OPEN_FILES_BEFORE.get() else { return };
    // SAFETY: one system call between fork and exec; nothing is allocated, no lock is taken.
    unsafe {
        command.pre_exec(move || Ok(setrlimit(Resource::RLIMIT_NOFILE, soft, hard)?));
    }
}

/// How many descriptors this process may have open.
pub fn open_files_limit() -> Option<u64> {
    getrlimit(Resource::RLIMIT_NOFILE).ok().map(|(soft, _)| soft)
}

/// The lowest number that no descriptor of this process has: the one that the next one gets. `None`
/// where there is none left.
pub fn lowest_free_descriptor() -> Option<u64> {
    let probe = rustix::io::fcntl_dupfd_cloexec(std::io::stderr(), 0).ok()?;
    u64::try_from(probe.as_raw_fd()).ok()
}

/// From now on a write beyond the limit on the size of files (`ulimit -f`) fails, as one to a full disk
/// does, and no longer kills (SIGXFSZ). Within a runtime. Children get the signal's default action;
/// where it is ignored, it stays so for them too.
pub fn outlive_file_size_limit() {
    let kind = SignalKind::from_raw(Signal::SIGXFSZ as i32);
    if !is_ignored(kind) {
        // The handler is never removed; without one the default action stays.
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

/// This program, to be started again. Where its file has been replaced or removed (an upgrade) it is
/// the very program that runs: what it starts understands it.
pub fn own_program() -> std::io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    // The kernel's name for it is then `PATH (deleted)`, which is no file; the link still leads there.
    let itself = Path::new("/proc/self/exe");
    Ok(if !path.exists() && itself.exists() { itself.to_owned() } else { path })
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
