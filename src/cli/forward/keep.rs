//! `keep: true`: forwards of the configuration that a supervisor holds by itself for as long as it runs,
//! where it was started by a service manager or by hand and not on demand.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::args::ForwardArgs;
use super::connection::PATIENCE;
use super::plan::{overrides, specs};
use crate::cli::flags::Global;
use crate::cli::setup::Setup;
use crate::config::{Forward, ForwardRequest, duration};
use crate::supervisor::{
    Client, ClientError, ForwardOverrides, ForwardState, LeaseRequest, Paths, RefusalKind, Reply,
    Request, Spec, connect_within,
};

/// The pause before the supervisor is asked for again while it starts.
const CONNECT: Duration = Duration::from_millis(50);
/// How often it is checked that a forward is still there.
const CHECK: Duration = Duration::from_secs(5);
/// The first pause after a forward could not be started, which doubles, and the longest one.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(1);
/// How long a start waits for its answer. The forward is there meanwhile, and so is its port.
const READY: Duration = Duration::from_hours(24);

/// Holds them. Never ends: what fails is tried again, whatever it is. One that somebody has stopped
/// stays so.
pub(super) async fn keep(global: &Global, setup: &Setup, paths: &Paths) {
    let mut kept = JoinSet::new();
    let mut pause = PAUSE;
    let mut unplanned: Vec<&Forward> = setup.config.forwards.iter().filter(|it| it.keep).collect();
    while !unplanned.is_empty() {
        let mut failed = Vec::new();
        for forward in unplanned {
            match planned(global, setup, forward).await {
                Some(spec) => drop(kept.spawn(hold(setup.messages, spec, paths.clone()))),
                None => failed.push(forward),
            }
        }
        unplanned = failed;
        if !unplanned.is_empty() {
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
    while kept.join_next().await.is_some() {}
    std::future::pending::<()>().await;
}

/// What the forward is, where the kubeconfig says so; else says why not.
async fn planned(global: &Global, setup: &Setup, forward: &Forward) -> Option<Spec> {
    // It has no idle end; where the configuration gives it an idle time it rests.
    let overrides = ForwardOverrides {
        idle: Some(forward.idle.unwrap_or_default()),
        ..overrides(global, &ForwardArgs::default())
    };
    let requests = [ForwardRequest::Configured(forward)];
    match specs(global, setup, &requests, overrides).await {
        Ok((mut specs, _)) => specs.pop(),
        Err(error) => {
            error.report(setup.messages);
            None
        }
    }
}

async fn hold(messages: crate::term::Messages, spec: Spec, paths: Paths) {
    let name = spec.name.clone().unwrap_or_default();
    let mut pause = PAUSE;
    loop {
        let why = match held(&spec, &name, &paths, &mut pause).await {
            Ok(()) => {
                messages.note(&format!("{name} was stopped; it stays so until the next start"));
                return;
            }
            Err(why) => why,
        };
        let again = duration::format(pause);
        messages.note(&format!("{name}: {why}; tried again in {again}"));
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}

/// Starts it and stays with it until somebody has stopped it. Our own process has the lease.
async fn held(spec: &Spec, name: &str, paths: &Paths, pause: &mut Duration) -> Result<(), String> {
    let said = |error: ClientError| error.to_string();
    // Ours, a moment after it was started.
    let mut client = loop {
        match connect_within(paths, PATIENCE).await.map_err(said)? {
            Some(client) => break client,
            None => sleep(CONNECT).await,
        }
    };
    let lease = LeaseRequest::Pid { pid: std::process::id() };
    let names = vec![name.to_owned()];
    match client.request(&Request::start(spec, lease, READY, false)).await.map_err(said)? {
        Reply::Started { .. } => *pause = PAUSE,
        _ => return Err(said(ClientError::Confused)),
    }
    loop {
        match state(&mut client, &names).await {
            Ok(Some(ForwardState::Failed)) => {
                let _ = client.request(&Request::Stop { names: names.clone() }).await;
                return Err("the forward has failed".to_owned());
            }
            Ok(Some(ForwardState::Stopping)) => return Ok(()),
            Err(ClientError::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
                return Ok(());
            }
            Ok(_) => sleep(CHECK).await,
            Err(error) => return Err(said(error)),
        }
    }
}

async fn state(client: &mut Client, names: &[String]) -> Result<Option<ForwardState>, ClientError> {
    match client.request(&Request::List { names: names.to_vec() }).await? {
        Reply::Forwards { forwards } => Ok(forwards.first().map(|forward| forward.state)),
        _ => Err(ClientError::Confused),
    }
}
