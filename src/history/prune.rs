//! Deletes old snapshots.
//!
//! A clock may be wrong for a while. Snapshots are numbered in the order in which they were
//! stored, and their times are trusted only as far as that does no harm: a clock that is far ahead
//! deletes nothing for a day, and a snapshot dated in the future is deleted once a snapshot stored
//! after it is too old.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::contents::{self, Entry, Head, NONE};
use super::error::{Error, Work, is_full};
use super::location;
use super::schema::Store;
use super::snapshot::Snapshot;
use super::write;

/// The result of [`Store::prune`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The number of snapshots that were deleted.
    pub snapshots: usize,
    /// The number of snapshots that are left.
    pub left: usize,
    /// Nothing was deleted, because the clock may be wrong.
    pub held: bool,
}

/// The note for users if [`Pruned::held`].
pub const RETENTION_PAUSED: &str = "old snapshots kept: the newest is dated suspiciously far ahead (is \
    the clock right?); snapshot prune deletes them anyway";

/// A snapshot that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its number.
    pub id: i64,
    /// Why old snapshots were not deleted.
    pub note: Option<String>,
}

/// One day, in milliseconds. A longer step between snapshots is suspicious, until the snapshots
/// after it span a day as well.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Pages that are given back to the disk at once: some milliseconds in which no other process can
/// write.
const PORTION: i64 = 512;

/// The time for giving pages back after storing a snapshot; the next run continues.
const PATIENCE: Duration = Duration::from_secs(1);

impl Store {
    /// Deletes the snapshots that were taken before `before`, and the data that only they used.
    /// The newest one always stays. Meant for after a snapshot was stored: if it is dated much
    /// later than the one before it, nothing is deleted for a day ([`Pruned::held`]).
    pub fn prune(&mut self, before: Timestamp) -> Result<Pruned, Error> {
        let path = self.path.clone();
        self.try_prune(before, true, Some(PATIENCE))
            .map_err(|error| location::failed(&path, error).during(Work::Deleting))
    }

    /// Stores a snapshot, and deletes those that are more than `keep` older, unless `keep` is
    /// zero. The snapshot is stored even if deleting fails: the next run tries again.
    pub fn store_and_prune(
        &mut self,
        snapshot: &Snapshot,
        keep: Duration,
    ) -> Result<Stored, Error> {
        let id = self.store(snapshot)?;
        let mut note = None;
        if !keep.is_zero() {
            let before = snapshot.taken_at.checked_sub(keep).unwrap_or(Timestamp::MIN);
            note = match self.prune(before) {
                Ok(Pruned { held: true, .. }) => Some(RETENTION_PAUSED.to_owned()),
                Ok(_) => None,
                Err(error) => Some(format!("old snapshots stay: {error}")),
            };
        }
        Ok(Stored { id, note })
    }

    /// Like [`Store::prune`], for an explicit request: always deletes, and gives all free pages
    /// back to the disk, however long that takes.
    pub fn purge(&mut self, before: Timestamp) -> Result<Pruned, Error> {
        let path = self.path.clone();
        self.try_prune(before, false, None)
            .map_err(|error| location::failed(&path, error).during(Work::Deleting))
    }

    fn try_prune(
        &mut self,
        before: Timestamp,
        careful: bool,
        patience: Option<Duration>,
    ) -> rusqlite::Result<Pruned> {
        let before = before.as_millisecond();
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut kept = Kept::read(&transaction, before)?;
        let held = careful && kept.is_doubtful();
        let snapshots = if held { 0 } else { kept.forget(&transaction)? };
        let left = kept.count();
        transaction.commit()?;
        match give_back(&self.connection, patience) {
            // Another process keeps writing, or the disk is too full to move pages. The snapshots
            // are deleted anyway, and the next run gives the pages back.
            Err(error) if may_pass(&error) => {}
            given => given?,
        }
        Ok(Pruned { snapshots, left, held })
    }
}

/// Whether the cause is another writer or a full disk.
fn may_pass(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|it| it.code == ErrorCode::DatabaseBusy || is_full(*it))
}

/// All buckets, with the snapshots of those that may have some to delete.
struct Kept {
    buckets: Vec<Bucket>,
    before: i64,
}

struct Bucket {
    head: Head,
    /// Whether the bucket before this one is missing or damaged.
    after_gap: bool,
    /// The snapshots; `None` if none is to be deleted, or the bucket is damaged.
    entries: Option<Vec<Entry>>,
}

