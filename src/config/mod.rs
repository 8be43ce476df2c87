//! The configuration file: its keys and their defaults; finding, reading and validating it.
//!
//! The lowest room: it uses no other. Name patterns ([`pattern`]), durations ([`duration`]) and
//! targets of port-forwards ([`target`]) of the command line are here too, because the file and the
//! flags share them.

mod access;
mod alertmanager;
mod check;
mod cluster_names;
pub mod duration;
mod error;
mod forward;
mod forwards;
mod impersonation;
mod keys;
mod load;
pub(crate) mod nesting;
mod node;
pub mod pattern;
mod pattern_list;
mod request;
mod scope;
pub mod target;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use access::{Access, ClusterStore, Store, StoreSource};
pub use alertmanager::{AlertStore, Alertmanager};
pub use check::{ANNOTATION_PREFIX, Check, FailOn};
pub use cluster_names::ClusterTags;
pub use error::{ConfigError, Problem};
pub use forward::{ForwardDefaults, Isolate, PodSelection};
pub use forwards::Forward;
pub use impersonation::Impersonation;
pub use keys::key_paths;
pub use load::{Env, Loaded, default_path, load, parse};
pub use pattern::Pattern;
pub use pattern_list::PatternList;
pub use request::{ForwardRequest, RequestError};
pub use scope::Scope;

/// `configs/watchdog.yaml` as shipped: every key, its default and a comment. This is what
/// `watchdog config init` writes.
pub const DEFAULT_FILE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/configs/watchdog.yaml"));

/// All settings of the configuration file, with defaults for those that are not set.
///
/// Serialized, it is again a complete configuration file (`watchdog config show`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How often to scan, and where Prometheus is.
    pub monitoring: Monitoring,
    /// Which clusters are read.
    pub clusters: Clusters,
    /// Which namespaces are excluded.
    pub namespaces: Namespaces,
    /// How kubectl is found and run.
    pub kubectl: Kubectl,
    /// What `hpa check` reports.
    pub check: Check,
    /// Snapshots.
    pub history: History,
    /// Settings of all port-forwards.
    pub forward: ForwardDefaults,
    /// Port-forwards with a name.
    pub forwards: Vec<Forward>,
    /// The background process that holds port-forwards.
    pub supervisor: Supervisor,
    /// How output is formatted.
    pub output: Output,
}

/// `monitoring`: how often to scan, and where Prometheus is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Monitoring {
    /// Seconds between two scans of all clusters, 1 to 86400.
    pub scan_interval_seconds: u64,
    /// Prometheus.
    pub prometheus: Prometheus,
    /// Alertmanager.
    pub alertmanager: Alertmanager,
    /// A program with its arguments that gets each event on its standard input; empty for none.
    pub on_event: Vec<String>,
    /// Where events are posted.
    pub webhook: Webhook,
    /// Which events both get.
    pub events: EventFilter,
}

impl Default for Monitoring {
    fn default() -> Self {
        Self {
            scan_interval_seconds: 30,
            prometheus: Prometheus::default(),
            alertmanager: Alertmanager::default(),
            on_event: Vec::new(),
            webhook: Webhook::default(),
            events: EventFilter::default(),
        }
    }
}

/// `monitoring.webhook`: where the URL and its headers, which are secrets, are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhook {
    /// A file with the URL.
    pub url_file: Option<PathBuf>,
    /// An environment variable with the URL.
    pub url_env: Option<String>,
    /// A file with headers, `Name: value` lines.
    pub headers_file: Option<PathBuf>,
    /// A file with the certificates that the server's is issued by, instead of those that the machine trusts.
    pub ca_file: Option<PathBuf>,
}

/// `monitoring.events`: which events a command and a webhook get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventFilter {
    /// The mildest findings: `info`, `warning` or `error`.
    pub severity: String,
    /// The kinds of events, as they are called in JSON.
    pub kinds: Vec<String>,
    /// Seconds that one event may take.
    pub timeout_seconds: u64,
}

impl Default for EventFilter {
    fn default() -> Self {
        let kinds = ["began", "changed", "ended"].map(str::to_owned).to_vec();
        Self { severity: "warning".to_owned(), kinds, timeout_seconds: 10 }
    }
}

impl Monitoring {
    /// The time between two scans of all clusters.
    pub fn scan_interval(&self) -> Duration {
        Duration::from_secs(self.scan_interval_seconds)
    }
}

