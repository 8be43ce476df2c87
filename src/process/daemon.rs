//! A process that outlives us: nothing ties it to our terminal, directory or open files.

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
    /// The other end of its standard output, by which it says that it is ready, or why not. It
    /// ends when all who hold it have ended or let go of it ([`stdout_to_null`]).
    pub report: Receiver,
}

/// Starts `command` in a session of its own, in `/`, with files for its user only (umask 077),
/// with no file of ours open, no signal ignored or blocked, input from /dev/null, output to a
/// pipe that is the caller's to read, and errors to `log` or nowhere.
///
/// It is still our child, reaped by the runtime if it ends before we do.
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

/// Lets go of the standard output: whoever reads it sees its end.
pub fn stdout_to_null() -> io::Result<()> {
    Ok(nix::unistd::dup2_stdout(OpenOptions::new().write(true).open("/dev/null")?)?)
}

/// A new session, and nothing inherited that a shell or a script may have left to us.
#[expect(
    unsafe_code,
    reason = "only between fork and exec can a child's session and signals be set"
)]
fn forget_all(command: &mut Command) {
    // What Rust opens closes at exec. What we inherited does not: a lock that a script holds as
    // descriptor 9 must not be held on by a background process.
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

/// Those that shells, `nohup` and service managers set to be ignored.
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

/// Gives a signal its default action again.
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
    fn it_is_tied_to_nothing_of_ours() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let told = runtime.block_on(async {
            // As if a script had left it to us.
            let left = File::open("/dev/null").unwrap();
            rustix::io::fcntl_setfd(&left, rustix::io::FdFlags::empty()).unwrap();
            let left = left.as_raw_fd();
            let mut command = Command::new("sh");
            command.arg("-c").arg(format!(
                "pwd; umask; ps -o pid=,sid= -p $$ | awk '{{print $1 == $2}}'; \
                 [ -e /proc/$$/fd/{left} ] && echo open; readlink /proc/$$/fd/0 /proc/$$/fd/2"
            ));
            let mut detached = spawn_detached(command, None).unwrap();
            let mut told = String::new();
            detached.report.read_to_string(&mut told).await.unwrap();
            told
        });
        assert_eq!(told, "/\n0077\n1\n/dev/null\n/dev/null\n");
    }
}
