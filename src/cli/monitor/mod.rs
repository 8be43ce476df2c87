//! `watchdog monitor`: makes the plan of a session from flags and configuration, turns signals
//! into calls, prints events and serves metrics.

mod alerts;
mod args;
mod metrics;
mod notify;
mod plan;
mod start;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

use alerts::{AlertNews, AlertWatch, AlertWatchPlan};
pub(super) use args::{MonitorArgs, MonitorFormat};

use super::absent::{Named, NamedLookup};
use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::setup::{Reading, Setup};
use crate::check::NoHpa;
use crate::config::Scope;
use crate::output::monitor::{EventLog, PrintOptions};
use crate::process::{Interrupt, Interrupted, Suspend};
use crate::session::{
    self, Alerting, AlertingPlan, Event, Events, Notifier, NotifyPlan, ScanReport, Session, State,
};
use crate::term::{messages, stdout};
use metrics::Metrics;
use plan::Planned;
pub(super) use plan::endpoint_plan;
use start::StartWait;

/// How long endpoints wait for others, to be printed together.
const ENDPOINTS: Duration = Duration::from_secs(3);
/// How long writing the last lines may take.
const LAST_LINES: Duration = Duration::from_millis(300);

/// Runs until a signal or the end of a single scan. SIGHUP reloads configuration and kubeconfig.
pub(super) async fn run(global: &Global, args: MonitorArgs) -> Result<Exit, CommandError> {
    messages::detach();
    let Planned { setup, reading, plan, notify, alerting, alerts } =
        Planned::new(global, &args).await?;
    let interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let suspend = Suspend::listen().map_err(CommandError::signals)?;
    let metrics = Metrics::listen(&args).await?;
    let options = PrintOptions {
        jsonl: args.output == MonitorFormat::Jsonl,
        replicas: args.replicas,
        each_present: args.show_present,
        actions: args.actions,
        severity: args.severity.into(),
        // What -v prints would be mixed with the line at the bottom.
        status: !args.once && global.verbose == 0,
        style: setup.style,
        metrics: metrics.as_ref().map(Metrics::url),
    };
    let scope = plan.request.scope.clone();
    let notifier = Notifier::start(notify);
    if let Some(metrics) = &metrics {
        metrics.count(&notifier);
    }
    let (session, events) = session::start(plan);
    let state = session.state();
    let alerting = alerting.map(|plan| Alerting::start(plan, session.state()));
    let mut front = Front {
        global,
        args: &args,
        log: EventLog::stdout(options),
        setup,
        reading,
        named: NamedLookup::default(),
        scope,
        next: None,
        interrupt,
        suspend,
        metrics,
        notifier,
        alerting,
        alerts: alerts.map(AlertWatch::start),
        session,
        events,
        state,
        scanned: false,
        history_failed: false,
        exit: Exit::Done,
    };
    let exit = front.follow().await?;
    // A signal leaves the last lines little time; the result of a single scan has all it needs.
    let patience = match exit {
        Exit::Interrupted(_) => LAST_LINES,
        _ if args.once => Duration::MAX,
        _ => LAST_LINES,
    };
    let is_cut_short = !args.once || matches!(exit, Exit::Interrupted(_));
    let within = if is_cut_short { LAST_LINES } else { front.notifier.plan().within };
    let signal = tokio::select! {
        () = front.notifier.finish(within) => None,
        signal = front.interrupt.next() => Some(signal),
    };
    if let Some(signal) = signal {
        return Ok(ended_by(&args, signal));
    }
    while let Some(problem) = front.notifier.problem_now() {
        front.log.make_way(LAST_LINES).await;
        front.setup.messages.warning(&problem);
    }
    let finished = front.log.finish(Timestamp::now(), patience);
    tokio::select! {
        () = finished => Ok(exit),
        signal = front.interrupt.next() => Ok(ended_by(&args, signal)),
    }
}

/// What comes with a plan of the session.
struct Next {
    setup: Setup,
    scope: Scope,
    notify: NotifyPlan,
    alerting: Option<AlertingPlan>,
    alerts: Option<AlertWatchPlan>,
}

/// The session's front end in a terminal or a log.
struct Front<'a> {
    global: &'a Global,
    args: &'a MonitorArgs,
    setup: Setup,
    /// Of the first plan.
    reading: Arc<Reading>,
    /// The namespaces that the command line names, looked for after the first complete scan.
    named: NamedLookup,
    /// The scope of the plan in force.
    scope: Scope,
    /// A plan that is not in force yet.
    next: Option<Next>,
    log: EventLog,
    interrupt: Interrupt,
    suspend: Suspend,
    metrics: Option<Metrics>,
    notifier: Notifier,
    /// Sends findings as alerts, if that is configured.
    alerting: Option<Alerting>,
    /// Reads alerts, if that is asked for.
    alerts: Option<AlertWatch>,
    session: Session,
    events: Events,
    state: watch::Receiver<Arc<State>>,
    /// Whether a scan has read all clusters.
    scanned: bool,
    history_failed: bool,
    /// How the command ends when the session does.
    exit: Exit,
}

