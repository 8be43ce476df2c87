//! What is said of a forward: its status, its story.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use jiff::Timestamp;

use super::super::protocol::{Event, ForwardStatus, LeaseStatus, LogLine};
use super::super::relay::Counters;
use super::{Forward, World};

/// How many events of a forward are kept.
const KEPT_EVENTS: usize = 200;

impl Forward {
    /// Says what happened.
    pub(in crate::supervisor) fn note(&mut self, world: &mut World, message: &str) {
        let event = Event {
            name: self.name.clone(),
            at: Timestamp::now(),
            state: self.state,
            message: message.to_owned(),
        };
        tracing::info!(forward = %self.name, state = self.state.as_str(), "{message}");
        world.outbox.push(event.clone());
        push(&mut self.events, KEPT_EVENTS, event);
    }

    /// As clients see it.
    pub(in crate::supervisor) fn status(&self, leases: Vec<LeaseStatus>) -> ForwardStatus {
        let count = |which: fn(&Counters) -> &AtomicU64| {
            self.relay.as_ref().map_or(0, |relay| which(&relay.counters).load(Relaxed))
        };
        let idle_deadline = self.idle_deadline().and_then(|at| {
            let left = at.saturating_duration_since(Instant::now());
            Timestamp::now().checked_add(left).ok()
        });
        ForwardStatus {
            name: self.name.clone(),
            aliases: self.aliases.clone(),
            cluster: self.spec.cluster.clone(),
            context: self.spec.context.clone(),
            namespace: self.spec.namespace.clone(),
            resource: self.key.target.to_string(),
            remote_port: self.key.remote.to_string(),
            local_address: "127.0.0.1".to_owned(),
            local_port: self.port,
            endpoint: format!("http://127.0.0.1:{}", self.port),
            state: self.state,
            pid: self.child.as_ref().map(|child| child.pid),
            restarts: self.restarts,
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

    /// What happened to it, and what its kubectl said.
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
