//! An HPA of a cluster with the load that the cluster's Prometheus has recorded.

use std::time::Duration;

use jiff::Timestamp;

use crate::cli::error::CommandError;
use crate::cli::flags::Global;
use crate::cli::named::unfound;
use crate::cli::past::{Limits, Question};
use crate::cli::setup::{Reading, Setup};
use crate::collect::{Detail, HpaRequest, Stop, describe_hpas};
use crate::hpa::{Hpa, HpaName, Metric, MetricType, TargetType};
use crate::kube::{Pod, Workload};
use crate::prometheus::Range;
use crate::simulation::{ColumnNames, Load};
use crate::stores::{PastParts, RecordedLoad};

/// What was read.
pub(super) struct Recorded {
    pub(super) reading: Reading,
    pub(super) hpa: Hpa,
    pub(super) load: Load,
    pub(super) requests: Vec<(String, i64)>,
    pub(super) notes: Vec<String>,
    /// What may explain that the replay is not as it was, the likeliest first.
    pub(super) doubts: Vec<String>,
    /// Metrics in percent of requests that the pods lack, by column: why the controller cannot scale by them.
    pub(super) unrequested: Vec<(String, String)>,
    /// Where the load is from.
    pub(super) source: String,
    /// How long the present pods took until they were ready.
    pub(super) startup: Option<Duration>,
    /// Whether nothing is missing of what was asked.
    pub(super) is_whole: bool,
}

pub(super) async fn read(
    global: &Global,
    setup: Setup,
    name: HpaName,
    since: Duration,
    limits: Limits,
) -> Result<Recorded, CommandError> {
    limits.check(since)?;
    let stop = Stop::default();
    let reading =
        Reading::of(global, setup, std::slice::from_ref(&name)).await?.attended(stop.clone());
    let request = HpaRequest { scope: reading.scope(), names: reading.names.clone() };
    let collected = describe_hpas(&reading.collector, &reading.clusters, &request, false).await;
    let collected = collected.map_err(CommandError::usage)?;
    let mut details = collected.items;
    let detail = details.pop();
    let detail = match (detail, details.as_slice()) {
        (Some(detail), []) => detail,
        (None, _) => {
            reading.done();
            let failed = collected.clusters.iter().find_map(|it| it.error.as_ref());
            return Err(match failed {
                Some(failure) => {
                    CommandError::incomplete(format!("cannot read {name}: {}", failure.message))
                }
                None => {
                    CommandError::failed(unfound(&reading, &request.scope, &[]).await.join("; "))
                }
            });
        }
        (Some(last), others) => {
            reading.done();
            let place =
                |it: &Detail| format!("{}/{}/{}", it.hpa.cluster, it.hpa.namespace, it.hpa.name);
            let all: Vec<String> = others.iter().chain([&last]).map(place).collect();
            let error =
                format!("{name} names {} HPAs; name one of them: {}", all.len(), all.join(", "));
            return Err(CommandError::usage(error));
        }
    };
    let range = Range::before(Timestamp::now(), since, limits.step());
    let read_parts = PastParts { usage: true, metrics: true, conditions: true, throttling: false };
    let question =
        Question { global, reading: &reading, args: limits, range, parts: read_parts, stop: &stop };
    let (mut clusters, is_whole) = question.pasts([&detail.hpa]).await?;
    reading.done();
    let hpa = detail.hpa;
    let unread = |why: &str| {
        let unknown = format!("{}/{}: nothing is known of its load", hpa.namespace, hpa.name);
        // Why a store could not be read has been printed.
        if is_whole {
            CommandError::failed(format!("{unknown}: {why}"))
        } else {
            CommandError::incomplete(unknown)
        }
    };
    let past = clusters.remove(&*hpa.cluster).ok_or_else(|| unread("it was not read"))?;
    let origin = past
        .origin
        .as_ref()
        .map_or_else(|| "Prometheus".to_owned(), |origin| format!("Prometheus, {origin}"));
    let of_hpa = past.of(&hpa.namespace, &hpa.name).map_err(unread)?;
    let RecordedLoad { load, requests, mut notes, mut doubts } =
        RecordedLoad::new(&hpa, of_hpa).map_err(|why| unread(&why))?;
    let keda = of_keda(&hpa);
    notes.extend(keda.clone());
    doubts.splice(0..0, keda);
    let unrequested = detail.target.as_ref().map_or_else(|_| Vec::new(), |it| lacking(&hpa, it));
    let pods = detail.pods.as_ref().and_then(|pods| pods.as_ref().ok());
    let startup = pods.and_then(|pods| startup(pods.iter()));
    doubts.extend(pods.and_then(|pods| waiting(pods)));
    if startup.is_none() {
        doubts
            .push("how long a new pod takes until it is ready is not known: --startup".to_owned());
    }
    Ok(Recorded {
        reading,
        hpa,
        load,
        requests,
        notes,
        doubts,
        unrequested,
        source: origin,
        startup,
        is_whole,
    })
}

/// The metrics in percent of requests that containers of the target lack.
fn lacking(hpa: &Hpa, workload: &Workload) -> Vec<(String, String)> {
    let names = ColumnNames::of(&hpa.metrics);
    let lacking = |(place, metric): (usize, &Metric)| {
        let containers = workload.missing_requests.get(&metric.name)?;
        let is_concerned = match &metric.kind {
            MetricType::Resource => true,
            MetricType::ContainerResource => {
                metric.container.as_ref().is_some_and(|it| containers.contains(it))
            }
            _ => false,
        };
        if !is_concerned || metric.target.kind != TargetType::Utilization {
            return None;
        }
        let list = metric.container.clone().unwrap_or_else(|| containers.join(", "));
        let why = format!(
            "the controller cannot scale by {}: its target is a percentage of the request, and container {list} of {} has \
             no {} request",
            metric.label(),
            hpa.reference(),
            metric.name
        );
        Some((names.shortest(place)?.to_owned(), why))
    };
    hpa.metrics.iter().enumerate().filter_map(lacking).collect()
}

/// That KEDA owns the HPA, whose doings are not simulated.
pub(in crate::cli) fn of_keda(hpa: &Hpa) -> Option<String> {
    let keda = "KEDA owns the HPA: that KEDA pauses or wakes the target is not simulated";
    hpa.is_of_keda().then(|| keda.to_owned())
}

/// That pods are not ready, which the controller counts apart.
fn waiting(pods: &[Pod]) -> Option<String> {
    let counted = || pods.iter().filter(|pod| pod.deleted_at.is_none() && !pod.is_finished());
    let waiting = counted().filter(|pod| !pod.ready).count();
    (waiting > 0).then(|| {
        format!(
            "{waiting} of {} pods are not ready now: the controller counts such pods apart, and how many there were before is \
             not known",
            counted().count()
        )
    })
}

/// How long pods took until they were ready: the middle one of those that have been ready ever since.
pub(in crate::cli) fn startup<'a>(pods: impl IntoIterator<Item = &'a Pod>) -> Option<Duration> {
    let took = |pod: &Pod| {
        let took = pod.ready_since?.duration_since(pod.created_at?);
        Duration::try_from(took).ok().filter(|_| pod.restarts == 0)
    };
    let mut all: Vec<Duration> = pods.into_iter().filter_map(took).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}
