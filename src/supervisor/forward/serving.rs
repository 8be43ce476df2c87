//! A forward's connections: which kubectl each one gets, and what connections reveal about a
//! kubectl.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::super::protocol::ForwardState;
use super::super::relay::{Outcome, Place, RelayEvent, Seat};
use super::super::tunnel::Stall;
use super::pool::{self, COMPANY_WAIT, LEARNS, OWN_WAIT, QUIET, SETTLES, Slot, VETERAN};
use super::{Effects, Forward};

/// After this many connections in a row without a byte a kubectl is suspected.
const UNANSWERED: u32 = 3;
/// How many ended connections show whether an application resets them.
const LEARNED_FROM: u32 = 3;
/// A kubectl through which bytes came within this time is not dead, even if one connection waits.
const LATELY: Duration = Duration::from_secs(1);
/// The longest pause between two replacements on suspicion alone.
const MOST_SUSPICION_PAUSE: Duration = Duration::from_mins(10);

/// A connection that waits for a kubectl.
#[derive(Debug)]
pub(super) struct Waiting {
    place: Place,
    since: Instant,
}

impl Forward {
    /// Handles an event of the forward's relay.
    pub(in crate::supervisor) fn on_relay(&mut self, effects: &mut Effects, event: RelayEvent) {
        match event {
            RelayEvent::Used => self.unused_since = None,
            RelayEvent::Unused => {
                // Events of connections may arrive out of order; the counter is exact.
                if self.open() == 0 {
                    self.unused_since = Some(Instant::now());
                    self.last_used_at = Some(Timestamp::now());
                }
            }
            RelayEvent::Wanted(place) => {
                // Dropping the request closes its connection.
                if matches!(self.state, ForwardState::Failed | ForwardState::Stopping) {
                    return;
                }
                self.waiting.push_back(Waiting { place, since: Instant::now() });
                if self.state == ForwardState::Dormant {
                    self.transition(effects, ForwardState::Reconnecting, "woken by a connection");
                }
            }
            RelayEvent::Left { generation, outcome } => self.left(effects, generation, outcome),
            RelayEvent::Refused(generation) => {
                if let Some(at) = self.serving(generation) {
                    self.slots[at].child.stop();
                    let most = effects.timers.restart_most;
                    let due =
                        self.pace.after(super::restart::Record::Nothing, Instant::now(), most);
                    if !self.slots.iter().any(Slot::serves) {
                        self.restarts += 1;
                        self.restart_at = Some(due);
                        let text = "kubectl takes no more connections; it is replaced";
                        self.transition(effects, ForwardState::Reconnecting, text);
                    }
                }
            }
            RelayEvent::Stalled(generation, stall) => self.stalled(effects, generation, stall),
            RelayEvent::Proven(generation) => self.proven(effects, generation),
        }
        self.serve(effects);
    }

    fn serving(&self, generation: u64) -> Option<usize> {
        self.slots.iter().position(|slot| slot.child.generation == generation && slot.serves())
    }

    fn left(&mut self, effects: &mut Effects, generation: u64, outcome: Outcome) {
        let now = Instant::now();
        let isolates = self.policy().isolates();
        if let Some(slot) = self.slots.iter_mut().find(|it| it.child.generation == generation) {
            slot.open = slot.open.saturating_sub(1);
            slot.used |= outcome != Outcome::Unused;
            let settles =
                if isolates { Some(SETTLES) } else { (self.ends < LEARNED_FROM).then_some(LEARNS) };
            slot.settles_at = settles.map(|settles| now + settles);
            self.ends = self.ends.saturating_add(1);
            if slot.open == 0 {
                slot.since = now;
            }
        }
        match outcome {
            Outcome::Answered => {
                self.unanswered = 0;
                self.pace.served();
            }
            Outcome::Nothing => self.unanswered += 1,
            Outcome::Unused => {}
        }
        if self.unanswered >= UNANSWERED
            && let Some(at) = self.serving(generation)
            && self.may_suspect(now)
        {
            self.unanswered = 0;
            self.doubt(effects, at, false, "no connection through kubectl gets an answer");
        }
    }

