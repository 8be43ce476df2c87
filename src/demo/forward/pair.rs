//! One forwarded connection between a pair of streams and a target.

use std::{future::Future, io, pin::pin, sync::Arc, time::Duration};

use tokio::{
    io::AsyncWriteExt,
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{OwnedSemaphorePermit, mpsc, watch},
    time::timeout,
};

use super::{
    ForwardFault, StreamCount,
    runtime::{self, Failure, Manner},
    session::Shared,
    transport::HEADROOM,
};
use crate::demo::spdy::{Frame, status};

/// The maximum payload of one frame from a target.
const PAYLOAD: usize = 64 * 1024;

/// A complete pair of streams.
pub(super) struct Pair {
    pub(super) error: u32,
    pub(super) data: u32,
    /// The container's port.
    pub(super) port: u16,
    pub(super) input: mpsc::UnboundedReceiver<Input>,
    pub(super) stop: Arc<watch::Sender<Stop>>,
    /// The fault of this connection, if any.
    pub(super) fault: Option<ForwardFault>,
}

/// Data from the client, and its share of the buffer budget.
pub(super) struct Input {
    pub(super) data: Box<[u8]>,
    pub(super) _budget: OwnedSemaphorePermit,
}

/// Why to stop before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    Never,
    /// The client reset the data stream.
    Reset,
    /// The other direction failed.
    Failed,
}

/// Forwards until both sides are done, or one breaks off.
pub(super) async fn run(pair: Pair, shared: Arc<Shared>) {
    let count = StreamCount::new(&shared.forwards);
    let ids = [pair.error, pair.data];
    // An error here means that the client's connection is broken, and ends anyway.
    let _ = forward(pair, &shared).await;
    shared.forget(ids);
    drop(count);
}

async fn forward(pair: Pair, shared: &Shared) -> io::Result<()> {
    let Pair { error, data, port, input, stop, fault } = pair;
    if fault == Some(ForwardFault::ResetStream) {
        shared.writer.send(&Frame::RstStream { id: data, status: status::CANCEL }).await?;
        return say(shared, error, "").await;
    }
    let runtime = shared.forwards.runtime();
    if shared.sandbox_gone() {
        let words = runtime::words(runtime, &shared.pod, port, &Failure::NoSandbox);
        return failed(shared, [error, data], words).await;
    }
    let target = match shared.forwards.target(&shared.pod, port) {
        _ if fault == Some(ForwardFault::ResetTarget) => {
            Err(io::Error::from(io::ErrorKind::ConnectionReset))
        }
        Some(address) => TcpStream::connect(address).await,
        None => Err(io::ErrorKind::ConnectionRefused.into()),
    };
    let manner = Manner::of(runtime);
    let failure = match target {
        Ok(target) => {
            let _ = target.set_nodelay(true);
            let copied = copy(target, manner, [error, data], input, &stop, shared).await?;
            if *stop.borrow() == Stop::Reset {
                return say(shared, error, "").await;
            }
            copied.err()
        }
        Err(error) => Some(error),
    };
    if let Some(failure) = failure {
        let failure = Failure::Application(failure);
        let words = runtime::words(runtime, &shared.pod, port, &failure);
        failed(shared, [error, data], words).await?;
    }
    Ok(())
}

/// Ends both streams of a pair, with an error text if there is one.
async fn failed(shared: &Shared, ids: [u32; 2], words: Option<String>) -> io::Result<()> {
    let [error, data] = ids;
    say(shared, error, &words.unwrap_or_default()).await?;
    shared.writer.send_data(data, true, &mut [0; HEADROOM]).await
}

