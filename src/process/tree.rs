//! The descendants of a process, if the system tells them (Linux, /proc).

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
