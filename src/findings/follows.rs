//! Which finding follows from which: one cause is reported once.
//!
//! What the controller's status says while `AbleToScale` or `ScalingActive` is false is old news and
//! is not read in the first place ([`Subject::condition`]); the rules of a target do not apply where
//! there is none. The table is for the rest.

use super::rule::Rule;
use super::rules::{
    around, history, limits, metrics, pods, replicas, requests, scaling, spec, target, writers,
};
use super::subject::Subject;

/// Findings of `effects` are not reported if one of `causes` is raised and `when` holds.
struct Follows {
    causes: &'static [&'static Rule],
    effects: &'static [&'static Rule],
    when: fn(&Subject<'_>) -> bool,
}

fn always(_: &Subject<'_>) -> bool {
    true
}

static FOLLOWS: &[Follows] = &[
    // A target that is missing has no pods, no template and no replicas.
    Follows {
        causes: &[&target::TARGET_MISSING],
        effects: &[
            &requests::MISSING_REQUESTS,
            &limits::CONTAINER_MISSING,
            &limits::TARGET_OVER_LIMIT,
            &pods::NOT_READY,
            &pods::UNSCHEDULABLE,
            &pods::ROLLOUT_STUCK,
            &pods::ROLLOUT_PAUSED,
            &pods::CRASH_OOM,
            &target::SELECTOR_OVERLAP,
            &around::PDB_BLOCKS,
            &around::BURST_OVER_QUOTA,
            &writers::REPLICAS_FIGHT,
            &around::VPA_CONFLICT,
            // The status is from before it went: the controller runs every 15 seconds.
            &target::SCALE_WRITE_FAILED,
            &metrics::METRICS_UNAVAILABLE,
            &metrics::METRICS_PARTIAL,
            &replicas::MAXED_OUT,
            &replicas::ABOVE_MAX,
            &replicas::AT_MAX_SATISFIED,
            &replicas::SCALE_UP_THROTTLED,
            &target::SCALED_TO_ZERO,
            &scaling::DESIRED_STUCK,
            &scaling::NOT_SCALING,
            &scaling::UNDERUSED,
            &replicas::ABOVE_TARGET,
        ],
        when: |subject| subject.workload().is_none(),
    },
    Follows { causes: &[&target::TARGET_MISSING], effects: &[&history::FLAPPING], when: always },
    // Only pods of other owners lack the request.
    Follows {
        causes: &[&target::SELECTOR_OVERLAP],
        effects: &[&requests::MISSING_REQUESTS],
        when: requests::only_strangers_lack_requests,
    },
    Follows {
        causes: &[&pods::UNSCHEDULABLE],
        effects: &[&around::BURST_OVER_QUOTA],
        when: pods::refused_by_quota,
    },
    // HPAs that the controller calls ambiguous, with targets of their own.
    Follows {
        causes: &[&target::DUPLICATE_TARGET],
        effects: &[&target::SELECTOR_OVERLAP],
        when: |subject| subject.index.rivals(subject.hpa).next().is_none(),
    },
    // Two HPAs of one target take turns.
    Follows {
        causes: &[&target::DUPLICATE_TARGET],
        effects: &[&history::FLAPPING, &replicas::ABOVE_MAX],
        when: always,
    },
    Follows {
        causes: &[&requests::MISSING_REQUESTS],
        effects: &[&metrics::METRICS_UNAVAILABLE, &metrics::METRICS_PARTIAL],
        when: metrics::missing_requests_explain,
    },
    Follows {
        causes: &[&limits::CONTAINER_MISSING],
        effects: &[&metrics::METRICS_UNAVAILABLE, &metrics::METRICS_PARTIAL],
        when: metrics::container_missing_explains,
    },
    // Pods that do not run are not measured.
    Follows {
        causes: &[
            &pods::CRASH_OOM,
            &pods::UNSCHEDULABLE,
            &pods::ROLLOUT_STUCK,
            &pods::ROLLOUT_PAUSED,
            &pods::NOT_READY,
        ],
        effects: &[&metrics::METRICS_UNAVAILABLE],
        when: metrics::needs_running_pods,
    },
    Follows {
        causes: &[&pods::CRASH_OOM, &pods::UNSCHEDULABLE],
        effects: &[&pods::NOT_READY],
        when: pods::broken_explain_unready,
    },
    Follows {
        causes: &[&pods::CRASH_OOM, &pods::UNSCHEDULABLE],
        effects: &[&pods::ROLLOUT_STUCK],
        when: pods::only_broken_unready,
    },
    Follows { causes: &[&pods::ROLLOUT_STUCK], effects: &[&pods::NOT_READY], when: always },
    Follows {
        causes: &[&pods::ROLLOUT_PAUSED],
        effects: &[&pods::NOT_READY],
        when: pods::has_no_pods,
    },
    // Unready pods count as idle while it scales up.
    Follows {
        causes: &[&pods::CRASH_OOM],
        effects: &[&scaling::NOT_SCALING, &replicas::ABOVE_TARGET],
        when: pods::crashing_unready,
    },
    Follows {
        causes: &[&pods::UNSCHEDULABLE, &pods::NOT_READY],
        effects: &[&scaling::NOT_SCALING, &replicas::ABOVE_TARGET],
        when: always,
    },
    Follows {
        causes: &[&scaling::NOT_SCALING],
        effects: &[&scaling::UNDERUSED, &replicas::ABOVE_TARGET],
        when: always,
    },
    // It stays above its target because something keeps it from scaling up.
    Follows {
        causes: &[&replicas::SCALE_UP_THROTTLED, &scaling::DESIRED_STUCK, &pods::ROLLOUT_STUCK],
        effects: &[&replicas::ABOVE_TARGET],
        when: always,
    },
    Follows {
        causes: &[&spec::DIRECTION_DISABLED],
        effects: &[&replicas::ABOVE_TARGET],
        when: spec::is_up_disabled,
    },
    Follows {
        causes: &[&spec::DIRECTION_DISABLED],
        effects: &[&scaling::UNDERUSED],
        when: spec::is_down_disabled,
    },
];

/// Whether a rule explains findings of other rules.
pub(super) fn explains_others(rule: &Rule) -> bool {
    FOLLOWS.iter().flat_map(|follows| follows.causes).any(|cause| cause.id == rule.id)
}

/// Whether a finding of `rule` follows from one of those that are raised, of which `may_explain` says
/// whether they may stand for it.
pub(super) fn is_explained(
    subject: &Subject<'_>,
    rule: &Rule,
    may_explain: impl Fn(&Rule) -> bool,
) -> bool {
    let is_effect = |follows: &&Follows| follows.effects.iter().any(|it| it.id == rule.id);
    FOLLOWS.iter().filter(is_effect).any(|follows| {
        follows.causes.iter().any(|cause| may_explain(cause)) && (follows.when)(subject)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_explains_itself() {
        for follows in FOLLOWS {
            for cause in follows.causes {
                assert!(follows.effects.iter().all(|effect| effect.id != cause.id));
            }
        }
    }
}
