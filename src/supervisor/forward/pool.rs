//! The kubectls of one forward, and which of them a connection gets.
//!
//! A connection that an application resets ends kubectl, and with it every other connection through
//! it. So where that has happened (or is asked for) each connection has a kubectl of its own, as far
//! as there is room, and one more is kept warm while the forward is in use.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::super::child::Child;
use super::super::protocol::Isolate;
use super::super::tunnel::Tunnel;

/// A connection that has been open for so long is worth keeping apart from new ones.
pub(super) const VETERAN: Duration = Duration::from_millis(300);
/// How long a connection waits for the kubectl that was started to keep it apart from such a one.
pub(super) const COMPANY_WAIT: Duration = Duration::from_millis(300);
/// How long a connection waits for a kubectl of its own before it shares one.
pub(super) const OWN_WAIT: Duration = Duration::from_secs(2);
/// Unused for so long, a forward goes back to one kubectl.
pub(super) const QUIET: Duration = Duration::from_secs(10);
/// After a connection has ended, kubectl may be about to end of it: the application resets. So long
/// it gets no other one, where that is to be expected.
pub(super) const SETTLES: Duration = Duration::from_millis(250);
/// The same for the first connections of a forward, of which nothing is known yet.
pub(super) const LEARNS: Duration = Duration::from_millis(150);

/// So many kubectls start at one time, beyond the first.
const STARTING_AT_ONCE: usize = 2;

/// One kubectl.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) child: Child,
    /// It is up.
    pub(super) tunnel: Option<Arc<Tunnel>>,
    pub(super) started: Instant,
    /// When it must be up.
    pub(super) ready_by: Option<Instant>,
    /// It was not, and is being ended.
    pub(super) late: bool,
    /// Connections through it.
    pub(super) open: usize,
    /// Since when it has had any, or none.
    pub(super) since: Instant,
    /// A connection has been through it.
    pub(super) used: bool,
    pub(super) doubt: Option<Doubt>,
    /// A connection has just ended: whether kubectl goes on shows until then.
    pub(super) settles_at: Option<Instant>,
}

/// Why no further connection goes through a kubectl.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    pub(super) since: Instant,
    /// It passes nothing on: it is ended once another one is up. Otherwise what works through it
    /// goes on.
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

    /// Whether connections may go through it.
    pub(super) fn serves(&self) -> bool {
        self.tunnel.is_some() && self.doubt.is_none() && !self.child.is_stopping()
    }

    /// Whether it is to be up soon.
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

/// What a choice goes by.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    serves: bool,
    starting: bool,
    settling: bool,
    generation: u64,
    open: usize,
    since: Instant,
}

/// How a forward shares its kubectls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) isolate: Isolate,
    /// Kubectls at one time.
    pub(super) most: usize,
    /// The application has refused or reset a connection.
    pub(super) resets: bool,
}

impl Policy {
    /// Whether each connection is to have a kubectl of its own.
    pub(super) fn isolates(self) -> bool {
        self.most > 1
            && match self.isolate {
                Isolate::Always => true,
                Isolate::Auto => self.resets,
                Isolate::Never => false,
            }
    }

    /// The kubectl for a connection that has waited for `waited`, other than `avoid`; none where it
    /// is to wait.
    fn choose(self, slots: &[View], avoid: u64, waited: Duration) -> Option<usize> {
        // Better that one again than none at all.
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
        // The one whose connections are the youngest: least is lost with it.
        serving().max_by_key(|(_, slot)| slot.since).map(|(at, _)| at)
    }

    /// Whether later connections are kept apart from the only ones that there are, though the
    /// application has reset none yet.
    fn keeps_apart(self, slots: &[View]) -> bool {
        let mut serving = slots.iter().filter(|slot| slot.serves);
        let only = serving.next().filter(|_| serving.next().is_none());
        matches!(self.isolate, Isolate::Auto) && only.is_some_and(|only| only.open > 0)
    }

    /// How many kubectls more are to be started now, of a forward that is up and in use.
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

/// The views of these kubectls.
pub(super) fn views(slots: &[Slot]) -> Vec<View> {
    let now = Instant::now();
    slots.iter().map(|slot| slot.view(now)).collect()
}

/// As [`Policy::choose`], among these kubectls.
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
    fn the_one_idle_for_longest_is_taken_first() {
        let slots = [up(1, 1, 9), up(2, 0, 2), up(3, 0, 5)];
        assert_eq!(APART.choose(&slots, 0, NO_WAIT), Some(2));
        assert_eq!(AUTO.choose(&slots, 0, NO_WAIT), Some(2));
    }

    #[test]
    fn a_connection_shares_unless_the_application_resets() {
        let slots = [up(1, 1, 9), up(2, 1, 2)];
        // With the younger of the two.
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
    fn one_whose_connection_has_just_ended_is_left_alone() {
        let settling = View { settling: true, ..up(1, 0, 0) };
        assert_eq!(APART.choose(&[settling], 0, NO_WAIT), None);
        assert_eq!(APART.choose(&[settling, up(2, 0, 0)], 0, NO_WAIT), Some(1));
        assert_eq!(APART.missing(&[settling], 0, Instant::now()), 1);
    }

    #[test]
    fn the_one_that_failed_it_is_avoided() {
        let slots = [up(1, 0, 9), starting(2)];
        assert_eq!(AUTO.choose(&slots, 1, OWN_WAIT), None);
        assert_eq!(AUTO.choose(&slots, 0, NO_WAIT), Some(0));
    }

    #[test]
    fn a_spare_is_kept_only_while_it_is_of_use() {
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
