//! `kubectl port-forward`: one child process that forwards the ports of one target, monitored
//! through its output.

mod ending;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

pub use ending::{ConnectionFailure, Culprit};

use super::error::{Ending, Error, ErrorKind, is_prompt};
use super::name::Name;
use super::redact::LineRedactor;
use super::run::{NO_COLOURS, THAT_CLUSTER};
use crate::config::target::{ForwardTarget, RemotePort, TargetKind};
use crate::config::{Impersonation, PodSelection};
use crate::process::{self, Group};

/// The maximum length of a line from kubectl, in bytes; the rest is discarded.
const MAX_LINE: u64 = 8 << 10;
/// The maximum number of lines read after kubectl has ended.
const MOST_LAST_LINES: usize = 500;
/// How long to keep reading after kubectl has ended.
const DRAIN: Duration = Duration::from_millis(250);

/// How to run one `kubectl port-forward`.
pub struct ForwardCommand {
    /// The program.
    pub program: PathBuf,
    /// `--kubeconfig`.
    pub kubeconfig: Option<PathBuf>,
    /// The user as which kubectl acts.
    pub impersonation: Impersonation,
    /// `--context`.
    pub context: Option<String>,
    /// `--namespace`.
    pub namespace: Name,
    /// The target.
    pub target: ForwardTarget,
    /// The target's ports.
    pub remotes: Vec<RemotePort>,
    /// Which of the target's pods is chosen.
    pub pod_selection: PodSelection,
    /// The complete environment of the child.
    pub environment: Vec<(OsString, OsString)>,
    /// The working directory.
    pub directory: PathBuf,
}

/// An event of a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardEvent {
    /// The child listens on these ports of 127.0.0.1, one for each requested port in the same
    /// order, and the connection to the pod is up.
    Ready(Vec<u16>),
    /// The child wrote a line; secrets are removed.
    Said(String),
    /// One of the child's connections failed; the child may go on, or be about to end.
    Failed(ConnectionFailure),
    /// The child reported that its connection to the pod is unusable, but keeps running.
    Wedged,
}

/// Counts of what a kubectl has written about its connections. A line is counted even if it is not
/// kept.
#[derive(Debug, Default)]
pub struct Counts {
    /// Connections that kubectl began to handle. It writes this line before it opens a stream.
    pub handled: AtomicU64,
    /// Connections from which nothing has reached the pod: no stream was opened, or the pod is
    /// gone.
    pub unreached: AtomicU64,
    /// Connections that the application refused or reset.
    pub failed: AtomicU64,
    open_pipes: AtomicU64,
}

/// How a kubectl ended.
#[derive(Debug)]
pub struct Ended {
    /// The error, in kubectl's words.
    pub error: Error,
    /// The component that failed.
    pub culprit: Culprit,
    /// Lines that [`PortForward::next`] has not returned.
    pub rest: Vec<String>,
    /// Whether all of kubectl's output was read: only then do the counts prove anything.
    pub complete: bool,
}

/// A running `kubectl port-forward` in a process group of its own.
#[derive(Debug)]
pub struct PortForward {
    group: Group,
    lines: mpsc::Receiver<(Stream, String)>,
    stderr: String,
    /// The number of requested ports, and those kubectl listens on so far.
    wanted: usize,
    ports: Vec<u16>,
    context: Option<String>,
    prompted: bool,
    redactors: [LineRedactor; 2],
    counts: Arc<Counts>,
    /// The last connection's failure, and when kubectl reported it.
    failure: Option<(ConnectionFailure, Instant)>,
    /// A second event from the last line, to be returned next.
    next: Option<ForwardEvent>,
}

/// If kubectl ends within this time after a connection has failed, the failure is the cause.
const FAILURE_LAG: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

impl Counts {
    fn add(&self, stream: Stream, line: &str) {
        let counter = match stream {
            // Also counts a line with other text around it: a line too many proves less, one too
            // few proves too much.
            Stream::Out if line.contains("Handling connection for") => &self.handled,
            Stream::Out => return,
            Stream::Err => match ConnectionFailure::read(line) {
                Some(ConnectionFailure::NotOpened | ConnectionFailure::PodGone) => &self.unreached,
                Some(_) => &self.failed,
                None => return,
            },
        };
        counter.fetch_add(1, Relaxed);
    }
}

