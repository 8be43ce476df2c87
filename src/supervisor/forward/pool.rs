//! The kubectls of one forward, and which of them a connection gets.
//!
//! When an application resets a connection, kubectl ends and with it all its other connections.
//! After that has happened (or on request) each connection therefore gets its own kubectl, as far
//! as the pool allows, and one spare kubectl is kept while the forward is in use.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::child::Child;
use super::super::protocol::Isolate;
use super::super::tunnel::Tunnel;

/// A connection that has been open for this long is kept apart from new ones.
pub(super) const VETERAN: Duration = Duration::from_millis(300);
/// How long a connection waits for the kubectl that was started to keep it apart from such a
/// connection.
pub(super) const COMPANY_WAIT: Duration = Duration::from_millis(300);
/// How long a connection waits for its own kubectl before it shares one.
pub(super) const OWN_WAIT: Duration = Duration::from_secs(2);
/// After this time without connections, a forward goes back to one kubectl.
pub(super) const QUIET: Duration = Duration::from_secs(10);
/// After a connection has ended, kubectl may be about to end because the application reset it. If
/// that is to be expected, kubectl gets no other connection for this time.
pub(super) const SETTLES: Duration = Duration::from_millis(250);
/// The same for a forward's first connections, about which nothing is known yet.
pub(super) const LEARNS: Duration = Duration::from_millis(150);

/// How many kubectls may be starting at one time, beyond the first.
const STARTING_AT_ONCE: usize = 2;

/// One kubectl.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) child: Child,
    /// Set once kubectl is up.
    pub(super) tunnel: Option<Arc<Tunnel>>,
    pub(super) started: Instant,
    /// The deadline for kubectl to be up.
    pub(super) ready_by: Option<Instant>,
    /// Whether the deadline was missed, so that kubectl is being ended.
    pub(super) late: bool,
    /// How many connections go through it.
    pub(super) open: usize,
    /// Since when it has had connections, or none.
    pub(super) since: Instant,
    /// Whether a connection has ever gone through it.
    pub(super) used: bool,
    pub(super) doubt: Option<Doubt>,
    /// Set after a connection has ended: by then it is clear whether kubectl goes on.
    pub(super) settles_at: Option<Instant>,
}

/// Why no further connection goes through a kubectl.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    pub(super) since: Instant,
    /// Whether it passes nothing on: then it is ended once another one is up. Otherwise its open
    /// connections go on.
    pub(super) dead: bool,
}

impl Slot {
    pub(super) fn new(child: Child, ready_by: Option<Instant>) -> Self {
        let now = Instant::now();
        Self {
            child,
            tunnel: None,
            started: now,
            ready_by,
            late: false,
            open: 0,
            since: now,
            used: false,
            doubt: None,
            settles_at: None,
        }
    }

    /// Whether new connections may go through it.
    pub(super) fn serves(&self) -> bool {
        self.tunnel.is_some() && self.doubt.is_none() && !self.child.is_stopping()
    }

    /// Whether it is starting.
    pub(super) fn is_starting(&self) -> bool {
        self.tunnel.is_none() && !self.child.is_stopping()
    }

    fn view(&self, now: Instant) -> View {
        View {
            serves: self.serves(),
            starting: self.is_starting(),
            settling: self.settles_at.is_some_and(|at| at > now),
            generation: self.child.generation,
            open: self.open,
            since: self.since,
        }
    }
}

/// The state of a kubectl that [`Policy`] decides by.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    serves: bool,
    starting: bool,
    settling: bool,
    generation: u64,
    open: usize,
    since: Instant,
}

/// How a forward shares its kubectls among connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) isolate: Isolate,
    /// The maximum number of kubectls at one time.
    pub(super) most: usize,
    /// Whether the application has refused or reset a connection.
    pub(super) resets: bool,
}

impl Policy {
    /// Whether each connection gets its own kubectl.
    pub(super) fn isolates(self) -> bool {
        self.most > 1
            && match self.isolate {
                Isolate::Always => true,
                Isolate::Auto => self.resets,
                Isolate::Never => false,
            }
    }

    /// The kubectl for a connection that has waited for `waited`, other than `avoid`; `None` if the
    /// connection has to wait.
    fn choose(self, slots: &[View], avoid: u64, waited: Duration) -> Option<usize> {
        // The avoided kubectl is better than none.
        let other = |slot: &View| slot.starting || (slot.serves && slot.generation != avoid);
        let forgiven = waited >= COMPANY_WAIT && !slots.iter().any(other);
        let fit =
            |slot: &View| slot.serves && !slot.settling && (forgiven || slot.generation != avoid);
        let serving = || slots.iter().enumerate().filter(|(_, slot)| fit(slot));
        let idle = serving().filter(|(_, slot)| slot.open == 0).min_by_key(|(_, slot)| slot.since);
        if let Some((at, _)) = idle {
            return Some(at);
        }
        let room = slots.len() < self.most || slots.iter().any(|slot| slot.starting);
        if self.isolates() && room && waited < OWN_WAIT {
            return None;
        }
        if self.keeps_apart(slots)
            && slots.iter().any(|slot| slot.starting)
            && waited < COMPANY_WAIT
        {
            return None;
        }
        // Share the kubectl whose connections are youngest: the least is lost if it ends.
        serving().max_by_key(|(_, slot)| slot.since).map(|(at, _)| at)
    }

