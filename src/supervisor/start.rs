//! A stand-in.

use super::client::{Client, ClientError};
use super::paths::Paths;

/// Connects to the supervisor, which is started where none runs.
pub async fn connect_or_start(paths: &Paths) -> Result<Client, ClientError> {
    match Client::connect(paths).await? {
        Some(client) => Ok(client),
        None => Err(ClientError::Start("it is not built yet".to_owned())),
    }
}

/// Runs the supervisor in this process until it has nothing to do.
pub async fn serve(_paths: &Paths, _config: &crate::config::Config) -> Result<(), ClientError> {
    std::future::ready(Err(ClientError::Start("it is not built yet".to_owned()))).await
}

/// Ends what an earlier supervisor left behind; a line for each process that was ended.
pub async fn reap(_paths: &Paths) -> Result<Vec<String>, ClientError> {
    std::future::ready(Err(ClientError::Unusable("there is no registry yet".to_owned()))).await
}
