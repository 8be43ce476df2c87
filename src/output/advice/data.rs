//! Advice as JSON, JSON lines and CSV.

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::Advised;
use crate::advice::{Changed, Daily, Effort, Kind, Promise, Proposal, changes, merge_patch};
use crate::kubectl::Outcome;
use crate::simulation::{Measures, Trust};
use crate::term::csv as term_csv;
use crate::term::json::{self, SCHEMA_VERSION};
use crate::term::time::whole_seconds;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    taken_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clusters: Option<&'a [Outcome]>,
    hpas: Vec<Row<'a>>,
    totals: Totals,
}

/// What there is to gain in all.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Totals {
    pub hpas: usize,
    /// HPAs with a proposal that keeps the promise.
    pub proposed: usize,
    /// HPAs whose present settings are left as they are.
    pub unchanged: usize,
    /// HPAs that cannot be judged.
    pub not_evaluated: usize,
    /// Those, by reason.
    pub reasons: BTreeMap<&'static str, usize>,
    pub pod_hours_a_day: f64,
    pub saved_pod_hours_a_day: f64,
    pub prevented_unmet_pod_minutes_a_day: f64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    cluster: &'a str,
    namespace: &'a str,
    name: &'a str,
    source: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
    not_evaluated: Option<NotEvaluated>,
    #[serde(flatten)]
    advice: Option<Given<'a>>,
}

#[derive(Serialize)]
struct NotEvaluated {
    reason: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Given<'a> {
    effort: Effort,
    settings_tried: usize,
    trust: &'a Trust,
    censored_minutes: f64,
    promise: &'a Promise,
    capacity_percent: i32,
    highest_target_percent: i32,
    known_percent: f64,
    chosen_on_minutes: i64,
    judged_on_minutes: i64,
    change_at: Option<String>,
    now: Course<'a>,
    proposals: Vec<Proposed<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Course<'a> {
    summary: &'a Measures,
    a_day: Daily,
    chosen: Daily,
    judged: Daily,
    keeps_promise: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proposed<'a> {
    name: Kind,
    #[serde(flatten)]
    course: Course<'a>,
    saves_pod_hours_a_day: f64,
    prevents_unmet_pod_minutes_a_day: f64,
    changes: Vec<Changed>,
    risks: &'a [String],
    patch: Value,
}

/// The document, with the clusters that were read, if any.
///
/// # Errors
/// If it cannot be written.
pub fn json(
    all: &[Advised],
    read: Option<(Timestamp, &[Outcome])>,
) -> Result<Vec<u8>, serde_json::Error> {
    json::pretty(&Document {
        schema_version: SCHEMA_VERSION,
        kind: "HpaAdvice",
        taken_at: read.map(|(at, _)| whole_seconds(at)),
        clusters: read.map(|(_, clusters)| clusters),
        hpas: all.iter().map(row).collect(),
        totals: Totals::of(all),
    })
}

/// A line for one HPA.
///
/// # Errors
/// If it cannot be written.
pub fn jsonl(advised: &Advised) -> Result<Vec<u8>, serde_json::Error> {
    json::line(&row(advised))
}

