//! The step from the first version, which had no checksums, to the second.

use std::collections::BTreeMap;

use rusqlite::Transaction;

use super::contents::{self, Asked, Entry, Head, NONE, encode};
use super::sum;
use super::write::place_of;

/// In version 1, snapshots and outcomes were rows of their own, found through indexes. The result
/// of an index lookup cannot be verified, so now one row holds all of a bucket's.
const TABLES: &str = "
CREATE TABLE state (
    id INTEGER PRIMARY KEY,
    latest INTEGER NOT NULL,
    hpas INTEGER NOT NULL,
    sum INTEGER NOT NULL
);
CREATE TABLE bucket (
    id INTEGER PRIMARY KEY,
    previous INTEGER NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    snapshots INTEGER NOT NULL,
    body_sum INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    body BLOB NOT NULL
);
DROP INDEX hpa_name;
DROP INDEX hpa_uid;
ALTER TABLE cluster ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hpa ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE part ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chunk ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
UPDATE cluster SET sum = checksum('cluster', id, name, context, server);
UPDATE hpa SET sum = checksum('hpa', id, cluster, namespace, name, uid, bucket);
UPDATE part SET sum = checksum('part', id, body);
UPDATE chunk SET sum = checksum('chunk', bucket, hpa, body);
";

const LEFT: &str = "
DROP TABLE outcome;
DROP TABLE snapshot;
";

pub(super) fn add_checksums(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    sum::register(transaction)?;
    transaction.execute_batch(TABLES)?;
    let latest: i64 = transaction.query_row(
        "SELECT max(coalesce((SELECT max(id) FROM snapshot), 0),
             coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'snapshot'), 0))",
        [],
        |row| row.get(0),
    )?;
    let hpas: i64 = transaction.query_row("SELECT count(*) FROM hpa", [], |row| row.get(0))?;
    transaction.execute(
        "INSERT INTO state (id, latest, hpas, sum) VALUES (1, ?1, ?2, ?3)",
        [latest, hpas, sum::state(latest, hpas)],
    )?;
    let mut snapshots =
        transaction.prepare("SELECT id, taken_at, scope, hpas FROM snapshot ORDER BY id")?;
    let mut rows = snapshots.query([])?;
    let mut bucket: Vec<Entry> = Vec::new();
    let mut previous = NONE;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        if let Some(last) = bucket.last()
            && place_of(last.id).0 != place_of(id).0
        {
            previous = insert(transaction, previous, &std::mem::take(&mut bucket))?;
        }
        let asked = asked(transaction, id)?;
        let (at, scope, hpas) = (row.get(1)?, row.get(2)?, row.get(3)?);
        bucket.push(Entry { id, at, scope, hpas, asked });
    }
    insert(transaction, previous, &bucket)?;
    drop(rows);
    drop(snapshots);
    transaction.execute_batch(LEFT)
}

fn asked(transaction: &Transaction<'_>, snapshot: i64) -> rusqlite::Result<Vec<Asked>> {
    let mut found = transaction.prepare_cached(
        "SELECT position, cluster, duration, roster, kind, message FROM outcome
         WHERE snapshot = ?1",
    )?;
    let mut asked: BTreeMap<(i64, i64), Asked> = BTreeMap::new();
    let mut rows = found.query([snapshot])?;
    while let Some(row) = rows.next()? {
        let kind: Option<String> = row.get(4)?;
        let message: Option<i64> = row.get(5)?;
        let one = Asked {
            cluster: row.get(1)?,
            duration: row.get::<_, i64>(2)?.unsigned_abs(),
            roster: row.get(3)?,
            failure: kind.map(|kind| (kind, message.unwrap_or_default())),
        };
        asked.insert((row.get(0)?, one.cluster), one);
    }
    Ok(asked.into_values().collect())
}

/// Stores a bucket, and returns its number as the `previous` of the next one.
fn insert(
    transaction: &Transaction<'_>,
    previous: i64,
    entries: &[Entry],
) -> rusqlite::Result<i64> {
    let Some(first) = entries.first() else { return Ok(previous) };
    let (id, _) = place_of(first.id);
    let body = encode(entries);
    let Some(head) = Head::of(id, previous, entries, &body) else { return Ok(previous) };
    contents::store(transaction, &head, &body)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;
    use std::sync::Barrier;

    use rusqlite::{Connection, TransactionBehavior};

    use super::super::Store;
    use super::*;

    /// A database of the first version.
    fn first() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.db");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/history/v1.db");
        fs::copy(source, &path).unwrap();
        (dir, path)
    }

    fn is_whole(store: &Store) -> bool {
        let snapshots = store.snapshots(None, 10).unwrap().len();
        snapshots == 3 && store.snapshot(1).unwrap().is_some() && store.take_losses().is_empty()
    }

    #[test]
    fn several_may_come_at_the_same_time() {
        let (_dir, path) = first();
        let start = Barrier::new(6);
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..6)
                .map(|number| {
                    let (start, path) = (&start, &path);
                    scope.spawn(move || {
                        start.wait();
                        let open = if number % 2 == 0 { Store::open } else { Store::open_existing };
                        is_whole(&open(path).unwrap())
                    })
                })
                .collect();
            assert!(all.into_iter().all(|one| one.join().unwrap()));
        });
    }

    #[test]
    fn one_that_breaks_off_leaves_all_as_it_was() {
        let (_dir, path) = first();
        let version = |connection: &Connection| -> i64 {
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
        };
        let mut connection = Connection::open(&path).unwrap();
        let immediate = TransactionBehavior::Immediate;
        let transaction = connection.transaction_with_behavior(immediate).unwrap();
        add_checksums(&transaction).unwrap();
        drop(transaction);
        assert_eq!(version(&connection), 1);
        drop(connection);
        assert!(is_whole(&Store::open_existing(&path).unwrap()));
        assert_eq!(version(&Connection::open(&path).unwrap()), 2);
    }
}
