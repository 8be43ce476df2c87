//! From subjects to findings.

use std::collections::BTreeMap;

use serde::Serialize;

use super::finding::{Finding, Verdict};
use super::follows::{causes, explained};
use super::rule::rules;
use super::selection::Selection;
use super::subject::Subject;

/// What was found, and what could not be told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// HPA by HPA in the order given; for each in the order of the catalogue.
    pub findings: Vec<Finding>,
    /// By id, in the order of the catalogue, then by reason.
    pub not_evaluated: Vec<NotEvaluated>,
}

/// A rule that could not be decided for some HPAs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotEvaluated {
    /// The rule.
    pub id: &'static str,
    /// Why.
    pub reason: String,
    /// For how many HPAs.
    pub count: usize,
}

impl Evaluation {
    /// Adds another cluster's.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        let mine = std::mem::take(&mut self.not_evaluated);
        let mut counts = BTreeMap::new();
        for NotEvaluated { id, reason, count } in mine.into_iter().chain(other.not_evaluated) {
            let at = rules().iter().position(|rule| rule.id == id).unwrap_or(usize::MAX);
            *counts.entry((at, id, reason)).or_default() += count;
        }
        self.not_evaluated = listed(counts);
    }
}

fn listed(counts: BTreeMap<(usize, &'static str, String), usize>) -> Vec<NotEvaluated> {
    let one = |((_, id, reason), count)| NotEvaluated { id, reason, count };
    counts.into_iter().map(one).collect()
}

/// Judges each subject by the selected rules. What follows from another finding is left out, also
/// where that one is not selected: who accepts a cause accepts its effects.
pub fn evaluate<'s, 'a: 's>(
    subjects: impl IntoIterator<Item = &'s Subject<'a>>,
    selection: &Selection,
) -> Evaluation {
    let mut findings = Vec::new();
    let mut counts = BTreeMap::new();
    let judged: Vec<_> = rules()
        .iter()
        .enumerate()
        .filter(|(_, rule)| selection.contains(rule.id) || causes(rule.id))
        .collect();
    for subject in subjects {
        let verdicts: Vec<_> =
            judged.iter().map(|(at, rule)| (*at, *rule, (rule.check)(subject))).collect();
        let raised: Vec<&str> = verdicts
            .iter()
            .filter(|(_, _, verdict)| matches!(verdict, Verdict::Raised(_)))
            .map(|(_, rule, _)| rule.id)
            .collect();
        for (at, rule, verdict) in verdicts {
            if !selection.contains(rule.id)
                || verdict == Verdict::Clear
                || explained(subject, rule.id, &raised)
            {
                continue;
            }
            match verdict {
                Verdict::Clear => {}
                Verdict::NotEvaluated(reason) => {
                    *counts.entry((at, rule.id, reason)).or_default() += 1;
                }
                Verdict::Raised(raise) => findings.push(Finding {
                    id: rule.id,
                    severity: raise.severity,
                    cluster: subject.hpa.cluster.clone(),
                    namespace: subject.hpa.namespace.clone(),
                    hpa: subject.hpa.name.clone(),
                    message: raise.message,
                    action: raise.action.unwrap_or(rule.action.into()),
                    evidence: raise.evidence,
                }),
            }
        }
    }
    Evaluation { findings, not_evaluated: listed(counts) }
}
