//! Reads the objects of each cluster that rules may use: its HPAs, their targets, and the
//! requested lists.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use super::Collector;
use super::hpas::{HpaRequest, collect_cluster};
use super::kinds::{CUSTOM_KINDS, affordable, kinds};
use super::namespaces::namespace_names;
use super::reader::{Part, Reader, SCALES};
use super::stop::OfCluster;
use super::usage::usage;
use crate::config::Scope;
use crate::findings::{Known, Need, Selection, Unknown, World};
use crate::hpa::{Hpa, HpaNames};
use crate::kube::PodMetrics;
use crate::kubectl::{Cluster, Error, ErrorKind, Failure, InvalidName, Name, Outcome};

/// The lists that are read besides HPAs. Each costs a kubectl process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one list")]
pub struct Parts {
    /// The scale targets.
    pub targets: bool,
    /// Pods.
    pub pods: bool,
    /// PodDisruptionBudgets.
    pub budgets: bool,
    /// ResourceQuotas.
    pub quotas: bool,
    /// VerticalPodAutoscalers.
    pub vertical: bool,
    /// KEDA's ScaledObjects.
    pub scaled_objects: bool,
    /// What pods use, from metrics.k8s.io. No rule needs it.
    pub metrics: bool,
}

impl Parts {
    /// The parts that the selected rules need.
    pub fn for_rules(selection: &Selection) -> Self {
        let needs = selection.needs();
        let needed = |need| needs.contains(&need);
        // Pods are found by their target, so pods need targets.
        let pods = needed(Need::Pods);
        Self {
            targets: needed(Need::Target) || pods,
            pods,
            budgets: needed(Need::Budgets),
            quotas: needed(Need::Quotas),
            vertical: needed(Need::Vertical),
            scaled_objects: needed(Need::ScaledObjects),
            metrics: false,
        }
    }

    /// The parts for what HPAs' pods use.
    pub fn for_usage() -> Self {
        Self { targets: true, pods: true, metrics: true, ..Self::default() }
    }
}

/// The world to collect.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldRequest {
    /// The HPAs to read. Only HPAs with the scope's labels are judged.
    pub scope: Scope,
    /// If any are named, only these HPAs are judged.
    pub names: HpaNames,
    /// The lists besides HPAs.
    pub parts: Parts,
    /// The purpose of the world.
    pub purpose: Purpose,
}

/// The purpose of reading a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// HPAs are judged. Other HPAs of the cluster are read as well, because two may scale one
    /// target, but not the objects around them. A forbidden list is unknown to the rules that need
    /// it, and not a failure of the cluster.
    Judge,
    /// HPAs are stored: only those that were requested. A forbidden list is a failure.
    Record,
}

/// One cluster as it was read.
#[derive(Clone, Debug)]
pub struct ClusterWorld {
    /// How reading the cluster went. A part that could not be read is a failure of the cluster,
    /// unless the part is forbidden and [`Purpose`] says otherwise.
    pub outcome: Outcome,
    /// The objects that were read.
    pub world: World,
    /// What the pods of the world use.
    pub metrics: Known<Vec<PodMetrics>>,
    /// Whether all requested HPAs were read, even if other lists were not.
    pub is_complete: bool,
    /// Namespaces and names of the HPAs that are judged; none if all are.
    chosen: Option<BTreeSet<(String, String)>>,
}

impl OfCluster for ClusterWorld {
    fn unread(outcome: Outcome) -> Self {
        Self::of(outcome, World::of(Vec::new()), false)
    }
}

impl ClusterWorld {
    fn of(outcome: Outcome, world: World, is_complete: bool) -> Self {
        let metrics = Err(Unknown::NotRequested);
        Self { outcome, world, metrics, is_complete, chosen: None }
    }

    /// A cluster of which nothing was read.
    pub fn unread(cluster: &Cluster, duration: Duration, error: Error) -> Self {
        let outcome = Outcome::new(cluster, duration, Some(error));
        Self::of(outcome, World::of(Vec::new()), false)
    }

    /// A cluster that was read wholly.
    pub fn complete(cluster: &Cluster, duration: Duration, world: World) -> Self {
        Self::of(Outcome::new(cluster, duration, None), world, true)
    }

    /// A file of manifests, of whose world these HPAs are judged.
    pub fn of_manifests<'a>(
        outcome: Outcome,
        world: World,
        judged: impl Iterator<Item = &'a Hpa>,
    ) -> Self {
        let is_complete = outcome.error.is_none();
        let chosen = Some(judged.map(key).collect());
        Self { chosen, ..Self::of(outcome, world, is_complete) }
    }

    /// Whether an HPA of this world was requested.
    pub fn is_chosen(&self, hpa: &Hpa) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(&key(hpa)))
    }

    /// The HPAs of this world that were requested.
    pub fn judged(&self) -> impl Iterator<Item = &Hpa> {
        self.world.hpas.iter().filter(|hpa| self.is_chosen(hpa))
    }
}

fn key(hpa: &Hpa) -> (String, String) {
    (hpa.namespace.clone(), hpa.name.clone())
}

/// Reads all `clusters`: each by one kubectl for its HPAs and then, if there are any, one for each
/// kind of target and one for each further part. Pods are read in pages, of which only the fields
/// that findings need are kept.
pub async fn collect_worlds(
    collector: &Collector,
    clusters: &[Cluster],
    request: &WorldRequest,
) -> Result<Vec<ClusterWorld>, InvalidName> {
    let names = namespace_names(&request.scope)?;
    let worlds = collector
        .each(clusters, |collector, cluster| {
            let (request, names) = (request.clone(), names.clone());
            async move {
                let start = Instant::now();
                let mut read = read(&collector, &cluster, &request, names.as_deref()).await;
                read.outcome.duration = start.elapsed();
                read
            }
        })
        .await;
    Ok(worlds)
}

