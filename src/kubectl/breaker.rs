//! The circuit breaker of one cluster, for long-running commands: after several failures in a row
//! the cluster is not called for a while, then tried with one call.

use std::time::{Duration, Instant};

/// The state of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// Calls are refused until `until`.
    Open {
        /// When the next call may be tried.
        until: Instant,
    },
    /// One call is under way as a trial; others are refused.
    HalfOpen,
}

/// A circuit breaker. The caller passes the time, so that tests need no clock.
#[derive(Clone, Debug)]
pub struct Breaker {
    state: BreakerState,
    failures: u32,
    threshold: u32,
    cool_down: Duration,
}

impl Default for Breaker {
    /// Opens after three failures in a row and allows a trial after 30 s, then 1 min, then every 2
    /// min.
    fn default() -> Self {
        Self::new(3, Duration::from_secs(30))
    }
}

impl Breaker {
    /// A closed breaker that opens after `threshold` failures in a row (0 counts as 1) and allows a
    /// trial after `cool_down`, which doubles with each failed trial, up to four times.
    pub fn new(threshold: u32, cool_down: Duration) -> Self {
        Self { state: BreakerState::Closed, failures: 0, threshold: threshold.max(1), cool_down }
    }

    /// The present state.
    pub fn state(&self) -> BreakerState {
        self.state
    }

    /// The number of failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Asks whether a call may be made at `now`. `Err` holds the time until the next trial. After
    /// `Ok` the caller must report [`Breaker::success`], [`Breaker::failure`] or
    /// [`Breaker::abandon`].
    pub fn permit(&mut self, now: Instant) -> Result<(), Duration> {
        match self.state {
            BreakerState::Closed => Ok(()),
            BreakerState::Open { until } if now >= until => {
                self.state = BreakerState::HalfOpen;
                Ok(())
            }
            BreakerState::Open { until } => Err(until.saturating_duration_since(now)),
            BreakerState::HalfOpen => Err(self.cool_down),
        }
    }

    /// The call succeeded: closes the breaker. Returns whether it was not closed before.
    pub fn success(&mut self) -> bool {
        let changed = self.state != BreakerState::Closed;
        self.state = BreakerState::Closed;
        self.failures = 0;
        changed
    }

    /// The call failed at `now`. Returns whether this opened a closed breaker.
    pub fn failure(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        let was_closed = self.state == BreakerState::Closed;
        if !was_closed || self.failures >= self.threshold {
            let trials = self.failures.saturating_sub(self.threshold).min(2);
            self.state = BreakerState::Open { until: now + self.cool_down * (1 << trials) };
            return was_closed;
        }
        false
    }

    /// The call was abandoned without an answer (for example by a shutdown): allows another trial
    /// at once if this was one.
    pub fn abandon(&mut self, now: Instant) {
        if self.state == BreakerState::HalfOpen {
            self.state = BreakerState::Open { until: now };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOL: Duration = Duration::from_secs(30);

    #[test]
    fn three_failures_in_a_row_open_the_breaker_and_one_success_closes_it() {
        let start = Instant::now();
        let mut breaker = Breaker::default();
        for expected in [false, false, true] {
            assert_eq!(breaker.permit(start), Ok(()));
            assert_eq!(breaker.failure(start), expected);
        }
        assert_eq!(breaker.permit(start), Err(COOL));
        assert_eq!(breaker.permit(start + COOL / 3), Err(COOL / 3 * 2));
        assert_eq!(breaker.permit(start + COOL), Ok(()));
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert!(breaker.success());
        assert_eq!(breaker.state(), BreakerState::Closed);
        assert!(!breaker.success());
    }

    #[test]
    fn a_success_between_failures_resets_the_count() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        breaker.failure(now);
        breaker.failure(now);
        breaker.success();
        assert!(!breaker.failure(now));
        assert_eq!(breaker.failures(), 1);
        assert_eq!(breaker.permit(now), Ok(()));
    }

    #[test]
    fn a_failed_trial_reopens_the_breaker_and_only_one_trial_runs() {
        let start = Instant::now();
        let mut breaker = Breaker::new(1, COOL);
        assert!(breaker.failure(start));
        let later = start + COOL;
        assert_eq!(breaker.permit(later), Ok(()));
        assert_eq!(breaker.permit(later), Err(COOL));
        assert!(!breaker.failure(later));
        assert_eq!(breaker.state(), BreakerState::Open { until: later + COOL * 2 });
    }

    #[test]
    fn the_pause_doubles_up_to_four_times_and_is_reset_by_a_success() {
        let start = Instant::now();
        let mut breaker = Breaker::default();
        breaker.failure(start);
        breaker.failure(start);
        for times in [1, 2, 4, 4, 4] {
            breaker.failure(start);
            assert_eq!(breaker.permit(start), Err(COOL * times));
        }
        for _ in 0..100 {
            breaker.failure(start);
        }
        breaker.success();
        for _ in 0..3 {
            breaker.failure(start);
        }
        assert_eq!(breaker.permit(start), Err(COOL));
    }

    #[test]
    fn an_abandoned_trial_allows_another_one() {
        let start = Instant::now();
        let mut breaker = Breaker::new(0, COOL);
        breaker.failure(start);
        assert_eq!(breaker.permit(start + COOL), Ok(()));
        breaker.abandon(start + COOL);
        assert_eq!(breaker.permit(start + COOL), Ok(()));
    }
}
