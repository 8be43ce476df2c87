//! One kubectl that is up, as the connections through it see it: where it listens, what it has
//! written about them, whether it still passes on what it is sent, and how it ended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::kubectl::{Counts, Culprit};
use crate::process::{self, Established, TcpConnection};

/// So often in a row bytes are sent again before the way counts as cut: 1.4 s at least.
const RETRANSMITS: u32 = 3;
/// The kernel's tables are not read more often than this.
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
    /// Whether a byte has come through it.
    proven: AtomicBool,
    /// It is taken to pass on nothing.
    doubted: AtomicBool,
    /// When the last byte came through it, in milliseconds after `since`.
    last_byte: AtomicU64,
    /// Connections that were made, those that wait for a first byte, and those whose client left without
    /// one: of these kubectl may still have something to say.
    joined: AtomicU64,
    silent: AtomicU64,
    abandoned: AtomicU64,
    /// The process that was started listens itself: what it writes is not filtered by a script.
    direct: bool,
    /// Its connections to the cluster, as far as they can be seen. One of them is the tunnel; others asked
    /// for the pod, and are closed some day.
    way: Mutex<Established>,
    table: Mutex<Option<(Instant, Vec<TcpConnection>)>>,
}

/// How it ended.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// Whose failure that was; none where it was ended on purpose.
    pub(super) culprit: Option<Culprit>,
    /// Whether all that kubectl wrote was read, so that its counts prove something.
    pub(super) complete: bool,
    /// How many bytes of each connection it never read, by kubectl's port and that of the
    /// supervisor's end.
    pub(super) unread: Option<HashMap<(u16, u16), u32>>,
}

/// Why a tunnel is taken to pass on nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stall {
    /// kubectl is stopped.
    Stopped,
    /// The cluster's end acknowledges nothing.
    Unacknowledged,
    /// kubectl has not read what a connection sent.
    Unread,
    /// No byte came, where the application spoke first before.
    Silent,
}

impl Stall {
    /// As a sentence has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "kubectl is stopped",
            Self::Unacknowledged => "the cluster does not acknowledge what kubectl sends",
            Self::Unread => "kubectl does not pass on what a connection sent",
            Self::Silent => "the application no longer speaks first",
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

    /// kubectl's port for the forward's port at this index.
    pub(super) fn port(&self, index: usize) -> Option<u16> {
        self.ports.get(index).copied()
    }

    /// It is taken to pass on nothing, or not any more.
    pub(super) fn set_doubted(&self, doubted: bool) {
        self.doubted.store(doubted, Relaxed);
    }

    /// Whether an end of a connection through it says nothing of the application.
    pub(super) fn is_doubted(&self) -> bool {
        self.doubted.load(Relaxed)
    }

    /// Whether kubectl has lost a connection to the cluster, and so may be about to end; none where that
    /// cannot be seen.
    pub(super) fn is_cut_off(&self) -> Option<bool> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner).is_any_lost()
    }

    /// kubectl goes on without the connections that it has lost: they were not the tunnel.
    pub(super) fn forget_lost(&self) {
        self.way.lock().unwrap_or_else(PoisonError::into_inner).forget_lost();
    }

    /// It has ended so.
    pub(super) fn ended(&self, fate: Fate) {
        self.fate.send_replace(Some(Arc::new(fate)));
    }

    /// How it ends.
    pub(super) fn fate(&self) -> watch::Receiver<Option<Arc<Fate>>> {
        self.fate.subscribe()
    }

    /// A byte has come through it.
    pub(super) fn passed(&self) {
        let millis = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_byte.store(millis, Relaxed);
        self.proven.store(true, Relaxed);
    }

    /// Whether a byte has come through it.
    pub(super) fn is_proven(&self) -> bool {
        self.proven.load(Relaxed)
    }

    /// Whether a byte has come through it since `when`.
    pub(super) fn has_passed_since(&self, when: Instant) -> bool {
        let last = self.since + Duration::from_millis(self.last_byte.load(Relaxed));
        self.is_proven() && last >= when
    }

    /// A connection is about to be made.
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

    /// Whether it passes on nothing, as a connection sees it that has sent `sent` bytes from the
    /// local port `port` and waits for an answer. What is only slow is no stall: an application may
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

    /// Whether its connection to the cluster would no longer be made from the same address.
    pub(super) fn has_lost_its_route(&self) -> bool {
        self.connections().iter().any(|it| !self.is_own(it) && !it.has_its_route())
    }

    fn connections(&self) -> Vec<TcpConnection> {
        let own = process::tcp_connections_of(self.pid);
        // A kubectl behind a script is a child of what was started.
        if own.is_empty() { process::tcp_connections(self.pid) } else { own }
    }

    /// Whether it is a client's connection, not the one to the cluster.
    fn is_own(&self, connection: &TcpConnection) -> bool {
        self.ports.contains(&connection.local.port())
    }
}

/// What kubectl had written when a connection to it was made: what it has written since is about
/// that connection, or about others that were made at the same time.
#[derive(Debug)]
pub(super) struct Witness {
    tunnel: Arc<Tunnel>,
    handled: u64,
    unreached: u64,
    failed: u64,
    number: u64,
    others: u64,
    /// It is known what kubectl made of it.
    settled: bool,
}

impl Witness {
    /// A byte has come through this connection, or kubectl has closed it.
    pub(super) fn settle(&mut self) {
        if !std::mem::replace(&mut self.settled, true) {
            self.tunnel.silent.fetch_sub(1, Relaxed);
        }
    }

    /// Whether there was no other connection at the same time of which kubectl may have spoken.
    pub(super) fn is_alone(&self) -> bool {
        self.others == 0 && self.tunnel.joined.load(Relaxed) == self.number
    }

    /// Whether kubectl said that nothing of a connection has reached the pod.
    pub(super) fn says_unreached(&self) -> bool {
        self.tunnel.counts.unreached.load(Relaxed) > self.unreached
    }

    /// Whether kubectl said that a connection was refused or reset.
    pub(super) fn says_failed(&self) -> bool {
        self.tunnel.counts.failed.load(Relaxed) > self.failed
    }

    /// Whether it is certain that nothing of this connection's `sent` bytes has reached the pod.
    ///
    /// kubectl writes a line for each connection before it opens anything: without a line since this
    /// one was made, it was never handled; `writes_lines` is whether this kubectl has been seen to. A line that says that a stream could not be opened is
    /// about this connection where there was no other. And what kubectl had not read when it was
    /// stopped for good, it has not passed on.
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
    fn only_what_kubectl_never_handled_is_certain() {
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
    fn a_stream_that_was_not_opened_is_this_ones_only_where_it_is_alone() {
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
        // Its client leaves: what kubectl says later may be about it.
        drop(third);
        assert!(!tunnel.join().is_alone());
    }

    #[test]
    fn what_was_not_read_has_reached_nobody() {
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
