//! `watchdog hpa check`

pub(super) mod manifests;
mod print;
mod remedies;
mod settings;

use std::fmt::Display;
use std::path::Path;

use jiff::Timestamp;

use self::remedies::Remedies;
use self::settings::Settings;
use super::absent::Named;
use super::database::{self, report_losses};
use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::hpa_args::HpaCheckArgs;
use super::named;
use super::observe;
use super::print::write_file;
use super::setup::{Reading, Setup};
use crate::check::{self, Lacking, NoHpa, ObservedPasts, Report};
use crate::collect::{ClusterWorld, Parts, Purpose, Stop, WorldRequest, collect_worlds};
use crate::config::{HistorySource, Scope};
use crate::findings::{Baseline, Selection, Unknown};
use crate::hpa::Hpa;
use crate::term::Messages;

pub(super) use self::print::explain;

pub(super) async fn check(
    global: &Global,
    args: &HpaCheckArgs,
    stop: Stop,
) -> Result<Exit, CommandError> {
    if let Some(explain) = &args.explain {
        return print::explain(global, explain);
    }
    if let Some(error) = manifests::named_as_hpa(args) {
        return Err(error);
    }
    if !args.files.is_empty() {
        return manifests::check(global, args);
    }
    let asking = stop.clone();
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?.attended(stop);
    let setup = &reading.setup;
    let members = super::sending::given(setup, &args.alertmanager)?;
    let settings = Settings::new(setup, args, &reading.aliases())?;
    let request = request(&reading, args, &settings.selection);
    let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    reading.note_unknown_silences(worlds.iter().flat_map(ClusterWorld::judged));
    let store = check::open_history(&settings.selection, || database::path(setup));
    let now = Timestamp::now();
    let (store, lacking) = match args.source.unwrap_or(setup.config.history.source) {
        HistorySource::Prometheus if store.is_ok() => (Err(Unknown::NoHistory), all(&worlds)),
        HistorySource::Database => (store, Vec::new()),
        _ if !check::needs_history(&settings.selection) => (store, Vec::new()),
        HistorySource::Prometheus => (store, all(&worlds)),
        HistorySource::Auto => {
            let lacking = check::lacking_readings(&worlds, &store, &settings.selection, now);
            (store, lacking)
        }
    };
    let (observed, is_observed_whole) = if lacking.is_empty() {
        (ObservedPasts::default(), true)
    } else {
        observe::pasts(global, &reading, args.max_points, lacking, now, &asking).await?
    };
    let criteria = settings.criteria();
    let mut report = check::check_observed(&worlds, &store, &observed, &criteria, now);
    let is_observed_whole = match args.since {
        None => is_observed_whole,
        Some(since) => {
            let (max_points, stop) = (args.max_points, &asking);
            let remedies = Remedies { global, reading: &reading, since, max_points, stop };
            remedies.add(&worlds, &mut report).await? && is_observed_whole
        }
    };
    if let Some(why) = &report.unread_history {
        setup.messages.error(why);
    }
    let has_losses = store.as_ref().is_ok_and(|store| report_losses(setup, store) != Exit::Done);
    let is_damaged = has_losses || report.unread_history.is_some();
    // On a full disk an open store locks out other processes: close it before printing, which
    // may wait for the reader of the output.
    drop(store);
    let scope = &request.scope;
    let is_whole = scope.namespaces.is_empty() && scope.selector.is_none();
    settings.note_baseline(setup, &report, is_whole && reading.names.is_empty());
    let namespaces = reading
        .named_namespaces(
            scope,
            worlds.iter().flat_map(|it| &it.world.hpas).map(|hpa| hpa.namespace.as_str()),
            report.outcomes(),
        )
        .await;
    let is_empty = report.hpas().next().is_none();
    let is_complete = report.outcomes().all(|outcome| outcome.error.is_none());
    if is_empty && is_complete {
        // The error alone: a report of nothing would look like a clean one.
        if let Named::Missing(absent) = &namespaces {
            return Err(CommandError::failed(absent));
        }
        if !reading.names.is_empty() {
            return Ok(named::conclude(&reading, scope, &[], Exit::Done).await);
        }
    }
    let is_empty = is_empty && args.fail_on_empty;
    if let Some(file) = &args.write_baseline {
        reading.note_twins(worlds.iter().flat_map(|world| &world.world.hpas));
        if is_empty && is_complete {
            return Ok(fail_on_empty(setup.messages));
        }
        if report.hpas().next().is_none() && is_complete && file.exists() {
            let no_hpa = NoHpa { name: None, scope };
            let error = CommandError::failed(no_hpa);
            return Err(error.note(format!("{} stays as it is", file.display())));
        }
        return accept(&reading, file, &report, scope, namespaces).await;
    }
    // Before printing, which may wait for the reader of the output.
    let is_sent = super::sending::send(setup, &members, &report, args.resend_for).await;
    print::report(setup, global, args, &report)?;
    reading.note_twins(worlds.iter().flat_map(|world| &world.world.hpas));
    let exit = conclude(&reading, &report, scope, namespaces).await;
    if exit != Exit::Incomplete && is_empty {
        return Ok(fail_on_empty(setup.messages));
    }
    Ok(match exit {
        Exit::Done if is_damaged || !is_observed_whole || !is_sent => Exit::Incomplete,
        Exit::Done => exit_of(setup.messages, &report),
        exit => exit,
    })
}

