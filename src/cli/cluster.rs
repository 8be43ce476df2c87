//! `watchdog cluster list | test`

use jiff::Timestamp;

use super::args::{ClusterCommand, Global, Listing};
use super::exit::Exit;
use super::setup::{Reading, Setup, scope};
use crate::collect::{Probe, probe_clusters};
use crate::kubectl::{Deadline, KubeConfig, Scope};
use crate::output::clusters::{self, ContextRow};
use crate::output::{Document, stdout};

/// Without `--deadline`, a test of all clusters takes no longer than so many calls that are not answered.
const TIMEOUTS_OF_A_TEST: u32 = 20;

pub(super) async fn run(global: &Global, command: ClusterCommand) -> Exit {
    let result = match command {
        ClusterCommand::List { output } => list(global, output).await,
        ClusterCommand::Test { output } => test(global, output).await,
    };
    result.unwrap_or_else(|exit| exit)
}

/// Every context of the kubeconfig, or those that the flags name, and which of them are read.
async fn list(global: &Global, form: Listing) -> Result<Exit, Exit> {
    let setup = Setup::new(global)?;
    let kubectl = setup.kubectl(global);
    let kubeconfig = setup.kubeconfig(global, &kubectl).await?;
    let chosen = match scope(global, &setup.config, &kubeconfig) {
        Ok(scope) => scope,
        // A kubeconfig whose clusters are all excluded is a list all the same.
        Err(error) if error.is_usage() || kubeconfig.contexts.is_empty() => {
            return Err(setup.scope_failed(&error));
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
        Listing::Name => setup.print(clusters::context_names(&rows).as_bytes())?,
        Listing::Json => setup.print_document(document.json())?,
        Listing::Yaml => setup.print_document(document.yaml())?,
    }
    Ok(Exit::Done)
}

fn rows(global: &Global, kubeconfig: &KubeConfig, chosen: &Scope) -> Vec<ContextRow> {
    let named = |patterns: &[crate::config::Pattern], name: &str| {
        patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(name))
    };
    let current = kubeconfig.current.as_deref();
    let asked = kubeconfig.contexts.values().filter(|context| {
        named(&global.context, &context.name)
            && named(&global.cluster, &context.cluster)
            && (!global.current || current == Some(context.name.as_str()))
    });
    asked
        .map(|context| {
            let server = kubeconfig.clusters.get(&context.cluster).cloned();
            let by = chosen.clusters.iter().find(|cluster| *cluster.name == *context.cluster);
            let selected = by.is_some_and(|cluster| *cluster.context == *context.name);
            let reason = match (selected, &server, by) {
                (true, ..) => None,
                (_, None, _) => Some("the kubeconfig does not have its cluster".to_owned()),
                (_, _, Some(by)) => Some(format!("by context {}", by.context)),
                (_, _, None) => Some("left out by the configuration".to_owned()),
            };
            ContextRow {
                name: context.cluster.clone(),
                context: context.name.clone(),
                server,
                namespace: context.namespace.clone(),
                current: current == Some(context.name.as_str()),
                selected,
                reason,
            }
        })
        .collect()
}

async fn test(global: &Global, form: Listing) -> Result<Exit, Exit> {
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
        Listing::Name => setup.print(clusters::names(&probes).as_bytes())?,
        Listing::Json => setup.print_document(document.json())?,
        Listing::Yaml => setup.print_document(document.yaml())?,
    }
    let exit = reading.report(&probes);
    let unready = |probe: &Probe| probe.ready == Some(false);
    Ok(if exit == Exit::Done && probes.items.iter().any(unready) { Exit::Failed } else { exit })
}
