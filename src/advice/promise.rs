//! What settings must keep, and what a course of replicas is a day.

use serde::Serialize;

use crate::hpa::algorithm::Span;

/// The share of its request, in percent, that a pod is taken to bear.
pub const CAPACITY_PERCENT: i32 = 100;

/// The share of the needed pod-minutes that may be unmet where no limit is given.
const UNMET_SHARE: f64 = 0.001;
/// Minutes at the maximum a day, where no limit is given.
const MINUTES_AT_MAX: f64 = 15.0;
/// Scalings a day, where no limit is given: one every quarter of an hour, and a few.
const SCALINGS: f64 = 100.0;
/// The highest target that is proposed, in percent of what a pod bears. The controller does nothing up to a tenth above a
/// target; what is left is for the time until new pods are ready, and for peaks between two rows.
const HIGHEST_TARGET: i64 = 80;
/// The same where it is not known how long a new pod takes until it is ready.
const UNKNOWN_STARTUP_TARGET: i64 = 70;
/// What each minute of start-up takes off.
const A_MINUTE: i64 = 5;
/// What start-up never goes below.
const SLOW_STARTUP_TARGET: i64 = 60;
/// Targets that are proposed are multiples of this.
pub(super) const TARGET_STEP: i64 = 5;
/// The least pod-minutes a day that may be unmet where no limit is given.
const LEAST_UNMET: f64 = 1.0;

/// The limits that a person sets, a day. What is absent has a default.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    /// Pod-minutes of unmet demand.
    pub unmet_pod_minutes: Option<f64>,
    /// Minutes at the maximum.
    pub minutes_at_max: Option<f64>,
    /// Scalings.
    pub scalings: Option<f64>,
    /// The share of its request, in percent, that a pod is taken to bear.
    pub capacity_percent: Option<i32>,
    /// The highest target that is proposed, in percent of the request.
    pub target_percent: Option<i32>,
}

/// What settings must keep, a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Promise {
    /// At most so many pod-minutes of unmet demand.
    pub unmet_pod_minutes: f64,
    /// At most so many minutes at the maximum.
    pub minutes_at_max: f64,
    /// At most so many scalings.
    pub scalings: f64,
}

/// What a course of replicas is, a day: of the time in which the need is known.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Daily {
    /// Pods times hours.
    pub pod_hours: f64,
    /// Pods that were needed so that none bears more than it can, and that were not ready, times minutes.
    pub unmet_pod_minutes: f64,
    /// Minutes at the maximum.
    pub minutes_at_max: f64,
    /// Changes of the number of replicas.
    pub scalings: f64,
}

impl Limits {
    /// The share of its request, in percent, that a pod is taken to bear.
    pub fn capacity(&self) -> i32 {
        self.capacity_percent.unwrap_or(CAPACITY_PERCENT)
    }

    /// The highest target that is proposed, in percent of the request, for pods that take so long until they are ready.
    pub fn highest_target(&self, startup: Span) -> i32 {
        let by_startup = || {
            let minutes = startup.as_millis() / 60_000;
            let of_capacity = if startup.as_millis() <= 0 {
                UNKNOWN_STARTUP_TARGET
            } else {
                (HIGHEST_TARGET - A_MINUTE * minutes.clamp(0, 100)).max(SLOW_STARTUP_TARGET)
            };
            of_capacity * i64::from(self.capacity()) / 100
        };
        let highest = self.target_percent.map_or_else(by_startup, i64::from);
        i32::try_from(highest / TARGET_STEP * TARGET_STEP).unwrap_or(i32::MAX)
    }

    /// The promise for a load that needs so many pod-minutes a day.
    pub fn promise(&self, needed_pod_minutes: f64) -> Promise {
        let unmet = || (needed_pod_minutes * UNMET_SHARE).max(LEAST_UNMET);
        Promise {
            unmet_pod_minutes: self.unmet_pod_minutes.unwrap_or_else(unmet),
            minutes_at_max: self.minutes_at_max.unwrap_or(MINUTES_AT_MAX),
            scalings: self.scalings.unwrap_or(SCALINGS),
        }
    }
}

impl Promise {
    /// A promise of this share of the unmet demand.
    #[must_use]
    pub fn with_unmet(self, share: f64) -> Self {
        Self { unmet_pod_minutes: self.unmet_pod_minutes * share, ..self }
    }

    /// The promise that these courses just keep.
    pub fn of(courses: impl IntoIterator<Item = Daily>) -> Self {
        let none = Self { unmet_pod_minutes: 0.0, minutes_at_max: 0.0, scalings: 0.0 };
        courses.into_iter().fold(none, |promise, daily| Self {
            unmet_pod_minutes: promise.unmet_pod_minutes.max(daily.unmet_pod_minutes),
            minutes_at_max: promise.minutes_at_max.max(daily.minutes_at_max),
            scalings: promise.scalings.max(daily.scalings),
        })
    }

