//! Signal handling for commands that have none of their own.

use std::convert::Infallible;
use std::future::pending;

use super::error::CommandError;
use super::exit::Exit;
use crate::collect::Stop;
use crate::process::{Interrupt, Suspend};
use crate::term::line;

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
        never = pausing() => match never {},
    }
}

/// Stops this process at Ctrl-Z with the line about its progress out of the way, from the time on
/// when there is such a line.
pub(super) async fn pausing() -> Infallible {
    line::shown().await;
    let Ok(mut suspend) = Suspend::listen() else { return pending().await };
    loop {
        suspend.next().await;
        line::put_aside(|| suspend.stop_self());
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
        never = pausing() => match never {},
    };
    stop.stop();
    tokio::select! {
        biased;
        exit = command => exit.map(|_| Exit::Interrupted(signal)),
        signal = interrupt.next() => Ok(Exit::Interrupted(signal)),
        never = pausing() => match never {},
    }
}
