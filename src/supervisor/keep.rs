//! `keep: true`: forwards of the configuration that a supervisor itself holds as long as it runs,
//! if a service manager or a user started it rather than a client on demand.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use super::client::ClientError;
use super::paths::Paths;
use super::protocol::{ForwardState, LeaseRequest, RefusalKind, Reply, Request, Spec};
use super::start::connect_within;
use crate::config::{Forward, duration};

/// The time limit for connecting to the supervisor.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause before the next connection attempt while the supervisor starts.
const CONNECT: Duration = Duration::from_millis(50);
/// The interval between two checks that a forward still exists.
const CHECK: Duration = Duration::from_secs(5);
/// The first pause after a failed start, which doubles each time up to the longest.
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_mins(1);
/// How long a start waits for its reply. The forward exists meanwhile, and so does its port.
const READY: Duration = Duration::from_hours(24);

/// Starts and holds all forwards with `keep: true`. Never ends: any failure is retried, but a
/// forward that a user has stopped stays stopped. `plan` returns a forward's specification, or
/// `None` if the kubeconfig cannot be used yet; `report` receives messages for the user.
pub async fn keep<'a>(
    forwards: &'a [Forward],
    paths: &Paths,
    plan: impl AsyncFn(&'a Forward) -> Option<Spec>,
    report: impl Fn(&str) + Copy + Send + Sync + 'static,
) {
    let mut tasks = JoinSet::new();
    let mut pause = PAUSE;
    let mut unplanned: Vec<&Forward> = forwards.iter().filter(|it| it.keep).collect();
    while !unplanned.is_empty() {
        let mut failed = Vec::new();
        for forward in unplanned {
            match plan(forward).await {
                Some(spec) => drop(tasks.spawn(hold(spec, paths.clone(), report))),
                None => failed.push(forward),
            }
        }
        unplanned = failed;
        if !unplanned.is_empty() {
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
    while tasks.join_next().await.is_some() {}
    std::future::pending::<()>().await;
}

async fn hold(spec: Spec, paths: Paths, report: impl Fn(&str)) {
    let name = spec.name.clone().unwrap_or_default();
    let mut pause = PAUSE;
    loop {
        let why = match hold_once(&spec, &name, &paths, &mut pause).await {
            Ok(()) => {
                report(&format!("{name} was stopped, and stays stopped until the next start"));
                return;
            }
            Err(why) => why,
        };
        let again = duration::format(pause);
        report(&format!("{name}: {why}; tried again in {again}"));
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}

/// Starts the forward and waits until it has been stopped. This process has the lease.
async fn hold_once(
    spec: &Spec,
    name: &str,
    paths: &Paths,
    pause: &mut Duration,
) -> Result<(), String> {
    let text = |error: ClientError| error.to_string();
    // The supervisor of this process, which has just been started.
    let mut client = loop {
        match connect_within(paths, PATIENCE).await.map_err(text)? {
            Some(client) => break client,
            None => sleep(CONNECT).await,
        }
    };
    let lease = LeaseRequest::Pid { pid: std::process::id() };
    let names = vec![name.to_owned()];
    match client.request(&Request::start(spec, lease, READY, false)).await.map_err(text)? {
        Reply::Started { .. } => *pause = PAUSE,
        _ => return Err(text(ClientError::Confused)),
    }
    loop {
        let state = client.forwards(&names).await.map(|it| it.first().map(|it| it.state));
        match state {
            Ok(Some(ForwardState::Failed)) => {
                let _ = client.request(&Request::Stop { names: names.clone() }).await;
                return Err("the forward has failed".to_owned());
            }
            Ok(Some(ForwardState::Stopping)) => return Ok(()),
            Err(ClientError::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
                return Ok(());
            }
            Ok(_) => sleep(CHECK).await,
            Err(error) => return Err(text(error)),
        }
    }
}
