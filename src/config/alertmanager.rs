//! `monitoring.alertmanager`: where alerts are read, and whether findings are sent there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::access::{self, Access, ClusterStore, Store, StoreSource, apply, hidden};

/// `monitoring.alertmanager`: where alerts are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alertmanager {
    /// Whether `monitor` reads alerts, and reports those of HPAs that begin and end.
    pub read: bool,
    /// Whether `monitor` sends its errors and warnings to `url` as alerts.
    pub send: bool,
    /// How a cluster's Alertmanager is reached.
    pub source: StoreSource,
    /// The URLs of an Alertmanager for all clusters, one for each member of a highly available set; empty for each
    /// cluster's own.
    #[serde(serialize_with = "access::without_queries")]
    pub url: Vec<String>,
    /// Headers for it.
    #[serde(serialize_with = "hidden")]
    pub headers: BTreeMap<String, String>,
    /// A file with headers for it, `Name: value` lines.
    pub headers_file: Option<PathBuf>,
    /// A file with a token for it.
    pub token_file: Option<PathBuf>,
    /// A program that prints a token for it, with its arguments; empty for none.
    pub token_command: Vec<String>,
    /// A file with the certificates that its own is issued by.
    pub ca_file: Option<PathBuf>,
    /// What differs for single clusters, by names or patterns.
    pub clusters: BTreeMap<String, ClusterStore>,
}

/// What the configuration says about one cluster's Alertmanager.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AlertStore {
    /// The URLs of the members of a set, of which one is enough for reading; empty for the cluster's own.
    pub urls: Vec<String>,
    /// The rest: what is sent with each question, how it is reached, and the labels that its alerts have for the
    /// cluster.
    pub store: Store,
}

impl Alertmanager {
    /// What is sent to the members of `url`.
    pub fn access(&self) -> Access {
        Access {
            url: self.url.first().cloned(),
            headers: self.headers.clone(),
            headers_file: self.headers_file.clone(),
            token_file: self.token_file.clone(),
            token_command: self.token_command.clone(),
            ca_file: self.ca_file.clone(),
        }
    }

    /// The Alertmanager of a cluster with these names (its own and its context's); see
    /// [`Prometheus::store`](super::Prometheus::store).
    pub fn store(&self, names: &[&str]) -> AlertStore {
        let store = Store { access: self.access(), source: self.source, ..Store::default() };
        let store = apply(&self.clusters, names, store);
        let urls = match &store.access.url {
            Some(_) if store.is_shared => self.url.clone(),
            Some(url) => vec![url.clone()],
            None => Vec::new(),
        };
        AlertStore { urls, store }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_has_its_own_server_or_all_members_of_the_shared_one() {
        let text = str::to_owned;
        let own = |url: Option<&str>| ClusterStore {
            url: url.map(text),
            labels: BTreeMap::from([(text("cluster"), text("eu"))]),
            ..ClusterStore::default()
        };
        let config = Alertmanager {
            url: vec![text("https://a.example"), text("https://b.example")],
            token_file: Some("/token".into()),
            clusters: BTreeMap::from([
                (text("eu"), own(None)),
                (text("us"), own(Some("https://us.example"))),
            ]),
            ..Alertmanager::default()
        };
        let eu = config.store(&["eu"]);
        assert_eq!((eu.urls.len(), eu.store.is_shared), (2, true));
        assert_eq!(
            (&*eu.store.labels["cluster"], eu.store.access.token_file.is_some()),
            ("eu", true)
        );
        let us = config.store(&["us"]);
        assert_eq!((us.urls, us.store.is_shared), (vec![text("https://us.example")], false));
        assert_eq!(
            us.store.access.token_file, None,
            "a token is for the server that it was given for"
        );
        assert_eq!(Alertmanager::default().store(&["eu"]), AlertStore::default());
    }
}
