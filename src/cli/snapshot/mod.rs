//! `watchdog snapshot take | list | show | diff | prune | export`

mod args;
mod export;
pub(super) mod file;
mod take;

use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub(super) use args::SnapshotCommand;
use args::{DiffArgs, ListArgs, PruneArgs, ShowArgs};
pub(super) use file::write_file;

use super::args::{Description, Global, HpaFormat, Listing, NamespaceArgs};
use super::exit::Exit;
use super::judge::{judge, worlds};
use super::setup::Setup;
use crate::collect::{NamespaceFilter, Outcome};
use crate::findings::Subject;
use crate::history::{
    self, ClusterOutcome, Losses, Part, Recorded, Reference, Scope, Snapshot, Store, diff,
};
use crate::hpa::Hpa;
use crate::output::hpas::{self, TableOptions};
use crate::output::{Document, snapshots};
use crate::term::stdout;

pub(super) async fn run(global: &Global, command: SnapshotCommand) -> Exit {
    let result = match command {
        SnapshotCommand::Take(args) => take::take(global, &args).await,
        SnapshotCommand::List(args) => list(global, &args),
        SnapshotCommand::Show(args) => show(global, &args),
        SnapshotCommand::Diff(args) => compare(global, &args),
        SnapshotCommand::Prune(args) => prune(global, &args),
        SnapshotCommand::Export(args) => export::export(global, &args),
    };
    result.unwrap_or_else(|exit| exit)
}

/// Where the database is.
pub(super) fn path(setup: &Setup) -> Result<PathBuf, Exit> {
    history::path(setup.config.history.path.as_deref(), &history::Env::current())
        .map_err(|error| setup.failed(&error))
}

/// Opens the database to read it.
pub(super) fn open(setup: &Setup) -> Result<Store, Exit> {
    Store::open_existing(&path(setup)?).map_err(|error| setup.failed(&error))
}

/// Says what of the history is damaged, and so was left out of what was read from it, if anything:
/// then that is not all.
pub(super) fn report_losses(setup: &Setup, store: &Store) -> Exit {
    report(setup, store.path(), &store.take_losses())
}

fn report(setup: &Setup, path: &Path, losses: &Losses) -> Exit {
    if losses.is_empty() {
        return Exit::Done;
    }
    setup.messages.error(&losses.sentence(path));
    Exit::Incomplete
}

/// The time that long ago.
pub(super) fn ago(now: Timestamp, duration: std::time::Duration) -> Timestamp {
    now.checked_sub(duration).unwrap_or(Timestamp::MIN)
}

/// A snapshot that was meant.
struct Resolved {
    /// Its number, where it has one.
    id: Option<i64>,
    snapshot: Snapshot,
    /// Whether all of it could be read.
    exit: Exit,
}

/// Finds and reads the snapshot that is meant.
fn resolve(setup: &Setup, reference: &Reference) -> Result<Resolved, Exit> {
    let moment = match reference {
        Reference::File(path) => {
            let failed = |why: String| setup.failed(&format!("{}: {why}", path.display()));
            let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
            let snapshot = snapshots::read(&bytes).map_err(failed)?;
            return Ok(Resolved { id: None, snapshot, exit: Exit::Done });
        }
        Reference::Stored(moment) => *moment,
    };
    let store = open(setup)?;
    let failed = |error: history::Error| setup.failed(&error);
    let found = store.find(moment, Timestamp::now()).map_err(failed)?;
    let snapshot = match found {
        Some(id) => store.snapshot(id).map_err(failed)?,
        None => None,
    };
    let exit = report_losses(setup, &store);
    let Some(snapshot) = snapshot else {
        return Err(setup.failed(&format!(
            "no such snapshot: {} (watchdog snapshot list shows which exist)",
            snapshots::name(moment)
        )));
    };
    Ok(Resolved { id: found, snapshot, exit })
}

fn list(global: &Global, args: &ListArgs) -> Result<Exit, Exit> {
    let setup = Setup::new(global)?;
    no_current(&setup, global)?;
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
    let mut found = found.map_err(|error| setup.failed(&error))?;
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
        Listing::Json => setup.print_document(document.json())?,
        Listing::Yaml => setup.print_document(document.yaml())?,
        Listing::Name => {
            let lines: String = found.iter().map(|it| format!("{}\n", it.id)).collect();
            setup.print(lines.as_bytes())?;
        }
    }
    if found.is_empty() {
        setup.messages.note("no snapshot found");
    } else if more {
        setup.messages.note(&format!("the newest {limit}; --limit 0 shows all"));
    }
    Ok(exit)
}

fn show(global: &Global, args: &ShowArgs) -> Result<Exit, Exit> {
    let setup = Setup::new(global)?;
    no_current(&setup, global)?;
    let Resolved { id, mut snapshot, exit } = resolve(&setup, &args.snapshot)?;
    narrow(global, &args.namespaces, &mut snapshot);
    // Ages and states as they were then.
    let now = snapshot.taken_at;
    let worlds = worlds(snapshot.hpas.iter().map(|recorded| recorded.hpa.clone()).collect());
    let hpas = judge(&worlds, now);
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
        HpaFormat::Json => setup.print_document(snapshots::document(id, &snapshot))?,
        HpaFormat::Yaml => setup.print_document(snapshots::yaml(id, &snapshot))?,
        HpaFormat::Jsonl => setup.print_document(snapshots::jsonl(id, &snapshot))?,
        HpaFormat::Csv => setup.print_document(hpas::csv(&hpas, args.no_headers))?,
        HpaFormat::Name => setup.print(hpas::names(&hpas).as_bytes())?,
    }
    Ok(exit)
}

