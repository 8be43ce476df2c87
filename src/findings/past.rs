//! The earlier readings of an HPA.

use std::fmt;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::hpa::Hpa;
use crate::kube::Resources;

/// Readings younger than this always count.
const LATE: SignedDuration = SignedDuration::from_hours(1);
/// At least this many readings are kept, even if they are older.
const FEW: usize = 8;
/// Nothing older is used: three times the longest gap that joins readings, because a finding may
/// need three readings in a row and the one before them.
pub const SPARSE: SignedDuration = SignedDuration::from_hours(6);
/// Readings at most so far apart are dense enough for every rule: 7 of them are needed within 5 minutes.
const DENSE: SignedDuration = SignedDuration::from_secs(50);
/// How old what Prometheus has of a moment may be: until its next scrape it has what was before.
const LAG: SignedDuration = SignedDuration::from_mins(1);
/// How far back changes of the configuration are searched for.
pub const CONFIGURED: SignedDuration = SignedDuration::from_hours(24);

/// The earlier readings of one HPA (same uid), without the present one.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Recent readings, oldest first: those of the last hour and one before it; if there are few,
    /// the last 8, but none older than [`SPARSE`]. Snapshots in which the cluster could not be read
    /// are missing.
    pub readings: Vec<Reading>,
    /// The HPA's configurations within [`CONFIGURED`], oldest first, as HPAs whose status has no
    /// meaning.
    pub specs: Vec<Stretch<Arc<Hpa>>>,
    /// The target's requests and limits in that time, where they were read. Replicas are omitted.
    pub targets: Vec<Stretch<PastTarget>>,
}

/// An HPA at an earlier time.
#[derive(Clone)]
pub struct Reading {
    /// The time of the reading.
    pub at: Timestamp,
    /// Where it comes from.
    pub origin: Origin,
    kept: Arc<dyn Kept>,
}

/// Where a reading comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A snapshot.
    Snapshot,
    /// Prometheus, which has no reasons of conditions and may have no conditions.
    Prometheus,
}

/// A stored reading in any form. It is decoded when a rule needs it.
pub trait Kept: Send + Sync {
    /// The HPA at that time.
    fn hpa(&self) -> Hpa;
    /// The stored data about its target, if the target was read.
    fn target(&self) -> Option<PastTarget>;
}

/// Consecutive readings with the same value.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch<T> {
    /// The time of the first reading.
    pub from: Timestamp,
    /// The time of the last reading.
    pub until: Timestamp,
    /// The value.
    pub what: T,
}

/// The stored data about a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PastTarget {
    /// `spec.replicas`.
    pub replicas: Option<i32>,
    /// Ready pods.
    pub ready: Option<i32>,
    /// The requests of one pod, by resource.
    pub requests: Resources,
    /// The limits of one pod, by resource.
    pub limits: Resources,
}

impl Past {
    /// Whether another source can add nothing that a rule needs: the readings reach back as far as they are kept, or to
    /// the HPA's creation, and are dense.
    pub fn is_whole(&self, created: Option<Timestamp>, now: Timestamp) -> bool {
        let from = now.checked_sub(LATE).unwrap_or(Timestamp::MIN);
        let from = from.max(created.unwrap_or(Timestamp::MIN));
        let times = || self.readings.iter().map(|reading| reading.at).chain([now]);
        let is_dense = |(one, next): (Timestamp, Timestamp)| next.duration_since(one) <= DENSE;
        let is_early = |first: &Reading| is_dense((from, first.at));
        self.readings.first().is_some_and(is_early) && times().zip(times().skip(1)).all(is_dense)
    }

    /// Adds what Prometheus has. Snapshots win for what they saw: what Prometheus has of the minute after one may be
    /// older than it, and counts only where it has as many replicas.
    pub fn merge(&mut self, observed: Self) {
        let snapshots = self.readings.clone();
        let may_be_older = |reading: &Reading| {
            let after = snapshots.partition_point(|snapshot| snapshot.at <= reading.at);
            let last = after.checked_sub(1).and_then(|last| snapshots.get(last));
            last.filter(|last| reading.at.duration_since(last.at) < LAG)
                .is_some_and(|last| last.hpa().current_replicas != reading.hpa().current_replicas)
        };
        self.readings.extend(observed.readings.into_iter().filter(|it| !may_be_older(it)));
        self.readings.sort_by_key(|reading| reading.at);
    }

    /// Whether any reading comes from there.
    pub fn has(&self, origin: Origin) -> bool {
        self.readings.iter().any(|reading| reading.origin == origin)
    }

    /// Drops readings that no rule uses at `now`.
    pub fn forget(&mut self, now: Timestamp) {
        let times = self.readings.iter().rev().map(|reading| reading.at);
        let kept = reach(times, now);
        self.readings.drain(..self.readings.len().saturating_sub(kept));
        let since = now.checked_sub(CONFIGURED).unwrap_or(Timestamp::MIN);
        self.specs.retain(|stretch| stretch.until >= since);
        self.targets.retain(|stretch| stretch.until >= since);
    }
}

