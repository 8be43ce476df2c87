//! `watchdog monitor`: the session. Every interval all clusters are read, what was read is stored
//! and judged, and what began or ended is told; meanwhile each cluster's Prometheus and
//! Alertmanager are kept within reach.

mod args;
mod digest;
mod endpoints;
mod metrics;
pub(super) mod sweep;

use std::collections::BTreeSet;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::LocalSet;
use tokio::time::{MissedTickBehavior, interval};

pub(super) use args::{MonitorArgs, MonitorFormat, interval as interval_of};

use super::args::Global;
use super::exit::Exit;
use super::setup::{Reading, Setup};
use crate::collect::{Purpose, WorldRequest};
use crate::findings::Selection;
use crate::output::monitor::{Printer, Started};
use crate::output::outlet::Outlet;
use crate::output::stdout;
use crate::process::{Interrupt, Interrupted};
use digest::{Digest, Memory};
use endpoints::{Endpoints, News};
use metrics::Metrics;
use sweep::{Look, Watched};

/// How long the last lines may take to be written.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// What ends a configuration's time.
enum End {
    Exit(Exit),
    /// SIGHUP.
    Reload,
}

/// Runs until it is told to end. SIGHUP reads the configuration and the kubeconfig again.
pub(super) async fn run(global: &Global, args: &MonitorArgs) -> Exit {
    LocalSet::new().run_until(session(global, args)).await.unwrap_or_else(|exit| exit)
}

async fn session(global: &Global, args: &MonitorArgs) -> Result<Exit, Exit> {
    let mut setting = Setting::new(global, args).await?;
    let setup = Rc::clone(&setting.setup);
    let mut interrupt = Interrupt::listen()
        .map_err(|error| setup.failed(&format!("cannot listen for signals: {error}")))?;
    let metrics = match args.metrics_listen {
        Some(address) => Some(Metrics::listen(address).await.map_err(|error| {
            setup.failed(&format!("cannot serve metrics at {address}: {error}"))
        })?),
        None => None,
    };
    let jsonl = args.output == MonitorFormat::Jsonl;
    let mut printer = Printer::new(jsonl, args.replicas, setup.style);
    let mut outlet = Outlet::stdout();
    let mut memory = Memory::new(setting.history.clone(), setting.keep);
    outlet.write(printer.started(&Started {
        at: Timestamp::now(),
        clusters: setting.watched.iter().map(|watched| &*watched.cluster.name).collect(),
        interval: setting.interval,
        history: setting.history.as_deref(),
        metrics: metrics.as_ref().map(Metrics::address),
    }));
    let exit = loop {
        let end = watch(
            args,
            &mut setting,
            &mut memory,
            &mut printer,
            &mut outlet,
            &mut interrupt,
            metrics.as_ref(),
        )
        .await;
        match end? {
            End::Exit(exit) => break exit,
            End::Reload => match Setting::new(global, args).await {
                Ok(new) => {
                    setting = new.taking_over(setting);
                    memory.reload(setting.history.clone(), setting.keep, &setting.names());
                    setting.setup.messages.note("SIGHUP: the configuration is read again");
                }
                // Said already; what was in force stays so.
                Err(_) => setting.setup.messages.note("SIGHUP: the configuration stays as it was"),
            },
        }
    };
    outlet.flush(LAST_WORDS).await;
    Ok(exit)
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
    /// On failure the user has been told.
    async fn new(global: &Global, args: &MonitorArgs) -> Result<Self, Exit> {
        // No progress is drawn between lines that stay.
        let quiet = Global { quiet: true, ..global.clone() };
        let setup = Rc::new(Setup::new(global)?);
        let reading = Reading::with(&quiet, Setup::new(global)?).await?;
        let history = if args.no_store { None } else { Some(super::snapshot::path(&setup)?) };
        let selection = Selection::all().without(&args.ignore);
        let request = WorldRequest {
            namespaces: reading.namespaces(&args.namespaces),
            label_selector: args.selector.clone(),
            name: None,
            parts: super::check::parts(&selection),
            purpose: Purpose::Judge,
            deadline: None,
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
        if let (Some(new), Some(old)) = (&mut self.endpoints, before.endpoints) {
            new.take_over(old);
        }
        self
    }

    fn names(&self) -> BTreeSet<Arc<str>> {
        self.watched.iter().map(|watched| Arc::clone(&watched.cluster.name)).collect()
    }
}

type Sweeping = Pin<Box<dyn Future<Output = (Vec<Watched>, Look)>>>;

async fn watch(
    args: &MonitorArgs,
    setting: &mut Setting,
    memory: &mut Memory,
    printer: &mut Printer,
    outlet: &mut Outlet,
    interrupt: &mut Interrupt,
    metrics: Option<&Metrics>,
) -> Result<End, Exit> {
    let setup = Rc::clone(&setting.setup);
    let (to_news, mut news) = mpsc::unbounded_channel::<News>();
    if let Some(endpoints) = &mut setting.endpoints {
        endpoints.start(&to_news);
    }
    let mut ticks = interval(setting.interval);
    // A look that took longer than the interval costs looks, and moves none.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut sweeping: Option<Sweeping> = None;
    loop {
        tokio::select! {
            signal = interrupt.next() => match signal {
                // A terminal that is gone sends it as well.
                Interrupted::Hup if !printer.is_live() || stdout::is_terminal() => {
                    if let Some(sweeping) = sweeping.take() {
                        let (watched, _) = sweeping.await;
                        setting.watched = watched;
                    }
                    return Ok(End::Reload);
                }
                Interrupted::Int => return Ok(End::Exit(Exit::Done)),
                signal => return Ok(End::Exit(Exit::Interrupted(signal))),
            },
            end = outlet.ended() => {
                let cannot = |error| setup.failed(&format!("cannot write to standard output: {error}"));
                return end.map(|()| End::Exit(Exit::Done)).map_err(cannot);
            }
            _ = ticks.tick(), if sweeping.is_none() => {
                let watched = std::mem::take(&mut setting.watched);
                let collector = setting.reading.collector.clone();
                let request = setting.request.clone();
                let within = sweep::share(setting.interval);
                sweeping = Some(Box::pin(sweep::look(collector, watched, request, within)));
            }
            Some((watched, look)) = maybe(&mut sweeping) => {
                sweeping = None;
                setting.watched = watched;
                let digest = memory.digest(look, &setting.request, &setting.selection).await;
                outlet.write(printer.look(&digest.seen()));
                for note in &digest.notes {
                    setup.messages.note(note);
                }
                if let Some(metrics) = metrics {
                    metrics.publish(&digest);
                }
                if args.once {
                    return Ok(End::Exit(exit_of(&digest)));
                }
            }
            Some(news) = news.recv() => outlet.write(printer.endpoint(&news.printed())),
        }
    }
}

/// What `future` gives, if there is one; else never.
async fn maybe<T>(future: &mut Option<Pin<Box<dyn Future<Output = T>>>>) -> Option<T> {
    match future {
        Some(future) => Some(future.as_mut().await),
        None => std::future::pending().await,
    }
}

fn exit_of(digest: &Digest) -> Exit {
    let complete = digest.snapshot.clusters.iter().all(|cluster| cluster.error.is_none());
    if complete { Exit::Done } else { Exit::Incomplete }
}
