//! The output of `watchdog monitor` for a session's events: lines for people, or JSON lines.

mod alert;
mod endpoints;
mod log;
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
use crate::kubectl::{ErrorKind, Failure, Outcome};
use crate::session::{Dropped, Event, FindingEvent, Replicas, Scaled, ScanReport, Watching};
use crate::term::color::{Style, Tone};
use crate::term::live::Live;
use crate::term::shown::{self, shown};
use crate::term::text::{thousands, truncate, width};
use crate::term::time::ago;
use crate::term::{json, stdout};
pub use log::{EventLog, Start};
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
    /// The clusters, and the width of the longest name of one.
    watched: Vec<Arc<str>>,
    longest: usize,
    /// Whether the findings of the start were printed, or some of them.
    introduced: bool,
    /// Findings that were there at the start and are not printed yet.
    present: Present,
    /// Endpoints that are not printed yet.
    endpoints: endpoints::Pending,
    /// The last scan's summary, which is printed when it changes.
    summary: Option<String>,
    /// When something was last printed.
    printed: Timestamp,
    /// The kind of each cluster's last failure.
    clusters: BTreeMap<Arc<str>, Option<ErrorKind>>,
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
            watched: Vec::new(),
            longest: 0,
            introduced: false,
            present: Present::default(),
            endpoints: endpoints::Pending::default(),
            summary: None,
            printed: Timestamp::UNIX_EPOCH,
            clusters: BTreeMap::new(),
        }
    }

    /// The line at the bottom of a terminal, where the event changes it.
    fn status(&self, event: &Event) -> Option<String> {
        let text = match event {
            Event::Started(_) | Event::Partial(_) if self.summary.is_none() => {
                let clusters = plural(self.watched.len(), "cluster");
                let awaited: Vec<String> = self.awaited().map(|name| shown(name)).collect();
                let answered = self.watched.len() - awaited.len();
                let text = format!("first scan: {answered} of {clusters} have answered");
                if answered == 0 || awaited.is_empty() {
                    text
                } else {
                    format!("{text}, waiting for {}", awaited.join(", "))
                }
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
        let severity = match event {
            Event::AlertBegan(alert) | Event::AlertEnded(alert) => Some(alert::severity(alert)),
            event => event.severity(),
        };
        let is_mild = severity.is_some_and(|it| it < self.options.severity);
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
                self.introduced = false;
                self.clusters.retain(|name, _| watching.clusters.contains(name));
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
            Event::AlertBegan(alert) => self.alert(alert, false, now),
            Event::AlertEnded(alert) => self.alert(alert, true, now),
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
        if !text.is_empty() {
            self.printed = now;
        }
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
        self.watched.clone_from(&watching.clusters);
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
                Some(_) => {
                    let text = "can be read again";
                    let place = Place { cluster: &cluster.name, object: "-" };
                    out += &self.at(at, "cluster", Tone::Ok, place, text);
                }
                None => {}
            }
        }
        // One cause is one line.
        if failed.len() > FEW_CLUSTERS {
            for message in failures::messages(failed, true, None) {
                out += &self.line(at, "error", Tone::Error, &message.error);
            }
            return out;
        }
        for cluster in failed {
            let text = cluster.error.as_ref().map(why).unwrap_or_default();
            let place = Some(Place { cluster: &cluster.name, object: "cluster" });
            let (place, text) = if self.live {
                // With a column that says no more, the text would begin in the next row.
                (None, format!("{}: {text}", shown(&cluster.name)))
            } else {
                (place, text)
            };
            let line = Line { kind: "error", tone: Tone::Error, place, text: &text };
            out += &self.columns().rows(at, line, ROWS_OF_CLUSTER);
        }
        out
    }

    /// Whether the cluster could be read when it was last tried.
    fn is_read(&self, cluster: &str) -> bool {
        matches!(self.clusters.get(cluster), Some(None))
    }

    /// The clusters that have not answered yet.
    fn awaited(&self) -> impl Iterator<Item = &Arc<str>> {
        self.watched.iter().filter(|name| !self.clusters.contains_key(*name))
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

    fn has_findings(&self) -> bool {
        !self.present.is_empty()
    }

    /// What is known at the start although some clusters have not answered.
    fn introduction(&mut self, at: Timestamp) -> String {
        let is_first = !std::mem::replace(&mut self.introduced, true);
        let mut out = self.findings(at);
        let awaited: Vec<Arc<str>> = self.awaited().cloned().collect();
        if is_first && !awaited.is_empty() && !self.options.jsonl {
            let (count, of) = (thousands(awaited.len()), plural(self.watched.len(), "cluster"));
            let text = format!("{count} of {of} not answered yet: {}", some(&awaited));
            out += &self.line(at, "waiting", Tone::Warning, &text);
        }
        out
    }

    fn endpoints(&mut self, at: Timestamp) -> String {
        let (mut endpoints, columns) = (std::mem::take(&mut self.endpoints), self.columns());
        let text = endpoints.lines(&columns, at, |cluster| self.is_read(cluster));
        self.endpoints = endpoints;
        text
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
        self.introduced = true;
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
        // A log that is silent for hours would look like that of a session that hangs.
        let is_news = self.summary.as_ref() != Some(&summary);
        if !is_shown && (is_news || ago(at, QUIET) > self.printed) {
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

/// A log in which nothing was printed for this long has the next scan, though it is as the one before.
const QUIET: Duration = Duration::from_hours(1);

/// Up to this many clusters that fail are a line each, whatever the cause.
const FEW_CLUSTERS: usize = 3;

/// How many rows of a terminal such a line may take.
const ROWS_OF_CLUSTER: usize = 2;

/// Why a cluster cannot be read, without kubectl's repetition of the kind.
fn why(failure: &Failure) -> String {
    let Failure { kind, message, .. } = failure;
    let repeated = message.strip_prefix("Error from server (");
    let rest = repeated.and_then(|rest| Some(rest.split_once("): ")?.1));
    format!("{kind}: {}", rest.unwrap_or(message))
}

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
    fn a_quiet_log_has_a_scan_an_hour() {
        let mut printer = Printer::new(PrintOptions {
            jsonl: false,
            replicas: false,
            each_present: false,
            actions: false,
            severity: Severity::Info,
            status: false,
            style: Style::PLAIN,
            metrics: None,
        });
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut scan = |minutes: u64| {
            let at = start + Duration::from_mins(minutes);
            let event = Event::Scan(Box::new(ScanReport {
                at,
                duration: Duration::from_secs(1),
                snapshot: None,
                clusters: Vec::new(),
                hpas: Vec::new(),
                findings: crate::session::FindingCounts::default(),
                not_evaluated: Vec::new(),
                history_damaged: false,
            }));
            String::from_utf8(printer.event(&event, at)).unwrap()
        };
        assert!(scan(0).contains("  scan "));
        assert_eq!([scan(1), scan(60)], ["", ""]);
        assert!(scan(61).starts_with("2026-11-23T13:01:00Z  scan      "));
        assert_eq!([scan(62), scan(121)], ["", ""]);
        assert!(scan(122).contains("  scan "));
    }

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
