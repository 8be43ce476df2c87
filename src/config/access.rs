//! `monitoring.prometheus` (and `monitoring.alertmanager`) beyond forwards: a server at a URL, what is sent with each
//! question, and what differs for single clusters.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value};

use super::keys::{Judge, Kind};
use super::node::{Node, Part};
use super::pattern::nearest;
use super::{Pattern, Prometheus};

/// `monitoring.prometheus.source`: how a cluster's Prometheus is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreSource {
    /// At the URL if there is one; else by a forward, or by the API server's proxy where forwards are forbidden.
    #[default]
    Auto,
    /// By a forward to the cluster's own.
    Forward,
    /// By the API server's proxy to the cluster's own.
    Proxy,
    /// At the URL.
    Url,
}

impl StoreSource {
    /// The names of the choices.
    pub const NAMES: &'static [&'static str] = &["auto", "forward", "proxy", "url"];
}

/// A server, and what is sent with each question to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Access {
    /// Its URL; `None` for the cluster's own server.
    pub url: Option<String>,
    /// Headers.
    pub headers: BTreeMap<String, String>,
    /// A file with further headers, `Name: value` lines.
    pub headers_file: Option<PathBuf>,
    /// A file with a token.
    pub token_file: Option<PathBuf>,
    /// A program that prints a token, with its arguments; empty for none.
    pub token_command: Vec<String>,
    /// A file with the certificates that the server's is issued by.
    pub ca_file: Option<PathBuf>,
}

/// An entry of `monitoring.prometheus.clusters`: what differs for the clusters of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterStore {
    /// Another URL. With one, nothing that is sent to the other server is sent to it.
    #[serde(serialize_with = "without_query", skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Other headers.
    #[serde(serialize_with = "hidden", skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Another file with headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers_file: Option<PathBuf>,
    /// Another file with a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// Another program that prints a token.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub token_command: Vec<String>,
    /// Another file with certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Another way to reach it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<StoreSource>,
    /// Labels that tell the cluster's series in the store, in place of those that are learnt.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// What the configuration says about one cluster's store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Store {
    /// The server.
    pub access: Access,
    /// How it is reached.
    pub source: StoreSource,
    /// Whether its URL is that of several clusters.
    pub is_shared: bool,
    /// Labels that tell the cluster's series; empty for those that are learnt.
    pub labels: BTreeMap<String, String>,
}

/// Writes the names of headers; their values are secrets.
pub(super) fn hidden<S: Serializer>(
    headers: &BTreeMap<String, String>,
    to: S,
) -> Result<S::Ok, S::Error> {
    to.collect_map(headers.keys().map(|name| (name, "(hidden)")))
}

/// Writes a URL without its query, which may have secrets.
#[expect(clippy::ref_option, reason = "as serde calls it")]
pub(super) fn without_query<S: Serializer>(url: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    url.as_deref().map(hide_query).serialize(to)
}

/// The same of several.
pub(super) fn without_queries<S: Serializer>(urls: &[String], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(urls.iter().map(|url| hide_query(url)))
}

/// `https://mimir.example/prometheus?(hidden)`
fn hide_query(url: &str) -> String {
    match url.split_once('?') {
        Some((place, _)) => format!("{place}?(hidden)"),
        None => url.to_owned(),
    }
}

impl Prometheus {
    /// The store of a cluster with these names (its own and its context's): of all patterns that match, a plain name
    /// wins over a pattern, and else the later one in alphabetical order.
    pub fn store(&self, names: &[&str]) -> Store {
        let access = Access {
            url: self.url.clone(),
            headers: self.headers.clone(),
            headers_file: self.headers_file.clone(),
            token_file: self.token_file.clone(),
            token_command: self.token_command.clone(),
            ca_file: self.ca_file.clone(),
        };
        apply(&self.clusters, names, Store { access, source: self.source, ..Store::default() })
    }
}

/// The store of a cluster with these names: `store` is that of all clusters, and differs by all patterns that match.
pub(super) fn apply(
    clusters: &BTreeMap<String, ClusterStore>,
    names: &[&str],
    mut store: Store,
) -> Store {
    let parsed = clusters.iter().filter_map(|(text, own)| {
        let exact = names.contains(&text.as_str());
        let pattern = Pattern::parse(text).ok()?;
        (exact || names.iter().any(|name| pattern.matches(name))).then_some((exact, own))
    });
    let mut matching: Vec<_> = parsed.collect();
    matching.sort_by_key(|(exact, _)| *exact);
    let of_all = store.access.url.clone();
    for (_, own) in matching {
        own.apply(&mut store);
    }
    store.is_shared = of_all.is_some() && store.access.url == of_all;
    store
}

