//! What a look means: it is judged by what was before, compared with the last one, and stored when
//! all of it is there. On a thread of its own, because a database may make one wait.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, Metadata};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinHandle;

use crate::cli::pasts::Pasts;
use crate::collect::{ClusterWorld, NamespaceFilter, WorldRequest};
use crate::findings::{Evaluation, Finding, NotEvaluated, Selection, Subject, evaluate};
use crate::history::{self, ClusterOutcome, Recorded, Snapshot, Store};
use crate::kubectl::ErrorKind;
use crate::monitor::{self, Counts, Event, Scaled, Tracker};
use crate::output::monitor::Seen;

/// How often what is too old is deleted.
const PRUNE: Duration = Duration::from_hours(1);

/// Clusters that have answered, by their place among all.
pub(super) type Batch = BTreeMap<usize, ClusterWorld>;

/// What became of a part of a look.
pub(super) struct Part {
    /// How reading its clusters went.
    pub(super) clusters: Vec<ClusterOutcome>,
    pub(super) events: Vec<Event>,
    pub(super) scaled: Vec<Scaled>,
    /// What is wrong now, in all clusters.
    pub(super) present: Vec<Finding>,
}

/// What became of a look.
pub(super) struct Digest {
    pub(super) snapshot: Snapshot,
    pub(super) took: Duration,
    /// Its number in the history.
    pub(super) id: Option<i64>,
    /// Of the clusters that were in no part.
    pub(super) events: Vec<Event>,
    /// Likewise.
    pub(super) scaled: Vec<Scaled>,
    /// What is wrong now.
    pub(super) present: Vec<Finding>,
    pub(super) not_evaluated: Vec<NotEvaluated>,
    /// Looks at each cluster since the start, and those that failed by the kind of failure.
    pub(super) counts: BTreeMap<Arc<str>, Counts>,
    /// What is new of the history: that it works again, or why it does not.
    pub(super) trouble: Option<Result<String, String>>,
    /// Whether a part of the history that the findings go by is damaged.
    pub(super) damaged: bool,
    /// What is too old is not deleted, which was not said yet.
    pub(super) held: bool,
}

impl Digest {
    /// Whether everything was read and there is no HPA.
    pub(super) fn is_empty(&self) -> bool {
        let snapshot = &self.snapshot;
        snapshot.hpas.is_empty() && snapshot.clusters.iter().all(|it| it.error.is_none())
    }

    /// As it is printed.
    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            snapshot: &self.snapshot,
            took: self.took,
            id: self.id,
            events: &self.events,
            scaled: &self.scaled,
            present: &self.present,
            not_evaluated: &self.not_evaluated,
        }
    }
}

/// What a session keeps in mind.
pub(super) struct Memory {
    inner: Option<Inner>,
}

/// A look that is being stored and judged.
pub(super) struct Digesting(JoinHandle<Digested>);

/// What is kept in mind, and what became of the look, or else of a part of it.
pub(super) type Digested = (Inner, Result<Digest, Part>);

