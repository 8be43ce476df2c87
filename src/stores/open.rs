//! Opens a cluster's store, by the way that the configuration names or that works.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;

use super::proxy::ProxyTransport;
use super::services::ClusterServices;
use super::token::{TokenCommands, TokenFile};
use crate::collect::Collector;
use crate::config::{Access, StoreSource};
use crate::kubectl::{Cluster, Failure, Name};
use crate::prometheus::{
    Client, DiscoveredService, HttpTransport, LearnError, Limits, OnAnswer, QueryError, Role, Turn,
};
use crate::session::{EndpointPlan, not_found, pick};
use crate::supervisor::{ClientError, Hold, HoldError, HoldEvent, Paths};

/// How long a program for a token may take.
const TOKEN_WITHIN: Duration = Duration::from_secs(30);

/// Why a cluster has no Alertmanager.
const NO_ALERTMANAGER: &str =
    "no Service has the labels of an Alertmanager; set monitoring.alertmanager.url";

/// What stores are opened with.
pub struct Opener {
    /// How Services are found, and how forwards are held.
    pub plan: EndpointPlan,
    /// Reads Services and pods.
    pub collector: Collector,
    /// What one answer may take.
    pub limits: Limits,
    /// How many points all answers of a store may have.
    pub max_points: u64,
    /// One for each URL: a server of many clusters gets one question at a time.
    pub turns: Turns,
    /// Programs that print tokens.
    pub tokens: TokenCommands,
    /// Whether a cluster's own server may be reached by a forward; else it is by the API server's proxy.
    pub may_forward: bool,
    /// Is called after each question to a store of metrics.
    pub on_answer: OnAnswer,
}

/// Whose turn it is to ask, by the servers' URLs.
#[derive(Debug, Default)]
pub struct Turns(Mutex<BTreeMap<String, Turn>>);

impl Turns {
    fn of(&self, url: &str) -> Turn {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(url.to_owned()).or_default())
    }
}

/// Why a store could not be opened or used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The configuration says something that cannot be.
    #[error("monitoring.prometheus: {0}")]
    Config(String),
    /// The configuration says something of Alertmanager that cannot be.
    #[error("monitoring.alertmanager: {0}")]
    AlertmanagerConfig(String),
    /// Services could not be read.
    #[error("cannot read Services: {0}")]
    Services(String),
    /// There is no Prometheus.
    #[error("{0}")]
    NotFound(String),
    /// The forward could not be held.
    #[error("cannot forward to {service}: {why}")]
    Forward {
        /// The Service.
        service: String,
        /// The reason.
        why: String,
    },
    /// The API server could not be read.
    #[error("cannot read pods: {0}")]
    Api(#[source] crate::kubectl::Error),
    /// No pod runs.
    #[error("no pod is running from which the labels of this cluster's series could be learnt")]
    NoPod,
    /// The store does not answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// What has failed, and which store it was.
    #[error("{0}: {1}")]
    At(StoreOrigin, #[source] Box<Self>),
    /// The labels are in doubt.
    #[error(transparent)]
    Labels(#[from] LearnError),
    /// A signal came first.
    #[error("interrupted")]
    Interrupted,
}

/// From where a store's answers come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreOrigin {
    /// A URL; scheme, host, port and path of it.
    Url(String),
    /// A forward to a Service, at a local address.
    Forward {
        /// `namespace/service:port`.
        service: String,
        /// `127.0.0.1:55553`.
        local: String,
    },
    /// The API server's proxy to a Service.
    Proxy {
        /// `namespace/service:port`.
        service: String,
    },
}

impl fmt::Display for StoreOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(origin) => f.write_str(origin),
            Self::Forward { service, local } => write!(f, "{service} by a forward at {local}"),
            Self::Proxy { service } => write!(f, "{service} by the API server's proxy"),
        }
    }
}