impl ClusterStore {
    fn apply(&self, store: &mut Store) {
        let access = &mut store.access;
        if self.url.is_some() {
            *access = Access { url: self.url.clone(), ..Access::default() };
        }
        let file = |to: &mut Option<PathBuf>, own: &Option<PathBuf>| {
            if own.is_some() {
                to.clone_from(own);
            }
        };
        file(&mut access.headers_file, &self.headers_file);
        file(&mut access.ca_file, &self.ca_file);
        if self.token_file.is_some() || !self.token_command.is_empty() {
            access.token_file.clone_from(&self.token_file);
            access.token_command.clone_from(&self.token_command);
        }
        access.headers.extend(self.headers.clone());
        store.source = self.source.unwrap_or(store.source);
        store.labels.extend(self.labels.clone());
    }
}

/// The keys of an entry of `clusters`.
const KEYS: [(&str, Kind); 8] = [
    ("url", Kind::Url),
    ("headers", Kind::Headers),
    ("headers_file", Kind::File),
    ("token_file", Kind::File),
    ("token_command", Kind::Command),
    ("ca_file", Kind::File),
    ("source", Kind::Choice(StoreSource::NAMES)),
    ("labels", Kind::SeriesLabels),
];

/// Why a text is not the URL of a server. It does not contain the URL, which may have a secret.
fn url_problem(text: &str) -> Option<&'static str> {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return Some("expected a URL that begins with https:// or http://, or null");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Some("a user in the URL is not supported; use headers_file or token_file");
    }
    let is_bad = |c: char| c.is_whitespace() || c.is_control();
    (authority.is_empty() || authority.starts_with(':') || text.contains(is_bad))
        .then_some("not the URL of a server")
}

