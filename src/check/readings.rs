//! The earlier readings that rules need.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::collect::ClusterWorld;
use crate::findings::{Known, Need, Selection, Unknown};
use crate::history::{Error, Pasts, Store};

/// Whether a selected rule needs earlier readings.
pub fn needs_history(selection: &Selection) -> bool {
    selection.needs().contains(&Need::History)
}

/// Opens the history, if a selected rule needs it.
pub fn open_history(
    selection: &Selection,
    path: impl FnOnce() -> Result<PathBuf, Error>,
) -> Known<Store> {
    if !needs_history(selection) {
        return Err(Unknown::NotRequested);
    }
    path().and_then(|path| Store::open_existing(&path)).map_err(|error| match error {
        // A user without a home has none.
        Error::Missing { .. } | Error::NoPlace => Unknown::NoHistory,
        error => unreadable(&error),
    })
}

/// Reads the earlier readings of the requested HPAs of a cluster, if a selected rule needs them.
/// Only readings newer than those in `kept` are read from the database, and are added to `kept`.
pub fn read_pasts<'a>(
    kept: &'a mut Pasts,
    store: &Store,
    world: &ClusterWorld,
    selection: &Selection,
    now: Timestamp,
) -> Result<Known<&'a Pasts>, Error> {
    if !needs_history(selection) {
        return Ok(Err(Unknown::NotRequested));
    }
    // `read` forgets HPAs that are not passed to it. A cluster that did not answer has none to
    // pass, but its HPAs still exist.
    if world.judged().next().is_some() {
        kept.read(store, &Arc::clone(&world.outcome.name), world.judged(), now)?;
    }
    Ok(Ok(kept))
}

pub(super) fn unreadable(error: &Error) -> Unknown {
    Unknown::Failed(format!("the history cannot be read: {error}").into())
}
