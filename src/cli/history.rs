//! `watchdog history`

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use jiff::Timestamp;

use super::complete;
use super::database::{filter, open, report_losses};
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, since};
use super::observe::{self, SourceArgs};
use super::print::{print, print_document, write_file};
use super::setup::{Reading, Setup};
use super::signals::ending_early;
use crate::check::Unfound;
use crate::collect::Stop;
use crate::config::{HistorySource, Scope, duration};
use crate::history::{Error, Filter, Track, resolve};
use crate::hpa::{HpaName, HpaNames};
use crate::output::chart::Charset;
use crate::output::history::{self, View};
use crate::output::{Document, page};
use crate::prometheus::Range;
use crate::term::stdout;
use crate::term::time::ago;

/// `watchdog history`
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs. Without one, a line for each HPA
    #[arg(value_name = "NAME", value_parser = HpaName::parse,
          add = complete::hpas())]
    pub names: Vec<HpaName>,
    /// How far back, e.g. 30m or 7d [default: 24h, or as far as there is something]
    #[arg(long, value_name = "DUR", value_parser = since, allow_hyphen_values = true)]
    pub since: Option<Duration>,
    /// Up to so long ago [default: until now]
    #[arg(long, value_name = "DUR", value_parser = since, allow_hyphen_values = true)]
    pub until: Option<Duration>,
    #[command(flatten)]
    pub source: SourceArgs,
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
    Box::pin(ending_early(|stop| show(global, &args, stop))).await
}

/// What there is to show.
struct Found {
    tracks: Vec<Track>,
    /// Whether a name has nothing.
    is_missing: bool,
    /// How reading went.
    exit: Exit,
}

async fn show(global: &Global, args: &HistoryArgs, stop: Stop) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let now = Timestamp::now();
    let until = ago(now, args.until.unwrap_or_default());
    let since = ago(now, args.since.unwrap_or(DAY + args.until.unwrap_or_default()));
    if since >= until {
        let text = "--until is before --since: --since 24h --until 12h is the half day that ended 12 hours ago";
        return Err(CommandError::usage(text));
    }
    let source = args.source.source.unwrap_or(setup.config.history.source);
    if source == HistorySource::Database {
        args.source.limits.unused("add --source auto or --source prometheus")?;
        let found = stored(global, &setup, args, since, until)?;
        return draw(&setup, args, found, since, until);
    }
    let time = Duration::try_from(until.duration_since(since)).unwrap_or(DAY);
    args.source.limits.check(time)?;
    let stored = match (source, open(&setup)) {
        // It need not be there.
        (HistorySource::Prometheus, _) | (_, Err(Error::Missing { .. } | Error::NoPlace)) => None,
        (_, Err(error)) => return Err(error.into()),
        (_, Ok(store)) => {
            let names = HpaNames::new(args.names.clone());
            let filter = filter(global, &setup)?;
            let tracks = store.filtered_tracks(&names, &filter, since, until)?;
            Some((tracks, report_losses(&setup, &store)))
        }
    };
    let (tracks, losses) = stored.unwrap_or((Vec::new(), Exit::Done));
    let reading = Reading::of(global, setup, &args.names).await?.attended(stop.clone());
    let range = Range::new(since, until, args.source.limits.step());
    let observed =
        observe::tracks(global, &reading, args.source.limits, tracks, (range, &stop)).await?;
    let mut tracks = observed.tracks;
    let names = resolve(args.names.clone(), &tracks, &reading.setup.config.clusters);
    tracks.retain(|track| names.is_empty() || names.iter().any(|name| track.is_named(name)));
    let missing = missing(&names, &tracks);
    let sources = match source {
        HistorySource::Prometheus => "Prometheus",
        _ => "snapshots and of Prometheus",
    };
    let when = when(args);
    let exit = if observed.exit == Exit::Done { losses } else { observed.exit };
    let mut is_missing = false;
    let of_snapshots = match source {
        HistorySource::Prometheus if !missing.is_empty() => {
            snapshots_of(global, &reading.setup, args, since, until)
        }
        _ => Vec::new(),
    };
    for name in &missing {
        let text = if observed.unread.iter().any(|track| track.is_named(name)) {
            match source {
                HistorySource::Prometheus => {
                    format!(
                        "{name} is not known: Prometheus alone was asked, and could not be read"
                    )
                }
                _ => {
                    format!(
                        "{name} is not known: Prometheus could not be read, and no snapshot has it"
                    )
                }
            }
        } else if exit == Exit::Done {
            is_missing = true;
            format!("no HPA {name} in the {when} of {sources}")
        } else {
            // It may be in what could not be read.
            format!("{name} is not known: not everything could be read")
        };
        reading.setup.messages.error(&text);
        if of_snapshots.iter().any(|track| track.is_named(name)) {
            let more = format!("snapshots of that time have {name}: --source auto");
            reading.setup.messages.note(&more);
        }
    }
    if tracks.is_empty() && names.is_empty() && exit == Exit::Done {
        let text = format!("no matching HPA in the {when} of {sources}");
        return Err(CommandError::failed(text));
    }
    draw(&reading.setup, args, Found { tracks, is_missing, exit }, since, until)
}

