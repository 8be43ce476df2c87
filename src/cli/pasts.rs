//! The earlier readings of HPAs, for the findings that go by them.

use std::sync::Arc;

use jiff::Timestamp;

use super::setup::Setup;
use crate::collect::ClusterWorld;
use crate::findings::{Known, Need, Past, Selection};
use crate::history::{self, Error, Store};
use crate::hpa::Hpa;

/// The earlier readings of a cluster's HPAs; or why there are none.
pub(super) struct Pasts<'a>(Known<&'a history::Pasts>);

impl<'a> Pasts<'a> {
    /// None, for that reason.
    pub(super) fn none(why: &str) -> Self {
        Self(Err(why.to_owned()))
    }

    /// Those of the HPAs of `world` that are judged, where a selected rule looks at them. `kept` is
    /// read on from where it ends.
    pub(super) fn read(
        kept: &'a mut history::Pasts,
        store: &Store,
        world: &ClusterWorld,
        selection: &Selection,
        now: Timestamp,
    ) -> Result<Self, Error> {
        if !is_needed(selection) {
            return Ok(Self::none("it was not asked for"));
        }
        // One that does not answer is no reason to forget its HPAs.
        if world.judged().next().is_some() {
            kept.read(store, &Arc::clone(&world.outcome.name), world.judged(), now)?;
        }
        Ok(Self(Ok(kept)))
    }

    /// Those of one HPA.
    pub(super) fn of(&self, hpa: &Hpa) -> Known<&'a Past> {
        self.0.clone()?.of(hpa)
    }
}

/// Whether a selected rule looks at earlier readings.
pub(super) fn is_needed(selection: &Selection) -> bool {
    selection.needs().contains(&Need::History)
}

/// The history for somebody who only reads it, where a selected rule looks at it; or why there is
/// none, of which the user has been told where it is no ordinary reason.
pub(super) fn open(setup: &Setup, selection: &Selection) -> Known<Store> {
    if !is_needed(selection) {
        return Err("it was not asked for".to_owned());
    }
    let path = history::path(setup.config.history.path.as_deref(), &history::Env::current())
        .map_err(|error| error.to_string())?;
    if !path.exists() {
        return Err("there is no history yet (watchdog snapshot take records it)".to_owned());
    }
    Store::open_existing(&path).map_err(|error| {
        setup.messages.note(&format!("history: {error}"));
        "the history cannot be read".to_owned()
    })
}
