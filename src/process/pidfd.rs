//! Handles of processes: as long as one is open it means the process that it was opened for, and
//! never another one that got the same number later. Linux 5.3 and newer.

use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// `None` where there is no such process, or no handles in this kernel.
pub(super) fn open(pid: u32) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid.cast_signed())?, PidfdFlags::empty()).ok()
}

/// The handle, to be waited for on the runtime: it is readable from the moment its process has
/// ended, reaped or not.
#[expect(unsafe_code, reason = "AsyncFd wants a promise about its descriptor")]
pub(super) fn watch(handle: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
    // SAFETY: the descriptor is owned by the AsyncFd and by nobody else, and an `OwnedFd` stays
    // open and the same until it is dropped.
    unsafe { AsyncFd::register_with_interest(handle, Interest::READABLE) }.ok()
}

/// Whether the signal was sent.
pub(super) fn signal(handle: &OwnedFd, signal: nix::sys::signal::Signal) -> bool {
    Signal::from_named_raw(signal as i32)
        .is_some_and(|signal| pidfd_send_signal(handle, signal).is_ok())
}
