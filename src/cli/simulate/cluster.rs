//! An HPA of a cluster with the load that the cluster's Prometheus has recorded.

use std::time::Duration;

use jiff::Timestamp;

use crate::cli::error::CommandError;
use crate::cli::flags::Global;
use crate::cli::past::{Limits, Question};
use crate::cli::setup::{Reading, Setup};
use crate::collect::{Detail, HpaRequest, Stop, describe_hpas};
use crate::hpa::{Hpa, HpaName};
use crate::kube::Pod;
use crate::prometheus::Range;
use crate::simulation::Load;
use crate::stores::{Asked, RecordedLoad};

/// What was read.
pub(super) struct Recorded {
    pub(super) reading: Reading,
    pub(super) hpa: Hpa,
    pub(super) load: Load,
    pub(super) requests: Vec<(String, i64)>,
    pub(super) notes: Vec<String>,
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
            let why = failed.map_or_else(
                || format!("no HPA is named {name}{}", request.scope.in_namespaces()),
                |failure| format!("cannot read {name}: {}", failure.message),
            );
            return Err(CommandError::failed(why));
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
    let asked = Asked { usage: true, metrics: true, conditions: false, throttling: false };
    let question = Question { global, reading: &reading, args: limits, range, asked, stop: &stop };
    let (mut clusters, is_whole) = question.pasts([&detail.hpa]).await?;
    reading.done();
    let hpa = detail.hpa;
    let unread = |why: &str| {
        CommandError::failed(format!(
            "{}/{}: nothing is known of its load: {why}",
            hpa.namespace, hpa.name
        ))
    };
    let past = clusters.remove(&*hpa.cluster).ok_or_else(|| unread("it was not read"))?;
    let origin = past
        .origin
        .as_ref()
        .map_or_else(|| "Prometheus".to_owned(), |origin| format!("Prometheus, {origin}"));
    let of_hpa = past.of(&hpa.namespace, &hpa.name).map_err(unread)?;
    let RecordedLoad { load, requests, mut notes } =
        RecordedLoad::new(&hpa, of_hpa).map_err(|why| unread(&why))?;
    if hpa.owner.as_ref().is_some_and(|owner| owner.kind == "ScaledObject") {
        notes.push(
            "KEDA owns the HPA: that KEDA pauses or wakes the target is not simulated".to_owned(),
        );
    }
    let startup = detail.pods.as_ref().and_then(|pods| startup(pods.as_ref().ok()?.iter()));
    Ok(Recorded { reading, hpa, load, requests, notes, source: origin, startup, is_whole })
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
