//! The readings of metrics from the pods themselves: what each uses, and which of them count.

use jiff::Timestamp;

use crate::hpa::algorithm::{
    self, Failure, Phase, PodSums, Readiness, Sample, Settings, Span, Time,
};
use crate::hpa::record::{Metric, MetricCurrent, MetricType, TargetType};
use crate::kube::{Pod, PodMetrics, Quantity};

/// A pod with what it uses, if that was measured.
pub type MeasuredPod<'a> = (&'a Pod, Option<&'a PodMetrics>);

/// How many pods a target has that are neither finished nor being deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PodNumbers {
    /// All of them.
    pub live: i32,
    /// Those that are ready.
    pub ready: i32,
    /// Those that are pending.
    pub pending: i32,
}

impl PodNumbers {
    /// The numbers of these pods.
    pub fn of<'a>(pods: impl IntoIterator<Item = &'a Pod>) -> Self {
        let mut numbers = Self { live: 0, ready: 0, pending: 0 };
        let live = pods.into_iter().filter(|pod| pod.deleted_at.is_none() && !pod.is_finished());
        for pod in live {
            numbers.live += 1;
            numbers.ready += i32::from(pod.ready);
            numbers.pending += i32::from(pod.phase == "Pending");
        }
        numbers
    }

    /// So many pods, all ready.
    pub(super) fn all_ready(pods: i32) -> Self {
        Self { live: pods, ready: pods, pending: 0 }
    }

    /// The pods whose samples of a metric count, and those that count as not ready; for cpu a pod has to be ready, for
    /// other metrics it has to run.
    pub(super) fn counted_for(self, metric: &Metric) -> (i64, i64) {
        let is_cpu = matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource)
            && metric.name == "cpu";
        let unready = if is_cpu { self.live - self.ready } else { self.pending };
        (i64::from(self.live - unready), i64::from(unready))
    }
}

/// The pods of a target, as the controller sees them.
pub(super) struct PodList<'a> {
    pods: &'a [MeasuredPod<'a>],
    seen: Vec<algorithm::Pod>,
}

/// Whether metrics.k8s.io has a metric.
pub(super) fn is_measured(metric: &Metric) -> bool {
    matches!(metric.kind, MetricType::Resource | MetricType::ContainerResource)
        && matches!(&*metric.name, "cpu" | "memory")
}

impl<'a> PodList<'a> {
    pub(super) fn new(pods: &'a [MeasuredPod<'a>]) -> Self {
        Self { pods, seen: pods.iter().map(|(pod, _)| seen(pod)).collect() }
    }

    /// The sums of a metric over the pods; `None` if metrics.k8s.io does not have it.
    pub(super) fn sums(
        &self,
        metric: &Metric,
        of_spec: algorithm::Metric,
        settings: &Settings,
        now: Time,
    ) -> Option<Result<PodSums, Failure>> {
        if !is_measured(metric) {
            return None;
        }
        let samples: Vec<Option<Sample>> =
            self.pods.iter().map(|(_, metrics)| sample(metric, (*metrics)?)).collect();
        let requests: Vec<Option<i64>> =
            self.pods.iter().map(|(pod, _)| request(metric, pod)).collect();
        Some(PodSums::of(&self.seen, &samples, &requests, of_spec, settings, now))
    }
}

fn time(at: Timestamp) -> Time {
    Time::from_millis(at.as_millisecond())
}

fn seen(pod: &Pod) -> algorithm::Pod {
    algorithm::Pod {
        phase: match &*pod.phase {
            "Pending" => Phase::Pending,
            "Running" => Phase::Running,
            "Succeeded" | "Failed" => Phase::Finished,
            _ => Phase::Unknown,
        },
        is_deleted: pod.deleted_at.is_some(),
        // It is started on its node soon after; until then it is pending.
        started: pod.created_at.map(time),
        readiness: pod
            .ready_since
            .map(|since| Readiness { is_ready: Some(pod.ready), since: time(since) }),
    }
}

fn sample(metric: &Metric, metrics: &PodMetrics) -> Option<Sample> {
    let of = |container: &crate::kube::ContainerMetrics| match &*metric.name {
        "cpu" => container.cpu,
        _ => container.memory,
    };
    let thousandths = |value: Option<Quantity>| value.and_then(Quantity::thousandths);
    let value = if let Some(name) = &metric.container {
        let container = metrics.containers.iter().find(|it| it.name == *name)?;
        thousandths(of(container))?
    } else {
        let add = |sum: i64, container| Some(sum.saturating_add(thousandths(of(container))?));
        metrics.containers.iter().try_fold(0, add)?
    };
    let window = metrics.window.map_or(0, |it| it.as_millis());
    Some(Sample {
        value,
        at: time(metrics.timestamp?),
        window: Span::from_millis(i64::try_from(window).unwrap_or(i64::MAX)),
    })
}

pub(super) fn request(metric: &Metric, pod: &Pod) -> Option<i64> {
    let requests = match &metric.container {
        Some(name) => &pod.containers.iter().find(|it| it.name == *name)?.requests,
        None if pod.missing_requests.contains_key(&metric.name) => return None,
        None => &pod.requests,
    };
    requests.get(&metric.name).copied().and_then(Quantity::thousandths)
}

/// The metric with a current value that the controller would show: percent, or thousandths of a unit.
pub(super) fn shown(metric: &Metric, current: i64) -> Metric {
    let value = if metric.target.kind == TargetType::Utilization {
        current.to_string()
    } else {
        Quantity::from_thousandths(current).to_string()
    };
    let current = MetricCurrent { value: Some(value), average_value: None, utilization: None };
    Metric { current: Some(current), ..metric.clone() }
}
