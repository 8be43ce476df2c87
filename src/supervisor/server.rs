//! The supervisor's side of the socket: connections, frames, replies in order.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::actor::Message;
use super::descriptors::Spare;
use super::frame::{read_frame, write_frame};
use super::lease::SessionId;
use super::protocol::{Event, PROTOCOL, Refusal, RefusalKind, Reply, Request};

/// How many requests of one connection may wait for replies, heartbeats during a slow start
/// included; one more closes the connection.
const MAX_WAITING: usize = 4096;
/// How many frames of one connection may be read ahead.
const MAX_AHEAD: usize = 64;
/// The pause after a failure to accept a connection.
const RETRY: Duration = Duration::from_millis(50);
/// How many events may wait for a slow client.
const MAX_EVENTS: usize = 256;

/// Accepts clients, always from the latest listener, until it is dropped.
pub(super) async fn accept(
    mut listener: UnixListener,
    mut renewed: mpsc::Receiver<UnixListener>,
    to: mpsc::Sender<Message>,
) {
    let mut connections = JoinSet::new();
    let mut next: SessionId = 1;
    let mut spare = Spare::default();
    loop {
        spare.fill();
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            Some(new) = renewed.recv() => {
                listener = new;
                continue;
            }
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, next, to.clone()));
                next += 1;
            }
            // Probably out of descriptors. Use the spare ones to answer a client who may ask why.
            Err(_) if spare.release() => {
                if let Ok(Ok((stream, _))) = timeout(RETRY, listener.accept()).await {
                    connections.spawn(serve(stream, next, to.clone()));
                    next += 1;
                }
                // Refill the spare descriptors only after that client has been answered.
                tokio::time::sleep(RETRY).await;
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

/// Serves one client until its connection ends.
async fn serve(stream: UnixStream, session: SessionId, to: mpsc::Sender<Message>) {
    if let Err(why) = super::peer::check(&stream) {
        tracing::warn!(why, "a client was refused");
        let (_, mut write) = stream.into_split();
        let refusal = Refusal { kind: RefusalKind::BadRequest, message: why };
        let _ = write_frame(&mut write, &Reply::Error(refusal)).await;
        return;
    }
    let pid = stream.peer_cred().ok().and_then(|peer| peer.pid()).and_then(|p| p.try_into().ok());
    let (mut read, mut write) = stream.into_split();
    let (events_to, mut events) = mpsc::channel::<Event>(MAX_EVENTS);
    if to.send(Message::Opened { session, pid, events: events_to }).await.is_err() {
        return;
    }

    // Frames are read by a task of their own: cancelling a read would lose bytes.
    let (frames_to, mut frames) = mpsc::channel::<Result<Vec<u8>, String>>(MAX_AHEAD);
    let beats = to.clone();
    let reader = tokio::spawn(async move {
        loop {
            let frame = match read_frame(&mut read).await {
                Ok(Some(frame)) => Ok(frame),
                Ok(None) => return,
                Err(error) => Err(error.to_string()),
            };
            // Any frame counts as a heartbeat.
            let last = frame.is_err() || beats.send(Message::Beat { session }).await.is_err();
            if frames_to.send(frame).await.is_err() || last {
                return;
            }
        }
    });

    let mut waiting: VecDeque<oneshot::Receiver<Reply>> = VecDeque::new();
    let mut greeted = false;
    loop {
        let answered = async {
            match waiting.front_mut() {
                Some(front) => front.await,
                None => std::future::pending().await,
            }
        };
        let reply = tokio::select! {
            answer = answered => {
                waiting.pop_front();
                // The actor is gone: the supervisor is shutting down.
                answer.unwrap_or_else(|_| refusal(RefusalKind::ShuttingDown, "the supervisor is ending"))
            }
            Some(event) = events.recv() => Reply::Event(event),
            frame = frames.recv() => {
                let Some(frame) = frame else { break };
                // Limits a client that sends requests without ever reading replies.
                if waiting.len() >= MAX_WAITING {
                    let why = "too many pending requests";
                    let _ = write_frame(&mut write, &refusal(RefusalKind::BadRequest, why)).await;
                    break;
                }
                let (reply, answer) = oneshot::channel();
                match frame.as_deref().map(parse) {
                    Ok(Ok(request)) => {
                        match admit(&request, greeted) {
                            Ok(()) => {
                                greeted |= matches!(request, Request::Hello { protocol } if protocol == PROTOCOL);
                                let message = Message::Request { session, request, reply };
                                if to.send(message).await.is_err() {
                                    break;
                                }
                            }
                            Err(refusal) => drop(reply.send(refusal)),
                        }
                    }
                    Ok(Err(why)) => drop(reply.send(refusal(RefusalKind::BadRequest, &why))),
                    // After an invalid frame the rest of the stream cannot be parsed.
                    Err(why) => {
                        let _ = write_frame(&mut write, &refusal(RefusalKind::BadRequest, why)).await;
                        break;
                    }
                }
                waiting.push_back(answer);
                continue;
            }
        };
        if write_frame(&mut write, &reply).await.is_err() {
            break;
        }
    }
    reader.abort();
    let _ = to.send(Message::Closed { session }).await;
}

fn parse(frame: &[u8]) -> Result<Request, String> {
    // The error tells the position, never the content: a request may contain a secret.
    serde_json::from_slice(frame)
        .map_err(|error| format!("unknown or malformed request (at byte {})", error.column()))
}

/// `Hello` and `Shutdown` are allowed in any protocol version; the rest only in our own.
fn admit(request: &Request, greeted: bool) -> Result<(), Reply> {
    if greeted || matches!(request, Request::Hello { .. } | Request::Shutdown) {
        return Ok(());
    }
    let text = format!("the first request must be hello, in protocol {PROTOCOL}");
    Err(refusal(RefusalKind::BadRequest, &text))
}

fn refusal(kind: RefusalKind, message: &str) -> Reply {
    Reply::Error(Refusal { kind, message: message.to_owned() })
}
