//! A session: clusters that are scanned again and again, with findings that begin and end, a history,
//! and forwards to each cluster's Prometheus and Alertmanager. Prints nothing, parses no flags and
//! listens to no signals: front ends subscribe to its events.
//!
//! ```no_run
//! use std::sync::Arc;
//! use watchdog::collect::Collector;
//! use watchdog::kubectl::Cluster;
//! use watchdog::session::{self, Event, Plan};
//!
//! async fn watch(clusters: Vec<Cluster>, collector: Collector) {
//!     // Every 30 s; no history and no forwards: see the other fields of `Plan`.
//!     let (session, mut events) = session::start(Plan::new(clusters, Arc::new(collector)));
//!     let state = session.state();
//!     while let Some(event) = events.next().await {
//!         match &*event {
//!             Event::Began(began) => println!("{}: {}", began.finding.place(), began.finding.message),
//!             Event::Scan(_) => println!("{} HPAs", state.borrow().hpas().count()),
//!             _ => {}
//!         }
//!     }
//! }
//! ```
//!
//! `examples/session.rs` is a whole program; [`Reader`] shows how to test one without a cluster.

mod alerting;
mod changes;
mod endpoints;
mod event;
mod events;
mod notify;
mod pick;
mod progress;
mod reader;
mod recorder;
mod run;
mod scan;
mod scanned;
mod tracker;
mod waiting;
mod webhook;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, watch};
use tokio::task::AbortHandle;

use jiff::Timestamp;

use crate::collect::{Parts, Purpose, WorldRequest};
use crate::config::Scope;
use crate::findings::{Finding, Selection};
use crate::hpa::HpaNames;
use crate::kubectl::Cluster;

pub use alerting::{Alerting, AlertingPlan, post_alerts};
pub use changes::{Change, ChangeKind, Changes, Entry, HpaState, Reading};
pub use endpoints::EndpointPlan;
pub use event::{
    AlertEvent, Dropped, EndpointEvent, Event, FindingCounts, FindingEvent, HistoryFailure, Moment,
    Partial, Replicas, Scaled, ScanReport, Watching,
};
pub use events::Events;
pub use notify::{Notifier, NotifyCounts, NotifyPlan};
pub(crate) use pick::{not_found, pick};
pub use reader::{Reader, ReaderFuture};
pub use scanned::{ScannedCluster, ScannedHpa};

pub use webhook::Webhook;

use run::{Command, Run};

/// The groups of events that wait for a slow subscriber.
const BACKLOG: usize = 256;

/// What a session does.
#[derive(Clone)]
pub struct Plan {
    /// The clusters to scan.
    pub clusters: Vec<Cluster>,
    /// How they are read.
    pub reader: Arc<dyn Reader>,
    /// What is read of each.
    pub request: WorldRequest,
    /// The rules to judge by.
    pub selection: Selection,
    /// The time from one scan to the next; none for a single scan, after which the session ends.
    pub interval: Option<Duration>,
    /// Which clusters make a scan.
    pub unit: ScanUnit,
    /// Whether the next scan waits until the subscribers have taken all events. Otherwise scans go
    /// on, and a subscriber that is too slow loses events.
    pub wait_for_subscribers: bool,
    /// Where scans are stored; none for no history.
    pub history: Option<HistoryPlan>,
    /// Which forwards are held; none for no forwards.
    pub endpoints: Option<EndpointPlan>,
}

impl Plan {
    /// All HPAs of the clusters, judged by all rules, every 30 s; no history and no forwards.
    pub fn new(clusters: Vec<Cluster>, reader: Arc<dyn Reader>) -> Self {
        let selection = Selection::all();
        let request = WorldRequest {
            scope: Scope::default(),
            names: HpaNames::default(),
            parts: Parts::for_rules(&selection),
            purpose: Purpose::Judge,
        };
        Self {
            clusters,
            reader,
            request,
            selection,
            interval: Some(Duration::from_secs(30)),
            unit: ScanUnit::default(),
            wait_for_subscribers: false,
            history: None,
            endpoints: None,
        }
    }
}

