//! `watchdog snapshot list | show | diff | prune`: the snapshots in the database.

use jiff::Timestamp;

use super::args::{DiffArgs, ListArgs, PruneArgs, ShowArgs};
use crate::check::judge_hpas;
use crate::cli::database::{filter, open, report_losses};
use crate::cli::emit::{emit_list, emit_text};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::{Global, HpaFormat};
use crate::cli::print::{print, print_document};
use crate::cli::setup::Setup;
use crate::findings::Judged;
use crate::history::{self, Filter, Named, Part, Reference, Snapshot, diff};
use crate::output::hpas::{self, LabelColumns, TableOptions};
use crate::output::{Document, snapshots};
use crate::term::time::ago;
use crate::term::{json, stdout, yaml};

/// The referenced snapshot, filtered by the flags, and whether all of it could be read.
pub(super) fn named(
    setup: &Setup,
    reference: &Reference,
    filter: &Filter,
) -> Result<(Named, Exit), CommandError> {
    let (named, exit) = whole(setup, reference)?;
    check_match(filter, &[&named.snapshot])?;
    Ok((named.filtered(filter), exit))
}

/// An error if the flags select what none of the snapshots has.
fn check_match(filter: &Filter, snapshots: &[&Snapshot]) -> Result<(), CommandError> {
    filter.unmatched(snapshots).map_or(Ok(()), |it| Err(CommandError::failed(it)))
}

/// The referenced snapshot, and whether all of it could be read.
fn whole(setup: &Setup, reference: &Reference) -> Result<(Named, Exit), CommandError> {
    Ok(match reference {
        Reference::File(path) => (Named::read_file(path)?, Exit::Done),
        Reference::Stored(moment) => {
            let store = open(setup)?;
            let named = store.named(*moment, Timestamp::now());
            let exit = report_losses(setup, &store);
            (named?, exit)
        }
    })
}

pub(super) fn list(global: &Global, args: &ListArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let filter = filter(global, &setup)?;
    let store = open(&setup)?;
    let now = Timestamp::now();
    let since = args.since.map(|since| ago(now, since));
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    // Read one more than the limit, to know whether there are more.
    let mut found = store.list(since, limit.saturating_add(1), &filter)?;
    let exit = report_losses(&setup, &store);
    // On a full disk an open store locks out other processes: close it before printing, which
    // may wait for the reader of the output.
    drop(store);
    let more = found.len() > limit;
    found.truncate(limit);
    let document = Document {
        kind: "SnapshotList",
        taken_at: None,
        clusters: None,
        key: "snapshots",
        items: &found,
    };
    let table = |width: Option<usize>| {
        let mut rows: Vec<_> = found.iter().collect();
        // On a terminal what stands last stays on the screen.
        if width.is_some() {
            rows.reverse();
        }
        (!rows.is_empty()).then(|| snapshots::table(&rows, setup.style, width, now))
    };
    emit_list(&setup, args.output, &document, table, || snapshots::ids(&found))?;
    if found.is_empty() {
        setup.messages.note("no snapshot found");
    } else if more {
        setup.messages.note(&format!("the newest {limit}; --limit 0 shows all"));
    }
    Ok(exit)
}

pub(super) fn show(global: &Global, args: &ShowArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let filter = filter(global, &setup)?;
    let (named, exit) = named(&setup, &args.snapshot, &filter)?;
    let snapshot = &named.snapshot;
    setup.show_clusters(snapshot.clusters.iter().map(|it| (&*it.name, &*it.context)));
    // Ages and states as of the time of the snapshot.
    let now = snapshot.taken_at;
    let worlds = snapshot.worlds();
    let hpas: Vec<Judged<'_>> = worlds.iter().flat_map(|world| judge_hpas(world, now)).collect();
    let document = snapshots::document(&named);
    match args.output {
        HpaFormat::Table | HpaFormat::Wide => {
            setup.messages.note(&snapshots::headline(&named));
            let options = TableOptions {
                wide: args.output == HpaFormat::Wide,
                no_headers: args.no_headers,
                labels: LabelColumns::default(),
                usage: None,
                grouped: true,
                width: stdout::terminal_width(),
                style: setup.style,
                now,
            };
            if !hpas.is_empty() {
                setup.print_table(&hpas::table(&hpas, options))?;
            }
        }
        HpaFormat::Json => print_document(json::pretty(&document))?,
        HpaFormat::Yaml => print_document(yaml::document(&document))?,
        HpaFormat::Jsonl => print_document(snapshots::jsonl(&named))?,
        HpaFormat::Csv => {
            print_document(hpas::csv(&hpas, LabelColumns::default(), None, args.no_headers))?;
        }
        HpaFormat::Name => print(hpas::names(&hpas).as_bytes())?,
    }
    Ok(exit)
}

pub(super) fn compare(global: &Global, args: &DiffArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let filter = filter(global, &setup)?;
    let (before, earlier) = whole(&setup, &args.before)?;
    let (after, later) = whole(&setup, &args.after)?;
    // What is new is only in one of them.
    check_match(&filter, &[&before.snapshot, &after.snapshot])?;
    let (before, after) = (before.filtered(&filter), after.filtered(&filter));
    let clusters = before.snapshot.clusters.iter().chain(&after.snapshot.clusters);
    setup.show_clusters(clusters.map(|it| (&*it.name, &*it.context)));
    let mut found = diff(&before.snapshot, &after.snapshot);
    if args.spec {
        found = found.only(Part::Spec);
    }
    let document = snapshots::diff_document(&found, &before, &after);
    emit_text(args.output, &document, || snapshots::diff(&found, &before, &after, setup.style))?;
    Ok(match args.exit_code {
        _ if earlier != Exit::Done || later != Exit::Done => Exit::Incomplete,
        true if !found.unknown.is_empty() => Exit::Incomplete,
        true if !found.is_empty() => Exit::Findings,
        _ => Exit::Done,
    })
}

pub(super) fn prune(global: &Global, args: &PruneArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    if !global.selection().is_empty() || global.namespaces.is_given() {
        return Err(CommandError::usage(
            "snapshot prune deletes whole snapshots, with all their clusters: it takes no \
              --context, --cluster, --current or -n",
        ));
    }
    let keep = args.keep.unwrap_or(setup.config.history.keep);
    if keep.is_zero() {
        let which = if args.keep.is_some() { "--keep 0" } else { "history.keep: 0" };
        setup.messages.note(&format!("nothing deleted: {which} keeps every snapshot"));
        return Ok(Exit::Done);
    }
    let mut store = open(&setup)?;
    let pruned = store.purge(ago(Timestamp::now(), keep))?;
    let path = store.path().to_owned();
    // The last connection to close writes the journal back, which changes the size.
    drop(store);
    if !global.quiet {
        let line = snapshots::pruned(pruned, history::size(&path));
        print(line.as_bytes())?;
    }
    Ok(Exit::Done)
}
