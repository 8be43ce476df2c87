//! The guard: the parent of a supervisor, a minimal init process. When the supervisor has ended for
//! whatever reason, the guard ends all processes that it left, and then exits.
//!
//! On Linux it needs no list of processes: it is the subreaper of everything below it, so every
//! orphan becomes its child, even in another session. For systems without subreapers see
//! `guard_pipe`.

use std::io;
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
