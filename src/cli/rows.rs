//! The order of lists of HPAs.

use std::cmp::Reverse;

use super::flags::SortBy;
use crate::findings::Judged;

/// Sorts rows, of which each has an HPA.
pub(super) fn sort<'a, T>(rows: &mut [T], field: SortBy, of: impl Fn(&T) -> &Judged<'a>) {
    // The sort is stable: within equals the order stays cluster, namespace, name.
    match field {
        SortBy::Cluster => {}
        SortBy::Namespace => rows.sort_by(|a, b| {
            let (a, b) = (of(a).hpa, of(b).hpa);
            (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name))
        }),
        SortBy::Name => rows.sort_by(|a, b| of(a).hpa.name.cmp(&of(b).hpa.name)),
        SortBy::Reference => rows.sort_by_cached_key(|it| of(it).hpa.reference()),
        SortBy::Replicas => rows.sort_by_key(|it| Reverse(of(it).hpa.current_replicas)),
        SortBy::Min => rows.sort_by_key(|it| of(it).hpa.min_replicas),
        SortBy::Max => rows.sort_by_key(|it| Reverse(of(it).hpa.max_replicas)),
        SortBy::Status => rows.sort_by_key(|it| {
            let judged = of(it);
            (Reverse(judged.worst().map(|finding| finding.severity)), judged.status())
        }),
        SortBy::Age => rows.sort_by_key(|it| Reverse(of(it).hpa.created_at)),
    }
}
