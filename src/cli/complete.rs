//! Completion that asks this program: names of forwards, contexts, clusters and namespaces as
//! they are at the moment.
//!
//! A shell that has run `source <(watchdog completions bash --dynamic)` calls this program with
//! [`VARIABLE`] set. Whatever goes wrong here, there is nothing to suggest and nothing to say: a
//! message would land in the middle of the line that is typed.

use std::ffi::OsString;
use std::time::Duration;

use clap_complete::CompleteEnv;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;
use serde_json::Value;

use super::environment::go_is_tuned;
use crate::config::{self, Config};
use crate::kubectl::{
    self, KubeConfig, Kubectl, ListQuery, Read, Resource, ServerPath, Settings, Sources, Target,
};
use crate::supervisor::{Client, ClientError, ForwardStatus, Paths, Reply, Request};

/// What the shell sets; a name of our own, because other programs use `COMPLETE`.
const VARIABLE: &str = "WATCHDOG_COMPLETE";
/// How long somebody who pressed Tab waits for the supervisor, and for a cluster.
const SUPERVISOR: Duration = Duration::from_millis(300);
const CLUSTER: Duration = Duration::from_secs(3);

/// Answers a shell that completes, and then ends the process; else returns at once.
pub(super) fn answer(command: impl Fn() -> clap::Command) {
    CompleteEnv::with_factory(command).var(VARIABLE).bin("watchdog").complete();
}

/// The script by which a shell asks this program.
pub(super) fn registration(shell: clap_complete::Shell) -> std::io::Result<Vec<u8>> {
    let shells = Shells::builtins();
    let shell = shell.to_string();
    let completer = shells.completer(&shell);
    let completer = completer.ok_or_else(|| {
        std::io::Error::other(format!("there is no dynamic completion for {shell}"))
    })?;
    let mut script = Vec::new();
    completer.write_registration(VARIABLE, "watchdog", "watchdog", "watchdog", &mut script)?;
    Ok(script)
}

/// Forwards that are there.
pub(super) fn forwards() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let help = |forward: &ForwardStatus| format!("{} {}", forward.resource, forward.endpoint);
        let running = running();
        candidates(running.iter().flat_map(|forward| {
            let names = std::iter::once(&forward.name).chain(&forward.aliases);
            names.map(|name| (name.clone(), help(forward)))
        }))
    })
}

/// Forwards of the configuration.
pub(super) fn configured() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let forwards = config().forwards;
        candidates(forwards.into_iter().map(|forward| {
            let ports: Vec<String> = forward.all_ports().iter().map(ToString::to_string).collect();
            let help = format!("{} {}", forward.resource, ports.join(" "));
            (forward.name, help)
        }))
    })
}

/// What is mostly listened on.
pub(super) fn addresses() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let addresses = [
            ("localhost", "127.0.0.1 and ::1"),
            ("127.0.0.1", "loopback, IPv4 alone"),
            ("::1", "loopback, IPv6 alone"),
            ("0.0.0.0", "every IPv4 address of this machine"),
            ("::", "every IPv6 address of this machine"),
        ];
        candidates(addresses.map(|(address, help)| (address.to_owned(), help.to_owned())))
    })
}

/// Contexts of the kubeconfig.
pub(super) fn contexts() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let contexts = kubeconfig().contexts.into_values();
        candidates(contexts.map(|context| (context.name, context.cluster)))
    })
}

/// Clusters of the kubeconfig.
pub(super) fn clusters() -> ArgValueCandidates {
    ArgValueCandidates::new(|| candidates(kubeconfig().clusters))
}

/// Namespaces of the cluster that the line names, else of the current context's.
pub(super) fn namespaces() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let names = read_namespaces().unwrap_or_default();
        candidates(names.into_iter().map(|name| (name, String::new())))
    })
}

