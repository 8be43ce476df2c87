//! The flags that several commands take, and how their values are read.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{ArgAction, Args, ValueEnum, ValueHint};

use super::namespaces::NamespaceArgs;
use crate::config::{Impersonation, PatternList, duration};
use crate::kube::Selector;
use crate::kubectl::{self, Deadline};
use crate::output::SortBy;
use crate::term::ColorChoice;

/// Flags that every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Namespaces
    #[command(flatten)]
    pub namespaces: NamespaceArgs,
    /// The kubeconfig, instead of $KUBECONFIG or ~/.kube/config
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub kubeconfig: Option<PathBuf>,
    /// Only these contexts: names, globs or /regexes/, separated by commas (repeatable)
    #[arg(long, global = true, value_name = "NAME", value_parser = PatternList::parse,
          add = super::complete::contexts())]
    pub(super) context: Vec<PatternList>,
    /// Only these clusters: names of the kubeconfig's clusters, globs or /regexes/ (repeatable)
    #[arg(long, global = true, value_name = "NAME", value_parser = PatternList::parse,
          add = super::complete::clusters())]
    pub(super) cluster: Vec<PatternList>,
    /// Only clusters with these labels of the configuration, e.g. env=prod,!legacy (repeatable)
    #[arg(long, global = true, value_name = "SELECTOR", value_parser = cluster_label,
          add = super::complete::cluster_labels())]
    pub cluster_label: Vec<Selector>,
    /// Only the current context
    #[arg(long, global = true, conflicts_with_all = ["context", "cluster"])]
    pub current: bool,
    /// Act as this user of the cluster, as kubectl's --as: every read and every forward
    #[arg(long = "as", global = true, value_name = "USER", help_heading = "Global options",
          value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub as_user: Option<String>,
    /// Act as a member of this group (repeatable; with --as)
    #[arg(long, global = true, value_name = "GROUP", requires = "as_user",
          value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub as_group: Vec<String>,
    /// Act with this uid (with --as)
    #[arg(long, global = true, value_name = "UID", requires = "as_user",
          value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub as_uid: Option<String>,
    /// The configuration, instead of $WATCHDOG_CONFIG or ~/.config/watchdog/watchdog.yaml
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// The kubectl to run, instead of $WATCHDOG_KUBECTL or the first on PATH
    #[arg(long, global = true, value_name = "PATH", value_hint = ValueHint::ExecutablePath)]
    pub kubectl: Option<PathBuf>,
    /// How long one kubectl call may take, e.g. 10s or 1m [default: 30s]
    #[arg(long, alias = "request-timeout", global = true, value_name = "DUR", value_parser = timeout)]
    pub timeout: Option<Duration>,
    /// How long all calls together may take; a cluster not read by then is an error. For hpa watch and
    /// monitor: how long each scan may take [default: none; cluster test: 20 times --timeout]
    #[arg(long, global = true, value_name = "DUR", value_parser = deadline)]
    pub deadline: Option<Deadline>,
    /// Print what is run to stderr (-vv: more)
    #[arg(short, long, global = true, action = ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// No progress and no notes on stderr, only errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// When to colour [default: auto]
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub color: Option<ColorWhen>,
}

impl Global {
    /// The user as which kubectl acts.
    pub fn impersonation(&self) -> Impersonation {
        Impersonation {
            user: self.as_user.clone(),
            groups: self.as_group.clone(),
            uid: self.as_uid.clone(),
        }
    }
}

/// `--color`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl From<ColorWhen> for ColorChoice {
    fn from(when: ColorWhen) -> Self {
        match when {
            ColorWhen::Auto => Self::Auto,
            ColorWhen::Always => Self::Always,
            ColorWhen::Never => Self::Never,
        }
    }
}

impl Global {
    /// The contexts and clusters that the flags select.
    pub fn selection(&self) -> kubectl::Selection {
        kubectl::Selection {
            contexts: PatternList::patterns(&self.context),
            clusters: PatternList::patterns(&self.cluster),
            current: self.current,
            only: None,
        }
    }
}

impl ValueEnum for SortBy {
    fn value_variants<'a>() -> &'a [Self] {
        use SortBy::{Age, Cluster, Max, Min, Name, Namespace, Reference, Replicas, Status};
        &[Cluster, Namespace, Name, Reference, Replicas, Min, Max, Status, Age]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Cluster => ("cluster", "Cluster, namespace, name"),
            Self::Namespace => ("namespace", "Namespace, then name, across clusters"),
            Self::Name => ("name", "Name, across clusters and namespaces"),
            Self::Reference => ("reference", "The target's kind and name"),
            Self::Replicas => ("replicas", "Most replicas first"),
            Self::Min => ("min", "Smallest minimum first"),
            Self::Max => ("max", "Largest maximum first"),
            Self::Status => ("status", "Errors first, then warnings"),
            Self::Age => ("age", "Youngest first"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// Forms of a list of HPAs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HpaFormat {
    /// A table.
    Table,
    /// A table with more columns.
    Wide,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// The JSON document as YAML.
    Yaml,
    /// Comma-separated values.
    Csv,
    /// CLUSTER/NAMESPACE/NAME, one a line.
    Name,
}

/// Forms of a list of HPAs or of what is known about them, which has no names of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// A table.
    Table,
    /// A table with all columns.
    Wide,
    /// One JSON document.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// The JSON document as YAML.
    Yaml,
    /// Comma-separated values.
    Csv,
}

impl TableFormat {
    /// Whether it is for a person.
    pub fn is_table(self) -> bool {
        matches!(self, Self::Table | Self::Wide)
    }
}

/// Forms of the other lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listing {
    /// A table.
    Table,
    /// One JSON document.
    Json,
    /// The JSON document as YAML.
    Yaml,
    /// Names, one a line.
    Name,
}

/// Forms of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Description {
    /// Text.
    Text,
    /// One JSON document.
    Json,
    /// The JSON document as YAML.
    Yaml,
}

fn timeout(text: &str) -> Result<Duration, String> {
    let timeout = duration::parse(text).map_err(|error| error.to_string())?;
    if timeout.is_zero() {
        return Err("the timeout must be greater than 0".to_owned());
    }
    // The same limit as in the configuration: kubectl does not accept arbitrarily large numbers.
    if timeout > Duration::from_hours(1) {
        return Err("more than an hour for one call; the most is 1h".to_owned());
    }
    Ok(timeout)
}

/// Parses a deadline, which counts from the start of the program: flags are read first.
fn deadline(text: &str) -> Result<Deadline, String> {
    let limit = duration::parse(text).map_err(|error| error.to_string())?;
    if limit.is_zero() {
        Err("the duration must be greater than 0".to_owned())
    } else {
        Ok(Deadline::after(limit))
    }
}

/// How far back from now: `24h`, or `-24h` as the references of snapshots have it.
pub(super) fn since(text: &str) -> Result<Duration, String> {
    duration::parse(text.strip_prefix('-').unwrap_or(text)).map_err(|error| error.to_string())
}

/// The time from one scan to the next.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(interval) if interval >= Duration::from_secs(1) => Ok(interval),
        Ok(_) => Err("at least 1s".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn cluster_label(text: &str) -> Result<Selector, String> {
    crate::kubectl::check_selector(text).map_err(|error| error.to_string())?;
    let selector = Selector::parse(text).filter(|it| it.text().is_some());
    selector.ok_or_else(|| "a label such as env=prod".to_owned())
}

pub(super) fn selector(text: &str) -> Result<String, crate::kubectl::InvalidSelector> {
    crate::kubectl::check_selector(text).map(|()| text.to_owned())
}
