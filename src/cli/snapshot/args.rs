//! Flags and arguments of `watchdog snapshot …`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use crate::cli::flags::{Description, HpaFormat, Listing, since};
use crate::config::duration;
use crate::history::Reference;

/// `watchdog snapshot …`
#[derive(Debug, Subcommand)]
pub enum SnapshotCommand {
    /// Collect every HPA of every cluster, with its target, into the history
    Take(TakeArgs),
    /// Snapshots of the history, the newest first (on a terminal last)
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// The HPAs of one snapshot
    #[command(alias = "get")]
    Show(ShowArgs),
    /// What changed from one snapshot to another, field by field
    Diff(DiffArgs),
    /// Delete old snapshots
    Prune(PruneArgs),
    /// A snapshot for other programs, or all since a time
    #[command(
        after_help = "The rows of jsonl and csv are HPAs: a cluster that could not be read has none. What was \
                            read is in json, openmetrics, and for each snapshot in snapshot list -o json."
    )]
    Export(ExportArgs),
}

/// `watchdog snapshot take`
#[derive(Debug, Args)]
pub struct TakeArgs {
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = crate::cli::flags::selector)]
    pub selector: Option<String>,
    /// Print the snapshot instead of one line
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    pub output: Description,
    /// Also write the snapshot to a file, as JSON (atomically)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub to: Option<PathBuf>,
    /// Do not write to the history
    #[arg(long, conflicts_with_all = ["wait", "keep"])]
    pub no_store: bool,
    /// How long to wait while another run takes a snapshot [default: not at all]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    pub wait: Option<Duration>,
    /// Delete older snapshots, 0 for none [default: history.keep]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    pub keep: Option<Duration>,
}

/// `watchdog snapshot list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only snapshots at most this old, e.g. 24h
    #[arg(long, value_name = "DUR", value_parser = since, allow_hyphen_values = true)]
    pub since: Option<Duration>,
    /// Maximum number to list; 0 lists all
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: usize,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Listing::Table)]
    pub output: Listing,
}

/// `watchdog snapshot show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// A number, latest, latest~2, a time ago (-1h), a date or time, or a file
    #[arg(default_value = "latest", allow_hyphen_values = true, value_hint = ValueHint::FilePath,
          add = crate::cli::complete::snapshots())]
    pub snapshot: Reference,
    /// No header line (table, wide, csv)
    #[arg(long)]
    pub no_headers: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = HpaFormat::Table)]
    pub output: HpaFormat,
}

/// `watchdog snapshot diff`
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The earlier one: a number, latest~2, a time ago (-1h), a date or time, or a file
    #[arg(default_value = "latest~1", allow_hyphen_values = true, value_hint = ValueHint::FilePath,
          add = crate::cli::complete::snapshots())]
    pub before: Reference,
    /// The later one
    #[arg(default_value = "latest", allow_hyphen_values = true, value_hint = ValueHint::FilePath,
          add = crate::cli::complete::snapshots())]
    pub after: Reference,
    /// Only settings: no replicas, readings or conditions
    #[arg(long)]
    pub spec: bool,
    /// Exit 2 if they differ, 3 if they cannot be compared completely
    #[arg(long)]
    pub exit_code: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    pub output: Description,
}

/// `watchdog snapshot prune`
#[derive(Debug, Args)]
pub struct PruneArgs {
    /// Delete what is older, 0 for nothing; the newest snapshot always stays [default: history.keep]
    #[arg(long, value_name = "DUR", value_parser = since, allow_hyphen_values = true)]
    pub keep: Option<Duration>,
}

/// `watchdog snapshot export`
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A number, latest, latest~2, a time ago (-1h), a date or time, or a file
    #[arg(default_value = "latest", allow_hyphen_values = true, value_hint = ValueHint::FilePath,
          add = crate::cli::complete::snapshots())]
    pub snapshot: Reference,
    /// All snapshots at most this old, oldest first (jsonl, csv)
    #[arg(long, value_name = "DUR", value_parser = since, allow_hyphen_values = true, conflicts_with = "snapshot")]
    pub since: Option<Duration>,
    /// Write to a file instead (atomically)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub to: Option<PathBuf>,
    /// Output format [default: json; with --since, jsonl]
    #[arg(short, long, value_enum)]
    pub output: Option<ExportFormat>,
}

/// Forms for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// One JSON document.
    Json,
    /// One JSON object a line, for each HPA of each snapshot.
    Jsonl,
    /// Comma-separated values, a line for each HPA of each snapshot.
    Csv,
    /// For Prometheus, such as node_exporter's textfile collector.
    Openmetrics,
}
