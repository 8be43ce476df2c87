//! Why the replay of a recorded load may not be as it was: what the HPA and its history say, the likeliest first.

use jiff::Timestamp;

use super::course::HpaPast;
use crate::config::duration;
use crate::hpa::Hpa;
use crate::hpa::algorithm::Spec;
use crate::kube::Condition;
use crate::simulation::Reach;
use crate::usage::Line;

/// The controller's period, in seconds.
const PERIOD: i64 = 15;

/// What may make the controller's decisions in these rows other than those that the metrics ask for, a sentence each.
pub(super) fn doubts(hpa: &Hpa, past: &HpaPast, first: usize, last: usize) -> Vec<String> {
    let mut doubts = Vec::new();
    for kind in ["AbleToScale", "ScalingActive"] {
        doubts.extend(inactive(hpa, past, kind, first, last));
    }
    let moved = moved_alone(past, first, last);
    if moved > 0 {
        let times = if moved == 1 { "once".to_owned() } else { format!("{moved} times") };
        doubts.push(format!(
            "replicas changed {times} while the controller's desired count stayed as it was: they were set by hand, or a \
             rollout had extra pods"
        ));
    }
    for (name, lines) in [("cpu", &past.cpu), ("memory", &past.memory)] {
        let metric = hpa.metrics.iter().any(|metric| metric.name == name);
        if let Some((least, most)) = range(&lines.requested, &past.replicas.current, first, last)
            && metric
            && most > least * 1.02
        {
            doubts.push(format!(
                "the {name} request of a pod was between {} and {} in this time (a VPA, or another pod template); the \
                 middle one is replayed",
                shown(name, least),
                shown(name, most)
            ));
        }
    }
    doubts
}

/// For how much of the time a condition was False, or that it is so now.
fn inactive(hpa: &Hpa, past: &HpaPast, kind: &str, first: usize, last: usize) -> Option<String> {
    let now = hpa.condition(kind).filter(|it| it.is_true() == Some(false));
    let line = past.conditions.iter().find(|(name, _)| *name == kind).map(|(_, line)| line);
    let rows = line.and_then(|line| line.get(first..=last)).unwrap_or_default();
    let known = rows.iter().flatten().count();
    let inactive = rows.iter().flatten().filter(|is| !**is).count();
    if known > 0 && inactive > 0 {
        let percent = (inactive * 100).div_ceil(known);
        let reason = now.map_or_else(String::new, |it| format!(" (now for {})", reason(it)));
        return Some(format!(
            "{kind} was False for {percent} % of the time, in which the controller did not follow the metrics{reason}"
        ));
    }
    let now = now?;
    let since = now.last_transition_time.map(|since| format!(" since {}", whole(since)));
    Some(format!(
        "{kind} is False{}, for {}: the controller does not follow the metrics",
        since.unwrap_or_default(),
        reason(now)
    ))
}

fn reason(condition: &Condition) -> String {
    if condition.message.is_empty() {
        condition.reason.to_string()
    } else {
        format!("{}: {}", condition.reason, condition.message)
    }
}

/// To the second.
fn whole(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn at(line: &Line, row: usize) -> Option<f64> {
    line.get(row).copied().flatten()
}

fn is_same(one: f64, other: f64) -> bool {
    (one - other).abs() < 0.5
}

/// How often replicas left the desired count, which stayed as it was.
fn moved_alone(past: &HpaPast, first: usize, last: usize) -> usize {
    let (current, desired) = (&past.replicas.current, &past.replicas.desired);
    let is_alone = |row: &usize| {
        let known =
            (at(current, row - 1), at(current, *row), at(desired, row - 1), at(desired, *row));
        let (Some(from), Some(to), Some(wanted), Some(wants)) = known else { return false };
        is_same(from, wanted) && is_same(wanted, wants) && !is_same(from, to)
    };
    (first + 1..=last).filter(is_alone).count()
}

/// The least and the largest request of a pod.
fn range(requested: &Line, replicas: &Line, first: usize, last: usize) -> Option<(f64, f64)> {
    // Where replicas change, pods and requests are not counted at the same moment.
    let steady = |row: &usize| {
        let near = [row.saturating_sub(2), row.saturating_sub(1), row + 1, row + 2];
        let now = at(replicas, *row).filter(|now| *now >= 1.0)?;
        if near.iter().any(|near| at(replicas, *near).is_none_or(|it| !is_same(it, now))) {
            return None;
        }
        Some(at(requested, *row)? / now).filter(|each| *each > 0.0)
    };
    let mut all: Vec<f64> = (first..=last).filter_map(|row| steady(&row)).collect();
    if all.len() < 10 {
        return None;
    }
    // A twentieth at either end may be of rollouts.
    all.sort_unstable_by(f64::total_cmp);
    let edge = all.len() / 20;
    Some((*all.get(edge)?, *all.get(all.len() - 1 - edge)?))
}

fn shown(name: &str, value: f64) -> String {
    if name == "memory" {
        format!("{:.0} MiB", value / f64::from(1 << 20))
    } else {
        format!("{:.0}m", value * 1000.0)
    }
}

/// The last row whose replicas the controller cannot have decided from those of the row before: a change by more than the
/// policies allow, which the controller then kept.
pub(super) fn set_by_hand(hpa: &Hpa, past: &HpaPast) -> Option<usize> {
    let spec = Spec::of(hpa);
    let (current, desired) = (&past.replicas.current, &past.replicas.desired);
    let seconds = i64::try_from(past.grid.step).unwrap_or(i64::MAX).saturating_add(PERIOD);
    (1..past.grid.count).rev().find(|row| {
        let (Some(from), Some(to)) = (at(current, row - 1), at(current, *row)) else {
            return false;
        };
        let is_settled = at(desired, *row).is_some_and(|it| is_same(it, to));
        let (least, most) = (f64::from(spec.min_replicas), f64::from(spec.max_replicas));
        if !is_settled || from < least.max(1.0) || from > most || is_same(from, to) {
            return false;
        }
        !Reach { seconds, period: PERIOD, from }.allows(to, &spec)
    })
}

/// Which rows of those from `from` on count: without a time at 0 replicas, in which the controller does nothing. With what
/// has to be said of that.
pub(super) fn awake(hpa: &Hpa, past: &HpaPast, from: usize) -> (usize, usize, Option<String>) {
    let count = past.grid.count;
    let is_off = |row: &usize| at(&past.replicas.current, *row).is_some_and(|it| it < 0.5);
    if hpa.min_replicas == 0 {
        return (from, count, None);
    }
    // Rows that are not known at the end say nothing of what was there.
    let end = (from..count)
        .rev()
        .find(|row| at(&past.replicas.current, *row).is_some_and(|it| it >= 0.5))
        .map_or(from, |row| row + 1);
    let begin = (from..end).rev().find(is_off).map_or(from, |row| row + 1);
    let is_off_since = (end..count).any(|row| is_off(&row));
    if begin == from && !is_off_since {
        return (from, count, None);
    }
    let who =
        if hpa.is_of_keda() { "KEDA had paused the target" } else { "it was scaled to 0 by hand" };
    let kept = duration::format(past.grid.time(end - begin));
    let note = format!(
        "there were 0 replicas at times ({who}), in which the controller does nothing; only the {kept} between are replayed"
    );
    (begin, end, Some(note))
}

#[cfg(test)]
#[path = "doubts_tests.rs"]
mod tests;
