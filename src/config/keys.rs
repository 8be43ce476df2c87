//! The keys of the configuration file with the type of their values, and validation against them.

mod lists;

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::check::is_prefix;
use super::forward::{EARLIER, HEARTBEAT_INTERVAL, HEARTBEAT_TIMEOUT};
use super::node::{Node, Part};
use super::pattern::nearest;
use super::target::{RemotePort, namespace_name};
use super::{
    ColorChoice, Config, FailOn, HistorySource, Isolate, PodSelection, StoreSource, duration,
};

/// The kinds of events that can be sent to a command or a webhook.
const EVENTS: &[&str] = &[
    "started",
    "reloaded",
    "present",
    "began",
    "changed",
    "ended",
    "scaled",
    "alertBegan",
    "alertEnded",
    "scan",
    "endpoint",
    "historyFailed",
    "historyRecovered",
    "retentionPaused",
];

const DAY: i128 = 86_400;
const HOUR: i128 = 3600;

/// The type of a key's value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Bool,
    /// A truth value, or `always`.
    BoolOrAlways,
    Whole {
        min: i128,
        max: i128,
        unit: &'static str,
    },
    Choice(&'static [&'static str]),
    /// A list of some of these.
    Choices(&'static [&'static str]),
    /// A program with its arguments; an empty list for none.
    Command,
    /// The name of an environment variable, or null.
    Variable,
    Patterns,
    /// A list of texts, which another room reads.
    Texts,
    /// The prefix of an annotation.
    Prefix,
    /// A map of names to aliases.
    Aliases,
    /// A map of patterns to maps of labels.
    Labels,
    /// A path, a program's name, or null.
    Program,
    /// A file, or null.
    File,
    /// A file, relative to the configuration file, or null.
    Beside,
    /// A duration with its unit.
    Duration,
    /// The name of an object, or null.
    Name,
    /// A port's number or name, or null.
    Port,
    /// A list of local addresses.
    Addresses,
    /// A list of port-forwards.
    Forwards,
    /// The URL of a server, or null.
    Url,
    /// The URL of a server, a list of URLs of its members, or null.
    Urls,
    /// A map of headers to their values, which are secrets.
    Headers,
    /// A map of labels of series to their values.
    SeriesLabels,
    /// A map of patterns to what differs for their clusters.
    Stores,
}

impl Kind {
    /// Whether it is one of those by which servers are reached.
    fn is_of_store(self) -> bool {
        use Kind::{Command, Headers, SeriesLabels, Stores, Url, Urls};
        matches!(self, Command | Url | Urls | Headers | SeriesLabels | Stores)
    }
}

pub(super) const fn seconds(max: i128) -> Kind {
    Kind::Whole { min: 1, max, unit: " seconds" }
}