impl ForwardCommand {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        let own = process::own_program();
        if self.pod_selection == PodSelection::Newest
            && self.target.kind() != TargetKind::Pod
            && let Ok(own) = own
        {
            // watchdog itself runs first: it finds out the pod, and then becomes kubectl.
            command = Command::new(own);
            command.arg("exec-newest").arg(format!("--namespace={}", self.namespace));
            if let Some(kubeconfig) = &self.kubeconfig {
                let mut arg = OsString::from("--kubeconfig=");
                arg.push(kubeconfig);
                command.arg(arg);
            }
            if let Some(context) = &self.context {
                command.arg(format!("--exact-context={context}"));
            }
            command.args(self.impersonation.flags());
            command.arg(format!("--target={}", self.target.short()));
            command.args(self.remotes.iter().map(|remote| format!("--port={remote}")));
            command.arg("--").arg(&self.program);
            self.complete(&mut command, false);
        } else {
            self.complete(&mut command, true);
        }
        command
    }

    /// Adds kubectl's arguments (with the target only if `whole`), and the other properties of the
    /// command.
    fn complete(&self, command: &mut Command, whole: bool) {
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        if self.directory.is_dir() {
            command.current_dir(&self.directory);
        } else {
            command.current_dir("/");
        }
        command.envs(NO_COLOURS);
        if let Some(kubeconfig) = &self.kubeconfig {
            let mut arg = OsString::from("--kubeconfig=");
            arg.push(kubeconfig);
            command.arg(arg);
        }
        if let Some(context) = &self.context {
            command.arg(format!("--context={context}"));
        }
        command.args(self.impersonation.flags());
        command.arg(format!("--namespace={}", self.namespace));
        // `localhost`, the default, succeeds where only one of the two families binds.
        command.args(["port-forward", "--address=127.0.0.1"]);
        // These override what a kuberc sets for `port-forward`.
        command.args(THAT_CLUSTER).args(["--request-timeout=0", "--pod-running-timeout=1m0s"]);
        if self.kubeconfig.is_none() {
            command.arg("--kubeconfig=");
        }
        if self.context.is_none() {
            command.arg("--context=");
        }
        command.arg("--");
        if whole {
            command.arg(self.target.short());
            command.args(self.remotes.iter().map(|remote| format!(":{remote}")));
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    }

    /// Starts kubectl. Like every child, it must be started from a thread that lives as long as
    /// the program.
    pub fn spawn(&self) -> Result<PortForward, Error> {
        let cannot = |error: std::io::Error| {
            let program = self.program.display();
            Error::new(ErrorKind::KubectlMissing, format!("cannot start {program}: {error}"))
        };
        let mut group = Group::spawn(self.command()).map_err(cannot)?;
        let (to, lines) = mpsc::channel(256);
        let counts = Arc::new(Counts::default());
        if let Some(stdout) = group.stdout().map_err(cannot)? {
            counts.open_pipes.fetch_add(1, Relaxed);
            tokio::spawn(drain(stdout, Stream::Out, to.clone(), Arc::clone(&counts)));
        }
        if let Some(stderr) = group.stderr().map_err(cannot)? {
            counts.open_pipes.fetch_add(1, Relaxed);
            tokio::spawn(drain(stderr, Stream::Err, to, Arc::clone(&counts)));
        }
        Ok(PortForward {
            group,
            lines,
            stderr: String::new(),
            wanted: self.remotes.len(),
            ports: Vec::new(),
            context: self.context.clone(),
            prompted: false,
            redactors: Default::default(),
            counts,
            failure: None,
            next: None,
        })
    }
}

impl PortForward {
    /// The id of kubectl's process and of its process group.
    pub fn id(&self) -> u32 {
        self.group.id()
    }

