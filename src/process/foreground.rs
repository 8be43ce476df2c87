//! Runs a program in our own process group, in the foreground of the same terminal.

use std::io::{self, IsTerminal as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::interrupt::{Interrupt, Interrupted};

/// Runs `command` to its end and returns the exit code that a shell would report: its own, or 128
/// plus the number of the signal that ended it. Signals that reach us are passed on, except Ctrl-C
/// on a terminal, which the terminal sends to both.
pub async fn run_foreground(command: Command) -> io::Result<u8> {
    let mut interrupt = Interrupt::listen()?;
    let mut child = tokio::process::Command::from(command).kill_on_drop(true).spawn()?;
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
    let status = loop {
        tokio::select! {
            status = child.wait() => break status?,
            signal = interrupt.next() => {
                let signal = match signal {
                    Interrupted::Int if io::stdin().is_terminal() => continue,
                    Interrupted::Int => Signal::SIGINT,
                    Interrupted::Term => Signal::SIGTERM,
                    Interrupted::Hup => Signal::SIGHUP,
                };
                // The child is not reaped yet (`wait` would have resolved), so the pid is still its
                // own.
                if let Some(pid) = pid {
                    let _ = kill(pid, signal);
                }
            }
        }
    };
    Ok(exit_code(status))
}

pub(super) fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
}
