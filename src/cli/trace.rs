//! The output of `-v`, on standard error: processes that are run, and retries.

use tracing_subscriber::filter::LevelFilter;

use crate::term::messages::{Sanitized, Stderr};

/// `-v` shows the processes that are run and retries, `-vv` more, on stderr.
pub(super) fn start(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(|| Sanitized(Stderr))
        .with_ansi(false)
        .with_target(false)
        .init();
}
