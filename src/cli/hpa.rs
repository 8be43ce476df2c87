//! `watchdog hpa list | get`; `check` and `watch` are in files of their own

use std::mem::take;
use std::time::Duration;

use jiff::Timestamp;

use super::absent::Named;
use super::alerts::Beside;
use super::emit::emit_text;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, HpaFormat};
use super::hpa_args::{HpaCommand, HpaGetArgs, HpaListArgs, HpaWatchArgs, WatchFormat};
use super::past::Question;
use super::print::{print, print_document};
use super::seen;
use super::setup::{Reading, Setup};
use super::signals::{ending_early, interruptible};
use super::simulate::export::LoadCommand;
use crate::check::{JudgedDetail, NoHpa, judge_detail, judge_hpas, usages};
use crate::collect::{
    ClusterHpas, ClusterWorld, Detail, HpaRequest, Measured, Stop, collect_hpas, collect_worlds,
    describe_measured,
};
use crate::findings::{Judged, World};
use crate::hpa::Hpa;
use crate::kubectl::Outcome;
use crate::output::alerts::AlertsOfHpa;
use crate::output::chart::Charset;
use crate::output::hpas::{self, LabelColumns, TableOptions, Users};
use crate::output::usage::UsageOfHpas;
use crate::output::{Document, StoreOutcome, get};
use crate::stores::{HpaPast, PastParts};
use crate::term::stdout;
use crate::usage::{MetricsByPod, TargetUsage};

