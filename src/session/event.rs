//! The events of a session: one type, which front ends print, count or show.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::scanned::ScannedCluster;
use crate::findings::{Finding, NotEvaluated, Severity};
use crate::history::Recorded;
use crate::kubectl::Outcome;

/// An event of a session. As JSON, `event` names the variant.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
pub enum Event {
    /// The session has started.
    Started(Watching),
    /// Another plan is in force.
    Reloaded(Watching),
    /// Some clusters have answered; events of their HPAs follow.
    Partial(Partial),
    /// A finding that existed at the first scan of its cluster.
    Present(FindingEvent),
    /// A finding has begun.
    Began(FindingEvent),
    /// A finding has another severity.
    Changed(FindingEvent),
    /// A finding has ended.
    Ended(FindingEvent),
    /// An HPA has another number of replicas than at the scan before.
    Scaled(Scaled),
    /// An alert of an HPA fires that did not at the reading before, if there was one.
    AlertBegan(AlertEvent),
    /// An alert of an HPA does not fire any more.
    AlertEnded(AlertEvent),
    /// A scan is complete. Its other events come before this one.
    Scan(Box<ScanReport>),
    /// A cluster's Prometheus or Alertmanager became reachable or unreachable.
    Endpoint(EndpointEvent),
    /// The history cannot be read or written, or is damaged. The session goes on.
    HistoryFailed(HistoryFailure),
    /// The history works again.
    HistoryRecovered(Moment),
    /// Old snapshots are not deleted, because the clock may be wrong.
    RetentionPaused(Moment),
    /// The subscriber was too slow and has lost events. The present findings follow.
    Dropped(Dropped),
}

/// An event without further data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
}

/// What a session scans from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Watching {
    /// When.
    pub at: Timestamp,
    /// The clusters.
    pub clusters: Vec<Arc<str>>,
    /// The time from one scan to the next, in milliseconds; none for a single scan.
    #[serde(rename = "intervalMs", serialize_with = "optional_milliseconds")]
    pub interval: Option<Duration>,
    /// The database, if there is a history.
    pub history: Option<PathBuf>,
}

/// Clusters that have answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Partial {
    /// The start of the scan.
    pub at: Timestamp,
    /// How reading each of them went.
    pub clusters: Vec<Outcome>,
}

/// An event of one finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FindingEvent {
    /// The start of the scan that showed it.
    pub at: Timestamp,
    /// The first scan with the finding; none if that was the first scan of its cluster.
    pub since: Option<Timestamp>,
    /// The finding as last seen.
    pub finding: Finding,
}

/// An HPA whose number of replicas has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scaled {
    /// The start of the scan that showed it.
    pub at: Timestamp,
    /// Its cluster.
    pub cluster: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub hpa: String,
    /// The replicas at the scan before.
    pub from: i32,
    /// The replicas now.
    pub to: i32,
}

/// An alert that concerns an HPA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertEvent {
    /// When it was read.
    pub at: Timestamp,
    /// The HPA's cluster.
    pub cluster: String,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub hpa: String,
    /// The alert's name.
    pub alertname: String,
    /// The alert's label `severity`.
    pub severity: Option<String>,
    /// Since when its condition has held.
    pub starts_at: Option<Timestamp>,
    /// The labels by which it was matched.
    pub matched_by: Vec<String>,
    /// Why it is a false alarm, if it is one.
    pub false_alarm: Option<&'static str>,
    /// All its labels.
    pub labels: BTreeMap<String, String>,
}

/// A complete scan.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScanReport {
    /// The start of the scan.
    pub at: Timestamp,
    /// How long the scan took, in milliseconds.
    #[serde(rename = "durationMs", serialize_with = "milliseconds")]
    pub duration: Duration,
    /// The number of its snapshot in the history; none if the scan was not stored.
    pub snapshot: Option<i64>,
    /// How reading each cluster went.
    pub clusters: Vec<Outcome>,
    /// The replicas of each HPA.
    pub hpas: Vec<Replicas>,
    /// The number of present findings of each severity.
    pub findings: FindingCounts,
    /// Rules that could not be evaluated.
    pub not_evaluated: Vec<NotEvaluated>,
    /// Whether the part of the history that findings depend on is damaged.
    #[serde(skip)]
    pub history_damaged: bool,
}