/// A store that is reachable as long as this value lives.
pub struct Store {
    /// Asks it.
    pub client: Client,
    /// From where its answers come.
    pub origin: StoreOrigin,
    /// Whether it is at a URL that is that of several clusters.
    pub is_shared: bool,
    /// Labels that the configuration gives for the cluster.
    pub configured: Vec<(String, String)>,
    _forward: Option<Kept>,
}

/// A forward that is held by a task of its own.
pub(super) struct Kept(AbortHandle);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Opener {
    /// Opens the store of a cluster.
    ///
    /// # Errors
    /// If it cannot be found or reached.
    pub async fn open(&self, cluster: &Cluster) -> Result<Store, StoreError> {
        self.open_with(&ClusterServices::new(self.collector.clone(), cluster.clone())).await
    }

    /// As [`Opener::open`], where the cluster's Services may have been read before.
    pub(super) async fn open_with(&self, services: &ClusterServices) -> Result<Store, StoreError> {
        let cluster = &services.cluster;
        let store = self.plan.services.store(&[&cluster.name, &cluster.context, &cluster.entry]);
        let (client, origin, forward) = match (store.source, &store.access.url) {
            (StoreSource::Url | StoreSource::Auto, Some(url)) => {
                let http = self.http(url, &store.access)?;
                let origin = StoreOrigin::Url(http.to_string());
                let turn = self.turns.of(url.trim_end_matches('/'));
                (Client::new(Arc::new(http)).with_turn(turn), origin, None)
            }
            (StoreSource::Url, None) => {
                let text = "source is url, and there is no url".to_owned();
                return Err(StoreError::Config(text));
            }
            (source, url) => {
                // What is meant for the server at the URL is not sent to another.
                let access = if url.is_some() { Access::default() } else { store.access.clone() };
                self.of_cluster(services, Role::Prometheus, source, &access).await?
            }
        };
        Ok(Store {
            is_shared: store.is_shared && matches!(origin, StoreOrigin::Url(_)),
            client: client.with_max_points(self.max_points).with_on_answer(self.on_answer.clone()),
            origin,
            configured: store.labels.into_iter().collect(),
            _forward: forward,
        })
    }

    /// A server at a URL, with what is sent to it.
    pub(super) fn http(&self, url: &str, access: &Access) -> Result<HttpTransport, StoreError> {
        transport_with(url, access, self.limits, &self.tokens).map_err(StoreError::Config)
    }

    /// The cluster's own server.
    pub(super) async fn of_cluster(
        &self,
        services: &ClusterServices,
        role: Role,
        source: StoreSource,
        access: &Access,
    ) -> Result<(Client, StoreOrigin, Option<Kept>), StoreError> {
        let (config, cluster) = (&self.plan.services, &services.cluster);
        let services = match services.get().await {
            Ok(services) => services,
            Err(_)
                if role == Role::Prometheus
                    && config.service.is_some()
                    && config.namespace.is_some() =>
            {
                Arc::default()
            }
            Err(Failure { message, .. }) => return Err(StoreError::Services(message)),
        };
        let found = pick(config, role, &services);
        let found = found.ok_or_else(|| match role {
            Role::Prometheus => StoreError::NotFound(not_found(config)),
            Role::Alertmanager => StoreError::NotFound(NO_ALERTMANAGER.to_owned()),
        })?;
        match (source, self.may_forward) {
            (StoreSource::Proxy, _) | (StoreSource::Auto, false) => {
                return self.proxy(cluster, &found);
            }
            (_, false) => {
                let text = "source is forward, and forwards are turned off".to_owned();
                return Err(StoreError::Config(text));
            }
            _ => {}
        }
        match self.forward(cluster, &found, role, access).await {
            Err((_, true)) if source == StoreSource::Auto => self.proxy(cluster, &found),
            Err((error, _)) => Err(error),
            Ok(store) => Ok(store),
        }
    }

