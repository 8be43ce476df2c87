//! The frame of every JSON document: version, kind, time, the clusters' outcomes, the items.

use jiff::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::past::StoreOutcome;
use crate::kubectl::Outcome;
pub(super) use crate::term::json::SCHEMA_VERSION;
use crate::term::{json, yaml};

/// A document: `{"schemaVersion","kind","takenAt","clusters",KEY:[…]}`.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a, T: ?Sized> {
    /// The kind of document, such as `HpaList`.
    pub kind: &'static str,
    /// The time of the data; omitted if the document is about nothing that changes.
    pub taken_at: Option<Timestamp>,
    /// The outcome of each cluster; omitted if no cluster was read.
    pub clusters: Option<&'a [Outcome]>,
    /// The JSON key of the items.
    pub key: &'static str,
    /// The items.
    pub items: &'a T,
}

impl<T: Serialize + ?Sized> Serialize for Document<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.with_sources(None).serialize(to)
    }
}

/// A document with the stores that it is from: `{…,"clusters","sources":[…],KEY:[…]}`.
#[derive(Clone, Copy, Debug)]
pub struct Sourced<'a, T: ?Sized> {
    document: Document<'a, T>,
    sources: Option<&'a [StoreOutcome]>,
}

impl<T: Serialize + ?Sized> Serialize for Sourced<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self { document, sources } = self;
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("schemaVersion", SCHEMA_VERSION)?;
        map.serialize_entry("kind", document.kind)?;
        if let Some(taken_at) = document.taken_at {
            // Whole seconds are precise enough for a snapshot, and kubectl prints them as well.
            let seconds = crate::term::time::whole_seconds(taken_at);
            map.serialize_entry("takenAt", &seconds)?;
        }
        if let Some(clusters) = document.clusters {
            map.serialize_entry("clusters", clusters)?;
        }
        if let Some(sources) = sources {
            map.serialize_entry("sources", sources)?;
        }
        map.serialize_entry(document.key, document.items)?;
        map.end()
    }
}

impl<'a, T: Serialize + ?Sized> Document<'a, T> {
    /// With the stores that it is from, where they were asked.
    pub fn with_sources(&self, sources: Option<&'a [StoreOutcome]>) -> Sourced<'a, T> {
        let Self { kind, taken_at, clusters, key, items } = *self;
        Sourced { document: Document { kind, taken_at, clusters, key, items }, sources }
    }

    /// Indented JSON, with a newline at the end.
    pub fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        json::pretty(self)
    }

    /// The document as YAML.
    pub fn yaml(&self) -> Result<Vec<u8>, serde_json::Error> {
        yaml::document(self)
    }
}
