//! The controller's next decision, explained from what is known now: the HPA as it is, its pods and what they use, and what
//! was seen of it before.

mod blocked;
mod pods;
mod reasons;
mod steps;
mod unknown;

use jiff::Timestamp;
use serde::Serialize;

use super::algorithm::{
    Conditions, Controller, Events, Grounds, PodSums, Reading, ScaleTarget, Selector, Settings,
    Spec, Time,
};
use super::record::{Hpa, Metric, MetricCurrent, MetricType, TargetType};
use pods::PodList;
pub use pods::{MeasuredPod, PodNumbers};
use steps::{Change, Remembered};

/// What is known beside the HPA itself.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// The present time.
    pub now: Timestamp,
    /// The target's scale.
    pub target: TargetScale,
    /// The numbers of the target's pods; `None` if they are not known.
    pub pod_numbers: Option<PodNumbers>,
    /// The pods of the target with what they use, or why that is not known.
    pub pods: Result<Vec<MeasuredPod<'a>>, String>,
    /// The HPA as it was at earlier times, the oldest first.
    pub past: Vec<(Timestamp, Hpa)>,
}

/// The scale of an HPA's target, which the controller computes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetScale {
    /// It was read.
    Known {
        /// Its `spec.replicas`.
        replicas: i32,
        /// Its `status.replicas`.
        status_replicas: i32,
    },
    /// There is no such target.
    Missing,
    /// It is not known: what the HPA's status says of it counts.
    Unknown,
}

/// What became of pods, for one metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodGroups {
    /// Their samples count.
    pub ready: i64,
    /// They are not ready, or have only just become so.
    pub unready: i64,
    /// They have no sample.
    pub missing: i64,
}

/// The next decision, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The `spec.replicas` of the target; where it could not be read, those of the HPA's status.
    pub current: i32,
    /// The replicas that the metrics want, whatever holds that back; `None` if they want nothing.
    pub wanted: Option<i32>,
    /// The earliest time at which replicas may change towards that, as far as it is known what the controller remembers.
    pub not_before: Option<Timestamp>,
    /// The time at which they may do so at the latest, if the readings stay.
    pub at_the_latest: Option<Timestamp>,
    /// What each metric proposes.
    pub metrics: Vec<MetricWhy>,
    /// What follows, a sentence each.
    pub steps: Vec<String>,
    /// What is not known, and could change the decision.
    pub unknown: Vec<String>,
}

/// What one metric proposes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricWhy {
    /// The metric.
    pub metric: String,
    /// The replicas; `None` if it proposes none.
    pub proposes: Option<i32>,
    /// Why.
    pub reason: String,
    /// Whether its proposal counts: the largest does.
    pub decides: bool,
    /// What that is from: the pods and metrics.k8s.io, or the HPA's status.
    pub from: Origin,
    /// The pods, where it is from them.
    pub pods: Option<PodGroups>,
}

/// Where a reading is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Origin {
    /// The pods one by one, and metrics.k8s.io.
    Pods,
    /// The HPA's status, as the controller last wrote it.
    Status,
}

