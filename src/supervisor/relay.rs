//! The relay: it owns a forward's local port and connects each client to whatever port kubectl
//! listens on at the moment. So the port outlives kubectl, connections made while there is no
//! kubectl wait, and use is counted exactly.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional_with_sizes};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use super::listen::{Listening, listen};
use super::protocol::{LocalPort, PortSpec, Refusal};

/// Connections that may wait for kubectl at one time; more wait in the kernel's own queue.
const MAX_PARKED: usize = 256;
/// How much of what a client sent is kept for a second try.
const MAX_REPLAY: usize = 64 << 10;
/// How long kubectl's end may lag behind a connection that it broke.
const BREAK_LAG: Duration = Duration::from_millis(400);
/// The pause before a connection is tried again that failed for a reason of our own.
const OWN_TROUBLE: Duration = Duration::from_millis(50);
const BUFFER: usize = 128 << 10;

/// Where connections go now. The number tells one kubectl from the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Upstream {
    /// To these ports of 127.0.0.1.
    Up {
        /// Which kubectl.
        generation: u64,
        /// Its ports, one for each of the forward's.
        ports: Arc<[u16]>,
    },
    /// Nowhere yet: connections wait.
    Down,
    /// Nowhere ever: connections are closed.
    Closed,
}

/// What the relay tells the forward's owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RelayEvent {
    /// A connection arrived and there is no kubectl.
    Wanted,
    /// The first connection was opened.
    Used,
    /// The last connection was closed.
    Unused,
    /// This kubectl does not take connections any more.
    Broken(u64),
}

/// What is counted, by everybody without a lock.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) open: AtomicU64,
    pub(super) total: AtomicU64,
    pub(super) bytes_in: AtomicU64,
    pub(super) bytes_out: AtomicU64,
}

/// A running relay. Dropping it closes the port and every connection.
#[derive(Debug)]
pub(super) struct Relay {
    /// The local ports, one for each of the forward's.
    pub(super) ports: Vec<u16>,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) counters: Arc<Counters>,
    upstream: watch::Sender<Upstream>,
    /// A task for each listener.
    accepting: Vec<AbortHandle>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        for accepting in &self.accepting {
            accepting.abort();
        }
    }
}

struct Shared {
    upstream: watch::Receiver<Upstream>,
    counters: Arc<Counters>,
    parked: Arc<Semaphore>,
    id: u64,
    events: mpsc::UnboundedSender<(u64, RelayEvent)>,
    park: Duration,
}

impl Shared {
    fn tell(&self, event: RelayEvent) {
        // Where nobody listens any more, the relay is about to be dropped.
        let _ = self.events.send((self.id, event));
    }
}

impl Relay {
    /// Binds the local ports and starts to accept; events carry `id`. A connection waits for kubectl at most `park`.
    pub(super) fn bind(
        id: u64,
        (ports, addresses): (&[PortSpec], &[IpAddr]),
        park: Duration,
        events: mpsc::UnboundedSender<(u64, RelayEvent)>,
    ) -> Result<Self, Refusal> {
        let wanted: Vec<LocalPort> = ports.iter().map(|port| port.local).collect();
        let Listening { listeners, ports, addresses } = listen(&wanted, addresses)?;
        let counters = Arc::new(Counters::default());
        let (upstream, receiver) = watch::channel(Upstream::Down);
        let shared = Arc::new(Shared {
            upstream: receiver,
            counters: Arc::clone(&counters),
            parked: Arc::new(Semaphore::new(MAX_PARKED)),
            id,
            events,
            park,
        });
        let accept = |(port, listener)| {
            tokio::spawn(accept(listener, port, Arc::clone(&shared))).abort_handle()
        };
        let accepting = listeners.into_iter().map(accept).collect();
        Ok(Self { ports, addresses, counters, upstream, accepting })
    }

    /// Says where connections go from now on; those that are open stay where they are.
    pub(super) fn lead(&self, to: Upstream) {
        self.upstream.send_replace(to);
    }
}