/// Every key, in the order of `configs/watchdog.yaml`.
const KEYS: &[(&str, Kind)] = &[
    ("monitoring.scan_interval_seconds", seconds(DAY)),
    ("monitoring.prometheus.enabled", Kind::BoolOrAlways),
    ("monitoring.prometheus.auto_discover", Kind::Bool),
    ("monitoring.prometheus.namespace", Kind::Name),
    ("monitoring.prometheus.service", Kind::Name),
    ("monitoring.prometheus.port", Kind::Port),
    ("monitoring.prometheus.source", Kind::Choice(StoreSource::NAMES)),
    ("monitoring.prometheus.url", Kind::Url),
    ("monitoring.prometheus.headers", Kind::Headers),
    ("monitoring.prometheus.headers_file", Kind::File),
    ("monitoring.prometheus.token_file", Kind::File),
    ("monitoring.prometheus.token_command", Kind::Command),
    ("monitoring.prometheus.ca_file", Kind::File),
    ("monitoring.prometheus.clusters", Kind::Stores),
    ("monitoring.alertmanager.read", Kind::Bool),
    ("monitoring.alertmanager.send", Kind::Bool),
    ("monitoring.alertmanager.source", Kind::Choice(StoreSource::NAMES)),
    ("monitoring.alertmanager.url", Kind::Urls),
    ("monitoring.alertmanager.headers", Kind::Headers),
    ("monitoring.alertmanager.headers_file", Kind::File),
    ("monitoring.alertmanager.token_file", Kind::File),
    ("monitoring.alertmanager.token_command", Kind::Command),
    ("monitoring.alertmanager.ca_file", Kind::File),
    ("monitoring.alertmanager.clusters", Kind::Stores),
    ("monitoring.on_event", Kind::Command),
    ("monitoring.webhook.url_file", Kind::File),
    ("monitoring.webhook.url_env", Kind::Variable),
    ("monitoring.webhook.headers_file", Kind::File),
    ("monitoring.webhook.ca_file", Kind::File),
    ("monitoring.events.severity", Kind::Choice(&["info", "warning", "error"])),
    ("monitoring.events.kinds", Kind::Choices(EVENTS)),
    ("monitoring.events.timeout_seconds", seconds(HOUR)),
    ("clusters.auto_discover", Kind::Bool),
    ("clusters.include", Kind::Patterns),
    ("clusters.exclude", Kind::Patterns),
    ("clusters.max_parallel", Kind::Whole { min: 1, max: 64, unit: "" }),
    ("clusters.aliases", Kind::Aliases),
    ("clusters.labels", Kind::Labels),
    ("namespaces.exclude", Kind::Patterns),
    ("kubectl.path", Kind::Program),
    ("kubectl.timeout_seconds", seconds(HOUR)),
    ("kubectl.retries", Kind::Whole { min: 0, max: 10, unit: "" }),
    ("kubectl.lists", Kind::Choice(&["raw", "json"])),
    ("kubectl.contexts", Kind::Choice(&["file", "kubectl"])),
    ("check.ignore", Kind::Texts),
    ("check.fail_on", Kind::Choice(FailOn::NAMES)),
    ("check.baseline", Kind::Beside),
    ("check.annotation_prefix", Kind::Prefix),
    ("history.path", Kind::File),
    ("history.keep", Kind::Duration),
    ("history.source", Kind::Choice(HistorySource::NAMES)),
    ("forward.local_port", Kind::Whole { min: 1, max: 65535, unit: "" }),
    ("forward.address", Kind::Addresses),
    ("forward.idle", Kind::Duration),
    ("forward.pod_selection", Kind::Choice(PodSelection::NAMES)),
    ("forward.isolate", Kind::Choice(Isolate::NAMES)),
    ("forward.pool", Kind::Whole { min: 1, max: 64, unit: "" }),
    ("forward.retry_idempotent", Kind::Bool),
    ("forward.keepalive", Kind::Duration),
    (HEARTBEAT_INTERVAL, seconds(HOUR)),
    (HEARTBEAT_TIMEOUT, seconds(DAY)),
    ("forward.heartbeat_check_seconds", seconds(HOUR)),
    ("forwards", Kind::Forwards),
    ("supervisor.stop_grace_seconds", seconds(HOUR)),
    ("supervisor.exit_after_seconds", seconds(DAY)),
    ("supervisor.restart_max_seconds", seconds(HOUR)),
    ("output.color", Kind::Choice(ColorChoice::NAMES)),
];

/// The full path of every key, such as `forward.local_port`.
pub fn key_paths() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(path, _)| *path)
}

/// A problem with its position: the entries that lead to it, and whether key or value is meant.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) entries: Vec<usize>,
    pub(super) part: Part,
    pub(super) message: String,
}

