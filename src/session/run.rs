//! The loop of a session: ticks, scans under way, commands, and events of endpoints.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::endpoints::Endpoints;
use super::event::{EndpointEvent, Event, Watching};
use super::events::Group;
use super::progress::{ScanInProgress, Step};
use super::recorder::{Evaluated, Recorder, Shared};
use super::scan::WatchedCluster;
use super::{Plan, ScanUnit, State};

/// A command to a session.
pub(super) enum Command {
    Reload(Box<Plan>),
    Scan,
}

/// A session on its task.
pub(super) struct Run {
    plan: Arc<Plan>,
    /// The clusters that no scan is reading.
    watched: Vec<WatchedCluster>,
    /// The scans under way: one of all clusters, or one for each cluster. The evaluation of a scan
    /// of one cluster is complete at once, so scans never mix in the recorder.
    scans: JoinSet<()>,
    /// How many scans are not complete.
    incomplete: usize,
    to_steps: UnboundedSender<Step>,
    steps: UnboundedReceiver<Step>,
    recorder: Shared,
    commands: mpsc::Receiver<Command>,
    to_events: broadcast::Sender<Group>,
    to_state: watch::Sender<Arc<State>>,
    endpoints: Option<Endpoints>,
    to_endpoint_events: UnboundedSender<EndpointEvent>,
    endpoint_events: UnboundedReceiver<EndpointEvent>,
}

impl Run {
    pub(super) fn new(
        plan: Plan,
        commands: mpsc::Receiver<Command>,
        to_events: broadcast::Sender<Group>,
        to_state: watch::Sender<Arc<State>>,
    ) -> Self {
        let (to_endpoint_events, endpoint_events) = mpsc::unbounded_channel();
        let (to_steps, steps) = mpsc::unbounded_channel();
        Self {
            watched: plan.clusters.iter().cloned().map(WatchedCluster::new).collect(),
            scans: JoinSet::new(),
            incomplete: 0,
            to_steps,
            steps,
            recorder: Shared::new(Recorder::new(&plan).into()),
            plan: Arc::new(plan),
            commands,
            to_events,
            to_state,
            endpoints: None,
            to_endpoint_events,
            endpoint_events,
        }
    }

    /// Runs until the last handle is dropped, or the single scan is complete.
    pub(super) async fn run(mut self) {
        self.publish(vec![Event::Started(self.watching())]);
        self.hold_endpoints();
        while let Some(plan) = self.follow_plan().await {
            self.reload(plan);
        }
    }

    /// Follows the plan until another one takes its place; none at the end of the session.
    async fn follow_plan(&mut self) -> Option<Box<Plan>> {
        let period = self.plan.interval.unwrap_or(Duration::MAX);
        let mut ticks = interval(period.clamp(Duration::from_millis(1), LONGEST));
        // A scan that exceeds the interval skips ticks; it never shifts them.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut next_plan, mut is_first) = (None, true);
        loop {
            if self.incomplete == 0 && next_plan.is_some() {
                return next_plan;
            }
            let has_idle = self.incomplete == 0 || !self.watched.is_empty();
            let may_scan = next_plan.is_none() && has_idle;
            tokio::select! {
                command = self.commands.recv() => match command? {
                    Command::Reload(plan) => next_plan = Some(plan),
                    Command::Scan if may_scan => self.begin(),
                    Command::Scan => {}
                },
                _ = ticks.tick(), if may_scan => {
                    let is_awaited = self.plan.wait_for_subscribers && !self.to_events.is_empty();
                    if std::mem::take(&mut is_first) || !is_awaited {
                        self.begin();
                    }
                }
                Some(step) = self.steps.recv() => {
                    self.take(step);
                    if self.incomplete == 0 {
                        self.plan.interval?;
                    }
                }
                Some(ended) = self.scans.join_next() => if let Err(error) = ended {
                    // A panic is a bug: propagate it.
                    std::panic::resume_unwind(error.into_panic());
                },
                Some(event) = self.endpoint_events.recv() => self.publish_endpoint(event),
            }
        }
    }

