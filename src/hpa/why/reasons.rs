//! Why a metric proposes what it proposes, in a sentence.

use std::collections::BTreeSet;

use super::{Evidence, MeasuredPod, PodGroups, pods};
use crate::hpa::algorithm::{Cause, Failure, PodSums, Proposal, Proposed, approximate};
use crate::hpa::record::{Metric, TargetType};

/// Why a metric proposes what it proposes.
pub(super) fn of(metric: &Metric, proposal: &Proposal, evidence: &Evidence<'_>) -> String {
    match proposal {
        Ok(proposed) => proposed_by(metric, proposed),
        Err(failure) => failed(metric, *failure, evidence),
    }
}

/// The pods behind a proposal.
pub(super) fn groups(proposal: &Proposal) -> Option<PodGroups> {
    let sums = proposal.as_ref().ok()?.pods?;
    Some(PodGroups { ready: sums.ready, unready: sums.unready, missing: sums.missing })
}

fn proposed_by(metric: &Metric, proposed: &Proposed) -> String {
    let shown = |current| pods::shown(metric, current).current_text();
    let mut text =
        format!("{} against a target of {}", shown(proposed.current), metric.target_text());
    if proposed.cause == Cause::FromZero {
        return format!("{text}, from 0 replicas");
    }
    text = format!("{text}: {:.2} times", proposed.ratio);
    let cautious = proposed.cautious_ratio.zip(proposed.pods.as_ref());
    if let Some((ratio, counted)) =
        cautious.and_then(|(ratio, sums)| Some((ratio, counted(metric, sums, proposed.ratio)?)))
    {
        let current = shown(of_target(metric, ratio));
        text = format!("{text}; with {counted}: {current}, {ratio:.2} times");
    }
    match proposed.cause {
        Cause::WithinTolerance | Cause::WithinToleranceWithAllPods => {
            format!("{text}, within the tolerance")
        }
        Cause::OtherDirection => {
            format!("{text}, so that the other direction would follow: as many as now")
        }
        Cause::Ratio | Cause::FromZero => text,
    }
}

/// The pods that are counted beside those with a reading, and as what: `2 pods that are not ready and 1 without metrics
/// counted as 0`.
fn counted(metric: &Metric, sums: &PodSums, ratio: f64) -> Option<String> {
    let pods = |count: i64| if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") };
    let unready = || match sums.unready {
        1 => "1 pod that is not ready".to_owned(),
        count => format!("{count} pods that are not ready"),
    };
    if ratio > 1.0 {
        return match (sums.unready > 0, sums.missing) {
            (true, 1..) => {
                Some(format!("{} and {} without metrics counted as 0", unready(), sums.missing))
            }
            (true, _) => Some(format!("{} counted as 0", unready())),
            (false, 1..) => Some(format!("{} without metrics counted as 0", pods(sums.missing))),
            (false, _) => None,
        };
    }
    if ratio < 1.0 && sums.missing > 0 {
        let target = metric.target.quantity().map_or(0.0, crate::kube::Quantity::as_f64);
        let usage = match metric.target.kind {
            TargetType::Utilization if target > 100.0 => {
                format!("{} of the request", metric.target_text())
            }
            TargetType::Utilization => "100% of the request".to_owned(),
            _ => "the target".to_owned(),
        };
        return Some(format!("{} without metrics counted at {usage}", pods(sums.missing)));
    }
    None
}

/// A ratio to the target as a current value: percent, or thousandths.
fn of_target(metric: &Metric, ratio: f64) -> i64 {
    let target = metric.target.quantity();
    let target = match metric.target.kind {
        TargetType::Utilization => target.map(crate::kube::Quantity::as_f64),
        _ => target.and_then(crate::kube::Quantity::thousandths).map(|it| approximate(it, 0)),
    };
    #[expect(clippy::cast_possible_truncation, reason = "it saturates, and is only shown")]
    let current = (target.unwrap_or_default() * ratio).round() as i64;
    current
}

fn failed(metric: &Metric, failure: Failure, evidence: &Evidence<'_>) -> String {
    match failure {
        Failure::Unreadable => "the controller has no reading".to_owned(),
        Failure::NoPods => "the target has no pods".to_owned(),
        Failure::NoSamples => "no pod is ready and has metrics".to_owned(),
        Failure::NoRequest { .. } => {
            without_request(metric, evidence.pods.as_deref().unwrap_or_default())
        }
        Failure::ZeroRequests => format!("the pods' {} requests are 0", metric.name),
        Failure::InvalidTarget => "its target is not of a type that it can have".to_owned(),
        Failure::UnknownSource => "its type is not known".to_owned(),
    }
}

/// Which containers lack a request: `container istio-proxy of 4 of 4 pods has no cpu request`.
fn without_request(metric: &Metric, measured: &[MeasuredPod<'_>]) -> String {
    let lacking: Vec<_> =
        measured.iter().filter(|(pod, _)| pods::request(metric, pod).is_none()).collect();
    let (resource, of) = (&metric.name, format!("{} of {} pods", lacking.len(), measured.len()));
    let have = if lacking.len() == 1 { "has" } else { "have" };
    let containers: BTreeSet<&str> = if let Some(name) = &metric.container {
        let mut all = lacking.iter().flat_map(|(pod, _)| &pod.containers);
        if !all.any(|it| it.name == *name) {
            return format!("{of} {have} no container {name}");
        }
        BTreeSet::from([&**name])
    } else {
        let missing = lacking.iter().filter_map(|(pod, _)| pod.missing_requests.get(resource));
        missing.flatten().map(String::as_str).collect()
    };
    let names: Vec<&str> = containers.into_iter().collect();
    match names.as_slice() {
        [] => format!("{of} {have} no {resource} request"),
        [name] => format!("container {name} of {of} has no {resource} request"),
        names => format!("containers {} of {of} have no {resource} request", names.join(", ")),
    }
}
