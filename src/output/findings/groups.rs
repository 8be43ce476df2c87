//! Findings by what was found, and by cluster: the least severe first, so that the worst is what
//! stays on the screen.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::page::{Page, SEVERITY};
use super::summary::thousands;
use super::{View, counted, hpas, shown_place};
use crate::check::Report;
use crate::findings::{Finding, Rule, Severity, find, rules};
use crate::term::color::Tone;
use crate::term::shown::shown;
use crate::term::text::sanitize;

/// The most HPAs that a group names.
const MOST_HPAS: usize = 5;
/// The most clusters that a group names.
const MOST_CLUSTERS: usize = 3;

/// Findings of one id and one severity, in the order of the report.
struct Group<'a> {
    severity: Severity,
    id: &'static str,
    findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// The least severe first; of one severity, the rarest first, and of equals the last of the
    /// catalogue.
    fn all(findings: impl Iterator<Item = &'a Finding>) -> Vec<Self> {
        let mut groups: BTreeMap<(Severity, &'static str), Vec<&'a Finding>> = BTreeMap::new();
        for finding in findings {
            groups.entry((finding.severity, finding.id)).or_default().push(finding);
        }
        let group = |((severity, id), findings)| Self { severity, id, findings };
        let mut groups: Vec<Self> = groups.into_iter().map(group).collect();
        groups.sort_by_key(|group| {
            let position = rules().iter().position(|rule| rule.id == group.id);
            (group.severity, group.findings.len(), Reverse(position))
        });
        groups
    }

    /// What is wrong: the message that all share, or when the rule raises a finding.
    fn what(&self) -> &'a str {
        self.shared(|finding| &finding.message).unwrap_or(self.rule(|rule| rule.condition))
    }

    /// What to do: what all share, or what the rule says.
    fn action(&self) -> &'a str {
        self.shared(|finding| &finding.action).unwrap_or(self.rule(|rule| rule.action))
    }

    fn shared(&self, text: impl Fn(&'a Finding) -> &'a str) -> Option<&'a str> {
        let first = text(self.findings.first()?);
        self.findings.iter().all(|finding| text(finding) == first).then_some(first)
    }

    fn rule(&self, text: impl Fn(&'static Rule) -> &'static str) -> &'static str {
        find(self.id).map_or("", text)
    }

    /// ` in eu-1, eu-2, eu-3 and 37 more clusters`.
    fn clusters(&self, view: &View) -> String {
        // The report is in the order of clusters.
        let mut names: Vec<&str> = self.findings.iter().map(|it| &*it.cluster).collect();
        names.dedup();
        let (first, rest) = split(&names, MOST_CLUSTERS, view);
        let first: Vec<String> = first.iter().map(|name| shown(name)).collect();
        match rest {
            0 => first.join(", "),
            1 => format!("{} and 1 more cluster", first.join(", ")),
            rest => format!("{} and {} more clusters", first.join(", "), thousands(rest)),
        }
    }

    /// The first few names, then the number of the others.
    fn names(&self, view: &View, name: impl Fn(&Finding) -> String) -> String {
        let (first, rest) = split(&self.findings, MOST_HPAS, view);
        let names: Vec<String> = first.iter().map(|finding| name(finding)).collect();
        match rest {
            0 => names.join(", "),
            rest => format!("{} and {} more (--all)", names.join(", "), thousands(rest)),
        }
    }
}

/// The first items, and how many more there are. One more than the limit is not worth a remark.
fn split<'i, T>(items: &'i [T], most: usize, view: &View) -> (&'i [T], usize) {
    if view.all || items.len() <= most + 1 {
        return (items, 0);
    }
    let (first, rest) = items.split_at(most);
    (first, rest.len())
}

impl Page {
    /// Finding by finding: what it is and what to do once, and the HPAs that have it.
    pub(super) fn by_finding(&mut self, report: &Report<'_>, view: &View) {
        for group in Group::all(report.findings()) {
            if let [finding] = group.findings.as_slice() {
                self.entry(0, group.severity, group.id, &shown_place(finding));
                self.what(SEVERITY, &finding.message, &finding.action);
                self.line("");
                continue;
            }
            let many = hpas(group.findings.len());
            let heading = format!("{many} in {}", group.clusters(view));
            self.entry(0, group.severity, group.id, &heading);
            self.what(SEVERITY, group.what(), group.action());
            if view.all {
                let is_shared = group.shared(|finding| &finding.message).is_some();
                for finding in &group.findings {
                    let message =
                        if is_shared { String::new() } else { format!(": {}", finding.message) };
                    self.wrapped(
                        SEVERITY,
                        &format!("{}{message}", shown_place(finding)),
                        Tone::Plain,
                    );
                }
            } else {
                self.wrapped(SEVERITY, &group.names(view, shown_place), Tone::Plain);
            }
            self.line("");
        }
    }

    /// Cluster by cluster: a line a finding, with the HPAs that have it.
    pub(super) fn by_cluster(&mut self, report: &Report<'_>, view: &View) {
        let mut clusters: Vec<_> = report
            .clusters
            .iter()
            .map(|cluster| (cluster, Group::all(cluster.evaluation.findings())))
            .filter(|(_, groups)| !groups.is_empty())
            .collect();
        clusters.sort_by_key(|(_, groups)| {
            let of = |severity| {
                let of = groups.iter().filter(|group| group.severity == severity);
                of.map(|group| group.findings.len()).sum::<usize>()
            };
            (of(Severity::Error), of(Severity::Warning), of(Severity::Info))
        });
        for (cluster, groups) in &clusters {
            let all = cluster.evaluation.hpas.len();
            let hit =
                cluster.evaluation.hpas.iter().filter(|judged| !judged.findings.is_empty()).count();
            let name = self.style.bold(&sanitize(&shown(&cluster.outcome.name)));
            self.line(&format!(
                "{name}: {} of {} with findings",
                thousands(hit),
                counted(all, "HPA")
            ));
            for group in groups {
                let name = |finding: &Finding| format!("{}/{}", finding.namespace, finding.hpa);
                let names = match group.findings.as_slice() {
                    [finding] => name(finding),
                    many => format!("{}: {}", hpas(many.len()), group.names(view, name)),
                };
                self.entry(2, group.severity, group.id, &names);
            }
            self.line("");
        }
    }
}
