//! `watchdog hpa watch`: the list, scanned every interval. On a terminal it is drawn in place, with
//! what changed marked, and stands when the watching ends; elsewhere each change is a line.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::{self, Global, NamespaceArgs, SortBy};
use super::monitor::interval_of;
use super::setup::{Reading, Setup};
use crate::check::judge_hpas;
use crate::collect::{ClusterWorld, Outcome, Parts, Purpose, WorldRequest};
use crate::findings::Judged;
use crate::output::hpas::Mark;
use crate::output::watch::{Frame, Lines, Size, block};
use crate::process::{Interrupt, Interrupted, Resize, Suspend};
use crate::session::{
    self, Changes, CompleteScan, Observed, Reader, WatchedCluster, cluster_budget,
};
use crate::term::live::Live;
use crate::term::stdout;
use crate::term::table::Widths;

/// How long the last lines may take to be written.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// `watchdog hpa watch`
#[derive(Debug, Args)]
pub struct HpaWatchArgs {
    /// Which namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = flags::selector)]
    pub selector: Option<String>,
    /// Sort by this field instead of cluster, namespace and name
    #[arg(long, value_name = "FIELD", value_enum)]
    pub sort_by: Option<SortBy>,
    /// Only HPAs with an error or a warning
    #[arg(long)]
    pub problems: bool,
    /// The time from one scan to the next, at least 1s
    #[arg(long, value_name = "DUR", default_value = "5s", value_parser = interval_of)]
    pub interval: Duration,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = WatchFormat::Table)]
    pub output: WatchFormat,
}

/// Forms of a list that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// The list, drawn in place; where stdout is no terminal, a line a change.
    Table,
    /// A JSON object a change; the first scan gives what is there.
    Jsonl,
}

/// Runs until a signal, or until standard output is closed.
pub(super) async fn run(global: &Global, args: &HpaWatchArgs) -> Result<Exit, CommandError> {
    session(global, args).await
}

async fn session(global: &Global, args: &HpaWatchArgs) -> Result<Exit, CommandError> {
    // No progress is drawn into a list that is drawn itself.
    let quiet = Global { quiet: true, ..global.clone() };
    let reading = Reading::with(&quiet, Setup::new(global)?).await?;
    let mut interrupt = Interrupt::listen().map_err(CommandError::signals)?;
    let mut resize = Resize::listen().map_err(CommandError::signals)?;
    let mut suspend = Suspend::listen().map_err(CommandError::signals)?;
    let request = WorldRequest {
        namespaces: reading.namespaces(&args.namespaces),
        label_selector: args.selector.clone(),
        name: None,
        parts: Parts::default(),
        purpose: Purpose::Judge,
    };
    request.namespaces.names().map_err(CommandError::usage)?;

    let mut view = View::new(args, &reading.setup, reading.clusters.len());
    // Each cluster is scanned by itself, so that a slow one delays no other.
    let reader: Arc<dyn Reader> = Arc::new(reading.collector.clone());
    let mut idle: Vec<WatchedCluster> =
        reading.clusters.iter().cloned().map(WatchedCluster::new).collect();
    let mut scans: JoinSet<(Vec<WatchedCluster>, CompleteScan)> = JoinSet::new();
    let mut ticks = interval(args.interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    view.draw();
    let exit = loop {
        tokio::select! {
            signal = interrupt.next() => break match signal {
                Interrupted::Int => Exit::Done,
                signal => Exit::Interrupted(signal),
            },
            end = view.live.ended() => {
                return end.map(|()| Exit::Done).map_err(CommandError::stdout);
            }
            // Nobody looks at what a stopped terminal or a sleeping reader has not taken yet; what
            // changes meanwhile is seen by the next scan.
            _ = ticks.tick() => if view.live.is_idle() {
                let within = cluster_budget(args.interval);
                for watched in idle.drain(..) {
                    let (reader, request) = (Arc::clone(&reader), request.clone());
                    scans.spawn(session::scan(reader, vec![watched], request, within));
                }
            },
            Some(Ok((again, scan))) = scans.join_next() => {
                idle.extend(again);
                view.scan(scan);
                // Those that are there at the same time are drawn at once.
                while let Some(Ok((again, scan))) = scans.try_join_next() {
                    idle.extend(again);
                    view.scan(scan);
                }
                view.draw();
            }
            () = resize.next() => view.draw(),
            () = suspend.next() => {
                view.leave().await;
                suspend.stop_self();
                view.draw();
            }
        }
    };
    view.leave().await;
    Ok(exit)
}

/// What is shown.
struct View<'a> {
    args: &'a HpaWatchArgs,
    style: crate::term::Style,
    live: Live,
    changes: Changes,
    /// How reading each cluster went last.
    clusters: BTreeMap<Arc<str>, Outcome>,
    /// How many clusters there are.
    of: usize,
    /// Where no list is drawn.
    lines: Option<Lines>,
    /// What the table's columns have needed on a terminal of so many columns.
    widths: (usize, Widths),
}

