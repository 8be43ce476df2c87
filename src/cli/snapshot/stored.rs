//! `watchdog snapshot list | show | diff | prune`: what is in the database.

use jiff::Timestamp;

use super::args::{DiffArgs, ListArgs, PruneArgs, ShowArgs};
use super::resolve::{Resolved, narrow, resolve};
use crate::check::judge_hpas;
use crate::cli::database::{ago, chosen, no_current, open, report_losses};
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::{Description, Global, HpaFormat, Listing, NamespaceArgs};
use crate::cli::print::{print, print_document};
use crate::cli::setup::Setup;
use crate::findings::Judged;
use crate::history::{self, ClusterOutcome, Part, diff};
use crate::output::hpas::{self, TableOptions};
use crate::output::{Document, snapshots};
use crate::term::stdout;

pub(super) fn list(global: &Global, args: &ListArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    no_current(global)?;
    let store = open(&setup)?;
    let now = Timestamp::now();
    let since = args.since.map(|since| ago(now, since));
    let limit = if args.limit == 0 { usize::MAX } else { args.limit };
    // One more, to know whether there are more.
    let wanted = limit.saturating_add(1);
    let narrowed = !(global.context.is_empty() && global.cluster.is_empty());
    let found = if narrowed {
        let chosen = |it: &ClusterOutcome| chosen(global, &it.name, &it.context);
        store.snapshots_of(since, wanted, chosen)
    } else {
        store.snapshots(since, wanted)
    };
    let mut found = found.map_err(CommandError::failed)?;
    let exit = report_losses(&setup, &store);
    // On a full disk a reader keeps others out, who must not wait for whoever reads what is printed.
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
    match args.output {
        Listing::Table if found.is_empty() => {}
        Listing::Table => {
            let width = stdout::terminal_width();
            setup.print_table(&snapshots::table(&found, setup.style, width, now))?;
        }
        Listing::Json => print_document(document.json())?,
        Listing::Yaml => print_document(document.yaml())?,
        Listing::Name => {
            let lines: String = found.iter().map(|it| format!("{}\n", it.id)).collect();
            print(lines.as_bytes())?;
        }
    }
    if found.is_empty() {
        setup.messages.note("no snapshot found");
    } else if more {
        setup.messages.note(&format!("the newest {limit}; --limit 0 shows all"));
    }
    Ok(exit)
}

pub(super) fn show(global: &Global, args: &ShowArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    no_current(global)?;
    let Resolved { id, mut snapshot, exit } = resolve(&setup, &args.snapshot)?;
    narrow(global, &args.namespaces, &mut snapshot);
    // Ages and states as they were then.
    let now = snapshot.taken_at;
    let worlds = snapshot.worlds();
    let hpas: Vec<Judged<'_>> = worlds.iter().flat_map(|world| judge_hpas(world, now)).collect();
    match args.output {
        HpaFormat::Table | HpaFormat::Wide => {
            setup.messages.note(&snapshots::headline(id, &snapshot));
            let options = TableOptions {
                wide: args.output == HpaFormat::Wide,
                no_headers: args.no_headers,
                grouped: true,
                width: stdout::terminal_width(),
                style: setup.style,
                now,
            };
            if !hpas.is_empty() {
                setup.print_table(&hpas::table(&hpas, options))?;
            }
        }
        HpaFormat::Json => print_document(snapshots::document(id, &snapshot))?,
        HpaFormat::Yaml => print_document(snapshots::yaml(id, &snapshot))?,
        HpaFormat::Jsonl => print_document(snapshots::jsonl(id, &snapshot))?,
        HpaFormat::Csv => print_document(hpas::csv(&hpas, args.no_headers))?,
        HpaFormat::Name => print(hpas::names(&hpas).as_bytes())?,
    }
    Ok(exit)
}

pub(super) fn compare(global: &Global, args: &DiffArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    no_current(global)?;
    let everywhere = NamespaceArgs { namespace: Vec::new(), all_namespaces: true };
    let mut both = Vec::new();
    let mut damaged = false;
    for reference in [&args.before, &args.after] {
        let Resolved { id, mut snapshot, exit } = resolve(&setup, reference)?;
        narrow(global, &everywhere, &mut snapshot);
        damaged |= exit != Exit::Done;
        both.push((id, snapshot));
    }
    let [before, after] = &both[..] else { return Ok(Exit::Done) };
    let mut found = diff(&before.1, &after.1);
    if args.spec {
        found = found.only(Part::Spec);
    }
    match args.output {
        Description::Text => {
            let text = snapshots::diff(&found, before, after, setup.style);
            print(text.as_bytes())?;
        }
        Description::Json => print_document(snapshots::diff_json(&found, before, after))?,
        Description::Yaml => print_document(snapshots::diff_yaml(&found, before, after))?,
    }
    Ok(match args.exit_code {
        _ if damaged => Exit::Incomplete,
        true if !found.unknown.is_empty() => Exit::Incomplete,
        true if !found.is_empty() => Exit::Findings,
        _ => Exit::Done,
    })
}

pub(super) fn prune(global: &Global, args: &PruneArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    if global.current || !(global.context.is_empty() && global.cluster.is_empty()) {
        return Err(CommandError::usage(
            "snapshot prune deletes whole snapshots, with all their clusters: it takes no \
              --context, --cluster or --current",
        ));
    }
    let keep = args.keep.unwrap_or(setup.config.history.keep);
    if keep.is_zero() {
        return Err(CommandError::usage("history.keep is 0 (keep forever); pass --keep DUR"));
    }
    let mut store = open(&setup)?;
    let pruned = store.purge(ago(Timestamp::now(), keep)).map_err(CommandError::failed)?;
    let path = store.path().to_owned();
    // The last one that closes it writes the journal back.
    drop(store);
    if !global.quiet {
        let line = snapshots::pruned(pruned, history::size(&path));
        print(line.as_bytes())?;
    }
    Ok(Exit::Done)
}