/// `monitoring.prometheus`: where the metrics come from.
///
/// The earlier tool's keys for forwards in this section are read as those of `forward`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prometheus {
    /// When `monitor` forwards to Prometheus and Alertmanager.
    pub enabled: EndpointForwards,
    /// Whether each cluster is searched for its Prometheus service.
    pub auto_discover: bool,
    /// The namespace of the Service; `None` to search for the Service.
    pub namespace: Option<String>,
    /// The name of the Service; `None` to search for it.
    pub service: Option<String>,
    /// The port of the Service; `None` to search for it.
    pub port: Option<target::RemotePort>,
    /// How a cluster's Prometheus is reached by commands that ask it.
    pub source: StoreSource,
    /// The URL of a Prometheus for all clusters; `None` for each cluster's own.
    #[serde(serialize_with = "access::without_query")]
    pub url: Option<String>,
    /// Headers for it.
    #[serde(serialize_with = "access::hidden")]
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

impl Default for Prometheus {
    fn default() -> Self {
        Self {
            enabled: EndpointForwards::default(),
            auto_discover: true,
            namespace: None,
            service: None,
            port: None,
            source: StoreSource::default(),
            url: None,
            headers: BTreeMap::new(),
            headers_file: None,
            token_file: None,
            token_command: Vec::new(),
            ca_file: None,
            clusters: BTreeMap::new(),
        }
    }
}

/// `monitoring.prometheus.enabled`: when `monitor` forwards to Prometheus and Alertmanager. In the
/// file: `false`, `true`, `always`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Enabled", into = "Enabled")]
pub enum EndpointForwards {
    /// Never: they are not searched for either.
    Never,
    /// They are found, and their local ports are there; kubectl is started by a connection.
    #[default]
    OnDemand,
    /// All the time, with a check that they answer.
    Always,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Enabled {
    Bool(bool),
    Word(String),
}

impl TryFrom<Enabled> for EndpointForwards {
    type Error = &'static str;

    fn try_from(value: Enabled) -> Result<Self, Self::Error> {
        match value {
            Enabled::Bool(false) => Ok(Self::Never),
            Enabled::Bool(true) => Ok(Self::OnDemand),
            Enabled::Word(word) if word == "always" => Ok(Self::Always),
            Enabled::Word(_) => Err("expected true, false or always"),
        }
    }
}

impl From<EndpointForwards> for Enabled {
    fn from(forwards: EndpointForwards) -> Self {
        match forwards {
            EndpointForwards::Never => Self::Bool(false),
            EndpointForwards::OnDemand => Self::Bool(true),
            EndpointForwards::Always => Self::Word("always".to_owned()),
        }
    }
}

/// `clusters`: which clusters are read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clusters {
    /// Whether every cluster of the kubeconfig is read, or only those of `include`.
    pub auto_discover: bool,
    /// The clusters to read when `auto_discover` is false.
    pub include: Vec<Pattern>,
    /// Clusters that are not read unless named on the command line.
    pub exclude: Vec<Pattern>,
    /// How many clusters are read at the same time, 1 to 64.
    pub max_parallel: usize,
    /// Short names of clusters, by the kubeconfig's names for clusters or contexts.
    pub aliases: BTreeMap<String, String>,
    /// Labels of clusters, by names or patterns.
    pub labels: BTreeMap<String, BTreeMap<String, String>>,
}

impl Default for Clusters {
    fn default() -> Self {
        Self {
            auto_discover: true,
            include: Vec::new(),
            exclude: Vec::new(),
            max_parallel: 8,
            aliases: BTreeMap::new(),
            labels: BTreeMap::new(),
        }
    }
}

impl Clusters {
    /// Resolves the patterns against existing names; see [`Pattern::among`].
    #[must_use]
    pub fn among<'a, N: Iterator<Item = &'a str>>(&self, names: impl Fn() -> N) -> Self {
        let among = |patterns: &[Pattern]| {
            patterns.iter().map(|pattern| pattern.among(names())).collect::<Vec<_>>()
        };
        Self { include: among(&self.include), exclude: among(&self.exclude), ..self.clone() }
    }

    /// Whether a cluster with these names (its own and its context's) is read by default.
    pub fn covers(&self, names: &[&str]) -> bool {
        let any = |patterns: &[Pattern]| {
            patterns.iter().any(|pattern| names.iter().any(|name| pattern.matches(name)))
        };
        (self.auto_discover || any(&self.include)) && !any(&self.exclude)
    }
}

/// `namespaces`: which namespaces are excluded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Namespaces {
    /// Namespaces that are not read unless selected by `-n` or `-A`.
    pub exclude: Vec<Pattern>,
}

