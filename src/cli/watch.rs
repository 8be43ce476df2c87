//! `watchdog hpa watch`: on a terminal the list of HPAs is redrawn in place, and stays at the end;
//! elsewhere each change is a line.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::hpa_args::{HpaWatchArgs, WatchFormat};
use super::setup::{Reading, Setup};
use crate::collect::{Parts, namespace_names};
use crate::output::watch::{ListOptions, View};
use crate::process::{Interrupt, Interrupted, Resize, Suspend};
use crate::session::{self, Plan, ScanUnit};

/// How long writing the last lines may take.
const LAST_LINES: Duration = Duration::from_millis(300);

/// Runs until a signal, or until standard output is closed.
pub(super) async fn run(global: &Global, args: &HpaWatchArgs) -> Result<Exit, CommandError> {
    // No progress display: it would be drawn into the list.
    let quiet = Global { quiet: true, ..global.clone() };
    let reading = Reading::of(&quiet, Setup::new(global)?, &args.names).await?;
    let plan = plan(args, &reading)?;
    let mut interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let mut resize = Resize::listen().map_err(CommandError::signals)?;
    let mut suspend = Suspend::listen().map_err(CommandError::signals)?;
    let options = ListOptions {
        problems: args.problems,
        sort_by: args.sort_by.unwrap_or_default(),
        clusters: reading.clusters.len(),
        interval: args.interval,
        style: reading.setup.style,
    };
    let mut view = View::new(options, args.output == WatchFormat::Jsonl);
    view.draw(Timestamp::now());
    let (session, mut events) = session::start(plan);
    let state = session.state();
    let exit = loop {
        let (is_idle, idle) = (view.live.is_idle(), view.live.idle());
        tokio::select! {
            signal = interrupt.next() => break match signal {
                Interrupted::Int => Exit::Done,
                signal => Exit::Interrupted(signal),
            },
            end = view.live.ended() => {
                return end.map(|()| Exit::Done).map_err(CommandError::stdout);
            }
            // While the terminal is stopped or the reader is slow, events are not taken: the
            // session then waits and starts no scan.
            event = events.next(), if is_idle => {
                if event.is_none() {
                    session.ended().await.map_err(CommandError::failed)?;
                    break Exit::Done;
                }
                view.update(&state.borrow(), Timestamp::now());
            }
            () = idle, if !is_idle => {}
            () = resize.next() => view.draw(Timestamp::now()),
            () = suspend.next() => {
                view.live.leave(LAST_LINES).await;
                suspend.stop_self();
                view.draw(Timestamp::now());
            }
        }
    };
    view.live.leave(LAST_LINES).await;
    Ok(exit)
}

fn plan(args: &HpaWatchArgs, reading: &Reading) -> Result<Plan, CommandError> {
    let mut plan = Plan {
        interval: Some(args.interval),
        unit: ScanUnit::EachCluster,
        wait_for_subscribers: true,
        ..Plan::new(reading.clusters.clone(), Arc::new(reading.collector.clone()))
    };
    let request = &mut plan.request;
    request.scope = reading.scope().with_selector(args.selector.clone());
    request.names = reading.names.clone();
    namespace_names(&request.scope).map_err(CommandError::usage)?;
    // Only HPAs are read, by one kubectl for each cluster: rules that need more stay undecided.
    request.parts = Parts::default();
    Ok(plan)
}
