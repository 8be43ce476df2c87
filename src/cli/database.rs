//! The database of snapshots as the commands use it: its path, and the filter set by the flags.

use std::path::{Path, PathBuf};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::setup::Setup;
use crate::history::{self, Filter, Losses, Store};
use crate::kubectl;

/// The path of the database.
pub(super) fn path(setup: &Setup) -> Result<PathBuf, history::Error> {
    history::path(setup.config.history.path.as_deref(), &history::Env::current())
}

/// Opens the database for reading.
pub(super) fn open(setup: &Setup) -> Result<Store, history::Error> {
    Store::open_existing(&path(setup)?)
}

/// Reports damaged parts of the history, which are missing from the result.
pub(super) fn report_losses(setup: &Setup, store: &Store) -> Exit {
    report(setup, store.path(), &store.take_losses())
}

pub(super) fn report(setup: &Setup, path: &Path, losses: &Losses) -> Exit {
    if losses.is_empty() {
        return Exit::Done;
    }
    setup.messages.error(&losses.sentence(path));
    Exit::Incomplete
}

/// The filter set by the flags. `--current` is an error: the history is read without a kubeconfig,
/// and only a kubeconfig says which context is the current one.
pub(super) fn filter(global: &Global) -> Result<Filter, CommandError> {
    if global.current {
        return Err(CommandError::usage(
            "snapshots do not say which context is the current one: say --context or --cluster, \
              not --current",
        ));
    }
    let kubectl::Selection { clusters, contexts, .. } = global.selection();
    Ok(Filter { clusters, contexts, namespaces: global.namespaces.patterns() })
}
