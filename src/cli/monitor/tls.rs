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
    /// The identity in force was read from these contents.
    used: Arc<Mutex<Option<Contents>>>,
}

type Contents = (Vec<u8>, Vec<u8>);

impl IdentityFiles {
    /// The files that the flags name, and the identity that is in them.
    pub(super) fn open(args: &MonitorArgs) -> Result<Option<(Self, Identity)>, CommandError> {
        let (Some(chain), Some(key)) = (&args.metrics_tls_cert, &args.metrics_tls_key) else {
            return Ok(None);
        };
        let (chain, key) = (chain.clone(), key.clone());
        let files = Self { chain, key, used: Arc::default() };
        let contents = files.read()?;
        let identity = files.identity(&contents)?;
        files.take(contents);
        Ok(Some((files, identity)))
    }

    /// The identity, if the files have changed.
    pub(super) fn changed(&self) -> Result<Option<Identity>, CommandError> {
        let now = self.read()?;
        if self.used.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&now) {
            return Ok(None);
        }
        let identity = self.identity(&now)?;
        self.take(now);
        Ok(Some(identity))
    }

    fn read(&self) -> Result<Contents, CommandError> {
        Ok((read(&self.chain)?, read(&self.key)?))
    }

    fn take(&self, contents: Contents) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = Some(contents);
    }

    fn identity(&self, (chain, key): &Contents) -> Result<Identity, CommandError> {
        Identity::from_pem(chain, key).map_err(|error| {
            let (chain, key) = (self.chain.display(), self.key.display());
            CommandError::failed(match error {
                IdentityError::Certificate(why) => format!("{chain}: {why}"),
                IdentityError::Key(why) => format!("{key}: {why}"),
                IdentityError::Pair(why) => {
                    format!("{chain} and {key} are not a certificate and its key: {why}")
                }
            })
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandError> {
    let mut content = Vec::new();
    let file = std::fs::File::open(path);
    let read = file.and_then(|file| file.take(MOST).read_to_end(&mut content));
    read.map_err(|error| CommandError::failed(format!("cannot read {}: {error}", path.display())))?;
    Ok(content)
}