/// Which clusters make a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScanUnit {
    /// All of them: a scan is a snapshot of all clusters. The next one begins when the slowest
    /// cluster has answered, or its time is over.
    #[default]
    AllClusters,
    /// Each by itself, so that a slow cluster delays no scan of another.
    EachCluster,
}

/// Where scans are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPlan {
    /// The database.
    pub path: PathBuf,
    /// How long snapshots are kept; zero for ever.
    pub keep: Duration,
}

/// What a session knows now.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// When the last complete scan started.
    pub scanned_at: Option<Timestamp>,
    /// Each cluster as its last scan found it, in the order of the names.
    pub clusters: BTreeMap<Arc<str>, Arc<ScannedCluster>>,
    /// The present findings, by cluster, place and id.
    pub findings: Vec<Arc<Finding>>,
    /// The scans of each cluster.
    pub counts: BTreeMap<Arc<str>, ScanCounts>,
    /// The last event of each endpoint, by cluster and role.
    pub endpoints: BTreeMap<(Arc<str>, &'static str), EndpointEvent>,
}

impl State {
    /// The HPAs of all clusters, as the last scan of each found them.
    pub fn hpas(&self) -> impl Iterator<Item = &ScannedHpa> {
        self.clusters.values().flat_map(|cluster| &cluster.hpas).map(|hpa| &**hpa)
    }
}

/// The scans of a cluster since the start of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// All scans.
    pub scans: u64,
    /// Scans that failed, wholly or in part, by the kind of failure.
    pub failed: BTreeMap<&'static str, u64>,
    /// The kind of the last failure, other than that of an open breaker.
    pub last: Option<&'static str>,
}

/// A bug ended a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session failed: a bug in watchdog")]
pub struct SessionFailed;

/// The session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session has ended")]
pub struct SessionEnded;

/// A running session. The last of its clones ends it and its forwards when dropped.
#[derive(Clone)]
pub struct Session {
    task: Arc<Task>,
    commands: mpsc::Sender<Command>,
    state: watch::Receiver<Arc<State>>,
}

struct Task {
    abort: AbortHandle,
    /// Whether the task has panicked; known once it has ended.
    panicked: watch::Receiver<Option<bool>>,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.abort.abort();
    }
}

/// Starts a session on a task of its own. The first event is [`Event::Started`].
pub fn start(plan: Plan) -> (Session, Events) {
    let (to_events, events) = broadcast::channel(BACKLOG);
    let (to_state, state) = watch::channel(Arc::new(State::default()));
    let (commands, from_commands) = mpsc::channel(4);
    let events = Events::new(events, state.clone());
    let run = Run::new(plan, from_commands, to_events, to_state);
    let (to_panicked, panicked) = watch::channel(None);
    let task = tokio::spawn(run.run());
    let abort = task.abort_handle();
    tokio::spawn(async move {
        let panicked = task.await.is_err_and(|error| error.is_panic());
        to_panicked.send_replace(Some(panicked));
    });
    let task = Arc::new(Task { abort, panicked });
    (Session { task, commands, state }, events)
}

impl Session {
    /// Puts another plan in force after the current scan; [`Event::Reloaded`] reports it. Clusters
    /// that stay keep their breakers, findings and forwards.
    pub async fn reload(&self, plan: Plan) -> Result<(), SessionEnded> {
        self.commands.send(Command::Reload(Box::new(plan))).await.map_err(|_| SessionEnded)
    }

    /// Starts a scan now, unless one is under way.
    pub async fn scan_now(&self) -> Result<(), SessionEnded> {
        self.commands.send(Command::Scan).await.map_err(|_| SessionEnded)
    }

    /// What the session knows, as it changes.
    pub fn state(&self) -> watch::Receiver<Arc<State>> {
        self.state.clone()
    }

    /// Waits for the end of the session, whose events end as well.
    ///
    /// # Errors
    ///
    /// Where a bug ended it.
    pub async fn ended(&self) -> Result<(), SessionFailed> {
        let mut panicked = self.task.panicked.clone();
        match panicked.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(true)) => Err(SessionFailed),
            _ => Ok(()),
        }
    }

    /// Ends the session and its forwards, also for the other clones.
    pub fn stop(self) {
        self.task.abort.abort();
    }
}
