//! The signals by which a person or a service manager asks this process to end.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Which signal asked for the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupted {
    /// SIGINT: Ctrl-C.
    Int,
    /// SIGTERM.
    Term,
    /// SIGHUP: the terminal is gone.
    Hup,
}

impl Interrupted {
    /// The exit code by which a shell knows of it: 128 + the signal's number.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Hup => 129,
            Self::Int => 130,
            Self::Term => 143,
        }
    }
}

/// Listens for SIGINT, SIGTERM and SIGHUP from the moment it is made.
///
/// A signal that this process was started with ignored stays ignored: `nohup` and shells that
/// start a job in the background rely on it.
#[derive(Debug)]
pub struct Interrupt {
    int: Option<Signal>,
    term: Option<Signal>,
    hup: Option<Signal>,
}

impl Interrupt {
    /// Takes the three signals over from their default action for the rest of the process's life.
    pub fn listen() -> io::Result<Self> {
        let ignored = ignored_signals();
        let take = |kind: SignalKind| {
            let bit = 1u64 << (kind.as_raw_value() - 1);
            if ignored & bit == 0 { signal(kind).map(Some) } else { Ok(None) }
        };
        Ok(Self {
            int: take(SignalKind::interrupt())?,
            term: take(SignalKind::terminate())?,
            hup: take(SignalKind::hangup())?,
        })
    }

    /// Resolves when one of them arrives.
    pub async fn next(&mut self) -> Interrupted {
        tokio::select! {
            () = received(self.int.as_mut()) => Interrupted::Int,
            () = received(self.term.as_mut()) => Interrupted::Term,
            () = received(self.hup.as_mut()) => Interrupted::Hup,
        }
    }
}

/// Gives the three signals their default action back (those that are ignored stay so): for the
/// time when nothing is left to be ended in good order, and a write may block for as long as a
/// reader likes.
#[expect(unsafe_code, reason = "nix marks every change of a signal's action")]
pub fn default_interrupts() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    let ignored = ignored_signals();
    for kind in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        if ignored & (1u64 << (kind as u32 - 1)) == 0 {
            // SAFETY: the default action runs no code of ours.
            let _ = unsafe { signal(kind, SigHandler::SigDfl) };
        }
    }
}

async fn received(signal: Option<&mut Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// The set of signals that were ignored when this process started, bit n-1 for signal n. Where
/// the system does not tell (it is in /proc on Linux), none.
fn ignored_signals() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .unwrap_or(0)
}
