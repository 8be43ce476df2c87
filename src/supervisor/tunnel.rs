//! A running kubectl, as seen by its connections: its ports, what it has written about connections,
//! whether it still passes bytes on, and how it ended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::kubectl::{Counts, Culprit};
use crate::process::{self, Established, TcpConnection};

/// Retransmissions in a row after which the route counts as cut: at least 1.4 s.
const RETRANSMITS: u32 = 3;
/// The kernel's tables are read at most this often.
const TABLE_AGE: Duration = Duration::from_millis(400);

/// A kubectl that is up.
#[derive(Debug)]
pub(super) struct Tunnel {
    pub(super) generation: u64,
    pub(super) pid: u32,
    ports: Vec<u16>,
    pub(super) counts: Arc<Counts>,
    fate: watch::Sender<Option<Arc<Fate>>>,
    since: Instant,
    /// Whether a byte has come through.
    proven: AtomicBool,
    /// Whether kubectl is suspected of passing no bytes on.
    doubted: AtomicBool,
    /// When the last byte came through, in milliseconds after `since`.
    last_byte: AtomicU64,
    /// Connections made, those waiting for a first byte, and those whose client left before one:
    /// kubectl may still write lines about the latter two.
    joined: AtomicU64,
    silent: AtomicU64,
    abandoned: AtomicU64,
    /// Whether the started process listens itself, so that no wrapper script filters what it
    /// writes.
    direct: bool,
    /// Its connections to the cluster, as far as they are visible. One of them is the tunnel;
    /// others were requests for the pod and will be closed.
    way: Mutex<Established>,
    table: Mutex<Option<(Instant, Vec<TcpConnection>)>>,
}

/// How a kubectl ended.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// Whose failure it was; `None` if the supervisor ended kubectl.
    pub(super) culprit: Option<Culprit>,
    /// Whether all of kubectl's output was read, so that its counts are proof.
    pub(super) complete: bool,
    /// How many bytes of each connection kubectl never read, by kubectl's port and the supervisor's
    /// port.
    pub(super) unread: Option<HashMap<(u16, u16), u32>>,
}

/// Why a kubectl is suspected of passing no bytes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stall {
    /// kubectl is stopped.
    Stopped,
    /// The cluster's end acknowledges no bytes.
    Unacknowledged,
    /// kubectl has not read what a connection sent.
    Unread,
    /// No byte came, although the application has spoken first before.
    Silent,
}

impl Stall {
    /// As a clause for a message.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "kubectl is stopped",
            Self::Unacknowledged => "the cluster does not acknowledge what kubectl sends",
            Self::Unread => "kubectl does not pass on what a connection sent",
            Self::Silent => "the application no longer sends its greeting",
        }
    }
}

impl Tunnel {
    pub(super) fn new(generation: u64, pid: u32, ports: Vec<u16>, counts: Arc<Counts>) -> Self {
        let way = Established::of(pid, &ports);
        Self {
            generation,
            pid,
            ports,
            counts,
            fate: watch::Sender::new(None),
            since: Instant::now(),
            proven: AtomicBool::new(false),
            doubted: AtomicBool::new(false),
            last_byte: AtomicU64::new(0),
            joined: AtomicU64::new(0),
            silent: AtomicU64::new(0),
            abandoned: AtomicU64::new(0),
            direct: process::has_sockets(pid),
            way: Mutex::new(way),
            table: Mutex::new(None),
        }
    }

    /// kubectl's port for the forward's port with this index.
    pub(super) fn port(&self, index: usize) -> Option<u16> {
        self.ports.get(index).copied()
    }

    /// Sets whether this kubectl is suspected of passing no bytes on.
    pub(super) fn set_doubted(&self, doubted: bool) {
        self.doubted.store(doubted, Relaxed);
    }

    /// Whether kubectl is suspected: then the end of a connection says nothing about the
    /// application.
    pub(super) fn is_doubted(&self) -> bool {
        self.doubted.load(Relaxed)
    }

