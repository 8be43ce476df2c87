//! `watchdog hpa simulate`

pub(super) mod args;
mod cases;
pub(super) mod cluster;
pub mod export;
pub(super) mod files;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use args::HpaSimulateArgs;
use args::{SimulationFormat, unused_requests};
use jiff::Timestamp;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::print::{print, print_document, write_file};
use super::setup::Setup;
use crate::hpa::algorithm::Span;
use crate::hpa::{Hpa, HpaName, Metric};
use crate::output::chart::Charset;
use crate::output::simulation::{self as output, Report};
use crate::simulation::{Case, ColumnNames, Conditions, Load, Measure, Request, Thresholds};
use crate::term::stdout;

/// The width of a chart without a terminal, and its greatest, in columns.
const PIPE_WIDTH: usize = 80;
const MAX_WIDTH: usize = 160;

pub(super) async fn run(global: &Global, args: &HpaSimulateArgs) -> Result<Exit, CommandError> {
    args::once(&args.request)?;
    let mut limits = args.fail_on.iter().flat_map(|it| &it.0);
    if args.pod_hour_cost.is_none() && limits.any(|it| it.measure == Measure::Cost) {
        return Err(CommandError::usage("--fail-on: cost needs --pod-hour-cost PRICE"));
    }
    match (args.since, &args.load, &args.file) {
        (Some(since), ..) => from_cluster(global, args, since).await,
        (None, Some(load), Some(file)) => {
            args.limits.unused("leave it out with --load")?;
            from_files(global, args, load, file)
        }
        (None, None, Some(_)) => {
            Err(CommandError::usage("the load is needed: --load LOAD.csv, or --since 14d"))
        }
        (None, Some(_), None) => Err(CommandError::usage("the HPA is needed: --file HPA.yaml")),
        (None, None, None) => {
            let error = "the HPA and its load are needed: NAME --since 14d, or --file HPA.yaml --load LOAD.csv";
            Err(CommandError::usage(error))
        }
    }
}

/// What is simulated, from wherever it is.
struct Input {
    hpa: Hpa,
    load: Load,
    /// Where the load is from.
    source: String,
    requests: Vec<(String, i64)>,
    startup: Duration,
    notes: Vec<String>,
    /// What may explain that the replay is not as it was.
    doubts: Vec<String>,
    /// Other settings to simulate beside the present ones, before those of the flags.
    others: Vec<Case>,
}

/// Without a cluster.
fn from_files(
    global: &Global,
    args: &HpaSimulateArgs,
    path: &Path,
    file: &PathBuf,
) -> Result<Exit, CommandError> {
    let setup = &Setup::new(global)?;
    let text = files::text(path, Some(file))?;
    let source = files::shown(path);
    let load =
        Load::parse(&text).map_err(|error| CommandError::failed(format!("{source}{error}")))?;
    let hpa = files::Hpas::new(setup, global).one(file, args.name.as_ref())?;
    let notes = if hpa.metrics.iter().any(Metric::is_memory) {
        vec![
            "memory is divided over the ready pods, as if none of it stayed with each (--since replays it as it was)"
                .to_owned(),
        ]
    } else {
        Vec::new()
    };
    let input = Input {
        hpa,
        load,
        source,
        requests: Vec::new(),
        startup: args.startup.unwrap_or_default(),
        notes,
        doubts: Vec::new(),
        others: Vec::new(),
    };
    simulate(setup, global, args, input)
}

/// Over what a cluster's Prometheus has recorded.
async fn from_cluster(
    global: &Global,
    args: &HpaSimulateArgs,
    since: Duration,
) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let file = match &args.file {
        Some(file) => Some(files::Hpas::new(&setup, global).one(file, args.name.as_ref())?),
        None => None,
    };
    let named = file.as_ref().map(|hpa| HpaName::parse(&files::full_name(hpa)));
    let name = match (&args.name, named) {
        (Some(name), _) => name.clone(),
        (None, Some(name)) => name.map_err(CommandError::usage)?,
        (None, None) => return Err(CommandError::usage("the HPA is needed: NAME --since 14d")),
    };
    let recorded = cluster::read(global, setup, name, since, args.limits).await?;
    let cluster::Recorded {
        reading,
        hpa,
        mut load,
        mut requests,
        mut notes,
        mut doubts,
        unrequested,
        source,
        startup,
        is_whole,
    } = recorded;
    for (column, why) in unrequested {
        if args.request.iter().any(|(name, _)| *name == column) {
            doubts.insert(0, why);
            continue;
        }
        if hpa.metrics.len() == 1 {
            return Err(CommandError::failed(format!(
                "{}/{}: {why}. Set the request; what would be with one: --request {column}=AMOUNT",
                hpa.namespace, hpa.name
            )));
        }
        // As the controller has it: a metric that cannot be used.
        let of_metric = load.columns.iter_mut().filter(|it| it.name == column);
        of_metric.for_each(|it| it.values.fill(None));
        requests.retain(|(name, _)| *name != column);
        requests.push((column, 1000));
        notes.push(why);
    }
    let startup = match (args.startup, startup) {
        (Some(given), _) => given,
        (None, Some(measured)) => {
            notes.push(
                "the time until a new pod is ready is the median of the present pods; --startup sets another"
                    .to_owned(),
            );
            measured
        }
        (None, None) => {
            notes.push(
                "how long a new pod takes until it is ready is not known and taken as 0: --startup sets it".to_owned(),
            );
            Duration::ZERO
        }
    };
    let others = file.map(|hpa| Case {
        name: files::shown(args.file.as_deref().unwrap_or(Path::new("-"))),
        hpa,
    });
    let others = others.into_iter().collect();
    let input = Input { hpa, load, source, requests, startup, notes, doubts, others };
    let exit = simulate(&reading.setup, global, args, input)?;
    Ok(if exit == Exit::Done && !is_whole { Exit::Incomplete } else { exit })
}

