//! Output to standard output and to files named on the command line.

use std::fmt::Display;
use std::path::Path;

use super::error::CommandError;
use crate::term::file::write_atomic;
use crate::term::stdout;

/// Prints a document, whole or not at all. A closed pipe is not an error.
pub(super) fn print(document: &[u8]) -> Result<(), CommandError> {
    // Signals end the process from here on: nothing is left to clean up, and a reader that has
    // stopped reading may block the write forever.
    crate::process::default_interrupts();
    print_and_go_on(document)
}

/// As [`print`], but signals are still listened for afterwards.
pub(super) fn print_and_go_on(document: &[u8]) -> Result<(), CommandError> {
    match stdout::write_all(document) {
        // Nothing is printed after a document, so a closed pipe stops nothing.
        Ok(stdout::Written::Done | stdout::Written::Closed) => Ok(()),
        Err(error) => {
            Err(CommandError::failed(format!("cannot write to standard output: {error}")))
        }
    }
}

/// Writes a file named on the command line, whole or not at all.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    if path == Path::new("-") || path == Path::new("/dev/stdout") {
        // Opening /dev/stdout again would overwrite a redirected file from its beginning.
        return print_and_go_on(bytes);
    }
    write_atomic(path, bytes)
        .map_err(|error| CommandError::failed(format!("cannot write {}: {error}", path.display())))
}

/// Prints a document, or returns the error of rendering it.
pub(super) fn print_document<E: Display>(document: Result<Vec<u8>, E>) -> Result<(), CommandError> {
    let document = document.map_err(CommandError::failed)?;
    print(&document)
}
