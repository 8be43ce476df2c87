//! `watchdog monitor`: the session. Every interval all clusters are read, what was read is stored
//! and judged, and what began or ended is told; meanwhile each cluster's Prometheus and
//! Alertmanager are kept within reach.

mod args;
mod digest;
mod endpoints;
mod looking;
mod metrics;
pub(super) mod sweep;
mod told;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::LocalSet;
use tokio::time::{MissedTickBehavior, interval};

pub(super) use args::{MonitorArgs, MonitorFormat, interval as interval_of};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::setup::{Reading, Setup};
use crate::collect::{Purpose, WorldRequest};
use crate::findings::Selection;
use crate::output::monitor::Printer;
use crate::process::{Interrupt, Interrupted};
use crate::term::{messages, stdout};
use digest::{Digest, Memory};
use endpoints::{Endpoints, News};
use looking::{Looking, Question};
use metrics::Metrics;
use sweep::Watched;
use told::Told;

/// How long the last lines may take to be written.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// What ends a configuration's time.
enum End {
    Exit(Exit),
    /// SIGHUP.
    Reload,
}

/// Runs until it is told to end. SIGHUP reads the configuration and the kubeconfig again.
pub(super) async fn run(global: &Global, args: MonitorArgs) -> Result<Exit, CommandError> {
    LocalSet::new().run_until(session(global, &args)).await
}

async fn session(global: &Global, args: &MonitorArgs) -> Result<Exit, CommandError> {
    messages::detach();
    let mut setting = Setting::new(global, args).await?;
    let setup = Rc::clone(&setting.setup);
    let interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let metrics = match args.metrics_listen {
        Some(address) => Some(Metrics::listen(address).await.map_err(|error| {
            CommandError::failed(format!("cannot serve metrics at {address}: {error}"))
        })?),
        None => None,
    };
    let jsonl = args.output == MonitorFormat::Jsonl;
    let (to_news, news) = mpsc::unbounded_channel();
    let mut session = Session {
        args,
        told: Told::new(Printer::new(jsonl, args.replicas, setup.style)),
        memory: Memory::new(setting.history.clone(), setting.keep),
        interrupt,
        metrics,
        to_news,
        news,
        seen: false,
    };
    session.told.start(&setting, args.once, session.metrics.as_ref(), false);
    let exit = loop {
        match session.watch(&mut setting).await? {
            End::Exit(exit) => break exit,
            End::Reload => {
                match session.heed(Setting::new(global, args)).await {
                    Err(signal) => break ended_by(args, signal),
                    Ok(Ok(new)) => {
                        setting = new.taking_over(setting);
                        let (history, keep) = (setting.history.clone(), setting.keep);
                        let namespaces = &setting.request.namespaces;
                        session.memory.reload(history, keep, &setting.names(), namespaces);
                        session.told.start(&setting, args.once, session.metrics.as_ref(), true);
                        setting.setup.messages.note("SIGHUP: the configuration is read again");
                    }
                    // What was in force stays so.
                    Ok(Err(error)) => {
                        error.report(setting.setup.messages);
                        setting.setup.messages.note("SIGHUP: the configuration stays as it was");
                    }
                }
            }
        }
    };
    // Whoever ended it waits for its end; else it is written to the end, unless one has enough.
    let patience = match exit {
        Exit::Interrupted(_) => LAST_WORDS,
        _ if args.once => Duration::MAX,
        _ => LAST_WORDS,
    };
    tokio::select! {
        () = session.told.outlet.flush(patience) => Ok(exit),
        signal = session.interrupt.next() => Ok(ended_by(args, signal)),
    }
}

/// What the configuration and the command line ask for.
struct Setting {
    setup: Rc<Setup>,
    reading: Reading,
    watched: Vec<Watched>,
    request: WorldRequest,
    selection: Selection,
    interval: Duration,
    history: Option<std::path::PathBuf>,
    keep: Duration,
    endpoints: Option<Endpoints>,
}

impl Setting {
    async fn new(global: &Global, args: &MonitorArgs) -> Result<Self, CommandError> {
        // No progress is drawn between lines that stay.
        let quiet = Global { quiet: true, ..global.clone() };
        let setup = Rc::new(Setup::new(global)?);
        let reading = Reading::with(&quiet, Setup::new(global)?).await?;
        let history = if args.no_store { None } else { Some(super::database::path(&setup)?) };
        let selection = Selection::all().without(&args.ignore);
        let request = WorldRequest {
            namespaces: reading.namespaces(&args.namespaces),
            label_selector: args.selector.clone(),
            name: None,
            parts: super::parts::parts(&selection),
            purpose: Purpose::Judge,
        };
        let interval = args.interval.unwrap_or_else(|| setup.config.monitoring.scan_interval());
        let watched = reading.clusters.iter().cloned().map(Watched::new).collect();
        let endpoints = endpoints::wanted(global, &setup, &reading, args);
        let keep = setup.config.history.keep;
        Ok(Self { setup, reading, watched, request, selection, interval, history, keep, endpoints })
    }

