//! What `watchdog monitor` prints: lines for people, or JSON lines.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::findings::{Finding, NotEvaluated, Severity};
use crate::history::{ClusterOutcome, Recorded, Snapshot};
use crate::kubectl::ErrorKind;
use crate::monitor::{Event, EventKind, Scaled};
use crate::term::color::{Style, Tone};
use crate::term::text::{sanitize, wrap};
use crate::term::{json, stdout};

/// What a session watches from now on.
#[derive(Debug)]
pub struct Started<'a> {
    /// Whether it has begun before, with another configuration.
    pub again: bool,
    /// When.
    pub at: Timestamp,
    /// What is watched.
    pub clusters: Vec<&'a str>,
    /// How often; none for a single look.
    pub interval: Option<Duration>,
    /// The database, where there is one.
    pub history: Option<&'a Path>,
    /// Where metrics are served.
    pub metrics: Option<SocketAddr>,
}

/// A look, as it is printed.
#[derive(Debug)]
pub struct Seen<'a> {
    /// What was read.
    pub snapshot: &'a Snapshot,
    /// How long that took.
    pub took: Duration,
    /// Its number in the history.
    pub id: Option<i64>,
    /// Findings that began, changed, ended, and were not told as a part.
    pub events: &'a [Event],
    /// HPAs that were scaled, likewise.
    pub scaled: &'a [Scaled],
    /// What is wrong now.
    pub present: &'a [Finding],
    /// What could not be told.
    pub not_evaluated: &'a [NotEvaluated],
}

/// An endpoint that can be asked, or cannot.
#[derive(Debug)]
pub struct Endpoint<'a> {
    /// When that was seen.
    pub at: Timestamp,
    /// Its cluster.
    pub cluster: &'a str,
    /// `prometheus` or `alertmanager`.
    pub role: &'static str,
    /// Where, while it can be asked.
    pub endpoint: Option<&'a str>,
    /// What there is to say.
    pub message: &'a str,
}

/// A session's output so far.
#[derive(Debug)]
pub struct Printer {
    jsonl: bool,
    /// Every HPA's replicas at each look, for people too.
    replicas: bool,
    style: Style,
    live: bool,
    /// The last look's summary, without its time: it is said again when it is another.
    summary: Option<String>,
    clusters: BTreeMap<String, Option<String>>,
}

impl Printer {
    /// For people, or as JSON lines.
    pub fn new(jsonl: bool, replicas: bool, style: Style) -> Self {
        let live = stdout::is_terminal();
        Self { jsonl, replicas, style, live, summary: None, clusters: BTreeMap::new() }
    }

    /// Whether it prints to a terminal.
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// The first line.
    pub fn started(&self, started: &Started<'_>) -> Vec<u8> {
        if self.jsonl {
            return line(&json!({
                "event": if started.again { "reloaded" } else { "started" },
                "at": started.at,
                "clusters": started.clusters,
                "intervalMs": started.interval.map(millis),
                "history": started.history,
                "metrics": started.metrics.map(|address| format!("http://{address}/metrics")),
            }));
        }
        let clusters = plural(started.clusters.len(), "cluster");
        let mut text = match started.interval {
            Some(interval) => {
                format!("watching {clusters} every {}: ", crate::config::duration::format(interval))
            }
            None => format!("looking at {clusters} once: "),
        };
        text += &started.clusters.join(", ");
        if let Some(history) = started.history {
            let _ = write!(text, "; history in {}", history.display());
        }
        if let Some(address) = started.metrics {
            let _ = write!(text, "; metrics at http://{address}/metrics");
        }
        let word = if started.again { "reload" } else { "start" };
        self.line(started.at, word, Tone::Dim, &text)
    }

    /// What a look has to say: for people only what is new.
    pub fn look(&mut self, seen: &Seen<'_>, now: Timestamp) -> Vec<u8> {
        if self.jsonl { jsonl(seen) } else { self.text(seen, now) }
    }

    /// What some clusters have to say before the others have answered.
    pub fn part(
        &mut self,
        clusters: &[ClusterOutcome],
        events: &[Event],
        scaled: &[Scaled],
        now: Timestamp,
    ) -> Vec<u8> {
        if self.jsonl { happened(events, scaled) } else { self.news(clusters, events, scaled, now) }
    }

