//! The output of `watchdog monitor` for a session's events: lines for people, or JSON lines.

mod endpoints;
mod present;
mod status;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::columns::{Columns, Line, Place, object, severity};
use super::failures;
use crate::findings::{Finding, Severity};
use crate::kubectl::{ErrorKind, Outcome};
use crate::session::{Dropped, Event, FindingEvent, Replicas, Scaled, ScanReport, Watching};
use crate::term::color::{Style, Tone};
use crate::term::live::Live;
use crate::term::shown::{self, shown};
use crate::term::text::{thousands, truncate, width};
use crate::term::{json, stdout};
use present::Present;
use status::{status, summary};

/// How a session is printed.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct PrintOptions {
    /// A JSON object a line instead of text.
    pub jsonl: bool,
    /// Whether text includes every HPA's replicas at each scan.
    pub replicas: bool,
    /// Whether each finding that existed at the start is a line of text, however many there are.
    pub each_present: bool,
    /// Whether what to do follows each finding of the text.
    pub actions: bool,
    /// The mildest findings that are printed.
    pub severity: Severity,
    /// Whether the bottom line of a terminal shows the state of the session.
    pub status: bool,
    /// Colour.
    pub style: Style,
    /// Where metrics are served.
    pub metrics: Option<String>,
}

/// Turns the events of a session into lines.
#[derive(Debug)]
pub struct Printer {
    options: PrintOptions,
    live: bool,
    /// The number of clusters, and the width of the longest name of one.
    watched: usize,
    longest: usize,
    /// Findings that were there at the start and are not printed yet.
    present: Present,
    /// Endpoints that are not printed yet.
    endpoints: endpoints::Pending,
    /// The last scan's summary, which is printed when it changes.
    summary: Option<String>,
    /// The kind of each cluster's last failure.
    clusters: BTreeMap<Arc<str>, Option<ErrorKind>>,
}

/// The lines of a session on standard output, whose reader may be slow.
#[derive(Debug)]
pub struct EventLog {
    printer: Printer,
    out: Live,
    /// The line at the bottom of a terminal.
    status: Vec<String>,
    /// The number of events that were dropped and not reported yet.
    dropped: u64,
}

impl EventLog {
    /// Writes to standard output.
    pub fn stdout(options: PrintOptions) -> Self {
        let printer = Printer::new(options);
        Self { printer, out: Live::stdout(), status: Vec::new(), dropped: 0 }
    }

    /// Whether it prints to a terminal.
    pub fn is_live(&self) -> bool {
        self.printer.live
    }

    /// Prints an event. If events were dropped before it, prints the present `findings` first.
    pub fn event(&mut self, event: &Event, findings: &[Arc<Finding>], now: Timestamp) {
        let text = self.printer.event(event, now);
        if let Some(status) = self.printer.status(event) {
            self.status = vec![self.printer.options.style.dim(&status)];
            if text.is_empty() && self.out.is_idle() {
                self.out.draw(&self.status);
            }
        }
        if self.dropped > 0 && self.out.is_idle() {
            let dropped = self.printer.dropped(self.dropped, findings, now);
            if self.write(dropped) {
                self.dropped = 0;
            }
        }
        if !text.is_empty() && (self.dropped > 0 || !self.write(text)) {
            self.dropped += 1;
        }
    }

    /// Whether findings of the start wait to be printed together with others.
    pub fn has_findings(&self) -> bool {
        !self.printer.present.is_empty()
    }

    /// Whether endpoints wait to be printed together with others.
    pub fn has_endpoints(&self) -> bool {
        !self.printer.endpoints.is_empty()
    }

    /// Prints the findings of the start that have come so far.
    pub fn print_findings(&mut self, now: Timestamp) {
        let text = self.printer.findings(now);
        self.print(text);
    }

    /// Prints the endpoints that have come so far.
    pub fn print_endpoints(&mut self, now: Timestamp) {
        let text = self.printer.endpoints.lines(&self.printer.columns(), now);
        self.print(text);
    }

    fn print(&mut self, text: String) {
        if !text.is_empty() && !self.write(text.into_bytes()) {
            self.dropped += 1;
        }
    }

