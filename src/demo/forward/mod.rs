//! Port-forward: the `portforward` subresource of pods, as kubectl uses it.
//!
//! A request is upgraded to SPDY/3.1, directly or inside a WebSocket (kubectl 1.31 and newer), and
//! then carries a pair of streams for each forwarded connection: `data`, and `error` for the text
//! of a failure. The targets are real TCP listeners of this process, or others named by a test.
//!
//! - `upgrade` answers the request;
//! - `transport` and `websocket` transfer bytes, `session` manages the streams of one connection,
//!   `pair` copies one forwarded connection and ends it like a container `runtime`;
//! - `service/` implements the listeners inside the "pods";
//! - this module has the state that a cluster's forwards share: faults, targets, connections.
//!
//! Neither kubectl nor the kubelet has flow control: a target that does not read stops its whole
//! connection once a few MiB are waiting, as in a real cluster.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{sync::watch, task::JoinSet};

use super::{cluster::lock, world::PodTarget};

#[cfg(test)]
mod client;
mod pair;
mod runtime;
mod service;
mod session;
#[cfg(test)]
mod tests;
mod transport;
mod upgrade;
mod websocket;

pub use runtime::Runtime;
pub(super) use service::Services;
pub(super) use upgrade::upgrade;

/// A fault of port-forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardFault {
    /// Refuses the upgrade with this HTTP status and a `Status` object; 403 is worded like RBAC's.
    Refuse(u16),
    /// Accepts the upgrade request and never answers.
    StallUpgrade,
    /// Upgrades and answers pings, but accepts no new stream.
    StallData,
    /// Answers the next data stream, then resets it (RST_STREAM), once.
    ResetStream,
    /// Lets the application reset the next connection, with a text on the error stream, on which
    /// kubectl since 1.23 exits; once.
    ResetTarget,
}

/// The number of present connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ForwardCounts {
    /// Upgraded connections, usually one for each running `kubectl port-forward`.
    pub connections: usize,
    /// Forwarded connections over these.
    pub streams: usize,
}

/// The state that the forwards of one cluster share.
#[derive(Debug)]
pub(super) struct Forwards {
    fault: Mutex<Option<ForwardFault>>,
    no_websockets: AtomicBool,
    runtime: Mutex<Option<Runtime>>,
    /// Targets set by tests: by namespace, name of pod or workload, and port.
    targets: Mutex<HashMap<(String, String, u16), SocketAddr>>,
    services: Services,
    connections: Mutex<Connections>,
    streams: AtomicUsize,
}

#[derive(Debug, Default)]
struct Connections {
    next: u64,
    open: HashMap<u64, Open>,
    tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Open {
    namespace: String,
    pod: String,
    end: watch::Sender<Option<End>>,
    /// Set when the pod was deleted and its connections have not been closed.
    sandbox_gone: Arc<AtomicBool>,
}

/// How the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// A TCP reset.
    Reset,
    /// Like a real API server when the pod has gone: a plain connection is closed at once, a
    /// WebSocket only when the client sends something. (The real server's read from the client
    /// holds the lock that closing needs.)
    PodGone,
}

impl Forwards {
    pub(super) fn new(services: Services) -> Forwards {
        Forwards {
            fault: Mutex::default(),
            no_websockets: AtomicBool::new(false),
            runtime: Mutex::default(),
            targets: Mutex::default(),
            services,
            connections: Mutex::default(),
            streams: AtomicUsize::new(0),
        }
    }

    pub(super) fn set_fault(&self, fault: Option<ForwardFault>) {
        *lock(&self.fault) = fault;
    }

    fn fault(&self) -> Option<ForwardFault> {
        *lock(&self.fault)
    }

    /// Takes this fault if it is set, and ends it. Returns whether it was set.
    fn take_fault(&self, fault: ForwardFault) -> bool {
        let mut current = lock(&self.fault);
        let found = *current == Some(fault);
        if found {
            *current = None;
        }
        found
    }

