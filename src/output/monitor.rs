//! The output of `watchdog monitor` for a session's events: lines for people, or JSON lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::findings::{Finding, Severity};
use crate::kubectl::{ErrorKind, Outcome};
use crate::session::{
    Dropped, EndpointEvent, Event, FindingCounts, FindingEvent, Replicas, Scaled, ScanReport,
    Watching,
};
use crate::term::color::{Style, Tone};
use crate::term::outlet::Outlet;
use crate::term::text::{sanitize, wrap};
use crate::term::{json, stdout};

/// Turns the events of a session into lines.
#[derive(Debug)]
pub struct Printer {
    jsonl: bool,
    /// Whether lines for people include every HPA's replicas at each scan.
    replicas: bool,
    style: Style,
    live: bool,
    /// Where metrics are served.
    metrics: Option<SocketAddr>,
    /// The last scan's summary, which is printed when it changes.
    summary: Option<String>,
    /// The kind of each cluster's last failure.
    clusters: BTreeMap<Arc<str>, Option<ErrorKind>>,
}

/// The lines of a session on standard output, whose reader may be slow.
#[derive(Debug)]
pub struct EventLog {
    /// Formats the lines.
    pub printer: Printer,
    /// Standard output.
    pub outlet: Outlet,
    /// The number of events that were dropped and not reported yet.
    dropped: u64,
}

impl EventLog {
    /// Writes to standard output.
    pub fn stdout(printer: Printer) -> Self {
        Self { printer, outlet: Outlet::stdout(), dropped: 0 }
    }

    /// Prints an event. If events were dropped before it, prints the present `findings` first.
    pub fn event(&mut self, event: &Event, findings: &[Arc<Finding>], now: Timestamp) {
        let text = self.printer.event(event, now);
        if self.dropped > 0 && self.outlet.is_idle() {
            let dropped = self.printer.dropped(self.dropped, findings, now);
            if self.outlet.write(dropped) {
                self.dropped = 0;
            }
        }
        if !text.is_empty() && (self.dropped > 0 || !self.outlet.write(text)) {
            self.dropped += 1;
        }
    }
}

/// The event of a new plan, with where its metrics are served.
#[derive(Serialize)]
struct WithMetrics<'a> {
    #[serde(flatten)]
    event: &'a Event,
    metrics: Option<String>,
}

impl Printer {
    /// For people, or as JSON lines.
    pub fn new(jsonl: bool, replicas: bool, style: Style, metrics: Option<SocketAddr>) -> Self {
        let live = stdout::is_terminal();
        let (summary, clusters) = (None, BTreeMap::new());
        Self { jsonl, replicas, style, live, metrics, summary, clusters }
    }

    /// Whether it prints to a terminal.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// The lines of an event; for people, only what is new. They carry the time of writing, so
    /// that they are in order.
    pub fn event(&mut self, event: &Event, now: Timestamp) -> Vec<u8> {
        if self.jsonl {
            return self.jsonl(event);
        }
        match event {
            Event::Started(watching) => self.watching(watching, "start"),
            Event::Reloaded(watching) => self.watching(watching, "reload"),
            Event::Partial(partial) => self.clusters(&partial.clusters, now),
            Event::Present(event) => self.finding(event, "present", now),
            Event::Began(event) => self.finding(event, "began", now),
            Event::Changed(event) => self.finding(event, "changed", now),
            Event::Ended(event) => self.ended(event, now),
            Event::Scaled(scaled) => {
                let Scaled { cluster, namespace, hpa, from, to, .. } = scaled;
                let words = format!("{cluster}/{namespace}/{hpa}  {from} to {to} replicas");
                self.line(now, "scaled", Tone::Plain, &words)
            }
            Event::Scan(scan) => self.scan(scan, now),
            Event::Endpoint(endpoint) => self.endpoint(endpoint),
            Event::Dropped(Dropped { count, .. }) => self.dropped(*count, &[], now),
            // These are printed as messages on standard error.
            Event::HistoryFailed(_) | Event::HistoryRecovered(_) | Event::RetentionPaused(_) => {
                Vec::new()
            }
        }
    }

