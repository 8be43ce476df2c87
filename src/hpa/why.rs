//! The controller's next decision, explained from what is known now: the HPA as it is, its pods and what they use, and what
//! was seen of it before.

mod pods;
mod steps;

use jiff::Timestamp;
use serde::Serialize;

use super::algorithm::{
    Cause, Controller, Decision, Failure, Grounds, PodSums, Proposal, Reading, ScaleTarget,
    Selector, Settings, Spec, Time,
};
use super::record::{Hpa, Metric, MetricCurrent, MetricType, TargetType};
pub use pods::MeasuredPod;
use pods::PodList;
use steps::{Change, Remembered};

/// What is known beside the HPA itself.
#[derive(Debug, Clone)]
pub struct Evidence<'a> {
    /// The present time.
    pub now: Timestamp,
    /// How many pods are ready; `None` if that is not known.
    pub ready_pods: Option<i32>,
    /// The pods of the target with what they use, or why that is not known.
    pub pods: Result<Vec<MeasuredPod<'a>>, String>,
    /// The HPA as it was at earlier times, the oldest first.
    pub past: Vec<(Timestamp, Hpa)>,
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
    /// The replicas now.
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
    let current = hpa.current_replicas;
    let ready = evidence.ready_pods.unwrap_or(current);
    let measured = evidence.pods.as_ref().map(|pods| PodList::new(pods)).ok();
    let (mut readings, mut origins) = (Vec::new(), Vec::new());
    for (metric, of_spec) in hpa.metrics.iter().zip(&spec.metrics) {
        let from_pods =
            measured.as_ref().and_then(|list| list.sums(metric, *of_spec, &settings, now));
        let (reading, origin) = match from_pods {
            Some(Ok(sums)) => (Reading::Sums(sums), Origin::Pods),
            Some(Err(failure)) => (Reading::Failed(failure), Origin::Pods),
            None => (reading(metric, ready, current), Origin::Status),
        };
        readings.push(reading);
        origins.push(origin);
    }
    let mut controller = Controller::new(&spec, &settings);
    let remembered = Remembered::of(&mut controller, &spec, &settings, evidence);
    let decision = controller.sync(now, &target(current, ready), &readings);
    let evaluated = matches!(decision.grounds, Grounds::Metrics { .. } | Grounds::Failed { .. });
    let proposals = if evaluated { controller.proposals() } else { &[] };
    let (winner, wanted) = match decision.grounds {
        Grounds::Metrics { winner, wanted, .. } => (winner.map(|it| it.metric), Some(wanted)),
        _ => (None, None),
    };
    let metrics = hpa.metrics.iter().zip(proposals).zip(origins).enumerate();
    let metrics = metrics
        .map(|(place, ((metric, proposal), origin))| {
            of(metric, proposal, origin, winner == Some(place))
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
        unknown: unknown(hpa, evidence, &decision, &remembered),
    }
}

fn time(at: Timestamp) -> Time {
    Time::from_millis(at.as_millisecond())
}

fn target(replicas: i32, ready: i32) -> ScaleTarget {
    ScaleTarget {
        replicas,
        status_replicas: replicas,
        pods: ready.max(replicas),
        ready_pods: ready,
        selector: Selector::Usable,
    }
}

/// A metric as the HPA's status has it.
fn reading(metric: &Metric, pods: i32, replicas: i32) -> Reading<'static> {
    let value = metric.current.as_ref().and_then(MetricCurrent::quantity);
    let Some(value) = value.and_then(crate::kube::Quantity::thousandths) else {
        return Reading::UNREADABLE;
    };
    let ready = i64::from(pods);
    match (&metric.kind, &metric.target.kind) {
        (MetricType::Object | MetricType::External, TargetType::AverageValue) => {
            Reading::Value(value.saturating_mul(i64::from(replicas)))
        }
        (MetricType::Object | MetricType::External, _) => Reading::Value(value),
        (_, TargetType::Utilization) => Reading::Sums(PodSums {
            ready,
            usage: (value / 1000).saturating_mul(ready),
            requests: ready.saturating_mul(100),
            ..PodSums::default()
        }),
        _ => Reading::Sums(PodSums {
            ready,
            usage: value.saturating_mul(ready),
            ..PodSums::default()
        }),
    }
}

fn of(metric: &Metric, proposal: &Proposal, from: Origin, decides: bool) -> MetricWhy {
    let (proposes, reason) = match proposal {
        Ok(proposed) => {
            let current = match from {
                Origin::Status => metric.current_text(),
                Origin::Pods => pods::shown(metric, proposed.current).current_text(),
            };
            let reading = format!("{current} of {}", metric.target_text());
            let reason = match proposed.cause {
                Cause::Ratio => format!("{reading} is {:.2} times the target", proposed.ratio),
                Cause::WithinTolerance | Cause::WithinToleranceWithAllPods => {
                    format!("{reading} is within the tolerance")
                }
                Cause::OtherDirection => {
                    format!(
                        "{reading}, but with the pods that are not ready the other direction would follow"
                    )
                }
                Cause::FromZero => format!("{reading} needs so many from zero"),
            };
            (Some(proposed.replicas), reason)
        }
        Err(failure) => (None, failed(*failure).to_owned()),
    };
    let sums = proposal.as_ref().ok().and_then(|it| it.pods).filter(|_| from == Origin::Pods);
    let pods = sums.map(|sums| PodGroups {
        ready: sums.ready,
        unready: sums.unready,
        missing: sums.missing,
    });
    MetricWhy { metric: metric.label(), proposes, reason, decides, from, pods }
}

fn failed(failure: Failure) -> &'static str {
    match failure {
        Failure::Unreadable => "the controller has no reading",
        Failure::NoPods | Failure::NoSamples => "no pod is ready",
        Failure::NoRequest { .. } | Failure::ZeroRequests => "the pods have no request",
        Failure::InvalidTarget => "its target is not of a type that it can have",
        Failure::UnknownSource => "its type is not known",
    }
}

fn unknown(
    hpa: &Hpa,
    evidence: &Evidence<'_>,
    decision: &Decision,
    remembered: &Remembered,
) -> Vec<String> {
    let mut unknown = Vec::new();
    if !matches!(decision.grounds, Grounds::Metrics { .. } | Grounds::Failed { .. }) {
        return unknown;
    }
    if !remembered.is_whole {
        unknown.push("all recommendations that the controller remembers".to_owned());
    }
    if hpa.behavior.is_some() && !remembered.is_whole {
        unknown.push("what was scaled within the periods of the policies".to_owned());
    }
    let is_of_pods = hpa.metrics.iter().any(pods::is_measured);
    if let (Err(why), true) = (&evidence.pods, is_of_pods) {
        unknown.push(format!("pod by pod what is used, so the HPA's status counts: {why}"));
    }
    if evidence.ready_pods.is_none() {
        unknown.push("how many pods are ready: taken to be all".to_owned());
    }
    if hpa.is_stale() {
        unknown.push("present values of the metrics: the controller's last sync failed".to_owned());
    }
    unknown
}

#[cfg(test)]
mod tests;
