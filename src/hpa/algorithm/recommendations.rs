//! The recommendations of the past that still count: what metrics wanted before anything held it
//! back.

use std::collections::VecDeque;

use super::rules::Settings;
use super::spec::Spec;
use super::time::{Span, Time};

/// A number of replicas that was once wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recommendation {
    /// The number.
    pub replicas: i32,
    /// When it was recorded.
    pub at: Time,
}

/// The recommendations that count, for one spec.
///
/// The controller searches a list of all of them at each sync. Here only those are kept that can
/// still become the lowest or the highest, which takes the same decisions in a constant time, as
/// long as time does not go backwards and the windows stay.
#[derive(Debug, Clone, PartialEq)]
pub struct Recommendations {
    /// Whether any has been recorded.
    is_started: bool,
    lowest: Extremes,
    highest: Extremes,
}

/// The lowest or highest recommendation of a window, and those that follow when it has left.
#[derive(Debug, Clone, PartialEq)]
struct Extremes {
    keeps: Extreme,
    window: Window,
    /// In the order of time; of each two the later one is less extreme.
    entries: VecDeque<Recommendation>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Extreme {
    Lowest,
    Highest,
}

/// How long a recommendation counts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Window {
    length: Span,
    /// Whether it still counts when it is exactly as old.
    is_inclusive: bool,
}

impl Recommendations {
    /// None yet.
    pub(super) fn new(spec: &Spec, settings: &Settings) -> Self {
        let by_default = settings.downscale_stabilization;
        let (up, down, is_inclusive) = match &spec.behavior {
            Some(behavior) => {
                let up = behavior.up.window.unwrap_or_default();
                (up, behavior.down.window.unwrap_or(by_default), false)
            }
            // Without rules nothing holds an increase back.
            None => (Span::ZERO, by_default, true),
        };
        let up = Window { length: up, is_inclusive: false };
        let down = Window { length: down, is_inclusive };
        Self {
            is_started: false,
            lowest: Extremes::new(Extreme::Lowest, up),
            highest: Extremes::new(Extreme::Highest, down),
        }
    }

    /// Records the replicas as they are found, unless there is a recommendation already.
    pub(super) fn start(&mut self, replicas: i32, now: Time) {
        if !self.is_started {
            self.record(Recommendation { replicas, at: now });
        }
    }

    /// Records a recommendation. Earlier ones must have been recorded before it.
    #[inline]
    pub fn record(&mut self, recommendation: Recommendation) {
        self.is_started = true;
        self.lowest.push(recommendation);
        self.highest.push(recommendation);
    }

    /// Forgets what no longer counts.
    #[inline]
    pub(super) fn forget(&mut self, now: Time) {
        self.lowest.forget(now);
        self.highest.forget(now);
    }

    /// The lowest recommendation within the window for scaling up.
    pub fn lowest(&self) -> Option<Recommendation> {
        self.lowest.entries.front().copied()
    }

    /// The highest recommendation within the window for scaling down.
    pub fn highest(&self) -> Option<Recommendation> {
        self.highest.entries.front().copied()
    }

    /// Until when recommendations of more than `replicas` hold a decrease to it back; `None` if
    /// none does.
    pub fn may_fall_at(&self, replicas: i32) -> Option<Time> {
        self.highest.free_at(replicas)
    }

    /// Until when recommendations of less than `replicas` hold an increase to it back.
    pub fn may_rise_at(&self, replicas: i32) -> Option<Time> {
        self.lowest.free_at(replicas)
    }
}

impl Extremes {
    fn new(keeps: Extreme, window: Window) -> Self {
        Self { keeps, window, entries: VecDeque::new() }
    }

    #[inline]
    fn push(&mut self, new: Recommendation) {
        if self.window.length <= Span::ZERO && !self.window.is_inclusive {
            return;
        }
        // What is no more extreme than the new one ends before it, and will never be needed.
        while self.entries.back().is_some_and(|last| !self.exceeds(last.replicas, new.replicas)) {
            self.entries.pop_back();
        }
        self.entries.push_back(new);
    }

    fn forget(&mut self, now: Time) {
        while self.entries.front().is_some_and(|it| self.window.is_over(it.at, now)) {
            self.entries.pop_front();
        }
    }

    fn exceeds(&self, one: i32, other: i32) -> bool {
        match self.keeps {
            Extreme::Lowest => one < other,
            Extreme::Highest => one > other,
        }
    }

    fn free_at(&self, replicas: i32) -> Option<Time> {
        let last = self.entries.iter().rev().find(|it| self.exceeds(it.replicas, replicas))?;
        Some(last.at.after(self.window.length))
    }
}

impl Window {
    fn is_over(self, at: Time, now: Time) -> bool {
        let start = now.before(self.length);
        if self.is_inclusive { at < start } else { at <= start }
    }
}
