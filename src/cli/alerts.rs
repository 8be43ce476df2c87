//! `watchdog alerts`, and the alerts that other commands show beside HPAs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use super::absent::Named;
use super::complete;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, TableFormat, selector};
use super::print::print_document;
use super::prometheus::opener;
use super::setup::{Reading, Setup};
use super::signals::interruptible;
use crate::check::NoHpa;
use crate::collect::{ClusterWorld, Parts, Purpose, Stop, WorldRequest, collect_worlds};
use crate::hpa::{Hpa, HpaName};
use crate::kubectl::Outcome;
use crate::output::alerts::{AlertDocument, AlertTable, Rows, Shown, csv, jsonl, tables, wide};
use crate::stores::{
    AlertReader, AlertReading, ClusterAlerts, ClusterServices, Opener, Reads, ServerKind,
    cluster_alerts, each, need_services,
};
use crate::term::shown::shown;
use crate::term::text::joined;
use crate::term::{Messages, json, stdout, yaml};

/// How many servers are named below a table.
const MOST_SOURCES: usize = 5;

/// `watchdog alerts`
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct AlertsArgs {
    /// Only of these HPAs: NAME, NAMESPACE/NAME or CLUSTER/NAMESPACE/NAME; globs
    #[arg(value_name = "NAME", value_parser = HpaName::parse,
          add = complete::hpas())]
    pub names: Vec<HpaName>,
    /// Only of HPAs with these labels, e.g. app=web,tier!=cache
    #[arg(short = 'l', long, value_parser = selector)]
    pub selector: Option<String>,
    /// Also those whose condition does not hold for long enough yet (from Prometheus; Alertmanager has none)
    #[arg(long)]
    pub pending: bool,
    /// Also silenced ones
    #[arg(long)]
    pub silenced: bool,
    /// Also inhibited ones
    #[arg(long)]
    pub inhibited: bool,
    /// Pending, silenced and inhibited ones too
    #[arg(long)]
    pub all: bool,
    /// Exit with 2 if an alert of an HPA fires that is no false alarm
    #[arg(long)]
    pub fail_on_firing: bool,
    /// No header lines (table, wide, csv)
    #[arg(long)]
    pub no_headers: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = TableFormat::Table)]
    pub output: TableFormat,
}

impl AlertsArgs {
    fn shown(&self) -> Shown {
        if self.all {
            return Shown::ALL;
        }
        Shown { pending: self.pending, silenced: self.silenced, inhibited: self.inhibited }
    }
}

pub(super) async fn run(global: &Global, args: AlertsArgs) -> Result<Exit, CommandError> {
    interruptible(alerts(global, args)).await
}

async fn alerts(global: &Global, args: AlertsArgs) -> Result<Exit, CommandError> {
    let reading = Reading::of(global, Setup::new(global)?, &args.names).await?;
    let reading = reading.attended(Stop::default());
    let request = request(&reading, args.selector.as_ref());
    let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    let reads = read(global, &reading, &worlds).await?;
    reading.done();
    let now = Timestamp::now();
    let clusters: Vec<Outcome> = worlds.iter().map(|world| world.outcome.clone()).collect();
    let found: Vec<&Hpa> = worlds.iter().flat_map(ClusterWorld::judged).collect();
    let namespaces = reading
        .named_namespaces(&request.scope, found.iter().map(|hpa| hpa.namespace.as_str()), &clusters)
        .await;
    let joined = cluster_alerts(&worlds, &reads, now);
    let rows = Rows::new(&joined, args.shown());
    let of_found = of_them(&found);
    let is_certain = joined.iter().all(ClusterAlerts::is_certain);
    let nothing_fires = format!("No alert fires for {of_found}.");
    print(
        &reading.setup,
        &args,
        &rows,
        is_certain.then_some(&*nothing_fires),
        || AlertDocument::new(&clusters, &joined, &rows, now),
        now,
    )?;
    let messages = reading.setup.messages;
    if found.is_empty() {
        if args.names.is_empty()
            && !matches!(namespaces, Named::Missing(_))
            && clusters.iter().any(|cluster| cluster.error.is_none())
        {
            messages.note(&NoHpa { name: None, scope: &request.scope }.to_string());
        }
    } else if args.output.is_table() {
        note_rows(messages, &rows, &joined, &of_found);
    }
    if args.shown().pending {
        note_pending(messages, &joined);
    }
    reading.note_twins(found.iter().copied());
    let exit = reading.report_outcomes(&clusters);
    let exit = report(messages, &joined, exit);
    let exit = if exit == Exit::Done && args.fail_on_firing && rows.any_fires() {
        Exit::Findings
    } else {
        exit
    };
    Ok(namespaces.conclude(&reading, &request.scope, &found, exit).await)
}

