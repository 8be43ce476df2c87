//! Signal handling for commands that have none of their own.

use super::error::CommandError;
use super::exit::Exit;
use crate::process::Interrupt;

/// Runs a command until a signal ends it: dropping its future ends its kubectl processes.
pub(super) async fn interruptible(
    command: impl Future<Output = Result<Exit, CommandError>>,
) -> Result<Exit, CommandError> {
    // Signals are listened for only once the command first waits: until then it reads files,
    // which may block, and has started nothing that needs cleaning up.
    let interrupted = async {
        match Interrupt::listen() {
            Ok(mut interrupt) => Ok(Exit::Interrupted(interrupt.next().await)),
            Err(error) => Err(CommandError::signals(error)),
        }
    };
    tokio::select! {
        biased;
        exit = command => exit,
        exit = interrupted => exit,
    }
}
