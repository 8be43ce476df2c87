//! One client connection, from its wait for a kubectl to its end.
//!
//! What a client has sent is sent again only if it is certain that none of it has reached the pod,
//! or if the user allowed it for this kind of request. If kubectl's end cuts a connection, the
//! client gets a reset, so that it cannot take a partial answer for a complete one.

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

/// How long after the close of an unanswered connection kubectl's own exit may become visible.
const LAG_UNANSWERED: Duration = Duration::from_millis(150);
/// The longest time that an ending kubectl takes to exit.
const ENDING: Duration = Duration::from_secs(5);
/// A kubectl that has lost its connection to the cluster exits within this time.
const CUT_OFF: Duration = Duration::from_secs(1);
/// kubectl writes why a connection failed before it closes it; reading that line may take this
/// long.
const WORDS: Duration = Duration::from_millis(1);
/// How often a closed connection is examined.
const LAG_STEP: Duration = Duration::from_millis(5);
/// After this time without an answer the kubectl is checked, then again after each pause.
pub(super) const FIRST_CHECK: Duration = Duration::from_millis(1500);
pub(super) const NEXT_CHECK: Duration = Duration::from_secs(1);
pub(super) const LATE_CHECK: Duration = Duration::from_secs(5);
/// How many checks use the short pause.
pub(super) const EARLY_CHECKS: u32 = 20;
/// How often to check whether a client that has sent everything is gone.
const GONE_CHECK: Duration = Duration::from_millis(500);
/// The time limit for connecting to kubectl on this machine.
const CONNECT: Duration = Duration::from_secs(5);
/// An application that speaks first is late after this multiple of its longest time so far.
const GREETING_FACTOR: u64 = 8;
const GREETING_LEAST: Duration = Duration::from_secs(2);

/// One client connection; counted from creation to drop.
pub(super) struct Connection {
    pub(super) shared: Arc<Shared>,
    /// The index of the forward's port.
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

/// The result of waiting for a kubectl.
enum Waited {
    Seated(Box<Seat>),
    ClientGone,
    /// No kubectl came in time, or none will ever come.
    InVain,
}

/// How the first exchange ended.
enum First {
    Answered(Vec<u8>),
    ClientGone,
    /// Nothing was sent and nothing came, although the application has spoken first before.
    Silent,
    /// kubectl closed the connection before any byte came: whether in order, and whether any byte
    /// was sent to it.
    Closed {
        in_order: bool,
        written: bool,
    },
}

/// Why kubectl closed a connection.
pub(super) enum Cause {
    /// kubectl is alive: the application closed the connection, or kubectl did for a reason that
    /// concerns only this one.
    Connection,
    /// kubectl ended.
    Kubectl(Arc<Fate>),
    /// kubectl seems to be alive, but its connection to the cluster is not visible, or lost.
    Unclear,
}

/// An attempt through one kubectl that brought no answer.
struct Attempt<'a> {
    cause: &'a Cause,
    witness: &'a Witness,
    /// Whether any byte was sent to kubectl.
    written: bool,
    /// kubectl's port, and the supervisor's port of the connection to it.
    own: (u16, u16),
    /// Whether an earlier end caused by the application has already been retried.
    spared: bool,
}

/// What to do with a connection that got no answer.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Try again through another kubectl.
    Retry,
    /// Reset the client's connection.
    Reset,
    /// Close the client's connection, as the application did.
    Close,
}

