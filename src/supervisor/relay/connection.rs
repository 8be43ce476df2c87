//! One client's connection, from its wait for a kubectl to its end.
//!
//! What a client has sent is sent again only where it is certain that nothing of it has reached the
//! pod, or where the user allowed it for this kind of request. A connection that kubectl's end cuts
//! is closed by a reset, so that no client takes a half for the whole.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::super::tunnel::{Fate, Stall, Witness};
use super::copy::close;
use super::replay::Sent;
use super::{OWN_TROUBLE, Outcome, Place, RelayEvent, Seat, Shared, reset};
use crate::kubectl::{ConnectionFailure, Culprit};
use crate::process;

/// How long kubectl's end may lag behind that of a connection without an answer.
const LAG_UNANSWERED: Duration = Duration::from_millis(150);
/// A kubectl that is ending has ended after so long.
const ENDING: Duration = Duration::from_secs(5);
/// One that has lost its connection to the cluster ends soon.
const CUT_OFF: Duration = Duration::from_secs(1);
/// kubectl writes what a connection failed of before it closes it; reading that may take so long.
const WORDS: Duration = Duration::from_millis(1);
/// How often a closed end is looked into.
const LAG_STEP: Duration = Duration::from_millis(5);
/// Without an answer for so long, the tunnel is checked, then again after each pause.
pub(super) const FIRST_CHECK: Duration = Duration::from_millis(1500);
pub(super) const NEXT_CHECK: Duration = Duration::from_secs(1);
pub(super) const LATE_CHECK: Duration = Duration::from_secs(5);
/// So many checks are made after the short pause.
pub(super) const EARLY_CHECKS: u32 = 20;
/// How often a client that has sent its all is checked for having gone.
const GONE_CHECK: Duration = Duration::from_millis(500);
/// A kubectl of this machine takes a connection at once, or is as good as none.
const CONNECT: Duration = Duration::from_secs(5);
/// An application that speaks first is late after so many times the longest it ever took.
const GREETING_FACTOR: u64 = 8;
const GREETING_LEAST: Duration = Duration::from_secs(2);

/// One client's connection; counted from creation to drop.
pub(super) struct Connection {
    pub(super) shared: Arc<Shared>,
    /// To which of the forward's ports.
    port: usize,
}

impl Connection {
    pub(super) fn open(shared: Arc<Shared>, port: usize) -> Self {
        shared.counters.total.fetch_add(1, Relaxed);
        if shared.counters.open.fetch_add(1, Relaxed) == 0 {
            shared.send(RelayEvent::Used);
        }
        Self { shared, port }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.shared.counters.open.fetch_sub(1, Relaxed) == 1 {
            self.shared.send(RelayEvent::Unused);
        }
    }
}

/// What a wait for a kubectl came to.
enum Waited {
    Seated(Box<Seat>),
    ClientGone,
    /// None came in time, or none will ever come.
    InVain,
}

/// How the first exchange ended.
enum First {
    Answered(Vec<u8>),
    ClientGone,
    /// Nothing was sent and nothing came, where the application spoke first before.
    Silent,
    /// kubectl's end was closed, in order or not, and no byte came; whether any was sent to it.
    Closed {
        in_order: bool,
        written: bool,
    },
}

/// Why kubectl's end of a connection was closed.
pub(super) enum Cause {
    /// kubectl lives: the application closed it, or kubectl did because of that connection alone.
    Connection,
    /// kubectl ended.
    Kubectl(Arc<Fate>),
    /// kubectl lives, as far as can be seen; but its connection to the cluster cannot be seen, or is gone.
    Unclear,
}

/// A try of a connection through one kubectl that brought no answer.
struct Attempt<'a> {
    cause: &'a Cause,
    witness: &'a Witness,
    /// Whether any byte was sent to kubectl.
    written: bool,
    /// kubectl's port, and the local one towards it.
    own: (u16, u16),
    /// An end that the application caused was borne before.
    spared: bool,
}

/// What happens next to a connection without an answer.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// It goes through a later kubectl.
    Retry,
    /// The client sees a reset.
    Reset,
    /// The client sees what the application did.
    Close,
}

