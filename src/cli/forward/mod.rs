//! `watchdog forward …`: one file a group of verbs, and what they share.

mod act;
mod args;
mod connection;
mod held;
mod plan;
mod run;
mod screen;
mod show;
mod start;
mod waiting;

pub(super) use args::{ForwardCommand, SupervisorCommand};
pub(super) use connection::{launch, supervisor_pid};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::signals::interruptible;

/// Runs a verb. On a signal, attached forwards are shut down cleanly, and `run` passes the signal
/// on to its command; every other verb simply ends.
pub(super) async fn run(global: &Global, command: ForwardCommand) -> Result<Exit, CommandError> {
    match command {
        ForwardCommand::Start(args) if args.detach => {
            Box::pin(interruptible(start::detached(global, &args))).await
        }
        ForwardCommand::Start(args) => Box::pin(start::attached(global, &args)).await,
        ForwardCommand::Run(args) => run::run(global, &args).await,
        ForwardCommand::List { output } => interruptible(show::list(global, output)).await,
        ForwardCommand::Status { names, output } => {
            interruptible(show::status(global, names, output)).await
        }
        ForwardCommand::Endpoint { name, port } => {
            interruptible(show::endpoint(global, &name, port.as_deref())).await
        }
        ForwardCommand::Env { names } => interruptible(show::env(global, names)).await,
        ForwardCommand::Logs { name, follow } => {
            interruptible(show::logs(global, &name, follow)).await
        }
        ForwardCommand::Why { name, output } => {
            interruptible(show::why(global, &name, output)).await
        }
        ForwardCommand::Heartbeat { name } => interruptible(act::heartbeat(global, name)).await,
        ForwardCommand::Restart { name } => interruptible(act::restart(global, name)).await,
        ForwardCommand::Stop { names, all: _ } => interruptible(act::stop(global, names)).await,
        ForwardCommand::Reap => interruptible(act::reap(global)).await,
    }
}

/// `watchdog supervisor …`; on a signal the supervisor itself shuts down cleanly.
pub(super) async fn supervisor(
    global: &Global,
    command: SupervisorCommand,
) -> Result<Exit, CommandError> {
    match command {
        SupervisorCommand::Run => act::serve(global).await,
        SupervisorCommand::Status { output } => {
            interruptible(show::supervisor(global, output)).await
        }
        SupervisorCommand::Stop => interruptible(act::shutdown(global)).await,
    }
}
