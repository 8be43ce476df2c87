//! One look at all clusters: at the same time, as many as there are slots, each behind its breaker,
//! and none for longer than the interval allows.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::collect::{ClusterWorld, Collector, WorldRequest, collect_worlds};
use crate::findings::Known;
use crate::kube::{DisruptionBudget, ScaledObject, VerticalAutoscaler};
use crate::kubectl::{Breaker, Cluster, Error, ErrorKind};

/// A cluster that is watched.
pub(in crate::cli) struct Watched {
    pub(in crate::cli) cluster: Cluster,
    breaker: Breaker,
    /// The last failure.
    why: String,
    budgets: Kept<DisruptionBudget>,
    vertical: Kept<VerticalAutoscaler>,
    scaled_objects: Kept<ScaledObject>,
}

/// Objects that people change and nothing else does: a kubectl for them at each look would be for
/// nothing. What changes with the load, quotas for one, is read each time.
struct Kept<T>(Option<(Instant, Vec<T>)>);

impl<T: Clone> Kept<T> {
    /// For so long they are taken to be as they were.
    const FRESH: Duration = Duration::from_mins(5);

    fn is_fresh(&self, now: Instant) -> bool {
        self.0.as_ref().is_some_and(|(read, _)| now.duration_since(*read) < Self::FRESH)
    }

    /// Puts what is kept in its place, where it was not read, and keeps it where it was.
    fn complete(&mut self, was_read: bool, list: &mut Known<Vec<T>>, now: Instant) {
        match (was_read, list.as_ref(), &self.0) {
            (true, Ok(read), _) => self.0 = Some((now, read.clone())),
            (false, _, Some((_, kept))) => *list = Ok(kept.clone()),
            _ => {}
        }
    }
}

impl Watched {
    pub(in crate::cli) fn new(cluster: Cluster) -> Self {
        Self {
            cluster,
            breaker: Breaker::default(),
            why: String::new(),
            budgets: Kept(None),
            vertical: Kept(None),
            scaled_objects: Kept(None),
        }
    }
}

/// What was seen.
pub(in crate::cli) struct Look {
    pub(in crate::cli) taken_at: Timestamp,
    /// In the order of the clusters.
    pub(in crate::cli) worlds: Vec<ClusterWorld>,
}

/// A cluster that has answered, or will not at this look.
pub(in crate::cli) struct Answer {
    /// Its place among the clusters.
    pub(in crate::cli) index: usize,
    pub(in crate::cli) watched: Watched,
    pub(in crate::cli) world: ClusterWorld,
}

/// A look at all clusters that is under way. Dropping it ends what is still running.
pub(in crate::cli) struct Sweep {
    pub(in crate::cli) taken_at: Timestamp,
    pub(in crate::cli) start: Instant,
    tasks: JoinSet<Answer>,
}

impl Sweep {
    pub(in crate::cli) fn begin(
        collector: &Collector,
        watched: Vec<Watched>,
        request: &WorldRequest,
        within: Duration,
    ) -> Self {
        let mut tasks = JoinSet::new();
        for (index, mut watched) in watched.into_iter().enumerate() {
            let (collector, request) = (collector.clone(), request.clone());
            tasks.spawn(async move {
                let world = one(&collector, &mut watched, &request, within).await;
                Answer { index, watched, world }
            });
        }
        // To the millisecond, as it is kept.
        let now = Timestamp::now();
        let taken_at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Self { taken_at, start: Instant::now(), tasks }
    }

    /// How many clusters have not answered yet.
    pub(in crate::cli) fn open(&self) -> usize {
        self.tasks.len()
    }

    /// The next to answer; none where all have. Nothing is lost where the waiting is given up.
    pub(in crate::cli) async fn next(&mut self) -> Option<Answer> {
        match self.tasks.join_next().await? {
            Ok(answer) => Some(answer),
            // Our own mistake; it is not to be hidden.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

/// How long one cluster may take: most of the interval, and never so short that a slow one could not
/// be read at all.
pub(in crate::cli) fn share(interval: Duration) -> Duration {
    interval.mul_f64(0.9).max(Duration::from_secs(15))
}

/// Looks at all clusters, and waits for all. Dropping the future ends what is still running.
pub(in crate::cli) async fn look(
    collector: Collector,
    watched: Vec<Watched>,
    request: WorldRequest,
    within: Duration,
) -> (Vec<Watched>, Look) {
    let mut sweep = Sweep::begin(&collector, watched, &request, within);
    let mut answers = Vec::with_capacity(sweep.open());
    while let Some(answer) = sweep.next().await {
        answers.push(answer);
    }
    answers.sort_by_key(|answer| answer.index);
    let both = answers.into_iter().map(|answer| (answer.watched, answer.world));
    let (watched, worlds) = both.unzip();
    (watched, Look { taken_at: sweep.taken_at, worlds })
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
    let mut request = request.clone();
    let wanted = request.parts;
    let parts = &mut request.parts;
    parts.budgets &= !watched.budgets.is_fresh(start);
    parts.vertical &= !watched.vertical.is_fresh(start);
    parts.scaled_objects &= !watched.scaled_objects.is_fresh(start);
    let asked = *parts;
    // Its time begins when it is its turn: others that do not answer must not use it up. Never
    // closed; and without a permit the work would be done all the same.
    let _slot = collector.slots.acquire().await;
    // As does the deadline of a look.
    let kubectl = collector.kubectl.renewed();
    let slots = Arc::new(Semaphore::new(1));
    let collector = Collector { kubectl, slots, ..collector.clone() };
    let reading = collect_worlds(&collector, std::slice::from_ref(cluster), &request);
    let read = match timeout(within, reading).await {
        Ok(Ok(mut worlds)) => worlds.pop(),
        // The namespaces were checked with the arguments.
        Ok(Err(error)) => {
            let error = Error::new(ErrorKind::Other, error.to_string());
            Some(ClusterWorld::unread(cluster, start.elapsed(), error))
        }
        Err(_) => None,
    };
    let mut read = read.unwrap_or_else(|| {
        ClusterWorld::unread(cluster, start.elapsed(), Error::deadline(within, ""))
    });
    let world = &mut read.world;
    if wanted.budgets {
        watched.budgets.complete(asked.budgets, &mut world.budgets, start);
    }
    if wanted.vertical {
        watched.vertical.complete(asked.vertical, &mut world.vertical, start);
    }
    if wanted.scaled_objects {
        let list = &mut world.scaled_objects;
        watched.scaled_objects.complete(asked.scaled_objects, list, start);
    }
    if let (Some(failure), true) = (&read.outcome.error, read.world.hpas.is_empty()) {
        watched.why = format!("{}: {}", failure.kind, failure.message);
        watched.breaker.failure(Instant::now());
    } else {
        watched.breaker.success();
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_stands_for_five_minutes() {
        let start = Instant::now();
        let mut kept: Kept<u8> = Kept(None);
        assert!(!kept.is_fresh(start));
        // What cannot be read is not kept.
        let mut list = Err("forbidden".to_owned());
        kept.complete(true, &mut list, start);
        assert_eq!((kept.is_fresh(start), list), (false, Err("forbidden".to_owned())));
        kept.complete(true, &mut Ok(vec![1]), start);
        let mut list = Err("it was not asked for".to_owned());
        let later = start + Duration::from_mins(5);
        assert!(kept.is_fresh(start + Duration::from_secs(299)) && !kept.is_fresh(later));
        kept.complete(false, &mut list, later);
        assert_eq!(list, Ok(vec![1]));
    }
}
