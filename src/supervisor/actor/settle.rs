//! Follow-up after every message: answer waiting clients, drop what has ended, publish events.

use std::time::Instant;

use super::super::lease::Lease;
use super::super::protocol::{Event, ForwardState, Refusal, RefusalKind, Reply};
use super::{Actor, KEPT_STORIES, Waiter};

impl Actor {
    /// Answers clients whose wait is over, drops forwards that have ended, and publishes events.
    pub(super) fn settle(&mut self) {
        if !self.orphaned {
            for waiter in std::mem::take(&mut self.waiters) {
                if let Some(waiter) = self.serve(waiter) {
                    self.waiters.push(waiter);
                }
            }
        }
        let failed: Vec<(u64, String)> = self
            .forwards
            .iter()
            .filter(|f| f.state == ForwardState::Failed && !f.leases.iter().any(Lease::is_owner))
            .filter_map(|forward| Some((forward.id, forward.fatal.clone()?)))
            .collect();
        for (id, why) in failed {
            if let Some(forward) = self.forwards.iter_mut().find(|forward| forward.id == id) {
                forward.stop(&mut self.effects, &why);
            }
        }
        let mut at = 0;
        while at < self.forwards.len() {
            if self.forwards[at].is_gone() {
                let forward = self.forwards.swap_remove(at);
                if self.stories.len() >= KEPT_STORIES {
                    self.stories.pop_front();
                }
                let story = self.story_of(&forward, false);
                self.stories.push_back(story);
                self.idle_since = Instant::now();
            } else {
                at += 1;
            }
        }
        let forwards = &self.forwards;
        let done = |ids: &[u64]| !forwards.iter().any(|forward| ids.contains(&forward.id));
        for (ids, reply) in std::mem::take(&mut self.stoppers) {
            if done(&ids) {
                let _ = reply.send(Reply::Done);
            } else {
                self.stoppers.push((ids, reply));
            }
        }
        for event in std::mem::take(&mut self.effects.outbox) {
            if !self.orphaned {
                self.publish(&event);
            }
        }
    }

    /// Sends the event to the clients that watch its forward.
    pub(super) fn publish(&self, event: &Event) {
        for client in self.clients.values() {
            let watched = client.watches.as_ref();
            if watched.is_some_and(|names| names.is_empty() || names.contains(&event.name)) {
                // A client that reads too slowly misses events, but can always request the state.
                let _ = client.events.try_send(event.clone());
            }
        }
    }

    /// Answers a waiter whose wait is over; returns it otherwise.
    fn serve(&mut self, mut waiter: Waiter) -> Option<Waiter> {
        let forward = self.forwards.iter().find(|forward| forward.id == waiter.addition.forward);
        let error = match forward {
            None => Refusal {
                kind: RefusalKind::Failed,
                message: "stopped before it was ready".to_owned(),
            },
            Some(forward) => match forward.state {
                ForwardState::Ready | ForwardState::Recovering | ForwardState::Dormant => {
                    let forward = Box::new(self.status(forward));
                    let (existing, leased) = (waiter.existing, waiter.addition.is_lease());
                    if let Some(client) = self.clients.get_mut(&waiter.session) {
                        client.added.push(waiter.addition);
                    }
                    let differs = waiter.differs;
                    let started = Reply::Started { forward, existing, leased, differs };
                    let _ = waiter.reply.send(started);
                    return None;
                }
                ForwardState::Failed => Refusal {
                    kind: RefusalKind::Failed,
                    message: forward.fatal.clone().unwrap_or_default(),
                },
                ForwardState::Stopping => Refusal {
                    kind: RefusalKind::Failed,
                    message: "stopped before it was ready".to_owned(),
                },
                _ if let Some(message) = self.attend(&mut waiter, forward) => {
                    Refusal { kind: RefusalKind::Failed, message }
                }
                _ if Instant::now() < waiter.deadline => return Some(waiter),
                _ => {
                    let last = forward.status(Vec::new()).last_error;
                    let why = last.map(|last| format!(": {last}")).unwrap_or_default();
                    let message = format!("it was not ready in time{why}");
                    Refusal { kind: RefusalKind::Timeout, message }
                }
            },
        };
        self.undo_start(waiter.session, &waiter.addition, &error.message);
        let _ = waiter.reply.send(Reply::Error(error));
        None
    }
}
