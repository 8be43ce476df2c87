//! The flags of `watchdog hpa simulate`.

use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum, ValueHint};

use crate::cli::complete;
use crate::cli::error::CommandError;
use crate::cli::past::{Limits, past_since};
use crate::config::duration;
use crate::hpa::{Hpa, HpaName};
use crate::kube::Quantity;
use crate::simulation::{Change, Thresholds, uses_request};

/// `watchdog hpa simulate`
#[derive(Debug, Args)]
pub struct HpaSimulateArgs {
    /// The HPA: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; not needed where the file has one alone
    #[arg(value_name = "NAME", value_parser = HpaName::parse, add = complete::hpas())]
    pub name: Option<HpaName>,
    /// The HPA's manifest, or - for standard input; with --since it is simulated beside the cluster's HPA
    #[arg(short = 'f', long, alias = "filename", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// The load as CSV: a header time,NAME,… with cpu, memory or the names of other metrics, and a row for
    /// each moment; - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub load: Option<PathBuf>,
    /// Replicas before the first row [default: the column replicas]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    pub replicas: Option<i32>,
    /// How long a new pod takes until it is ready [default: with --since what the present pods took, else 0s]
    #[arg(long, value_name = "DUR", value_parser = duration::parse)]
    pub startup: Option<Duration>,
    /// The load that the cluster's Prometheus has recorded in this time, e.g. 14d
    #[arg(long, value_name = "DUR", value_parser = past_since, allow_hyphen_values = true, conflicts_with = "load")]
    pub since: Option<Duration>,
    #[command(flatten)]
    pub limits: Limits,
    /// What each pod requests: cpu=500m, memory=1Gi, or cpu/CONTAINER=250m (repeatable)
    #[arg(long, value_name = "NAME=QUANTITY", value_parser = request)]
    pub request: Vec<(String, i64)>,
    /// The controller's --horizontal-pod-autoscaler-sync-period
    #[arg(long, value_name = "DUR", default_value = "15s", value_parser = sync_period)]
    pub sync_period: Duration,
    /// Other settings
    #[command(flatten)]
    pub changes: Changes,
    /// Every decision (json, csv)
    #[arg(long)]
    pub decisions: bool,
    /// What a pod costs an hour, for a row with the cost
    #[arg(long, value_name = "PRICE", value_parser = price)]
    pub pod_hour_cost: Option<f64>,
    /// Exit with 2 if a measure is beyond a limit, e.g. 'minutesAtMax>30,unmetPodMinutes>60': of the changed
    /// settings, or else of the present ones (repeatable)
    #[arg(long, value_name = "MEASURE>NUMBER", value_parser = thresholds)]
    pub fail_on: Vec<Thresholds>,
    /// Write an HTML page with charts to this file instead
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "output")]
    pub html: Option<PathBuf>,
    /// Draw the chart in ASCII
    #[arg(long)]
    pub ascii: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = SimulationFormat::Table)]
    pub output: SimulationFormat,
}

/// Forms of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SimulationFormat {
    /// Trust, the measures side by side, and a chart.
    Table,
    /// One JSON document.
    Json,
    /// Comma-separated values, a line for each case; with --decisions, for each decision.
    Csv,
    /// A Markdown table, for a comment on a pull request.
    #[value(alias = "markdown")]
    Md,
    /// JUnit XML, a test case for each limit of --fail-on.
    Junit,
    /// GitHub Actions annotations for what is beyond a limit.
    Github,
}

/// The other settings: groups of changes, in the order of the command line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes(pub Vec<Group>);

/// Settings that are simulated beside the present ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// `--case`
    pub name: Option<String>,
    /// `--with`: what the changes are made to; the present settings otherwise.
    pub with: Option<PathBuf>,
    /// `--set`
    pub sets: Vec<Change>,
}

enum Part {
    Case(String),
    With(PathBuf),
    Set(Change),
}

const CASE: &str = "case";
const WITH: &str = "with";
const SET: &str = "set";