impl Kept {
    fn read(transaction: &Transaction<'_>, before: i64) -> rusqlite::Result<Self> {
        let sql = format!("SELECT {} FROM bucket ORDER BY id", contents::COLUMNS);
        let mut heads = transaction.prepare(&sql)?;
        let heads: Vec<(Head, i64)> = heads
            .query_map([], |row| Ok((Head::from_row(row)?, row.get(6)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut buckets: Vec<Bucket> = Vec::new();
        for (head, _) in heads.into_iter().filter(|(head, sum)| head.sum() == *sum) {
            let last = buckets.last().map_or(NONE, |last| last.head.id);
            buckets.push(Bucket { after_gap: head.previous != last, head, entries: None });
        }
        let mut kept = Self { buckets, before };
        if let Some(last) = kept.buckets.last_mut() {
            last.read(transaction)?;
        }
        let future = kept.newest().map_or(i64::MAX, |newest| newest.at.saturating_add(DAY));
        for bucket in &mut kept.buckets {
            if bucket.entries.is_none()
                && (bucket.head.since < before || bucket.head.until > future)
            {
                bucket.read(transaction)?;
            }
        }
        Ok(kept)
    }

    fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.buckets.iter().flat_map(|bucket| bucket.entries.iter().flatten())
    }

    fn newest(&self) -> Option<&Entry> {
        self.buckets.last()?.entries.as_ref()?.last()
    }

    fn count(&self) -> usize {
        let count = |bucket: &Bucket| usize::try_from(bucket.head.snapshots).unwrap_or_default();
        self.buckets.iter().map(count).sum()
    }

    /// Whether the clock may have jumped: the snapshots to delete are followed by a step in time
    /// that is far longer than any step between them, less than a day ago.
    fn is_doubtful(&self) -> bool {
        let Some(newest) = self.newest() else { return false };
        let mut gone: Vec<i64> =
            self.entries().map(|entry| entry.at).filter(|at| *at < self.before).collect();
        gone.sort_unstable();
        let unread = self.buckets.iter().filter(|bucket| bucket.entries.is_none());
        let left = self.entries().map(|entry| entry.at).chain(unread.map(|it| it.head.since));
        let left = left.filter(|at| (self.before..=newest.at).contains(at)).min();
        let (Some(old), Some(left)) = (gone.last(), left) else { return false };
        let step = left.saturating_sub(*old);
        if step <= DAY || newest.at.saturating_sub(left) >= DAY {
            return false;
        }
        let steps = gone.iter().skip(1).zip(&gone).map(|(b, a)| b.saturating_sub(*a));
        steps.max().is_none_or(|usual| step / 2 > usual)
    }

    /// Deletes the old snapshots and returns their number.
    fn forget(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
        let Some((newest, time)) = self.newest().map(|it| (it.id, it.at)) else { return Ok(0) };
        let before = self.before;
        // A snapshot dated in the future is as old as those stored after it.
        let future = time.saturating_add(DAY);
        let old = self.entries().filter(|it| it.at < before).map(|it| it.id).max();
        let is_gone = |entry: &Entry| {
            let is_future = entry.at > future && old.is_some_and(|old| entry.id < old);
            entry.id < newest && (entry.at < before || is_future)
        };
        let count = self.count();
        let mut left: Vec<Bucket> = Vec::new();
        for mut bucket in std::mem::take(&mut self.buckets) {
            let head = &bucket.head;
            // A gap is reported for as long as the bucket after it exists.
            let last = left.last().map_or(NONE, |last| last.head.id);
            let previous = if bucket.after_gap { head.previous } else { last };
            let is_over = match &mut bucket.entries {
                Some(entries) => {
                    let all = entries.len();
                    entries.retain(|entry| !is_gone(entry));
                    if entries.len() < all {
                        let body = contents::encode(entries);
                        if let Some(now) = Head::of(head.id, previous, entries, &body) {
                            contents::store(transaction, &now, &body)?;
                            bucket.head = now;
                        }
                    }
                    entries.is_empty()
                }
                // A damaged bucket is deleted as a whole.
                None => head.until < before,
            };
            if is_over {
                // No other chunk depends on this one.
                transaction.execute("DELETE FROM bucket WHERE id = ?1", [bucket.head.id])?;
                transaction.execute("DELETE FROM chunk WHERE bucket = ?1", [bucket.head.id])?;
                continue;
            }
            if bucket.head.previous != previous {
                bucket.head.previous = previous;
                transaction.execute(
                    "UPDATE bucket SET previous = ?2, sum = ?3 WHERE id = ?1",
                    [bucket.head.id, previous, bucket.head.sum()],
                )?;
            }
            left.push(bucket);
        }
        self.buckets = left;
        let deleted = count.saturating_sub(self.count());
        let first = self.buckets.first().map_or(0, |first| first.head.id);
        // Run even if there is nothing to delete, so that a read-only database is reported.
        transaction.execute("DELETE FROM bucket WHERE id < ?1", [first])?;
        if deleted > 0 {
            // Other data is kept for as long as a bucket may refer to it.
            for table in ["chunk", "part", "cluster"] {
                transaction.execute(&format!("DELETE FROM {table} WHERE bucket < ?1"), [first])?;
            }
            let gone = transaction.execute("DELETE FROM hpa WHERE bucket < ?1", [first])?;
            let (latest, hpas) = write::state(transaction)?;
            if hpas != write::LOST {
                let hpas = hpas.saturating_sub(i64::try_from(gone).unwrap_or_default()).max(0);
                write::put_state(transaction, latest, hpas)?;
            }
        }
        Ok(deleted)
    }
}

impl Bucket {
    fn read(&mut self, transaction: &Transaction<'_>) -> rusqlite::Result<()> {
        self.entries = contents::read(transaction, self.head.id)?.map(|(_, entries)| entries);
        Ok(())
    }
}

/// Gives free pages back to the disk, in portions, so that other processes can write in between.
fn give_back(connection: &Connection, patience: Option<Duration>) -> rusqlite::Result<()> {
    let free = || -> rusqlite::Result<i64> {
        connection.pragma_query_value(None, "freelist_count", |row| row.get(0))
    };
    let start = Instant::now();
    let mut left = free()?;
    if left == 0 {
        return Ok(());
    }
    while left > 0 && patience.is_none_or(|patience| start.elapsed() < patience) {
        let portion = Instant::now();
        let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({PORTION})"))?;
        // The pragma frees one page per step.
        let mut rows = vacuum.raw_query();
        while rows.next()?.is_some() {}
        drop(rows);
        drop(vacuum);
        let now = free()?;
        if now >= left {
            break;
        }
        left = now;
        if left > 0 {
            std::thread::sleep(portion.elapsed());
        }
    }
    // The file shrinks when the journal is written back, unless a reader prevents that.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{count, minute, shop, snapshot, temporary};
    use super::super::{Moment, location};
    use super::*;

    const DAYS: i64 = 24 * 60;

    /// The numbers that are left.
    fn ids(store: &Store) -> Vec<i64> {
        let mut ids: Vec<i64> =
            store.snapshots(None, usize::MAX).unwrap().iter().map(|it| it.id).collect();
        ids.reverse();
        ids
    }

    /// As `snapshot take --keep 30d` does it.
    fn take(store: &mut Store, at: i64) -> Pruned {
        store.store(&snapshot(minute(at), shop()[..1].to_vec())).unwrap();
        store.prune(minute(at - 30 * DAYS)).unwrap()
    }

    #[test]
    fn pruning_forgets_what_only_the_old_needed() {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        let mut hpas = shop();
        let old = hpas.remove(0);
        store.store(&snapshot(minute(0), vec![old])).unwrap();
        for at in 1..200 {
            hpas[0].current_replicas = i32::try_from(at).unwrap();
            store.store(&snapshot(minute(at), hpas.clone())).unwrap();
        }
        let before = count(&store, "part");
        let pruned = store.prune(minute(150)).unwrap();
        assert_eq!(pruned, Pruned { snapshots: 150, left: 50, held: false });
        assert!(count(&store, "part") < before, "the spec of the first is gone");
        assert_eq!(count(&store, "hpa"), i64::try_from(hpas.len()).unwrap());
        let kept = store.snapshot(store.find(Moment::Latest(49), minute(300)).unwrap().unwrap());
        let kept = kept.unwrap().unwrap();
        assert_eq!((kept.taken_at, kept.hpas.len()), (minute(150), hpas.len()));
        assert!(kept.hpas.iter().any(|it| it.hpa.current_replicas == 150));
        // The newest stays, and numbers are not used again.
        assert_eq!(
            store.prune(minute(1000)).unwrap(),
            Pruned { snapshots: 49, left: 1, held: false }
        );
        assert_eq!(
            store.prune(minute(1000)).unwrap(),
            Pruned { snapshots: 0, left: 1, held: false }
        );
        assert_eq!(store.store(&snapshot(minute(1001), hpas)).unwrap(), 201);
    }

    #[test]
    fn the_disk_has_it_back() {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        for at in 0..70 {
            let mut hpas = shop()[..1].to_vec();
            hpas[0].labels.insert("filler".into(), format!("{at:04}").repeat(50_000));
            store.store(&snapshot(minute(at), hpas)).unwrap();
        }
        let pages = |store: &Store, what: &str| -> i64 {
            store.connection.pragma_query_value(None, what, |row| row.get(0)).unwrap()
        };
        store.connection.query_row("PRAGMA wal_checkpoint(FULL)", [], |_| Ok(())).unwrap();
        let before = std::fs::metadata(&path).unwrap().len();
        assert!(pages(&store, "page_count") > 4 * PORTION, "{}", pages(&store, "page_count"));
        store.prune(minute(65)).unwrap();
        assert_eq!(pages(&store, "freelist_count"), 0);
        let after = std::fs::metadata(&path).unwrap().len();
        assert!(after < before / 2, "{before} bytes, {after} after");
        // In time that is limited a part, and the rest later.
        drop(store);
        let store = Store::open(&path).unwrap();
        store.connection.execute("DELETE FROM part", []).unwrap();
        let free = pages(&store, "freelist_count");
        give_back(&store.connection, Some(Duration::ZERO)).unwrap();
        assert_eq!(pages(&store, "freelist_count"), free);
        give_back(&store.connection, None).unwrap();
        assert_eq!(pages(&store, "freelist_count"), 0);
        assert!(location::size(&path) < before);
    }

    /// Ten years ahead for two snapshots, with a wrong clock's retention.
    #[test]
    fn a_clock_far_ahead_deletes_nothing() {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        for at in 0..3 {
            assert!(!take(&mut store, at).held);
        }
        let far = 3650 * DAYS;
        assert_eq!(take(&mut store, far), Pruned { snapshots: 0, left: 4, held: true });
        assert!(take(&mut store, far + 5).held);
        assert!(!take(&mut store, 3).held);
        assert_eq!(ids(&store), [1, 2, 3, 4, 5, 6]);
        // They go with what was stored after them.
        assert_eq!(take(&mut store, 20 * DAYS).snapshots, 0);
        assert_eq!(take(&mut store, 35 * DAYS).snapshots, 6);
        assert_eq!(ids(&store), [7, 8]);
    }

    /// What really was that long ago goes a day later.
    #[test]
    fn after_a_long_pause() {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        take(&mut store, 0);
        take(&mut store, 5);
        assert!(take(&mut store, 90 * DAYS).held);
        assert!(take(&mut store, 90 * DAYS + 5).held);
        let pruned = take(&mut store, 91 * DAYS);
        assert_eq!(pruned, Pruned { snapshots: 2, left: 3, held: false });
        // Somebody who asks for it is not asked back.
        assert!(take(&mut store, 200 * DAYS).held);
        assert_eq!(store.purge(minute(199 * DAYS)).unwrap().left, 1);
        // And who always pauses that long means it.
        take(&mut store, 240 * DAYS);
        assert_eq!(take(&mut store, 280 * DAYS), Pruned { snapshots: 2, left: 1, held: false });
    }

    /// A machine that starts in 1970, until it has asked for the time.
    #[test]
    fn a_clock_far_behind_deletes_nothing() {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        for day in 0..3 {
            take(&mut store, day * DAYS);
        }
        for at in 0..3 {
            assert_eq!(take(&mut store, at - 20_000 * DAYS).snapshots, 0);
        }
        assert_eq!(take(&mut store, 3 * DAYS).snapshots, 3);
        assert_eq!(ids(&store), [1, 2, 3, 7]);
    }

    /// An early number that stays keeps no more than its own bucket.
    #[test]
    fn buckets_between_go() {
        let (_dir, path) = temporary();
        let mut store = Store::open(&path).unwrap();
        for at in std::iter::once(11 * DAYS + 10).chain(0..199).chain([11 * DAYS]) {
            store.store(&snapshot(minute(at), shop()[..1].to_vec())).unwrap();
        }
        assert_eq!(count(&store, "chunk"), 4);
        store.purge(minute(10 * DAYS)).unwrap();
        assert_eq!((ids(&store), count(&store, "chunk")), (vec![1, 201], 2));
        for id in [1, 201] {
            assert_eq!(store.snapshot(id).unwrap().unwrap().hpas.len(), 1);
        }
    }
}
