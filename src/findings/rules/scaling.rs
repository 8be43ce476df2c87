//! Rules about HPAs that do not scale although they should, or could scale down.

use jiff::SignedDuration;

use super::super::finding::{Severity, Violation};
use super::super::past::Past;
use super::super::rule::{Need, Rule};
use super::super::streak::{Lasted, Streak, TOO_LITTLE, span};
use super::super::subject::{Subject, condition, is_fresh};
use super::super::unknown::Known;
use super::finished::Finished;
use super::replicas::{limited, proposed, strongest, tolerance, tolerance_up};
use super::{replicas_of, spec};
use crate::hpa::{Hpa, conditions, reasons};

pub(in super::super) const DESIRED_STUCK: Rule = Rule {
    id: "desired-stuck",
    severity: Severity::Warning,
    title: "the desired count is not reached",
    condition: "Desired and current replicas differ in two readings 60 seconds or more apart, and the current ones have not moved.",
    action: "read the controller's events (kubectl describe hpa) and kube-controller-manager's log; see whether something else sets the replicas",
    explain: "\
The controller has decided on a replica count, and the target's spec.replicas does not follow. It sets \
the count in the same round in which it decides, so the two differ for seconds only, unless the \
controller has stopped, or something else writes the old count back.

It is raised where desired and current differ now and in every reading of the last minute or more, with \
the same current count. While scaling goes on step by step the current count moves, and nothing is raised. Nor is \
it where the target has the desired count by now: then only the HPA's status is old.",
    needs: &[Need::History],
    uses: &[Need::Target],
    check: |subject| desired_stuck(subject).into(),
};

const STUCK: SignedDuration = SignedDuration::from_secs(60);

fn desired_stuck(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let now = subject.hpa;
    let differs = |hpa: &Hpa| is_fresh(hpa) && hpa.desired_replicas != hpa.current_replicas;
    let of_target = subject.target.as_ref().ok().copied().flatten();
    let is_reached =
        of_target.is_some_and(|target| target.replicas.spec == Some(now.desired_replicas));
    if !differs(now) || is_reached {
        return Ok(None);
    }
    let past = subject.past.clone()?;
    let run = Streak::of_hpa(past, subject.now, |then| {
        differs(then) && then.current_replicas == now.current_replicas
    });
    match run.lasted(subject, STUCK, 2) {
        Lasted::No => Ok(None),
        Lasted::Unknown => Err(TOO_LITTLE),
        Lasted::Yes(length) => {
            let message = format!(
                "wants {}, but {} has stayed at {} for {}",
                replicas_of(now.desired_replicas),
                now.reference(),
                now.current_replicas,
                span(length),
            );
            Ok(Some(
                Violation::new(Severity::Warning, message)
                    .with("desiredReplicas", now.desired_replicas)
                    .with("currentReplicas", now.current_replicas)
                    .with("lastedSeconds", length.as_secs()),
            ))
        }
    }
}

pub(in super::super) const NOT_SCALING: Rule = Rule {
    id: "not-scaling",
    severity: Severity::Warning,
    title: "off target and not scaling",
    condition: "For 5 minutes the strongest metric is further from its target than the tolerance and 20 points more, and the replicas stay as they are though min and max, policies and stabilization leave room.",
    action: "look for pods that are not ready or not measured (kubectl top pods): they damp what the controller proposes",
    explain: "\
By its metrics the HPA ought to scale, nothing in its spec forbids it, and it does not. The usual reason \
is pods that are missing from the metrics or not ready: the controller counts them as idle while it \
scales up and as busy while it scales down, until nothing is left of the change. Pods that have run to their \
end (Succeeded, after a node was shut down, say) count as busy until somebody deletes them; where that is all that holds \
the replicas, by the controller's formula, it is raised at once.

A point is a hundredth of reading / target. The deviation must exceed the tolerance (10 points unless \
behavior says otherwise) by 20. Upwards the HPA must be below max; downwards it must be above min, \
every metric must have a reading, and current × reading / target must come to fewer replicas. Readings in \
which a stabilization window or a policy holds it back do not count, nor do those in which the \
direction is disabled.",
    needs: &[Need::History],
    uses: &[Need::Target, Need::Pods],
    check: |subject| not_scaling(subject).into(),
};

const IDLE: SignedDuration = SignedDuration::from_mins(5);
const BEYOND: f64 = 0.2;

#[derive(Clone, Copy, PartialEq)]
enum Way {
    Up,
    Down,
}

/// In which direction it should scale, if it does not and nothing holds it back.
fn idle(hpa: &Hpa) -> Option<Way> {
    condition(hpa, conditions::SCALING_ACTIVE, true)?;
    if !is_fresh(hpa) || hpa.desired_replicas != hpa.current_replicas || hpa.current_replicas == 0 {
        return None;
    }
    let stabilized = condition(hpa, conditions::ABLE_TO_SCALE, true).map(|c| c.reason.as_str());
    let behavior = hpa.behavior.as_ref();
    let (up_disabled, down_disabled) = spec::disabled(hpa);
    let (_, ratio) = strongest(hpa)?;
    if ratio > 1.0 + tolerance_up(hpa) + BEYOND {
        let free = hpa.current_replicas < hpa.max_replicas
            && !up_disabled
            && stabilized != Some(reasons::SCALE_UP_STABILIZED)
            && limited(hpa) != Some(reasons::SCALE_UP_LIMIT);
        return free.then_some(Way::Up);
    }
    let down = tolerance(behavior.and_then(|behavior| behavior.scale_down.as_ref()));
    let free = ratio < 1.0 - down - BEYOND
        && hpa.metrics.iter().all(|metric| metric.ratio().is_some())
        && hpa.current_replicas > hpa.min_replicas
        && proposed(hpa, ratio) < i64::from(hpa.current_replicas)
        && !down_disabled
        && stabilized != Some(reasons::SCALE_DOWN_STABILIZED)
        && limited(hpa) != Some(reasons::SCALE_DOWN_LIMIT);
    free.then_some(Way::Down)
}