    /// The counts of kubectl's connections, which keep changing while it runs.
    pub fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.counts)
    }

    /// The next event; `None` when kubectl has ended. Cancelling the call loses nothing.
    pub async fn next(&mut self) -> Option<ForwardEvent> {
        if let Some(event) = self.next.take() {
            return Some(event);
        }
        loop {
            let line = tokio::select! {
                line = self.lines.recv() => line,
                _ = self.group.exited() => None,
            };
            let (stream, line) = line?;
            if let Some(event) = self.heard(stream, &line) {
                return Some(event);
            }
        }
    }

    fn heard(&mut self, stream: Stream, line: &str) -> Option<ForwardEvent> {
        if stream == Stream::Out {
            self.prompted |= is_prompt(line.as_bytes());
            if let Some(port) = forwarding(line) {
                // Ports are matched by their order, because the port on the right is the
                // container's.
                self.ports.push(port);
                let all = self.ports.len() == self.wanted;
                return all.then(|| ForwardEvent::Ready(std::mem::take(&mut self.ports)));
            }
            // kubectl writes one of these for each connection, and the relay counts those better.
            return (!line.starts_with("Handling connection for"))
                .then(|| ForwardEvent::Said(self.redactors[0].line(line)));
        }
        if self.stderr.len() > 16 << 10 {
            self.stderr.clear();
        }
        self.stderr.push_str(line);
        self.stderr.push('\n');
        let said = ForwardEvent::Said(self.redactors[1].line(line));
        if let Some(failure) = ConnectionFailure::read(line) {
            self.failure = Some((failure, Instant::now()));
            self.next = Some(ForwardEvent::Failed(failure));
        }
        if ending::is_wedged(line) {
            self.next = Some(ForwardEvent::Wedged);
        }
        Some(said)
    }

    /// To be called after [`PortForward::next`] returned `None`: reads the remaining output, kills
    /// the rest of the process group, and returns in kubectl's words why it ended, with the lines
    /// not returned before.
    pub async fn ended(mut self) -> Ended {
        let mut rest = Vec::new();
        // First stop all writers; what they have written stays in the pipes.
        self.group.kill();
        let until = Instant::now() + DRAIN;
        while rest.len() < MOST_LAST_LINES
            && let Ok(Some((stream, line))) = timeout_at(until, self.lines.recv()).await
        {
            if let Some(ForwardEvent::Said(line)) = self.heard(stream, &line) {
                rest.push(line);
            }
        }
        let complete = self.is_drained();
        let Self { group, stderr, context, prompted, failure, .. } = self;
        let (error, killed) = match group.finish() {
            Ok(status) => {
                let ending = Ending { context, prompted, ..super::run::ending(status) };
                (Error::from_stderr(&stderr, &ending), ending.code.is_none())
            }
            Err(error) => (Error::new(ErrorKind::Other, format!("kubectl: {error}")), false),
        };
        let failure = failure.filter(|(_, at)| at.elapsed() < FAILURE_LAG).map(|(it, _)| it);
        let culprit = Culprit::of(&error, failure, killed);
        Ended { error, culprit, rest, complete }
    }

    /// Whether all of kubectl's output has been read.
    fn is_drained(&self) -> bool {
        self.counts.open_pipes.load(Relaxed) == 0
    }

    /// Stops kubectl gracefully: SIGTERM to the group, up to `grace`, SIGKILL. Returns whether all
    /// of its output was read.
    pub async fn stop(self, grace: Duration) -> bool {
        let Self { group, mut lines, counts, .. } = self;
        let _ = group.stop(grace).await;
        let until = Instant::now() + DRAIN;
        while let Ok(Some(_)) = timeout_at(until, lines.recv()).await {}
        counts.open_pipes.load(Relaxed) == 0
    }

    /// Kills a kubectl that does not pass on what it is sent. Returns the number of bytes that it
    /// had not read from each connection, by kubectl's port and the client's port. kubectl is
    /// frozen before counting, so these bytes have reached nobody and never will. `None` if the
    /// number cannot be known.
    pub async fn abort(self) -> Option<HashMap<(u16, u16), u32>> {
        let frozen = self.group.freeze().await;
        let unread = frozen.then(|| {
            let connections = crate::process::tcp_connections(self.group.id());
            let ports = |it: &crate::process::TcpConnection| (it.local.port(), it.remote.port());
            connections.into_iter().map(|it| (ports(&it), it.unread)).collect()
        });
        self.group.kill();
        let _ = self.group.finish();
        unread
    }
}