impl<'a> View<'a> {
    fn new(args: &'a HpaWatchArgs, setup: &Setup, of: usize) -> Self {
        let jsonl = args.output == WatchFormat::Jsonl;
        let is_drawn = !jsonl && Live::is_supported();
        Self {
            args,
            style: setup.style,
            live: Live::stdout(),
            changes: Changes::default(),
            clusters: BTreeMap::new(),
            of,
            lines: (!is_drawn).then(|| Lines::new(jsonl, setup.style)),
            widths: (0, Widths::default()),
        }
    }

    /// Takes in a scan. Its changes are printed where no list is drawn.
    fn scan(&mut self, scan: CompleteScan) {
        let at = scan.taken_at;
        for world in scan.worlds {
            let complete = world.is_complete;
            let observed = observed(&world, at);
            let mut changes = self.changes.scan(&world.outcome.name, observed, complete, at);
            if self.args.problems {
                changes.retain(|change| change.concerns);
            }
            if let Some(lines) = &mut self.lines {
                let text = lines.scan(&world.outcome, &changes, at);
                if !text.is_empty() {
                    self.live.write(text);
                }
            }
            self.clusters.insert(Arc::clone(&world.outcome.name), world.outcome);
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
        if self.widths.0 != size.columns {
            self.widths = (size.columns, Widths::default());
        }
        let (lines, widths) = self.block(size, Timestamp::now());
        self.widths.1 = widths;
        self.live.draw(&lines);
    }

    fn block(&self, size: Size, now: Timestamp) -> (Vec<String>, Widths) {
        let entries: Vec<_> =
            self.changes.entries().filter(|entry| entry.concerns || !self.args.problems).collect();
        let mut rows: Vec<(Judged<'_>, Mark)> = entries
            .iter()
            .map(|entry| {
                let findings = entry.seen.findings.clone();
                let judged = Judged { hpa: &entry.seen.hpa, findings, undecided: Vec::new() };
                (judged, Mark { state: Some(entry.state), before: entry.before })
            })
            .collect();
        if let Some(field) = self.args.sort_by {
            super::rows::sort(&mut rows, field, |(judged, _)| judged);
        }
        let (hpas, marks): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let clusters: Vec<&Outcome> = self.clusters.values().collect();
        let frame = Frame {
            clusters: &clusters,
            of: self.of,
            hpas: &hpas,
            marks: &marks,
            interval: self.args.interval,
            grouped: matches!(self.args.sort_by, None | Some(SortBy::Cluster)),
            now,
            least: &self.widths.1,
        };
        block(&frame, size, self.style)
    }

    /// Leaves the list standing, and the cursor below it.
    async fn leave(&mut self) {
        self.live.leave(LAST_WORDS).await;
    }
}

/// The HPAs of a cluster that were requested, with their findings.
fn observed(world: &ClusterWorld, now: Timestamp) -> Vec<Observed> {
    judge_hpas(&world.world, now)
        .into_iter()
        .filter(|judged| world.is_chosen(judged.hpa))
        .map(|judged| Observed { hpa: judged.hpa.clone(), findings: judged.findings })
        .collect()
}
