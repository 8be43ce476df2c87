//! From subjects to findings.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::finding::{Finding, Severity, Verdict};
use super::follows::{causes, explained};
use super::rule::{Need, rules};
use super::selection::Selection;
use super::subject::Subject;
use super::unknown::Unknown;

/// What was found, and what could not be told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// HPA by HPA in the order given; for each in the order of the catalogue.
    pub findings: Vec<Finding>,
    /// By id, in the order of the catalogue, then by reason.
    pub not_evaluated: Vec<NotEvaluated>,
    /// The same one by one: the position of the subject, and the rule.
    pub undecided: Vec<(usize, &'static str)>,
    /// Rules that could be decided for none of the subjects to which they apply.
    pub open: BTreeSet<&'static str>,
}

/// A rule that could not be decided for some HPAs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotEvaluated {
    /// The rule.
    pub id: &'static str,
    /// Why.
    #[serde(flatten)]
    pub reason: Unknown,
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
        self.open.extend(other.open);
    }
}

/// How often a rule could not be decided, by rule and reason.
#[derive(Default)]
struct Counts(BTreeMap<&'static str, BTreeMap<Unknown, usize>>);

impl Counts {
    fn add(&mut self, id: &'static str, reason: Unknown, count: usize) {
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
    let mut decided = BTreeSet::new();
    let is_judged = |id: &str| selection.contains(id) || selection.explains(id) && causes(id);
    let judged: Vec<_> = rules().iter().filter(|rule| is_judged(rule.id)).collect();
    for (position, subject) in subjects.into_iter().enumerate() {
        let verdicts: Vec<_> = judged
            .iter()
            .map(|rule| (*rule, (rule.check)(subject)))
            .inspect(|(rule, verdict)| {
                let of_target = rule.needs.iter().any(|it| matches!(it, Need::Target | Need::Pods));
                match verdict {
                    Verdict::NotEvaluated(_) => {}
                    // Where there is no target there was nothing to decide.
                    Verdict::Clear if of_target && matches!(subject.target, Ok(None)) => {}
                    _ => _ = decided.insert(rule.id),
                }
            })
            .filter(|(_, verdict)| *verdict != Verdict::Clear)
            .collect();
        let is_reported = |id| selection.contains(id) && !selection.ignores(id, subject.hpa);
        // What is reported stands for whatever follows from it, what is ignored for nothing worse
        // than it is itself.
        let raised: Vec<(&str, Severity)> = verdicts
            .iter()
            .filter_map(|(rule, verdict)| match verdict {
                Verdict::Raised(_) if is_reported(rule.id) => Some((rule.id, Severity::Error)),
                Verdict::Raised(raise) => Some((rule.id, raise.severity)),
                _ => None,
            })
            .collect();
        for (rule, verdict) in verdicts {
            let severity = match &verdict {
                Verdict::Raised(raise) => raise.severity,
                _ => Severity::Info,
            };
            let stands = |cause: &str| raised.iter().any(|it| it.0 == cause && it.1 >= severity);
            if !is_reported(rule.id) || explained(subject, rule.id, stands) {
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
    let not_evaluated = counts.list();
    let open = not_evaluated.iter().map(|it| it.id).filter(|id| !decided.contains(id)).collect();
    Evaluation { findings, not_evaluated, undecided, open }
}