    fn write(&mut self, text: Vec<u8>) -> bool {
        self.out.above_text(text, &self.status)
    }

    /// Takes the line at the bottom away, so that something else can write to the terminal, and
    /// waits until that is done, at most `within`.
    pub async fn make_way(&mut self, within: Duration) {
        if !self.status.is_empty() {
            self.out.draw(&[]);
            self.out.flush(within).await;
        }
    }

    /// Draws the line at the bottom again, after something else has written to the terminal.
    pub fn come_back(&mut self) {
        if !self.status.is_empty() && self.out.is_idle() {
            self.out.draw(&self.status);
        }
    }

    /// Resolves when no more can be written: with `Ok` if the reader has gone, or with the system's
    /// error.
    pub async fn ended(&mut self) -> std::io::Result<()> {
        self.out.ended().await
    }

    /// Prints what has come so far, takes the line at the bottom away, and waits until everything
    /// is written, at most `within`.
    pub fn finish(&mut self, now: Timestamp, within: Duration) -> impl Future<Output = ()> + use<> {
        self.print_findings(now);
        self.print_endpoints(now);
        if !std::mem::take(&mut self.status).is_empty() {
            self.out.draw(&[]);
        }
        self.out.flush(within)
    }
}

/// The event of a new plan, with where its metrics are served.
#[derive(Serialize)]
struct WithMetrics<'a> {
    #[serde(flatten)]
    event: &'a Event,
    metrics: &'a Option<String>,
}

impl Printer {
    /// For people, or as JSON lines.
    fn new(options: PrintOptions) -> Self {
        Self {
            options,
            live: stdout::is_terminal(),
            watched: 0,
            longest: 0,
            present: Present::default(),
            endpoints: endpoints::Pending::default(),
            summary: None,
            clusters: BTreeMap::new(),
        }
    }

    /// The line at the bottom of a terminal, where the event changes it.
    fn status(&self, event: &Event) -> Option<String> {
        let text = match event {
            Event::Partial(_) if self.summary.is_none() => {
                let (read, clusters) = (self.clusters.len(), plural(self.watched, "cluster"));
                format!("first scan: {read} of {clusters} have answered")
            }
            Event::Scan(scan) => status(scan),
            _ => return None,
        };
        self.has_status().then(|| bottom_line(&text, stdout::terminal_width().unwrap_or(80)))
    }

    fn has_status(&self) -> bool {
        self.options.status && !self.options.jsonl && Live::is_supported()
    }

    /// The lines of an event; for people, only what is new. They carry the time of writing, so
    /// that they are in order.
    fn event(&mut self, event: &Event, now: Timestamp) -> Vec<u8> {
        let is_mild = event.severity().is_some_and(|it| it < self.options.severity);
        // A change may have made it as mild as that, which is news.
        if is_mild && !matches!(event, Event::Changed(_)) {
            return Vec::new();
        }
        if self.options.jsonl {
            return self.jsonl(event);
        }
        let text = match event {
            Event::Started(watching) => self.watching(watching, "start", now),
            Event::Reloaded(watching) => {
                self.present.restart();
                self.watching(watching, "reload", now)
            }
            Event::Partial(partial) => self.clusters(&partial.clusters, now),
            Event::Present(event) if self.options.each_present => {
                self.finding(&event.finding, "present: ", now)
            }
            Event::Present(event) => {
                self.present.push(&event.finding);
                String::new()
            }
            Event::Began(event) => self.finding(&event.finding, "", now),
            Event::Changed(event) => self.finding(&event.finding, "now: ", now),
            Event::Ended(event) => self.ended(event, now),
            Event::Scaled(scaled) => {
                let Scaled { cluster, namespace, hpa, from, to, .. } = scaled;
                let place = Place { cluster, object: &format!("{namespace}/{hpa}") };
                self.at(now, "scaled", Tone::Plain, place, &format!("{from} to {to} replicas"))
            }
            Event::Scan(scan) => self.scan(scan, now),
            Event::Endpoint(endpoint) => {
                self.endpoints.push(endpoint);
                String::new()
            }
            Event::Dropped(Dropped { count, .. }) => {
                return self.dropped(*count, &[], now);
            }
            // These are printed as messages on standard error.
            Event::HistoryFailed(_) | Event::HistoryRecovered(_) | Event::RetentionPaused(_) => {
                String::new()
            }
        };
        text.into_bytes()
    }

