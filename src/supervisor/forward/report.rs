//! Reports about a forward: its status and its story.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use jiff::Timestamp;

use super::super::listen::reached_at;
use super::super::protocol::{
    Environment, Event, ForwardStatus, KubectlStatus, LeaseStatus, LogLine, PortStatus,
};
use super::super::relay::Counters;
use super::pool::Slot;
use super::{Effects, Forward};

/// How many events of a forward are kept.
const KEPT_EVENTS: usize = 200;

impl Forward {
    /// Records an event.
    pub(in crate::supervisor) fn note(&mut self, effects: &mut Effects, message: &str) {
        let event = Event {
            name: self.name.clone(),
            at: Timestamp::now(),
            state: self.state,
            message: message.to_owned(),
        };
        tracing::info!(forward = %self.name, state = self.state.as_str(), "{message}");
        effects.outbox.push(event.clone());
        push(&mut self.events, KEPT_EVENTS, event);
    }

    /// The environment that its kubectls run with.
    pub(in crate::supervisor) fn environment(&self) -> &Environment {
        &self.spec.environment
    }

    /// The status for clients.
    pub(in crate::supervisor) fn status(&self, leases: Vec<LeaseStatus>) -> ForwardStatus {
        let count = |which: fn(&Counters) -> &AtomicU64| {
            self.relay.as_ref().map_or(0, |relay| which(&relay.counters).load(Relaxed))
        };
        let idle_deadline = self.idle_deadline().and_then(|at| {
            let left = at.saturating_duration_since(Instant::now());
            Timestamp::now().checked_add(left).ok()
        });
        let ports: Vec<PortStatus> = std::iter::zip(&self.key.remotes, &self.ports)
            .map(|(remote, local)| PortStatus {
                remote: remote.to_string(),
                local: *local,
                endpoint: format!(
                    "http://{}",
                    SocketAddr::new(reached_at(&self.addresses), *local)
                ),
            })
            .collect();
        let kubectl = |slot: &Slot| KubectlStatus {
            pid: slot.child.pid,
            serves: slot.serves(),
            open_connections: slot.open as u64,
            resident_bytes: crate::process::resident_bytes(slot.child.pid),
        };
        // List kubectls that serve new connections first.
        let mut slots: Vec<&Slot> = self.slots.iter().collect();
        slots.sort_by_key(|slot| !slot.serves());
        let kubectls: Vec<_> = slots.into_iter().map(kubectl).collect();
        ForwardStatus {
            name: self.name.clone(),
            aliases: self.aliases.clone(),
            cluster: self.spec.cluster.clone(),
            context: self.spec.context.clone(),
            impersonation: self.spec.impersonation.clone(),
            namespace: self.key.namespace.to_string(),
            resource: self.key.target.short(),
            remote_port: ports.first().map_or_else(String::new, |port| port.remote.clone()),
            local_address: reached_at(&self.addresses).to_string(),
            local_port: self.ports.first().copied().unwrap_or_default(),
            endpoint: ports.first().map_or_else(String::new, |port| port.endpoint.clone()),
            ports,
            addresses: self.addresses.clone(),
            state: self.state,
            pid: kubectls.first().map(|kubectl| kubectl.pid),
            restarts: self.restarts,
            kubectls,
            kubectl_starts: self.starts,
            application_resets: self.resets,
            open_connections: count(|counters| &counters.open),
            total_connections: count(|counters| &counters.total),
            bytes_in: count(|counters| &counters.bytes_in),
            bytes_out: count(|counters| &counters.bytes_out),
            started_at: self.started_at,
            last_used_at: self.last_used_at,
            idle_ms: self.spec.idle_ms,
            idle_deadline,
            leases,
            last_error: self.last_error.clone(),
        }
    }

    /// The last problem.
    pub(in crate::supervisor) fn trouble(&self) -> Option<&str> {
        self.last_error.as_deref()
    }

    /// Whether it has any kubectl process.
    pub(in crate::supervisor) fn has_kubectl(&self) -> bool {
        !self.slots.is_empty()
    }

    /// The local addresses for clients: `127.0.0.1:55553, 127.0.0.1:55554`.
    pub(in crate::supervisor) fn local(&self) -> String {
        let at = reached_at(&self.addresses);
        let local = |port: &u16| SocketAddr::new(at, *port).to_string();
        self.ports.iter().map(local).collect::<Vec<_>>().join(", ")
    }

    /// Its events and the last lines of its kubectls.
    pub(in crate::supervisor) fn story(&self) -> (Vec<Event>, Vec<LogLine>) {
        (self.events.iter().cloned().collect(), self.log.iter().cloned().collect())
    }
}

pub(super) fn push<T>(queue: &mut VecDeque<T>, most: usize, item: T) {
    if queue.len() >= most {
        queue.pop_front();
    }
    queue.push_back(item);
}
