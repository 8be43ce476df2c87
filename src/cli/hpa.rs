//! `watchdog hpa list | get`; `check` and `watch` are in files of their own

use std::time::Duration;

use jiff::Timestamp;

use super::absent::Named;
use super::emit::emit_text;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, HpaFormat};
use super::hpa_args::{HpaCommand, HpaGetArgs, HpaListArgs, HpaWatchArgs, WatchFormat};
use super::print::{print, print_document};
use super::setup::{Reading, Setup};
use super::signals::{ending_early, interruptible};
use crate::check::{JudgedDetail, NoHpa, judge_detail, judge_hpas};
use crate::collect::{ClusterHpas, Detail, HpaRequest, Stop, collect_hpas, describe_hpas};
use crate::findings::{Judged, World};
use crate::hpa::Hpa;
use crate::kubectl::Outcome;
use crate::output::hpas::{self, LabelColumns, TableOptions, Users};
use crate::output::{Document, get};
use crate::term::stdout;

pub(super) async fn run(global: &Global, command: HpaCommand) -> Result<Exit, CommandError> {
    match command {
        HpaCommand::List(args) if args.watch => super::watch::run(global, &watched(args)?).await,
        HpaCommand::List(args) => ending_early(|stop| list(global, &args, stop)).await,
        HpaCommand::Get(args) => interruptible(describe(global, args)).await,
        HpaCommand::Check(args) => {
            ending_early(|stop| super::check::check(global, &args, stop)).await
        }
        HpaCommand::Watch(args) => super::watch::run(global, &args).await,
    }
}

/// The arguments of `hpa watch` that `hpa list --watch` stands for.
fn watched(args: HpaListArgs) -> Result<HpaWatchArgs, CommandError> {
    let output = match args.output {
        HpaFormat::Table | HpaFormat::Wide => WatchFormat::Table,
        HpaFormat::Jsonl => WatchFormat::Jsonl,
        _ => {
            return Err(CommandError::usage(
                "-w takes -o table or -o jsonl (one line for each change)",
            ));
        }
    };
    Ok(HpaWatchArgs {
        names: args.names,
        selector: args.selector,
        sort_by: args.sort_by,
        problems: args.problems,
        interval: Duration::from_secs(5),
        output,
    })
}

