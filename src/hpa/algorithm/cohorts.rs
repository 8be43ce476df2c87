//! The pods of a simulation: equal but for their age, the oldest first.

use std::collections::VecDeque;

use super::pods::PodCounts;
use super::time::{Span, Time};

/// Pods by the time at which they were made. The newest are removed first.
#[derive(Debug, Clone)]
pub(super) struct Cohorts {
    lags: Lags,
    /// Pods that are ready and whose age no longer matters.
    settled: i32,
    /// The others, by age, the oldest first.
    young: VecDeque<Cohort>,
    all: i32,
}

/// Pods that were made at the same time.
#[derive(Debug, Clone, Copy)]
struct Cohort {
    made: Time,
    pods: i32,
}

/// How long things take from when a pod is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lags {
    /// Until it is ready.
    pub(super) startup: Span,
    /// The time that a sample is measured over.
    pub(super) sample_window: Span,
    /// Until its readiness no longer matters for CPU, once it is ready.
    pub(super) cpu_initialization: Span,
}

impl Lags {
    fn is_ready(self, made: Time, now: Time) -> bool {
        made.after(self.startup) <= now
    }

    /// Whether the samples of a ready pod count, for CPU too.
    fn is_settled(self, made: Time, now: Time) -> bool {
        let is_young = made.after(self.cpu_initialization) > now;
        let is_measured = made.after(self.startup).after(self.sample_window) <= now;
        self.is_ready(made, now) && (is_measured || !is_young)
    }
}

impl Cohorts {
    /// So many pods that have been ready for long.
    pub(super) fn new(pods: i32, lags: Lags) -> Self {
        let pods = pods.max(0);
        Self { lags, settled: pods, young: VecDeque::new(), all: pods }
    }

    /// Makes or removes pods until there are so many.
    pub(super) fn scale(&mut self, pods: i32, now: Time) {
        let pods = pods.max(0);
        if pods > self.all {
            self.young.push_back(Cohort { made: now, pods: pods.saturating_sub(self.all) });
        }
        let mut surplus = self.all.saturating_sub(pods).max(0);
        while surplus > 0 {
            let Some(newest) = self.young.back_mut() else {
                self.settled = self.settled.saturating_sub(surplus);
                break;
            };
            let removed = newest.pods.min(surplus);
            newest.pods -= removed;
            surplus -= removed;
            if newest.pods == 0 {
                self.young.pop_back();
            }
        }
        self.all = pods;
    }

    /// How many pods are ready at a time from now on, if none are made or removed until then.
    #[inline]
    pub(super) fn ready_at(&self, time: Time) -> i32 {
        let ready = self.young.iter().take_while(|it| self.lags.is_ready(it.made, time));
        ready.fold(self.settled, |sum, it| sum.saturating_add(it.pods))
    }

    /// The pods now. `now` must not be before the last call.
    #[inline]
    pub(super) fn counts(&mut self, now: Time) -> PodCounts {
        while let Some(oldest) = self.young.front() {
            if !self.lags.is_settled(oldest.made, now) {
                break;
            }
            self.settled = self.settled.saturating_add(oldest.pods);
            self.young.pop_front();
        }
        PodCounts { all: self.all, ready: self.ready_at(now), settled: self.settled }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(cohorts: &mut Cohorts, seconds: i64) -> [i32; 3] {
        let counts = cohorts.counts(Time::from_seconds(seconds));
        [counts.all, counts.ready, counts.settled]
    }

    fn cohorts(pods: i32, startup: i64) -> Cohorts {
        let lags = Lags {
            startup: Span::from_seconds(startup),
            sample_window: Span::from_seconds(15),
            cpu_initialization: Span::from_seconds(300),
        };
        Cohorts::new(pods, lags)
    }

    #[test]
    fn pods_become_ready_then_settled() {
        let mut pods = cohorts(2, 20);
        pods.scale(5, Time::from_seconds(0));
        assert_eq!(counts(&mut pods, 15), [5, 2, 2]);
        assert_eq!(counts(&mut pods, 20), [5, 5, 2]);
        assert_eq!(counts(&mut pods, 34), [5, 5, 2]);
        assert_eq!(counts(&mut pods, 35), [5, 5, 5]);
        // Old enough before the sample is.
        let mut slow = cohorts(0, 295);
        slow.scale(1, Time::from_seconds(0));
        assert_eq!(counts(&mut slow, 295), [1, 1, 0]);
        assert_eq!(counts(&mut slow, 300), [1, 1, 1]);
    }

    #[test]
    fn the_newest_are_removed_first() {
        let mut pods = cohorts(2, 20);
        pods.scale(4, Time::from_seconds(0));
        pods.scale(7, Time::from_seconds(15));
        pods.scale(3, Time::from_seconds(15));
        assert_eq!(counts(&mut pods, 20), [3, 3, 2]);
        pods.scale(1, Time::from_seconds(21));
        assert_eq!(counts(&mut pods, 21), [1, 1, 1]);
        pods.scale(-5, Time::from_seconds(22));
        assert_eq!(counts(&mut pods, 22), [0, 0, 0]);
    }
}
