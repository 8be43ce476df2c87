//! A cluster's Services for the time of one reading.

use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::collect::{Collector, collect_services};
use crate::kubectl::{Cluster, Failure};
use crate::prometheus::Service;

/// A cluster's Services, read when they are needed first, and once.
#[derive(Clone)]
pub struct ClusterServices {
    collector: Collector,
    /// The cluster.
    pub cluster: Cluster,
    read: Arc<OnceCell<Result<Arc<[Service]>, Failure>>>,
}

impl ClusterServices {
    /// Those of a cluster, not read yet.
    pub fn new(collector: Collector, cluster: Cluster) -> Self {
        Self { collector, cluster, read: Arc::default() }
    }

    /// The Services.
    ///
    /// # Errors
    /// If they cannot be read; then they are not read again.
    pub async fn get(&self) -> Result<Arc<[Service]>, Failure> {
        let read = self.read.get_or_init(|| async {
            collect_services(&self.collector, &self.cluster).await.map(Arc::from)
        });
        read.await.clone()
    }
}