/// The alerts of the HPAs that a command names, read beside what it reads itself.
pub(super) struct Beside {
    worlds: Vec<ClusterWorld>,
    reads: Vec<Reads>,
}

impl Beside {
    pub(super) async fn read(global: &Global, reading: &Reading) -> Result<Self, CommandError> {
        let request = request(reading, None);
        let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
            .await
            .map_err(CommandError::usage)?;
        let reads = read(global, reading, &worlds).await?;
        Ok(Self { worlds, reads })
    }

    pub(super) fn joined(&self, now: Timestamp) -> Vec<ClusterAlerts<'_>> {
        cluster_alerts(&self.worlds, &self.reads, now)
    }
}

/// The world for alerts: HPAs, their targets and pods.
pub(super) fn request(reading: &Reading, selector: Option<&String>) -> WorldRequest {
    WorldRequest {
        scope: reading.scope().with_selector(selector.cloned()),
        names: reading.names.clone(),
        parts: Parts { targets: true, pods: true, ..Parts::default() },
        purpose: Purpose::Record,
    }
}

/// What reads alerts; clusters' own servers by forwards, if it may.
pub(super) fn reader(
    global: &Global,
    reading: &Reading,
    may_forward: bool,
) -> Result<Arc<AlertReader>, CommandError> {
    let config = reading.setup.config.monitoring.alertmanager.clone();
    let opener = Opener { may_forward, ..opener(global, reading, u64::MAX)? };
    Ok(Arc::new(AlertReader::new(opener, config, reading.is_only_cluster)))
}

/// Reads the alerts of all clusters in which HPAs were found.
pub(super) async fn read(
    global: &Global,
    reading: &Reading,
    worlds: &[ClusterWorld],
) -> Result<Vec<Reads>, CommandError> {
    Ok(read_by(&reader(global, reading, true)?, reading, worlds).await)
}

/// As [`read`], by a reader that may have read before.
pub(super) async fn read_by(
    reader: &Arc<AlertReader>,
    reading: &Reading,
    worlds: &[ClusterWorld],
) -> Vec<Reads> {
    let alerts = Arc::new(AlertReading::new(Arc::clone(reader)));
    let parallel = reading.setup.config.clusters.max_parallel;
    let with_hpas = worlds.iter().enumerate().filter_map(|(index, world)| {
        let cluster = reading.clusters.iter().find(|it| it.name == world.outcome.name)?;
        world.judged().next()?;
        Some((index, ClusterServices::new(reading.collector.clone(), cluster.clone())))
    });
    let read = each(with_hpas.collect(), parallel, |(index, services)| {
        let alerts = Arc::clone(&alerts);
        async move { (index, alerts.read(&services).await, services) }
    });
    let now = Timestamp::now();
    let read = read.await.into_iter().map(|(index, read, services)| {
        let of_services = read.as_ref().is_ok_and(|read| {
            worlds.get(index).is_some_and(|world| need_services(world, read, now))
        });
        (index, read, of_services.then_some(services))
    });
    // The Services, where an alert may be of one.
    let read = each(read.collect(), parallel, |(index, read, services)| async move {
        let services = match services {
            Some(services) => services.get().await,
            None => Ok(Arc::default()),
        };
        (index, read, services)
    });
    let mut reads: Vec<Reads> = worlds.iter().map(|_| None).collect();
    for (index, read, services) in read.await {
        if let Some(place) = reads.get_mut(index) {
            *place = Some((read, services));
        }
    }
    reads
}

fn print<'a>(
    setup: &Setup,
    args: &AlertsArgs,
    rows: &Rows<'a>,
    nothing_fires: Option<&str>,
    document: impl FnOnce() -> AlertDocument<'a>,
    now: Timestamp,
) -> Result<(), CommandError> {
    let options = || AlertTable {
        no_headers: args.no_headers,
        width: stdout::terminal_width(),
        style: setup.style,
        now,
    };
    match args.output {
        TableFormat::Table => match tables(rows, options(), nothing_fires) {
            Some(table) => setup.print_table(&table),
            None => Ok(()),
        },
        TableFormat::Wide if rows.is_empty() => Ok(()),
        TableFormat::Wide => setup.print_table(&wide(rows, options())),
        TableFormat::Json => print_document(json::pretty(&document())),
        TableFormat::Yaml => print_document(yaml::document(&document())),
        TableFormat::Jsonl => print_document(jsonl(rows)),
        TableFormat::Csv => print_document(csv(rows, args.no_headers)),
    }
}

