//! Starts a process that outlives this one, detached from our terminal, directory and open files.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use nix::sys::signal::{SigHandler, SigSet, Signal, signal};
use nix::sys::stat::{Mode, umask};
use tokio::net::unix::pipe::Receiver;

/// A detached process that was just started.
#[derive(Debug)]
pub struct Detached {
    /// Its process id.
    pub pid: u32,
    /// The read end of its standard output, on which it reports that it is ready, or why not. It
    /// ends when all processes that hold the other end have ended or closed it
    /// ([`stdout_to_null`]).
    pub report: Receiver,
}

/// Starts `command` in its own session, in `/`, with umask 077, with none of our files open and no
/// signal ignored or blocked; its input is /dev/null, its output a pipe that the caller reads, and
/// its errors go to `log` or nowhere.
///
/// The process is still our child; the runtime reaps it if it ends before us.
pub fn spawn_detached(mut command: Command, log: Option<File>) -> io::Result<Detached> {
    let (read, write) = io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(write)
        .stderr(log.map_or_else(Stdio::null, Stdio::from))
        .current_dir("/");
    forget_all(&mut command);
    let child = tokio::process::Command::from(command).spawn()?;
    let pid = child.id().ok_or_else(|| io::Error::other("it has no process id"))?;
    Ok(Detached { pid, report: Receiver::from_owned_fd(OwnedFd::from(read))? })
}

/// Closes the standard output: its reader sees the end.
pub fn stdout_to_null() -> io::Result<()> {
    Ok(nix::unistd::dup2_stdout(OpenOptions::new().write(true).open("/dev/null")?)?)
}

/// Creates a new session, and resets what a shell or a script may have passed on to us.
#[expect(
    unsafe_code,
    reason = "only between fork and exec can a child's session and signals be set"
)]
fn forget_all(command: &mut Command) {
    // Files opened by Rust close at exec, inherited ones do not: a lock that a script holds as
    // descriptor 9 must not be kept by a background process.
    let inherited = open_files();
    // SAFETY: the closure runs between fork and exec and makes system calls only: it neither
    // allocates nor takes locks. The descriptors are only marked, not closed, and a number that
    // is no longer open is answered with an error.
    unsafe {
        command.pre_exec(move || {
            rustix::process::setsid()?;
            umask(Mode::S_IRWXG | Mode::S_IRWXO);
            for signal in ALL {
                reset(signal)?;
            }
            SigSet::empty().thread_set_mask()?;
            for &file in &inherited {
                let file = std::os::fd::BorrowedFd::borrow_raw(file);
                let _ = rustix::io::fcntl_setfd(file, rustix::io::FdFlags::CLOEXEC);
            }
            Ok(())
        });
    }
}

/// Signals that shells, `nohup` and service managers may set to be ignored.
const ALL: [Signal; 11] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGPIPE,
    Signal::SIGALRM,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGCHLD,
    Signal::SIGTTIN,
    Signal::SIGTTOU,
];

/// Restores a signal's default action.
#[expect(unsafe_code, reason = "handlers are process-wide state")]
pub(super) fn reset(which: Signal) -> io::Result<()> {
    // SAFETY: no handler is installed, only the default action.
    unsafe { signal(which, SigHandler::SigDfl) }?;
    Ok(())
}

/// The descriptors that are open above standard error.
fn open_files() -> Vec<RawFd> {
    let Ok(entries) = fs::read_dir("/dev/fd") else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let standard = io::stderr().as_raw_fd();
    numbers.filter(|&number| number > standard).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    #[test]
    fn a_detached_process_inherits_nothing_from_us() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let report = runtime.block_on(async {
            // As if we had inherited it from a script.
            let left = File::open("/dev/null").unwrap();
            rustix::io::fcntl_setfd(&left, rustix::io::FdFlags::empty()).unwrap();
            let left = left.as_raw_fd();
            let mut command = Command::new("sh");
            command.arg("-c").arg(format!(
                "pwd; umask; ps -o pid=,sid= -p $$ | awk '{{print $1 == $2}}'; \
                 [ -e /proc/$$/fd/{left} ] && echo open; readlink /proc/$$/fd/0 /proc/$$/fd/2"
            ));
            let mut detached = spawn_detached(command, None).unwrap();
            let mut report = String::new();
            detached.report.read_to_string(&mut report).await.unwrap();
            report
        });
        assert_eq!(report, "/\n0077\n1\n/dev/null\n/dev/null\n");
    }
}
