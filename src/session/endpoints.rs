//! Each cluster's Prometheus and Alertmanager, found among its Services or configured, and held
//! reachable by forwards.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::event::EndpointEvent;
use super::pick::{forward_name, is_enabled, not_found, pick, role_name};
use super::reader::Reader;
use crate::config::target::{ForwardTarget, RemotePort, TargetError};
use crate::config::{EndpointForwards, ForwardDefaults, Prometheus};
use crate::kubectl::{Cluster, Name};
use crate::prometheus::{Client, DiscoveredService, QueryError, Role, Service};
use crate::supervisor::{
    ClientError, ForwardState, Hold, HoldError, HoldEvent, HoldOptions, KubectlRun, LocalPort,
    Paths, PortSpec, Spec,
};

/// The pause after a failure, which doubles up to [`LONGEST`].
const PAUSE: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_mins(10);
/// How long Prometheus may take to answer.
const ANSWER: Duration = Duration::from_secs(10);
/// The number of failed starts in a row after which the Services are read again: the Service may
/// have another name by then.
const STARTS: u32 = 3;

/// Which forwards a session holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointPlan {
    /// Which Services to look for.
    pub services: Prometheus,
    /// How the forwards are set up.
    pub forward: ForwardDefaults,
    /// How kubectl is run for them.
    pub run: KubectlRun,
    /// The time from one probe of an endpoint to the next.
    pub probe_interval: Duration,
    /// How forwards are held.
    pub hold: HoldOptions,
    /// The supervisor's directory; none for the user's own.
    pub supervisor: Option<Paths>,
}

impl EndpointPlan {
    /// Each cluster's Prometheus and Alertmanager, found by the labels of their Services, on local
    /// ports from 55553, and probed every 30 s.
    pub fn new(run: KubectlRun, hold: HoldOptions) -> Self {
        Self {
            services: Prometheus::default(),
            forward: ForwardDefaults::default(),
            run,
            probe_interval: Duration::from_secs(30),
            hold,
            supervisor: None,
        }
    }

    /// The forward to a Service of a cluster.
    pub(crate) fn spec(
        &self,
        cluster: &Cluster,
        found: &DiscoveredService,
        role: Role,
    ) -> Result<Spec, String> {
        let port = match role {
            Role::Prometheus => self.services.port.as_ref(),
            Role::Alertmanager => None,
        };
        let text = |error: TargetError| error.to_string();
        let remote = match port {
            Some(port) => port.clone(),
            None => RemotePort::parse(&found.port.to_string()).map_err(text)?,
        };
        let ports = vec![PortSpec { remote, local: LocalPort::From(self.forward.local_port) }];
        let resource = ForwardTarget::parse(&format!("svc/{}", found.service)).map_err(text)?;
        let namespace = Name::parse(&found.namespace).map_err(|error| error.to_string())?;
        Ok(Spec::new(cluster, namespace, resource, ports, &self.forward, self.run.clone()))
    }
}

/// The endpoints of all clusters of a session. Dropping it ends their forwards.
pub(super) struct Endpoints {
    plan: EndpointPlan,
    clusters: Vec<Cluster>,
    tasks: Vec<AbortHandle>,
    /// Tasks of the plan before, until the new ones have had the time to become ready.
    before: Vec<AbortHandle>,
}

impl Drop for Endpoints {
    fn drop(&mut self) {
        for task in self.tasks.iter().chain(&self.before) {
            task.abort();
        }
    }
}

impl Endpoints {
    pub(super) fn hold(
        plan: &EndpointPlan,
        reader: &Arc<dyn Reader>,
        clusters: &[Cluster],
        events: &UnboundedSender<EndpointEvent>,
    ) -> Self {
        let hold = |cluster: &Cluster| {
            let keeper = Keeper {
                plan: plan.clone(),
                reader: Arc::clone(reader),
                cluster: cluster.clone(),
                events: events.clone(),
            };
            tokio::spawn(async move { keeper.run().await }).abort_handle()
        };
        let tasks = clusters.iter().map(hold).collect();
        Self { plan: plan.clone(), clusters: clusters.to_vec(), tasks, before: Vec::new() }
    }

