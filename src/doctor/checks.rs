//! The checks of what watchdog needs, apart from the kubeconfig.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::timeout;

use crate::config::{ClusterStore, ConfigError, Loaded, Monitoring};
use crate::history as database;
use crate::kubectl::{ClientVersion, Cluster, Kubectl, RawPaths, Read, Target};
use crate::output::doctor::{Check, Verdict, names};
use crate::output::forwards::describe;
use crate::output::snapshots;
use crate::process::{self, ProcessInfo};
use crate::prometheus::{HttpTransport, Limits};
use crate::supervisor::{ClientError, ForwardState, ForwardStatus, Paths, connect_within};
use crate::term::shown::shown;

/// How long the supervisor may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Which configuration is in force.
pub fn configuration(loaded: &Result<Loaded, ConfigError>) -> Check {
    let name = "configuration";
    match loaded {
        Ok(Loaded { path: Some(path), .. }) => {
            Check::new(name, Verdict::Ok, path.display().to_string())
        }
        Ok(_) => Check::new(name, Verdict::Ok, "the defaults (no file)"),
        Err(error) => {
            let text = error.to_string().lines().collect::<Vec<_>>().join("; ");
            Check::new(name, Verdict::Error, text)
        }
    }
}

/// Which Prometheus and Alertmanager the configuration names by URL; nothing is asked of them.
pub fn stores(config: &Monitoring) -> Vec<Check> {
    let (prometheus, alertmanager) = (&config.prometheus, &config.alertmanager);
    let of_clusters = |clusters: &BTreeMap<String, ClusterStore>| -> Vec<String> {
        clusters.values().flat_map(|it| it.url.iter().cloned()).collect()
    };
    let all = |own: &[String], clusters| [own, &of_clusters(clusters)].concat();
    let of_prometheus: Vec<String> = prometheus.url.iter().cloned().collect();
    [
        (
            "prometheus",
            all(&of_prometheus, &prometheus.clusters),
            "watchdog prometheus test checks it",
        ),
        (
            "alertmanager",
            all(&alertmanager.url, &alertmanager.clusters),
            "watchdog alerts reads it",
        ),
    ]
    .into_iter()
    .filter_map(|(name, mut urls, how)| {
        urls.sort();
        urls.dedup();
        let shown: Result<Vec<String>, String> = urls
            .iter()
            .map(|url| Ok(HttpTransport::new(url, "", None, Limits::default())?.to_string()))
            .collect();
        match shown {
            Ok(shown) if shown.is_empty() => None,
            Ok(shown) => Some(Check::new(name, Verdict::Ok, format!("{} ({how})", names(&shown)))),
            Err(why) => Some(Check::new(name, Verdict::Error, why)),
        }
    })
    .collect()
}

/// Checks which kubectl is run, and that it answers.
pub async fn kubectl_version(kubectl: &Kubectl) -> Check {
    let path = kubectl.program().display();
    let version = kubectl.read(Target::Default, &Read::ClientVersion).await.and_then(|json| {
        ClientVersion::parse(&json).ok_or_else(|| {
            let kind = crate::kubectl::ErrorKind::BadResponse;
            crate::kubectl::Error::new(kind, "its version is not what kubectl prints")
        })
    });
    match version {
        Ok(version) => Check::new("kubectl", Verdict::Ok, format!("{path} ({})", version.as_str())),
        Err(error) => {
            let advice = crate::kubectl::advice(error.kind, &error.message);
            let advice = advice.map(|advice| format!("; {advice}")).unwrap_or_default();
            Check::new("kubectl", Verdict::Error, format!("{path}: {error}{advice}"))
        }
    }
}

