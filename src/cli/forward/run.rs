//! `watchdog forward run … -- COMMAND`

use std::process::Command;

use super::args::RunArgs;
use super::held;
use super::plan::{namespace, overrides, requests, specs};
use super::waiting::Waiting;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::setup::Setup;
use crate::cli::signals::pausing;
use crate::output::forwards::variables;
use crate::process::{Attended, Interrupt, Suspend};
use crate::supervisor::{ForwardOverrides, ForwardState, Hold, HoldEvent};

pub(super) async fn run(global: &Global, args: &RunArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let requests = requests(global, &setup, args.all, &args.target)?;
    let Some((program, rest)) = args.command.split_first() else {
        return Err(CommandError::usage("no command after --"));
    };
    let mut interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let ready = async {
        let overrides =
            ForwardOverrides { namespace: namespace(global)?, ..overrides(&args.forward) };
        let (specs, kubectl) = specs(global, &setup, &requests, overrides).await?;
        let waiting = Waiting::new(&setup, kubectl, &specs);
        let within = waiting.wait_first(&args.forward).await?;
        held::start(&setup, specs, within, waiting).await
    };
    let mut hold = tokio::select! {
        hold = ready => hold?,
        signal = interrupt.next() => return Ok(Exit::Interrupted(signal)),
        never = pausing() => match never {},
    };
    let mut suspend = Suspend::listen().map_err(CommandError::signals)?;

    let mut command = Command::new(program);
    command.args(rest).envs(variables(&hold.named()));
    let code = match Attended::spawn(command) {
        Ok(command) => attend(&setup, command, &mut hold, &mut interrupt, &mut suspend).await,
        Err(error) => {
            setup.messages.error(&format!("cannot run {}: {error}", program.to_string_lossy()));
            // As in shells: 127 for not found, 126 for found but not executable.
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            Ok(Exit::Child(if missing { 127 } else { 126 }))
        }
    };
    hold.release().await;
    code
}

/// Holds the forwards until the command ends.
async fn attend(
    setup: &Setup,
    mut command: Attended,
    hold: &mut Hold,
    interrupt: &mut Interrupt,
    suspend: &mut Suspend,
) -> Result<Exit, CommandError> {
    // Whether the forwards may still report events; false once they are lost for good.
    let mut following = true;
    loop {
        let lost = tokio::select! {
            code = command.wait() => {
                return code.map(Exit::Child).map_err(|error| {
                    CommandError::failed(format!("cannot wait for the command: {error}"))
                });
            }
            signal = interrupt.next() => {
                command.pass_on(signal);
                false
            }
            () = suspend.next() => {
                // The terminal has stopped the command too: it is in our process group.
                if following {
                    hold.suspend(true).await;
                }
                suspend.stop_self();
                if following {
                    hold.suspend(false).await;
                }
                false
            }
            change = hold.next(), if following => match change {
                HoldEvent::Forward(event) => {
                    if matches!(event.state, ForwardState::NeedsLogin | ForwardState::Failed | ForwardState::Stopping) {
                        setup.messages.note(&format!("{}: {}", event.name, event.message));
                    }
                    false
                }
                HoldEvent::Refreshed => false,
                HoldEvent::SupervisorLost => true,
            },
        };
        if !lost {
            continue;
        }
        // The command keeps running during the reconnection, and may end.
        following = tokio::select! {
            again = held::reconnect(setup, hold) => match again {
                Ok(over) => over.is_none(),
                Err(error) => {
                    error.report(setup.messages);
                    false
                }
            },
            code = command.wait() => {
                return code.map(Exit::Child).map_err(|error| {
                    CommandError::failed(format!("cannot wait for the command: {error}"))
                });
            }
            signal = interrupt.next() => {
                command.pass_on(signal);
                true
            }
        };
    }
}