fn simulate(
    setup: &Setup,
    global: &Global,
    args: &HpaSimulateArgs,
    input: Input,
) -> Result<Exit, CommandError> {
    let Input { hpa, load, source, requests, startup, notes, doubts, others } = input;
    let conditions = conditions(args, &load, startup)?;
    if let Some(error) = load.too_many_syncs(conditions.period) {
        return Err(CommandError::failed(format!("{source}: {error}")));
    }
    // With a manifest beside the cluster's HPA, --set changes the manifest's settings.
    let base = others.first().map_or(&hpa, |case| &case.hpa);
    let mut cases = cases::cases(&files::Hpas::new(setup, global), &hpa, base, &args.changes)?;
    cases.splice(1..1, others);
    let requests: Vec<(String, i64)> =
        requests.into_iter().chain(args.request.iter().cloned()).collect();
    let request = Request {
        load: &load,
        conditions,
        requests: &requests,
        cases: &cases,
        pod_hour_cost: args.pod_hour_cost,
    };
    let mut simulation = request.simulate().map_err(|(case, error)| {
        let of = if cases.len() > 1 { format!(" (case {case})") } else { String::new() };
        CommandError::failed(format!("{source}{of}: {error}"))
    })?;
    if let Some(recorded) = &mut simulation.recorded {
        recorded.trust.explain(doubts);
    }
    note_strangers(setup, &source, &load, &cases);
    note_unused(setup, args, &cases);
    let thresholds = Thresholds(args.fail_on.iter().flat_map(|it| it.0.iter().copied()).collect());
    let report = Report {
        hpa: &hpa,
        source: &source,
        load: &load,
        notes: &notes,
        conditions,
        simulation: &simulation,
        thresholds: &thresholds,
        decisions: args.decisions,
    };
    show(setup, args, &report)?;
    Ok(exit(setup, &report))
}

/// Notes the flags that change nothing.
fn note_unused(setup: &Setup, args: &HpaSimulateArgs, cases: &[Case]) {
    for note in unused_requests(&args.request, cases.iter().map(|case| &case.hpa)) {
        setup.messages.note(&note);
    }
    let has_decisions = matches!(args.output, SimulationFormat::Json | SimulationFormat::Csv);
    if args.decisions && (!has_decisions || args.html.is_some()) {
        setup.messages.note("--decisions: every decision is in -o json and -o csv");
    }
}

/// Notes the columns of a load that no case has a metric for.
fn note_strangers(setup: &Setup, source: &str, load: &Load, cases: &[Case]) {
    let names: Vec<ColumnNames> =
        cases.iter().map(|case| ColumnNames::of(&case.hpa.metrics)).collect();
    for column in &load.columns {
        if names.iter().all(|names| names.metrics_of(&column.name).next().is_none()) {
            setup
                .messages
                .note(&format!("{source}: column {} is of no metric of the HPA", column.name));
        }
    }
}

fn conditions(
    args: &HpaSimulateArgs,
    load: &Load,
    startup: Duration,
) -> Result<Conditions, CommandError> {
    let recorded = || load.replicas.as_ref()?.iter().copied().flatten().next();
    let replicas = args.replicas.or_else(recorded).ok_or_else(|| {
        CommandError::usage(
            "how many replicas there were before the first row is not known: --replicas N",
        )
    })?;
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Ok(Conditions {
        replicas,
        startup: Span::from_millis(millis(startup)),
        period: millis(args.sync_period),
    })
}

fn show(setup: &Setup, args: &HpaSimulateArgs, report: &Report<'_>) -> Result<(), CommandError> {
    if let Some(path) = &args.html {
        return write_file(path, output::page(report, Timestamp::now()).as_bytes());
    }
    match args.output {
        SimulationFormat::Md => print(output::markdown(report).as_bytes()),
        SimulationFormat::Junit => print(output::junit(report).as_bytes()),
        SimulationFormat::Github => print(output::github(report).as_bytes()),
        SimulationFormat::Table => {
            let width = stdout::terminal_width();
            let locale = Charset::of_locale(|name| std::env::var(name).ok());
            let charset = if args.ascii { Charset::Ascii } else { locale };
            let mut text = output::table(report, setup.style, width);
            text.push('\n');
            for line in output::chart(report, width.unwrap_or(PIPE_WIDTH).min(MAX_WIDTH), charset) {
                text.push_str(&line);
                text.push('\n');
            }
            print(text.as_bytes())
        }
        SimulationFormat::Json => print_document(output::json(report)),
        SimulationFormat::Csv => {
            // Rows have no place for it.
            for doubt in output::doubts(report) {
                setup.messages.note(&doubt);
            }
            print_document(output::csv(report))
        }
    }
}

fn exit(setup: &Setup, report: &Report<'_>) -> Exit {
    let mut exit = Exit::Done;
    for verdict in report.verdicts() {
        let text = format!("{}: {}", verdict.case.case.name, verdict.sentence());
        match verdict.is_crossed() {
            // More may have been cut off: the limit is not exceeded by what is known.
            Some(false) if verdict.is_least => setup.messages.note(&text),
            Some(false) => {}
            Some(true) => {
                setup.messages.note(&text);
                exit = Exit::Findings;
            }
            None => {
                setup.messages.error(&text);
                if exit == Exit::Done {
                    exit = Exit::Incomplete;
                }
            }
        }
    }
    exit
}
