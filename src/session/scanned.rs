//! A cluster as a scan found it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::findings::{self, Finding, Judged};
use crate::history::Recorded;
use crate::hpa::Hpa;
use crate::kubectl::Outcome;

/// A cluster as a scan found it.
#[derive(Clone, Debug)]
pub struct ScannedCluster {
    /// The start of the scan.
    pub at: Timestamp,
    /// How reading the cluster went.
    pub outcome: Outcome,
    /// Whether all requested HPAs were read.
    pub is_complete: bool,
    /// The requested HPAs that were read.
    pub hpas: Vec<Arc<ScannedHpa>>,
}

/// An HPA as a scan found it.
#[derive(Clone, Debug)]
pub struct ScannedHpa {
    /// The HPA and its target.
    pub recorded: Recorded,
    /// The findings of this scan alone, in the order of the catalogue. Those that a session reports
    /// are debounced.
    pub findings: Vec<Finding>,
}

impl ScannedHpa {
    /// Recorded HPAs with their findings, both in the same order.
    pub(super) fn all(
        recorded: impl IntoIterator<Item = Recorded>,
        judged: &[Judged<'_>],
    ) -> Vec<Arc<Self>> {
        let scanned = |(recorded, judged): (Recorded, &Judged<'_>)| {
            Arc::new(Self { recorded, findings: judged.findings.clone() })
        };
        recorded.into_iter().zip(judged).map(scanned).collect()
    }

    /// The HPA.
    pub fn hpa(&self) -> &Hpa {
        &self.recorded.hpa
    }

    /// `OK`, or the id of the worst finding.
    pub fn status(&self) -> &'static str {
        findings::status(&self.findings)
    }

    /// Whether the worst finding is an error or a warning.
    pub fn is_problem(&self) -> bool {
        findings::is_problem(&self.findings)
    }
}
