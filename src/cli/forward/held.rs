//! Forwards that a command holds until it ends, with what a person is told of them.

use std::time::Duration;

use super::connection::{launch, refused, unreachable};
use super::waiting::Waiting;
use super::wording::{Joined, joined};
use crate::cli::exit::Exit;
use crate::cli::setup::Setup;
use crate::supervisor::{
    ClientError, Hold, HoldError, HoldOptions, HoldOutcome, Paths, Spec, StartProgress,
};

/// Starts the forwards and waits until all are ready, showing what they wait for. On failure the user
/// has been told.
pub(super) async fn start(
    setup: &Setup,
    specs: Vec<Spec>,
    ready_timeout: Duration,
    waiting: Waiting,
) -> Result<Hold, Exit> {
    let opened = async {
        let launch = launch(setup)?;
        let heartbeat = setup.config.forward.heartbeat_interval();
        let options = HoldOptions { launch, heartbeat, ready_timeout };
        let paths = Paths::from_env().map_err(ClientError::from)?;
        let start = Hold::start_attended(paths, specs, options, |step| match step {
            StartProgress::Requested(index) => waiting.begun(index),
            StartProgress::Event(event) => waiting.heard(event),
            StartProgress::Ready(index) => waiting.ready(index),
        });
        tokio::select! {
            opened = start => opened,
            never = waiting.explain() => match never {},
        }
    };
    let opened = opened.await;
    waiting.done();
    let hold = opened.map_err(|error| {
        let exit = failed(setup, error);
        waiting.failed();
        exit
    })?;
    for it in hold.joined() {
        let how = Joined { leased: it.leased, differs: it.differs.to_vec() };
        joined(setup, it.spec, it.status, &how);
    }
    Ok(hold)
}

/// Restarts the forwards after the supervisor was lost. On failure the user has been told.
pub(super) async fn reconnect(setup: &Setup, hold: &mut Hold) -> Result<(), Exit> {
    if hold.outcome().is_none() {
        setup.messages.note("the supervisor is gone; starting it and the forwards again");
    }
    hold.reconnect().await.map_err(|error| failed(setup, error))
}

/// Says why forwards could not be started, and how the command ends by that.
fn failed(setup: &Setup, error: HoldError) -> Exit {
    match error {
        HoldError::Unreachable(error) => unreachable(setup, &error),
        HoldError::Refused { spec, refusal } => {
            refused(setup, Some(&spec), &ClientError::Refused(refusal))
        }
        HoldError::NothingLeft(outcome) => {
            setup.messages.note(&error.to_string());
            exit_of(outcome)
        }
    }
}

/// How a command ends that has no forward left.
pub(super) fn exit_of(outcome: HoldOutcome) -> Exit {
    match outcome {
        HoldOutcome::Stopped => Exit::Done,
        HoldOutcome::Failed => Exit::Failed,
    }
}
