//! The checks of the kubeconfig: its files, the names in them, entries that another file hides, and
//! which clusters are read.

use crate::collect::{Collector, probe_clusters, twins};
use crate::kubectl::{
    self, Clash, Cluster, KubeConfig, Kubectl, ScopeError, Selected, SingleFile, Sources,
};
use crate::output::clusters::same_cluster;
use crate::output::doctor::{Check, Verdict, names};
use crate::term::shown::shown;

const NAME: &str = "kubeconfig";

/// The maximum number of messages of one kind that are listed one by one.
const MOST: usize = 5;

/// Checks the contexts and the current one.
pub fn contexts(kubeconfig: &KubeConfig) -> Check {
    let files = kubeconfig.described_files();
    let count = kubeconfig.contexts.len();
    if count == 0 {
        return if kubectl::in_cluster() {
            Check::new(NAME, Verdict::Ok, "none: the pod's own service account")
        } else {
            Check::new(NAME, Verdict::Error, format!("no contexts in {files}"))
        };
    }
    let plural = if count == 1 { "" } else { "s" };
    match &kubeconfig.current {
        Some(current) if kubeconfig.contexts.contains_key(current) => {
            let text = format!("{files}: {count} context{plural}, current {current}");
            Check::new(NAME, Verdict::Ok, text)
        }
        Some(current) => {
            let text = format!("{files}: the current context {current} does not exist");
            Check::new(NAME, Verdict::Warning, text)
        }
        None => {
            Check::new(NAME, Verdict::Ok, format!("{files}: {count} context{plural}, none current"))
        }
    }
}

/// Checks the list of files for oddities.
pub fn files(sources: &Sources) -> Vec<Check> {
    let oddities: Vec<String> = sources.oddities().iter().map(ToString::to_string).collect();
    warnings(&oddities)
}

/// Checks for names that several files define, and for missing credential files.
pub async fn contents(
    sources: &Sources,
    kubectl: Option<&Kubectl>,
    kubeconfig: &KubeConfig,
) -> Vec<Check> {
    let files = SingleFile::read_each(sources, kubectl).await;
    let clashes: Vec<String> = Clash::among(&files).iter().map(ToString::to_string).collect();
    let missing: Vec<String> = kubeconfig
        .credentials
        .iter()
        .filter(|credential| !credential.path.exists())
        .map(|credential| {
            let path = credential.path.display();
            format!("{} names {path}, which does not exist", credential.of)
        })
        .collect();
    let mut checks = warnings(&clashes);
    checks.extend(warnings(&missing));
    checks
}

fn warnings(texts: &[String]) -> Vec<Check> {
    let mut checks: Vec<Check> = texts
        .iter()
        .take(MOST)
        .map(|text| Check::new(NAME, Verdict::Warning, text.as_str()))
        .collect();
    if texts.len() > MOST {
        let more = format!("and {} more of the kind", texts.len() - MOST);
        checks.push(Check::new(NAME, Verdict::Warning, more));
    }
    checks
}

/// Checks whether one cluster has several names, by what the API servers report.
pub async fn identities(collector: &Collector, clusters: &[Cluster]) -> Vec<Check> {
    const NAME: &str = "same cluster";
    let probes = probe_clusters(collector, clusters).await;
    let mut checks: Vec<Check> = twins(probes.identities())
        .iter()
        .map(|names| Check::new(NAME, Verdict::Warning, same_cluster(names)))
        .collect();
    let (known, all) = (probes.identities().count(), probes.clusters.len());
    if checks.is_empty() && known > 1 {
        let text = format!("none of the {known} clusters that were compared has two names");
        checks.push(Check::new(NAME, Verdict::Ok, text));
    }
    if known < all {
        let pairs = probes.clusters.iter().zip(&probes.items);
        let silent: Vec<String> = pairs
            .filter(|(_, probe)| probe.kube_system_uid.is_none())
            .map(|(outcome, _)| shown(&outcome.name))
            .collect();
        let text = format!(
            "not compared: {} (the namespace kube-system could not be read); see watchdog cluster test",
            names(&silent)
        );
        checks.push(Check::new(NAME, Verdict::Warning, text));
    }
    checks
}

/// Checks which clusters are read.
pub fn clusters(selected: &Result<Selected, ScopeError>) -> Check {
    const NAME: &str = "clusters";
    match selected {
        Ok(Selected { clusters, notes, unread }) => {
            let all: Vec<String> = clusters.iter().map(|cluster| shown(&cluster.name)).collect();
            let text = format!("{} to read: {}", all.len(), names(&all));
            let notes: Vec<String> = notes.iter().chain(unread).cloned().collect();
            let verdict = if notes.is_empty() { Verdict::Ok } else { Verdict::Warning };
            let text = [text].into_iter().chain(notes).collect::<Vec<_>>().join("; ");
            Check::new(NAME, verdict, text)
        }
        Err(error) => Check::new(NAME, Verdict::Error, error.to_string()),
    }
}
