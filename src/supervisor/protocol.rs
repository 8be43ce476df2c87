//! What client and supervisor say to each other, as JSON (its frames: `frame`).
//!
//! `Hello` and `Shutdown` never change their form, so that a client of any version can find out
//! whom it talks to, and replace it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::config::{Isolate, PodSelection};

/// The version of everything but `Hello` and `Shutdown`.
pub const PROTOCOL: u32 = 3;

/// What a client asks. Each request has one reply, in order; events come between replies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Request {
    /// Who are you? Always the first request. Its form never changes.
    Hello {
        /// The client's [`PROTOCOL`].
        protocol: u32,
    },
    /// End every forward and exit. Its form never changes.
    Shutdown,
    /// Start a forward, or take a lease on the one that is there for the same target.
    Start {
        /// What to forward.
        spec: Box<Spec>,
        /// On whose behalf.
        lease: LeaseRequest,
        /// How long to wait until it is ready, in milliseconds.
        ready_timeout_ms: u64,
        /// A person waits: why it is not ready comes as events until it is, and what waiting does
        /// not mend is an error at once.
        #[serde(default)]
        attended: bool,
    },
    /// The forwards, all or those named.
    List {
        /// Empty for all.
        names: Vec<String>,
    },
    /// This session lives. Sent every few seconds by a client that holds a session lease.
    Beat,
    /// This session is about to be stopped by its user (Ctrl-Z), or is back: silence is meant.
    Suspend {
        /// Whether it is going, or is back.
        suspended: bool,
    },
    /// Renews the heartbeat lease of a forward.
    Heartbeat {
        /// The forward.
        name: String,
    },
    /// Ends forwards whatever leases they have. Empty for all.
    Stop {
        /// The forwards.
        names: Vec<String>,
    },
    /// Gives up this session's lease on a forward.
    Release {
        /// The forward.
        name: String,
    },
    /// Takes back what the starts of this connection have added to forwards, leases and names: for
    /// a client that wanted several forwards and did not get them all. What was there before stays.
    GiveBack,
    /// Ends a forward's kubectl and starts another one.
    Restart {
        /// The forward.
        name: String,
    },
    /// What happened to a forward, and what its kubectl said.
    Story {
        /// The forward; one that ended lately too.
        name: String,
    },
    /// From now on, send events of these forwards on this connection. Empty for all.
    Watch {
        /// The forwards.
        names: Vec<String>,
    },
}

/// What the supervisor sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reply {
    /// Who it is.
    Hello(SupervisorInfo),
    /// Done.
    Done,
    /// A forward is ready, or was there already.
    Started {
        /// It, as it stands.
        forward: Box<ForwardStatus>,
        /// Whether it was there before.
        existing: bool,
        /// Whether it has a lease more by it: asked for twice on the same behalf, it has not.
        leased: bool,
        /// The variables that decide about credentials and routes, and that the forward runs with
        /// otherwise than this request had them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        differs: Vec<String>,
    },
    /// The forwards asked for.
    Forwards {
        /// By name.
        forwards: Vec<ForwardStatus>,
    },
    /// A forward's story.
    Story(Story),
    /// It could not be done.
    Error(Refusal),
    /// Something happened to a watched forward: not a reply to anything.
    Event(Event),
}

/// Who answers on the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SupervisorInfo {
    /// Its [`PROTOCOL`].
    pub protocol: u32,
    /// The program's version.
    pub version: String,
    /// Its process id.
    pub pid: u32,
    /// Its guard's process id, where it has one.
    pub guard_pid: Option<u32>,
    /// When it started.
    pub started_at: Timestamp,
}

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct Refusal {
    /// The kind, for programs.
    pub kind: RefusalKind,
    /// The sentence, for people.
    pub message: String,
}

/// Kinds of refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RefusalKind {
    /// No forward of that name.
    NotFound,
    /// The local port is held by somebody else.
    PortTaken,
    /// The local port is another forward's.
    PortOurs,
    /// There can be no listener there: no permission, no such address, no descriptor left.
    CannotListen,
    /// The name is taken by a forward of another target.
    NameTaken,
    /// kubectl said no, for good.
    Failed,
    /// It was not ready in time.
    Timeout,
    /// The frame was no request, or one that this supervisor does not know.
    BadRequest,
    /// The supervisor is ending.
    ShuttingDown,
}

