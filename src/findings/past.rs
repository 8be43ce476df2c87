//! What is known of an HPA from before.

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

/// The earlier readings of one HPA (same uid), the present one not among them.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Those of late, oldest first: of the last hour with one before, and where they are sparse the
    /// last 8, but none that is older than [`SPARSE`]. A snapshot in which its cluster could not be
    /// read has none.
    pub readings: Vec<Reading>,
    /// How it was configured during the time [`CONFIGURED`], oldest first: an HPA of which the
    /// status counts for nothing.
    pub specs: Vec<Stretch<Arc<Hpa>>>,
    /// What its target requested and might use meanwhile, where that was read: the replicas are
    /// left out.
    pub targets: Vec<Stretch<PastTarget>>,
}

/// One HPA at one moment of the past.
#[derive(Clone)]
pub struct Reading {
    /// When.
    pub at: Timestamp,
    kept: Arc<dyn Kept>,
}

/// What is kept of a reading, in whatever form: it is put together where a finding looks at it.
pub trait Kept: Send + Sync {
    /// The HPA as it was then.
    fn hpa(&self) -> Hpa;
    /// What of its target was kept, where that was read.
    fn target(&self) -> Option<PastTarget>;
}

/// Readings in a row that say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch<T> {
    /// The first of them.
    pub from: Timestamp,
    /// The last of them.
    pub until: Timestamp,
    /// What they say.
    pub what: T,
}

/// What is kept of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PastTarget {
    /// `spec.replicas`.
    pub replicas: Option<i32>,
    /// Ready pods.
    pub ready: Option<i32>,
    /// What one pod requests, by resource.
    pub requests: Resources,
    /// What one pod may use, by resource.
    pub limits: Resources,
}

impl Past {
    /// Leaves out what no finding looks at `now`.
    pub fn forget(&mut self, now: Timestamp) {
        let times = self.readings.iter().rev().map(|reading| reading.at);
        let kept = reach(times, now);
        self.readings.drain(..self.readings.len().saturating_sub(kept));
        let since = now.checked_sub(CONFIGURED).unwrap_or(Timestamp::MIN);
        self.specs.retain(|stretch| stretch.until >= since);
        self.targets.retain(|stretch| stretch.until >= since);
    }
}

/// How many of the readings of those times, newest first, a finding may look at `now`.
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
    /// Of one reading.
    pub fn new(at: Timestamp, what: T) -> Self {
        Self { from: at, until: at, what }
    }
}

impl Reading {
    /// One of that time.
    pub fn new(at: Timestamp, kept: Arc<dyn Kept>) -> Self {
        Self { at, kept }
    }

    /// The HPA as it was then.
    pub fn hpa(&self) -> Hpa {
        self.kept.hpa()
    }

    /// What of its target was kept, where that was read.
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

/// Whole, as it was read.
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
