//! What a session that watches clusters for long keeps in mind between two looks: which findings
//! have begun and ended, and which HPAs were scaled. Pure: no I/O, and the time is passed in.

use std::collections::BTreeMap;

mod changes;
mod tracker;

/// Looks at a cluster since the start of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them.
    pub looks: u64,
    /// Those that failed, wholly or in part, by the kind of failure.
    pub failed: BTreeMap<&'static str, u64>,
    /// The kind of the last failure that was one of the cluster, and not that it was left alone.
    pub last: Option<&'static str>,
}

pub use changes::{Change, ChangeKind, Changes, Entry, Observed, Reading, State};
pub use tracker::{Event, EventKind, Look, Scaled, Tracker};
