//! One HPA with the objects it is judged by: its target, and the target's pods.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Collector;
use super::collected::Collected;
use super::events::read_events;
use super::hpas::{ClusterHpas, HpaRequest, collect_hpas};
use super::usage::explained;
use super::world::unknown;
use crate::findings::World;
use crate::hpa::Hpa;
use crate::kube::{Event, ParseError, Pod, PodMetrics, Workload};
use crate::kubectl::{
    ApiPath, Cluster, Error, ErrorKind, Failure, InvalidName, ListQuery, Name, ObjectRef, Outcome,
    Read, Resource,
};

/// A part of a detail, or the reason why this part alone is missing.
pub type Part<T> = Result<T, Failure>;

/// An HPA with its target and the target's pods.
#[derive(Clone, Debug)]
pub struct Detail {
    /// The HPA.
    pub hpa: Hpa,
    /// Its scale target.
    pub target: Part<Workload>,
    /// The pods that the target owns; none if the target is unknown.
    pub pods: Option<Part<Vec<Pod>>>,
    /// Pods that the target's selector matches but that the target does not own.
    pub others: Vec<Pod>,
    /// What the pods use, if that was requested.
    pub metrics: Option<Part<Vec<PodMetrics>>>,
    /// The recent events of the HPA and of its target, the newest first.
    pub events: Part<Vec<Event>>,
    /// Why the target's `/scale` could not be read, if it was needed and the next attempt may
    /// succeed.
    pub unread_scale: Option<Failure>,
}

impl Detail {
    /// The parts as a world, for findings.
    pub fn world(&self) -> World {
        let mut world = World::of(vec![self.hpa.clone()]);
        let kind = self.hpa.target.kind_name();
        match &self.target {
            Ok(workload) => world.read_targets(&kind, vec![workload.clone()]),
            Err(failure) if failure.kind == ErrorKind::NotFound => {
                world.read_targets(&kind, Vec::new());
            }
            Err(failure) => {
                world.cannot_read_targets(&kind, unknown(failure.kind, &failure.message));
            }
        }
        world.pods = match &self.pods {
            Some(Ok(pods)) => Ok(pods.iter().chain(&self.others).cloned().collect()),
            Some(Err(failure)) => Err(unknown(failure.kind, &failure.message)),
            // Without a target there are no pods to judge.
            None => Ok(Vec::new()),
        };
        world
    }

    /// The parts that could not be read. A target that does not exist is not among them: its
    /// absence is the answer.
    pub fn unread(&self) -> impl Iterator<Item = (&'static str, &Failure)> {
        let target =
            self.target.as_ref().err().filter(|failure| failure.kind != ErrorKind::NotFound);
        let pods = self.pods.as_ref().and_then(|pods| pods.as_ref().err());
        let scale = self.unread_scale.as_ref();
        // That a cluster does not serve usage is an answer.
        let metrics = self.metrics.as_ref().and_then(|metrics| metrics.as_ref().err());
        let metrics = metrics.filter(|failure| failure.kind != ErrorKind::NotFound);
        // Events explain more, but nothing is decided from them: where they may not be read, the
        // rest is complete.
        let events = self.events.as_ref().err().filter(|it| it.kind != ErrorKind::Forbidden);
        let parts = [
            ("target", target),
            ("pods", pods),
            ("scale", scale),
            ("events", events),
            (USAGE, metrics),
        ];
        parts.into_iter().filter_map(|(part, failure)| Some((part, failure?)))
    }
}

/// The part that is what pods use.
const USAGE: &str = "usage";

/// Collects the requested HPAs with their targets and pods. Runs one kubectl process for each
/// cluster, and three or four more for each HPA found; with `usage` another one, for what its pods
/// use.
pub async fn describe_hpas(
    collector: &Collector,
    clusters: &[Cluster],
    request: &HpaRequest,
    usage: bool,
) -> Result<Collected<Detail>, InvalidName> {
    let usage = if usage { Measured::Needed } else { Measured::No };
    describe_measured(collector, clusters, request, usage).await
}

