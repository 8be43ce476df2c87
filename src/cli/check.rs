//! `watchdog hpa check`

use std::fmt::Display;
use std::path::Path;

use jiff::Timestamp;

use super::database::{self, report_losses};
use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::hpa_args::{CheckFormat, FailOn, HpaCheckArgs};
use super::named;
use super::print::{print, print_document, write_file};
use super::setup::{Reading, Setup};
use crate::check::{self, Criteria, NoHpa, Report};
use crate::collect::{Parts, Purpose, WorldRequest, collect_worlds};
use crate::config::Scope;
use crate::findings::{Baseline, Rule, Selection, Severity, Unknown};
use crate::hpa::Hpa;
use crate::output::findings as output;
use crate::term::stdout;

pub(super) async fn check(global: &Global, args: &HpaCheckArgs) -> Result<Exit, CommandError> {
    if let Some(rule) = args.explain {
        return explain(global, rule);
    }
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?;
    let setup = &reading.setup;
    // Before any cluster is read: a mistyped file name should not cost a minute.
    let baseline = args.baseline.as_deref().map(read_baseline).transpose()?;
    let selection = selection(args);
    let request = request(&reading, args, &selection);
    let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    reading.note_twins(worlds.iter().flat_map(|world| &world.world.hpas));
    let store = check::open_history(&selection, || database::path(setup));
    if let Err(Unknown::Failed(why)) = &store {
        setup.messages.note(why);
    }
    let criteria = Criteria {
        selection,
        required: &args.only,
        baseline: baseline.as_ref(),
        fail_on: fail_on(args),
    };
    let report = check::check(&worlds, &store, &criteria, Timestamp::now());
    let is_damaged = store.as_ref().is_ok_and(|store| report_losses(setup, store) != Exit::Done);
    // On a full disk an open store locks out other processes: close it before printing, which
    // may wait for the reader of the output.
    drop(store);
    if let Some(foreign) = baseline.as_ref().and_then(|baseline| report.foreign(baseline)) {
        setup.messages.note(&foreign.to_string());
    }
    if let Some(file) = &args.write_baseline {
        return accept(&reading, file, &report, &request.scope).await;
    }
    print_report(setup, args.output, &report)?;
    conclude(&reading, &report, &request.scope, is_damaged).await
}

pub(super) fn explain(global: &Global, rule: &Rule) -> Result<Exit, CommandError> {
    let setup = Setup::without_config(global);
    print(output::explain(rule, setup.style, stdout::terminal_width()).as_bytes())?;
    Ok(Exit::Done)
}

fn request(reading: &Reading, args: &HpaCheckArgs, selection: &Selection) -> WorldRequest {
    WorldRequest {
        scope: reading.scope().with_selector(args.selector.clone()),
        names: reading.names.clone(),
        parts: Parts::for_rules(selection),
        purpose: Purpose::Judge,
    }
}

/// Decides how the command ends, and prints the messages that accompany the report.
async fn conclude(
    reading: &Reading,
    report: &Report<'_>,
    scope: &Scope,
    is_damaged: bool,
) -> Result<Exit, CommandError> {
    let messages = reading.setup.messages;
    if reading.names.is_empty()
        && report.hpas().next().is_none()
        && report.outcomes().any(|outcome| outcome.error.is_none())
    {
        messages.note(&NoHpa { name: None, scope }.to_string());
    }
    let exit = reading.report_outcomes(report.outcomes());
    let exit = named::conclude(reading, scope, &found(report), exit).await;
    if exit == Exit::Done && !report.unanswered.is_empty() {
        let ids = report.unanswered.join(", ");
        messages
            .error(&format!("{ids} could not be evaluated for any HPA in at least one cluster"));
    }
    Ok(match exit {
        Exit::Done if !report.unanswered.is_empty() || is_damaged => Exit::Incomplete,
        Exit::Done if report.fails() => Exit::Findings,
        exit => exit,
    })
}

fn found<'a>(report: &Report<'a>) -> Vec<&'a Hpa> {
    report.hpas().map(|judged| judged.hpa).collect()
}

/// Writes the baseline that accepts the findings of the report.
async fn accept(
    reading: &Reading,
    file: &Path,
    report: &Report<'_>,
    scope: &Scope,
) -> Result<Exit, CommandError> {
    let messages = reading.setup.messages;
    let exit = reading.report_outcomes(report.outcomes());
    if exit != Exit::Done {
        messages.note("baseline not written: some clusters were not read completely");
        return Ok(exit);
    }
    if named::conclude(reading, scope, &found(report), exit).await == Exit::Failed {
        return Ok(Exit::Failed);
    }
    let baseline: Baseline = report.findings().collect();
    let failed = |error: &dyn Display| {
        CommandError::failed(format!("cannot write {}: {error}", file.display()))
    };
    write_file(file, &baseline.to_json().map_err(|error| failed(&error))?)?;
    let count = baseline.iter().count();
    messages.note(&format!("{count} findings accepted in {}", file.display()));
    Ok(Exit::Done)
}

fn print_report(
    setup: &Setup,
    format: CheckFormat,
    report: &Report<'_>,
) -> Result<(), CommandError> {
    match format {
        CheckFormat::Table => {
            let text = output::text(report, setup.style, stdout::terminal_width());
            print(text.as_bytes())
        }
        CheckFormat::Json => print_document(output::json(report)),
        CheckFormat::Jsonl => {
            print_document(output::jsonl(report))?;
            for sentence in output::not_evaluated(report) {
                setup.messages.note(&format!("not evaluated: {sentence}"));
            }
            Ok(())
        }
        CheckFormat::Junit => print(output::junit(report).as_bytes()),
        CheckFormat::Sarif => print_document(output::sarif(report)),
        CheckFormat::Github => print(output::github(report).as_bytes()),
    }
}

fn selection(args: &HpaCheckArgs) -> Selection {
    let selected = if args.only.is_empty() {
        Selection::all()
    } else {
        // Every id is valid: the arguments were parsed as rules.
        Selection::only(args.only.iter().map(|rule| rule.id)).unwrap_or_default()
    };
    selected.without(&args.ignore)
}

fn fail_on(args: &HpaCheckArgs) -> Option<Severity> {
    match args.fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Info => Some(Severity::Info),
        FailOn::Never => None,
    }
}

fn read_baseline(file: &Path) -> Result<Baseline, CommandError> {
    let failed = |why: &dyn Display| {
        CommandError::failed(format!("cannot read the baseline {}: {why}", file.display()))
    };
    let json = std::fs::read(file).map_err(|error| failed(&error))?;
    Baseline::parse(&json).map_err(|error| failed(&error))
}
