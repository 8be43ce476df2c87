//! Findings of one kind and one severity.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::View;
use super::alike::Alike;
use super::{counted, hpas};
use crate::findings::{Effect, Finding, Rule, Severity, find, position};
use crate::term::shown::shown;
use crate::term::text::thousands;

/// The most HPAs that a group names.
const MOST_HPAS: usize = 3;

/// Findings of one id and one severity.
pub(super) struct Group<'a> {
    pub(super) severity: Severity,
    pub(super) id: &'static str,
    /// In the order of the report.
    pub(super) findings: Vec<&'a Finding>,
}

impl<'a> Group<'a> {
    /// The least severe first; of one severity, first what means least for the service, then the
    /// rarest, and of equals the last of the catalogue.
    pub(super) fn all(findings: impl Iterator<Item = &'a Finding>) -> Vec<Self> {
        let mut groups: BTreeMap<(Severity, &'static str), Vec<&'a Finding>> = BTreeMap::new();
        for finding in findings {
            groups.entry((finding.severity, finding.id)).or_default().push(finding);
        }
        let group = |((severity, id), findings)| Self { severity, id, findings };
        let mut groups: Vec<Self> = groups.into_iter().map(group).collect();
        groups.sort_by_key(|group| {
            let Self { severity, id, findings } = group;
            (*severity, Effect::of(id), findings.len(), Reverse(position(id)))
        });
        groups
    }

    /// What it is, in a few words.
    pub(super) fn title(&self) -> &'static str {
        self.rule(|rule| rule.title)
    }

    /// What to do: what all share, or what the rule says.
    pub(super) fn action(&self) -> &'a str {
        let shared = self.findings.first().map(|first| &*first.action);
        let shared = shared.filter(|it| self.findings.iter().all(|finding| finding.action == *it));
        shared.unwrap_or(self.rule(|rule| rule.action))
    }

    fn rule(&self, text: impl Fn(&'static Rule) -> &'static str) -> &'static str {
        find(self.id).map_or("", text)
    }

    /// The messages that are alike, with the worst HPA of each as the example.
    pub(super) fn messages(&self) -> Vec<Alike<'a>> {
        Alike::all(self.worst_first())
    }

    /// `78 HPAs in 40 clusters`, `78 HPAs in production`.
    pub(super) fn size(&self, is_offline: bool) -> String {
        format!("{} in {}", hpas(self.findings.len()), self.clusters(is_offline))
    }

    /// `40 clusters`, or the name of the only one.
    pub(super) fn clusters(&self, is_offline: bool) -> String {
        let names: BTreeSet<&str> = self.findings.iter().map(|it| &*it.cluster).collect();
        match names.len() {
            1 => names.first().map_or_else(String::new, |name| shown(name)),
            many => counted(many, if is_offline { "file" } else { "cluster" }),
        }
    }

    /// The first few HPAs without the first `skip` of them, then the number of the others.
    pub(super) fn names(
        &self,
        view: &View,
        skip: usize,
        name: impl Fn(&Finding) -> String,
    ) -> String {
        // One more than the limit is not worth a remark.
        let is_whole = view.all || self.findings.len() <= MOST_HPAS + 1;
        let most = if is_whole { usize::MAX } else { MOST_HPAS };
        let sorted = if view.all { self.findings.clone() } else { self.worst_first() };
        let first: Vec<String> = sorted.into_iter().take(most).skip(skip).map(name).collect();
        let rest = self.findings.len().saturating_sub(most);
        if rest == 0 {
            return first.join(", ");
        }
        format!("{} and {} more (--all)", first.join(", "), thousands(rest))
    }

    /// The worst of each cluster, the worst first, then the second of each, and so on.
    fn worst_first(&self) -> Vec<&'a Finding> {
        let mut sorted = self.findings.clone();
        sorted.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut ranked: Vec<(usize, &Finding)> = Vec::with_capacity(sorted.len());
        for finding in sorted {
            let rank = seen.entry(&*finding.cluster).or_default();
            ranked.push((*rank, finding));
            *rank += 1;
        }
        ranked.sort_by_key(|(rank, _)| *rank);
        ranked.into_iter().map(|(_, finding)| finding).collect()
    }
}

/// How bad a finding is among those of its kind: how far from its target or bound, otherwise for
/// how long.
fn weight(finding: &Finding) -> f64 {
    let number = |key: &str| finding.evidence.get(key).and_then(serde_json::Value::as_f64);
    let beyond = number("wantedReplicas").zip(number("maxReplicas").filter(|max| *max > 0.0));
    let ratio = beyond.map(|(wanted, max)| wanted / max).or_else(|| number("ratio"));
    ratio.or_else(|| number("lastedSeconds")).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Evidence;
    use crate::term::color::Style;

    fn finding(id: &'static str, cluster: &str, hpa: &str, wanted: i64) -> Finding {
        let mut evidence = Evidence::new();
        evidence.insert("wantedReplicas".to_owned(), wanted.into());
        evidence.insert("maxReplicas".to_owned(), 10.into());
        Finding {
            id,
            severity: Severity::Error,
            cluster: cluster.into(),
            namespace: "shop".to_owned(),
            hpa: hpa.to_owned(),
            message: format!("{hpa} wants {wanted}"),
            action: "do it".into(),
            evidence,
            location: None,
        }
    }

    #[test]
    fn pods_that_do_not_run_come_last_even_if_they_are_few() {
        let findings = [
            finding("crash-oom", "eu", "web", 0),
            finding("duplicate-target", "eu", "api", 0),
            finding("duplicate-target", "eu", "job", 0),
            finding("metrics-unavailable", "eu", "one", 0),
        ];
        let ids: Vec<&str> = Group::all(findings.iter()).iter().map(|group| group.id).collect();
        assert_eq!(ids, ["metrics-unavailable", "duplicate-target", "crash-oom"]);
    }

    #[test]
    fn the_worst_of_each_cluster_are_named() {
        let findings = [
            finding("maxed-out", "a", "mild", 11),
            finding("maxed-out", "a", "bad", 30),
            finding("maxed-out", "a", "worse", 40),
            finding("maxed-out", "b", "some", 20),
            finding("maxed-out", "c", "worst", 90),
        ];
        let group = Group::all(findings.iter()).remove(0);
        let mut view = View {
            by: super::super::By::Finding,
            all: false,
            not_evaluated: false,
            style: Style::PLAIN,
            width: None,
        };
        let names = |view: &View| group.names(view, 0, |finding| finding.hpa.clone());
        assert_eq!(names(&view), "worst, worse, some and 2 more (--all)");
        assert_eq!(
            group.names(&view, 1, |finding| finding.hpa.clone()),
            "worse, some and 2 more (--all)"
        );
        view.all = true;
        assert_eq!(names(&view), "mild, bad, worse, some, worst");
        assert_eq!(group.size(false), "5 HPAs in 3 clusters");
        assert_eq!(group.messages().len(), 1);
    }
}
