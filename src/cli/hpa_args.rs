//! The flags and arguments of `watchdog hpa …`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::flags::{Description, HpaFormat, NamespaceArgs, interval, rule, selector};
use crate::findings::{Ignore, Rule};
use crate::output::SortBy;

/// `watchdog hpa …`
#[derive(Debug, Subcommand)]
pub enum HpaCommand {
    /// Every HPA of every cluster
    #[command(visible_alias = "ls")]
    List(HpaListArgs),
    /// One HPA explained: its metrics, conditions, target and pods
    Get(HpaGetArgs),
    /// Find what is wrong with HPAs and what to do; exits 2 where something is
    Check(HpaCheckArgs),
    /// Every HPA, refreshed at an interval, with changes marked
    Watch(HpaWatchArgs),
}

/// `watchdog hpa list`
#[derive(Debug, Args)]
pub struct HpaListArgs {
    /// Namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Sort by this field instead of cluster, namespace and name
    #[arg(long, value_name = "FIELD", value_enum)]
    pub sort_by: Option<SortBy>,
    /// Only HPAs with an error or a warning
    #[arg(long)]
    pub problems: bool,
    /// No header line (table, wide, csv)
    #[arg(long)]
    pub no_headers: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = HpaFormat::Table)]
    pub output: HpaFormat,
}

/// `watchdog hpa get`
#[derive(Debug, Args)]
pub struct HpaGetArgs {
    /// The HPA's name
    #[arg(value_parser = crate::kubectl::Name::parse)]
    pub name: crate::kubectl::Name,
    /// Namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    pub output: Description,
}

/// `watchdog hpa check`
#[derive(Debug, Args)]
pub struct HpaCheckArgs {
    /// Only the HPA of this name
    #[arg(value_parser = crate::kubectl::Name::parse)]
    pub name: Option<crate::kubectl::Name>,
    /// Namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Exit with 2 if any finding has at least this severity
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
    /// Only this finding (repeatable)
    #[arg(long, value_name = "ID", value_parser = rule)]
    pub only: Vec<&'static Rule>,
    /// Leave out a finding: everywhere, or where GLOB matches NAMESPACE/NAME or
    /// CLUSTER/NAMESPACE/NAME (repeatable)
    #[arg(long, value_name = "ID[=GLOB]")]
    pub ignore: Vec<Ignore>,
    /// Leave out the findings that this file accepts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Write the present findings to this file, for --baseline, and print nothing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["baseline", "only"])]
    pub write_baseline: Option<PathBuf>,
    /// Explain a finding and what to do; reads no cluster
    #[arg(long, value_name = "ID", value_parser = rule, exclusive = true)]
    pub explain: Option<&'static Rule>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = CheckFormat::Table)]
    pub output: CheckFormat,
}

/// `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// Any finding.
    Info,
    /// None.
    Never,
}

/// Forms of a list of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Text.
    Table,
    /// One JSON document.
    Json,
    /// One JSON object per finding, one a line.
    Jsonl,
    /// JUnit XML, a test case per HPA.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// GitHub Actions annotations.
    Github,
}

/// `watchdog hpa watch`
#[derive(Debug, Args)]
pub struct HpaWatchArgs {
    /// Namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Sort by this field, instead of what has changed in the last minute and what is wrong first
    #[arg(long, value_name = "FIELD", value_enum)]
    pub sort_by: Option<SortBy>,
    /// Only HPAs with an error or a warning, or a change in the last minute
    #[arg(long)]
    pub problems: bool,
    /// The time from one scan to the next, at least 1s
    #[arg(long, value_name = "DUR", default_value = "5s", value_parser = interval)]
    pub interval: Duration,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = WatchFormat::Table)]
    pub output: WatchFormat,
}

/// Forms of a list that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// A screen (arrows scroll, / filters, q quits); where stdin or stdout is no terminal, a line a
    /// change.
    Table,
    /// A JSON object a change; the first scan gives what is there.
    Jsonl,
}
