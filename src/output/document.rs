//! The frame of every JSON document: version, kind, time, the clusters' outcomes, the items.

use jiff::Timestamp;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

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
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("schemaVersion", SCHEMA_VERSION)?;
        map.serialize_entry("kind", self.kind)?;
        if let Some(taken_at) = self.taken_at {
            // Whole seconds are precise enough for a snapshot, and kubectl prints them as well.
            let seconds = crate::term::time::whole_seconds(taken_at);
            map.serialize_entry("takenAt", &seconds)?;
        }
        if let Some(clusters) = self.clusters {
            map.serialize_entry("clusters", clusters)?;
        }
        map.serialize_entry(self.key, self.items)?;
        map.end()
    }
}

impl<T: Serialize + ?Sized> Document<'_, T> {
    /// Indented JSON, with a newline at the end.
    pub fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        json::pretty(self)
    }

    /// The document as YAML.
    pub fn yaml(&self) -> Result<Vec<u8>, serde_json::Error> {
        yaml::document(self)
    }
}