    /// Holds the endpoints of another plan. If nothing has changed, the tasks stay. Otherwise the
    /// old tasks run on until the new ones may be ready, because the supervisor gives the same
    /// target the same forward.
    pub(super) fn replace(
        mut self,
        plan: &EndpointPlan,
        reader: &Arc<dyn Reader>,
        clusters: &[Cluster],
        events: &UnboundedSender<EndpointEvent>,
    ) -> Self {
        if self.clusters == clusters && self.plan == *plan {
            return self;
        }
        let mut new = Self::hold(plan, reader, clusters, events);
        new.before = std::mem::take(&mut self.before);
        new.before.append(&mut self.tasks);
        let (before, ready) = (new.before.clone(), plan.hold.ready_timeout);
        tokio::spawn(async move {
            sleep(ready).await;
            for task in before {
                task.abort();
            }
        });
        new
    }
}

/// Holds the endpoints of one cluster.
struct Keeper {
    plan: EndpointPlan,
    reader: Arc<dyn Reader>,
    cluster: Cluster,
    events: UnboundedSender<EndpointEvent>,
}

impl Keeper {
    /// Holds both endpoints. Never ends.
    async fn run(&self) {
        let prometheus = Reporter::new(self, Role::Prometheus);
        let alertmanager = Reporter::new(self, Role::Alertmanager);
        // The first read of the Services serves both roles.
        let services = Arc::new(self.services(&prometheus).await);
        tokio::join!(
            self.role(Arc::clone(&services), prometheus),
            self.role(services, alertmanager),
        );
    }