impl Front<'_> {
    /// Prints the session's events until it ends, or a signal ends it.
    async fn follow(&mut self) -> Result<Exit, CommandError> {
        let mut start = StartWait::begin(Instant::now());
        let mut endpoints = std::pin::pin!(sleep(ENDPOINTS));
        loop {
            let start_is_due = sleep_until(start.due(self.log.start()));
            tokio::select! {
                signal = self.interrupt.next() => match signal {
                    // Closing the terminal sends SIGHUP too: stdout is then no longer a terminal,
                    // and the session ends.
                    Interrupted::Hup if !self.log.is_live() || stdout::is_terminal() => {
                        if let Err(signal) = self.reload().await {
                            return Ok(ended_by(self.args, signal));
                        }
                    }
                    signal => return Ok(ended_by(self.args, signal)),
                },
                problem = problem(&mut self.notifier, self.alerting.as_mut()) => {
                    self.warn(&problem).await;
                }
                Some(news) = alert_news(self.alerts.as_mut()) => match news {
                    AlertNews::Event(event) => self.event(&event).await,
                    AlertNews::Problem(problem) => self.warn(&problem).await,
                },
                Some(named) = self.named.next() => self.named(named).await,
                () = self.suspend.next() => {
                    self.log.make_way(LAST_LINES).await;
                    self.suspend.stop_self();
                    self.log.come_back();
                }
                end = self.log.ended() => {
                    return end.map(|()| Exit::Done).map_err(CommandError::stdout);
                }
                () = start_is_due, if self.awaits_clusters() => {
                    self.log.print_findings(Timestamp::now());
                    start.printed(Instant::now());
                }
                () = &mut endpoints, if self.log.has_endpoints() => {
                    self.log.print_endpoints(Timestamp::now());
                }
                event = self.events.next() => {
                    if !self.log.has_endpoints() {
                        endpoints.set(sleep(ENDPOINTS));
                    }
                    let Some(event) = event else {
                        self.session.ended().await.map_err(CommandError::failed)?;
                        let named = tokio::select! {
                            named = self.named.next() => named,
                            signal = self.interrupt.next() => {
                                return Ok(ended_by(self.args, signal));
                            }
                        };
                        if let Some(named) = named {
                            self.named(named).await;
                        }
                        return Ok(self.exit);
                    };
                    self.event(&event).await;
                    match &*event {
                        Event::Started(_) | Event::Reloaded(_) => {
                            start = StartWait::begin(Instant::now());
                        }
                        Event::Partial(_) => start.answered(Instant::now()),
                        _ => {}
                    }
                }
            }
        }
    }

    /// Prints a warning between the events.
    async fn warn(&mut self, problem: &str) {
        self.log.make_way(LAST_LINES).await;
        self.setup.messages.warning(problem);
        messages::flush(LAST_LINES).await;
        self.log.come_back();
    }

    /// Whether findings of the start wait for clusters that have not answered.
    fn awaits_clusters(&self) -> bool {
        self.log.has_findings() || !self.log.start().is_printed
    }

    /// Reads the configuration again. If that fails, the previous plan stays in force.
    async fn reload(&mut self) -> Result<(), Interrupted> {
        let planned = {
            let mut planned = std::pin::pin!(Planned::new(self.global, self.args));
            loop {
                tokio::select! {
                    planned = &mut planned => break planned,
                    signal = self.interrupt.next() => match signal {
                        Interrupted::Hup => {}
                        signal => return Err(signal),
                    },
                }
            }
        };
        match planned {
            Ok(Planned { setup, plan, notify, alerting, alerts, .. }) => {
                let scope = plan.request.scope.clone();
                self.next = Some(Next { setup, scope, notify, alerting, alerts });
                // If the session has ended, `follow` notices by the end of its events.
                let _ = self.session.reload(plan).await;
            }
            Err(error) => {
                self.log.make_way(LAST_LINES).await;
                error.report(self.setup.messages);
                self.setup.messages.note("reload failed, keeping the previous configuration");
                messages::flush(LAST_LINES).await;
                self.log.come_back();
            }
        }
        Ok(())
    }

    async fn event(&mut self, event: &Arc<Event>) {
        use Event::{HistoryFailed, HistoryRecovered, Reloaded, RetentionPaused};
        self.notifier.event(event);
        let now = Timestamp::now();
        let state = Arc::clone(&self.state.borrow());
        self.log.event(event, &state.findings, now);
        if matches!(
            **event,
            Reloaded(_) | HistoryFailed(_) | HistoryRecovered(_) | RetentionPaused(_)
        ) {
            self.log.make_way(LAST_LINES).await;
        }
        let messages = &self.setup.messages;
        match &**event {
            Event::Reloaded(_) => {
                if let Some(Next { setup, scope, notify, alerting, alerts }) = self.next.take() {
                    (self.setup, self.scope) = (setup, scope);
                    // Both have the same file.
                    if let Some(before) = self.alerting.take() {
                        before.stop().await;
                    }
                    let state = self.state.clone();
                    self.alerting = alerting.map(|plan| Alerting::start(plan, state));
                    match (&self.alerts, alerts) {
                        (Some(watch), Some(plan)) => watch.replace(plan),
                        (_, plan) => self.alerts = plan.map(AlertWatch::start),
                    }
                    if *self.notifier.plan() != notify {
                        let new = Notifier::start(notify);
                        let mut old = std::mem::replace(&mut self.notifier, new);
                        // What was queued goes where it was meant to go.
                        tokio::spawn(async move { old.finish(old.plan().within).await });
                    }
                    if let Some(metrics) = &self.metrics {
                        metrics.count(&self.notifier);
                    }
                }
                self.setup.messages.note("configuration reloaded");
            }
            Event::HistoryFailed(failure) => {
                self.history_failed = true;
                messages.error(&failure.message);
            }
            Event::HistoryRecovered(_) => {
                self.history_failed = false;
                messages.note("the history works again");
            }
            Event::RetentionPaused(_) => messages.note(crate::history::RETENTION_PAUSED),
            Event::Scan(scan) => self.scan(scan).await,
            _ => return,
        }
        messages::flush(LAST_LINES).await;
        self.log.come_back();
    }

    async fn scan(&mut self, scan: &ScanReport) {
        let is_whole = scan.is_complete() || self.args.once;
        if is_whole && !std::mem::replace(&mut self.scanned, true) {
            let namespaces = scan.hpas.iter().map(|hpa| hpa.namespace.as_str());
            let (reading, outcomes) = (&self.reading, scan.clusters.clone());
            let is_in_doubt = self.named.begin(reading, &self.scope, namespaces, outcomes);
            if !is_in_doubt && scan.hpas.is_empty() && scan.is_complete() {
                self.log.make_way(LAST_LINES).await;
                self.no_hpa();
            }
        }
        if let Some(metrics) = &self.metrics {
            let state = Arc::clone(&self.state.borrow());
            if let Some(problem) = metrics.publish(&state).await {
                self.log.make_way(LAST_LINES).await;
                self.setup.messages.warning(&problem);
            }
        }
        // A damaged part of the history is not a failure if the scan was stored all the same.
        let is_stored = scan.history_damaged && scan.snapshot.is_some();
        self.exit = if self.history_failed && !is_stored {
            Exit::Failed
        } else if scan.is_complete() && !scan.history_damaged {
            Exit::Done
        } else {
            Exit::Incomplete
        };
    }
}

