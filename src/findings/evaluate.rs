//! Evaluates the rules for subjects.

use std::collections::BTreeSet;

use super::finding::{Finding, Severity, Verdict, Violation};
use super::follows::is_explained;
use super::judged::{Evaluation, Judged};
use super::past::Origin;
use super::rule::{Need, Rule, rules};
use super::selection::Selection;
use super::silenced::{Silenced, SilencedBy, is_silenced};
use super::subject::Subject;
use crate::hpa::Hpa;

/// Evaluates the selected rules for each subject. Findings that follow from another one are
/// omitted.
pub fn evaluate<'s, 'a: 's>(
    subjects: impl IntoIterator<Item = &'s Subject<'a>>,
    selection: &Selection,
) -> Evaluation<'a> {
    // Ignored rules too: their findings are counted, and explain others.
    let is_needed = |rule: &&'static Rule| selection.explains(rule.id);
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
        let verdict = with_source((rule.check)(subject), subject);
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

/// Facts that a rule has from earlier readings.
const FROM_HISTORY: [&str; 2] = ["lastedSeconds", "reversals"];

/// Says where earlier readings come from, if not from snapshots.
fn with_source(verdict: Verdict, subject: &Subject<'_>) -> Verdict {
    let has = |origin| subject.past.as_ref().is_ok_and(|past| past.has(origin));
    let (source, name) = match (has(Origin::Prometheus), has(Origin::Snapshot)) {
        (false, _) => return verdict,
        (true, false) => ("prometheus", "Prometheus"),
        (true, true) => ("databaseAndPrometheus", "snapshots and Prometheus"),
    };
    match verdict {
        Verdict::Raised(raise)
            if FROM_HISTORY.iter().any(|key| raise.evidence.contains_key(*key)) =>
        {
            let message = format!("{} (history: {name})", raise.message);
            Verdict::Raised(Violation { message, ..raise }.with("historySource", source))
        }
        verdict => verdict,
    }
}

/// The findings to report: neither silenced nor explained by another finding.
fn report<'a>(
    subject: &Subject<'a>,
    verdicts: Vec<(&'static Rule, Verdict)>,
    selection: &Selection,
) -> Judged<'a> {
    let hpa = subject.hpa;
    let silencer = |id| {
        if !selection.contains(id) || selection.ignores(id, hpa) {
            return Some(SilencedBy::Ignore);
        }
        let is_annotated = hpa.ignore.as_ref().is_some_and(|silence| is_silenced(silence, id));
        is_annotated.then_some(SilencedBy::Annotation)
    };
    // A reported finding explains all its effects; a silenced one does not explain effects that are
    // more severe than itself.
    let raised: Vec<(&str, Severity)> = verdicts
        .iter()
        .filter_map(|(rule, verdict)| match verdict {
            Verdict::Raised(_) if silencer(rule.id).is_none() => Some((rule.id, Severity::Error)),
            Verdict::Raised(raise) => Some((rule.id, raise.severity)),
            _ => None,
        })
        .collect();
    let mut judged =
        Judged { hpa, findings: Vec::new(), undecided: Vec::new(), silenced: Vec::new() };
    for (rule, verdict) in verdicts {
        let severity = match &verdict {
            Verdict::Raised(raise) => raise.severity,
            _ => Severity::Info,
        };
        let may_explain =
            |cause: &Rule| raised.iter().any(|it| it.0 == cause.id && it.1 >= severity);
        if is_explained(subject, rule, may_explain) {
            continue;
        }
        match (verdict, silencer(rule.id)) {
            (Verdict::Clear, _) | (Verdict::NotEvaluated(_), Some(_)) => {}
            (Verdict::NotEvaluated(why), None) => judged.undecided.push((rule, why)),
            (Verdict::Raised(raise), by) => {
                let finding = raise.of(rule, hpa);
                match by {
                    None => judged.findings.push(finding),
                    Some(by) => judged.silenced.push(Silenced {
                        finding,
                        by,
                        reason: match by {
                            SilencedBy::Annotation => {
                                hpa.ignore.as_ref().and_then(|silence| silence.reason.clone())
                            }
                            _ => None,
                        },
                    }),
                }
            }
        }
    }
    judged
}

impl Violation {
    /// The finding about an HPA.
    fn of(self, rule: &'static Rule, hpa: &Hpa) -> Finding {
        Finding {
            id: rule.id,
            severity: self.severity,
            cluster: hpa.cluster.clone(),
            namespace: hpa.namespace.clone(),
            hpa: hpa.name.clone(),
            message: self.message,
            action: self.action.unwrap_or(rule.action.into()),
            evidence: self.evidence,
            location: None,
        }
    }
}
