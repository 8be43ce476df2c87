//! What is not known, and could change the decision.

use super::steps::{self, Change, Remembered};
use super::{Origin, blocked, pods};
use crate::hpa::algorithm::Grounds;
use crate::hpa::condition_names::{conditions, reasons};

/// What is not known, and could change a decision.
pub(super) fn of(change: &Change<'_>, remembered: &Remembered, origins: &[Origin]) -> Vec<String> {
    let mut unknown = Vec::new();
    let (hpa, evidence) = (change.hpa, change.evidence);
    match change.decision.grounds {
        Grounds::Metrics { .. } => {
            unknown.extend(of_the_past(change, remembered));
        }
        Grounds::Failed { .. } => {}
        _ => return unknown,
    }
    let is_of_pods = hpa.metrics.iter().any(pods::is_measured);
    if let (Err(why), true) = (&evidence.pods, is_of_pods) {
        unknown.push(format!("pod by pod what is used, so the HPA's status counts: {why}"));
    }
    let is_of_status = origins.contains(&Origin::Status);
    if evidence.pod_numbers.is_none() && is_of_status {
        unknown.push("how many pods are ready: taken to be all".to_owned());
    }
    if is_of_status && hpa.is_stale() && !blocked::is_write_refused(hpa) {
        unknown.push("present values of the metrics: the controller's last sync failed".to_owned());
    }
    unknown
}

/// What was before, where it could change the decision.
fn of_the_past(change: &Change<'_>, remembered: &Remembered) -> Vec<String> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let mut unknown = Vec::new();
    let Some(bounded) = change.bounded() else { return unknown };
    let direction = bounded.cmp(&change.decision.current);
    let hpa = change.hpa;
    let limited = hpa.condition(conditions::SCALING_LIMITED).map(|it| &*it.reason);
    let what = match direction {
        Less => Some(("highest", "holds the decrease back")),
        Greater => Some(("lowest", "holds the increase back")),
        // Without behavior an increase that was limited goes on, whatever the metrics propose now.
        Equal if hpa.behavior.is_none() && limited == Some(reasons::SCALE_UP_LIMIT) => {
            Some(("highest", "counts, and replicas may still rise to it"))
        }
        Equal => None,
    };
    let window = match direction {
        Greater => change.up_seconds(),
        _ => change.down_seconds(),
    };
    if let Some((which, so)) = what.filter(|_| window > 0 && !remembered.is_whole) {
        unknown.push(format!(
            "what the metrics proposed in the last {window} s, of which the {which} {so} (there are no snapshots of all that time at most 90 s apart)"
        ));
    }
    if direction != Equal && steps::has_scaled_within_periods(hpa, change.spec, change.evidence.now)
    {
        unknown.push(
            "how many replicas its last change added or removed: policies count them".to_owned(),
        );
    }
    unknown
}
