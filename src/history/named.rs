//! A snapshot found by its reference, in the database or in a file.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::error::Error;
use super::filter::Filter;
use super::loss::Losses;
use super::reference::Moment;
use super::schema::Store;
use super::snapshot::Snapshot;
use crate::term::json::SCHEMA_VERSION;
use crate::term::text::sanitize;

/// A snapshot with its number.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// The number; `None` if the snapshot is not in the database.
    pub id: Option<i64>,
    /// The snapshot.
    pub snapshot: Snapshot,
}

impl Named {
    /// Reads a snapshot from a file that `snapshot take` or `snapshot show` wrote as JSON.
    pub fn read_file(path: &Path) -> Result<Self, Error> {
        let bytes = std::fs::read(path)
            .map_err(|error| Error::File { path: path.to_owned(), reason: error.to_string() })?;
        let snapshot = Snapshot::from_json(&bytes)
            .map_err(|reason| Error::File { path: path.to_owned(), reason })?;
        Ok(Self { id: None, snapshot })
    }

    /// The part of the snapshot that the filter shows.
    #[must_use]
    pub fn filtered(self, filter: &Filter) -> Self {
        Self { id: self.id, snapshot: self.snapshot.filtered(filter) }
    }
}

impl Snapshot {
    /// Reads a snapshot from the bytes of a JSON document.
    ///
    /// # Errors
    ///
    /// Why the document is not a snapshot, as a sentence.
    pub fn from_json(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Head {
            #[serde(default)]
            kind: String,
            #[serde(default)]
            schema_version: Option<Value>,
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|error| {
            format!("not JSON: line {}, column {}", error.line(), error.column())
        })?;
        let shown = |text: &str| sanitize(text).chars().take(40).collect::<String>();
        if head.kind != "Snapshot" {
            let kind = shown(&head.kind);
            return Err(format!(
                "kind {kind:?} is not a snapshot; snapshot take --to FILE writes one"
            ));
        }
        // Another version may use the same names with another meaning.
        if let Some(version) = head.schema_version.filter(|it| it != SCHEMA_VERSION) {
            return Err(format!(
                "schemaVersion {} is not one that watchdog {} reads: it reads \"{SCHEMA_VERSION}\"",
                shown(&version.to_string()),
                env!("CARGO_PKG_VERSION")
            ));
        }
        serde_json::from_slice(bytes).map_err(|error| format!("no snapshot: {error}"))
    }
}

impl Store {
    /// The snapshot that `moment` refers to. Damaged data is left out, as by [`Store::snapshot`].
    pub fn named(&self, moment: Moment, now: Timestamp) -> Result<Named, Error> {
        let found = self.find(moment, now)?;
        let snapshot = match found {
            Some(id) => self.snapshot(id)?,
            None => None,
        };
        let snapshot = snapshot.ok_or(Error::NoSnapshot { moment })?;
        Ok(Named { id: found, snapshot })
    }
}

/// Reads snapshots one after the other, oldest first: a month of a large fleet does not fit into
/// memory.
#[derive(Debug)]
pub struct Export {
    path: PathBuf,
    ids: std::vec::IntoIter<i64>,
    /// Closed after each snapshot if it keeps other processes out: they must not wait for the
    /// reader of the output.
    store: Option<Store>,
    losses: Losses,
}

impl Export {
    /// Exports the snapshots taken at `since` or later.
    pub fn since(path: &Path, since: Timestamp) -> Result<Self, Error> {
        let store = Store::open_existing(path)?;
        let found = store.snapshots(Some(since), usize::MAX)?;
        let ids: Vec<i64> = found.iter().rev().map(|summary| summary.id).collect();
        let (ids, losses) = (ids.into_iter(), store.take_losses());
        Ok(Self { path: path.to_owned(), ids, store: Some(store), losses })
    }

    /// Reads the next snapshot; `None` after the last one.
    pub fn read_next(&mut self) -> Result<Option<Named>, Error> {
        for id in self.ids.by_ref() {
            let store = match self.store.take() {
                Some(store) => store,
                None => Store::open_existing(&self.path)?,
            };
            let read = store.snapshot(id)?;
            self.losses.join(&store.take_losses());
            self.store = (!store.is_alone()).then_some(store);
            // A missing snapshot has been deleted since the list was read.
            if let Some(snapshot) = read {
                return Ok(Some(Named { id: Some(id), snapshot }));
            }
        }
        Ok(None)
    }

    /// The damaged data that was left out.
    pub fn losses(&self) -> &Losses {
        &self.losses
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{minute, shop, snapshot, temporary};
    use super::*;

    #[test]
    fn an_export_is_oldest_first_and_passes_over_what_is_deleted() {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        for at in [0, 5, 10, 15] {
            store.store(&snapshot(minute(at), shop())).unwrap();
        }
        let mut export = Export::since(&path, minute(5)).unwrap();
        let first = export.read_next().unwrap().unwrap();
        assert_eq!((first.id, first.snapshot.taken_at), (Some(2), minute(5)));
        store.purge(minute(12)).unwrap();
        assert_eq!(export.read_next().unwrap().map(|it| it.id), Some(Some(4)));
        assert_eq!(export.read_next().unwrap(), None);
        assert!(export.losses().is_empty());
    }

    #[test]
    fn a_moment_without_a_snapshot_is_an_error_that_names_it() {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        let taken = snapshot(minute(0), shop());
        let id = store.store(&taken).unwrap();
        let named = store.named(Moment::Latest(0), minute(1)).unwrap();
        assert_eq!(named, Named { id: Some(id), snapshot: taken });
        let error = store.named(Moment::Latest(3), minute(1)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no such snapshot: latest~3 (watchdog snapshot list shows which exist)"
        );
    }

    #[test]
    fn a_file_that_is_no_snapshot_says_why() {
        let refused = |text: &str| Snapshot::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(refused("{"), "not JSON: line 1, column 1");
        assert!(
            refused(r#"{"kind":"HpaList"}"#).starts_with(r#"kind "HpaList" is not a snapshot"#)
        );
        let newer = refused(r#"{"kind":"Snapshot","schemaVersion":"99"}"#);
        assert!(newer.starts_with(r#"schemaVersion "99" is not one"#), "{newer}");
    }
}
