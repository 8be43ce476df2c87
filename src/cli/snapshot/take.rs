//! `watchdog snapshot take`

use std::path::PathBuf;
use std::time::Instant;

use jiff::Timestamp;

use super::args::TakeArgs;
use crate::cli::absent::Named as Absence;
use crate::cli::database;
use crate::cli::emit::emit_text;
use crate::cli::error::CommandError;
use crate::cli::exit::Exit;
use crate::cli::flags::{Description, Global};
use crate::cli::print::write_file;
use crate::cli::setup::{Reading, Setup};
use crate::collect::{Parts, Purpose, WorldRequest, collect_worlds, snapshot};
use crate::config::Scope;
use crate::history::{Attempt, Lock, LockError, LockWait, Moment, Named, Store};
use crate::hpa::HpaNames;
use crate::kubectl::Deadline;
use crate::output::snapshots::{self, Taken};
use crate::term::json;

pub(super) async fn take(global: &Global, args: &TakeArgs) -> Result<Exit, CommandError> {
    let setup = Setup::new(global)?;
    let mut failed = false;
    // A snapshot that is also output is worth taking even if the database fails.
    let is_output = args.to.is_some() || args.output != Description::Text;
    let mut locked = None;
    if !args.no_store {
        match lock(&setup, args, global.deadline).await {
            Ok(lock) => locked = Some(lock),
            Err(LockError::History(error)) if is_output => {
                setup.messages.error(&error.to_string());
                failed = true;
            }
            Err(error) => return Err(CommandError::failed(error)),
        }
    }
    let reading = Reading::with(global, setup).await?;
    let setup = &reading.setup;
    let request = WorldRequest {
        scope: reading.scope().with_selector(args.selector.clone()),
        names: HpaNames::default(),
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
    let namespaces = reading
        .named_namespaces(
            &request.scope,
            worlds.iter().flat_map(|it| &it.world.hpas).map(|hpa| hpa.namespace.as_str()),
            worlds.iter().map(|world| &world.outcome),
        )
        .await;
    let exit = reading.report_outcomes(worlds.iter().map(|world| &world.outcome));
    let is_empty = worlds.iter().all(|world| world.world.hpas.is_empty());
    let is_missing = matches!(&namespaces, Absence::Missing(_)) && is_empty;
    let exit = namespaces.report(&reading, exit);
    if is_missing && !was_there(locked.as_ref(), &request.scope) {
        setup.messages.note("nothing stored");
        return Ok(exit);
    }
    let mut named = Named { id: None, snapshot: snapshot(taken_at, &request.scope, worlds) };

    if let Some((path, _lock)) = &locked {
        let keep = args.keep.unwrap_or(setup.config.history.keep);
        let stored =
            Store::open(path).and_then(|mut store| store.store_and_prune(&named.snapshot, keep));
        match stored {
            Ok(stored) => {
                named.id = Some(stored.id);
                stored.note.iter().for_each(|note| setup.messages.note(note));
            }
            Err(error) => {
                setup.messages.error(&error.to_string());
                failed = true;
            }
        }
    }
    let document = snapshots::document(&named);
    if let Some(file) = &args.to {
        let bytes = json::pretty(&document).map_err(CommandError::failed)?;
        if let Err(error) = write_file(file, &bytes) {
            error.report(setup.messages);
            failed = true;
        }
    }
    emit_text(args.output, &document, || {
        // Cron mails all output: print no summary with `--quiet` or after a failure.
        if global.quiet || failed {
            return String::new();
        }
        snapshots::taken(&Taken { named: &named, took: start.elapsed(), to: args.to.as_deref() })
    })?;
    drop(locked);
    Ok(if failed { Exit::Failed } else { exit })
}

/// Whether the last snapshot has HPAs of these namespaces: then they have been deleted since, which is worth storing.
/// Otherwise their names are misspelled.
fn was_there(locked: Option<&(PathBuf, Lock)>, scope: &Scope) -> bool {
    let Some((path, _)) = locked else { return false };
    let last = Store::open_existing(path)
        .and_then(|store| store.named(Moment::Latest(0), Timestamp::now()));
    last.is_ok_and(|last| last.snapshot.hpas.iter().any(|it| scope.covers(&it.hpa.namespace)))
}

/// The path of the database, and a lock against other runs.
async fn lock(
    setup: &Setup,
    args: &TakeArgs,
    deadline: Option<Deadline>,
) -> Result<(PathBuf, Lock), LockError> {
    let path = database::path(setup)?;
    let until = Instant::now() + args.wait.unwrap_or_default();
    let until = deadline.map_or(until, |deadline| deadline.or(until));
    let wait = LockWait::new(path.clone(), args.wait, until);
    loop {
        match wait.attempt(Timestamp::now(), Instant::now())? {
            Attempt::Locked(lock) => return Ok((path, lock)),
            Attempt::Later(pause) => tokio::time::sleep(pause).await,
        }
    }
}
