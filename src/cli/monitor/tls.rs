//! The certificate with which metrics are served: read again when its files have changed.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::MonitorArgs;
use crate::cli::error::CommandError;
use crate::prometheus::{Identity, IdentityError};

/// The longest file.
const MOST: u64 = 1 << 20;

/// The files of a certificate and its key, and what was in them.
#[derive(Clone)]
pub(super) struct IdentityFiles {
    chain: PathBuf,
    key: PathBuf,
    read: Arc<Mutex<(Vec<u8>, Vec<u8>)>>,
}

impl IdentityFiles {
    /// The files that the flags name, and the identity that is in them.
    pub(super) fn open(args: &MonitorArgs) -> Result<Option<(Self, Identity)>, CommandError> {
        let (Some(chain), Some(key)) = (&args.metrics_tls_cert, &args.metrics_tls_key) else {
            return Ok(None);
        };
        let (chain, key) = (chain.clone(), key.clone());
        let files = Self { chain, key, read: Arc::default() };
        let identity = files.changed()?;
        Ok(identity.map(|identity| (files, identity)))
    }

    /// The identity, if the files have changed.
    pub(super) fn changed(&self) -> Result<Option<Identity>, CommandError> {
        let now = (read(&self.chain)?, read(&self.key)?);
        let mut last = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if *last == now {
            return Ok(None);
        }
        let identity = Identity::from_pem(&now.0, &now.1);
        let identity = identity.map_err(|error| {
            let (chain, key) = (self.chain.display(), self.key.display());
            CommandError::failed(match error {
                IdentityError::Certificate(why) => format!("{chain}: {why}"),
                IdentityError::Key(why) => format!("{key}: {why}"),
                IdentityError::Pair(why) => {
                    format!("{chain} and {key} are not a certificate and its key: {why}")
                }
            })
        })?;
        *last = now;
        Ok(Some(identity))
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let mut content = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(MOST).read_to_end(&mut content));
    read.map_err(|error| CommandError::failed(format!("cannot read {}: {error}", path.display())))?;
    Ok(content)
}
