//! Start requests: they create a forward, or add a lease to an existing one; and how a start is
//! undone.

use std::net::SocketAddr;
use std::time::Instant;

use super::super::forward::{Forward, Key, key};
use super::super::lease::{Lease, SessionId, Watcher};
use super::super::listen;
use super::super::protocol::{ForwardState, LeaseRequest, LocalPort, Refusal, RefusalKind, Spec};
use super::{Actor, Message};
use crate::process::{Identity, exit_of};

/// What a start added to a forward, without what existed before.
#[derive(Clone, Debug)]
pub(in crate::supervisor) struct StartEffect {
    pub(super) forward: u64,
    lease: Option<LeaseRequest>,
    alias: Option<String>,
}

impl StartEffect {
    /// Whether a lease was added, not only a name.
    pub(super) fn is_lease(&self) -> bool {
        self.lease.is_some()
    }
}

impl Actor {
    /// Creates a forward, or adds a lease to the existing one for the same target. Returns what was
    /// added, and whether the forward existed.
    pub(in crate::supervisor) fn start(
        &mut self,
        session: SessionId,
        spec: Spec,
        request: LeaseRequest,
    ) -> Result<(StartEffect, bool), Refusal> {
        if self.shutting_down {
            let message = "the supervisor is ending".to_owned();
            return Err(Refusal { kind: RefusalKind::ShuttingDown, message });
        }
        let wanted = key(&spec)?;
        let same = self.forwards.iter().position(|forward| {
            wanted.is_served_by(&forward.key, forward.ports(), forward.addresses())
                && !matches!(forward.state, ForwardState::Stopping | ForwardState::Failed)
        });
        if let Some(at) = same {
            return self.join(at, session, spec, request).map(|addition| (addition, true));
        }
        let name = if let Some(name) = &spec.name {
            if let Some(bearer) = self.bearer(name) {
                return Err(name_taken(name, bearer, &wanted));
            }
            name.clone()
        } else {
            let base = wanted.target_name().to_owned();
            let numbered = (2..).map(|number| format!("{base}-{number}"));
            let mut names = std::iter::once(base.clone()).chain(numbered);
            names.find(|name| self.bearer(name).is_none()).unwrap_or(base)
        };
        self.check_ports(&spec)?;
        let id = self.next_id;
        let lease = self.lease(id, session, request)?;
        self.next_id += 1;
        let mut forward = Forward::new(id, name, spec, wanted, &self.effects)?;
        forward.leases.push(lease);
        forward.begin(&mut self.effects);
        self.forwards.push(forward);
        Ok((StartEffect { forward: id, lease: Some(request), alias: None }, false))
    }

    /// Refuses a local port that another forward of this supervisor has, before the port looks like
    /// another process's.
    fn check_ports(&self, spec: &Spec) -> Result<(), Refusal> {
        let ports = spec.ports.iter().filter_map(|port| match port.local {
            LocalPort::Exact(port) if port > 0 => Some(port),
            _ => None,
        });
        for port in ports {
            let conflicts = |f: &&Forward| {
                f.is_open()
                    && f.ports().contains(&port)
                    && listen::conflicts(f.addresses(), &spec.addresses)
            };
            if let Some(other) = self.forwards.iter().find(conflicts) {
                let name = &other.name;
                let at = SocketAddr::new(listen::reached_at(other.addresses()), port);
                let message = format!(
                    "{at} is the port of forward {name}; watchdog forward stop {name} ends that one, --local-port 0 takes any that is free"
                );
                return Err(Refusal { kind: RefusalKind::PortOurs, message });
            }
        }
        Ok(())
    }

    /// Adds a lease to the forward at this index, and an alias if it was requested by another name.
    fn join(
        &mut self,
        at: usize,
        session: SessionId,
        spec: Spec,
        request: LeaseRequest,
    ) -> Result<StartEffect, Refusal> {
        let forward = &self.forwards[at];
        let id = forward.id;
        let other = spec.name.filter(|name| !forward.is_named(name));
        if let Some(name) = &other
            && let Some(bearer) = self.bearer(name)
        {
            return Err(name_taken(name, bearer, &forward.key));
        }
        let lease = self.lease(id, session, request)?;
        let forward = &mut self.forwards[at];
        let fresh = add_lease(&mut forward.leases, lease);
        forward.wanted_again();
        if !spec.on_demand {
            forward.begin_now(&mut self.effects);
        }
        if let Some(alias) = &other {
            forward.aliases.push(alias.clone());
            forward.note(&mut self.effects, &format!("also known as {alias}"));
        }
        if !fresh {
            self.adopt(id, session, request);
        }
        Ok(StartEffect { forward: id, lease: fresh.then_some(request), alias: other })
    }

