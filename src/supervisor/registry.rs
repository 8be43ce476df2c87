//! What this supervisor has started, on disk: the last net, from which the next start (or
//! `forward reap`) ends what a crash left when the guard died too.
//!
//! One file for the supervisor (`instance-ID.json`) and one for each child (`child-PID.json`),
//! each written whole or not at all.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::paths::Paths;
use crate::process::{self, Identity};

/// The variable that every child of a supervisor is started with: its value is the instance's id.
pub const MARK: &str = "WATCHDOG_SUPERVISOR";

/// How many files of children that have ended are kept.
const KEPT_VACANT: usize = 16;

/// The form of the files. A file with a higher number is a newer version's, and left alone.
const SCHEMA_VERSION: u32 = 1;

/// A supervisor, as it stands in the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instance {
    /// Its name: unlike any other's, and the value of [`MARK`] in its children's environment.
    pub id: String,
    /// The supervisor.
    pub supervisor: Identity,
    /// Its guard, where it has one.
    pub guard: Option<Identity>,
    /// The PID namespace that these numbers are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_namespace: Option<u64>,
}

impl Instance {
    /// This process, under the guard that has this process id.
    pub(super) fn own(guard_pid: Option<u32>) -> Self {
        let supervisor = Identity::own();
        let boot: String = supervisor.boot_id.chars().take(8).collect();
        let id = format!("{boot}-{}-{}", supervisor.pid, supervisor.start_time);
        let guard = guard_pid.and_then(Identity::of);
        Self { id, supervisor, guard, pid_namespace: process::pid_namespace() }
    }
}

/// A child, as it stands in the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChildRecord {
    /// The child, the leader of its process group.
    pub child: Identity,
    /// Its command line as the kernel shows it.
    pub command: String,
    /// The forward that it serves.
    pub forward: String,
    /// The id of its supervisor.
    pub instance: String,
    /// Its supervisor.
    pub supervisor: Identity,
    /// The PID namespace that these numbers are of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_namespace: Option<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<T> {
    schema_version: u32,
    #[serde(flatten)]
    record: T,
}

/// The running supervisor's hand on the registry. Its own entry goes when it is dropped.
#[derive(Debug)]
pub(super) struct Registry {
    paths: Paths,
    instance: Instance,
    children: Mutex<Children>,
}

/// What is in the directory of this supervisor's children.
#[derive(Debug, Default)]
struct Children {
    living: BTreeMap<u32, ChildRecord>,
    /// Files of children that have ended: room for the entry of a next one, should the disk be full.
    vacant: VecDeque<PathBuf>,
}

impl Registry {
    /// Enters this supervisor. On an error it must not start anything.
    pub(super) fn enter(paths: &Paths, instance: Instance) -> io::Result<Self> {
        write(&paths.registry(), &instance_file(&instance.id), &instance)?;
        Ok(Self { paths: paths.clone(), instance, children: Mutex::default() })
    }

    /// The runtime directory.
    pub(super) fn base(&self) -> &Path {
        self.paths.base()
    }

    /// Writes again what somebody has removed.
    pub(super) fn restore(&self) {
        if Paths::new(self.paths.base()).is_err() {
            return;
        }
        let directory = self.paths.registry();
        let name = instance_file(&self.instance.id);
        if !directory.join(&name).exists() {
            let _ = write(&directory, &name, &self.instance);
        }
        for (pid, record) in &self.children().living {
            let name = child_file(*pid);
            if !directory.join(&name).exists() {
                let _ = write(&directory, &name, record);
            }
        }
    }

    fn children(&self) -> MutexGuard<'_, Children> {
        self.children.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// This supervisor.
    pub(super) fn instance(&self) -> &Instance {
        &self.instance
    }

