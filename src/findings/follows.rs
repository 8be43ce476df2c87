//! Which finding follows from which other one, so that one cause is reported once.
//!
//! This table is not needed for a status that is stale while `AbleToScale` or `ScalingActive` is
//! false, because rules do not read it ([`Subject::condition`]), nor for a missing target, because
//! rules about the target then decide nothing.

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
    // A missing target has no pods, no template and no replicas.
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
            // The status may be older than the deletion of the target: the controller runs every
            // 15 seconds.
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
    // Two HPAs with one target overwrite each other's replicas.
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
    // Pods that do not run have no metrics.
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
    // The controller counts unready pods as idle when it scales up.
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
    // The metric stays above its target because something prevents scaling up.
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

/// Whether a finding of `rule` follows from one of the raised findings. `may_explain` says which
/// of those may explain it.
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
