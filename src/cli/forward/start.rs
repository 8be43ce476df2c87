//! `watchdog forward start`

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::args::{StartArgs, StartFormat};
use super::connection::{PATIENCE, connect_started, refused};
use super::held;
use super::plan::{overrides, requests, specs};
use super::screen::Screen;
use super::waiting::{Waiting, awaited};
use super::wording::joined;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::print::{print, print_document};
use crate::cli::setup::Setup;
use crate::config::target::forward_name;
use crate::config::{ForwardRequest, duration};
use crate::kubectl::Kubectl;
use crate::output::forwards::ForwardList;
use crate::process::{Interrupt, Interrupted, Suspend};
use crate::supervisor::{
    ClientError, ForwardOverrides, ForwardStatus, Hold, HoldEvent, JoinedForward, LeaseKind,
    LeaseRequest, PortStatus, Reply, Request, Spec, SupervisorInfo,
};
use crate::term::json;

/// The pause before a supervisor is asked for again that was just ending.
const REST: Duration = Duration::from_millis(50);
/// How often the numbers of a live line are asked for.
const REFRESH: Duration = Duration::from_secs(1);

/// The forwards that are to be started.
fn requested<'a>(
    setup: &'a Setup,
    args: &StartArgs,
) -> Result<Vec<ForwardRequest<'a>>, CommandError> {
    let requests = requests(setup, args.all, &args.target)?;
    if let Some(name) = &args.name {
        forward_name(name).map_err(CommandError::usage)?;
    }
    if requests.len() > 1 && (args.name.is_some() || args.local_port.is_some()) {
        return Err(CommandError::usage("--name and --local-port are for one forward"));
    }
    Ok(requests)
}

/// Without `-d`: holds the forwards as long as this process lives.
pub(super) async fn attached(global: &Global, args: &StartArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let requests = requested(&setup, args)?;
    let mut interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let ready = async {
        let (specs, kubectl) = plan(global, &setup, args, &requests).await?;
        let waiting = Waiting::new(&setup, kubectl, &specs);
        let within = awaited(&args.forward, &waiting).await?;
        held::start(&setup, specs, within, waiting).await
    };
    let hold = tokio::select! {
        hold = ready => hold?,
        // Not ready yet: this is no normal end.
        signal = interrupt.next() => return Ok(Exit::Interrupted(signal)),
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
        ..overrides(global, &args.forward)
    };
    specs(global, setup, requests, overrides).await
}

/// `-d`: returns when they are ready. At the first that is not, those before it are given back: all
/// or none, as with a start that stays.
pub(super) async fn detached(global: &Global, args: &StartArgs) -> Result<Exit, CommandError> {
    let setup = &Setup::new(global)?;
    let requests = requested(setup, args)?;
    let (specs, kubectl) = plan(global, setup, args, &requests).await?;
    let waiting = Waiting::new(setup, kubectl, &specs);
    let lease = match args.owner_pid {
        Some(pid) => LeaseRequest::Pid { pid },
        None if args.require_heartbeat => LeaseRequest::Heartbeat,
        None => LeaseRequest::None,
    };
    let within = awaited(&args.forward, &waiting).await?;
    let mut client = connect_started(setup).await?;
    let mut ready = Vec::new();
    for (index, spec) in specs.iter().enumerate() {
        let request = Request::start(spec, lease, within, true);
        waiting.begun(index);
        let patience = Instant::now() + PATIENCE;
        let answer = loop {
            let answer = tokio::select! {
                answer = client.request_with(&request, |event| waiting.heard(event)) => answer,
                never = waiting.explain() => match never {},
            };
            // One that is just ending is no obstacle: there will be another.
            let ending = answer.as_ref().is_err_and(ClientError::is_ending);
            if !ending || !ready.is_empty() || Instant::now() >= patience {
                break answer;
            }
            sleep(REST).await;
            client = connect_started(setup).await?;
        };
        let error = match answer {
            Ok(Reply::Started { forward, existing, leased, differs }) => {
                waiting.ready(index);
                ready.push((spec, *forward, existing.then_some((leased, differs))));
                continue;
            }
            Ok(_) => ClientError::Confused,
            Err(error) => error,
        };
        waiting.done();
        let error = refused(Some(spec), error);
        let error = waiting.causes().into_iter().fold(error, CommandError::note);
        if !ready.is_empty() && client.request(&Request::Rollback).await.is_ok() {
            let names: Vec<&str> = ready.iter().map(|(_, it, _)| it.name.as_str()).collect();
            return Err(error.note(format!("also rolled back: {}", names.join(", "))));
        }
        return Err(error);
    }
    waiting.done();
    for (spec, status, existing) in &ready {
        if let Some((leased, differs)) = existing {
            joined(setup, JoinedForward { spec, status, leased: *leased, differs });
        }
    }
    let info = client.info().clone();
    let ready: Vec<ForwardStatus> = ready.into_iter().map(|(_, forward, _)| forward).collect();
    say_the_end(setup, &ready);
    if args.output == StartFormat::Json {
        print_list(&info, &ready)?;
        return Ok(Exit::Done);
    }
    for forward in &ready {
        print(&announced(forward, args.output)?)?;
    }
    Ok(Exit::Done)
}

/// Says when forwards that nobody holds will end.
fn say_the_end(setup: &Setup, forwards: &[ForwardStatus]) {
    let ends = |forward: &&ForwardStatus| {
        forward.idle_ms > 0 && forward.leases.iter().all(|lease| lease.kind == LeaseKind::None)
    };
    for forward in forwards.iter().filter(ends) {
        let idle = duration::format(Duration::from_millis(forward.idle_ms));
        let name = &forward.name;
        setup.messages.note(&format!("{name} ends after {idle} without use; --idle 0 keeps it"));
    }
}

/// The lines that say where a forward is reached, one a port.
fn announced(forward: &ForwardStatus, format: StartFormat) -> Result<Vec<u8>, CommandError> {
    if format == StartFormat::Jsonl {
        return json::line(forward).map_err(CommandError::failed);
    }
    let line = |port: &PortStatus| format!("{}\n", port.endpoint);
    Ok(forward.ports.iter().map(line).collect::<String>().into_bytes())
}

fn print_list(info: &SupervisorInfo, forwards: &[ForwardStatus]) -> Result<(), CommandError> {
    print_document(json::pretty(&ForwardList::new(Some(info), forwards)))
}

/// Holds the forwards until Ctrl-C, until somebody else ends them, or until nobody reads us.
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

/// Ctrl-C is how it is meant to end.
fn ended_by(signal: Interrupted) -> Exit {
    if signal == Interrupted::Int { Exit::Done } else { Exit::Interrupted(signal) }
}
