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
/// How long processes may take to be gone after what started them has ended.
const GOING: Duration = Duration::from_secs(10);

/// A directory with everything that programs keep in a home, and an environment that knows of
/// nothing else. When it is dropped, no process that was started in it may be left.
pub struct Sandbox {
    dir: TempDir,
    mark: String,
    callers: bool,
}

impl Sandbox {
    /// An empty one.
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

    /// One in which programs find the environment of whoever runs the tests: their home, their
    /// kubeconfig, their credentials.
    pub fn callers() -> Self {
        let mut sandbox = Self::new();
        sandbox.callers = true;
        sandbox
    }

    /// A path inside.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file; its path.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path("files").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Writes the configuration file that is read by default.
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

    /// The same, in any encoding.
    pub fn kubeconfig_bytes(&self, yaml: &[u8]) -> PathBuf {
        let path = self.path("home/.kube/config");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, yaml).unwrap();
        path
    }

    /// Writes a shell script that can be run; its path.
    pub fn script(&self, name: &str, body: &str) -> PathBuf {
        self.program(name, &format!("#!/bin/sh\n{body}\n"))
    }

    /// Writes a program in any language; its path.
    ///
    /// Another process writes it: a descriptor open for writing here could be inherited by the child
    /// of another test's fork, and the kernel runs no file that somebody may write ("text file busy").
    pub fn program(&self, name: &str, text: &str) -> PathBuf {
        let source = self.write(&format!("{name}.sh"), text);
        let path = self.path("files").join(name);
        let status = Command::new("install").args(["-m", "755"]).args([&source, &path]).status();
        assert!(status.unwrap().success(), "install {}", path.display());
        path
    }

    /// A program with the environment of this sandbox, and nothing else but PATH.
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

    /// The processes of this sandbox that are running now.
    pub fn processes(&self) -> Vec<Marked> {
        marked(&format!("{MARK}={}", self.mark))
    }

    /// Waits until nothing runs here any more, then kills what does; the command lines of that.
    pub fn left(&self) -> Vec<String> {
        self.gone();
        self.end()
    }

    /// Kills what runs here now, and waits for its end; the command lines of that.
    pub fn end(&self) -> Vec<String> {
        let processes = self.processes();
        processes.iter().for_each(Marked::kill);
        self.gone();
        processes.into_iter().map(|process| process.command).collect()
    }

    /// Waits for everything to be gone, for a while.
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
fn what_is_left_behind_fails_the_test() {
    let sandbox = Sandbox::new();
    let running = sandbox.command("sh").args(["-c", "setsid sleep 600 & echo started"]).start();
    running.says("started");
}

#[test]
fn nothing_of_the_callers_environment_is_left_but_path() {
    let sandbox = Sandbox::new();
    let output = sandbox.command("env").run().code(0);
    for line in output.lines() {
        let (name, value) = line.split_once('=').unwrap();
        let own = value.contains(&*sandbox.dir.path().to_string_lossy());
        let known = ["PATH", "LLVM_PROFILE_FILE", "LANG", "TERM", "PWD"].contains(&name);
        assert!(own || known, "{line}");
    }
}
