//! A monitoring session in a program of one's own: every cluster of the kubeconfig is scanned at an
//! interval, and each cluster's Prometheus and Alertmanager is reachable through a port-forward.
//!
//! `WATCHDOG=target/debug/watchdog cargo run --example session [INTERVAL]`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::env;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use watchdog::collect::{Collector, collect_namespaces, probe_clusters};
use watchdog::config::{Clusters, Pattern, Scope, duration};
use watchdog::kubectl::{KubeConfig, Kubectl, Selection, Settings, Sources, locate, select};
use watchdog::session::{self, EndpointPlan, Event, Plan, ScannedHpa, State};
use watchdog::supervisor::{HoldOptions, KubectlRun, Launch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let interval = env::args().nth(1).map(|text| duration::parse(&text)).transpose()?;
    let interval = interval.unwrap_or(Duration::from_secs(30));

    // The clusters of the kubeconfig, and whether each can be reached.
    let kubeconfig = KubeConfig::from_files(&Sources::from_env(None))?;
    let clusters = select(&kubeconfig, &Selection::default(), &Clusters::default())?.clusters;
    let program = locate(None, None, None)?;
    let collector = Collector::new(Kubectl::new(Settings::new(program.clone())));
    for (cluster, failure) in probe_clusters(&collector, &clusters).await.failed() {
        eprintln!("{} cannot be reached: {}", cluster.name, failure.message);
    }

    // All namespaces but the excluded ones.
    let scope = Scope { excluded: vec![Pattern::parse("kube-*")?], ..Scope::default() };
    let namespaces = collect_namespaces(&collector, &clusters, &scope).await.items;
    println!("{} namespaces in {} clusters", namespaces.len(), clusters.len());

    // Forwards to each Prometheus and Alertmanager, held by a heartbeat every 5 s. The supervisor that
    // runs them is the watchdog program, which is started on demand.
    let watchdog = env::var_os("WATCHDOG").context("set WATCHDOG to the path of watchdog")?;
    let launch = Launch { program: Some(watchdog.into()), ..Launch::current() };
    let hold = HoldOptions { heartbeat: Duration::from_secs(5), ..HoldOptions::new(launch) };
    let endpoints = EndpointPlan::new(KubectlRun::new(program)?, hold);

    let mut plan = Plan::new(clusters, Arc::new(collector));
    plan.request.scope = scope;
    plan.interval = Some(interval);
    plan.endpoints = Some(endpoints);
    let (session, mut events) = session::start(plan);
    let state = session.state();
    loop {
        tokio::select! {
            event = events.next() => match event {
                Some(event) => print(&event, &state.borrow()),
                None => break,
            },
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    // Ends the forwards as well. They would also end with the process, however it ends.
    session.stop();
    Ok(())
}

fn print(event: &Event, state: &State) {
    match event {
        Event::Began(event) | Event::Present(event) => {
            println!("{}: {}", event.finding.place(), event.finding.message);
        }
        Event::Ended(event) => {
            println!("{}: {} has ended", event.finding.place(), event.finding.id);
        }
        Event::Endpoint(event) => {
            let endpoint = event.endpoint.as_deref().unwrap_or("not reachable");
            println!("{} of {}: {endpoint}: {}", event.role, event.cluster, event.message);
        }
        // A scan is complete: the state has every HPA with its target and findings.
        Event::Scan(scan) => {
            for hpa in state.hpas().map(ScannedHpa::hpa) {
                println!(
                    "{}/{}: {}/{} replicas",
                    hpa.namespace, hpa.name, hpa.current_replicas, hpa.desired_replicas
                );
            }
            for failure in scan.clusters.iter().filter_map(|cluster| cluster.error.as_ref()) {
                eprintln!("{failure}");
            }
        }
        _ => {}
    }
}
