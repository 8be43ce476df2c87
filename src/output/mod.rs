//! Formats clusters, HPAs and forwards for users and programs: domain values in, tables and
//! documents out. No decisions are made here.

pub(crate) mod advice;
pub(crate) mod alerts;
pub(crate) mod chart;
pub(crate) mod clusters;
mod columns;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod document;
pub(crate) mod failures;
pub mod findings;
pub(crate) mod forwards;
pub(crate) mod get;
pub(crate) mod history;
pub mod hpas;
pub mod monitor;
pub(crate) mod namespaces;
pub mod openmetrics;
mod order;
pub(crate) mod page;
mod past;
pub(crate) mod simulation;
pub mod snapshots;
pub(crate) mod stores;
pub(crate) mod top;
pub mod usage;
pub(crate) mod watch;

pub use document::Document;
pub use order::SortBy;
pub use past::StoreOutcome;

impl crate::collect::Observer for crate::term::Progress {
    fn started(&self, cluster: &str) {
        Self::started(self, cluster);
    }

    fn finished(&self, cluster: &str) {
        Self::finished(self, cluster);
    }
}
