//! Ends processes that this process did not start: by the group of a known leader, or by a mark,
//! which is an environment variable that all their descendants inherit, even in other sessions.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use super::identity::{self, Identity};
use super::{stat, tree};

/// This user's processes that were started with `name=value` in their environment, except this one.
/// Uses /proc, so it finds none on systems other than Linux.
pub fn marked(name: &str, value: &str) -> Vec<Identity> {
    let own = std::process::id();
    let mark = format!("{name}={value}");
    let carries = |pid: u32| {
        // Root may read the environment of other users' processes.
        let ours = fs::metadata(format!("/proc/{pid}")).is_ok_and(|it| it.uid() == super::uid());
        ours && environment(pid).split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes())
    };
    let found = stat::pids().into_iter().filter(|&pid| pid != own).filter_map(|pid| {
        // Identity first: then the environment is that of this process, or the process has ended.
        let identity = Identity::of(pid)?;
        (carries(pid) && identity.is_alive()).then_some(identity)
    });
    found.collect()
}

/// The environment with which a process was started. During an exec neither environment nor command
/// line can be read: then both are read again, for as long as an exec may take on a busy machine.
fn environment(pid: u32) -> Vec<u8> {
    const KTHREADD: u32 = 2;
    let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
    for _ in 0..200 {
        let environment = read("environ");
        if !environment.is_empty() {
            return environment;
        }
        if !read("cmdline").is_empty() {
            // The process has no environment, or the exec finished in between.
            return read("environ");
        }
        let stat = stat::Stat::of(pid);
        // Kernel threads and ended processes never have one.
        let exec = stat.is_some_and(|it| !it.zombie && it.parent != KTHREADD && pid != KTHREADD);
        if !exec {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Vec::new()
}

/// The result of [`end_marked`] or [`end_group`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// The processes that have ended, with their command lines.
    pub ended: Vec<(Identity, String)>,
    /// The processes that could not be ended.
    pub left: Vec<Identity>,
}

/// Ends all processes that [`marked`] finds: SIGTERM, SIGCONT, up to `grace`, SIGKILL; then
/// repeats, because an ending process may start others, until none is found (at most ten times).
pub async fn end_marked(name: &str, value: &str, grace: Duration) -> Ended {
    let mut result = Ended::default();
    for round in 0..10 {
        let found = marked(name, value);
        if found.is_empty() {
            result.left.clear();
            break;
        }
        for process in &found {
            if !result.ended.iter().any(|(known, _)| known == process) {
                result.ended.push((process.clone(), process.command().unwrap_or_default()));
            }
        }
        // Only the first ones get a SIGTERM: later ones were started in reaction to it, and are
        // killed.
        result.left = if round == 0 {
            identity::end(&found, grace).await
        } else {
            identity::kill(&found).await
        };
    }
    result.ended.retain(|(process, _)| !result.left.contains(process));
    result
}

/// Ends the process group that `leader` leads: SIGTERM, SIGCONT, up to `grace`, SIGKILL for the
/// rest. Does nothing if the leader has ended, because the group's id may have been reused.
pub async fn end_group(leader: &Identity, grace: Duration) -> Ended {
    let mut result = Ended::default();
    let mut known = tree::members(leader.pid);
    if !known.contains(leader) {
        known.push(leader.clone());
    }
    // Checked after reading the members: while the leader lived, they were in its group.
    if !leader.is_alive() {
        return result;
    }
    let command = |process: &Identity| (process.clone(), process.command().unwrap_or_default());
    result.ended = known.iter().map(command).collect();
    result.left = identity::end(&known, grace).await;
    // Others may have been started meanwhile. It is certainly the same group only while a known
    // member is in it.
    for _ in 0..10 {
        let members = tree::members(leader.pid);
        if !members.iter().any(|member| known.contains(member)) {
            break;
        }
        let new = members.iter().filter(|member| !known.contains(member));
        result.ended.extend(new.clone().map(command));
        known.extend(new.cloned().collect::<Vec<_>>());
        result.left = identity::kill(&members).await;
    }
    result.ended.retain(|(process, _)| !result.left.contains(process));
    result
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    #[test]
    fn all_processes_with_the_mark_are_ended_and_no_others() {
        let value = format!("mark-{}", std::process::id());
        // An orphaned grandchild in its own session that ignores TERM; a second one that starts
        // another process on TERM.
        let script = "\
            setsid sh -c 'trap \"\" TERM; echo up; while :; do sleep 0.05; done' & \
            setsid sh -c 'trap \"setsid sleep 600 & exit\" TERM; echo up; while :; do sleep 0.05; done' & \
            exit 0";
        let mut parent = Command::new("sh")
            .args(["-c", script])
            .env("WATCHDOG_TEST_MARK", &value)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut other = Command::new("sleep")
            .arg("600")
            .env("WATCHDOG_TEST_MARK", format!("{value}0"))
            .spawn()
            .unwrap();
        let lines = BufReader::new(parent.stdout.take().unwrap()).lines();
        assert_eq!(lines.take(2).map(Result::unwrap).collect::<Vec<_>>(), ["up", "up"]);
        parent.wait().unwrap();

        assert!(marked("WATCHDOG_TEST_MARK", &value).len() >= 2);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let grace = Duration::from_millis(200);
        let ended = runtime.block_on(end_marked("WATCHDOG_TEST_MARK", &value, grace));
        assert_eq!(ended.left, []);
        assert!(ended.ended.iter().any(|(_, command)| command == "sleep 600"), "{ended:?}");
        assert_eq!(marked("WATCHDOG_TEST_MARK", &value), []);
        assert!(Identity::of(other.id()).unwrap().is_alive());
        other.kill().unwrap();
        other.wait().unwrap();
    }
}