/// `shop/web, its target or its pods`
fn of_them(found: &[&Hpa]) -> String {
    match found {
        [only] => format!("{}/{}, its target or its pods", only.namespace, only.name),
        several => {
            let hpas = crate::output::hpas::count(several.len());
            format!("{hpas}, their targets or their pods")
        }
    }
}

/// Notes what is not in the table, and from where it comes.
fn note_rows(messages: Messages, rows: &Rows<'_>, clusters: &[ClusterAlerts<'_>], of: &str) {
    let hidden = rows.hidden();
    if !hidden.is_empty() {
        messages.note(&format!("not shown: {hidden} (--all shows them)"));
    }
    let read = clusters.iter().filter_map(|of| Some((of, of.read.as_ref().ok()?)));
    let mut sources: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (of, read) in read {
        let labels = &of.labels.labels;
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let labels =
            if labels.is_empty() { String::new() } else { format!(", with {}", labels.join(", ")) };
        let source = format!("{} {}{labels}", read.source.kind.name(), read.source.origin);
        sources.entry(source).or_default().push(shown(&of.world.outcome.name));
    }
    let is_certain = clusters.iter().all(ClusterAlerts::is_certain);
    if rows.is_empty() && hidden.is_empty() && is_certain {
        messages.note(&format!("no alert fires for {of}"));
    }
    if sources.len() > MOST_SOURCES {
        let count = sources.len();
        messages.note(&format!("alerts are from {count} servers (-o wide and -o json name them)"));
        return;
    }
    for (source, clusters) in sources {
        let names: Vec<&str> = clusters.iter().map(String::as_str).collect();
        messages.note(&format!("alerts of {}: {source}", joined(&names)));
    }
}

/// Notes of which clusters no pending alert can be shown.
fn note_pending(messages: Messages, clusters: &[ClusterAlerts<'_>]) {
    let of_alertmanager = |of: &&ClusterAlerts<'_>| {
        of.read.as_ref().is_ok_and(|read| read.source.kind == ServerKind::Alertmanager)
    };
    let names: Vec<String> =
        clusters.iter().filter(of_alertmanager).map(|of| shown(&of.world.outcome.name)).collect();
    if !names.is_empty() {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        messages.note(&format!(
            "{}: pending alerts are not shown: only Prometheus knows them, and alerts are read from Alertmanager",
            joined(&names)
        ));
    }
}

/// Reports the servers that could not be read, and what is in doubt.
pub(super) fn report(messages: Messages, clusters: &[ClusterAlerts<'_>], exit: Exit) -> Exit {
    let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut silent: BTreeSet<&str> = BTreeSet::new();
    let mut exit = exit;
    for of in clusters {
        let name = shown(&of.world.outcome.name);
        match of.read {
            Err(error) => errors.entry(error.to_string()).or_default().push(name),
            Ok(read) => {
                silent.extend(read.failed.iter().map(String::as_str));
                if let Some(why) = &of.services_unread {
                    let text = format!("those that are only of a Service are not shown: {why}");
                    errors.entry(text).or_default().push(name.clone());
                }
                if let Some(doubt) = &of.doubt {
                    let alerts = match doubt.alerts {
                        1 => "1 alert".to_owned(),
                        count => format!("{count} alerts"),
                    };
                    let why = &doubt.why;
                    errors
                        .entry(format!(
                            "{alerts} of HPAs may be of this cluster or of another: {why}"
                        ))
                        .or_default()
                        .push(name);
                }
            }
        }
    }
    for member in silent {
        messages.warning(&format!("a member of the Alertmanager set did not answer: {member}"));
    }
    for (error, clusters) in errors {
        let names: Vec<&str> = clusters.iter().map(String::as_str).collect();
        messages.error(&format!("alerts of {}: {error}", joined(&names)));
        if exit == Exit::Done {
            exit = Exit::Incomplete;
        }
    }
    exit
}
