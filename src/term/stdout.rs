//! The only access to standard output.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, poll};

use super::color::{ColorChoice, ColorEnv, Style};
use crate::process::stdout_was_closed;

/// The result of writing a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a closed pipe means: write no more"]
pub enum Written {
    /// Everything is written.
    Done,
    /// The reader has gone (`| head`), which is not an error: stop writing.
    Closed,
}

/// Writes a whole document and flushes it, so that a full disk is an error here and does not go
/// unnoticed at the end of the process.
pub fn write_all(bytes: &[u8]) -> io::Result<Written> {
    if stdout_was_closed() {
        return Err(io::Error::other("it is closed"));
    }
    deliver(&mut io::stdout().lock(), bytes)
}

fn deliver(writer: &mut impl Write, bytes: &[u8]) -> io::Result<Written> {
    match writer.write_all(bytes).and_then(|()| writer.flush()) {
        Ok(()) => Ok(Written::Done),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Written::Closed),
        Err(error) => Err(error),
    }
}

/// Blocks until the reader of standard output has gone, even if nothing is written: `false` if the
/// system cannot say so.
pub fn wait_for_reader_to_go() -> bool {
    wait_for_hangup(io::stdout())
}

/// Files never report an error or a hang-up here; a terminal does when it is gone.
fn wait_for_hangup(stream: impl AsFd) -> bool {
    let gone = PollFlags::ERR | PollFlags::HUP;
    let mut polled = [PollFd::new(&stream, PollFlags::empty())];
    loop {
        match poll(&mut polled, None) {
            // Anything else (not pollable, not open) would be reported again at once.
            Ok(_) => return polled.iter().any(|it| it.revents().intersects(gone)),
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
        }
    }
}

/// The style of standard output.
pub fn style(choice: ColorChoice) -> Style {
    Style::resolve(choice, &ColorEnv::current(), is_terminal())
}

/// Whether standard output is a terminal.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// The width of the terminal on standard output: as the terminal reports it, else `$COLUMNS`, else
/// 80. `None` if it is not a terminal and lines may have any length.
pub fn terminal_width() -> Option<usize> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    let reported = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
    Some(columns_of(reported))
}

/// The height of the terminal on standard output; 24 if it is unknown.
pub fn terminal_height() -> usize {
    let reported =
        terminal_size::terminal_size_of(io::stdout()).map(|(_, height)| usize::from(height.0));
    reported.filter(|height| *height > 0).unwrap_or(24)
}

/// The width of a terminal that reports this width, with the same fallbacks.
pub(super) fn columns_of(reported: Option<usize>) -> usize {
    columns(reported, std::env::var("COLUMNS").ok().as_deref())
}

/// A terminal that does not know its size (a serial line, some CI systems) reports 0.
fn columns(reported: Option<usize>, variable: Option<&str>) -> usize {
    let from_variable = || variable?.trim().parse().ok();
    reported
        .filter(|width| *width > 0)
        .or_else(|| from_variable().filter(|width| *width > 0))
        .unwrap_or(80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, OpenOptions};

    #[test]
    fn a_document_is_written_completely() {
        let mut bytes = Vec::new();
        assert_eq!(deliver(&mut bytes, b"a\nb").unwrap(), Written::Done);
        assert_eq!(bytes, b"a\nb");
    }

    #[test]
    fn a_closed_pipe_is_not_an_error() {
        let (reader, mut writer) = io::pipe().unwrap();
        drop(reader);
        assert_eq!(deliver(&mut writer, b"a").unwrap(), Written::Closed);
    }

    #[test]
    fn a_reader_that_goes_is_noticed_without_writing() {
        let (reader, writer) = io::pipe().unwrap();
        let (gone, reported) = std::sync::mpsc::channel();
        std::thread::spawn(move || gone.send(wait_for_hangup(writer)));
        assert!(reported.try_recv().is_err());
        drop(reader);
        let deadline = std::time::Duration::from_mins(1);
        assert_eq!(reported.recv_timeout(deadline), Ok(true));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_even_for_a_buffered_writer() {
        let full: File = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = deliver(&mut io::LineWriter::new(full), b"no newline").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn the_terminals_own_width_wins() {
        assert_eq!(columns(Some(120), Some("60")), 120);
        assert_eq!(columns(Some(0), Some("60")), 60);
        assert_eq!(columns(None, Some("60")), 60);
        assert_eq!(columns(None, Some("0")), 80);
        assert_eq!(columns(None, Some("wide")), 80);
        assert_eq!(columns(None, None), 80);
    }
}
