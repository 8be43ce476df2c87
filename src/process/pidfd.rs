//! Process handles: as long as a handle is open it refers to the process for which it was opened,
//! and never to another one that reuses the pid. Linux 5.3 and newer.

use std::os::fd::OwnedFd;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Opens a handle. `None` if there is no such process, or the kernel has no handles.
pub(super) fn open(pid: u32) -> Option<OwnedFd> {
    pidfd_open(Pid::from_raw(pid.cast_signed())?, PidfdFlags::empty()).ok()
}

/// Registers the handle with the runtime: it becomes readable when its process has ended, reaped or
/// not.
#[expect(unsafe_code, reason = "AsyncFd wants a promise about its descriptor")]
pub(super) fn watch(handle: OwnedFd) -> Option<AsyncFd<OwnedFd>> {
    // SAFETY: only the AsyncFd owns the descriptor, and an `OwnedFd` stays open and the same until
    // it is dropped.
    unsafe { AsyncFd::register_with_interest(handle, Interest::READABLE) }.ok()
}

/// Sends a signal. Returns whether that succeeded.
pub(super) fn signal(handle: &OwnedFd, signal: nix::sys::signal::Signal) -> bool {
    Signal::from_named_raw(signal as i32)
        .is_some_and(|signal| pidfd_send_signal(handle, signal).is_ok())
}
