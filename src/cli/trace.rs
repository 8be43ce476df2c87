//! What `-v` shows: what is run and tried again, on standard error.

use std::io::{self, Write};

use tracing_subscriber::filter::LevelFilter;

use crate::term::messages::Stderr;
use crate::term::text::sanitize;

/// `-v` shows what is run and tried again, `-vv` more, on stderr.
pub(super) fn start(verbose: u8) {
    let level = match verbose {
        0 => return,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(|| Harmless(Stderr))
        .with_ansi(false)
        .with_target(false)
        .init();
}

/// Makes visible what could harm a terminal: lines quote what kubectl and clusters say.
struct Harmless<W>(W);

impl<W: Write> Write for Harmless<W> {
    /// A whole line, as tracing writes them.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        self.0.write_all(format!("{}\n", sanitize(text)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
