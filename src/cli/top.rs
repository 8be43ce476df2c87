//! `watchdog hpa top`

use std::collections::BTreeMap;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::absent::Named;
use super::alerts;
use super::complete;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, TableFormat, selector};
use super::past::{PastArgs, Question};
use super::print::print_document;
use super::setup::{Reading, Setup};
use crate::check::{HpaUsage, NoHpa, usages};
use crate::collect::{ClusterWorld, Parts, Purpose, Stop, WorldRequest, collect_worlds};
use crate::findings::Unknown;
use crate::hpa::{Hpa, HpaName};
use crate::kubectl::Outcome;
use crate::output::Document;
use crate::output::alerts::AlertsOfHpa;
use crate::output::hpas::Users;
use crate::output::top::{self, PastOfHpas, TopBy, TopTable, Topped};
use crate::stores::{PastParts, cluster_alerts};
use crate::term::shown::shown;
use crate::term::text::{joined, thousands};
use crate::term::{Messages, json, stdout, yaml};

/// `watchdog hpa top`
#[derive(Debug, Args)]
pub struct HpaTopArgs {
    /// Only these HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs
    #[arg(value_name = "NAME", value_parser = HpaName::parse,
          add = complete::hpas())]
    pub names: Vec<HpaName>,
    /// Only HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Sort by this field; what is not known comes last
    #[arg(long, value_name = "FIELD", value_enum, default_value_t = TopBy::Pressure)]
    pub sort_by: TopBy,
    /// At most this many HPAs; 0 for all [default: on a terminal as many as it has lines, else all]
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    #[command(flatten)]
    pub past: PastArgs,
    /// With the number of alerts that fire, from Alertmanager or Prometheus
    #[arg(long)]
    pub alerts: bool,
    /// No header line (table, wide, csv)
    #[arg(long)]
    pub no_headers: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = TableFormat::Table)]
    pub output: TableFormat,
}