/// Reads a configuration from a document's tree. Returns the configuration with warnings, or all
/// errors.
pub(super) fn judge(document: &Node) -> Result<(Config, Vec<Finding>), Vec<Finding>> {
    let mut judge = Judge::default();
    let mut value = judge.section(document, "", &[]);
    judge.adopt_earlier(&mut value);
    let config = serde_json::from_value::<Config>(value).unwrap_or_else(|error| {
        // Every value has passed the check of its kind; this catches a kind that is laxer than the
        // type.
        judge.add(&[], Part::Value, error.to_string());
        Config::default()
    });
    judge.across(&config);
    if judge.findings.is_empty() { Ok((config, judge.warnings)) } else { Err(judge.findings) }
}

#[derive(Default)]
pub(super) struct Judge {
    pub(super) findings: Vec<Finding>,
    warnings: Vec<Finding>,
    /// The entries that lead to each key in the file.
    pub(super) seen: HashMap<&'static str, Vec<usize>>,
    /// Keys that were set by the earlier tool's name, with that name.
    pub(super) adopted: Vec<(&'static str, &'static str)>,
}

impl Judge {
    pub(super) fn add(&mut self, entries: &[usize], part: Part, message: String) {
        self.findings.push(Finding { entries: entries.to_vec(), part, message });
    }

    pub(super) fn warn(&mut self, entries: &[usize], part: Part, message: String) {
        self.warnings.push(Finding { entries: entries.to_vec(), part, message });
    }

    /// Validates the map at `path` (empty for the document) and returns its valid entries.
    fn section(&mut self, node: &Node, path: &str, entries: &[usize]) -> Value {
        let mut section = Map::new();
        let items = match node {
            Node::Map(items) => items,
            // A section is empty if all its keys are commented out.
            Node::Null => return Value::Object(section),
            other => {
                let name = if path.is_empty() { "the file" } else { path };
                let keys = children(path).join(", ");
                self.add(
                    entries,
                    Part::Value,
                    format!("{name}: expected a map with the keys {keys}, found {other}"),
                );
                return Value::Object(section);
            }
        };
        let mut names: Vec<&str> = Vec::new();
        for (index, (key, value)) in items.iter().enumerate() {
            let here: Vec<usize> = entries.iter().copied().chain([index]).collect();
            let Node::Text(name) = key else {
                self.add(&here, Part::Key, unknown(path, &key.to_string()));
                continue;
            };
            let full = join(path, name);
            if names.contains(&name.as_str()) {
                self.add(&here, Part::Key, format!("{full} is given twice"));
                continue;
            }
            names.push(name);
            let earlier = EARLIER.iter().map(|(known, kind, _)| (known, kind));
            let mut known = KEYS.iter().map(|(known, kind)| (known, kind)).chain(earlier);
            if let Some((known, kind)) = known.find(|(known, _)| **known == full) {
                self.seen.insert(known, here.clone());
                if let Some(value) = self.value(known, *kind, value, &here) {
                    section.insert(name.clone(), value);
                }
            } else if children(path).contains(&name.as_str()) {
                let value = self.section(value, &full, &here);
                section.insert(name.clone(), value);
            } else {
                self.add(&here, Part::Key, unknown(path, name));
            }
        }
        Value::Object(section)
    }

