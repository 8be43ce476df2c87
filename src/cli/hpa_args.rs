//! The flags and arguments of `watchdog hpa …`.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum, ValueHint};

use super::advise::HpaAdviseArgs;
use super::complete;
use super::flags::{Description, HpaFormat, interval, selector};
use super::past::{MAX_POINTS, PastArgs, past_since};
use super::simulate::HpaSimulateArgs;
use super::simulate::export::LoadCommand;
use super::top::HpaTopArgs;
use crate::config::{FailOn, HistorySource};
use crate::findings::{Ignore, IgnoreError, Judged, Rule, RuleSet, Severity, StatusFilter};
use crate::hpa::HpaName;
use crate::output::SortBy;

/// `watchdog hpa …`
#[derive(Debug, Subcommand)]
pub enum HpaCommand {
    /// Every HPA of every cluster
    #[command(visible_alias = "ls")]
    List(HpaListArgs),
    /// One HPA explained: its metrics, conditions, target and pods
    #[command(aliases = ["describe", "show", "desc"])]
    Get(HpaGetArgs),
    /// Find what is wrong with HPAs and what to do; exits 2 where something is
    Check(HpaCheckArgs),
    /// HPAs farthest above their targets first, with what their pods use
    Top(HpaTopArgs),
    /// Every HPA, refreshed at an interval, with changes marked
    Watch(HpaWatchArgs),
    /// What other settings would have done with a recorded load, by the controller's own algorithm
    Simulate(Box<HpaSimulateArgs>),
    /// Other settings that would have done better with a recorded load, as patches that are printed, never applied
    Advise(Box<HpaAdviseArgs>),
    /// The load of an HPA as a file for hpa simulate
    #[command(subcommand)]
    Load(LoadCommand),
}

/// `watchdog hpa list`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct HpaListArgs {
    /// Only these HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs
    #[arg(value_name = "NAME", value_parser = HpaName::parse,
          add = complete::hpas())]
    pub names: Vec<HpaName>,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Sort by this field instead of cluster, namespace and name
    #[arg(long, value_name = "FIELD", value_enum)]
    pub sort_by: Option<SortBy>,
    /// Only HPAs with an error or a warning
    #[arg(long)]
    pub problems: bool,
    /// Only HPAs with this STATUS: OK, the id of a finding, or a glob such as 'max*'; several with
    /// commas (repeatable)
    #[arg(long, value_name = "STATUS", add = complete::statuses(), conflicts_with = "watch")]
    pub status: Vec<StatusFilter>,
    /// No header line (table, wide, csv)
    #[arg(long)]
    pub no_headers: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = HpaFormat::Table)]
    pub output: HpaFormat,
    /// Keep showing the list, as hpa watch does
    #[arg(short, long)]
    pub watch: bool,
    /// With what the pods use now, from metrics.k8s.io: reads the targets and the pods too
    #[arg(long, conflicts_with = "watch")]
    pub usage: bool,
    /// A column for the value of this label (repeatable; table, wide, csv)
    #[arg(short = 'L', long, value_name = "KEY", value_delimiter = ',')]
    pub label_columns: Vec<String>,
    /// A column of all labels (table, wide, csv)
    #[arg(long)]
    pub show_labels: bool,
}

impl HpaListArgs {
    /// Whether the HPA is to be shown.
    pub fn has(&self, judged: &Judged<'_>) -> bool {
        let status = judged.status();
        (!self.problems || judged.is_problem())
            && (self.status.is_empty() || self.status.iter().any(|it| it.matches(status)))
    }
}

/// `watchdog hpa get`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct HpaGetArgs {
    /// The HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs
    #[arg(value_name = "NAME", required = true, value_parser = HpaName::parse,
          add = complete::hpas())]
    pub names: Vec<HpaName>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    pub output: Description,
    /// With what the pods use now, from metrics.k8s.io
    #[arg(long)]
    pub usage: bool,
    /// With the controller's next decision explained, from what is known now
    #[arg(long)]
    pub why: bool,
    #[command(flatten)]
    pub past: PastArgs,
    /// With the alerts of the HPA, its target and its pods, from Alertmanager or Prometheus
    #[arg(long)]
    pub alerts: bool,
    /// Explain all, where more than three match (-o json and yaml have them all anyway)
    #[arg(long)]
    pub all: bool,
    /// Print kubectl commands for this HPA instead: describe, target, pods, usage, events
    #[arg(long, conflicts_with = "output")]
    pub print_kubectl: bool,
}

