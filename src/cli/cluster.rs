//! `watchdog cluster list | test`

use clap::Subcommand;
use jiff::Timestamp;

use super::emit::emit_list;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, Listing};
use super::setup::{Reading, Setup};
use super::signals::{ending_early, interruptible};
use crate::collect::{Probe, Stop, probe_clusters, unexpected_twins};
use crate::config::Clusters;
use crate::kubectl::{
    Clash, Deadline, KubeConfig, ListedContext, Oddity, Selected, SingleFile, Sources,
};
use crate::output::Document;
use crate::output::clusters;

/// `watchdog cluster …`
#[derive(Debug, Subcommand)]
pub enum ClusterCommand {
    /// Contexts of the kubeconfig: cluster, server, current, selected
    #[command(visible_alias = "ls")]
    List {
        /// Output format
        #[arg(short, long, value_enum, default_value_t = Listing::Table)]
        output: Listing,
    },
    /// Ask each API server for its version and readiness
    Test {
        /// Output format
        #[arg(short, long, value_enum, default_value_t = Listing::Table)]
        output: Listing,
    },
}

/// Without `--deadline`, a test of all clusters takes at most this many call timeouts.
const TIMEOUTS_OF_A_TEST: u32 = 20;

pub(super) async fn run(global: &Global, command: ClusterCommand) -> Result<Exit, CommandError> {
    match command {
        ClusterCommand::List { output } => interruptible(list(global, output)).await,
        ClusterCommand::Test { output } => ending_early(|stop| test(global, output, stop)).await,
    }
}

/// Lists the contexts of the kubeconfig, or those named by flags, and which of them are read.
async fn list(global: &Global, format: Listing) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let kubectl = setup.kubectl(global);
    let kubeconfig = setup.kubeconfig(global, &kubectl).await?;
    let selected = match setup.select(global, &kubeconfig) {
        Ok(selected) => selected,
        // If the configuration excludes all clusters, their contexts are listed all the same.
        Err(error) if error.is_usage() || kubeconfig.contexts.is_empty() => {
            return Err(CommandError::from(error));
        }
        Err(error) => {
            setup.messages.note(&error.to_string());
            Selected::default()
        }
    };
    let sources = Sources::from_env(global.kubeconfig.clone());
    for clash in Clash::among(&SingleFile::read_each(&sources, kubectl.as_ref().ok()).await) {
        setup.messages.note(&clash.to_string());
    }
    for oddity in sources.oddities() {
        if matches!(oddity, Oddity::Missing(_) | Oddity::Unexpanded(..)) {
            setup.messages.note(&format!("KUBECONFIG: {oddity}"));
        }
    }
    for note in unused_aliases(&setup.config.clusters, &kubeconfig) {
        setup.messages.note(&note);
    }
    let contexts = ListedContext::list(
        &kubeconfig,
        &setup.selection(global, &kubeconfig)?,
        &selected,
        &setup.config.clusters,
    );
    let document = Document {
        kind: "ClusterList",
        taken_at: None,
        clusters: None,
        key: "clusters",
        items: &contexts,
    };
    let table = |width| Some(clusters::contexts(&contexts, setup.style, width));
    emit_list(&setup, format, &document, table, || clusters::context_names(&contexts))?;
    Ok(Exit::Done)
}

/// The aliases that stand for nothing, or for another cluster.
fn unused_aliases(config: &Clusters, kubeconfig: &KubeConfig) -> Vec<String> {
    let is_known = |name: &str| {
        kubeconfig.contexts.contains_key(name)
            || kubeconfig.contexts.values().any(|it| it.cluster == name)
    };
    let unused = |(name, alias): (&String, &String)| {
        if !is_known(name) {
            let text = format!("clusters.aliases: no cluster or context is named {name} ({alias})");
            return Some(text);
        }
        let text =
            || format!("clusters.aliases: {alias} of {name} is not used: a cluster is named so");
        kubeconfig.contexts.values().any(|it| it.cluster == *alias).then(text)
    };
    config.aliases.iter().filter_map(unused).collect()
}

async fn test(global: &Global, format: Listing, stop: Stop) -> Result<Exit, CommandError> {
    let mut reading = Reading::new(global).await?;
    reading.collector.stop = stop;
    // Each cluster that does not answer costs a timeout: limit the total for a large fleet.
    let kubectl = &mut reading.collector.kubectl;
    if kubectl.deadline().is_none() {
        let limit = kubectl.timeout().saturating_mul(TIMEOUTS_OF_A_TEST);
        *kubectl = kubectl.clone().until(Some(Deadline::after(limit)));
    }
    let probes = probe_clusters(&reading.collector, &reading.clusters).await;
    reading.done();
    let setup = &reading.setup;
    let document = Document {
        kind: "ClusterTest",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "clusters",
        items: &clusters::tested(&probes),
    };
    let table = |width| Some(clusters::tests(&probes, setup.style, width));
    emit_list(setup, format, &document, table, || clusters::names(&probes))?;
    let exit = reading.report(&probes);
    for names in unexpected_twins(&reading.clusters, probes.identities()) {
        setup.messages.note(&clusters::same_cluster(&names));
    }
    let unready = |probe: &Probe| probe.ready == Some(false);
    Ok(if exit == Exit::Done && probes.items.iter().any(unready) { Exit::Failed } else { exit })
}
