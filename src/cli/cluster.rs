//! `watchdog cluster list | test`

use std::collections::HashMap;

use clap::Subcommand;
use jiff::Timestamp;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, Listing};
use super::print::{print, print_document};
use super::setup::{Reading, Setup, joined, scope, selection, single_files};
use super::signals::interruptible;
use crate::collect::{Collected, Probe, probe_clusters};
use crate::kubectl::{Clash, Cluster, Context, Deadline, KubeConfig, Scope};
use crate::output::Document;
use crate::output::clusters::{self, ContextRow};
use crate::term::stdout;

/// `watchdog cluster …`
#[derive(Debug, Subcommand)]
pub enum ClusterCommand {
    /// Contexts of the kubeconfig: cluster, server, current, selected
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

/// Without `--deadline`, a test of all clusters takes no longer than so many calls that are not answered.
const TIMEOUTS_OF_A_TEST: u32 = 20;

pub(super) async fn run(global: &Global, command: ClusterCommand) -> Result<Exit, CommandError> {
    match command {
        ClusterCommand::List { output } => interruptible(list(global, output)).await,
        ClusterCommand::Test { output } => interruptible(test(global, output)).await,
    }
}

/// Every context of the kubeconfig, or those that the flags name, and which of them are read.
async fn list(global: &Global, form: Listing) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let kubectl = setup.kubectl(global);
    let kubeconfig = setup.kubeconfig(global, &kubectl).await?;
    let chosen = match scope(global, &setup.config, &kubeconfig) {
        Ok(scope) => scope,
        // A kubeconfig whose clusters are all excluded is a list all the same.
        Err(error) if error.is_usage() || kubeconfig.contexts.is_empty() => {
            return Err(CommandError::from(error));
        }
        Err(error) => {
            setup.messages.note(&error.to_string());
            Scope::default()
        }
    };
    let rows: Vec<ContextRow> = if kubeconfig.contexts.is_empty() {
        // Inside a pod: one cluster, without a context of a kubeconfig.
        let own = chosen.clusters.iter();
        own.map(|cluster| ContextRow {
            name: cluster.name.to_string(),
            context: cluster.context.to_string(),
            user: None,
            server: Some(cluster.server.clone()),
            namespace: None,
            current: true,
            selected: true,
            reason: None,
        })
        .collect()
    } else {
        rows(global, &kubeconfig, &chosen)
    };
    for clash in Clash::among(&single_files(global, &setup, &kubectl).await) {
        setup.messages.note(&clash.to_string());
    }
    let document = Document {
        kind: "ClusterList",
        taken_at: None,
        clusters: None,
        key: "clusters",
        items: &rows,
    };
    match form {
        Listing::Table => {
            let width = stdout::terminal_width();
            setup.print_table(&clusters::contexts(&rows, setup.style, width))?;
        }
        Listing::Name => print(clusters::context_names(&rows).as_bytes())?,
        Listing::Json => print_document(document.json())?,
        Listing::Yaml => print_document(document.yaml())?,
    }
    Ok(Exit::Done)
}

fn rows(global: &Global, kubeconfig: &KubeConfig, chosen: &Scope) -> Vec<ContextRow> {
    let selection = selection(global, kubeconfig);
    let current = kubeconfig.current.as_deref();
    let is_current = |context: &Context| current == Some(context.name.as_str());
    let mut by_entry: HashMap<&str, Vec<&Cluster>> = HashMap::new();
    for cluster in &chosen.clusters {
        by_entry.entry(&cluster.entry).or_default().push(cluster);
    }
    let contexts = kubeconfig.contexts.values();
    let asked = contexts.filter(|context| selection.means(context, is_current(context)));
    let mut rows: Vec<ContextRow> = asked
        .map(|context| {
            let server = kubeconfig.clusters.get(&context.cluster).cloned();
            let by = by_entry.get(context.cluster.as_str()).map_or(&[][..], Vec::as_slice);
            let selected = by.iter().any(|cluster| *cluster.context == *context.name);
            let reason = match (selected, &server, by.first()) {
                (true, ..) => None,
                (_, None, _) => Some("the kubeconfig does not have its cluster".to_owned()),
                (_, _, Some(by)) if *by.user == *context.user => {
                    Some(format!("by context {}", by.context))
                }
                (_, _, Some(by)) => Some(format!("by context {}, as user {}", by.context, by.user)),
                (_, _, None) => Some("left out by the configuration".to_owned()),
            };
            ContextRow {
                name: context.cluster.clone(),
                context: context.name.clone(),
                user: Some(context.user.clone()).filter(|user| !user.is_empty()),
                server,
                namespace: context.namespace.clone(),
                current: is_current(context),
                selected,
                reason,
            }
        })
        .collect();
    rows.sort_by(|a, b| a.context.cmp(&b.context));
    rows
}

async fn test(global: &Global, form: Listing) -> Result<Exit, CommandError> {
    let mut reading = Reading::new(global).await?;
    // Of a fleet that does not answer each cluster costs a timeout.
    let kubectl = &mut reading.collector.kubectl;
    if kubectl.deadline().is_none() {
        let limit = kubectl.timeout().saturating_mul(TIMEOUTS_OF_A_TEST);
        *kubectl = kubectl.clone().until(Some(Deadline::after(limit)));
    }
    let probes = probe_clusters(&reading.collector, &reading.clusters).await;
    reading.done();
    let setup = &reading.setup;
    let tested = clusters::tested(&probes);
    let document = Document {
        kind: "ClusterTest",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "clusters",
        items: &tested,
    };
    match form {
        Listing::Table => {
            let width = stdout::terminal_width();
            setup.print_table(&clusters::tests(&probes, setup.style, width))?;
        }
        Listing::Name => print(clusters::names(&probes).as_bytes())?,
        Listing::Json => print_document(document.json())?,
        Listing::Yaml => print_document(document.yaml())?,
    }
    let exit = reading.report(&probes);
    for names in reading.twins(same(&probes)) {
        setup.messages.note(&one_cluster(&names));
    }
    let unready = |probe: &Probe| probe.ready == Some(false);
    Ok(if exit == Exit::Done && probes.items.iter().any(unready) { Exit::Failed } else { exit })
}

/// The clusters that said who they are.
pub(super) fn same(probes: &Collected<Probe>) -> impl Iterator<Item = (&str, &str)> {
    let asked = probes.clusters.iter().zip(&probes.items);
    asked.filter_map(|(outcome, probe)| Some((&*outcome.name, probe.kube_system_uid.as_deref()?)))
}

/// That several names stand for one cluster.
pub(super) fn one_cluster(names: &[&str]) -> String {
    format!(
        "{} are one cluster (kube-system has the same uid); leave all but one out with \
         clusters.exclude in the configuration",
        joined(names)
    )
}