/// Copies in both directions. The outer error is one of the client's connection, the inner one of
/// the target.
async fn copy(
    target: TcpStream,
    manner: Manner,
    ids: [u32; 2],
    input: mpsc::UnboundedReceiver<Input>,
    stop: &watch::Sender<Stop>,
    shared: &Shared,
) -> io::Result<io::Result<()>> {
    let [error, data] = ids;
    let (from, mut to) = target.into_split();
    let end = || {
        // Keep an earlier reset by the client.
        stop.send_if_modified(|stop| {
            let first = *stop == Stop::Never;
            if first {
                *stop = Stop::Failed;
            }
            first
        });
    };
    let Some(grace) = manner.grace else {
        let failed = |result: io::Result<()>| {
            if result.is_err() {
                end();
            }
            result
        };
        let down = async {
            match download(from, data, true, stop.subscribe(), shared).await? {
                // Old kubectls close their side only when the error stream has ended too.
                Download::Ended => say(shared, error, "").await.map(Ok),
                Download::Stopped => Ok(Ok(())),
                Download::Failed(error) => Ok(failed(Err(error))),
            }
        };
        let up = async { failed(upload(&mut to, input, true, stop.subscribe()).await) };
        let (down, up) = tokio::join!(down, up);
        return Ok(down?.and(up));
    };
    let down = async {
        match download(from, data, false, stop.subscribe(), shared).await? {
            Download::Failed(error) => Ok(Err(error)),
            Download::Ended | Download::Stopped => io::Result::Ok(Ok(())),
        }
    };
    let up = async { Ok(upload(&mut to, input, manner.half_closes, stop.subscribe()).await) };
    let (mut down, mut up) = (pin!(down), pin!(up));
    // Neither direction may be dropped in the middle of a frame: the later one is signalled to stop.
    let (first, second) = tokio::select! {
        first = &mut down => (first, late(up, grace, end).await),
        first = &mut up => (first, late(down, grace, end).await),
    };
    let copied = first?.and(second?);
    if copied.is_ok() && *stop.borrow() != Stop::Reset {
        shared.writer.send_data(data, true, &mut [0; HEADROOM]).await?;
        say(shared, error, "").await?;
    }
    Ok(copied)
}

/// Waits for the direction that ends last, and tells it to stop after `grace`.
async fn late<T>(last: impl Future<Output = T>, grace: Duration, stop: impl Fn()) -> T {
    let mut last = pin!(last);
    if let Ok(done) = timeout(grace, &mut last).await {
        return done;
    }
    stop();
    last.await
}

/// Ends the error stream, with or without a text.
async fn say(shared: &Shared, id: u32, words: &str) -> io::Result<()> {
    let mut bytes = vec![0; HEADROOM];
    bytes.extend_from_slice(words.as_bytes());
    shared.writer.send_data(id, true, &mut bytes).await
}

enum Download {
    /// The target sends no more, and the client has been notified.
    Ended,
    Stopped,
    Failed(io::Error),
}

/// Copies from the target to the client. An error is one of the client's connection.
async fn download(
    target: OwnedReadHalf,
    id: u32,
    passes_end: bool,
    mut stop: watch::Receiver<Stop>,
    shared: &Shared,
) -> io::Result<Download> {
    let mut buffer = vec![0; HEADROOM + PAYLOAD];
    loop {
        // Only waiting may be cancelled, never a write.
        tokio::select! {
            _ = stop.wait_for(|stop| *stop != Stop::Never) => return Ok(Download::Stopped),
            ready = target.readable() => if let Err(error) = ready {
                return Ok(Download::Failed(error));
            },
        }
        match target.try_read(buffer.get_mut(HEADROOM..).unwrap_or_default()) {
            Ok(length) => {
                let frame = buffer.get_mut(..HEADROOM + length).unwrap_or_default();
                if length > 0 || passes_end {
                    shared.writer.send_data(id, length == 0, frame).await?;
                }
                if length == 0 {
                    return Ok(Download::Ended);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Ok(Download::Failed(error)),
        }
    }
}

/// Copies from the client to the target. An error is one of the target.
async fn upload(
    target: &mut OwnedWriteHalf,
    mut input: mpsc::UnboundedReceiver<Input>,
    passes_end: bool,
    mut stop: watch::Receiver<Stop>,
) -> io::Result<()> {
    let copy = async {
        while let Some(piece) = input.recv().await {
            target.write_all(&piece.data).await?;
        }
        if passes_end { target.shutdown().await } else { Ok(()) }
    };
    tokio::select! {
        _ = stop.wait_for(|stop| *stop != Stop::Never) => Ok(()),
        result = copy => result,
    }
}