    pub(super) fn set_websockets(&self, on: bool) {
        self.no_websockets.store(!on, Ordering::Relaxed);
    }

    fn websockets(&self) -> bool {
        !self.no_websockets.load(Ordering::Relaxed)
    }

    pub(super) fn set_runtime(&self, runtime: Option<Runtime>) {
        *lock(&self.runtime) = runtime;
    }

    fn runtime(&self) -> Option<Runtime> {
        *lock(&self.runtime)
    }

    pub(super) fn set_target(&self, namespace: &str, pod: &str, port: u16, to: SocketAddr) {
        lock(&self.targets).insert((namespace.to_owned(), pod.to_owned(), port), to);
    }

    /// The address for a pod's port; `None` if nothing listens there.
    fn target(&self, pod: &PodTarget, port: u16) -> Option<SocketAddr> {
        let listening = pod.ports.iter().find(|(listening, _)| *listening == port);
        self.given(pod, port).or_else(|| self.services.address(listening?.1))
    }

    /// The target that a test set for a pod's port.
    fn given(&self, pod: &PodTarget, port: u16) -> Option<SocketAddr> {
        let targets = lock(&self.targets);
        let of = |name: &String| targets.get(&(pod.namespace.clone(), name.clone(), port)).copied();
        of(&pod.name).or_else(|| of(&pod.workload))
    }

    /// Ends the connections that `which` selects by namespace and pod.
    pub(super) fn cut(&self, how: End, which: impl Fn(&str, &str) -> bool) {
        for open in lock(&self.connections).open.values() {
            if which(&open.namespace, &open.pod) {
                open.end.send_replace(Some(how));
            }
        }
    }

    /// Removes the pod of these connections, but keeps the connections.
    pub(super) fn lose_sandbox(&self, namespace: &str, pod: &str) {
        for open in lock(&self.connections).open.values() {
            if open.namespace == namespace && open.pod == pod {
                open.sandbox_gone.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Aborts everything.
    pub(super) fn end(&self) {
        lock(&self.connections).tasks.abort_all();
        self.services.end();
    }

    pub(super) fn counts(&self) -> ForwardCounts {
        ForwardCounts {
            connections: lock(&self.connections).open.len(),
            streams: self.streams.load(Ordering::Relaxed),
        }
    }
}

/// An upgraded connection, counted while this value lives.
struct Registration {
    forwards: Arc<Forwards>,
    number: u64,
    end: watch::Receiver<Option<End>>,
    sandbox_gone: Arc<AtomicBool>,
}

impl Registration {
    fn new(forwards: &Arc<Forwards>, pod: &PodTarget) -> Registration {
        let (sender, end) = watch::channel(None);
        let mut connections = lock(&forwards.connections);
        let number = connections.next;
        connections.next += 1;
        let (namespace, pod) = (pod.namespace.clone(), pod.name.clone());
        let sandbox_gone = Arc::<AtomicBool>::default();
        let open = Open { namespace, pod, end: sender, sandbox_gone: Arc::clone(&sandbox_gone) };
        connections.open.insert(number, open);
        Registration { forwards: Arc::clone(forwards), number, end, sandbox_gone }
    }

    /// Waits for an order to end the connection other than `other_than`.
    async fn ended(&mut self, other_than: Option<End>) -> Option<End> {
        let end = self.end.wait_for(|end| end.is_some() && *end != other_than).await;
        end.ok().and_then(|end| *end)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        lock(&self.forwards.connections).open.remove(&self.number);
    }
}

/// A forwarded connection, counted while this value lives.
struct StreamCount(Arc<Forwards>);

impl StreamCount {
    fn new(forwards: &Arc<Forwards>) -> StreamCount {
        forwards.streams.fetch_add(1, Ordering::Relaxed);
        StreamCount(Arc::clone(forwards))
    }
}

impl Drop for StreamCount {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::Relaxed);
    }
}
