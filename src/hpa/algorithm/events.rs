//! The changes of the past that limit the speed of further ones.

use super::rules::Behavior;
use super::stabilize::Direction;
use super::time::{Span, Time};

/// The changes that are remembered, by their direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    ups: Vec<Event>,
    downs: Vec<Event>,
}

/// A change of the number of replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// By how many, without a sign.
    pub replicas: i32,
    /// When.
    pub at: Time,
    /// Whether it was once too old for the policies of its own direction. It counts on until
    /// another change takes its place.
    pub is_outdated: bool,
}

impl Events {
    /// Stores a change. Changes that are too old for the policies of the same direction are marked,
    /// and the last one marked is replaced.
    pub fn store(&mut self, from: i32, to: i32, behavior: &Behavior, now: Time) {
        let (events, rules, replicas) = if to > from {
            (&mut self.ups, &behavior.up, to.wrapping_sub(from))
        } else {
            (&mut self.downs, &behavior.down, from.wrapping_sub(to))
        };
        let start = now.before(rules.longest_period());
        let mut place = None;
        for event in &mut *events {
            event.is_outdated |= event.at < start;
            if event.is_outdated {
                place = Some(event);
            }
        }
        let new = Event { replicas, at: now, is_outdated: false };
        match place {
            Some(old) => *old = new,
            None => events.push(new),
        }
    }

    /// The number of replicas a period ago, as far as changes are remembered.
    pub(super) fn replicas_before(&self, current: i32, period: Span, now: Time) -> i32 {
        let start = now.before(period);
        let change = |events: &[Event]| {
            let recent = events.iter().filter(|it| it.at > start);
            recent.fold(0_i32, |sum, it| sum.wrapping_add(it.replicas))
        };
        current.wrapping_sub(change(&self.ups)).wrapping_add(change(&self.downs))
    }

    /// When the first change that counts in a period counts no more, and a policy of that period may
    /// allow more again; `None` if none counts.
    pub fn free_at(&self, direction: Direction, period: Span, now: Time) -> Option<Time> {
        let events = match direction {
            Direction::Up => &self.ups,
            Direction::Down => &self.downs,
        };
        let counts = |event: &&Event| event.at > now.before(period);
        events.iter().filter(counts).map(|it| it.at.after(period)).min()
    }

    /// The increases, in no particular order.
    pub fn ups(&self) -> &[Event] {
        &self.ups
    }

    /// The decreases, in no particular order.
    pub fn downs(&self) -> &[Event] {
        &self.downs
    }
}
