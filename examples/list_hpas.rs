//! Lists the HPAs of every cluster of the kubeconfig, through the user's own kubectl.
//!
//! `cargo run --example list_hpas`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use anyhow::Result;
use watchdog::collect::{Collector, HpaRequest, collect_hpas};
use watchdog::config::{Clusters, Scope};
use watchdog::hpa::HpaNames;
use watchdog::kubectl::{KubeConfig, Kubectl, Selection, Settings, Sources, locate, select};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let collector = Collector::new(Kubectl::new(Settings::new(locate(None, None, None)?)));
    let kubeconfig = KubeConfig::from_files(&Sources::from_env(None))?;
    let scope = select(&kubeconfig, &Selection::default(), &Clusters::default())?;
    let request = HpaRequest { scope: Scope::default(), names: HpaNames::default() };
    for cluster in collect_hpas(&collector, &scope.clusters, &request).await? {
        for hpa in &cluster.hpas {
            println!(
                "{} {} {} {}/{} replicas",
                hpa.cluster, hpa.namespace, hpa.name, hpa.current_replicas, hpa.max_replicas
            );
        }
        if let Some(failure) = cluster.outcome.error {
            eprintln!("{}: {}", cluster.outcome.name, failure.message);
        }
    }
    Ok(())
}
