//! What was, in a SQLite database: snapshots of all clusters of a scope, one HPA over time, and the
//! differences between two snapshots. Any number of processes may read and write it at once.
//!
//! The tables are described in `schema`, the bytes in `code`.

mod amount;
mod before;
mod check;
mod code;
mod contents;
mod diff;
mod error;
mod look;
mod loss;
mod names;
mod outcomes;
mod pasts;
mod pieces;
mod place;
mod prune;
mod read;
mod reference;
mod resample;
mod schema;
mod snapshot;
mod sum;
mod track;
mod upgrade;
mod write;

#[cfg(test)]
mod tests;

pub use diff::{Change, Diff, Field, Part, Place, Unknown, diff};
pub use error::{Error, Work};
pub use look::{Look, look};
pub use loss::Losses;
pub use pasts::Pasts;
pub use place::{Env, Holder, Lock, locked, path, size};
pub use prune::Pruned;
pub use read::{Seen, Summary};
pub use reference::{Moment, Reference, ReferenceError};
pub use resample::{Column, Gap, MetricColumn, Span};
pub use schema::Store;
pub use snapshot::{ClusterOutcome, Recorded, Scope, Snapshot};
pub use track::{Ended, Point, Sight, Track, TrackQuery};
