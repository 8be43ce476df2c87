//! `watchdog snapshot take`

use std::path::Path;
use std::time::{Duration, Instant};

use super::args::TakeArgs;
use crate::cli::args::{Description, Global};
use crate::cli::exit::Exit;
use crate::cli::setup::{Reading, Setup};
use crate::collect::{ClusterWorld, Deadline, Parts, Purpose, WorldRequest, collect_worlds};
use crate::history::{self, Lock, Snapshot, Store};
use crate::output::snapshots::{self, Taken};
use jiff::Timestamp;

/// How often somebody who waits for the lock looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(super) async fn take(global: &Global, args: &TakeArgs) -> Result<Exit, Exit> {
    let deadline = args.deadline.map(|limit| Deadline { at: Instant::now() + limit, limit });
    let setup = Setup::new(global)?;
    let path = if args.no_store { None } else { Some(super::path(&setup)?) };
    let lock = match &path {
        Some(path) => Some(locked(&setup, path, args, deadline.map(|deadline| deadline.at)).await?),
        None => None,
    };
    let reading = Reading::with(global, setup).await?;
    let setup = &reading.setup;
    let request = WorldRequest {
        namespaces: reading.namespaces(&args.namespaces),
        label_selector: args.selector.clone(),
        name: None,
        parts: Parts { targets: true, ..Parts::default() },
        purpose: Purpose::Record,
        deadline,
    };
    let start = Instant::now();
    let taken_at = Timestamp::now();
    let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(|error| setup.misused(&error))?;
    reading.done();
    let exit = reading.report_outcomes(worlds.iter().map(|world| &world.outcome));
    let snapshot = snapshot(taken_at, &request, worlds);

    let stored = path.as_ref().map(|path| store(setup, path, &snapshot, args));
    // What was read is worth having, whatever became of the database.
    let id = stored.and_then(Result::ok);
    let mut failed = id.is_none() && path.is_some();
    if let Some(file) = &args.to {
        let document = snapshots::document(id, &snapshot).map_err(|error| setup.failed(&error))?;
        failed |= super::write_file(setup, file, &document).is_err();
    }
    match args.output {
        Description::Json => setup.print_document(snapshots::document(id, &snapshot))?,
        Description::Yaml => setup.print_document(snapshots::yaml(id, &snapshot))?,
        // Under cron, what is printed is mailed.
        Description::Text if global.quiet || failed => {}
        Description::Text => {
            let took = start.elapsed();
            let line =
                snapshots::taken(&Taken { id, snapshot: &snapshot, took, to: args.to.as_deref() });
            setup.print(line.as_bytes())?;
        }
    }
    drop(lock);
    Ok(if failed { Exit::Failed } else { exit })
}

/// Takes the lock, waiting for it if that is asked for.
async fn locked(
    setup: &Setup,
    path: &Path,
    args: &TakeArgs,
    deadline: Option<Instant>,
) -> Result<Lock, Exit> {
    let until = Instant::now() + args.wait.unwrap_or_default();
    let until = deadline.map_or(until, |deadline| until.min(deadline));
    loop {
        let holder = match Lock::take(path, Timestamp::now()) {
            Ok(Ok(lock)) => return Ok(lock),
            Ok(Err(holder)) => holder,
            Err(error) => return Err(setup.failed(&error)),
        };
        if Instant::now() >= until {
            let waited = match args.wait {
                Some(wait) => format!(" (waited {})", crate::config::duration::format(wait)),
                None => String::new(),
            };
            let text = format!("another run is taking a snapshot: {}{waited}", holder.0);
            return Err(setup.failed(&text));
        }
        tokio::time::sleep(LOOK_AGAIN.min(until.saturating_duration_since(Instant::now()))).await;
    }
}

/// Stores the snapshot and forgets what is too old; its number. On failure the user has been told.
fn store(setup: &Setup, path: &Path, snapshot: &Snapshot, args: &TakeArgs) -> Result<i64, Exit> {
    let failed = |error: history::Error| setup.failed(&error);
    let mut store = Store::open(path).map_err(failed)?;
    let id = store.store(snapshot).map_err(failed)?;
    let keep = args.keep.unwrap_or(setup.config.history.keep);
    if !keep.is_zero() {
        let before = snapshot.taken_at.checked_sub(keep).unwrap_or(Timestamp::MIN);
        // This one is stored all the same; the next run tries again.
        if let Err(error) = store.prune(before) {
            setup.messages.note(&format!("old snapshots stay: {error}"));
        }
    }
    Ok(id)
}

fn snapshot(taken_at: Timestamp, request: &WorldRequest, worlds: Vec<ClusterWorld>) -> Snapshot {
    let recorded = |world: &ClusterWorld| {
        let no_past = |_: &_| Err("not asked for".to_owned());
        super::recorded(&world.world.subjects(taken_at, &no_past)).collect::<Vec<_>>()
    };
    Snapshot {
        // As exact as the database keeps it, so that the file and the database agree.
        taken_at: Timestamp::from_millisecond(taken_at.as_millisecond()).unwrap_or(taken_at),
        scope: super::scope(&request.namespaces, request.label_selector.as_deref()),
        hpas: worlds.iter().flat_map(recorded).collect(),
        clusters: worlds.into_iter().map(|world| super::outcome(world.outcome)).collect(),
    }
}
