//! One HPA explained: what it wants, what it sees, what its conditions mean, and the target and
//! pods that its own status does not show.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::hpas::{Own, Users, status_tone};
use crate::check::JudgedDetail;
use crate::collect::{Detail, Failure, Part};
use crate::findings::{Judged, NotEvaluated, Undecided};
use crate::hpa::{Explanation, Hpa, Metric, Severity, Status, TargetType, explain};
use crate::kube::{Pod, PodSummary, Resources, Workload, summarize};
use crate::term::color::{Style, Tone};
use crate::term::table::{Cell, Column, Table};
use crate::term::text::{sanitize, wrap};
use crate::term::time::age_at;

/// An HPA with everything that `hpa get` says of it. A part that could not be read is null and
/// has its error beside it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detailed<'a> {
    #[serde(flatten)]
    hpa: &'a Hpa,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    status: &'static str,
    controller: Status<'a>,
    findings: Vec<Own<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_evaluated: Vec<NotEvaluated>,
    explanation: Explanation,
    workload: Option<&'a Workload>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workload_error: Option<&'a Failure>,
    pod_summary: Option<PodSummary>,
    pods: Option<&'a [&'a Pod]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pods_error: Option<&'a Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pods_unknown: Option<String>,
    #[serde(skip)]
    candidates: Vec<&'a Pod>,
    #[serde(skip)]
    judged: &'a Judged<'a>,
    #[serde(skip)]
    now: Timestamp,
}

impl<'a> Detailed<'a> {
    /// Joins what was collected with what was found in it, and what can be said of it at `now`.
    pub fn new(
        detail: &'a Detail,
        JudgedDetail { judged, pods }: &'a JudgedDetail<'a>,
        users: &Users<'a>,
        now: Timestamp,
    ) -> Self {
        fn split<T>(part: Option<&Part<T>>) -> (Option<&T>, Option<&Failure>) {
            (part.and_then(|part| part.as_ref().ok()), part.and_then(|part| part.as_ref().err()))
        }
        let (workload, workload_error) = split(Some(&detail.target));
        let (read, pods_error) = split(detail.pods.as_ref());
        let (pods, pods_unknown) = match (read, pods) {
            (None, _) => (None, None),
            (Some(_), Ok(pods)) => (Some(pods), None),
            (Some(_), Err(why)) => (None, Some(why.to_string())),
        };
        let candidates = read.into_iter().flatten().chain(&detail.others);
        Self {
            hpa: &detail.hpa,
            user: users.user(&detail.hpa),
            status: judged.status(),
            controller: Status::of(&detail.hpa, now),
            findings: judged.findings.iter().map(Own::from).collect(),
            not_evaluated: Undecided::of([judged]).list(),
            judged,
            explanation: explain(&detail.hpa),
            workload,
            workload_error,
            pod_summary: pods.map(|pods| summarize(pods.iter().copied())),
            pods: pods.map(|pods| &**pods),
            pods_error,
            candidates: if pods_unknown.is_some() { candidates.collect() } else { Vec::new() },
            pods_unknown,
            now,
        }
    }
}

