//! `watchdog snapshot take`

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::args::TakeArgs;
use crate::cli::args::{Description, Global};
use crate::cli::exit::Exit;
use crate::cli::setup::{Reading, Setup};
use crate::collect::{Collected, HpaRequest, Scaled, collect_with_targets};
use crate::history::{self, Lock, Recorded, Snapshot, Store};
use crate::output::snapshots::{self, Taken};

/// How often somebody who waits for the lock looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

pub(super) async fn take(global: &Global, args: &TakeArgs) -> Result<Exit, Exit> {
    let deadline = args.deadline.map(|limit| (Instant::now() + limit, limit));
    let setup = Setup::new(global)?;
    let path = if args.no_store { None } else { Some(super::path(&setup)?) };
    let lock = match &path {
        Some(path) => Some(locked(&setup, path, args, deadline.map(|(at, _)| at)).await?),
        None => None,
    };
    let reading = Reading::with(global, setup).await?;
    let setup = &reading.setup;
    let request = HpaRequest {
        namespaces: reading.namespaces(&args.namespaces),
        label_selector: args.selector.clone(),
        name: None,
    };
    let start = Instant::now();
    let taken_at = Timestamp::now();
    let collected = collect_with_targets(&reading.collector, &reading.clusters, &request, deadline)
        .await
        .map_err(|error| setup.misused(&error))?;
    reading.done();
    let exit = reading.report(&collected);
    let snapshot = snapshot(taken_at, &request, collected);

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
        tokio::time::sleep_until(until.min(Instant::now() + LOOK_AGAIN)).await;
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

fn snapshot(taken_at: Timestamp, request: &HpaRequest, collected: Collected<Scaled>) -> Snapshot {
    let recorded = |scaled: Scaled| Recorded::new(scaled.hpa, scaled.target.as_ref());
    Snapshot {
        // As exact as the database keeps it, so that the file and the database agree.
        taken_at: Timestamp::from_millisecond(taken_at.as_millisecond()).unwrap_or(taken_at),
        scope: super::scope(&request.namespaces, request.label_selector.as_deref()),
        clusters: collected.clusters.into_iter().map(super::outcome).collect(),
        hpas: collected.items.into_iter().map(recorded).collect(),
    }
}