/// What to forward, and how to run kubectl for it. Whatever may hold a secret (the environment)
/// is never written to disk nor shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// The name that the user gave it.
    pub name: Option<String>,
    /// The kubeconfig's name for the cluster.
    pub cluster: String,
    /// The context; none for the pod that this runs in.
    pub context: Option<String>,
    /// The API server that the context pointed to when the forward was asked for.
    pub server: String,
    /// The namespace.
    pub namespace: String,
    /// `TYPE/NAME` as kubectl takes it.
    pub resource: String,
    /// Its ports, one at least.
    pub ports: Vec<PortSpec>,
    /// The addresses to listen on; none for loopback, 127.0.0.1 and ::1.
    pub addresses: Vec<IpAddr>,
    /// Unused for so long it goes dormant or is closed; 0 for never.
    pub idle_ms: u64,
    /// Which connections get a kubectl of their own.
    #[serde(default)]
    pub isolate: Isolate,
    /// Which pod of a Service or workload it leads to.
    #[serde(default)]
    pub pod_selection: PodSelection,
    /// How many kubectls it may have at one time.
    #[serde(default = "default_pool")]
    pub pool: u32,
    /// Whether an idempotent HTTP request is sent again where kubectl ended
    /// before an answer came.
    #[serde(default)]
    pub retry_idempotent: bool,
    /// How often TCP keep-alives are sent, in milliseconds; 0 for never.
    #[serde(default)]
    pub keepalive_ms: u64,
    /// The kubectl to run.
    pub kubectl: PathBuf,
    /// `--kubeconfig`, where it was given.
    pub kubeconfig: Option<PathBuf>,
    /// The client's working directory.
    pub directory: PathBuf,
    /// The client's environment: kubectl runs with it, as if the client had started it.
    pub environment: Environment,
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spec")
            .field("name", &self.name)
            .field("context", &self.context)
            .field("namespace", &self.namespace)
            .field("resource", &self.resource)
            .field("ports", &self.ports)
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

fn default_pool() -> u32 {
    crate::config::ForwardDefaults::default().pool
}

/// A port of the resource, and where it is to be had here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortSpec {
    /// A number, or the name of a port.
    pub remote: String,
    /// The local port: this one (`Exact`), or this or the next free one (`From`).
    pub local: LocalPort,
}

/// Which local port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LocalPort {
    /// This one or none; 0 for any that is free.
    Exact(u16),
    /// This one, else the next free one.
    From(u16),
}

/// Environment variables, as bytes: they need not be text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(pub BTreeMap<OsString, OsString>);

impl Environment {
    /// This process's own.
    pub fn current() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// One variable.
    pub fn get(&self, name: &str) -> Option<&OsString> {
        self.0.get(&OsString::from(name))
    }
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // As text where it is text: a list of numbers takes four bytes for one.
        to.collect_seq(self.0.iter().map(|(name, value)| (Bytes::of(name), Bytes::of(value))))
    }
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(Bytes, Bytes)>::deserialize(from)?;
        Ok(Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
    }
}

/// A name or a value: text where it is text.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Bytes<'a> {
    Text(Cow<'a, str>),
    Raw(Vec<u8>),
}

impl<'a> Bytes<'a> {
    fn of(text: &'a OsStr) -> Self {
        match text.to_str() {
            Some(text) => Self::Text(Cow::Borrowed(text)),
            None => Self::Raw(text.as_bytes().to_vec()),
        }
    }
}

impl From<Bytes<'_>> for OsString {
    fn from(bytes: Bytes<'_>) -> Self {
        match bytes {
            Bytes::Text(text) => text.into_owned().into(),
            Bytes::Raw(bytes) => Self::from_vec(bytes),
        }
    }
}

