//! Evaluates and records scans: HPAs are judged with their history and compared with the scan
//! before, and the complete scan is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, Metadata};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::event::{Event, FindingCounts, HistoryFailure, Moment, Partial, Scaled, ScanReport};
use super::scanned::{ScannedCluster, ScannedHpa};
use super::tracker::{ClusterScan, Tracker};
use super::{HistoryPlan, Plan, ScanCounts};
use crate::check::{read_pasts, subjects};
use crate::collect::ClusterWorld;
use crate::findings::{Finding, Selection, Undecided, Unknown, evaluate};
use crate::history::{self, Recorded, Snapshot, Store};
use crate::kubectl::ErrorKind;

/// The interval between deletions of old snapshots.
const PRUNE: Duration = Duration::from_hours(1);

/// Clusters that have answered, by their position in the plan.
pub(super) type Batch = BTreeMap<usize, ClusterWorld>;

/// Clusters to evaluate.
pub(super) struct Job {
    pub(super) batch: Batch,
    /// The start of the scan.
    pub(super) taken_at: Timestamp,
    /// How long the scan took, if these are its last clusters.
    pub(super) complete: Option<Duration>,
    pub(super) plan: Arc<Plan>,
}

/// The result of a [`Job`].
pub(super) struct Evaluated {
    pub(super) events: Vec<Event>,
    /// The present findings of all clusters.
    pub(super) findings: Vec<Arc<Finding>>,
    pub(super) clusters: Vec<Arc<ScannedCluster>>,
    /// The start of the scan, if it is complete.
    pub(super) complete: Option<Timestamp>,
    pub(super) counts: BTreeMap<Arc<str>, ScanCounts>,
}

/// The recorder, shared with the thread that evaluates a scan, so that the session still has the
/// recorder if that thread panics.
pub(super) type Shared = Arc<Mutex<Recorder>>;

/// The memory of a session from one scan to the next.
pub(super) struct Recorder {
    history: Option<HistoryPlan>,
    store: Option<Store>,
    /// The database file as it was opened, for as long as the store is open: closing any descriptor
    /// of a file releases all locks of the process on it, SQLite's too.
    file: Option<File>,
    /// The earlier readings.
    pasts: history::Pasts,
    /// The last reported failure of the history, so that it is not reported at each scan.
    failure: Option<String>,
    pruned: Option<Instant>,
    /// Whether the last pruning deleted nothing, because the clock may be wrong.
    held: bool,
    tracker: Tracker,
    counts: BTreeMap<Arc<str>, ScanCounts>,
    /// The part of the current scan so far.
    pending: Pending,
}

/// The clusters of a scan that were evaluated.
#[derive(Default)]
struct Pending {
    read: BTreeMap<usize, Arc<ScannedCluster>>,
    undecided: Undecided,
    failure: Option<String>,
    damaged: bool,
}

/// The events of a batch.
#[derive(Default)]
struct Happened {
    findings: Vec<Event>,
    scaled: Vec<Scaled>,
}

impl Happened {
    /// The most severe findings come first.
    fn into_events(mut self) -> impl Iterator<Item = Event> {
        self.findings.sort_by_key(|event| std::cmp::Reverse(event.severity()));
        self.findings.into_iter().chain(self.scaled.into_iter().map(Event::Scaled))
    }
}

impl Recorder {
    pub(super) fn new(plan: &Plan) -> Self {
        Self {
            history: plan.history.clone(),
            store: None,
            file: None,
            pasts: history::Pasts::default(),
            failure: None,
            pruned: None,
            held: false,
            tracker: Tracker::default(),
            counts: BTreeMap::new(),
            pending: Pending::default(),
        }
    }

