//! Identifies a process beyond its pid.

use std::fs;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

#[cfg(target_os = "linux")]
use super::pidfd;
use super::port::ProcessInfo;
#[cfg(target_os = "linux")]
use super::stat::Stat;

/// A process of this or an earlier boot. A pid can be reused; the combination of pid, start time
/// and boot cannot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The kernel's random id of this boot; empty if there is none.
    pub boot_id: String,
    /// The process id.
    pub pid: u32,
    /// When it started, in clock ticks after boot; 0 if the system does not tell.
    pub start_time: u64,
}

impl Identity {
    /// The process that has this pid now, zombies included. `None` if there is none.
    pub fn of(pid: u32) -> Option<Self> {
        #[cfg(target_os = "linux")]
        let start_time = Stat::of(pid)?.start_time;
        #[cfg(not(target_os = "linux"))]
        let start_time = answers(pid).then_some(0)?;
        Some(Self { boot_id: boot_id(), pid, start_time })
    }

    /// This process.
    pub fn own() -> Self {
        let pid = std::process::id();
        Self::of(pid).unwrap_or_else(|| Self { boot_id: boot_id(), pid, start_time: 0 })
    }

    /// Whether it still runs: same boot, same pid, same start time, and not a zombie.
    pub fn is_alive(&self) -> bool {
        if self.boot_id != boot_id() {
            return false;
        }
        #[cfg(target_os = "linux")]
        return Stat::of(self.pid)
            .is_some_and(|stat| !stat.zombie && stat.start_time == self.start_time);
        #[cfg(not(target_os = "linux"))]
        answers(self.pid)
    }

    /// Its command line, arguments separated by spaces, while it runs.
    pub fn command(&self) -> Option<String> {
        let info = ProcessInfo::of(self.pid)?;
        // Checked after reading: the pid may have been reused before.
        self.is_alive().then_some(info.command)
    }

    /// Asks the process to end (SIGTERM, and SIGCONT in case it is stopped). Never hits another
    /// process with the same pid.
    pub fn terminate(&self) {
        self.signal(Signal::SIGTERM);
        self.signal(Signal::SIGCONT);
    }

    /// Kills the process (SIGKILL). Never hits another process with the same pid.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    fn signal(&self, signal: Signal) {
        #[cfg(target_os = "linux")]
        if let Some(handle) = pidfd::open(self.pid) {
            // The handle refers to the process that has the pid now; if that is the right one, it
            // remains so.
            if self.is_alive() {
                pidfd::signal(&handle, signal);
            }
            return;
        }
        if self.is_alive() {
            let pid = nix::unistd::Pid::from_raw(self.pid.cast_signed());
            let _ = nix::sys::signal::kill(pid, signal);
        }
    }
}

/// Resolves when the process has ended, whether or not it is our child; at once if it already has.
///
/// Uses a pidfd if the kernel supports it, otherwise checks once a second.
pub async fn exit_of(process: Identity) {
    #[cfg(target_os = "linux")]
    if let Some(handle) = pidfd::open(process.pid).and_then(pidfd::watch)
        && process.is_alive()
        && handle.readable().await.is_ok()
    {
        return;
    }
    while process.is_alive() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Ends processes in good order: SIGTERM (and SIGCONT) to each, up to `grace` for all to exit, then
/// SIGKILL to the rest. Returns the processes that still run a second after that.
pub async fn end(processes: &[Identity], grace: Duration) -> Vec<Identity> {
    for process in processes {
        process.terminate();
    }
    wait_for_end(processes, grace).await;
    kill(processes).await
}

/// Like [`end`], but with SIGKILL at once.
pub(super) async fn kill(processes: &[Identity]) -> Vec<Identity> {
    for process in processes {
        process.kill();
    }
    wait_for_end(processes, Duration::from_secs(1)).await;
    processes.iter().filter(|process| process.is_alive()).cloned().collect()
}

async fn wait_for_end(processes: &[Identity], within: Duration) {
    let all = async {
        for process in processes {
            exit_of(process.clone()).await;
        }
    };
    let _ = tokio::time::timeout(within, all).await;
}

fn boot_id() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    id.trim_end().to_owned()
}

#[cfg(not(target_os = "linux"))]
fn answers(pid: u32) -> bool {
    use nix::errno::Errno;
    let pid = nix::unistd::Pid::from_raw(pid.cast_signed());
    matches!(nix::sys::signal::kill(pid, None), Ok(()) | Err(Errno::EPERM))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command};
    use std::time::Instant;

    struct Sleeper(Child);

    impl Sleeper {
        fn new(script: &str) -> Self {
            Self(Command::new("sh").args(["-c", script]).spawn().unwrap())
        }

        fn identity(&self) -> Identity {
            Identity::of(self.0.id()).unwrap()
        }
    }

    impl Drop for Sleeper {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn this_process_is_alive_and_its_pid_alone_does_not_identify_it() {
        let own = Identity::own();
        assert!(own.is_alive());
        assert!(own.command().is_some_and(|command| !command.is_empty()));
        let recycled = Identity { start_time: own.start_time + 1, ..own.clone() };
        assert!(!recycled.is_alive());
        assert_eq!(recycled.command(), None);
        assert!(!Identity { boot_id: "another".into(), ..own }.is_alive());
        // Without the check, this would kill the test itself.
        recycled.kill();
    }

    #[test]
    fn a_zombie_is_dead() {
        let mut child = Sleeper::new("exit 0");
        let identity = child.identity();
        block_on(exit_of(identity.clone()));
        assert!(!identity.is_alive());
        // None of this has reaped the child.
        assert!(child.0.wait().unwrap().success());
        assert_eq!(Identity::of(identity.pid), None);
    }

    #[test]
    fn the_exit_of_a_process_is_reported_at_once() {
        let child = Sleeper::new("exec sleep 600");
        let identity = child.identity();
        block_on(async {
            let mut exit = Box::pin(exit_of(identity.clone()));
            let early = tokio::time::timeout(Duration::from_millis(20), &mut exit).await;
            assert!(early.is_err(), "it still runs");
            identity.kill();
            let killed = Instant::now();
            tokio::time::timeout(Duration::from_secs(20), exit).await.unwrap();
            assert!(killed.elapsed() < Duration::from_millis(900), "{:?}", killed.elapsed());
        });
    }

    #[test]
    fn the_process_of_a_reused_pid_counts_as_ended() {
        let own = Identity::own();
        let recycled = Identity { start_time: own.start_time + 1, ..own };
        block_on(async { tokio::time::timeout(Duration::from_secs(20), exit_of(recycled)).await })
            .unwrap();
    }

    #[test]
    fn a_process_that_is_stopped_or_ignores_term_is_ended() {
        let stopped = Sleeper::new("kill -STOP $$; sleep 600");
        let deaf = Sleeper::new("trap '' TERM; while :; do sleep 0.01; done");
        let all = [stopped.identity(), deaf.identity()];
        assert_eq!(block_on(end(&all, Duration::from_millis(50))), []);
        assert!(all.iter().all(|process| !process.is_alive()));
    }
}