    /// By how much a course is beyond it: 0 if it is kept, 1 if a part is twice what was promised.
    pub fn excess(&self, daily: &Daily) -> f64 {
        let over = |is: f64, limit: f64, unit: f64| {
            if is <= limit { 0.0 } else { (is - limit) / limit.max(unit) }
        };
        over(daily.unmet_pod_minutes, self.unmet_pod_minutes, LEAST_UNMET)
            + over(daily.minutes_at_max, self.minutes_at_max, 1.0)
            + over(daily.scalings, self.scalings, 1.0)
    }

    /// Whether it is kept.
    pub fn is_kept(&self, daily: &Daily) -> bool {
        self.excess(daily) <= 0.0
    }

    /// The part that is nearest to its limit, or farthest beyond: its name, what is, and the limit.
    pub fn tightest(&self, daily: &Daily) -> (&'static str, f64, f64) {
        let parts = [
            ("pod-minutes of unmet demand", daily.unmet_pod_minutes, self.unmet_pod_minutes),
            ("minutes at the maximum", daily.minutes_at_max, self.minutes_at_max),
            ("scalings", daily.scalings, self.scalings),
        ];
        let share =
            |is: f64, limit: f64| if is <= 0.0 { 0.0 } else { is / limit.max(f64::EPSILON) };
        let mut tightest = parts[0];
        for part in parts {
            if share(part.1, part.2) > share(tightest.1, tightest.2) {
                tightest = part;
            }
        }
        tightest
    }
}

/// With how many decimals it is seen that a value is beyond a limit: one, or more where that rounds the difference off.
pub fn decimals(value: f64, limit: f64) -> usize {
    let is_seen = |places: &usize| format!("{value:.places$}") != format!("{limit:.places$}");
    if value <= limit { 1 } else { (1..=3).find(is_seen).unwrap_or(3) }
}

impl Daily {
    /// Values for people and programs: at most three decimals.
    #[must_use]
    pub fn rounded(self) -> Self {
        let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
        Self {
            pod_hours: rounded(self.pod_hours),
            unmet_pod_minutes: rounded(self.unmet_pod_minutes),
            minutes_at_max: rounded(self.minutes_at_max),
            scalings: rounded(self.scalings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_without_limits_is_relative_to_the_load() {
        let promise = Limits::default().promise(14_400.0);
        assert!((promise.unmet_pod_minutes - 14.4).abs() < 1e-9);
        assert!((Limits::default().promise(10.0).unmet_pod_minutes - 1.0).abs() < 1e-9);
        let given = Limits { unmet_pod_minutes: Some(0.0), ..Limits::default() }.promise(14_400.0);
        assert!(given.unmet_pod_minutes <= 0.0);
    }

    #[test]
    fn the_slower_pods_start_the_lower_is_the_highest_target() {
        let limits = Limits::default();
        let highest = |seconds: i64| limits.highest_target(Span::from_millis(seconds * 1000));
        assert_eq!([20, 59, 60, 150, 600, 86_400].map(highest), [80, 80, 75, 70, 60, 60]);
        assert_eq!(highest(0), 70, "it is not known");
        let half = Limits { capacity_percent: Some(50), ..limits };
        assert_eq!(half.highest_target(Span::from_millis(20_000)), 40);
        let given = Limits { target_percent: Some(93), ..limits };
        assert_eq!(given.highest_target(Span::ZERO), 90);
    }

    #[test]
    fn as_many_decimals_as_show_what_is_beyond_a_limit() {
        assert_eq!(
            [(3.0, 3.1), (3.2, 3.1), (3.13, 3.1), (3.1004, 3.1)].map(|it| decimals(it.0, it.1)),
            [1, 1, 2, 3]
        );
    }

    #[test]
    fn the_excess_is_that_of_all_parts() {
        let promise = Promise { unmet_pod_minutes: 10.0, minutes_at_max: 0.0, scalings: 50.0 };
        let kept = Daily { unmet_pod_minutes: 10.0, scalings: 50.0, ..Daily::default() };
        assert!(promise.is_kept(&kept));
        let broken = Daily { unmet_pod_minutes: 20.0, minutes_at_max: 2.0, ..kept };
        assert!((promise.excess(&broken) - 3.0).abs() < 1e-9);
        assert_eq!(promise.tightest(&broken).0, "minutes at the maximum");
        assert_eq!(promise.tightest(&Daily { scalings: 49.0, ..Daily::default() }).0, "scalings");
    }
}
