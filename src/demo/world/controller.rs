//! The HPA controller's conclusions from readings: arithmetic, order of decisions and wording are
//! those of `pkg/controller/podautoscaler/horizontal.go` in Kubernetes 1.36.

use serde_json::{Value, json};

use super::{
    hpa::metric_field,
    names::{mebibytes, quantity},
    spec::{Goal, Hpa, Metric, Outcome, Pods, Source, Workload},
};

/// A condition: type, whether it is true, reason, message.
pub(super) type Condition = (&'static str, bool, &'static str, String);

/// The status of an HPA, without times.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// `None` if it was never set.
    pub(super) current: Option<i64>,
    pub(super) desired: i64,
    pub(super) metrics: Option<Vec<Value>>,
    pub(super) conditions: Vec<Condition>,
}

const GOT_SCALE: &str = "the HPA controller was able to get the target's current scale";

/// Evaluates an HPA; `target` is `None` if its target does not exist.
pub(super) fn judge(hpa: &Hpa, target: Option<&Workload>) -> Verdict {
    let failed_metric = || Some(vec![json!({"type": ""}); hpa.metrics.len()]);
    if matches!(hpa.outcome, Outcome::NeverReconciled) {
        return Verdict::default();
    }
    let Some(target) = target else {
        let message = format!(
            "the HPA controller was unable to get the target's current scale: \
             {}.apps \"{}\" not found",
            "deployments", hpa.target.1
        );
        return Verdict {
            conditions: vec![("AbleToScale", false, "FailedGetScale", message)],
            ..Verdict::default()
        };
    };
    let current = hpa.rescaled_from.unwrap_or(target.replicas);
    let got_scale = || ("AbleToScale", true, "SucceededGetScale", GOT_SCALE.to_owned());
    if current == 0 {
        let message = "scaling is disabled since the replica count of the target is zero";
        return Verdict {
            conditions: vec![
                got_scale(),
                ("ScalingActive", false, "ScalingDisabled", message.to_owned()),
            ],
            ..Verdict::default()
        };
    }
    match &hpa.outcome {
        Outcome::Failed { reason, error, worked } => {
            let message = format!("the HPA was unable to compute the replica count: {error}");
            let mut conditions = vec![got_scale(), ("ScalingActive", false, *reason, message)];
            if *worked {
                conditions.push(within_range());
            }
            return Verdict {
                current: Some(current),
                desired: if *worked { current } else { 0 },
                metrics: failed_metric(),
                conditions,
            };
        }
        Outcome::Ambiguous(other) => {
            let (namespace, selector) = (&hpa.namespace, target.selector_text());
            let mut names = [hpa.name.as_str(), other];
            names.sort_unstable();
            let [first, second] = names;
            let message = format!(
                "pods by selector {selector} are controlled by multiple HPAs: \
                 [{namespace}/{second} {namespace}/{first}]"
            );
            return Verdict {
                current: Some(current),
                desired: current,
                metrics: None,
                conditions: vec![
                    got_scale(),
                    ("ScalingActive", false, "AmbiguousSelector", message),
                    within_range(),
                ],
            };
        }
        _ => {}
    }
    evaluate(hpa, target, current)
}

fn evaluate(hpa: &Hpa, target: &Workload, current: i64) -> Verdict {
    let mut best: Option<(i64, String)> = None;
    let mut readings = Vec::new();
    for metric in &hpa.metrics {
        let Some(reading) = metric.reading else {
            readings.push(json!({"type": ""}));
            continue;
        };
        readings.push(status_of(metric, reading, target, current));
        let proposal = propose(metric, reading, target, current);
        if best.as_ref().is_none_or(|(replicas, _)| proposal > *replicas) {
            best = Some((proposal, words(metric)));
        }
    }
    let (proposal, what) = best.unwrap_or((current, String::new()));
    // With a metric missing the controller does not scale down.
    let missing = hpa.metrics.iter().any(|metric| metric.reading.is_none());
    let proposal = if missing { proposal.max(current) } else { proposal };

    let stabilized = matches!(hpa.outcome, Outcome::Stabilized);
    let held = if stabilized { proposal.max(current) } else { proposal };
    let (desired, limited) = limit(hpa, current, held);
    let able = if let Outcome::WriteRefused(error) = &hpa.outcome {
        let message = format!("the HPA controller was unable to update the target scale: {error}");
        ("AbleToScale", false, "FailedUpdateScale", message)
    } else if desired != current {
        let message =
            format!("the HPA controller was able to update the target scale to {desired}");
        ("AbleToScale", true, "SucceededRescale", message)
    } else if stabilized {
        let message = "recent recommendations were higher than current one, applying the highest \
                       recent recommendation";
        ("AbleToScale", true, "ScaleDownStabilized", message.to_owned())
    } else {
        let message = "recommended size matches current size";
        ("AbleToScale", true, "ReadyForNewScale", message.to_owned())
    };
    let active = format!("the HPA was able to successfully calculate a replica count from {what}");
    // After a refused write the status keeps the previous desired count.
    let refused = matches!(hpa.outcome, Outcome::WriteRefused(_));
    Verdict {
        current: Some(current),
        desired: if refused { current } else { desired },
        metrics: Some(readings),
        conditions: vec![able, ("ScalingActive", true, "ValidMetricFound", active), limited],
    }
}

