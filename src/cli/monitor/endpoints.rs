//! Each cluster's Prometheus and Alertmanager, found by their Services or configured, and kept within
//! reach by forwards that this session holds.

use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, spawn_local};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::args::MonitorArgs;
use crate::cli::args::Global;
use crate::cli::forward::hold::{Change, Hold};
use crate::cli::setup::{Reading, Setup};
use crate::collect::{Collector, collect_services};
use crate::config::target::RemotePort;
use crate::kubectl::Cluster;
use crate::output::monitor::Endpoint;
use crate::prometheus::{Client, Found, Role, discover};
use crate::supervisor::{Environment, LocalPort, Spec};

/// The pause before what failed is tried again; it doubles up to [`LONGEST`].
const PAUSE: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_mins(10);
/// How long a forward may take to be ready.
const READY: Duration = Duration::from_secs(30);
/// How long a question to Prometheus may take.
const ANSWER: Duration = Duration::from_secs(10);

/// What is to be told of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct News {
    pub(super) cluster: String,
    pub(super) role: Role,
    /// Where it can be asked, while it can.
    pub(super) endpoint: Option<String>,
    pub(super) message: String,
}

impl News {
    /// As it is printed.
    pub(super) fn printed(&self) -> Endpoint<'_> {
        Endpoint {
            at: Timestamp::now(),
            cluster: &self.cluster,
            role: match self.role {
                Role::Prometheus => "prometheus",
                Role::Alertmanager => "alertmanager",
            },
            endpoint: self.endpoint.as_deref(),
            message: &self.message,
        }
    }
}

/// The endpoints of all clusters of a session.
pub(super) struct Endpoints {
    plan: Plan,
    clusters: Vec<Cluster>,
    tasks: Vec<AbortHandle>,
    /// Those of an earlier configuration, until the new ones are up.
    before: Vec<AbortHandle>,
}

impl Drop for Endpoints {
    fn drop(&mut self) {
        for task in self.tasks.iter().chain(&self.before) {
            task.abort();
        }
    }
}

#[derive(Clone)]
struct Plan {
    setup: Rc<Setup>,
    collector: Collector,
    /// Everything that the forwards have in common.
    spec: Spec,
    probe_every: Duration,
}

/// The endpoints that are wanted; none where they are switched off.
pub(super) fn wanted(
    global: &Global,
    setup: &Rc<Setup>,
    reading: &Reading,
    args: &MonitorArgs,
) -> Option<Endpoints> {
    let config = &setup.config.monitoring.prometheus;
    let configured = config.service.is_some() && config.namespace.is_some();
    if args.no_forwards || args.once || !config.enabled || !(config.auto_discover || configured) {
        return None;
    }
    let idle = config.inactive_cleanup().map_or(0, |idle| idle.as_millis());
    let spec = Spec {
        name: None,
        cluster: String::new(),
        context: None,
        server: String::new(),
        namespace: String::new(),
        resource: String::new(),
        remote_port: String::new(),
        local_port: LocalPort::From(config.local_port),
        idle_ms: u64::try_from(idle).unwrap_or(u64::MAX),
        kubectl: reading.collector.kubectl.program().to_owned(),
        kubeconfig: global.kubeconfig.clone(),
        directory: std::env::current_dir().unwrap_or_else(|_| "/".into()),
        environment: Environment::current(),
    };
    let plan = Plan {
        setup: Rc::clone(setup),
        collector: reading.collector.clone(),
        spec,
        probe_every: args.interval.unwrap_or_else(|| setup.config.monitoring.scan_interval()),
    };
    let clusters = reading.clusters.clone();
    Some(Endpoints { plan, clusters, tasks: Vec::new(), before: Vec::new() })
}

impl Endpoints {
    /// Begins to hold them. Must be called within a `LocalSet`.
    pub(super) fn start(&mut self, news: &UnboundedSender<News>) {
        for cluster in &self.clusters {
            let (plan, cluster, news) = (self.plan.clone(), cluster.clone(), news.clone());
            self.tasks.push(spawn_local(plan.keep(cluster, news)).abort_handle());
        }
    }

    /// Lets the forwards of an earlier configuration be until these have had the time to be up:
    /// the supervisor gives the same target the same forward.
    pub(super) fn take_over(&mut self, mut old: Self) {
        self.before = std::mem::take(&mut old.tasks);
        let before = self.before.clone();
        spawn_local(async move {
            sleep(READY).await;
            for task in before {
                task.abort();
            }
        });
    }
}

