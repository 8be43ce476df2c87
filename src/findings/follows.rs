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

/// Findings of `effects` are not reported where `cause` is raised and `so` holds.
struct Follows {
    cause: &'static Rule,
    effects: &'static [&'static Rule],
    so: fn(&Subject<'_>) -> bool,
}

fn always(_: &Subject<'_>) -> bool {
    true
}

static FOLLOWS: &[Follows] = &[
    // With the target unknown, nothing about it can be told either.
    Follows {
        cause: &target::TARGET_MISSING,
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
            // The rest is of before it went: the controller looks every 15 seconds.
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
        so: |subject| subject.workload().is_none(),
    },
    Follows { cause: &target::TARGET_MISSING, effects: &[&history::FLAPPING], so: always },
    // Pods that are not its own lack the request: they are what is wrong.
    Follows {
        cause: &target::SELECTOR_OVERLAP,
        effects: &[&requests::MISSING_REQUESTS],
        so: requests::only_strangers_lack_requests,
    },
    Follows {
        cause: &pods::UNSCHEDULABLE,
        effects: &[&around::BURST_OVER_QUOTA],
        so: pods::refused_by_quota,
    },
    // The controller names what overlaps as well. Of one target, the pods that overlap are its own.
    Follows {
        cause: &target::DUPLICATE_TARGET,
        effects: &[&target::SELECTOR_OVERLAP],
        so: |subject| subject.index.rivals(subject.hpa).next().is_none(),
    },
    // Two HPAs of one target take turns.
    Follows {
        cause: &target::DUPLICATE_TARGET,
        effects: &[&history::FLAPPING, &replicas::ABOVE_MAX],
        so: always,
    },
    Follows {
        cause: &requests::MISSING_REQUESTS,
        effects: &[&metrics::METRICS_UNAVAILABLE, &metrics::METRICS_PARTIAL],
        so: metrics::missing_requests_explain,
    },
    Follows {
        cause: &limits::CONTAINER_MISSING,
        effects: &[&metrics::METRICS_UNAVAILABLE, &metrics::METRICS_PARTIAL],
        so: metrics::container_missing_explains,
    },
    // Pods that do not run are not measured.
    Follows {
        cause: &pods::CRASH_OOM,
        effects: &[&metrics::METRICS_UNAVAILABLE],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: &pods::UNSCHEDULABLE,
        effects: &[&metrics::METRICS_UNAVAILABLE],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: &pods::ROLLOUT_STUCK,
        effects: &[&metrics::METRICS_UNAVAILABLE],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: &pods::ROLLOUT_PAUSED,
        effects: &[&metrics::METRICS_UNAVAILABLE],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: &pods::NOT_READY,
        effects: &[&metrics::METRICS_UNAVAILABLE],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: &pods::CRASH_OOM,
        effects: &[&pods::NOT_READY],
        so: pods::broken_explain_unready,
    },
    Follows {
        cause: &pods::UNSCHEDULABLE,
        effects: &[&pods::NOT_READY],
        so: pods::broken_explain_unready,
    },
    Follows {
        cause: &pods::CRASH_OOM,
        effects: &[&pods::ROLLOUT_STUCK],
        so: pods::only_broken_unready,
    },
    Follows {
        cause: &pods::UNSCHEDULABLE,
        effects: &[&pods::ROLLOUT_STUCK],
        so: pods::only_broken_unready,
    },
    Follows { cause: &pods::ROLLOUT_STUCK, effects: &[&pods::NOT_READY], so: always },
    Follows { cause: &pods::ROLLOUT_PAUSED, effects: &[&pods::NOT_READY], so: pods::has_no_pods },
    // Unready pods count as idle while it scales up.
    Follows {
        cause: &pods::CRASH_OOM,
        effects: &[&scaling::NOT_SCALING],
        so: pods::crashing_unready,
    },
    Follows { cause: &pods::UNSCHEDULABLE, effects: &[&scaling::NOT_SCALING], so: always },
    Follows { cause: &pods::NOT_READY, effects: &[&scaling::NOT_SCALING], so: always },
    Follows {
        cause: &scaling::NOT_SCALING,
        effects: &[&scaling::UNDERUSED, &replicas::ABOVE_TARGET],
        so: always,
    },
    // What stops it is what is wrong.
    Follows {
        cause: &replicas::SCALE_UP_THROTTLED,
        effects: &[&replicas::ABOVE_TARGET],
        so: always,
    },
    Follows { cause: &scaling::DESIRED_STUCK, effects: &[&replicas::ABOVE_TARGET], so: always },
    Follows { cause: &pods::UNSCHEDULABLE, effects: &[&replicas::ABOVE_TARGET], so: always },
    Follows {
        cause: &pods::CRASH_OOM,
        effects: &[&replicas::ABOVE_TARGET],
        so: pods::crashing_unready,
    },
    Follows { cause: &pods::NOT_READY, effects: &[&replicas::ABOVE_TARGET], so: always },
    Follows { cause: &pods::ROLLOUT_STUCK, effects: &[&replicas::ABOVE_TARGET], so: always },
    Follows {
        cause: &spec::DIRECTION_DISABLED,
        effects: &[&replicas::ABOVE_TARGET],
        so: spec::is_up_disabled,
    },
    Follows {
        cause: &spec::DIRECTION_DISABLED,
        effects: &[&scaling::UNDERUSED],
        so: spec::is_down_disabled,
    },
];

/// Whether a rule explains findings of other rules.
pub(super) fn explains_others(rule: &Rule) -> bool {
    FOLLOWS.iter().any(|follows| follows.cause.id == rule.id)
}

/// Whether a finding of `rule` follows from one of those that are raised, of which `may_explain` says
/// whether they may stand for it.
pub(super) fn is_explained(
    subject: &Subject<'_>,
    rule: &Rule,
    may_explain: impl Fn(&Rule) -> bool,
) -> bool {
    let is_effect = |follows: &&Follows| follows.effects.iter().any(|it| it.id == rule.id);
    let mut causes = FOLLOWS.iter().filter(is_effect);
    causes.any(|follows| may_explain(follows.cause) && (follows.so)(subject))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_explains_itself() {
        for follows in FOLLOWS {
            assert!(follows.effects.iter().all(|effect| effect.id != follows.cause.id));
        }
    }
}