impl Connection {
    pub(super) async fn serve(self, mut client: TcpStream, permit: OwnedSemaphorePermit) {
        // Given back with the first seat.
        let mut parked = Some(permit);
        let mut outgoing = Sent::default();
        let mut avoid = 0;
        // Of ends that the application caused, one is borne that may be another connection's.
        let mut spared = false;
        // Through another kubectl an application that speaks first may be heard; but once is enough.
        let mut moved = false;
        loop {
            let mut seat = match self.wait(&mut client, &mut outgoing, avoid).await {
                Waited::Seated(seat) => seat,
                Waited::ClientGone => return,
                Waited::InVain => return reset(&client),
            };
            let tunnel = Arc::clone(&seat.tunnel);
            let Some(port) = tunnel.port(self.port) else { return reset(&client) };
            let mut witness = tunnel.join();
            let connecting = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
            let mut upstream = match timeout(CONNECT, connecting).await {
                Ok(Ok(upstream)) => upstream,
                Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    avoid = tunnel.generation;
                    self.shared.send(RelayEvent::Refused(avoid));
                    continue;
                }
                Err(_elapsed) => {
                    avoid = tunnel.generation;
                    self.shared.send(RelayEvent::Stalled(avoid, Stall::Unread));
                    continue;
                }
                // Out of descriptors or ports: kubectl has no part in it.
                Ok(Err(_)) => {
                    drop(seat);
                    sleep(OWN_TROUBLE).await;
                    continue;
                }
            };
            let _ = upstream.set_nodelay(true);
            drop(parked.take());
            let own = upstream.local_addr().map_or(0, |address| address.port());
            let first = self
                .until_first_byte(&mut client, &mut upstream, &mut outgoing, &seat, moved)
                .await;
            let (in_order, written) = match first {
                First::ClientGone => return reset(&upstream),
                First::Silent => {
                    moved = true;
                    avoid = tunnel.generation;
                    continue;
                }
                First::Answered(answer) => {
                    witness.settle();
                    seat.outcome = Outcome::Answered;
                    return self
                        .copy(client, upstream, answer, outgoing.ended, (*seat, witness))
                        .await;
                }
                First::Closed { in_order, written } => {
                    witness.settle();
                    (in_order, written)
                }
            };
            let cause = cause_of_end(&seat, &witness, LAG_UNANSWERED).await;
            seat.outcome = Outcome::Nothing;
            let own = (port, own);
            let outcome = Attempt { cause: &cause, witness: &witness, written, own, spared };
            let next = self.next(&outcome, &outgoing);
            let next = if next == Next::Close && !in_order { Next::Reset } else { next };
            match next {
                Next::Retry => {
                    spared |= is_by_application(&cause);
                    avoid = tunnel.generation;
                }
                Next::Reset => return reset(&client),
                Next::Close => return close(client).await,
            }
        }
    }

    /// What happens to a connection whose `outgoing` got no answer.
    fn next(&self, attempt: &Attempt<'_>, outgoing: &Sent) -> Next {
        let Attempt { cause, witness, written, own, spared } = *attempt;
        let fate = match cause {
            Cause::Connection | Cause::Unclear if witness.says_unreached() => {
                &Arc::new(Fate::default())
            }
            Cause::Connection | Cause::Unclear if witness.says_failed() => return Next::Reset,
            // Whoever sent a request waits for an answer: no end is to look like one.
            Cause::Unclear if written => return Next::Reset,
            Cause::Connection | Cause::Unclear => return Next::Close,
            Cause::Kubectl(fate) => fate,
        };
        if is_by_application(cause) {
            // The same would happen again, unless it was another connection that was reset.
            let innocent = !written && !witness.is_alone() && !spared;
            return if innocent { Next::Retry } else { Next::Reset };
        }
        let lines = self.shared.lines_seen.load(Relaxed);
        let unreached = !written || witness.proves_unreached(fate, lines, outgoing.total, own);
        let allowed = self.shared.manners.retry_idempotent && outgoing.is_idempotent_request();
        if outgoing.whole().is_some() && (unreached || allowed) { Next::Retry } else { Next::Reset }
    }

    /// Waits for a kubectl other than `avoid`, and takes what the client sends meanwhile.
    async fn wait(&self, client: &mut TcpStream, outgoing: &mut Sent, avoid: u64) -> Waited {
        let (reply, mut seat) = oneshot::channel();
        self.shared.send(RelayEvent::Wanted(Place { avoid, reply }));
        let until = Instant::now() + self.shared.manners.park;
        let mut buffer = vec![0; 4 << 10];
        loop {
            let room = outgoing.room().min(buffer.len());
            tokio::select! {
                biased;
                seat = &mut seat => return match seat {
                    Ok(seat) => Waited::Seated(Box::new(seat)),
                    Err(_) => Waited::InVain,
                },
                read = client.read(&mut buffer[..room]), if room > 0 && !outgoing.ended => match read {
                    Ok(0) => {
                        outgoing.ended = true;
                        if is_gone(client) {
                            return Waited::ClientGone;
                        }
                    }
                    Ok(count) => {
                        self.shared.counters.came_in(count);
                        outgoing.add(&buffer[..count]);
                    }
                    Err(_) => return Waited::ClientGone,
                },
                () = sleep(GONE_CHECK), if outgoing.ended => {
                    if is_gone(client) {
                        return Waited::ClientGone;
                    }
                }
                () = sleep_until(until) => return Waited::InVain,
            }
        }
    }

    /// Sends what there is, then passes bytes on until the first one comes back.
    async fn until_first_byte(
        &self,
        client: &mut TcpStream,
        upstream: &mut TcpStream,
        outgoing: &mut Sent,
        seat: &Seat,
        moved: bool,
    ) -> First {
        let counters = &self.shared.counters;
        let own = upstream.local_addr().map_or(0, |address| address.port());
        let since = Instant::now();
        let (mut from_upstream, mut to_upstream) = upstream.split();
        let mut sending = vec![0; 16 << 10];
        let mut answer = vec![0; 16 << 10];
        // What waits to be written: all that was kept, at first.
        let mut pending = outgoing.whole().unwrap_or_default().to_vec();
        let mut written = 0;
        let mut shut = false;
        let mut sent_any = false;
        let mut checks = 0;
        let mut check = Box::pin(sleep(FIRST_CHECK));
        loop {
            // What is not sent to one that is ending can be sent to the next.
            if !sent_any && written < pending.len() && process::is_exiting(seat.tunnel.pid) {
                return First::Closed { in_order: true, written: false };
            }
            if written == pending.len() && outgoing.ended && !shut {
                shut = true;
                // An error shows in what is read.
                let _ = to_upstream.shutdown().await;
            }
            tokio::select! {
                // The end of kubectl comes before what the client sends after it: nothing that is not
                // sent can be lost.
                biased;
                read = from_upstream.read(&mut answer) => return match read {
                    Ok(0) => First::Closed { in_order: true, written: sent_any },
                    Err(_) => First::Closed { in_order: false, written: sent_any },
                    Ok(count) => {
                        counters.went_out(count);
                        answer.truncate(count);
                        self.answered(seat, outgoing, since);
                        // The rest of what is to be sent, in its order.
                        // A failure shows in what is read after the answer.
                        let _ = to_upstream.write_all(&pending[written..]).await;
                        First::Answered(answer)
                    }
                },
                wrote = to_upstream.write(&pending[written..]), if written < pending.len() => {
                    if let Ok(count) = wrote {
                        written += count;
                        sent_any = true;
                    } else {
                        // The read says more.
                        written = pending.len();
                        shut = true;
                    }
                }
                read = client.read(&mut sending), if written == pending.len() && !outgoing.ended => {
                    match read {
                        Ok(0) => outgoing.ended = true,
                        Err(_) => return First::ClientGone,
                        Ok(count) => {
                            counters.came_in(count);
                            outgoing.add(&sending[..count]);
                            pending.clear();
                            pending.extend_from_slice(&sending[..count]);
                            written = 0;
                        }
                    }
                },
                () = &mut check => {
                    checks += 1;
                    let pause = if checks < EARLY_CHECKS { NEXT_CHECK } else { LATE_CHECK };
                    check.as_mut().reset(Instant::now() + pause);
                    let generation = seat.tunnel.generation;
                    if let Some(stall) = seat.tunnel.stall(outgoing.total, own) {
                        self.shared.send(RelayEvent::Stalled(generation, stall));
                    } else if !moved && self.is_late(outgoing, since) {
                        self.shared.send(RelayEvent::Stalled(generation, Stall::Silent));
                        return First::Silent;
                    }
                }
            }
        }
    }

    /// Whether nothing came from an application that spoke first, and soon, before.
    fn is_late(&self, outgoing: &Sent, since: Instant) -> bool {
        let usual = self.shared.greeting.load(Relaxed);
        let limit = Duration::from_millis(usual.saturating_mul(GREETING_FACTOR));
        usual > 0 && outgoing.total == 0 && since.elapsed() > limit.max(GREETING_LEAST)
    }

    /// The first byte of a connection has come.
    fn answered(&self, seat: &Seat, outgoing: &Sent, since: Instant) {
        if outgoing.total == 0 {
            let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.shared.greeting.fetch_max(millis.max(1), Relaxed);
        }
        seat.tunnel.passed();
        if seat.tunnel.counts.handled.load(Relaxed) > 0 {
            self.shared.lines_seen.store(true, Relaxed);
        }
        self.shared.send(RelayEvent::Proven(seat.tunnel.generation));
    }

    /// Passes bytes both ways until one side ends.
    async fn copy(
        &self,
        client: TcpStream,
        upstream: TcpStream,
        answer: Vec<u8>,
        ended: bool,
        (seat, witness): (Seat, Witness),
    ) {
        super::copy::Copy { connection: self, seat, witness, ended }
            .run(client, upstream, answer)
            .await;
    }
}

