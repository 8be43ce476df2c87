//! References to other objects.

use serde::{Deserialize, Serialize};

use super::api;
use super::interned::InternedStr;

/// An object given by kind and name, in the HPA's own namespace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ObjectRef {
    /// For example `apps/v1`; it may be empty, and its version may be outdated.
    pub api_version: InternedStr,
    /// For example `Deployment`.
    pub kind: InternedStr,
    /// Its name.
    pub name: String,
}

impl ObjectRef {
    /// Its kind with its group: `apps/Deployment`, `ReplicationController` in the core group.
    pub fn kind_name(&self) -> String {
        match self.group() {
            "" => self.kind.to_string(),
            group => format!("{group}/{}", self.kind),
        }
    }

    /// The API group: empty for the core group.
    pub fn group(&self) -> &str {
        group(&self.api_version)
    }
}

/// The group of an apiVersion such as `apps/v1`; empty for the core group's `v1`.
pub(crate) fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

impl From<api::CrossVersionObjectReference<'_>> for ObjectRef {
    fn from(reference: api::CrossVersionObjectReference<'_>) -> Self {
        Self {
            api_version: InternedStr::from(reference.api_version),
            kind: InternedStr::from(reference.kind),
            name: reference.name.into_string(),
        }
    }
}
