//! `watchdog hpa watch`: a session whose list is drawn in place on a terminal, and left standing at
//! the end; elsewhere each change is a line.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::hpa_args::{HpaWatchArgs, WatchFormat};
use super::setup::{Reading, Setup};
use crate::collect::{Parts, namespace_names};
use crate::output::watch::{Lines, ListOptions, Size, WatchedList};
use crate::process::{Interrupt, Interrupted, Resize, Suspend};
use crate::session::{self, Plan, ScanUnit, State};
use crate::term::live::Live;
use crate::term::stdout;

/// How long the last lines may take to be written.
const LAST_LINES: Duration = Duration::from_millis(300);

/// Runs until a signal, or until standard output is closed.
pub(super) async fn run(global: &Global, args: &HpaWatchArgs) -> Result<Exit, CommandError> {
    // No progress is drawn into a list that is drawn itself.
    let quiet = Global { quiet: true, ..global.clone() };
    let reading = Reading::with(&quiet, Setup::new(global)?).await?;
    let plan = plan(args, &reading)?;
    let mut interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let mut resize = Resize::listen().map_err(CommandError::signals)?;
    let mut suspend = Suspend::listen().map_err(CommandError::signals)?;
    let mut view = View::new(args, &reading);
    view.draw();
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
            // While a terminal is stopped, or a reader sleeps, nothing is scanned for it: the
            // session waits for its events to be taken.
            event = events.next(), if is_idle => match event {
                Some(_) => view.update(&state.borrow()),
                None => {
                    session.ended().await.map_err(CommandError::failed)?;
                    break Exit::Done;
                }
            },
            () = idle, if !is_idle => {}
            () = resize.next() => view.draw(),
            () = suspend.next() => {
                view.live.leave(LAST_LINES).await;
                suspend.stop_self();
                view.draw();
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
    request.scope = reading.scope(&args.namespaces).with_selector(args.selector.clone());
    namespace_names(&request.scope).map_err(CommandError::usage)?;
    // One kubectl for each cluster: findings that need more than the HPAs are not decided.
    request.parts = Parts::default();
    Ok(plan)
}

/// The list, and where it is shown.
struct View {
    live: Live,
    list: WatchedList,
    /// Where no list is drawn.
    lines: Option<Lines>,
}

impl View {
    fn new(args: &HpaWatchArgs, reading: &Reading) -> Self {
        let style = reading.setup.style;
        let jsonl = args.output == WatchFormat::Jsonl;
        let is_drawn = !jsonl && Live::is_supported();
        let options = ListOptions {
            problems: args.problems,
            sort_by: args.sort_by.unwrap_or_default(),
            clusters: reading.clusters.len(),
            interval: args.interval,
            style,
        };
        Self {
            live: Live::stdout(),
            list: WatchedList::new(options),
            lines: (!is_drawn).then(|| Lines::new(jsonl, style)),
        }
    }

    /// Shows what is new.
    fn update(&mut self, state: &State) {
        let scans = self.list.follow(state);
        let Some(lines) = &mut self.lines else {
            if !scans.is_empty() {
                self.draw();
            }
            return;
        };
        let text: Vec<u8> = scans.iter().flat_map(|scan| lines.scan(scan)).collect();
        if !text.is_empty() {
            self.live.write(text);
        }
    }

    /// Draws the list anew, unless the terminal is behind.
    fn draw(&mut self) {
        if self.lines.is_some() || !self.live.is_idle() {
            return;
        }
        let size = Size {
            // The last column stays free: a line that fills it leaves the cursor in doubt.
            columns: stdout::terminal_width().unwrap_or(80).saturating_sub(1),
            lines: stdout::terminal_height().saturating_sub(1),
        };
        let lines = self.list.block(size, Timestamp::now());
        self.live.draw(&lines);
    }
}