    /// The Services of the cluster; a failed read is repeated until it succeeds. Empty if the read
    /// fails and the configuration names the Service and its namespace.
    async fn services(&self, reporter: &Reporter<'_>) -> Vec<Service> {
        let Prometheus { service, namespace, .. } = &self.plan.services;
        let mut pause = PAUSE;
        loop {
            match self.reader.services(&self.cluster).await {
                Ok(services) => return services,
                Err(_) if service.is_some() && namespace.is_some() => return Vec::new(),
                Err(failure) => {
                    let (kind, why) = (failure.kind, failure.message);
                    // The same text at each attempt, so that it is reported once.
                    let text =
                        format!("cannot read Services, retried until it works: {kind}: {why}");
                    reporter.report(None, text);
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Holds one endpoint: searches for its Service until it is found, and again if its forward
    /// cannot be started.
    async fn role(&self, mut services: Arc<Vec<Service>>, reporter: Reporter<'_>) {
        let config = &self.plan.services;
        loop {
            if let Some(found) = pick(config, reporter.role, &services) {
                self.hold(&found, &reporter).await;
            } else {
                // Only a missing Prometheus is reported: many clusters have no Alertmanager.
                if reporter.role == Role::Prometheus && is_enabled(config, reporter.role) {
                    reporter.report(None, not_found(config));
                }
                sleep(LONGEST).await;
            }
            services = Arc::new(self.services(&reporter).await);
        }
    }

    /// Holds a forward to the Service, until [`STARTS`] starts in a row have failed.
    async fn hold(&self, found: &DiscoveredService, reporter: &Reporter<'_>) {
        let spec = match self.plan.spec(&self.cluster, found, reporter.role) {
            Ok(spec) => Spec { on_demand: self.is_on_demand(), ..spec },
            Err(error) => {
                reporter.report(None, format!("cannot forward to {}: {error}", found.service));
                return sleep(LONGEST).await;
            }
        };
        let (mut pause, mut failed) = (PAUSE, 0);
        while failed < STARTS {
            // The name may be taken by another forward: the second attempt uses none.
            let name = forward_name(reporter.role, &self.cluster.name).filter(|_| failed != 1);
            match self.start(Spec { name, ..spec.clone() }).await {
                Ok(hold) => {
                    (pause, failed) = (PAUSE, 0);
                    let why = match self.held(hold, found, reporter).await {
                        Ok(()) => String::new(),
                        Err(error) => format!(": {error}"),
                    };
                    reporter.report(None, format!("the forward has ended, and is restarted{why}"));
                }
                Err(error) => {
                    failed += 1;
                    let text = format!("cannot start the forward, retried until it works: {error}");
                    reporter.report(None, text);
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Whether a connection starts a forward: a query to the endpoint needs no call beforehand.
    fn is_on_demand(&self) -> bool {
        self.plan.services.enabled == EndpointForwards::OnDemand
    }

    async fn start(&self, spec: Spec) -> Result<Hold, HoldError> {
        let paths = match &self.plan.supervisor {
            Some(paths) => paths.clone(),
            None => Paths::from_env().map_err(ClientError::from)?,
        };
        Hold::start(paths, vec![spec], self.plan.hold.clone()).await
    }

    /// Probes the endpoint until its forward has ended. On demand it is probed once whenever somebody
    /// has started to use it: a probe counts as a use.
    async fn held(
        &self,
        mut hold: Hold,
        found: &DiscoveredService,
        reporter: &Reporter<'_>,
    ) -> Result<(), HoldError> {
        let mut probes = interval(self.plan.probe_interval);
        probes.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut is_probed = false;
        while hold.outcome().is_none() {
            tokio::select! {
                event = hold.next() => match event {
                    HoldEvent::SupervisorLost => hold.reconnect().await?,
                    HoldEvent::Forward(_) | HoldEvent::Refreshed => {}
                },
                _ = probes.tick() => {
                    let statuses = hold.statuses();
                    let Some(forward) = statuses.first() else { return Ok(()) };
                    let (namespace, service) = (&found.namespace, &found.service);
                    let (port, stack) = (&forward.remote_port, found.stack);
                    let place = format!("{namespace}/{service}:{port} ({stack})");
                    let endpoint = format!("{}{}", forward.endpoint, found.prefix);
                    let client = Client::local(forward.local_port, found.prefix, ANSWER);
                    let is_quiet = match forward.state {
                        _ if !self.is_on_demand() => false,
                        ForwardState::Ready | ForwardState::Recovering => {
                            std::mem::replace(&mut is_probed, true)
                        }
                        ForwardState::Dormant => {
                            is_probed = false;
                            let text = format!("{place}, forwarded at the first connection");
                            reporter.report(Some(endpoint.clone()), text);
                            true
                        }
                        _ => {
                            is_probed = false;
                            if let Some(why) = &forward.last_error {
                                reporter.report(None, format!("{place} at {endpoint}: {why}"));
                            }
                            true
                        }
                    };
                    if is_quiet {
                        continue;
                    }
                    match probe(client, reporter.role).await {
                        Ok(what) => reporter.report(Some(endpoint), format!("{place}{what}")),
                        Err(why) => {
                            reporter.report(None, format!("{place} at {endpoint}: {why}"));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

/// Reports changes of one endpoint.
struct Reporter<'a> {
    keeper: &'a Keeper,
    role: Role,
    last: Mutex<Option<(Option<String>, String)>>,
}

impl<'a> Reporter<'a> {
    fn new(keeper: &'a Keeper, role: Role) -> Self {
        Self { keeper, role, last: Mutex::new(None) }
    }

    fn report(&self, endpoint: Option<String>, message: String) {
        let now = Some((endpoint.clone(), message.clone()));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last == now {
            return;
        }
        *last = now;
        let cluster = Arc::clone(&self.keeper.cluster.name);
        let (at, role) = (Timestamp::now(), role_name(self.role));
        let event = EndpointEvent { at, cluster, role, endpoint, message };
        let _ = self.keeper.events.send(event);
    }
}

/// The endpoint's answer, worded to follow its address in a sentence.
async fn probe(client: Result<Client, QueryError>, role: Role) -> Result<String, String> {
    let client = client.map_err(|error| error.to_string())?;
    match role {
        Role::Prometheus => match client.probe().await {
            Ok(probe) => Ok(match probe.hpas {
                // Of all namespaces, and of all clusters that it scrapes: not comparable with what is watched.
                Some(_) => ", has metrics of HPAs".to_owned(),
                None => ", has no metrics of HPAs (kube-state-metrics)".to_owned(),
            }),
            Err(error) => Err(error.to_string()),
        },
        Role::Alertmanager => match client.is_healthy().await {
            Ok(()) => Ok(String::new()),
            Err(error) => Err(error.to_string()),
        },
    }
}
