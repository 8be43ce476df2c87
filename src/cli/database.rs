//! The database of snapshots as the commands use it: where it is, and which of it the flags mean.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::setup::Setup;
use crate::history::{self, Losses, Store};

/// Where the database is.
pub(super) fn path(setup: &Setup) -> Result<PathBuf, CommandError> {
    location(setup).map_err(CommandError::failed)
}

/// As [`path`].
pub(super) fn location(setup: &Setup) -> Result<PathBuf, history::Error> {
    history::path(setup.config.history.path.as_deref(), &history::Env::current())
}

/// Opens the database to read it.
pub(super) fn open(setup: &Setup) -> Result<Store, CommandError> {
    Store::open_existing(&path(setup)?).map_err(CommandError::failed)
}

/// Says what of the history is damaged, and so was left out of what was read from it, if anything:
/// then that is not all.
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

/// The time that long ago.
pub(super) fn ago(now: Timestamp, duration: std::time::Duration) -> Timestamp {
    now.checked_sub(duration).unwrap_or(Timestamp::MIN)
}

/// What was is read without a kubeconfig, which alone says which context is the current one.
pub(super) fn no_current(global: &Global) -> Result<(), CommandError> {
    if global.current {
        return Err(CommandError::usage(
            "snapshots do not say which context is the current one: say --context or --cluster, \
              not --current",
        ));
    }
    Ok(())
}

/// Whether `--cluster` and `--context` mean this cluster; without either, every one.
pub(super) fn chosen(global: &Global, cluster: &str, context: &str) -> bool {
    let Global { cluster: clusters, context: contexts, .. } = global;
    (clusters.is_empty() && contexts.is_empty())
        || clusters.iter().any(|pattern| pattern.matches(cluster))
        || contexts.iter().any(|pattern| pattern.matches(context))
}
