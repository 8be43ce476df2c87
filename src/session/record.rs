//! What is stored of a scan, in the types of the history.

use crate::collect::{NamespaceFilter, Outcome};
use crate::findings::Subject;
use crate::history::{ClusterOutcome, Recorded, Scope};

/// The scope of a snapshot.
pub fn scope(namespaces: &NamespaceFilter, selector: Option<&str>) -> Scope {
    let (namespaces, excluded) = match namespaces {
        NamespaceFilter::All => (Vec::new(), Vec::new()),
        NamespaceFilter::Default(config) => (Vec::new(), config.exclude.clone()),
        NamespaceFilter::Only(patterns) => (patterns.clone(), Vec::new()),
    };
    Scope { namespaces, excluded, selector: selector.map(str::to_owned) }
}

/// HPAs with the part of their targets that is stored.
pub fn recorded<'a>(subjects: &'a [Subject<'_>]) -> impl Iterator<Item = Recorded> + 'a {
    subjects.iter().map(|subject| {
        let target = subject.target.as_ref().ok().copied();
        let recorded = Recorded::new(subject.hpa.clone(), target.flatten());
        Recorded { workload_missing: target == Some(None), ..recorded }
    })
}

/// A cluster's outcome as a snapshot stores it.
pub fn outcome(outcome: Outcome) -> ClusterOutcome {
    ClusterOutcome {
        name: outcome.name,
        context: outcome.context,
        server: outcome.server,
        error: outcome.error.map(|failure| (failure.kind, failure.message)),
        duration: outcome.duration,
    }
}
