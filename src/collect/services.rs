//! The Services of a cluster.

use super::Collector;
use crate::kubectl::{Cluster, Error, ErrorKind, Failure, ListQuery, Resource};
use crate::prometheus::{Service, parse_services};

/// Reads all Services of a cluster by one kubectl process.
///
/// # Errors
/// If the Services cannot be read.
pub async fn collect_services(
    collector: &Collector,
    cluster: &Cluster,
) -> Result<Vec<Service>, Failure> {
    let read = collector.list(Resource::Services, None, ListQuery::default());
    let answer = collector.kubectl.read(cluster.target(), &read).await;
    let services = answer.and_then(|json| {
        parse_services(&json).map_err(|why| Error::new(ErrorKind::BadResponse, why))
    });
    services.map_err(Failure::from)
}