    fn proxy(
        &self,
        cluster: &Cluster,
        found: &DiscoveredService,
    ) -> Result<(Client, StoreOrigin, Option<Kept>), StoreError> {
        let name =
            |text: &str| Name::parse(text).map_err(|error| StoreError::NotFound(error.to_string()));
        let transport = ProxyTransport {
            kubectl: self.collector.kubectl.clone(),
            cluster: cluster.clone(),
            namespace: name(&found.namespace)?,
            service: name(&found.service)?,
            port: found.port,
            prefix: found.prefix.to_owned(),
            within: self.limits.within,
        };
        let origin = StoreOrigin::Proxy { service: place(found) };
        Ok((Client::new(Arc::new(transport)), origin, None))
    }

    /// A forward, held until the store is dropped; it joins the one of a session. The error says whether
    /// forwards are forbidden.
    async fn forward(
        &self,
        cluster: &Cluster,
        found: &DiscoveredService,
        role: Role,
        access: &Access,
    ) -> Result<(Client, StoreOrigin, Option<Kept>), (StoreError, bool)> {
        let failed = |why: String| StoreError::Forward { service: place(found), why };
        let spec = self.plan.spec(cluster, found, role);
        let spec = spec.map_err(|why| (failed(why), false))?;
        let paths = match &self.plan.supervisor {
            Some(paths) => Ok(paths.clone()),
            None => Paths::from_env().map_err(ClientError::from),
        };
        let paths = paths.map_err(|error| (failed(error.to_string()), false))?;
        // As for a person who waits: what waiting cannot fix fails at once.
        let hold = Hold::start_attended(paths, vec![spec], self.plan.hold.clone(), |_| ()).await;
        let mut hold = hold.map_err(|error| {
            let is_forbidden = matches!(&error, HoldError::Refused { refusal, .. }
                if refusal.message.to_lowercase().contains("forbidden"));
            (failed(error.to_string()), is_forbidden)
        })?;
        let port = hold.statuses().first().map(|forward| forward.local_port);
        let port = port.ok_or_else(|| (failed("it has ended".to_owned()), false))?;
        let local = format!("127.0.0.1:{port}");
        let http = self.http(&format!("http://{local}{}", found.prefix), access);
        let http = http.map_err(|error| (error, false))?;
        // Heartbeats are sent while somebody waits for its events.
        let task = tokio::spawn(async move {
            while hold.outcome().is_none() {
                if matches!(hold.next().await, HoldEvent::SupervisorLost)
                    && hold.reconnect().await.is_err()
                {
                    break;
                }
            }
        });
        let origin = StoreOrigin::Forward { service: place(found), local };
        Ok((Client::new(Arc::new(http)), origin, Some(Kept(task.abort_handle()))))
    }
}

/// A server at a URL, with what is sent to it.
///
/// # Errors
/// If a file cannot be read, or the URL or a header is none.
pub fn transport(url: &str, access: &Access, limits: Limits) -> Result<HttpTransport, String> {
    transport_with(url, access, limits, &TokenCommands::default())
}

fn transport_with(
    url: &str,
    access: &Access,
    limits: Limits,
    tokens: &TokenCommands,
) -> Result<HttpTransport, String> {
    let read = |path: &std::path::Path, key: &str| {
        let failed = |error| format!("{key} {}: {error}", path.display());
        std::fs::read(path).map_err(failed)
    };
    let mut headers: String =
        access.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    if let Some(path) = &access.headers_file {
        headers.push_str(&String::from_utf8_lossy(&read(path, "headers_file")?));
    }
    let ca = access.ca_file.as_deref().map(|path| read(path, "ca_file")).transpose()?;
    let http = HttpTransport::new(url, &headers, ca.as_deref(), limits)?;
    match (&access.token_file, access.token_command.is_empty()) {
        (None, true) => Ok(http),
        (Some(path), true) => Ok(http.with_token(Arc::new(TokenFile(path.clone())))),
        (None, false) => Ok(http.with_token(tokens.of(&access.token_command, TOKEN_WITHIN))),
        (Some(_), false) => {
            let text = "token_file and token_command are both given; one is enough";
            Err(text.to_owned())
        }
    }
}

fn place(found: &DiscoveredService) -> String {
    format!("{}/{}:{}", found.namespace, found.service, found.port)
}
