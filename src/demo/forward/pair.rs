//! One forwarded connection: between the streams of a pair and a target.

use std::{io, sync::Arc};

use tokio::{
    io::AsyncWriteExt,
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{OwnedSemaphorePermit, mpsc, watch},
};

use super::{ForwardFault, StreamCount, session::Shared, transport::HEADROOM};
use crate::demo::spdy::{Frame, status};

/// How much of a target's data goes into one frame at most.
const PAYLOAD: usize = 64 * 1024;

/// A pair of streams that is complete.
pub(super) struct Pair {
    pub(super) error: u32,
    pub(super) data: u32,
    /// The container's port.
    pub(super) port: u16,
    pub(super) input: mpsc::UnboundedReceiver<Input>,
    pub(super) stop: Arc<watch::Sender<Stop>>,
    /// How this one is to fail.
    pub(super) fault: Option<ForwardFault>,
}

/// Data from the client, and its share of what may wait.
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
    // An error here is that of the client's connection, which ends by it in any case.
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
    let target = match shared.forwards.target(&shared.pod, port) {
        _ if fault == Some(ForwardFault::ResetTarget) => {
            Err(io::Error::from(io::ErrorKind::ConnectionReset))
        }
        Some(address) => TcpStream::connect(address).await,
        None => Err(io::ErrorKind::ConnectionRefused.into()),
    };
    let failure = match target {
        Ok(target) => {
            let _ = target.set_nodelay(true);
            let (from, to) = target.into_split();
            let failed = |result: io::Result<()>| {
                if result.is_err() {
                    // A reset by the client came first, then.
                    stop.send_if_modified(|stop| {
                        let first = *stop == Stop::Never;
                        if first {
                            *stop = Stop::Failed;
                        }
                        first
                    });
                }
                result
            };
            let down = async {
                match download(from, data, stop.subscribe(), shared).await? {
                    Download::Ended => {
                        // kubectl of old closes its side only when the error stream has ended too.
                        say(shared, error, "").await.map(|()| Ok(()))
                    }
                    Download::Stopped => Ok(Ok(())),
                    Download::Failed(error) => Ok(failed(Err(error))),
                }
            };
            let up = async { failed(upload(to, input, stop.subscribe()).await) };
            let (down, up) = tokio::join!(down, up);
            if *stop.borrow() == Stop::Reset {
                return say(shared, error, "").await;
            }
            down?.and(up).err()
        }
        Err(error) => Some(error),
    };
    if let Some(failure) = failure {
        say(shared, error, &words(shared, port, &failure)).await?;
        shared.writer.send_data(data, true, &mut [0; HEADROOM]).await?;
    }
    Ok(())
}

/// Ends the error stream, with or without words.
async fn say(shared: &Shared, id: u32, words: &str) -> io::Result<()> {
    let mut bytes = vec![0; HEADROOM];
    bytes.extend_from_slice(words.as_bytes());
    shared.writer.send_data(id, true, &mut bytes).await
}

/// A failure as kubelet and containerd word it.
fn words(shared: &Shared, port: u16, failure: &io::Error) -> String {
    let sandbox = &shared.pod.sandbox;
    let space = &shared.pod.network;
    let cause = match failure.kind() {
        io::ErrorKind::ConnectionReset => {
            format!("read tcp4 127.0.0.1:43210->127.0.0.1:{port}: read: connection reset by peer")
        }
        io::ErrorKind::BrokenPipe => {
            format!("write tcp4 127.0.0.1:43210->127.0.0.1:{port}: write: broken pipe")
        }
        _ => format!(
            "failed to connect to localhost:{port} inside namespace \"{sandbox}\", IPv4: dial \
             tcp4 127.0.0.1:{port}: connect: connection refused IPv6 dial tcp6 [::1]:{port}: \
             connect: connection refused "
        ),
    };
    format!(
        "error forwarding port {port} to pod {sandbox}, uid : failed to execute portforward in \
         network namespace \"{space}\": {cause}"
    )
}

enum Download {
    /// The target sends no more, and the client knows it.
    Ended,
    Stopped,
    Failed(io::Error),
}

/// From the target to the client. An error is one of the client's connection.
async fn download(
    target: OwnedReadHalf,
    id: u32,
    mut stop: watch::Receiver<Stop>,
    shared: &Shared,
) -> io::Result<Download> {
    let mut buffer = vec![0; HEADROOM + PAYLOAD];
    loop {
        // Only the waiting may be broken off, never a write.
        tokio::select! {
            _ = stop.wait_for(|stop| *stop != Stop::Never) => return Ok(Download::Stopped),
            ready = target.readable() => if let Err(error) = ready {
                return Ok(Download::Failed(error));
            },
        }
        match target.try_read(buffer.get_mut(HEADROOM..).unwrap_or_default()) {
            Ok(length) => {
                let frame = buffer.get_mut(..HEADROOM + length).unwrap_or_default();
                shared.writer.send_data(id, length == 0, frame).await?;
                if length == 0 {
                    return Ok(Download::Ended);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Ok(Download::Failed(error)),
        }
    }
}

/// From the client to the target. An error is one of the target.
async fn upload(
    mut target: OwnedWriteHalf,
    mut input: mpsc::UnboundedReceiver<Input>,
    mut stop: watch::Receiver<Stop>,
) -> io::Result<()> {
    let copy = async {
        while let Some(piece) = input.recv().await {
            target.write_all(&piece.data).await?;
        }
        target.shutdown().await
    };
    tokio::select! {
        _ = stop.wait_for(|stop| *stop != Stop::Never) => Ok(()),
        result = copy => result,
    }
}
