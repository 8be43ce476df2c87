//! Suggestions for shell completion: the present forwards, contexts, clusters, namespaces and HPAs, and findings.
//!
//! A failure yields no suggestions and no message: a message would be printed into the line that
//! the user is typing.

mod hpas;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

pub use hpas::hpas;
use serde_json::Value;

use crate::config::{self, Config, Impersonation};
use crate::findings::rules;
use crate::kubectl::{
    self, KubeConfig, Kubectl, ListQuery, Read, Resource, ServerPath, Settings, Sources, Target,
};
use crate::supervisor::{Client, ForwardStatus, Paths};
use crate::term::text::is_hostile;

/// Time limits for the supervisor and for a cluster: the user has pressed Tab and waits.
const SUPERVISOR: Duration = Duration::from_millis(300);
const CLUSTER: Duration = Duration::from_secs(3);

/// A suggested value with a short description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The value.
    pub value: String,
    /// The description; may be empty.
    pub help: String,
}

/// The flags of the line to be completed, and environment variables used instead of flags.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// `--config`
    pub config: Option<PathBuf>,
    /// `--kubeconfig`
    pub kubeconfig: Option<PathBuf>,
    /// `--context`
    pub context: Option<String>,
    /// `--cluster`
    pub cluster: Option<String>,
    /// `-n`
    pub namespace: Option<String>,
    /// `--as`; groups and the uid hardly change which names there are.
    pub impersonation: Impersonation,
    /// `--kubectl`
    pub kubectl: Option<PathBuf>,
    /// `$WATCHDOG_KUBECTL`
    pub kubectl_variable: Option<OsString>,
    /// Like [`Settings::go_is_tuned`].
    pub go_is_tuned: bool,
}

impl Line {
    /// Parses the flags from the words of the line.
    pub fn parse(words: &[OsString]) -> Self {
        Self {
            config: value_of("--config", words).map(PathBuf::from),
            kubeconfig: value_of("--kubeconfig", words).map(PathBuf::from),
            context: text_of("--context", words),
            cluster: text_of("--cluster", words),
            namespace: text_of("--namespace", words).or_else(|| short_of("-n", words)),
            impersonation: Impersonation {
                user: text_of("--as", words),
                ..Impersonation::default()
            },
            kubectl: value_of("--kubectl", words).map(PathBuf::from),
            ..Self::default()
        }
    }

    fn config(&self) -> Config {
        let loaded = config::load(self.config.as_deref(), &config::Env::current());
        loaded.map(|loaded| loaded.config).unwrap_or_default()
    }

    /// The context through which to read, and its cluster: those that the line selects, or else the current ones.
    fn chosen(&self) -> Option<(String, String)> {
        let kubeconfig = self.kubeconfig();
        let clusters = self.config().clusters;
        let called = |name: &str| {
            let context = kubeconfig.called(name, &clusters).ok()?.context;
            Some((context.name.clone(), context.cluster.clone()))
        };
        match self.context.as_deref().or(self.cluster.as_deref()) {
            // It may be a context that only kubectl finds.
            Some(name) => called(name).or_else(|| Some((self.context.clone()?, String::new()))),
            None => called(kubeconfig.current.as_deref()?),
        }
    }

    fn kubeconfig(&self) -> KubeConfig {
        let sources = Sources::from_env(self.kubeconfig.clone());
        // kubectl reads what is not plain enough to be read here.
        KubeConfig::from_files(&sources).ok().or_else(|| self.view(&sources)).unwrap_or_default()
    }

    /// The kubeconfig as kubectl prints it.
    fn view(&self, sources: &Sources) -> Option<KubeConfig> {
        let kubectl = self.kubectl(CLUSTER)?;
        let contexts = self.config().kubectl.contexts;
        wait(CLUSTER, KubeConfig::read(sources, contexts, Ok(&kubectl)))?.ok()
    }

    fn kubectl(&self, timeout: Duration) -> Option<Kubectl> {
        let config = self.config();
        let (flag, variable) = (self.kubectl.as_deref(), self.kubectl_variable.as_deref());
        Some(Kubectl::new(Settings {
            program: kubectl::locate(flag, variable, config.kubectl.path.as_deref()).ok()?,
            kubeconfig: self.kubeconfig.clone(),
            impersonation: self.impersonation.clone(),
            timeout,
            retries: 0,
            versions: None,
            go_is_tuned: self.go_is_tuned,
        }))
    }
}

