//! The kinds of scale target that occur in a cluster.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::hpa::Hpa;
use crate::kubectl::{Error, ErrorKind, Resource};

/// The maximum number of custom target kinds read per cluster: each costs a kubectl with its
/// discovery, and anyone who may create an HPA may name an invented kind.
pub(super) const CUSTOM_KINDS: usize = 16;

/// The kinds of the targets of these HPAs.
pub(super) fn kinds(hpas: &[&Hpa]) -> Vec<TargetKind> {
    let mut kinds: BTreeMap<String, TargetKind> = BTreeMap::new();
    for hpa in hpas {
        let target = &hpa.target;
        let name = target.kind_name();
        // If a kind occurs with two versions, either serves: the objects are the same.
        let kind = kinds.entry(name.clone()).or_insert_with(|| TargetKind {
            name,
            kind: target.kind.as_str().to_owned(),
            api_version: target.api_version.as_str().to_owned(),
            is_scaled: false,
            objects: BTreeSet::new(),
        });
        if hpa.able_to_scale == Some(true) && !kind.is_scaled {
            // Prefer a version that is known to work.
            kind.is_scaled = true;
            target.api_version.as_str().clone_into(&mut kind.api_version);
        }
        kind.objects.insert((hpa.namespace.clone(), target.name.clone()));
    }
    kinds.into_values().collect()
}

/// The kinds that are read, and those beyond [`CUSTOM_KINDS`]. Among custom kinds, those that the
/// controller scales are read first, then the most frequent.
pub(super) fn affordable(kinds: Vec<TargetKind>) -> (Vec<TargetKind>, Vec<TargetKind>) {
    let (mut read, mut custom): (Vec<_>, Vec<_>) =
        kinds.into_iter().partition(|kind| kind.resource().is_some());
    custom.sort_by_key(|kind| Reverse((kind.is_scaled, kind.objects.len())));
    let too_many = custom.split_off(custom.len().min(CUSTOM_KINDS));
    read.append(&mut custom);
    (read, too_many)
}

#[derive(Clone, Debug)]
pub(super) struct TargetKind {
    /// The kind as [`crate::findings::World::unread`] names it.
    pub(super) name: String,
    /// The kind, such as `Deployment`.
    pub(super) kind: String,
    /// The apiVersion of one of the targets as an HPA gives it. If the version is wrong, group and
    /// kind decide, as in the controller.
    pub(super) api_version: String,
    /// Whether the controller has read the scale of an object of this kind: then the kind exists.
    pub(super) is_scaled: bool,
    /// Namespaces and names of the targets.
    pub(super) objects: BTreeSet<(String, String)>,
}

impl TargetKind {
    /// The resource, if its plural is known.
    pub(super) fn resource(&self) -> Option<Resource> {
        Resource::of_kind(&self.api_version, &self.kind)
    }
}

/// Whether the kind was not found, rather than the object. Recognized by kubectl's message, which
/// has not changed since 1.5.
pub(super) fn is_unknown_kind(error: &Error) -> bool {
    error.kind == ErrorKind::NotFound && error.message.contains("have a resource type")
}
