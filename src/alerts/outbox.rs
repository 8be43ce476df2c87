//! The alerts that a session has open at an Alertmanager, and those that it has ended. Alertmanager is a level protocol:
//! an alert fires as long as it is sent again and again, and has ended once it is sent with an end in the past.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::outgoing::{
    Outgoing, UNREADABLE, annotations, labels, unreadable_annotations, unreadable_labels,
};
use crate::findings::{Finding, Severity};
use crate::kube::ObjectRef;

/// How often open alerts are sent again.
pub const RESEND: Duration = Duration::from_mins(1);
/// For how long an alert fires that is not sent again: then watchdog itself has ended.
const FIRES_FOR: Duration = Duration::from_mins(4);
/// For how long an end is sent again, to members that did not answer before.
const ENDS_FOR: Duration = Duration::from_mins(5);
/// How many alerts may be open; more are not sent.
const MOST_OPEN: usize = 10_000;
/// The annotation of an alert whose cluster cannot be read.
const STALE: &str = "stale";
/// How many scans in a row must fail before a cluster counts as unreadable.
const FAILED_SCANS: u32 = 2;

/// A finding that is present.
#[derive(Debug, Clone, Copy)]
pub struct PresentFinding<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// What the HPA scales, where that is known.
    pub target: Option<&'a ObjectRef>,
}

/// A cluster of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterState {
    /// The labels that all of its alerts have.
    pub labels: BTreeMap<String, String>,
    /// Its last scan.
    pub scan: LastScan,
}

/// The last scan of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastScan {
    /// It was not scanned yet.
    None,
    /// No HPA could be read, at this time, for this reason.
    Unreadable(Timestamp, String),
    /// Only a part could be read.
    Partial,
    /// Everything was read.
    Whole,
}

/// What an alert is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subject {
    cluster: String,
    namespace: String,
    hpa: String,
    finding: String,
    severity: String,
}

impl Subject {
    fn of(finding: &Finding) -> Self {
        Self {
            cluster: finding.cluster.to_string(),
            namespace: finding.namespace.clone(),
            hpa: finding.hpa.clone(),
            finding: finding.id.to_owned(),
            severity: finding.severity.as_str().to_owned(),
        }
    }

    fn unreadable(cluster: &str) -> Self {
        let (namespace, hpa) = (String::new(), String::new());
        let severity = Severity::Warning.as_str().to_owned();
        Self {
            cluster: cluster.to_owned(),
            namespace,
            hpa,
            finding: UNREADABLE.to_owned(),
            severity,
        }
    }
}

/// An alert that fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    subject: Subject,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    starts_at: Timestamp,
    /// Whether this process has seen its finding, and not only the one before it.
    #[serde(skip)]
    is_seen: bool,
}

/// The alerts of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outbox {
    open: BTreeMap<Subject, Open>,
    ended: Vec<Outgoing>,
    /// Clusters whose last scans failed: the time of the last one, how many, and since when.
    failed: BTreeMap<String, (Timestamp, u32, Timestamp)>,
    /// How many findings are not sent because too many are open.
    left_out: usize,
}

/// The file of an outbox.
#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    open: Vec<Open>,
    ended: Vec<Outgoing>,
}

const VERSION: u32 = 1;

impl Outbox {
    /// Reads what an earlier process has left; empty if that is none of ours.
    pub fn from_json(json: &[u8]) -> Self {
        let file = serde_json::from_slice::<File>(json).ok().filter(|it| it.version == VERSION);
        let Some(File { open, ended, .. }) = file else { return Self::default() };
        let open = open.into_iter().take(MOST_OPEN).map(|open| (open.subject.clone(), open));
        Self { open: open.collect(), ended, ..Self::default() }
    }