/// The replicas of one HPA.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replicas {
    /// Its cluster.
    pub cluster: Arc<str>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The fewest replicas that it may set.
    pub min_replicas: i32,
    /// The most replicas that it may set.
    pub max_replicas: i32,
    /// The replicas of the target, as the HPA last saw them.
    pub current_replicas: i32,
    /// The replicas that the HPA wants.
    pub desired_replicas: i32,
    /// The ready replicas of the target; none if they are unknown.
    pub ready_replicas: Option<i32>,
}

/// The number of findings of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FindingCounts {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// For information.
    pub info: usize,
}

/// A Prometheus or Alertmanager that became reachable or unreachable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndpointEvent {
    /// When.
    pub at: Timestamp,
    /// Its cluster.
    pub cluster: Arc<str>,
    /// `prometheus` or `alertmanager`.
    pub role: &'static str,
    /// Its URL, while it is reachable.
    pub endpoint: Option<String>,
    /// Its answer, or the reason why it is not reachable.
    pub message: String,
}

/// Why the history does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryFailure {
    /// When.
    pub at: Timestamp,
    /// The reason.
    pub message: String,
}

/// Events that a subscriber has lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// When the loss was noticed.
    pub at: Timestamp,
    /// How many groups of events were lost.
    pub count: u64,
}

impl ScanReport {
    pub(super) fn hpas_of(clusters: &[Arc<ScannedCluster>]) -> Vec<Replicas> {
        let replicas = |Recorded { hpa, workload, .. }: &Recorded| Replicas {
            cluster: Arc::clone(&hpa.cluster),
            namespace: hpa.namespace.clone(),
            name: hpa.name.clone(),
            min_replicas: hpa.min_replicas,
            max_replicas: hpa.max_replicas,
            current_replicas: hpa.current_replicas,
            desired_replicas: hpa.desired_replicas,
            ready_replicas: workload.as_ref().and_then(|target| target.ready),
        };
        let hpas = clusters.iter().flat_map(|cluster| &cluster.hpas);
        hpas.map(|hpa| replicas(&hpa.recorded)).collect()
    }

    /// Whether all clusters were read wholly.
    pub fn is_complete(&self) -> bool {
        self.clusters.iter().all(|cluster| cluster.error.is_none())
    }
}

impl FindingCounts {
    pub(super) fn of(findings: &[Arc<Finding>]) -> Self {
        let count = |severity| findings.iter().filter(|it| it.severity == severity).count();
        Self {
            error: count(Severity::Error),
            warning: count(Severity::Warning),
            info: count(Severity::Info),
        }
    }
}

fn milliseconds<S: Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn optional_milliseconds<S: Serializer>(
    duration: &Option<Duration>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match duration {
        Some(duration) => milliseconds(duration, to),
        None => to.serialize_none(),
    }
}

impl Event {
    /// What the event is called in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Started(_) => "started",
            Self::Reloaded(_) => "reloaded",
            Self::Partial(_) => "partial",
            Self::Present(_) => "present",
            Self::Began(_) => "began",
            Self::Changed(_) => "changed",
            Self::Ended(_) => "ended",
            Self::Scaled(_) => "scaled",
            Self::AlertBegan(_) => "alertBegan",
            Self::AlertEnded(_) => "alertEnded",
            Self::Scan(_) => "scan",
            Self::Endpoint(_) => "endpoint",
            Self::HistoryFailed(_) => "historyFailed",
            Self::HistoryRecovered(_) => "historyRecovered",
            Self::RetentionPaused(_) => "retentionPaused",
            Self::Dropped(_) => "dropped",
        }
    }

    /// The severity of the finding, if this is an event of a finding.
    pub fn severity(&self) -> Option<Severity> {
        match self {
            Self::Present(event)
            | Self::Began(event)
            | Self::Changed(event)
            | Self::Ended(event) => Some(event.finding.severity),
            _ => None,
        }
    }
}
