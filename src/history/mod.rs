//! The past, in an SQLite database: snapshots of all clusters of a scope, one HPA over time, and
//! the differences between two snapshots. Any number of processes may read and write it at once.
//!
//! The tables are described in `schema`, the bytes in `codec`.

mod amount;
mod check;
mod codec;
mod contents;
mod course;
mod diff;
mod earlier;
mod error;
mod filter;
mod inspect;
mod location;
mod lock_wait;
mod loss;
mod named;
mod names;
mod observed;
mod outcomes;
mod pasts;
mod pieces;
mod prune;
mod read;
mod reference;
mod resample;
mod schema;
mod seen;
mod snapshot;
mod snapshots;
mod sum;
mod track;
mod upgrade;
mod write;

/// Decodes arbitrary bytes as each kind of data that a row may hold.
#[cfg(any(test, fuzzing))]
pub(crate) fn fuzz(bytes: &[u8]) {
    let _ = contents::decode(1, bytes);
    let mut records = codec::Records::new(bytes);
    while records.peek().is_some() && records.advance().is_some() {}
    let _ = serde_json::from_slice::<crate::hpa::Hpa>(bytes);
    let _ = serde_json::from_slice::<crate::config::Scope>(bytes);
}

#[cfg(test)]
mod damage_tests;
#[cfg(test)]
mod identity_tests;
#[cfg(test)]
mod tests;

pub use diff::{Change, Diff, Field, Part, Place, Unknown, diff};
pub use error::{Error, Work};
pub use filter::{Filter, Labelled, Unmatched, resolve};
pub use inspect::{Inspection, inspect};
pub use location::{Env, Holder, Lock, locked, path, size};
pub use lock_wait::{Attempt, LockError, LockWait};
pub use loss::Losses;
pub use named::{Export, Named};
pub use observed::{FilledFrom, Observed, Source, past, since_creation, whole};
pub use pasts::Pasts;
pub use prune::{Pruned, RETENTION_PAUSED, Stored};
pub use reference::{Moment, Reference, ReferenceError};
pub use resample::{Column, Gap, MetricColumn, Span};
pub use schema::Store;
pub use seen::Seen;
pub use snapshot::{Recorded, Snapshot};
pub use snapshots::Summary;
pub use track::{Ended, Point, Sight, Track, TrackQuery};
