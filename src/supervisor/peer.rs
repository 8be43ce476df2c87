//! Who is at the other end of the socket.

use tokio::net::UnixStream;

/// Whether the process at the other end is this user's. The error is the sentence for people.
/// The supervisor asks because it runs what it is told to, the client because it sends its
/// environment.
pub(super) fn check(stream: &UnixStream) -> Result<(), String> {
    let peer = stream
        .peer_cred()
        .map_err(|error| format!("the system does not say who is at the socket: {error}"))?;
    same_user(peer.uid(), crate::process::uid())
}

fn same_user(peer: u32, own: u32) -> Result<(), String> {
    if peer == own {
        return Ok(());
    }
    Err(format!("the process at the other end of the socket is user {peer}'s, not yours ({own})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn we_are_ourselves_and_nobody_else_is() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (one, other) = UnixStream::pair().unwrap();
            assert_eq!(check(&one).and(check(&other)), Ok(()));
        });
        assert!(same_user(1, 2).unwrap_err().contains("user 1's, not yours (2)"));
        assert!(same_user(0, 2).is_err(), "root either");
    }
}
