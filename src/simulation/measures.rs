//! What a course of replicas is measured by.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

/// A measure of a course of replicas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Pods times hours.
    PodHours,
    /// How long there were as many replicas as the maximum allows, in minutes.
    MinutesAtMax,
    /// The longest time at the maximum without a break, in minutes.
    LongestAtMaxMinutes,
    /// Ready pods that the load needed and that were not there, times minutes.
    UnmetPodMinutes,
    /// How long there were fewer ready pods than the load needed, in minutes.
    MinutesUnder,
    /// How long there were more ready pods than the load needed, in minutes.
    MinutesOver,
    /// How often the number of replicas was changed.
    Scalings,
    /// How often it was changed in the direction opposite to the change before.
    DirectionChanges,
    /// The most replicas.
    HighestReplicas,
    /// The fewest replicas.
    LowestReplicas,
    /// What the pods cost, where the price of a pod is given.
    Cost,
}

impl Measure {
    /// All, in the order of the output.
    pub const ALL: [Self; 11] = [
        Self::PodHours,
        Self::MinutesAtMax,
        Self::LongestAtMaxMinutes,
        Self::UnmetPodMinutes,
        Self::MinutesUnder,
        Self::MinutesOver,
        Self::Scalings,
        Self::DirectionChanges,
        Self::HighestReplicas,
        Self::LowestReplicas,
        Self::Cost,
    ];

    /// Its name in JSON and in `--fail-on`.
    pub fn name(self) -> &'static str {
        match self {
            Self::PodHours => "podHours",
            Self::MinutesAtMax => "minutesAtMax",
            Self::LongestAtMaxMinutes => "longestAtMaxMinutes",
            Self::UnmetPodMinutes => "unmetPodMinutes",
            Self::MinutesUnder => "minutesUnder",
            Self::MinutesOver => "minutesOver",
            Self::Scalings => "scalings",
            Self::DirectionChanges => "directionChanges",
            Self::HighestReplicas => "highestReplicas",
            Self::LowestReplicas => "lowestReplicas",
            Self::Cost => "cost",
        }
    }

    /// Whether only whole numbers are possible.
    pub fn is_count(self) -> bool {
        matches!(
            self,
            Self::Scalings | Self::DirectionChanges | Self::HighestReplicas | Self::LowestReplicas
        )
    }

    /// Whether a demand that was cut off makes it a least value of the course as it was: there may have been more.
    pub fn is_least_as_it_was(self) -> bool {
        matches!(self, Self::UnmetPodMinutes | Self::MinutesUnder)
    }

    /// The same of a simulated course, whose replicas follow from the demand.
    pub fn is_least_of_case(self) -> bool {
        let follows = matches!(
            self,
            Self::PodHours
                | Self::MinutesAtMax
                | Self::LongestAtMaxMinutes
                | Self::HighestReplicas
                | Self::Cost
        );
        follows || self.is_least_as_it_was()
    }
}

/// The measures of one course.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measures {
    values: [Option<f64>; Measure::ALL.len()],
    demand_share: Option<f64>,
}

impl Measures {
    /// A measure; `None` if it is not known.
    pub fn get(&self, measure: Measure) -> Option<f64> {
        self.values.get(measure as usize).copied().flatten()
    }

    /// For which share of the time it is known how many pods the load needs; `None` if no metric tells.
    pub fn demand_share(&self) -> Option<f64> {
        self.demand_share
    }

    fn set(&mut self, measure: Measure, value: Option<f64>) {
        if let Some(place) = self.values.get_mut(measure as usize) {
            *place = value;
        }
    }

    /// With the cost, at this price of a pod for an hour.
    #[must_use]
    pub fn priced(mut self, pod_hour: f64) -> Self {
        self.set(Measure::Cost, self.get(Measure::PodHours).map(|hours| hours * pod_hour));
        self
    }
}

impl Serialize for Measures {
    /// The cost only where there is one.
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for measure in Measure::ALL {
            let value = self.get(measure);
            if measure != Measure::Cost || value.is_some() {
                map.serialize_entry(measure.name(), &value.map(|it| Number::of(measure, it)))?;
            }
        }
        map.end()
    }
}

