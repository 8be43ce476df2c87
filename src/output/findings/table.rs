//! Findings for people: by HPA, by finding or by cluster, with a summary at the end.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::page::Page;
use super::{By, View};
use crate::check::Report;
use crate::findings::{Finding, Severity};
use crate::term::shown::shown;
use crate::term::text::sanitize;

/// Cluster, namespace, name.
pub(super) type Place<'a> = (&'a str, &'a str, &'a str);

pub(super) fn place(finding: &Finding) -> Place<'_> {
    (&finding.cluster, &finding.namespace, &finding.hpa)
}

/// The findings, then what was checked, the number of findings by severity, and the rules that
/// could not be evaluated.
pub fn text(report: &Report<'_>, view: &View) -> String {
    let mut page = Page { style: view.style, width: view.width, text: String::new() };
    match view.by {
        By::Hpa => page.by_hpa(report),
        By::Finding => page.by_finding(report, view),
        By::Cluster => page.by_cluster(report, view),
    }
    page.summary(report, view, hit(report));
    page.text
}

/// The number of HPAs with findings to show.
pub fn hit(report: &Report<'_>) -> usize {
    report.findings().map(place).collect::<BTreeSet<_>>().len()
}

impl Page {
    /// HPA by HPA, the worst first.
    fn by_hpa(&mut self, report: &Report<'_>) {
        let mut groups: BTreeMap<Place<'_>, Vec<&Finding>> = BTreeMap::new();
        for finding in report.findings() {
            groups.entry(place(finding)).or_default().push(finding);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        for (_, findings) in &mut groups {
            // Stable: equals stay in the order of the catalogue.
            findings.sort_by_key(|finding| Reverse(finding.severity));
        }
        groups.sort_by_key(|(_, findings)| {
            let of = |severity| findings.iter().filter(|f| f.severity == severity).count();
            let worst = findings.first().map(|finding| finding.severity);
            Reverse((worst, of(Severity::Error), of(Severity::Warning)))
        });
        for ((cluster, namespace, name), findings) in &groups {
            let place = format!("{}/{namespace}/{name}", shown(cluster));
            let line = findings.iter().filter_map(|it| Some(it.location.as_ref()?.line)).min();
            let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
            self.line(&(self.style.bold(&sanitize(&place)) + &line));
            for finding in findings {
                self.finding(finding);
            }
            self.line("");
        }
    }
}