async fn list(global: &Global, args: &HpaListArgs, stop: Stop) -> Result<Exit, CommandError> {
    if args.output == HpaFormat::Name && (args.show_labels || !args.label_columns.is_empty()) {
        let why = "-L and --show-labels add columns, which -o name does not have; use -o csv";
        return Err(CommandError::usage(why));
    }
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?.attended(stop);
    let setup = &reading.setup;
    let request = HpaRequest {
        scope: reading.scope().with_selector(args.selector.clone()),
        names: reading.names.clone(),
    };
    let clusters = collect_hpas(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    let now = Timestamp::now();
    let split = |cluster: ClusterHpas| (cluster.outcome, World::of(cluster.hpas));
    let (clusters, worlds): (Vec<Outcome>, Vec<World>) = clusters.into_iter().map(split).unzip();
    let mut hpas: Vec<Judged<'_>> =
        worlds.iter().flat_map(|world| judge_hpas(world, now)).collect();
    let namespaces = reading
        .named_namespaces(
            &request.scope,
            hpas.iter().map(|judged| judged.hpa.namespace.as_str()),
            &clusters,
        )
        .await;
    let found = hpas.len();
    let problems = hpas.iter().filter(|judged| judged.is_problem()).count();
    hpas.retain(|judged| args.has(judged));
    let sort_by = args.sort_by.unwrap_or_default();
    sort_by.sort(&mut hpas, |judged| judged);

    let labels = LabelColumns { keys: &args.label_columns, all: args.show_labels };
    let users = Users::of(&clusters);
    let document = Document {
        kind: "HpaList",
        taken_at: Some(now),
        clusters: Some(&clusters),
        key: "hpas",
        items: &hpas::Listed::all(&hpas, &users, now),
    };
    match args.output {
        HpaFormat::Table | HpaFormat::Wide => {
            if !hpas.is_empty() {
                setup.print_table(&hpas::table(
                    &hpas,
                    TableOptions {
                        wide: args.output == HpaFormat::Wide,
                        no_headers: args.no_headers,
                        labels,
                        grouped: sort_by.is_grouped(),
                        width: stdout::terminal_width(),
                        style: setup.style,
                        now,
                    },
                ))?;
            }
        }
        HpaFormat::Json => print_document(document.json())?,
        HpaFormat::Yaml => print_document(document.yaml())?,
        HpaFormat::Jsonl => print_document(hpas::jsonl(&hpas, &users, now))?,
        HpaFormat::Csv => print_document(hpas::csv(&hpas, labels, args.no_headers))?,
        HpaFormat::Name => print(hpas::names(&hpas).as_bytes())?,
    }
    let is_missing = matches!(namespaces, Named::Missing(_));
    if hpas.is_empty()
        && !is_missing
        && (found > 0 || args.names.is_empty())
        && clusters.iter().any(|cluster| cluster.error.is_none())
    {
        let what = if args.status.is_empty() { "no problems" } else { "none with this status" };
        setup.messages.note(&match found {
            0 => NoHpa { name: None, scope: &request.scope }.to_string(),
            found => format!("{what} among {}", hpas::count(found)),
        });
    }
    let is_table = matches!(args.output, HpaFormat::Table | HpaFormat::Wide);
    if is_table && stdout::terminal_width().is_some() {
        let shown = hpas.len();
        let clusters = clusters.iter().filter(|cluster| cluster.error.is_none()).count();
        if let Some(total) = (hpas::Total { shown, found, problems, clusters }).line() {
            setup.messages.note(&total);
        }
    }
    let read: Vec<&Hpa> = worlds.iter().flat_map(|world| &world.hpas).collect();
    reading.note_twins(read.iter().copied());
    let exit = reading.report_outcomes(&clusters);
    Ok(namespaces.conclude(&reading, &request.scope, &read, exit).await)
}

async fn describe(global: &Global, args: HpaGetArgs) -> Result<Exit, CommandError> {
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?;
    let reading = reading.attended(Stop::default());
    let setup = &reading.setup;
    let request = HpaRequest { scope: reading.scope(), names: reading.names.clone() };
    let collected = describe_hpas(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    reading.note_unknown_silences(collected.items.iter().map(|detail| &detail.hpa));
    let now = Timestamp::now();
    let worlds: Vec<World> = collected.items.iter().map(Detail::world).collect();
    let judged: Vec<JudgedDetail<'_>> =
        worlds.iter().filter_map(|world| judge_detail(world, now)).collect();
    let users = Users::of(&collected.clusters);
    let details = collected.items.iter().zip(&judged);
    let details: Vec<get::Detailed<'_>> =
        details.map(|(detail, judged)| get::Detailed::new(detail, judged, &users, now)).collect();
    let document = Document {
        kind: "HpaDetailList",
        taken_at: Some(now),
        clusters: Some(&collected.clusters),
        key: "hpas",
        items: &details,
    };
    let namespaces = reading
        .named_namespaces(
            &request.scope,
            collected.items.iter().map(|detail| detail.hpa.namespace.as_str()),
            &collected.clusters,
        )
        .await;
    if let (Named::Missing(absent), true) = (&namespaces, collected.items.is_empty()) {
        return Err(CommandError::failed(absent));
    }
    if args.print_kubectl {
        let kubectl = &reading.collector.kubectl;
        let (kubeconfig, impersonation) = (kubectl.kubeconfig(), kubectl.impersonation());
        let flags = get::KubectlFlags { kubeconfig, impersonation };
        print(get::kubectl_lines(&collected.items, flags).as_bytes())?;
    } else {
        let options =
            get::TextOptions { all: args.all, style: setup.style, width: stdout::terminal_width() };
        let mut note = None;
        emit_text(args.output, &document, || {
            let text = get::text(&details, options);
            note = text.note;
            text.text
        })?;
        if let Some(note) = note {
            setup.messages.note(&note);
        }
    }
    let exit = reading.report(&collected);
    let found: Vec<&Hpa> = collected.items.iter().map(|detail| &detail.hpa).collect();
    Ok(namespaces.conclude(&reading, &request.scope, &found, exit).await)
}
