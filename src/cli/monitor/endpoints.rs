//! Each cluster's Prometheus and Alertmanager, found by their Services or configured, and kept within
//! reach by forwards that this session holds.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{AbortHandle, spawn_local};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::args::MonitorArgs;
use crate::cli::flags::Global;
use crate::cli::forward::hold::{Change, Hold};
use crate::cli::setup::{Reading, Setup};
use crate::collect::{Collector, collect_services};
use crate::config::duration;
use crate::config::target::RemotePort;
use crate::kubectl::Cluster;
use crate::output::monitor::Endpoint;
use crate::prometheus::{Client, Found, Role, Service, discover};
use crate::supervisor::{Environment, LocalPort, PortSpec, Spec};

/// The pause before what failed is tried again; it doubles up to [`LONGEST`].
const PAUSE: Duration = Duration::from_secs(30);
const LONGEST: Duration = Duration::from_mins(10);
/// How long a forward may take to be ready.
const READY: Duration = Duration::from_secs(30);
/// How long a question to Prometheus may take.
const ANSWER: Duration = Duration::from_secs(10);
/// After so many failed starts in a row the cluster's Services are looked at again: it may have
/// another name by now.
const STARTS: u32 = 3;

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
            role: role_name(self.role),
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
    let configured = config.service.is_some();
    if args.no_forwards || args.once || !config.enabled || !(config.auto_discover || configured) {
        return None;
    }
    let defaults = &setup.config.forward;
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let spec = Spec {
        name: None,
        cluster: String::new(),
        context: None,
        server: String::new(),
        namespace: String::new(),
        resource: String::new(),
        ports: Vec::new(),
        addresses: defaults.addresses(),
        idle_ms: millis(defaults.idle),
        isolate: defaults.isolate,
        pod_selection: defaults.pod_selection,
        pool: defaults.pool,
        retry_idempotent: defaults.retry_idempotent,
        keepalive_ms: millis(defaults.keepalive),
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
    /// Begins to hold them, unless that was begun. Must be called within a `LocalSet`.
    pub(super) fn start(&mut self, news: &UnboundedSender<News>) {
        if !self.tasks.is_empty() {
            return;
        }
        for cluster in &self.clusters {
            let (plan, cluster, news) = (self.plan.clone(), cluster.clone(), news.clone());
            self.tasks
                .push(spawn_local(async move { plan.keep(&cluster, &news).await }).abort_handle());
        }
    }

    /// In the place of those of an earlier configuration. Where nothing changed they stay; else they
    /// are let be until the new ones have had the time to be up: the supervisor gives the same target
    /// the same forward.
    pub(super) fn taking_over(mut self, mut old: Self) -> Self {
        if self.clusters == old.clusters && self.plan.is_like(&old.plan) {
            return old;
        }
        self.before = std::mem::take(&mut old.before);
        self.before.append(&mut old.tasks);
        let before = self.before.clone();
        spawn_local(async move {
            sleep(READY).await;
            for task in before {
                task.abort();
            }
        });
        self
    }
}

impl Plan {
    /// Whether another plan means the same forwards.
    fn is_like(&self, other: &Self) -> bool {
        let config = |plan: &Self| plan.setup.config.monitoring.prometheus.clone();
        self.spec == other.spec
            && self.probe_every == other.probe_every
            && config(self) == config(other)
    }

    /// Finds a cluster's endpoints and holds them, for ever.
    async fn keep(&self, cluster: &Cluster, news: &UnboundedSender<News>) {
        let prometheus = Teller::new(cluster, Role::Prometheus, news);
        let alertmanager = Teller::new(cluster, Role::Alertmanager, news);
        // One reading for both at first.
        let services = Rc::new(self.services(cluster, &prometheus).await);
        tokio::join!(
            self.role(cluster, Rc::clone(&services), prometheus),
            self.role(cluster, services, alertmanager),
        );
    }

