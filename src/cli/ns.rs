//! `watchdog ns list`

use clap::Subcommand;
use jiff::Timestamp;

use super::emit::emit_list;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Global, Listing};
use super::setup::Reading;
use super::signals::ending_early;
use crate::check::{Absent, without_hpas};
use crate::collect::{Stop, collect_namespaces};
use crate::config::Scope;
use crate::output::{Document, namespaces};

/// `watchdog ns …`
#[derive(Debug, Subcommand)]
pub enum NsCommand {
    /// Namespaces of the scope, after the filters
    #[command(visible_alias = "ls")]
    List {
        /// Output format
        #[arg(short, long, value_enum, default_value_t = Listing::Table)]
        output: Listing,
    },
}

pub(super) async fn run(global: &Global, command: NsCommand) -> Result<Exit, CommandError> {
    let NsCommand::List { output } = command;
    ending_early(|stop| list(global, output, stop)).await
}

async fn list(global: &Global, format: Listing, stop: Stop) -> Result<Exit, CommandError> {
    let reading = Reading::new(global).await?.attended(stop);
    let scope = reading.scope();
    // All of them, so that the nearest name can be suggested.
    let all = Scope::default();
    let mut collected = collect_namespaces(&reading.collector, &reading.clusters, &all).await;
    reading.done();
    let absent = Absent::of(without_hpas(&scope, []), &collected);
    collected.items.retain(|namespace| scope.covers(&namespace.name));
    let setup = &reading.setup;
    let now = Timestamp::now();
    let document = Document {
        kind: "NamespaceList",
        taken_at: Some(now),
        clusters: Some(&collected.clusters),
        key: "namespaces",
        items: &collected.items,
    };
    let items = &collected.items;
    let table =
        |width| (!items.is_empty()).then(|| namespaces::table(items, now, setup.style, width));
    emit_list(setup, format, &document, table, || namespaces::names(items))?;
    match absent {
        Some(absent) if collected.is_complete() => {
            setup.messages.error(&absent.to_string());
            return Ok(Exit::Failed);
        }
        _ if collected.items.is_empty() && collected.is_complete() => {
            setup.messages.note("no namespace matches");
        }
        _ => {}
    }
    Ok(reading.report(&collected))
}
