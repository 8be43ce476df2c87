//! The supervisor's life cycle: take the lock and the socket, report readiness, serve, and end all
//! forwards before exiting.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::UnixListener;
use tokio::sync::mpsc;

use super::actor::{Actor, End, Message};
use super::forward::Effects;
use super::paths::Paths;
use super::protocol::{PROTOCOL, SupervisorInfo};
use super::reap::reap_as_the_only_one;
use super::registry::{Instance, MARK, Registry};
use super::server;
use super::socket::{BindError, Place, Readiness, ServerSocket};
use super::timers::Timers;
use crate::process::{self, DirectoryWatch, Interrupt};

/// How many messages to the actor may wait; beyond that, unimportant ones are dropped.
const MAX_MESSAGES: usize = 1024;

/// How long processes left by a crash may take to end in good order.
const REAP_GRACE: Duration = Duration::from_secs(1);

/// How long writing the last replies and events may take.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// Why the supervisor could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another supervisor runs, or the socket cannot be created.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The registry of children cannot be written.
    #[error("cannot write the registry of children in {}: {error}", path.display())]
    Registry {
        /// Its directory.
        path: std::path::PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// Signals cannot be listened for.
    #[error("cannot listen for signals: {0}")]
    Signals(std::io::Error),
}

/// Runs the supervisor until a client or a signal ends it, or until it has had no forward and no
/// client for long enough. Every kubectl that it started has ended when this returns.
///
/// Must be called on a current-thread runtime of the main thread.
pub async fn serve(paths: &Paths, timers: Timers, readiness: Readiness) -> Result<(), ServeError> {
    match prepare(paths).await {
        Ok((place, registry, interrupt)) => {
            readiness.ready();
            run(place, registry, interrupt, timers).await;
            Ok(())
        }
        Err(error) => {
            readiness.failed(&error.to_string());
            Err(error)
        }
    }
}

type Prepared = ((ServerSocket, UnixListener), Registry, Interrupt);

async fn prepare(paths: &Paths) -> Result<Prepared, ServeError> {
    let interrupt = Interrupt::listen().map_err(ServeError::Signals)?;
    // Each connection takes two descriptors: the client's and kubectl's.
    process::raise_open_files_limit();
    let guard_pid = process::guard_pid();
    let place = ServerSocket::bind(paths)?;
    // Clean up after a crash: a starting client has done so too, but systemd starts us without one.
    reap_as_the_only_one(paths, REAP_GRACE).await;
    let registry = Registry::enter(paths, Instance::own(guard_pid))
        .map_err(|error| ServeError::Registry { path: paths.registry(), error })?;
    Ok((place, registry, interrupt))
}

async fn run(
    (mut socket, listener): (ServerSocket, UnixListener),
    registry: Registry,
    mut interrupt: Interrupt,
    timers: Timers,
) {
    let registry = Arc::new(registry);
    let (to_actor, messages) = mpsc::channel(MAX_MESSAGES);
    let (relay_events, relayed) = mpsc::unbounded_channel();
    let info = SupervisorInfo {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        guard_pid: registry.instance().guard.as_ref().map(|guard| guard.pid),
        started_at: Timestamp::now(),
    };
    let guard = info.guard_pid;
    let effects = Effects {
        timers,
        to_actor: to_actor.clone(),
        relay_events,
        registry: Arc::clone(&registry),
        outbox: Vec::new(),
    };
    let actor = Actor::new(effects, info).run(messages, relayed);
    let signals = to_actor.clone();
    let listening = tokio::spawn(async move {
        loop {
            let signal = interrupt.next().await;
            // SIGTERM is also the parent-death signal for a dead guard; by then we have another
            // parent.
            let message = match guard {
                Some(guard) if !process::has_parent(guard) => Message::GuardKilled,
                _ => {
                    let why = format!("the supervisor was ended by {}", signal.name());
                    Message::Shutdown { why }
                }
            };
            if signals.send(message).await.is_err() {
                return;
            }
        }
    });
    let (listeners, renewed) = mpsc::channel(1);
    let keeping = keep(&mut socket, &registry, &listeners, &to_actor);
    let mut accepting = Box::pin(server::accept(listener, renewed, to_actor.clone()));
    let end = tokio::select! {
        () = keeping => End::Crashed,
        end = actor => end,
        () = &mut accepting => End::Told,
    };
    match end {
        // Give the last replies time to be written: without them an attached client takes this for
        // a crash and restarts everything.
        End::Told => drop(tokio::time::timeout(LAST_WORDS, &mut accepting).await),
        // Here that is what happened.
        End::Crashed => drop(accepting),
    }
    listening.abort();
    // Processes that left their kubectl's group are the guard's to end, but the guard may be gone.
    process::end_marked(MARK, &registry.instance().id, timers.stop_grace).await;
    // Only now: if we are killed earlier, the next supervisor reads here what to end.
    drop(registry);
}

/// How often the runtime directory is checked: without, and with, notifications of changes in it.
const CHECK: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_secs(30);

/// Restores removed files of the runtime directory while the supervisor runs, so that clients can
/// find it. Returns only if the actor is gone.
async fn keep(
    socket: &mut ServerSocket,
    registry: &Registry,
    listeners: &mpsc::Sender<UnixListener>,
    to_actor: &mpsc::Sender<Message>,
) {
    let mut lost = false;
    loop {
        // Watch before checking, so that a later change is noticed.
        let watch = DirectoryWatch::new(registry.base());
        match socket.check().await {
            Place::Ours => {
                lost = false;
                registry.restore();
            }
            Place::Restored(listener) => {
                tracing::warn!("the runtime directory was changed; lock and socket are restored");
                registry.restore();
                if listeners.send(listener).await.is_err() {
                    return;
                }
                // The directory may be a new one: watch that.
                continue;
            }
            Place::Taken => {
                let why = "another supervisor has taken its place in the runtime directory";
                if to_actor.send(Message::Displaced { why }).await.is_err() {
                    return;
                }
                return std::future::pending().await;
            }
            Place::Lost(why) => {
                if !std::mem::replace(&mut lost, true) {
                    tracing::warn!("the runtime directory cannot be used: {why}");
                }
            }
        }
        let pause = if lost || watch.is_none() { CHECK } else { SELDOM };
        let changed = async {
            match &watch {
                Some(watch) => watch.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
