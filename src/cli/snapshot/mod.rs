//! `watchdog snapshot take | list | show | diff | prune | export`

mod args;
mod export;
mod stored;
mod take;

pub(super) use args::{DiffArgs, SnapshotCommand};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::signals::interruptible;

pub(super) async fn run(global: &Global, command: SnapshotCommand) -> Result<Exit, CommandError> {
    interruptible(async {
        match command {
            SnapshotCommand::Take(args) => take::take(global, &args).await,
            SnapshotCommand::List(args) => stored::list(global, &args),
            SnapshotCommand::Show(args) => stored::show(global, &args),
            SnapshotCommand::Diff(args) => stored::compare(global, &args),
            SnapshotCommand::Prune(args) => stored::prune(global, &args),
            SnapshotCommand::Export(args) => export::export(global, &args),
        }
    })
    .await
}
