//! What a user or a program sees of a cluster, an HPA, a forward: domain values in, tables and documents
//! out. Nothing is decided here.

pub mod chart;
pub mod clusters;
pub mod demo;
pub mod doctor;
pub mod document;
pub mod failures;
pub mod findings;
pub mod forwards;
pub mod get;
pub mod history;
pub mod hpas;
pub mod monitor;
pub mod namespaces;
pub mod openmetrics;
mod order;
pub mod page;
pub mod snapshots;
pub mod watch;

pub use document::Document;
pub use order::SortBy;

impl crate::collect::Observer for crate::term::Progress {
    fn started(&self, cluster: &str) {
        Self::started(self, cluster);
    }

    fn finished(&self, cluster: &str) {
        Self::finished(self, cluster);
    }
}