/// What snapshots have, where they were not asked for: nothing where they cannot be read.
fn snapshots_of(
    global: &Global,
    setup: &Setup,
    args: &HistoryArgs,
    since: Timestamp,
    until: Timestamp,
) -> Vec<Track> {
    let (Ok(store), Ok(filter)) = (open(setup), filter(global, setup)) else { return Vec::new() };
    let names = HpaNames::new(args.names.clone());
    store.filtered_tracks(&names, &filter, since, until).unwrap_or_default()
}

/// What the database has.
fn stored(
    global: &Global,
    setup: &Setup,
    args: &HistoryArgs,
    since: Timestamp,
    until: Timestamp,
) -> Result<Found, CommandError> {
    let filter = filter(global, setup)?;
    let store = open(setup).map_err(|error| CommandError::from(error).note(MORE.to_owned()))?;
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
    let exit = report_losses(setup, &store);
    // On a full disk an open store locks out other processes: close it before printing, which
    // may wait for the reader of the output.
    drop(store);
    let when = when(args);
    if tracks.is_empty() && names.is_empty() {
        let text = format!("no matching HPA in the {when} of snapshots");
        return Err(CommandError::failed(text).note(MORE.to_owned()));
    }
    let existing: Vec<_> = existing.iter().map(|track| (&*track.namespace, &*track.name)).collect();
    let scope = Scope::only(filter.namespaces);
    for name in &missing {
        let suggestion = Unfound::new(name, &scope, &existing).suggestion();
        let text = format!("no HPA {name} in the {when} of snapshots{suggestion}");
        setup.messages.error(&text);
    }
    let is_missing = !missing.is_empty();
    if is_missing {
        setup.messages.note(MORE);
    }
    Ok(Found { tracks, is_missing, exit })
}

/// What to do where snapshots have nothing.
const MORE: &str = "more in Prometheus: --source auto";

/// `last 24h`
fn when(args: &HistoryArgs) -> String {
    let since = args.since.unwrap_or(DAY + args.until.unwrap_or_default());
    match args.until {
        None => format!("last {}", length(since)),
        Some(until) => {
            let (since, until) = (length(since), length(until));
            format!("time from {since} to {until} ago")
        }
    }
}

/// A day in hours, as it is in the help and in examples; else days.
fn length(time: Duration) -> String {
    if time == DAY { "24h".to_owned() } else { duration::format(time) }
}

fn draw(
    setup: &Setup,
    args: &HistoryArgs,
    found: Found,
    mut since: Timestamp,
    until: Timestamp,
) -> Result<Exit, CommandError> {
    let Found { tracks, is_missing, exit } = found;
    let exit = if is_missing { Exit::Failed } else { exit };
    let is_document = matches!(args.output, HistoryFormat::Json | HistoryFormat::Csv);
    // A program that reads a document gets one, however much of it is not known.
    if tracks.is_empty() && !(is_document && exit == Exit::Incomplete && args.html.is_none()) {
        return Ok(exit);
    }
    if args.since.is_none() {
        since = history::drawn_since(&tracks, since, until);
    }
    if let Some(path) = &args.html {
        let page = page::page(&tracks, since, until, Timestamp::now());
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
