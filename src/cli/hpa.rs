//! `watchdog hpa list | get`; `check` and `watch` are in files of their own

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Description, Global, HpaFormat};
use super::hpa_args::{HpaCommand, HpaGetArgs, HpaListArgs};
use super::judge::{judge, judge_one, worlds};
use super::print::{print, print_document};
use super::rows::none_found;
use super::setup::Reading;
use super::signals::interruptible;
use crate::collect::{Collected, HpaRequest, collect_hpas, describe_hpas};
use crate::config::Scope;
use crate::findings::{Evaluation, Known};
use crate::kube::Pod;
use crate::kubectl::Outcome;
use crate::output::hpas::{self, Judged, TableOptions};
use crate::output::{Document, get};
use crate::term::stdout;

pub(super) async fn run(global: &Global, command: HpaCommand) -> Result<Exit, CommandError> {
    match command {
        HpaCommand::List(args) => interruptible(list(global, &args)).await,
        HpaCommand::Get(args) => interruptible(describe(global, args)).await,
        HpaCommand::Check(args) => interruptible(super::check::check(global, &args)).await,
        HpaCommand::Watch(args) => super::watch::run(global, &args).await,
    }
}

async fn list(global: &Global, args: &HpaListArgs) -> Result<Exit, CommandError> {
    let reading = Reading::new(global).await?;
    let setup = &reading.setup;
    let request = HpaRequest {
        scope: reading.scope(&args.namespaces).with_selector(args.selector.clone()),
        name: None,
    };
    let Collected { clusters, items } =
        collect_hpas(&reading.collector, &reading.clusters, &request)
            .await
            .map_err(CommandError::usage)?;
    reading.done();
    let now = Timestamp::now();
    let found = items.len();
    let worlds = worlds(items);
    let mut hpas = judge(&worlds, now);
    let users = users(&clusters);
    for judged in &mut hpas {
        judged.user = users.get(&*judged.hpa.cluster).cloned();
    }
    reading.note_twins(hpas.iter().map(|judged| judged.hpa));
    if args.problems {
        hpas.retain(Judged::is_problem);
    }
    let sort_by = args.sort_by.unwrap_or_default();
    sort_by.sort(&mut hpas, |judged| judged);

    let document = Document {
        kind: "HpaList",
        taken_at: Some(now),
        clusters: Some(&clusters),
        key: "hpas",
        items: &hpas::Listed::all(&hpas, now),
    };
    match args.output {
        HpaFormat::Table | HpaFormat::Wide => {
            if !hpas.is_empty() {
                setup.print_table(&hpas::table(
                    &hpas,
                    TableOptions {
                        wide: args.output == HpaFormat::Wide,
                        no_headers: args.no_headers,
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
        HpaFormat::Jsonl => print_document(hpas::jsonl(&hpas, now))?,
        HpaFormat::Csv => print_document(hpas::csv(&hpas, args.no_headers))?,
        HpaFormat::Name => print(hpas::names(&hpas).as_bytes())?,
    }
    if hpas.is_empty() && clusters.iter().any(|cluster| cluster.error.is_none()) {
        setup.messages.note(&nothing(args, &request.scope, found));
    }
    Ok(reading.report_outcomes(&clusters))
}

/// The users that clusters were read as, by the clusters' names.
fn users(clusters: &[Outcome]) -> HashMap<Arc<str>, Arc<str>> {
    let known = clusters.iter().filter(|cluster| !cluster.user.is_empty());
    known.map(|cluster| (Arc::clone(&cluster.name), Arc::clone(&cluster.user))).collect()
}

/// Why the list is empty.
fn nothing(args: &HpaListArgs, scope: &Scope, found: usize) -> String {
    if args.problems && found > 0 {
        let s = if found == 1 { "" } else { "s" };
        return format!("no problems among {found} HPA{s}");
    }
    none_found(scope)
}

async fn describe(global: &Global, args: HpaGetArgs) -> Result<Exit, CommandError> {
    let reading = Reading::new(global).await?;
    let setup = &reading.setup;
    let request = HpaRequest {
        scope: reading.scope(&args.namespaces).without_exclusions(),
        name: Some(args.name.clone()),
    };
    let collected = describe_hpas(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    let now = Timestamp::now();
    let judgements: Vec<(Evaluation, Known<Vec<Pod>>)> =
        collected.items.iter().map(|detail| judge_one(&detail.world(), now)).collect();
    let users = users(&collected.clusters);
    let details: Vec<get::Detailed<'_>> = collected
        .items
        .iter()
        .zip(&judgements)
        .map(|(detail, (evaluation, pods))| {
            let user = users.get(&*detail.hpa.cluster).cloned();
            get::Detailed::new(detail, evaluation, pods, now).read_as(user)
        })
        .collect();
    let document = Document {
        kind: "HpaDetailList",
        taken_at: Some(now),
        clusters: Some(&collected.clusters),
        key: "hpas",
        items: &details,
    };
    match args.output {
        Description::Text => {
            print(get::text(&details, setup.style, stdout::terminal_width()).as_bytes())?;
        }
        Description::Json => print_document(document.json())?,
        Description::Yaml => print_document(document.yaml())?,
    }
    let exit = reading.report(&collected);
    if collected.items.is_empty() && exit == Exit::Done {
        let place = request.scope.in_namespaces();
        let text = format!("no HPA is named {}{place} (watchdog hpa list shows all)", args.name);
        return Err(CommandError::failed(text));
    }
    Ok(exit)
}