impl Plan {
    /// Finds a cluster's endpoints and holds them, for ever.
    async fn keep(self, cluster: Cluster, news: UnboundedSender<News>) {
        let tell = |role, message: String| {
            let cluster = cluster.name.to_string();
            let _ = news.send(News { cluster, role, endpoint: None, message });
        };
        let config = &self.setup.config.monitoring.prometheus;
        let configured = match (&config.namespace, &config.service) {
            (Some(namespace), Some(service)) => Some((namespace.clone(), service.clone())),
            _ => None,
        };
        let port = config.port.as_ref().map(RemotePort::to_string);
        let mut pause = PAUSE;
        let services = loop {
            match collect_services(&self.collector, &cluster).await {
                Ok(services) => break services,
                Err(failure) => {
                    let again = crate::config::duration::format(pause);
                    let text = format!("{}: {}", failure.kind, failure.message);
                    tell(Role::Prometheus, format!("cannot look for it, again in {again}: {text}"));
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        };
        let mut prometheus = discover(&services, Role::Prometheus).into_iter().next();
        if let Some((namespace, service)) = configured {
            let place = |found: &Found| found.namespace == namespace && found.service == service;
            let known = discover(&services, Role::Prometheus).into_iter().find(place);
            prometheus = Some(known.unwrap_or_else(|| {
                let ports =
                    services.iter().find(|it| it.namespace == namespace && it.name == service);
                let first = ports.and_then(|it| it.ports.first()).map(|(_, port)| *port);
                let port = first.unwrap_or(9090);
                Found { stack: "configured", namespace, service, port, prefix: "" }
            }));
        } else if !config.auto_discover {
            prometheus = None;
        }
        if prometheus.is_none() {
            let text = "no Service has the labels of one; monitoring.prometheus.service names it";
            tell(Role::Prometheus, text.to_owned());
        }
        let alertmanager = discover(&services, Role::Alertmanager).into_iter().next();
        tokio::join!(
            self.hold(&cluster, Role::Prometheus, prometheus, port, &news),
            self.hold(&cluster, Role::Alertmanager, alertmanager, None, &news),
        );
    }

    async fn hold(
        &self,
        cluster: &Cluster,
        role: Role,
        found: Option<Found>,
        port: Option<String>,
        news: &UnboundedSender<News>,
    ) {
        let Some(found) = found else { return };
        let spec = Spec {
            cluster: cluster.name.to_string(),
            context: (!cluster.in_cluster).then(|| cluster.context.to_string()),
            server: cluster.server.clone(),
            namespace: found.namespace.clone(),
            resource: format!("svc/{}", found.service),
            remote_port: port.unwrap_or_else(|| found.port.to_string()),
            ..self.spec.clone()
        };
        let mut told = None;
        let mut tell = |endpoint: Option<String>, message: String| {
            let cluster = cluster.name.to_string();
            let now = News { cluster, role, endpoint, message };
            if told.as_ref() != Some(&now) {
                let _ = news.send(now.clone());
                told = Some(now);
            }
        };
        let mut pause = PAUSE;
        loop {
            // Why it failed has been said on stderr.
            let start = Hold::start(Rc::clone(&self.setup), vec![spec.clone()], READY);
            if let Ok(hold) = start.await {
                pause = PAUSE;
                self.held(hold, &found, role, &mut tell).await;
                tell(None, "the forward has ended; it is started again".to_owned());
            } else {
                let again = crate::config::duration::format(pause);
                tell(None, format!("the forward could not be started; again in {again}"));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Until the forward has ended.
    async fn held(
        &self,
        mut hold: Hold,
        found: &Found,
        role: Role,
        tell: &mut impl FnMut(Option<String>, String),
    ) {
        let mut probes = interval(self.probe_every);
        probes.set_missed_tick_behavior(MissedTickBehavior::Skip);
        while hold.over().is_none() {
            tokio::select! {
                change = hold.next() => match change {
                    Change::Lost => if hold.again().await.is_err() { return },
                    Change::Event(_) | Change::Status => {}
                },
                _ = probes.tick() => {
                    let statuses = hold.statuses();
                    let Some(forward) = statuses.first() else { return };
                    let place = format!(
                        "{}/{}:{} ({})", found.namespace, found.service, forward.remote_port, found.stack
                    );
                    let endpoint = format!("{}{}", forward.endpoint, found.prefix);
                    let client = Client::new(forward.local_port, found.prefix, ANSWER);
                    match answer(&client, role).await {
                        Ok(what) => tell(Some(endpoint), format!("{place}{what}")),
                        Err(why) => tell(None, format!("{place} at {endpoint}: {why}")),
                    }
                }
            }
        }
    }
}

/// What it answers, to be said after its place.
async fn answer(client: &Client, role: Role) -> Result<String, String> {
    match role {
        Role::Prometheus => match client.probe().await {
            Ok(probe) => Ok(match probe.hpas {
                Some(1) => ", knows 1 HPA".to_owned(),
                Some(count) => format!(", knows {count} HPAs"),
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
