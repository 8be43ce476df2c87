//! What a signal does to a command that does nothing of its own with signals.

use super::error::CommandError;
use super::exit::Exit;
use crate::process::Interrupt;

/// Runs a command that a signal simply ends: dropping its future ends its kubectls.
pub(super) async fn interruptible(
    command: impl Future<Output = Result<Exit, CommandError>>,
) -> Result<Exit, CommandError> {
    // The command runs up to its first wait before signals are listened for: until then it reads
    // files, which may block, and has started nothing that would have to be ended.
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