    /// Whether kubectl has lost a connection to the cluster and may therefore be about to end;
    /// `None` if that is not visible.
    pub(super) fn is_cut_off(&self) -> Option<bool> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner).is_any_lost()
    }

    /// Forgets lost connections: kubectl goes on without them, so they were not the tunnel.
    pub(super) fn forget_lost(&self) {
        self.way.lock().unwrap_or_else(PoisonError::into_inner).forget_lost();
    }

    /// Records how kubectl ended.
    pub(super) fn ended(&self, fate: Fate) {
        self.fate.send_replace(Some(Arc::new(fate)));
    }

    /// Resolves to how kubectl ended.
    pub(super) fn fate(&self) -> watch::Receiver<Option<Arc<Fate>>> {
        self.fate.subscribe()
    }

    /// Records that a byte has come through.
    pub(super) fn passed(&self) {
        let millis = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_byte.store(millis, Relaxed);
        self.proven.store(true, Relaxed);
    }

    /// Whether a byte has come through.
    pub(super) fn is_proven(&self) -> bool {
        self.proven.load(Relaxed)
    }

    /// Whether a byte has come through since `when`.
    pub(super) fn has_passed_since(&self, when: Instant) -> bool {
        let last = self.since + Duration::from_millis(self.last_byte.load(Relaxed));
        self.is_proven() && last >= when
    }

    /// Registers a connection that is about to be made.
    pub(super) fn join(self: &Arc<Self>) -> Witness {
        let number = self.joined.fetch_add(1, Relaxed) + 1;
        let silent = self.silent.fetch_add(1, Relaxed);
        let others = silent + self.abandoned.load(Relaxed);
        Witness {
            handled: self.counts.handled.load(Relaxed),
            unreached: self.counts.unreached.load(Relaxed),
            failed: self.counts.failed.load(Relaxed),
            number,
            others,
            settled: false,
            tunnel: Arc::clone(self),
        }
    }

    /// Whether kubectl passes no bytes on, judged for a connection that has sent `sent` bytes from
    /// local port `port` and waits for an answer. Slowness alone is no stall: an application may
    /// take as long as it likes.
    pub(super) fn stall(&self, sent: u64, port: u16) -> Option<Stall> {
        if process::is_stopped(self.pid) {
            return Some(Stall::Stopped);
        }
        let mut cached = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.as_ref().is_none_or(|(at, _)| at.elapsed() > TABLE_AGE) {
            *cached = Some((Instant::now(), self.connections()));
        }
        let (_, table) = cached.as_ref()?;
        if table.iter().any(|it| !self.is_own(it) && it.retransmits >= RETRANSMITS) {
            return Some(Stall::Unacknowledged);
        }
        let unread = table.iter().find(|it| self.is_own(it) && it.remote.port() == port);
        let unread = unread.map_or(0, |it| u64::from(it.unread));
        (sent > 0 && unread >= sent).then_some(Stall::Unread)
    }

    /// Whether the route to the cluster has changed: its connection would now be made from another
    /// address.
    pub(super) fn has_lost_its_route(&self) -> bool {
        self.connections().iter().any(|it| !self.is_own(it) && !it.has_its_route())
    }

    fn connections(&self) -> Vec<TcpConnection> {
        let own = process::tcp_connections_of(self.pid);
        // If a wrapper script was started, kubectl is its child.
        if own.is_empty() { process::tcp_connections(self.pid) } else { own }
    }

    /// Whether this is a client's connection, not the one to the cluster.
    fn is_own(&self, connection: &TcpConnection) -> bool {
        self.ports.contains(&connection.local.port())
    }
}

/// What kubectl had written when a connection to it was made: later lines are about that
/// connection, or about others made at the same time.
#[derive(Debug)]
pub(super) struct Witness {
    tunnel: Arc<Tunnel>,
    handled: u64,
    unreached: u64,
    failed: u64,
    number: u64,
    others: u64,
    /// Whether kubectl's handling of this connection is known.
    settled: bool,
}

impl Witness {
    /// Records that a byte has come through this connection, or that kubectl has closed it.
    pub(super) fn settle(&mut self) {
        if !std::mem::replace(&mut self.settled, true) {
            self.tunnel.silent.fetch_sub(1, Relaxed);
        }
    }

    /// Whether there was no other connection at the same time that kubectl's lines could be about.
    pub(super) fn is_alone(&self) -> bool {
        self.others == 0 && self.tunnel.joined.load(Relaxed) == self.number
    }

    /// Whether kubectl wrote that nothing of a connection has reached the pod.
    pub(super) fn says_unreached(&self) -> bool {
        self.tunnel.counts.unreached.load(Relaxed) > self.unreached
    }

