//! Forwards that a command holds until it ends, and the messages about them.

use std::time::Duration;

use super::connection::{launch, refused};
use super::waiting::Waiting;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::setup::Setup;
use crate::output::forwards::joined;
use crate::supervisor::{
    ClientError, Hold, HoldError, HoldOptions, HoldOutcome, JoinedForward, Paths, Spec,
};

/// Starts the forwards and waits until all are ready, showing the causes of delays.
pub(super) async fn start(
    setup: &Setup,
    specs: Vec<Spec>,
    ready_timeout: Duration,
    waiting: Waiting,
) -> Result<Hold, CommandError> {
    let start = async {
        let launch = launch(setup)?;
        let heartbeat = setup.config.forward.heartbeat_interval();
        let options = HoldOptions { launch, heartbeat, ready_timeout };
        let paths = Paths::from_env().map_err(ClientError::from)?;
        Hold::start_attended(paths, specs, options, |step| waiting.progress(step)).await
    };
    let hold = match waiting.during(start).await {
        Ok(hold) => hold,
        Err(error) => return Err(waiting.explained(error).await),
    };
    note_joined(setup, hold.joined());
    Ok(hold)
}

/// Reports the forwards that already existed.
pub(super) fn note_joined<'a>(
    setup: &Setup,
    forwards: impl IntoIterator<Item = JoinedForward<'a>>,
) {
    for note in forwards.into_iter().flat_map(joined) {
        setup.messages.note(&note);
    }
}

/// Restarts the forwards after the supervisor was lost. If no forward is left, returns how the
/// command ends.
pub(super) async fn reconnect(
    setup: &Setup,
    hold: &mut Hold,
) -> Result<Option<Exit>, CommandError> {
    if hold.outcome().is_none() {
        setup.messages.note("the supervisor is gone; starting it and the forwards again");
    }
    match hold.reconnect().await {
        Ok(()) => Ok(None),
        Err(error @ HoldError::NothingLeft(outcome)) => {
            setup.messages.note(&error.to_string());
            Ok(Some(exit_of(outcome)))
        }
        Err(error) => Err(error.into()),
    }
}

impl From<HoldError> for CommandError {
    fn from(error: HoldError) -> Self {
        match error {
            HoldError::Unreachable(error) => error.into(),
            HoldError::Refused { spec, refusal } => {
                refused(Some(&spec), ClientError::Refused(refusal))
            }
            error @ HoldError::NothingLeft(_) => Self::failed(error),
        }
    }
}

/// How a command ends once all its forwards have ended.
pub(super) fn exit_of(outcome: HoldOutcome) -> Exit {
    match outcome {
        HoldOutcome::Stopped => Exit::Done,
        HoldOutcome::Failed => Exit::Failed,
    }
}