/// Checks how clusters are read whose server's URL has a path; none if there are no such clusters.
pub async fn server_paths(kubectl: &Kubectl, clusters: &[Cluster]) -> Option<Check> {
    let mut ways: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for cluster in clusters.iter().filter(|cluster| !cluster.path.is_empty()) {
        let way = match kubectl.raw_paths(cluster.target()).await {
            Some(RawPaths::Append) => {
                "kubectl (1.34 or newer) adds the path of the server's URL to raw paths"
            }
            Some(RawPaths::Replace) => {
                "kubectl (1.33 or older) leaves the path of the server's URL out of raw paths, so watchdog adds it"
            }
            None => {
                "kubectl does not say its version, so these clusters are read with -o json, which costs more, \
                 and cluster test cannot show readiness"
            }
        };
        ways.entry(way).or_default().push(shown(&cluster.name));
    }
    if ways.is_empty() {
        return None;
    }
    let text = |(way, clusters): (&&str, &Vec<String>)| format!("{}: {way}", names(clusters));
    let text = ways.iter().map(text).collect::<Vec<_>>().join("; ");
    Some(Check::new("server paths", Verdict::Ok, text))
}

/// Checks the database of snapshots without changing it.
pub fn history(configured: Option<&Path>) -> Vec<Check> {
    let name = "history";
    let one = |verdict, text: String| vec![Check::new(name, verdict, text)];
    let path = match database::path(configured, &database::Env::current()) {
        Ok(path) => path,
        Err(error) => return one(Verdict::Error, error.to_string()),
    };
    let (found, look) = match database::inspect(&path) {
        Ok(look) => (format!("{}: {}", path.display(), snapshots::looked(&look)), Some(look)),
        Err(database::Error::Missing { .. }) => {
            let text =
                format!("none yet at {}; create one: watchdog snapshot take", path.display());
            (text, None)
        }
        Err(error) => {
            use database::Error;
            let verdict = match error {
                Error::Older { .. } => Verdict::Warning,
                _ => Verdict::Error,
            };
            // The other errors contain a remedy.
            let remedy = match error {
                Error::Newer { .. } => "; use that version, or set history.path",
                Error::Io { .. } | Error::ReadOnly { .. } => {
                    "; make it readable, or set history.path"
                }
                _ => "",
            };
            return one(verdict, format!("{error}{remedy}"));
        }
    };
    let losses = look.as_ref().map(|look| look.losses.clone()).unwrap_or_default();
    let (verdict, text) = match database::locked(&path) {
        _ if !losses.is_empty() => (
            Verdict::Error,
            format!(
                "{found}; the file is damaged: {losses} cannot be read; see to the disk; the rest can be \
                 read, and the damage goes with the snapshots that have it, or when the file is moved \
                 away"
            ),
        ),
        None => (Verdict::Ok, found),
        Some(locked) => (
            Verdict::Warning,
            format!(
                "{found}; {} may not be written, so nothing can be stored: make it yours to write, \
                 or set history.path",
                locked.display()
            ),
        ),
    };
    let mut checks = one(verdict, text);
    let doubles: Vec<String> = look
        .iter()
        .flat_map(|look| &look.doubles)
        .map(|(one, other)| {
            format!(
                "{one} and {other} have the same HPAs (the same uids): that is one cluster under two \
                 names; leave one out with clusters.exclude"
            )
        })
        .collect();
    if !doubles.is_empty() {
        checks.push(Check::new("cluster names", Verdict::Warning, doubles.join("; ")));
    }
    checks
}

/// Checks the local port that a first forward gets.
pub fn local_port(port: u16, forwards: &[ForwardStatus]) -> Check {
    let name = "local port";
    let Err(error) = process::try_bind(port) else {
        return Check::new(name, Verdict::Ok, format!("127.0.0.1:{port} is free"));
    };
    if let Some(forward) = forwards.iter().find(|forward| has_port(forward, port)) {
        let text = format!("127.0.0.1:{port} is our own forward {}", forward.name);
        return Check::new(name, Verdict::Ok, text);
    }
    let holders = process::port_holders((Ipv4Addr::LOCALHOST, port).into());
    let who = match holders.first() {
        // Name the program without its arguments: they belong to another user or may contain a
        // secret.
        Some(holder) => format!("held by pid {} ({})", holder.pid, holder.program()),
        None => error.to_string(),
    };
    let text = format!("127.0.0.1:{port}: {who}; the next free one will be used");
    Check::new(name, Verdict::Warning, text)
}

