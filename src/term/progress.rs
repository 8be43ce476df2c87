//! Progress on standard error for a person who waits while clusters are read, or Prometheus is asked.

use std::collections::BTreeMap;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::line;
use super::shown::shown;
use super::text::{is_ascii_only, sanitize};
use super::time::age;
use super::wait::ASCII_TICKS;

/// Work that takes less time shows no progress.
const DELAY: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(120);
const SECOND: Duration = Duration::from_secs(1);
/// A cluster that takes longer is shown with its time.
const SLOW: Duration = Duration::from_secs(3);

/// One line on standard error, `reading clusters 3/5: waiting for staging, dr` or `Prometheus: queries 120/486`,
/// that appears when the work takes longer than a moment and is removed when it is done (or this value is dropped).
///
/// Can be shared between threads and tasks. If it is hidden, every call does nothing.
#[derive(Debug)]
pub struct Progress {
    shown: Option<Shown>,
}

#[derive(Debug)]
struct Shown {
    state: Arc<Mutex<State>>,
    bar: ProgressBar,
    /// The thread that waits for the delay; dropping the sender ends it.
    waiter: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Counted {
    #[default]
    Clusters,
    Queries,
}

#[derive(Debug, Default)]
struct State {
    counted: Counted,
    total: usize,
    finished: usize,
    /// The names started but not finished, in the order of their start.
    waiting: BTreeMap<usize, (String, Instant)>,
    next: usize,
}

impl Progress {
    /// Progress over `total` clusters, shown if standard error is a terminal that can rewrite a line,
    /// unless `quiet`.
    pub fn new(total: usize, quiet: bool) -> Self {
        Self::of(State { total, ..State::default() }, quiet)
    }

    /// The same over about `total` queries to Prometheus.
    pub fn of_queries(total: usize, quiet: bool) -> Self {
        Self::of(State { counted: Counted::Queries, total, ..State::default() }, quiet)
    }

    fn of(state: State, quiet: bool) -> Self {
        if quiet || !line::is_supported() {
            return Self::hidden();
        }
        Self::on(state, line::target())
    }

    /// Progress that is never shown.
    pub fn hidden() -> Self {
        Self { shown: None }
    }

    fn on(state: State, target: ProgressDrawTarget) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(if is_ascii_only() { style.tick_chars(ASCII_TICKS) } else { style });
        }
        bar.set_message(state.message(Instant::now()));
        let state = Arc::new(Mutex::new(state));
        let times = Arc::clone(&state);
        let (stop, stopped) = mpsc::channel();
        let later = bar.clone();
        let waiter = thread::Builder::new().name("progress".to_owned()).spawn(move || {
            if stopped.recv_timeout(DELAY) == Err(RecvTimeoutError::Timeout) {
                later.set_draw_target(target);
                line::is_shown(&later);
                later.enable_steady_tick(TICK);
                while stopped.recv_timeout(SECOND) == Err(RecvTimeoutError::Timeout) {
                    let message = lock(&times).message(Instant::now());
                    later.set_message(message);
                }
            }
        });
        let waiter = Mutex::new(waiter.ok().map(|waiter| (stop, waiter)));
        Self { shown: Some(Shown { state, bar, waiter }) }
    }

    /// Records that reading a cluster has begun.
    pub fn started(&self, name: &str) {
        self.change(|state| state.start(name, Instant::now()));
    }

    /// Records that reading a cluster is done, whether or not it succeeded.
    pub fn finished(&self, name: &str) {
        self.change(|state| state.finish(name));
    }

    /// Records that a query was answered, or has failed.
    pub fn answered(&self) {
        self.change(|state| state.finished += 1);
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        if let Some(shown) = &self.shown {
            let mut state = lock(&shown.state);
            change(&mut state);
            shown.bar.set_message(state.message(Instant::now()));
        }
    }

    /// Calls `print`, which writes to standard error, with the line out of the way.
    pub fn suspend(&self, print: impl FnOnce()) {
        match &self.shown {
            Some(shown) => shown.bar.suspend(print),
            None => print(),
        }
    }

    /// Removes the line. Dropping does the same.
    pub fn clear(&self) {
        if let Some(shown) = &self.shown {
            if let Some((stop, waiter)) = lock(&shown.waiter).take() {
                drop(stop);
                // The thread only waits and draws; if it panicked there is nothing to remove.
                let _ = waiter.join();
            }
            shown.bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

/// The state is a few counters, consistent after every change: a panic elsewhere does not corrupt
/// it.
fn lock<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn start(&mut self, name: &str, now: Instant) {
        self.waiting.insert(self.next, (sanitize(&shown(name)).into_owned(), now));
        self.next += 1;
    }

    fn finish(&mut self, name: &str) {
        let name = shown(name);
        let name = sanitize(&name);
        let key =
            self.waiting.iter().find(|(_, (waiting, _))| *waiting == name).map(|(key, _)| *key);
        if let Some(key) = key {
            self.waiting.remove(&key);
            self.finished += 1;
        }
    }

    fn message(&self, now: Instant) -> String {
        let (finished, total) = (self.finished, self.total);
        if self.counted == Counted::Queries {
            // The total is an estimate.
            return format!("Prometheus: queries {finished}/{}", total.max(finished));
        }
        let waiting = self.waiting.values().map(|(name, since)| {
            let took = now.saturating_duration_since(*since);
            if took < SLOW { name.clone() } else { format!("{name} {}", age(took)) }
        });
        let waiting: Vec<String> = waiting.collect();
        if waiting.is_empty() {
            return format!("reading clusters {finished}/{total}");
        }
        format!("reading clusters {finished}/{total}: waiting for {}", waiting.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_the_clusters_that_are_awaited() {
        let mut state = State { total: 3, ..State::default() };
        let start = Instant::now();
        assert_eq!(state.message(start), "reading clusters 0/3");
        for name in ["production", "staging", "dr\u{1b}"] {
            state.start(name, start);
        }
        assert_eq!(
            state.message(start),
            "reading clusters 0/3: waiting for production, staging, dr\\u{1b}"
        );
        state.finish("staging");
        state.finish("nobody");
        assert_eq!(
            state.message(start + Duration::from_secs(12)),
            "reading clusters 1/3: waiting for production 12s, dr\\u{1b} 12s"
        );
        state.finish("dr\u{1b}");
        state.finish("production");
        assert_eq!(state.message(start), "reading clusters 3/3");
    }

    #[test]
    fn queries_are_counted_beyond_what_was_estimated() {
        let state = State { counted: Counted::Queries, total: 2, ..State::default() };
        let progress = Progress::on(state, ProgressDrawTarget::hidden());
        let message = || progress.shown.as_ref().unwrap().bar.message();
        assert_eq!(message(), "Prometheus: queries 0/2");
        progress.answered();
        assert_eq!(message(), "Prometheus: queries 1/2");
        progress.answered();
        progress.answered();
        assert_eq!(message(), "Prometheus: queries 3/3");
    }

    #[test]
    fn clearing_does_not_wait_for_the_delay_and_ends_the_thread() {
        let state = State { total: 1, ..State::default() };
        let progress = Progress::on(state, ProgressDrawTarget::hidden());
        progress.started("production");
        let bar = progress.shown.as_ref().unwrap().bar.clone();
        assert_eq!(bar.message(), "reading clusters 0/1: waiting for production");
        progress.clear();
        assert!(bar.is_finished());
        progress.finished("production");
    }
}
