//! Changes of the terminal's size.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for SIGWINCH from its creation on.
#[derive(Debug)]
pub struct Resize(Signal);

impl Resize {
    /// Starts to listen; by default the signal is ignored.
    pub fn listen() -> io::Result<Self> {
        signal(SignalKind::window_change()).map(Self)
    }

    /// Resolves when the size has changed.
    pub async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
