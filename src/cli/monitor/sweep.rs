//! One look at all clusters: at the same time, each behind its breaker, and none for longer than the
//! interval allows.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::collect::{ClusterWorld, Collector, WorldRequest, collect_worlds};
use crate::kubectl::{Breaker, Cluster, Error, ErrorKind};

/// A cluster that is watched.
pub(in crate::cli) struct Watched {
    pub(in crate::cli) cluster: Cluster,
    breaker: Breaker,
    /// The last failure.
    why: String,
}

impl Watched {
    pub(in crate::cli) fn new(cluster: Cluster) -> Self {
        Self { cluster, breaker: Breaker::default(), why: String::new() }
    }
}

/// What was seen.
pub(in crate::cli) struct Look {
    pub(in crate::cli) taken_at: Timestamp,
    pub(in crate::cli) took: Duration,
    /// In the order of the clusters.
    pub(in crate::cli) worlds: Vec<ClusterWorld>,
}

/// How long a look may take: most of the interval, and never so short that a slow cluster could
/// not be read at all.
pub(in crate::cli) fn share(interval: Duration) -> Duration {
    interval.mul_f64(0.9).max(Duration::from_secs(15))
}

/// Looks at all clusters. Dropping the future ends what is still running.
pub(in crate::cli) async fn look(
    collector: Collector,
    watched: Vec<Watched>,
    request: WorldRequest,
    within: Duration,
) -> (Vec<Watched>, Look) {
    let (taken_at, start) = (Timestamp::now(), Instant::now());
    let mut tasks = JoinSet::new();
    for (index, mut watched) in watched.into_iter().enumerate() {
        let (collector, request) = (collector.clone(), request.clone());
        tasks.spawn(async move {
            let world = one(&collector, &mut watched, &request, within).await;
            (index, watched, world)
        });
    }
    let mut seen = tasks.join_all().await;
    seen.sort_by_key(|(index, ..)| *index);
    let (watched, worlds) = seen.into_iter().map(|(_, watched, world)| (watched, world)).unzip();
    (watched, Look { taken_at, took: start.elapsed(), worlds })
}

async fn one(
    collector: &Collector,
    watched: &mut Watched,
    request: &WorldRequest,
    within: Duration,
) -> ClusterWorld {
    let start = Instant::now();
    let cluster = &watched.cluster;
    if let Err(wait) = watched.breaker.permit(start) {
        let text = format!(
            "not asked, again in {} s: it failed {} times in a row, the last time {}",
            wait.as_secs() + 1,
            watched.breaker.failures(),
            watched.why
        );
        return ClusterWorld::unread(
            cluster,
            Duration::ZERO,
            Error::new(ErrorKind::BreakerOpen, text),
        );
    }
    let reading = collect_worlds(collector, std::slice::from_ref(cluster), request);
    let read = match timeout(within, reading).await {
        Ok(Ok(mut worlds)) => worlds.pop(),
        // The namespaces were checked with the arguments.
        Ok(Err(error)) => {
            let error = Error::new(ErrorKind::Other, error.to_string());
            Some(ClusterWorld::unread(cluster, start.elapsed(), error))
        }
        Err(_) => None,
    };
    let world = read
        .unwrap_or_else(|| ClusterWorld::unread(cluster, start.elapsed(), Error::deadline(within)));
    if let (Some(failure), true) = (&world.outcome.error, world.world.hpas.is_empty()) {
        watched.why = format!("{}: {}", failure.kind, failure.message);
        watched.breaker.failure(Instant::now());
    } else {
        watched.breaker.success();
    }
    world
}
