//! Rules about whether the controller has its metrics.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};

use super::super::finding::{Severity, Verdict, Violation};
use super::super::rule::{Need, Rule};
use super::super::streak::span;
use super::super::subject::Subject;
use super::super::unknown::Unknown;
use super::{cause, limits, requests, some};
use crate::hpa::{Metric, conditions, explain_condition, reasons};
use crate::kube::Condition;

/// The controller's reasons for failing metrics of pods.
const OF_PODS: [&str; 3] = [
    reasons::FAILED_GET_RESOURCE_METRIC,
    reasons::FAILED_GET_CONTAINER_RESOURCE_METRIC,
    reasons::FAILED_GET_PODS_METRIC,
];
/// How long a new HPA may have no metrics: its pods have to start and be measured.
const UNMEASURED: SignedDuration = SignedDuration::from_mins(5);

pub(in super::super) const METRICS_UNAVAILABLE: Rule = Rule {
    id: "metrics-unavailable",
    severity: Severity::Error,
    title: "no metrics to scale by",
    condition: "ScalingActive is False: no metric has a reading, or one has none and the others would scale down (FailedGet…), or the metrics cannot be understood; a warning while the HPA, or every pod of its target, is under 5 minutes old, or the target is being deleted.",
    action: "check that metrics-server, or the adapter that serves the metric, runs and knows the target's pods (kubectl top pods)",
    explain: "\
The controller comes to no replica count and leaves the replicas as they are: no metric has a usable reading, or \
some have none while the rest would scale down, which it does not trust. With a metric that wants more \
replicas it would still scale up. What the HPA's status says of metrics and desired replicas is then old; the \
message names the metrics without a reading where others have one.

It is raised where ScalingActive is False, except for the reasons that have findings of their own \
(ScalingDisabled: scaled-to-zero; AmbiguousSelector: duplicate-target). The reason tells which kind of \
metric fails: FailedGetResourceMetric and FailedGetContainerResourceMetric come from metrics-server, \
FailedGetPodsMetric, FailedGetObjectMetric and FailedGetExternalMetric from an adapter. A new HPA or \
a new rollout needs a few minutes until its pods are measured: until then it is a warning, and while the \
target is being deleted.

It is left out where its cause is known: missing-requests, container-missing, or pods that do not run \
(crash-oom, unschedulable, not-ready, rollout-stuck, rollout-paused) where no pod is ready.",
    needs: &[],
    uses: &[Need::Target, Need::Pods],
    check: metrics_unavailable,
};

fn inactive<'a>(subject: &Subject<'a>) -> Option<&'a Condition> {
    subject.condition(conditions::SCALING_ACTIVE, false).filter(|condition| {
        condition.reason != reasons::SCALING_DISABLED
            && condition.reason != reasons::AMBIGUOUS_SELECTOR
    })
}

fn metrics_unavailable(subject: &Subject<'_>) -> Verdict {
    let Some(condition) = inactive(subject) else { return Verdict::Clear };
    let reason = if condition.reason.is_empty() { "no reason given" } else { &condition.reason };
    let lasted = condition.last_transition_time.map(|since| subject.since(since));
    let of_metrics = condition.reason.starts_with(reasons::FAILED_GET);
    let ending = ending(subject).filter(|_| of_metrics);
    let young = if of_metrics && ending.is_none() { young(subject) } else { None };
    let excused = young.is_some() || ending.is_some();
    let severity = if excused { Severity::Warning } else { Severity::Error };
    let mut message = match lasted {
        Some(length) => format!("no replica count for {}", span(length)),
        None => "no replica count".to_owned(),
    };
    message = format!("{message} ({reason}): {}", cause(&condition.message));
    let failing: Vec<String> = unread(subject).map(Metric::label).collect();
    let all = subject.hpa.metrics.len();
    if (1..all).contains(&failing.len()) {
        let lack = if failing.len() == 1 { "lacks" } else { "lack" };
        message = format!(
            "{message}; {} of {all} metrics {lack} a reading ({}), and without it the HPA does not scale down",
            failing.len(),
            some(&failing),
        );
    }
    if let Some(selector) = selects_nothing(subject, condition) {
        message =
            format!("{message}; no pod has the labels of the selector in its /scale ({selector})");
    }
    if let Some(excuse) = young.as_ref().or(ending.as_ref()) {
        message = format!("{message}; {excuse}");
    }
    let mut raise = Violation::new(severity, message)
        .with("reason", condition.reason.as_str())
        .with("controllerMessage", condition.message.as_str());
    if let Some(since) = condition.last_transition_time {
        raise = raise.with("since", since.to_string());
    }
    if ending.is_some() {
        raise = raise.action(
            "delete the HPA too; where the target stays, see what holds it (its finalizers, kubectl get -o yaml)",
        );
    } else if let Some(action) = explain_condition(subject.hpa, condition).action {
        raise = raise.action(Cow::Owned(action));
    }
    raise.into()
}

