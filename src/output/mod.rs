//! What a user or a program sees: tables, documents, colour and progress.
//!
//! No logic enters here: values come in as they are and go out as text. Nothing but
//! [`stdout`] writes to standard output.

pub mod chart;
pub mod clusters;
pub mod color;
pub mod csv;
pub mod doctor;
pub mod document;
pub mod failures;
pub mod findings;
pub mod forwards;
pub mod get;
pub mod history;
pub mod hpas;
pub mod json;
pub mod messages;
pub mod monitor;
pub mod namespaces;
pub mod openmetrics;
pub mod outlet;
pub mod page;
pub mod progress;
pub mod snapshots;
pub mod stdout;
pub mod table;
pub mod text;
pub mod time;
pub mod waiting;
pub mod watch;
pub mod yaml;

pub use color::{ColorChoice, Style, Tone};
pub use document::Document;
pub use messages::Messages;
pub use progress::Progress;

impl crate::collect::Observer for Progress {
    fn started(&self, cluster: &str) {
        Self::started(self, cluster);
    }

    fn finished(&self, cluster: &str) {
        Self::finished(self, cluster);
    }
}
