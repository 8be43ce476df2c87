//! The controller's next decision, explained from what is known now: the HPA as it is, and its pods.

use serde::Serialize;

use super::algorithm::{
    Cause, Controller, Decision, Failure, Grounds, PodSums, Proposal, Reading, ScaleTarget, Select,
    Selector, Settings, Spec, Time,
};
use super::record::{Hpa, Metric, MetricCurrent, MetricType, TargetType};

/// The next decision, as far as it can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// The replicas now.
    pub current: i32,
    /// The replicas that the metrics want, whatever holds that back; `None` if they want nothing.
    pub wanted: Option<i32>,
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
}

/// Explains the next decision of an HPA, of whose target so many pods are ready.
pub fn why(hpa: &Hpa, ready_pods: Option<i32>) -> Why {
    let spec = Spec::of(hpa);
    let settings = Settings { scale_to_zero: hpa.min_replicas == 0, ..Settings::default() };
    let current = hpa.current_replicas;
    let pods = ready_pods.unwrap_or(current);
    let readings: Vec<Reading<'_>> =
        hpa.metrics.iter().map(|metric| reading(metric, pods, current)).collect();
    let target = ScaleTarget {
        replicas: current,
        status_replicas: current,
        pods: pods.max(current),
        ready_pods: pods,
        selector: Selector::Usable,
    };
    let mut controller = Controller::new(&spec, &settings);
    let decision = controller.sync(Time::from_seconds(0), &target, &readings);
    let evaluated = matches!(decision.grounds, Grounds::Metrics { .. } | Grounds::Failed { .. });
    let proposals = if evaluated { controller.proposals() } else { &[] };
    let winner = match decision.grounds {
        Grounds::Metrics { winner, .. } => winner.map(|winner| winner.metric),
        _ => None,
    };
    let metrics = hpa.metrics.iter().zip(proposals).enumerate();
    Why {
        current,
        wanted: match decision.grounds {
            Grounds::Metrics { wanted, .. } => Some(wanted),
            _ => None,
        },
        metrics: metrics
            .map(|(place, (metric, proposal))| of(metric, proposal, winner == Some(place)))
            .collect(),
        steps: steps(hpa, &spec, &settings, &decision),
        unknown: unknown(hpa, ready_pods, &decision),
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

fn of(metric: &Metric, proposal: &Proposal, decides: bool) -> MetricWhy {
    let (proposes, reason) = match proposal {
        Ok(proposed) => {
            let reading = format!("{} of {}", metric.current_text(), metric.target_text());
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
    MetricWhy { metric: metric.label(), proposes, reason, decides }
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

fn steps(hpa: &Hpa, spec: &Spec, settings: &Settings, decision: &Decision) -> Vec<String> {
    let current = decision.current;
    let (wanted, limited) = match decision.grounds {
        Grounds::Disabled => {
            return vec!["the target has 0 replicas, and the controller leaves it so".to_owned()];
        }
        Grounds::AboveMaximum => {
            return vec![format!(
                "there are more replicas than maxReplicas: {} at once",
                decision.desired
            )];
        }
        Grounds::BelowMinimum => {
            return vec![format!(
                "there are fewer replicas than minReplicas: {} at once",
                decision.desired
            )];
        }
        Grounds::Selector(_) => {
            return vec!["the target's selector cannot be used: nothing changes".to_owned()];
        }
        Grounds::Failed { others: None, .. } => {
            return vec!["no metric proposes anything: nothing changes".to_owned()];
        }
        Grounds::Failed { others: Some(winner), .. } => {
            return vec![format!(
                "the others propose {}, which is fewer than now: while a metric fails nothing is removed",
                winner.replicas
            )];
        }
        Grounds::Metrics { wanted, limited, .. } => (wanted, limited),
    };
    let mut steps = Vec::new();
    let bounded = wanted.clamp(spec.min_replicas.min(spec.max_replicas), spec.max_replicas);
    if bounded < wanted {
        steps.push(format!("maxReplicas allows {bounded}"));
    } else if bounded > wanted {
        steps.push(format!("minReplicas asks for {bounded}"));
    }
    let behavior = spec.behavior.as_ref();
    let seconds = |span: super::algorithm::Span| span.as_millis() / 1000;
    let order = bounded.cmp(&current);
    if order.is_eq() {
        steps.push(format!("stays at {current}"));
    } else if order.is_gt() {
        let rules = behavior.map(|it| &it.up);
        if rules.is_some_and(|it| it.select == Select::Disabled) {
            steps.push("selectPolicy Disabled: nothing is added".to_owned());
            return steps;
        }
        let window = rules.and_then(|it| it.window).map_or(0, seconds);
        if window > 0 {
            steps.push(format!(
                "is added once all recommendations of the last {window} s are above {current}"
            ));
        }
        if limited.replicas > current && limited.replicas < bounded {
            let most = limited.replicas;
            steps.push(format!(
                "at most {most} at the next sync, and fewer if replicas were just added"
            ));
        } else {
            let then = if window > 0 { "then" } else { "at the next sync" };
            steps.push(format!("may rise to {bounded} {then}"));
        }
    } else {
        let rules = behavior.map(|it| &it.down);
        if rules.is_some_and(|it| it.select == Select::Disabled) {
            steps.push("selectPolicy Disabled: nothing is removed".to_owned());
            return steps;
        }
        let window = rules.and_then(|it| it.window).unwrap_or(settings.downscale_stabilization);
        let window = seconds(window);
        if window > 0 {
            steps.push(format!("is held at the largest recommendation of the last {window} s, at most until these are over"));
        }
        steps.push(format!("may then fall to {bounded}, as fast as policies allow"));
    }
    let held = hpa.condition("AbleToScale").map(|condition| &*condition.reason);
    match held {
        Some("ScaleDownStabilized") => {
            steps.push("at its last sync the controller held a decrease back".to_owned());
        }
        Some("ScaleUpStabilized") => {
            steps.push("at its last sync the controller held an increase back".to_owned());
        }
        _ => {}
    }
    steps
}

fn unknown(hpa: &Hpa, ready_pods: Option<i32>, decision: &Decision) -> Vec<String> {
    let mut unknown = Vec::new();
    if !matches!(decision.grounds, Grounds::Metrics { .. } | Grounds::Failed { .. }) {
        return unknown;
    }
    unknown.push("the recommendations that the controller remembers".to_owned());
    if hpa.behavior.is_some() {
        unknown.push("what was scaled within the periods of the policies".to_owned());
    }
    if ready_pods.is_none() {
        unknown.push("how many pods are ready: taken to be all".to_owned());
    }
    if hpa.is_stale() {
        unknown.push("present values of the metrics: the controller's last sync failed".to_owned());
    }
    unknown
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::super::parse_one;
    use super::*;

    fn hpa(replicas: i32, percent: i32, behavior: &Value) -> Hpa {
        let metric = |key: &str, value: Value| json!({"type": "Resource", "resource": {"name": "cpu", key: value}});
        let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web"},
            "spec": {"minReplicas": 2, "maxReplicas": 10, "behavior": behavior,
                "metrics": [metric("target", json!({"type": "Utilization", "averageUtilization": 50}))]},
            "status": {"currentReplicas": replicas, "desiredReplicas": replicas,
                "currentMetrics": [metric("current", json!({"averageUtilization": percent, "averageValue": "1"}))]}});
        let name: Arc<str> = "x".into();
        parse_one(&name, &name, object.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn the_next_decision_is_explained() {
        let rise = why(&hpa(4, 75, &Value::Null), Some(4));
        assert_eq!(
            (rise.wanted, rise.metrics[0].proposes, rise.metrics[0].decides),
            (Some(6), Some(6), true)
        );
        assert_eq!(rise.metrics[0].reason, "75% of 50% is 1.50 times the target");
        assert_eq!(rise.steps, ["may rise to 6 at the next sync"]);
        let fall =
            why(&hpa(8, 25, &json!({"scaleDown": {"stabilizationWindowSeconds": 60}})), Some(8));
        assert_eq!(fall.wanted, Some(4));
        assert!(
            fall.steps[0].contains("the last 60 s") && fall.steps[1].contains("fall to 4"),
            "{fall:?}"
        );
        assert_eq!(fall.unknown.len(), 2);
        let unchanged = why(&hpa(4, 52, &Value::Null), None);
        assert_eq!((unchanged.wanted, &*unchanged.steps[0]), (Some(4), "stays at 4"));
        let at_max = why(&hpa(10, 90, &Value::Null), Some(10));
        assert_eq!(at_max.steps, ["maxReplicas allows 10", "stays at 10"]);
        let disabled = why(&hpa(4, 90, &json!({"scaleUp": {"selectPolicy": "Disabled"}})), Some(4));
        assert_eq!(disabled.steps, ["selectPolicy Disabled: nothing is added"]);
    }

    #[test]
    fn what_does_not_go_by_metrics_says_so() {
        assert!(why(&hpa(0, 75, &Value::Null), Some(0)).steps[0].contains("0 replicas"));
        assert!(why(&hpa(12, 75, &Value::Null), Some(12)).steps[0].contains("10 at once"));
        assert!(why(&hpa(1, 75, &Value::Null), Some(1)).steps[0].contains("2 at once"));
        let mut unread = hpa(4, 75, &Value::Null);
        unread.metrics[0].current = None;
        let unread = why(&unread, Some(4));
        assert_eq!(
            (unread.metrics[0].proposes, &*unread.steps[0]),
            (None, "no metric proposes anything: nothing changes")
        );
    }
}