    /// The recorder. Where a panic left it locked, that panic ends the session.
    pub(super) fn lock(shared: &Shared) -> MutexGuard<'_, Self> {
        shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts another plan in force: clusters and namespaces that it does not scan are forgotten.
    pub(super) fn reload(&mut self, plan: &Plan) {
        let path = |history: &Option<HistoryPlan>| history.as_ref().map(|it| it.path.clone());
        if path(&self.history) != path(&plan.history) {
            self.close();
            (self.pruned, self.held) = (None, false);
        }
        self.history.clone_from(&plan.history);
        self.pasts = history::Pasts::default();
        let clusters: BTreeSet<Arc<str>> =
            plan.clusters.iter().map(|cluster| Arc::clone(&cluster.name)).collect();
        let scope = &plan.request.scope;
        self.tracker.keep(&clusters, |namespace| scope.covers(namespace));
        self.counts.retain(|name, _| clusters.contains(name));
    }

    /// The present findings of all clusters.
    pub(super) fn present(&self) -> Vec<Arc<Finding>> {
        self.tracker.present().cloned().collect()
    }

    /// Judges clusters of a scan, and stores the scan if these are its last clusters.
    pub(super) fn evaluate(&mut self, job: Job) -> Evaluated {
        let Job { batch, taken_at, complete, plan } = job;
        let clusters: Vec<usize> = batch.keys().copied().collect();
        let happened = self.judge(batch, taken_at, &plan.selection);
        let read = clusters.iter().filter_map(|index| self.pending.read.get(index));
        let clusters: Vec<_> = read.cloned().collect();
        let outcomes = clusters.iter().map(|it| it.outcome.clone()).collect();
        let mut events = vec![Event::Partial(Partial { at: taken_at, clusters: outcomes })];
        events.extend(happened.into_events());
        let findings = self.present();
        if let Some(duration) = complete {
            let counts = FindingCounts::of(&findings);
            self.complete(&mut events, counts, taken_at, duration, &plan);
        }
        let counts = self.counts.clone();
        let complete = complete.map(|_| taken_at);
        Evaluated { events, findings, clusters, complete, counts }
    }

    fn judge(&mut self, batch: Batch, now: Timestamp, selection: &Selection) -> Happened {
        let mut failure = self.open().err();
        let mut happened = Happened::default();
        for (index, world) in batch {
            self.count(&world);
            let pasts = match &self.store {
                Some(store) => read_pasts(&mut self.pasts, store, &world, selection, now)
                    .unwrap_or_else(|error| {
                        failure.get_or_insert(error.to_string());
                        Err(Unknown::Failed("the history cannot be read".into()))
                    }),
                None => Err(Unknown::NoHistory),
            };
            let subjects = subjects(&world, &pasts, now);
            let judged = evaluate(&subjects, selection).hpas;
            let scanned = ScannedHpa::all(subjects.iter().map(Recorded::of), &judged);
            let scan = ClusterScan {
                cluster: &world.outcome.name,
                hpas: &judged,
                complete: world.is_complete,
            };
            let events = self.tracker.scan(&scan, now);
            happened.findings.extend(events.findings);
            happened.scaled.extend(events.scaled);
            self.pending.undecided.add(&judged);
            let scanned = ScannedCluster {
                at: now,
                is_complete: world.is_complete,
                outcome: world.outcome.without_user(),
                hpas: scanned,
            };
            self.pending.read.insert(index, Arc::new(scanned));
        }
        if let Some(store) = &self.store {
            let losses = store.take_losses();
            if !losses.is_empty() {
                failure.get_or_insert(losses.short_sentence(store.path()));
                self.pending.damaged = true;
            }
        }
        // Only the last batch's failure counts: if the database is open by then, it stores the
        // whole scan.
        self.pending.failure = failure;
        happened
    }

    /// Stores the scan and adds its last events.
    fn complete(
        &mut self,
        events: &mut Vec<Event>,
        findings: FindingCounts,
        now: Timestamp,
        duration: Duration,
        plan: &Plan,
    ) {
        let Pending { read, undecided, mut failure, damaged } = std::mem::take(&mut self.pending);
        let clusters: Vec<_> = read.into_values().collect();
        let held = self.held;
        let id = if self.store.is_some() {
            self.store(&snapshot(&clusters, now, plan), &mut failure)
        } else {
            None
        };
        events.extend(self.history_event(failure, now));
        if self.held && !held {
            events.push(Event::RetentionPaused(Moment { at: now }));
        }
        events.push(Event::Scan(Box::new(ScanReport {
            at: now,
            duration,
            snapshot: id,
            hpas: ScanReport::hpas_of(&clusters),
            clusters: clusters.iter().map(|cluster| cluster.outcome.clone()).collect(),
            findings,
            not_evaluated: undecided.list(),
            history_damaged: damaged,
        })));
    }