    /// With the breakers of the setting before, and its forwards until the new ones are up.
    fn taking_over(mut self, before: Self) -> Self {
        for watched in before.watched {
            if let Some(same) = self.watched.iter_mut().find(|it| it.cluster == watched.cluster) {
                *same = watched;
            }
        }
        self.endpoints = match (self.endpoints, before.endpoints) {
            (Some(new), Some(old)) => Some(new.taking_over(old)),
            (new, _) => new,
        };
        self
    }

    fn question(&self, once: bool) -> Question {
        Question {
            collector: self.reading.collector.clone(),
            request: self.request.clone(),
            selection: self.selection.clone(),
            within: if once { Duration::MAX } else { sweep::share(self.interval) },
        }
    }

    fn names(&self) -> BTreeSet<Arc<str>> {
        self.watched.iter().map(|watched| Arc::clone(&watched.cluster.name)).collect()
    }
}

/// What lasts as long as the program.
struct Session<'a> {
    args: &'a MonitorArgs,
    told: Told,
    memory: Memory,
    interrupt: Interrupt,
    metrics: Option<Metrics>,
    to_news: UnboundedSender<News>,
    news: UnboundedReceiver<News>,
    /// Whether there was a look.
    seen: bool,
}

impl Session<'_> {
    /// Looks again and again, until it is to end or a SIGHUP came.
    async fn watch(&mut self, setting: &mut Setting) -> Result<End, CommandError> {
        if let Some(endpoints) = &mut setting.endpoints {
            endpoints.start(&self.to_news);
        }
        let mut ticks = interval(setting.interval);
        // A look that took longer than the interval costs looks, and moves none.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut looking, mut reload) = (None::<Box<Looking>>, false);
        loop {
            if reload && looking.is_none() {
                return Ok(End::Reload);
            }
            tokio::select! {
                signal = self.interrupt.next() => match signal {
                    // A terminal that is gone sends it as well. What is under way is ended first.
                    Interrupted::Hup if !self.told.printer.is_live() || stdout::is_terminal() => {
                        reload = true;
                    }
                    signal => return Ok(End::Exit(ended_by(self.args, signal))),
                },
                end = self.told.outlet.ended() => {
                    return end.map(|()| End::Exit(Exit::Done)).map_err(CommandError::stdout);
                }
                _ = ticks.tick(), if looking.is_none() => {
                    let watched = std::mem::take(&mut setting.watched);
                    let question = setting.question(self.args.once);
                    looking = Some(Box::new(Looking::begin(question, watched)));
                }
                told = next(&mut looking, &mut self.memory) => match told {
                    looking::Told::Part(part) => self.told.part(&part),
                    looking::Told::Whole(digest, watched) => {
                        (looking, setting.watched) = (None, watched);
                        self.tell(setting, &digest);
                        if self.args.once {
                            return Ok(End::Exit(exit_of(&digest)));
                        }
                    }
                },
                Some(news) = self.news.recv() => self.told.news(&news),
            }
        }
    }

    /// Tells of a look to whom it concerns.
    fn tell(&mut self, setting: &Setting, digest: &Digest) {
        let messages = &setting.setup.messages;
        self.told.look(digest);
        match &digest.trouble {
            Some(Ok(better)) => messages.note(better),
            Some(Err(why)) => messages.error(why),
            None => {}
        }
        if digest.held {
            messages.note(super::snapshot::HELD);
        }
        if !std::mem::replace(&mut self.seen, true) && digest.is_empty() {
            let selector = self.args.selector.as_deref();
            messages.note(&super::rows::none_found(&setting.request.namespaces, selector));
        }
        if let Some(metrics) = &self.metrics {
            metrics.publish(digest);
        }
    }

    /// What `work` gives, unless a signal comes that ends the program.
    async fn heed<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Interrupted> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                signal = self.interrupt.next() => match signal {
                    Interrupted::Hup => {}
                    signal => return Err(signal),
                },
            }
        }
    }
}

/// What there is to tell of the look that is under way; where there is none, never anything.
async fn next(looking: &mut Option<Box<Looking>>, memory: &mut Memory) -> looking::Told {
    match looking {
        Some(looking) => looking.next(memory).await,
        None => std::future::pending().await,
    }
}

/// Ctrl-C is the way to end a session, and the way to give up a single look.
fn ended_by(args: &MonitorArgs, signal: Interrupted) -> Exit {
    match signal {
        Interrupted::Int if !args.once => Exit::Done,
        signal => Exit::Interrupted(signal),
    }
}

fn exit_of(digest: &Digest) -> Exit {
    // It is for the history, too, that one looks.
    let only_damaged = digest.damaged && digest.id.is_some();
    if matches!(digest.trouble, Some(Err(_))) && !only_damaged {
        return Exit::Failed;
    }
    let complete =
        !digest.damaged && digest.snapshot.clusters.iter().all(|cluster| cluster.error.is_none());
    if complete { Exit::Done } else { Exit::Incomplete }
}
