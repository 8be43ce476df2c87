//! What keeps the controller from deciding, as the conditions of its last sync and the target show.

use super::TargetScale;
use crate::hpa::algorithm::{ScaledToZero, Selector};
use crate::hpa::condition_names::{conditions, reasons};
use crate::hpa::record::Hpa;
use crate::kube::Condition;

/// Why the controller decides nothing at all, in a sentence; `None` if it decides.
pub(super) fn undecided(hpa: &Hpa, target: TargetScale) -> Option<String> {
    if hpa.conditions.is_empty() {
        return Some("nothing is decided: no controller has reconciled this HPA yet".to_owned());
    }
    if target == TargetScale::Missing {
        let target = hpa.reference();
        return Some(format!("nothing is decided: {target} does not exist"));
    }
    let unable = failed(hpa, conditions::ABLE_TO_SCALE)?;
    (*unable.reason == *reasons::FAILED_GET_SCALE).then(|| {
        format!(
            "nothing is decided until the controller can read the scale of {}: at its last sync it could not (FailedGetScale)",
            hpa.reference()
        )
    })
}

/// Whether the last write of replicas was refused.
pub(super) fn is_write_refused(hpa: &Hpa) -> bool {
    failed(hpa, conditions::ABLE_TO_SCALE)
        .is_some_and(|it| *it.reason == *reasons::FAILED_UPDATE_SCALE)
}

/// Why the controller could compute nothing from metrics at its last sync, if that is so.
pub(super) fn without_metrics(hpa: &Hpa) -> Option<&str> {
    let reason = &*failed(hpa, conditions::SCALING_ACTIVE)?.reason;
    // These are about the target, which is known by itself.
    let of_target =
        [reasons::SCALING_DISABLED, reasons::INVALID_SELECTOR, reasons::AMBIGUOUS_SELECTOR];
    (!of_target.contains(&reason)).then_some(reason)
}

/// What the controller made of the target's selector.
pub(super) fn selector(hpa: &Hpa) -> Selector {
    match failed(hpa, conditions::SCALING_ACTIVE).map(|it| &*it.reason) {
        Some(reasons::AMBIGUOUS_SELECTOR) => Selector::Ambiguous,
        Some(reasons::INVALID_SELECTOR) => Selector::Invalid,
        _ => Selector::Usable,
    }
}

/// Whether the controller has scaled the target to zero itself, so that it may wake it.
pub(super) fn scaled_to_zero(hpa: &Hpa) -> Option<ScaledToZero> {
    match hpa.condition("ScaledToZero").and_then(Condition::is_true) {
        Some(true) => Some(ScaledToZero::ScaledToZero),
        Some(false) => Some(ScaledToZero::NotScaledToZero),
        // Controllers before 1.36 do not have the condition, and wake any target of minReplicas 0.
        None => failed(hpa, conditions::SCALING_ACTIVE)
            .is_none_or(|it| *it.reason != *reasons::SCALING_DISABLED)
            .then_some(ScaledToZero::ScaledToZero),
    }
}

fn failed<'a>(hpa: &'a Hpa, kind: &str) -> Option<&'a Condition> {
    hpa.condition(kind).filter(|it| it.is_true() == Some(false))
}
