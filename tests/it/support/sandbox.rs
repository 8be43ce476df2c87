//! A home for one test.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, id};
use std::time::{Duration, Instant};
use std::{env, thread};

use tempfile::TempDir;

use super::processes::{Marked, marked};
use super::run::Run;

const MARK: &str = "WATCHDOG_TEST_MARK";
/// How long processes may take to disappear after their parent has ended.
const GOING: Duration = Duration::from_secs(10);

/// A directory with everything that programs keep in a home, and an environment that refers to
/// nothing else. When it is dropped, no process started in it may be left.
pub struct Sandbox {
    dir: TempDir,
    mark: String,
    callers: bool,
}

impl Sandbox {
    /// An empty sandbox.
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("watchdog-it-").tempdir().unwrap();
        for name in ["home", "config", "cache", "data", "state", "run", "tmp", "files"] {
            let path = dir.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        }
        let mark = format!("{}-{}", id(), dir.path().display());
        Self { dir, mark, callers: false }
    }

    /// A sandbox with the environment of the user who runs the tests: home, kubeconfig,
    /// credentials.
    pub fn callers() -> Self {
        let mut sandbox = Self::new();
        sandbox.callers = true;
        sandbox
    }

    /// A path in the sandbox.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file; returns its path.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path("files").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes the default configuration file.
    pub fn configure(&self, yaml: &str) -> PathBuf {
        let path = self.path("config/watchdog/watchdog.yaml");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, yaml).unwrap();
        path
    }

    /// Writes `~/.kube/config`.
    pub fn kubeconfig(&self, yaml: &str) -> PathBuf {
        self.kubeconfig_bytes(yaml.as_bytes())
    }

    /// Writes `~/.kube/config` in any encoding.
    pub fn kubeconfig_bytes(&self, yaml: &[u8]) -> PathBuf {
        let path = self.path("home/.kube/config");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, yaml).unwrap();
        path
    }

    /// Writes an executable shell script; returns its path.
    pub fn script(&self, name: &str, body: &str) -> PathBuf {
        self.program(name, &format!("#!/bin/sh\n{body}\n"))
    }

    /// Writes an executable program in any language; returns its path.
    ///
    /// Another process writes it: a descriptor open for writing in this process could be inherited
    /// by another test's child, and the kernel does not execute a file that is open for writing
    /// ("text file busy").
    pub fn program(&self, name: &str, text: &str) -> PathBuf {
        let source = self.write(&format!("{name}.sh"), text);
        let path = self.path("files").join(name);
        let status = Command::new("install").args(["-m", "755"]).args([&source, &path]).status();
        assert!(status.unwrap().success(), "install {}", path.display());
        path
    }

    /// A program with the environment of this sandbox, and only PATH from outside.
    pub fn command(&self, program: impl AsRef<Path>) -> Run {
        let mut command = Command::new(program.as_ref());
        if self.callers {
            for name in ["WATCHDOG_CONFIG", "WATCHDOG_KUBECTL", "NO_COLOR", "CLICOLOR_FORCE"] {
                command.env_remove(name);
            }
            command.env(MARK, &self.mark);
            return Run::new(command);
        }
        command.env_clear();
        for name in ["PATH", "LLVM_PROFILE_FILE"] {
            if let Some(value) = env::var_os(name) {
                command.env(name, value);
            }
        }
        for (name, dir) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"),
            ("TMPDIR", "tmp"),
            ("KUBECACHEDIR", "cache/kube"),
        ] {
            command.env(name, self.path(dir));
        }
        command.env("LANG", "C.UTF-8").env("TERM", "xterm").env(MARK, &self.mark);
        command.current_dir(self.path("files"));
        Run::new(command)
    }

    /// The program under test.
    pub fn watchdog<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Run {
        self.command(env!("CARGO_BIN_EXE_watchdog")).args(args)
    }

    /// The running processes of this sandbox.
    pub fn processes(&self) -> Vec<Marked> {
        marked(&format!("{MARK}={}", self.mark))
    }

    /// Waits until no process runs here, then kills the rest; returns their command lines.
    pub fn left(&self) -> Vec<String> {
        self.gone();
        self.end()
    }

    /// Kills all running processes and waits for their end; returns their command lines.
    pub fn end(&self) -> Vec<String> {
        let processes = self.processes();
        processes.iter().for_each(Marked::kill);
        self.gone();
        processes.into_iter().map(|process| process.command).collect()
    }

    /// Waits for some time until all processes have ended.
    fn gone(&self) {
        let start = Instant::now();
        while !self.processes().is_empty() && start.elapsed() < GOING {
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let left = self.left();
        if left.is_empty() {
            return;
        }
        let text = format!("left behind and now killed: {left:#?}");
        if thread::panicking() {
            eprintln!("{text}");
        } else {
            panic!("{text}");
        }
    }
}

#[test]
#[should_panic(expected = "left behind and now killed: [")]
fn a_process_left_behind_fails_the_test() {
    let sandbox = Sandbox::new();
    let running = sandbox.command("sh").args(["-c", "setsid sleep 600 & echo started"]).start();
    running.says("started");
}

#[test]
fn only_path_is_taken_from_the_callers_environment() {
    let sandbox = Sandbox::new();
    let output = sandbox.command("env").run().code(0);
    for line in output.lines() {
        let (name, value) = line.split_once('=').unwrap();
        let own = value.contains(&*sandbox.dir.path().to_string_lossy());
        let known = ["PATH", "LLVM_PROFILE_FILE", "LANG", "TERM", "PWD"].contains(&name);
        assert!(own || known, "{line}");
    }
}
