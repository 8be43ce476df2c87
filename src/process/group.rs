//! A child in its own process group, ended as a group and reaped last.
//!
//! The order matters everywhere here: the leader is *waited for* without being reaped, the rest of
//! its group is killed, and only then is the leader reaped. As long as the leader is a zombie, its
//! pid, which is the group's id, cannot be reused, so the kill cannot hit another process.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};
use std::sync::OnceLock;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rustix::process::{WaitId, WaitIdOptions, waitid};
#[cfg(target_os = "linux")]
use tokio::io::unix::AsyncFd;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::watch;

#[cfg(target_os = "linux")]
use super::pidfd;

/// A running child, the leader of its own process group. Dropping it kills the whole group.
#[derive(Debug)]
pub struct Group {
    child: Child,
    pgid: Pid,
    reaped: bool,
    #[cfg(target_os = "linux")]
    pidfd: Option<AsyncFd<std::os::fd::OwnedFd>>,
    /// Without a pidfd: a single thread waits for the exit, however many callers there are.
    waiter: OnceLock<watch::Receiver<bool>>,
}

/// How often, and at what interval, a group is checked for being stopped.
const FREEZE_TRIES: u32 = 250;
const FREEZE_PAUSE: Duration = Duration::from_millis(2);

impl Group {
    /// Starts `command` as the leader of a new process group.
    ///
    /// On Linux the child is also killed by the kernel when the *thread* that calls this ends,
    /// so call it from a thread that lives as long as the program (a current-thread runtime on
    /// the main thread does).
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        command.process_group(0);
        super::own::restore_open_files_limit(&mut command);
        #[cfg(target_os = "linux")]
        die_with_parent(&mut command, rustix::process::Signal::KILL);
        let child = command.spawn()?;
        let pgid = Pid::from_raw(child.id().cast_signed());
        Ok(Self {
            #[cfg(target_os = "linux")]
            pidfd: pidfd::open(child.id()).and_then(pidfd::watch),
            child,
            pgid,
            reaped: false,
            waiter: OnceLock::new(),
        })
    }

    /// The leader's process id, which is also the group's id.
    pub fn id(&self) -> u32 {
        self.pgid.as_raw().cast_unsigned()
    }

    /// Takes the child's standard input, if it was piped.
    pub fn stdin(&mut self) -> io::Result<Option<ChildStdin>> {
        self.child.stdin.take().map(ChildStdin::from_std).transpose()
    }

    /// Takes the child's standard output, if it was piped.
    pub fn stdout(&mut self) -> io::Result<Option<ChildStdout>> {
        self.child.stdout.take().map(ChildStdout::from_std).transpose()
    }

    /// Takes the child's standard error, if it was piped.
    pub fn stderr(&mut self) -> io::Result<Option<ChildStderr>> {
        self.child.stderr.take().map(ChildStderr::from_std).transpose()
    }

    /// Resolves when the leader has exited. It stays a zombie, so the group's id stays taken.
    pub async fn exited(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if let Some(pidfd) = &self.pidfd {
            // A pidfd is readable from the moment its process is a zombie.
            let _ = pidfd.readable().await?;
            return Ok(());
        }
        let Some(leader) = self.leader() else { return Ok(()) };
        let wait = move |ended: &watch::Sender<bool>| {
            let flags = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            // Any other error means that the leader has been reaped.
            while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(leader), flags) {}
            ended.send_replace(true);
        };
        let waiter = self.waiter.get_or_init(|| {
            let (ended, waiter) = watch::channel(false);
            tokio::task::spawn_blocking(move || wait(&ended));
            waiter
        });
        // If the thread is gone, there is nothing to wait for.
        let _ = waiter.clone().wait_for(|ended| *ended).await;
        Ok(())
    }

    /// Kills the whole group, leader included, without reaping anything.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    /// Stops the group (SIGSTOP) and waits briefly until all its threads are stopped. Returns
    /// whether they are.
    pub async fn freeze(&self) -> bool {
        self.signal(Signal::SIGSTOP);
        for _ in 0..FREEZE_TRIES {
            if super::stat::group_is_stopped(self.id()) {
                return true;
            }
            tokio::time::sleep(FREEZE_PAUSE).await;
        }
        false
    }

    /// Kills the whole group, leader included, then reaps the leader and returns its exit status.
    pub fn finish(mut self) -> io::Result<ExitStatus> {
        self.signal(Signal::SIGKILL);
        let status = self.child.wait();
        self.reaped = true;
        status
    }

    /// Ends the group in good order: SIGTERM (and SIGCONT, in case it is stopped), up to `grace`
    /// for the leader to exit, then SIGKILL for the rest.
    pub async fn stop(self, grace: Duration) -> io::Result<ExitStatus> {
        self.signal(Signal::SIGTERM);
        self.signal(Signal::SIGCONT);
        // Whether or not it exited by itself, `finish` kills the rest.
        let _ = tokio::time::timeout(grace, self.exited()).await;
        self.finish()
    }

    /// Whether the leader has exited (this does not reap it).
    #[cfg(test)]
    pub fn has_exited(&self) -> bool {
        let flags = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        self.leader().is_none_or(|leader| !matches!(waitid(WaitId::Pid(leader), flags), Ok(None)))
    }

    fn leader(&self) -> Option<rustix::process::Pid> {
        rustix::process::Pid::from_raw(self.pgid.as_raw())
    }

    fn signal(&self, signal: Signal) {
        if !self.reaped {
            // ESRCH (no process left) is fine; EPERM means that a member changed its identity (a
            // setuid helper), and only root could end it.
            let _ = killpg(self.pgid, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.signal(Signal::SIGKILL);
            let _ = self.child.wait();
        }
    }
}

