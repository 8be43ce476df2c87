//! `watchdog forward start`

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::args::{StartArgs, StartFormat};
use super::connection::launch;
use super::held::{self, note_joined};
use super::plan::{namespace, overrides, requests, specs};
use super::screen::Screen;
use super::waiting::Waiting;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::print::{print, print_document};
use crate::cli::setup::Setup;
use crate::cli::signals::pausing;
use crate::config::ForwardRequest;
use crate::kubectl::Kubectl;
use crate::output::forwards::{self as output, ForwardList};
use crate::process::{Interrupt, Interrupted, Suspend};
use crate::supervisor::{
    DetachOptions, Detached, ForwardOverrides, ForwardStatus, Hold, HoldEvent, LeaseRequest, Paths,
    Spec, SupervisorInfo,
};
use crate::term::json;

/// How often the numbers of the live lines are requested.
const REFRESH: Duration = Duration::from_secs(1);

/// Without `-d`: holds the forwards as long as this process lives.
pub(super) async fn attached(global: &Global, args: &StartArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let requests = requests(global, &setup, args.all, &args.target)?;
    let mut interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let ready = async {
        let (specs, kubectl) = plan(global, &setup, args, &requests).await?;
        let waiting = Waiting::new(&setup, kubectl, &specs);
        let within = waiting.wait_first(&args.forward).await?;
        held::start(&setup, specs, within, waiting).await
    };
    let hold = tokio::select! {
        hold = ready => hold?,
        // Interrupted before the forwards were ready: not a normal end.
        signal = interrupt.next() => return Ok(Exit::Interrupted(signal)),
        never = pausing() => match never {},
    };
    let suspend = Suspend::listen().map_err(CommandError::signals)?;
    stay(&setup, args, hold, interrupt, suspend).await
}

async fn plan(
    global: &Global,
    setup: &Setup,
    args: &StartArgs,
    requests: &[ForwardRequest<'_>],
) -> Result<(Vec<Spec>, Kubectl), CommandError> {
    let overrides = ForwardOverrides {
        name: args.name.clone(),
        local_port: args.local_port,
        namespace: namespace(global)?,
        ..overrides(&args.forward)
    };
    specs(global, setup, requests, overrides).await
}

/// `-d`: returns when all forwards are ready, or none of them is left.
pub(super) async fn detached(global: &Global, args: &StartArgs) -> Result<Exit, CommandError> {
    let setup = &Setup::new(global)?;
    let requests = requests(global, setup, args.all, &args.target)?;
    let (specs, kubectl) = plan(global, setup, args, &requests).await?;
    let waiting = Waiting::new(setup, kubectl, &specs);
    let lease = match args.owner_pid {
        Some(pid) => LeaseRequest::Pid { pid },
        None if args.require_heartbeat => LeaseRequest::Heartbeat,
        None => LeaseRequest::None,
    };
    let ready_timeout = waiting.wait_first(&args.forward).await?;
    let options = DetachOptions { launch: launch(setup)?, lease, ready_timeout };
    let paths = Paths::from_env().map_err(CommandError::failed)?;
    let start = Detached::start(&paths, specs, &options, |step| waiting.progress(step));
    let detached = match waiting.during(start).await {
        Ok(detached) => detached,
        Err(failed) => {
            let error = waiting.explained(failed.error).await;
            return Err(match &failed.rolled_back[..] {
                [] => error,
                names => error.note(format!("also rolled back: {}", names.join(", "))),
            });
        }
    };
    note_joined(setup, detached.joined());
    let forwards = detached.statuses();
    for forward in &forwards {
        setup.messages.note(&output::detached(forward));
    }
    match args.output {
        StartFormat::Json => print_list(detached.info(), &forwards)?,
        StartFormat::Jsonl => {
            for forward in &forwards {
                print_document(json::line(forward))?;
            }
        }
        StartFormat::Text => print(output::endpoint_lines(&forwards).as_bytes())?,
    }
    Ok(Exit::Done)
}

fn print_list(info: &SupervisorInfo, forwards: &[ForwardStatus]) -> Result<(), CommandError> {
    print_document(json::pretty(&ForwardList::new(Some(info), forwards)))
}

/// Holds the forwards until a signal, until all of them have ended, or until standard output is
/// closed.
async fn stay(
    setup: &Setup,
    args: &StartArgs,
    mut hold: Hold,
    mut interrupt: Interrupt,
    mut suspend: Suspend,
) -> Result<Exit, CommandError> {
    let mut screen = Screen::new(args.output, setup.style);
    if args.output == StartFormat::Json {
        print_list(hold.info(), &hold.statuses())?;
    }
    screen.ready(&hold.statuses());
    let mut ticks = interval(REFRESH);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let exit = loop {
        if let Some(outcome) = hold.outcome() {
            screen.leave().await;
            setup.messages.note("all forwards have ended");
            return Ok(held::exit_of(outcome));
        }
        tokio::select! {
            signal = interrupt.next() => break ended_by(signal),
            () = suspend.next() => {
                hold.suspend(true).await;
                screen.leave().await;
                suspend.stop_self();
                hold.suspend(false).await;
                screen.draw(&hold.statuses());
            }
            end = screen.ended() => {
                end.map_err(CommandError::stdout)?;
                break Exit::Done;
            }
            _ = ticks.tick(), if screen.is_live() => hold.refresh(),
            change = hold.next() => match change {
                HoldEvent::Refreshed => screen.draw(&hold.statuses()),
                HoldEvent::Forward(event) => {
                    if screen.is_live() {
                        hold.refresh();
                    }
                    screen.event(&event, &hold.statuses());
                }
                HoldEvent::SupervisorLost => {
                    screen.leave().await;
                    tokio::select! {
                        again = held::reconnect(setup, &mut hold) => if let Some(exit) = again? { return Ok(exit) },
                        signal = interrupt.next() => return Ok(ended_by(signal)),
                    }
                    screen.ready(&hold.statuses());
                }
            },
        }
    };
    screen.leave().await;
    screen.farewell(&hold.release().await).await;
    Ok(exit)
}

/// Ctrl-C is the normal end of an attached start.
fn ended_by(signal: Interrupted) -> Exit {
    if signal == Interrupted::Int { Exit::Done } else { Exit::Interrupted(signal) }
}