/// A measure's value as JSON: counts are whole, others have at most three decimals.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(untagged)]
pub enum Number {
    /// A whole number.
    Count(i64),
    /// Another one.
    Amount(f64),
}

impl Number {
    /// The value of a measure.
    #[expect(clippy::cast_possible_truncation, reason = "counts, of at most 2^31")]
    pub fn of(measure: Measure, value: f64) -> Self {
        if measure.is_count() {
            Self::Count(value as i64)
        } else {
            Self::Amount((value * 1000.0).round() / 1000.0)
        }
    }
}

/// Measures a course, interval by interval.
#[derive(Debug, Clone)]
pub struct Meter {
    max_replicas: i32,
    /// Whether there is a metric that tells how many pods the load needs.
    has_demand: bool,
    millis: u64,
    /// For how long the demand was known.
    known_demand: u64,
    pod_millis: u128,
    at_max: u64,
    at_max_now: u64,
    longest_at_max: u64,
    unmet_pod_millis: u128,
    under: u64,
    over: u64,
    scalings: u32,
    direction_changes: u32,
    /// The last change: whether it was an increase.
    was_up: Option<bool>,
    bounds: Option<(i32, i32)>,
}

/// What was from one sync to the next.
#[derive(Debug, Clone, Copy)]
pub struct Interval {
    /// Replicas before the sync.
    pub before: i32,
    /// Replicas after it.
    pub replicas: i32,
    /// Ready pods.
    pub ready: Ready,
    /// Pods that the load needs; `None` if that is not known.
    pub demand: Option<i32>,
}

/// The ready pods of an interval, whose number changes once at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    /// At first.
    pub first: i32,
    /// For how many milliseconds that is so.
    pub lasts: u64,
    /// From then on.
    pub then: i32,
}

impl Ready {
    /// As many all the time.
    pub fn always(pods: i32) -> Self {
        Self { first: pods, lasts: 0, then: pods }
    }

    /// How many there are for how long, in an interval of so many milliseconds.
    #[inline]
    pub fn parts(self, millis: u64) -> [(i32, u64); 2] {
        let lasts = self.lasts.min(millis);
        [(self.first, lasts), (self.then, millis - lasts)]
    }
}

impl Meter {
    /// For a course under this maximum.
    pub fn new(max_replicas: i32, has_demand: bool) -> Self {
        Self {
            max_replicas,
            has_demand,
            millis: 0,
            known_demand: 0,
            pod_millis: 0,
            at_max: 0,
            at_max_now: 0,
            longest_at_max: 0,
            unmet_pod_millis: 0,
            under: 0,
            over: 0,
            scalings: 0,
            direction_changes: 0,
            was_up: None,
            bounds: None,
        }
    }

    /// The next interval, of so many milliseconds.
    #[inline]
    pub fn add(&mut self, interval: Interval, millis: u64) {
        let Interval { before, replicas, ready, demand } = interval;
        self.millis += millis;
        self.pod_millis += u128::from(replicas.max(0).unsigned_abs()) * u128::from(millis);
        if replicas >= self.max_replicas {
            self.at_max += millis;
            self.at_max_now += millis;
            self.longest_at_max = self.longest_at_max.max(self.at_max_now);
        } else {
            self.at_max_now = 0;
        }
        if let Some(demand) = demand {
            self.known_demand += millis;
            for (ready, millis) in ready.parts(millis) {
                let unmet = i64::from(demand) - i64::from(ready);
                if unmet > 0 {
                    self.unmet_pod_millis += u128::from(unmet.unsigned_abs()) * u128::from(millis);
                    self.under += millis;
                } else if unmet < 0 {
                    self.over += millis;
                }
            }
        }
        if replicas != before {
            let is_up = replicas > before;
            self.scalings += 1;
            self.direction_changes += u32::from(self.was_up.is_some_and(|was_up| was_up != is_up));
            self.was_up = Some(is_up);
        }
        let (lowest, highest) = self.bounds.unwrap_or((replicas, replicas));
        self.bounds = Some((lowest.min(replicas), highest.max(replicas)));
    }

