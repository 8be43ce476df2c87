//! Forwards that outlive the client that starts them.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Held, HoldError, Joined, JoinedForward, PAUSES, SHUTDOWN, StartProgress};
use crate::supervisor::client::{Client, ClientError};
use crate::supervisor::paths::Paths;
use crate::supervisor::protocol::{
    ForwardStatus, LeaseRequest, Reply, Request, Spec, SupervisorInfo,
};
use crate::supervisor::start::{Launch, connect_or_start};

/// What [`Detached::start`] needs besides the forwards.
#[derive(Clone, Debug)]
pub struct DetachOptions {
    /// How to start the supervisor if none is running.
    pub launch: Launch,
    /// What keeps the forwards alive.
    pub lease: LeaseRequest,
    /// How long a forward may take to become ready.
    pub ready_timeout: Duration,
}

/// Forwards that were started and continue without this process.
pub struct Detached {
    info: SupervisorInfo,
    forwards: Vec<Held>,
}

/// Why forwards could not be started. None of them remains.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct DetachError {
    /// The reason.
    pub error: HoldError,
    /// The forwards that were ready and have been rolled back.
    pub rolled_back: Vec<String>,
}

impl From<HoldError> for DetachError {
    fn from(error: HoldError) -> Self {
        Self { error, rolled_back: Vec::new() }
    }
}

impl From<ClientError> for DetachError {
    fn from(error: ClientError) -> Self {
        HoldError::from(error).into()
    }
}

impl Detached {
    /// Starts the forwards one after another and waits until all are ready. If one is refused,
    /// those before it are rolled back. `progress` is called as the start proceeds, and a start
    /// whose failure waiting cannot fix fails immediately.
    pub async fn start(
        paths: &Paths,
        specs: Vec<Spec>,
        options: &DetachOptions,
        progress: impl Fn(StartProgress<'_>),
    ) -> Result<Self, DetachError> {
        let deadline = Instant::now() + SHUTDOWN;
        let mut client = connect(paths, &options.launch).await?;
        let mut forwards: Vec<Held> = Vec::new();
        for (index, spec) in specs.into_iter().enumerate() {
            progress(StartProgress::Requested(index));
            let request = Request::start(&spec, options.lease, options.ready_timeout, true);
            let event = |event: &_| progress(StartProgress::Event(event));
            let reply = loop {
                let reply = client.request_with(&request, event).await;
                let is_ending = reply.as_ref().is_err_and(ClientError::is_ending);
                if !is_ending || !forwards.is_empty() || Instant::now() >= deadline {
                    break reply;
                }
                // A supervisor that is shutting down will soon allow another one to start.
                sleep(PAUSES[1]).await;
                client = connect(paths, &options.launch).await?;
            };
            let error = match reply {
                Ok(Reply::Started { forward, existing, leased, differs }) => {
                    progress(StartProgress::Ready(index));
                    let joined = existing.then_some(Joined { leased, differs });
                    forwards.push(Held { spec, status: *forward, joined, ended: false });
                    continue;
                }
                Ok(_) => ClientError::Confused.into(),
                Err(ClientError::Refused(refusal)) => {
                    HoldError::Refused { spec: Box::new(spec), refusal }
                }
                Err(error) => error.into(),
            };
            let is_undone =
                !forwards.is_empty() && client.request(&Request::Rollback).await.is_ok();
            let undone = forwards.into_iter().filter(|_| is_undone);
            let rolled_back = undone.map(|held| held.status.name).collect();
            return Err(DetachError { error, rolled_back });
        }
        Ok(Self { info: client.info().clone(), forwards })
    }

    /// The supervisor that holds the forwards.
    pub fn info(&self) -> &SupervisorInfo {
        &self.info
    }

    /// The statuses of the forwards, in the order of the specs.
    pub fn statuses(&self) -> Vec<ForwardStatus> {
        self.forwards.iter().map(|held| held.status.clone()).collect()
    }

    /// The forwards that existed before.
    pub fn joined(&self) -> impl Iterator<Item = JoinedForward<'_>> {
        self.forwards.iter().filter_map(Held::joined)
    }
}

async fn connect(paths: &Paths, launch: &Launch) -> Result<Client, ClientError> {
    let client = connect_or_start(paths, launch).await?;
    client.check_protocol()?;
    Ok(client)
}
