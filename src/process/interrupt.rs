//! The signals with which a person or a service manager asks this process to end.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Which signal was received.
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
    /// The signal's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int => "SIGINT",
            Self::Term => "SIGTERM",
            Self::Hup => "SIGHUP",
        }
    }

    /// The exit code that a shell reports for this signal: 128 plus the signal's number.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Hup => 129,
            Self::Int => 130,
            Self::Term => 143,
        }
    }
}

/// Listens for SIGINT, SIGTERM and SIGHUP from its creation on.
///
/// A signal that was ignored when this process started stays ignored: `nohup` and shells that start
/// background jobs rely on it.
#[derive(Debug)]
pub struct Interrupt {
    int: Option<Signal>,
    term: Option<Signal>,
    hup: Option<Signal>,
}

impl Interrupt {
    /// Replaces the default action of the three signals for the rest of the process's life.
    pub fn listen() -> io::Result<Self> {
        let take = |kind| if is_ignored(kind) { Ok(None) } else { signal(kind).map(Some) };
        Ok(Self {
            int: take(SignalKind::interrupt())?,
            term: take(SignalKind::terminate())?,
            hup: take(SignalKind::hangup())?,
        })
    }

    /// Resolves when one of the signals arrives.
    pub async fn next(&mut self) -> Interrupted {
        tokio::select! {
            () = received(self.int.as_mut()) => Interrupted::Int,
            () = received(self.term.as_mut()) => Interrupted::Term,
            () = received(self.hup.as_mut()) => Interrupted::Hup,
        }
    }
}

/// Restores the default action of the three signals, and of Ctrl-Z (ignored ones stay ignored): for
/// the time when nothing is left to be ended in good order, and a write may block as long as its
/// reader likes.
#[expect(unsafe_code, reason = "nix marks every change of a signal's action")]
pub fn default_interrupts() {
    use nix::sys::signal::{SigHandler, Signal, signal};
    let ignored = ignored_signals();
    for kind in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGTSTP] {
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

/// Whether the signal was ignored when this process started.
pub(super) fn is_ignored(kind: SignalKind) -> bool {
    let bit =
        kind.as_raw_value().checked_sub(1).and_then(|bit| 1_u64.checked_shl(bit.cast_unsigned()));
    bit.is_some_and(|bit| ignored_signals() & bit != 0)
}

/// The set of signals that were ignored when this process started, bit n-1 for signal n. None if
/// the system does not tell (Linux has it in /proc).
fn ignored_signals() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .unwrap_or(0)
}
