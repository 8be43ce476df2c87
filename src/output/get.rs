//! One HPA explained: its replicas and metrics, the meaning of its conditions, and its target and
//! pods, which its own status does not show.

mod alerts;
mod events;
mod history;
mod kubectl;
mod pods;
mod silenced;
mod target;
mod usage;
mod why;

pub use history::PastOfHpa;
pub use kubectl::{KubectlFlags, kubectl_lines};

use std::cmp::Reverse;

use jiff::Timestamp;
use serde::Serialize;

use super::chart::Charset;
use silenced::OwnSilenced;

use super::alerts::HpaAlerts;
use super::hpas::{self, LabelColumns, Own, TableOptions, Users, status_tone};
use crate::check::JudgedDetail;
use crate::collect::{Detail, Part};
use crate::findings::{Effect, Judged, NotEvaluated, Silenced, Undecided};
use crate::hpa::{Explanation, Hpa, Severity, Status, Why, explain_with_replicas};
use crate::kube::{Event, Pod, PodSummary, Workload, summarize};
use crate::kubectl::Failure;
use crate::term::color::{Style, Tone};
use crate::term::shown::shown;
use crate::term::table::Table;
use crate::term::text::{sanitize, shell_quoted, wrap};
use crate::term::time::age_at;

/// An HPA with everything that `hpa get` reports. A part that could not be read is null, with its
/// error in another field.
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
    silenced: Vec<OwnSilenced<'a>>,
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
    #[serde(flatten)]
    used: Option<usage::UsedByPods<'a>>,
    #[serde(flatten)]
    past: Option<history::PastFields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alerts: Option<HpaAlerts<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
    events: Option<&'a [Event]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    events_error: Option<&'a Failure>,
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
        let used = detail.metrics.as_ref();
        let used = used.map(|metrics| usage::UsedByPods::of(metrics.as_ref(), pods, now));
        let (pods, pods_unknown) = match (read, pods) {
            (None, _) => (None, None),
            (Some(_), Ok(pods)) => (Some(pods), None),
            (Some(_), Err(why)) => (None, Some(why.to_string())),
        };
        let (events, events_error) = split(Some(&detail.events));
        let replicas = workload.and_then(|workload| workload.replicas.spec);
        let replicas = replicas.unwrap_or(detail.hpa.current_replicas);
        let candidates = read.into_iter().flatten().chain(&detail.others);
        Self {
            hpa: &detail.hpa,
            user: users.user(&detail.hpa),
            status: judged.status(),
            controller: Status::of(&detail.hpa, now),
            findings: judged.findings.iter().map(Own::from).collect(),
            silenced: judged.silenced.iter().map(OwnSilenced::from).collect(),
            not_evaluated: Undecided::of([judged]).list(),
            judged,
            explanation: explain_with_replicas(&detail.hpa, replicas),
            workload,
            workload_error,
            pod_summary: pods.map(|pods| summarize(pods.iter().copied())),
            pods: pods.map(|pods| &**pods),
            pods_error,
            candidates: if pods_unknown.is_some() { candidates.collect() } else { Vec::new() },
            pods_unknown,
            used,
            past: None,
            alerts: None,
            why: None,
            events: events.map(Vec::as_slice),
            events_error,
            now,
        }
    }
}

impl<'a> Detailed<'a> {
    /// With what is known of it over a time.
    #[must_use]
    pub fn with_past(mut self, past: Option<&'a PastOfHpa>) -> Self {
        self.past = past.map(|past| history::PastFields::of(past, self.hpa));
        self
    }
}

/// The most HPAs that are all explained; of more there is a table.
const MOST_EXPLAINED: usize = 3;

/// How HPAs are described to people.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// Whether all are explained, however many there are.
    pub all: bool,
    /// The style of standard output.
    pub style: Style,
    /// The columns of the terminal; none for a pipe.
    pub width: Option<usize>,
    /// The characters of charts.
    pub charset: Charset,
}

/// HPAs described to people.
#[derive(Debug)]
pub struct Text {
    /// The text.
    pub text: String,
    /// How to go on, where the HPAs are too many to explain each.
    pub note: Option<String>,
}

