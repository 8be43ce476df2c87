//! Connecting to the supervisor, and explaining why a request failed.

use std::time::Duration;

use jiff::Timestamp;

use crate::cli::error::CommandError;
use crate::cli::setup::Setup;
use crate::supervisor::{
    Client, ClientError, Launch, Paths, RefusalKind, Request, Spec, connect_within,
};

/// How long a running supervisor may take to send its greeting.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The supervisor, if it runs.
pub(super) async fn connect() -> Result<Option<Client>, CommandError> {
    let connect = async {
        let client = connect_within(&Paths::from_env()?, PATIENCE).await?;
        client.as_ref().map_or(Ok(()), Client::check_protocol)?;
        Ok(client)
    };
    connect.await.map_err(|error: ClientError| error.into())
}

/// The process of the supervisor's guard, or its own; none if no supervisor is running.
pub(in crate::cli) async fn supervisor_pid() -> Option<u32> {
    let client = connect().await.ok().flatten()?;
    Some(client.info().guard_pid.unwrap_or(client.info().pid))
}

/// How to start the supervisor: this program, with the configuration that is in force here.
pub(in crate::cli) fn launch(setup: &Setup) -> Result<Launch, ClientError> {
    Launch::with_config(setup.config_path.as_deref())
        .map_err(|error| ClientError::Start(error.to_string()))
}

/// The supervisor, for a request about the forward `name`.
pub(super) async fn connect_for(name: &str) -> Result<Client, CommandError> {
    connect().await?.ok_or_else(|| not_running(name))
}

/// The error that no forward has this name, because no supervisor is running.
pub(super) fn not_running(name: &str) -> CommandError {
    CommandError::failed(format!("no forward named {name:?}: no supervisor is running"))
}

/// Makes a request about a forward by its name.
pub(super) async fn ask(client: &mut Client, request: &Request) -> Result<(), CommandError> {
    let reply = client.request(request).await;
    reply.map(drop).map_err(|error| unanswered(client, error))
}

/// Why a request about a forward by its name failed.
pub(super) fn unanswered(client: &Client, error: ClientError) -> CommandError {
    let is_unknown =
        matches!(&error, ClientError::Refused(refusal) if refusal.kind == RefusalKind::NotFound);
    let error = refused(None, error);
    if !is_unknown {
        return error;
    }
    // The forward may have ended together with an earlier supervisor that was killed.
    let started = client.info().started_at;
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    let today = day(started) == day(Timestamp::now());
    let started = started.strftime(if today { "%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%SZ" });
    error.note(format!(
        "the supervisor was started at {started}; forwards of an earlier supervisor have ended"
    ))
}

/// Why a forward was refused, and what to do.
pub(super) fn refused(spec: Option<&Spec>, error: ClientError) -> CommandError {
    let help = match &error {
        ClientError::Refused(refusal) => match (refusal.kind, spec) {
            (RefusalKind::PortTaken, Some(_)) => {
                Some("end that, or take another port: --local-port 0 takes any that is free")
            }
            (RefusalKind::NameTaken, _) => {
                Some("choose another name with --name; see watchdog forward list")
            }
            (RefusalKind::Timeout, _) => Some("raise --ready-timeout to wait longer"),
            _ => None,
        },
        _ => None,
    };
    let error = match spec {
        Some(spec) => CommandError::failed(format!("{}: {error}", spec.title())),
        None => CommandError::from(error),
    };
    match help {
        Some(help) => error.note(help),
        None => error,
    }
}
