//! Ends what an earlier crash left behind, and nothing else.

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
    /// The forward that it served, where the registry says so.
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

/// Ends what dead supervisors left: of each child in the registry the whole process group, where
/// boot, process id, start time and command line are still those of the registry; and whatever
/// carries a dead supervisor's mark. A supervisor that lives, and all that is its, is not touched.
pub async fn reap(paths: &Paths, grace: Duration) -> Reaped {
    let entries = read(&paths.registry());
    // Asked after reading: who is in the registry had the lock before.
    let answering = match timeout(PATIENCE, Client::connect(paths)).await {
        Ok(Ok(Some(client))) => Some(client.info().pid),
        _ => None,
    };
    let free = matches!(lock_state(paths), Ok(LockState::Free));
    let mut living = HashSet::new();
    for supervisor in entries.iter().filter_map(|(_, entry)| entry.supervisor()) {
        // One that was killed loses the lock some time before the kernel calls it dead.
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
/// How long the kernel may take to take a process apart.
const DYING: Duration = Duration::from_secs(1);

impl Entry {
    fn supervisor(&self) -> Option<&Identity> {
        match self {
            Self::Instance(instance) => Some(&instance.supervisor),
            Self::Child(child) => Some(&child.supervisor),
            Self::Garbage => None,
        }
    }

    /// Whether its process ids are those of other processes than the same numbers here: of a container
    /// that has this directory too. Nothing can be said of these.
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

/// [`reap`] by a supervisor that has the lock and is not in the registry yet: no other lives.
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
    // By id: the files of a child tell of a supervisor too, should its own file be lost.
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
            // Files are renamed into place, so one that cannot be read is nobody's work in
            // progress; one that is being written is, and is another matter.
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
        // It ends by itself once its supervisor has. One that is stopped cannot.
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
        // Where something could not be ended the next one tries again.
        if reaped.left.is_empty() && fs::remove_file(path).is_ok() {
            reaped.stale_files += 1;
        }
    }
    reaped
}

fn matches(record: &ChildRecord) -> bool {
    record.child.command().is_some_and(|command| command == record.command)
}

/// Younger than a minute, or of an age that cannot be known.
fn is_fresh(path: &std::path::Path) -> bool {
    let modified = fs::metadata(path).and_then(|file| file.modified());
    modified.ok().and_then(|at| at.elapsed().ok()).is_none_or(|age| age < Duration::from_mins(1))
}

impl Reaped {
    fn add(&mut self, ended: Ended, forward: Option<&str>) {
        let left = ended.left.iter().map(|process: &Identity| process.pid);
        self.left.extend(left);
        let gone = ended.ended.into_iter().filter(|(process, _)| !process.is_alive());
        self.ended.extend(gone.map(|(process, command)| Stray {
            pid: process.pid,
            command,
            forward: forward.map(str::to_owned),
        }));
    }
}

#[cfg(test)]
#[path = "reap_tests.rs"]
mod tests;