    pub(super) fn value(
        &mut self,
        path: &str,
        kind: Kind,
        node: &Node,
        here: &[usize],
    ) -> Option<Value> {
        let wanted = match (kind, node) {
            (Kind::Bool | Kind::BoolOrAlways, Node::Bool(value)) => {
                return Some(Value::Bool(*value));
            }
            (Kind::Bool, _) => "true or false".to_owned(),
            (Kind::BoolOrAlways, Node::Text(text)) if text == "always" => {
                return Some(Value::String(text.clone()));
            }
            (Kind::BoolOrAlways, _) => "true, false or always".to_owned(),
            (Kind::Whole { min, max, .. }, Node::Int(value)) if (min..=max).contains(value) => {
                return i64::try_from(*value).ok().map(Value::from);
            }
            (Kind::Whole { min, max, unit }, _) => format!("a whole number, {min} to {max}{unit}"),
            (Kind::Choice(choices), Node::Text(text)) if choices.contains(&text.as_str()) => {
                return Some(Value::String(text.clone()));
            }
            (Kind::Choice(choices), _) => format!("one of {}", choices.join(", ")),
            (Kind::Choices(choices), Node::List(items)) => {
                return self.choices(path, choices, items, here);
            }
            (Kind::Choices(choices), _) => format!("a list of some of {}", choices.join(", ")),
            (Kind::Variable, Node::Text(text)) if is_variable(text) => {
                return Some(Value::String(text.clone()));
            }
            (
                Kind::Program
                | Kind::File
                | Kind::Beside
                | Kind::Name
                | Kind::Port
                | Kind::Variable,
                Node::Null,
            ) => {
                return Some(Value::Null);
            }
            (Kind::Program | Kind::File | Kind::Beside, Node::Text(text)) if !text.is_empty() => {
                if text.starts_with('~') {
                    let message = format!("{path}: ~ is not expanded here; use an absolute path");
                    self.add(here, Part::Value, message);
                    return None;
                }
                // A relative path would be a different file in cron than in a shell.
                if matches!(kind, Kind::File) && !text.starts_with('/') {
                    let message = format!("{path}: not a whole path (one that begins with /)");
                    self.add(here, Part::Value, message);
                    return None;
                }
                return Some(Value::String(text.clone()));
            }
            (Kind::Variable, _) => "the name of an environment variable, or null".to_owned(),
            (Kind::Program, _) => "a path, a program's name, or null".to_owned(),
            (Kind::File | Kind::Beside, _) => "a path, or null".to_owned(),
            (Kind::Duration, Node::Int(0)) => return Some(Value::String("0".to_owned())),
            (Kind::Duration, Node::Text(text)) => match duration::parse(text) {
                Ok(_) => return Some(Value::String(text.clone())),
                Err(error) => {
                    self.add(here, Part::Value, format!("{path}: {error}"));
                    return None;
                }
            },
            (Kind::Duration, _) => "a duration, such as 30d".to_owned(),
            (Kind::Name, Node::Text(text)) if namespace_name(text).is_ok() => {
                return Some(Value::String(text.clone()));
            }
            (Kind::Name, _) => "the name of an object, or null".to_owned(),
            (Kind::Port, Node::Int(port)) if RemotePort::parse(&port.to_string()).is_ok() => {
                return Some(i64::try_from(*port).map_or(Value::Null, Value::from));
            }
            (Kind::Port, Node::Text(text)) if RemotePort::parse(text).is_ok() => {
                return Some(Value::String(text.clone()));
            }
            (Kind::Port, _) => "a port's number or name, or null".to_owned(),
            (Kind::Addresses, Node::List(items)) if !items.is_empty() => {
                return self.addresses(path, items, here);
            }
            (Kind::Addresses, _) => "a list of addresses, such as [localhost]".to_owned(),
            (Kind::Forwards, Node::List(items)) => return self.forwards(path, items, here),
            (Kind::Forwards, _) => "a list of maps (for none, [])".to_owned(),
            (Kind::Prefix, Node::Text(text)) if is_prefix(text) => {
                return Some(Value::String(text.clone()));
            }
            (Kind::Prefix, _) => "a DNS name, such as watchdog.dev".to_owned(),
            (Kind::Texts, Node::List(items)) => return self.texts(path, items, here),
            (Kind::Texts, _) => "a list of texts (for none, [])".to_owned(),
            (Kind::Aliases, Node::Map(items)) => return Some(self.aliases(path, items, here)),
            (Kind::Aliases, _) => "a map of names to aliases (for none, {})".to_owned(),
            (Kind::Labels, Node::Map(items)) => return Some(self.labels(path, items, here)),
            (Kind::Labels, _) => "a map of names to labels (for none, {})".to_owned(),
            (kind, _) if kind.is_of_store() => match self.of_store(path, kind, node, here) {
                Ok(value) => return value,
                Err(wanted) => wanted.to_owned(),
            },
            (Kind::Patterns, Node::List(items)) => return self.patterns(path, items, here),
            (Kind::Patterns, Node::Null) => "a list (for none, [])".to_owned(),
            // Kinds of stores were handled above.
            (_, _) => "a list of patterns, such as [staging, prod-*]".to_owned(),
        };
        self.add(here, Part::Value, format!("{path}: expected {wanted}, found {node}"));
        None
    }

