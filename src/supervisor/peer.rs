//! A stand-in.

use tokio::net::UnixStream;

/// Whether the other end is one of ours.
pub(super) fn check(_stream: &UnixStream) -> Result<(), String> {
    Err("the peer cannot be checked yet".to_owned())
}
