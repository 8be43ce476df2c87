//! Runs a program to its end, within a deadline.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

/// The longest wait of any test. It allows for slow machines, and is not itself asserted.
pub const DEADLINE: Duration = Duration::from_mins(2);

/// Waits until `condition` returns a value, or fails with `what`.
pub fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(start.elapsed() < DEADLINE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A program about to be run.
pub struct Run(Command);

impl Run {
    /// A run of `command`, whose environment is already set.
    pub fn new(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    /// One more argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    /// More arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.0.args(args);
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Unsets a variable.
    pub fn without(mut self, name: &str) -> Self {
        self.0.env_remove(name);
        self
    }

    /// Sets its working directory.
    pub fn dir(mut self, directory: impl AsRef<Path>) -> Self {
        self.0.current_dir(directory);
        self
    }

    /// Sets its stdin, which is empty by default.
    pub fn stdin(mut self, from: impl Into<Stdio>) -> Self {
        self.0.stdin(from);
        self
    }

    /// Sets its stdout, which is captured by default.
    pub fn stdout(mut self, to: impl Into<Stdio>) -> Self {
        self.0.stdout(to);
        self
    }

    /// Sets its stderr, which is captured by default.
    pub fn stderr(mut self, to: impl Into<Stdio>) -> Self {
        self.0.stderr(to);
        self
    }

    /// Runs it to its end.
    pub fn run(self) -> Output {
        self.start().wait()
    }

    /// Starts it.
    pub fn start(mut self) -> Running {
        let name = self.0.get_program().display().to_string();
        let args: Vec<_> = self.0.get_args().map(OsStr::to_string_lossy).collect();
        let text = format!("{name} {}", args.join(" "));
        let mut child = self.0.spawn().unwrap_or_else(|error| panic!("cannot run {text}: {error}"));
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        let pid = Pid::from_raw(child.id().cast_signed());
        Running { text, pid, stdout, stderr, status: waiting(child) }
    }
}

/// A running program.
pub struct Running {
    text: String,
    pid: Pid,
    stdout: Option<Receiver<Vec<u8>>>,
    stderr: Option<Receiver<Vec<u8>>>,
    status: Receiver<ExitStatus>,
}

impl Running {
    /// Its process id.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid, signal).unwrap_or_else(|error| panic!("{}: {error}", self.text));
    }

    /// The value of `key` in /proc/PID/status; `None` once it has ended.
    pub fn status(&self, key: &str) -> Option<String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        line.map(|value| value.trim().to_owned())
    }

    /// Reads its stdout until it contains `text`; returns everything read so far.
    pub fn says(&self, text: &str) -> String {
        self.read_until(self.stdout.as_ref(), text)
    }

    /// Reads its stderr until it contains `text`; returns everything read so far.
    pub fn complains(&self, text: &str) -> String {
        self.read_until(self.stderr.as_ref(), text)
    }

    fn read_until(&self, from: Option<&Receiver<Vec<u8>>>, text: &str) -> String {
        let mut said = Vec::new();
        let from = from.expect("it is the test's");
        loop {
            let more = from.recv_timeout(DEADLINE);
            let more = more.unwrap_or_else(|_| panic!("{} never said {text:?}", self.text));
            said.extend(more);
            let so_far = String::from_utf8_lossy(&said);
            if so_far.contains(text) {
                return so_far.into_owned();
            }
        }
    }

    /// Waits for its end, which must come within the deadline.
    pub fn wait(self) -> Output {
        let status = self.status.recv_timeout(DEADLINE).unwrap_or_else(|_| {
            let _ = kill(self.pid, Signal::SIGKILL);
            panic!("{} did not end within {DEADLINE:?}", self.text)
        });
        let all = |stream: Option<Receiver<Vec<u8>>>| {
            let mut all = Vec::new();
            let Some(stream) = stream else { return all };
            let start = Instant::now();
            // The stream ends when all processes that hold it have ended.
            loop {
                match stream.recv_timeout(DEADLINE.saturating_sub(start.elapsed())) {
                    Ok(more) => all.extend(more),
                    Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return all,
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {
                        panic!("{} ended, but its output did not", self.text)
                    }
                }
            }
        };
        Output {
            code: status.code(),
            signal: status.signal(),
            stdout: text(all(self.stdout)),
            stderr: text(all(self.stderr)),
            text: self.text,
        }
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("output is UTF-8")
}

fn collect(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}

fn waiting(mut child: Child) -> Receiver<ExitStatus> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        if let Ok(status) = child.wait() {
            let _ = sender.send(status);
        }
    });
    receiver
}

/// How a program ended, and what it wrote.
#[derive(Clone, Debug)]
pub struct Output {
    /// The command line.
    pub text: String,
    /// The exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Output {
    /// Asserts the exit code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert!(self.code == Some(code), "expected exit code {code}: {self}");
        self
    }

    /// Asserts that stderr contains this text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "expected {text:?} on stderr: {self}");
        self
    }

    /// Asserts that stderr is empty.
    #[track_caller]
    pub fn quiet(self) -> Self {
        assert!(self.stderr.is_empty(), "expected nothing on stderr: {self}");
        self
    }

    /// Asserts that stdout is empty.
    #[track_caller]
    pub fn prints_nothing(self) -> Self {
        assert!(self.stdout.is_empty(), "expected nothing on stdout: {self}");
        self
    }

    /// Both streams.
    pub fn both(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// stdout by lines.
    pub fn lines(&self) -> Vec<&str> {
        self.stdout.lines().collect()
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { text, code, signal, stdout, stderr } = self;
        // Limit long output: the beginning of each stream is enough to identify a failure.
        let [stdout, stderr] = [stdout, stderr].map(|text| match text.char_indices().nth(1500) {
            Some((end, _)) => format!("{}\n… ({} bytes)", &text[..end], text.len()),
            None => text.clone(),
        });
        write!(
            f,
            "{text}\ncode {code:?}, signal {signal:?}\n--- stderr\n{stderr}\n--- stdout\n{stdout}"
        )
    }
}
