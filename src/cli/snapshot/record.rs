//! What is stored of clusters that were read.

use crate::collect::{NamespaceFilter, Outcome};
use crate::findings::Subject;
use crate::history::{ClusterOutcome, Recorded, Scope};

/// What a snapshot was asked to hold.
pub(in crate::cli) fn scope(namespaces: &NamespaceFilter, selector: Option<&str>) -> Scope {
    let (namespaces, excluded) = match namespaces {
        NamespaceFilter::All => (Vec::new(), Vec::new()),
        NamespaceFilter::Default(config) => (Vec::new(), config.exclude.clone()),
        NamespaceFilter::Only(patterns) => (patterns.clone(), Vec::new()),
    };
    Scope { namespaces, excluded, selector: selector.map(str::to_owned) }
}

/// What there is to say where [`Pruned::held`](crate::history::Pruned::held).
pub(in crate::cli) const HELD: &str = "old snapshots stay for now: the latest are dated so long after \
    them that the clock may be wrong; snapshot prune deletes them at once";

/// What is kept of HPAs that were read.
pub(in crate::cli) fn recorded<'a>(
    subjects: &'a [Subject<'_>],
) -> impl Iterator<Item = Recorded> + 'a {
    subjects.iter().map(|subject| {
        let target = subject.target.as_ref().ok().copied();
        let recorded = Recorded::new(subject.hpa.clone(), target.flatten());
        Recorded { workload_missing: target == Some(None), ..recorded }
    })
}

/// A cluster's outcome as a snapshot keeps it.
pub(in crate::cli) fn outcome(outcome: Outcome) -> ClusterOutcome {
    ClusterOutcome {
        name: outcome.name,
        context: outcome.context,
        server: outcome.server,
        error: outcome.error.map(|failure| (failure.kind, failure.message)),
        duration: outcome.duration,
    }
}
