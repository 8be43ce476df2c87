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
pub type Reading<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Reads one cluster at a time.
pub trait Reader: Send + Sync {
    /// Reads the HPAs and whatever else is requested. A failure is part of the result. The time
    /// spent waiting for other clusters does not count towards `budget`.
    fn read<'a>(
        &'a self,
        cluster: &'a Cluster,
        request: &'a WorldRequest,
        budget: Duration,
    ) -> Reading<'a, ClusterWorld>;

    /// Reads the Services.
    fn services<'a>(&'a self, cluster: &'a Cluster) -> Reading<'a, Result<Vec<Service>, Failure>>;
}

impl Reader for Collector {
    fn read<'a>(
        &'a self,
        cluster: &'a Cluster,
        request: &'a WorldRequest,
        budget: Duration,
    ) -> Reading<'a, ClusterWorld> {
        Box::pin(async move {
            let start = Instant::now();
            // Never closed; and without a permit the work would be done all the same.
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

    fn services<'a>(&'a self, cluster: &'a Cluster) -> Reading<'a, Result<Vec<Service>, Failure>> {
        Box::pin(async move {
            let collector = Self { kubectl: self.kubectl.renewed(), ..self.clone() };
            collect_services(&collector, cluster).await
        })
    }
}
