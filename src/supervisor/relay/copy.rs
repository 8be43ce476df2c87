//! A connection after its first byte came back: passes bytes in both directions until one side
//! ends.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::super::tunnel::Witness;
use super::connection::{
    Cause, Connection, EARLY_CHECKS, FIRST_CHECK, LATE_CHECK, NEXT_CHECK, cause_of_end,
};
use super::{RelayEvent, Seat, end_in_order, reset};

/// Buffers start small, since most connections carry little, and grow as needed.
const BUFFER: usize = 16 << 10;
const LARGEST_BUFFER: usize = 128 << 10;
/// How long after the close of a connection kubectl's own exit may become visible. This delays
/// every close by the application.
const LAG: Duration = Duration::from_millis(40);
/// How long a client that was sent everything may take to close.
const LINGER: Duration = Duration::from_secs(5);

pub(super) struct Copy<'a> {
    pub(super) connection: &'a Connection,
    pub(super) seat: Seat,
    pub(super) witness: Witness,
    /// Whether the client will send no more.
    pub(super) ended: bool,
}

/// How one direction ended.
enum Direction {
    /// The source has no more bytes.
    Done,
    /// The source was reset.
    ReadFailed,
    /// The destination accepts no more bytes.
    WriteFailed,
}

/// How long bytes have been waiting for an answer.
struct Unanswered {
    start: Instant,
    /// When the first unanswered byte was sent, in microseconds after `start`; 0 if no answer is
    /// awaited.
    since: AtomicU64,
}

impl Unanswered {
    fn new() -> Self {
        Self { start: Instant::now(), since: AtomicU64::new(0) }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    /// Records that bytes were sent.
    fn sent(&self) {
        if self.since.load(Relaxed) == 0 {
            self.since.store(self.now(), Relaxed);
        }
    }

    /// Records that bytes came back.
    fn answered(&self) {
        self.since.store(0, Relaxed);
    }

    /// How long an answer has been awaited.
    fn awaited(&self) -> Option<Duration> {
        let since = self.since.load(Relaxed);
        (since > 0).then(|| Duration::from_micros(self.now().saturating_sub(since)))
    }
}

impl Copy<'_> {
    pub(super) async fn run(self, mut client: TcpStream, mut upstream: TcpStream, answer: Vec<u8>) {
        let counters = &self.connection.shared.counters;
        let unanswered = Unanswered::new();
        let failed = {
            let (from_client, mut to_client) = client.split();
            let (from_upstream, mut to_upstream) = upstream.split();
            if to_client.write_all(&answer).await.is_err() {
                return;
            }
            drop(answer);
            let up = async {
                let end = pump(from_client, &mut to_upstream, |count| {
                    counters.came_in(count);
                    unanswered.sent();
                });
                let end = end.await;
                if let Direction::Done = end {
                    let _ = to_upstream.shutdown().await;
                }
                end
            };
            let down = pump(from_upstream, &mut to_client, |count| {
                counters.went_out(count);
                unanswered.answered();
                self.seat.tunnel.passed();
            });
            let (mut up, mut down) = (pin!(up), pin!(down));
            let mut check = pin!(self.check(&unanswered));
            let mut sending = !self.ended;
            loop {
                tokio::select! {
                    end = &mut down => break match end {
                        Direction::Done => Failed::No,
                        Direction::ReadFailed => Failed::Upstream,
                        Direction::WriteFailed => Failed::Client,
                    },
                    end = &mut up, if sending => {
                        sending = false;
                        if let Direction::ReadFailed = end {
                            break Failed::Client;
                        }
                    }
                    () = &mut check => {}
                }
            }
        };
        match failed {
            Failed::Client => return reset(&upstream),
            Failed::Upstream | Failed::No => {}
        }
        let cause = cause_of_end(&self.seat, &self.witness, LAG).await;
        let cut = matches!(cause, Cause::Kubectl(_)) || self.witness.says_failed();
        if cut || matches!(failed, Failed::Upstream) {
            return reset(&client);
        }
        drop(upstream);
        close(client).await;
    }

    /// Checks the kubectl while sent bytes have no answer. Never returns.
    async fn check(&self, unanswered: &Unanswered) {
        let mut checks = 0;
        loop {
            let pause = if checks < EARLY_CHECKS { NEXT_CHECK } else { LATE_CHECK };
            sleep(pause).await;
            if unanswered.awaited().is_none_or(|awaited| awaited < FIRST_CHECK) {
                checks = 0;
                continue;
            }
            checks += 1;
            // This connection's earlier bytes are not known here, so only kubectl as a whole is
            // checked.
            if let Some(stall) = self.seat.tunnel.stall(0, 0) {
                let event = RelayEvent::Stalled(self.seat.tunnel.generation, stall);
                self.connection.shared.send(event);
            }
        }
    }
}

/// Which side failed.
enum Failed {
    No,
    Client,
    Upstream,
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    to: &mut (impl AsyncWrite + Unpin),
    count_bytes: impl Fn(usize),
) -> Direction {
    let mut buffer = vec![0; BUFFER];
    loop {
        match from.read(&mut buffer).await {
            Ok(0) => return Direction::Done,
            Ok(count) => {
                count_bytes(count);
                if to.write_all(&buffer[..count]).await.is_err() {
                    return Direction::WriteFailed;
                }
                if count == buffer.len() && count < LARGEST_BUFFER {
                    buffer.resize(count * 2, 0);
                }
            }
            Err(_) => return Direction::ReadFailed,
        }
    }
}

/// Closes a client's connection in order after the application has closed: everything was sent.
/// Bytes that the client still sends are read and discarded for a moment, or they would turn the
/// close into a reset.
pub(super) async fn close(mut client: TcpStream) {
    end_in_order(&client);
    if client.shutdown().await.is_err() {
        return;
    }
    let mut buffer = [0; 4 << 10];
    let until_closed = async { while matches!(client.read(&mut buffer).await, Ok(1..)) {} };
    let _ = timeout(LINGER, until_closed).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_awaited_from_the_first_sent_byte() {
        let unanswered = Unanswered::new();
        assert_eq!(unanswered.awaited(), None);
        // Also right after an answer.
        unanswered.answered();
        unanswered.sent();
        let first = unanswered.since.load(Relaxed);
        assert!(unanswered.awaited().is_some());
        unanswered.sent();
        assert_eq!(unanswered.since.load(Relaxed), first);
        unanswered.answered();
        assert_eq!(unanswered.awaited(), None);
    }
}