    /// The Services of a cluster, asked for until there is an answer. None where they cannot be read
    /// and the one that matters is configured.
    async fn services(&self, cluster: &Cluster, teller: &Teller<'_>) -> Vec<Service> {
        let config = &self.setup.config.monitoring.prometheus;
        let mut pause = PAUSE;
        loop {
            let kubectl = self.collector.kubectl.renewed();
            let collector = Collector { kubectl, ..self.collector.clone() };
            match collect_services(&collector, cluster).await {
                Ok(services) => return services,
                Err(_) if config.service.is_some() && config.namespace.is_some() => {
                    return Vec::new();
                }
                Err(failure) => {
                    let again = duration::format(pause);
                    let text = format!("{}: {}", failure.kind, failure.message);
                    teller.tell(None, format!("cannot look for it, again in {again}: {text}"));
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// One of them: looked for until it is found, and again when it seems to have gone.
    async fn role(&self, cluster: &Cluster, mut services: Rc<Vec<Service>>, teller: Teller<'_>) {
        loop {
            if let Some(found) = self.pick(teller.role, &services) {
                self.hold(cluster, &found, &teller).await;
            } else {
                // Not every cluster has an Alertmanager.
                if teller.role == Role::Prometheus && self.wants(teller.role) {
                    teller.tell(None, self.none());
                }
                sleep(LONGEST).await;
            }
            services = Rc::new(self.services(cluster, &teller).await);
        }
    }

    fn wants(&self, role: Role) -> bool {
        let config = &self.setup.config.monitoring.prometheus;
        config.auto_discover || role == Role::Prometheus && config.service.is_some()
    }

    fn none(&self) -> String {
        let config = &self.setup.config.monitoring.prometheus;
        let place = match &config.namespace {
            Some(namespace) => format!(" in namespace {namespace}"),
            None => String::new(),
        };
        match &config.service {
            Some(service) => format!("there is no Service {service}{place}"),
            None => format!(
                "no Service{place} has the labels of one; monitoring.prometheus.service names it"
            ),
        }
    }

    /// The Service to ask. Of the configuration `service` names it, in any namespace unless `namespace` is
    /// set too; `namespace` alone says where to search.
    fn pick(&self, role: Role, services: &[Service]) -> Option<Found> {
        let config = &self.setup.config.monitoring.prometheus;
        if !self.wants(role) {
            return None;
        }
        if role == Role::Alertmanager {
            return discover(services, role).into_iter().next();
        }
        let within =
            |namespace: &str| config.namespace.as_ref().is_none_or(|only| only == namespace);
        let mut found = discover(services, role).into_iter().filter(|it| within(&it.namespace));
        let Some(name) = &config.service else { return found.next() };
        let labelled = found.find(|it| it.service == *name);
        labelled.or_else(|| {
            let named = services.iter().find(|it| it.name == *name && within(&it.namespace));
            let first = named.and_then(|it| it.ports.first()).map(|(_, port)| *port);
            let namespace = match (named, &config.namespace) {
                (Some(service), _) => service.namespace.clone(),
                // It may be there all the same, where the list may not be read.
                (None, Some(namespace)) => namespace.clone(),
                (None, None) => return None,
            };
            let (service, port) = (name.clone(), first.unwrap_or(9090));
            Some(Found { stack: "configured", namespace, service, port, prefix: "" })
        })
    }

    /// Holds a forward to it, until it cannot be started again and again.
    async fn hold(&self, cluster: &Cluster, found: &Found, teller: &Teller<'_>) {
        let port = match teller.role {
            Role::Prometheus => self.setup.config.monitoring.prometheus.port.as_ref(),
            Role::Alertmanager => None,
        };
        let spec = Spec {
            cluster: cluster.name.to_string(),
            context: (!cluster.in_cluster).then(|| cluster.context.to_string()),
            server: cluster.server.clone(),
            namespace: found.namespace.clone(),
            resource: format!("svc/{}", found.service),
            ports: vec![PortSpec {
                remote: port.map_or_else(|| found.port.to_string(), RemotePort::to_string),
                local: LocalPort::From(self.setup.config.forward.local_port),
            }],
            ..self.spec.clone()
        };
        let (mut pause, mut failed) = (PAUSE, 0);
        while failed < STARTS {
            // The name may be another forward's: the second time it goes without.
            let name = forward_name(teller.role, &cluster.name).filter(|_| failed != 1);
            let spec = Spec { name, ..spec.clone() };
            match Hold::start(Rc::clone(&self.setup), vec![spec], READY, None).await {
                Ok(hold) => {
                    (pause, failed) = (PAUSE, 0);
                    self.held(hold, found, teller).await;
                    teller.tell(None, "the forward has ended; it is started again".to_owned());
                }
                Err(error) => {
                    error.report(self.setup.messages);
                    failed += 1;
                    let again = duration::format(pause);
                    let text = format!("the forward could not be started; again in {again}");
                    teller.tell(None, text);
                }
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }

    /// Until the forward has ended.
    async fn held(&self, mut hold: Hold, found: &Found, teller: &Teller<'_>) {
        let mut probes = interval(self.probe_every);
        probes.set_missed_tick_behavior(MissedTickBehavior::Skip);
        while hold.over().is_none() {
            tokio::select! {
                change = hold.next() => match change {
                    Change::Lost => match hold.again().await {
                        Ok(None) => {}
                        Ok(Some(_)) => return,
                        Err(error) => {
                            error.report(self.setup.messages);
                            return;
                        }
                    },
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
                    match answer(&client, teller.role).await {
                        Ok(what) => teller.tell(Some(endpoint), format!("{place}{what}")),
                        Err(why) => teller.tell(None, format!("{place} at {endpoint}: {why}")),
                    }
                }
            }
        }
    }
}

/// A name that says which cluster's it is; none where the cluster's own leaves nothing to say it with.
fn forward_name(role: Role, cluster: &str) -> Option<String> {
    const LONGEST: usize = 63;
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '-' };
    // Of an ARN or a URL the last part tells clusters apart.
    let cluster = cluster.rsplit('/').next().unwrap_or(cluster);
    let cluster: String = cluster.chars().map(plain).collect();
    let name = format!("{}-{}", role_name(role), cluster.trim_matches('-'));
    let name = name.get(..LONGEST.min(name.len())).unwrap_or_default().trim_end_matches(['-', '.']);
    crate::config::target::forward_name(name).ok()
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Prometheus => "prometheus",
        Role::Alertmanager => "alertmanager",
    }
}

/// Tells of one endpoint what has not been told yet.
struct Teller<'a> {
    cluster: &'a Cluster,
    role: Role,
    news: &'a UnboundedSender<News>,
    told: RefCell<Option<News>>,
}

impl<'a> Teller<'a> {
    fn new(cluster: &'a Cluster, role: Role, news: &'a UnboundedSender<News>) -> Self {
        Self { cluster, role, news, told: RefCell::new(None) }
    }

    fn tell(&self, endpoint: Option<String>, message: String) {
        let cluster = self.cluster.name.to_string();
        let now = News { cluster, role: self.role, endpoint, message };
        if self.told.borrow().as_ref() != Some(&now) {
            let _ = self.news.send(now.clone());
            self.told.replace(Some(now));
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
