//! Signs that connections may have been cut without notice: the machine was suspended, or its
//! addresses or routes have changed.

use std::time::Duration;

/// The time the machine has been suspended since boot.
#[cfg(target_os = "linux")]
pub fn time_suspended() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let read = |clock| {
        let at = clock_gettime(clock);
        let seconds = u64::try_from(at.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(at.tv_nsec).unwrap_or_default())
    };
    // Read in this order, so that a pause between the two reads does not look like a suspension.
    let (boot, awake) = (read(ClockId::Boottime), read(ClockId::Monotonic));
    boot.saturating_sub(awake)
}

/// The time the machine has been suspended since boot: unknown on this system.
#[cfg(not(target_os = "linux"))]
pub fn time_suspended() -> Duration {
    Duration::ZERO
}

/// The kernel's notifications of links, addresses and routes (rtnetlink).
#[derive(Debug)]
pub struct NetworkChanges {
    #[cfg(target_os = "linux")]
    socket: Option<tokio::io::unix::AsyncFd<std::os::fd::OwnedFd>>,
}

#[cfg(target_os = "linux")]
impl NetworkChanges {
    /// Starts to listen; if that is not permitted, there are no notifications.
    pub fn listen() -> Self {
        Self { socket: open().ok() }
    }

    /// Resolves after a change. Cancel safe.
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
                // An overflow of the kernel's buffer (ENOBUFS) also means that something has
                // changed.
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
    /// This system has no notifications.
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
    fn the_suspended_time_is_not_longer_than_the_uptime() {
        let first = time_suspended();
        assert!(time_suspended() >= first.saturating_sub(Duration::from_millis(1)));
    }

    #[test]
    fn listening_works_and_reports_nothing_without_a_change() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let changes = NetworkChanges::listen();
            assert!(changes.socket.is_some());
        });
    }
}
