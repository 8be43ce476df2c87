//! Which finding follows from which: one cause is reported once.
//!
//! What the controller's status says while `AbleToScale` or `ScalingActive` is false is old news and
//! is not read in the first place ([`Subject::condition`]); the rules of a target do not apply where
//! there is none. The table is for the rest.

use super::rules::{metrics, pods, requests, spec};
use super::subject::Subject;

/// `effects` are not reported where `cause` is raised and `so` holds.
struct Follows {
    cause: &'static str,
    effects: &'static [&'static str],
    so: fn(&Subject<'_>) -> bool,
}

fn always(_: &Subject<'_>) -> bool {
    true
}

static FOLLOWS: &[Follows] = &[
    // With the target unknown, nothing about it can be told either.
    Follows {
        cause: "target-missing",
        effects: &[
            "missing-requests",
            "container-missing",
            "target-over-limit",
            "not-ready",
            "unschedulable",
            "rollout-stuck",
            "rollout-paused",
            "crash-oom",
            "selector-overlap",
            "pdb-blocks",
            "burst-over-quota",
            "replicas-fight",
            "vpa-conflict",
            // The rest is of before it went: the controller looks every 15 seconds.
            "scale-write-failed",
            "metrics-unavailable",
            "metrics-partial",
            "maxed-out",
            "above-max",
            "at-max-satisfied",
            "scale-up-throttled",
            "scaled-to-zero",
            "desired-stuck",
            "not-scaling",
            "underused",
            "above-target",
        ],
        so: |subject| subject.workload().is_none(),
    },
    Follows { cause: "target-missing", effects: &["flapping"], so: always },
    // Pods that are not its own lack the request: they are what is wrong.
    Follows {
        cause: "selector-overlap",
        effects: &["missing-requests"],
        so: requests::only_strangers_lack_requests,
    },
    Follows { cause: "unschedulable", effects: &["burst-over-quota"], so: pods::refused_by_quota },
    // The controller names what overlaps as well. Of one target, the pods that overlap are its own.
    Follows {
        cause: "duplicate-target",
        effects: &["selector-overlap"],
        so: |subject| subject.index.rivals(subject.hpa).next().is_none(),
    },
    // Two HPAs of one target take turns.
    Follows { cause: "duplicate-target", effects: &["flapping", "above-max"], so: always },
    Follows {
        cause: "missing-requests",
        effects: &["metrics-unavailable", "metrics-partial"],
        so: metrics::missing_requests_explain,
    },
    Follows {
        cause: "container-missing",
        effects: &["metrics-unavailable", "metrics-partial"],
        so: metrics::container_missing_explains,
    },
    // Pods that do not run are not measured.
    Follows {
        cause: "crash-oom",
        effects: &["metrics-unavailable"],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: "unschedulable",
        effects: &["metrics-unavailable"],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: "rollout-stuck",
        effects: &["metrics-unavailable"],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: "rollout-paused",
        effects: &["metrics-unavailable"],
        so: metrics::needs_running_pods,
    },
    Follows {
        cause: "not-ready",
        effects: &["metrics-unavailable"],
        so: metrics::needs_running_pods,
    },
    Follows { cause: "crash-oom", effects: &["not-ready"], so: pods::broken_explain_unready },
    Follows { cause: "unschedulable", effects: &["not-ready"], so: pods::broken_explain_unready },
    Follows { cause: "crash-oom", effects: &["rollout-stuck"], so: pods::only_broken_unready },
    Follows { cause: "unschedulable", effects: &["rollout-stuck"], so: pods::only_broken_unready },
    Follows { cause: "rollout-stuck", effects: &["not-ready"], so: always },
    Follows { cause: "rollout-paused", effects: &["not-ready"], so: pods::has_no_pods },
    // Unready pods count as idle while it scales up.
    Follows { cause: "crash-oom", effects: &["not-scaling"], so: pods::crashing_unready },
    Follows { cause: "unschedulable", effects: &["not-scaling"], so: always },
    Follows { cause: "not-ready", effects: &["not-scaling"], so: always },
    Follows { cause: "not-scaling", effects: &["underused", "above-target"], so: always },
    // What stops it is what is wrong.
    Follows { cause: "scale-up-throttled", effects: &["above-target"], so: always },
    Follows { cause: "desired-stuck", effects: &["above-target"], so: always },
    Follows { cause: "unschedulable", effects: &["above-target"], so: always },
    Follows { cause: "crash-oom", effects: &["above-target"], so: pods::crashing_unready },
    Follows { cause: "not-ready", effects: &["above-target"], so: always },
    Follows { cause: "rollout-stuck", effects: &["above-target"], so: always },
    Follows { cause: "direction-disabled", effects: &["above-target"], so: spec::is_up_disabled },
    Follows { cause: "direction-disabled", effects: &["underused"], so: spec::is_down_disabled },
];

/// Whether it is a cause of anything.
pub(super) fn causes(id: &str) -> bool {
    FOLLOWS.iter().any(|follows| follows.cause == id)
}

/// Whether a finding follows from one of those that are raised, of which `stands` says whether they
/// may stand for it.
pub(super) fn explained(subject: &Subject<'_>, id: &str, stands: impl Fn(&str) -> bool) -> bool {
    FOLLOWS.iter().any(|follows| {
        follows.effects.contains(&id) && stands(follows.cause) && (follows.so)(subject)
    })
}

#[cfg(test)]
mod tests {
    use super::super::rule::find;
    use super::*;

    #[test]
    fn the_table_names_rules() {
        for follows in FOLLOWS {
            for id in follows.effects.iter().chain([&follows.cause]) {
                assert!(find(id).is_some(), "{id}");
            }
            assert!(!follows.effects.contains(&follows.cause));
        }
    }
}