    fn jsonl(&self, event: &Event) -> Vec<u8> {
        match event {
            Event::Started(_) | Event::Reloaded(_) => {
                let metrics = self.metrics.map(|address| format!("http://{address}/metrics"));
                line(&WithMetrics { event, metrics })
            }
            // The scan's event reports all of its clusters.
            Event::Partial(_) => Vec::new(),
            event => line(event),
        }
    }

    fn watching(&self, watching: &Watching, word: &str) -> Vec<u8> {
        let clusters = plural(watching.clusters.len(), "cluster");
        let mut text = match watching.interval {
            Some(interval) => {
                let interval = crate::config::duration::format(interval);
                format!("watching {clusters} every {interval}: ")
            }
            None => format!("scanning {clusters} once: "),
        };
        text += &watching.clusters.join(", ");
        if let Some(history) = &watching.history {
            let _ = write!(text, "; history in {}", history.display());
        }
        if let Some(address) = self.metrics {
            let _ = write!(text, "; metrics at http://{address}/metrics");
        }
        self.line(watching.at, word, Tone::Dim, &text)
    }

    /// Clusters that fail in another way than before, or can be read again.
    fn clusters(&mut self, clusters: &[Outcome], at: Timestamp) -> Vec<u8> {
        let mut out = Vec::new();
        for cluster in clusters {
            // An open breaker is no new failure of a cluster.
            let kind = cluster.error.as_ref().map(|failure| failure.kind);
            if kind == Some(ErrorKind::BreakerOpen) {
                continue;
            }
            let now = cluster.error.as_ref().map(ToString::to_string);
            let before = self.clusters.insert(Arc::clone(&cluster.name), kind);
            let (tone, words) = match (before, now) {
                (Some(before), _) if before == kind => continue,
                (None, None) => continue,
                (_, Some(error)) => (Tone::Error, error),
                (Some(_), None) => (Tone::Ok, "reachable again".to_owned()),
            };
            out.extend(self.line(at, "cluster", tone, &format!("{}  {words}", cluster.name)));
        }
        out
    }

    fn finding(&self, event: &FindingEvent, word: &str, at: Timestamp) -> Vec<u8> {
        let finding = &event.finding;
        let tone = match finding.severity {
            Severity::Error => Tone::Error,
            Severity::Warning => Tone::Warning,
            Severity::Info => Tone::Dim,
        };
        let words = format!("{}; {}", brief(finding), finding.action);
        self.line(at, word, tone, &words)
    }

    fn ended(&self, event: &FindingEvent, at: Timestamp) -> Vec<u8> {
        let finding = &event.finding;
        let mut words = format!("{}  {}  {}", finding.severity, finding.place(), finding.id);
        if let Some(since) = event.since {
            let lasted = crate::term::time::age_at(since, at);
            let _ = write!(words, "  after {lasted}");
        }
        self.line(at, "ended", Tone::Ok, &words)
    }

    fn scan(&mut self, scan: &ScanReport, at: Timestamp) -> Vec<u8> {
        let mut out = Vec::new();
        let hpas = if self.replicas { &scan.hpas[..] } else { &[] };
        for hpa in hpas {
            let Replicas { cluster, namespace, name, current_replicas, .. } = hpa;
            let words = format!(
                "{cluster}/{namespace}/{name}  {current_replicas}/{} replicas ({} to {})",
                hpa.desired_replicas, hpa.min_replicas, hpa.max_replicas
            );
            out.extend(self.line(at, "replicas", Tone::Plain, &words));
        }
        let summary = summary(scan);
        if self.summary.as_ref() != Some(&summary) {
            let took = format!("{summary}, read in {:.1} s", scan.duration.as_secs_f64());
            out.extend(self.line(at, "scan", Tone::Dim, &took));
            self.summary = Some(summary);
        }
        out
    }