/// Explains the next decision of an HPA.
pub fn why(hpa: &Hpa, evidence: &Evidence<'_>) -> Why {
    let spec = Spec::of(hpa);
    let settings = Settings { scale_to_zero: hpa.min_replicas == 0, ..Settings::default() };
    let now = time(evidence.now);
    let (current, existing) = match evidence.target {
        TargetScale::Known { replicas, status_replicas } => (replicas, status_replicas),
        TargetScale::Missing | TargetScale::Unknown => (hpa.current_replicas, hpa.current_replicas),
    };
    if let Some(why) = blocked::undecided(hpa, evidence.target) {
        return Why::undecided(current, why);
    }
    let numbers = evidence.pod_numbers.unwrap_or_else(|| PodNumbers::all_ready(current));
    let measured = evidence.pods.as_ref().map(|pods| PodList::new(pods)).ok();
    let (mut readings, mut origins) = (Vec::new(), Vec::new());
    for (metric, of_spec) in hpa.metrics.iter().zip(&spec.metrics) {
        let from_pods =
            measured.as_ref().and_then(|list| list.sums(metric, *of_spec, &settings, now));
        let (reading, origin) = match from_pods {
            Some(Ok(sums)) => (Reading::Sums(sums), Origin::Pods),
            Some(Err(failure)) => (Reading::Failed(failure), Origin::Pods),
            None => (reading(metric, numbers, hpa.current_replicas), Origin::Status),
        };
        readings.push(reading);
        origins.push(origin);
    }
    let mut controller = Controller::new(&spec, &settings);
    let remembered = Remembered::of(&mut controller, &spec, &settings, evidence);
    if !steps::has_scaled_within_periods(hpa, &spec, evidence.now) {
        *controller.events_mut() = Events::default();
    }
    let scaled_to_zero = blocked::scaled_to_zero(hpa);
    let mut controller =
        controller.with_conditions(Conditions { scaled_to_zero, ..Conditions::default() });
    let target = ScaleTarget {
        status_replicas: existing,
        selector: blocked::selector(hpa),
        ..target(current, numbers)
    };
    let decision = controller.sync(now, &target, &readings);
    let evaluated = matches!(decision.grounds, Grounds::Metrics { .. } | Grounds::Failed { .. });
    let proposals = if evaluated { controller.proposals() } else { &[] };
    let (winner, wanted) = match decision.grounds {
        Grounds::Metrics { winner, wanted, .. } => (winner.map(|it| it.metric), Some(wanted)),
        _ => (None, None),
    };
    let metrics = hpa.metrics.iter().zip(proposals).zip(&origins).enumerate();
    let metrics = metrics
        .map(|(place, ((metric, proposal), &from))| MetricWhy {
            metric: metric.label(),
            proposes: proposal.as_ref().ok().map(|it| it.replicas),
            reason: reasons::of(metric, proposal, evidence),
            decides: winner == Some(place),
            from,
            pods: reasons::groups(proposal).filter(|_| from == Origin::Pods),
        })
        .collect();
    let change = Change { hpa, spec: &spec, settings: &settings, decision: &decision, evidence };
    let explained = change.explain(&controller, &remembered);
    Why {
        current,
        wanted,
        not_before: explained.not_before,
        at_the_latest: explained.at_the_latest,
        metrics,
        steps: explained.steps,
        unknown: unknown::of(&change, &remembered, &origins),
    }
}

impl Why {
    /// Nothing is decided.
    fn undecided(current: i32, why: String) -> Self {
        Self {
            current,
            wanted: None,
            not_before: None,
            at_the_latest: None,
            metrics: Vec::new(),
            steps: vec![why],
            unknown: Vec::new(),
        }
    }
}

fn time(at: Timestamp) -> Time {
    Time::from_millis(at.as_millisecond())
}

fn target(replicas: i32, pods: PodNumbers) -> ScaleTarget {
    ScaleTarget {
        replicas,
        status_replicas: replicas,
        pods: pods.live.max(replicas),
        ready_pods: pods.ready,
        selector: Selector::Usable,
    }
}

/// A metric as the HPA's status has it, which the controller wrote when there were `replicas`.
fn reading(metric: &Metric, pods: PodNumbers, replicas: i32) -> Reading<'static> {
    let value = metric.current.as_ref().and_then(MetricCurrent::quantity);
    let Some(value) = value.and_then(crate::kube::Quantity::thousandths) else {
        return Reading::UNREADABLE;
    };
    let (ready, unready) = pods.counted_for(metric);
    match (&metric.kind, &metric.target.kind) {
        (MetricType::Object | MetricType::External, TargetType::AverageValue) => {
            Reading::Value(value.saturating_mul(i64::from(replicas)))
        }
        (MetricType::Object | MetricType::External, _) => Reading::Value(value),
        (_, TargetType::Utilization) => Reading::Sums(PodSums {
            ready,
            usage: (value / 1000).saturating_mul(ready),
            requests: ready.saturating_mul(100),
            unready,
            unready_requests: unready.saturating_mul(100),
            ..PodSums::default()
        }),
        _ => Reading::Sums(PodSums {
            ready,
            usage: value.saturating_mul(ready),
            unready,
            ..PodSums::default()
        }),
    }
}

#[cfg(test)]
mod tests;