    /// Whether new connections are kept apart from the existing ones, although the application has
    /// not reset any yet.
    fn keeps_apart(self, slots: &[View]) -> bool {
        let mut serving = slots.iter().filter(|slot| slot.serves);
        let only = serving.next().filter(|_| serving.next().is_none());
        matches!(self.isolate, Isolate::Auto) && only.is_some_and(|only| only.open > 0)
    }

    /// How many more kubectls to start now, for a forward that is up and in use.
    pub(super) fn missing(self, slots: &[View], waiting: usize, now: Instant) -> usize {
        let count = |of: fn(&View) -> bool| slots.iter().filter(|slot| of(slot)).count();
        let starting = count(|slot| slot.starting);
        let ready = count(|slot| slot.serves && slot.open == 0 && !slot.settling);
        let busy = count(|slot| slot.serves && (slot.open > 0 || slot.settling));
        let wanted = if self.isolates() && (busy > 0 || waiting > 0) {
            waiting + 1
        } else if self.keeps_apart(slots) {
            let veteran = |slot: &View| slot.serves && slot.open > 0 && now - slot.since >= VETERAN;
            usize::from(slots.iter().any(veteran))
        } else {
            0
        };
        let room = self.most.saturating_sub(slots.len());
        let starts = STARTING_AT_ONCE.saturating_sub(starting);
        wanted.saturating_sub(ready + starting).min(room).min(starts)
    }
}

/// The views of `slots`.
pub(super) fn views(slots: &[Slot]) -> Vec<View> {
    let now = Instant::now();
    slots.iter().map(|slot| slot.view(now)).collect()
}

/// Like [`Policy::choose`], for `slots`.
pub(super) fn choose(
    policy: Policy,
    slots: &[Slot],
    avoid: u64,
    waited: Duration,
) -> Option<usize> {
    policy.choose(&views(slots), avoid, waited)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTO: Policy = Policy { isolate: Isolate::Auto, most: 3, resets: false };
    const APART: Policy = Policy { isolate: Isolate::Auto, most: 3, resets: true };
    const NO_WAIT: Duration = Duration::ZERO;

    fn up(generation: u64, open: usize, age: u64) -> View {
        let since = Instant::now().checked_sub(Duration::from_secs(age)).unwrap();
        View { serves: true, starting: false, settling: false, generation, open, since }
    }

    fn starting(generation: u64) -> View {
        View { serves: false, starting: true, ..up(generation, 0, 0) }
    }

    #[test]
    fn the_kubectl_idle_for_longest_is_taken_first() {
        let slots = [up(1, 1, 9), up(2, 0, 2), up(3, 0, 5)];
        assert_eq!(APART.choose(&slots, 0, NO_WAIT), Some(2));
        assert_eq!(AUTO.choose(&slots, 0, NO_WAIT), Some(2));
    }

    #[test]
    fn a_connection_shares_unless_the_application_resets() {
        let slots = [up(1, 1, 9), up(2, 1, 2)];
        // It shares with the younger of the two.
        assert_eq!(AUTO.choose(&slots, 0, NO_WAIT), Some(1));
        assert_eq!(APART.choose(&slots, 0, NO_WAIT), None);
        let full = [up(1, 1, 9), up(2, 1, 2), up(3, 1, 5)];
        assert_eq!(APART.choose(&full, 0, NO_WAIT), Some(1));
        assert_eq!(APART.choose(&slots, 0, OWN_WAIT), Some(1));
        let never = Policy { isolate: Isolate::Never, ..APART };
        assert_eq!(never.choose(&slots, 0, NO_WAIT), Some(1));
        let one = Policy { most: 1, ..APART };
        assert_eq!(one.choose(&slots[..1], 0, NO_WAIT), Some(0));
    }

    #[test]
    fn a_kubectl_whose_connection_has_just_ended_is_left_alone() {
        let settling = View { settling: true, ..up(1, 0, 0) };
        assert_eq!(APART.choose(&[settling], 0, NO_WAIT), None);
        assert_eq!(APART.choose(&[settling, up(2, 0, 0)], 0, NO_WAIT), Some(1));
        assert_eq!(APART.missing(&[settling], 0, Instant::now()), 1);
    }

    #[test]
    fn the_kubectl_that_failed_a_connection_is_avoided_for_it() {
        let slots = [up(1, 0, 9), starting(2)];
        assert_eq!(AUTO.choose(&slots, 1, OWN_WAIT), None);
        assert_eq!(AUTO.choose(&slots, 0, NO_WAIT), Some(0));
    }

    #[test]
    fn a_spare_kubectl_is_kept_only_while_the_forward_is_used() {
        let now = Instant::now();
        assert_eq!(APART.missing(&[up(1, 0, 0)], 0, now), 0, "at rest there is one");
        assert_eq!(APART.missing(&[up(1, 1, 0)], 0, now), 1);
        assert_eq!(APART.missing(&[up(1, 1, 0), starting(2)], 0, now), 0);
        assert_eq!(APART.missing(&[up(1, 1, 0), up(2, 0, 0)], 0, now), 0);
        assert_eq!(APART.missing(&[up(1, 1, 0)], 5, now), 2, "not more than there is room");
        assert_eq!(APART.missing(&[up(1, 1, 0), up(2, 1, 0), up(3, 1, 0)], 5, now), 0);
        assert_eq!(AUTO.missing(&[up(1, 1, 0)], 0, now), 0, "a short one is alone");
        assert_eq!(AUTO.missing(&[up(1, 1, 2)], 0, now), 1, "a long one is kept apart");
        assert_eq!(AUTO.missing(&[up(1, 1, 2), up(2, 1, 2)], 0, now), 0);
    }
}
