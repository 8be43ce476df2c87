//! Rules that need earlier readings.

use std::cmp::Ordering;

use jiff::{SignedDuration, Timestamp};

use super::super::finding::{Severity, Violation};
use super::super::past::{Origin, Stretch};
use super::super::rule::{Need, Rule};
use super::super::streak::span;
use super::super::subject::Subject;
use super::super::unknown::{Known, Unknown};
use super::some;
use crate::hpa::{Hpa, Metric, matching};
use crate::kube::Resources;

pub(in super::super) const FLAPPING: Rule = Rule {
    id: "flapping",
    severity: Severity::Warning,
    title: "replicas go up and down",
    condition: "The replicas changed direction 3 times or more within 10 minutes; an error where they changed more than 5 times within 5 minutes.",
    action: "lengthen the scale-down window (behavior.scaleDown.stabilizationWindowSeconds), widen the tolerance, or smooth the metric",
    explain: "\
The replica count swings: each change starts pods that are removed again minutes later, and the metric \
that decides is itself moved by them. A scale-down window as long as the swing ends it.

It counts the changes of current replicas between readings of the history. With readings far apart \
most changes go unseen: 5 readings in the last 10 minutes are needed for the warning, 7 in the last 5 for \
the error. A watchdog monitor takes them, a cron job every 5 minutes does not. An HPA that has not scaled for \
10 minutes by its lastScaleTime does not flap, and no history is needed to say so.",
    needs: &[Need::History],
    uses: &[],
    check: |subject| flapping(subject).into(),
};

const REVERSALS_WITHIN: SignedDuration = SignedDuration::from_mins(10);
const REVERSALS: usize = 3;
const CHANGES_WITHIN: SignedDuration = SignedDuration::from_mins(5);
const CHANGES: usize = 5;
/// Three reversals need four changes, and these need five readings.
const READINGS: usize = 5;
/// Six changes need seven readings.
const QUICK_READINGS: usize = CHANGES + 2;

fn flapping(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let scaled = subject.hpa.last_scale_time.map(|at| subject.since(at));
    if scaled.is_none_or(|ago| ago > REVERSALS_WITHIN) {
        return Ok(None);
    }
    let past = subject.past.clone()?;
    let replicas = |hpa: &Hpa, is_observed: bool| {
        // A Prometheus may have the replicas without the conditions.
        let has_status = is_observed || !hpa.conditions.is_empty();
        (hpa.able_to_scale != Some(false) && has_status).then_some(hpa.current_replicas)
    };
    let late = past
        .readings
        .iter()
        .rev()
        .take_while(|reading| subject.since(reading.at) <= REVERSALS_WITHIN)
        .map(|reading| {
            (reading.at, replicas(&reading.hpa(), reading.origin == Origin::Prometheus))
        });
    let mut series: Vec<(Timestamp, i32)> = [(subject.now, replicas(subject.hpa, false))]
        .into_iter()
        .chain(late)
        .filter_map(|(at, replicas)| Some((at, replicas?)))
        .collect();
    if series.len() < READINGS {
        return Err(Unknown::TooFewReadings(
            "too few readings in the last 10 minutes: they must be at most 2 min apart (watchdog monitor)",
        ));
    }
    let quick = series.iter().filter(|(at, _)| subject.since(*at) <= CHANGES_WITHIN).count();
    series.reverse();
    let steps: Vec<(Timestamp, Ordering)> = series
        .windows(2)
        .filter_map(|pair| match pair {
            [(since, one), (_, two)] if one != two => Some((*since, two.cmp(one))),
            _ => None,
        })
        .collect();
    let reversals = steps
        .windows(2)
        .filter(|pair| pair.first().map(|s| s.1) != pair.last().map(|s| s.1))
        .count();
    let changes = steps.iter().filter(|(since, _)| subject.since(*since) <= CHANGES_WITHIN).count();
    let dense_enough = quick >= QUICK_READINGS;
    let lowest = series.iter().map(|(_, replicas)| *replicas).min().unwrap_or_default();
    let highest = series.iter().map(|(_, replicas)| *replicas).max().unwrap_or_default();
    let (severity, message) = if changes > CHANGES {
        (
            Severity::Error,
            format!(
                "its replicas changed {changes} times in 5 minutes, between {lowest} and {highest}"
            ),
        )
    } else if reversals >= REVERSALS {
        let more = if dense_enough {
            ""
        } else {
            "; whether more than 5 times in 5 minutes, the readings are too far apart to tell"
        };
        (
            Severity::Warning,
            format!(
                "its replicas changed direction {reversals} times in 10 minutes, between {lowest} and {highest}{more}"
            ),
        )
    } else if !dense_enough && changes > 1 && changes + 1 >= quick {
        // Each reading shows another count, so there may have been any number of changes in
        // between.
        return Err(Unknown::TooFewReadings(
            "needs readings at most 50 s apart (run watchdog monitor)",
        ));
    } else {
        return Ok(None);
    };
    Ok(Some(
        Violation::new(severity, message)
            .with("reversals", reversals)
            .with("changes", changes)
            .with("lowest", lowest)
            .with("highest", highest),
    ))
}

