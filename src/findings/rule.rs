//! The catalogue: the properties of each kind of finding.

use serde::Serialize;

use super::finding::{Severity, Verdict};
use super::subject::Subject;

pub use super::rules::rules;

/// A kind of finding.
#[derive(Debug)]
pub struct Rule {
    /// The id, such as `target-missing`.
    pub id: &'static str,
    /// The usual severity. A finding may differ: `explain` describes when.
    pub severity: Severity,
    /// A short title, such as `scale target missing`.
    pub title: &'static str,
    /// When the finding is raised: one sentence.
    pub condition: &'static str,
    /// What to do: one sentence.
    pub action: &'static str,
    /// Why it matters, how it is decided, what to do: paragraphs separated by empty lines.
    pub explain: &'static str,
    /// The data that the rule requires, besides the HPAs.
    pub needs: &'static [Need],
    /// Data that improves its findings (severity, cause) if available.
    pub uses: &'static [Need],
    /// Evaluates the rule for one HPA.
    pub check: fn(&Subject<'_>) -> Verdict,
}

/// Data that a rule uses, besides the HPAs of the cluster.
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

/// Finds the rule with this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.id == id)
}
