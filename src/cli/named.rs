//! HPAs named on the command line: which clusters they are in, and what is said of those not found.

use std::time::Duration;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::setup::{Reading, Setup};
use crate::check::{NamedWorkload, Unfound};
use crate::collect::{Collector, HpaRequest, collect_hpas};
use crate::config::{Clusters, Pattern, Scope};
use crate::hpa::{Hpa, HpaName, HpaNames};
use crate::kubectl::{Called, Cluster, Deadline, KubeConfig, Selected, Selection};

/// How long other HPAs may be read for a suggestion.
const PATIENCE: Duration = Duration::from_secs(5);

/// The clusters to read for these names, and the names with their clusters. If all names have a cluster, only
/// these clusters are read, even those that the configuration leaves out.
pub(super) fn select(
    setup: &Setup,
    global: &Global,
    kubeconfig: &KubeConfig,
    names: &[HpaName],
) -> Result<(Selected, HpaNames), CommandError> {
    let scope = global.namespaces.scope(&setup.config.namespaces).without_exclusions();
    let mut names = names.to_vec();
    let mut selection = setup.selection(global, kubeconfig)?;
    let config = &setup.config.clusters;
    let mut contexts = Vec::new();
    for part in names.iter().filter_map(HpaName::cluster) {
        if kubeconfig.contexts.is_empty() {
            continue;
        }
        match (kubeconfig.called(part, config), glob(part)) {
            (Ok(called), _) => contexts.push(Pattern::exact(called.context.name.clone())),
            // Of the clusters that are read without a name.
            (Err(_), Some(glob)) => {
                let chosen = Selected::of(kubeconfig, &selection, config)?.clusters;
                let matching = chosen.iter().filter(|it| is_matched(&glob, it, config));
                contexts.extend(matching.map(|it| Pattern::exact(it.context.to_string())));
            }
            (Err(error), None) => return Err(error.into()),
        }
    }
    contexts.dedup();
    let all_named = !names.is_empty() && names.iter().all(|name| name.cluster().is_some());
    if selection.is_empty() && all_named && !contexts.is_empty() {
        selection = Selection { contexts, ..selection };
    }
    let mut chosen = Selected::of(kubeconfig, &selection, config)?;
    for name in &mut names {
        let Some(part) = name.cluster() else { continue };
        let (called, glob) = (kubeconfig.called(part, config).ok(), glob(part));
        let is_meant = |cluster: &&Cluster| match called {
            Some(Called { context, is_context: true }) => *cluster.context == *context.name,
            Some(Called { context, .. }) => *cluster.entry == *context.cluster,
            None if glob.is_some() => {
                glob.as_ref().is_some_and(|it| is_matched(it, cluster, config))
            }
            // Without a kubeconfig: the cluster of this pod.
            None => *cluster.name == *part,
        };
        let meant = chosen.clusters.iter().filter(is_meant);
        let called: Vec<_> = meant.map(|cluster| cluster.name.clone()).collect();
        if called.is_empty() && glob.is_some() {
            return Err(CommandError::usage(format!("no cluster matches {part:?}, as in {name}")));
        }
        if called.is_empty() {
            let by = if selection.is_empty() { "the configuration" } else { "the command line" };
            let text = format!("{by} leaves out cluster {part:?}, in which {name} is");
            return Err(CommandError::usage(text));
        }
        name.resolve(called);
    }
    if all_named {
        chosen.clusters.retain(|cluster| names.iter().any(|name| name.is_in(&cluster.name)));
    }
    let names = HpaNames::new(names);
    let outside = names.outside(&scope).filter(|it| NamedWorkload::kind(it).is_none());
    if let Some(outside) = outside {
        let text = format!("{outside} is not{}, which -n selects", scope.in_namespaces());
        return Err(CommandError::usage(text));
    }
    Ok((chosen, names))
}

/// The part of a name as a pattern for several clusters; none if it is a plain name.
fn glob(part: &str) -> Option<Pattern> {
    Pattern::parse(part).ok().filter(|it| !it.is_exact())
}

fn is_matched(glob: &Pattern, cluster: &Cluster, config: &Clusters) -> bool {
    let names = [&*cluster.name, &*cluster.entry, &*cluster.context];
    names.into_iter().chain(config.alias(&names)).any(|name| glob.matches(name))
}

/// How the command ends, after `exit` so far: each HPA that was named but not found is an error, unless it may
/// be in what could not be read. `found` are the HPAs that were found.
pub(super) async fn conclude(reading: &Reading, scope: &Scope, found: &[&Hpa], exit: Exit) -> Exit {
    if exit != Exit::Done {
        return exit;
    }
    let unfound = unfound(reading, scope, found).await;
    for error in &unfound {
        reading.setup.messages.error(error);
    }
    if unfound.is_empty() { exit } else { Exit::Failed }
}

/// An error for each HPA that was named and not found, with what may have been meant.
pub(super) async fn unfound(reading: &Reading, scope: &Scope, found: &[&Hpa]) -> Vec<String> {
    let missing = reading.names.missing(found);
    if missing.is_empty() {
        return Vec::new();
    }
    let hpas = existing(reading).await;
    let existing: Vec<_> = hpas.iter().map(|hpa| (&*hpa.namespace, &*hpa.name)).collect();
    let error = |name| match NamedWorkload::of(name, scope, &hpas) {
        Some(workload) => workload.to_string(),
        None => Unfound::new(name, scope, &existing).among(&reading.names).to_string(),
    };
    missing.into_iter().map(error).collect()
}

/// The collector, with little time.
fn briefly(reading: &Reading) -> Collector {
    let mut collector = reading.collector.clone();
    if collector.kubectl.deadline().is_none() {
        collector.kubectl = collector.kubectl.until(Some(Deadline::after(PATIENCE)));
    }
    collector
}

/// All HPAs that can be read in a short time.
async fn existing(reading: &Reading) -> Vec<Hpa> {
    let request = HpaRequest { scope: Scope::default(), names: HpaNames::default() };
    let read = collect_hpas(&briefly(reading), &reading.clusters, &request).await;
    read.unwrap_or_default().into_iter().flat_map(|cluster| cluster.hpas).collect()
}