/// A sentence if the target is being deleted: its pods go, and there is nothing left to measure.
fn ending(subject: &Subject<'_>) -> Option<String> {
    let since = subject.workload()?.deleted_at?;
    let length = span(subject.since(since));
    Some(format!("{} is being deleted (since {length})", subject.hpa.reference()))
}

/// The selector of a target that has replicas, although the selector matches no pods.
fn selects_nothing<'a>(subject: &Subject<'a>, condition: &Condition) -> Option<&'a str> {
    let workload = subject.workload().filter(|workload| !workload.owns_its_pods())?;
    let has_replicas = workload.replicas.status.is_some_and(|replicas| replicas > 0);
    let is_empty = subject.index.measured(workload).ok()?.is_empty();
    let of_pods = OF_PODS.contains(&condition.reason.as_str());
    workload.measured_by().filter(|_| has_replicas && is_empty && of_pods)
}

/// The reason for leniency towards a new HPA without metrics.
fn young(subject: &Subject<'_>) -> Option<String> {
    let is_new = |time: Timestamp| subject.since(time) < UNMEASURED;
    if let Some(created) = subject.hpa.created_at.filter(|created| is_new(*created)) {
        return Some(format!("the HPA is {} old", span(subject.since(created))));
    }
    let pods = subject.live_pods().ok()?;
    let oldest = pods.iter().map(|pod| pod.created_at).min()??;
    is_new(oldest).then(|| format!("its oldest pod is {} old", span(subject.since(oldest))))
}

pub(in super::super) const METRICS_PARTIAL: Rule = Rule {
    id: "metrics-partial",
    severity: Severity::Warning,
    title: "a metric has no reading",
    condition: "ScalingActive is True, and a metric of the spec has no reading while another has one.",
    action: "restore that metric (see what its adapter says), or remove it from the HPA",
    explain: "\
The HPA still scales, but only up: as long as one metric has no reading, the controller does not \
trust the others to scale down. The replicas climb with the load and stay there, and the \
status looks healthy.

It is raised where ScalingActive is True and the status has a reading for some metrics of the spec \
and none for others. They are matched by type, name, selector and container. Where the status lists no \
reading at all it is not evaluated.",
    needs: &[],
    uses: &[],
    check: metrics_partial,
};

fn metrics_partial(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    if subject.condition(conditions::SCALING_ACTIVE, true).is_none() || hpa.metrics.len() < 2 {
        return Verdict::Clear;
    }
    let missing: Vec<String> = unread(subject).map(Metric::label).collect();
    if missing.is_empty() {
        return Verdict::Clear;
    }
    if missing.len() == hpa.metrics.len() {
        return Verdict::NotEvaluated(Unknown::Undetermined(
            "the HPA's status lists no readings".into(),
        ));
    }
    let has = if missing.len() == 1 { "has" } else { "have" };
    let message = format!(
        "{} of {} metrics {has} no reading ({}): while that lasts the HPA scales up, but never down",
        missing.len(),
        hpa.metrics.len(),
        some(&missing),
    );
    Violation::new(Severity::Warning, message).with("metrics", missing).into()
}

fn unread<'a>(subject: &Subject<'a>) -> impl Iterator<Item = &'a Metric> {
    subject.hpa.metrics.iter().filter(|metric| metric.current.is_none())
}

/// Whether missing requests explain the metrics without a reading.
pub(in super::super) fn missing_requests_explain(subject: &Subject<'_>) -> bool {
    match inactive(subject) {
        Some(_) => requests::is_said(subject),
        None => unread(subject).all(|metric| requests::fails_by_request(subject, metric)),
    }
}

