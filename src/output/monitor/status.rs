//! The line at the bottom of a terminal: when the last scan was, and what it found.

use crate::session::{FindingCounts, ScanReport};

use super::plural;

/// `last scan 12:24:46Z  39/40 clusters  3,000 HPAs  14 errors, 16 warnings, 6 info`
pub(super) fn status(scan: &ScanReport) -> String {
    let (at, of) = (scan.at.strftime("%H:%M:%SZ"), scan.clusters.len());
    let (hpas, open) = (plural(scan.hpas.len(), "HPA"), open(scan.findings));
    format!("last scan {at}  {}/{of} clusters  {hpas}  {open}", read(scan))
}

/// A scan as one line.
pub(super) fn summary(scan: &ScanReport) -> String {
    let hpas = plural(scan.hpas.len(), "HPA");
    let clusters = plural(scan.clusters.len(), "cluster");
    format!("{} of {clusters} read, {hpas}, {}", read(scan), open(scan.findings))
}

fn read(scan: &ScanReport) -> usize {
    scan.clusters.iter().filter(|cluster| cluster.error.is_none()).count()
}

fn open(FindingCounts { error, warning, info }: FindingCounts) -> String {
    let mut found = Vec::new();
    if error > 0 {
        found.push(plural(error, "error"));
    }
    if warning > 0 {
        found.push(plural(warning, "warning"));
    }
    if info > 0 {
        found.push(format!("{info} info"));
    }
    if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") }
}
