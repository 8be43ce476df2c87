//! The earlier readings of HPAs, for the findings that depend on them.

use std::sync::Arc;

use jiff::Timestamp;

use crate::collect::ClusterWorld;
use crate::findings::{Known, Need, Past, Selection, Unknown};
use crate::history::{self, Error, Store};
use crate::hpa::Hpa;

/// The earlier readings of a cluster's HPAs; or why there are none.
pub struct Pasts<'a>(Known<&'a history::Pasts>);

impl<'a> Pasts<'a> {
    /// None, for that reason.
    pub fn none(why: Unknown) -> Self {
        Self(Err(why))
    }

    /// Those of the HPAs of `world` that are judged, where a selected rule looks at them. `kept` is
    /// read on from where it ends.
    pub fn read(
        kept: &'a mut history::Pasts,
        store: &Store,
        world: &ClusterWorld,
        selection: &Selection,
        now: Timestamp,
    ) -> Result<Self, Error> {
        if !needs_history(selection) {
            return Ok(Self::none(Unknown::NotRequested));
        }
        // One that does not answer is no reason to forget its HPAs.
        if world.judged().next().is_some() {
            kept.read(store, &Arc::clone(&world.outcome.name), world.judged(), now)?;
        }
        Ok(Self(Ok(kept)))
    }

    /// Those of one HPA.
    pub fn of(&self, hpa: &Hpa) -> Known<&'a Past> {
        self.0.clone()?.of(hpa)
    }
}

/// Whether a selected rule looks at earlier readings.
pub fn needs_history(selection: &Selection) -> bool {
    selection.needs().contains(&Need::History)
}
