//! Notifications for a directory: an entry was created or removed, or the directory itself was
//! removed.

use std::path::Path;

#[cfg(target_os = "linux")]
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
#[cfg(target_os = "linux")]
use tokio::io::unix::AsyncFd;

/// Watches a directory for entries that appear and disappear, if the system supports that.
#[derive(Debug)]
pub struct DirectoryWatch {
    #[cfg(target_os = "linux")]
    inotify: AsyncFd<std::os::fd::OwnedFd>,
}

impl DirectoryWatch {
    /// Watches the directory that is at this path now. `None` if there is none, or the system
    /// cannot watch it.
    #[cfg(target_os = "linux")]
    pub fn new(path: &Path) -> Option<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
        let flags = WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        inotify::add_watch(&inotify, path, flags).ok()?;
        Some(Self { inotify: super::pidfd::watch(inotify)? })
    }

    /// Other systems are not supported.
    #[cfg(not(target_os = "linux"))]
    pub fn new(_: &Path) -> Option<Self> {
        None
    }

    /// Resolves when something has changed since the last call.
    pub async fn changed(&self) {
        #[cfg(target_os = "linux")]
        {
            let Ok(mut guard) = self.inotify.readable().await else {
                return std::future::pending().await;
            };
            // The kind of change does not matter: the caller checks the directory.
            let mut events = [0; 4096];
            while rustix::io::read(self.inotify.get_ref(), &mut events).is_ok_and(|read| read > 0) {
            }
            guard.clear_ready();
        }
        #[cfg(not(target_os = "linux"))]
        std::future::pending().await
    }
}