    /// What was measured.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub fn measures(&self) -> Measures {
        const MINUTE: f64 = 60_000.0;
        let share = self.known_demand as f64 / self.millis.max(1) as f64;
        let mut measures =
            Measures { demand_share: self.has_demand.then_some(share), ..Measures::default() };
        let minutes = |millis: u64| millis as f64 / MINUTE;
        // What is known of less than half of the time would pass for a measure of all of it.
        let is_known = self.has_demand && self.known_demand >= self.millis.div_ceil(2);
        let of_demand = |value: f64| is_known.then_some(value);
        let bounds = self.bounds.unwrap_or_default();
        for (measure, value) in [
            (Measure::PodHours, Some(self.pod_millis as f64 / (60.0 * MINUTE))),
            (Measure::MinutesAtMax, Some(minutes(self.at_max))),
            (Measure::LongestAtMaxMinutes, Some(minutes(self.longest_at_max))),
            (Measure::UnmetPodMinutes, of_demand(self.unmet_pod_millis as f64 / MINUTE)),
            (Measure::MinutesUnder, of_demand(minutes(self.under))),
            (Measure::MinutesOver, of_demand(minutes(self.over))),
            (Measure::Scalings, Some(f64::from(self.scalings))),
            (Measure::DirectionChanges, Some(f64::from(self.direction_changes))),
            (Measure::HighestReplicas, Some(f64::from(bounds.1))),
            (Measure::LowestReplicas, Some(f64::from(bounds.0))),
        ] {
            measures.set(measure, value);
        }
        measures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_measured() {
        let mut meter = Meter::new(5, true);
        let minute = 60_000;
        for (before, replicas, ready, demand) in [
            (2, 2, 2, Some(2)),
            (2, 5, 2, Some(4)),
            (5, 5, 5, Some(7)),
            (5, 3, 5, None),
            (3, 5, 3, Some(3)),
            (5, 4, 5, Some(3)),
        ] {
            let ready = Ready::always(ready);
            meter.add(Interval { before, replicas, ready, demand }, minute);
        }
        let json = serde_json::to_value(meter.measures().priced(0.5)).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "podHours": 0.4, "minutesAtMax": 3.0, "longestAtMaxMinutes": 2.0, "unmetPodMinutes": 4.0,
                "minutesUnder": 2.0, "minutesOver": 1.0, "scalings": 4, "directionChanges": 3,
                "highestReplicas": 5, "lowestReplicas": 2, "cost": 0.2,
            })
        );
    }

    #[test]
    fn pods_count_from_the_moment_at_which_they_are_ready() {
        let mut meter = Meter::new(9, true);
        let ready = Ready { first: 2, lasts: 15_000, then: 5 };
        meter.add(Interval { before: 2, replicas: 5, ready, demand: Some(4) }, 60_000);
        let measures = meter.measures();
        let of_demand = [Measure::UnmetPodMinutes, Measure::MinutesUnder, Measure::MinutesOver];
        assert_eq!(of_demand.map(|it| measures.get(it)), [Some(0.5), Some(0.25), Some(0.75)]);
    }

    #[test]
    fn the_demand_of_less_than_half_of_the_time_is_not_enough() {
        let unmet = |unknown: u64| {
            let mut meter = Meter::new(9, true);
            for (demand, minutes) in [(Some(3), 10), (None, unknown)] {
                let ready = Ready::always(2);
                meter.add(Interval { before: 2, replicas: 2, ready, demand }, minutes * 60_000);
            }
            meter.measures().get(Measure::UnmetPodMinutes)
        };
        assert_eq!([unmet(0), unmet(10), unmet(11)], [Some(10.0), Some(10.0), None]);
    }

    #[test]
    fn what_no_metric_tells_is_not_known() {
        let mut meter = Meter::new(i32::MAX, false);
        meter.add(
            Interval {
                before: i32::MAX,
                replicas: i32::MAX,
                ready: Ready::always(0),
                demand: None,
            },
            u64::MAX / 4,
        );
        let measures = meter.measures();
        assert_eq!(measures.get(Measure::UnmetPodMinutes), None);
        assert!(measures.get(Measure::PodHours).unwrap() > 0.0);
        assert_eq!(measures.get(Measure::Cost), None);
    }
}
