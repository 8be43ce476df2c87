//! Ranges of time with steps, cut into what one query may ask for; and how much a range is.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A server refuses more points a series in one answer.
const MOST_POINTS: u64 = 11_000;
/// How old the last point of a range may be, in seconds.
const LATEST: u64 = 60;
/// The longest time that one query covers: what a server keeps in one file, and caches.
const LONGEST: u64 = 24 * 3600;

/// Points of time at an equal distance: `start`, `start + step`, … up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    start: i64,
    end: i64,
    step: u64,
}

impl Range {
    /// From `start` to `end`, a point at both. The end is moved back to a multiple of the step, or of a minute where the
    /// step is longer: the same range asked for again a moment later has the same points, which caches recognize, and
    /// the last one is never older than a minute. The start is moved on to the first step that is counted from the end.
    /// A step is at least a second.
    pub fn new(start: Timestamp, end: Timestamp, step: Duration) -> Self {
        let step = step.as_secs().max(1);
        let pace = i64::try_from(step.min(LATEST)).unwrap_or(1);
        let aligned = |at: Timestamp| at.as_second() - at.as_second().rem_euclid(pace);
        let (start, end) = (aligned(start), aligned(end));
        let length = u64::try_from(end.saturating_sub(start)).unwrap_or(0);
        let whole = i64::try_from(length - length % step).unwrap_or(0);
        Self { start: end - whole, end, step }
    }

    /// The last `length` before `end`.
    pub fn before(end: Timestamp, length: Duration, step: Duration) -> Self {
        let length = SignedDuration::try_from(length).unwrap_or(SignedDuration::MAX);
        let start = end.checked_sub(length).unwrap_or(Timestamp::MIN);
        Self::new(start, end, step)
    }

    /// The first point, in seconds since 1970.
    pub fn start(&self) -> i64 {
        self.start
    }

    /// No point is later, in seconds since 1970.
    pub fn end(&self) -> i64 {
        self.end
    }

    /// The distance of two points in seconds.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// How many points a series has at most.
    pub fn points(&self) -> u64 {
        self.end.abs_diff(self.start) / self.step + 1
    }

    /// Ranges that one query each may ask for, the earliest first, and that together have the same points.
    pub fn chunks(&self) -> impl Iterator<Item = Self> + use<> {
        let most = (LONGEST / self.step + 1).min(MOST_POINTS - 1);
        let Self { start, end, step } = *self;
        let total = self.points();
        let at = move |point: u64| {
            start.saturating_add(i64::try_from(point.saturating_mul(step)).unwrap_or(i64::MAX))
        };
        (0..total.div_ceil(most)).map(move |chunk| {
            let first = chunk * most;
            let last = (first + most - 1).min(total - 1);
            Self { start: at(first), end: at(last).min(end), step }
        })
    }
}

/// How much a server is asked for, before the first question.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Queries.
    pub queries: u64,
    /// Points of all series.
    pub points: u64,
}

impl Estimate {
    /// One question over a range, whose answer has this many series.
    pub fn of(range: &Range, series: u64) -> Self {
        let queries = u64::try_from(range.chunks().count()).unwrap_or(u64::MAX);
        Self { queries, points: range.points().saturating_mul(series) }
    }

    /// This many questions about a moment, each answered by one point a series.
    pub fn of_moments(queries: u64, series: u64) -> Self {
        Self { queries, points: queries.saturating_mul(series) }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            queries: self.queries.saturating_add(other.queries),
            points: self.points.saturating_add(other.points),
        }
    }

    /// Checks it against `--max-points`.
    ///
    /// # Errors
    /// If it is more.
    pub fn within(self, max_points: u64) -> Result<(), TooMuch> {
        if self.points > max_points { Err(TooMuch { estimate: self, max_points }) } else { Ok(()) }
    }
}

/// More points than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "about {} points in {} queries, more than --max-points {max_points}: nothing was asked; use a shorter --since, a \
     larger --step, fewer namespaces, or a larger --max-points",
    estimate.points, estimate.queries
)]
pub struct TooMuch {
    /// What it would have been.
    pub estimate: Estimate,
    /// What is allowed.
    pub max_points: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_week_of_minutes_is_seven_queries_of_a_day() {
        let week =
            Range::before(at(1_764_547_217), Duration::from_hours(7 * 24), Duration::from_mins(1));
        assert_eq!((week.end(), week.points()), (1_764_547_200, 7 * 1440 + 1));
        let chunks: Vec<_> = week.chunks().collect();
        assert_eq!(chunks.len(), 7);
        assert_eq!(chunks[0].points(), 1441);
        assert_eq!(chunks[6].points(), 1435);
        let estimate = Estimate::of(&week, 200).and(Estimate::of_moments(2, 3));
        assert_eq!(estimate, Estimate { queries: 9, points: 10_081 * 200 + 6 });
        assert!(estimate.within(2_016_206).is_ok());
        let text = estimate.within(1_000_000).unwrap_err().to_string();
        assert!(
            text.starts_with("about 2016206 points in 9 queries, more than --max-points 1000000"),
            "{text}"
        );
    }

    #[test]
    fn the_last_point_is_the_end_however_long_the_step_is() {
        let now = at(1_764_547_217);
        let range = |hours, step| {
            Range::before(now, Duration::from_hours(hours), Duration::from_hours(step))
        };
        let range = |hours, step| {
            let range = range(hours, step);
            (range.end(), range.end() - range.start(), range.points())
        };
        assert_eq!(range(24, 5), (1_764_547_200, 20 * 3600, 5));
        assert_eq!(range(2, 2), (1_764_547_200, 2 * 3600, 2));
        assert_eq!(range(1, 2), (1_764_547_200, 0, 1));
    }

    proptest! {
        #[test]
        fn chunks_have_the_points_of_the_whole(start: i32, length in 0u32..3_000_000, step in 0u64..200_000) {
            let start = i64::from(start);
            let range = Range::new(at(start), at(start + i64::from(length)), Duration::from_secs(step));
            let mut next = range.start();
            let mut points = 0;
            for chunk in range.chunks() {
                prop_assert_eq!(chunk.start(), next);
                prop_assert!(chunk.points() < MOST_POINTS && chunk.end() <= range.end());
                prop_assert!(chunk.end() - chunk.start() <= 86_400);
                points += chunk.points();
                prop_assert_eq!(chunk.points(), chunk.end().abs_diff(chunk.start()) / range.step() + 1);
                next = chunk.end() + i64::try_from(range.step()).unwrap();
            }
            prop_assert_eq!(points, range.points());
            prop_assert_eq!(next, range.end() + i64::try_from(range.step()).unwrap());
        }
    }
}
