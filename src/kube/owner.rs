//! Who controls an object, by its `ownerReferences`.

use serde::{Deserialize, Serialize};

use super::json::{Flag, Seq, Text};

/// The object that controls another one: a pod, or an HPA.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// Such as `apps/v1`.
    pub api_version: String,
    /// Such as `ReplicaSet`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Its uid.
    pub uid: String,
}

/// `metadata.ownerReferences` as read.
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
    /// The owner that says it is the controller: there is one at most.
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
