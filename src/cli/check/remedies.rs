//! `hpa check --since`: which setting would have prevented a finding, by simulation.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use crate::advice::{REMEDIED, Refusal, Remedy};
use crate::check::Report;
use crate::cli::advise::fleet::{Found, Given, groups, hpas, load};
use crate::cli::advise::{Case, Fixed};
use crate::cli::error::CommandError;
use crate::cli::flags::Global;
use crate::cli::past::{Limits, Printed, Question};
use crate::cli::setup::Reading;
use crate::collect::{ClusterWorld, Stop};
use crate::findings::Finding;
use crate::prometheus::Range;
use crate::stores::PastParts;
use crate::term::wait::WaitLine;

/// What is read for it.
pub(super) struct Remedies<'a> {
    pub(super) global: &'a Global,
    pub(super) reading: &'a Reading,
    pub(super) since: Duration,
    pub(super) max_points: u64,
    pub(super) stop: &'a Stop,
}

/// What came of the findings of an HPA, by their ids.
type Answers = Vec<(&'static str, Result<Option<Remedy>, Refusal>)>;

impl Remedies<'_> {
    /// Adds the setting to the findings that one would have prevented; whether everything could be read.
    pub(super) async fn add(
        &self,
        worlds: &[ClusterWorld],
        report: &mut Report<'_>,
    ) -> Result<bool, CommandError> {
        let found: Vec<Found> = worlds.iter().flat_map(hpas).collect();
        let found: Vec<Found> =
            found.into_iter().filter(|it| !ids(report, it).is_empty()).collect();
        if found.is_empty() {
            return Ok(true);
        }
        let limits = Limits { max_points: Some(self.max_points), ..Limits::default() };
        let question = Question {
            global: self.global,
            reading: self.reading,
            args: limits,
            range: Range::before(Timestamp::now(), self.since, limits.step()),
            parts: PastParts { usage: true, metrics: true, conditions: false, throttling: false },
            stop: self.stop,
        };
        let opener = question.open(found.iter().map(|it| &it.hpa))?;
        let wait = WaitLine::on_stderr(self.global.quiet);
        let (mut is_whole, mut judged, mut printed) = (true, 0, Printed::new());
        for group in groups(&found) {
            if self.stop.is_stopped() {
                return Ok(false);
            }
            if let (Some(wait), Some(first)) = (&wait, group.first()) {
                let (all, hpa) = (found.len(), &first.hpa);
                let place = format!("{} of {}", hpa.namespace, hpa.cluster);
                wait.set(&format!("simulated {judged}/{all}: reading {place}"));
            }
            judged += group.len();
            let (mut pasts, whole) =
                question.pasts_by(&opener, group.iter().map(|it| &it.hpa), &mut printed).await;
            is_whole &= whole;
            for one in group {
                let past = pasts.get_mut(&*one.hpa.cluster);
                let ids = ids(report, one);
                let answers = match load(one, past, &Given::default()) {
                    Ok(case) => answers(case, ids, self.stop.clone()).await?,
                    Err((_, why)) => {
                        ids.into_iter().map(|id| (id, Err(Refusal::Load(why.clone())))).collect()
                    }
                };
                for finding in findings(report, one) {
                    if let Some((_, answer)) = answers.iter().find(|(id, _)| *id == finding.id) {
                        note(finding, answer);
                    }
                }
            }
        }
        Ok(is_whole)
    }
}

async fn answers(case: Case, ids: Vec<&'static str>, stop: Stop) -> Result<Answers, CommandError> {
    let search = move || {
        let fixed = Fixed::default();
        let question = case.question(&fixed, &stop);
        ids.into_iter().map(|id| (id, question.remedy(id))).collect()
    };
    tokio::task::spawn_blocking(search).await.map_err(CommandError::failed)
}

/// Adds what was found to a finding.
fn note(finding: &mut Finding, answer: &Result<Option<Remedy>, Refusal>) {
    match answer {
        Ok(Some(remedy)) => {
            finding.action = format!("{}; {}", finding.action, remedy.sentence).into();
            let value = serde_json::to_value(remedy).unwrap_or_default();
            finding.evidence.insert("wouldHavePrevented".to_owned(), value);
        }
        Ok(None) => {
            finding.evidence.insert("wouldHavePrevented".to_owned(), serde_json::Value::Null);
        }
        Err(Refusal::Interrupted) => {}
        Err(refusal) => {
            let why = json!({"reason": refusal.id(), "message": refusal.sentence()});
            finding.evidence.insert("notSimulated".to_owned(), why);
        }
    }
}

/// The ids of an HPA's findings that a setting may prevent.
fn ids(report: &Report<'_>, found: &Found) -> Vec<&'static str> {
    let of = report.findings().filter(|finding| is_of(finding, found));
    of.map(|finding| finding.id).filter(|id| REMEDIED.contains(id)).collect()
}

fn findings<'r>(
    report: &'r mut Report<'_>,
    found: &Found,
) -> impl Iterator<Item = &'r mut Finding> {
    let all = report.clusters.iter_mut().flat_map(|it| &mut it.evaluation.hpas);
    all.flat_map(|judged| &mut judged.findings).filter(|finding| is_of(finding, found))
}

fn is_of(finding: &Finding, found: &Found) -> bool {
    let hpa = &found.hpa;
    finding.cluster == hpa.cluster && finding.namespace == hpa.namespace && finding.hpa == hpa.name
}
