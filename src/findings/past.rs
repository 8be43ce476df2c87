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
    /// Whether the readings are Prometheus', which has no reasons of conditions and may have no conditions.
    pub is_observed: bool,
}

/// An HPA at an earlier time.
#[derive(Clone)]
pub struct Reading {
    /// The time of the reading.
    pub at: Timestamp,
    kept: Arc<dyn Kept>,
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
        Self { at, kept }
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