/// How many readings a rule may use at `now`. `times` are those of the readings, newest first.
pub fn reach(times: impl IntoIterator<Item = Timestamp>, now: Timestamp) -> usize {
    let mut kept = 0;
    for at in times {
        let age = now.duration_since(at);
        if age > SPARSE {
            break;
        }
        kept += 1;
        if age > LATE && kept >= FEW {
            break;
        }
    }
    kept
}

impl<T> Stretch<T> {
    /// Creates a stretch of one reading.
    pub fn new(at: Timestamp, what: T) -> Self {
        Self { from: at, until: at, what }
    }
}

impl Reading {
    /// Creates a reading of that time.
    pub fn new(at: Timestamp, kept: Arc<dyn Kept>) -> Self {
        Self { at, origin: Origin::Snapshot, kept }
    }

    /// The same, of Prometheus.
    #[must_use]
    pub fn observed(self) -> Self {
        Self { origin: Origin::Prometheus, ..self }
    }

    /// The HPA at that time.
    pub fn hpa(&self) -> Hpa {
        self.kept.hpa()
    }

    /// The stored data about its target, if the target was read.
    pub fn target(&self) -> Option<PastTarget> {
        self.kept.target()
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("at", &self.at)
            .field("hpa", &self.hpa())
            .finish_non_exhaustive()
    }
}

/// A complete reading, not encoded.
impl Kept for (Hpa, Option<PastTarget>) {
    fn hpa(&self) -> Hpa {
        self.0.clone()
    }

    fn target(&self) -> Option<PastTarget> {
        self.1.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::now;
    use super::*;

    fn kept(every: i64, count: i64) -> usize {
        let times = (1..=count).map(|n| now() - SignedDuration::from_secs(n * every));
        reach(times, now())
    }

    fn hpa(replicas: i32) -> Hpa {
        let json = format!(
            r#"{{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{{"name":"web"}},
            "spec":{{"maxReplicas":9}},"status":{{"currentReplicas":{replicas}}}}}"#
        );
        let name = Arc::from("c");
        crate::hpa::parse_one(&name, &name, json.as_bytes()).unwrap()
    }

    /// Readings so many seconds ago, the oldest first, with their replicas.
    fn past(readings: &[(i64, i32)]) -> Past {
        let reading = |&(ago, replicas): &(i64, i32)| {
            Reading::new(now() - SignedDuration::from_secs(ago), Arc::new((hpa(replicas), None)))
        };
        Past { readings: readings.iter().map(reading).collect(), ..Past::default() }
    }

    #[test]
    fn nothing_can_be_added_to_readings_that_are_dense_and_reach_back() {
        let every = |seconds: i64, until: i64| -> Past {
            past(&(1..=until / seconds).rev().map(|n| (n * seconds, 3)).collect::<Vec<_>>())
        };
        let is_whole = |past: &Past| past.is_whole(None, now());
        assert!(is_whole(&every(30, 3600)));
        assert!(!is_whole(&every(30, 3000)), "ten minutes are not there");
        assert!(!is_whole(&every(60, 3600)), "too far apart for flapping");
        assert!(!is_whole(&Past::default()));
        let mut old = every(30, 3600);
        old.readings.truncate(100);
        assert!(!is_whole(&old), "the last minutes are not there");
        let created = Some(now() - SignedDuration::from_secs(600));
        assert!(every(30, 590).is_whole(created, now()), "there was no HPA before");
        assert!(!every(30, 400).is_whole(created, now()));
    }

    #[test]
    fn snapshots_win_for_what_they_saw() {
        let mut merged = past(&[(300, 5), (100, 6)]);
        let mut observed =
            past(&[(400, 4), (330, 4), (270, 4), (250, 5), (200, 7), (70, 6), (30, 6)]);
        for reading in &mut observed.readings {
            *reading = reading.clone().observed();
        }
        merged.merge(observed);
        let seen = |reading: &Reading| {
            let ago = now().duration_since(reading.at).as_secs();
            (ago, reading.hpa().current_replicas, reading.origin == Origin::Snapshot)
        };
        let expected = [
            (400, 4, false),
            (330, 4, false),
            (300, 5, true),
            // What was still 4 in the Prometheus of 270 s ago had been scraped before.
            (250, 5, false),
            (200, 7, false),
            (100, 6, true),
            (70, 6, false),
            (30, 6, false),
        ];
        assert_eq!(merged.readings.iter().map(seen).collect::<Vec<_>>(), expected);
        assert!(merged.has(Origin::Prometheus) && merged.has(Origin::Snapshot));
    }

    #[test]
    fn as_far_back_as_is_needed() {
        assert_eq!(kept(30, 3), 3, "there are no more");
        assert_eq!(kept(30, 500), 121, "an hour, and the one before it");
        assert_eq!(kept(300, 500), 13);
        assert_eq!(kept(1800, 500), 8, "the last few");
        assert_eq!(kept(3600, 500), 6, "those of six hours");
        assert_eq!(kept(7200, 500), 3);
        assert_eq!(kept(86_400, 500), 0);
    }
}
