//! `kubectl port-forward`: one child that forwards the ports of one target, watched by what it writes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::error::{Ending, Error, ErrorKind, is_prompt};
use super::name::Name;
use super::redact::LineRedactor;
use super::run::{NO_COLOURS, THAT_CLUSTER};
use crate::config::target::{RemotePort, Resource};
use crate::process::Group;

/// A line of kubectl's is never read further than this.
const MAX_LINE: u64 = 8 << 10;
/// Of what it wrote last, so many lines are read.
const MOST_LAST_LINES: usize = 500;
/// How long to read on after kubectl has gone.
const DRAIN: Duration = Duration::from_millis(250);

/// How to run one `kubectl port-forward`.
pub struct ForwardCommand {
    /// The program.
    pub program: PathBuf,
    /// `--kubeconfig`.
    pub kubeconfig: Option<PathBuf>,
    /// `--context`.
    pub context: Option<String>,
    /// `--namespace`.
    pub namespace: Name,
    /// To what.
    pub target: Resource,
    /// To which ports.
    pub remotes: Vec<RemotePort>,
    /// Its whole environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it runs.
    pub directory: PathBuf,
}

/// What happens to a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardEvent {
    /// It listens on these ports of 127.0.0.1, one for each that was asked for in that order, and
    /// the connection to the pod is up.
    Ready(Vec<u16>),
    /// It wrote a line, secrets taken out.
    Said(String),
    /// It said that its connection to the pod is of no more use, but stays up.
    Wedged,
}

/// A running `kubectl port-forward` in a process group of its own.
#[derive(Debug)]
pub struct PortForward {
    group: Group,
    lines: mpsc::Receiver<(Stream, String)>,
    stderr: String,
    /// How many ports were asked for, and those it listens on so far.
    wanted: usize,
    ports: Vec<u16>,
    context: Option<String>,
    prompted: bool,
    redactors: [LineRedactor; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

impl ForwardCommand {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
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
        command.arg(format!("--namespace={}", self.namespace));
        // `localhost`, the default, succeeds where only one of the two families binds.
        command.args(["port-forward", "--address=127.0.0.1"]);
        // Whatever a kuberc sets for `port-forward`.
        command.args(THAT_CLUSTER).args(["--request-timeout=0", "--pod-running-timeout=1m0s"]);
        if self.kubeconfig.is_none() {
            command.arg("--kubeconfig=");
        }
        if self.context.is_none() {
            command.arg("--context=");
        }
        command.arg("--").arg(self.target.short());
        command.args(self.remotes.iter().map(|remote| format!(":{remote}")));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts it. Like every child it must be started from a thread that lives as long as the
    /// program.
    pub fn spawn(&self) -> Result<PortForward, Error> {
        let cannot = |error: std::io::Error| {
            let program = self.program.display();
            Error::new(ErrorKind::KubectlMissing, format!("cannot start {program}: {error}"))
        };
        let mut group = Group::spawn(self.command()).map_err(cannot)?;
        let (to, lines) = mpsc::channel(256);
        if let Some(stdout) = group.stdout().map_err(cannot)? {
            tokio::spawn(drain(stdout, Stream::Out, to.clone()));
        }
        if let Some(stderr) = group.stderr().map_err(cannot)? {
            tokio::spawn(drain(stderr, Stream::Err, to));
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
        })
    }
}

impl PortForward {
    /// kubectl's process id, and its group's.
    pub fn id(&self) -> u32 {
        self.group.id()
    }

    /// The next thing that happens; none when kubectl has ended. Cancelling it loses nothing.
    pub async fn next(&mut self) -> Option<ForwardEvent> {
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
                // Told apart by their order: the port on the right is the container's.
                self.ports.push(port);
                let all = self.ports.len() == self.wanted;
                return all.then(|| ForwardEvent::Ready(std::mem::take(&mut self.ports)));
            }
            // One at each accept: the relay counts better.
            return (!line.starts_with("Handling connection for"))
                .then(|| ForwardEvent::Said(self.redactors[0].line(line)));
        }
        if self.stderr.len() > 16 << 10 {
            self.stderr.clear();
        }
        self.stderr.push_str(line);
        self.stderr.push('\n');
        let low = line.to_ascii_lowercase();
        if low.contains("timeout occurred") || low.contains("error creating error stream") {
            return Some(ForwardEvent::Wedged);
        }
        Some(ForwardEvent::Said(self.redactors[1].line(line)))
    }

    /// After [`PortForward::next`] gave none: reads what is left, ends what is left of the group,
    /// and says in kubectl's words why it ended, with the lines that were not heard before.
    pub async fn ended(mut self) -> (Error, Vec<String>) {
        let mut rest = Vec::new();
        // First of all nothing may go on writing; what was written stays in the pipes.
        self.group.kill();
        let until = Instant::now() + DRAIN;
        while rest.len() < MOST_LAST_LINES
            && let Ok(Some((stream, line))) = timeout_at(until, self.lines.recv()).await
        {
            if let Some(ForwardEvent::Said(line)) = self.heard(stream, &line) {
                rest.push(line);
            }
        }
        let Self { group, stderr, context, prompted, .. } = self;
        let error = match group.finish() {
            Ok(status) => {
                let ending = Ending { context, prompted, ..super::run::ending(status) };
                Error::from_stderr(&stderr, &ending)
            }
            Err(error) => Error::new(ErrorKind::Other, format!("kubectl: {error}")),
        };
        (error, rest)
    }

    /// Ends it in good order: TERM to the group, up to `grace`, KILL.
    pub async fn stop(self, grace: Duration) {
        let _ = self.group.stop(grace).await;
    }
}

impl Error {
    /// Whether a forward that failed so at its first start will fail so again: what it was asked
    /// for is not there or not allowed.
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

    /// Whether only a person can mend it, by logging in.
    pub fn needs_login(&self) -> bool {
        matches!(self.kind, ErrorKind::Unauthorized | ErrorKind::CredentialPlugin)
    }
}

/// The local port of `Forwarding from 127.0.0.1:P -> R`.
fn forwarding(line: &str) -> Option<u16> {
    let (address, _) = line.strip_prefix("Forwarding from 127.0.0.1:")?.split_once(" -> ")?;
    address.parse().ok()
}

/// Reads lines for as long as there are any, whether anybody listens or not: an unread pipe
/// would stop kubectl sooner or later.
async fn drain(from: impl AsyncRead + Unpin, stream: Stream, to: mpsc::Sender<(Stream, String)>) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    let mut goes_on = false;
    loop {
        line.clear();
        match (&mut from).take(MAX_LINE).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            // The rest of a line that is too long: a secret in it may have lost its name.
            Ok(_) if std::mem::replace(&mut goes_on, !line.ends_with(b"\n")) => {}
            Ok(_) => {
                let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                // A flood is not worth waiting for: what finds no room is dropped, save the one line
                // that says where kubectl listens.
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