pub(super) async fn run(global: &Global, command: HpaCommand) -> Result<Exit, CommandError> {
    match command {
        HpaCommand::List(args) if args.watch => super::watch::run(global, &watched(args)?).await,
        HpaCommand::List(args) => ending_early(|stop| list(global, &args, stop)).await,
        HpaCommand::Get(args) => Box::pin(ending_early(|stop| describe(global, args, stop))).await,
        HpaCommand::Check(args) => {
            ending_early(|stop| super::check::check(global, &args, stop)).await
        }
        HpaCommand::Top(args) => ending_early(|stop| super::top::run(global, &args, stop)).await,
        HpaCommand::Watch(args) => super::watch::run(global, &args).await,
        HpaCommand::Load(LoadCommand::Export(args)) => {
            interruptible(super::simulate::export::run(global, &args)).await
        }
        HpaCommand::Advise(args) => {
            Box::pin(ending_early(|stop| super::advise::run(global, &args, stop))).await
        }
        HpaCommand::Simulate(args) => {
            Box::pin(interruptible(super::simulate::run(global, &args))).await
        }
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
    refuse_columns_of_names(args)?;
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?.attended(stop);
    let setup = &reading.setup;
    let request = HpaRequest {
        scope: reading.scope().with_selector(args.selector.clone()),
        names: reading.names.clone(),
    };
    let measured = if args.usage { Some(read_usage(&reading, args).await?) } else { None };
    let (clusters, worlds) = match &measured {
        Some(measured) => hpas_of(measured),
        None => read_hpas(&reading, &request).await?,
    };
    reading.done();
    let now = Timestamp::now();
    let usage = measured
        .as_ref()
        .map(|measured| UsageOfHpas::new(measured.iter().flat_map(|world| usages(world, now))));
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
    args.sort_by.unwrap_or_default().sort(&mut hpas, |judged| judged);
    show(setup, args, &hpas, &clusters, usage.as_ref(), now)?;
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
    super::top::note_absent(setup.messages, measured.as_deref().unwrap_or_default());
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

/// Prints the list. An empty table is not printed.
fn show(
    setup: &Setup,
    args: &HpaListArgs,
    hpas: &[Judged<'_>],
    clusters: &[Outcome],
    usage: Option<&UsageOfHpas<'_>>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let labels = LabelColumns { keys: &args.label_columns, all: args.show_labels };
    let users = Users::of(clusters);
    let listed = || hpas::Listed::all(hpas, &users, usage, now);
    let document = |items| Document {
        kind: "HpaList",
        taken_at: Some(now),
        clusters: Some(clusters),
        key: "hpas",
        items,
    };
    match args.output {
        HpaFormat::Table | HpaFormat::Wide => {
            if !hpas.is_empty() {
                setup.print_table(&hpas::table(
                    hpas,
                    TableOptions {
                        wide: args.output == HpaFormat::Wide,
                        no_headers: args.no_headers,
                        labels,
                        usage,
                        grouped: args.sort_by.unwrap_or_default().is_grouped(),
                        width: stdout::terminal_width(),
                        style: setup.style,
                        now,
                    },
                ))?;
            }
        }
        HpaFormat::Json => print_document(document(&listed()).json())?,
        HpaFormat::Yaml => print_document(document(&listed()).yaml())?,
        HpaFormat::Jsonl => print_document(hpas::jsonl(&listed()))?,
        HpaFormat::Csv => {
            print_document(hpas::csv(hpas, labels, usage, args.no_headers))?;
        }
        HpaFormat::Name => print(hpas::names(hpas).as_bytes())?,
    }
    Ok(())
}

/// Refuses flags that add columns to `-o name`.
fn refuse_columns_of_names(args: &HpaListArgs) -> Result<(), CommandError> {
    if args.output == HpaFormat::Name && (args.show_labels || !args.label_columns.is_empty()) {
        let why = "-L and --show-labels add columns, which -o name does not have; use -o csv";
        return Err(CommandError::usage(why));
    }
    if args.output == HpaFormat::Name && args.usage {
        let why = "--usage adds columns, which -o name does not have; use -o csv";
        return Err(CommandError::usage(why));
    }
    Ok(())
}

/// The HPAs of all clusters.
async fn read_hpas(
    reading: &Reading,
    request: &HpaRequest,
) -> Result<(Vec<Outcome>, Vec<World>), CommandError> {
    let clusters = collect_hpas(&reading.collector, &reading.clusters, request)
        .await
        .map_err(CommandError::usage)?;
    let split = |cluster: ClusterHpas| (cluster.outcome, World::of(cluster.hpas));
    Ok(clusters.into_iter().map(split).unzip())
}

/// The HPAs of all clusters with what their pods use.
async fn read_usage(
    reading: &Reading,
    args: &HpaListArgs,
) -> Result<Vec<ClusterWorld>, CommandError> {
    let request = super::top::request(reading, args.selector.as_ref());
    collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)
}

/// The HPAs alone: what is found in them does not depend on whether usage was read.
fn hpas_of(measured: &[ClusterWorld]) -> (Vec<Outcome>, Vec<World>) {
    let alone = |it: &ClusterWorld| (it.outcome.clone(), World::of(it.judged().cloned().collect()));
    measured.iter().map(alone).unzip()
}

async fn describe(global: &Global, args: HpaGetArgs, stop: Stop) -> Result<Exit, CommandError> {
    args.past.check()?;
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?;
    let reading = reading.attended(stop.clone());
    let setup = &reading.setup;
    let request = HpaRequest { scope: reading.scope(), names: reading.names.clone() };
    let measured = match (args.usage, args.why) {
        (true, _) => Measured::Needed,
        (false, true) => Measured::IfReadable,
        (false, false) => Measured::No,
    };
    let collected = describe_measured(&reading.collector, &reading.clusters, &request, measured)
        .await
        .map_err(CommandError::usage)?;
    let beside = if args.alerts && !stop.is_stopped() {
        Some(Beside::read(global, &reading).await?)
    } else {
        None
    };
    reading.done();
    reading.note_unknown_silences(collected.items.iter().map(|detail| &detail.hpa));
    let now = Timestamp::now();
    let worlds: Vec<World> = collected.items.iter().map(Detail::world).collect();
    let judged: Vec<JudgedDetail<'_>> =
        worlds.iter().filter_map(|world| judge_detail(world, now)).collect();
    let users = Users::of(&collected.clusters);
    let pasts = read_past(global, &reading, &args, &collected.items, (now, &stop)).await?;
    let joined = beside.as_ref().map(|beside| beside.joined(now)).unwrap_or_default();
    let alerts = beside.as_ref().map(|_| AlertsOfHpa::new(&joined));
    let hpas: Vec<&Hpa> = collected.items.iter().map(|detail| &detail.hpa).collect();
    let mut seen = if args.why { seen::before(setup, &hpas, now) } else { Vec::new() };
    let details = collected.items.iter().zip(&judged).enumerate();
    let details: Vec<get::Detailed<'_>> = details
        .map(|(index, (detail, judged))| {
            let past = pasts.of_hpas.get(index);
            let mut detailed = get::Detailed::new(detail, judged, &users, now).with_past(past);
            if args.why {
                detailed = detailed.with_why(seen.get_mut(index).map(take).unwrap_or_default());
            }
            if !args.usage {
                detailed = detailed.without_usage();
            }
            match &alerts {
                Some(alerts) => detailed.with_alerts(alerts),
                None => detailed,
            }
        })
        .collect();
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
        let (style, width) = (setup.style, stdout::terminal_width());
        let charset = Charset::of_locale(|name| std::env::var(name).ok());
        let options = get::TextOptions { all: args.all, style, width, charset };
        let mut note = None;
        emit_text(args.output, &document.with_sources(pasts.sources.as_deref()), || {
            let text = get::text(&details, options);
            note = text.note;
            text.text
        })?;
        if let Some(note) = note {
            setup.messages.note(&note);
        }
    }
    let exit = match reading.report(&collected) {
        Exit::Done if !pasts.is_whole => Exit::Incomplete,
        exit => exit,
    };
    let exit = super::alerts::report(setup.messages, &joined, exit);
    Ok(namespaces.conclude(&reading, &request.scope, &hpas, exit).await)
}

/// What is known of HPAs over a time, in their order; empty where that was not asked for.
struct Pasts {
    of_hpas: Vec<get::PastOfHpa>,
    /// How the clusters' stores were read, where they were asked.
    sources: Option<Vec<StoreOutcome>>,
    is_whole: bool,
}

async fn read_past(
    global: &Global,
    reading: &Reading,
    args: &HpaGetArgs,
    items: &[Detail],
    (now, stop): (Timestamp, &Stop),
) -> Result<Pasts, CommandError> {
    let (Some(range), Some(length)) = (args.past.range(now), args.past.since) else {
        return Ok(Pasts { of_hpas: Vec::new(), sources: None, is_whole: true });
    };
    let read_parts = PastParts { usage: true, metrics: true, conditions: false, throttling: true };
    let question =
        Question { global, reading, args: args.past.limits, range, parts: read_parts, stop };
    let (clusters, is_whole) = question.pasts(items.iter().map(|detail| &detail.hpa)).await?;
    let of_hpas = items.iter().map(|detail| {
        let hpa = &detail.hpa;
        let cluster = clusters.get(&*hpa.cluster);
        let past = cluster.map(|it| it.of(&hpa.namespace, &hpa.name));
        get::PastOfHpa {
            length,
            origin: cluster.and_then(|it| it.origin.as_ref()).map(ToString::to_string),
            past: match past {
                Some(Ok(past)) => Ok(believed(past, detail, now)),
                Some(Err(why)) => Err(why.to_owned()),
                None => Err("it was not read".to_owned()),
            },
        }
    });
    let sources = clusters.iter().map(|(name, past)| StoreOutcome::of(name, past)).collect();
    Ok(Pasts { of_hpas: of_hpas.collect(), sources: Some(sources), is_whole })
}

/// Without the figures that the requests of the present pods cannot bear.
fn believed(past: &HpaPast, detail: &Detail, now: Timestamp) -> HpaPast {
    let world = detail.world();
    let pods = judge_detail(&world, now).and_then(|judged| judged.pods.ok());
    let summary = past.summary.clone();
    let summary = match &pods {
        Some(pods) => summary.believed(&TargetUsage::of(pods, &MetricsByPod::default())),
        None => summary,
    };
    HpaPast { summary, ..past.clone() }
}