    /// Checks constraints between several keys.
    fn across(&mut self, config: &Config) {
        let forward = &config.forward;
        let (interval, timeout) =
            (forward.heartbeat_interval_seconds, forward.heartbeat_timeout_seconds);
        // A refused value has its default here, and must not cause a second message.
        let refused = EARLIER
            .iter()
            .flat_map(|(earlier, _, today)| [*earlier, *today])
            .filter(|key| key.contains(".heartbeat_"))
            .any(|key| {
                let entries = self.seen.get(key);
                self.findings.iter().any(|finding| Some(&finding.entries) == entries)
            });
        if timeout > interval || refused {
            return;
        }
        let seen = self.seen.get(HEARTBEAT_TIMEOUT).or_else(|| self.seen.get(HEARTBEAT_INTERVAL));
        let entries = seen.cloned().unwrap_or_default();
        // Use the names that occur in the file.
        let name = |today: &'static str| {
            self.adopted.iter().find(|(it, _)| *it == today).map_or(today, |(_, earlier)| *earlier)
        };
        let (longer, shorter) = (name(HEARTBEAT_TIMEOUT), name(HEARTBEAT_INTERVAL));
        let text = format!("{longer} ({timeout}) must be more than {shorter} ({interval})");
        self.add(&entries, Part::Value, text);
    }
}

fn is_variable(text: &str) -> bool {
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    starts && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// The names directly below a path, in order.
fn children(path: &str) -> Vec<&'static str> {
    let mut names = Vec::new();
    for (key, _) in KEYS {
        let below = if path.is_empty() {
            Some(*key)
        } else {
            key.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'))
        };
        if let Some(name) = below.and_then(|rest| rest.split('.').next())
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The message for an unknown key, with a suggestion: the same name in another section, a similar
/// name in this one, a similar name anywhere, or else the list of keys.
fn unknown(path: &str, name: &str) -> String {
    // Keys written by hand, or by a tool that writes camelCase or kebab-case.
    let plain = |text: &str| text.replace(['_', '-'], "").to_lowercase();
    let mut siblings = children(path);
    let earlier = EARLIER.iter().filter_map(|(key, ..)| key.strip_prefix(path)?.strip_prefix('.'));
    siblings.extend(earlier.filter(|name| !path.is_empty() && !name.contains('.')));
    let mut full = join(path, name);
    if full.chars().any(char::is_control) {
        full = format!("{full:?}");
    }
    let last = |key: &&'static str| key.rsplit('.').next().unwrap_or_default();
    let everywhere: Vec<&'static str> = KEYS.iter().map(|(key, _)| *key).collect();

    let same_here = siblings.iter().find(|sibling| plain(sibling) == plain(name)).copied();
    let same_elsewhere = || everywhere.iter().find(|key| plain(last(key)) == plain(name)).copied();
    let near_here = || nearest(name, siblings.iter().copied()).first().copied();
    let near_elsewhere = || {
        let near = nearest(name, everywhere.iter().map(last)).first().copied()?;
        everywhere.iter().find(|key| last(key) == near).copied()
    };
    match same_here.or_else(same_elsewhere).or_else(near_here).or_else(near_elsewhere) {
        Some(meant) => format!("unknown key {full}; did you mean {meant}?"),
        None => format!("unknown key {full}; the keys here are {}", siblings.join(", ")),
    }
}