/// Whether it is read what pods use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// It is not.
    No,
    /// It is, where that is possible: nothing is incomplete without it.
    IfReadable,
    /// It is, and what cannot be read is incomplete.
    Needed,
}

/// As [`describe_hpas`]; what pods use may be left out where it cannot be read.
pub async fn describe_measured(
    collector: &Collector,
    clusters: &[Cluster],
    request: &HpaRequest,
    usage: Measured,
) -> Result<Collected<Detail>, InvalidName> {
    let found = collect_hpas(collector, clusters, request).await?;
    let split = |ClusterHpas { outcome, hpas }| (outcome, hpas);
    let (mut outcomes, hpas): (Vec<Outcome>, Vec<Vec<Hpa>>) = found.into_iter().map(split).unzip();
    let mut details = Vec::new();
    let mut longest: BTreeMap<Arc<str>, Duration> = BTreeMap::new();
    // HPAs of the same name in several clusters are read at the same time too.
    let mut tasks = tokio::task::JoinSet::new();
    for (index, hpa) in hpas.into_iter().flatten().enumerate() {
        let Some(cluster) = clusters.iter().find(|cluster| cluster.name == hpa.cluster) else {
            continue;
        };
        let (collector, cluster) = (collector.clone(), cluster.clone());
        tasks.spawn(async move {
            let _slot = collector.slots.acquire().await;
            let start = Instant::now();
            let detail = describe(&collector, &cluster, hpa, usage != Measured::No).await;
            (index, detail, start.elapsed())
        });
    }
    for (index, detail, took) in tasks.join_all().await {
        if let Some(outcome) = outcomes.iter_mut().find(|o| o.name == detail.hpa.cluster) {
            let longest = longest.entry(Arc::clone(&detail.hpa.cluster)).or_default();
            *longest = took.max(*longest);
            let is_needed = |part: &str| part != USAGE || usage == Measured::Needed;
            if let Some((part, failure)) = detail.unread().find(|(part, _)| is_needed(part)) {
                let hpa = &detail.hpa;
                let place = format!("{} of {}/{}", part, hpa.namespace, hpa.name);
                outcome.fail(Failure {
                    kind: failure.kind,
                    message: format!("{place}: {}", failure.message),
                });
            }
        }
        details.push((index, detail));
    }
    for outcome in &mut outcomes {
        outcome.duration += longest.get(&outcome.name).copied().unwrap_or_default();
    }
    details.sort_by_key(|(index, _)| *index);
    Ok(Collected {
        clusters: outcomes,
        items: details.into_iter().map(|(_, detail)| detail).collect(),
    })
}

async fn describe(collector: &Collector, cluster: &Cluster, hpa: Hpa, usage: bool) -> Detail {
    let (events, detail) = tokio::join!(
        read_events(collector, cluster, &hpa),
        target_and_pods(collector, cluster, &hpa, usage)
    );
    Detail { events: events.map_err(Failure::from), ..detail }
}

async fn target_and_pods(
    collector: &Collector,
    cluster: &Cluster,
    hpa: &Hpa,
    usage: bool,
) -> Detail {
    let mut unread_scale = None;
    let target = read_target(collector, cluster, hpa, &mut unread_scale).await;
    let (pods, metrics) = match &target {
        Ok(workload) => {
            let (pods, metrics) = tokio::join!(
                read_pods(collector, cluster, hpa, workload),
                read_metrics(collector, cluster, hpa, workload, usage)
            );
            (Some(pods), metrics)
        }
        Err(error) => {
            let message = format!("its pods are not known: {}", error.message);
            (None, usage.then_some(Err(Failure { kind: error.kind, message })))
        }
    };
    let (pods, others) = match pods {
        Some(Ok((owned, others))) => (Some(Ok(owned)), others),
        Some(Err(error)) => (Some(Err(Failure::from(error))), Vec::new()),
        None => (None, Vec::new()),
    };
    Detail {
        hpa: hpa.clone(),
        target: target.map_err(Failure::from),
        pods,
        others,
        metrics,
        events: Ok(Vec::new()),
        unread_scale,
    }
}