    /// Lines bear the time at which they are written, so that they are in order.
    fn news(
        &mut self,
        clusters: &[ClusterOutcome],
        events: &[Event],
        scaled: &[Scaled],
        at: Timestamp,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        for cluster in clusters {
            // Of a cluster that is left alone nothing new is known.
            if matches!(&cluster.error, Some((ErrorKind::BreakerOpen, _))) {
                continue;
            }
            let now = cluster.error.as_ref().map(|(kind, message)| format!("{kind}: {message}"));
            let kind = cluster.error.as_ref().map(|(kind, _)| kind.to_string());
            let before = self.clusters.insert(cluster.name.to_string(), kind.clone());
            let (tone, words) = match (before, now) {
                (Some(before), _) if before == kind => continue,
                (None, None) => continue,
                (_, Some(error)) => (Tone::Error, error),
                (Some(_), None) => (Tone::Ok, "it can be read again".to_owned()),
            };
            out.extend(self.line(at, "cluster", tone, &format!("{}  {words}", cluster.name)));
        }
        let mut events: Vec<&Event> = events.iter().collect();
        // What matters most comes first; of the same weight as found.
        events.sort_by_key(|event| std::cmp::Reverse(event.finding.severity));
        for event in events {
            let finding = &event.finding;
            let tone = match (event.event, finding.severity) {
                (EventKind::Ended, _) => Tone::Ok,
                (_, Severity::Error) => Tone::Error,
                (_, Severity::Warning) => Tone::Warning,
                (_, Severity::Info) => Tone::Dim,
            };
            let word = match event.event {
                EventKind::Present => "present",
                EventKind::Began => "began",
                EventKind::Changed => "changed",
                EventKind::Ended => "ended",
            };
            let mut words = format!("{}  {}  {}", finding.severity, finding.place(), finding.id);
            if event.event == EventKind::Ended {
                if let Some(since) = event.since {
                    let lasted = crate::term::time::age_at(since, at);
                    let _ = write!(words, "  after {lasted}");
                }
            } else {
                let _ = write!(words, "  {}; {}", finding.message, finding.action);
            }
            out.extend(self.line(at, word, tone, &words));
        }
        for scaled in scaled {
            let Scaled { cluster, namespace, hpa, from, to, .. } = scaled;
            let words = format!("{cluster}/{namespace}/{hpa}  {from} to {to} replicas");
            out.extend(self.line(at, "scaled", Tone::Plain, &words));
        }
        out
    }

    fn text(&mut self, seen: &Seen<'_>, at: Timestamp) -> Vec<u8> {
        let mut out = self.news(&seen.snapshot.clusters, seen.events, seen.scaled, at);
        if self.replicas {
            for Recorded { hpa, .. } in &seen.snapshot.hpas {
                let words = format!(
                    "{}/{}/{}  {}/{} replicas ({} to {})",
                    hpa.cluster,
                    hpa.namespace,
                    hpa.name,
                    hpa.current_replicas,
                    hpa.desired_replicas,
                    hpa.min_replicas,
                    hpa.max_replicas
                );
                out.extend(self.line(at, "replicas", Tone::Plain, &words));
            }
        }
        let summary = summary(seen);
        if self.summary.as_ref() != Some(&summary) {
            let took = format!("{summary}, read in {:.1} s", seen.took.as_secs_f64());
            out.extend(self.line(at, "look", Tone::Dim, &took));
            self.summary = Some(summary);
        }
        out
    }

    /// After lines that nobody took: how many there were, and what is wrong now.
    pub fn again(&self, lost: usize, present: &[Finding], at: Timestamp) -> Vec<u8> {
        if self.jsonl {
            let mut out = line(&json!({"event": "dropped", "at": at, "count": lost}));
            for finding in present {
                out.extend(line(&json!({"event": "present", "at": at, "finding": finding})));
            }
            return out;
        }
        let words = format!(
            "{} not written, for nobody read them; what is wrong now:",
            plural(lost, "message")
        );
        let mut out = self.line(at, "dropped", Tone::Warning, &words);
        for finding in present {
            let words = format!(
                "{}  {}  {}  {}",
                finding.severity,
                finding.place(),
                finding.id,
                finding.message
            );
            out.extend(self.line(at, "present", Tone::Plain, &words));
        }
        out
    }

