//! Ctrl-Z for a program that has to send a message before it is stopped.

use std::io;

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction};
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// Listens for SIGTSTP, which a terminal sends on Ctrl-Z, from its creation on. The signal no
/// longer stops the process until it stops itself ([`Suspend::stop_self`]).
#[derive(Debug)]
pub struct Suspend {
    tstp: Option<Stream>,
}

impl Suspend {
    /// Replaces the default action of SIGTSTP, unless it was ignored when this process started, as
    /// under a shell without job control.
    pub fn listen() -> io::Result<Self> {
        let kind = SignalKind::from_raw(Signal::SIGTSTP as i32);
        let ignored = super::interrupt::is_ignored(kind);
        Ok(Self { tstp: if ignored { None } else { Some(signal(kind)?) } })
    }

    /// Resolves when the terminal sends SIGTSTP.
    pub async fn next(&mut self) {
        if let Some(tstp) = &mut self.tstp
            && tstp.recv().await.is_some()
        {
            return;
        }
        std::future::pending::<()>().await;
    }

    /// Stops this process as the signal would have by default, and returns once it is continued.
    /// The kernel does not stop a process that no shell could continue (an orphaned group).
    #[expect(unsafe_code, reason = "a signal's action cannot be changed without")]
    #[expect(clippy::unused_self, reason = "without a handler the signal itself stops the process")]
    pub fn stop_self(&mut self) {
        let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
        // SAFETY: the default action runs no code of ours; and what is restored is the previous
        // action, tokio's handler, which may be called at any time.
        unsafe {
            if let Ok(before) = sigaction(Signal::SIGTSTP, &default) {
                let _ = raise(Signal::SIGTSTP);
                let _ = sigaction(Signal::SIGTSTP, &before);
            }
        }
    }
}
