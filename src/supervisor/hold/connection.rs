//! The connection of a [`Hold`](super::Hold): requests, their replies in order, and heartbeats.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::supervisor::client::Client;
use crate::supervisor::protocol::{Reply, Request, SupervisorInfo};

/// The kind of request that a reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Beat,
    Start,
    Watch,
    List,
    Last,
}

/// A connection to the supervisor. A separate task sends heartbeats on it.
pub(super) struct Connection {
    pub(super) requests: mpsc::Sender<(Kind, Request)>,
    /// Requests without a reply so far, in order.
    pending: mpsc::UnboundedReceiver<Kind>,
    replies: mpsc::Receiver<Reply>,
    writer: JoinHandle<()>,
    pub(super) info: SupervisorInfo,
}

impl Connection {
    pub(super) fn new(client: Client, beat: Duration) -> Self {
        let info = client.info().clone();
        let (mut sender, replies) = client.into_split();
        let (requests, mut to_send) = mpsc::channel::<(Kind, Request)>(16);
        let (sent, pending) = mpsc::unbounded_channel();
        let writer = tokio::spawn(async move {
            let mut beats = interval(beat);
            beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                let (kind, request) = tokio::select! {
                    request = to_send.recv() => match request {
                        Some(request) => request,
                        None => return,
                    },
                    _ = beats.tick() => (Kind::Beat, Request::Beat),
                };
                // Recorded before it is sent, so that its reply cannot come first.
                if sent.send(kind).is_err() || sender.send(&request).await.is_err() {
                    return;
                }
            }
        });
        Self { requests, pending, replies, writer, info }
    }

    pub(super) async fn send(&self, kind: Kind, request: Request) {
        // If the writer has ended, the wait for replies notices that.
        let _ = self.requests.send((kind, request)).await;
    }

    /// The next reply and the kind of its request; `None` when the connection has ended. Cancel
    /// safe.
    pub(super) async fn next(&mut self) -> Option<(Option<Kind>, Reply)> {
        loop {
            let reply = self.replies.recv().await?;
            if matches!(reply, Reply::Event(_)) {
                return Some((None, reply));
            }
            match self.pending.try_recv() {
                Ok(Kind::Beat) => {}
                Ok(kind) => return Some((Some(kind), reply)),
                // A reply without a request.
                Err(_) => return None,
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.writer.abort();
    }
}