/// For people: one after the other, an empty line between.
pub fn text(details: &[Detailed<'_>], style: Style, width: Option<usize>) -> String {
    let page = |detail: &Detailed<'_>| Page { style, width, text: String::new() }.write(detail);
    details.iter().map(page).collect::<Vec<_>>().join("\n")
}

struct Page {
    style: Style,
    width: Option<usize>,
    text: String,
}

impl Page {
    fn write(mut self, detail: &Detailed<'_>) -> String {
        let hpa = detail.hpa;
        let place = format!("{}/{}/{}", hpa.cluster, hpa.namespace, hpa.name);
        let status = self.style.paint(status_tone(detail.judged), detail.status);
        self.text += &format!("{}  {status}\n", self.style.bold(&sanitize(&place)));
        self.overview(detail);
        if let Some(stale) = &detail.explanation.stale {
            for line in self.wrapped(2, stale) {
                self.text += &format!("  {}\n", self.style.warning(&line));
            }
        }
        self.findings(detail);
        self.metrics(detail);
        self.conditions(detail);
        self.heading("Behavior");
        for line in &detail.explanation.behavior {
            self.entry("-", 1, line);
        }
        self.target(detail);
        self.pods(detail);
        self.text
    }

    fn overview(&mut self, detail: &Detailed<'_>) {
        let (hpa, now) = (detail.hpa, detail.now);
        let ago = |time: Option<Timestamp>, never: &str| {
            time.map_or_else(|| never.to_owned(), |time| format!("{} ago", age_at(time, now)))
        };
        let (min, max) = (hpa.min_replicas, hpa.max_replicas);
        self.field("scales", &format!("{}, {min} to {max} replicas", hpa.reference()));
        let (current, desired) = (hpa.current_replicas, hpa.desired_replicas);
        let above = if current > max {
            format!("; {current} is above the maximum of {max}: {}", above_max(hpa))
        } else {
            String::new()
        };
        self.field("replicas", &format!("{current} now, {desired} desired{above}"));
        let created = ago(hpa.created_at, "at an unknown time");
        let scaled = ago(hpa.last_scale_time, "never");
        self.field("created", &format!("{created}, last scaled {scaled}"));
        if hpa.context != hpa.cluster {
            self.field("context", &hpa.context);
        }
    }

    fn findings(&mut self, detail: &Detailed<'_>) {
        self.heading("Findings");
        let mut findings: Vec<_> = detail.judged.findings.iter().collect();
        findings.sort_by_key(|finding| Reverse(finding.severity));
        for finding in &findings {
            let severity = finding.severity.as_str();
            let painted = self.style.paint(super::findings::tone(finding.severity), severity);
            self.text += &format!("  {painted} {}\n", self.style.bold(finding.id));
            self.indented(4, &finding.message);
            self.indented(4, &format!("To do: {}", finding.action));
        }
        if findings.is_empty() {
            self.indented(2, NOTHING_FOUND);
        }
        for one in &detail.not_evaluated {
            self.indented(2, &format!("not evaluated: {}: {}", one.id, one.reason));
        }
    }

    fn metrics(&mut self, detail: &Detailed<'_>) {
        self.heading("Metrics");
        for metric in &detail.explanation.metrics {
            self.entry("-", 1, &format!("{}; it sees {}", metric.wants, metric.sees));
        }
        if let Some(decisive) = &detail.explanation.decisive {
            self.entry("", 0, decisive);
        }
    }

    fn conditions(&mut self, detail: &Detailed<'_>) {
        self.heading("Conditions");
        for (text, condition) in detail.explanation.conditions.iter().zip(&detail.hpa.conditions) {
            let tone = match (text.stale, text.action.is_some()) {
                (true, _) => Tone::Dim,
                (false, true) if detail.controller.severity == Severity::Error => Tone::Error,
                (false, true) => Tone::Warning,
                (false, false) => Tone::Plain,
            };
            let since = condition
                .last_transition_time
                .map(|time| format!(", for {}", age_at(time, detail.now)))
                .unwrap_or_default();
            let head = format!("{} is {}: {}", text.kind, text.status, text.reason);
            let head = self.style.paint(tone, &sanitize(&head));
            self.text += &format!("  {head}{since}\n");
            self.indented(4, &text.meaning);
            if let Some(action) = &text.action {
                self.indented(4, &format!("To do: {action}"));
            }
            // The controller's own words, where ours are not they.
            if tone != Tone::Plain && *condition.message != *text.meaning {
                self.indented(4, &format!("The controller says: {}", condition.message));
            }
        }
    }

    fn target(&mut self, detail: &Detailed<'_>) {
        self.heading("Target");
        let Some(workload) = detail.workload else {
            let why = detail.workload_error.map_or("", |failure| failure.message.as_str());
            let reference = detail.hpa.reference();
            let line = self.style.error(&sanitize(&format!("{reference}: {why}")));
            self.text += &format!("  {line}\n");
            return;
        };
        let mut name = format!("{}/{}", workload.kind, workload.name);
        if workload.paused {
            name += " (its rollout is paused)";
        }
        self.text += &format!("  {}\n", sanitize(&name));
        let counts = [
            (workload.replicas.spec, "asked for"),
            (workload.replicas.status, "existing"),
            (workload.replicas.updated, "of the newest template"),
            (workload.replicas.ready, "ready"),
            (workload.replicas.available, "available"),
        ];
        let counts: Vec<String> = counts
            .iter()
            .filter_map(|(count, what)| count.map(|count| format!("{count} {what}")))
            .collect();
        self.field("replicas", &counts.join(", "));
        for condition in workload.conditions.iter().filter(|condition| is_wrong(condition)) {
            let reason = &condition.reason;
            self.field(&condition.kind, &format!("{reason}: {}", condition.message));
        }
        if workload.containers.is_empty() {
            self.field("a pod requests", "not known: the target has no pod template");
        } else {
            self.field("a pod requests", &amounts(&workload.requests));
            self.field("a pod's limits", &amounts(&workload.limits));
        }
        for (resource, containers) in relevant(detail.hpa, &workload.missing_requests) {
            let containers = containers.join(", ");
            self.field("missing", &format!("no {resource} request in container {containers}"));
        }
        if workload.containers.len() > 1 {
            self.containers(workload);
        }
    }

    fn containers(&mut self, workload: &Workload) {
        let mut table = Table::new(vec![
            Column::new("CONTAINER").flexible(),
            Column::new("REQUESTS").flexible(),
            Column::new("LIMITS").flexible(),
        ]);
        for container in &workload.containers {
            let sidecar = if container.sidecar { " (sidecar)" } else { "" };
            table.row(vec![
                Cell::new(format!("{}{sidecar}", container.name)),
                Cell::new(amounts(&container.requests)),
                Cell::new(amounts(&container.limits)),
            ]);
        }
        self.table(&table);
    }

    fn pods(&mut self, detail: &Detailed<'_>) {
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

    /// That it is not known which pods are meant, and which there are.
    fn unknown_pods(&mut self, detail: &Detailed<'_>, why: &str) {
        let hpa = detail.hpa;
        self.heading("Pods");
        let reference = hpa.reference();
        let why = if why.starts_with("whose pods are") {
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

    /// Requests that are in the pods' specs and do not hold yet: the controller divides by them.
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

    /// What is wrong first; a fleet of pods needs no page of healthy ones.
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

    fn heading(&mut self, text: &str) {
        self.text += &format!("\n{}\n", self.style.header(text));
    }

    /// `  name      value`, the value wrapped below itself.
    fn field(&mut self, name: &str, value: &str) {
        self.entry(&format!("{:<14}", sanitize(name)), 14, value);
    }

    /// A mark that takes `columns` on the screen, and a text wrapped beside it.
    fn entry(&mut self, mark: &str, columns: usize, text: &str) {
        let indent = if columns == 0 { 2 } else { 3 + columns };
        let mut lines = self.wrapped(indent, text).into_iter();
        let first = lines.next().unwrap_or_default();
        let gap = if columns == 0 { "" } else { " " };
        self.text += &format!("  {mark}{gap}{first}\n");
        for line in lines {
            self.text += &format!("{:indent$}{line}\n", "");
        }
    }

    fn indented(&mut self, indent: usize, text: &str) {
        for line in self.wrapped(indent, text) {
            self.text += &format!("{:indent$}{line}\n", "");
        }
    }

    fn wrapped(&self, indent: usize, text: &str) -> Vec<String> {
        let text = sanitize(text);
        match self.width {
            Some(width) => wrap(&text, width.saturating_sub(indent).max(20)),
            None => vec![text.into_owned()],
        }
    }

    fn table(&mut self, table: &Table) {
        let inner = self.width.map(|width| width.saturating_sub(2));
        for line in table.render(inner, self.style).text.lines() {
            self.text += &format!("  {line}\n");
        }
    }
}

/// Of the missing requests those that fail one of the HPA's metrics.
fn relevant<'m>(
    hpa: &Hpa,
    missing: &'m std::collections::BTreeMap<String, Vec<String>>,
) -> Vec<(&'m String, &'m Vec<String>)> {
    missing.iter().filter(|(resource, _)| is_in_percent(hpa, resource)).collect()
}

/// Whether the HPA scales by the usage of a resource in percent of its request.
fn is_in_percent(hpa: &Hpa, resource: &str) -> bool {
    let is =
        |metric: &Metric| metric.name == resource && metric.target.kind == TargetType::Utilization;
    hpa.metrics.iter().any(is)
}

/// Why there may be more replicas than the maximum. To the maximum itself the controller goes back
/// without metrics, for as long as it can act at all.
fn above_max(hpa: &Hpa) -> &'static str {
    if hpa.able_to_scale == Some(false) {
        "the controller lowers it once it can scale the target again"
    } else if hpa.scaling_active == Some(false) {
        "the controller goes back to the maximum by itself, and below it only with metrics; pods of \
         a rollout may count as well"
    } else {
        "the controller lowers it in its next round; pods of a rollout may count as well"
    }
}

fn pod_count(count: usize) -> String {
    if count == 1 { "1 pod".to_owned() } else { format!("{count} pods") }
}

/// How many different requests that do not hold yet a page names.
const MOST_RESIZES: usize = 5;

/// No more than was looked at.
const NOTHING_FOUND: &str = "none of what was read here (this HPA, its target and its pods); \
                             watchdog hpa check also reads other HPAs, quotas, budgets and history";

/// How many pods a page lists.
const MOST_PODS: usize = 30;

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

/// A condition of a workload that says that something is wrong.
fn is_wrong(condition: &crate::kube::Condition) -> bool {
    match condition.kind.as_str() {
        "ReplicaFailure" => condition.is_true() == Some(true),
        "Available" | "Progressing" => condition.is_true() == Some(false),
        _ => false,
    }
}

/// `cpu 100m, memory 128Mi`, or `none`.
fn amounts(resources: &Resources) -> String {
    if resources.is_empty() {
        return "none".to_owned();
    }
    let amount = |(name, quantity): (&String, &crate::kube::Quantity)| format!("{name} {quantity}");
    resources.iter().map(amount).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