/// The text for people: one HPA after the other, separated by empty lines; of several, a table
/// first, and of many a table alone.
pub fn text(details: &[Detailed<'_>], options: TextOptions) -> Text {
    let TextOptions { all, style, width, charset } = options;
    let is_explained = all || details.len() <= MOST_EXPLAINED;
    let badness =
        |detail: &&Detailed<'_>| detail.judged.worst().map(|it| (it.severity, Effect::of(it.id)));
    let mut details: Vec<&Detailed<'_>> = details.iter().collect();
    if width.is_some() {
        // The last rows are what stays on the screen.
        details.sort_by_key(badness);
    }
    let mut parts: Vec<String> = Vec::new();
    if let [first, _, ..] = details.as_slice() {
        let judged: Vec<Judged<'_>> = details.iter().map(|detail| detail.judged.clone()).collect();
        let options = TableOptions {
            wide: false,
            no_headers: false,
            labels: LabelColumns::default(),
            usage: None,
            grouped: false,
            width,
            style,
            now: first.now,
        };
        parts.push(hpas::table(&judged, options).text);
    }
    let mut note = None;
    if is_explained {
        let page = |detail: &&Detailed<'_>| {
            Page { style, width, charset, text: String::new() }.write(detail)
        };
        parts.extend(details.iter().map(page));
    } else if let Some(worst) = details.iter().max_by_key(|detail| badness(detail)) {
        note = Some(go_on(details.len(), worst.hpa));
    }
    Text { text: parts.join("\n"), note }
}

/// The line to type for one of `count` HPAs.
fn go_on(count: usize, hpa: &Hpa) -> String {
    let place = format!("{}/{}/{}", shown(&hpa.cluster), hpa.namespace, hpa.name);
    let place = shell_quoted(&place).into_owned();
    format!("{count} HPAs; to explain one: watchdog hpa get {place}; all: --all")
}

struct Page {
    style: Style,
    width: Option<usize>,
    charset: Charset,
    text: String,
}

impl Page {
    fn write(mut self, detail: &Detailed<'_>) -> String {
        let hpa = detail.hpa;
        let place = format!("{}/{}/{}", shown(&hpa.cluster), hpa.namespace, hpa.name);
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
        self.why(detail);
        self.heading("Behavior");
        for line in &detail.explanation.behavior {
            self.entry("-", 1, line);
        }
        self.target(detail);
        self.pods(detail);
        self.usage(detail);
        self.history(detail);
        self.alerts(detail);
        self.events(detail);
        self.text
    }

    fn overview(&mut self, detail: &Detailed<'_>) {
        let (hpa, now) = (detail.hpa, detail.now);
        let ago = |time: Option<Timestamp>, never: &str| {
            time.map_or_else(|| never.to_owned(), |time| format!("{} ago", age_at(time, now)))
        };
        let (min, max) = (hpa.min_replicas, hpa.max_replicas);
        self.field("scales", &format!("{}, {min} to {max} replicas", hpa.reference()));
        self.field("replicas", &replicas(hpa, detail.workload));
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
        for Silenced { finding, reason, .. } in &detail.judged.silenced {
            let severity = finding.severity.as_str();
            let head = format!("silenced by an annotation: {severity} {}", finding.id);
            self.indented(2, &head);
            self.indented(4, &finding.message);
            if let Some(reason) = reason {
                self.indented(4, &format!("Reason: {reason}"));
            }
        }
        for one in &detail.not_evaluated {
            self.indented(2, &format!("not evaluated: {}: {}", one.id, one.reason));
        }
    }

    fn metrics(&mut self, detail: &Detailed<'_>) {
        self.heading("Metrics");
        for metric in &detail.explanation.metrics {
            self.entry("-", 1, &format!("{}; current: {}", metric.wants, metric.sees));
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
            // The controller's own message, if it differs from our explanation.
            if tone != Tone::Plain && *condition.message != *text.meaning {
                self.indented(4, &format!("The controller says: {}", condition.message));
            }
        }
    }

    fn heading(&mut self, text: &str) {
        self.text += &format!("\n{}\n", self.style.header(text));
    }

    /// `  name      value`, the value wrapped below itself.
    fn field(&mut self, name: &str, value: &str) {
        self.entry(&format!("{:<14}", sanitize(name)), 14, value);
    }

    /// A mark that takes `columns` on the screen, followed by a wrapped text.
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

/// `2/2 ready; 2 now, 2 desired`: ready of the target's own count, and what the HPA's status says.
fn replicas(hpa: &Hpa, workload: Option<&Workload>) -> String {
    let (current, max) = (hpa.current_replicas, hpa.max_replicas);
    let ready = workload.map_or_else(String::new, |workload| {
        let ready = workload.replicas.ready.unwrap_or(0);
        match workload.replicas.spec {
            Some(all) => format!("{ready}/{all} ready; "),
            None => format!("{ready} ready; "),
        }
    });
    let desired = if hpa.conditions.is_empty() || hpa.is_stale() {
        "desired count unknown".to_owned()
    } else {
        format!("{} desired", hpa.desired_replicas)
    };
    let above = if current > max {
        format!("; {current} is above the maximum of {max}: {}", above_max(hpa))
    } else {
        String::new()
    };
    format!("{ready}{current} now, {desired}{above}")
}

/// Why there may be more replicas than the maximum. The controller returns to the maximum even
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

/// Names the data that was read, because nothing is known about the rest.
const NOTHING_FOUND: &str = "none (checked: this HPA, its target and its pods; watchdog hpa check \
                             also checks other HPAs, quotas, budgets and the history)";

#[cfg(test)]
mod tests;
