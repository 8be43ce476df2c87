//! The contents of /proc/PID/stat. Linux only; elsewhere nothing is known.

use std::fs;

/// The fields that this room needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// The parent's id.
    pub(super) parent: u32,
    /// The process group.
    pub(super) group: u32,
    /// When it started, in clock ticks after boot.
    pub(super) start_time: u64,
    /// Whether it has ended and waits to be reaped.
    pub(super) zombie: bool,
    /// Whether it is ending: its descriptors are being closed.
    pub(super) exiting: bool,
    /// Whether it is stopped, by a signal or a debugger.
    pub(super) stopped: bool,
}

/// The kernel's flag for an ending process (PF_EXITING).
const EXITING: u64 = 0x4;

impl Stat {
    /// `None` if there is no such process, or the system does not tell.
    pub(super) fn of(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(line: &str) -> Option<Self> {
        // The name, in parentheses, may itself contain spaces and parentheses.
        let mut fields = line.rsplit_once(") ")?.1.split_ascii_whitespace();
        // The numbers of proc(5): 3 is the state, 4 the parent, 5 the group, 9 the flags, 20 the
        // number of threads, 22 the start time.
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        let flags: u64 = fields.nth(3)?.parse().ok()?;
        let threads: u32 = fields.nth(10)?.parse().ok()?;
        let start_time = fields.nth(1)?.parse().ok()?;
        // The first thread may end before the others: then the process still runs.
        let zombie = matches!(state, "Z" | "X" | "x") && threads < 2;
        let exiting = zombie || flags & EXITING != 0;
        let stopped = matches!(state, "T" | "t");
        Some(Self { parent, group, start_time, zombie, exiting, stopped })
    }
}

/// Whether process `pid` has ended or is ending. Its sockets are closed before its parent can wait
/// for it.
pub fn is_exiting(pid: u32) -> bool {
    cfg!(target_os = "linux") && Stat::of(pid).is_none_or(|stat| stat.exiting)
}

/// Whether process `pid` is stopped (SIGSTOP, a debugger).
pub fn is_stopped(pid: u32) -> bool {
    Stat::of(pid).is_some_and(|stat| stat.stopped)
}

/// The resident memory of process `pid`, shared pages included.
pub fn resident_bytes(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// Whether every thread of every process in group `group` is stopped.
pub(super) fn group_is_stopped(group: u32) -> bool {
    let others = pids().into_iter().filter(|&pid| pid != group);
    let mut others = others.filter(|&pid| Stat::of(pid).is_some_and(|stat| stat.group == group));
    is_stopped_whole(group) && others.all(is_stopped_whole)
}

fn is_stopped_whole(pid: u32) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return false };
    let mut any = false;
    for thread in threads.flatten() {
        let stat = fs::read_to_string(thread.path().join("stat")).ok();
        // A thread that has ended meanwhile has no file.
        let Some(stat) = stat.as_deref().and_then(Stat::parse) else { continue };
        if !stat.stopped {
            return false;
        }
        any = true;
    }
    any
}

/// The ids of all processes in /proc.
pub(super) fn pids() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_contain_anything() {
        let line = "42 (a) b (c) S 7 41 40 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 987654 1 2\n";
        let stat = Stat {
            parent: 7,
            group: 41,
            start_time: 987_654,
            zombie: false,
            exiting: false,
            stopped: false,
        };
        assert_eq!(Stat::parse(line), Some(stat));
        assert!(Stat::parse(&line.replace("4194560", "4194564")).unwrap().exiting);
        assert!(Stat::parse(&line.replace(") S", ") T")).unwrap().stopped);
        let dead = line.replace(") S", ") Z").replace("20 0 3 0", "20 0 1 0");
        assert!(Stat::parse(&dead).unwrap().zombie);
        assert!(!Stat::parse(&line.replace(") S", ") Z")).unwrap().zombie, "threads are left");
        assert_eq!(Stat::parse("42 (a) S 7"), None);
    }
}