/// The forwards that the supervisor holds.
pub fn forwards() -> Vec<Suggestion> {
    let help = |forward: &ForwardStatus| format!("{} {}", forward.resource, forward.endpoint);
    harmless(running().iter().flat_map(|forward| {
        let names = std::iter::once(&forward.name).chain(&forward.aliases);
        names.map(|name| (name.clone(), help(forward)))
    }))
}

/// The forwards of the configuration.
pub fn configured(line: &Line) -> Vec<Suggestion> {
    harmless(line.config().forwards.into_iter().map(|forward| {
        let ports: Vec<String> = forward.all_ports().iter().map(ToString::to_string).collect();
        let help = format!("{} {}", forward.resource, ports.join(" "));
        (forward.name, help)
    }))
}

/// The addresses that forwards usually listen on.
pub fn addresses() -> Vec<Suggestion> {
    let addresses = [
        ("localhost", "127.0.0.1 and ::1"),
        ("127.0.0.1", "loopback, IPv4 alone"),
        ("::1", "loopback, IPv6 alone"),
        ("0.0.0.0", "every IPv4 address of this machine"),
        ("::", "every IPv6 address of this machine"),
    ];
    harmless(addresses.map(|(address, help)| (address.to_owned(), help.to_owned())))
}

/// The contexts of the kubeconfig.
pub fn contexts(line: &Line) -> Vec<Suggestion> {
    let contexts = line.kubeconfig().contexts.into_values();
    harmless(contexts.map(|context| (context.name, context.cluster)))
}

/// The clusters of the kubeconfig, and their aliases.
pub fn clusters(line: &Line) -> Vec<Suggestion> {
    let aliases = line.config().clusters.aliases.into_iter().map(|(name, alias)| (alias, name));
    harmless(line.kubeconfig().clusters.into_iter().chain(aliases))
}

/// The labels that the configuration gives to clusters, each with the patterns of the clusters that have it.
pub fn cluster_labels(line: &Line) -> Vec<Suggestion> {
    let mut labels: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (pattern, pairs) in line.config().clusters.labels {
        for (key, value) in pairs {
            labels.entry(format!("{key}={value}")).or_default().push(pattern.clone());
        }
    }
    harmless(labels.into_iter().map(|(label, patterns)| (label, patterns.join(", "))))
}

/// The ids of findings, also after a comma.
pub fn findings(word: &str) -> Vec<Suggestion> {
    last_of_list(word, || {
        harmless(rules().iter().map(|rule| (rule.id.to_owned(), rule.title.to_owned())))
    })
}

/// What STATUS can be, also after a comma.
pub fn statuses(word: &str) -> Vec<Suggestion> {
    last_of_list(word, || {
        let rules = rules().iter().map(|rule| (rule.id.to_owned(), rule.title.to_owned()));
        harmless(std::iter::once(("OK".to_owned(), "no finding".to_owned())).chain(rules))
    })
}

/// The ids of findings, and after `=` the places where they are ignored.
pub fn ignores(line: &Line, word: &str) -> Vec<Suggestion> {
    let Some((id, place)) = word.split_once('=') else { return findings(word) };
    let found = hpas::qualified(line, place).into_iter();
    found.map(|it| Suggestion { value: format!("{id}={}", it.value), ..it }).collect()
}

/// Completes the last part of a list with commas, leaving out what it has already.
pub fn last_of_list(word: &str, all: impl FnOnce() -> Vec<Suggestion>) -> Vec<Suggestion> {
    let (before, last) = word.rfind(',').map_or(("", word), |at| word.split_at(at + 1));
    let given: Vec<&str> = before.split(',').collect();
    let is_new = |it: &Suggestion| it.value.starts_with(last) && !given.contains(&&*it.value);
    let whole = |it: Suggestion| Suggestion { value: format!("{before}{}", it.value), ..it };
    all().into_iter().filter(is_new).map(whole).collect()
}