fn within_range() -> Condition {
    let message = "the desired count is within the acceptable range";
    ("ScalingLimited", false, "DesiredWithinRange", message.to_owned())
}

/// Limits a proposal by min, max and, without an explicit behavior, the default scale-up rate.
fn limit(hpa: &Hpa, current: i64, proposal: i64) -> (i64, Condition) {
    let rate = if hpa.behavior.is_some() { i64::MAX } else { (2 * current).max(4) };
    if proposal < hpa.min {
        let message = "the desired replica count is less than the minimum replica count";
        return (hpa.min, ("ScalingLimited", true, "TooFewReplicas", message.to_owned()));
    }
    if proposal > hpa.max && hpa.max <= rate {
        let message = "the desired replica count is more than the maximum replica count";
        return (hpa.max, ("ScalingLimited", true, "TooManyReplicas", message.to_owned()));
    }
    if proposal > rate {
        let message = "the desired replica count is increasing faster than the maximum scale rate";
        return (rate, ("ScalingLimited", true, "ScaleUpLimit", message.to_owned()));
    }
    (proposal, within_range())
}

/// The request of one pod for a resource, for one container or all of them.
fn request(target: &Workload, resource: &str, container: Option<&str>) -> i64 {
    target
        .containers
        .iter()
        .filter(|candidate| container.is_none_or(|name| candidate.name == name))
        .filter_map(|candidate| if resource == "cpu" { candidate.cpu } else { candidate.memory })
        .sum()
}

/// Usage in percent of the request, truncated to an integer as by the controller.
fn utilization(metric: &Metric, usage: i64, target: &Workload) -> i64 {
    let request = match &metric.source {
        Source::Resource(resource) => request(target, resource, None),
        Source::Container { resource, container } => request(target, resource, Some(container)),
        _ => 0,
    };
    if request == 0 { 0 } else { 100 * usage / request }
}

/// The replicas that one metric asks for.
fn propose(metric: &Metric, reading: i64, target: &Workload, current: i64) -> i64 {
    let (usage, goal) = match metric.goal {
        Goal::Utilization(goal) => (utilization(metric, reading, target), goal),
        Goal::Average(goal) | Goal::Value(goal) => (reading, goal),
    };
    if goal == 0 || (usage - goal).abs() * 10 <= goal {
        return current;
    }
    // Pods started by the last scaling did not exist when it was decided.
    let unready = match target.pods {
        Pods::Unschedulable(number) => number,
        _ => 0,
    };
    let ready = current - unready;
    let per_pod = !matches!(metric.source, Source::Object { .. } | Source::External { .. });
    if per_pod && ready < current {
        // When scaling up, pods that are not ready count as idle; if that reverses the direction,
        // or is within the tolerance, nothing happens.
        let spread = usage * ready;
        if usage > goal && spread * 10 <= goal * current * 11 {
            return current;
        }
        if usage > goal {
            return ceil(spread, goal);
        }
        return ceil(usage * ready, goal);
    }
    ceil(usage * current, goal)
}

fn ceil(number: i64, divisor: i64) -> i64 {
    (number + divisor - 1) / divisor
}

/// The metric's entry in `status.currentMetrics`.
fn status_of(metric: &Metric, reading: i64, target: &Workload, _current: i64) -> Value {
    let value = amount(metric, reading);
    let current = match metric.goal {
        Goal::Utilization(_) => json!({
            "averageValue": value,
            "averageUtilization": utilization(metric, reading, target),
        }),
        Goal::Average(_) => json!({"averageValue": value}),
        Goal::Value(_) => json!({"value": value}),
    };
    let (kind, field, mut body) = metric_field(metric);
    if let Some(body) = body.as_object_mut() {
        body.insert("current".to_owned(), current);
    }
    json!({"type": kind, field: body})
}

/// A reading or a target value as a quantity.
pub(super) fn amount(metric: &Metric, number: i64) -> String {
    match metric.source {
        Source::Resource("memory") | Source::Container { resource: "memory", .. } => {
            mebibytes(number)
        }
        _ => quantity(number),
    }
}

/// The metric as described in the `ValidMetricFound` message.
pub(super) fn words(metric: &Metric) -> String {
    let percentage = match metric.goal {
        Goal::Utilization(_) => " utilization (percentage of request)",
        _ => "",
    };
    match &metric.source {
        Source::Resource(name) => format!("{name} resource{percentage}"),
        Source::Container { resource, .. } => {
            format!("{resource} container resource{percentage}")
        }
        Source::Pods(name) => format!("pods metric {name}"),
        Source::Object { metric, .. } => format!("Ingress metric {metric}"),
        Source::External { metric, selector: None } => format!("external metric {metric}(nil)"),
        Source::External { metric, selector: Some((key, value)) } => format!(
            "external metric {metric}(&LabelSelector{{MatchLabels:map[string]string{{{key}: \
             {value},}},MatchExpressions:[]LabelSelectorRequirement{{}},}})"
        ),
    }
}
