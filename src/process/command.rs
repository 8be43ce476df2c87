//! A user's command that runs while this process holds something for it.

use std::io::{self, IsTerminal as _};
#[cfg(target_os = "linux")]
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::process::Child;

use super::foreground::exit_code;
use super::interrupt::Interrupted;

/// A running command. On a terminal it shares our process group, so that the terminal's keys
/// (Ctrl-C, Ctrl-Z) reach it directly; otherwise it leads its own group, so that a signal that we
/// pass on reaches all its children.
#[derive(Debug)]
pub struct Attended {
    child: Child,
    pid: Pid,
    shares_terminal: bool,
}

impl Attended {
    /// Starts the command. On Linux the kernel sends it SIGTERM when the *thread* that calls this
    /// ends, so call it from a thread that lives as long as the program.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        let shares_terminal = io::stdin().is_terminal();
        end_with_parent(&mut command);
        let mut command = tokio::process::Command::from(command);
        if !shares_terminal {
            command.process_group(0);
        }
        let child = command.kill_on_drop(true).spawn()?;
        let pid = child.id().and_then(|id| i32::try_from(id).ok());
        let pid = Pid::from_raw(pid.ok_or_else(|| io::Error::other("it has no process id"))?);
        Ok(Self { child, pid, shares_terminal })
    }

    /// Waits for the exit; returns the exit code as a shell would report it. May be cancelled and
    /// called again.
    pub async fn wait(&mut self) -> io::Result<u8> {
        self.child.wait().await.map(exit_code)
    }

    /// Passes a signal on, except Ctrl-C on a terminal, which the terminal sends to both processes.
    pub fn pass_on(&self, signal: Interrupted) {
        let signal = match signal {
            Interrupted::Int if self.shares_terminal => return,
            Interrupted::Int => Signal::SIGINT,
            Interrupted::Term => Signal::SIGTERM,
            Interrupted::Hup => Signal::SIGHUP,
        };
        // After the child is reaped, its pid may belong to another process.
        if self.child.id().is_some() {
            let _ = if self.shares_terminal {
                kill(self.pid, signal)
            } else {
                killpg(self.pid, signal)
            };
        }
    }
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "pre_exec is the only place from which to set PDEATHSIG")]
fn end_with_parent(command: &mut Command) {
    let parent = rustix::process::getpid();
    // SAFETY: the closure runs between fork and exec and makes two system calls through rustix,
    // which neither allocate nor take locks.
    unsafe {
        command.pre_exec(move || {
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))?;
            // The parent may have died before the line above took effect.
            if rustix::process::getppid() == Some(parent) {
                Ok(())
            } else {
                Err(io::Error::from(nix::errno::Errno::ESRCH))
            }
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent(_command: &mut Command) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(std::process::Stdio::null());
        command
    }

    #[test]
    fn the_exit_code_is_returned() {
        runtime().block_on(async {
            let mut command = Attended::spawn(shell("exit 7")).unwrap();
            assert_eq!(command.wait().await.unwrap(), 7);
            assert_eq!(command.wait().await.unwrap(), 7);
        });
    }

    #[test]
    fn a_signal_is_passed_on() {
        runtime().block_on(async {
            let mut command = Attended::spawn(shell("sleep 600")).unwrap();
            command.pass_on(Interrupted::Term);
            assert_eq!(command.wait().await.unwrap(), 143);
            // No process is left that the signal could hit.
            command.pass_on(Interrupted::Term);
        });
    }
}