fn not_scaling(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let hpa = subject.hpa;
    let Some(way) = idle(hpa) else { return Ok(None) };
    let Some((metric, ratio)) = strongest(hpa) else { return Ok(None) };
    let finished = Finished::of(subject).filter(|_| way == Way::Down);
    let within = tolerance(hpa.behavior.as_ref().and_then(|it| it.scale_down.as_ref()));
    let is_pinned =
        finished.as_ref().is_some_and(|it| it.pin(metric, ratio, within, hpa.current_replicas));
    let past = match &subject.past {
        Ok(past) => past,
        Err(_) if is_pinned => &Past::default(),
        Err(why) => return Err(why.clone()),
    };
    let run = Streak::of_hpa(past, subject.now, |then| {
        idle(then) == Some(way) && then.current_replicas == hpa.current_replicas
    });
    let lasted = match run.lasted(subject, IDLE, 2) {
        Lasted::No => return Ok(None),
        Lasted::Unknown if is_pinned => None,
        Lasted::Unknown => return Err(TOO_LITTLE),
        Lasted::Yes(length) => Some(length),
    };
    let (direction, bound) = match way {
        Way::Up => ("up", format!("max {}", hpa.max_replicas)),
        Way::Down => ("down", format!("min {}", hpa.min_replicas)),
    };
    let stay = match (lasted, hpa.current_replicas) {
        (Some(length), 1) => format!("has not changed for {}", span(length)),
        (Some(length), _) => format!("have not changed for {}", span(length)),
        (None, 1) => "does not change".to_owned(),
        (None, _) => "do not change".to_owned(),
    };
    let why = finished.as_ref().map(|it| format!(": {}", it.note())).unwrap_or_default();
    let message = format!(
        "does not scale {direction}: {} is at {} (target {}), and {} ({bound}) {stay}{why}",
        metric.label(),
        metric.current_text(),
        metric.target_text(),
        replicas_of(hpa.current_replicas),
    );
    let mut raise = Violation::new(Severity::Warning, message)
        .with("direction", direction)
        .with("metric", metric.label())
        .with("current", metric.exact_current())
        .with("target", metric.exact_target())
        .with("ratio", (ratio * 100.0).round() / 100.0)
        .with("currentReplicas", hpa.current_replicas);
    if let Some(length) = lasted {
        raise = raise.with("lastedSeconds", length.as_secs());
    }
    Ok(Some(match finished {
        Some(finished) => raise.with("finishedPods", finished.len()).action(finished.action()),
        None => raise,
    }))
}

pub(in super::super) const UNDERUSED: Rule = Rule {
    id: "underused",
    severity: Severity::Info,
    title: "more replicas than are needed",
    condition: "For 15 minutes the replicas are more than 3 above minReplicas, and every metric is 40 points or more below its target.",
    action: "see what holds the replicas up (a long scale-down window, a slow policy), and lower minReplicas where load is always this low",
    explain: "\
The target runs well above its minimum, and all metrics say that far fewer replicas would do. With default \
behavior the HPA would have scaled down after five minutes, so something holds it: a long window, \
a slow policy, a scheduled minimum that was lifted and put back.

A point is a hundredth of reading / target: 40 points below a target of 70 % is 42 %. A metric without a \
reading counts against it. It is left out where not-scaling or a disabled direction explains it.",
    needs: &[Need::History],
    uses: &[Need::Target, Need::Pods],
    check: |subject| underused(subject).into(),
};

const WASTED: SignedDuration = SignedDuration::from_mins(15);
const UNDER: f64 = 0.6;
const ABOVE_MIN: i32 = 3;

fn is_underused(hpa: &Hpa) -> bool {
    is_fresh(hpa)
        && hpa.current_replicas > hpa.min_replicas.saturating_add(ABOVE_MIN)
        && !hpa.metrics.is_empty()
        && hpa.metrics.iter().all(|metric| metric.ratio().is_some_and(|ratio| ratio <= UNDER))
}

fn underused(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let hpa = subject.hpa;
    if !is_underused(hpa) {
        return Ok(None);
    }
    let past = subject.past.clone()?;
    let run = Streak::of_hpa(past, subject.now, is_underused);
    match (run.lasted(subject, WASTED, 2), strongest(hpa)) {
        (Lasted::Unknown, _) => Err(TOO_LITTLE),
        (Lasted::Yes(length), Some((metric, ratio))) => {
            let message = format!(
                "{} replicas for {} where about {} would do: {} is at {} (target {})",
                hpa.current_replicas,
                span(length),
                proposed(hpa, ratio).max(i64::from(hpa.min_replicas)),
                metric.label(),
                metric.current_text(),
                metric.target_text(),
            );
            let mut raise = Violation::new(Severity::Info, message)
                .with("currentReplicas", hpa.current_replicas)
                .with("minReplicas", hpa.min_replicas)
                .with("metric", metric.label())
                .with("current", metric.exact_current())
                .with("target", metric.exact_target())
                .with("lastedSeconds", length.as_secs());
            if let Some(finished) = Finished::of(subject) {
                raise.message = format!("{}; {}", raise.message, finished.note());
                raise = raise.with("finishedPods", finished.len()).action(finished.action());
            }
            Ok(Some(raise))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests;
