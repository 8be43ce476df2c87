//! Rules that need only an HPA's spec.

use super::super::finding::{Severity, Verdict, Violation};
use super::super::rule::{Need, Rule};
use super::super::subject::Subject;
use super::keda::Keda;
use super::replicas_of;
use super::requests::is_utilization;
use crate::hpa::{Hpa, ScalingRules};

pub(in super::super) const MIN_EQ_MAX: Rule = Rule {
    id: "min-eq-max",
    severity: Severity::Info,
    title: "min equals max",
    condition: "minReplicas equals maxReplicas.",
    action: "raise maxReplicas, or delete the HPA and set the target's replicas",
    explain: "\
With minReplicas equal to maxReplicas the HPA has nothing to decide: it only holds the count. That may \
be meant, for a freeze or a test, and is often forgotten.",
    needs: &[],
    uses: &[],
    check: min_eq_max,
};

fn min_eq_max(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    if hpa.min_replicas != hpa.max_replicas {
        return Verdict::Clear;
    }
    let message =
        format!("min and max are both {}: the HPA has nothing to decide", hpa.max_replicas);
    Violation::new(Severity::Info, message).with("replicas", hpa.max_replicas).into()
}

pub(in super::super) const LOW_MIN: Rule = Rule {
    id: "low-min",
    severity: Severity::Warning,
    title: "no redundancy at the minimum",
    condition: "minReplicas is 1 (absent means 1), and the target is not meant to rest at 0.",
    action: "set minReplicas to 2 or more where the target has to survive the loss of a pod or node",
    explain: "\
At its minimum the target runs as a single pod. When that pod or its node goes, for a crash \
or a drain, nothing serves until a new pod is ready; and one pod has to bear the first of a rising load. \
Where that is acceptable ignore it: --ignore low-min=NAMESPACE/NAME.

An HPA that is made to rest at no replica at all is left out: with minReplicas 0, or by KEDA, which writes 1 for \
the 0 of a ScaledObject (minReplicaCount 0 or absent, or idleReplicaCount 0). Of a ScaledObject that was not read it \
is taken that it does.",
    needs: &[],
    uses: &[Need::ScaledObjects],
    check: low_min,
};

fn low_min(subject: &Subject<'_>) -> Verdict {
    let min = subject.hpa.min_replicas;
    if min > 1 || min == 0 {
        return Verdict::Clear;
    }
    let message = match min {
        1 => "minReplicas is 1: at the minimum the loss of one pod is an outage".to_owned(),
        _ => format!("minReplicas is {min}: at the minimum nothing runs"),
    };
    let raise = Violation::new(Severity::Warning, message).with("minReplicas", min);
    match Keda::of(subject) {
        // KEDA writes 1 if its minimum is 0.
        Some(keda) if keda.rests_at_zero() => Verdict::Clear,
        Some(_) => raise
            .action(
                "set minReplicaCount of the ScaledObject to 2 or more where the target has to survive \
                 the loss of a pod or node",
            )
            .into(),
        None => raise.into(),
    }
}

pub(in super::super) const DIRECTION_DISABLED: Rule = Rule {
    id: "direction-disabled",
    severity: Severity::Warning,
    title: "scales one way only",
    condition: "behavior.scaleUp or behavior.scaleDown has selectPolicy Disabled.",
    action: "remove selectPolicy: Disabled once the reason for it has passed; to go slower use a policy or a window",
    explain: "\
With selectPolicy Disabled the HPA never moves in that direction. Without scaling down the replicas climb \
with each peak and stay there; without scaling up load is not answered at all. It is mostly set for an \
incident or a migration, and left behind.",
    needs: &[],
    uses: &[],
    check: direction_disabled,
};

/// Whether scaling up is disabled, and whether scaling down is.
pub(super) fn disabled(hpa: &Hpa) -> (bool, bool) {
    let disabled = |rules: Option<&ScalingRules>| {
        rules.is_some_and(|rules| rules.select_policy.as_deref() == Some("Disabled"))
    };
    let behavior = hpa.behavior.as_ref();
    (
        disabled(behavior.and_then(|behavior| behavior.scale_up.as_ref())),
        disabled(behavior.and_then(|behavior| behavior.scale_down.as_ref())),
    )
}

