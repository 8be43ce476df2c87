//! The alerts of a cluster: from its Alertmanager or, without one, from its Prometheus.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::open::{Opener, StoreError, StoreOrigin};
use super::services::ClusterServices;
use crate::alerts::Server;
use crate::config::{Access, AlertStore, Alertmanager, StoreSource};
use crate::prometheus::{Alert, Client, Role, managed_alerts, own_alerts};

/// What kind of server alerts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKind {
    /// Alertmanager.
    Alertmanager,
    /// Prometheus: it knows pending alerts, and no silences.
    Prometheus,
}

impl ServerKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alertmanager => "Alertmanager",
            Self::Prometheus => "Prometheus",
        }
    }
}

/// Where a cluster's alerts come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertSource {
    /// The kind of server.
    pub kind: ServerKind,
    /// How it is reached.
    pub origin: StoreOrigin,
    /// Whose alerts it has.
    pub server: Server,
}

/// The alerts of the server of a cluster, those of other clusters included.
#[derive(Debug, Clone)]
pub struct ReadAlerts {
    /// From where.
    pub source: AlertSource,
    /// The alerts.
    pub alerts: Arc<[Alert]>,
    /// The labels that the configuration gives for the cluster.
    pub configured: BTreeMap<String, String>,
    /// The members of the set that did not answer, with the reason.
    pub failed: Vec<String>,
}

/// Why a cluster's alerts could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AlertsUnread(String);

/// One answer of a server at a URL, for all clusters that have it.
type Shared = Arc<OnceCell<Result<Answered, AlertsUnread>>>;

#[derive(Debug, Clone)]
struct Answered {
    origin: StoreOrigin,
    alerts: Arc<[Alert]>,
    failed: Vec<String>,
}

/// Reads the alerts of clusters, once or again and again.
pub struct AlertReader {
    opener: Opener,
    config: Alertmanager,
    /// Whether the kubeconfig has one cluster alone: then a server at a URL has no other cluster's alerts.
    is_sole: bool,
}

/// One reading of the alerts of all clusters: a server that several of them have is asked once.
pub struct AlertReading {
    reader: Arc<AlertReader>,
    shared: Mutex<Vec<(AlertStore, Shared)>>,
}

impl AlertReader {
    /// Reads by this configuration.
    pub fn new(opener: Opener, config: Alertmanager, is_sole: bool) -> Self {
        Self { opener, config, is_sole }
    }
}

impl AlertReading {
    /// Begins one.
    pub fn new(reader: Arc<AlertReader>) -> Self {
        Self { reader, shared: Mutex::default() }
    }

    /// The alerts of the server of a cluster.
    ///
    /// # Errors
    /// If it cannot be found or reached.
    pub async fn read(&self, services: &ClusterServices) -> Result<ReadAlerts, AlertsUnread> {
        let cluster = &services.cluster;
        let names: [&str; 3] = [&cluster.name, &cluster.context, &cluster.entry];
        let own = self.reader.config.store(&names);
        let mut configured = own.store.labels.clone();
        if configured.is_empty() {
            configured = self.reader.opener.plan.services.store(&names).labels;
        }
        let source = |kind, origin, is_shared: bool| {
            let is_shared = is_shared && !self.reader.is_sole;
            let server = if is_shared { Server::Shared } else { Server::Own };
            AlertSource { kind, origin, server }
        };
        match (own.store.source, own.urls.is_empty()) {
            (StoreSource::Url | StoreSource::Auto, false) => {
                let Answered { origin, alerts, failed } = self.at_urls(&own).await?;
                let source = source(ServerKind::Alertmanager, origin, own.store.is_shared);
                return Ok(ReadAlerts { source, alerts, configured, failed });
            }
            (StoreSource::Url, true) => {
                let text = "source is url, and there is no url".to_owned();
                return Err(unread(None, &StoreError::AlertmanagerConfig(text)));
            }
            _ => {}
        }
        // What is meant for the server at the URL is not sent to another.
        let access = if own.urls.is_empty() { own.store.access.clone() } else { Access::default() };
        let opened = self
            .reader
            .opener
            .of_cluster(services, Role::Alertmanager, own.store.source, &access)
            .await
            .map_err(of_alertmanager);
        let (client, origin, _forward) = match opened {
            Ok(opened) => opened,
            Err(StoreError::NotFound(why)) => {
                return self.of_prometheus(services, &why, source, configured).await;
            }
            Err(error) => return Err(unread(None, &error)),
        };
        let alerts = managed_alerts(&client).await;
        let alerts = alerts.map_err(|error| unread(Some(&origin), &error.into()))?;
        let source = source(ServerKind::Alertmanager, origin, false);
        Ok(ReadAlerts { source, alerts: alerts.into(), configured, failed: Vec::new() })
    }

    /// The alerts that the cluster's Prometheus evaluates: there is no Alertmanager, for this reason.
    async fn of_prometheus(
        &self,
        services: &ClusterServices,
        why: &str,
        source: impl Fn(ServerKind, StoreOrigin, bool) -> AlertSource,
        configured: BTreeMap<String, String>,
    ) -> Result<ReadAlerts, AlertsUnread> {
        let store = self.reader.opener.open_with(services).await;
        let store = store.map_err(|error| AlertsUnread(format!("{why}. Prometheus: {error}")))?;
        let alerts = own_alerts(&store.client).await;
        let alerts = alerts.map_err(|error| unread(Some(&store.origin), &error.into()))?;
        let source = source(ServerKind::Prometheus, store.origin.clone(), store.is_shared);
        Ok(ReadAlerts { source, alerts: alerts.into(), configured, failed: Vec::new() })
    }

    /// The alerts of the first member of a set that answers, asked once for all clusters that have it.
    async fn at_urls(&self, store: &AlertStore) -> Result<Answered, AlertsUnread> {
        let mut key = store.clone();
        key.store.labels.clear();
        let cell = {
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, cell)) = shared.iter().find(|(known, _)| *known == key) {
                Arc::clone(cell)
            } else {
                let cell = Shared::default();
                shared.push((key, Arc::clone(&cell)));
                cell
            }
        };
        cell.get_or_init(|| self.first_that_answers(store)).await.clone()
    }

    async fn first_that_answers(&self, store: &AlertStore) -> Result<Answered, AlertsUnread> {
        let mut failed = Vec::new();
        for url in &store.urls {
            let http = self.reader.opener.http(url, &store.store.access);
            let http = http.map_err(|error| unread(None, &of_alertmanager(error)))?;
            let origin = StoreOrigin::Url(http.to_string());
            match managed_alerts(&Client::new(Arc::new(http))).await {
                Ok(alerts) => return Ok(Answered { origin, alerts: alerts.into(), failed }),
                Err(error) => failed.push(format!("{origin}: {error}")),
            }
        }
        Err(AlertsUnread(failed.join("; ")))
    }
}

fn unread(origin: Option<&StoreOrigin>, error: &StoreError) -> AlertsUnread {
    AlertsUnread(match origin {
        Some(origin) => format!("{origin}: {error}"),
        None => error.to_string(),
    })
}

/// The settings are those of the Alertmanager.
fn of_alertmanager(error: StoreError) -> StoreError {
    match error {
        StoreError::Config(why) => StoreError::AlertmanagerConfig(why),
        other => other,
    }
}
