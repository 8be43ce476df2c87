//! The pods of an HPA's target.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;

use super::target::{is_in_percent, relevant};
use super::{Detailed, Page};
use crate::findings::Unknown;
use crate::hpa::Hpa;
use crate::kube::{Pod, Workload};
use crate::term::color::Tone;
use crate::term::table::{Cell, Column, Table};
use crate::term::text::sanitize;
use crate::term::time::age_at;

impl Page {
    pub(super) fn pods(&mut self, detail: &Detailed<'_>) {
        let (Some(pods), Some(summary)) = (detail.pods, &detail.pod_summary) else {
            if let Some(failure) = detail.pods_error {
                self.heading("Pods");
                let line = self.style.error(&sanitize(&failure.message));
                self.text += &format!("  {line}\n");
            }
            if let Some(why) = &detail.pods_unknown {
                self.unknown_pods(detail, why);
            }
            return;
        };
        self.heading("Pods");
        let phases = summary.by_phase.iter().map(|(phase, count)| format!("{count} {phase}"));
        let mut line = format!("{} ready of {}", summary.ready, summary.total);
        if summary.total > 0 {
            line += &format!(" ({})", phases.collect::<Vec<_>>().join(", "));
        }
        let reasons = summary.reasons.iter().map(|(reason, count)| format!("{reason} in {count}"));
        let reasons = reasons.collect::<Vec<_>>();
        if !reasons.is_empty() {
            line += &format!(": {}", reasons.join(", "));
        }
        self.indented(2, &line);
        for (resource, names) in relevant(detail.hpa, &summary.missing_requests) {
            let share = format!(
                "{} of {}",
                names.len(),
                pod_count(summary.total.try_into().unwrap_or(usize::MAX))
            );
            self.indented(2, &format!("no {resource} request in {share}"));
        }
        self.resizes(detail.hpa, pods);
        self.pod_table(pods.iter().copied(), detail.now);
    }

    /// Reports that the HPA's pods could not be determined, and which pods exist.
    fn unknown_pods(&mut self, detail: &Detailed<'_>, why: &str) {
        let hpa = detail.hpa;
        self.heading("Pods");
        let reference = hpa.reference();
        let why = if why == Unknown::pods_of(&hpa.target.kind).to_string() {
            "no pod names it as its owner, and it names no selector of them"
        } else {
            why
        };
        self.indented(2, &format!("which pods belong to {reference} cannot be determined: {why}"));
        let selector = detail.workload.and_then(Workload::measured_by);
        let all = &detail.candidates;
        if let Some(selector) = selector {
            self.indented(2, &format!("the selector {selector} matches {}", pod_count(all.len())));
            return self.pod_table(all.iter().copied(), detail.now);
        }
        let start = format!("{}-", hpa.target.name);
        let named: Vec<&Pod> =
            all.iter().copied().filter(|pod| pod.name.starts_with(&start)).collect();
        let namespace = &hpa.namespace;
        let count = pod_count(all.len());
        let line = match named.len() {
            0 => format!("there are {count} in namespace {namespace}, none named {start}…"),
            few => format!("of {count} in namespace {namespace}, {few} are named {start}…:"),
        };
        self.indented(2, &line);
        self.pod_table(named.into_iter(), detail.now);
    }

    /// Lists requests that are in the pods' specs but not in effect yet: the controller divides by
    /// them.
    fn resizes(&mut self, hpa: &Hpa, pods: &[&Pod]) {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for pod in pods {
            let Some(resize) = &pod.resize else { continue };
            let state = resize.condition.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
            let relevant = resize.requests.iter().filter(|it| is_in_percent(hpa, &it.resource));
            let mut texts: Vec<String> = relevant
                .map(|it| {
                    format!(
                        "container {} requests {} {} and runs with {}{state}",
                        it.container, it.requested, it.resource, it.held
                    )
                })
                .collect();
            let is_measured = ["cpu", "memory"].iter().any(|it| is_in_percent(hpa, it));
            if resize.requests.is_empty() && is_measured {
                texts.push(format!("a resize is under way{state}"));
            }
            for text in texts {
                *counts.entry(text).or_default() += 1;
            }
        }
        let all = pods.len();
        for (text, count) in counts.iter().take(MOST_RESIZES) {
            let line = format!(
                "in {count} of {}, {text}: the percentage is of a request that does not hold yet",
                pod_count(all)
            );
            self.indented(2, &line);
        }
        if let rest @ 1.. = counts.len().saturating_sub(MOST_RESIZES) {
            self.indented(2, &format!("and {rest} more such requests (-o json has them all)"));
        }
    }

    /// Lists pods with problems first, and only so many: a page of healthy pods is of no use.
    fn pod_table<'p>(&mut self, pods: impl Iterator<Item = &'p Pod>, now: Timestamp) {
        let mut shown: Vec<&Pod> = pods.collect();
        if shown.is_empty() {
            return;
        }
        let mut table = Table::new(vec![
            Column::new("POD").flexible(),
            Column::new("PHASE"),
            Column::new("READY"),
            Column::new("RESTARTS").optional(1),
            Column::new("AGE"),
            Column::new("NODE").flexible().optional(0),
            Column::new("REASON").flexible(),
        ]);
        shown.sort_by_key(|pod| pod.ready && pod.deleted_at.is_none());
        for pod in shown.iter().take(MOST_PODS) {
            table.row(pod_row(pod, now));
        }
        self.table(&table);
        if shown.len() > MOST_PODS {
            let rest = shown.len() - MOST_PODS;
            self.indented(2, &format!("and {rest} more (-o json has them all)"));
        }
    }
}

pub(super) fn pod_count(count: usize) -> String {
    if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") }
}

/// The maximum number of different pending requests on a page.
const MOST_RESIZES: usize = 5;

/// The maximum number of pods on a page.
pub(super) const MOST_PODS: usize = 30;

fn pod_row(pod: &Pod, now: Timestamp) -> Vec<Cell> {
    let mut reasons: Vec<Cow<'_, str>> = Vec::new();
    reasons.extend(pod.waiting_reasons.iter().map(|reason| Cow::Borrowed(reason.as_str())));
    reasons.extend(pod.reason.as_deref().map(Cow::Borrowed));
    if let Some(last) = &pod.last_termination {
        let when = last.at.map(|at| format!(" {} ago", age_at(at, now))).unwrap_or_default();
        reasons.push(Cow::Owned(format!("last ended by {}{when}", last.reason)));
    }
    reasons.extend(pod.unschedulable.as_deref().map(Cow::Borrowed));
    let phase = if pod.deleted_at.is_some() { "Terminating" } else { &pod.phase };
    let tone = if pod.ready { Tone::Ok } else { Tone::Error };
    vec![
        Cell::new(&pod.name),
        Cell::new(phase),
        Cell::new(if pod.ready { "yes" } else { "no" }).tone(tone),
        Cell::new(pod.restarts.to_string()),
        Cell::new(pod.created_at.map_or_else(|| "-".to_owned(), |time| age_at(time, now))),
        Cell::new(pod.node.as_deref().unwrap_or("-")),
        Cell::new(reasons.join("; ")),
    ]
}
