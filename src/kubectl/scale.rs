//! The `/scale` of an object of any kind.

use std::sync::atomic::Ordering;

use serde::Deserialize;

use super::command::{ApiPath, KindRef, ObjectRef, Read};
use super::error::{Error, ErrorKind};
use super::name::Name;
use super::run::{Kubectl, Target};

impl Kubectl {
    /// Reads the `/scale` of an object: an autoscaling/v1 `Scale`, as JSON.
    ///
    /// kubectl before 1.24 does not know `--subresource`. With those the raw path is read, after
    /// looking up the plural of the kind in the API's discovery documents.
    ///
    /// # Errors
    /// If it cannot be read. [`ErrorKind::NotFound`] if the object, the kind or its `/scale` does
    /// not exist.
    pub async fn read_scale(
        &self,
        target: Target<'_>,
        object: &ObjectRef,
    ) -> Result<Vec<u8>, Error> {
        if !self.lacks_subresource.load(Ordering::Relaxed) {
            match self.read(target, &Read::Scale(object.clone())).await {
                Err(error) if error.message.contains("unknown flag: --subresource") => {
                    self.lacks_subresource.store(true, Ordering::Relaxed);
                }
                answer => return answer,
            }
        }
        let kind = object.kind();
        let version = if let Some(version) = kind.version() {
            version.to_owned()
        } else {
            let group = self.read(target, &Read::Raw(ApiPath::group(kind))).await?;
            preferred_version(&group).ok_or_else(|| unreadable(kind))?
        };
        let resources = Read::Raw(ApiPath::resources(kind, &version));
        let resources = self.read(target, &resources).await?;
        let resources: ResourceList =
            serde_json::from_slice(&resources).map_err(|_| unreadable(kind))?;
        let plural = resources.plural_of(kind)?;
        let path = ApiPath::scale(object, &version, &plural);
        self.read(target, &Read::Raw(path)).await
    }
}

fn unreadable(kind: &KindRef) -> Error {
    Error::new(ErrorKind::BadResponse, format!("the API's discovery document for {kind} is none"))
}

/// The preferred version in an `APIGroup`.
fn preferred_version(json: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Group {
        preferred_version: Version,
    }
    #[derive(Deserialize)]
    struct Version {
        version: String,
    }
    serde_json::from_slice::<Group>(json).ok().map(|group| group.preferred_version.version)
}

/// An `APIResourceList`.
#[derive(Deserialize)]
struct ResourceList {
    #[serde(default)]
    resources: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    kind: String,
}

impl ResourceList {
    fn plural_of(&self, kind: &KindRef) -> Result<Name, Error> {
        // Subresources are listed among the resources, as `farms/scale`.
        let of_kind = |entry: &&Entry| entry.kind == kind.kind() && !entry.name.contains('/');
        let entry = self.resources.iter().find(of_kind).ok_or_else(|| {
            let message = format!("the server doesn't have a resource type \"{kind}\"");
            Error::new(ErrorKind::NotFound, message)
        })?;
        if !self.resources.iter().any(|other| other.name == format!("{}/scale", entry.name)) {
            let message = format!("the kind {kind} has no /scale");
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        Name::parse(&entry.name).map_err(|_| unreadable(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FARM: &str = r#"{"kind":"APIResourceList","resources":[
        {"name":"farms/scale","kind":"Scale","group":"autoscaling","version":"v1"},
        {"name":"farms/status","kind":"Farm"},{"name":"farms","kind":"Farm"},
        {"name":"barns","kind":"Barn"}]}"#;

    #[test]
    fn the_plural_is_found_for_a_kind_with_a_scale() {
        let list: ResourceList = serde_json::from_str(FARM).unwrap();
        let kind = |kind: &str| KindRef::new("x.io/v1", kind).unwrap();
        assert_eq!(list.plural_of(&kind("Farm")).unwrap().as_str(), "farms");
        for (other, says) in [("Barn", "no /scale"), ("Shed", "resource type"), ("Scale", "type")] {
            let error = list.plural_of(&kind(other)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
            assert!(error.message.contains(says), "{error}");
        }
    }

    #[test]
    fn the_preferred_version_is_read_from_the_group() {
        let group = br#"{"kind":"APIGroup","name":"x.io","versions":[{"version":"v1"}],
            "preferredVersion":{"groupVersion":"x.io/v2","version":"v2"}}"#;
        assert_eq!(preferred_version(group).as_deref(), Some("v2"));
        assert_eq!(preferred_version(b"{}"), None);
    }
}