    fn jsonl(&self, event: &Event) -> Vec<u8> {
        match event {
            Event::Started(_) | Event::Reloaded(_) => {
                line(&WithMetrics { event, metrics: &self.options.metrics })
            }
            // The scan's event reports all of its clusters.
            Event::Partial(_) => Vec::new(),
            event => line(event),
        }
    }

    fn watching(&mut self, watching: &Watching, word: &str, at: Timestamp) -> String {
        self.watched = watching.clusters.len();
        self.longest = watching.clusters.iter().map(|name| width(&shown(name))).max().unwrap_or(0);
        let clusters = plural(watching.clusters.len(), "cluster");
        let mut text = match watching.interval {
            Some(interval) => {
                let interval = crate::config::duration::format(interval);
                format!("watching {clusters} every {interval}: ")
            }
            None => format!("scanning {clusters} once: "),
        };
        text += &some(&watching.clusters);
        if let Some(left_out) = shown::left_out() {
            let _ = write!(text, "; {left_out}");
        }
        if let Some(history) = &watching.history {
            let _ = write!(text, "; history in {}", history.display());
        }
        if let Some(metrics) = &self.options.metrics {
            let _ = write!(text, "; metrics at {metrics}");
        }
        self.line(at, word, Tone::Dim, &text)
    }

    /// Clusters that fail in another way than before, or can be read again.
    fn clusters(&mut self, clusters: &[Outcome], at: Timestamp) -> String {
        let (mut failed, mut out) = (Vec::new(), String::new());
        for cluster in clusters {
            // An open breaker is no new failure of a cluster.
            let kind = cluster.error.as_ref().map(|failure| failure.kind);
            if kind == Some(ErrorKind::BreakerOpen) {
                continue;
            }
            let before = self.clusters.insert(Arc::clone(&cluster.name), kind);
            match before {
                Some(before) if before == kind => {}
                _ if kind.is_some() => failed.push(cluster),
                Some(_) => out += &self.cluster(at, Tone::Ok, &cluster.name, "can be read again"),
                None => {}
            }
        }
        // One cause is one line.
        if failed.len() > FEW_CLUSTERS {
            for message in failures::messages(failed, true, None) {
                out += &self.line(at, "cluster", Tone::Error, &message.error);
            }
            return out;
        }
        for cluster in failed {
            let why = cluster.error.as_ref().map(ToString::to_string).unwrap_or_default();
            out += &self.cluster(at, Tone::Error, &cluster.name, &why);
        }
        out
    }

    fn cluster(&self, at: Timestamp, tone: Tone, cluster: &str, text: &str) -> String {
        self.at(at, "cluster", tone, Place { cluster, object: "-" }, text)
    }

    fn finding(&self, finding: &Finding, mark: &str, at: Timestamp) -> String {
        let (word, tone) = severity(finding.severity);
        let place = Place { cluster: &finding.cluster, object: &object(finding) };
        let text = format!("{}  {mark}{}", finding.id, finding.message);
        let mut out = self.at(at, word, tone, place, &text);
        if self.options.actions {
            out += &self.columns().below(&format!("to do: {}", finding.action));
        }
        out
    }

    fn ended(&self, FindingEvent { finding, since, .. }: &FindingEvent, at: Timestamp) -> String {
        let mut text = format!("{}  {}", finding.id, finding.severity);
        if let Some(since) = since {
            let lasted = crate::term::time::age_at(*since, at);
            let _ = write!(text, ", after {lasted}");
        }
        let place = Place { cluster: &finding.cluster, object: &object(finding) };
        self.at(at, "ended", Tone::Ok, place, &text)
    }

