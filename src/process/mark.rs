//! Processes that were not started by this one and have to go: by the group of a leader that is
//! known, or by a mark, which is a variable in the environment that they were started with and
//! that whatever they start inherits, other sessions and forgotten grandchildren included.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use super::identity::{self, Identity};
use super::{stat, tree};

/// This user's processes with `name=value` in the environment that they were started with, save
/// this one. From /proc, so on Linux only; elsewhere none.
pub fn marked(name: &str, value: &str) -> Vec<Identity> {
    let own = std::process::id();
    let mark = format!("{name}={value}");
    let carries = |pid: u32| {
        // Root may read everybody's.
        let ours = fs::metadata(format!("/proc/{pid}")).is_ok_and(|it| it.uid() == super::uid());
        ours && environment(pid).split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes())
    };
    let found = stat::pids().into_iter().filter(|&pid| pid != own).filter_map(|pid| {
        // Identity first: it is then the one whose environment is read, or one that is gone.
        let identity = Identity::of(pid)?;
        (carries(pid) && identity.is_alive()).then_some(identity)
    });
    found.collect()
}

/// The environment that a process was started with. In the middle of an exec there is none to be
/// read, nor a command line: then both are looked for again, for as long as an exec may take on a
/// machine that is busy.
fn environment(pid: u32) -> Vec<u8> {
    const KTHREADD: u32 = 2;
    let read = |name: &str| fs::read(format!("/proc/{pid}/{name}")).unwrap_or_default();
    for _ in 0..200 {
        let environment = read("environ");
        if !environment.is_empty() {
            return environment;
        }
        if !read("cmdline").is_empty() {
            // One without an environment, or the exec was over in between.
            return read("environ");
        }
        let stat = stat::Stat::of(pid);
        // A thread of the kernel never has any, nor has what has ended.
        let exec = stat.is_some_and(|it| !it.zombie && it.parent != KTHREADD && pid != KTHREADD);
        if !exec {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Vec::new()
}

/// What [`end_marked`] or [`end_group`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// What is gone, with the command line that it had.
    pub ended: Vec<(Identity, String)>,
    /// What could not be ended.
    pub left: Vec<Identity>,
}

/// Ends all that [`marked`] finds: SIGTERM, SIGCONT, up to `grace`, SIGKILL; then looks again,
/// because what ends may start something, until nothing is found (ten times at most).
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
        // Only the first ones are asked: who starts more when asked to end has had its chance.
        result.left = if round == 0 {
            identity::end(&found, grace).await
        } else {
            identity::kill(&found).await
        };
    }
    result.ended.retain(|(process, _)| !result.left.contains(process));
    result
}

/// Ends the process group that `leader` leads: SIGTERM, SIGCONT, up to `grace`, SIGKILL for what is
/// left. Does nothing where the leader has ended: its group's number may then be another's.
pub async fn end_group(leader: &Identity, grace: Duration) -> Ended {
    let mut result = Ended::default();
    let mut known = tree::members(leader.pid);
    if !known.contains(leader) {
        known.push(leader.clone());
    }
    // Asked after the members were read: as long as the leader lived, they were its.
    if !leader.is_alive() {
        return result;
    }
    let command = |process: &Identity| (process.clone(), process.command().unwrap_or_default());
    result.ended = known.iter().map(command).collect();
    result.left = identity::end(&known, grace).await;
    // Some may have been started meanwhile. The group is still the same one only as long as
    // somebody is in it who was.
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
    fn all_that_carries_the_mark_is_ended_and_nothing_else() {
        let value = format!("mark-{}", std::process::id());
        // A grandchild in a session of its own, deaf to TERM, whose parent is gone; a second one
        // that starts another when it is asked to end.
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