impl Connection {
    pub(super) async fn serve(self, mut client: TcpStream, permit: OwnedSemaphorePermit) {
        // Released with the first seat.
        let mut parked = Some(permit);
        let mut outgoing = Sent::default();
        let mut avoid = 0;
        // Retry once after an end that the application caused: it may have reset another
        // connection.
        let mut spared = false;
        // An application that speaks first may answer through another kubectl, which is tried only
        // once.
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
                // Out of descriptors or ports: not kubectl's fault.
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

    /// Decides what to do with a connection whose `outgoing` bytes got no answer.
    fn next(&self, attempt: &Attempt<'_>, outgoing: &Sent) -> Next {
        let Attempt { cause, witness, written, own, spared } = *attempt;
        let fate = match cause {
            Cause::Connection | Cause::Unclear if witness.says_unreached() => {
                &Arc::new(Fate::default())
            }
            Cause::Connection | Cause::Unclear if witness.says_failed() => return Next::Reset,
            // A client that sent a request expects an answer: do not make the close look like one.
            Cause::Unclear if written => return Next::Reset,
            Cause::Connection | Cause::Unclear => return Next::Close,
            Cause::Kubectl(fate) => fate,
        };
        if is_by_application(cause) {
            // A retry would end the same way, unless another connection was the one that was reset.
            let innocent = !written && !witness.is_alone() && !spared;
            return if innocent { Next::Retry } else { Next::Reset };
        }
        let lines = self.shared.lines_seen.load(Relaxed);
        let unreached = !written || witness.proves_unreached(fate, lines, outgoing.total, own);
        let allowed = self.shared.manners.retry_idempotent && outgoing.is_idempotent_request();
        if outgoing.whole().is_some() && (unreached || allowed) { Next::Retry } else { Next::Reset }
    }

    /// Waits for a kubectl other than `avoid`, and stores what the client sends meanwhile.
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

    /// Sends the stored bytes, then passes bytes on until the first one comes back.
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
        // Bytes still to be written: at first, all that were stored.
        let mut pending = outgoing.whole().unwrap_or_default().to_vec();
        let mut written = 0;
        let mut shut = false;
        let mut sent_any = false;
        let mut checks = 0;
        let mut check = Box::pin(sleep(FIRST_CHECK));
        loop {
            // Bytes not sent to an ending kubectl can be sent to the next one.
            if !sent_any && written < pending.len() && process::is_exiting(seat.tunnel.pid) {
                return First::Closed { in_order: true, written: false };
            }
            if written == pending.len() && outgoing.ended && !shut {
                shut = true;
                // An error shows up in the read.
                let _ = to_upstream.shutdown().await;
            }
            tokio::select! {
                // Notice kubectl's end before taking more from the client: bytes that were not sent
                // cannot be lost.
                biased;
                read = from_upstream.read(&mut answer) => return match read {
                    Ok(0) => First::Closed { in_order: true, written: sent_any },
                    Err(_) => First::Closed { in_order: false, written: sent_any },
                    Ok(count) => {
                        counters.went_out(count);
                        answer.truncate(count);
                        self.answered(seat, outgoing, since);
                        // Write the remaining bytes in order; an error shows up when reading after
                        // the answer.
                        let _ = to_upstream.write_all(&pending[written..]).await;
                        First::Answered(answer)
                    }
                },
                wrote = to_upstream.write(&pending[written..]), if written < pending.len() => {
                    if let Ok(count) = wrote {
                        written += count;
                        sent_any = true;
                    } else {
                        // The read tells the reason.
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

    /// Whether an application that has spoken first before is unusually late.
    fn is_late(&self, outgoing: &Sent, since: Instant) -> bool {
        let usual = self.shared.greeting.load(Relaxed);
        let limit = Duration::from_millis(usual.saturating_mul(GREETING_FACTOR));
        usual > 0 && outgoing.total == 0 && since.elapsed() > limit.max(GREETING_LEAST)
    }

    /// Records the first byte of a connection.
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

    /// Passes bytes in both directions until one side ends.
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

/// Why kubectl closed a connection. kubectl closes its connections a moment before its own exit
/// becomes visible; `lag` is how long to wait for the exit if kubectl's connection to the cluster
/// is not visible.
pub(super) async fn cause_of_end(seat: &Seat, witness: &Witness, lag: Duration) -> Cause {
    let mut fate = seat.tunnel.fate();
    let since = Instant::now();
    // Irrelevant for a kubectl that is exiting.
    let exiting = process::is_exiting(seat.tunnel.pid);
    let cut_off = if exiting { None } else { seat.tunnel.is_cut_off() };
    if cut_off == Some(false) && !seat.tunnel.is_doubted() {
        // kubectl is healthy, so only this connection ended. A line about it may still be on its
        // way.
        sleep(WORDS).await;
        if !witness.says_failed() && !witness.says_unreached() {
            return Cause::Connection;
        }
    }
    loop {
        if let Some(fate) = &*fate.borrow_and_update() {
            return Cause::Kubectl(Arc::clone(fate));
        }
        // The kernel closes its descriptors before its parent can see the exit.
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

/// Whether a client that sends no more has closed its socket completely: one that has only shut
/// down its sending half still waits for an answer.
fn is_gone(client: &TcpStream) -> bool {
    let (Ok(local), Ok(peer)) = (client.local_addr(), client.peer_addr()) else { return true };
    // For a client on another machine this cannot be known: it gets its answer.
    peer.ip().to_canonical().is_loopback() && process::has_owner(peer, local) != Some(true)
}
