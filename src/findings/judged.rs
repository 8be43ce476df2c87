//! The findings of each HPA, and the undecided rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::finding::{Finding, Severity};
use super::rule::{Rule, rules};
use super::silenced::Silenced;
use super::status_filter::OK;
use super::unknown::Unknown;
use crate::hpa::Hpa;

/// An HPA with the results of the rules. A rule that is neither in `findings` nor in `undecided`
/// does not apply to it, was not selected, or follows from another finding.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The HPA.
    pub hpa: &'a Hpa,
    /// Its findings, in the order of the catalogue.
    pub findings: Vec<Finding>,
    /// The rules that could not be decided, in the order of the catalogue.
    pub undecided: Vec<(&'static Rule, Unknown)>,
    /// The findings that are not reported, in the order of the catalogue.
    pub silenced: Vec<Silenced>,
}

impl Judged<'_> {
    /// The worst finding; if there are several, the first in the order of the catalogue.
    pub fn worst(&self) -> Option<&Finding> {
        worst(&self.findings)
    }

    /// `OK`, or the id of the worst finding.
    pub fn status(&self) -> &'static str {
        status(&self.findings)
    }

    /// Whether it has a finding of at least severity warning.
    pub fn is_problem(&self) -> bool {
        is_problem(&self.findings)
    }
}

/// [`Judged::worst`] of the findings of one HPA.
pub fn worst(findings: &[Finding]) -> Option<&Finding> {
    findings.iter().rev().max_by_key(|finding| finding.severity)
}

/// [`Judged::status`] of the findings of one HPA.
pub fn status(findings: &[Finding]) -> &'static str {
    worst(findings).map_or(OK, |finding| finding.id)
}

/// [`Judged::is_problem`] of the findings of one HPA.
pub fn is_problem(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity >= Severity::Warning)
}

/// HPAs that were evaluated together.
#[derive(Debug, Clone, Default)]
pub struct Evaluation<'a> {
    /// In the given order.
    pub hpas: Vec<Judged<'a>>,
    /// Rules that could not be decided for any HPA to which they apply.
    pub undecided_rules: BTreeSet<&'static str>,
}

impl Evaluation<'_> {
    /// All findings, HPA by HPA.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.hpas.iter().flat_map(|judged| &judged.findings)
    }

    /// The rules that could not be decided, by reason.
    pub fn not_evaluated(&self) -> Vec<NotEvaluated> {
        Undecided::of(&self.hpas).list()
    }
}

/// A rule that could not be decided for some HPAs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotEvaluated {
    /// The rule.
    pub id: &'static str,
    /// The reason.
    #[serde(flatten)]
    pub reason: Unknown,
    /// The number of HPAs.
    pub count: usize,
}

/// The number of HPAs for which each rule could not be decided, by reason.
#[derive(Debug, Clone, Default)]
pub struct Undecided(BTreeMap<&'static str, BTreeMap<Unknown, usize>>);

impl Undecided {
    /// Counts these HPAs.
    pub fn of<'a>(hpas: impl IntoIterator<Item = &'a Judged<'a>>) -> Self {
        let mut counts = Self::default();
        counts.add(hpas);
        counts
    }

    /// Adds HPAs to the count.
    pub fn add<'a>(&mut self, hpas: impl IntoIterator<Item = &'a Judged<'a>>) {
        for (rule, why) in hpas.into_iter().flat_map(|judged| &judged.undecided) {
            let reasons = self.0.entry(rule.id).or_default();
            // Thousands of HPAs may share a reason.
            match reasons.get_mut(why) {
                Some(count) => *count += 1,
                None => drop(reasons.insert(why.clone(), 1)),
            }
        }
    }

    /// In the order of the catalogue, then by reason.
    pub fn list(&self) -> Vec<NotEvaluated> {
        let of_rule = |rule: &Rule| self.0.get_key_value(rule.id);
        let reasons = rules().iter().filter_map(of_rule);
        reasons
            .flat_map(|(id, reasons)| {
                let reason = |(reason, count): (&Unknown, &usize)| NotEvaluated {
                    id,
                    reason: reason.clone(),
                    count: *count,
                };
                reasons.iter().map(reason)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{finding, hpa};
    use super::super::rule::find;
    use super::*;

    const PLACE: (&str, &str, &str) = ("prod", "shop", "web");

    #[test]
    fn the_status_is_the_worst_finding_and_of_several_the_first_of_the_catalogue() {
        let of = |id, severity| Finding { severity, ..finding(id, PLACE) };
        let (info, warning) = (of("memory-only", Severity::Info), of("low-min", Severity::Warning));
        let (first, second) =
            (of("maxed-out", Severity::Error), of("not-scaling", Severity::Error));
        let hpa = hpa();
        let mut judged =
            Judged { hpa: &hpa, findings: Vec::new(), undecided: Vec::new(), silenced: Vec::new() };
        assert_eq!((judged.status(), judged.is_problem()), ("OK", false));
        judged.findings = vec![info.clone()];
        assert_eq!((judged.status(), judged.is_problem()), ("memory-only", false));
        judged.findings = vec![info, warning, first, second];
        assert_eq!((judged.status(), judged.is_problem()), ("maxed-out", true));
    }

    #[test]
    fn undecided_rules_are_counted_by_rule_and_reason() {
        let hpa = hpa();
        let judged = |why: &[(&str, Unknown)]| Judged {
            hpa: &hpa,
            findings: Vec::new(),
            undecided: why.iter().map(|(id, why)| (find(id).unwrap(), why.clone())).collect(),
            silenced: Vec::new(),
        };
        let denied = Unknown::Forbidden("pods: denied".into());
        let one = judged(&[("crash-oom", denied.clone()), ("flapping", Unknown::NoHistory)]);
        let other = judged(&[("flapping", Unknown::NotRequested), ("crash-oom", denied.clone())]);
        let mut counts = Undecided::of([&one, &other]);
        counts.add([&one]);
        let list: Vec<_> =
            counts.list().into_iter().map(|it| (it.id, it.reason, it.count)).collect();
        assert_eq!(
            list,
            [
                ("crash-oom", denied, 3),
                ("flapping", Unknown::NotRequested, 1),
                ("flapping", Unknown::NoHistory, 2),
            ]
        );
    }
}