    /// An endpoint that can be asked, or cannot.
    pub fn endpoint(&self, endpoint: &Endpoint<'_>) -> Vec<u8> {
        let Endpoint { at, cluster, role, endpoint: address, message } = *endpoint;
        if self.jsonl {
            return line(&json!({
                "event": "endpoint", "at": at, "cluster": cluster, "role": role,
                "endpoint": address, "message": message,
            }));
        }
        let tone = if address.is_some() { Tone::Ok } else { Tone::Warning };
        let address = address.map(|address| format!("{address}  ")).unwrap_or_default();
        self.line(at, role, tone, &format!("{cluster}  {address}{message}"))
    }

    /// On a terminal a line that is too long goes on below its words.
    fn line(&self, at: Timestamp, word: &str, tone: Tone, text: &str) -> Vec<u8> {
        // Whole seconds: nobody reads more.
        let at = crate::term::time::whole_seconds(at);
        let text = sanitize(text);
        let painted = self.style.paint(tone, &format!("{word:<12}"));
        let Some(columns) = self.columns() else {
            return format!("{at}  {painted}  {text}\n").into_bytes();
        };
        let indent = at.to_string().len() + 2 + word.len().max(12) + 2;
        // Where there is hardly room beside the time, below it.
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

    /// How wide the terminal is; none where it is none.
    fn columns(&self) -> Option<usize> {
        if self.live { stdout::terminal_width() } else { None }
    }
}

/// As many columns beside the time are room enough for words.
const LEAST: usize = 60;

fn plural(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// How things stand, in a line.
fn summary(seen: &Seen<'_>) -> String {
    let clusters = &seen.snapshot.clusters;
    let read = clusters.iter().filter(|cluster| cluster.error.is_none()).count();
    let hpas = plural(seen.snapshot.hpas.len(), "HPA");
    let count = |severity| seen.present.iter().filter(|f| f.severity == severity).count();
    let wrong: Vec<String> = [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .filter(|severity| count(*severity) > 0)
        .map(|severity| match severity {
            Severity::Info => format!("{} for information", count(severity)),
            severity => plural(count(severity), severity.as_str()),
        })
        .collect();
    let wrong = if wrong.is_empty() { "nothing found".to_owned() } else { wrong.join(", ") };
    format!("{read} of {} read, {hpas}, {wrong}", plural(clusters.len(), "cluster"))
}

fn line(value: &impl Serialize) -> Vec<u8> {
    // Of strings, numbers and times alone: that cannot fail.
    json::line(value).unwrap_or_default()
}

fn jsonl(seen: &Seen<'_>) -> Vec<u8> {
    let replicas: Vec<_> = seen
        .snapshot
        .hpas
        .iter()
        .map(|recorded| {
            let hpa = &recorded.hpa;
            json!({
                "cluster": &*hpa.cluster,
                "namespace": hpa.namespace,
                "name": hpa.name,
                "minReplicas": hpa.min_replicas,
                "maxReplicas": hpa.max_replicas,
                "currentReplicas": hpa.current_replicas,
                "desiredReplicas": hpa.desired_replicas,
                "readyReplicas": recorded.workload.as_ref().and_then(|target| target.ready),
            })
        })
        .collect();
    let count = |severity| seen.present.iter().filter(|f| f.severity == severity).count();
    let mut out = line(&json!({
        "event": "look",
        "at": seen.snapshot.taken_at,
        "durationMs": millis(seen.took),
        "snapshot": seen.id,
        "clusters": seen.snapshot.clusters,
        "hpas": replicas,
        "findings": {
            "error": count(Severity::Error),
            "warning": count(Severity::Warning),
            "info": count(Severity::Info),
        },
        "notEvaluated": seen.not_evaluated,
    }));
    out.extend(happened(seen.events, seen.scaled));
    out
}

fn happened(events: &[Event], scaled: &[Scaled]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        out.extend(line(event));
    }
    for scaled in scaled {
        out.extend(line(&json!({
            "event": "scaled", "at": scaled.at, "cluster": scaled.cluster,
            "namespace": scaled.namespace, "hpa": scaled.hpa,
            "from": scaled.from, "to": scaled.to,
        })));
    }
    out
}
