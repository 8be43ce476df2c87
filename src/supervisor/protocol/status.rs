//! The state of forwards, and what happened to them.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Impersonation;

/// The state of a forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ForwardState {
    /// Its first kubectl is starting.
    Starting,
    /// Connections work.
    Ready,
    /// kubectl was replaced because it passed nothing on; no byte has passed through the new one
    /// yet.
    Recovering,
    /// kubectl ended and is being restarted; connections wait.
    Reconnecting,
    /// Idle: kubectl has been ended, the port is kept, the next connection wakes the forward.
    Dormant,
    /// Credentials need the user's login.
    NeedsLogin,
    /// Failed for good: it is not retried.
    Failed,
    /// The forward is being ended.
    Stopping,
}

impl ForwardState {
    /// The state's name in JSON.
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
    /// Its aliases: other names by which it was requested and can be found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The kubeconfig's name for the cluster.
    pub cluster: String,
    /// The context.
    pub context: Option<String>,
    /// The user as which kubectl acts, if not the context's.
    #[serde(default, rename = "as", skip_serializing_if = "Impersonation::is_none")]
    pub impersonation: Impersonation,
    /// The namespace.
    pub namespace: String,
    /// `TYPE/NAME`.
    pub resource: String,
    /// The first requested port: a number or a name.
    pub remote_port: String,
    /// The address of `endpoint`: 127.0.0.1, unless the forward listens only on other addresses.
    pub local_address: String,
    /// The local port for the first requested port. It stays the same when kubectl is replaced.
    pub local_port: u16,
    /// `http://127.0.0.1:PORT` for the first port.
    pub endpoint: String,
    /// All ports, in the requested order.
    pub ports: Vec<PortStatus>,
    /// The addresses on which it listens.
    pub addresses: Vec<IpAddr>,
    /// Its state.
    pub state: ForwardState,
    /// A kubectl's process id, if one runs.
    pub pid: Option<u32>,
    /// How many kubectls were started to replace another one.
    pub restarts: u64,
    /// Its present kubectls.
    #[serde(default)]
    pub kubectls: Vec<KubectlStatus>,
    /// How many kubectls have been started so far.
    #[serde(default)]
    pub kubectl_starts: u64,
    /// Connections that the application refused or reset, according to kubectl.
    #[serde(default)]
    pub application_resets: u64,
    /// Connections that are open now.
    pub open_connections: u64,
    /// All connections so far.
    pub total_connections: u64,
    /// Bytes from clients.
    pub bytes_in: u64,
    /// Bytes to clients.
    pub bytes_out: u64,
    /// When it was requested.
    pub started_at: Timestamp,
    /// When a connection was last open.
    pub last_used_at: Option<Timestamp>,
    /// The idle time in milliseconds; 0 turns the idle rule off.
    pub idle_ms: u64,
    /// When the idle rule will suspend or end it; none while it is in use, or without the rule.
    pub idle_deadline: Option<Timestamp>,
    /// The leases that keep it alive.
    pub leases: Vec<LeaseStatus>,
    /// The last problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
}

impl ForwardStatus {
    /// Whether this is its name or one of its aliases.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }

    /// The endpoint of a port, by the port as it was requested.
    pub fn endpoint_of(&self, remote: &str) -> Option<&str> {
        let port = self.ports.iter().find(|port| port.remote == remote);
        port.map(|port| port.endpoint.as_str())
    }
}

/// A port of a forward, as `forward list -o json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortStatus {
    /// The requested port: a number or a name.
    pub remote: String,
    /// The local port for clients.
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
    /// Whether new connections may go through it: it is up and not in doubt.
    #[serde(default)]
    pub serves: bool,
    /// How many connections go through it.
    pub open_connections: u64,
    /// Its resident memory; none if the system does not tell.
    pub resident_bytes: Option<u64>,
}

/// A lease, as `forward list -o json` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeaseStatus {
    /// `session`, `pid`, `heartbeat` or `none`.
    pub kind: LeaseKind,
    /// The client's process, or the named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<u32>,
    /// The time since its last heartbeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_heartbeat_ms: Option<u64>,
}

/// Kinds of leases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeaseKind {
    /// A client connection's.
    Session,
    /// A process's.
    Pid,
    /// `forward heartbeat`'s.
    Heartbeat,
    /// No owner.
    None,
}

/// An event of a forward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// The forward.
    pub name: String,
    /// When it happened.
    pub at: Timestamp,
    /// The forward's state after the event.
    pub state: ForwardState,
    /// What happened, in a sentence.
    pub message: String,
}

/// A forward's events, oldest first, and the last lines of its kubectl.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Story {
    /// The forward's name.
    pub name: String,
    /// Its other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its status, unless it has ended.
    pub forward: Option<Box<ForwardStatus>>,
    /// The last events.
    pub events: Vec<Event>,
    /// The last lines of kubectl's stderr and stdout, with secrets removed.
    pub log: Vec<LogLine>,
}

impl Story {
    /// The maximum size in bytes of the lines and of the events in a frame.
    const MOST: (usize, usize) = (24 << 20, 4 << 20);

    /// Drops the oldest lines and events that do not fit into one frame. The usual limits ensure
    /// that all fit, unless texts have maximum length and consist only of characters that JSON
    /// escapes with six bytes.
    #[must_use]
    pub fn fitted(mut self) -> Self {
        keep_latest(&mut self.log, Self::MOST.0);
        keep_latest(&mut self.events, Self::MOST.1);
        self
    }

    /// How many of the log's lines an earlier story of the same forward had already. The
    /// supervisor keeps the last lines, so this log begins somewhere in the earlier one.
    pub fn repeated(&self, earlier: &Self) -> usize {
        let (old, new) = (&earlier.log, &self.log);
        (0..=old.len())
            .map(|from| old.get(from..).unwrap_or_default())
            .find(|tail| new.starts_with(tail))
            .map_or(0, <[_]>::len)
    }
}

/// Drops the first items until the rest takes at most `most` bytes as JSON.
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

/// A line written by kubectl.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// When it was written.
    pub at: Timestamp,
    /// The line.
    pub text: String,
}
