//! What a cluster's store is and has: everything that a person needs to see before a number is believed.

use std::time::Duration;

use jiff::Timestamp;

use super::learn::{Learnt, learn};
use super::open::{Opener, Store, StoreError, StoreOrigin};
use crate::kubectl::{Cluster, Name};
use crate::prometheus::{Tiers, tiers};

/// A clock that is off by less says nothing: answers take time, and have whole seconds.
const CLOCK: i64 = 30;

/// A cluster's store, and from where it was reached, or why not.
#[derive(Debug)]
pub struct Examined {
    /// From where its answers come; `None` if it was not found.
    pub origin: Option<StoreOrigin>,
    /// What it is and has.
    pub result: Result<StoreReport, StoreError>,
}

/// What a cluster's store is and has.
#[derive(Debug)]
pub struct StoreReport {
    /// What was learnt of its labels, and from which pod.
    pub learnt: Learnt,
    /// Which series there are.
    pub tiers: Tiers,
    /// By how many seconds the server's clock is ahead of this machine's, where that is too much.
    pub clock_ahead: Option<i64>,
    /// How long the simplest question took.
    pub took: Duration,
}

impl Opener {
    /// Opens a cluster's store and examines it. `now` is this machine's time.
    pub async fn examine(
        &self,
        cluster: &Cluster,
        namespace: Option<&Name>,
        now: impl Fn() -> Timestamp,
    ) -> Examined {
        match self.open(cluster).await {
            Err(error) => Examined { origin: None, result: Err(error) },
            Ok(store) => {
                let result = self.examine_open(&store, cluster, namespace, now).await;
                Examined { origin: Some(store.origin.clone()), result }
            }
        }
    }

    async fn examine_open(
        &self,
        store: &Store,
        cluster: &Cluster,
        namespace: Option<&Name>,
        now: impl Fn() -> Timestamp,
    ) -> Result<StoreReport, StoreError> {
        let client = &store.client;
        let start = tokio::time::Instant::now();
        let time = client.time().await?;
        let took = start.elapsed();
        let clock_ahead = time.and_then(|time| ahead(time, now()));
        let learnt = learn(&self.collector, cluster, client, &store.configured, namespace).await?;
        let tiers = tiers(client, &learnt.labels, &learnt.pod, None).await?;
        Ok(StoreReport { learnt, tiers, clock_ahead, took })
    }
}

pub(super) fn ahead(server: Timestamp, ours: Timestamp) -> Option<i64> {
    let ahead = server.as_second() - ours.as_second();
    (ahead.abs() > CLOCK).then_some(ahead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_noticed() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(ahead(at(1000), at(1010)), None);
        assert_eq!(ahead(at(1000), at(1100)), Some(-100));
        assert_eq!(ahead(at(1200), at(1000)), Some(200));
    }
}
