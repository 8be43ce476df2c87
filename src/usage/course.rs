//! An HPA and its target over time: for how long it was at its maximum, how often it scaled, and how much of its requests
//! its pods used.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::grid::{Grid, Line};
use super::target::TargetUsage;

/// An HPA's replicas over time. Lines have a value for each time of the grid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReplicaLines {
    /// The target's replicas.
    pub current: Line,
    /// The replicas that the controller asked for.
    pub desired: Line,
    /// minReplicas; where it is not known, it is 1: the store has none where it was not set.
    pub min: Line,
    /// maxReplicas.
    pub max: Line,
}

/// What the pods of a target use of one resource over time, and what they request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResourceLines {
    /// What they use.
    pub used: Line,
    /// What they request.
    pub requested: Line,
}

/// The replicas of an HPA in a time, where they were seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplicaSummary {
    /// At how many times they were seen.
    pub seen: usize,
    /// Of how many.
    pub of: usize,
    /// The fewest.
    pub lowest: f64,
    /// The most.
    pub highest: f64,
    /// When there were the most first.
    pub highest_at: Timestamp,
    /// How often there were more than a step before.
    pub scale_ups: usize,
    /// How often there were fewer.
    pub scale_downs: usize,
}

impl ReplicaSummary {
    /// How often it scaled; what happened while nothing was seen is not counted.
    pub fn scalings(&self) -> usize {
        self.scale_ups + self.scale_downs
    }
}

/// For how long an HPA was at its maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AtMax {
    /// The time at the maximum.
    pub time: Duration,
    /// The time for which replicas and maximum were seen, and the HPA could scale.
    pub of: Duration,
}

impl AtMax {
    /// The share of the time that was seen: 1 is all of it.
    pub fn share(&self) -> f64 {
        self.time.as_secs_f64() / self.of.as_secs_f64()
    }
}

/// What was used of the requests, each time for itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// 95 % of the times had no more: 1 is all that was requested.
    pub p95: f64,
    /// The most.
    pub highest: f64,
    /// When it was the most first.
    pub highest_at: Timestamp,
    /// At how many times both were seen.
    pub seen: usize,
    /// Of how many.
    pub of: usize,
}

/// Why a figure over time is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoFigure {
    /// There is no value of this in the whole time.
    NoSeries(&'static str),
    /// There are values, and never all that are needed at the same time.
    NeverTogether(&'static str),
    /// minReplicas and maxReplicas are the same.
    CannotScale,
    /// Two metrics of the HPA have one series.
    Ambiguous,
    /// Another reason.
    Other(String),
}

impl NoFigure {
    /// The kind, for scripts.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoSeries(_) => "noSeries",
            Self::NeverTogether(_) => "neverTogether",
            Self::CannotScale => "cannotScale",
            Self::Ambiguous => "ambiguous",
            Self::Other(_) => "other",
        }
    }
}

impl fmt::Display for NoFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSeries(what) => write!(f, "the store has no {what} in this time"),
            Self::NeverTogether(what) => write!(f, "the store never has {what} at the same time"),
            Self::CannotScale => f.write_str("minReplicas and maxReplicas are the same"),
            Self::Ambiguous => f.write_str("the store has one series for two metrics of the HPA"),
            Self::Other(why) => f.write_str(why),
        }
    }
}

/// An HPA in a time, in a few figures.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseSummary {
    /// Its replicas.
    pub replicas: Result<ReplicaSummary, NoFigure>,
    /// For how long it was at its maximum.
    pub at_max: Result<AtMax, NoFigure>,
    /// CPU of what is requested.
    pub cpu: Result<Load, NoFigure>,
    /// Memory of what is requested.
    pub memory: Result<Load, NoFigure>,
}

impl CourseSummary {
    /// Without the shares of requests that are not whole: what a pod does not request is no series of a store, and the
    /// rest of the pod's requests would be taken for all of it.
    #[must_use]
    pub fn believed(mut self, present: &TargetUsage<'_>) -> Self {
        for (resource, load) in [("cpu", &mut self.cpu), ("memory", &mut self.memory)] {
            let without = present.without_request(resource);
            if without > 0 && load.is_ok() {
                let verb = if without == 1 { "has" } else { "have" };
                let why = format!(
                    "{without} of {} pods {verb} a container without a {resource} request",
                    present.pods
                );
                *load = Err(NoFigure::Other(why));
            }
        }
        self
    }
}