    /// Whether a kubectl may be replaced on suspicion now: replacing may not help, so it is done at
    /// growing intervals.
    fn may_suspect(&mut self, now: Instant) -> bool {
        let (next, pause) = self.suspicion;
        if next.is_some_and(|next| next > now) {
            return false;
        }
        self.suspicion = (Some(now + pause), (pause * 2).min(MOST_SUSPICION_PAUSE));
        true
    }

    fn stalled(&mut self, effects: &mut Effects, generation: u64, stall: Stall) {
        let now = Instant::now();
        let meant = |slot: &Slot| {
            slot.child.generation == generation
                && slot.tunnel.is_some()
                && !slot.child.is_stopping()
        };
        let Some(at) = self.slots.iter().position(meant) else { return };
        let doubt = self.slots[at].doubt;
        if doubt.is_some_and(|doubt| doubt.dead) {
            return;
        }
        if stall == Stall::Silent {
            // Only a guess: an application may be slow to speak. Open connections stay open.
            if self.may_suspect(now) {
                self.doubt(effects, at, false, stall.as_str());
            }
            return;
        }
        let lately = now.checked_sub(LATELY).unwrap_or(now);
        let passes = self.slots[at].tunnel.as_ref().is_some_and(|it| it.has_passed_since(lately));
        if passes {
            return;
        }
        // The same cause has most likely cut off the other kubectls that were silent.
        if stall != Stall::Stopped && doubt.is_none() {
            for other in 0..self.slots.len() {
                let slot = &self.slots[other];
                let silent = slot.tunnel.as_ref().is_some_and(|it| !it.has_passed_since(lately));
                if other != at && slot.serves() && silent {
                    self.doubt(effects, other, false, stall.as_str());
                }
            }
        }
        self.doubt(effects, at, true, stall.as_str());
    }

    fn proven(&mut self, effects: &mut Effects, generation: u64) {
        self.unanswered = 0;
        self.suspicion = (None, super::SUSPICION_PAUSE);
        if let Some(slot) = self.slots.iter_mut().find(|it| it.child.generation == generation) {
            slot.used = true;
        }
        if self.serving(generation).is_none() || !std::mem::take(&mut self.recovering) {
            return;
        }
        if self.state == ForwardState::Recovering {
            let text = "data flows again";
            self.transition(effects, ForwardState::Ready, text);
        }
    }

    /// Handles a network change: a kubectl may be cut off without noticing. Its connections stay,
    /// further ones go through a new kubectl.
    pub(in crate::supervisor) fn network_changed(
        &mut self,
        effects: &mut Effects,
        why: &str,
        concerns: fn(&super::super::tunnel::Tunnel) -> bool,
    ) {
        for at in 0..self.slots.len() {
            let slot = &self.slots[at];
            if slot.serves() && slot.tunnel.as_ref().is_some_and(|tunnel| concerns(tunnel)) {
                self.doubt(effects, at, false, why);
            }
        }
        // If a client waits or is connected, retry at once, regardless of the pause.
        if self.restart_at.is_some() && self.login.is_none() && self.open() > 0 {
            self.restart_at = Some(self.pace.earliest(Instant::now()));
        }
        self.serve(effects);
    }

    /// Assigns kubectls to waiting connections, starts missing kubectls, and ends those that are no
    /// longer needed.
    pub(super) fn serve(&mut self, effects: &mut Effects) {
        self.clear_doubts();
        if self.state == ForwardState::Reconnecting && self.slots.iter().any(Slot::serves) {
            self.recovering = false;
            self.transition(effects, ForwardState::Ready, "data flows again");
        }
        self.seat(effects);
        if !self.is_wanted() {
            return;
        }
        let now = Instant::now();
        let any = self.slots.iter().any(|slot| slot.serves() || slot.is_starting());
        if !any && self.restart_at.is_none() {
            self.start(effects);
        }
        if self.awaited_start(now).is_some_and(|at| at <= now) {
            self.start(effects);
        }
        let serves = self.slots.iter().any(Slot::serves) && self.restart_at.is_none();
        if serves && self.pace.earliest_beside(now) <= now {
            let missing = self.policy().missing(&pool::views(&self.slots), self.waiting.len(), now);
            for _ in 0..missing {
                self.start(effects);
            }
        }
        self.retire_doubtful();
        self.shrink(now);
    }

