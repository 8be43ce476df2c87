//! What has to be read of a cluster for the rules that are selected.

use crate::collect::Parts;
use crate::findings::{Need, Selection};

/// What has to be read for the selected rules.
pub(super) fn parts(selection: &Selection) -> Parts {
    let needs = selection.needs();
    let needed = |need| needs.contains(&need);
    // Which pods are a target's is told by the target.
    let pods = needed(Need::Pods);
    Parts {
        targets: needed(Need::Target) || pods,
        pods,
        budgets: needed(Need::Budgets),
        quotas: needed(Need::Quotas),
        vertical: needed(Need::Vertical),
        scaled_objects: needed(Need::ScaledObjects),
    }
}
