//! `watchdog exec-newest … -- KUBECTL …`: the supervisor starts this command instead of kubectl to
//! forward to the newest pod.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::environment::go_is_tuned;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::signals::interruptible;
use crate::config::target::{ForwardTarget, RemotePort};
use crate::kubectl::{Name, Newest};
use crate::term::Messages;

/// `watchdog exec-newest`
#[derive(Debug, Args)]
pub struct NewestArgs {
    /// The context, which `--context` would take for a pattern
    #[arg(long)]
    exact_context: Option<String>,
    #[arg(long, value_parser = ForwardTarget::parse)]
    target: ForwardTarget,
    #[arg(long, value_parser = RemotePort::parse)]
    port: Vec<RemotePort>,
    /// kubectl with its arguments up to the target
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

pub(super) async fn run(global: &Global, args: NewestArgs) -> Result<Exit, CommandError> {
    interruptible(exec(global, args)).await
}

/// Replaces this process with kubectl; returns only if that fails.
async fn exec(global: &Global, args: NewestArgs) -> Result<Exit, CommandError> {
    // The supervisor reads the messages: no colour.
    Messages::plain().make_current();
    let mut command = args.command.into_iter();
    let namespace = global.namespaces.single().map_err(CommandError::usage)?;
    let namespace = Name::parse(&namespace.unwrap_or_default()).map_err(CommandError::failed)?;
    let newest = Newest {
        program: command.next().map(PathBuf::from).unwrap_or_default(),
        go_is_tuned: go_is_tuned(),
        kubeconfig: global.kubeconfig.clone(),
        impersonation: global.impersonation(),
        context: args.exact_context,
        namespace,
        target: args.target,
        remotes: args.port.iter().map(RemotePort::to_string).collect(),
        arguments: command.collect(),
    };
    let program = newest.program.display().to_string();
    let error = newest.exec().await;
    Err(CommandError::failed(format!("cannot start {program}: {error}")))
}