pub(in super::super) const CONFIG_DRIFT: Rule = Rule {
    id: "config-drift",
    severity: Severity::Warning,
    title: "changed in the last 24 hours",
    condition: "The HPA's spec, or its target's requests or limits, changed between two readings of the last 24 hours, this one included.",
    action: "see whether the change was meant (watchdog snapshot diff shows it field by field)",
    explain: "\
Somebody or something changed how the target scales. Often that is meant; when it is not, it explains \
what follows: a maximum that was lowered by hand in an incident, a chart that put an old value back.

Each reading of the history of the last 24 hours is compared with the one before it, and the present one \
with the last: minReplicas, maxReplicas, the target, metrics (by what they are, not by their order), \
behavior, and the requests and limits of the target's template. Amounts are compared by value: 1000m \
is 1. The latest change is reported, with the time between the readings before and after it, until it \
is 24 hours old.",
    needs: &[Need::History],
    uses: &[Need::Target],
    check: |subject| config_drift(subject).into(),
};

/// A field, its old and its new value.
type Change = (String, String, String);

/// The changes between two readings.
struct Drift {
    /// The time of the reading before the change.
    after: Timestamp,
    /// The time of the reading that shows the change.
    by: Timestamp,
    changes: Vec<Change>,
}

/// The changes from each period of equal readings to the next.
fn drifts<T>(row: &[Stretch<T>], changes: impl Fn(&T, &T) -> Vec<Change>) -> Vec<Drift> {
    row.windows(2)
        .filter_map(|pair| match pair {
            [then, now] => Some(Drift {
                after: then.until,
                by: now.from,
                changes: changes(&then.what, &now.what),
            }),
            _ => None,
        })
        .filter(|drift| !drift.changes.is_empty())
        .collect()
}

/// The requests and limits of one pod.
type Amounts<'a> = (&'a Resources, &'a Resources);

fn config_drift(subject: &Subject<'_>) -> Known<Option<Violation>> {
    let past = subject.past.clone()?;
    if past.specs.is_empty() {
        return Err(Unknown::TooFewReadings("there is no reading of the last 24 hours"));
    }
    let mut specs: Vec<Stretch<&Hpa>> = past
        .specs
        .iter()
        .map(|it| Stretch { from: it.from, until: it.until, what: &*it.what })
        .collect();
    specs.push(Stretch::new(subject.now, subject.hpa));
    let mut targets: Vec<Stretch<Amounts<'_>>> = past
        .targets
        .iter()
        .map(|it| Stretch {
            from: it.from,
            until: it.until,
            what: (&it.what.requests, &it.what.limits),
        })
        .collect();
    let now = subject.workload().map(|it| Stretch::new(subject.now, (&it.requests, &it.limits)));
    targets.extend(now);
    let mut found = drifts(&specs, |then, now| spec_changes(then, now));
    found.extend(drifts(&targets, target_changes));
    let Some(by) = found.iter().map(|drift| drift.by).max() else {
        // Without the target, only half could be compared.
        return match &subject.target {
            Err(why) => Err(why.clone()),
            Ok(Some(_)) if past.targets.is_empty() => Err(Unknown::Undetermined(
                "the history contains no requests or limits of its target".into(),
            )),
            Ok(_) => Ok(None),
        };
    };
    let mut times: Vec<Timestamp> = found.iter().map(|drift| drift.by).collect();
    times.sort_unstable();
    times.dedup();
    found.retain(|drift| drift.by == by);
    let after = found.iter().map(|drift| drift.after).min().unwrap_or(by);
    let changes: Vec<Change> = found.into_iter().flat_map(|drift| drift.changes).collect();

    let texts: Vec<String> =
        changes.iter().map(|(field, then, now)| format!("{field} {then} → {now}")).collect();
    let when = match (span(subject.since(by)), span(subject.since(after))) {
        (_, after) if by == subject.now => format!("since the reading {after} ago"),
        (by, after) if by == after => format!("{by} ago"),
        (by, after) => format!("{by} to {after} ago"),
    };
    let more = match times.len() {
        1 => String::new(),
        count => format!("; the latest of {count} changes in 24 hours"),
    };
    let message = format!("changed {when}: {}{more}", some(&texts));
    let evidence: Vec<serde_json::Value> = changes
        .into_iter()
        .map(|(field, from, to)| serde_json::json!({"field": field, "from": from, "to": to}))
        .collect();
    Ok(Some(
        Violation::new(Severity::Warning, message)
            .with("since", after.to_string())
            .with("seen", by.to_string())
            .with("changes", evidence),
    ))
}

