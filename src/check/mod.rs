//! The decisions of `watchdog hpa check` and of the other commands that judge HPAs: which earlier
//! readings are needed, how a cluster is judged, and whether the report is a failure. Pure except
//! for reading the history.

mod absent;
mod baseline_paths;
mod no_hpa;
mod observed;
mod readings;
mod report;
mod unfound;
mod usage;

use std::sync::Arc;

use jiff::Timestamp;

use crate::collect::ClusterWorld;
use crate::findings::{
    Baseline, Evaluation, Judged, Known, Need, Rule, Selection, Severity, Subject, Unknown, World,
    evaluate,
};
use crate::history::{Pasts, Store};
use crate::kube::Pod;
use crate::manifests::Manifests;

pub use absent::{Absent, without_hpas};
pub use baseline_paths::BaselinePaths;
pub use no_hpa::NoHpa;
pub use observed::{Lacking, ObservedPasts, lacking_readings};
pub use readings::{needs_history, open_history, read_pasts};
pub use report::{ClusterReport, ForeignBaseline, Hidden, Report};
pub use unfound::{NamedWorkload, Unfound};
pub use usage::{HpaUsage, usages};

/// The rules of a check, and which of their findings count.
#[derive(Clone, Debug)]
pub struct Criteria<'a> {
    /// The selected rules, without ignored ones.
    pub selection: Selection,
    /// Rules that were selected by their ids. The check is incomplete if such a rule could not be
    /// decided for any HPA of a cluster.
    pub required: &'a [&'static Rule],
    /// Accepted findings: they are counted, but not reported.
    pub baseline: Option<&'a Baseline>,
    /// The least severity that is a failure; none if no finding is one.
    pub fail_on: Option<Severity>,
    /// The least severity that is shown.
    pub shown: Severity,
}

/// Judges clusters with their histories, one cluster after the other, so that only one history is
/// in memory.
pub fn check<'a>(
    worlds: &'a [ClusterWorld],
    history: &Known<Store>,
    criteria: &Criteria<'_>,
    now: Timestamp,
) -> Report<'a> {
    check_observed(worlds, history, &ObservedPasts::default(), criteria, now)
}

/// As [`check`], with what Prometheus has of HPAs of which the history has nothing.
pub fn check_observed<'a>(
    worlds: &'a [ClusterWorld],
    history: &Known<Store>,
    observed: &ObservedPasts,
    criteria: &Criteria<'_>,
    now: Timestamp,
) -> Report<'a> {
    let mut unread_history = None;
    let judge = |world: &'a ClusterWorld| {
        let mut kept = Pasts::default();
        let pasts = match history {
            Ok(store) => read_pasts(&mut kept, store, world, &criteria.selection, now)
                .unwrap_or_else(|error| Err(readings::unreadable(&error))),
            Err(why) => Err(why.clone()),
        };
        if let Err(Unknown::Failed(why)) = &pasts {
            unread_history = Some(Arc::clone(why));
        }
        (&world.outcome, judge(world, &pasts, observed, &criteria.selection, now))
    };
    let report = Report::new(worlds.iter().map(judge), criteria, now);
    Report { unread_history, ..report }
}

/// Judges the HPAs of manifests by the rules that need no cluster.
pub fn check_manifests<'a>(
    manifests: &'a Manifests,
    criteria: &Criteria<'_>,
    now: Timestamp,
) -> Report<'a> {
    let (selection, undecidable) = criteria.selection.of_manifests();
    let judge = |world: &'a ClusterWorld| {
        let mut evaluation =
            judge(world, &Err(Unknown::NeedsCluster), &ObservedPasts::default(), &selection, now);
        evaluation.need_cluster(&undecidable);
        let judged = evaluation.hpas.iter_mut();
        for finding in judged.flat_map(|judged| &mut judged.findings) {
            finding.location = manifests.location(finding);
        }
        (&world.outcome, evaluation)
    };
    let report = Report::new(manifests.worlds.iter().map(judge), criteria, now);
    let Manifests { problems, files, .. } = manifests;
    Report { is_offline: true, problems, files: *files, ..report }
}

/// Judges the requested HPAs of a cluster.
fn judge<'a>(
    world: &'a ClusterWorld,
    pasts: &Known<&Pasts>,
    observed: &ObservedPasts,
    selection: &Selection,
    now: Timestamp,
) -> Evaluation<'a> {
    let mut subjects = world
        .world
        .subjects(now, &|hpa| observed.or(hpa, pasts.clone().and_then(|pasts| pasts.of(hpa))));
    subjects.retain(|subject| world.is_chosen(subject.hpa));
    let Evaluation { hpas, undecided_rules } = evaluate(&subjects, selection);
    // Replace each HPA by the same one of `world`: those from `evaluate` also borrow from the
    // earlier readings.
    let hpas = world.judged().zip(hpas).map(|(hpa, judged)| Judged { hpa, ..judged }).collect();
    Evaluation { hpas, undecided_rules }
}

/// The requested HPAs of a cluster with everything that rules may use, in the order of
/// [`ClusterWorld::judged`].
pub fn subjects<'a>(
    world: &'a ClusterWorld,
    pasts: &Known<&'a Pasts>,
    now: Timestamp,
) -> Vec<Subject<'a>> {
    let mut subjects = world.world.subjects(now, &|hpa| pasts.clone()?.of(hpa));
    subjects.retain(|subject| world.is_chosen(subject.hpa));
    subjects
}

/// Judges HPAs of which only the list was read. All rules are tried: some that need more can be
/// decided by the HPA's conditions.
pub fn judge_hpas(world: &World, now: Timestamp) -> Vec<Judged<'_>> {
    let subjects = world.subjects(now, &|_| Err(Unknown::NotRequested));
    let mut hpas = evaluate(&subjects, &Selection::all()).hpas;
    for judged in &mut hpas {
        // A list does not show undecided rules, and a large fleet has many.
        judged.undecided = Vec::new();
    }
    hpas
}

/// One HPA, judged with its target and its pods.
#[derive(Clone, Debug)]
pub struct JudgedDetail<'a> {
    /// The HPA with its findings. The undecided rules are only those that target and pods could
    /// decide.
    pub judged: Judged<'a>,
    /// The pods of the target.
    pub pods: Known<Arc<[&'a Pod]>>,
}

/// Judges the first HPA of a world of which target and pods were read; none if there is no HPA.
pub fn judge_detail(world: &World, now: Timestamp) -> Option<JudgedDetail<'_>> {
    let subject = world.subjects(now, &|_| Err(Unknown::NotRequested)).into_iter().next()?;
    let mut judged = evaluate([&subject], &Selection::all()).hpas.pop()?;
    let decidable = Selection::all().decided_by(&[Need::Target, Need::Pods]);
    judged.undecided.retain(|(rule, _)| decidable.contains(rule.id));
    Some(JudgedDetail { judged, pods: subject.pods })
}

#[cfg(test)]
mod tests;