    /// What the next process needs.
    ///
    /// # Errors
    /// Never: it has only texts and times.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let open = self.open.values().cloned().collect();
        serde_json::to_vec(&File { version: VERSION, open, ended: self.ended.clone() })
    }

    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.ended.is_empty()
    }

    /// How many findings are not sent because too many are open.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// Takes what a session knows. Findings milder than a warning are no alerts. Returns whether it has to be kept again:
    /// an alert has begun or ended, or its end need not be sent any more.
    pub fn take(
        &mut self,
        present: &[PresentFinding<'_>],
        clusters: &BTreeMap<String, ClusterState>,
        now: Timestamp,
    ) -> bool {
        let mut changed = false;
        let mut seen = BTreeSet::new();
        let mut worst_first: Vec<&PresentFinding<'_>> =
            present.iter().filter(|it| it.finding.severity >= Severity::Warning).collect();
        // Of equal ones those that are open stay open.
        worst_first.sort_by_cached_key(|it| {
            let is_new = !self.open.contains_key(&Subject::of(it.finding));
            (std::cmp::Reverse(it.finding.severity), is_new)
        });
        let left_out = worst_first.split_off(worst_first.len().min(MOST_OPEN));
        self.left_out = left_out.len();
        for PresentFinding { finding, .. } in left_out {
            // It has not ended, and is only not sent any more.
            changed |= self.open.remove(&Subject::of(finding)).is_some();
        }
        for PresentFinding { finding, target } in worst_first {
            let Some(cluster) = clusters.get(&*finding.cluster) else { continue };
            let subject = Subject::of(finding);
            let known = self.open.get(&subject);
            let labels = match (target, known) {
                // Its HPA could not be read again: what was sent before stays its identity.
                (None, Some(known)) => known.labels.clone(),
                _ => labels(finding, *target, &cluster.labels),
            };
            seen.insert(subject.clone());
            changed |= self.set(subject, labels, annotations(finding), now);
        }
        for (name, cluster) in clusters {
            if let Some((why, since)) = self.unreadable(name, cluster) {
                let subject = Subject::unreadable(name);
                seen.insert(subject.clone());
                let annotations = unreadable_annotations(name, &why);
                changed |= self.set(subject, unreadable_labels(&cluster.labels), annotations, now);
                self.mark_stale(name, since);
            }
        }
        let over: Vec<Subject> = self
            .open
            .iter()
            .filter(|(subject, open)| !seen.contains(*subject) && is_over(open, clusters))
            .map(|(subject, _)| subject.clone())
            .collect();
        for subject in over {
            changed = true;
            if let Some(open) = self.open.remove(&subject)
                // Of a cluster that is not scanned any more: nothing has ended there.
                && clusters.contains_key(&subject.cluster)
            {
                self.end(open, now);
            }
        }
        let is_old = |it: &Outgoing| now.duration_since(it.ends_at).unsigned_abs() > ENDS_FOR;
        let ended = self.ended.len();
        self.ended.retain(|it| !is_old(it));
        changed || self.ended.len() != ended
    }

    /// Opens an alert, or renews it. Returns whether it is another than before.
    fn set(
        &mut self,
        subject: Subject,
        labels: BTreeMap<String, String>,
        annotations: BTreeMap<String, String>,
        now: Timestamp,
    ) -> bool {
        if let Some(open) = self.open.get_mut(&subject)
            && open.labels == labels
        {
            (open.annotations, open.is_seen) = (annotations, true);
            return false;
        }
        if let Some(other) = self.open.remove(&subject) {
            self.end(other, now);
        }
        self.ended.retain(|ended| ended.labels != labels);
        let open =
            Open { subject: subject.clone(), labels, annotations, starts_at: now, is_seen: true };
        self.open.insert(subject, open);
        true
    }

    fn end(&mut self, open: Open, now: Timestamp) {
        let Open { labels, mut annotations, starts_at, .. } = open;
        annotations.remove(STALE);
        self.ended.push(Outgoing { labels, annotations, starts_at, ends_at: now });
        let too_many = self.ended.len().saturating_sub(MOST_OPEN);
        self.ended.drain(..too_many);
    }

    /// Why a cluster is unreadable, and since when, once enough scans have failed.
    fn unreadable(&mut self, name: &str, cluster: &ClusterState) -> Option<(String, Timestamp)> {
        let LastScan::Unreadable(at, why) = &cluster.scan else {
            if cluster.scan != LastScan::None {
                self.failed.remove(name);
            }
            return None;
        };
        let (last, scans, since) = self.failed.entry(name.to_owned()).or_insert((*at, 1, *at));
        if at > last {
            (*last, *scans) = (*at, *scans + 1);
        }
        (*scans >= FAILED_SCANS).then(|| (why.clone(), *since))
    }

    /// Marks the alerts of a cluster that cannot be read as those of its last reading.
    fn mark_stale(&mut self, cluster: &str, since: Timestamp) {
        let of_cluster = |open: &&mut Open| {
            open.subject.cluster == cluster && open.subject.finding != UNREADABLE
        };
        for open in self.open.values_mut().filter(of_cluster) {
            let text =
                format!("the cluster cannot be read since {since}: this is its last known state");
            open.annotations.insert(STALE.to_owned(), text);
        }
    }

    /// What is to be sent now: all that is open, and for some minutes what has ended. Where the clock was set back since,
    /// nothing starts or has ended after now: an Alertmanager refuses what ends before it starts.
    pub fn due(&self, now: Timestamp) -> Vec<Outgoing> {
        let ends_at = now.checked_add(FIRES_FOR).unwrap_or(Timestamp::MAX);
        let open = self.open.values().map(|open| Outgoing {
            labels: open.labels.clone(),
            annotations: open.annotations.clone(),
            starts_at: open.starts_at.min(now),
            ends_at,
        });
        let ended = self.ended.iter().cloned().map(|ended| {
            let ends_at = ended.ends_at.min(now);
            Outgoing { starts_at: ended.starts_at.min(ends_at), ends_at, ..ended }
        });
        open.chain(ended).collect()
    }
}

/// Whether an open alert that is not present any more has ended. An outage of its cluster ends nothing, and of what an
/// earlier process has left, only a whole scan tells.
fn is_over(open: &Open, clusters: &BTreeMap<String, ClusterState>) -> bool {
    match clusters.get(&open.subject.cluster).map(|cluster| &cluster.scan) {
        None | Some(LastScan::Whole) => true,
        Some(LastScan::Partial) => open.is_seen || open.subject.finding == UNREADABLE,
        Some(LastScan::None | LastScan::Unreadable(..)) => false,
    }
}

#[cfg(test)]
mod tests;
