//! How a session reads clusters: a trait, so that tests need no cluster.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::collect::{ClusterWorld, Collector, WorldRequest, collect_services, collect_worlds};
use crate::kubectl::{Cluster, Error, ErrorKind, Failure};
use crate::prometheus::Service;

/// A future of a [`Reader`].
pub type ReaderFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Reads one cluster at a time. [`Collector`] reads with the user's kubectl; a front end can be
/// tested with a reader of its own, and needs no cluster:
///
/// ```
/// # use std::sync::Arc;
/// # use std::time::Duration;
/// use watchdog::collect::{ClusterWorld, WorldRequest};
/// use watchdog::findings::World;
/// use watchdog::hpa::parse_list;
/// use watchdog::kubectl::{Cluster, Failure};
/// use watchdog::prometheus::Service;
/// use watchdog::session::{self, Event, Plan, Reader, ReaderFuture};
///
/// struct OneHpa;
///
/// impl Reader for OneHpa {
///     fn read<'a>(
///         &'a self,
///         cluster: &'a Cluster,
///         _: &'a WorldRequest,
///         _: Duration,
///     ) -> ReaderFuture<'a, ClusterWorld> {
///         let list = br#"{"kind": "HorizontalPodAutoscalerList", "apiVersion": "autoscaling/v2",
///             "items": [{"metadata": {"name": "web", "namespace": "shop"},
///                 "spec": {"maxReplicas": 9, "scaleTargetRef": {"kind": "Deployment", "name": "web"}},
///                 "status": {"currentReplicas": 3, "desiredReplicas": 3}}]}"#;
///         let list = parse_list(&cluster.name, &cluster.context, list).expect("valid");
///         let world = ClusterWorld::complete(cluster, Duration::ZERO, World::of(list.hpas));
///         Box::pin(async move { world })
///     }
///
///     fn services<'a>(&'a self, _: &'a Cluster) -> ReaderFuture<'a, Result<Vec<Service>, Failure>> {
///         Box::pin(async { Ok(Vec::new()) })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let once = Plan { interval: None, ..Plan::new(vec![Cluster::own_pod()], Arc::new(OneHpa)) };
/// let (session, mut events) = session::start(once);
/// let mut scans = 0;
/// while let Some(event) = events.next().await {
///     scans += usize::from(matches!(&*event, Event::Scan(_)));
/// }
/// let state = session.state().borrow().clone();
/// assert_eq!(scans, 1);
/// assert_eq!(state.hpas().next().map(|web| web.hpa().current_replicas), Some(3));
/// # }
/// ```
pub trait Reader: Send + Sync {
    /// Reads the HPAs and whatever else is requested. A failure is part of the result. The time
    /// spent waiting for other clusters does not count towards `budget`.
    fn read<'a>(
        &'a self,
        cluster: &'a Cluster,
        request: &'a WorldRequest,
        budget: Duration,
    ) -> ReaderFuture<'a, ClusterWorld>;

    /// Reads the Services.
    fn services<'a>(
        &'a self,
        cluster: &'a Cluster,
    ) -> ReaderFuture<'a, Result<Vec<Service>, Failure>>;
}

impl Reader for Collector {
    fn read<'a>(
        &'a self,
        cluster: &'a Cluster,
        request: &'a WorldRequest,
        budget: Duration,
    ) -> ReaderFuture<'a, ClusterWorld> {
        Box::pin(async move {
            let start = Instant::now();
            // The semaphore is never closed; if it were, the read would run without a permit.
            let _slot = self.slots.acquire().await;
            let slots = Arc::new(Semaphore::new(1));
            let collector = Self { kubectl: self.kubectl.renewed(), slots, ..self.clone() };
            let reading = collect_worlds(&collector, std::slice::from_ref(cluster), request);
            let error = match timeout(budget, reading).await {
                Ok(Ok(mut worlds)) => match worlds.pop() {
                    Some(world) => return world,
                    None => Error::deadline(budget, ""),
                },
                Ok(Err(error)) => Error::new(ErrorKind::Other, error.to_string()),
                Err(_) => Error::deadline(budget, ""),
            };
            ClusterWorld::unread(cluster, start.elapsed(), error)
        })
    }

    fn services<'a>(
        &'a self,
        cluster: &'a Cluster,
    ) -> ReaderFuture<'a, Result<Vec<Service>, Failure>> {
        Box::pin(async move {
            let collector = Self { kubectl: self.kubectl.renewed(), ..self.clone() };
            collect_services(&collector, cluster).await
        })
    }
}
