//! The task that looks after one kubectl child.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::actor::Message;
use super::tunnel::{Fate, Tunnel};
use crate::kubectl::{
    ConnectionFailure, Culprit, Error, ForwardCommand, ForwardEvent, PortForward,
};

/// What became of a child.
#[derive(Debug)]
pub(super) enum ChildEvent {
    /// It listens, and its connection to the pod is up.
    Ready(Arc<Tunnel>),
    /// It wrote a line.
    Said(String),
    /// It said that one of its connections failed.
    Failed(ConnectionFailure),
    /// It said that its connection to the pod is of no more use, and stays up.
    Wedged,
    /// It and its whole group have ended: by itself with kubectl's reason, or because it was ended
    /// on purpose (none).
    Ended(Option<(Error, Culprit)>),
}

/// How a child is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// In good order.
    InOrder,
    /// At once: it passes nothing on, and what it has not read is to be known.
    Abort,
}

/// A kubectl child of a forward.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) generation: u64,
    pub(super) pid: u32,
    stop: Option<oneshot::Sender<Stop>>,
}

impl Child {
    /// Starts kubectl for forward `id`; what happens to it comes as messages.
    pub(super) fn start(
        command: &ForwardCommand,
        id: u64,
        generation: u64,
        grace: Duration,
        to: mpsc::Sender<Message>,
    ) -> Result<Self, Error> {
        let child = command.spawn()?;
        let pid = child.id();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(look_after(child, stopped, grace, id, generation, to));
        Ok(Self { generation, pid, stop: Some(stop) })
    }

    /// Ends it in good order; [`ChildEvent::Ended`] says when it has.
    pub(super) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(Stop::InOrder);
        }
    }

    /// Ends one that passes nothing on.
    pub(super) fn abort(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(Stop::Abort);
        }
    }

    /// Whether it is being ended.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop.is_none()
    }
}

/// How many lines of a kubectl are worth keeping in one second: without a bound, one that floods
/// would leave its supervisor no time for anything else.
const LINES_A_SECOND: u32 = 200;

/// Counts lines by the second.
struct Flood {
    since: Instant,
    lines: u32,
}

impl Flood {
    fn new() -> Self {
        Self { since: Instant::now(), lines: 0 }
    }

    /// Whether one more line is worth keeping.
    fn takes_one(&mut self) -> bool {
        if self.since.elapsed() >= Duration::from_secs(1) {
            *self = Self::new();
        }
        self.lines = self.lines.saturating_add(1);
        self.lines <= LINES_A_SECOND
    }
}

async fn look_after(
    mut child: PortForward,
    stopped: oneshot::Receiver<Stop>,
    grace: Duration,
    id: u64,
    generation: u64,
    to: mpsc::Sender<Message>,
) {
    let message = |event| Message::Child { id, generation, event };
    let mut tunnel: Option<Arc<Tunnel>> = None;
    tokio::pin!(stopped);
    let mut flood = Flood::new();
    let stop = loop {
        let event = tokio::select! {
            // A dropped handle means stop as well.
            stop = &mut stopped => break stop.unwrap_or(Stop::InOrder),
            event = child.next() => event,
        };
        match event {
            Some(ForwardEvent::Ready(ports)) => {
                let up = Arc::new(Tunnel::new(generation, child.id(), ports, child.counts()));
                tunnel = Some(Arc::clone(&up));
                let _ = to.send(message(ChildEvent::Ready(up))).await;
            }
            Some(ForwardEvent::Said(line)) => {
                // A flood of words is not worth waiting for.
                if flood.takes_one() {
                    let _ = to.try_send(message(ChildEvent::Said(line)));
                }
            }
            Some(ForwardEvent::Failed(failure)) => {
                let _ = to.try_send(message(ChildEvent::Failed(failure)));
            }
            Some(ForwardEvent::Wedged) => {
                let _ = to.send(message(ChildEvent::Wedged)).await;
            }
            None => {
                let ended = child.ended().await;
                for line in ended.rest {
                    let _ = to.try_send(message(ChildEvent::Said(line)));
                }
                // The forward hears of it before its connections ask for another kubectl.
                let why = Some((ended.error, ended.culprit));
                let _ = to.send(message(ChildEvent::Ended(why))).await;
                if let Some(tunnel) = tunnel {
                    let culprit = Some(ended.culprit);
                    tunnel.ended(Fate { culprit, complete: ended.complete, unread: None });
                }
                return;
            }
        }
    };
    let fate = match stop {
        Stop::InOrder => Fate { complete: child.stop(grace).await, ..Fate::default() },
        Stop::Abort => Fate { unread: child.abort().await, ..Fate::default() },
    };
    let _ = to.send(message(ChildEvent::Ended(None))).await;
    if let Some(tunnel) = tunnel {
        tunnel.ended(fate);
    }
}