fn has_port(forward: &ForwardStatus, port: u16) -> bool {
    forward.ports.iter().any(|it| it.local == port)
}

/// Checks the supervisor, if it runs, and its forwards.
pub async fn supervisor() -> (Check, Vec<ForwardStatus>) {
    let name = "supervisor";
    let ask = async {
        let Some(mut client) = connect_within(&Paths::from_env()?, PATIENCE).await? else {
            return Ok(None);
        };
        client.check_protocol()?;
        let info = client.info().clone();
        Ok::<_, ClientError>(Some((info, client.forwards(&[]).await?)))
    };
    // A supervisor that hangs must not block this check.
    let answer = match timeout(2 * PATIENCE, ask).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err("it is there, but does not answer".to_owned()),
    };
    match answer {
        Ok(None) => {
            let text = "not running; it is started on demand";
            (Check::new(name, Verdict::Ok, text), Vec::new())
        }
        Ok(Some((info, forwards))) => {
            let text = describe(&info, forwards.len(), Timestamp::now());
            let bad = forwards.iter().filter(|forward| is_bad(forward)).count();
            let check = if bad > 0 {
                let text = format!("{text}, {bad} not ready; see watchdog forward list");
                Check::new(name, Verdict::Warning, text)
            } else {
                Check::new(name, Verdict::Ok, text)
            };
            (check, forwards)
        }
        Err(error) => (Check::new(name, Verdict::Error, error), Vec::new()),
    }
}

fn is_bad(forward: &ForwardStatus) -> bool {
    use ForwardState::{Failed, NeedsLogin, Reconnecting};
    matches!(forward.state, Failed | NeedsLogin | Reconnecting)
}

/// Lists each `kubectl port-forward` below an init process. Either init started it (a service), or
/// the process that started it has left it behind: this cannot be distinguished from outside.
pub fn stray_kubectls() -> Check {
    let name = "stray kubectl";
    let processes = process::processes();
    let strays: Vec<String> = processes
        .iter()
        .filter(|process| is_port_forward(process) && is_below_init(process, &processes))
        .map(|process| process.pid.to_string())
        .collect();
    if strays.is_empty() {
        return Check::new(name, Verdict::Ok, "no kubectl port-forward without a parent");
    }
    let text = format!(
        "kubectl port-forward left behind by its parent, or started as a service: pid {}; watchdog forward reap ends those of a supervisor that was killed, and no others",
        strays.join(", ")
    );
    Check::new(name, Verdict::Warning, text)
}

fn is_port_forward(process: &ProcessInfo) -> bool {
    process.program().starts_with("kubectl")
        && process.command.split(' ').any(|word| word == "port-forward")
}

/// Whether the parent adopts orphans: the first process, or a user's systemd.
fn is_below_init(process: &ProcessInfo, processes: &[ProcessInfo]) -> bool {
    let is_users_init = |parent: &ProcessInfo| {
        parent.program() == "systemd" && parent.command.split(' ').any(|word| word == "--user")
    };
    process.parent == 1
        || processes.iter().any(|other| other.pid == process.parent && is_users_init(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stray_is_a_port_forward_with_an_init_for_a_parent() {
        let process =
            |pid, parent, command: &str| ProcessInfo { pid, parent, command: command.to_owned() };
        let all = [
            process(7, 1, "/usr/lib/systemd/systemd --user"),
            process(8, 7, "/usr/bin/kubectl1.30 --context a port-forward svc/x :80"),
            process(9, 1, "kubectl port-forward svc/x :80"),
            process(10, 1, "/usr/bin/kubectl get pods"),
            process(11, 1, "vim kubectl port-forward"),
            process(12, 11, "kubectl port-forward svc/x :80"),
        ];
        let strays = all.iter().filter(|one| is_port_forward(one) && is_below_init(one, &all));
        assert_eq!(strays.map(|one| one.pid).collect::<Vec<_>>(), [8, 9]);
    }
}
