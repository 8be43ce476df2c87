//! When kubectl is restarted.
//!
//! A kubectl that served connections is restarted at once: the application, the pod or the network
//! caused its end, and clients wait. Back-off is for starts that failed, and is short while a
//! connection waits. A budget limits both, so that restarts never use a whole core.

use std::time::{Duration, Instant};

use crate::kubectl::Backoff;

/// How many starts may follow one another without a pause, and the time after which one more is
/// allowed.
const BUDGET: u32 = 20;
const EARNED_EVERY: Duration = Duration::from_millis(200);
/// The pause between two starts for a port on which nothing listens.
const REFUSED_PAUSE: Duration = Duration::from_millis(500);
/// While a connection waits, the pause between starts is at most this long.
pub(super) const MOST_WHILE_AWAITED: Duration = Duration::from_millis(800);

/// What a kubectl achieved before it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// Connections went through it.
    Served,
    /// Nothing listens on the pod's port.
    Refused,
    /// It was never up, or accepted no connection.
    Nothing,
}

/// The state of a forward's restarts.
#[derive(Debug)]
pub(super) struct Restarts {
    failures: u32,
    left: u32,
    earned_at: Instant,
    last_start: Option<Instant>,
    /// Failed starts in addition to kubectls that serve, and when the next one is allowed.
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

    /// Records that kubectl is started.
    pub(super) fn started(&mut self, now: Instant) {
        self.earn(now);
        self.left = self.left.saturating_sub(1);
        self.last_start = Some(now);
    }

    /// Records an attempt that was postponed.
    pub(super) fn tried(&mut self, now: Instant) {
        self.last_start = Some(now);
    }

    /// A kubectl that served resets the count of failures.
    pub(super) fn served(&mut self) {
        self.failures = 0;
    }

    /// When to start the next kubectl after one ended with `record`.
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

    /// The earliest start within the budget.
    pub(super) fn earliest(&mut self, now: Instant) -> Instant {
        self.earn(now);
        if self.left > 0 { now } else { self.earned_at + EARNED_EVERY }
    }

    /// The earliest start while a connection waits, regardless of back-off.
    pub(super) fn earliest_awaited(&mut self, now: Instant) -> Instant {
        let last = self.last_start.map_or(now, |last| last + MOST_WHILE_AWAITED);
        last.max(self.earliest(now))
    }

    /// Records that an additional kubectl failed; the next one waits for at least `least`.
    pub(super) fn failed_beside(&mut self, now: Instant, least: Duration, most: Duration) {
        let pause = Backoff { most, ..Backoff::default() }.delay(self.beside.0).max(least);
        self.beside = (self.beside.0.saturating_add(1), Some(now + pause));
    }

    /// Records that a kubectl is up.
    pub(super) fn is_up(&mut self) {
        self.beside = (0, None);
    }

    /// When an additional kubectl may be started.
    pub(super) fn earliest_beside(&mut self, now: Instant) -> Instant {
        let earliest = self.earliest(now);
        self.beside.1.map_or(earliest, |at| at.max(earliest))
    }

    /// When kubectl was last started.
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
    fn a_kubectl_that_served_is_restarted_at_once_within_the_budget() {
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
    fn failed_starts_back_off() {
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
    fn a_refused_port_is_tried_twice_a_second() {
        let mut restarts = Restarts::new();
        let now = Instant::now();
        restarts.started(now);
        assert_eq!(restarts.after(Record::Refused, now, MOST), now + REFUSED_PAUSE);
        let later = now + MOST;
        assert_eq!(restarts.after(Record::Refused, later, MOST), later);
    }

    #[test]
    fn a_spare_kubectl_that_fails_to_start_backs_off() {
        let mut restarts = Restarts::new();
        let now = Instant::now();
        assert_eq!(restarts.earliest_beside(now), now);
        restarts.failed_beside(now, MOST, MOST);
        assert_eq!(restarts.earliest_beside(now), now + MOST);
        restarts.is_up();
        assert_eq!(restarts.earliest_beside(now), now);
    }

    #[test]
    fn a_waiting_connection_shortens_the_backoff() {
        let mut restarts = Restarts::new();
        let now = Instant::now();
        restarts.started(now);
        assert_eq!(restarts.earliest_awaited(now), now + MOST_WHILE_AWAITED);
        assert_eq!(restarts.earliest_awaited(now + MOST), now + MOST);
    }
}
