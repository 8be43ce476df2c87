//! When kubectl is started again.
//!
//! A kubectl that served has earned a restart at once: its end is the application's, the pod's or
//! the network's doing, and clients wait. Back-off belongs to starts that came to nothing, and is
//! short while somebody waits. Both are bounded by a budget, so that nothing takes a whole core.

use std::time::{Duration, Instant};

use crate::kubectl::Backoff;

/// Starts that may follow one another without a pause, and how long one takes to be earned again.
const BUDGET: u32 = 20;
const EARNED_EVERY: Duration = Duration::from_millis(200);
/// Between two starts for a port where nothing listens.
const REFUSED_PAUSE: Duration = Duration::from_millis(500);
/// While somebody waits, starts are not further apart than this.
pub(super) const MOST_WHILE_AWAITED: Duration = Duration::from_millis(800);

/// How a kubectl did before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// Connections went through it.
    Served,
    /// Nothing listens at the pod's port.
    Refused,
    /// It was never up, or took no connection.
    Nothing,
}

/// The state of a forward's restarts.
#[derive(Debug)]
pub(super) struct Restarts {
    failures: u32,
    left: u32,
    earned_at: Instant,
    last_start: Option<Instant>,
    /// Starts beside kubectls that serve that came to nothing, and when the next may be.
    beside: (u32, Option<Instant>),
}

impl Restarts {
    pub(super) fn new() -> Self {
        Self {
            failures: 0,
            left: BUDGET,
            earned_at: Instant::now(),
            last_start: None,
            beside: (0, None),
        }
    }

    /// kubectl is started.
    pub(super) fn started(&mut self, now: Instant) {
        self.earn(now);
        self.left = self.left.saturating_sub(1);
        self.last_start = Some(now);
    }

    /// A start was tried, and put off.
    pub(super) fn tried(&mut self, now: Instant) {
        self.last_start = Some(now);
    }

    /// A kubectl that served ends the count of those that did not.
    pub(super) fn served(&mut self) {
        self.failures = 0;
    }

    /// When the next one is to be started after one that did so.
    pub(super) fn after(&mut self, record: Record, now: Instant, most: Duration) -> Instant {
        let earliest = self.earliest(now);
        let due = match record {
            Record::Served => now,
            Record::Refused => self.last_start.map_or(now, |last| last + REFUSED_PAUSE),
            Record::Nothing => {
                self.failures = self.failures.saturating_add(1);
                match self.failures {
                    1 => now,
                    failures => now + Backoff { most, ..Backoff::default() }.delay(failures - 2),
                }
            }
        };
        due.max(earliest).max(now)
    }

    /// When one may be started without overdrawing the budget.
    pub(super) fn earliest(&mut self, now: Instant) -> Instant {
        self.earn(now);
        if self.left > 0 { now } else { self.earned_at + EARNED_EVERY }
    }

    /// When one may be started for somebody who waits, however long the pause would be otherwise.
    pub(super) fn earliest_awaited(&mut self, now: Instant) -> Instant {
        let last = self.last_start.map_or(now, |last| last + MOST_WHILE_AWAITED);
        last.max(self.earliest(now))
    }

    /// One that was started beside others came to nothing; the next one waits for `least` at least.
    pub(super) fn failed_beside(&mut self, now: Instant, least: Duration, most: Duration) {
        let pause = Backoff { most, ..Backoff::default() }.delay(self.beside.0).max(least);
        self.beside = (self.beside.0.saturating_add(1), Some(now + pause));
    }

    /// One is up.
    pub(super) fn is_up(&mut self) {
        self.beside = (0, None);
    }

    /// When one may be started beside others.
    pub(super) fn earliest_beside(&mut self, now: Instant) -> Instant {
        let earliest = self.earliest(now);
        self.beside.1.map_or(earliest, |at| at.max(earliest))
    }

    /// When the last one was started.
    pub(super) fn last_start(&self) -> Option<Instant> {
        self.last_start
    }

    fn earn(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.earned_at);
        let earned = passed.as_millis() / EARNED_EVERY.as_millis();
        let earned = u32::try_from(earned).unwrap_or(u32::MAX);
        if self.left.saturating_add(earned) >= BUDGET {
            (self.left, self.earned_at) = (BUDGET, now);
        } else {
            self.left += earned;
            self.earned_at += EARNED_EVERY * earned;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: Duration = Duration::from_secs(30);

    #[test]
    fn one_that_served_is_started_again_at_once_within_the_budget() {
        let mut restarts = Restarts::new();
        let now = Instant::now();
        for _ in 0..BUDGET {
            assert_eq!(restarts.after(Record::Served, now, MOST), now);
            restarts.started(now);
        }
        let due = restarts.after(Record::Served, now, MOST);
        assert!(due > now && due <= now + EARNED_EVERY, "{:?}", due - now);
        let later = now + EARNED_EVERY * 3;
        assert_eq!(restarts.after(Record::Served, later, MOST), later);
    }

    #[test]
    fn starts_that_come_to_nothing_are_further_and_further_apart() {
        let mut restarts = Restarts::new();
        let now = Instant::now();
        let mut pauses = Vec::new();
        for _ in 0..12 {
            restarts.started(now);
            pauses.push(restarts.after(Record::Nothing, now, MOST) - now);
        }
        assert_eq!(pauses[0], Duration::ZERO);
        assert!(pauses[10] > pauses[2] && pauses.iter().all(|pause| *pause <= MOST), "{pauses:?}");
        restarts.served();
        assert_eq!(restarts.after(Record::Nothing, now, MOST), now);
    }

    #[test]
    fn a_port_where_nothing_listens_is_tried_twice_a_second() {
        let mut restarts = Restarts::new();
        let now = Instant::now();
        restarts.started(now);
        assert_eq!(restarts.after(Record::Refused, now, MOST), now + REFUSED_PAUSE);
        let later = now + MOST;
        assert_eq!(restarts.after(Record::Refused, later, MOST), later);
    }

    #[test]
    fn a_spare_that_does_not_start_is_tried_less_and_less_often() {
        let mut restarts = Restarts::new();
        let now = Instant::now();
        assert_eq!(restarts.earliest_beside(now), now);
        restarts.failed_beside(now, MOST, MOST);
        assert_eq!(restarts.earliest_beside(now), now + MOST);
        restarts.is_up();
        assert_eq!(restarts.earliest_beside(now), now);
    }

    #[test]
    fn somebody_who_waits_does_not_wait_for_the_backoff() {
        let mut restarts = Restarts::new();
        let now = Instant::now();
        restarts.started(now);
        assert_eq!(restarts.earliest_awaited(now), now + MOST_WHILE_AWAITED);
        assert_eq!(restarts.earliest_awaited(now + MOST), now + MOST);
    }
}