    fn count(&mut self, world: &ClusterWorld) {
        let counts = self.counts.entry(Arc::clone(&world.outcome.name)).or_default();
        counts.scans += 1;
        if let Some(failure) = &world.outcome.error {
            if failure.kind != ErrorKind::BreakerOpen {
                counts.last = Some(failure.kind.as_str());
            }
            *counts.failed.entry(failure.kind.as_str()).or_default() += 1;
        }
    }

    fn open(&mut self) -> Result<(), String> {
        let Some(HistoryPlan { path, .. }) = self.history.clone() else { return Ok(()) };
        // Snapshots written to a file that was deleted or replaced would be lost.
        if self.store.is_some() && !self.file.as_ref().is_some_and(|file| is_at(file, &path)) {
            self.close();
        }
        if self.store.is_none() {
            self.close();
            // The file may be another one: its readings must be read again.
            self.pasts = history::Pasts::default();
            self.store = Some(Store::open(&path).map_err(|error| error.to_string())?);
            self.file = File::open(&path).ok();
        }
        Ok(())
    }

    /// Closes the store before the file, because closing the file releases the store's locks.
    fn close(&mut self) {
        self.store = None;
        self.file = None;
    }

    fn store(&mut self, snapshot: &Snapshot, failure: &mut Option<String>) -> Option<i64> {
        let store = self.store.as_mut()?;
        let stored = store.store(snapshot);
        let keep = self.history.as_ref().map_or(Duration::ZERO, |history| history.keep);
        let due = self.pruned.is_none_or(|at| at.elapsed() >= PRUNE) && !keep.is_zero();
        let pruned = match snapshot.taken_at.checked_sub(keep) {
            Ok(before) if due => store.prune(before).map(|pruned| self.held = pruned.held),
            _ => Ok(()),
        };
        if due {
            self.pruned = Some(Instant::now());
        }
        let (id, error) = match (stored, pruned) {
            (Ok(id), Ok(())) => return Some(id),
            (Ok(id), Err(error)) => (Some(id), error),
            (Err(error), _) => (None, error),
        };
        // The store is opened again at the next scan: the file may have been replaced.
        self.close();
        failure.get_or_insert(error.to_string());
        id
    }

    /// The event for a history that fails in another way than before, or works again.
    fn history_event(&mut self, failure: Option<String>, at: Timestamp) -> Option<Event> {
        if self.failure == failure {
            return None;
        }
        self.failure.clone_from(&failure);
        Some(match failure {
            Some(message) => Event::HistoryFailed(HistoryFailure { at, message }),
            None => Event::HistoryRecovered(Moment { at }),
        })
    }
}

fn snapshot(clusters: &[Arc<ScannedCluster>], taken_at: Timestamp, plan: &Plan) -> Snapshot {
    let hpas = clusters.iter().flat_map(|cluster| &cluster.hpas);
    Snapshot {
        taken_at,
        scope: plan.request.scope.clone(),
        clusters: clusters.iter().map(|cluster| cluster.outcome.clone()).collect(),
        hpas: hpas.map(|hpa| hpa.recorded.clone()).collect(),
    }
}

/// Whether `path` still leads to this file, and the file is still a database.
fn is_at(file: &File, path: &Path) -> bool {
    let same =
        |ours: Metadata, theirs: Metadata| (ours.dev(), ours.ino()) == (theirs.dev(), theirs.ino());
    let mut magic = [0; 15];
    file.metadata().is_ok_and(|ours| path.metadata().is_ok_and(|theirs| same(ours, theirs)))
        && file.read_exact_at(&mut magic, 0).is_ok_and(|()| magic == *b"SQLite format 3")
}