    /// Whether kubectl wrote that a connection was refused or reset.
    pub(super) fn says_failed(&self) -> bool {
        self.tunnel.counts.failed.load(Relaxed) > self.failed
    }

    /// Whether it is certain that none of this connection's `sent` bytes has reached the pod.
    ///
    /// kubectl writes a line for each connection before it opens a stream: without a line since
    /// this connection was made, it was never handled (only if `writes_lines`: this kubectl has
    /// been seen to write such lines). A line that a stream could not be opened is about this
    /// connection if there was no other. And bytes that kubectl had not read when it was killed
    /// were not passed on.
    pub(super) fn proves_unreached(
        &self,
        fate: &Fate,
        writes_lines: bool,
        sent: u64,
        ports: (u16, u16),
    ) -> bool {
        let reliable = writes_lines && self.tunnel.direct && fate.complete;
        let unhandled = reliable && self.tunnel.counts.handled.load(Relaxed) == self.handled;
        let unread = fate.unread.as_ref().and_then(|unread| unread.get(&ports));
        let unread = unread.is_some_and(|unread| u64::from(*unread) >= sent);
        unhandled || unread || (self.is_alone() && self.says_unreached())
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        if !self.settled {
            self.tunnel.abandoned.fetch_add(1, Relaxed);
            self.settle();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tunnel() -> Arc<Tunnel> {
        // A process that has a socket.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let tunnel = Tunnel::new(1, std::process::id(), vec![9], Arc::default());
        drop(listener);
        Arc::new(tunnel)
    }

    #[test]
    fn only_a_connection_that_kubectl_never_handled_is_certain() {
        let tunnel = tunnel();
        assert!(tunnel.direct || cfg!(not(target_os = "linux")));
        let whole = Fate { complete: true, ..Fate::default() };
        let first = tunnel.join();
        assert!(first.proves_unreached(&whole, true, 5, (9, 7)));
        assert!(!first.proves_unreached(&whole, false, 5, (9, 7)), "it never writes a line");
        assert!(
            !first.proves_unreached(&Fate::default(), true, 5, (9, 7)),
            "not all lines were read"
        );
        tunnel.counts.handled.fetch_add(1, Relaxed);
        assert!(!first.proves_unreached(&whole, true, 5, (9, 7)));
        let second = tunnel.join();
        assert!(second.proves_unreached(&whole, true, 5, (9, 7)));
        tunnel.counts.handled.fetch_add(1, Relaxed);
        assert!(!second.proves_unreached(&whole, true, 5, (9, 7)), "the line may be about either");
    }

    #[test]
    fn an_unopened_stream_proves_something_only_for_a_lone_connection() {
        let tunnel = tunnel();
        let fate = Fate::default();
        let alone = tunnel.join();
        tunnel.counts.unreached.fetch_add(1, Relaxed);
        assert!(alone.is_alone() && alone.proves_unreached(&fate, true, 5, (9, 7)));
        let other = tunnel.join();
        assert!(!alone.is_alone() && !other.is_alone());
        assert!(!alone.proves_unreached(&fate, true, 5, (9, 7)));
        for mut witness in [alone, other] {
            witness.settle();
        }
        let third = tunnel.join();
        assert!(third.is_alone());
        // Its client leaves: later lines of kubectl may be about it.
        drop(third);
        assert!(!tunnel.join().is_alone());
    }

    #[test]
    fn bytes_that_kubectl_did_not_read_have_not_reached_the_pod() {
        let tunnel = tunnel();
        let witness = tunnel.join();
        tunnel.counts.handled.fetch_add(1, Relaxed);
        let unread =
            |bytes| Fate { unread: Some(HashMap::from([((9, 7), bytes)])), ..Fate::default() };
        assert!(witness.proves_unreached(&unread(5), true, 5, (9, 7)));
        assert!(!witness.proves_unreached(&unread(4), true, 5, (9, 7)));
        assert!(!witness.proves_unreached(&unread(5), true, 5, (9, 8)));
    }

    #[test]
    fn a_byte_proves_a_tunnel() {
        let tunnel = tunnel();
        let before = Instant::now();
        assert!(!tunnel.is_proven() && !tunnel.has_passed_since(before));
        tunnel.passed();
        assert!(tunnel.is_proven());
    }
}
