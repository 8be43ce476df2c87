//! Alerting rules of Prometheus for the findings that it can decide from kube-state-metrics.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

/// A rule of a rules file of Prometheus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrometheusRule {
    /// The alert's name.
    pub alert: &'static str,
    /// The condition as PromQL.
    pub expr: &'static str,
    /// For how long it must hold.
    #[serde(rename = "for")]
    pub holds: &'static str,
    /// Labels of the alert.
    pub labels: BTreeMap<&'static str, &'static str>,
    /// What the alert says.
    pub annotations: BTreeMap<&'static str, &'static str>,
}

/// The name of the group of rules.
const GROUP: &str = "watchdog-hpa";

/// The limits are reached, and the controller is limited by them: not every HPA that is at its maximum.
const MAXED_OUT: &str = "\
(
  kube_horizontalpodautoscaler_status_current_replicas
    >= kube_horizontalpodautoscaler_spec_max_replicas
)
and (
  kube_horizontalpodautoscaler_spec_max_replicas
    > kube_horizontalpodautoscaler_spec_min_replicas
)
and ignoring (condition, status) (
  kube_horizontalpodautoscaler_status_condition{condition=\"ScalingLimited\", status=\"true\"} == 1
)
";

/// An HPA whose target was scaled to zero by hand is not active either, and wants nothing.
const METRICS_UNAVAILABLE: &str = "\
(
  kube_horizontalpodautoscaler_status_condition{condition=\"ScalingActive\", status=\"false\"} == 1
)
unless ignoring (condition, status) (
  kube_horizontalpodautoscaler_status_current_replicas == 0
)
";

const UNABLE_TO_SCALE: &str = "\
kube_horizontalpodautoscaler_status_condition{condition=\"AbleToScale\", status=\"false\"} == 1
";

const DESIRED_STUCK: &str = "\
(
  kube_horizontalpodautoscaler_status_desired_replicas
    != kube_horizontalpodautoscaler_status_current_replicas
)
and (
  changes(kube_horizontalpodautoscaler_status_current_replicas[15m]) == 0
)
";

const SCALED_TO_ZERO: &str = "\
(
  kube_horizontalpodautoscaler_status_current_replicas == 0
)
and (
  kube_horizontalpodautoscaler_spec_min_replicas > 0
)
";

/// All rules.
pub fn prometheus_rules() -> Vec<PrometheusRule> {
    let rule = |alert, finding, severity, holds, expr, summary, description| PrometheusRule {
        alert,
        expr,
        holds,
        labels: BTreeMap::from([("severity", severity), ("finding", finding)]),
        annotations: BTreeMap::from([("summary", summary), ("description", description)]),
    };
    vec![
        rule(
            "WatchdogHpaMaxedOut",
            "maxed-out",
            "warning",
            "15m",
            MAXED_OUT,
            "HPA {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} is at its maximum and needs more",
            "Raise maxReplicas, or find out why the load is so high; see that the nodes and quotas have room for the pods. More: watchdog hpa check --explain maxed-out",
        ),
        rule(
            "WatchdogHpaMetricsUnavailable",
            "metrics-unavailable",
            "error",
            "10m",
            METRICS_UNAVAILABLE,
            "HPA {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} has no reading of its metrics and does not scale",
            "Check that metrics-server, or the adapter of the metric, runs and answers. More: watchdog hpa check --explain metrics-unavailable",
        ),
        rule(
            "WatchdogHpaUnableToScale",
            "scale-write-failed",
            "error",
            "10m",
            UNABLE_TO_SCALE,
            "HPA {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} cannot scale its target",
            "The target does not exist, or the write to its /scale is refused. More: watchdog hpa check --explain 'target-missing,scale-write-failed'",
        ),
        rule(
            "WatchdogHpaDesiredStuck",
            "desired-stuck",
            "warning",
            "15m",
            DESIRED_STUCK,
            "HPA {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} has not reached the replicas that it wants",
            "Read the controller's events (kubectl describe hpa); see whether something else sets the replicas. More: watchdog hpa check --explain desired-stuck",
        ),
        rule(
            "WatchdogHpaScaledToZero",
            "scaled-to-zero",
            "warning",
            "15m",
            SCALED_TO_ZERO,
            "The target of HPA {{ $labels.namespace }}/{{ $labels.horizontalpodautoscaler }} has 0 replicas, and the HPA does nothing about it",
            "To turn autoscaling on again, scale the target to 1 or more (kubectl scale). More: watchdog hpa check --explain scaled-to-zero",
        ),
    ]
}

/// The rules as the content of a rules file.
pub fn rules_file() -> Value {
    json!({ "groups": [{ "name": GROUP, "rules": prometheus_rules() }] })
}

/// The rules as an object of Prometheus Operator.
pub fn rules_object() -> Value {
    json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": { "name": GROUP },
        "spec": rules_file(),
    })
}
