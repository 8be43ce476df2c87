//! What `hpa watch` shows: the HPAs with what has changed in the last minute, the place in the list,
//! and the filter. Changed by scans, keys and time; the clock is a parameter.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::super::hpas::Mark;
use super::{ListOptions, ScanChanges};
use crate::findings::{Judged, Severity};
use crate::session::{Change, ChangeKind, Changes, Entry, HpaState, State};
use crate::term::keys::Key;
use crate::term::shown::shown;
use crate::term::time::ago;

/// How long a change stays marked.
const MARKED: Duration = Duration::from_mins(1);
/// How many changes the log below the list keeps.
const LOGGED: usize = 100;

/// Cluster, namespace and name.
type Place = (Arc<str>, String, String);

/// The state of the screen.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) options: ListOptions,
    pub(super) changes: Changes,
    /// The last change of each HPA that is still marked.
    recent: BTreeMap<Place, Recent>,
    /// The last changes, the newest last.
    pub(super) log: VecDeque<Change>,
    /// The number of HPAs above the screen.
    pub(super) offset: usize,
    /// Whether the last HPA is to be the last line.
    is_at_end: bool,
    /// The number of HPAs that the last frame showed.
    page: usize,
    pub(super) filter: Filter,
    /// Whether the keys are shown in the place of the list.
    pub(super) is_help: bool,
    /// What is wrong with what was requested.
    pub(super) notice: Option<String>,
}

/// A change that is marked for a while.
#[derive(Debug)]
struct Recent {
    at: Timestamp,
    kind: ChangeKind,
    before: Option<super::Reading>,
    /// An HPA that is gone, as it was last seen.
    gone: Option<Entry>,
}

/// Which HPAs are shown.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) text: String,
    /// Whether keys are typed into it.
    pub(super) is_typed: bool,
}

/// An HPA of the list, in the order of the screen.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) judged: Judged<'a>,
    pub(super) mark: Mark,
    /// When it has changed, if that is still marked.
    changed_at: Option<Timestamp>,
}

/// What a key asks for beyond another frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Nothing more.
    Draw,
    /// To draw on a cleared screen.
    Redraw,
    /// The end.
    Quit,
}

impl Model {
    pub(super) fn new(options: ListOptions) -> Self {
        Self {
            options,
            changes: Changes::default(),
            recent: BTreeMap::new(),
            log: VecDeque::new(),
            offset: 0,
            is_at_end: false,
            page: 1,
            filter: Filter::default(),
            is_help: false,
            notice: None,
        }
    }

    /// The number of HPAs that the last frame showed.
    pub(super) fn page(&self) -> usize {
        self.page
    }

    /// Takes over the session's state, and returns the scans since the last call.
    pub(super) fn follow(&mut self, state: &State, now: Timestamp) -> Vec<ScanChanges> {
        let mut scans = self.changes.follow(state);
        if self.options.problems {
            for (_, changes) in &mut scans {
                changes.retain(|change| change.concerns);
            }
        }
        for change in scans.iter().flat_map(|(_, changes)| changes) {
            self.mark(change, now);
        }
        let entries = self.changes.entries().filter(|entry| entry.state == HpaState::Gone);
        for entry in entries {
            if let Some(recent) = self.recent.get_mut(&place(entry)) {
                recent.gone = Some(entry.clone());
            }
        }
        self.recent.retain(|(cluster, ..), _| state.clusters.contains_key(cluster));
        scans
    }

    fn mark(&mut self, change: &Change, now: Timestamp) {
        // What existed at the first scan is no change.
        if change.event == ChangeKind::Present {
            return;
        }
        let place = (Arc::clone(&change.cluster), change.namespace.clone(), change.name.clone());
        let (kind, before) = (change.event, change.before);
        self.recent.insert(place, Recent { at: now, kind, before, gone: None });
        self.log.push_back(change.clone());
        if self.log.len() > LOGGED {
            self.log.pop_front();
        }
    }

    /// Forgets marks whose time is over. Returns whether any is left.
    pub(super) fn expire(&mut self, now: Timestamp) -> bool {
        let since = ago(now, MARKED);
        self.recent.retain(|_, recent| recent.at > since);
        !self.recent.is_empty()
    }

