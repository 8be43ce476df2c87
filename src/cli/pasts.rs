//! The history, for commands that judge HPAs by their earlier readings.

use super::setup::Setup;
use crate::findings::{Known, Selection, Unknown};
use crate::history::{self, Store};
pub(super) use crate::session::{Pasts, needs_history as is_needed};

/// The history, where a selected rule needs it; or why there is none.
pub(super) fn open(setup: &Setup, selection: &Selection) -> Known<Store> {
    if !is_needed(selection) {
        return Err(Unknown::NotRequested);
    }
    let path = history::path(setup.config.history.path.as_deref(), &history::Env::current())
        .map_err(|error| unreadable(&error))?;
    if !path.exists() {
        return Err(Unknown::NoHistory);
    }
    Store::open_existing(&path).map_err(|error| {
        setup.messages.note(&format!("history: {error}"));
        unreadable(&error)
    })
}

pub(super) fn unreadable(error: &history::Error) -> Unknown {
    Unknown::Failed(format!("the history cannot be read: {error}").into())
}