fn candidates(found: impl IntoIterator<Item = (String, String)>) -> Vec<CompletionCandidate> {
    // What a shell or a terminal could obey is not suggested.
    let plain = |text: &str| !text.chars().any(crate::term::text::is_hostile);
    let candidate = |(name, help): (String, String)| {
        let help = Some(help).filter(|help| !help.is_empty() && plain(help));
        CompletionCandidate::new(name).help(help.map(Into::into))
    };
    found.into_iter().filter(|(name, _)| plain(name)).map(candidate).collect()
}

fn config() -> Config {
    let path = typed("--config").map(std::path::PathBuf::from);
    let loaded = config::load(path.as_deref(), &config::Env::current());
    loaded.map(|loaded| loaded.config).unwrap_or_default()
}

fn kubeconfig() -> KubeConfig {
    let sources = Sources::from_env(typed("--kubeconfig").map(Into::into));
    KubeConfig::from_files(&sources).unwrap_or_default()
}

fn running() -> Vec<ForwardStatus> {
    let ask = async {
        let paths = Paths::from_env()?;
        let Some(mut client) = Client::connect(&paths).await? else { return Ok(Vec::new()) };
        client.check_protocol()?;
        match client.request(&Request::List { names: Vec::new() }).await? {
            Reply::Forwards { forwards } => Ok(forwards),
            _ => Err(ClientError::Confused),
        }
    };
    wait(SUPERVISOR, ask).and_then(Result::ok).unwrap_or_default()
}

fn read_namespaces() -> Option<Vec<String>> {
    let config = config();
    let env = std::env::var_os("WATCHDOG_KUBECTL");
    let flag = typed("--kubectl").map(std::path::PathBuf::from);
    let configured = config.kubectl.path.as_deref();
    let kubectl = Kubectl::new(Settings {
        program: kubectl::locate(flag.as_deref(), env.as_deref(), configured).ok()?,
        kubeconfig: typed("--kubeconfig").map(Into::into),
        timeout: CLUSTER,
        retries: 0,
        versions: None,
        go_is_tuned: go_is_tuned(),
    });
    let context = typed("--context").and_then(|context| context.into_string().ok());
    let context = context.or(kubeconfig().current)?;
    // It is no raw path that is asked.
    let target = Target::Context { name: &context, path: &ServerPath::default() };
    let read =
        Read::List { resource: Resource::Namespaces, namespace: None, query: ListQuery::default() };
    let json = wait(CLUSTER, kubectl.read(target, &read))?.ok()?;
    let json: Value = serde_json::from_slice(&json).ok()?;
    let names =
        json["items"].as_array()?.iter().filter_map(|item| item["metadata"]["name"].as_str());
    Some(names.map(str::to_owned).collect())
}

fn wait<T>(limit: Duration, future: impl Future<Output = T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(async { tokio::time::timeout(limit, future).await.ok() })
}

/// The value of a flag in the line that is completed: it stands after `--` among our arguments.
fn typed(flag: &str) -> Option<OsString> {
    value_of(flag, std::env::args_os())
}

fn value_of(flag: &str, words: impl IntoIterator<Item = OsString>) -> Option<OsString> {
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word == flag {
            return words.next();
        }
        let text = word.to_str();
        if let Some(value) =
            text.and_then(|text| text.strip_prefix(flag)).and_then(|rest| rest.strip_prefix('='))
        {
            return Some(value.into());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_of_the_line_is_found_in_both_forms() {
        let value = |line: &str| {
            let words = line.split(' ').map(OsString::from);
            value_of("--context", words).and_then(|value| value.into_string().ok())
        };
        assert_eq!(value("w -- w --context prod -n").as_deref(), Some("prod"));
        assert_eq!(value("w --context=prod=1 -n").as_deref(), Some("prod=1"));
        assert_eq!(value("w --contexts a --context"), None);
    }

    #[test]
    fn every_shell_has_a_script_that_sets_our_variable() {
        use clap::ValueEnum as _;
        for shell in clap_complete::Shell::value_variants() {
            let script = String::from_utf8(registration(*shell).unwrap()).unwrap();
            assert!(script.contains(VARIABLE), "{shell}: {script}");
        }
    }
}
