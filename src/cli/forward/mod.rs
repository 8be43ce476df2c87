//! `watchdog forward …`: one file a group of verbs, and what they share: reaching the supervisor,
//! and saying why something could not be done.

mod act;
mod args;
mod held;
mod keep;
mod plan;
mod run;
mod screen;
mod show;
mod start;
mod target;
pub(super) mod waiting;

pub(super) use args::{ForwardCommand, SupervisorCommand};
pub(super) use show::describe;

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::args::Global;
use super::exit::Exit;
use super::setup::Setup;
use crate::config::duration;
use crate::supervisor::{
    Client, ClientError, ForwardStatus, Launch, Paths, RefusalKind, Reply, Request, Spec,
    connect_or_start, connect_within,
};
use args::ForwardArgs;
use target::{Wanted, wanted};
use waiting::Waiting;

/// How long a supervisor that runs may take to greet.
const PATIENCE: Duration = Duration::from_secs(10);

/// Every verb that signals simply end.
pub(super) async fn run(global: &Global, command: ForwardCommand) -> Exit {
    let result = match command {
        ForwardCommand::Start(args) => start::run(global, &args).await,
        ForwardCommand::Run(args) => run::run(global, &args).await,
        ForwardCommand::List { output } => show::list(global, output).await,
        ForwardCommand::Status { names, output } => show::status(global, names, output).await,
        ForwardCommand::Endpoint { name, port } => {
            show::endpoint(global, &name, port.as_deref()).await
        }
        ForwardCommand::Env { names } => show::env(global, names).await,
        ForwardCommand::Logs { name, follow } => show::logs(global, &name, follow).await,
        ForwardCommand::Why { name, output } => show::why(global, &name, output).await,
        ForwardCommand::Heartbeat { name } => act::heartbeat(global, name).await,
        ForwardCommand::Restart { name } => act::restart(global, name).await,
        ForwardCommand::Stop { names, all: _ } => act::stop(global, names).await,
        ForwardCommand::Reap => act::reap(global).await,
    };
    result.unwrap_or_else(|exit| exit)
}

/// `watchdog supervisor …`
pub(super) async fn supervisor(global: &Global, command: SupervisorCommand) -> Exit {
    let result = match command {
        SupervisorCommand::Run => act::serve(global).await,
        SupervisorCommand::Status { output } => show::supervisor(global, output).await,
        SupervisorCommand::Stop => act::shutdown(global).await,
    };
    result.unwrap_or_else(|exit| exit)
}

impl ForwardCommand {
    /// Whether it does something of its own with signals.
    pub(super) fn takes_signals(&self) -> bool {
        match self {
            Self::Start(args) => !args.detach,
            Self::Run(_) => true,
            _ => false,
        }
    }
}

/// The supervisor, if it runs. On failure the user has been told.
async fn connect(setup: &Setup) -> Result<Option<Client>, Exit> {
    let connect = async {
        let client = connect_within(&Paths::from_env()?, PATIENCE).await?;
        client.as_ref().map_or(Ok(()), Client::check_protocol)?;
        Ok(client)
    };
    connect.await.map_err(|error: ClientError| unreachable(setup, &error))
}

/// The supervisor, started where it does not run. On failure the user has been told.
async fn connect_started(setup: &Setup) -> Result<Client, Exit> {
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
        let mut launch = Launch::current();
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
async fn connect_for(setup: &Setup, name: &str) -> Result<Client, Exit> {
    let none = || setup.failed(&format!("no forward named {name:?}: no supervisor is running"));
    connect(setup).await?.ok_or_else(none)
}

/// Asks. On failure the user has been told; of a name that does not exist by the supervisor's own
/// sentence, which says what is near.
async fn ask(setup: &Setup, client: &mut Client, request: &Request) -> Result<Reply, Exit> {
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

/// The forwards that are meant: all of the config, or those of the arguments. On failure the user has
/// been told.
fn asked<'a>(setup: &'a Setup, all: bool, words: &[String]) -> Result<Vec<Wanted<'a>>, Exit> {
    let forwards = &setup.config.forwards;
    if !all {
        return wanted(words, forwards).map_err(|why| setup.misused(&why));
    }
    if forwards.is_empty() {
        return Err(setup.failed(&"the config names no forwards"));
    }
    Ok(forwards.iter().map(Wanted::Named).collect())
}

/// Says that a forward was there already: by which names it is found, whether it was `leased` once
/// more, and what of this request does not apply to it.
fn joined(
    setup: &Setup,
    spec: &Spec,
    forward: &ForwardStatus,
    Joined { leased, differs }: &Joined,
) {
    let name = &forward.name;
    let mut text = match &spec.name {
        Some(asked) if asked != name => {
            format!("{asked} is {name}, which was there already and is found by both names")
        }
        _ => format!("{name} was there already"),
    };
    if *leased {
        text += "; it has one lease more";
    }
    if spec.idle_ms != forward.idle_ms {
        text += &match forward.idle_ms {
            0 => "; it stays without an idle time".to_owned(),
            ms => format!("; its idle time stays {}", duration::format(Duration::from_millis(ms))),
        };
    }
    setup.messages.note(&text);
    if !differs.is_empty() {
        setup.messages.note(&format!(
            "{name} goes on with the environment of its first client, in which {} is not as here; \
             another --local-port makes a forward of its own",
            differs.join(", ")
        ));
    }
}

/// How a forward that was there already was joined.
struct Joined {
    /// It has a lease more by it.
    leased: bool,
    /// The variables that it runs with otherwise.
    differs: Vec<String>,
}

/// Waits for what `--wait` names before anything is started, and returns how much of the time is
/// left. On failure the user has been told.
async fn awaited(setup: &Setup, args: &ForwardArgs, waiting: &Waiting) -> Result<Duration, Exit> {
    if args.wait.is_none() {
        return Ok(args.ready_timeout);
    }
    let began = Instant::now();
    if let Err(why) = waiting.pods(args.ready_timeout).await {
        waiting.done();
        return Err(setup.failed(&why));
    }
    Ok(args.ready_timeout.saturating_sub(began.elapsed()))
}

/// Says why the supervisor cannot be reached.
fn unreachable(setup: &Setup, error: &ClientError) -> Exit {
    setup.failed(&error)
}

/// Says why something was refused; who holds a port that is taken, and what to do.
fn refused(setup: &Setup, spec: Option<&Spec>, error: &ClientError) -> Exit {
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

/// What a forward is called in a message.
fn title(spec: &Spec) -> String {
    spec.title()
}
