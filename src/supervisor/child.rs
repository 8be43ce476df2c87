//! The task that supervises one kubectl child.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::actor::Message;
use super::tunnel::{Fate, Tunnel};
use crate::kubectl::{
    ConnectionFailure, Culprit, Error, ForwardCommand, ForwardEvent, PortForward,
};

/// What happened to a child.
#[derive(Debug)]
pub(super) enum ChildEvent {
    /// kubectl listens, and its connection to the pod is up.
    Ready(Arc<Tunnel>),
    /// kubectl wrote a line.
    Said(String),
    /// kubectl reported that one of its connections failed.
    Failed(ConnectionFailure),
    /// kubectl reported that its connection to the pod no longer works, but keeps running.
    Wedged,
    /// kubectl and its whole process group have ended: with kubectl's reason, or with none if the
    /// supervisor ended it.
    Ended(Option<(Error, Culprit)>),
}

/// How to end a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// Terminate and wait for the grace period.
    InOrder,
    /// Kill at once, because kubectl passes no bytes on; record the bytes that it has not read.
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
    /// Starts kubectl for forward `id`; its events are sent to `to`.
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

    /// Ends the child in good order; [`ChildEvent::Ended`] reports when it has ended.
    pub(super) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(Stop::InOrder);
        }
    }

    /// Ends a child that passes no bytes on.
    pub(super) fn abort(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(Stop::Abort);
        }
    }

    /// Whether the child is being ended.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop.is_none()
    }
}

/// How many lines of a kubectl are kept per second. Without a limit, a kubectl that floods its
/// output would leave the supervisor no time for anything else.
const LINES_A_SECOND: u32 = 200;

/// Counts lines per second.
struct Flood {
    since: Instant,
    lines: u32,
}

impl Flood {
    fn new() -> Self {
        Self { since: Instant::now(), lines: 0 }
    }

    /// Counts a line. Returns whether it is within the limit.
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
            // A dropped handle also means stop.
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
                // Lines may be lost: never wait for the actor because of them.
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
                // The forward must learn of the end before its connections ask for another kubectl.
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
