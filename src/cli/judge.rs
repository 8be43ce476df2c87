//! Findings that need nothing read on their account, for commands that list and explain HPAs.

use jiff::Timestamp;

use crate::findings::{Evaluation, Known, Need, Selection, Unknown, World, evaluate};
use crate::hpa::Hpa;
use crate::kube::Pod;
use crate::output::hpas::Judged;

/// One world a cluster, of HPAs that stand cluster by cluster.
pub(super) fn worlds(hpas: Vec<Hpa>) -> Vec<World> {
    let mut clusters: Vec<Vec<Hpa>> = Vec::new();
    for hpa in hpas {
        match clusters.last_mut() {
            Some(own) if own.first().is_some_and(|one| one.cluster == hpa.cluster) => own.push(hpa),
            _ => clusters.push(vec![hpa]),
        }
    }
    clusters.into_iter().map(World::of).collect()
}

/// Each HPA with what can be told of it from the HPAs of its cluster alone.
pub(super) fn judge(worlds: &[World], now: Timestamp) -> Vec<Judged<'_>> {
    // All rules: what needs more is not decided, but some can be told by what the controller says.
    let selection = Selection::all();
    let mut judged = Vec::new();
    for world in worlds {
        let subjects = world.subjects(now, &|_| Err(Unknown::NotRequested));
        let Evaluation { findings, .. } = evaluate(&subjects, &selection);
        let mut findings = findings.into_iter().peekable();
        for hpa in &world.hpas {
            // They come HPA by HPA, in the order of the subjects.
            let mut own = Vec::new();
            while let Some(finding) =
                findings.next_if(|f| f.namespace == hpa.namespace && f.hpa == hpa.name)
            {
                own.push(finding);
            }
            judged.push(Judged { hpa, user: None, findings: own });
        }
    }
    judged
}

/// What can be told of one HPA by itself, its target and its pods; and which pods these are.
pub(super) fn judge_one(world: &World, now: Timestamp) -> (Evaluation, Known<Vec<Pod>>) {
    let subjects = world.subjects(now, &|_| Err(Unknown::NotRequested));
    let mut evaluation = evaluate(&subjects, &Selection::all());
    // What was not asked for is no news.
    let asked = Selection::all().decided_by(&[Need::Target, Need::Pods]);
    evaluation.not_evaluated.retain(|one| asked.contains(one.id));
    let pods = subjects.first().map_or_else(
        || Ok(Vec::new()),
        |subject| subject.pods.clone().map(|pods| pods.iter().copied().cloned().collect()),
    );
    (evaluation, pods)
}
