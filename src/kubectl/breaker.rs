//! The circuit breaker of one cluster, for long-running commands: after several failures in a row
//! the cluster is not called for a while, then tried with one call.

use std::time::{Duration, Instant};

/// The state of a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
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
    state: State,
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
        Self { state: State::Closed, failures: 0, threshold: threshold.max(1), cool_down }
    }

    /// The number of failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Asks whether a call may be made at `now`. `Err` holds the time until the next trial. After
    /// `Ok` the caller must report [`Breaker::success`] or [`Breaker::failure`].
    pub fn permit(&mut self, now: Instant) -> Result<(), Duration> {
        match self.state {
            State::Closed => Ok(()),
            State::Open { until } if now >= until => {
                self.state = State::HalfOpen;
                Ok(())
            }
            State::Open { until } => Err(until.saturating_duration_since(now)),
            State::HalfOpen => Err(self.cool_down),
        }
    }

    /// The call succeeded: closes the breaker. Returns whether it was not closed before.
    pub fn success(&mut self) -> bool {
        let changed = self.state != State::Closed;
        self.state = State::Closed;
        self.failures = 0;
        changed
    }

    /// The call failed at `now`. Returns whether this opened a closed breaker.
    pub fn failure(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        let was_closed = self.state == State::Closed;
        if !was_closed || self.failures >= self.threshold {
            let trials = self.failures.saturating_sub(self.threshold).min(2);
            self.state = State::Open { until: now + self.cool_down * (1 << trials) };
            return was_closed;
        }
        false
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
        assert_eq!(breaker.state, State::HalfOpen);
        assert!(breaker.success());
        assert_eq!(breaker.state, State::Closed);
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
        assert_eq!(breaker.state, State::Open { until: later + COOL * 2 });
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
}
