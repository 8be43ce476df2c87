//! `watchdog forward …`: one file a group of verbs, and what they share: reaching the supervisor,
//! and saying why something could not be done.

mod act;
mod args;
mod hold;
mod plan;
mod run;
mod screen;
mod show;
mod start;
mod target;

pub(super) use args::{ForwardCommand, SupervisorCommand};
pub(super) use show::describe;

use super::args::Global;
use super::exit::Exit;
use super::setup::Setup;
use crate::config::pattern::nearest;
use crate::kubectl::redact;
use crate::process;
use crate::supervisor::{
    Client, ClientError, ForwardStatus, Launch, LocalPort, Paths, RefusalKind, Reply, Request,
    Spec, connect_or_start,
};

/// Every verb that signals simply end.
pub(super) async fn run(global: &Global, command: ForwardCommand) -> Exit {
    let result = match command {
        ForwardCommand::Start(args) => start::run(global, &args).await,
        ForwardCommand::Run(args) => run::run(global, &args).await,
        ForwardCommand::List { output } => show::list(global, output).await,
        ForwardCommand::Status { names, output } => show::status(global, names, output).await,
        ForwardCommand::Endpoint { name } => show::endpoint(global, &name).await,
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
        let client = Client::connect(&Paths::from_env()?).await?;
        client.as_ref().map_or(Ok(()), Client::check_protocol)?;
        Ok(client)
    };
    connect.await.map_err(|error: ClientError| unreachable(setup, &error))
}

/// The supervisor, started where it does not run. On failure the user has been told.
async fn connect_started(setup: &Setup) -> Result<Client, Exit> {
    let connect = async {
        let launch = Launch::current().map_err(|error| ClientError::Start(error.to_string()))?;
        let client = connect_or_start(&Paths::from_env()?, &launch).await?;
        client.check_protocol()?;
        Ok(client)
    };
    connect.await.map_err(|error: ClientError| unreachable(setup, &error))
}

/// The supervisor, for something about the forward `name`, which is not there if the supervisor is
/// not.
async fn connect_for(setup: &Setup, name: &str) -> Result<Client, Exit> {
    let none = || setup.failed(&format!("no forward named {name:?}: no supervisor is running"));
    connect(setup).await?.ok_or_else(none)
}

/// Asks about forwards by name. Where one does not exist, the user is told which are near.
async fn ask(setup: &Setup, client: &mut Client, request: &Request) -> Result<Reply, Exit> {
    let error = match client.request(request).await {
        Ok(reply) => return Ok(reply),
        Err(error) => error,
    };
    if let ClientError::Refused(refusal) = &error
        && refusal.kind == RefusalKind::NotFound
        && let Ok(Reply::Forwards { forwards }) =
            client.request(&Request::List { names: Vec::new() }).await
    {
        return Err(setup.failed(&not_found(&refusal.message, named(request), &forwards)));
    }
    Err(refused(setup, None, &error))
}

/// The names that a request is about.
fn named(request: &Request) -> Vec<&str> {
    match request {
        Request::List { names } | Request::Stop { names } => {
            names.iter().map(String::as_str).collect()
        }
        Request::Heartbeat { name } | Request::Restart { name } | Request::Story { name } => {
            vec![name]
        }
        _ => Vec::new(),
    }
}

/// The supervisor's sentence, with the names that may have been meant.
fn not_found(message: &str, asked: Vec<&str>, forwards: &[ForwardStatus]) -> String {
    let known = || forwards.iter().map(|forward| forward.name.as_str());
    let unknown = asked.into_iter().find(|name| known().all(|known| known != *name));
    let near = unknown.map(|name| nearest(name, known())).unwrap_or_default();
    if near.is_empty() {
        return format!("{message}; see watchdog forward list");
    }
    let near: Vec<String> = near.iter().map(|name| format!("{name:?}")).collect();
    format!("{message}; did you mean {}?", near.join(" or "))
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
        (RefusalKind::PortTaken, Some(Spec { local_port: LocalPort::Exact(port), .. })) => {
            let holders = process::port_holders(*port);
            let who = match holders.first() {
                Some(holder) => {
                    format!("held by pid {} ({})", holder.pid, redact(&holder.command))
                }
                None if process::try_bind(*port).is_ok() => "free again by now".to_owned(),
                None => "held by a process that this user may not see".to_owned(),
            };
            setup.messages.note(&format!(
                "127.0.0.1:{port} is {who}; end that, or take another port: --local-port 0 takes any that is free"
            ));
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

/// What a forward is called in a message: its name, else its target.
fn title(spec: &Spec) -> &str {
    spec.name.as_deref().unwrap_or(&spec.resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_told_with_those_near() {
        assert_eq!(
            not_found("no forward named \"prmo\"", vec!["prmo"], &[]),
            "no forward named \"prmo\"; see watchdog forward list"
        );
        assert_eq!(named(&Request::Restart { name: "a".to_owned() }), ["a"]);
    }
}