/// On whose behalf a forward lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum LeaseRequest {
    /// This connection's: ends with it, or with its silence.
    Session,
    /// A process's: ends with it.
    Pid {
        /// The process.
        pid: u32,
    },
    /// `forward heartbeat`'s: ends without one for the heartbeat timeout.
    Heartbeat,
    /// Nobody's: only the idle rule ends it.
    None,
}

/// Where a forward stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ForwardState {
    /// Its first kubectl is starting.
    Starting,
    /// Connections go through.
    Ready,
    /// kubectl was replaced since it passed nothing on; no byte has passed through the new one yet.
    Recovering,
    /// kubectl ended and is started again; connections wait.
    Reconnecting,
    /// Unused: kubectl has been ended, the port is kept, the next connection wakes it.
    Dormant,
    /// The credentials want a person.
    NeedsLogin,
    /// It will not come back by itself.
    Failed,
    /// It is being ended.
    Stopping,
}

impl ForwardState {
    /// The name as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Recovering => "recovering",
            Self::Reconnecting => "reconnecting",
            Self::Dormant => "dormant",
            Self::NeedsLogin => "needsLogin",
            Self::Failed => "failed",
            Self::Stopping => "stopping",
        }
    }
}

/// A forward, as `forward list -o json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ForwardStatus {
    /// Its name.
    pub name: String,
    /// The other names under which it was asked for: it is found by them too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The kubeconfig's name for the cluster.
    pub cluster: String,
    /// The context.
    pub context: Option<String>,
    /// The namespace.
    pub namespace: String,
    /// `TYPE/NAME`.
    pub resource: String,
    /// The first port asked for: a number, or a name.
    pub remote_port: String,
    /// The address of `endpoint`: 127.0.0.1, unless it listens elsewhere only.
    pub local_address: String,
    /// The port that clients connect to for the first. It stays the same however often kubectl is
    /// replaced.
    pub local_port: u16,
    /// `http://127.0.0.1:PORT`, of the first.
    pub endpoint: String,
    /// All ports, in the order in which they were asked for.
    pub ports: Vec<PortStatus>,
    /// The addresses that it listens on.
    pub addresses: Vec<IpAddr>,
    /// Where it stands.
    pub state: ForwardState,
    /// kubectl's process id, while there is one.
    pub pid: Option<u32>,
    /// How often kubectl was started again.
    pub restarts: u64,
    /// Its kubectls now.
    #[serde(default)]
    pub kubectls: Vec<KubectlStatus>,
    /// How many kubectls it has started so far.
    #[serde(default)]
    pub kubectl_starts: u64,
    /// Connections that the application refused or reset, as far as kubectl said so.
    #[serde(default)]
    pub application_resets: u64,
    /// Connections open now.
    pub open_connections: u64,
    /// Connections ever.
    pub total_connections: u64,
    /// Bytes from clients.
    pub bytes_in: u64,
    /// Bytes to clients.
    pub bytes_out: u64,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// When a connection was last open.
    pub last_used_at: Option<Timestamp>,
    /// How long it may be unused, in milliseconds; 0 for ever.
    pub idle_ms: u64,
    /// When the idle rule will end it or put it to sleep; none while it is used, or without the rule.
    pub idle_deadline: Option<Timestamp>,
    /// On whose behalf it lives.
    pub leases: Vec<LeaseStatus>,
    /// The last thing that went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

impl ForwardStatus {
    /// Whether it is found by this name.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

/// A port of a forward, as `forward list -o json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortStatus {
    /// The port asked for: a number, or a name.
    pub remote: String,
    /// The port that clients connect to.
    pub local: u16,
    /// `http://127.0.0.1:PORT`
    pub endpoint: String,
}

/// A kubectl of a forward, as `forward list -o json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KubectlStatus {
    /// Its process id.
    pub pid: u32,
    /// Whether new connections may go through it: it is up, and nothing speaks against it.
    #[serde(default)]
    pub serves: bool,
    /// Connections through it.
    pub open_connections: u64,
    /// Its memory; none where the system does not say.
    pub resident_bytes: Option<u64>,
}

