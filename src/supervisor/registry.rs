//! What this supervisor has started, on disk: the last net, from which the next start (or
//! `forward reap`) ends what a crash left when the guard died too.
//!
//! One file for the supervisor (`instance-ID.json`) and one for each child (`child-PID.json`),
//! each written whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::paths::Paths;
use crate::process::Identity;

/// The variable that every child of a supervisor is started with: its value is the instance's id.
pub const MARK: &str = "WATCHDOG_SUPERVISOR";

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
}

impl Instance {
    /// This process, under the guard that has this process id.
    pub(super) fn own(guard_pid: Option<u32>) -> Self {
        let supervisor = Identity::own();
        let boot: String = supervisor.boot_id.chars().take(8).collect();
        let id = format!("{boot}-{}-{}", supervisor.pid, supervisor.start_time);
        Self { id, supervisor, guard: guard_pid.and_then(Identity::of) }
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
    directory: PathBuf,
    instance: Instance,
}

impl Registry {
    /// Enters this supervisor. On an error it must not start anything.
    pub(super) fn enter(paths: &Paths, instance: Instance) -> io::Result<Self> {
        let directory = paths.registry();
        write(&directory, &instance_file(&instance.id), &instance)?;
        Ok(Self { directory, instance })
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
        };
        write(&self.directory, &child_file(pid), &record)
    }

    /// Removes a child whose whole group has ended.
    pub(super) fn remove(&self, pid: u32) {
        let _ = fs::remove_file(self.directory.join(child_file(pid)));
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.directory.join(instance_file(&self.instance.id)));
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
    let text = serde_json::to_vec(&File { schema_version: SCHEMA_VERSION, record })?;
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
