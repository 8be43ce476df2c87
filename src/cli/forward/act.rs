//! The verbs of `watchdog forward` that act on existing forwards: heartbeat, restart, stop, reap;
//! and `watchdog supervisor run | stop`.

use super::args::ForwardArgs;
use super::connection::{PATIENCE, ask, connect, connect_for, refused};
use super::plan::{overrides, specs};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::print::print;
use crate::cli::setup::Setup;
use crate::config::{Forward, ForwardRequest};
use crate::output::forwards::ended;
use crate::supervisor::{self, ForwardOverrides, Paths, Readiness, Request, Timers, shut_down};

pub(super) async fn heartbeat(global: &Global, name: String) -> Result<Exit, CommandError> {
    Setup::new(global)?;
    let mut client = connect_for(&name).await?;
    ask(&mut client, &Request::Heartbeat { name }).await?;
    Ok(Exit::Done)
}

pub(super) async fn restart(global: &Global, name: String) -> Result<Exit, CommandError> {
    Setup::new(global)?;
    let mut client = connect_for(&name).await?;
    ask(&mut client, &Request::Restart { name }).await?;
    Ok(Exit::Done)
}

/// Stops the named forwards. No names means all: clap allows that only with `--all`.
pub(super) async fn stop(global: &Global, names: Vec<String>) -> Result<Exit, CommandError> {
    Setup::new(global)?;
    let mut client = match names.first() {
        Some(name) => connect_for(name).await?,
        None => match connect().await? {
            Some(client) => client,
            None => return Ok(Exit::Done),
        },
    };
    ask(&mut client, &Request::Stop { names }).await?;
    Ok(Exit::Done)
}

pub(super) async fn reap(global: &Global) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let paths = Paths::from_env().map_err(CommandError::failed)?;
    let reaped = supervisor::reap(&paths, Timers::new(&setup.config).stop_grace).await;
    if reaped.ended.is_empty() && reaped.left.is_empty() {
        setup.messages.note("nothing was left behind");
    }
    print(ended(&reaped).as_bytes())?;
    if reaped.left.is_empty() {
        return Ok(Exit::Done);
    }
    let left: Vec<String> = reaped.left.iter().map(u32::to_string).collect();
    Err(CommandError::failed(format!("still there: pid {}", left.join(", "))))
}

/// `supervisor run`
pub(super) async fn serve(global: &Global) -> Result<Exit, CommandError> {
    // The process that started this one in the background waits for a report.
    let readiness = Readiness::from_env();
    let setup = match Setup::new(global) {
        Ok(setup) => setup,
        Err(error) => {
            readiness.failed("its configuration cannot be used; see watchdog config validate");
            return Err(error);
        }
    };
    let paths = match Paths::from_env() {
        Ok(paths) => paths,
        Err(error) => {
            readiness.failed(&error.to_string());
            return Err(CommandError::failed(error));
        }
    };
    // A supervisor started on demand holds only the forwards that its clients request, with
    // the clients' environment.
    let keeps = !readiness.is_awaited();
    let serving = supervisor::serve(&paths, Timers::new(&setup.config), readiness);
    tokio::pin!(serving);
    let served = if keeps {
        tokio::select! {
            served = &mut serving => served,
            () = keep(global, &setup, &paths) => serving.await,
        }
    } else {
        serving.await
    };
    served.map_err(CommandError::failed)?;
    Ok(Exit::Done)
}

/// Holds the configured forwards with `keep: true`.
async fn keep(global: &Global, setup: &Setup, paths: &Paths) {
    let messages = setup.messages;
    let plan = async |forward: &Forward| {
        // A kept forward has an idle timeout only if one is configured for the forward itself;
        // the forward is then suspended when idle.
        let overrides = ForwardOverrides {
            idle: Some(forward.idle.unwrap_or_default()),
            ..overrides(&ForwardArgs::default())
        };
        let requests = [ForwardRequest::Configured(forward)];
        match specs(global, setup, &requests, overrides).await {
            Ok((mut specs, _)) => specs.pop(),
            Err(error) => {
                error.report(messages);
                None
            }
        }
    };
    supervisor::keep(&setup.config.forwards, paths, plan, move |text| messages.note(text)).await;
}

/// `supervisor stop`
pub(super) async fn shutdown(global: &Global) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let paths = Paths::from_env().map_err(CommandError::failed)?;
    let grace = Timers::new(&setup.config).stop_grace;
    if !shut_down(&paths, PATIENCE, grace).await.map_err(|error| refused(None, error))? {
        setup.messages.note("no supervisor is running");
    }
    Ok(Exit::Done)
}
