//! From what was asked for to what the supervisor is told: one cluster, one namespace, one port.

use std::net::IpAddr;

use crate::cli::error::CommandError;
use crate::cli::flags::Global;
use crate::cli::setup::Setup;
use crate::config::target::{Addresses, Ports};
use crate::config::{Clusters, Forward, ForwardDefaults, Pattern};
use crate::kubectl::{self, Cluster, KubeConfig, Kubectl, Name, Selection};
use crate::supervisor::{Environment, KubectlRun, LocalPort, PortSpec, Spec};

use super::args::ForwardArgs;
use super::target::Wanted;

/// What the flags say of every forward.
pub(super) struct Wish<'a> {
    pub(super) args: &'a ForwardArgs,
    pub(super) name: Option<&'a str>,
    pub(super) local_port: Option<u16>,
}

/// The specifications of the forwards, and the kubectl that they will run.
pub(super) async fn specs(
    global: &Global,
    setup: &Setup,
    wanted: &[Wanted<'_>],
    wish: &Wish<'_>,
) -> Result<(Vec<Spec>, Kubectl), CommandError> {
    let found = setup.kubectl(global);
    let kubeconfig = setup.kubeconfig(global, &found).await?;
    let kubectl = found.map_err(CommandError::failed)?;
    let directory = std::env::current_dir().map_err(|error| {
        CommandError::failed(format!("cannot tell the current directory: {error}"))
    })?;
    let defaults = &setup.config.forward;
    let mut specs = Vec::new();
    for wanted in wanted {
        let (named, resource, ports) = match wanted {
            Wanted::Named(forward) => (Some(*forward), &forward.resource, forward.all_ports()),
            Wanted::Target(resource, ports) => (None, resource, ports.clone()),
        };
        let ports = local_ports(setup, wish, named.is_some(), &ports)?;
        let addresses = wish.args.addresses();
        let addresses = addresses.or_else(|| named.and_then(|it| it.address.as_ref()).cloned());
        let cluster = cluster(global, setup, &kubeconfig, named)?;
        let namespace = wish.args.namespace.clone();
        let namespace = namespace.or_else(|| named.and_then(|forward| forward.namespace.clone()));
        let namespace = match namespace.or_else(|| own_namespace(&cluster)) {
            Some(namespace) => namespace,
            None => "default".to_owned(),
        };
        // The config and the flags are checked already; a kubeconfig's namespace is not.
        let namespace = Name::parse(&namespace)
            .map_err(|error| CommandError::failed(format!("namespace: {error}")))?;
        let idle = wish.args.idle.or_else(|| named.and_then(|forward| forward.idle));
        let idle = idle.unwrap_or(defaults.idle);
        let run = KubectlRun {
            kubectl: kubectl.program().to_owned(),
            kubeconfig: global.kubeconfig.clone(),
            directory: directory.clone(),
            environment: environment(named),
        };
        let settings = ForwardDefaults {
            idle,
            isolate: wish.args.isolate.unwrap_or(defaults.isolate),
            pod_selection: wish.args.pod_selection.unwrap_or(defaults.pod_selection),
            retry_idempotent: wish.args.retry_idempotent || defaults.retry_idempotent,
            keepalive: wish.args.keepalive.unwrap_or(defaults.keepalive),
            ..defaults.clone()
        };
        let spec = Spec::new(&cluster, namespace, resource.clone(), ports, &settings, run);
        let name = wish.name.map(str::to_owned);
        specs.push(Spec {
            name: name.or_else(|| named.map(|forward| forward.name.clone())),
            addresses: addresses.map_or(spec.addresses, |addresses| addresses.0),
            ..spec
        });
    }
    warn_of_exposure(setup, &specs);
    Ok((specs, kubectl))
}

/// The ports, with where each is to be had: as the flag or its own word says, else the first that is
/// free.
fn local_ports(
    setup: &Setup,
    wish: &Wish<'_>,
    named: bool,
    ports: &[Ports],
) -> Result<Vec<PortSpec>, CommandError> {
    if wish.local_port.is_some() && ports.len() > 1 {
        let text = "--local-port is for one port; with several, write LOCAL:REMOTE for each";
        return Err(CommandError::usage(text));
    }
    let local = |port: &Ports| match (wish.local_port, port.local) {
        (Some(flag), Some(word)) if flag != word && !named => Err(CommandError::usage(format!(
            "--local-port {flag} and {word}:{} name two local ports",
            port.remote
        ))),
        (Some(port), _) | (None, Some(port)) => Ok(LocalPort::Exact(port)),
        (None, None) => Ok(LocalPort::From(setup.config.forward.local_port)),
    };
    let port = |port: &Ports| Ok(PortSpec { remote: port.remote.clone(), local: local(port)? });
    ports.iter().map(port).collect()
}

/// Says, once, what can be reached from other machines.
fn warn_of_exposure(setup: &Setup, specs: &[Spec]) {
    let exposed: Vec<String> = specs
        .iter()
        .filter(|spec| !spec.addresses.iter().all(IpAddr::is_loopback))
        .map(|spec| format!("{} listens on {}", spec.title(), Addresses(spec.addresses.clone())))
        .collect();
    if !exposed.is_empty() {
        setup.messages.warning(&format!(
            "{}: anyone who can reach this machine can reach the cluster through it, without a login",
            exposed.join(", ")
        ));
    }
}

/// This process's, with what the configuration gives the forward.
fn environment(named: Option<&Forward>) -> Environment {
    let mut environment = Environment::current();
    let given = named.into_iter().flat_map(|forward| &forward.environment);
    environment.0.extend(given.map(|(name, value)| (name.into(), value.into())));
    environment
}

/// The one cluster that is meant: the flags', else the config's, else the current context's.
fn cluster(
    global: &Global,
    setup: &Setup,
    kubeconfig: &KubeConfig,
    named: Option<&Forward>,
) -> Result<Cluster, CommandError> {
    let by_flag = global.current || !global.context.is_empty() || !global.cluster.is_empty();
    let named = named.filter(|_| !by_flag);
    let selection = choose(global, by_flag, named);
    let unasked = selection.current && !global.current;
    if unasked && kubeconfig.contexts.is_empty() && kubectl::in_cluster() {
        return Ok(Cluster::own_pod());
    }
    // What the config leaves out of lists can be forwarded to all the same.
    match kubectl::select(kubeconfig, &selection, &Clusters::default()) {
        Ok(mut scope) if scope.clusters.len() == 1 => {
            for note in &scope.unread {
                setup.messages.note(note);
            }
            Ok(scope.clusters.remove(0))
        }
        Ok(scope) => {
            let all: Vec<&str> = scope.clusters.iter().map(|cluster| &*cluster.context).collect();
            let all = all.join(", ");
            Err(CommandError::usage(format!(
                "several clusters match ({all}): choose one with --context"
            )))
        }
        Err(error) if named.is_some_and(|forward| selection_of(forward).is_some()) => {
            let name = named.map(|forward| forward.name.as_str()).unwrap_or_default();
            Err(CommandError::failed(format!("forward {name:?} of the config: {error}")))
        }
        Err(error) => Err(CommandError::from(error)),
    }
}

fn choose(global: &Global, by_flag: bool, named: Option<&Forward>) -> Selection {
    if by_flag {
        return Selection {
            contexts: global.context.clone(),
            clusters: global.cluster.clone(),
            current: global.current,
        };
    }
    named
        .and_then(selection_of)
        .unwrap_or_else(|| Selection { current: true, ..Selection::default() })
}

fn selection_of(forward: &Forward) -> Option<Selection> {
    let exact = |name: &Option<String>| name.iter().map(Pattern::exact).collect::<Vec<_>>();
    (forward.context.is_some() || forward.cluster.is_some()).then(|| Selection {
        contexts: exact(&forward.context),
        clusters: exact(&forward.cluster),
        current: false,
    })
}

/// The context's namespace; inside a pod, the pod's own, as for kubectl.
fn own_namespace(cluster: &Cluster) -> Option<String> {
    const POD: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";
    let pods = || std::fs::read_to_string(POD).ok().map(|text| text.trim().to_owned());
    let namespace = cluster.namespace.clone();
    namespace.or_else(|| cluster.in_cluster.then(pods).flatten()).filter(|name| !name.is_empty())
}
