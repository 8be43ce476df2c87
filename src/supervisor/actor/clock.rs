//! Timed work: leases that end without heartbeats, idle forwards, the supervisor's own end.

use std::time::{Duration, Instant};

use super::super::forward::Forward;
use super::super::lease::{Lease, SessionId};
use super::super::tunnel::Tunnel;
use super::Actor;
use crate::process;

/// A shorter suspension breaks no connection.
const SUSPENSION: Duration = Duration::from_secs(2);

impl Actor {
    /// When the next timed work is due.
    pub(super) fn deadline(&mut self) -> Option<Instant> {
        let now = Instant::now();
        let leased = self
            .forwards
            .iter()
            .flat_map(|forward| &forward.leases)
            .any(|lease| matches!(lease, Lease::Session(_) | Lease::Heartbeat(_)));
        if leased {
            let _ = self.next_check.get_or_insert(now + self.effects.timers.heartbeat_check);
        } else {
            self.next_check = None;
        }
        let routes = self.routes_due;
        let exit = (self.forwards.is_empty() && self.clients.is_empty())
            .then(|| self.idle_since + self.effects.timers.exit_after);
        let forwards = self.forwards.iter_mut().filter_map(Forward::deadline).min();
        // After the guard is gone no request is answered any more.
        let waiters = self.waiters.iter().filter(|_| !self.orphaned);
        let waiters = waiters.map(|waiter| waiter.deadline).chain(self.impatience(now));
        forwards.into_iter().chain(waiters).chain(self.next_check).chain(routes).chain(exit).min()
    }

    /// Does the work that is due. Returns whether there has been nothing to do for long enough.
    pub(super) fn tick(&mut self) -> bool {
        let now = Instant::now();
        if let Some(due) = self.next_check.filter(|due| *due <= now) {
            self.next_check = None;
            // A check that is much too late means that this process was paused: no client was
            // silent.
            if now.duration_since(due) > self.effects.timers.heartbeat_check {
                self.forgive(now);
            }
            self.check_leases(now);
        }
        if self.routes_due.is_some_and(|due| due <= now) {
            self.routes_due = None;
            for forward in &mut self.forwards {
                let why = "its route to the cluster has changed";
                forward.network_changed(&mut self.effects, why, Tunnel::has_lost_its_route);
            }
        }
        let mut idle = Vec::new();
        for forward in &mut self.forwards {
            if forward.tick(&mut self.effects, now) {
                idle.push(forward.id);
            }
        }
        for forward in self.forwards.iter_mut().filter(|forward| idle.contains(&forward.id)) {
            forward.stop(&mut self.effects, "unused, and without leases");
        }
        let since = now.saturating_duration_since(self.idle_since);
        self.forwards.is_empty()
            && self.clients.is_empty()
            && since >= self.effects.timers.exit_after
    }

    /// Connections rarely survive a suspension: replace the kubectls, without closing open
    /// connections.
    pub(super) fn notice_suspension(&mut self) {
        let suspended = process::time_suspended();
        if suspended.saturating_sub(self.suspended) >= SUSPENSION {
            for forward in &mut self.forwards {
                forward.network_changed(&mut self.effects, "the machine was suspended", |_| true);
            }
        }
        self.suspended = suspended;
    }

    fn forgive(&mut self, now: Instant) {
        for client in self.clients.values_mut() {
            client.session.last_beat = now;
        }
        for lease in self.forwards.iter_mut().flat_map(|forward| &mut forward.leases) {
            if let Lease::Heartbeat(beat) = lease {
                *beat = now;
            }
        }
    }

    fn check_leases(&mut self, now: Instant) {
        let limit = self.effects.timers.heartbeat_timeout;
        let silent: Vec<SessionId> = self
            .clients
            .iter()
            .filter(|(_, client)| client.session.is_silent(now, limit))
            .map(|(id, _)| *id)
            .collect();
        let text = format!("no heartbeat for {}", crate::config::duration::format(limit));
        self.end_leases(&text, |lease| match lease {
            Lease::Session(of) => silent.contains(of),
            Lease::Heartbeat(beat) => now.saturating_duration_since(*beat) > limit,
            Lease::Pid(..) | Lease::None => false,
        });
    }
}