/// Whether a missing container explains the metrics without a reading.
pub(in super::super) fn container_missing_explains(subject: &Subject<'_>) -> bool {
    match inactive(subject) {
        Some(condition) => {
            condition.reason == reasons::FAILED_GET_CONTAINER_RESOURCE_METRIC
                // Older controllers begin with a general failure for any metric, followed by the
                // cause.
                && (!condition.message.contains("unable to get metrics")
                    || condition.message.contains("not present in metrics for pod"))
        }
        None => unread(subject).all(|metric| limits::fails_by_container(subject, metric)),
    }
}

/// Whether it lacks metrics that only running pods have, while no pod is ready.
pub(in super::super) fn needs_running_pods(subject: &Subject<'_>) -> bool {
    inactive(subject).is_some_and(|condition| OF_PODS.contains(&condition.reason.as_str()))
        && super::pods::ready(subject) == Some(0)
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::{Case, HOUR_AGO, MINUTE_AGO};
    use super::*;

    fn failed(reason: &str, message: &str) -> Case {
        Case::new().condition("ScalingActive", "False", reason, message)
    }

    #[test]
    fn unavailable() {
        let case = failed("FailedGetResourceMetric", "no metrics returned");
        let finding = case.raised("metrics-unavailable");
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(
            finding.message,
            "no replica count for 1 h (FailedGetResourceMetric): no metrics returned"
        );
        assert!(finding.action.unwrap().contains("metrics-server"));
        assert_eq!(failed("FromTheFuture", "?").severity("metrics-unavailable"), Severity::Error);
        for other in ["ScalingDisabled", "AmbiguousSelector"] {
            failed(other, "").clear("metrics-unavailable");
        }
        Case::new().clear("metrics-unavailable");
        // An outdated condition is ignored.
        failed("FailedGetResourceMetric", "")
            .condition("AbleToScale", "False", "FailedGetScale", "")
            .clear("metrics-unavailable");
    }

    #[test]
    fn a_selector_that_no_pod_has() {
        let farm = |selector: &'static str| {
            failed("FailedGetResourceMetric", "no metrics returned")
                .pods(2, |_| {})
                .hpa(|hpa| {
                    hpa.target.api_version = "x.io/v1".into();
                    hpa.target.kind = "Farm".into();
                })
                .target(|target| {
                    (target.api_version, target.kind) = ("x.io/v1".into(), "Farm".into());
                    target.scale_selector = Some(selector.to_owned());
                })
        };
        let message = farm("farm=web").message("metrics-unavailable");
        let end = "; no pod has the labels of the selector in its /scale (farm=web)";
        assert!(message.ends_with(end), "{message}");
        assert!(!farm("app=web").message("metrics-unavailable").contains("no pod"));
        let at_rest = farm("farm=web").target(|target| target.replicas.status = Some(0));
        assert!(!at_rest.message("metrics-unavailable").contains("no pod"));
    }

    #[test]
    fn a_target_that_is_being_deleted() {
        let case = failed("FailedGetResourceMetric", "no metrics returned").pods(2, |pod| {
            pod.deleted_at = MINUTE_AGO.parse().ok();
        });
        assert_eq!(case.severity("metrics-unavailable"), Severity::Error);
        let ending = case.target(|target| target.deleted_at = MINUTE_AGO.parse().ok());
        let raise = ending.raised("metrics-unavailable");
        assert_eq!(raise.severity, Severity::Warning);
        let end = "; Deployment/web is being deleted (since 1 min)";
        assert!(raise.message.ends_with(end), "{}", raise.message);
        assert!(raise.action.unwrap().starts_with("delete the HPA too"));
        // Invalid metrics have nothing to do with the deletion.
        let invalid = ending.condition("ScalingActive", "False", "InvalidSelector", "");
        assert_eq!(invalid.severity("metrics-unavailable"), Severity::Error);
    }

    #[test]
    fn the_young_are_excused() {
        let failed = || failed("FailedGetResourceMetric", "no metrics returned");
        let new = failed().created(MINUTE_AGO).raised("metrics-unavailable");
        assert_eq!(new.severity, Severity::Warning);
        assert!(new.message.ends_with("; the HPA is 1 min old"), "{}", new.message);
        let rollout = failed().pods(2, |pod| pod.created_at = MINUTE_AGO.parse().ok());
        assert_eq!(rollout.severity("metrics-unavailable"), Severity::Warning);
        let half = rollout.pods(1, |pod| pod.created_at = HOUR_AGO.parse().ok());
        assert_eq!(half.severity("metrics-unavailable"), Severity::Error);
        let invalid = Case::new().condition("ScalingActive", "False", "InvalidSelector", "");
        assert_eq!(invalid.created(MINUTE_AGO).severity("metrics-unavailable"), Severity::Error);
    }

    #[test]
    fn partial() {
        let two = || Case::new().cpu(70, Some(60)).external("queue_depth", "50", None);
        let finding = two().raised("metrics-partial");
        assert!(finding.message.starts_with("1 of 2 metrics has no reading (queue_depth)"));
        Case::new().cpu(70, Some(60)).external("q", "50", Some("40")).clear("metrics-partial");
        two()
            .condition("ScalingActive", "False", "FailedGetExternalMetric", "")
            .clear("metrics-partial");
        Case::new().cpu(70, None).clear("metrics-partial");
        let none = Case::new().cpu(70, None).external("q", "50", None);
        assert_eq!(none.unknown("metrics-partial"), "the HPA's status lists no readings");
    }

    /// A metric with a reading is not reported as missing.
    #[test]
    fn some_fail() {
        let some = failed("FailedGetExternalMetric", "no such metric")
            .cpu(70, Some(30))
            .external("q", "50", None);
        let message = some.message("metrics-unavailable");
        let end =
            "; 1 of 2 metrics lacks a reading (q), and without it the HPA does not scale down";
        assert!(message.ends_with(end), "{message}");
        let all = failed("FailedGetExternalMetric", "no").cpu(70, None).external("q", "50", None);
        assert!(!all.message("metrics-unavailable").contains("lack"));
    }

    #[test]
    fn a_partial_failure_follows_from_its_own_cause_alone() {
        let resource = |name: &str| serde_json::json!({"type": "Resource", "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": 70}}});
        let lacking = |name: &'static str| {
            let read = serde_json::json!([{"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 60}}}]);
            let spec = serde_json::Value::from(vec![resource("cpu"), resource("memory")]);
            let case = Case::new().metrics(&spec, &read);
            case.pods(4, |pod| {
                pod.missing_requests.insert(name.to_owned(), vec!["app".to_owned()]);
            })
        };
        assert_eq!(lacking("memory").ids(), ["missing-requests"]);
        // Missing requests for cpu, which has a reading, do not explain why memory fails.
        assert_eq!(lacking("cpu").ids(), ["metrics-partial"]);
    }

    #[test]
    fn known_causes_are_enough() {
        let spec = serde_json::json!([{"type": "ContainerResource", "containerResource": {"name": "cpu", "container": "gone", "target": {"type": "Utilization", "averageUtilization": 70}}}]);
        for (said, ids) in [
            (
                "unable to get metrics for resource cpu: container gone not present in metrics for pod shop/web-1",
                &["container-missing"][..],
            ),
            ("container gone not present in metrics for pod shop/web-1", &["container-missing"]),
            (
                "unable to get metrics for resource cpu: no metrics returned",
                &["metrics-unavailable", "container-missing"],
            ),
        ] {
            let case = failed("FailedGetContainerResourceMetric", said).pods(4, |_| {});
            assert_eq!(case.metrics(&spec, &serde_json::json!(null)).ids(), ids, "{said}");
        }
        let missing = failed(
            "FailedGetResourceMetric",
            "failed to get cpu utilization: missing request for cpu in container app of Pod x",
        );
        assert_eq!(missing.pods(2, |_| {}).ids(), ["missing-requests"]);
        let both = failed("FailedGetResourceMetric", "unable to get metrics for resource cpu")
            .pods(2, |pod| {
                pod.missing_requests.insert("cpu".to_owned(), vec!["app".to_owned()]);
            });
        assert_eq!(both.ids(), ["metrics-unavailable", "missing-requests"]);
        let unready = failed("FailedGetResourceMetric", "did not receive metrics").pods(2, |pod| {
            pod.ready = false;
            pod.waiting_reasons = vec!["CrashLoopBackOff".to_owned()];
        });
        assert_eq!(unready.ids(), ["crash-oom"]);
        let one = unready.pods(1, |_| {});
        assert_eq!(one.ids(), ["metrics-unavailable", "crash-oom"]);
        let external = failed("FailedGetExternalMetric", "no such metric").pods(2, |pod| {
            pod.ready = false;
            pod.unschedulable = Some("no node".to_owned());
        });
        assert_eq!(external.ids(), ["metrics-unavailable", "unschedulable"]);
    }
}