    /// Reports dropped lines (the reader was too slow): their number, and the present findings.
    fn dropped(&self, count: u64, findings: &[Arc<Finding>], at: Timestamp) -> Vec<u8> {
        if self.jsonl {
            let mut out = line(&Event::Dropped(Dropped { at, count }));
            for finding in findings {
                out.extend(line(&json!({"event": "present", "at": at, "finding": finding})));
            }
            return out;
        }
        let lost = plural(usize::try_from(count).unwrap_or(usize::MAX), "message");
        let words = format!("{lost} lost, because the reader was too slow; present findings:");
        let mut out = self.line(at, "dropped", Tone::Warning, &words);
        for finding in findings {
            out.extend(self.line(at, "present", Tone::Plain, &brief(finding)));
        }
        out
    }

    fn endpoint(&self, endpoint: &EndpointEvent) -> Vec<u8> {
        let EndpointEvent { at, cluster, role, endpoint: address, message } = endpoint;
        let tone = if address.is_some() { Tone::Ok } else { Tone::Warning };
        let address = address.as_ref().map(|address| format!("{address}  ")).unwrap_or_default();
        self.line(*at, role, tone, &format!("{cluster}  {address}{message}"))
    }

    /// Formats a line; on a terminal, a long one is wrapped and indented to its text.
    fn line(&self, at: Timestamp, word: &str, tone: Tone, text: &str) -> Vec<u8> {
        // Second precision is enough for a log line.
        let at = crate::term::time::whole_seconds(at);
        let text = sanitize(text);
        let painted = self.style.paint(tone, &format!("{word:<12}"));
        let Some(columns) = self.columns() else {
            return format!("{at}  {painted}  {text}\n").into_bytes();
        };
        let indent = at.to_string().len() + 2 + word.len().max(12) + 2;
        // If there is too little room next to the time, the text goes below it.
        let (first, rest) = match columns.checked_sub(indent) {
            Some(room) if room >= LEAST => (room, indent),
            _ => (columns.saturating_sub(indent), 4),
        };
        let mut lines = wrap(&text, first.max(1)).into_iter();
        let head = lines.next().unwrap_or_default();
        let mut out = format!("{at}  {painted}  {head}\n");
        let room = columns.saturating_sub(rest).max(1);
        for line in wrap(&lines.collect::<Vec<_>>().join(" "), room) {
            if !line.is_empty() {
                let _ = writeln!(out, "{:rest$}{line}", "");
            }
        }
        out.into_bytes()
    }

    /// The terminal's width in columns; `None` if the output is not a terminal.
    fn columns(&self) -> Option<usize> {
        if self.live { stdout::terminal_width() } else { None }
    }
}

/// The columns that the text needs at least to stay next to the time.
const LEAST: usize = 60;

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

/// A finding as one line.
fn brief(finding: &Finding) -> String {
    let Finding { severity, id, message, .. } = finding;
    format!("{severity}  {}  {id}  {message}", finding.place())
}

/// A scan as one line.
fn summary(scan: &ScanReport) -> String {
    let read = scan.clusters.iter().filter(|cluster| cluster.error.is_none()).count();
    let hpas = plural(scan.hpas.len(), "HPA");
    let FindingCounts { error, warning, info } = scan.findings;
    let mut found = Vec::new();
    if error > 0 {
        found.push(plural(error, "error"));
    }
    if warning > 0 {
        found.push(plural(warning, "warning"));
    }
    if info > 0 {
        found.push(format!("{info} info"));
    }
    let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    format!("{read} of {} read, {hpas}, {found}", plural(scan.clusters.len(), "cluster"))
}

fn line(value: &impl Serialize) -> Vec<u8> {
    // Cannot fail: the value has only strings, numbers and times.
    json::line(value).unwrap_or_default()
}
