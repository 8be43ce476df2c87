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
    /// The same one by one: the position of the subject, and the rule.
    pub undecided: Vec<(usize, &'static str)>,
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
    /// Adds another cluster's. What was undecided one by one is left out: its positions are another's.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        let mine = std::mem::take(&mut self.not_evaluated);
        let mut counts = Counts::default();
        for NotEvaluated { id, reason, count } in mine.into_iter().chain(other.not_evaluated) {
            counts.add(id, reason, count);
        }
        self.not_evaluated = counts.list();
        self.undecided.clear();
    }
}

/// How often a rule could not be decided, by rule and reason.
#[derive(Default)]
struct Counts(BTreeMap<&'static str, BTreeMap<String, usize>>);

impl Counts {
    fn add(&mut self, id: &'static str, reason: String, count: usize) {
        *self.0.entry(id).or_default().entry(reason).or_default() += count;
    }

    fn list(mut self) -> Vec<NotEvaluated> {
        rules()
            .iter()
            .filter_map(|rule| Some((rule.id, self.0.remove(rule.id)?)))
            .flat_map(|(id, reasons)| {
                reasons.into_iter().map(move |(reason, count)| NotEvaluated { id, reason, count })
            })
            .collect()
    }
}

/// Judges each subject by the selected rules. What follows from another finding is left out.
pub fn evaluate<'s, 'a: 's>(
    subjects: impl IntoIterator<Item = &'s Subject<'a>>,
    selection: &Selection,
) -> Evaluation {
    let mut findings = Vec::new();
    let mut counts = Counts::default();
    let mut undecided = Vec::new();
    let is_judged = |id: &str| selection.contains(id) || selection.explains(id) && causes(id);
    let judged: Vec<_> = rules().iter().filter(|rule| is_judged(rule.id)).collect();
    for (position, subject) in subjects.into_iter().enumerate() {
        let verdicts: Vec<_> = judged
            .iter()
            .map(|rule| (*rule, (rule.check)(subject)))
            .filter(|(_, verdict)| *verdict != Verdict::Clear)
            .collect();
        let raised: Vec<&str> = verdicts
            .iter()
            .filter(|(_, verdict)| matches!(verdict, Verdict::Raised(_)))
            .map(|(rule, _)| rule.id)
            .collect();
        for (rule, verdict) in verdicts {
            if !selection.contains(rule.id) || explained(subject, rule.id, &raised) {
                continue;
            }
            match verdict {
                Verdict::Clear => {}
                Verdict::NotEvaluated(reason) => {
                    counts.add(rule.id, reason, 1);
                    undecided.push((position, rule.id));
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
    Evaluation { findings, not_evaluated: counts.list(), undecided }
}
