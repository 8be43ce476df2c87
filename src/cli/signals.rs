//! Signal handling for commands that have none of their own.

use super::error::CommandError;
use super::exit::Exit;
use crate::collect::Stop;
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

/// Runs a command that reads clusters. The first signal ends the reading, and the command prints
/// what it has; a second one ends the command.
pub(super) async fn ending_early<F: Future<Output = Result<Exit, CommandError>>>(
    command: impl FnOnce(Stop) -> F,
) -> Result<Exit, CommandError> {
    let stop = Stop::default();
    let mut command = Box::pin(command(stop.clone()));
    let listen = async {
        let mut interrupt = Interrupt::listen().map_err(CommandError::signals)?;
        let signal = interrupt.next().await;
        Ok::<_, CommandError>((interrupt, signal))
    };
    let (mut interrupt, signal) = tokio::select! {
        biased;
        exit = &mut command => return exit,
        interrupted = listen => interrupted?,
    };
    stop.stop();
    tokio::select! {
        biased;
        exit = command => exit.map(|_| Exit::Interrupted(signal)),
        signal = interrupt.next() => Ok(Exit::Interrupted(signal)),
    }
}
