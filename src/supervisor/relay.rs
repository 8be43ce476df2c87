//! The relay owns a forward's local ports and connects each client to one of the forward's
//! kubectls. The ports therefore outlive kubectl, connections made while there is no kubectl wait,
//! and activity is counted exactly.

mod connection;
mod copy;
mod replay;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinSet};

use super::descriptors;
use super::listen::{Listening, listen};
use super::protocol::{LocalPort, Refusal, Spec};
use super::tunnel::{Stall, Tunnel};
use connection::Connection;

/// How many connections may wait for kubectl; more wait in the kernel's backlog.
const MAX_PARKED: usize = 256;
/// The pause before retrying after a failure of our own (such as no free descriptor).
const OWN_TROUBLE: Duration = Duration::from_millis(50);

/// What the relay reports to the forward.
#[derive(Debug)]
pub(super) enum RelayEvent {
    /// A connection needs a kubectl.
    Wanted(Place),
    /// The first connection was opened.
    Used,
    /// The last connection was closed.
    Unused,
    /// A connection has left this kubectl.
    Left { generation: u64, outcome: Outcome },
    /// This kubectl does not accept connections.
    Refused(u64),
    /// This kubectl seems to pass no bytes on.
    Stalled(u64, Stall),
    /// The first byte of a connection came through this kubectl.
    Proven(u64),
}

/// A connection's request for a kubectl.
#[derive(Debug)]
pub(super) struct Place {
    /// The kubectl that failed the connection: assign another one.
    pub(super) avoid: u64,
    /// Receives the kubectl. Dropped without an answer if there will never be one.
    pub(super) reply: oneshot::Sender<Seat>,
}

/// How a connection through a kubectl ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// At least one byte came back.
    Answered,
    /// kubectl closed the connection before a byte came back.
    Nothing,
    /// The client left, or nothing was tried.
    Unused,
}

/// A connection's seat at a kubectl; returned on drop.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) tunnel: Arc<Tunnel>,
    pub(super) outcome: Outcome,
    forward: u64,
    events: mpsc::UnboundedSender<(u64, RelayEvent)>,
}

impl Seat {
    pub(super) fn new(
        tunnel: Arc<Tunnel>,
        forward: u64,
        events: mpsc::UnboundedSender<(u64, RelayEvent)>,
    ) -> Self {
        Self { tunnel, outcome: Outcome::Unused, forward, events }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let left = RelayEvent::Left { generation: self.tunnel.generation, outcome: self.outcome };
        let _ = self.events.send((self.forward, left));
    }
}

/// Traffic counters, updated without a lock.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) open: AtomicU64,
    pub(super) total: AtomicU64,
    pub(super) bytes_in: AtomicU64,
    pub(super) bytes_out: AtomicU64,
}

/// A running relay. Dropping it closes the ports and every connection.
#[derive(Debug)]
pub(super) struct Relay {
    /// The local ports, one for each port of the forward.
    pub(super) ports: Vec<u16>,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) counters: Arc<Counters>,
    /// One task for each listener.
    accepting: Vec<AbortHandle>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        for accepting in &self.accepting {
            accepting.abort();
        }
    }
}

/// How connections are treated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manners {
    /// How long a connection waits for kubectl.
    park: Duration,
    /// Whether an idempotent HTTP request may be repeated.
    retry_idempotent: bool,
    /// The interval of TCP keep-alives to clients; zero turns them off.
    keepalive: Duration,
}

struct Shared {
    counters: Arc<Counters>,
    parked: Arc<Semaphore>,
    id: u64,
    events: mpsc::UnboundedSender<(u64, RelayEvent)>,
    manners: Manners,
    /// The longest time, in milliseconds, until an application that speaks first sent its first
    /// byte; 0 if none has.
    greeting: AtomicU64,
    /// Whether a kubectl of this forward has written a line about a connection.
    lines_seen: AtomicBool,
}

impl Shared {
    fn send(&self, event: RelayEvent) {
        // If nobody receives events any more, the relay is about to be dropped.
        let _ = self.events.send((self.id, event));
    }
}

impl Relay {
    /// Binds the local ports and starts to accept; events carry `id`. A connection waits for
    /// kubectl for at most `park`.
    pub(super) fn bind(
        id: u64,
        spec: &Spec,
        park: Duration,
        events: mpsc::UnboundedSender<(u64, RelayEvent)>,
    ) -> Result<Self, Refusal> {
        let wanted: Vec<LocalPort> = spec.ports.iter().map(|port| port.local).collect();
        let Listening { listeners, ports, addresses } = listen(&wanted, &spec.addresses)?;
        let counters = Arc::new(Counters::default());
        let shared = Arc::new(Shared {
            counters: Arc::clone(&counters),
            parked: Arc::new(Semaphore::new(MAX_PARKED)),
            id,
            events,
            manners: Manners {
                park,
                retry_idempotent: spec.retry_idempotent,
                keepalive: Duration::from_millis(spec.keepalive_ms),
            },
            greeting: AtomicU64::new(0),
            lines_seen: AtomicBool::new(false),
        });
        let accept = |(port, listener)| {
            tokio::spawn(accept(listener, port, Arc::clone(&shared))).abort_handle()
        };
        let accepting = listeners.into_iter().map(accept).collect();
        Ok(Self { ports, addresses, counters, accepting })
    }
}

/// Accepts connections on the listener of the forward's port with this index.
async fn accept(listener: TcpListener, port: usize, shared: Arc<Shared>) {
    // Dropping this set at the end of the task closes every connection.
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&shared.parked).acquire_owned().await else { return };
        if !descriptors::has_room() {
            tokio::time::sleep(OWN_TROUBLE).await;
            continue;
        }
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((client, _)) => {
                keep_alive(&client, shared.manners.keepalive);
                let connection = Connection::open(Arc::clone(&shared), port);
                connections.spawn(connection.serve(client, permit));
            }
            // Probably out of descriptors: they become free as connections end.
            Err(_) => tokio::time::sleep(OWN_TROUBLE).await,
        }
    }
}

fn keep_alive(client: &TcpStream, every: Duration) {
    let _ = client.set_nodelay(true);
    // Default to a reset: any premature end, this process's exit included, must not look like an
    // orderly close.
    reset(client);
    if !every.is_zero() {
        let keepalive = socket2::TcpKeepalive::new().with_time(every).with_interval(every);
        let _ = socket2::SockRef::from(client).set_tcp_keepalive(&keepalive);
    }
}

/// Makes dropping the connection send a reset: the client has not received everything.
fn reset(stream: &TcpStream) {
    let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// Makes dropping the connection close it in order: the client has received everything.
fn end_in_order(stream: &TcpStream) {
    let _ = socket2::SockRef::from(stream).set_linger(None);
}

impl Counters {
    fn came_in(&self, count: usize) {
        self.bytes_in.fetch_add(count as u64, Relaxed);
    }

    fn went_out(&self, count: usize) {
        self.bytes_out.fetch_add(count as u64, Relaxed);
    }
}