    /// Enters the child `pid`, the leader of its process group, that serves `forward`. On an
    /// error it has to be ended: nothing would find it after a crash.
    pub(super) fn add(&self, pid: u32, forward: &str) -> io::Result<()> {
        let gone = || io::Error::new(io::ErrorKind::NotFound, "the process has ended");
        let child = Identity::of(pid).ok_or_else(gone)?;
        let command = child.command().unwrap_or_default();
        let record = ChildRecord {
            child,
            command,
            forward: forward.to_owned(),
            instance: self.instance.id.clone(),
            supervisor: self.instance.supervisor.clone(),
            pid_namespace: self.instance.pid_namespace,
        };
        let directory = self.paths.registry();
        let mut children = self.children();
        if let Err(error) = write(&directory, &child_file(pid), &record) {
            // A full disk, most likely: then in the place of one that has ended.
            let vacant = children.vacant.pop_back().ok_or(error)?;
            write_over(&vacant, &directory.join(child_file(pid)), &record)?;
        } else if let Some(vacant) = children.vacant.pop_front() {
            let _ = fs::remove_file(vacant);
        }
        children.living.insert(pid, record);
        Ok(())
    }

    /// Removes a child whose whole group has ended. Its file stays for a while, as room for the next
    /// one's: as an entry it means nothing any more.
    pub(super) fn remove(&self, pid: u32) {
        let mut children = self.children();
        if children.living.remove(&pid).is_none() {
            return;
        }
        children.vacant.push_back(self.paths.registry().join(child_file(pid)));
        if children.vacant.len() > KEPT_VACANT
            && let Some(vacant) = children.vacant.pop_front()
        {
            let _ = fs::remove_file(vacant);
        }
    }

    /// No forward is left that would need room for the entry of a next child.
    pub(super) fn forget_ended(&self) {
        for vacant in std::mem::take(&mut self.children().vacant) {
            let _ = fs::remove_file(vacant);
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.forget_ended();
        let _ = fs::remove_file(self.paths.registry().join(instance_file(&self.instance.id)));
    }
}

fn instance_file(id: &str) -> String {
    format!("instance-{id}.json")
}

fn child_file(pid: u32) -> String {
    format!("child-{pid}.json")
}

/// Under a name of its own, then renamed: a reader sees the old file or the new one. Not synced to
/// the disk: after a crash of the machine nothing that it names is left.
fn write(directory: &Path, name: &str, record: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(&File { schema_version: SCHEMA_VERSION, record })?;
    // So that the entry of the next child fits in its place, whatever its numbers are.
    text.resize(text.len().next_multiple_of(512), b' ');
    let (temporary, path) = (directory.join(format!("{name}.new")), directory.join(name));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options
        .open(&temporary)
        .and_then(|mut file| file.write_all(&text))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Makes the entry of one that has ended that of another, within the room that it has on the disk.
/// A reader sees the old entry, the new one, or for a moment one that is no entry.
fn write_over(vacant: &Path, path: &Path, record: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(&File { schema_version: SCHEMA_VERSION, record })?;
    let room = usize::try_from(fs::metadata(vacant)?.len()).unwrap_or(usize::MAX);
    if text.len() > room {
        return Err(io::ErrorKind::StorageFull.into());
    }
    // JSON may end in blanks.
    text.resize(room, b' ');
    fs::rename(vacant, path)?;
    OpenOptions::new().write(true).open(path)?.write_all_at(&text, 0)
}

/// What a file of the registry turned out to be.
#[derive(Debug)]
pub(super) enum Entry {
    Instance(Instance),
    Child(ChildRecord),
    /// Cut off, of no known form, or half written by one that died.
    Garbage,
}

/// All files of the registry, save those of a newer version.
pub(super) fn read(directory: &Path) -> Vec<(PathBuf, Entry)> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter_map(|path| Some((path.clone(), entry(&path)?))).collect()
}

fn entry(path: &Path) -> Option<Entry> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Version {
        schema_version: u32,
    }
    fn parse<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
        serde_json::from_slice::<File<T>>(text).ok().map(|file| file.record)
    }
    let name = path.file_name()?.to_str()?;
    // Removed meanwhile, where it cannot be read; or nothing that we wrote.
    let Ok(text) = fs::read(path) else { return None };
    if serde_json::from_slice::<Version>(&text).is_ok_and(|it| it.schema_version > SCHEMA_VERSION) {
        return None;
    }
    let entry = if path.extension().is_none_or(|extension| extension != "json") {
        None
    } else if name.starts_with("instance-") {
        parse(&text).map(Entry::Instance)
    } else {
        parse(&text).map(Entry::Child)
    };
    Some(entry.unwrap_or(Entry::Garbage))
}
