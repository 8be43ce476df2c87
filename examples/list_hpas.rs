//! Lists the HPAs of every cluster of the kubeconfig, through the user's own kubectl.
//!
//! `cargo run --example list_hpas`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints")]

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::Semaphore;
use watchdog::collect::{Collector, HpaRequest, NamespaceFilter, collect_hpas};
use watchdog::config::{Clusters, Lists};
use watchdog::kubectl::{KubeConfig, Kubectl, Selection, Settings, Sources, locate, select};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let kubectl = Kubectl::new(Settings {
        program: locate(None, None, None)?,
        kubeconfig: None,
        timeout: Duration::from_secs(30),
        retries: 2,
        versions: None,
        go_is_tuned: false,
    });
    let kubeconfig = KubeConfig::from_files(&Sources::from_env(None))?;
    let scope = select(&kubeconfig, &Selection::default(), &Clusters::default())?;
    let collector = Collector {
        kubectl,
        lists: Lists::default(),
        slots: Arc::new(Semaphore::new(16)),
        observer: Arc::new(()),
    };
    let request = HpaRequest { namespaces: NamespaceFilter::All, label_selector: None, name: None };
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
