//! The `/scale` of a target of any kind.

use super::Collector;
use crate::hpa::Scale;
use crate::kubectl::{Cluster, Error, ErrorKind, ObjectRef};

impl Collector {
    /// Reads the `/scale` of an object of any kind, by one kubectl, or by up to four with those
    /// before 1.24.
    ///
    /// # Errors
    /// Where it cannot be read; [`ErrorKind::NotFound`] where the object, its kind or its `/scale` does
    /// not exist.
    pub async fn read_scale(&self, cluster: &Cluster, object: &ObjectRef) -> Result<Scale, Error> {
        let json = self.kubectl.read_scale(cluster.target(), object).await?;
        Scale::parse(&json).map_err(|error| Error::new(ErrorKind::BadResponse, error.to_string()))
    }
}
