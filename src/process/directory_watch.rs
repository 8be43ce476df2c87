//! News of a directory: something in it was made or removed, or it itself was.

use std::path::Path;

#[cfg(target_os = "linux")]
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
#[cfg(target_os = "linux")]
use tokio::io::unix::AsyncFd;

/// A directory that is watched for names that come and go, where the system can do that.
#[derive(Debug)]
pub struct DirectoryWatch {
    #[cfg(target_os = "linux")]
    inotify: AsyncFd<std::os::fd::OwnedFd>,
}

impl DirectoryWatch {
    /// Watches the directory that has this path now. `None` where there is none, or where the system
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

    /// Elsewhere nothing can be watched.
    #[cfg(not(target_os = "linux"))]
    pub fn new(_: &Path) -> Option<Self> {
        None
    }

    /// Resolves when something has happened since the last time.
    pub async fn changed(&self) {
        #[cfg(target_os = "linux")]
        {
            let Ok(mut guard) = self.inotify.readable().await else {
                return std::future::pending().await;
            };
            // What happened does not matter: whoever asks goes and sees.
            let mut events = [0; 4096];
            while rustix::io::read(self.inotify.get_ref(), &mut events).is_ok_and(|read| read > 0) {
            }
            guard.clear_ready();
        }
        #[cfg(not(target_os = "linux"))]
        std::future::pending().await
    }
}
