//! Which rules can be decided from manifests, before anything runs.

use super::judged::Evaluation;
use super::rule::{Rule, rules as catalogue};
use super::selection::Selection;
use super::unknown::Unknown;

/// The rules that no controller, no pod and no history has a part in.
const DECIDABLE: [&str; 14] = [
    "target-missing",
    "duplicate-target",
    "missing-requests",
    "container-missing",
    "target-over-limit",
    "min-eq-max",
    "low-min",
    "pdb-blocks",
    "replicas-fight",
    "vpa-conflict",
    "keda-managed",
    "direction-disabled",
    "window-zero",
    "memory-only",
];

impl Selection {
    /// The rules that manifests can decide, and the selected ones that they cannot.
    pub fn of_manifests(&self) -> (Self, Vec<&'static Rule>) {
        let undecidable = self.rules().filter(|rule| !DECIDABLE.contains(&rule.id)).collect();
        (self.clone().among(&DECIDABLE), undecidable)
    }
}

impl Evaluation<'_> {
    /// Adds rules that only a cluster can decide.
    pub fn need_cluster(&mut self, rules: &[&'static Rule]) {
        let position = |rule: &Rule| catalogue().iter().position(|it| it.id == rule.id);
        for judged in &mut self.hpas {
            judged.undecided.extend(rules.iter().map(|rule| (*rule, Unknown::NeedsCluster)));
            judged.undecided.sort_by_key(|(rule, _)| position(rule));
        }
        if !self.hpas.is_empty() {
            self.undecided_rules.extend(rules.iter().map(|rule| rule.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_decidable_rule_exists_and_the_rest_needs_a_cluster() {
        let (decidable, rest) = Selection::all().of_manifests();
        assert_eq!(decidable.rules().count(), DECIDABLE.len());
        assert_eq!(rest.len() + DECIDABLE.len(), catalogue().len());
        let (_, rest) = Selection::only(["low-min", "crash-oom"]).unwrap().of_manifests();
        assert_eq!(rest.iter().map(|rule| rule.id).collect::<Vec<_>>(), ["crash-oom"]);
    }
}
