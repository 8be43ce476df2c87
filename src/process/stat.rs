//! What the kernel says about a process in /proc/PID/stat. Linux only; elsewhere nothing is known.

use std::fs;

/// The fields of /proc/PID/stat that this room needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// The parent's id.
    pub(super) parent: u32,
    /// The process group.
    pub(super) group: u32,
    /// In clock ticks since the machine started.
    pub(super) start_time: u64,
    /// It has ended and waits to be reaped.
    pub(super) zombie: bool,
}

impl Stat {
    /// `None` where there is no such process, or where the system does not tell.
    pub(super) fn of(pid: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
    }

    fn parse(line: &str) -> Option<Self> {
        // The name, in parentheses, may itself hold spaces and parentheses.
        let mut fields = line.rsplit_once(") ")?.1.split_ascii_whitespace();
        // The numbers of proc(5): 3 is the state, 4 the parent, 5 the group, 20 the number of
        // threads, 22 the start time.
        let state = fields.next()?;
        let parent = fields.next()?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        let threads: u32 = fields.nth(14)?.parse().ok()?;
        let start_time = fields.nth(1)?.parse().ok()?;
        // A first thread may end before the others do: then the process still runs.
        let zombie = matches!(state, "Z" | "X" | "x") && threads < 2;
        Some(Self { parent, group, start_time, zombie })
    }
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
    fn a_name_may_hold_anything() {
        let line = "42 (a) b (c) S 7 41 40 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 3 0 987654 1 2\n";
        let stat = Stat { parent: 7, group: 41, start_time: 987_654, zombie: false };
        assert_eq!(Stat::parse(line), Some(stat));
        let dead = line.replace(") S", ") Z").replace("20 0 3 0", "20 0 1 0");
        assert!(Stat::parse(&dead).unwrap().zombie);
        assert!(!Stat::parse(&line.replace(") S", ") Z")).unwrap().zombie, "threads are left");
        assert_eq!(Stat::parse("42 (a) S 7"), None);
    }
}
