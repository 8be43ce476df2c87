//! `watchdog history`

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use jiff::Timestamp;

use super::database::{filter, open, report_losses};
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, since};
use super::print::{print, print_document, write_file};
use super::setup::Setup;
use super::signals::interruptible;
use crate::check::Unfound;
use crate::config::{Scope, duration};
use crate::history::{Filter, Track, resolve};
use crate::hpa::{HpaName, HpaNames};
use crate::output::chart::Charset;
use crate::output::history::{self, View};
use crate::output::{Document, page};
use crate::term::stdout;
use crate::term::time::ago;

/// `watchdog history`
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs. Without one, a line for each HPA
    #[arg(value_name = "NAME", value_parser = HpaName::parse)]
    pub names: Vec<HpaName>,
    /// How far back, e.g. 30m or 7d [default: 24h, or as far as there is something]
    #[arg(long, value_name = "DUR", value_parser = since, allow_hyphen_values = true)]
    pub since: Option<Duration>,
    /// Draw with ASCII characters only [default: where the locale is not UTF-8]
    #[arg(long)]
    pub ascii: bool,
    /// Write the charts to a file as an HTML page instead
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub html: Option<PathBuf>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = HistoryFormat::Chart)]
    pub output: HistoryFormat,
}

/// Forms of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    /// Charts.
    Chart,
    /// A line for each change.
    Table,
    /// One JSON document.
    Json,
    /// Comma-separated values, a line for each reading.
    Csv,
}

const DAY: Duration = Duration::from_hours(24);

/// The width of a chart without a terminal, in columns.
const PIPE_WIDTH: usize = 80;
/// The maximum width of a chart, in columns.
const MAX_WIDTH: usize = 160;

pub(super) async fn run(global: &Global, args: HistoryArgs) -> Result<Exit, CommandError> {
    interruptible(async { show(global, &args) }).await
}

fn show(global: &Global, args: &HistoryArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let filter = filter(global, &setup)?;
    let store = open(&setup)?;
    let until = Timestamp::now();
    let last = args.since.unwrap_or(DAY);
    let mut since = ago(until, last);
    let names = HpaNames::new(args.names.clone());
    let mut tracks = store.filtered_tracks(&names, &filter, since, until)?;
    let names = resolve(args.names.clone(), &tracks, &setup.config.clusters);
    tracks.retain(|track| names.is_empty() || names.iter().any(|name| track.is_named(name)));
    let missing = missing(&names, &tracks);
    let existing = if missing.is_empty() || names.is_empty() {
        Vec::new()
    } else {
        let everywhere = Filter { namespaces: Vec::new(), ..filter.clone() };
        store.filtered_tracks(&HpaNames::default(), &everywhere, since, until)?
    };
    let exit = report_losses(&setup, &store);
    // On a full disk an open store locks out other processes: close it before printing, which
    // may wait for the reader of the output.
    drop(store);
    let last = duration::format(last);
    if tracks.is_empty() && names.is_empty() {
        let text = format!("no matching HPA in the last {last} of snapshots");
        return Err(CommandError::failed(text));
    }
    let existing: Vec<_> = existing.iter().map(|track| (&*track.namespace, &*track.name)).collect();
    let scope = Scope::only(filter.namespaces);
    for name in &missing {
        let suggestion = Unfound::new(name, &scope, &existing).suggestion();
        let text = format!("no HPA {name} in the last {last} of snapshots{suggestion}");
        setup.messages.error(&text);
    }
    let exit = if missing.is_empty() { exit } else { Exit::Failed };
    if tracks.is_empty() {
        return Ok(exit);
    }
    if args.since.is_none() {
        since = history::drawn_since(&tracks, since, until);
    }
    if let Some(path) = &args.html {
        let page = page::page(&tracks, since, until, until);
        write_file(path, page.as_bytes())?;
        return Ok(exit);
    }
    // Documents have the whole names.
    setup.show_clusters(tracks.iter().map(|track| (&*track.cluster, track.context())));
    let width = stdout::terminal_width();
    let locale = Charset::of_locale(|name| std::env::var(name).ok());
    let view = View {
        since,
        until,
        width: width.unwrap_or(PIPE_WIDTH).min(MAX_WIDTH),
        charset: if args.ascii { Charset::Ascii } else { locale },
        style: setup.style,
    };
    match args.output {
        HistoryFormat::Chart if args.names.is_empty() => {
            setup.print_table(&history::overview(&tracks, view, width))?;
            for sentence in history::endings(&tracks) {
                setup.messages.note(&sentence);
            }
        }
        HistoryFormat::Chart => {
            let charts: Vec<String> =
                tracks.iter().map(|track| history::charts(track, view)).collect();
            print(charts.join("\n").as_bytes())?;
        }
        HistoryFormat::Table => {
            setup.print_table(&history::table(&tracks, setup.style, width))?;
        }
        HistoryFormat::Csv => print_document(history::csv(&tracks))?,
        HistoryFormat::Json => {
            let document = Document {
                kind: "History",
                taken_at: None,
                clusters: None,
                key: "hpas",
                items: &history::json(&tracks),
            };
            print_document(document.json())?;
        }
    }
    Ok(exit)
}

/// The names that no track has.
fn missing<'a>(names: &'a HpaNames, tracks: &[Track]) -> Vec<&'a HpaName> {
    names.iter().filter(|name| !tracks.iter().any(|track| track.is_named(name))).collect()
}
