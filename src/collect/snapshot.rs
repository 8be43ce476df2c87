//! Makes a snapshot for the history from the worlds of all clusters.

use jiff::Timestamp;

use super::world::ClusterWorld;
use crate::config::Scope;
use crate::findings::Unknown;
use crate::history::{Recorded, Snapshot};

/// The snapshot of worlds that were read with [`Purpose::Record`](super::Purpose::Record).
pub fn snapshot(taken_at: Timestamp, scope: &Scope, worlds: Vec<ClusterWorld>) -> Snapshot {
    let recorded = |world: &ClusterWorld| {
        let no_past = |_: &_| Err(Unknown::NotRequested);
        let subjects = world.world.subjects(taken_at, &no_past);
        subjects.iter().map(Recorded::of).collect::<Vec<_>>()
    };
    Snapshot {
        // Cut to milliseconds, as in the database, so that a file and the database agree.
        taken_at: Timestamp::from_millisecond(taken_at.as_millisecond()).unwrap_or(taken_at),
        scope: scope.clone(),
        hpas: worlds.iter().flat_map(recorded).collect(),
        clusters: worlds.into_iter().map(|world| world.outcome.without_user()).collect(),
    }
}
