//! A stand-in.

use tokio::net::UnixStream;

/// Whether the other end is one of ours.
pub(super) fn check(_stream: &UnixStream) -> Result<(), String> {
    Ok(())
}