impl Judge {
    /// Validates a value of the kinds by which servers are reached; the error says what is expected.
    pub(super) fn of_store(
        &mut self,
        path: &str,
        kind: Kind,
        node: &Node,
        here: &[usize],
    ) -> Result<Option<Value>, &'static str> {
        match (kind, node) {
            (Kind::Command, Node::List(items)) => Ok(self.command(path, items, here)),
            (Kind::Command, _) => {
                Err("a program and its arguments, such as [notify, --json] (for none, [])")
            }
            (Kind::Url, Node::Null) => Ok(Some(Value::Null)),
            (Kind::Url, Node::Text(text)) => match url_problem(text) {
                None => Ok(Some(Value::String(text.clone()))),
                Some(problem) => {
                    self.add(here, Part::Value, format!("{path}: {problem}"));
                    Ok(None)
                }
            },
            (Kind::Urls, Node::Null) => Ok(Some(Value::Array(Vec::new()))),
            (Kind::Urls, Node::Text(_)) => {
                let url = self.value(path, Kind::Url, node, here);
                Ok(url.map(|url| Value::Array(vec![url])))
            }
            (Kind::Urls, Node::List(items)) => Ok(self.urls(path, items, here)),
            (Kind::Urls, _) => Err("a URL, a list of URLs, or null"),
            (Kind::Headers, Node::Map(items)) => Ok(self.headers(path, items, here)),
            (Kind::Headers, _) => {
                Err("a map of headers, such as {X-Scope-OrgID: team} (for none, {})")
            }
            (Kind::SeriesLabels, Node::Map(items)) => Ok(self.series_labels(path, items, here)),
            (Kind::SeriesLabels, _) => Err("a map of labels, such as {cluster: prod}"),
            (Kind::Stores, Node::Map(items)) => Ok(self.stores(path, items, here)),
            (Kind::Stores, _) => Err("a map of names or patterns (for none, {})"),
            _ => Err("a URL, or null"),
        }
    }

    /// Validates the URLs of the members of a set.
    fn urls(&mut self, path: &str, items: &[Node], here: &[usize]) -> Option<Value> {
        let before = self.findings.len();
        let mut urls = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let at: Vec<usize> = here.iter().copied().chain([index]).collect();
            match item {
                Node::Null => self.add(&at, Part::Value, format!("{path}: expected a URL")),
                _ => urls.extend(self.value(path, Kind::Url, item, &at)),
            }
        }
        (self.findings.len() == before).then_some(Value::Array(urls))
    }

    /// Validates headers: a map of names to values, whose values no message contains.
    fn headers(&mut self, path: &str, items: &[(Node, Node)], here: &[usize]) -> Option<Value> {
        let is_name = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        };
        self.pairs(path, items, here, is_name, "is not the name of a header")
    }

    /// Validates labels of series.
    fn series_labels(
        &mut self,
        path: &str,
        items: &[(Node, Node)],
        here: &[usize],
    ) -> Option<Value> {
        let is_name = |text: &str| {
            let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            starts && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        self.pairs(path, items, here, is_name, "is not the name of a label of Prometheus")
    }

    fn pairs(
        &mut self,
        path: &str,
        items: &[(Node, Node)],
        here: &[usize],
        is_name: impl Fn(&str) -> bool,
        why: &str,
    ) -> Option<Value> {
        let before = self.findings.len();
        let mut pairs = Map::new();
        for (index, (key, value)) in items.iter().enumerate() {
            let at: Vec<usize> = here.iter().copied().chain([index]).collect();
            let Some(name) = self.text(path, key, &at, Part::Key) else { continue };
            if !is_name(name) {
                self.add(&at, Part::Key, format!("{path}: {name:?} {why}"));
                continue;
            }
            match value {
                Node::Text(text) if !text.is_empty() && !text.contains(char::is_control) => {
                    if pairs.insert(name.to_owned(), text.clone().into()).is_some() {
                        self.add(&at, Part::Key, format!("{path}: {name} is given twice"));
                    }
                }
                _ => {
                    let text =
                        format!("{path}: the value of {name} is not one line of text in quotes");
                    self.add(&at, Part::Value, text);
                }
            }
        }
        (self.findings.len() == before).then_some(Value::Object(pairs))
    }

    /// Validates `monitoring.prometheus.clusters`: below each name or pattern what differs.
    fn stores(&mut self, path: &str, items: &[(Node, Node)], here: &[usize]) -> Option<Value> {
        let before = self.findings.len();
        let mut stores = Map::new();
        for (index, (key, value)) in items.iter().enumerate() {
            let at: Vec<usize> = here.iter().copied().chain([index]).collect();
            let Some(name) = self.text(path, key, &at, Part::Key) else { continue };
            if let Err(error) = Pattern::parse(name) {
                self.add(&at, Part::Key, format!("{path}: {error}"));
                continue;
            }
            let path = format!("{path}.{name}");
            if stores.contains_key(name) {
                self.add(&at, Part::Key, format!("{path} is given twice"));
                continue;
            }
            let store = self.store(&path, value, &at);
            stores.insert(name.to_owned(), Value::Object(store));
        }
        (self.findings.len() == before).then_some(Value::Object(stores))
    }

    fn store(&mut self, path: &str, node: &Node, here: &[usize]) -> Map<String, Value> {
        let mut store = Map::new();
        let names = || KEYS.iter().map(|(name, _)| *name);
        let all = names().collect::<Vec<_>>().join(", ");
        let Node::Map(items) = node else {
            let text = format!("{path}: expected a map with the keys {all}, found {node}");
            self.add(here, Part::Value, text);
            return store;
        };
        for (index, (key, value)) in items.iter().enumerate() {
            let at: Vec<usize> = here.iter().copied().chain([index]).collect();
            let Some(name) = self.text(path, key, &at, Part::Key) else { continue };
            let Some((known, kind)) = KEYS.iter().find(|(known, _)| *known == name) else {
                let text = match nearest(name, names()).first() {
                    Some(meant) => format!("unknown key {path}.{name}; did you mean {meant}?"),
                    None => format!("unknown key {path}.{name}; the keys here are {all}"),
                };
                self.add(&at, Part::Key, text);
                continue;
            };
            if store.contains_key(*known) {
                self.add(&at, Part::Key, format!("{path}.{known} is given twice"));
            } else if let Some(value) = self.value(&format!("{path}.{known}"), *kind, value, &at)
                && !value.is_null()
            {
                store.insert((*known).to_owned(), value);
            }
        }
        store
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_servers_credentials_are_not_sent_to_a_clusters_own() {
        let plain = |text: &str| text.to_owned();
        let own = |url: Option<&str>, token: &str| ClusterStore {
            url: url.map(plain),
            token_file: Some(PathBuf::from(token)),
            labels: BTreeMap::from([(plain("cluster"), plain(token))]),
            ..ClusterStore::default()
        };
        let prometheus = Prometheus {
            url: Some(plain("https://all.example")),
            headers: BTreeMap::from([(plain("X-Key"), plain("s3cret"))]),
            token_command: vec![plain("token")],
            clusters: BTreeMap::from([
                (plain("prod-*"), own(None, "/prod")),
                (plain("prod-eu"), own(Some("https://eu.example"), "/eu")),
            ]),
            ..Prometheus::default()
        };
        let other = prometheus.store(&["stage"]);
        assert_eq!(other.access.token_command, ["token"]);
        let us = prometheus.store(&["prod-us"]);
        assert_eq!(us.access.url.as_deref(), Some("https://all.example"));
        assert!(us.access.headers.len() == 1 && us.access.token_command.is_empty());
        assert!(us.is_shared && other.is_shared);
        assert_eq!((&*us.labels["cluster"], us.access.token_file), ("/prod", Some("/prod".into())));
        let eu = prometheus.store(&["prod-eu"]);
        assert_eq!(eu.access.url.as_deref(), Some("https://eu.example"));
        assert!(eu.access.headers.is_empty() && eu.access.token_command.is_empty());
        assert!(!eu.is_shared);
        assert_eq!(eu.access.token_file, Some("/eu".into()));
    }
}
