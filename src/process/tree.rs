//! What runs below a process, where the system tells (Linux, /proc).

use std::fs;

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

/// The children of `pid`, of all its threads.
fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}
