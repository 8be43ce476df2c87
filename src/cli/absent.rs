//! Namespaces named on the command line that no cluster has.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::exit::Exit;
use super::named;
use super::setup::Reading;
use crate::check::{Absent, without_hpas};
use crate::collect::{Collector, collect_namespaces};
use crate::config::Scope;
use crate::hpa::Hpa;
use crate::kubectl::{Cluster, ErrorKind, Outcome};

/// What is known of the namespaces that the command line names.
#[derive(Debug)]
pub(super) enum Named {
    /// Each has HPAs, or exists in a cluster, or this is not known.
    Exist,
    /// Some exist in no cluster: the error.
    Missing(Absent),
    /// Some exist in no cluster that was read, and a cluster could not be read.
    Incomplete,
}

impl Named {
    /// Prints what is wrong, and returns how the command ends, given how it would end otherwise.
    pub(super) fn report(self, reading: &Reading, exit: Exit) -> Exit {
        match self {
            Self::Exist => exit,
            Self::Incomplete => Exit::Incomplete,
            Self::Missing(absent) => {
                reading.setup.messages.error(&absent.to_string());
                if exit == Exit::Incomplete { exit } else { Exit::Failed }
            }
        }
    }
}

impl Named {
    /// As [`Named::report`]; where the namespaces exist, reports the HPAs that were named and not
    /// found.
    pub(super) async fn conclude(
        self,
        reading: &Reading,
        scope: &Scope,
        found: &[&Hpa],
        exit: Exit,
    ) -> Exit {
        match self {
            Self::Exist => named::conclude(reading, scope, found, exit).await,
            other => other.report(reading, exit),
        }
    }
}

/// The namespaces that a session's scope names, looked for once and meanwhile: the session goes on.
#[derive(Debug, Default)]
pub(super) struct NamedLookup(JoinSet<Named>);

impl NamedLookup {
    /// Looks for the named namespaces among those of HPAs, and then in the clusters. Returns whether
    /// there is anything to look for.
    pub(super) fn begin<'a>(
        &mut self,
        reading: &Arc<Reading>,
        scope: &Scope,
        namespaces: impl IntoIterator<Item = &'a str>,
        outcomes: Vec<Outcome>,
    ) -> bool {
        let names = without_hpas(scope, namespaces);
        if names.is_empty() {
            return false;
        }
        let reading = Arc::clone(reading);
        self.0.spawn(async move { reading.where_exist(names, &outcomes).await });
        true
    }

    /// What is known of them, once. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<Named> {
        match self.0.join_next().await? {
            Ok(named) => Some(named),
            // A panic is a bug: propagate it.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

impl Reading {
    /// Looks for the namespaces that the scope names and in which no HPA was found. Reads nothing
    /// where each has HPAs.
    pub(super) async fn named_namespaces<'a>(
        &self,
        scope: &Scope,
        namespaces: impl IntoIterator<Item = &'a str>,
        outcomes: impl IntoIterator<Item = &'a Outcome>,
    ) -> Named {
        self.where_exist(without_hpas(scope, namespaces), outcomes).await
    }

    /// Looks for these namespaces, in which no HPA was found.
    async fn where_exist<'a>(
        &self,
        names: Vec<String>,
        outcomes: impl IntoIterator<Item = &'a Outcome>,
    ) -> Named {
        if names.is_empty() || self.collector.stop.is_stopped() {
            return Named::Exist;
        }
        let mut is_complete = true;
        let mut answered: Vec<Cluster> = Vec::new();
        for (cluster, outcome) in self.clusters.iter().zip(outcomes) {
            if outcome.error.is_none() {
                answered.push(cluster.clone());
            } else {
                is_complete = false;
            }
        }
        // The display of progress has ended.
        let collector = Collector { observer: Arc::new(()), ..self.collector.clone() };
        let listed = collect_namespaces(&collector, &answered, &Scope::default()).await;
        let Some(absent) = Absent::of(names, &listed) else { return Named::Exist };
        let is_forbidden = |outcome: &Outcome| matches!(&outcome.error, Some(it) if it.kind == ErrorKind::Forbidden);
        let failed = listed.clusters.iter().filter(|outcome| !is_forbidden(outcome));
        if self.report_outcomes(failed) != Exit::Done || !is_complete {
            return Named::Incomplete;
        }
        if !absent.forbidden.is_empty() {
            self.setup.messages.note(&absent.unknown());
            return Named::Exist;
        }
        Named::Missing(absent)
    }
}
