//! Checks which user is at the other end of the socket.

use tokio::net::UnixStream;

/// Checks that the process at the other end is this user's. The error is a sentence for people. The
/// supervisor checks because it runs commands for its clients, the client because it sends its
/// environment.
pub(super) fn check(stream: &UnixStream) -> Result<(), String> {
    let peer = stream.peer_cred().map_err(|error| {
        format!("cannot determine the user at the other end of the socket: {error}")
    })?;
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
    fn only_the_same_user_is_accepted() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (one, other) = UnixStream::pair().unwrap();
            assert_eq!(check(&one).and(check(&other)), Ok(()));
        });
        assert!(same_user(1, 2).unwrap_err().contains("user 1's, not yours (2)"));
        assert!(same_user(0, 2).is_err(), "root either");
    }
}
