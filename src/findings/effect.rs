//! What a kind of finding means for the service: findings of one severity are listed by it.

use super::rules;

/// The effect on the service. The worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Nothing at present: a setting that may be meant, or a risk for later.
    Setting,
    /// The replicas change back and forth, or something else changes them.
    Unsteady,
    /// The HPA does not scale, or in one direction only.
    NotScaling,
    /// The service has fewer replicas than its load asks for.
    ShortOfCapacity,
    /// Some pods of the service are missing, or are of an old template.
    PodsMissing,
    /// Pods of the service do not run.
    Down,
}

impl Effect {
    /// The effect of the finding with this id.
    pub fn of(id: &str) -> Self {
        match id {
            "crash-oom" | "not-ready" | "rollout-paused" | "scaled-to-zero" => Self::Down,
            "rollout-stuck" | "unschedulable" => Self::PodsMissing,
            "above-target" | "maxed-out" | "not-scaling" | "scale-up-throttled" => {
                Self::ShortOfCapacity
            }
            "above-max"
            | "container-missing"
            | "desired-stuck"
            | "direction-disabled"
            | "duplicate-target"
            | "metrics-partial"
            | "metrics-unavailable"
            | "missing-requests"
            | "never-reconciled"
            | "scale-write-failed"
            | "selector-overlap"
            | "target-missing"
            | "target-over-limit" => Self::NotScaling,
            "flapping" | "replicas-fight" | "vpa-conflict" => Self::Unsteady,
            _ => Self::Setting,
        }
    }
}

/// The position in the catalogue, for findings of one severity and effect.
pub fn position(id: &str) -> usize {
    rules::rules().iter().position(|rule| rule.id == id).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pods_that_do_not_run_are_worse_than_an_hpa_that_does_not_scale() {
        let worst_first = [
            "crash-oom",
            "unschedulable",
            "maxed-out",
            "metrics-unavailable",
            "replicas-fight",
            "low-min",
        ];
        assert!(worst_first.is_sorted_by_key(|id| std::cmp::Reverse(Effect::of(id))));
    }

    #[test]
    fn only_rules_about_settings_have_no_effect_at_present() {
        let settings = rules::rules().iter().filter(|it| Effect::of(it.id) == Effect::Setting);
        let ids: Vec<&str> = settings.map(|rule| rule.id).collect();
        assert_eq!(
            ids,
            [
                "at-max-satisfied",
                "min-eq-max",
                "low-min",
                "pdb-blocks",
                "burst-over-quota",
                "keda-managed",
                "window-zero",
                "memory-only",
                "underused",
                "config-drift"
            ]
        );
    }
}
