//! Evaluates the rules for subjects.

use std::collections::BTreeSet;

use super::finding::{Finding, Severity, Verdict};
use super::follows::{explains_others, is_explained};
use super::judged::{Evaluation, Judged};
use super::rule::{Need, Rule, rules};
use super::selection::Selection;
use super::subject::Subject;

/// Evaluates the selected rules for each subject. Findings that follow from another one are
/// omitted.
pub fn evaluate<'s, 'a: 's>(
    subjects: impl IntoIterator<Item = &'s Subject<'a>>,
    selection: &Selection,
) -> Evaluation<'a> {
    let is_needed = |rule: &&'static Rule| {
        selection.contains(rule.id) || selection.explains(rule.id) && explains_others(rule)
    };
    let rules: Vec<_> = rules().iter().filter(is_needed).collect();
    let mut decided = BTreeSet::new();
    let hpas: Vec<Judged<'a>> = subjects
        .into_iter()
        .map(|subject| {
            let verdicts = verdicts(subject, &rules, &mut decided);
            report(subject, verdicts, selection)
        })
        .collect();
    let undecided = hpas.iter().flat_map(|judged| &judged.undecided).map(|(rule, _)| rule.id);
    let undecided_rules = undecided.filter(|id| !decided.contains(id)).collect();
    Evaluation { hpas, undecided_rules }
}

/// The verdicts of the rules that apply or are undecided. Adds decided rules to `decided`.
fn verdicts(
    subject: &Subject<'_>,
    rules: &[&'static Rule],
    decided: &mut BTreeSet<&'static str>,
) -> Vec<(&'static Rule, Verdict)> {
    let mut verdicts = Vec::new();
    for rule in rules {
        let verdict = (rule.check)(subject);
        let of_target = || rule.needs.iter().any(|it| matches!(it, Need::Target | Need::Pods));
        match verdict {
            Verdict::NotEvaluated(_) => {}
            // A rule about the target decides nothing if the target does not exist.
            Verdict::Clear if matches!(subject.target, Ok(None)) && of_target() => {}
            _ => _ = decided.insert(rule.id),
        }
        if verdict != Verdict::Clear {
            verdicts.push((*rule, verdict));
        }
    }
    verdicts
}

/// The findings to report: neither ignored nor explained by another finding.
fn report<'a>(
    subject: &Subject<'a>,
    verdicts: Vec<(&'static Rule, Verdict)>,
    selection: &Selection,
) -> Judged<'a> {
    let hpa = subject.hpa;
    let is_reported = |id| selection.contains(id) && !selection.ignores(id, hpa);
    // A reported finding explains all its effects; an ignored one does not explain effects that are
    // more severe than itself.
    let raised: Vec<(&str, Severity)> = verdicts
        .iter()
        .filter_map(|(rule, verdict)| match verdict {
            Verdict::Raised(_) if is_reported(rule.id) => Some((rule.id, Severity::Error)),
            Verdict::Raised(raise) => Some((rule.id, raise.severity)),
            _ => None,
        })
        .collect();
    let mut judged = Judged { hpa, findings: Vec::new(), undecided: Vec::new() };
    for (rule, verdict) in verdicts {
        let severity = match &verdict {
            Verdict::Raised(raise) => raise.severity,
            _ => Severity::Info,
        };
        let may_explain =
            |cause: &Rule| raised.iter().any(|it| it.0 == cause.id && it.1 >= severity);
        if !is_reported(rule.id) || is_explained(subject, rule, may_explain) {
            continue;
        }
        match verdict {
            Verdict::Clear => {}
            Verdict::NotEvaluated(why) => judged.undecided.push((rule, why)),
            Verdict::Raised(raise) => judged.findings.push(Finding {
                id: rule.id,
                severity: raise.severity,
                cluster: hpa.cluster.clone(),
                namespace: hpa.namespace.clone(),
                hpa: hpa.name.clone(),
                message: raise.message,
                action: raise.action.unwrap_or(rule.action.into()),
                evidence: raise.evidence,
            }),
        }
    }
    judged
}