async fn read_target(
    collector: &Collector,
    cluster: &Cluster,
    hpa: &Hpa,
    unread_scale: &mut Option<Failure>,
) -> Result<Workload, Error> {
    let target = &hpa.target;
    let (namespace, name) = (name(&hpa.namespace)?, name(&target.name)?);
    let read = match Resource::of_kind(&target.api_version, &target.kind) {
        Some(resource) => Read::Raw(ApiPath::object(resource, &namespace, &name)),
        // Only kubectl knows the plural of a kind that is not built in.
        None => ObjectRef::new(&target.api_version, &target.kind, namespace, name)
            .map(Read::Object)
            .ok_or_else(|| {
                let kind = format!("{} {}", target.api_version, target.kind);
                Error::new(ErrorKind::NotFound, format!("no such kind can exist: {kind}"))
            })?,
    };
    let json = collector.kubectl.read(cluster.target(), &read).await?;
    let mut workload = Workload::parse(&json).map_err(bad_response)?;
    let is_custom = Resource::of_kind(&target.api_version, &target.kind).is_none();
    if is_custom && workload.measured_by().is_none() {
        match collector.scale_of(cluster, &workload).await {
            Ok(scale) => workload.scaled_as(scale),
            Err(error) => {
                let why = format!("the /scale of {}: {}", target.kind_name(), error.message);
                workload.no_selector = Some(why);
                // A lasting error (forbidden, not found) is not a failure: findings name its cost.
                if !error.is_lasting() {
                    *unread_scale = Some(Failure::from(error));
                }
            }
        }
    }
    Ok(workload)
}

/// The pods that the workload owns, and those that only its selector matches.
async fn read_pods(
    collector: &Collector,
    cluster: &Cluster,
    hpa: &Hpa,
    workload: &Workload,
) -> Result<(Vec<Pod>, Vec<Pod>), Error> {
    let query = ListQuery { label_selector: selector_of(workload), ..ListQuery::default() };
    let read = collector.list(Resource::Pods, Some(&name(&hpa.namespace)?), query);
    let json = collector.kubectl.read(cluster.target(), &read).await?;
    let (pods, _) = Pod::parse_list(&json).map_err(bad_response)?;
    let owns = pods.iter().any(|pod| pod.is_owned_by(workload)) || workload.owns_its_pods();
    let is_own = |pod: &Pod| match workload.measured_by() {
        Some(_) if !owns => pod.may_be_of(workload),
        _ => pod.is_owned_by(workload),
    };
    Ok(pods.into_iter().partition(is_own))
}

/// Prefers the workload's own selector: a Rollout's `/scale` may leave out some of its pods.
fn selector_of(workload: &Workload) -> Option<String> {
    workload.selector.clone().or_else(|| workload.scale_selector.clone())
}

/// What the pods that the workload selects use, if that is requested.
async fn read_metrics(
    collector: &Collector,
    cluster: &Cluster,
    hpa: &Hpa,
    workload: &Workload,
    usage: bool,
) -> Option<Part<Vec<PodMetrics>>> {
    if !usage {
        return None;
    }
    let read = async {
        let query = ListQuery { label_selector: selector_of(workload), ..ListQuery::default() };
        let read = collector.list(Resource::PodMetrics, Some(&name(&hpa.namespace)?), query);
        let json = collector.kubectl.read(cluster.target(), &read).await?;
        Ok(PodMetrics::parse_list(&json).map_err(bad_response)?.0)
    };
    Some(read.await.map_err(|error| explained(&error)))
}

pub(super) fn name(text: &str) -> Result<Name, Error> {
    Name::parse(text).map_err(|error| Error::new(ErrorKind::BadResponse, error.to_string()))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
pub(super) fn bad_response(error: ParseError) -> Error {
    Error::new(ErrorKind::BadResponse, error.to_string())
}
