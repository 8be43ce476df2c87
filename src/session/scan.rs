//! One scan of all clusters at the same time, each behind its breaker and with a time budget.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::reader::Reader;
use crate::collect::{ClusterWorld, WorldRequest};
use crate::findings::Known;
use crate::kube::{DisruptionBudget, ScaledObject, VerticalAutoscaler};
use crate::kubectl::{Breaker, Cluster, Error, ErrorKind};

/// A cluster with the state that is kept between its scans.
pub(super) struct WatchedCluster {
    pub(super) cluster: Cluster,
    breaker: Breaker,
    /// The message of the last failure.
    failure: String,
    budgets: Cached<DisruptionBudget>,
    vertical: Cached<VerticalAutoscaler>,
    scaled_objects: Cached<ScaledObject>,
}

/// A list of objects that only people change, cached so that it is not read at each scan. Objects
/// that change with the load, such as quotas, are read each time.
struct Cached<T>(Option<(Instant, Vec<T>)>);

impl<T: Clone> Cached<T> {
    /// How long a cached list is reused before it is read again.
    const FRESH: Duration = Duration::from_mins(5);

    fn is_fresh(&self, now: Instant) -> bool {
        self.0.as_ref().is_some_and(|(read, _)| now.duration_since(*read) < Self::FRESH)
    }

    /// Caches the list if it was read, and fills in the cached list if it was not.
    fn complete(&mut self, was_read: bool, list: &mut Known<Vec<T>>, now: Instant) {
        match (was_read, list.as_ref(), &self.0) {
            (true, Ok(read), _) => self.0 = Some((now, read.clone())),
            (false, _, Some((_, cached))) => *list = Ok(cached.clone()),
            _ => {}
        }
    }
}

impl WatchedCluster {
    /// A cluster that was never scanned.
    pub(super) fn new(cluster: Cluster) -> Self {
        Self {
            cluster,
            breaker: Breaker::default(),
            failure: String::new(),
            budgets: Cached(None),
            vertical: Cached(None),
            scaled_objects: Cached(None),
        }
    }
}

/// A cluster that was read, or could not be.
pub(super) struct Answer {
    /// The position of the cluster in the scan.
    pub(super) index: usize,
    pub(super) watched: WatchedCluster,
    pub(super) world: ClusterWorld,
}

/// A scan of all clusters that is under way. Dropping it ends the reads that are still running.
pub(super) struct Scan {
    pub(super) taken_at: Timestamp,
    pub(super) start: Instant,
    tasks: JoinSet<Answer>,
}

impl Scan {
    pub(super) fn begin(
        reader: &Arc<dyn Reader>,
        watched: Vec<WatchedCluster>,
        request: &WorldRequest,
        budget: Duration,
    ) -> Self {
        let mut tasks = JoinSet::new();
        for (index, mut watched) in watched.into_iter().enumerate() {
            let (reader, request) = (Arc::clone(reader), request.clone());
            tasks.spawn(async move {
                let world = read(&*reader, &mut watched, &request, budget).await;
                Answer { index, watched, world }
            });
        }
        // Cut to milliseconds, the precision of the history.
        let now = Timestamp::now();
        let taken_at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Self { taken_at, start: clock(), tasks }
    }

    /// How many clusters have not answered yet.
    pub(super) fn open(&self) -> usize {
        self.tasks.len()
    }

    /// The next cluster to answer; none once all have. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<Answer> {
        match self.tasks.join_next().await? {
            Ok(answer) => Some(answer),
            // A panic is a bug: propagate it.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// The time for one cluster: most of the interval, and at least 15 s, so that a slow cluster can
/// be read at all.
pub(super) fn cluster_budget(interval: Duration) -> Duration {
    interval.mul_f64(0.9).max(Duration::from_secs(15))
}

async fn read(
    reader: &dyn Reader,
    watched: &mut WatchedCluster,
    request: &WorldRequest,
    budget: Duration,
) -> ClusterWorld {
    let start = clock();
    let cluster = &watched.cluster;
    if let Err(wait) = watched.breaker.permit(start) {
        let text = format!(
            "not read, again in {} s: it failed {} times in a row, the last time with {}",
            wait.as_secs() + 1,
            watched.breaker.failures(),
            watched.failure
        );
        return ClusterWorld::unread(
            cluster,
            Duration::ZERO,
            Error::new(ErrorKind::BreakerOpen, text),
        );
    }
    let mut request = request.clone();
    let wanted = request.parts;
    let parts = &mut request.parts;
    parts.budgets &= !watched.budgets.is_fresh(start);
    parts.vertical &= !watched.vertical.is_fresh(start);
    parts.scaled_objects &= !watched.scaled_objects.is_fresh(start);
    let requested = *parts;
    let mut read = reader.read(cluster, &request, budget).await;
    let world = &mut read.world;
    if wanted.budgets {
        watched.budgets.complete(requested.budgets, &mut world.budgets, start);
    }
    if wanted.vertical {
        watched.vertical.complete(requested.vertical, &mut world.vertical, start);
    }
    if wanted.scaled_objects {
        let list = &mut world.scaled_objects;
        watched.scaled_objects.complete(requested.scaled_objects, list, start);
    }
    if let (Some(failure), true) = (&read.outcome.error, read.world.hpas.is_empty()) {
        watched.failure = format!("{}: {}", failure.kind, failure.message);
        watched.breaker.failure(clock());
    } else {
        watched.breaker.success();
    }
    read
}

/// The time by tokio's clock, which tests can pause.
pub(super) fn clock() -> Instant {
    tokio::time::Instant::now().into_std()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Unknown;

    #[test]
    fn a_cached_list_is_valid_for_five_minutes() {
        let start = Instant::now();
        let mut cached: Cached<u8> = Cached(None);
        assert!(!cached.is_fresh(start));
        // A list that cannot be read is not cached.
        let forbidden = Err(Unknown::Forbidden("forbidden".into()));
        let mut list = forbidden.clone();
        cached.complete(true, &mut list, start);
        assert_eq!((cached.is_fresh(start), list), (false, forbidden));
        cached.complete(true, &mut Ok(vec![1]), start);
        let mut list = Err(Unknown::NotRequested);
        let later = start + Duration::from_mins(5);
        assert!(cached.is_fresh(start + Duration::from_secs(299)) && !cached.is_fresh(later));
        cached.complete(false, &mut list, later);
        assert_eq!(list, Ok(vec![1]));
    }
}