impl ValueEnum for TopBy {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Pressure,
            Self::Cpu,
            Self::Memory,
            Self::Headroom,
            Self::AtMax,
            Self::P95,
            Self::Name,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Pressure => ("pressure", "The worst reading over its target first"),
            Self::Cpu => ("cpu", "The most CPU of what is requested first"),
            Self::Memory => ("memory", "The most memory of what is requested first"),
            Self::Headroom => ("headroom", "The fewest pods left to the maximum first"),
            Self::AtMax => {
                ("at-max", "The largest share of the time at the maximum first (with --since)")
            }
            Self::P95 => {
                ("p95", "The highest p95 of CPU of what is requested first (with --since)")
            }
            Self::Name => ("name", "Name, across clusters and namespaces"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

pub(super) async fn run(
    global: &Global,
    args: &HpaTopArgs,
    stop: Stop,
) -> Result<Exit, CommandError> {
    args.past.check()?;
    if args.sort_by.needs_past() && args.past.since.is_none() {
        let order = args.sort_by.to_possible_value();
        let order = order.as_ref().map_or("", PossibleValue::get_name);
        let text =
            format!("--sort-by {order} is known only over a time: add --since, e.g. --since 24h");
        return Err(CommandError::usage(text));
    }
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?;
    let reading = reading.attended(stop.clone());
    let setup = &reading.setup;
    let request = request(&reading, args.selector.as_ref());
    let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    let now = Timestamp::now();
    let mut rows: Vec<HpaUsage<'_>> = worlds.iter().flat_map(|world| usages(world, now)).collect();
    let clusters: Vec<Outcome> = worlds.iter().map(|world| world.outcome.clone()).collect();
    let namespaces = reading
        .named_namespaces(
            &request.scope,
            rows.iter().map(|row| row.hpa.namespace.as_str()),
            &clusters,
        )
        .await;
    let found: Vec<&Hpa> = rows.iter().map(|row| row.hpa).collect();
    let (past, is_whole) = match args.past.range(now) {
        None => (None, true),
        Some(range) => {
            let read_parts = PastParts { usage: true, ..PastParts::default() };
            let question = Question {
                global,
                reading: &reading,
                args: args.past.limits,
                range,
                parts: read_parts,
                stop: &stop,
            };
            let (courses, is_whole) = question.courses(found.iter().copied()).await?;
            (Some(PastOfHpas::new(range, courses)), is_whole)
        }
    };
    let reads = if args.alerts && !stop.is_stopped() {
        Some(alerts::read(global, &reading, &worlds).await?)
    } else {
        None
    };
    let joined = reads.as_deref().map(|reads| cluster_alerts(&worlds, reads, now));
    let alerts = joined.as_deref().map(AlertsOfHpa::new);
    args.sort_by.sort(&mut rows, past.as_ref());
    rows.truncate(limit(args));
    if !rows.is_empty() || !args.output.is_table() {
        let beside = Beside { past: past.as_ref(), alerts: alerts.as_ref() };
        print(setup, args, &rows, beside, &clusters, now)?;
    }
    if rows.len() < found.len() && args.limit.is_none() {
        let (rows, all) = (thousands(rows.len()), thousands(found.len()));
        setup
            .messages
            .note(&format!("{rows} of {all} HPAs: --limit 0 shows all, --limit N others"));
    }
    if found.is_empty()
        && args.names.is_empty()
        && !matches!(namespaces, Named::Missing(_))
        && clusters.iter().any(|cluster| cluster.error.is_none())
    {
        setup.messages.note(&NoHpa { name: None, scope: &request.scope }.to_string());
    }
    note_absent(setup.messages, &worlds);
    reading.note_twins(found.iter().copied());
    let exit = match reading.report_outcomes(&clusters) {
        Exit::Done if !is_whole => Exit::Incomplete,
        exit => exit,
    };
    let exit = alerts::report(setup.messages, joined.as_deref().unwrap_or_default(), exit);
    Ok(namespaces.conclude(&reading, &request.scope, &found, exit).await)
}

/// The world for what HPAs' pods use.
pub(super) fn request(reading: &Reading, selector: Option<&String>) -> WorldRequest {
    WorldRequest {
        scope: reading.scope().with_selector(selector.cloned()),
        names: reading.names.clone(),
        parts: Parts::for_usage(),
        purpose: Purpose::Record,
    }
}

/// How many HPAs are shown.
fn limit(args: &HpaTopArgs) -> usize {
    match args.limit {
        Some(0) => usize::MAX,
        Some(limit) => limit,
        None if stdout::is_terminal() && args.output.is_table() => {
            // The header, a note, and the prompt.
            stdout::terminal_height().saturating_sub(4).max(10)
        }
        None => usize::MAX,
    }
}

/// What is shown beside usage, where it was asked for.
#[derive(Clone, Copy)]
struct Beside<'a> {
    past: Option<&'a PastOfHpas>,
    alerts: Option<&'a AlertsOfHpa<'a>>,
}

fn print<'a>(
    setup: &Setup,
    args: &HpaTopArgs,
    rows: &[HpaUsage<'a>],
    Beside { past, alerts }: Beside<'a>,
    clusters: &'a [Outcome],
    now: Timestamp,
) -> Result<(), CommandError> {
    let users = Users::of(clusters);
    let sources = past.map(PastOfHpas::sources);
    let topped = || Topped::all(rows, &users, past, alerts, now);
    match args.output {
        TableFormat::Table | TableFormat::Wide => setup.print_table(&top::table(
            rows,
            TopTable {
                past,
                alerts,
                wide: args.output == TableFormat::Wide,
                no_headers: args.no_headers,
                width: stdout::terminal_width(),
                style: setup.style,
                now,
            },
        )),
        TableFormat::Json => print_document(json::pretty(
            &document(&topped(), clusters, now).with_sources(sources.as_deref()),
        )),
        TableFormat::Yaml => print_document(yaml::document(
            &document(&topped(), clusters, now).with_sources(sources.as_deref()),
        )),
        TableFormat::Jsonl => print_document(top::jsonl(&topped())),
        TableFormat::Csv => print_document(top::csv(rows, past, alerts, args.no_headers)),
    }
}

fn document<'a>(
    items: &'a [Topped<'a>],
    clusters: &'a [Outcome],
    now: Timestamp,
) -> Document<'a, [Topped<'a>]> {
    let (taken_at, clusters) = (Some(now), Some(clusters));
    Document { kind: "HpaTopList", taken_at, clusters, key: "hpas", items }
}

/// Notes the clusters in which usage is unknown because they do not serve it. What failed otherwise is
/// an error of the cluster.
pub(super) fn note_absent(messages: Messages, worlds: &[ClusterWorld]) {
    let mut absent: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for world in worlds {
        if let Err(Unknown::Undetermined(why)) = &world.metrics {
            absent.entry(why).or_default().push(shown(&world.outcome.name).clone());
        }
    }
    for (why, clusters) in absent {
        let names: Vec<&str> = clusters.iter().map(String::as_str).collect();
        messages.note(&format!("{}: usage is unknown: {why}", joined(&names)));
    }
}
