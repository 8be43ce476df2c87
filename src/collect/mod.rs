//! Many clusters at once: each cluster is read by itself, all at the same time up to the gate's
//! cap, and a cluster that fails affects only its own outcome. Prints nothing.

mod clusters;
mod collected;
mod detail;
mod events;
mod hpas;
mod kinds;
mod namespaces;
mod reader;
mod scale;
mod services;
mod snapshot;
mod stop;
mod twins;
mod usage;
mod world;

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use stop::OfCluster;

use crate::config::{ANNOTATION_PREFIX, Lists};
use crate::kubectl::{Cluster, Kubectl, ListQuery, Name, Read, Resource};

pub use clusters::{Probe, probe_clusters};
pub use collected::Collected;
pub use detail::{Detail, Measured, Part, describe_hpas, describe_measured};
pub use hpas::{ClusterHpas, HpaRequest, collect_hpas};
pub use namespaces::{Namespace, collect_namespaces, namespace_names};
pub use services::collect_services;
pub use snapshot::snapshot;
pub use stop::Stop;
pub use twins::{twins, unexpected_twins};
pub use world::{ClusterWorld, Parts, Purpose, WorldRequest, collect_worlds};

/// Observes when reading each cluster starts and ends, for a progress display.
pub trait Observer: Send + Sync {
    /// The cluster is being read.
    fn started(&self, _cluster: &str) {}
    /// The cluster has been read, or could not be.
    fn finished(&self, _cluster: &str) {}
}

impl Observer for () {}

/// The settings and limits of every collection.
#[derive(Clone)]
pub struct Collector {
    /// The gate.
    pub kubectl: Kubectl,
    /// How whole lists are read.
    pub lists: Lists,
    /// The prefix of the annotations by which an HPA silences findings.
    pub annotation_prefix: Arc<str>,
    /// One permit for each cluster that may be read at the same time.
    pub slots: Arc<Semaphore>,
    /// Receives the progress.
    pub observer: Arc<dyn Observer>,
    /// Ends collections early.
    pub stop: Stop,
}

impl Collector {
    /// Reads up to 16 clusters at the same time, without a display of progress.
    pub fn new(kubectl: Kubectl) -> Self {
        let slots = Arc::new(Semaphore::new(16));
        Self {
            kubectl,
            lists: Lists::default(),
            annotation_prefix: ANNOTATION_PREFIX.into(),
            slots,
            observer: Arc::new(()),
            stop: Stop::default(),
        }
    }

    /// Runs `each` for every cluster at the same time and returns the results in the clusters'
    /// order. Dropping the future ends what is still running; so does [`Collector::stop`], with
    /// [`OfCluster::unread`] for the clusters that are not done.
    async fn each<T, F, Fut>(&self, clusters: &[Cluster], each: F) -> Vec<T>
    where
        T: OfCluster + Send + 'static,
        F: Fn(Self, Cluster) -> Fut,
        Fut: Future<Output = T> + Send + 'static,
    {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for (index, cluster) in clusters.iter().enumerate() {
            let observer = Arc::clone(&self.observer);
            let name = Arc::clone(&cluster.name);
            let work = each(self.clone(), cluster.clone());
            let slots = Arc::clone(&self.slots);
            tasks.spawn(async move {
                // The semaphore is never closed; if it were, the work would run without a permit.
                let _slot = slots.acquire().await;
                observer.started(&name);
                let start = Instant::now();
                let result = work.await;
                observer.finished(&name);
                tracing::debug!(cluster = %name, took = ?start.elapsed(), "cluster read");
                (index, result)
            });
        }
        let mut results: Vec<Option<T>> = clusters.iter().map(|_| None).collect();
        let mut join = async |results: &mut Vec<Option<T>>| {
            while let Some(joined) = tasks.join_next().await {
                match joined {
                    Ok((index, result)) => {
                        if let Some(place) = results.get_mut(index) {
                            *place = Some(result);
                        }
                    }
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                }
            }
        };
        tokio::select! {
            biased;
            () = join(&mut results) => {}
            () = self.stop.stopped() => {}
        }
        let unread = |cluster: &Cluster| T::unread(stop::interrupted(cluster, start.elapsed()));
        let results = results.into_iter().zip(clusters);
        results.map(|(result, cluster)| result.unwrap_or_else(|| unread(cluster))).collect()
    }

    /// The call that reads a list, in the configured way.
    fn list(&self, resource: Resource, namespace: Option<&Name>, query: ListQuery) -> Read {
        match self.lists {
            Lists::Raw => Read::Raw(crate::kubectl::ApiPath::list(resource, namespace, &query)),
            Lists::Json => Read::List { resource, namespace: namespace.cloned(), query },
        }
    }
}
