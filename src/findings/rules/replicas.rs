//! Rules about HPAs at their maximum or held below it.

use jiff::SignedDuration;

use super::super::finding::{Severity, Verdict, Violation};
use super::super::past::{Origin, Reading};
use super::super::rule::{Need, Rule};
use super::super::streak::{Lasted, Streak, TOO_LITTLE, span};
use super::super::subject::{Subject, condition, is_fresh};
use super::super::unknown::Known;
use super::{replicas_of, whole};
use crate::hpa::{Hpa, Metric, ScalingRules, conditions, reasons};
use crate::kube::Quantity;

/// After this long at its maximum, an HPA lacks capacity; before, it may just be a peak.
const STARVED: SignedDuration = SignedDuration::from_mins(15);

/// Why the wanted replica count was limited, if the condition is up to date.
pub(super) fn limited(hpa: &Hpa) -> Option<&str> {
    condition(hpa, conditions::SCALING_LIMITED, true).map(|condition| condition.reason.as_str())
}

/// Whether an earlier reading shows that scaling was limited for this reason; undecided where its status is stale or the
/// reason is not known (Prometheus has none).
fn was_limited(reading: &Reading, reason: &str) -> Option<bool> {
    let then = reading.hpa();
    match limited(&then) {
        _ if !is_fresh(&then) => None,
        Some("") => None,
        limited => Some(limited == Some(reason)),
    }
}

/// The metric that asks for the most replicas, with its ratio of current to target.
pub(super) fn strongest(hpa: &Hpa) -> Option<(&Metric, f64)> {
    hpa.metrics
        .iter()
        .filter_map(|metric| Some((metric, metric.ratio()?)))
        .max_by(|(_, one), (_, other)| one.total_cmp(other))
}

/// The replicas that the metrics ask for by the controller's formula, before any limit.
pub(super) fn proposed(hpa: &Hpa, ratio: f64) -> i64 {
    whole((f64::from(hpa.current_replicas) * ratio).ceil())
}

pub(in super::super) const MAXED_OUT: Rule = Rule {
    id: "maxed-out",
    severity: Severity::Warning,
    title: "more replicas wanted than allowed",
    condition: "ScalingLimited is True with the reason TooManyReplicas, and min and max differ; an error once the history shows it for 15 minutes.",
    action: "raise maxReplicas, or find out why the load is so high; see that the nodes and quotas have room for the pods",
    explain: "\
The metrics ask for more replicas than maxReplicas allows: the target is short of capacity, and load \
beyond what these replicas can handle brings no more of them.

It is decided by the controller's condition, not by current = max: an HPA that rests at its maximum with its \
metrics on target lacks nothing (at-max-satisfied). Where min equals max the limit is taken as intended \
(min-eq-max). The condition's lastTransitionTime does not move when only its reason changes, so how long \
it has lasted comes from the history alone: without one it stays a warning. The number of replicas \
named is current × reading / target of the strongest metric.",
    needs: &[],
    uses: &[Need::History],
    check: maxed_out,
};

fn is_maxed_out(hpa: &Hpa) -> bool {
    limited(hpa) == Some(reasons::TOO_MANY_REPLICAS) && hpa.min_replicas != hpa.max_replicas
}

fn maxed_out(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    if !is_maxed_out(hpa) {
        return Verdict::Clear;
    }
    let mut message = format!("wants more than its maximum of {}", replicas_of(hpa.max_replicas));
    let mut raise = Violation::new(Severity::Warning, "")
        .with("maxReplicas", hpa.max_replicas)
        .with("currentReplicas", hpa.current_replicas);
    if let Some((metric, ratio)) = strongest(hpa).filter(|(_, ratio)| *ratio > 1.0) {
        let wanted = proposed(hpa, ratio);
        message = format!(
            "{message}: {} is at {} (target {}), which asks for {wanted}",
            metric.label(),
            metric.current_text(),
            metric.target_text(),
        );
        raise = raise
            .with("metric", metric.label())
            .with("current", metric.exact_current())
            .with("target", metric.exact_target())
            .with("wantedReplicas", wanted);
    }
    if let Ok(past) = subject.past {
        let run = Streak::of(past, subject.now, |reading| {
            let is_limited = was_limited(reading, reasons::TOO_MANY_REPLICAS)?;
            let then = reading.hpa();
            Some(is_limited && then.min_replicas != then.max_replicas)
        });
        if !run.readings.is_empty() {
            message = format!("{message}, for {}", span(run.length));
            raise = raise.with("lastedSeconds", run.length.as_secs());
        }
        if let Lasted::Yes(_) = run.lasted(subject, STARVED, 2) {
            raise.severity = Severity::Error;
        }
    }
    raise.message = message;
    raise.into()
}