    /// Starts to scan the clusters that are not being scanned.
    fn begin(&mut self) {
        let all = std::mem::take(&mut self.watched);
        let scans = match self.plan.unit {
            ScanUnit::EachCluster if !all.is_empty() => {
                all.into_iter().map(|one| vec![one]).collect()
            }
            _ => vec![all],
        };
        self.incomplete += scans.len();
        for clusters in scans {
            let scan = ScanInProgress::begin(&self.plan, &self.recorder, clusters);
            self.scans.spawn(scan.run(self.to_steps.clone()));
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Partial(evaluated) => self.publish_evaluated(evaluated),
            Step::Complete(evaluated, watched) => {
                self.incomplete -= 1;
                self.watched.extend(watched);
                self.publish_evaluated(evaluated);
            }
        }
    }

    fn reload(&mut self, plan: Box<Plan>) {
        let mut watched: Vec<_> = plan.clusters.iter().cloned().map(WatchedCluster::new).collect();
        for old in self.watched.drain(..) {
            if let Some(same) = watched.iter_mut().find(|it| it.cluster == old.cluster) {
                *same = old;
            }
        }
        self.watched = watched;
        self.plan = Arc::from(plan);
        Recorder::lock(&self.recorder).reload(&self.plan);
        self.hold_endpoints();
        self.to_state.send_modify(|state| {
            let state = Arc::make_mut(state);
            let is_scanned = |name: &str| self.plan.clusters.iter().any(|it| &*it.name == name);
            state.findings = Recorder::lock(&self.recorder).present();
            state.clusters.retain(|name, _| is_scanned(name));
            state.counts.retain(|name, _| is_scanned(name));
            state.endpoints.retain(|(cluster, _), _| is_scanned(cluster));
        });
        self.publish(vec![Event::Reloaded(self.watching())]);
    }

    /// Holds the forwards of the plan. If nothing has changed, those of the plan before stay;
    /// otherwise they run on until the new ones have had the time to become ready.
    fn hold_endpoints(&mut self) {
        let old = self.endpoints.take();
        self.endpoints = self.plan.endpoints.as_ref().map(|endpoints| {
            let (reader, clusters) = (&self.plan.reader, &self.plan.clusters);
            match old {
                Some(old) => old.replace(endpoints, reader, clusters, &self.to_endpoint_events),
                None => Endpoints::hold(endpoints, reader, clusters, &self.to_endpoint_events),
            }
        });
    }

    fn watching(&self) -> Watching {
        Watching {
            at: Timestamp::now(),
            clusters: self.plan.clusters.iter().map(|it| Arc::clone(&it.name)).collect(),
            interval: self.plan.interval,
            history: self.plan.history.as_ref().map(|history| history.path.clone()),
        }
    }

    fn publish_evaluated(&self, evaluated: Evaluated) {
        let Evaluated { events, findings, clusters, complete, counts } = evaluated;
        self.to_state.send_modify(|state| {
            let state = Arc::make_mut(state);
            (state.findings, state.counts) = (findings, counts);
            for cluster in clusters {
                state.clusters.insert(Arc::clone(&cluster.outcome.name), cluster);
            }
            state.scanned_at = complete.or(state.scanned_at);
        });
        self.publish(events);
    }

    fn publish_endpoint(&self, event: EndpointEvent) {
        self.to_state.send_modify(|state| {
            let key = (Arc::clone(&event.cluster), event.role);
            Arc::make_mut(state).endpoints.insert(key, event.clone());
        });
        self.publish(vec![Event::Endpoint(event)]);
    }

    /// Publishes events. Set the state before: a subscriber that has lost events reads it.
    fn publish(&self, events: Vec<Event>) {
        // Sending fails only if there is no subscriber, which is not an error.
        let _ = self.to_events.send(Arc::new(events.into_iter().map(Arc::new).collect()));
    }
}

/// The longest interval between ticks: tokio's timer must be able to represent it.
const LONGEST: Duration = Duration::from_hours(24 * 365);
