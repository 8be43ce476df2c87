//! The supervisor's two most frequent operations, for `benches/supervisor.rs` only.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::actor::{Actor, Message};
use super::forward::Effects;
use super::paths::Paths;
use super::protocol::{
    Environment, ForwardStatus, Isolate, LeaseRequest, LocalPort, PROTOCOL, PortSpec, Refusal,
    Spec, SupervisorInfo,
};
use super::registry::{Instance, Registry};
use super::timers::Timers;
use crate::config::PodSelection;
use crate::config::target::{ForwardTarget, RemotePort};
use crate::kubectl::Name;

/// A supervisor's state with one session and one forward, whose kubectl is a program that only
/// waits.
pub struct Bench {
    actor: Actor,
    _ends: Ends,
}

type Ends = (mpsc::Receiver<Message>, Box<dyn std::any::Any>);

impl Bench {
    /// Creates the state in `directory`; must be called on a runtime.
    ///
    /// # Errors
    /// If the directory or the forward cannot be created.
    pub fn new(directory: &Path) -> io::Result<Self> {
        let paths = Paths::new(directory.join("run")).map_err(io::Error::other)?;
        let registry = Arc::new(Registry::enter(&paths, Instance::own(None))?);
        let (to_actor, messages) = mpsc::channel(64);
        let (relay_events, relayed) = mpsc::unbounded_channel();
        let (events, watched) = mpsc::channel(64);
        let timers = Timers { stop_grace: Duration::ZERO, ..Timers::default() };
        let effects = Effects { timers, to_actor, relay_events, registry, outbox: Vec::new() };
        let info = SupervisorInfo {
            protocol: PROTOCOL,
            version: String::new(),
            pid: std::process::id(),
            guard_pid: None,
            started_at: Timestamp::now(),
        };
        let mut actor = Actor::new(effects, info);
        actor.handle(Message::Opened { session: 1, pid: Some(std::process::id()), events });
        let refused = |refusal: Refusal| io::Error::other(refusal.to_string());
        actor.start(1, spec()?, LeaseRequest::Session).map_err(refused)?;
        Ok(Self { actor, _ends: (messages, Box::new((relayed, watched))) })
    }

    /// Handles one heartbeat of the session.
    pub fn heartbeat(&mut self) {
        self.actor.handle(Message::Beat { session: 1 });
    }

    /// The status of the forward, as clients see it.
    pub fn status(&self) -> Vec<ForwardStatus> {
        self.actor.statuses(&[])
    }
}

fn spec() -> io::Result<Spec> {
    let resource = ForwardTarget::parse("svc/prometheus-server").map_err(io::Error::other)?;
    let namespace = Name::parse("monitoring").map_err(io::Error::other)?;
    let port = PortSpec { remote: RemotePort::Number(9090), local: LocalPort::Exact(0) };
    Ok(Spec {
        name: None,
        cluster: "production".to_owned(),
        context: None,
        server: "https://production.example:6443".to_owned(),
        namespace,
        resource,
        ports: vec![port],
        addresses: Vec::new(),
        idle_ms: 300_000,
        isolate: Isolate::Auto,
        pod_selection: PodSelection::Kubectl,
        pool: 8,
        retry_idempotent: false,
        keepalive_ms: 0,
        on_demand: false,
        kubectl: PathBuf::from("/bin/cat"),
        kubeconfig: None,
        impersonation: crate::config::Impersonation::default(),
        directory: PathBuf::from("/"),
        environment: Environment::default(),
    })
}