pub(in super::super) const ABOVE_MAX: Rule = Rule {
    id: "above-max",
    severity: Severity::Info,
    title: "more replicas than allowed",
    condition: "The current replicas are more than maxReplicas; a warning once the history shows it for a minute.",
    action: "see that kube-controller-manager runs (its log), and what else sets the replicas (replicas-fight)",
    explain: "\
The controller lowers a count above maxReplicas to it in its next round, within seconds, and needs no metrics for \
that; only below it does it need them. It is seen for a moment after maxReplicas was lowered or somebody has scaled the target by hand. \
Where it lasts, the controller does not get to this HPA, or something sets the count back each time.

While the controller cannot write at all (scale-write-failed) that is the finding.",
    needs: &[],
    uses: &[Need::History],
    check: above_max,
};

/// After this long above its maximum, the count is not being lowered.
const ABOVE: SignedDuration = SignedDuration::from_mins(1);

fn is_above_max(hpa: &Hpa) -> bool {
    let off = condition(hpa, conditions::SCALING_ACTIVE, false)
        .is_some_and(|it| it.reason == reasons::SCALING_DISABLED);
    !hpa.conditions.is_empty()
        && hpa.able_to_scale != Some(false)
        && !off
        && hpa.current_replicas > hpa.max_replicas
}

fn above_max(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    if !is_above_max(hpa) {
        return Verdict::Clear;
    }
    let (current, max) = (hpa.current_replicas, hpa.max_replicas);
    let mut raise = Violation::new(Severity::Info, "")
        .with("currentReplicas", current)
        .with("maxReplicas", max);
    // The replica count is up to date whether or not there are metrics.
    let is_above = |reading: &Reading| {
        let then = reading.hpa();
        // A Prometheus may have the replicas without the conditions.
        let is_unknown = reading.origin == Origin::Prometheus && then.conditions.is_empty();
        (!is_unknown).then(|| is_above_max(&then))
    };
    let run = subject.past.as_ref().ok().map(|past| Streak::of(past, subject.now, is_above));
    let lasted = run.map(|run| run.lasted(subject, ABOVE, 2));
    raise.message = if let Some(Lasted::Yes(length)) = lasted {
        raise.severity = Severity::Warning;
        raise = raise.with("lastedSeconds", length.as_secs());
        format!(
            "{current} replicas, max is {max}, for {}: the controller lowers such a count within seconds, with or \
             without metrics, so it does not run, or something sets the count back",
            span(length),
        )
    } else {
        let further = if hpa.scaling_active == Some(false) {
            "by itself, and further only when it has metrics"
        } else {
            "in its next round"
        };
        format!("{current} replicas, max is {max}: the controller lowers them to that {further}")
    };
    raise.into()
}

pub(in super::super) const ABOVE_TARGET: Rule = Rule {
    id: "above-target",
    severity: Severity::Info,
    title: "usage above its target",
    condition: "The strongest metric is above its target by more than the tolerance (10 %, or behavior.scaleUp.tolerance), and the maximum is not what stops it.",
    action: "wait while it scales up; where it stays above its target, look for pods that are not ready or not measured (kubectl top pods)",
    explain: "\
The target is busier than it should be, right now. That is how scaling up begins, and a moment later it is \
mostly over; the message says whether scaling is under way, waits for the scale-up window, or goes on as fast as \
its policy allows. An HPA of which this is so is not OK, and it is no problem either.

It is raised where the status is of now and reading / target of a metric exceeds 1 and the tolerance. Where more \
replicas are wanted than allowed it is maxed-out, or min-eq-max. It is left out where another finding says what stops it: \
scale-up-throttled, not-scaling, desired-stuck, pods that do not run, or scaling up that is disabled.",
    needs: &[],
    uses: &[],
    check: above_target,
};

/// The controller's default: within 10 % of the target nothing happens.
const TOLERANCE: f64 = 0.1;

/// The deviation from the target up to which these rules let nothing happen.
pub(super) fn tolerance(rules: Option<&ScalingRules>) -> f64 {
    rules
        .and_then(|rules| rules.tolerance.as_deref()?.parse::<Quantity>().ok())
        .map_or(TOLERANCE, Quantity::as_f64)
}

pub(super) fn tolerance_up(hpa: &Hpa) -> f64 {
    tolerance(hpa.behavior.as_ref().and_then(|behavior| behavior.scale_up.as_ref()))
}

