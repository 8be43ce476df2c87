//! `watchdog snapshot export`

use jiff::Timestamp;

use super::args::{ExportArgs, ExportFormat};
use super::resolve::{Resolved, narrow, resolve};
use crate::cli::database::{ago, no_current, open, report};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::{Global, NamespaceArgs};
use crate::cli::print::{print, write_file};
use crate::cli::setup::Setup;
use crate::history::Snapshot;
use crate::output::{openmetrics, snapshots};

pub(super) fn export(global: &Global, args: &ExportArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    no_current(global)?;
    let everywhere = NamespaceArgs { namespace: Vec::new(), all_namespaces: true };
    let document = |id: Option<i64>, snapshot: &Snapshot, first: bool| match args.output {
        ExportFormat::Json => snapshots::document(id, snapshot).map_err(anyhow::Error::from),
        ExportFormat::Jsonl => snapshots::jsonl(id, snapshot).map_err(anyhow::Error::from),
        ExportFormat::Csv => snapshots::csv(id, snapshot, first),
        ExportFormat::Openmetrics => Ok(openmetrics::snapshot(snapshot).into_bytes()),
    };
    let Some(since) = args.since else {
        let Resolved { id, mut snapshot, exit } = resolve(&setup, &args.snapshot)?;
        narrow(global, &everywhere, &mut snapshot);
        let bytes = document(id, &snapshot, true).map_err(CommandError::failed)?;
        match &args.to {
            Some(path) => write_file(path, &bytes)?,
            None => print(&bytes)?,
        }
        return Ok(exit);
    };
    if !matches!(args.output, ExportFormat::Jsonl | ExportFormat::Csv) {
        return Err(CommandError::usage(
            "--since needs -o jsonl or -o csv: the others hold one snapshot",
        ));
    }
    if args.to.is_some() {
        return Err(CommandError::usage(
            "--to is for one snapshot; redirect standard output instead",
        ));
    }
    let store = open(&setup)?;
    let failed = |error: crate::history::Error| CommandError::failed(error);
    let since = ago(Timestamp::now(), since);
    let mut found = store.snapshots(Some(since), usize::MAX).map_err(failed)?;
    found.reverse();
    let path = store.path().to_owned();
    let mut losses = store.take_losses();
    let mut kept = Some(store);
    let mut first = true;
    for summary in found {
        let store = match kept.take() {
            Some(store) => store,
            None => open(&setup)?,
        };
        let read = store.snapshot(summary.id).map_err(failed)?;
        losses.join(&store.take_losses());
        // Nobody is kept out while somebody reads what is printed.
        kept = (!store.is_alone()).then_some(store);
        // It may have been pruned since.
        let Some(mut snapshot) = read else { continue };
        narrow(global, &everywhere, &mut snapshot);
        let bytes = document(Some(summary.id), &snapshot, first).map_err(CommandError::failed)?;
        // One after the other: a month of a fleet does not fit into memory.
        print(&bytes)?;
        first = false;
    }
    Ok(report(&setup, &path, &losses))
}
