//! Reaching the supervisor, and saying why something could not be done.

use std::time::Duration;

use jiff::Timestamp;

use super::wording::title;
use crate::cli::exit::Exit;
use crate::cli::setup::Setup;
use crate::supervisor::{
    Client, ClientError, Launch, Paths, RefusalKind, Reply, Request, Spec, connect_or_start,
    connect_within,
};

/// How long a supervisor that runs may take to greet.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The supervisor, if it runs. On failure the user has been told.
pub(super) async fn connect(setup: &Setup) -> Result<Option<Client>, Exit> {
    let connect = async {
        let client = connect_within(&Paths::from_env()?, PATIENCE).await?;
        client.as_ref().map_or(Ok(()), Client::check_protocol)?;
        Ok(client)
    };
    connect.await.map_err(|error: ClientError| unreachable(setup, &error))
}

/// The supervisor, started where it does not run. On failure the user has been told.
pub(super) async fn connect_started(setup: &Setup) -> Result<Client, Exit> {
    let connect = async {
        let launch = launch(setup)?;
        let client = connect_or_start(&Paths::from_env()?, &launch).await?;
        client.check_protocol()?;
        Ok(client)
    };
    connect.await.map_err(|error: ClientError| unreachable(setup, &error))
}

/// How to start the supervisor: this program, with the configuration that is in force here. It runs
/// in another directory, so a relative path would mean another file there.
pub(super) fn launch(setup: &Setup) -> Result<Launch, ClientError> {
    let launch = || {
        let mut launch = Launch::current()?;
        if let Some(path) = &setup.config_path {
            let path = std::path::absolute(path)?;
            launch.environment.push(("WATCHDOG_CONFIG".into(), path.into()));
        }
        Ok(launch)
    };
    launch().map_err(|error: std::io::Error| ClientError::Start(error.to_string()))
}

/// The supervisor, for something about the forward `name`, which is not there if the supervisor is
/// not.
pub(super) async fn connect_for(setup: &Setup, name: &str) -> Result<Client, Exit> {
    let none = || setup.failed(&format!("no forward named {name:?}: no supervisor is running"));
    connect(setup).await?.ok_or_else(none)
}

/// Asks. On failure the user has been told; of a name that does not exist by the supervisor's own
/// sentence, which says what is near.
pub(super) async fn ask(
    setup: &Setup,
    client: &mut Client,
    request: &Request,
) -> Result<Reply, Exit> {
    let error = match client.request(request).await {
        Ok(reply) => return Ok(reply),
        Err(error) => error,
    };
    let exit = refused(setup, None, &error);
    if matches!(&error, ClientError::Refused(refusal) if refusal.kind == RefusalKind::NotFound) {
        // It may be one that ended with a supervisor that was killed.
        let started = client.info().started_at;
        let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
        let today = day(started) == day(Timestamp::now());
        let started = started.strftime(if today { "%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%SZ" });
        setup.messages.note(&format!(
            "the supervisor was started at {started}; forwards of an earlier one are gone"
        ));
    }
    Err(exit)
}

/// Says why the supervisor cannot be reached.
pub(super) fn unreachable(setup: &Setup, error: &ClientError) -> Exit {
    setup.failed(&error)
}

/// Says why something was refused; who holds a port that is taken, and what to do.
pub(super) fn refused(setup: &Setup, spec: Option<&Spec>, error: &ClientError) -> Exit {
    let exit = match spec {
        Some(spec) => setup.failed(&format!("{}: {error}", title(spec))),
        None => setup.failed(&error),
    };
    let ClientError::Refused(refusal) = error else { return exit };
    match (refusal.kind, spec) {
        (RefusalKind::PortTaken, Some(_)) => {
            setup
                .messages
                .note("end that, or take another port: --local-port 0 takes any that is free");
        }
        (RefusalKind::NameTaken, _) => {
            setup.messages.note("choose another name with --name; see watchdog forward list");
        }
        (RefusalKind::Timeout, _) => {
            setup.messages.note("--ready-timeout waits longer");
        }
        _ => {}
    }
    exit
}