/// Whether the HPA can never scale down.
pub(in super::super) fn is_down_disabled(subject: &Subject<'_>) -> bool {
    disabled(subject.hpa).1
}

/// Whether the HPA can never scale up.
pub(in super::super) fn is_up_disabled(subject: &Subject<'_>) -> bool {
    disabled(subject.hpa).0
}

fn direction_disabled(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    let (message, directions) = match disabled(hpa) {
        (false, false) => return Verdict::Clear,
        (true, false) => (
            if subject.world.of_manifests {
                "scaling up is disabled".to_owned()
            } else {
                format!(
                    "scaling up is disabled: it stays at {} or fewer",
                    replicas_of(hpa.current_replicas)
                )
            },
            vec!["up"],
        ),
        (false, true) => (
            if subject.world.of_manifests {
                "scaling down is disabled".to_owned()
            } else {
                format!(
                    "scaling down is disabled: it stays at {} or more",
                    replicas_of(hpa.current_replicas)
                )
            },
            vec!["down"],
        ),
        (true, true) => ("scaling is disabled both ways".to_owned(), vec!["up", "down"]),
    };
    let raise = Violation::new(Severity::Warning, message).with("disabled", directions);
    if hpa.is_of_keda() {
        raise.action(
            "KEDA writes the behavior: remove selectPolicy: Disabled from the ScaledObject's \
             advanced.horizontalPodAutoscalerConfig, or its annotation autoscaling.keda.sh/paused-scale-in or \
             paused-scale-out",
        )
    } else {
        raise
    }
    .into()
}

pub(in super::super) const WINDOW_ZERO: Rule = Rule {
    id: "window-zero",
    severity: Severity::Info,
    title: "the scale-down window is short",
    condition: "behavior.scaleDown.stabilizationWindowSeconds is under 60, and scaling down is not disabled.",
    action: "use a scale-down window of 60 seconds or more (the default is 300)",
    explain: "\
Without a window every dip of a metric removes pods, and the next rise has to start them again: churn, \
cold caches, and load on pods that are not warm. The default of 300 seconds takes the highest count \
wanted in the last five minutes.",
    needs: &[],
    uses: &[],
    check: window_zero,
};

const SHORT_WINDOW: i32 = 60;

fn window_zero(subject: &Subject<'_>) -> Verdict {
    let rules = subject.hpa.behavior.as_ref().and_then(|behavior| behavior.scale_down.as_ref());
    let window = rules.and_then(|rules| rules.stabilization_window_seconds);
    match window.filter(|window| *window < SHORT_WINDOW) {
        Some(window) if !is_down_disabled(subject) => {
            let message =
                format!("the scale-down window is {window} s: every dip of a metric removes pods");
            Violation::new(Severity::Info, message).with("windowSeconds", window).into()
        }
        _ => Verdict::Clear,
    }
}

pub(in super::super) const MEMORY_ONLY: Rule = Rule {
    id: "memory-only",
    severity: Severity::Info,
    title: "scales by memory alone",
    condition: "Memory utilization is the only metric.",
    action: "add a metric that follows the load (cpu, requests, queue length)",
    explain: "\
Most programs do not give memory back when load falls, and more replicas do not make each of them \
smaller. An HPA by memory alone scales up with time and rarely down; where the memory is a cache or a leak \
it scales to its maximum.",
    needs: &[],
    uses: &[],
    check: memory_only,
};

fn memory_only(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    let memory = |metric: &crate::hpa::Metric| is_utilization(metric) && metric.name == "memory";
    if hpa.metrics.is_empty() || !hpa.metrics.iter().all(memory) {
        return Verdict::Clear;
    }
    let message = format!("scales by memory alone ({}): it will rarely scale down", hpa.targets());
    Violation::new(Severity::Info, message).with("metrics", hpa.target_texts()).into()
}

#[cfg(test)]
mod tests;