impl Front<'_> {
    /// Reports named namespaces that no cluster has: probably a typing error.
    async fn named(&mut self, named: Named) {
        self.log.make_way(LAST_LINES).await;
        match named {
            Named::Exist if self.state.borrow().hpas().next().is_none() => self.no_hpa(),
            Named::Exist => {}
            named => self.exit = named.report(&self.reading, self.exit),
        }
        messages::flush(LAST_LINES).await;
        self.log.come_back();
    }

    fn no_hpa(&self) {
        let no_hpa = NoHpa { name: None, scope: &self.scope };
        self.setup.messages.note(&no_hpa.to_string());
    }
}

/// The next news of alerts; none where they are not read.
async fn alert_news(alerts: Option<&mut AlertWatch>) -> Option<AlertNews> {
    Some(alerts?.next().await)
}

/// The next problem of what is sent.
async fn problem(notifier: &mut Notifier, alerting: Option<&mut Alerting>) -> String {
    match alerting {
        None => notifier.problem().await,
        Some(alerting) => tokio::select! {
            problem = notifier.problem() => problem,
            problem = alerting.problem() => problem,
        },
    }
}

/// Ctrl-C and SIGTERM (of a service manager) are the normal end of a session, and an interruption of
/// a single scan.
fn ended_by(args: &MonitorArgs, signal: Interrupted) -> Exit {
    match signal {
        Interrupted::Int | Interrupted::Term if !args.once => Exit::Done,
        signal => Exit::Interrupted(signal),
    }
}
