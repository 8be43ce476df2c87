//! `watchdog snapshot take`

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::args::TakeArgs;
use super::record::HELD;
use crate::cli::database;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::{Description, Global};
use crate::cli::print::{print, print_document, write_file};
use crate::cli::setup::{Reading, Setup};
use crate::collect::{Parts, Purpose, WorldRequest, collect_worlds, snapshot};
use crate::history::{self, Holder, Lock, Pruned, Snapshot, Store};
use crate::kubectl::Deadline;
use crate::output::snapshots::{self, Taken};
use jiff::Timestamp;

/// How often somebody who waits for the lock looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// How long whoever has just taken the lock has to give a name, and how often that is looked for: two
/// lines of a crontab start in the same moment.
const NAMING: Duration = Duration::from_secs(1);
const LOOK_FOR_NAME: Duration = Duration::from_millis(10);

pub(super) async fn take(global: &Global, args: &TakeArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let place = if args.no_store { Ok(None) } else { place(&setup, args, global.deadline).await };
    // What is read is worth having, whatever becomes of the database.
    let wanted = args.to.is_some() || args.output != Description::Text;
    let place = match place {
        Ok(place) => Ok(place),
        Err(NoPlace::Unusable(error)) if wanted => Err(error.report(setup.messages)),
        Err(NoPlace::Held(error) | NoPlace::Unusable(error)) => return Err(error),
    };
    let reading = Reading::with(global, setup).await?;
    let setup = &reading.setup;
    let request = WorldRequest {
        scope: reading.scope(&args.namespaces).with_selector(args.selector.clone()),
        name: None,
        parts: Parts { targets: true, ..Parts::default() },
        purpose: Purpose::Record,
    };
    let start = Instant::now();
    let taken_at = Timestamp::now();
    let worlds = collect_worlds(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    reading.note_twins(worlds.iter().flat_map(|world| &world.world.hpas));
    let exit = reading.report_outcomes(worlds.iter().map(|world| &world.outcome));
    let snapshot = snapshot(taken_at, &request.scope, worlds);

    let stored = match &place {
        Ok(Some((path, _lock))) => store(setup, path, &snapshot, args)
            .map(Some)
            .map_err(|error| error.report(setup.messages)),
        Ok(None) => Ok(None),
        Err(exit) => Err(*exit),
    };
    let mut failed = stored.is_err();
    let id = stored.unwrap_or_default();
    if let Some(file) = &args.to {
        let document = snapshots::document(id, &snapshot).map_err(CommandError::failed)?;
        if let Err(error) = write_file(file, &document) {
            error.report(setup.messages);
            failed = true;
        }
    }
    match args.output {
        Description::Json => print_document(snapshots::document(id, &snapshot))?,
        Description::Yaml => print_document(snapshots::yaml(id, &snapshot))?,
        // Under cron, what is printed is mailed.
        Description::Text if global.quiet || failed => {}
        Description::Text => {
            let took = start.elapsed();
            let line =
                snapshots::taken(&Taken { id, snapshot: &snapshot, took, to: args.to.as_deref() });
            print(line.as_bytes())?;
        }
    }
    drop(place);
    Ok(if failed { Exit::Failed } else { exit })
}

/// Why nothing can be stored.
enum NoPlace {
    /// Somebody else takes a snapshot.
    Held(CommandError),
    /// It cannot be written there, or there is no place at all.
    Unusable(CommandError),
}

/// Where the database is, locked; waits for the lock if that is asked for.
async fn place(
    setup: &Setup,
    args: &TakeArgs,
    deadline: Option<Deadline>,
) -> Result<Option<(PathBuf, Lock)>, NoPlace> {
    let path = database::path(setup).map_err(NoPlace::Unusable)?;
    let until = Instant::now() + args.wait.unwrap_or_default();
    let until = deadline.map_or(until, |deadline| deadline.or(until));
    loop {
        let holder = match Lock::take(&path, Timestamp::now()) {
            Ok(Ok(lock)) => return Ok(Some((path, lock))),
            Ok(Err(holder)) => holder,
            Err(error) => return Err(NoPlace::Unusable(CommandError::failed(error))),
        };
        let now = Instant::now();
        let given_up = now >= until;
        // Somebody without a name may also end in the meantime.
        if given_up && (holder != Holder::Unknown || now >= until + NAMING) {
            let waited = match args.wait {
                Some(wait) => format!(" (waited {})", crate::config::duration::format(wait)),
                None => String::new(),
            };
            let text = format!("another run is taking a snapshot: {holder}{waited}");
            return Err(NoPlace::Held(CommandError::failed(text)));
        }
        let left = until.saturating_duration_since(now);
        tokio::time::sleep(if given_up { LOOK_FOR_NAME } else { LOOK_AGAIN.min(left) }).await;
    }
}

/// Stores the snapshot and forgets what is too old; its number.
fn store(
    setup: &Setup,
    path: &Path,
    snapshot: &Snapshot,
    args: &TakeArgs,
) -> Result<i64, CommandError> {
    let failed = |error: history::Error| CommandError::failed(error);
    let mut store = Store::open(path).map_err(failed)?;
    let id = store.store(snapshot).map_err(failed)?;
    let keep = args.keep.unwrap_or(setup.config.history.keep);
    if !keep.is_zero() {
        let before = snapshot.taken_at.checked_sub(keep).unwrap_or(Timestamp::MIN);
        // This one is stored all the same; the next run tries again.
        match store.prune(before) {
            Ok(Pruned { held: true, .. }) => setup.messages.note(HELD),
            Ok(_) => {}
            Err(error) => setup.messages.note(&format!("old snapshots stay: {error}")),
        }
    }
    Ok(id)
}
