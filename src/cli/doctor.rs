//! `watchdog doctor`: what watchdog needs, checked one by one.

mod kubeconfig;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use tokio::time::timeout;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Description, Global};
use super::forward::describe;
use super::print::{print, print_document};
use super::setup::{Setup, scope};
use super::signals::interruptible;
use crate::config;
use crate::history;
use crate::kubectl::{
    ClientVersion, Cluster, KubeConfig, Kubectl, RawPaths, Read, Sources, Target,
};
use crate::output::Document;
use crate::output::doctor::{Check, Verdict, text};
use crate::output::snapshots;
use crate::process::{self, ProcessInfo};
use crate::supervisor::{
    ClientError, ForwardState, ForwardStatus, Paths, Reply, Request, connect_within,
};

/// `watchdog doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Instead: run a scratch supervisor on the demo cluster, kill its processes with SIGKILL, and
    /// show that nothing survives
    #[arg(long)]
    pub prove: bool,
    /// Also read each cluster's identity (the uid of kube-system), to find one that has two names
    #[arg(long, conflicts_with = "prove")]
    pub ask: bool,
    /// The form of the output
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    pub output: Description,
}

/// How long the supervisor may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) async fn run(global: &Global, args: DoctorArgs) -> Result<Exit, CommandError> {
    interruptible(examine(global, &args)).await
}