/// `watchdog hpa check`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct HpaCheckArgs {
    /// Only these HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs
    #[arg(value_name = "NAME", value_parser = HpaName::parse,
          add = complete::hpas())]
    pub names: Vec<HpaName>,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Check manifests instead of clusters: a file, a directory with all its *.yaml, *.yml and *.json,
    /// or - for standard input; runs no kubectl (repeatable)
    #[arg(short = 'f', long = "filename", visible_alias = "file", value_name = "FILE",
        value_hint = ValueHint::AnyPath, conflicts_with_all = ["context", "cluster", "current", "cluster_label"])]
    pub files: Vec<PathBuf>,
    /// Where earlier readings come from, for the findings that need them; auto also asks
    /// Prometheus where snapshots reach back less than an hour or are more than 50s apart
    /// [default: history.source, database]
    #[arg(long, value_enum)]
    pub source: Option<HistorySource>,
    /// Ask Prometheus for at most this many points
    #[arg(long, value_name = "N", default_value_t = MAX_POINTS, allow_negative_numbers = true)]
    pub max_points: u64,
    /// Name the setting that would have prevented maxed-out, underused, flapping, window-zero and low-min, where a
    /// simulation over what Prometheus knows of this time can tell, e.g. 14d
    #[arg(long, value_name = "DUR", value_parser = past_since, allow_hyphen_values = true, conflicts_with = "files")]
    pub since: Option<Duration>,
    /// Show only findings of at least this severity; the exit code goes by --fail-on all the same
    #[arg(long, value_name = "SEVERITY", default_value = "info", value_parser = severity())]
    pub severity: Severity,
    /// Exit with 2 if any finding has at least this severity [default: check.fail_on, error]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on())]
    pub fail_on: Option<FailOn>,
    /// Exit with 1 if no HPA was checked
    #[arg(long)]
    pub fail_on_empty: bool,
    /// Only these findings: an id, a glob, or several with commas (repeatable)
    #[arg(long, value_name = "ID", add = complete::findings())]
    pub only: Vec<RuleSet>,
    /// Leave out findings: everywhere, or where GLOB matches NAMESPACE/NAME or
    /// CLUSTER/NAMESPACE/NAME; added to check.ignore (repeatable)
    #[arg(long, value_name = "ID[=GLOB]", add = complete::ignores())]
    pub ignore: Vec<Ignore>,
    /// Leave out the findings that this file accepts [default: check.baseline]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Write the present findings to this file, for --baseline, and print nothing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["baseline", "only", "severity"])]
    pub write_baseline: Option<PathBuf>,
    /// Explain a finding and what to do, or list those that a glob matches; all without an ID. Reads
    /// no cluster
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "all",
        exclusive = true, add = complete::findings())]
    pub explain: Option<Explain>,
    /// What to group by in a table [default: hpa; on a terminal, where many HPAs have findings:
    /// finding]
    #[arg(long, value_name = "GROUP", value_enum)]
    pub by: Option<GroupBy>,
    /// Name all HPAs of a group, not only the first few (a pipe always gets all)
    #[arg(long)]
    pub all: bool,
    /// List the rules that could not be evaluated, with the reasons, instead of their number
    #[arg(long)]
    pub not_evaluated: bool,
    /// Send errors and warnings to the Alertmanager at this URL as alerts, for cron; once for each member of a set (repeatable)
    #[arg(long, value_name = "URL", conflicts_with_all = ["files", "write_baseline"])]
    pub alertmanager: Vec<String>,
    /// How long an alert fires that is not sent again: longer than from one run to the next, at least 1m
    #[arg(long, value_name = "DUR", default_value = "15m", value_parser = resend_for, allow_hyphen_values = true, requires = "alertmanager")]
    pub resend_for: Duration,
    /// No header line (wide, csv)
    #[arg(long)]
    pub no_headers: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = CheckFormat::Table)]
    pub output: CheckFormat,
}

/// Alertmanager first waits for other alerts of a group: a shorter one may end before anybody is notified.
fn resend_for(text: &str) -> Result<Duration, String> {
    match interval(text)? {
        time if time < Duration::from_mins(1) => Err("at least 1m".to_owned()),
        time => Ok(time),
    }
}

fn severity() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(["error", "warning", "info"]).try_map(|text| text.parse())
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(FailOn::NAMES).try_map(|text| text.parse())
}

/// `--explain`.
#[derive(Clone, Debug)]
pub enum Explain {
    /// A rule in full.
    One(&'static Rule),
    /// A list of rules.
    Several(Vec<&'static Rule>),
}

impl FromStr for Explain {
    type Err = IgnoreError;

    fn from_str(text: &str) -> Result<Self, IgnoreError> {
        let text = if matches!(text, "all" | "list") { "*" } else { text };
        let set: RuleSet = text.parse()?;
        Ok(match set.rules.as_slice() {
            [one] => Self::One(one),
            _ => Self::Several(set.rules),
        })
    }
}

/// `--by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GroupBy {
    /// HPA by HPA, the worst first.
    Hpa,
    /// Finding by finding, the worst last.
    Finding,
    /// Cluster by cluster, the worst last.
    Cluster,
}

/// Forms of a list of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// Text, grouped as --by says.
    Table,
    /// A table with a line per finding.
    Wide,
    /// One JSON document.
    Json,
    /// One JSON object per finding, one a line.
    Jsonl,
    /// The JSON document as YAML.
    Yaml,
    /// Comma-separated values, a line per finding.
    Csv,
    /// CLUSTER/NAMESPACE/NAME of each HPA with findings.
    Name,
    /// A Markdown table, for a comment on a pull request.
    #[value(alias = "markdown")]
    Md,
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
    /// Only these HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs
    #[arg(value_name = "NAME", value_parser = HpaName::parse,
          add = complete::hpas())]
    pub names: Vec<HpaName>,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Sort by this field [default: recent changes and problems first]
    #[arg(long, value_name = "FIELD", value_enum)]
    pub sort_by: Option<SortBy>,
    /// Only HPAs with an error or a warning, or a change in the last minute
    #[arg(long)]
    pub problems: bool,
    /// Interval between scans, at least 1s
    #[arg(long, value_name = "DUR", default_value = "5s", value_parser = interval)]
    pub interval: Duration,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = WatchFormat::Table)]
    pub output: WatchFormat,
}

/// Forms of a list that is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// A screen (arrows scroll, / filters, q quits); where stdin or stdout is no terminal, one line
    /// for each change.
    Table,
    /// One JSON object for each change; the first scan prints every HPA.
    Jsonl,
}
