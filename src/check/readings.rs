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

/// The history, where a selected rule needs it; or why there is none.
pub fn open_history(
    selection: &Selection,
    path: impl FnOnce() -> Result<PathBuf, Error>,
) -> Known<Store> {
    if !needs_history(selection) {
        return Err(Unknown::NotRequested);
    }
    path().and_then(|path| Store::open_existing(&path)).map_err(|error| match error {
        Error::Missing { .. } => Unknown::NoHistory,
        error => unreadable(&error),
    })
}

/// The earlier readings of the HPAs of `world` that are judged, where a selected rule needs them.
/// `kept` is read on from where it ends.
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
    // A cluster that does not answer is no reason to forget its HPAs.
    if world.judged().next().is_some() {
        kept.read(store, &Arc::clone(&world.outcome.name), world.judged(), now)?;
    }
    Ok(Ok(kept))
}

pub(super) fn unreadable(error: &Error) -> Unknown {
    Unknown::Failed(format!("the history cannot be read: {error}").into())
}
