//! Properties and limits of this process.

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

/// The limit of open files with which this process was started, if it has raised it.
static OPEN_FILES_BEFORE: OnceLock<(u64, u64)> = OnceLock::new();

/// Raises the limit of open files to the maximum allowed; if that fails it stays as it is. Children
/// ([`super::Group`]) get the old limit, because some programs close, or allocate memory for, every
/// possible descriptor.
pub fn raise_open_files_limit() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
        && soft < hard
        && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok()
    {
        let _ = OPEN_FILES_BEFORE.set((soft, hard));
    }
}

/// Gives a child the limit of open files with which we were started.
#[expect(unsafe_code, reason = "only between fork and exec can a child's limits be set")]
pub(super) fn restore_open_files_limit(command: &mut Command) {
    let Some(&(soft, hard)) = OPEN_FILES_BEFORE.get() else { return };
    // SAFETY: one system call between fork and exec; nothing is allocated, no lock is taken.
    unsafe {
        command.pre_exec(move || Ok(setrlimit(Resource::RLIMIT_NOFILE, soft, hard)?));
    }
}

/// The maximum number of open descriptors of this process.
pub fn open_files_limit() -> Option<u64> {
    getrlimit(Resource::RLIMIT_NOFILE).ok().map(|(soft, _)| soft)
}

/// The lowest unused descriptor of this process, which the next file will get. `None` if none is
/// left.
pub fn lowest_free_descriptor() -> Option<u64> {
    let probe = rustix::io::fcntl_dupfd_cloexec(std::io::stderr(), 0).ok()?;
    u64::try_from(probe.as_raw_fd()).ok()
}

/// Makes a write beyond the limit on file size (`ulimit -f`) fail, like one to a full disk, instead
/// of killing this process (SIGXFSZ). Needs a runtime. Children get the signal's default action; if
/// it is ignored, it stays ignored for them too.
pub fn outlive_file_size_limit() {
    let kind = SignalKind::from_raw(Signal::SIGXFSZ as i32);
    if !is_ignored(kind) {
        // The handler is never removed; without one the default action stays.
        let _ = signal(kind);
    }
}

/// Whether this process has permission to write to that file, or to create files in that directory.
pub fn may_write(path: &std::path::Path) -> bool {
    // Effective permissions: those of the real user may differ.
    nix::unistd::faccessat(AT_FDCWD, path, AccessFlags::W_OK, AtFlags::AT_EACCESS).is_ok()
}

/// Whether this process's parent still has this pid: a child whose parent has ended gets another
/// one.
pub fn has_parent(pid: u32) -> bool {
    u32::try_from(nix::unistd::getppid().as_raw()) == Ok(pid)
}

/// The path of this program, to start it again. If its file has been replaced or removed (by an
/// upgrade), this is the running program itself, so that both speak the same protocol.
pub fn own_program() -> std::io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    // The kernel then reports `PATH (deleted)`, which is not a file; the link still leads to the
    // program.
    let itself = Path::new("/proc/self/exe");
    Ok(if !path.exists() && itself.exists() { itself.to_owned() } else { path })
}

/// The pid of the guard that started this process, if any: its parent, recognized by its command
/// line.
pub fn guard_pid() -> Option<u32> {
    let parent = u32::try_from(nix::unistd::getppid().as_raw()).ok()?;
    let guard = super::processes().into_iter().find(|process| process.pid == parent)?;
    guard.command.split(' ').nth(1).is_some_and(|word| word == "guard").then_some(parent)
}

/// The user's home directory in the user database; `None` if it has none.
pub fn user_home() -> Option<std::path::PathBuf> {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok()??;
    (user.dir.is_absolute()).then_some(user.dir)
}
