//! `watchdog hpa simulate`

mod args;
mod cases;
mod files;

pub use args::HpaSimulateArgs;
use args::SimulationFormat;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::print::{print, print_document};
use super::setup::Setup;
use crate::hpa::algorithm::Span;
use crate::output::simulation::{self as output, Report};
use crate::simulation::{ColumnNames, Conditions, Load, Request, Thresholds};
use crate::term::stdout;

pub(super) async fn run(global: &Global, args: &HpaSimulateArgs) -> Result<Exit, CommandError> {
    from_files(global, args)
}

/// Without a cluster.
fn from_files(global: &Global, args: &HpaSimulateArgs) -> Result<Exit, CommandError> {
    let setup = &Setup::new(global)?;
    let (Some(file), Some(path)) = (&args.file, &args.load) else {
        let error =
            CommandError::usage("the HPA and its load are needed: --file HPA.yaml --load LOAD.csv");
        return Err(error);
    };
    let text = files::text(path, Some(file))?;
    let source = files::shown(path);
    let load =
        Load::parse(&text).map_err(|error| CommandError::failed(format!("{source}{error}")))?;
    drop(text);
    let hpas = files::Hpas::new(setup, global);
    let hpa = hpas.one(file, args.name.as_ref())?;
    let conditions = conditions(args, &load)?;
    let cases = cases::cases(&hpas, &hpa, &args.changes)?;
    let request = Request {
        load: &load,
        conditions,
        requests: &args.request,
        cases: &cases,
        pod_hour_cost: args.pod_hour_cost,
    };
    let simulation = request.simulate().map_err(|(case, error)| {
        let of = if cases.len() > 1 { format!(" (case {case})") } else { String::new() };
        CommandError::failed(format!("{source}{of}: {error}"))
    })?;
    let names: Vec<ColumnNames> =
        cases.iter().map(|case| ColumnNames::of(&case.hpa.metrics)).collect();
    for column in names.first().map(|first| first.strangers(&load)).unwrap_or_default() {
        if names.iter().all(|names| names.metrics_of(column).next().is_none()) {
            setup.messages.note(&format!("{source}: column {column} is of no metric of the HPA"));
        }
    }
    let thresholds = Thresholds(args.fail_on.iter().flat_map(|it| it.0.iter().copied()).collect());
    let report = Report {
        hpa: &hpa,
        source: &source,
        load: &load,
        conditions,
        simulation: &simulation,
        thresholds: &thresholds,
        decisions: args.decisions,
    };
    show(setup, args, &report)?;
    Ok(exit(setup, &report))
}

fn conditions(args: &HpaSimulateArgs, load: &Load) -> Result<Conditions, CommandError> {
    let recorded = || load.replicas.as_ref()?.iter().copied().flatten().next();
    let replicas = args.replicas.or_else(recorded).ok_or_else(|| {
        CommandError::usage(
            "how many replicas there were before the first row is not known: --replicas N",
        )
    })?;
    let millis =
        |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    Ok(Conditions {
        replicas,
        startup: Span::from_millis(millis(args.startup)),
        period: millis(args.sync_period),
    })
}

fn show(setup: &Setup, args: &HpaSimulateArgs, report: &Report<'_>) -> Result<(), CommandError> {
    match args.output {
        SimulationFormat::Table => {
            if args.decisions {
                setup.messages.note("--decisions: every decision is in -o json and -o csv");
            }
            let width = stdout::terminal_width();
            print(output::table(report, setup.style, width).as_bytes())
        }
        SimulationFormat::Json => print_document(output::json(report)),
        SimulationFormat::Csv => print_document(output::csv(report)),
    }
}

fn exit(setup: &Setup, report: &Report<'_>) -> Exit {
    let mut exit = Exit::Done;
    for verdict in report.verdicts() {
        let text = format!("{}: {}", verdict.case.case.name, verdict.sentence());
        match verdict.is_crossed {
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