fn spec_changes(then: &Hpa, now: &Hpa) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut change = |field: &str, then: String, now: String| {
        if then != now {
            changes.push((field.to_owned(), then, now));
        }
    };
    change("minReplicas", then.min_replicas.to_string(), now.min_replicas.to_string());
    change("maxReplicas", then.max_replicas.to_string(), now.max_replicas.to_string());
    let target = |hpa: &Hpa| match hpa.target.group() {
        "" => hpa.reference(),
        group => format!("{group}/{}", hpa.reference()),
    };
    change("target", target(then), target(now));
    let places = matching(&then.metrics, &now.metrics);
    for (metric, place) in then.metrics.iter().zip(&places) {
        let field = metric_name(metric);
        match place.and_then(|place| now.metrics.get(place)) {
            Some(other) if !same_target(metric, other) => {
                change(&field, target_of(metric), target_of(other));
            }
            Some(_) => {}
            None => change(&field, target_of(metric), NONE.to_owned()),
        }
    }
    for (index, metric) in now.metrics.iter().enumerate() {
        if !places.contains(&Some(index)) {
            change(&metric_name(metric), NONE.to_owned(), target_of(metric));
        }
    }
    if then.behavior != now.behavior {
        let text = |hpa: &Hpa| {
            let json = hpa.behavior.as_ref().and_then(|b| serde_json::to_string(b).ok());
            json.unwrap_or_else(|| NONE.to_owned())
        };
        change("behavior", text(then), text(now));
    }
    changes
}

const NONE: &str = "none";

fn metric_name(metric: &Metric) -> String {
    match &metric.selector {
        Some(selector) => format!("metric {} ({selector})", metric.label()),
        None => format!("metric {}", metric.label()),
    }
}

fn same_target(one: &Metric, other: &Metric) -> bool {
    let equal = match (one.target.quantity(), other.target.quantity()) {
        (Some(one), Some(other)) => one == other,
        _ => one.target.value == other.target.value,
    };
    one.target.kind == other.target.kind && equal
}

fn target_of(metric: &Metric) -> String {
    format!("{} ({})", metric.target_text(), metric.target.kind.as_str())
}

fn target_changes(then: &Amounts<'_>, now: &Amounts<'_>) -> Vec<Change> {
    let of = |what: &str, then: &Resources, now: &Resources| -> Vec<Change> {
        let names: std::collections::BTreeSet<&String> = then.keys().chain(now.keys()).collect();
        let text = |amounts: &Resources, name: &str| {
            amounts.get(name).map_or_else(|| NONE.to_owned(), ToString::to_string)
        };
        names
            .into_iter()
            .filter(|name| then.get(*name) != now.get(*name))
            .map(|name| (format!("{what}.{name}"), text(then, name), text(now, name)))
            .collect()
    };
    let mut changes = of("requests", then.0, now.0);
    changes.extend(of("limits", then.1, now.1));
    changes
}

#[cfg(test)]
mod tests;