impl Totals {
    pub(super) fn of(all: &[Advised]) -> Self {
        let mut totals = Self { hpas: all.len(), ..Self::default() };
        for advised in all {
            match &advised.advice {
                Err(refusal) => {
                    totals.not_evaluated += 1;
                    *totals.reasons.entry(refusal.id()).or_default() += 1;
                }
                Ok(advice) => {
                    totals.pod_hours_a_day += advice.now.daily.pod_hours;
                    let Some(best) = advice.best() else {
                        totals.unchanged += 1;
                        continue;
                    };
                    totals.proposed += 1;
                    totals.saved_pod_hours_a_day += advice.saves(best);
                    totals.prevented_unmet_pod_minutes_a_day += advice.prevents(best);
                }
            }
        }
        totals.pod_hours_a_day = rounded(totals.pod_hours_a_day);
        totals.saved_pod_hours_a_day = rounded(totals.saved_pod_hours_a_day);
        totals.prevented_unmet_pod_minutes_a_day =
            rounded(totals.prevented_unmet_pod_minutes_a_day);
        totals
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn row(advised: &Advised) -> Row<'_> {
    let hpa = &advised.hpa;
    let refusal = advised.advice.as_ref().err();
    Row {
        cluster: &hpa.cluster,
        namespace: &hpa.namespace,
        name: &hpa.name,
        source: &advised.source,
        notes: &advised.notes,
        not_evaluated: refusal.map(|it| NotEvaluated { reason: it.id(), message: it.sentence() }),
        advice: advised.advice.as_ref().ok().map(|advice| Given {
            effort: advised.effort,
            settings_tried: advice.runs,
            trust: &advice.recorded.trust,
            censored_minutes: advice.recorded.censored_minutes,
            promise: &advice.promise,
            capacity_percent: advice.capacity_percent,
            highest_target_percent: advice.highest_target_percent,
            known_percent: rounded(advice.known_percent),
            chosen_on_minutes: advice.chosen_on / 60_000,
            judged_on_minutes: advice.judged_on / 60_000,
            change_at: advice.owner.as_ref().map(crate::advice::Owner::sentence),
            now: Course {
                summary: &advice.now.summary.first,
                a_day: advice.now.daily.rounded(),
                chosen: advice.now.chosen.rounded(),
                judged: advice.now.judged.rounded(),
                keeps_promise: advice.now.keeps_promise,
            },
            proposals: advice
                .proposals
                .iter()
                .map(|proposal| Proposed {
                    name: proposal.kind,
                    course: course(proposal),
                    saves_pod_hours_a_day: rounded(advice.saves(proposal)),
                    prevents_unmet_pod_minutes_a_day: rounded(advice.prevents(proposal)),
                    changes: changes(hpa, &proposal.hpa),
                    risks: &proposal.risks,
                    patch: merge_patch(hpa, &proposal.hpa),
                })
                .collect(),
        }),
    }
}

fn course(proposal: &Proposal) -> Course<'_> {
    Course {
        summary: &proposal.summary.first,
        a_day: proposal.daily.rounded(),
        chosen: proposal.chosen.rounded(),
        judged: proposal.judged.rounded(),
        keeps_promise: proposal.keeps_promise,
    }
}

/// A line for each proposal; for an HPA without any, one with the reason where there is one.
///
/// # Errors
/// If it cannot be written.
pub fn csv(all: &[Advised]) -> Result<Vec<u8>> {
    let header = [
        "cluster",
        "namespace",
        "name",
        "proposal",
        "keepsPromise",
        "podHoursADay",
        "savesPodHoursADay",
        "unmetPodMinutesADay",
        "preventsUnmetPodMinutesADay",
        "minutesAtMaxADay",
        "scalingsADay",
        "changes",
        "risks",
        "notEvaluated",
    ];
    let rows = all.iter().flat_map(|advised| {
        let hpa = &advised.hpa;
        let begin = [hpa.cluster.to_string(), hpa.namespace.clone(), hpa.name.clone()];
        let filled = |rest: Vec<String>| -> Vec<Cow<'static, str>> {
            begin.iter().cloned().chain(rest).map(Cow::Owned).collect()
        };
        match &advised.advice {
            Err(refusal) => {
                let mut rest = vec![String::new(); 10];
                rest.push(refusal.sentence());
                vec![filled(rest)]
            }
            Ok(advice) if advice.proposals.is_empty() => vec![filled(vec![String::new(); 11])],
            Ok(advice) => {
                let lines = advice.proposals.iter().map(|proposal| {
                    let number = |value: f64| rounded(value).to_string();
                    let changed = changes(hpa, &proposal.hpa);
                    let changed: Vec<String> = changed.iter().map(super::page::changed).collect();
                    filled(vec![
                        proposal.kind.id().to_owned(),
                        proposal.keeps_promise.to_string(),
                        number(proposal.daily.pod_hours),
                        number(advice.saves(proposal)),
                        number(proposal.daily.unmet_pod_minutes),
                        number(advice.prevents(proposal)),
                        number(proposal.daily.minutes_at_max),
                        number(proposal.daily.scalings),
                        changed.join("; "),
                        proposal.risks.join("; "),
                        String::new(),
                    ])
                });
                lines.collect()
            }
        }
    });
    term_csv::document(&header, rows)
}
