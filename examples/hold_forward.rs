//! Holds a port-forward for as long as this program runs, and prints its local endpoint.
//!
//! `cargo run --example hold_forward -- NAMESPACE TYPE/NAME PORT`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::env;

use anyhow::{Context as _, Result};
use watchdog::config::target::{ForwardTarget, RemotePort};
use watchdog::config::{Clusters, ForwardDefaults};
use watchdog::kubectl::{KubeConfig, Name, Selection, Sources, locate, select};
use watchdog::supervisor::{
    Hold, HoldEvent, HoldOptions, KubectlRun, Launch, LocalPort, Paths, PortSpec, Spec,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let mut argument = |what: &str| arguments.next().with_context(|| format!("{what} is missing"));
    let (namespace, resource, port) =
        (argument("NAMESPACE")?, argument("TYPE/NAME")?, argument("PORT")?);

    let kubeconfig = KubeConfig::from_files(&Sources::from_env(None))?;
    let current = Selection { current: true, ..Selection::default() };
    let scope = select(&kubeconfig, &current, &Clusters::default())?;
    let cluster = scope.clusters.first().context("no cluster")?;
    let (namespace, resource) = (Name::parse(&namespace)?, ForwardTarget::parse(&resource)?);
    let remote = RemotePort::parse(&port)?;
    let ports = vec![PortSpec { remote, local: LocalPort::From(55553) }];
    let run = KubectlRun::new(locate(None, None, None)?)?;
    let settings = ForwardDefaults::default();
    let spec = Spec::new(cluster, namespace, resource, ports, &settings, run);

    // The supervisor is the watchdog program: it is started on demand.
    let program = env::var_os("WATCHDOG").context("set WATCHDOG to the path of watchdog")?;
    let launch = Launch { program: Some(program.into()), ..Launch::current() };
    let mut hold = Hold::start(Paths::from_env()?, vec![spec], HoldOptions::new(launch)).await?;
    for forward in hold.statuses() {
        println!("{}", forward.endpoint);
    }
    while hold.outcome().is_none() {
        tokio::select! {
            event = hold.next() => match event {
                HoldEvent::SupervisorLost => hold.reconnect().await?,
                HoldEvent::Forward(event) => eprintln!("{}: {}", event.name, event.message),
                HoldEvent::Refreshed => {}
            },
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    hold.release().await;
    Ok(())
}
