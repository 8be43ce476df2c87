//! The task that looks after one kubectl child.

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::actor::Message;
use crate::kubectl::{Error, ForwardCommand, ForwardEvent, PortForward};

/// What became of a child.
#[derive(Debug)]
pub(super) enum ChildEvent {
    /// It listens on these ports.
    Ready(Vec<u16>),
    /// It wrote a line.
    Said(String),
    /// It and its whole group have ended: by itself with kubectl's reason, or because it was
    /// told to (none).
    Ended(Option<Error>),
}

/// A kubectl child of a forward.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) generation: u64,
    pub(super) pid: u32,
    stop: Option<oneshot::Sender<()>>,
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

    /// Tells it to end; [`ChildEvent::Ended`] says when it has.
    pub(super) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }

    /// Whether it was told to end.
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
    stopped: oneshot::Receiver<()>,
    grace: Duration,
    id: u64,
    generation: u64,
    to: mpsc::Sender<Message>,
) {
    let message = |event| Message::Child { id, generation, event };
    tokio::pin!(stopped);
    let mut flood = Flood::new();
    loop {
        let event = tokio::select! {
            // A dropped handle means stop as well.
            _ = &mut stopped => break,
            event = child.next() => event,
        };
        match event {
            Some(ForwardEvent::Ready(ports)) => {
                let _ = to.send(message(ChildEvent::Ready(ports))).await;
            }
            Some(ForwardEvent::Said(line)) => {
                // A flood of words is not worth waiting for.
                if flood.takes_one() {
                    let _ = to.try_send(message(ChildEvent::Said(line)));
                }
            }
            Some(ForwardEvent::Wedged) => {
                child.stop(grace).await;
                let error = Error::new(
                    crate::kubectl::ErrorKind::Other,
                    "kubectl lost its connection to the pod and stayed up; it was ended",
                );
                let _ = to.send(message(ChildEvent::Ended(Some(error)))).await;
                return;
            }
            None => {
                let (error, rest) = child.ended().await;
                for line in rest {
                    let _ = to.try_send(message(ChildEvent::Said(line)));
                }
                let _ = to.send(message(ChildEvent::Ended(Some(error)))).await;
                return;
            }
        }
    }
    child.stop(grace).await;
    let _ = to.send(message(ChildEvent::Ended(None))).await;
}