    /// The findings of the start that are not printed yet.
    fn findings(&mut self, at: Timestamp) -> String {
        let mut present = std::mem::take(&mut self.present);
        let each = |finding: &Finding| self.finding(finding, "present: ", at);
        let text = present.lines(&self.columns(), at, each);
        self.present = present;
        text
    }

    fn scan(&mut self, scan: &ScanReport, at: Timestamp) -> String {
        let mut out = self.findings(at);
        let hpas = if self.options.replicas { &scan.hpas[..] } else { &[] };
        for hpa in hpas {
            let Replicas { cluster, namespace, name, current_replicas, .. } = hpa;
            let text = format!(
                "{current_replicas} replicas, {} desired ({} to {})",
                hpa.desired_replicas, hpa.min_replicas, hpa.max_replicas
            );
            let place = Place { cluster, object: &format!("{namespace}/{name}") };
            out += &self.at(at, "replicas", Tone::Plain, place, &text);
        }
        let summary = summary(scan);
        let is_shown = self.has_status() && self.summary.is_some();
        if !is_shown && self.summary.as_ref() != Some(&summary) {
            let took = format!("{summary}, read in {:.1} s", scan.duration.as_secs_f64());
            out += &self.line(at, "scan", Tone::Dim, &took);
        }
        self.summary = Some(summary);
        out
    }

    /// Reports dropped lines (the reader was too slow): their number, and the present findings.
    fn dropped(&self, count: u64, findings: &[Arc<Finding>], at: Timestamp) -> Vec<u8> {
        let findings = findings.iter().filter(|it| it.severity >= self.options.severity);
        if self.options.jsonl {
            let mut out = line(&Event::Dropped(Dropped { at, count }));
            for finding in findings {
                out.extend(line(&json!({"event": "present", "at": at, "finding": finding})));
            }
            return out;
        }
        let lost = plural(usize::try_from(count).unwrap_or(usize::MAX), "message");
        let text = format!("{lost} lost, because the reader was too slow; present findings:");
        let mut out = self.line(at, "dropped", Tone::Warning, &text);
        for finding in findings {
            out += &self.finding(finding, "present: ", at);
        }
        out.into_bytes()
    }

    fn at(&self, at: Timestamp, kind: &str, tone: Tone, place: Place<'_>, text: &str) -> String {
        self.columns().line(at, Line { kind, tone, place: Some(place), text })
    }

    fn line(&self, at: Timestamp, kind: &str, tone: Tone, text: &str) -> String {
        self.columns().line(at, Line { kind, tone, place: None, text })
    }

    fn columns(&self) -> Columns {
        let terminal = if self.live { stdout::terminal_width() } else { None };
        Columns::new(self.options.style, terminal, self.longest)
    }
}

/// The line at the bottom of a terminal of this width. There is room for the ^C that the terminal
/// echoes, so that it vanishes with the line.
fn bottom_line(text: &str, columns: usize) -> String {
    let room = columns.saturating_sub("^C".len() + 1);
    let text = if width(text) > room { text.trim_start_matches("last ") } else { text };
    truncate(text, room).into_owned()
}

/// Up to this many clusters that fail are a line each, whatever the cause.
const FEW_CLUSTERS: usize = 3;

/// The names of the first clusters, and the number of the others.
fn some(names: &[Arc<str>]) -> String {
    const NAMED: usize = 5;
    let first = names.iter().take(NAMED).map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// `1 HPA`, `2,996 HPAs`
fn plural(count: usize, word: &str) -> String {
    format!("{} {word}{}", thousands(count), if count == 1 { "" } else { "s" })
}

fn line(value: &impl Serialize) -> Vec<u8> {
    // Cannot fail: the value has only strings, numbers and times.
    json::line(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_line_leaves_room_for_an_echoed_key() {
        let text =
            "last scan 16:11:03Z  40/40 clusters  2,999 HPAs  124 errors, 232 warnings, 57 info";
        assert_eq!(bottom_line(text, 200), text);
        assert_eq!(bottom_line(text, 80), text.replace("last ", ""), "whole at 80 columns");
        assert!(width(&bottom_line(text, 60)) <= 57);
        assert_eq!(bottom_line(text, 2), "");
    }
}