impl ReplicaLines {
    /// The figures of the replicas.
    ///
    /// # Errors
    /// If none were seen.
    pub fn summary(&self, grid: &Grid) -> Result<ReplicaSummary, NoFigure> {
        let seen = || {
            let values = self.current.iter().enumerate();
            values.filter_map(|(place, value)| Some((place, (*value)?)))
        };
        let (mut highest, mut lowest) =
            seen().next().map(|first| (first, first.1)).ok_or(REPLICAS)?;
        for (place, value) in seen() {
            lowest = lowest.min(value);
            if value > highest.1 {
                highest = (place, value);
            }
        }
        // The pods of a rollout count as current: a change of the desired ones is the controller's.
        let has_desired = self.desired.iter().any(Option::is_some);
        let scaled = if has_desired { &self.desired } else { &self.current };
        let (mut scale_ups, mut scale_downs) = (0, 0);
        for pair in scaled.windows(2) {
            if let [Some(before), Some(after)] = pair {
                scale_ups += usize::from(after > before);
                scale_downs += usize::from(after < before);
            }
        }
        Ok(ReplicaSummary {
            seen: seen().count(),
            of: grid.count,
            lowest,
            highest: highest.1,
            highest_at: grid.at(highest.0),
            scale_ups,
            scale_downs,
        })
    }

    /// For how long there were as many replicas as allowed, of the time in which the HPA could scale.
    ///
    /// # Errors
    /// If replicas and maximum were not seen, or it never could scale.
    pub fn at_max(&self, grid: &Grid) -> Result<AtMax, NoFigure> {
        if self.current.iter().all(Option::is_none) {
            return Err(REPLICAS);
        }
        if self.max.iter().all(Option::is_none) {
            return Err(NoFigure::NoSeries("maxReplicas"));
        }
        let (mut at_max, mut could_scale, mut seen) = (0, 0, 0);
        for (place, (current, max)) in self.current.iter().zip(&self.max).enumerate() {
            let (Some(current), Some(max)) = (current, max) else { continue };
            let min = self.min.get(place).copied().flatten().unwrap_or(1.0);
            seen += 1;
            if min < *max {
                could_scale += 1;
                at_max += usize::from(current >= max);
            }
        }
        match (seen, could_scale) {
            (0, _) => Err(NoFigure::NeverTogether("replicas and maxReplicas")),
            (_, 0) => Err(NoFigure::CannotScale),
            _ => {
                // Each point stands for the step until the next, and both ends of the range are points.
                let length = grid.time(grid.count.saturating_sub(1).max(1));
                let time = |points| grid.time(points).min(length);
                Ok(AtMax { time: time(at_max), of: time(could_scale) })
            }
        }
    }
}

const REPLICAS: NoFigure = NoFigure::NoSeries("replicas of this HPA");

impl ResourceLines {
    /// What was used of the requests, each at its time.
    pub fn shares(&self) -> Line {
        let share = |(used, requested): (&Option<f64>, &Option<f64>)| {
            let (used, requested) = ((*used)?, (*requested)?);
            (requested > 0.0).then_some(used / requested).filter(|share| share.is_finite())
        };
        self.used.iter().zip(&self.requested).map(share).collect()
    }

    /// The figures of what was used of the requests.
    ///
    /// # Errors
    /// If usage and requests were not seen.
    pub fn load(&self, grid: &Grid) -> Result<Load, NoFigure> {
        for (line, what) in [
            (&self.used, "usage of its target's pods"),
            (&self.requested, "requests of its target's pods"),
        ] {
            if line.iter().all(Option::is_none) {
                return Err(NoFigure::NoSeries(what));
            }
        }
        let shares = self.shares();
        let highest = shares.iter().enumerate().filter_map(|(at, share)| Some((at, (*share)?)));
        let highest = highest.reduce(|a, b| if b.1 > a.1 { b } else { a });
        let mut sorted: Vec<f64> = shares.iter().copied().flatten().collect();
        sorted.sort_by(f64::total_cmp);
        match (highest, percentile(&sorted, 95)) {
            (Some((place, highest)), Some(p95)) => Ok(Load {
                p95,
                highest,
                highest_at: grid.at(place),
                seen: sorted.len(),
                of: grid.count,
            }),
            _ => Err(NoFigure::NeverTogether("usage and requests")),
        }
    }
}

/// The smallest value that so many percent do not exceed.
pub fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent.min(100)).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests;
