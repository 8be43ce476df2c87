//! `watchdog snapshot export`

use jiff::Timestamp;

use super::args::{ExportArgs, ExportFormat};
use super::stored::named;
use crate::cli::database::{filter, path, report};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::Global;
use crate::cli::print::{print, write_file};
use crate::cli::setup::Setup;
use crate::history::{Export, Filter, Named};
use crate::output::{openmetrics, snapshots};
use crate::term::json;
use crate::term::time::ago;

pub(super) fn export(global: &Global, args: &ExportArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let filter = filter(global, &setup)?;
    if let Some(since) = args.since {
        return export_since(&setup, args, &filter, ago(Timestamp::now(), since));
    }
    let (named, exit) = named(&setup, &args.snapshot, &filter)?;
    let bytes = bytes(args.output.unwrap_or(ExportFormat::Json), &named, true)?;
    match &args.to {
        Some(path) => write_file(path, &bytes)?,
        None => print(&bytes)?,
    }
    Ok(exit)
}

fn export_since(
    setup: &Setup,
    args: &ExportArgs,
    filter: &Filter,
    since: Timestamp,
) -> Result<Exit, CommandError> {
    let format = args.output.unwrap_or(ExportFormat::Jsonl);
    if !matches!(format, ExportFormat::Jsonl | ExportFormat::Csv) {
        return Err(CommandError::usage(
            "--since needs -o jsonl or -o csv: the others hold one snapshot",
        ));
    }
    if args.to.is_some() {
        return Err(CommandError::usage(
            "--to is for one snapshot; redirect standard output instead",
        ));
    }
    let path = path(setup)?;
    let mut export = Export::since(&path, since)?;
    let mut first = true;
    let mut unmatched = None;
    let mut is_matched = false;
    while let Some(named) = export.read_next()? {
        let absent = filter.unmatched(&[&named.snapshot]);
        is_matched |= absent.is_none();
        unmatched = absent.or(unmatched);
        print(&bytes(format, &named.filtered(filter), first)?)?;
        first = false;
    }
    if let (false, Some(unmatched)) = (is_matched, unmatched) {
        return Err(CommandError::failed(unmatched));
    }
    Ok(report(setup, &path, export.losses()))
}

/// A snapshot in a format; with `first`, preceded by the header if the format has one.
fn bytes(format: ExportFormat, named: &Named, first: bool) -> Result<Vec<u8>, CommandError> {
    match format {
        ExportFormat::Json => {
            json::pretty(&snapshots::document(named)).map_err(CommandError::failed)
        }
        ExportFormat::Jsonl => snapshots::jsonl(named).map_err(CommandError::failed),
        ExportFormat::Csv => snapshots::csv(named, first).map_err(CommandError::failed),
        ExportFormat::Openmetrics => Ok(openmetrics::snapshot(&named.snapshot).into_bytes()),
    }
}