fn above_target(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    if !is_fresh(hpa) || limited(hpa) == Some(reasons::TOO_MANY_REPLICAS) {
        return Verdict::Clear;
    }
    let Some((metric, ratio)) = strongest(hpa).filter(|(_, it)| *it > 1.0 + tolerance_up(hpa))
    else {
        return Verdict::Clear;
    };
    let able = subject
        .condition(conditions::ABLE_TO_SCALE, true)
        .map(|condition| condition.reason.as_str());
    let so = if hpa.desired_replicas > hpa.current_replicas {
        format!("scaling up to {} is under way", hpa.desired_replicas)
    } else if limited(hpa) == Some(reasons::SCALE_UP_LIMIT) {
        "scaling up goes on as fast as its policy allows".to_owned()
    } else if able == Some(reasons::SCALE_UP_STABILIZED) {
        "more are wanted, once that has lasted for the scale-up window".to_owned()
    } else if able == Some(reasons::SUCCEEDED_RESCALE) {
        "the count has just been changed".to_owned()
    } else {
        "no more are wanted so far".to_owned()
    };
    let message = format!(
        "{} is at {} (target {}) with {} (max {}): {so}",
        metric.label(),
        metric.current_text(),
        metric.target_text(),
        replicas_of(hpa.current_replicas),
        hpa.max_replicas,
    );
    Violation::new(Severity::Info, message)
        .with("metric", metric.label())
        .with("current", metric.exact_current())
        .with("target", metric.exact_target())
        .with("ratio", (ratio * 1000.0).round() / 1000.0)
        .with("currentReplicas", hpa.current_replicas)
        .with("desiredReplicas", hpa.desired_replicas)
        .with("maxReplicas", hpa.max_replicas)
        .into()
}

pub(in super::super) const AT_MAX_SATISFIED: Rule = Rule {
    id: "at-max-satisfied",
    severity: Severity::Info,
    title: "at its maximum, with no headroom",
    condition: "The current replicas equal maxReplicas, min and max differ, and ScalingLimited is False with the reason DesiredWithinRange.",
    action: "raise maxReplicas where more load is to be expected",
    explain: "\
The target runs as many replicas as allowed and its metrics ask for no more, so nothing is lacking now; but \
there is no headroom either. Any further load will not be answered by more replicas.

This is what alarms on current = max wrongly call maxed out.",
    needs: &[],
    uses: &[],
    check: at_max_satisfied,
};

fn at_max_satisfied(subject: &Subject<'_>) -> Verdict {
    let hpa = subject.hpa;
    let within = subject
        .condition(conditions::SCALING_LIMITED, false)
        .is_some_and(|condition| condition.reason == reasons::DESIRED_WITHIN_RANGE);
    if !within || hpa.current_replicas != hpa.max_replicas || hpa.min_replicas == hpa.max_replicas {
        return Verdict::Clear;
    }
    let message = format!(
        "runs at its maximum of {}, and its metrics ask for no more: there is no headroom",
        replicas_of(hpa.max_replicas)
    );
    Violation::new(Severity::Info, message).with("maxReplicas", hpa.max_replicas).into()
}

pub(in super::super) const SCALE_UP_THROTTLED: Rule = Rule {
    id: "scale-up-throttled",
    severity: Severity::Warning,
    title: "scaling up is held back",
    condition: "ScalingLimited is True with the reason ScaleUpLimit in three readings in a row.",
    action: "loosen behavior.scaleUp (more pods or percent a period, a shorter period)",
    explain: "\
More replicas are wanted than behavior.scaleUp lets it add at once (without behavior: twice the \
replicas, or 4). One round like that is normal while load rises; several in a row mean that the policy is \
slower than the load.

It is raised where this reading and the two before it in the history show the reason ScaleUpLimit. \
Readings with too long a gap between them do not count as in a row.",
    needs: &[Need::History],
    uses: &[],
    check: |subject| scale_up_throttled(subject).into(),
};

fn scale_up_throttled(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let hpa = subject.hpa;
    let throttled = |hpa: &Hpa| limited(hpa) == Some(reasons::SCALE_UP_LIMIT);
    if !throttled(hpa) {
        return Ok(None);
    }
    let past = subject.past.clone()?;
    let run = Streak::of(past, subject.now, |it| was_limited(it, reasons::SCALE_UP_LIMIT));
    match run.lasted(subject, SignedDuration::ZERO, 3) {
        Lasted::No => Ok(None),
        Lasted::Unknown => Err(TOO_LITTLE),
        Lasted::Yes(length) => {
            let readings = run.readings.len() + 1;
            let message = format!(
                "scaling up is held back by its policy in {readings} readings in a row, for {}: {} \
                 of at most {}",
                span(length),
                replicas_of(hpa.current_replicas),
                hpa.max_replicas,
            );
            Ok(Some(
                Violation::new(Severity::Warning, message)
                    .with("readings", readings)
                    .with("lastedSeconds", length.as_secs())
                    .with("currentReplicas", hpa.current_replicas)
                    .with("maxReplicas", hpa.max_replicas),
            ))
        }
    }
}

#[cfg(test)]
mod tests;
