//! The supervisor's children, on disk: the last safety net, from which the next start (or
//! `forward reap`) ends what a crash left when the guard died too.
//!
//! One file for the supervisor (`instance-ID.json`) and one for each child (`child-PID.json`), each
//! written atomically.

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

/// The environment variable that every child of a supervisor gets; its value is the instance's id.
pub const MARK: &str = "WATCHDOG_SUPERVISOR";

/// How many files of ended children are kept.
const KEPT_VACANT: usize = 16;

/// The version of the file format. A file with a higher version belongs to a newer program and is
/// left alone.
const SCHEMA_VERSION: u32 = 1;

/// A supervisor's entry in the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Instance {
    /// Its unique id, and the value of [`MARK`] in its children's environment.
    pub id: String,
    /// The supervisor.
    pub supervisor: Identity,
    /// Its guard, if it has one.
    pub guard: Option<Identity>,
    /// The PID namespace of these process ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_namespace: Option<u64>,
}

impl Instance {
    /// This process, under the guard with this process id.
    pub(super) fn own(guard_pid: Option<u32>) -> Self {
        let supervisor = Identity::own();
        let boot: String = supervisor.boot_id.chars().take(8).collect();
        let id = format!("{boot}-{}-{}", supervisor.pid, supervisor.start_time);
        let guard = guard_pid.and_then(Identity::of);
        Self { id, supervisor, guard, pid_namespace: process::pid_namespace() }
    }
}

/// A child's entry in the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChildRecord {
    /// The child, which leads its process group.
    pub child: Identity,
    /// Its command line as the kernel shows it.
    pub command: String,
    /// The forward that it serves.
    pub forward: String,
    /// The id of its supervisor.
    pub instance: String,
    /// Its supervisor.
    pub supervisor: Identity,
    /// The PID namespace of these process ids.
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

/// The running supervisor's access to the registry. Dropping it removes its own entry.
#[derive(Debug)]
pub(super) struct Registry {
    paths: Paths,
    instance: Instance,
    children: Mutex<Children>,
}

/// The files of this supervisor's children.
#[derive(Debug, Default)]
struct Children {
    living: BTreeMap<u32, ChildRecord>,
    /// Files of ended children: disk space for the entry of the next child, in case the disk is
    /// full.
    vacant: VecDeque<PathBuf>,
}

impl Registry {
    /// Registers this supervisor. On an error it must not start any child.
    pub(super) fn enter(paths: &Paths, instance: Instance) -> io::Result<Self> {
        write(&paths.registry(), &instance_file(&instance.id), &instance)?;
        Ok(Self { paths: paths.clone(), instance, children: Mutex::default() })
    }

    /// The runtime directory.
    pub(super) fn base(&self) -> &Path {
        self.paths.base()
    }

    /// Writes entries that were removed again.
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

    /// Registers the child `pid`, the leader of its process group, which serves `forward`. On an
    /// error the caller must end the child: after a crash nothing would find it.
    pub(super) fn add(&self, pid: u32, forward: &str) -> io::Result<()> {
        let not_found = || io::Error::new(io::ErrorKind::NotFound, "the process has ended");
        let child = Identity::of(pid).ok_or_else(not_found)?;
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
            // Probably a full disk: reuse the file of an ended child.
            let vacant = children.vacant.pop_back().ok_or(error)?;
            write_over(&vacant, &directory.join(child_file(pid)), &record)?;
        } else if let Some(vacant) = children.vacant.pop_front() {
            let _ = fs::remove_file(vacant);
        }
        children.living.insert(pid, record);
        Ok(())
    }

    /// Removes a child whose whole group has ended. Its file is kept for a while to reserve disk
    /// space for the next entry; as an entry it has no effect any more.
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

    /// Removes the files of ended children: there is no forward left that could need their space.
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

/// Writes under a temporary name, then renames: a reader sees either the old file or the new one.
/// Not synced to disk: after a crash of the machine none of the named processes exists.
fn write(directory: &Path, name: &str, record: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(&File { schema_version: SCHEMA_VERSION, record })?;
    // Pad, so that the next child's entry fits in its place whatever the length of its numbers.
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

/// Overwrites the entry of an ended child with another one, within its existing disk space. A
/// reader sees the old entry, the new one, or for a moment an unreadable one.
fn write_over(vacant: &Path, path: &Path, record: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(&File { schema_version: SCHEMA_VERSION, record })?;
    let room = usize::try_from(fs::metadata(vacant)?.len()).unwrap_or(usize::MAX);
    if text.len() > room {
        return Err(io::ErrorKind::StorageFull.into());
    }
    // JSON may end in whitespace.
    text.resize(room, b' ');
    fs::rename(vacant, path)?;
    OpenOptions::new().write(true).open(path)?.write_all_at(&text, 0)
}

/// The content of a registry file.
#[derive(Debug)]
pub(super) enum Entry {
    Instance(Instance),
    Child(ChildRecord),
    /// Truncated, of an unknown form, or half written by a process that died.
    Garbage,
}

/// All files of the registry except those of a newer version.
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
    // Unreadable means removed meanwhile, or not written by us.
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
