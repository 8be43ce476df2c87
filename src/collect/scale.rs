//! The `/scale` of a target of any kind.

use super::Collector;
use crate::kube::{Scale, Workload};
use crate::kubectl::{Cluster, Error, ErrorKind, Name, ObjectRef};

impl Collector {
    /// Reads the `/scale` of an object of any kind, by one kubectl process, or by up to four if
    /// kubectl is older than 1.24.
    ///
    /// # Errors
    /// If it cannot be read; [`ErrorKind::NotFound`] if the object, its kind or its `/scale` does
    /// not exist.
    pub async fn read_scale(&self, cluster: &Cluster, object: &ObjectRef) -> Result<Scale, Error> {
        let json = self.kubectl.read_scale(cluster.target(), object).await?;
        Scale::parse(&json).map_err(|error| Error::new(ErrorKind::BadResponse, error.to_string()))
    }

    /// Reads the `/scale` of a scale target.
    pub(super) async fn scale_of(
        &self,
        cluster: &Cluster,
        workload: &Workload,
    ) -> Result<Scale, Error> {
        let bad = |why: String| Error::new(ErrorKind::BadResponse, why);
        let name = |text: &str| Name::parse(text).map_err(|error| bad(error.to_string()));
        let (namespace, name) = (name(&workload.namespace)?, name(&workload.name)?);
        let object = ObjectRef::new(&workload.api_version, &workload.kind, namespace, name)
            .ok_or_else(|| bad(format!("no such kind can exist: {}", workload.kind)))?;
        self.read_scale(cluster, &object).await
    }
}