    /// A kubectl that passes bytes again is no longer in doubt.
    pub(super) fn clear_doubts(&mut self) {
        for slot in &mut self.slots {
            let Some(doubt) = slot.doubt.filter(|doubt| doubt.dead) else { continue };
            let tunnel = slot.tunnel.as_ref().filter(|it| it.has_passed_since(doubt.since));
            if let Some(tunnel) = tunnel
                && !slot.child.is_stopping()
            {
                slot.doubt = None;
                tunnel.set_doubted(false);
            }
        }
    }

    fn seat(&mut self, effects: &Effects) {
        self.waiting.retain(|waiting| !waiting.place.reply.is_closed());
        let policy = self.policy();
        let mut kept = std::collections::VecDeque::new();
        for waiting in std::mem::take(&mut self.waiting) {
            let waited = waiting.since.elapsed();
            let at = pool::choose(policy, &self.slots, waiting.place.avoid, waited);
            let Some(at) = at else {
                kept.push_back(waiting);
                continue;
            };
            let slot = &mut self.slots[at];
            let Some(tunnel) = slot.tunnel.clone() else { continue };
            if slot.open == 0 {
                slot.since = Instant::now();
            }
            slot.open += 1;
            let seat = Seat::new(tunnel, self.id, effects.relay_events.clone());
            // If the connection has ended meanwhile, the seat comes back as an event.
            let _ = waiting.place.reply.send(seat);
        }
        self.waiting = kept;
    }

    /// Goes back to one kubectl after a time without connections.
    fn shrink(&mut self, now: Instant) {
        if self.quiet_at().is_none_or(|at| at > now) {
            return;
        }
        let mut serving = self.slots.iter_mut().filter(|slot| slot.serves()).rev();
        let _newest = serving.next();
        for slot in serving {
            slot.child.stop();
        }
    }

    /// When the forward will have been unused for long enough to go back to one kubectl.
    fn quiet_at(&self) -> Option<Instant> {
        let several = self.slots.iter().filter(|slot| slot.serves()).count() > 1;
        let quiet = self.waiting.is_empty() && self.slots.iter().all(|slot| slot.open == 0);
        let since = self.slots.iter().map(|slot| slot.since).max()?;
        (several && quiet).then(|| since + QUIET)
    }

    /// When the next timed work for connections is due.
    pub(super) fn serving_deadline(&mut self) -> Option<Instant> {
        if !self.is_wanted() {
            return None;
        }
        let now = Instant::now();
        let awaited = self.awaited_start(now);
        let sharing = self.slots.iter().any(Slot::serves);
        let sharing = self.waiting.iter().filter(|_| sharing);
        let sharing = sharing.flat_map(|it| [it.since + COMPANY_WAIT, it.since + OWN_WAIT]);
        let sharing = sharing.filter(|at| *at > now).min();
        let settling = self.slots.iter().filter_map(|slot| slot.settles_at);
        let settling = settling.filter(|at| *at > now && !self.waiting.is_empty()).min();
        let policy = self.policy();
        let views = pool::views(&self.slots);
        let missing = |at| policy.missing(&views, self.waiting.len(), at) > 0;
        // Start another kubectl for later connections once a connection has been open for long.
        let veteran = self.slots.iter().filter(|slot| slot.serves() && slot.open > 0);
        let veteran = veteran.map(|slot| slot.since + VETERAN).filter(|at| *at > now).min();
        let veteran = veteran.filter(|at| missing(*at));
        let spare = missing(now).then(|| self.pace.earliest_beside(now));
        let serves = self.slots.iter().any(Slot::serves) && self.restart_at.is_none();
        let spare = spare.filter(|_| serves);
        [awaited, sharing, settling, veteran, spare, self.quiet_at()].into_iter().flatten().min()
    }
}