/// The HPAs that are checked, without what snapshots have of them.
fn all(worlds: &[ClusterWorld]) -> Vec<Lacking<'_>> {
    worlds.iter().flat_map(ClusterWorld::judged).map(Lacking::all).collect()
}

/// The error of `--fail-on-empty`.
fn fail_on_empty(messages: Messages) -> Exit {
    messages.error("no HPA was checked (--fail-on-empty)");
    Exit::Failed
}

fn request(reading: &Reading, args: &HpaCheckArgs, selection: &Selection) -> WorldRequest {
    WorldRequest {
        scope: reading.scope().with_selector(args.selector.clone()),
        names: reading.names.clone(),
        parts: Parts::for_rules(selection),
        purpose: Purpose::Judge,
    }
}

/// Prints the messages that accompany the report, and returns how the command ends but for the
/// findings.
async fn conclude(
    reading: &Reading,
    report: &Report<'_>,
    scope: &Scope,
    namespaces: Named,
) -> Exit {
    if reading.names.is_empty()
        && report.hpas().next().is_none()
        && report.outcomes().any(|outcome| outcome.error.is_none())
    {
        reading.setup.messages.note(&NoHpa { name: None, scope }.to_string());
    }
    let exit = reading.report_outcomes(report.outcomes());
    namespaces.conclude(reading, scope, &found(report), exit).await
}

/// How the command ends where everything could be read.
fn exit_of(messages: Messages, report: &Report<'_>) -> Exit {
    if !report.unanswered.is_empty() {
        let ids = report.unanswered.join(", ");
        let places = if report.is_offline { "file" } else { "cluster" };
        messages
            .error(&format!("{ids} could not be evaluated for any HPA in at least one {places}"));
        return Exit::Incomplete;
    }
    if report.fails() { Exit::Findings } else { Exit::Done }
}

fn found<'a>(report: &Report<'a>) -> Vec<&'a Hpa> {
    report.hpas().map(|judged| judged.hpa).collect()
}

/// Writes the baseline if everything was read and exists.
async fn accept(
    reading: &Reading,
    file: &Path,
    report: &Report<'_>,
    scope: &Scope,
    namespaces: Named,
) -> Result<Exit, CommandError> {
    let exit = reading.report_outcomes(report.outcomes());
    if exit != Exit::Done {
        let note = "baseline not written: some clusters were not read completely";
        reading.setup.messages.note(note);
        return Ok(exit);
    }
    match namespaces.conclude(reading, scope, &found(report), exit).await {
        Exit::Done => write_baseline(&reading.setup, file, &report.findings().collect()),
        exit => Ok(exit),
    }
}

fn write_baseline(setup: &Setup, file: &Path, baseline: &Baseline) -> Result<Exit, CommandError> {
    let failed = |error: &dyn Display| {
        CommandError::failed(format!("cannot write {}: {error}", file.display()))
    };
    write_file(file, &baseline.to_json().map_err(|error| failed(&error))?)?;
    let accepted = match baseline.iter().count() {
        1 => "1 finding".to_owned(),
        count => format!("{count} findings"),
    };
    setup.messages.note(&format!("{accepted} accepted in {}", file.display()));
    Ok(Exit::Done)
}
