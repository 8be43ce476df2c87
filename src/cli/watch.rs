//! `watchdog hpa watch`: on a terminal a screen with the list of HPAs, whose last frame stays at the
//! end; elsewhere each change is a line.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::absent::{Named, NamedLookup};
use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::hpa_args::{HpaWatchArgs, WatchFormat};
use super::setup::{Reading, Setup};
use crate::collect::{Parts, namespace_names};
use crate::config::Scope;
use crate::kubectl::Cluster;
use crate::output::watch::{Asked, ListOptions, View};
use crate::process::{Interrupt, Interrupted, Resize, Suspend};
use crate::session::{self, Events, Plan, ScanUnit, Session, State};
use crate::term::keys::{Key, Keys};

/// How long writing the last lines may take.
const LAST_LINES: Duration = Duration::from_millis(300);
/// How long a frame waits for further clusters that answer.
const TOGETHER: Duration = Duration::from_millis(100);
/// The time between two frames without news: while something is marked, and otherwise.
const MARKS: Duration = Duration::from_secs(1);
const CLOCK: Duration = Duration::from_mins(1);

/// Runs until a signal, or until standard output is closed.
pub(super) async fn run(global: &Global, args: &HpaWatchArgs) -> Result<Exit, CommandError> {
    // No progress display: it would be drawn into the list.
    let quiet = Global { quiet: true, ..global.clone() };
    let reading = Reading::of(&quiet, Setup::new(global)?, &args.names).await?;
    let plan = plan(args, &reading)?;
    let interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let resize = Resize::listen().map_err(CommandError::signals)?;
    let suspend = Suspend::listen().map_err(CommandError::signals)?;
    let options = ListOptions {
        problems: args.problems,
        sort_by: args.sort_by,
        clusters: reading.clusters.len(),
        interval: args.interval,
        style: reading.setup.style,
    };
    let view = View::new(options, args.output == WatchFormat::Jsonl)
        .map_err(|error| CommandError::failed(format!("cannot use the terminal: {error}")))?;
    let keys = view.is_screen().then(Keys::listen);
    let scope = plan.request.scope.clone();
    let (session, events) = session::start(plan);
    let reading = Arc::new(reading);
    let mut front = Front {
        view,
        keys,
        interrupt,
        resize,
        suspend,
        session,
        events,
        reading,
        scope,
        lookup: None,
    };
    let exit = front.follow().await;
    front.view.leave(LAST_LINES).await;
    exit
}

/// The session's front end.
struct Front {
    view: View,
    keys: Option<Keys>,
    interrupt: Interrupt,
    resize: Resize,
    suspend: Suspend,
    session: Session,
    events: Events,
    reading: Arc<Reading>,
    scope: Scope,
    /// The namespaces that the command line names, from the first scan on that has read all clusters.
    lookup: Option<NamedLookup>,
}

impl Front {
    /// Shows the session until a signal, a key, or the end of its reader ends it.
    async fn follow(&mut self) -> Result<Exit, CommandError> {
        let state = self.session.state();
        let mut redraw = Box::pin(sleep(Duration::ZERO));
        loop {
            let (is_idle, idle) = (self.view.is_idle(), self.view.idle());
            tokio::select! {
                signal = self.interrupt.next() => return Ok(match signal {
                    Interrupted::Int => Exit::Done,
                    signal => Exit::Interrupted(signal),
                }),
                end = self.view.ended() => {
                    return end.map(|()| Exit::Done).map_err(CommandError::stdout);
                }
                // While the terminal is stopped or the reader is slow, events are not taken: the
                // session then waits and starts no scan.
                event = self.events.next(), if is_idle => {
                    if event.is_none() {
                        self.session.ended().await.map_err(CommandError::failed)?;
                        return Ok(Exit::Done);
                    }
                    self.view.update(&state.borrow(), Timestamp::now());
                    self.look_up(&state.borrow());
                    let soon = Instant::now() + TOGETHER;
                    if redraw.deadline() > soon {
                        redraw.as_mut().reset(soon);
                    }
                }
                () = idle, if !is_idle => {}
                named = named(&mut self.lookup) => {
                    if let Named::Missing(absent) = named {
                        let text = absent.to_string();
                        if !self.view.notice(&text) {
                            self.reading.setup.messages.error(&text);
                        }
                        redraw.as_mut().reset(Instant::now());
                    }
                }
                () = &mut redraw => {
                    let is_marked = self.view.draw(Timestamp::now());
                    let next = if is_marked { MARKS } else { CLOCK };
                    redraw.as_mut().reset(Instant::now() + next);
                }
                key = key(&mut self.keys) => match self.view.key(key) {
                    Asked::Quit => return Ok(Exit::Done),
                    Asked::Draw | Asked::Redraw => redraw.as_mut().reset(Instant::now()),
                },
                () = self.resize.next() => redraw.as_mut().reset(Instant::now()),
                () = self.suspend.next() => {
                    self.view.suspend(LAST_LINES).await;
                    self.suspend.stop_self();
                    self.view.resume().map_err(CommandError::stdout)?;
                    redraw.as_mut().reset(Instant::now());
                }
            }
        }
    }
}

impl Front {
    /// Looks for the named namespaces once all clusters have been read: a typing error would be an
    /// empty list for ever.
    fn look_up(&mut self, state: &State) {
        let is_read = |cluster: &Cluster| {
            state.clusters.get(&cluster.name).is_some_and(|it| it.outcome.error.is_none())
        };
        if self.lookup.is_some() || !self.reading.clusters.iter().all(is_read) {
            return;
        }
        let hpas = state.hpas();
        let namespaces = hpas.map(|hpa| hpa.hpa().namespace.as_str());
        let named = |cluster: &Cluster| Some(state.clusters.get(&cluster.name)?.outcome.clone());
        let outcomes = self.reading.clusters.iter().filter_map(named).collect();
        let mut lookup = NamedLookup::default();
        lookup.begin(&self.reading, &self.scope, namespaces, outcomes);
        self.lookup = Some(lookup);
    }
}

/// What is known of the named namespaces, once.
async fn named(lookup: &mut Option<NamedLookup>) -> Named {
    if let Some(lookup) = lookup
        && let Some(named) = lookup.next().await
    {
        return named;
    }
    std::future::pending().await
}

async fn key(keys: &mut Option<Keys>) -> Key {
    match keys {
        Some(keys) => keys.next().await,
        None => std::future::pending().await,
    }
}

fn plan(args: &HpaWatchArgs, reading: &Reading) -> Result<Plan, CommandError> {
    let mut plan = Plan {
        interval: Some(args.interval),
        unit: ScanUnit::EachCluster,
        wait_for_subscribers: true,
        ..Plan::new(reading.clusters.clone(), Arc::new(reading.collector.clone()))
    };
    let request = &mut plan.request;
    request.scope = reading.scope().with_selector(args.selector.clone());
    request.names = reading.names.clone();
    namespace_names(&request.scope).map_err(CommandError::usage)?;
    // Only HPAs are read, by one kubectl for each cluster: rules that need more stay undecided.
    request.parts = Parts::default();
    Ok(plan)
}
