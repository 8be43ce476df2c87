//! Ctrl-Z: a program that has something to say before it is stopped.

use std::io;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// Listens for SIGTSTP, which a terminal sends at Ctrl-Z, from the moment it is made. The process
/// is not stopped by it any more, until it stops itself ([`Suspend::stop_self`]).
#[derive(Debug)]
pub struct Suspend {
    tstp: Option<Stream>,
}

impl Suspend {
    /// Takes SIGTSTP over from its default action; not where this process was started with it
    /// ignored, as under a shell without job control.
    pub fn listen() -> io::Result<Self> {
        let kind = SignalKind::from_raw(Signal::SIGTSTP as i32);
        let ignored = super::interrupt::is_ignored(kind);
        Ok(Self { tstp: if ignored { None } else { Some(signal(kind)?) } })
    }

    /// Resolves when the terminal asks for a stop.
    pub async fn next(&mut self) {
        if let Some(tstp) = &mut self.tstp
            && tstp.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }

    /// Stops this process as the signal by itself would have, and returns once it is continued.
    /// The kernel does not stop a process that no shell could continue (an orphaned group).
    #[expect(unsafe_code, reason = "a signal's action cannot be changed without")]
    pub fn stop_self(&mut self) {
        let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
        // SAFETY: the default action runs no code of ours; and what is put back is the action
        // that was there, tokio's handler, which is made to be called at any time.
        unsafe {
            if let Ok(before) = sigaction(Signal::SIGTSTP, &default) {
                let _ = raise(Signal::SIGTSTP);
                let _ = sigaction(Signal::SIGTSTP, &before);
            }
        }
    }
}
