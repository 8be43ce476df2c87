//! What a session that watches clusters for long keeps in mind between two looks: which findings
//! have begun and ended, and which HPAs were scaled. Pure: no I/O, and the time is passed in.

mod tracker;

pub use tracker::{Event, EventKind, Look, Scaled, Tracker};
