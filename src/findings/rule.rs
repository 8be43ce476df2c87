//! The catalogue: what is known of each finding before any HPA is looked at.

use serde::Serialize;

use super::finding::{Severity, Verdict};
use super::subject::Subject;

pub use super::rules::rules;

/// A kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// What it is called everywhere, such as `target-missing`.
    pub id: &'static str,
    /// How bad it usually is. A finding may differ: `explain` says when.
    pub severity: Severity,
    /// It in a few words, such as `scale target missing`.
    pub title: &'static str,
    /// When it is raised: one sentence.
    pub condition: &'static str,
    /// What to do: one sentence.
    pub action: &'static str,
    /// Why it matters, how it is decided, what to do: paragraphs, parted by empty lines.
    pub explain: &'static str,
    /// What must be read besides the HPAs themselves, for the rule to decide.
    pub needs: &'static [Need],
    /// What makes its findings better (a severity, a cause) where it is read.
    pub uses: &'static [Need],
    /// Decides for one HPA.
    pub check: fn(&Subject<'_>) -> Verdict,
}

/// What a rule is decided by, besides the HPAs of the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Need {
    /// The scale targets.
    Target,
    /// The pods of the namespaces that have HPAs.
    Pods,
    /// PodDisruptionBudgets.
    Budgets,
    /// ResourceQuotas.
    Quotas,
    /// VerticalPodAutoscalers.
    Vertical,
    /// KEDA's ScaledObjects.
    ScaledObjects,
    /// Earlier readings.
    History,
}

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.id == id)
}