/// Asks the kernel to send `signal` to the child when its parent, which is the thread that spawns
/// it, dies for any reason.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "pre_exec is the only place from which to set PDEATHSIG")]
pub(super) fn die_with_parent(command: &mut Command, signal: rustix::process::Signal) {
    let parent = rustix::process::getpid();
    // SAFETY: the closure runs between fork and exec and makes two system calls through rustix,
    // which neither allocate nor take locks.
    unsafe {
        command.pre_exec(move || {
            rustix::process::set_parent_process_death_signal(Some(signal))?;
            // The parent may have died before the line above took effect.
            if rustix::process::getppid() == Some(parent) {
                Ok(())
            } else {
                Err(io::Error::from(Errno::ESRCH))
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;
    use std::os::unix::process::ExitStatusExt as _;
    use std::time::Instant;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
        command
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }

    /// Waits until the group has no process left.
    fn gone(pgid: u32) -> bool {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if killpg(Pid::from_raw(pgid.cast_signed()), None) == Err(Errno::ESRCH) {
                return true;
            }
            std::thread::yield_now();
        }
        false
    }

    #[test]
    fn the_exit_code_is_returned_and_the_leader_is_reaped_last() {
        runtime().block_on(async {
            let group = Group::spawn(shell("exit 7")).unwrap();
            group.exited().await.unwrap();
            assert!(group.has_exited());
            assert_eq!(group.finish().unwrap().code(), Some(7));
        });
    }

    #[test]
    fn children_that_a_leader_leaves_behind_are_killed() {
        use tokio::io::AsyncReadExt as _;
        runtime().block_on(async {
            let mut group = Group::spawn(shell("sleep 600 & echo started; exit 0")).unwrap();
            let pgid = group.id();
            let mut out = group.stdout().unwrap().unwrap();
            let mut word = [0; 7];
            out.read_exact(&mut word).await.unwrap();
            group.exited().await.unwrap();
            assert_eq!(group.finish().unwrap().code(), Some(0));
            // The sleeper holds our pipe open: EOF proves that it has ended.
            let mut rest = Vec::new();
            let ended = tokio::time::timeout(Duration::from_secs(20), out.read_to_end(&mut rest));
            assert_eq!(ended.await.expect("the sleeper lives on").unwrap(), 1);
            assert!(gone(pgid));
        });
    }

    #[test]
    fn a_leader_that_ignores_term_is_killed_with_its_group() {
        use tokio::io::AsyncReadExt as _;
        runtime().block_on(async {
            let script = "trap '' TERM; sh -c 'trap \"\" TERM; echo ready; sleep 600' & wait; wait";
            let mut group = Group::spawn(shell(script)).unwrap();
            let pgid = group.id();
            let mut out = group.stdout().unwrap().unwrap();
            let mut word = [0; 5];
            out.read_exact(&mut word).await.unwrap();
            let status = group.stop(Duration::from_millis(50)).await.unwrap();
            assert_eq!(status.signal(), Some(Signal::SIGKILL as i32));
            assert!(gone(pgid));
        });
    }

    #[test]
    fn a_stopped_leader_is_continued_to_receive_term() {
        runtime().block_on(async {
            let group = Group::spawn(shell("kill -STOP $$; sleep 600")).unwrap();
            let leader = group.leader().unwrap();
            waitid(WaitId::Pid(leader), WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT).unwrap();
            let status = group.stop(Duration::from_secs(20)).await.unwrap();
            assert_eq!(status.signal(), Some(Signal::SIGTERM as i32));
        });
    }

    #[test]
    fn dropping_the_value_ends_the_group() {
        runtime().block_on(async {
            let group = Group::spawn(shell("sleep 600 & sleep 600")).unwrap();
            let pgid = group.id();
            drop(group);
            assert!(gone(pgid));
        });
    }
}
