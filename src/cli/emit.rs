//! What `-o` selects: one value printed as text for people, as a document, or as names.

use serde::Serialize;

use super::error::CommandError;
use super::flags::{Description, Listing};
use super::print::{print, print_document};
use super::setup::Setup;
use crate::term::table::Rendered;
use crate::term::{json, stdout, yaml};

/// Prints a list. Only the requested format is rendered: the table for the terminal's width (none
/// if the list is empty), or the names, one a line.
pub(super) fn emit_list(
    setup: &Setup,
    format: Listing,
    document: &impl Serialize,
    table: impl FnOnce(Option<usize>) -> Option<Rendered>,
    names: impl FnOnce() -> String,
) -> Result<(), CommandError> {
    match format {
        Listing::Table => match table(stdout::terminal_width()) {
            Some(table) => setup.print_table(&table),
            None => Ok(()),
        },
        Listing::Name => print(names().as_bytes()),
        Listing::Json => print_document(json::pretty(document)),
        Listing::Yaml => print_document(yaml::document(document)),
    }
}

/// Prints a description. The text is rendered only if it is printed; an empty text prints nothing.
pub(super) fn emit_text(
    format: Description,
    document: &impl Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), CommandError> {
    match format {
        Description::Text => print(text().as_bytes()),
        Description::Json => print_document(json::pretty(document)),
        Description::Yaml => print_document(yaml::document(document)),
    }
}
