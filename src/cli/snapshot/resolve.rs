//! From a snapshot as it is named on the command line to what it holds.

use jiff::Timestamp;

use crate::cli::database::{chosen, open, report_losses};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::{Global, NamespaceArgs};
use crate::cli::setup::Setup;
use crate::history::{self, Reference, Snapshot};
use crate::hpa::Hpa;
use crate::output::snapshots;

/// A snapshot that was meant.
pub(super) struct Resolved {
    /// Its number, where it has one.
    pub(super) id: Option<i64>,
    pub(super) snapshot: Snapshot,
    /// Whether all of it could be read.
    pub(super) exit: Exit,
}

/// Finds and reads the snapshot that is meant.
pub(super) fn resolve(setup: &Setup, reference: &Reference) -> Result<Resolved, CommandError> {
    let moment = match reference {
        Reference::File(path) => {
            let failed = |why: String| CommandError::failed(format!("{}: {why}", path.display()));
            let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
            let snapshot = snapshots::read(&bytes).map_err(failed)?;
            return Ok(Resolved { id: None, snapshot, exit: Exit::Done });
        }
        Reference::Stored(moment) => *moment,
    };
    let store = open(setup)?;
    let failed = |error: history::Error| CommandError::failed(error);
    let found = store.find(moment, Timestamp::now()).map_err(failed)?;
    let snapshot = match found {
        Some(id) => store.snapshot(id).map_err(failed)?,
        None => None,
    };
    let exit = report_losses(setup, &store);
    let Some(snapshot) = snapshot else {
        return Err(CommandError::failed(format!(
            "no such snapshot: {} (watchdog snapshot list shows which exist)",
            snapshots::name(moment)
        )));
    };
    Ok(Resolved { id: found, snapshot, exit })
}

/// Leaves what the flags mean; without any, all that the snapshot has.
pub(super) fn narrow(global: &Global, namespaces: &NamespaceArgs, snapshot: &mut Snapshot) {
    let wanted = &namespaces.namespace;
    snapshot.hpas.retain(|recorded| {
        covers(global, &recorded.hpa)
            && (wanted.is_empty() || wanted.iter().any(|it| it.matches(&recorded.hpa.namespace)))
    });
    snapshot.clusters.retain(|cluster| chosen(global, &cluster.name, &cluster.context));
}

fn covers(global: &Global, hpa: &Hpa) -> bool {
    chosen(global, &hpa.cluster, &hpa.context)
}