/// A lease, as `forward list -o json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseStatus {
    /// `session`, `pid`, `heartbeat` or `none`.
    pub kind: LeaseKind,
    /// The process: the client's, or the one that was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// How long ago its last heartbeat was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_heartbeat_ms: Option<u64>,
}

/// Kinds of leases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeaseKind {
    /// A connection's.
    Session,
    /// A process's.
    Pid,
    /// `forward heartbeat`'s.
    Heartbeat,
    /// Nobody's.
    None,
}

/// A moment in a forward's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The forward.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// Where the forward stands after it.
    pub state: ForwardState,
    /// What happened, in a sentence.
    pub message: String,
}

/// What happened to a forward, oldest first, and what its kubectl said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Story {
    /// The forward's name.
    pub name: String,
    /// Its other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// It as it stands, unless it has ended.
    pub forward: Option<Box<ForwardStatus>>,
    /// The last events.
    pub events: Vec<Event>,
    /// The last lines of kubectl's stderr and stdout, without secrets.
    pub log: Vec<LogLine>,
}

impl Story {
    /// How many bytes of a frame lines may take, and events.
    const MOST: (usize, usize) = (24 << 20, 4 << 20);

    /// As much of it as goes into one frame: the latest. What is kept of a forward does, unless its
    /// texts are of the longest and have nothing but characters that JSON writes as six.
    #[must_use]
    pub fn fitted(mut self) -> Self {
        keep_latest(&mut self.log, Self::MOST.0);
        keep_latest(&mut self.events, Self::MOST.1);
        self
    }
}

/// Drops the first ones, until the others are written in so many bytes.
fn keep_latest<T: Serialize>(items: &mut Vec<T>, most: usize) {
    let mut left = most;
    let fits = |item: &&T| {
        let length = serde_json::to_vec(item).map_or(usize::MAX, |text| text.len() + 1);
        let fits = length <= left;
        left = left.saturating_sub(length);
        fits
    };
    let kept = items.iter().rev().take_while(fits).count();
    items.drain(..items.len() - kept);
}

/// A line that kubectl wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When.
    pub at: Timestamp,
    /// The line.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hello_and_shutdown_keep_their_form() {
        let hello = serde_json::to_string(&Request::Hello { protocol: 7 }).unwrap();
        assert_eq!(hello, r#"{"request":"hello","protocol":7}"#);
        assert_eq!(serde_json::to_string(&Request::Shutdown).unwrap(), r#"{"request":"shutdown"}"#);
    }

    #[test]
    fn a_story_of_the_longest_lines_goes_into_a_frame() {
        let line = |text: String| LogLine { at: Timestamp::UNIX_EPOCH, text };
        let story = |lines: usize, length: usize| Story {
            name: "a".to_owned(),
            aliases: Vec::new(),
            forward: None,
            events: Vec::new(),
            log: (0..lines).map(|it| line(format!("{it}{}", "\u{1}".repeat(length)))).collect(),
        };
        assert_eq!(story(400, 8 << 10).fitted().log.len(), 400, "all that is kept is to be had");
        let most = story(900, 8 << 10).fitted();
        assert!(serde_json::to_vec(&Reply::Story(most.clone())).unwrap().len() < 32 << 20);
        assert!(most.log.last().unwrap().text.starts_with("899"), "the latest stay");
    }

    #[test]
    fn an_environment_that_is_not_text_survives_and_is_not_shown() {
        let mut environment = Environment::default();
        environment.0.insert("SECRET".into(), OsString::from_vec(vec![0xff, b'x']));
        let json = serde_json::to_string(&environment).unwrap();
        assert!(serde_json::from_str::<Environment>(&json).unwrap() == environment);
        let old = r#"[["A",[104,105]],["B",[]]]"#;
        let old = serde_json::from_str::<Environment>(old).unwrap();
        assert_eq!((old.get("A"), old.get("B")), (Some(&"hi".into()), Some(&"".into())));
        environment.0.insert("A".into(), "x".repeat(1000).into());
        assert!(
            serde_json::to_string(&environment).unwrap().len() < 1100,
            "text takes its own room"
        );
    }
}
