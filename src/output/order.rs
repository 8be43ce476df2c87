//! The order of lists of HPAs.

use std::cmp::Reverse;

use crate::findings::Judged;

/// What a list of HPAs is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// Cluster, namespace, name.
    #[default]
    Cluster,
    /// Namespace, then name, across clusters.
    Namespace,
    /// Name, across clusters and namespaces.
    Name,
    /// The target's kind and name.
    Reference,
    /// Most replicas first.
    Replicas,
    /// Smallest minimum first.
    Min,
    /// Largest maximum first.
    Max,
    /// Errors first, then warnings.
    Status,
    /// Youngest first.
    Age,
}

impl SortBy {
    /// Sorts rows by their HPAs. The rows must already be sorted by cluster, namespace and name.
    pub fn sort<'a, T>(self, rows: &mut [T], of: impl Fn(&T) -> &Judged<'a>) {
        // The sort is stable: equals stay in the order of cluster, namespace and name.
        match self {
            Self::Cluster => {}
            Self::Namespace => rows.sort_by(|a, b| {
                let (a, b) = (of(a).hpa, of(b).hpa);
                (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name))
            }),
            Self::Name => rows.sort_by(|a, b| of(a).hpa.name.cmp(&of(b).hpa.name)),
            Self::Reference => rows.sort_by_cached_key(|it| of(it).hpa.reference()),
            Self::Replicas => rows.sort_by_key(|it| Reverse(of(it).hpa.current_replicas)),
            Self::Min => rows.sort_by_key(|it| of(it).hpa.min_replicas),
            Self::Max => rows.sort_by_key(|it| Reverse(of(it).hpa.max_replicas)),
            Self::Status => rows.sort_by_key(|it| {
                let judged = of(it);
                (Reverse(judged.worst().map(|finding| finding.severity)), judged.status())
            }),
            Self::Age => rows.sort_by_key(|it| Reverse(of(it).hpa.created_at)),
        }
    }

    /// Whether HPAs of one cluster and namespace stand together.
    pub fn is_grouped(self) -> bool {
        self == Self::Cluster
    }
}
