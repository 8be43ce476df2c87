//! Signs that a connection may have been cut in silence: the machine slept, or its addresses and
//! routes have changed.

use std::time::Duration;

/// For how long the machine has been suspended since it started.
#[cfg(target_os = "linux")]
pub fn time_suspended() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let read = |clock| {
        let at = clock_gettime(clock);
        let seconds = u64::try_from(at.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(at.tv_nsec).unwrap_or_default())
    };
    // In this order, so that a pause between the two reads is not taken for a suspension.
    let (boot, awake) = (read(ClockId::Boottime), read(ClockId::Monotonic));
    boot.saturating_sub(awake)
}

/// For how long the machine has been suspended since it started: not known here.
#[cfg(not(target_os = "linux"))]
pub fn time_suspended() -> Duration {
    Duration::ZERO
}

/// The kernel's news of links, addresses and routes (rtnetlink).
#[derive(Debug)]
pub struct NetworkChanges {
    #[cfg(target_os = "linux")]
    socket: Option<tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>>,
}

#[cfg(target_os = "linux")]
impl NetworkChanges {
    /// Begins to listen; where that is not allowed there is no news.
    pub fn listen() -> Self {
        Self { socket: open().ok() }
    }

    /// Resolves after something has changed. Cancelling it loses nothing.
    pub async fn next(&mut self) {
        let Some(socket) = &self.socket else { return std::future::pending().await };
        loop {
            let Ok(mut ready) = socket.readable().await else {
                return std::future::pending().await;
            };
            let mut buffer = [0_u8; 16 << 10];
            let read = ready.try_io(|socket| {
                rustix::net::recv(socket, &mut buffer, rustix::net::RecvFlags::DONTWAIT)
                    .map_err(std::io::Error::from)
            });
            match read {
                // Also where more was sent than the kernel keeps (ENOBUFS): something has changed.
                Ok(_) => return,
                Err(_would_block) => {}
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn open() -> std::io::Result<tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>> {
    use rustix::net::netlink::SocketAddrNetlink;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with};
    // RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV4_ROUTE, RTMGRP_IPV6_IFADDR, RTMGRP_IPV6_ROUTE.
    const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    // The family's first protocol (none) is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    super::pidfd::watch(socket).ok_or_else(std::io::Error::last_os_error)
}

#[cfg(not(target_os = "linux"))]
impl NetworkChanges {
    /// There is no news here.
    pub fn listen() -> Self {
        Self {}
    }

    /// Never resolves.
    pub async fn next(&mut self) {
        std::future::pending().await
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_machine_has_not_slept_longer_than_it_ran() {
        let first = time_suspended();
        assert!(time_suspended() >= first.saturating_sub(Duration::from_millis(1)));
    }

    #[test]
    fn nothing_changes_by_itself_and_listening_is_possible() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let changes = NetworkChanges::listen();
            assert!(changes.socket.is_some());
        });
    }
}
