//! Advice on HPAs: a page, a ranking, JSON, CSV, patches and manifests.

mod data;
mod page;
mod patch;
mod ranking;

use crate::advice::{Advice, Effort, Kind, Proposal, Refusal};
use crate::hpa::Hpa;

pub use data::{csv, json, jsonl};
pub use page::{page, why_nothing};
pub use patch::{manifests, patches};
pub use ranking::ranking;

/// The advice on an HPA, or why there is none.
#[derive(Debug, Clone)]
pub struct Advised {
    /// The HPA as it is.
    pub hpa: Hpa,
    /// Where the load is from, as it is shown.
    pub source: String,
    /// What has to be known of the load.
    pub notes: Vec<String>,
    /// The advice.
    pub advice: Result<Advice, Refusal>,
    /// Whether the HPA is from a file.
    pub is_of_file: bool,
    /// How long was searched.
    pub effort: Effort,
}

impl Advised {
    /// The proposal of that kind, or else the one that is made first.
    pub fn proposal(&self, kind: Option<Kind>) -> Option<&Proposal> {
        let advice = self.advice.as_ref().ok()?;
        match kind {
            Some(kind) => advice.proposals.iter().find(|it| it.kind == kind),
            None => advice.best(),
        }
    }

    /// How much there is to gain, in pod-hours a day: what is saved, and the unmet demand that is prevented.
    fn gain(&self) -> f64 {
        let Ok(advice) = &self.advice else { return 0.0 };
        advice
            .best()
            .map_or(0.0, |best| advice.saves(best).max(0.0) + advice.prevents(best).max(0.0) / 60.0)
    }

    fn full_name(&self) -> String {
        format!("{}/{}", self.hpa.namespace, self.hpa.name)
    }

    /// With its cluster, unless it is of a file.
    fn name_in_cluster(&self) -> String {
        if self.is_of_file {
            self.full_name()
        } else {
            format!("{}/{}", self.hpa.cluster, self.full_name())
        }
    }
}

/// The advice in the order of what there is to gain; those that cannot be judged come last.
pub fn rank(all: &mut [Advised]) {
    all.sort_by(|a, b| {
        let judged = |it: &Advised| it.advice.is_err();
        let name =
            |it: &Advised| (it.hpa.cluster.clone(), it.hpa.namespace.clone(), it.hpa.name.clone());
        let by_gain = judged(a).cmp(&judged(b)).then(b.gain().total_cmp(&a.gain()));
        by_gain.then_with(|| name(a).cmp(&name(b)))
    });
}

/// What a proposal does, in a few words: `saves 12.3 pod-hours a day (31 %), prevents 40.0 pod-minutes of unmet demand a day`.
fn effect(advice: &Advice, proposal: &Proposal) -> String {
    let saves = advice.saves(proposal);
    let percent = advice.saves_percent(proposal).abs();
    let mut parts = vec![if saves.abs() < 0.05 {
        "takes as many pod-hours as now".to_owned()
    } else if saves > 0.0 {
        format!("saves {saves:.1} pod-hours a day ({percent:.0} %)")
    } else {
        format!("costs {:.1} more pod-hours a day ({percent:.0} %)", -saves)
    }];
    let prevents = advice.prevents(proposal);
    if prevents >= 0.05 {
        // Where demand was cut off there may have been more.
        let least = if advice.recorded.censored_minutes > 0.0 { "at least " } else { "" };
        parts.push(format!("prevents {least}{prevents:.1} pod-minutes of unmet demand a day"));
    } else if prevents <= -0.05 {
        parts.push(format!("leaves {:.1} more pod-minutes of demand unmet a day", -prevents));
    }
    parts.join(", ")
}