async fn examine(global: &Global, args: &DoctorArgs) -> Result<Exit, CommandError> {
    let mut checks = Vec::new();
    let (setup, configuration) = configuration(global);
    checks.push(configuration);
    let kubectl = setup.kubectl(global);
    checks.push(match &kubectl {
        Ok(kubectl) => check_kubectl(kubectl).await,
        Err(error) => Check::new("kubectl", Verdict::Error, error.to_string()),
    });
    let sources = Sources::from_env(global.kubeconfig.clone());
    match setup.read_kubeconfig(global, &kubectl).await {
        Ok(kubeconfig) => {
            checks.push(kubeconfig::check(&kubeconfig));
            checks.extend(kubeconfig::check_files(&sources));
            let contents = kubeconfig::check_contents(global, &setup, &kubectl, &kubeconfig);
            checks.extend(contents.await);
            checks.push(check_scope(global, &setup, &kubeconfig));
            if let (Ok(kubectl), Ok(scope)) = (&kubectl, scope(global, &setup.config, &kubeconfig))
            {
                checks.extend(check_paths(kubectl, &scope.clusters).await);
            }
            if let (true, Ok(kubectl)) = (args.ask, &kubectl) {
                checks.extend(kubeconfig::ask(global, &setup, kubectl, &kubeconfig).await);
            }
        }
        Err(error) => {
            checks.push(Check::new("kubeconfig", Verdict::Error, error));
            checks.extend(kubeconfig::check_files(&sources));
        }
    }
    checks.extend(check_history(&setup));
    let (supervisor, forwards) = check_supervisor().await;
    checks.push(check_port(setup.config.forward.local_port, &forwards));
    checks.push(supervisor);
    checks.push(check_strays());

    let document = Document {
        kind: "Doctor",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "checks",
        items: &checks,
    };
    match args.output {
        Description::Text => print(text(&checks, setup.style).as_bytes())?,
        Description::Json => print_document(document.json())?,
        Description::Yaml => print_document(document.yaml())?,
    }
    let failed = checks.iter().any(|check| check.verdict == Verdict::Error);
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

/// The configuration in force; the defaults where the file is wrong.
fn configuration(global: &Global) -> (Setup, Check) {
    let name = "configuration";
    match config::load(global.config.as_deref(), &config::Env::current()) {
        Ok(loaded) => {
            let text = match &loaded.path {
                Some(path) => path.display().to_string(),
                None => "the defaults (no file)".to_owned(),
            };
            (Setup::from_loaded(global, loaded), Check::new(name, Verdict::Ok, text))
        }
        Err(error) => {
            let text = error.to_string().lines().collect::<Vec<_>>().join("; ");
            (Setup::without_config(global), Check::new(name, Verdict::Error, text))
        }
    }
}

fn check_scope(global: &Global, setup: &Setup, kubeconfig: &KubeConfig) -> Check {
    match scope(global, &setup.config, kubeconfig) {
        Ok(scope) => {
            let names: Vec<&str> = scope.clusters.iter().map(|cluster| &*cluster.name).collect();
            let text = format!("{} to read: {}", names.len(), names.join(", "));
            let notes: Vec<String> = scope.notes.into_iter().chain(scope.unread).collect();
            let verdict = if notes.is_empty() { Verdict::Ok } else { Verdict::Warning };
            let text = [text].into_iter().chain(notes).collect::<Vec<_>>().join("; ");
            Check::new("clusters", verdict, text)
        }
        Err(error) => Check::new("clusters", Verdict::Error, error.to_string()),
    }
}

async fn check_kubectl(kubectl: &Kubectl) -> Check {
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

/// How clusters are read whose server's URL has a path; none where there are no such.
async fn check_paths(kubectl: &Kubectl, clusters: &[Cluster]) -> Option<Check> {
    let mut ways: BTreeMap<_, Vec<&str>> = BTreeMap::new();
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
        ways.entry(way).or_default().push(&cluster.name);
    }
    if ways.is_empty() {
        return None;
    }
    let text = |(way, names): (&&str, &Vec<&str>)| format!("{}: {way}", names.join(", "));
    let text = ways.iter().map(text).collect::<Vec<_>>().join("; ");
    Some(Check::new("server paths", Verdict::Ok, text))
}

/// The database of snapshots, which is left as it is.
fn check_history(setup: &Setup) -> Vec<Check> {
    let name = "history";
    let one = |verdict, text: String| vec![Check::new(name, verdict, text)];
    let configured = setup.config.history.path.as_deref();
    let path = match history::path(configured, &history::Env::current()) {
        Ok(path) => path,
        Err(error) => return one(Verdict::Error, error.to_string()),
    };
    let (found, look) = match history::inspect(&path) {
        Ok(look) => (format!("{}: {}", path.display(), snapshots::looked(&look)), Some(look)),
        Err(history::Error::Missing { .. }) => {
            let text = format!("none yet at {}; watchdog snapshot take begins one", path.display());
            (text, None)
        }
        Err(error) => {
            use history::Error;
            let verdict = match error {
                Error::Older { .. } => Verdict::Warning,
                _ => Verdict::Error,
            };
            // The others say it themselves.
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
    let (verdict, text) = match history::locked(&path) {
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

fn check_port(port: u16, forwards: &[ForwardStatus]) -> Check {
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
        // The program, not its arguments: they are somebody else's, and may hold a secret.
        Some(holder) => format!("held by pid {} ({})", holder.pid, holder.program()),
        None => error.to_string(),
    };
    let text = format!("127.0.0.1:{port}: {who}; the next free one will be used");
    Check::new(name, Verdict::Warning, text)
}

fn has_port(forward: &ForwardStatus, port: u16) -> bool {
    forward.ports.iter().any(|it| it.local == port)
}

/// The supervisor, if it runs, and its forwards.
async fn check_supervisor() -> (Check, Vec<ForwardStatus>) {
    let name = "supervisor";
    let ask = async {
        let Some(mut client) = connect_within(&Paths::from_env()?, PATIENCE).await? else {
            return Ok(None);
        };
        client.check_protocol()?;
        let info = client.info().clone();
        match client.request(&Request::List { names: Vec::new() }).await? {
            Reply::Forwards { forwards } => Ok(Some((info, forwards))),
            _ => Err(ClientError::Confused),
        }
    };
    // One that hangs must not hang this.
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

/// A `kubectl port-forward` below an init process was either started by it (a service) or left
/// behind by whoever started it: that cannot be told from outside.
fn check_strays() -> Check {
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

/// Whether the parent takes orphans in: the first process, or a user's systemd.
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