/// Leaves what the flags mean; without any, all that the snapshot has.
fn narrow(global: &Global, namespaces: &NamespaceArgs, snapshot: &mut Snapshot) {
    let wanted = &namespaces.namespace;
    snapshot.hpas.retain(|recorded| {
        covers(global, &recorded.hpa)
            && (wanted.is_empty() || wanted.iter().any(|it| it.matches(&recorded.hpa.namespace)))
    });
    snapshot.clusters.retain(|cluster| chosen(global, &cluster.name, &cluster.context));
}

fn covers(global: &Global, hpa: &Hpa) -> bool {
    chosen(global, &hpa.cluster, &hpa.context)
}

/// What was is read without a kubeconfig, which alone says which context is the current one.
pub(super) fn no_current(setup: &Setup, global: &Global) -> Result<(), Exit> {
    if global.current {
        return Err(setup.misused(
            &"snapshots do not say which context is the current one: say --context or --cluster, \
              not --current",
        ));
    }
    Ok(())
}

/// Whether `--cluster` and `--context` mean this cluster; without either, every one.
pub(super) fn chosen(global: &Global, cluster: &str, context: &str) -> bool {
    let Global { cluster: clusters, context: contexts, .. } = global;
    (clusters.is_empty() && contexts.is_empty())
        || clusters.iter().any(|pattern| pattern.matches(cluster))
        || contexts.iter().any(|pattern| pattern.matches(context))
}

fn compare(global: &Global, args: &DiffArgs) -> Result<Exit, Exit> {
    let setup = Setup::new(global)?;
    no_current(&setup, global)?;
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
            setup.print(text.as_bytes())?;
        }
        Description::Json => setup.print_document(snapshots::diff_json(&found, before, after))?,
        Description::Yaml => setup.print_document(snapshots::diff_yaml(&found, before, after))?,
    }
    Ok(match args.exit_code {
        _ if damaged => Exit::Incomplete,
        true if !found.unknown.is_empty() => Exit::Incomplete,
        true if !found.is_empty() => Exit::Findings,
        _ => Exit::Done,
    })
}

fn prune(global: &Global, args: &PruneArgs) -> Result<Exit, Exit> {
    let setup = Setup::new(global)?;
    if global.current || !(global.context.is_empty() && global.cluster.is_empty()) {
        return Err(setup.misused(
            &"snapshot prune deletes whole snapshots, with all their clusters: it takes no \
              --context, --cluster or --current",
        ));
    }
    let keep = args.keep.unwrap_or(setup.config.history.keep);
    if keep.is_zero() {
        return Err(setup.misused(&"history.keep is 0, for ever: say --keep DUR"));
    }
    let mut store = open(&setup)?;
    let pruned = store.purge(ago(Timestamp::now(), keep)).map_err(|error| setup.failed(&error))?;
    let path = store.path().to_owned();
    // The last one that closes it writes the journal back.
    drop(store);
    if !global.quiet {
        let line = snapshots::pruned(pruned, history::size(&path));
        setup.print(line.as_bytes())?;
    }
    Ok(Exit::Done)
}

/// What a snapshot was asked to hold.
pub(super) fn scope(namespaces: &NamespaceFilter, selector: Option<&str>) -> Scope {
    let (namespaces, excluded) = match namespaces {
        NamespaceFilter::All => (Vec::new(), Vec::new()),
        NamespaceFilter::Default(config) => (Vec::new(), config.exclude.clone()),
        NamespaceFilter::Only(patterns) => (patterns.clone(), Vec::new()),
    };
    Scope { namespaces, excluded, selector: selector.map(str::to_owned) }
}

/// What there is to say where [`Pruned::held`](crate::history::Pruned::held).
pub(super) const HELD: &str = "old snapshots stay for now: the latest are dated so long after \
    them that the clock may be wrong; snapshot prune deletes them at once";

/// What is kept of HPAs that were read.
pub(super) fn recorded<'a>(subjects: &'a [Subject<'_>]) -> impl Iterator<Item = Recorded> + 'a {
    subjects.iter().map(|subject| {
        let target = subject.target.as_ref().ok().copied();
        let recorded = Recorded::new(subject.hpa.clone(), target.flatten());
        Recorded { workload_missing: target == Some(None), ..recorded }
    })
}

/// A cluster's outcome as a snapshot keeps it.
pub(super) fn outcome(outcome: Outcome) -> ClusterOutcome {
    ClusterOutcome {
        name: outcome.name,
        context: outcome.context,
        server: outcome.server,
        error: outcome.error.map(|failure| (failure.kind, failure.message)),
        duration: outcome.duration,
    }
}