/// Why kubectl's end of a connection was closed. kubectl closes its connections a moment before
/// its own end can be seen; `lag` is how long that is waited for where its connection to the
/// cluster cannot be seen.
pub(super) async fn cause_of_end(seat: &Seat, witness: &Witness, lag: Duration) -> Cause {
    let mut fate = seat.tunnel.fate();
    let since = Instant::now();
    // Of one that is ending it does not matter.
    let exiting = process::is_exiting(seat.tunnel.pid);
    let cut_off = if exiting { None } else { seat.tunnel.is_cut_off() };
    if cut_off == Some(false) && !seat.tunnel.is_doubted() {
        // kubectl is well: the connection's own end. What kubectl says of it may still be on its way.
        sleep(WORDS).await;
        if !witness.says_failed() && !witness.says_unreached() {
            return Cause::Connection;
        }
    }
    loop {
        if let Some(fate) = &*fate.borrow_and_update() {
            return Cause::Kubectl(Arc::clone(fate));
        }
        // Its descriptors are closed before its end is known to its parent.
        let limit = if process::is_exiting(seat.tunnel.pid) {
            ENDING
        } else if cut_off == Some(true) {
            CUT_OFF
        } else if witness.says_failed() || witness.says_unreached() {
            lag.max(LAG_UNANSWERED)
        } else {
            lag
        };
        if since.elapsed() >= limit {
            if cut_off == Some(true) {
                seat.tunnel.forget_lost();
            }
            let doubted = seat.tunnel.is_doubted();
            return if doubted { Cause::Kubectl(Arc::default()) } else { Cause::Unclear };
        }
        let _ = timeout(LAG_STEP, fate.changed()).await;
    }
}

fn is_by_application(cause: &Cause) -> bool {
    let Cause::Kubectl(fate) = cause else { return false };
    matches!(
        fate.culprit,
        Some(Culprit::Application(ConnectionFailure::Refused | ConnectionFailure::Reset))
    )
}

/// Whether a client that will send no more has closed its end altogether: one that has only shut
/// down its sending half still waits for an answer.
fn is_gone(client: &TcpStream) -> bool {
    let (Ok(local), Ok(peer)) = (client.local_addr(), client.peer_addr()) else { return true };
    // A client of another machine may be either: it gets its answer.
    peer.ip().to_canonical().is_loopback() && process::has_owner(peer, local) != Some(true)
}
