//! A terminal of a given size.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Action, Winsize, tcflow, tcsetwinsize};

use super::run::{DEADLINE, Output, Run};

/// A pseudo-terminal; its master side is the screen.
pub struct Terminal {
    screen: File,
    line: File,
}

impl Terminal {
    /// A terminal with this many columns and rows.
    pub fn new(columns: u16, rows: u16) -> Self {
        // Close-on-exec from the start, since another test may fork at any time.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let screen = openpt(flags).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let line = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(rustix::fs::OFlags::NOCTTY.bits().cast_signed())
            .open(name.to_str().unwrap())
            .unwrap();
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&line, size).unwrap();
        Self { screen: File::from(screen), line }
    }

    /// Its slave side, for a program's stdin, stdout or stderr.
    pub fn stdio(&self) -> Stdio {
        self.line.try_clone().unwrap().into()
    }

    /// Where keys are typed.
    pub fn keyboard(&self) -> File {
        self.screen.try_clone().unwrap()
    }

    /// Its slave side, to look at its modes.
    pub fn line(&self) -> File {
        self.line.try_clone().unwrap()
    }

    /// Stops its output as with Ctrl-S, or continues it as with Ctrl-Q.
    pub fn hold(&self, hold: bool) {
        let action = if hold { Action::OOff } else { Action::OOn };
        tcflow(&self.line, action).unwrap();
    }

    /// Runs a program with this terminal as stdout; the screen's text is returned as its stdout.
    pub fn run(self, run: Run) -> Output {
        self.show(run, |_| {})
    }

    /// Like [`Terminal::run`], with this terminal also as stderr.
    pub fn run_both(self, run: Run) -> Output {
        let run = run.stderr(self.stdio());
        self.show(run, |_| {})
    }

    /// Like [`Terminal::run`], for a program that is ended by SIGINT after `meanwhile`.
    pub fn run_until(self, run: Run, meanwhile: impl FnOnce()) -> Output {
        self.show(run, |running| {
            meanwhile();
            running.signal(nix::sys::signal::Signal::SIGINT);
        })
    }

    fn show(self, run: Run, meanwhile: impl FnOnce(&super::run::Running)) -> Output {
        let running = run.stdout(self.stdio()).start();
        let screen = self.watched();
        meanwhile(&running);
        let mut output = running.wait();
        output.stdout = screen.text();
        output
    }

    /// Reads the screen in the background until no process holds the terminal any more.
    pub fn watched(self) -> Screen {
        let (sender, receiver) = channel();
        let mut screen = self.screen;
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // When the last process has closed the terminal, Linux returns an error.
            while let Ok(count @ 1..) = screen.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Screen { line: self.line, receiver, shown: Vec::new() }
    }
}

/// A terminal's screen.
pub struct Screen {
    line: File,
    receiver: Receiver<Vec<u8>>,
    shown: Vec<u8>,
}

impl Screen {
    /// Waits until this text comes, after what was waited for before; returns what came before it.
    pub fn shows(&mut self, text: &str) -> String {
        // What is drawn again and again must not wait for ever.
        let start = std::time::Instant::now();
        loop {
            let shown = String::from_utf8_lossy(&self.shown);
            if let Some(at) = shown.find(text) {
                let before = shown[..at].to_owned();
                let rest = shown[at + text.len()..].as_bytes().to_vec();
                self.shown = rest;
                return before;
            }
            match self.receiver.recv_timeout(DEADLINE.saturating_sub(start.elapsed())) {
                Ok(more) => self.shown.extend(more),
                Err(error) => panic!("{text:?} never came ({error}): {shown}"),
            }
        }
    }

    /// All its text. Its writers must have ended.
    pub fn text(self) -> String {
        drop(self.line);
        let mut shown = self.shown;
        loop {
            match self.receiver.recv_timeout(DEADLINE) {
                Ok(more) => shown.extend(more),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the terminal never closed: {shown:?}"),
            }
        }
        // The terminal turns each newline into a carriage return and a newline.
        String::from_utf8(shown).expect("UTF-8").replace("\r\n", "\n")
    }
}

/// The text without escape codes for colour; other escape codes remain visible to the test.
pub fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("\x1b[") {
        let (before, code) = rest.split_at(start);
        plain.push_str(before);
        let end = code[2..].find(|c: char| !c.is_ascii_digit() && c != ';').map(|end| end + 2);
        match end {
            Some(end) if code[end..].starts_with('m') => rest = &code[end + 1..],
            _ => {
                plain.push_str("\x1b[");
                rest = &code[2..];
            }
        }
    }
    plain + rest
}