    /// What a key does.
    pub(super) fn key(&mut self, key: Key) -> Asked {
        if self.filter.is_typed && self.filter.key(key) {
            self.offset = 0;
            return Asked::Draw;
        }
        if matches!(key, Key::Pasted(_)) {
            return Asked::Draw;
        }
        // Any key leads back to the list.
        if std::mem::take(&mut self.is_help) && key != Key::Interrupt {
            return Asked::Draw;
        }
        let last = self.rows().len().saturating_sub(1);
        let page = self.page.max(1);
        self.is_at_end = matches!(key, Key::End | Key::Char('G'));
        self.offset = match key {
            Key::Interrupt | Key::Char('q') => return Asked::Quit,
            Key::Redraw => return Asked::Redraw,
            Key::Char('/') => {
                self.filter.is_typed = true;
                self.offset
            }
            Key::Char('?') => {
                self.is_help = true;
                self.offset
            }
            Key::Escape => {
                self.filter.text.clear();
                0
            }
            Key::Up | Key::Char('k') => self.offset.saturating_sub(1),
            Key::Down | Key::Char('j') => self.offset + 1,
            Key::PageUp | Key::Char('b') => self.offset.saturating_sub(page),
            Key::PageDown | Key::Char(' ') => self.offset + page,
            Key::Home | Key::Char('g') => 0,
            Key::End | Key::Char('G') => (last + 1).saturating_sub(page),
            _ => self.offset,
        };
        self.offset = self.offset.min(last);
        Asked::Draw
    }

    /// Takes note of how many HPAs a frame has shown. Returns false if the end is wanted and the
    /// frame does not show it: then it is drawn again from where it does, as far as is known.
    pub(super) fn shown(&mut self, rows: usize) -> bool {
        self.page = rows;
        let below = self.rows().len().saturating_sub(self.offset + rows);
        if !self.is_at_end || below == 0 || rows == 0 {
            return true;
        }
        self.offset += below;
        false
    }

    /// The HPAs in the order in which they are shown: what has changed in the last minute, the
    /// newest first, then what is wrong, the worst and then the newest first, then the others. With `--sort-by`, in that order.
    pub(super) fn rows(&self) -> Vec<Row<'_>> {
        let words = self.filter.words();
        let present = self.changes.entries().filter(|entry| entry.state != HpaState::Gone);
        let gone = self.recent.values().filter_map(|recent| recent.gone.as_ref());
        let mut rows: Vec<Row<'_>> = present
            .chain(gone)
            .map(|entry| self.row(entry))
            .filter(|row| !self.options.problems || row.is_of_interest())
            .filter(|row| row.matches(&words))
            .collect();
        let sort_by = self.options.sort_by;
        sort_by.unwrap_or_default().sort(&mut rows, |row| &row.judged);
        if sort_by.is_none() {
            rows.sort_by_key(|row| {
                let wrong_since = row.severity().and_then(|_| row.judged.hpa.conditions_changed());
                std::cmp::Reverse((row.changed_at, row.severity(), wrong_since))
            });
        }
        rows
    }

    fn row<'a>(&self, entry: &'a Entry) -> Row<'a> {
        let recent = self.recent.get(&place(entry));
        let state = match (entry.state, recent.map(|recent| recent.kind)) {
            (HpaState::Present | HpaState::New, Some(ChangeKind::Appeared)) => HpaState::New,
            (HpaState::New, _) => HpaState::Present,
            (state, _) => state,
        };
        let judged = Judged {
            silenced: Vec::new(),
            hpa: entry.hpa.hpa(),
            findings: entry.hpa.findings.clone(),
            undecided: Vec::new(),
        };
        let mark = Mark { state: Some(state), before: recent.and_then(|recent| recent.before) };
        Row { judged, mark, changed_at: recent.map(|recent| recent.at) }
    }
}

impl Row<'_> {
    /// Whether the HPA has a problem, or something of it is marked.
    fn is_of_interest(&self) -> bool {
        self.judged.is_problem() || self.changed_at.is_some()
    }

    /// The worst severity that floats up: an error or a warning.
    fn severity(&self) -> Option<Severity> {
        let worst = self.judged.worst().map(|finding| finding.severity);
        worst.filter(|severity| *severity > Severity::Info)
    }

    fn matches(&self, words: &[String]) -> bool {
        if words.is_empty() {
            return true;
        }
        let hpa = self.judged.hpa;
        // The cluster as it is shown, and by its whole name.
        let text = format!(
            "{}/{}/{} {} {}",
            shown(&hpa.cluster),
            hpa.namespace,
            hpa.name,
            self.judged.status(),
            hpa.cluster
        );
        let text = text.to_lowercase();
        words.iter().all(|word| text.contains(word))
    }

    /// Whether something of it is marked.
    pub(super) fn is_marked(&self) -> bool {
        self.changed_at.is_some()
    }
}

impl Filter {
    /// Types a key into the filter; false if it has another meaning.
    fn key(&mut self, key: Key) -> bool {
        match key {
            Key::Char(character) | Key::Pasted(character) => self.text.push(character),
            Key::Backspace => self.is_typed = self.text.pop().is_some(),
            Key::DeleteAll => self.text.clear(),
            Key::Enter => self.is_typed = false,
            Key::Escape => *self = Self::default(),
            _ => return false,
        }
        true
    }

    fn words(&self) -> Vec<String> {
        self.text.split_whitespace().map(str::to_lowercase).collect()
    }
}

fn place(entry: &Entry) -> Place {
    let hpa = entry.hpa.hpa();
    (Arc::clone(&hpa.cluster), hpa.namespace.clone(), hpa.name.clone())
}