async fn read(
    collector: &Collector,
    cluster: &Cluster,
    request: &WorldRequest,
    names: Option<&[Name]>,
) -> ClusterWorld {
    let neighbours = request.purpose == Purpose::Judge;
    let requested = request.names.of_cluster(&cluster.name);
    if requested.is_empty() && !request.names.is_empty() {
        return ClusterWorld::complete(cluster, Duration::ZERO, World::of(Vec::new()));
    }
    // Neighbours that matter are in the same namespace.
    let own = requested.namespaces();
    let names = own.as_deref().or(names);
    let all = HpaRequest {
        scope: if neighbours {
            request.scope.clone().with_selector(None)
        } else {
            request.scope.clone()
        },
        names: HpaNames::default(),
    };
    let (mut outcome, hpas) = collect_cluster(collector, cluster, &all, names).await;
    let mut chosen: Option<BTreeSet<_>> = None;
    if request.scope.selector.is_some() && neighbours && !hpas.is_empty() {
        // The server decides which HPAs the selector matches. If its answer is incomplete, only
        // the HPAs that it names are judged: never one that may lack the labels.
        let labelled = HpaRequest { scope: request.scope.clone(), names: HpaNames::default() };
        let (read, labelled) = collect_cluster(collector, cluster, &labelled, names).await;
        if let Some(failure) = read.error {
            outcome.fail(failure);
        }
        chosen = Some(labelled.iter().map(key).collect());
    }
    if !requested.is_empty() {
        let of_name = hpas.iter().filter(|hpa| requested.matches(hpa)).map(key);
        let labelled = |hpa: &(String, String)| chosen.as_ref().is_none_or(|c| c.contains(hpa));
        chosen = Some(of_name.filter(labelled).collect());
    }
    let is_complete = outcome.error.is_none();
    let mut read =
        ClusterWorld { chosen, ..ClusterWorld::of(outcome, World::of(hpas), is_complete) };
    let chosen: Vec<&Hpa> = read.judged().collect();
    if chosen.is_empty() {
        return read;
    }
    let namespaces: BTreeSet<&str> = chosen.iter().map(|hpa| hpa.namespace.as_str()).collect();
    let reader = Reader {
        collector: collector.clone(),
        cluster: cluster.clone(),
        namespaces: Arc::new(namespaces.iter().map(|name| (*name).to_owned()).collect()),
        only: match namespaces.first() {
            Some(only) if namespaces.len() == 1 => Name::parse(only).ok(),
            _ => None,
        },
        named: names.map(<[Name]>::to_vec),
        scales: Arc::new(AtomicUsize::new(SCALES)),
    };
    let targets = if request.parts.targets { kinds(&chosen) } else { Vec::new() };
    let (targets, too_many) = affordable(targets);
    for part in reader.parts(request.parts, targets).await {
        read.take(part, request.purpose);
    }
    for kind in too_many {
        let why = format!("only {CUSTOM_KINDS} custom target kinds are read per cluster");
        let read_nothing = Err(Error::new(ErrorKind::NotFound, why));
        read.take(Part::Targets(kind, read_nothing), request.purpose);
    }
    read
}

impl ClusterWorld {
    fn take(&mut self, part: Part, purpose: Purpose) {
        let Self { world, outcome, metrics, .. } = self;
        let outcome = &mut (outcome, purpose);
        match part {
            Part::Targets(kind, Ok(targets)) => {
                world.read_targets(&kind.name, targets.workloads);
                if let Some(error) = targets.unread_scale {
                    // The workloads carry the reason themselves; here only a failure that may not
                    // last counts.
                    not_known(outcome, &format!("scale of {}", kind.name), error);
                }
            }
            Part::Targets(kind, Err(error)) => {
                let why = not_known(outcome, &kind.name, error);
                world.cannot_read_targets(&kind.name, why);
            }
            Part::Pods(pods) => world.pods = known(outcome, "pods", pods),
            Part::Budgets(list) => world.budgets = known(outcome, "poddisruptionbudgets", list),
            Part::Quotas(list) => world.quotas = known(outcome, "resourcequotas", list),
            Part::Vertical(list) => {
                world.vertical = known(outcome, "verticalpodautoscalers", list);
            }
            Part::ScaledObjects(list) => {
                world.scaled_objects = known(outcome, "scaledobjects", list);
            }
            Part::Metrics(list) => *metrics = usage(outcome.0, list),
        }
    }
}

/// A part, or why it is unknown.
fn known<T>(outcome: &mut (&mut Outcome, Purpose), what: &str, read: Result<T, Error>) -> Known<T> {
    read.map_err(|error| not_known(outcome, what, error))
}

/// Why a part is unknown. A part that is forbidden, or of an API that the cluster does not have,
/// stays so until somebody changes it, and HPAs can be judged without it; any other failure
/// leaves the cluster incompletely read.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn not_known(
    (outcome, purpose): &mut (&mut Outcome, Purpose),
    what: &str,
    error: Error,
) -> Unknown {
    let why = format!("{what}: {}", error.message);
    let unknown = unknown(error.kind, &why);
    if !error.is_lasting() || *purpose == Purpose::Record {
        outcome.fail(Failure { kind: error.kind, message: why });
    }
    unknown
}

/// A failure as the type that findings use.
pub(super) fn unknown(kind: ErrorKind, why: &str) -> Unknown {
    match kind {
        ErrorKind::Forbidden => Unknown::Forbidden(why.into()),
        _ => Unknown::Failed(why.into()),
    }
}
