//! The controller of an object, from its `ownerReferences`.

use serde::{Deserialize, Serialize};

use super::json::{Flag, Seq, Text};

/// The object that controls a pod or an HPA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// For example `apps/v1`.
    pub api_version: String,
    /// For example `ReplicaSet`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// The parts of `metadata.ownerReferences` that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct OwnerReferences<'a>(#[serde(borrow)] Seq<OwnerReference<'a>>);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OwnerReference<'a> {
    #[serde(borrow)]
    api_version: Text<'a>,
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    uid: Text<'a>,
    controller: Flag,
}

impl OwnerReferences<'_> {
    /// The owner marked as the controller; there is at most one.
    pub(crate) fn controller(self) -> Option<Owner> {
        let owner = self.0.0.into_iter().find(|owner| owner.controller.0)?;
        Some(Owner {
            api_version: owner.api_version.into_string(),
            kind: owner.kind.into_string(),
            name: owner.name.into_string(),
            uid: owner.uid.into_string(),
        })
    }
}