impl Error {
    /// Whether a forward that failed like this at its first start will fail again: what it
    /// requested does not exist or is not allowed.
    pub fn is_permanent_for_forward(&self) -> bool {
        let low = self.message.to_ascii_lowercase();
        let says = |texts: &[&str]| texts.iter().any(|text| low.contains(text));
        match self.kind {
            ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::KubectlMissing => true,
            _ => says(&[
                "does not have a service port",
                "does not have a named port",
                "without a selector",
                "protocol is not supported",
                "does not exist",
                "invalid port",
                "not found for specified",
                "forbidden",
                "cannot attach to",
                "unknown flag",
            ]),
        }
    }

    /// Whether only a person can fix this, by logging in.
    pub fn needs_login(&self) -> bool {
        matches!(self.kind, ErrorKind::Unauthorized | ErrorKind::CredentialPlugin)
    }
}

/// The local port of `Forwarding from 127.0.0.1:P -> R`.
fn forwarding(line: &str) -> Option<u16> {
    let (address, _) = line.strip_prefix("Forwarding from 127.0.0.1:")?.split_once(" -> ")?;
    address.parse().ok()
}

/// Reads lines until the stream ends, even if nobody receives them: an unread pipe would sooner or
/// later block kubectl.
async fn drain(
    from: impl AsyncRead + Unpin,
    stream: Stream,
    to: mpsc::Sender<(Stream, String)>,
    counts: Arc<Counts>,
) {
    read_lines(from, stream, &to, &counts).await;
    counts.open_pipes.fetch_sub(1, Relaxed);
}

async fn read_lines(
    from: impl AsyncRead + Unpin,
    stream: Stream,
    to: &mpsc::Sender<(Stream, String)>,
    counts: &Counts,
) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    let mut goes_on = false;
    loop {
        line.clear();
        match (&mut from).take(MAX_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            // Discards the rest of a line that is too long: a secret in it could no longer be
            // recognized by its name.
            Ok(_) if std::mem::replace(&mut goes_on, !line.ends_with(b"\n")) => {}
            Ok(_) => {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                counts.add(stream, &text);
                // Does not wait in a flood of output: lines without room are dropped, except the
                // one that says where kubectl listens.
                if stream == Stream::Out && forwarding(&text).is_some() {
                    let _ = to.send((stream, text)).await;
                } else if !text.is_empty() {
                    let _ = to.try_send((stream, text));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_kubectls_line() {
        assert_eq!(forwarding("Forwarding from 127.0.0.1:41161 -> 9090"), Some(41161));
        assert_eq!(forwarding("Forwarding from [::1]:41161 -> 9090"), None);
        assert_eq!(forwarding("Forwarding from 127.0.0.1:x -> 9090"), None);
    }

    #[test]
    fn what_will_not_change_is_told_from_what_may() {
        let permanent = |stderr: &str| {
            Error::from_stderr(stderr, &Ending::default()).is_permanent_for_forward()
        };
        for text in [
            "Error from server (NotFound): services \"x\" not found",
            "error: Service s does not have a service port 81",
            "error: Pod 'x' does not have a named port 'y'",
            "error: error upgrading connection: unable to upgrade connection: Forbidden (user=x)",
            "error: context \"x\" does not exist",
        ] {
            assert!(permanent(text), "{text}");
        }
        for text in [
            "error: lost connection to pod",
            "error: unable to forward port because pod is not running. Current status=Pending",
            "error: timed out waiting for the condition",
            "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?",
        ] {
            assert!(!permanent(text), "{text}");
        }
    }
}
