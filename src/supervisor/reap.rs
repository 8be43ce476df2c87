//! Ends processes that an earlier crash left behind, and no others.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::timeout;

use super::client::Client;
use super::paths::Paths;
use super::registry::{ChildRecord, Entry, Instance, MARK, read};
use super::socket::{LockState, lock_state};
use crate::process::{Ended, Identity, end, end_group, end_marked, exit_of, pid_namespace};

/// A process that was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Its process id.
    pub pid: u32,
    /// Its command line.
    pub command: String,
    /// The forward that it served, if the registry tells.
    pub forward: Option<String>,
}

/// What [`reap`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaped {
    /// The processes that it ended.
    pub ended: Vec<Stray>,
    /// The processes that it could not end.
    pub left: Vec<u32>,
    /// How many files of the registry were out of date and have been removed.
    pub stale_files: usize,
}

/// Ends the processes that dead supervisors left: the whole process group of each child in the
/// registry whose boot, process id, start time and command line still match, and every process that
/// carries a dead supervisor's mark. A living supervisor and its processes are left alone.
pub async fn reap(paths: &Paths, grace: Duration) -> Reaped {
    let entries = read(&paths.registry());
    // Checked after reading: every supervisor in the registry had taken the lock before.
    let answering = match timeout(PATIENCE, Client::connect(paths)).await {
        Ok(Ok(Some(client))) => Some(client.info().pid),
        _ => None,
    };
    let free = matches!(lock_state(paths), Ok(LockState::Free));
    let mut living = HashSet::new();
    for supervisor in entries.iter().filter_map(|(_, entry)| entry.supervisor()) {
        // A killed supervisor loses its lock some time before the kernel reports it dead.
        if free && answering != Some(supervisor.pid) && !living.contains(supervisor) {
            let _ = timeout(DYING, exit_of(supervisor.clone())).await;
        }
        if supervisor.is_alive() {
            living.insert(supervisor.clone());
        }
    }
    reap_all(entries, |supervisor| living.contains(supervisor), grace).await
}

/// How long a supervisor may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the kernel may take to tear down a process.
const DYING: Duration = Duration::from_secs(1);

impl Entry {
    fn supervisor(&self) -> Option<&Identity> {
        match self {
            Self::Instance(instance) => Some(&instance.supervisor),
            Self::Child(child) => Some(&child.supervisor),
            Self::Garbage => None,
        }
    }

    /// Whether the process ids belong to another PID namespace: a container that shares this
    /// directory. Nothing can be said about those processes.
    fn is_elsewhere(&self) -> bool {
        let namespace = match self {
            Self::Instance(instance) => instance.pid_namespace,
            Self::Child(child) => child.pid_namespace,
            Self::Garbage => None,
        };
        let same_boot = |it: &Identity| it.boot_id == Identity::own().boot_id;
        namespace.is_some()
            && namespace != pid_namespace()
            && self.supervisor().is_some_and(same_boot)
    }
}

/// [`reap`] for a supervisor that has the lock and is not in the registry yet: no other one is
/// alive.
pub(super) async fn reap_as_the_only_one(paths: &Paths, grace: Duration) -> Reaped {
    reap_all(read(&paths.registry()), |_| false, grace).await
}

async fn reap_all(
    entries: Vec<(PathBuf, Entry)>,
    lives: impl Fn(&Identity) -> bool,
    grace: Duration,
) -> Reaped {
    let mut reaped = Reaped::default();
    let mut stale = Vec::new();
    // By id: the file of a child names its supervisor too, in case the supervisor's own file is
    // lost.
    let mut dead = BTreeMap::<String, Option<Instance>>::new();
    let mut children = Vec::new();
    for (path, entry) in entries {
        if entry.is_elsewhere() {
            continue;
        }
        match entry {
            Entry::Instance(instance) if !lives(&instance.supervisor) => {
                dead.insert(instance.id.clone(), Some(instance));
                stale.push(path);
            }
            Entry::Child(child) if !lives(&child.supervisor) => {
                dead.entry(child.instance.clone()).or_default();
                children.push(child);
                stale.push(path);
            }
            // Entries are written under a temporary name and renamed, so an unreadable one is not
            // being written. Only a fresh one may be: leave it alone.
            Entry::Garbage if !is_fresh(&path) => stale.push(path),
            Entry::Instance(_) | Entry::Child(_) | Entry::Garbage => {}
        }
    }
    for child in &children {
        if matches(child) {
            let ended = end_group(&child.child, grace).await;
            reaped.add(ended, Some(&child.forward));
        }
    }
    for (id, instance) in &dead {
        reaped.add(end_marked(MARK, id, grace).await, None);
        // The guard exits by itself after its supervisor, unless it is stopped (SIGSTOP).
        if let Some(guard) = instance.as_ref().and_then(|instance| instance.guard.as_ref()) {
            let _ = tokio::time::timeout(grace, crate::process::exit_of(guard.clone())).await;
            let is_guard = |command: &String| command.split(' ').nth(1) == Some("guard");
            if let Some(command) = guard.command().filter(is_guard) {
                let left = end(std::slice::from_ref(guard), Duration::ZERO).await;
                let ended = vec![(guard.clone(), command)];
                reaped.add(Ended { ended, left }, None);
            }
        }
    }
    for path in stale {
        // If a process could not be ended, keep the file: the next reap tries again.
        if reaped.left.is_empty() && fs::remove_file(path).is_ok() {
            reaped.stale_files += 1;
        }
    }
    reaped
}

fn matches(record: &ChildRecord) -> bool {
    record.child.command().is_some_and(|command| command == record.command)
}

/// Whether the file is less than a minute old, or its age is unknown.
fn is_fresh(path: &std::path::Path) -> bool {
    let modified = fs::metadata(path).and_then(|file| file.modified());
    modified.ok().and_then(|at| at.elapsed().ok()).is_none_or(|age| age < Duration::from_mins(1))
}

impl Reaped {
    fn add(&mut self, ended: Ended, forward: Option<&str>) {
        let left = ended.left.iter().map(|process: &Identity| process.pid);
        self.left.extend(left);
        let exited = ended.ended.into_iter().filter(|(process, _)| !process.is_alive());
        self.ended.extend(exited.map(|(process, command)| Stray {
            pid: process.pid,
            command,
            forward: forward.map(str::to_owned),
        }));
    }
}

#[cfg(test)]
#[path = "reap_tests.rs"]
mod tests;