impl Digesting {
    /// Waits for it. Nothing is lost where that is given up and taken up again.
    pub(super) async fn done(&mut self) -> Box<Digested> {
        match (&mut self.0).await {
            Ok(digested) => Box::new(digested),
            // Our own mistake; it is not to be hidden.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// What a session keeps in mind, on whatever thread it is.
pub(super) struct Inner {
    history: Option<PathBuf>,
    keep: Duration,
    store: Option<Store>,
    /// The file that it was when it was opened, for as long as the store is open: whoever closes a
    /// file gives up all locks on it that the process has, SQLite's too.
    file: Option<File>,
    /// What was read of it.
    pasts: history::Pasts,
    /// What was said last of the history, so that it is not said at each look.
    said: Option<String>,
    pruned: Option<Instant>,
    /// Whether the last time nothing was deleted, because the clock may be wrong.
    held: bool,
    tracker: Tracker,
    counts: BTreeMap<Arc<str>, Counts>,
    /// Of the look that is under way.
    pending: Pending,
}

/// The parts of a look so far.
#[derive(Default)]
struct Pending {
    read: BTreeMap<usize, (ClusterOutcome, Vec<Recorded>)>,
    judged: Evaluation,
    trouble: Option<String>,
    damaged: bool,
}

/// What the last of these makes happen.
#[derive(Default)]
struct Happened {
    events: Vec<Event>,
    scaled: Vec<Scaled>,
}

impl Memory {
    pub(super) fn new(history: Option<PathBuf>, keep: Duration) -> Self {
        Self { inner: Some(Inner::new(history, keep)) }
    }

    /// With another configuration: what is not watched any more is forgotten.
    pub(super) fn reload(
        &mut self,
        history: Option<PathBuf>,
        keep: Duration,
        clusters: &BTreeSet<Arc<str>>,
        namespaces: &NamespaceFilter,
    ) {
        let Some(inner) = &mut self.inner else { return };
        inner.keep = keep;
        if inner.history != history {
            inner.history = history;
            inner.close();
            (inner.pruned, inner.held) = (None, false);
        }
        inner.pasts = history::Pasts::default();
        inner.tracker.keep(clusters, |namespace| namespaces.covers(namespace));
        inner.counts.retain(|name, _| clusters.contains(name));
    }

    /// Begins to judge clusters of a look, and to store it where they are the last: it took `whole`.
    /// [`Memory::digested`] takes what becomes of that.
    pub(super) fn digest(
        &mut self,
        batch: Batch,
        taken_at: Timestamp,
        whole: Option<Duration>,
        request: &WorldRequest,
        selection: &Selection,
    ) -> Digesting {
        let mut inner = self.inner.take().unwrap_or_else(|| Inner::new(None, Duration::ZERO));
        let (scope, selection) = (
            super::super::snapshot::scope(&request.namespaces, request.label_selector.as_deref()),
            selection.clone(),
        );
        Digesting(tokio::task::spawn_blocking(move || {
            let clusters: Vec<usize> = batch.keys().copied().collect();
            let happened = inner.judge(batch, taken_at, &selection);
            let digested = match whole {
                Some(took) => Ok(inner.whole(happened, taken_at, took, scope)),
                None => Err(inner.part(happened, &clusters)),
            };
            (inner, digested)
        }))
    }

    /// What became of it; what is known of it is kept in mind.
    pub(super) fn digested(&mut self, (inner, digested): Digested) -> Result<Digest, Part> {
        self.inner = Some(inner);
        digested
    }
}

impl Inner {
    fn new(history: Option<PathBuf>, keep: Duration) -> Self {
        Self {
            history,
            keep,
            store: None,
            file: None,
            pasts: history::Pasts::default(),
            said: None,
            pruned: None,
            held: false,
            tracker: Tracker::default(),
            counts: BTreeMap::new(),
            pending: Pending::default(),
        }
    }

    fn judge(&mut self, batch: Batch, now: Timestamp, selection: &Selection) -> Happened {
        let mut trouble = self.open().err();
        let mut happened = Happened::default();
        for (index, world) in batch {
            self.count(&world);
            let pasts = match &self.store {
                Some(store) => Pasts::read(&mut self.pasts, store, &world, selection, now)
                    .unwrap_or_else(|error| {
                        let why = "the history cannot be read";
                        trouble.get_or_insert(error.to_string());
                        Pasts::none(why)
                    }),
                None => Pasts::none("there is no history"),
            };
            let mut subjects: Vec<Subject<'_>> = world.world.subjects(now, &|hpa| pasts.of(hpa));
            subjects.retain(|subject| world.is_chosen(subject.hpa));
            let recorded = crate::cli::snapshot::recorded(&subjects).collect();
            let judged = evaluate(&subjects, selection);
            let hpas: Vec<_> = subjects.iter().map(|subject| subject.hpa).collect();
            let look = monitor::Look {
                cluster: &world.outcome.name,
                hpas: &hpas,
                complete: world.is_complete,
                findings: &judged.findings,
                undecided: &judged.undecided,
            };
            let (began, changed) = self.tracker.look(&look, now);
            happened.events.extend(began);
            happened.scaled.extend(changed);
            self.pending.judged.merge(judged);
            let outcome = crate::cli::snapshot::outcome(world.outcome);
            self.pending.read.insert(index, (outcome, recorded));
        }
        if let Some(store) = &self.store {
            let losses = store.take_losses();
            if !losses.is_empty() {
                trouble.get_or_insert(losses.short_sentence(store.path()));
                self.pending.damaged = true;
            }
        }
        // As it is in the end: a database that could be opened at last holds the look.
        self.pending.trouble = trouble;
        happened
    }

    /// What there is to tell before the others have answered.
    fn part(&self, happened: Happened, clusters: &[usize]) -> Part {
        let read = clusters.iter().filter_map(|index| self.pending.read.get(index));
        Part {
            clusters: read.map(|(outcome, _)| outcome.clone()).collect(),
            events: happened.events,
            scaled: happened.scaled,
            present: self.tracker.present().cloned().collect(),
        }
    }

    /// Stores the look, of which all is there.
    fn whole(
        &mut self,
        happened: Happened,
        now: Timestamp,
        took: Duration,
        scope: history::Scope,
    ) -> Digest {
        let Pending { read, judged, mut trouble, damaged } = std::mem::take(&mut self.pending);
        let (clusters, recorded): (_, Vec<_>) = read.into_values().unzip();
        let snapshot = Snapshot {
            taken_at: now,
            scope,
            clusters,
            hpas: recorded.into_iter().flatten().collect(),
        };
        let held = self.held;
        let id = self.store(&snapshot, &mut trouble);
        let held = self.held && !held;
        let trouble = self.say(trouble);
        Digest {
            id,
            took,
            events: happened.events,
            scaled: happened.scaled,
            present: self.tracker.present().cloned().collect(),
            not_evaluated: judged.not_evaluated,
            counts: self.counts.clone(),
            trouble,
            damaged,
            held,
            snapshot,
        }
    }

    fn count(&mut self, world: &ClusterWorld) {
        let counts = self.counts.entry(Arc::clone(&world.outcome.name)).or_default();
        counts.looks += 1;
        if let Some(failure) = &world.outcome.error {
            if failure.kind != ErrorKind::BreakerOpen {
                counts.last = Some(failure.kind.as_str());
            }
            *counts.failed.entry(failure.kind.as_str()).or_default() += 1;
        }
    }

    fn open(&mut self) -> Result<(), String> {
        let Some(path) = self.history.clone() else { return Ok(()) };
        // One that was deleted or overwritten is written to for ever, and nobody reads it.
        if self.store.is_some() && !self.file.as_ref().is_some_and(|file| is_at(file, &path)) {
            self.close();
        }
        if self.store.is_none() {
            self.close();
            // It may be another one.
            self.pasts = history::Pasts::default();
            self.store = Some(Store::open(&path).map_err(|error| error.to_string())?);
            self.file = File::open(&path).ok();
        }
        Ok(())
    }

    /// The store first, while its locks are of use.
    fn close(&mut self) {
        self.store = None;
        self.file = None;
    }

    fn store(&mut self, snapshot: &Snapshot, trouble: &mut Option<String>) -> Option<i64> {
        let store = self.store.as_mut()?;
        let stored = store.store(snapshot);
        let due = self.pruned.is_none_or(|at| at.elapsed() >= PRUNE) && !self.keep.is_zero();
        let pruned = match snapshot.taken_at.checked_sub(self.keep) {
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
        // Opened again at the next look: the file may have been replaced.
        self.close();
        trouble.get_or_insert(error.to_string());
        id
    }

    /// What is new of trouble with the history, and its end.
    fn say(&mut self, trouble: Option<String>) -> Option<Result<String, String>> {
        if self.said == trouble {
            return None;
        }
        self.said.clone_from(&trouble);
        Some(match trouble {
            Some(why) => Err(why),
            None => Ok("the history works again".to_owned()),
        })
    }
}

/// Whether that file is still there, and still a database.
fn is_at(file: &File, path: &Path) -> bool {
    let same =
        |ours: Metadata, theirs: Metadata| (ours.dev(), ours.ino()) == (theirs.dev(), theirs.ino());
    let mut magic = [0; 15];
    file.metadata().is_ok_and(|ours| path.metadata().is_ok_and(|theirs| same(ours, theirs)))
        && file.read_exact_at(&mut magic, 0).is_ok_and(|()| magic == *b"SQLite format 3")
}