/// References to the last snapshots.
pub fn snapshots(line: &Line, word: &str) -> Vec<Suggestion> {
    let stored = hpas::snapshots(line).unwrap_or_default();
    let latest = ["latest", "latest~1", "latest~2"].into_iter().zip(&stored);
    let latest = latest.map(|(name, (_, help))| (name.to_owned(), help.clone()));
    let numbers = stored.iter().map(|(id, help)| (id.to_string(), help.clone()));
    let all = harmless(latest.chain(numbers));
    all.into_iter().filter(|it| it.value.starts_with(word)).collect()
}

/// The namespaces of the cluster that the line selects, or else of the current context's cluster.
pub fn namespaces(line: &Line) -> Vec<Suggestion> {
    let names = read_namespaces(line).unwrap_or_default();
    harmless(names.into_iter().map(|name| (name, String::new())))
}

/// Drops suggestions that a shell or a terminal could interpret.
fn harmless(found: impl IntoIterator<Item = (String, String)>) -> Vec<Suggestion> {
    let suggestion = |(value, help): (String, String)| {
        let help = if help.contains(is_hostile) { String::new() } else { help };
        (!value.contains(is_hostile)).then_some(Suggestion { value, help })
    };
    found.into_iter().filter_map(suggestion).collect()
}

fn running() -> Vec<ForwardStatus> {
    let list = async {
        let paths = Paths::from_env()?;
        let Some(mut client) = Client::connect(&paths).await? else { return Ok(Vec::new()) };
        client.check_protocol()?;
        client.forwards(&[]).await
    };
    wait(SUPERVISOR, list).and_then(Result::ok).unwrap_or_default()
}

fn read_namespaces(line: &Line) -> Option<Vec<String>> {
    let json = list(line, Resource::Namespaces, CLUSTER)?;
    let names =
        json["items"].as_array()?.iter().filter_map(|item| item["metadata"]["name"].as_str());
    Some(names.map(str::to_owned).collect())
}

/// One list of the cluster that the line selects.
fn list(line: &Line, resource: Resource, within: Duration) -> Option<Value> {
    let kubectl = line.kubectl(within)?;
    let (context, _) = line.chosen()?;
    // The path is not used, since no raw path is read.
    let target = Target::Context { name: &context, path: &ServerPath::default() };
    let read = Read::List { resource, namespace: None, query: ListQuery::default() };
    let json = wait(within, kubectl.read(target, &read))?.ok()?;
    serde_json::from_slice(&json).ok()
}

fn wait<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(async { tokio::time::timeout(limit, future).await.ok() })
}

/// The value of a flag: `--flag value` or `--flag=value`.
fn value_of(flag: &str, words: &[OsString]) -> Option<OsString> {
    words.iter().enumerate().find_map(|(index, word)| {
        if word == flag {
            return words.get(index + 1).cloned();
        }
        word.to_str()?.strip_prefix(flag)?.strip_prefix('=').map(Into::into)
    })
}

fn text_of(flag: &str, words: &[OsString]) -> Option<String> {
    value_of(flag, words)?.into_string().ok()
}

/// The value of a short flag: `-n value` or `-nvalue`.
fn short_of(flag: &str, words: &[OsString]) -> Option<String> {
    words.iter().enumerate().find_map(|(index, word)| {
        let value = word.to_str()?.strip_prefix(flag)?;
        let next = || words.get(index + 1)?.to_str();
        let value = if value.is_empty() { next()? } else { value };
        Some(value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_of_the_line_is_found_in_both_forms() {
        let context = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            Line::parse(&words).context
        };
        assert_eq!(context("w -- w --context prod -n").as_deref(), Some("prod"));
        assert_eq!(context("w --context=prod=1 -n").as_deref(), Some("prod=1"));
        assert_eq!(context("w --contexts a --context"), None);
    }

    #[test]
    fn suggestions_that_a_terminal_could_interpret_are_dropped() {
        let found = [("a", "fine"), ("b\u{1b}[2J", "gone"), ("c", "hel\u{202e}p")];
        let found = found.map(|(value, help)| (value.to_owned(), help.to_owned()));
        let left = harmless(found);
        let left: Vec<_> = left.iter().map(|it| (it.value.as_str(), it.help.as_str())).collect();
        assert_eq!(left, [("a", "fine"), ("c", "")]);
    }
}
