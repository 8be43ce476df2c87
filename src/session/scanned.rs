//! A cluster as a scan found it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::findings::{Finding, Severity};
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
    /// HPAs with their findings, which are in the order of the HPAs.
    pub(super) fn all(
        recorded: impl IntoIterator<Item = Recorded>,
        findings: &[Finding],
    ) -> Vec<Arc<Self>> {
        let mut findings = findings.iter().peekable();
        let own = |recorded: Recorded| {
            let hpa = &recorded.hpa;
            let is_own = |it: &&Finding| it.namespace == hpa.namespace && it.hpa == hpa.name;
            let mut own = Vec::new();
            while let Some(finding) = findings.next_if(is_own) {
                own.push(finding.clone());
            }
            Arc::new(Self { recorded, findings: own })
        };
        recorded.into_iter().map(own).collect()
    }

    /// The HPA.
    pub fn hpa(&self) -> &Hpa {
        &self.recorded.hpa
    }

    /// `OK`, or the id of the worst finding.
    pub fn status(&self) -> &'static str {
        self.worst().map_or("OK", |finding| finding.id)
    }

    /// Whether the worst finding is an error or a warning.
    pub fn is_problem(&self) -> bool {
        self.worst().is_some_and(|finding| finding.severity >= Severity::Warning)
    }

    /// Of several, the first in the catalogue.
    fn worst(&self) -> Option<&Finding> {
        self.findings.iter().rev().max_by_key(|finding| finding.severity)
    }
}
