//! A store of which everything is known that questions need: labels, series, and how CPU is had.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::learn::{Learnt, learn};
use super::open::{Opener, Store, StoreError};
use super::report::ahead;
use crate::kubectl::{Cluster, Name};
use crate::prometheus::{Tiers, tiers};

/// A store that can be asked about a cluster.
pub struct Ready {
    /// The store.
    pub store: Store,
    /// What was learnt of its labels.
    pub learnt: Learnt,
    /// Which series there are.
    pub tiers: Tiers,
    /// What is in doubt about all of its answers.
    pub doubts: Vec<String>,
}

impl Opener {
    /// Opens a cluster's store and learns its labels, from a pod of the first of these namespaces that has one, or
    /// else of any. `now` is this machine's time.
    ///
    /// # Errors
    /// If it cannot be found or reached, or its labels are in doubt.
    pub async fn ready(
        &self,
        cluster: &Cluster,
        namespaces: impl IntoIterator<Item = &str>,
        now: impl Fn() -> Timestamp,
    ) -> Result<Ready, StoreError> {
        let store = self.open(cluster).await?;
        let origin = store.origin.clone();
        let ready = self.learn_all(store, cluster, namespaces, now).await;
        ready.map_err(|error| match error {
            StoreError::Query(_) | StoreError::Labels(_) => StoreError::At(origin, Box::new(error)),
            // Of the cluster, not of its store.
            error => error,
        })
    }

    async fn learn_all(
        &self,
        store: Store,
        cluster: &Cluster,
        namespaces: impl IntoIterator<Item = &str>,
        now: impl Fn() -> Timestamp,
    ) -> Result<Ready, StoreError> {
        let time = store.client.time().await?;
        let ahead = time.and_then(|time| ahead(time, now()));
        let learnt = self.learnt(&store, cluster, namespaces).await?;
        let tiers = tiers(&store.client, &learnt.labels, &learnt.pod, None).await?;
        let clock = ahead.map(|ahead| {
            let (seconds, side) = (ahead.abs(), if ahead > 0 { "ahead of" } else { "behind" });
            format!("its clock is {seconds} s {side} this machine's")
        });
        let unchecked = learnt.unchecked.as_ref().map(|why| {
            format!("whether it has series of another cluster too could not be checked: {why}")
        });
        let doubts = [clock, unchecked, tiers.incomplete.clone()].into_iter().flatten().collect();
        Ok(Ready { store, learnt, tiers, doubts })
    }

    async fn learnt(
        &self,
        store: &Store,
        cluster: &Cluster,
        namespaces: impl IntoIterator<Item = &str>,
    ) -> Result<Learnt, StoreError> {
        let names = namespaces.into_iter().filter_map(|name| Name::parse(name).ok());
        let places = names.take(3).map(Some).chain([None]);
        let mut last = StoreError::NoPod;
        for place in places {
            let configured = &store.configured;
            match learn(&self.collector, cluster, &store.client, configured, place.as_ref()).await {
                // Another namespace may have one; and a person may be allowed to read one namespace alone.
                Err(error @ StoreError::NoPod) => last = error,
                Err(StoreError::Api(_)) if place.is_none() => return Err(last),
                learnt => return learnt,
            }
        }
        Err(last)
    }
}

/// Does the same for all items, so many at a time; the results are in the order of the items.
pub async fn each<T, U, F>(items: Vec<T>, at_a_time: usize, work: impl Fn(T) -> F) -> Vec<U>
where
    U: Send + 'static,
    F: Future<Output = U> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(at_a_time.max(1)));
    let mut tasks = JoinSet::new();
    for (index, item) in items.into_iter().enumerate() {
        let (slots, work) = (Arc::clone(&slots), work(item));
        tasks.spawn(async move {
            let _slot = slots.acquire().await;
            (index, work.await)
        });
    }
    let mut results = tasks.join_all().await;
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}