    /// The forward that has this name or alias.
    fn bearer(&self, name: &str) -> Option<&Forward> {
        let alive = |forward: &&Forward| forward.state != ForwardState::Stopping;
        self.forwards.iter().filter(alive).find(|forward| forward.is_named(name))
    }

    /// If other clients added this lease, this session now needs it too: undoing their start must
    /// not end it.
    fn adopt(&mut self, forward: u64, session: SessionId, request: LeaseRequest) {
        let clients = self.clients.iter_mut().filter(|(id, _)| **id != session);
        let added = clients.flat_map(|(_, client)| &mut client.added);
        let waiters = self.waiters.iter_mut().filter(|waiter| waiter.session != session);
        for addition in added.chain(waiters.map(|waiter| &mut waiter.addition)) {
            if addition.forward == forward && addition.lease == Some(request) {
                addition.lease = None;
            }
        }
    }

    fn lease(
        &self,
        forward: u64,
        session: SessionId,
        request: LeaseRequest,
    ) -> Result<Lease, Refusal> {
        Ok(match request {
            LeaseRequest::Session => Lease::Session(session),
            LeaseRequest::Heartbeat => Lease::Heartbeat(Instant::now()),
            LeaseRequest::None => Lease::None,
            LeaseRequest::Pid { pid } => {
                let no_process = || Refusal {
                    kind: RefusalKind::BadRequest,
                    message: format!("there is no process {pid}"),
                };
                let process = Identity::of(pid).ok_or_else(no_process)?;
                let to = self.effects.to_actor.clone();
                let task = tokio::spawn(async move {
                    exit_of(process).await;
                    let _ = to.send(Message::PidEnded { id: forward, pid }).await;
                });
                Lease::Pid(pid, Watcher(task.abort_handle()))
            }
        })
    }

    /// Takes back what this session's starts have added. Returns the forwards that end by it.
    pub(super) fn roll_back(&mut self, session: SessionId) -> Vec<u64> {
        let added = self.clients.get_mut(&session).map(|client| std::mem::take(&mut client.added));
        let added = added.unwrap_or_default();
        for addition in &added {
            self.undo_start(session, addition, "another forward of the same start failed");
        }
        let of_it = |id: u64| added.iter().any(|addition| addition.forward == id);
        let ending = |f: &&Forward| f.state == ForwardState::Stopping && of_it(f.id);
        self.forwards.iter().filter(ending).map(|forward| forward.id).collect()
    }

    /// Undoes a failed start: removes the lease and the name that it added, and none that existed
    /// before.
    pub(super) fn undo_start(&mut self, session: SessionId, addition: &StartEffect, why: &str) {
        if let Some(alias) = &addition.alias
            && let Some(forward) = self.forwards.iter_mut().find(|f| f.id == addition.forward)
        {
            forward.aliases.retain(|held| held != alias);
        }
        let Some(request) = addition.lease else { return };
        self.end_leases_of(addition.forward, why, |held| match (held, request) {
            (Lease::Session(of), LeaseRequest::Session) => *of == session,
            (Lease::Pid(of, _), LeaseRequest::Pid { pid }) => *of == pid,
            (Lease::Heartbeat(_), LeaseRequest::Heartbeat) | (Lease::None, LeaseRequest::None) => {
                true
            }
            _ => false,
        });
    }
}

/// The refusal for a name that another forward has. If that forward has the same target, then it
/// has failed or has another local port; otherwise it would have served the request.
fn name_taken(name: &str, bearer: &Forward, wanted: &Key) -> Refusal {
    let differs = if !wanted.has_target_of(&bearer.key) {
        "to another target".to_owned()
    } else if bearer.state == ForwardState::Failed {
        format!("and has failed; watchdog forward stop {name} ends it")
    } else if wanted.has_addresses_of(bearer.addresses()) {
        format!("at another local port, {}", bearer.local())
    } else {
        format!("on other addresses, at {}", bearer.local())
    };
    let message = format!("a forward named {name} is there already, {differs}");
    Refusal { kind: RefusalKind::NameTaken, message }
}

/// Adds a lease. A session or process has one lease on a forward, however often it asks. Returns
/// whether the lease is new.
fn add_lease(leases: &mut Vec<Lease>, lease: Lease) -> bool {
    let same = |held: &Lease| match (held, &lease) {
        (Lease::Session(a), Lease::Session(b)) => a == b,
        (Lease::Pid(a, _), Lease::Pid(b, _)) => a == b,
        (Lease::Heartbeat(_), Lease::Heartbeat(_)) | (Lease::None, Lease::None) => true,
        _ => false,
    };
    let before = leases.len();
    leases.retain(|held| !same(held));
    leases.push(lease);
    leases.len() > before
}
