//! A stand-in.

use std::path::{Path, PathBuf};

use super::client::ClientError;

/// Where the supervisor's files are.
#[derive(Clone, Debug)]
pub struct Paths {
    socket: PathBuf,
}

impl Paths {
    /// As this process's environment says.
    pub fn from_env() -> Result<Self, ClientError> {
        let directory = std::env::var_os("XDG_RUNTIME_DIR")
            .map_or_else(std::env::temp_dir, PathBuf::from)
            .join("watchdog");
        Ok(Self { socket: directory.join("socket") })
    }

    /// The socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}
