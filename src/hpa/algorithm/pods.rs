//! The pods behind a per-pod metric: which of them count, and their sums.

use super::metric::Failure;
use super::rules::Settings;
use super::spec::{Metric, Target};
use super::time::{Span, Time};

/// A pod of the target, as its status tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pod {
    /// Its phase.
    pub phase: Phase,
    /// Whether it is being deleted.
    pub is_deleted: bool,
    /// When it was started on its node.
    pub started: Option<Time>,
    /// Its condition `Ready`.
    pub readiness: Option<Readiness>,
}

/// The phase of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not all containers have been started.
    Pending,
    /// Started.
    Running,
    /// All containers have ended, successfully or not.
    Finished,
    /// Its node does not answer.
    Unknown,
}

/// A pod's condition `Ready`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// Its status; `None` if it is neither true nor false.
    pub is_ready: Option<bool>,
    /// When the status last changed.
    pub since: Time,
}

/// A pod's sample of one metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// The value in thousandths.
    pub value: i64,
    /// The end of the time that it was measured over.
    pub at: Time,
    /// The length of that time.
    pub window: Span,
}

/// The pods of one metric, by what the controller makes of them, and their sums. Sums overflow as
/// the controller's do: they wrap around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PodSums {
    /// Pods whose samples count.
    pub ready: i64,
    /// The sum of their samples, in thousandths.
    pub usage: i64,
    /// The sum of their requests, in thousandths.
    pub requests: i64,
    /// Pods that are not ready: they count as using nothing, and only when scaling up.
    pub unready: i64,
    /// The sum of their requests.
    pub unready_requests: i64,
    /// Pods without a sample: when scaling up they count as using nothing, when scaling down as
    /// using `missing_usage`.
    pub missing: i64,
    /// The sum of their requests.
    pub missing_requests: i64,
    /// What they count as using when scaling down: their requests (at targets above 100 % that
    /// much more), or the target each.
    pub missing_usage: i64,
}

/// Numbers of equal pods, for loads that are spread over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PodCounts {
    /// All pods.
    pub all: i32,
    /// Those that are ready. They come first.
    pub ready: i32,
    /// Those that have been ready for a whole sample or are old: their CPU counts. They come first
    /// among the ready ones.
    pub settled: i32,
}

/// What becomes of a pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Ignored,
    Unready,
    Missing,
    Ready(i64),
}

impl Pod {
    /// Whether it counts as ready for a metric that is not measured pod by pod.
    pub fn is_running_and_ready(&self) -> bool {
        self.phase == Phase::Running && self.readiness.is_some_and(|it| it.is_ready == Some(true))
    }

    fn group(
        &self,
        sample: Option<&Sample>,
        metric: Metric,
        settings: &Settings,
        now: Time,
    ) -> Group {
        if self.is_deleted || self.phase == Phase::Finished {
            return Group::Ignored;
        }
        if self.phase == Phase::Pending {
            return Group::Unready;
        }
        let Some(sample) = sample else { return Group::Missing };
        if metric.counts_ready_pods_only() && self.is_unready_for(sample, settings, now) {
            return Group::Unready;
        }
        Group::Ready(sample.value)
    }

    /// Whether its sample is of a time when it may have been starting.
    fn is_unready_for(&self, sample: &Sample, settings: &Settings, now: Time) -> bool {
        let (Some(readiness), Some(started)) = (self.readiness, self.started) else { return true };
        let is_unready = readiness.is_ready == Some(false);
        if started.after(settings.cpu_initialization) > now {
            return is_unready || sample.at < readiness.since.after(sample.window);
        }
        // It has never been ready, if it is unready since it was started.
        is_unready && started.after(settings.initial_readiness_delay) > readiness.since
    }
}

impl PodSums {
    /// Sums over pods that are given one by one, with the sample and, for a utilization, the
    /// request of each at the same place. A pod that is missing from these lists has none.
    pub fn of(
        pods: &[Pod],
        samples: &[Option<Sample>],
        requests: &[Option<i64>],
        metric: Metric,
        settings: &Settings,
        now: Time,
    ) -> Result<Self, Failure> {
        if pods.is_empty() {
            return Err(Failure::NoPods);
        }
        let mut sums = Self::default();
        let mut without_request = None;
        for (place, pod) in pods.iter().enumerate() {
            let sample = samples.get(place).and_then(Option::as_ref);
            // Every pod needs a request, also one that is ignored.
            let request = match (metric.target, requests.get(place).copied().flatten()) {
                (Target::Utilization(_), None) => {
                    without_request = without_request.or(Some(place));
                    0
                }
                (Target::Utilization(_), Some(request)) => request,
                _ => 0,
            };
            sums.add(pod.group(sample, metric, settings, now), request, metric.target);
        }
        match without_request {
            _ if sums.ready == 0 => Err(Failure::NoSamples),
            Some(pod) => Err(Failure::NoRequest { pod: Some(pod) }),
            None => Ok(sums),
        }
    }

    /// Sums of a total that is spread evenly over the ready ones of equal pods: a whole number
    /// each, the first ones get the rest. `request` is that of each pod.
    #[inline]
    pub fn spread(total: i64, counts: PodCounts, request: i64, metric: Metric) -> Self {
        let usable = if metric.counts_ready_pods_only() { counts.settled } else { counts.ready };
        let (ready, usable) = (i64::from(counts.ready), i64::from(usable));
        let missing = i64::from(counts.all).saturating_sub(ready);
        let usage = if ready > 0 {
            let rest = total % ready;
            (total / ready).wrapping_mul(usable).wrapping_add(rest.clamp(-usable, usable))
        } else {
            0
        };
        let unready = ready.saturating_sub(usable);
        Self {
            ready: usable,
            usage,
            requests: request.wrapping_mul(usable),
            unready,
            unready_requests: request.wrapping_mul(unready),
            missing,
            missing_requests: request.wrapping_mul(missing),
            missing_usage: usage_if_missing(request, metric.target).wrapping_mul(missing),
        }
    }

    fn add(&mut self, group: Group, request: i64, target: Target) {
        match group {
            Group::Ignored => {}
            Group::Unready => {
                self.unready += 1;
                self.unready_requests = self.unready_requests.wrapping_add(request);
            }
            Group::Missing => {
                let usage = usage_if_missing(request, target);
                self.missing += 1;
                self.missing_requests = self.missing_requests.wrapping_add(request);
                self.missing_usage = self.missing_usage.wrapping_add(usage);
            }
            Group::Ready(value) => {
                self.ready += 1;
                self.usage = self.usage.wrapping_add(value);
                self.requests = self.requests.wrapping_add(request);
            }
        }
    }
}

/// What a pod without a sample counts as using when the others are below the target.
fn usage_if_missing(request: i64, target: Target) -> i64 {
    match target {
        Target::Utilization(percent) => request.wrapping_mul(i64::from(percent.max(100))) / 100,
        Target::AverageValue(value) | Target::Value(value) => value,
    }
}
