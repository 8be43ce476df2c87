//! Which process is meant, not only which number it has.

use std::fs;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

#[cfg(target_os = "linux")]
use super::pidfd;
use super::port::ProcessInfo;
#[cfg(target_os = "linux")]
use super::stat::Stat;

/// A process of this or of an earlier life of the machine. Numbers are given again; a number, a
/// start time and a boot together are not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The kernel's random name for this run of the machine; empty where there is none.
    pub boot_id: String,
    /// The process id.
    pub pid: u32,
    /// When it started, in clock ticks since the machine did; 0 where the system does not tell.
    pub start_time: u64,
}

impl Identity {
    /// Of the process that has this number now, a zombie too. `None` where there is none.
    pub fn of(pid: u32) -> Option<Self> {
        #[cfg(target_os = "linux")]
        let start_time = Stat::of(pid)?.start_time;
        #[cfg(not(target_os = "linux"))]
        let start_time = answers(pid).then_some(0)?;
        Some(Self { boot_id: boot_id(), pid, start_time })
    }

    /// Of this process.
    pub fn own() -> Self {
        let pid = std::process::id();
        Self::of(pid).unwrap_or_else(|| Self { boot_id: boot_id(), pid, start_time: 0 })
    }

    /// Whether it still runs: same boot, same number, same start time, and no zombie.
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

    /// Its command line, arguments separated by a space, while it runs.
    pub fn command(&self) -> Option<String> {
        let info = ProcessInfo::of(self.pid)?;
        // Asked for after reading: the number may have been given to another one before.
        self.is_alive().then_some(info.command)
    }

    /// Asks it to end (SIGTERM, and SIGCONT for one that is stopped). Never hits another process
    /// that was given the same number.
    pub fn terminate(&self) {
        self.signal(Signal::SIGTERM);
        self.signal(Signal::SIGCONT);
    }

    /// Ends it (SIGKILL). Never hits another process that was given the same number.
    pub fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    fn signal(&self, signal: Signal) {
        #[cfg(target_os = "linux")]
        if let Some(handle) = pidfd::open(self.pid) {
            // The handle is of whoever has the number now; if that is the one, it stays the one.
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

/// Resolves when the process has ended, be it our child or not; at once if it has already.
///
/// By a handle of the process where the kernel has them, else by looking once a second.
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

/// Ends processes in good order: SIGTERM (and SIGCONT) to each, up to `grace` for all of them to
/// go, then SIGKILL to those that are left. Returns those that outlived even that by more than a
/// second.
pub async fn end(processes: &[Identity], grace: Duration) -> Vec<Identity> {
    for process in processes {
        process.terminate();
    }
    gone(processes, grace).await;
    kill(processes).await
}

/// [`end`] without the good order.
pub(super) async fn kill(processes: &[Identity]) -> Vec<Identity> {
    for process in processes {
        process.kill();
    }
    gone(processes, Duration::from_secs(1)).await;
    processes.iter().filter(|process| process.is_alive()).cloned().collect()
}

async fn gone(processes: &[Identity], within: Duration) {
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
    fn this_process_is_alive_and_its_number_alone_is_not_it() {
        let own = Identity::own();
        assert!(own.is_alive());
        assert!(own.command().is_some_and(|command| !command.is_empty()));
        let recycled = Identity { start_time: own.start_time + 1, ..own.clone() };
        assert!(!recycled.is_alive());
        assert_eq!(recycled.command(), None);
        assert!(!Identity { boot_id: "another".into(), ..own }.is_alive());
        // Were this not checked, the test would end here.
        recycled.kill();
    }

    #[test]
    fn a_zombie_is_dead() {
        let mut child = Sleeper::new("exit 0");
        let identity = child.identity();
        block_on(exit_of(identity.clone()));
        assert!(!identity.is_alive());
        // It was not reaped by any of this.
        assert!(child.0.wait().unwrap().success());
        assert_eq!(Identity::of(identity.pid), None);
    }

    #[test]
    fn the_end_of_a_process_is_told_at_once() {
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
    fn the_end_of_a_recycled_number_was_long_ago() {
        let own = Identity::own();
        let recycled = Identity { start_time: own.start_time + 1, ..own };
        block_on(async { tokio::time::timeout(Duration::from_secs(20), exit_of(recycled)).await })
            .unwrap();
    }

    #[test]
    fn one_that_is_stopped_or_ignores_term_is_ended() {
        let stopped = Sleeper::new("kill -STOP $$; sleep 600");
        let deaf = Sleeper::new("trap '' TERM; while :; do sleep 0.01; done");
        let all = [stopped.identity(), deaf.identity()];
        assert_eq!(block_on(end(&all, Duration::from_millis(50))), []);
        assert!(all.iter().all(|process| !process.is_alive()));
    }
}
