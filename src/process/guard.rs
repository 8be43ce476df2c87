//! The guard: the parent of a supervisor, a minimal init process. When the supervisor has ended for
//! whatever reason, the guard ends all processes that it left, and then exits.
//!
//! On Linux it needs no list of processes: it is the subreaper of everything below it, so every
//! orphan becomes its child, even in another session. For systems without subreapers see
//! `guard_pipe`.

use std::io::{self, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::process::Command;

/// Runs `supervisor` to its end, ends all processes that it left, and returns the exit code that a
/// shell would report. SIGTERM, SIGINT and SIGHUP are passed on to it as SIGTERM.
///
/// Takes over this process, its signals and all its children: call it first in a process that has
/// one thread, does nothing else, and exits afterwards. Only the supervisor keeps the standard
/// output.
pub fn guard(supervisor: Command) -> io::Result<u8> {
    #[cfg(target_os = "linux")]
    return linux::guard(supervisor);
    #[cfg(not(target_os = "linux"))]
    super::guard_pipe::guard(supervisor)
}

/// Set by a guard that has to be notified of process groups: the supervisor's standard input is the
/// connection to it.
pub(super) const LINE: &str = "WATCHDOG_GUARD_LINE";

/// The supervisor's connection to a guard that cannot see the supervisor's descendants. Does
/// nothing under a guard that can, and without one.
#[derive(Debug)]
pub struct GuardLine(Option<UnixStream>);

impl GuardLine {
    /// The connection to the guard that started this process.
    pub fn from_env() -> Self {
        let line = std::env::var_os(LINE).and_then(|_| {
            let stdin = io::stdin().as_fd().try_clone_to_owned().ok()?;
            Some(UnixStream::from(stdin))
        });
        Self(line)
    }

    /// A process group was started: it must end when we do.
    pub fn started(&mut self, pgid: u32) {
        self.send(&format!("+{pgid}\n"));
    }

    /// A process group has ended: its id may be reused.
    pub fn ended(&mut self, pgid: u32) {
        self.send(&format!("-{pgid}\n"));
    }

    fn send(&mut self, words: &str) {
        if let Some(line) = &mut self.0 {
            // If the guard is gone, the message is lost.
            let _ = line.write_all(words.as_bytes());
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use nix::errno::Errno;
    use nix::sys::signal::{SigSet, Signal, kill};
    use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
    use nix::unistd::Pid;

    use super::super::{daemon, group, tree};

    pub(super) fn guard(mut command: Command) -> io::Result<u8> {
        // If it is ignored, as some parents leave it, we would get no exit status.
        daemon::reset(Signal::SIGCHLD)?;
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        // Blocked signals stay pending until they are fetched: this needs no handler and loses
        // none.
        let signals: SigSet = [Signal::SIGCHLD, Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP]
            .into_iter()
            .collect();
        signals.thread_block()?;
        // In its own group: signals from a terminal reach only us, and are passed on once.
        command.process_group(0);
        unblock(&mut command, signals);
        group::die_with_parent(&mut command, rustix::process::Signal::TERM);
        let supervisor = Pid::from_raw(command.spawn()?.id().cast_signed());
        drop(command);
        daemon::stdout_to_null()?;

        let code = loop {
            if let Some(code) = reap(supervisor)? {
                break code;
            }
            if signals.wait()? != Signal::SIGCHLD {
                // The supervisor is not reaped yet, so the pid is still its own.
                let _ = kill(supervisor, Signal::SIGTERM);
            }
        };
        end_the_rest()?;
        Ok(code)
    }

    /// Reaps exited children; returns the supervisor's exit code if it was among them.
    fn reap(supervisor: Pid) -> io::Result<Option<u8>> {
        let mut code = None;
        loop {
            match waitid(Id::All, WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG) {
                Ok(WaitStatus::Exited(pid, status)) if pid == supervisor => {
                    code = Some(u8::try_from(status).unwrap_or(1));
                }
                Ok(WaitStatus::Signaled(pid, signal, _)) if pid == supervisor => {
                    code = u8::try_from(128 + signal as i32).ok();
                }
                Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => return Ok(code),
                Ok(_) | Err(Errno::EINTR) => {}
                // Reaped, but ended by a signal without a name (a real-time one). It was the
                // supervisor if that no longer exists.
                Err(Errno::EINVAL) => {
                    if supervisor.as_raw() > 0 && kill(supervisor, None) == Err(Errno::ESRCH) {
                        code = Some(1);
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Kills our children until there are none. The children of each one that ends become ours, so
    /// that finally all our descendants have ended.
    fn end_the_rest() -> io::Result<()> {
        let own = std::process::id();
        loop {
            for child in tree::children(own) {
                // Only we can reap the child, so the pid is still its own.
                let _ = kill(Pid::from_raw(child.cast_signed()), Signal::SIGKILL);
            }
            match waitid(Id::All, WaitPidFlag::WEXITED) {
                Ok(_) | Err(Errno::EINTR | Errno::EINVAL) => {}
                Err(Errno::ECHILD) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            // pid 0: reap any child that has exited.
            reap(Pid::from_raw(0))?;
        }
    }

    #[expect(unsafe_code, reason = "only between fork and exec can a child's signal mask be set")]
    fn unblock(command: &mut Command, signals: SigSet) {
        // SAFETY: one system call between fork and exec; nothing is allocated, no lock is taken.
        unsafe {
            command.pre_exec(move || Ok(signals.thread_unblock()?));
        }
    }
}
