//! Leases: what keeps a forward alive.

use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

use super::protocol::{LeaseKind, LeaseStatus};

/// The number of a client's connection.
pub(super) type SessionId = u64;

/// A lease on a forward.
#[derive(Debug)]
pub(super) enum Lease {
    /// A client connection's; kept alive by the session's heartbeats.
    Session(SessionId),
    /// A process's, with the task that waits for its exit.
    Pid(u32, #[expect(dead_code, reason = "held for its drop")] Watcher),
    /// Kept alive by `forward heartbeat`; when the last one arrived.
    Heartbeat(Instant),
    /// No owner: only the idle rule ends the forward.
    None,
}

/// A task that waits for the exit of a process; dropping this value ends the task.
#[derive(Debug)]
pub(super) struct Watcher(pub(super) AbortHandle);

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A client's connection, as far as leases are concerned.
#[derive(Debug)]
pub(super) struct Session {
    /// The client's process id, if the system tells it.
    pub(super) pid: Option<u32>,
    /// When the client last sent anything.
    pub(super) last_beat: Instant,
    /// Suspended by its user (Ctrl-Z): missing heartbeats are expected.
    pub(super) suspended: bool,
}

impl Session {
    /// Whether the client has been silent for longer than `limit` at `now`.
    pub(super) fn is_silent(&self, now: Instant, limit: Duration) -> bool {
        !self.suspended && now.saturating_duration_since(self.last_beat) > limit
    }
}

impl Lease {
    /// Whether this lease keeps the forward alive regardless of the idle rule.
    pub(super) fn is_owner(&self) -> bool {
        !matches!(self, Self::None)
    }

    pub(super) fn status(&self, session: Option<&Session>, now: Instant) -> LeaseStatus {
        let since = |beat: Instant| {
            let elapsed = now.saturating_duration_since(beat).as_millis();
            Some(u64::try_from(elapsed).unwrap_or(u64::MAX))
        };
        match self {
            Self::Session(_) => LeaseStatus {
                kind: LeaseKind::Session,
                pid: session.and_then(|session| session.pid),
                last_heartbeat_ms: session.and_then(|session| since(session.last_beat)),
            },
            Self::Pid(pid, _) => {
                LeaseStatus { kind: LeaseKind::Pid, pid: Some(*pid), last_heartbeat_ms: None }
            }
            Self::Heartbeat(beat) => LeaseStatus {
                kind: LeaseKind::Heartbeat,
                pid: None,
                last_heartbeat_ms: since(*beat),
            },
            Self::None => LeaseStatus { kind: LeaseKind::None, pid: None, last_heartbeat_ms: None },
        }
    }
}
