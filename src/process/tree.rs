//! The descendants of a process, if the system tells them (Linux, /proc).

use std::collections::HashMap;
use std::fs;

use super::identity::Identity;
use super::stat::{self, Stat};

/// The name, for a message, of the process that a `wrapped` program at or below `pid` waits for:
/// its first child with another name. Children of scripts in its place (shims, wrappers) are
/// searched further down instead. `None` if there is none, or the system does not tell.
pub fn busy_descendant(pid: u32, wrapped: &str) -> Option<String> {
    // Bounded, in case the tree grows while it is read.
    let mut parents = vec![(pid, true)];
    for _ in 0..64 {
        let (parent, is_wrapped) = parents.pop()?;
        let waits = is_wrapped && !is_script(parent);
        for child in children(parent) {
            let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
            let name = name.trim();
            let is_wrapped = name.starts_with(wrapped);
            if waits && !name.is_empty() && !is_wrapped {
                return Some(name.chars().filter(|c| !c.is_control()).collect());
            }
            parents.push((child, is_wrapped));
        }
    }
    None
}

/// What a process and its descendants take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many processes they are.
    pub processes: u64,
    /// Their resident memory; pages that several share count for each.
    pub resident_bytes: u64,
}

impl Usage {
    /// Of process `root` and its descendants; `None` if there is no such process, or the system does
    /// not tell.
    pub fn of_tree(root: u32) -> Option<Self> {
        Stat::of(root)?;
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for pid in stat::pids() {
            if let Some(stat) = Stat::of(pid).filter(|stat| !stat.zombie) {
                children.entry(stat.parent).or_default().push(pid);
            }
        }
        let (mut usage, mut found) = (Self::default(), vec![root]);
        while let Some(pid) = found.pop() {
            usage.processes += 1;
            usage.resident_bytes += stat::resident_bytes(pid).unwrap_or(0);
            found.extend(children.remove(&pid).unwrap_or_default());
        }
        Some(usage)
    }
}

/// The largest resident memory of a child of this process that has ended.
pub fn largest_child_bytes() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    // In KiB, but on macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let largest = getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss());
    u64::try_from(largest).unwrap_or(0) * unit
}

/// Whether process `pid` is a script interpreter, whatever the script is called.
fn is_script(pid: u32) -> bool {
    const INTERPRETERS: [&str; 16] = [
        "sh", "dash", "bash", "zsh", "ksh", "mksh", "ash", "fish", "busybox", "python", "ruby",
        "node", "perl", "nu", "pwsh", "rbash",
    ];
    let Ok(program) = fs::read_link(format!("/proc/{pid}/exe")) else { return false };
    let name = program.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // `python3.12`
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    INTERPRETERS.contains(&name)
}

/// The children of all threads of `pid`. From the list of all processes, because many kernels are
/// built without /proc/PID/task/TID/children.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let child = |id: &u32| Stat::of(*id).is_some_and(|stat| stat.parent == pid);
    stat::pids().into_iter().filter(child).collect()
}

/// The running members of the process group `pgid`.
pub(super) fn members(pgid: u32) -> Vec<Identity> {
    let member = |id: &u32| Stat::of(*id).is_some_and(|stat| stat.group == pgid && !stat.zombie);
    stat::pids().into_iter().filter(member).filter_map(Identity::of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_counts_with_its_descendants() {
        let alone = Usage::of_tree(std::process::id()).unwrap();
        assert!(alone.processes >= 1 && alone.resident_bytes > 0, "{alone:?}");
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        assert_eq!(Usage::of_tree(child.id()).unwrap().processes, 1);
        assert!(Usage::of_tree(std::process::id()).unwrap().processes > 1);
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(Usage::of_tree(child.id()), None);
        assert!(largest_child_bytes() > 0);
    }
}