/// Accepts connections for the forward's port at this index.
async fn accept(listener: TcpListener, port: usize, shared: Arc<Shared>) {
    // Ends with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&shared.parked).acquire_owned().await else { return };
        if !super::descriptors::has_room() {
            tokio::time::sleep(OWN_TROUBLE).await;
            continue;
        }
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        match accepted {
            Ok((client, _)) => {
                let connection = Connection::open(Arc::clone(&shared), port);
                connections.spawn(async move { connection.serve(client, permit).await });
            }
            // Out of descriptors, most likely: they come back as connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// One client's connection; counted from its making to its dropping.
struct Connection {
    shared: Arc<Shared>,
    /// To which of the forward's ports.
    port: usize,
}

impl Connection {
    fn open(shared: Arc<Shared>, port: usize) -> Self {
        shared.counters.total.fetch_add(1, Relaxed);
        if shared.counters.open.fetch_add(1, Relaxed) == 0 {
            shared.tell(RelayEvent::Used);
        }
        Self { shared, port }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.shared.counters.open.fetch_sub(1, Relaxed) == 1 {
            self.shared.tell(RelayEvent::Unused);
        }
    }
}

impl Connection {
    async fn serve(self, mut client: TcpStream, permit: tokio::sync::OwnedSemaphorePermit) {
        let _ = client.set_nodelay(true);
        let Some((mut upstream, generation)) = self.connect(None).await else { return };
        drop(permit);
        let mut start = Start::default();
        let outcome = self.until_first_byte(&mut client, &mut upstream, &mut start).await;
        let First::Failed = outcome else {
            self.finish(outcome, client, upstream).await;
            return;
        };
        // Nothing came back. Where that was kubectl's doing, not the application's, the same
        // bytes go once more through the next kubectl.
        if start.too_long || !self.broke(generation).await {
            return;
        }
        let Some((mut upstream, _)) = self.connect(Some(generation)).await else { return };
        if upstream.write_all(&start.sent).await.is_err() {
            return;
        }
        if start.ended && upstream.shutdown().await.is_err() {
            return;
        }
        let outcome = self.until_first_byte(&mut client, &mut upstream, &mut start).await;
        self.finish(outcome, client, upstream).await;
    }

    /// Connects to kubectl, one later than generation `after` where that is given; waits for one
    /// where there is none.
    async fn connect(&self, after: Option<u64>) -> Option<(TcpStream, u64)> {
        let mut upstream = self.shared.upstream.clone();
        let mut broken = after;
        let connecting = async {
            loop {
                let now = upstream.borrow_and_update().clone();
                match now {
                    Upstream::Up { generation, ports } if broken.is_none_or(|b| generation > b) => {
                        let port = *ports.get(self.port)?;
                        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                            Ok(stream) => {
                                let _ = stream.set_nodelay(true);
                                return Some((stream, generation));
                            }
                            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                                broken = Some(generation);
                                self.shared.tell(RelayEvent::Broken(generation));
                            }
                            // Out of descriptors or ports: kubectl has no part in it.
                            Err(_) => {
                                tokio::time::sleep(OWN_TROUBLE).await;
                                continue;
                            }
                        }
                    }
                    Upstream::Closed => return None,
                    Upstream::Up { .. } => {}
                    Upstream::Down => {
                        self.shared.tell(RelayEvent::Wanted);
                    }
                }
                upstream.changed().await.ok()?;
            }
        };
        timeout(self.shared.park, connecting).await.ok().flatten()
    }

    /// Whether kubectl `generation` has ended, or ends in a moment.
    async fn broke(&self, generation: u64) -> bool {
        let mut upstream = self.shared.upstream.clone();
        let other = |now: &Upstream| match now {
            Upstream::Up { generation: now, .. } => *now != generation,
            Upstream::Down => true,
            Upstream::Closed => false,
        };
        matches!(timeout(BREAK_LAG, upstream.wait_for(other)).await, Ok(Ok(_)))
    }

    /// Passes bytes both ways until the first one comes back, keeping what was sent.
    async fn until_first_byte(
        &self,
        client: &mut TcpStream,
        upstream: &mut TcpStream,
        start: &mut Start,
    ) -> First {
        let counters = &self.shared.counters;
        let mut sending = vec![0; 16 << 10];
        let mut answer = vec![0; 16 << 10];
        loop {
            tokio::select! {
                read = upstream.read(&mut answer) => return match read {
                    Ok(0) | Err(_) => First::Failed,
                    Ok(count) => {
                        counters.bytes_out.fetch_add(count as u64, Relaxed);
                        answer.truncate(count);
                        First::Answered { answer, ended: start.ended }
                    }
                },
                read = client.read(&mut sending), if !start.ended => match read {
                    Ok(0) => {
                        start.ended = true;
                        if upstream.shutdown().await.is_err() {
                            return First::Failed;
                        }
                    }
                    Err(_) => return First::ClientGone,
                    Ok(count) => {
                        counters.bytes_in.fetch_add(count as u64, Relaxed);
                        start.keep(&sending[..count]);
                        if upstream.write_all(&sending[..count]).await.is_err() {
                            return First::Failed;
                        }
                        if start.too_long {
                            return First::Answered { answer: Vec::new(), ended: false };
                        }
                    }
                },
            }
        }
    }

    /// The rest of a connection whose first byte has come back.
    async fn finish(&self, outcome: First, mut client: TcpStream, mut upstream: TcpStream) {
        let First::Answered { answer, ended } = outcome else { return };
        if client.write_all(&answer).await.is_err() {
            return;
        }
        let mut client = Counted { stream: client, counters: &self.shared.counters };
        if ended {
            let _ = tokio::io::copy(&mut upstream, &mut client).await;
            let _ = client.shutdown().await;
        } else {
            let _ = copy_bidirectional_with_sizes(&mut client, &mut upstream, BUFFER, BUFFER).await;
        }
    }
}

/// How the first exchange ended.
enum First {
    Answered { answer: Vec<u8>, ended: bool },
    Failed,
    ClientGone,
}

/// What a client sent before the first byte came back.
#[derive(Default)]
struct Start {
    sent: Vec<u8>,
    /// It will send no more.
    ended: bool,
    /// It sent more than is kept.
    too_long: bool,
}

impl Start {
    fn keep(&mut self, bytes: &[u8]) {
        if self.sent.len() + bytes.len() > MAX_REPLAY {
            self.too_long = true;
            self.sent = Vec::new();
        } else if !self.too_long {
            self.sent.extend_from_slice(bytes);
        }
    }
}

/// The client's stream, its bytes counted as they pass.
struct Counted<'a> {
    stream: TcpStream,
    counters: &'a Counters,
}

mod counted {
    use std::io;
    use std::pin::Pin;
    use std::sync::atomic::Ordering::Relaxed;
    use std::task::{Context, Poll, ready};

    use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

    use super::Counted;

    impl AsyncRead for Counted<'_> {
        fn poll_read(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            buf: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            let before = buf.filled().len();
            let result = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
            let count = buf.filled().len() - before;
            self.counters.bytes_in.fetch_add(count as u64, Relaxed);
            Poll::Ready(result)
        }
    }

    impl AsyncWrite for Counted<'_> {
        fn poll_write(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            let result = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
            if let Ok(count) = &result {
                self.counters.bytes_out.fetch_add(*count as u64, Relaxed);
            }
            Poll::Ready(result)
        }

        fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_flush(cx)
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_shutdown(cx)
        }
    }
}
