//! `watchdog ns list`

use jiff::Timestamp;

use super::args::{Global, Listing, NamespaceArgs, NsCommand};
use super::exit::Exit;
use super::setup::Reading;
use crate::collect::collect_namespaces;
use crate::output::{Document, namespaces};
use crate::term::stdout;

pub(super) async fn run(global: &Global, command: NsCommand) -> Exit {
    let NsCommand::List { namespaces, output } = command;
    list(global, &namespaces, output).await.unwrap_or_else(|exit| exit)
}

async fn list(global: &Global, args: &NamespaceArgs, form: Listing) -> Result<Exit, Exit> {
    let reading = Reading::new(global).await?;
    let filter = reading.namespaces(args);
    let collected = collect_namespaces(&reading.collector, &reading.clusters, &filter).await;
    reading.done();
    let setup = &reading.setup;
    let now = Timestamp::now();
    let document = Document {
        kind: "NamespaceList",
        taken_at: Some(now),
        clusters: Some(&collected.clusters),
        key: "namespaces",
        items: &collected.items,
    };
    match form {
        Listing::Table if collected.items.is_empty() => {}
        Listing::Table => setup.print_table(&namespaces::table(
            &collected.items,
            now,
            setup.style,
            stdout::terminal_width(),
        ))?,
        Listing::Name => setup.print(namespaces::names(&collected.items).as_bytes())?,
        Listing::Json => setup.print_document(document.json())?,
        Listing::Yaml => setup.print_document(document.yaml())?,
    }
    if collected.items.is_empty() && collected.is_complete() {
        setup.messages.note("no namespace matches");
    }
    Ok(reading.report(&collected))
}
