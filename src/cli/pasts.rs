//! The history, for commands that judge HPAs by their earlier readings.

use super::setup::Setup;
use crate::findings::{Known, Selection};
use crate::history::{self, Store};
pub(super) use crate::session::{Pasts, needs_history as is_needed};

/// The history for somebody who only reads it, where a selected rule looks at it; or why there is
/// none, of which the user has been told where it is no ordinary reason.
pub(super) fn open(setup: &Setup, selection: &Selection) -> Known<Store> {
    if !is_needed(selection) {
        return Err("not requested".to_owned());
    }
    let path = history::path(setup.config.history.path.as_deref(), &history::Env::current())
        .map_err(|error| error.to_string())?;
    if !path.exists() {
        return Err("there is no history yet (watchdog snapshot take records it)".to_owned());
    }
    Store::open_existing(&path).map_err(|error| {
        setup.messages.note(&format!("history: {error}"));
        "the history cannot be read".to_owned()
    })
}
