//! What runs below a process, where the system tells (Linux, /proc).

use std::fs;

use super::identity::Identity;
use super::stat::{self, Stat};

/// The name of a descendant of `pid` that is at work, for a message: the deepest first child
/// whose name does not begin with `wrapped` (shims start the real program under its own name).
/// `None` where there is none, or where the system does not tell.
pub fn busy_descendant(pid: u32, wrapped: &str) -> Option<String> {
    // Bounded: a tree that grows while it is read must not keep us.
    let mut parents = vec![pid];
    for _ in 0..64 {
        let parent = parents.pop()?;
        for child in children(parent) {
            let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
            let name = name.trim();
            if !name.is_empty() && !name.starts_with(wrapped) {
                return Some(name.chars().filter(|c| !c.is_control()).collect());
            }
            parents.push(child);
        }
    }
    None
}

/// The children of `pid`, of all its threads. From the table of all processes: the list that the
/// kernel keeps by itself (/proc/PID/task/TID/children) is left out of many kernels.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let child = |id: &u32| Stat::of(*id).is_some_and(|stat| stat.parent == pid);
    stat::pids().into_iter().filter(child).collect()
}

/// The members of the process group `pgid` that still run.
pub(super) fn members(pgid: u32) -> Vec<Identity> {
    let member = |id: &u32| Stat::of(*id).is_some_and(|stat| stat.group == pgid && !stat.zombie);
    stat::pids().into_iter().filter(member).filter_map(Identity::of).collect()
}
