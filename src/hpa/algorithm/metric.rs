//! What one metric proposes.

use std::cmp::Ordering;

use super::arithmetic::{ceiling, float, low_bits};
use super::pods::{Pod, PodSums, Sample};
use super::rules::{Settings, Tolerated};
use super::spec::{Metric, Source, Target};
use super::target::ScaleTarget;
use super::time::Time;

/// A reading of one metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading<'a> {
    /// There is none.
    Failed(Failure),
    /// Pod by pod, for a per-pod metric: see [`PodSums::of`].
    Pods {
        /// The pods of the target.
        pods: &'a [Pod],
        /// The sample of each.
        samples: &'a [Option<Sample>],
        /// The request of each in thousandths, for a utilization.
        requests: &'a [Option<i64>],
    },
    /// The sums of a per-pod metric.
    Sums(PodSums),
    /// The value of an Object or External metric, in thousandths.
    Value(i64),
    /// The values of an External metric that is several series, in thousandths.
    Values(&'a [i64]),
}

impl Reading<'_> {
    /// It could not be read.
    pub const UNREADABLE: Self = Self::Failed(Failure::Unreadable);

    /// Why there is no number in it.
    fn failure(&self) -> Failure {
        if let Self::Failed(failure) = self { *failure } else { Failure::Unreadable }
    }
}

/// What a metric proposes, or why it proposes nothing.
pub type Proposal = Result<Proposed, Failure>;

/// The number of replicas that a metric proposes, and how it came about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposed {
    /// The number.
    pub replicas: i32,
    /// What the controller shows as the current value, in the target's terms: percent, or
    /// thousandths.
    pub current: i64,
    /// Current value over target, before missing and unready pods are counted.
    pub ratio: f64,
    /// The ratio with missing and unready pods, if there are any that count.
    pub cautious_ratio: Option<f64>,
    /// Why it is this number.
    pub cause: Cause,
    /// The pods, for a per-pod metric.
    pub pods: Option<PodSums>,
}

/// Why a metric proposes a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The ratio is outside of the tolerance: so many are needed.
    Ratio,
    /// The ratio is within the tolerance: as many as now.
    WithinTolerance,
    /// With missing and unready pods the ratio is within the tolerance: as many as now.
    WithinToleranceWithAllPods,
    /// With missing and unready pods the other direction would follow: as many as now.
    OtherDirection,
    /// There are no replicas: the value alone counts.
    FromZero,
}

/// Why a metric proposes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It could not be read, or what was read is not of its kind.
    Unreadable,
    /// The target has no pods.
    NoPods,
    /// No pod that counts has a sample.
    NoSamples,
    /// A pod has no request; which one, where pods are given one by one.
    NoRequest {
        /// Its place in the list.
        pod: Option<usize>,
    },
    /// The requests add up to zero.
    ZeroRequests,
    /// Its target is not of a type that its source has.
    InvalidTarget,
    /// Its source is unknown.
    UnknownSource,
}

/// What metrics are evaluated with.
#[derive(Clone, Copy)]
pub(super) struct Circumstances<'a> {
    pub(super) now: Time,
    pub(super) target: &'a ScaleTarget,
    pub(super) tolerated: Tolerated,
    pub(super) settings: &'a Settings,
}

/// What a metric proposes.
#[inline]
pub(super) fn propose(metric: Metric, reading: &Reading<'_>, with: Circumstances<'_>) -> Proposal {
    match (metric.source, metric.target) {
        (Source::Unknown, _) => Err(Failure::UnknownSource),
        (Source::Object | Source::External, Target::Value(target)) => {
            of_value(total(reading, Overflow::OfSum)?, target, with)
        }
        (Source::Object, Target::AverageValue(target)) => {
            let total = total(reading, Overflow::OfSum)?;
            Ok(of_average(total, target, ceiling, with))
        }
        (Source::External, Target::AverageValue(target)) => {
            let total = total(reading, Overflow::IfNegative)?;
            Ok(of_average(total, target, ceiling_up_to_max, with))
        }
        (Source::Pods, Target::AverageValue(_))
        | (
            Source::Resource(_) | Source::ContainerResource(_),
            Target::AverageValue(_) | Target::Utilization(_),
        ) => {
            let sums = match reading {
                Reading::Sums(sums) => *sums,
                Reading::Pods { pods, samples, requests } => {
                    PodSums::of(pods, samples, requests, metric, with.settings, with.now)?
                }
                other => return Err(other.failure()),
            };
            of_pods(&sums, metric.target, with)
        }
        _ => Err(Failure::InvalidTarget),
    }
}

/// A ratio of usage to target.
struct Ratio {
    value: f64,
    current: i64,
}

impl Ratio {
    #[inline]
    fn of(usage: i64, requests: i64, pods: i64, target: Target) -> Result<Self, Failure> {
        match target {
            Target::Utilization(percent) => {
                if requests == 0 {
                    return Err(Failure::ZeroRequests);
                }
                let current = low_bits(usage.wrapping_mul(100).wrapping_div(requests));
                let value = f64::from(current) / f64::from(percent);
                Ok(Self { value, current: i64::from(current) })
            }
            Target::AverageValue(target) | Target::Value(target) => {
                let current = usage.checked_div(pods).ok_or(Failure::NoSamples)?;
                Ok(Self { value: float(current) / float(target), current })
            }
        }
    }
}

