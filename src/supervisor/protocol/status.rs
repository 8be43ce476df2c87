//! What is said of forwards: where they stand, and what happened to them.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