impl Default for Namespaces {
    fn default() -> Self {
        let exclude = ["kube-system", "kube-public", "kube-node-lease"];
        Self { exclude: exclude.into_iter().map(Pattern::exact).collect() }
    }
}

/// `kubectl`: how kubectl is found and run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kubectl {
    /// A path, or a program name to search for in PATH; `None` for `kubectl`.
    pub path: Option<PathBuf>,
    /// The time limit of one call in seconds, 1 to 3600.
    pub timeout_seconds: u64,
    /// How often a call is repeated after a transient failure, 0 to 10.
    pub retries: u32,
    /// How whole lists are read.
    pub lists: Lists,
    /// How contexts are read.
    pub contexts: Contexts,
}

impl Default for Kubectl {
    fn default() -> Self {
        Self {
            path: None,
            timeout_seconds: 30,
            retries: 2,
            lists: Lists::Raw,
            contexts: Contexts::File,
        }
    }
}

impl Kubectl {
    /// The time limit of one call.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

/// `kubectl.lists`: how whole lists are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lists {
    /// `kubectl get --raw PATH`: the bytes of the server's response.
    #[default]
    Raw,
    /// `kubectl get … -o json`: kubectl decodes the response and encodes it again.
    Json,
}

/// `kubectl.contexts`: how contexts are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Contexts {
    /// Reads the kubeconfig files directly.
    #[default]
    File,
    /// Runs `kubectl config view`.
    Kubectl,
}

/// `history`: snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct History {
    /// The database; `None` for `$XDG_STATE_HOME/watchdog/history.db`, else
    /// `~/.local/state/watchdog/history.db`.
    pub path: Option<PathBuf>,
    /// How long snapshots are stored; zero for no limit.
    #[serde(with = "duration::text")]
    pub keep: Duration,
    /// Where `history` and `hpa check` have readings from, unless `--source` is given.
    pub source: HistorySource,
}

/// `history.source` and `--source`: where earlier readings come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HistorySource {
    /// Snapshots, and what Prometheus knows beside them.
    Auto,
    /// Snapshots alone.
    #[default]
    Database,
    /// Prometheus alone.
    Prometheus,
}

impl HistorySource {
    /// The names of the choices.
    pub const NAMES: &'static [&'static str] = &["auto", "database", "prometheus"];
}

impl Default for History {
    fn default() -> Self {
        Self { path: None, keep: Duration::from_hours(30 * 24), source: HistorySource::default() }
    }
}

/// `supervisor`: the background process that holds port-forwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Supervisor {
    /// Seconds between SIGTERM to a kubectl and SIGKILL, 1 to 3600.
    pub stop_grace_seconds: u64,
    /// Seconds without a forward and without a client after which it exits, 1 to 86400.
    pub exit_after_seconds: u64,
    /// The longest pause between two starts of a forward's kubectl in seconds, 1 to 3600.
    pub restart_max_seconds: u64,
}

impl Default for Supervisor {
    fn default() -> Self {
        Self { stop_grace_seconds: 3, exit_after_seconds: 60, restart_max_seconds: 30 }
    }
}

impl Supervisor {
    /// The time between SIGTERM to a kubectl and SIGKILL.
    pub fn stop_grace(&self) -> Duration {
        Duration::from_secs(self.stop_grace_seconds)
    }

    /// The time without a forward and without a client after which it exits.
    pub fn exit_after(&self) -> Duration {
        Duration::from_secs(self.exit_after_seconds)
    }

    /// The longest pause between two starts of a forward's kubectl.
    pub fn restart_max(&self) -> Duration {
        Duration::from_secs(self.restart_max_seconds)
    }
}

/// `output`: how output is formatted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Output {
    /// When output is coloured.
    pub color: ColorChoice,
}

/// When output is coloured: `output.color` and `--color`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColorChoice {
    /// If the stream is a terminal that supports colours.
    #[default]
    Auto,
    /// Always, even into pipes and files.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// The names of the choices, for the file and `--color`.
    pub const NAMES: &'static [&'static str] = &["auto", "always", "never"];
}

impl std::str::FromStr for ColorChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        choice(text, Self::NAMES, [Self::Auto, Self::Always, Self::Never])
    }
}

/// The choice with this name. `names` and `choices` have the same order.
fn choice<T, const N: usize>(text: &str, names: &[&str], choices: [T; N]) -> Result<T, String> {
    let mut pairs = std::iter::zip(names, choices);
    let found = pairs.find(|(name, _)| **name == text);
    found.map(|(_, choice)| choice).ok_or_else(|| format!("expected one of {}", names.join(", ")))
}
