//! Standard output, and files that are named on the command line.

use std::fmt::Display;
use std::path::Path;

use super::error::CommandError;
use crate::term::file::write_atomic;
use crate::term::stdout;

/// Prints a document, whole or not at all. A reader that has gone is no error.
pub(super) fn print(document: &[u8]) -> Result<(), CommandError> {
    // Nothing is left to be ended, and a reader that has stopped reading may block us for good.
    crate::process::default_interrupts();
    print_and_go_on(document)
}

/// As [`print`], where signals are listened for afterwards.
pub(super) fn print_and_go_on(document: &[u8]) -> Result<(), CommandError> {
    match stdout::write_all(document) {
        // Nothing is printed after a document, so there is nothing to stop.
        Ok(stdout::Written::Done | stdout::Written::Closed) => Ok(()),
        Err(error) => {
            Err(CommandError::failed(format!("cannot write to standard output: {error}")))
        }
    }
}

/// Writes a file that was named on the command line, whole or not at all.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    if path == Path::new("/dev/stdout") {
        // Opened anew, a file there would be written from its beginning.
        return print_and_go_on(bytes);
    }
    write_atomic(path, bytes)
        .map_err(|error| CommandError::failed(format!("cannot write {}: {error}", path.display())))
}

/// Prints a document that had to be made first.
pub(super) fn print_document<E: Display>(document: Result<Vec<u8>, E>) -> Result<(), CommandError> {
    let document = document.map_err(CommandError::failed)?;
    print(&document)
}
