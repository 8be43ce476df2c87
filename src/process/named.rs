//! Finds processes of this user by their command line.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use super::{Identity, stat};

/// This user's processes in this PID namespace, except this one, whose arguments after the
/// program's name are `arguments`; each with its initial environment. Linux only; elsewhere none
/// are found.
pub fn started_as(arguments: &[&str]) -> Vec<(Identity, Variables)> {
    let own = std::process::id();
    let found = stat::pids().into_iter().filter(|&pid| pid != own).filter_map(|pid| {
        let identity = Identity::of(pid)?;
        let directory = format!("/proc/{pid}");
        let ours = fs::metadata(&directory).is_ok_and(|it| it.uid() == super::uid());
        if !ours || !has_arguments(&fs::read(format!("{directory}/cmdline")).ok()?, arguments) {
            return None;
        }
        if pid_namespace_of(pid) != pid_namespace() {
            return None;
        }
        let environment = fs::read(format!("{directory}/environ")).ok()?;
        identity.is_alive().then_some((identity, Variables(environment)))
    });
    found.collect()
}

fn has_arguments(line: &[u8], arguments: &[&str]) -> bool {
    let line = line.strip_suffix(&[0]).unwrap_or(line);
    let words = line.split(|&byte| byte == 0).skip(1);
    words.eq(arguments.iter().map(|argument| argument.as_bytes()))
}

/// The environment with which a process was started.
#[derive(Debug)]
pub struct Variables(Vec<u8>);

impl Variables {
    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<OsString> {
        let value = |entry: &[u8]| {
            entry.strip_prefix(name.as_bytes())?.strip_prefix(b"=").map(<[u8]>::to_vec)
        };
        self.0.split(|&byte| byte == 0).find_map(value).map(OsString::from_vec)
    }
}

/// The number of this process's PID namespace: process ids of another namespace belong to other
/// processes. `None` if the system has no PID namespaces.
pub fn pid_namespace() -> Option<u64> {
    fs::metadata("/proc/self/ns/pid").ok().map(|it| it.ino())
}

fn pid_namespace_of(pid: u32) -> Option<u64> {
    fs::metadata(format!("/proc/{pid}/ns/pid")).ok().map(|it| it.ino())
}

/// Whether that process has this very file open. `None` if the system does not tell.
pub fn has_open(pid: u32, file: &fs::File) -> Option<bool> {
    let wanted = file.metadata().ok()?;
    let same = |path: &Path| {
        fs::metadata(path).is_ok_and(|it| (it.dev(), it.ino()) == (wanted.dev(), wanted.ino()))
    };
    let open = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
    Some(open.flatten().any(|entry| same(&entry.path())))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn all_arguments_are_compared() {
        assert!(has_arguments(b"watchdog\0supervisor\0run\0", &["supervisor", "run"]));
        assert!(!has_arguments(b"watchdog\0supervisor\0runs\0", &["supervisor", "run"]));
        assert!(!has_arguments(b"watchdog\0supervisor\0run\0-v\0", &["supervisor", "run"]));
        assert!(!has_arguments(b"sh\0-c\0supervisor run\0", &["supervisor", "run"]));
    }

    #[test]
    fn an_open_file_is_found() {
        let open = tempfile::tempfile().unwrap();
        assert_eq!(has_open(std::process::id(), &open), Some(true));
        assert!(!has_open(1, &open).unwrap_or(false));
    }

    #[test]
    fn variables_are_found_by_their_whole_name() {
        let variables = Variables(b"AB=1\0A=2\0B=\0".to_vec());
        assert_eq!(variables.get("A"), Some("2".into()));
        assert_eq!(variables.get("B"), Some("".into()));
        assert_eq!(variables.get("C"), None);
    }
}