#[inline]
fn of_pods(sums: &PodSums, target: Target, with: Circumstances<'_>) -> Proposal {
    if sums.ready <= 0 {
        return Err(Failure::NoSamples);
    }
    let now = with.target.replicas;
    let ratio = Ratio::of(sums.usage, sums.requests, sums.ready, target)?;
    let proposed = |replicas, cautious_ratio, cause| Proposed {
        replicas,
        current: ratio.current,
        ratio: ratio.value,
        cautious_ratio,
        cause,
        pods: Some(*sums),
    };
    let counts_unready = sums.unready > 0 && ratio.value > 1.0;
    if !counts_unready && sums.missing <= 0 {
        if with.tolerated.contains(ratio.value) {
            return Ok(proposed(now, None, Cause::WithinTolerance));
        }
        let needed = ceiling(ratio.value * float(sums.ready));
        return Ok(proposed(needed, None, Cause::Ratio));
    }

    let (mut usage, mut requests, mut samples) = (sums.usage, sums.requests, sums.ready);
    if sums.missing > 0 {
        let with_missing = |requests: i64, samples: i64| {
            (requests.wrapping_add(sums.missing_requests), samples.saturating_add(sums.missing))
        };
        match ratio.value.partial_cmp(&1.0) {
            Some(Ordering::Less) => {
                (requests, samples) = with_missing(requests, samples);
                usage = usage.wrapping_add(sums.missing_usage);
            }
            Some(Ordering::Greater) => (requests, samples) = with_missing(requests, samples),
            // At exactly the target they are left out.
            Some(Ordering::Equal) | None => {}
        }
    }
    if counts_unready {
        requests = requests.wrapping_add(sums.unready_requests);
        samples = samples.saturating_add(sums.unready);
    }
    let cautious = Ratio::of(usage, requests, samples, target)?.value;
    let proposed = |replicas, cause| Ok(proposed(replicas, Some(cautious), cause));
    if with.tolerated.contains(cautious) {
        return proposed(now, Cause::WithinToleranceWithAllPods);
    }
    if (ratio.value < 1.0 && cautious > 1.0) || (ratio.value > 1.0 && cautious < 1.0) {
        return proposed(now, Cause::OtherDirection);
    }
    let needed = ceiling(cautious * float(samples));
    if (cautious < 1.0 && needed > now) || (cautious > 1.0 && needed < now) {
        return proposed(now, Cause::OtherDirection);
    }
    proposed(needed, Cause::Ratio)
}

fn of_value(total: i64, target: i64, with: Circumstances<'_>) -> Proposal {
    let ratio = float(total) / float(target);
    let now = with.target.replicas;
    let (replicas, cause) = if now == 0 {
        (ceiling(ratio), Cause::FromZero)
    } else if with.tolerated.contains(ratio) {
        (now, Cause::WithinTolerance)
    } else if with.target.pods == 0 {
        return Err(Failure::NoPods);
    } else {
        let needed = ratio * f64::from(with.target.ready_pods);
        let is_beyond = needed > f64::from(i32::MAX);
        (if is_beyond { i32::MAX } else { ceiling(needed) }, Cause::Ratio)
    };
    Ok(Proposed { replicas, current: total, ratio, cautious_ratio: None, cause, pods: None })
}

fn of_average(
    total: i64,
    target: i64,
    rounded: fn(f64) -> i32,
    with: Circumstances<'_>,
) -> Proposed {
    let now = with.target.status_replicas;
    let ratio = float(total) / (float(target) * f64::from(now));
    let (replicas, cause) = if with.tolerated.contains(ratio) {
        (now, Cause::WithinTolerance)
    } else {
        (rounded(float(total) / float(target)), Cause::Ratio)
    };
    let current = per_pod(total, now);
    Proposed { replicas, current, ratio, cautious_ratio: None, cause, pods: None }
}

fn ceiling_up_to_max(number: f64) -> i32 {
    if number.ceil() > f64::from(i32::MAX) { i32::MAX } else { ceiling(number) }
}

/// The average that is shown, rounded up; a sum that has overflowed stays what it is.
fn per_pod(total: i64, pods: i32) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "it saturates, and is only shown")]
    match pods {
        _ if float(total) >= float(i64::MAX) => i64::MAX,
        0 => 0,
        _ => (float(total) / f64::from(pods)).ceil() as i64,
    }
}

/// What the controller takes for an overflow, after which the sum is the largest integer.
#[derive(Clone, Copy, PartialEq)]
enum Overflow {
    /// A sum that overflows upwards.
    OfSum,
    /// A negative sum, also one of negative values.
    IfNegative,
}

/// The sum of a metric's values.
fn total(reading: &Reading<'_>, overflow: Overflow) -> Result<i64, Failure> {
    let values = match reading {
        Reading::Value(value) => std::slice::from_ref(value),
        Reading::Values(values) if !values.is_empty() => values,
        other => return Err(other.failure()),
    };
    let mut sum: i64 = 0;
    for &value in values {
        let next = sum.wrapping_add(value);
        let is_over = match overflow {
            Overflow::OfSum => value > 0 && sum > i64::MAX.wrapping_sub(value),
            Overflow::IfNegative => next < 0,
        };
        if is_over {
            return Ok(i64::MAX);
        }
        sum = next;
    }
    Ok(sum)
}
