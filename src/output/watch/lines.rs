//! The changes of a session, a line each.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use super::ScanChanges;
use super::frame::word;
use crate::kubectl::{ErrorKind, Failure, Outcome};
use crate::session::{Change, Reading};
use crate::term::color::{Style, Tone};
use crate::term::json;
use crate::term::shown::shown;
use crate::term::text::sanitize;

/// A line for each change, for a pipe.
#[derive(Debug, Default)]
pub(super) struct Lines {
    jsonl: bool,
    style: Style,
    /// The last failure of each cluster that cannot be read.
    failing: BTreeMap<Arc<str>, ErrorKind>,
}

impl Lines {
    /// For people, or as JSON lines.
    pub(super) fn new(jsonl: bool, style: Style) -> Self {
        Self { jsonl, style, failing: BTreeMap::new() }
    }

    /// The lines of a cluster's scan: a new kind of failure, or that the cluster is reachable
    /// again, and the changes.
    pub(super) fn scan(&mut self, (cluster, changes): &ScanChanges) -> Vec<u8> {
        let Outcome { name, error, .. } = &cluster.outcome;
        let mut out = Vec::new();
        let kind = error.as_ref().map(|failure| failure.kind);
        if self.failing.get(name).copied() != kind {
            match kind {
                Some(kind) => self.failing.insert(Arc::clone(name), kind),
                None => self.failing.remove(name),
            };
            out.extend(self.cluster(name, error.as_ref(), cluster.at));
        }
        out.extend(changes.iter().flat_map(|change| self.change(change)));
        out
    }

    fn cluster(&self, name: &str, error: Option<&Failure>, at: Timestamp) -> Vec<u8> {
        if self.jsonl {
            let outcome = if error.is_some() { "error" } else { "ok" };
            return line(
                &json!({"event": "cluster", "at": at, "cluster": name, "outcome": outcome, "error": error}),
            );
        }
        let (tone, words) = match error {
            Some(failure) => (Tone::Error, failure.to_string()),
            None => (Tone::Ok, "reachable again".to_owned()),
        };
        self.text(at, "cluster", tone, &format!("{}  {words}", shown(name)))
    }

    fn change(&self, change: &Change) -> Vec<u8> {
        if self.jsonl {
            return line(change);
        }
        let (word, tone) = word(change.event);
        let place = format!("{}/{}/{}", shown(&change.cluster), change.namespace, change.name);
        self.text(change.at, word, tone, &format!("{place}  {}", change_words(change)))
    }

    fn text(&self, at: Timestamp, word: &str, tone: Tone, text: &str) -> Vec<u8> {
        // Second precision is enough for a log line.
        let at = crate::term::time::whole_seconds(at);
        let word = self.style.paint(tone, &format!("{word:<8}"));
        format!("{at}  {word}  {}\n", sanitize(text)).into_bytes()
    }
}

/// The state of the HPA, or the difference if it changed.
pub(super) fn change_words(change: &Change) -> String {
    let Reading { min_replicas, max_replicas, current_replicas, status } = change.now;
    let Some(before) = change.before else {
        return format!("replicas {current_replicas} ({min_replicas} to {max_replicas})  {status}");
    };
    let mut words = Vec::new();
    for (name, was, now) in [
        ("replicas", before.current_replicas, current_replicas),
        ("min", before.min_replicas, min_replicas),
        ("max", before.max_replicas, max_replicas),
    ] {
        if was != now {
            words.push(format!("{name} {was}→{now}"));
        }
    }
    if before.status != status {
        words.push(format!("{}→{status}", before.status));
    }
    words.join("  ")
}

fn line(value: &impl serde::Serialize) -> Vec<u8> {
    // Cannot fail: the value has only strings, numbers and times.
    json::line(value).unwrap_or_default()
}