impl Args for Changes {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new(SET)
                    .long(SET)
                    .value_name("PATH=VALUE")
                    .action(ArgAction::Append)
                    .value_parser(|text: &str| text.parse::<Change>().map_err(|error| error.to_string()))
                    .help("A change of the HPA's spec to simulate beside it: maxReplicas=20, metrics.cpu.target=60, behavior.scaleDown.stabilizationWindowSeconds=600 (repeatable)"),
            )
            .arg(
                Arg::new(CASE)
                    .long(CASE)
                    .value_name("NAME")
                    .action(ArgAction::Append)
                    .value_parser(clap::builder::NonEmptyStringValueParser::new())
                    .help("Begins another group of changes, of the --set and --with that follow (repeatable)"),
            )
            .arg(
                Arg::new(WITH)
                    .long(WITH)
                    .value_name("FILE")
                    .action(ArgAction::Append)
                    .value_parser(clap::value_parser!(PathBuf))
                    .value_hint(ValueHint::FilePath)
                    .help("The HPA as another manifest has it, to simulate beside the present one (repeatable)"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Changes {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut parts: Vec<(usize, Part)> = Vec::new();
        add(matches, CASE, &mut parts, Part::Case);
        add(matches, WITH, &mut parts, Part::With);
        add(matches, SET, &mut parts, Part::Set);
        parts.sort_by_key(|(place, _)| *place);
        let mut groups: Vec<Group> = Vec::new();
        for (_, part) in parts {
            match part {
                Part::Case(name) => groups.push(Group { name: Some(name), ..Group::default() }),
                Part::With(file) => match groups.last_mut() {
                    Some(group) if group.with.is_none() && group.sets.is_empty() => {
                        group.with = Some(file);
                    }
                    _ => groups.push(Group { with: Some(file), ..Group::default() }),
                },
                Part::Set(change) => match groups.last_mut() {
                    Some(group) => group.sets.push(change),
                    None => groups.push(Group { sets: vec![change], ..Group::default() }),
                },
            }
        }
        if let Some(empty) =
            groups.iter().find(|group| group.with.is_none() && group.sets.is_empty())
        {
            let name = empty.name.as_deref().unwrap_or_default();
            let message =
                format!("--case {name} has no changes: --set PATH=VALUE or --with FILE after it\n");
            return Err(clap::Error::raw(ErrorKind::MissingRequiredArgument, message));
        }
        Ok(Self(groups))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn add<T: Clone + Send + Sync + 'static>(
    matches: &ArgMatches,
    id: &str,
    parts: &mut Vec<(usize, Part)>,
    part: fn(T) -> Part,
) {
    let values = matches.get_many::<T>(id).into_iter().flatten().cloned().map(part);
    parts.extend(matches.indices_of(id).into_iter().flatten().zip(values));
}

pub(in crate::cli) fn request(text: &str) -> Result<(String, i64), String> {
    let (name, quantity) = text
        .split_once('=')
        .filter(|(name, _)| !name.trim().is_empty())
        .ok_or("write NAME=QUANTITY, such as cpu=500m or memory=1Gi")?;
    let quantity: Quantity =
        quantity.trim().parse().map_err(|error| format!("{:?} is {error}", quantity.trim()))?;
    match quantity.thousandths() {
        Some(request @ 1..) => Ok((name.trim().to_owned(), request)),
        Some(_) => Err("a request must be more than 0".to_owned()),
        None => Err("the request is too large".to_owned()),
    }
}

/// That no request is given twice.
pub(in crate::cli) fn once(requests: &[(String, i64)]) -> Result<(), CommandError> {
    let mut names = requests.iter().map(|(name, _)| name).enumerate();
    let twice = names.find(|(place, name)| requests.iter().take(*place).any(|it| it.0 == **name));
    twice.map_or(Ok(()), |(_, name)| {
        Err(CommandError::usage(format!("--request {name} is given twice: once for each name")))
    })
}

/// Notes on the requests that change nothing. What any pod requests may be given whatever the targets are.
pub(in crate::cli) fn unused_requests<'a>(
    requests: &'a [(String, i64)],
    hpas: impl Iterator<Item = &'a Hpa> + Clone + 'a,
) -> impl Iterator<Item = String> + 'a {
    let is_usual = |name: &str| matches!(name, "cpu" | "memory");
    requests.iter().map(|(name, _)| name.as_str()).filter_map(move |name| {
        let is_used = is_usual(name) || hpas.clone().any(|hpa| uses_request(hpa, name));
        (!is_used).then(|| {
            format!("--request {name} changes nothing: no target of the HPA is a percentage of it")
        })
    })
}

pub(in crate::cli) fn sync_period(text: &str) -> Result<Duration, String> {
    match duration::parse(text) {
        Ok(period) if period < Duration::from_secs(1) => Err("at least 1s".to_owned()),
        Ok(period) if period > Duration::from_hours(1) => Err("at most 1h".to_owned()),
        Ok(period) => Ok(period),
        Err(error) => Err(error.to_string()),
    }
}

fn price(text: &str) -> Result<f64, String> {
    let price: Option<f64> =
        text.parse().ok().filter(|price: &f64| price.is_finite() && *price >= 0.0);
    price.ok_or_else(|| "a number such as 0.04".to_owned())
}

fn thresholds(text: &str) -> Result<Thresholds, String> {
    text.parse().map_err(|error: crate::simulation::ThresholdError| error.to_string())
}
