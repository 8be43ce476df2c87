//! The contents of a bucket: its snapshots, each with its scope and the outcome of each cluster.
//! They are one row per bucket, so a snapshot can only be lost with its whole bucket; each bucket
//! names the previous one, so a lost bucket is noticed.

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::codec::{Bytes, put, put_signed};
use super::schema::BUCKET;
use super::write::place_of;

/// A bucket without its contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: i64,
    /// The previous bucket, or [`NONE`].
    pub(super) previous: i64,
    /// The earliest and the latest time of its snapshots, in milliseconds.
    pub(super) since: i64,
    pub(super) until: i64,
    /// The number of snapshots.
    pub(super) snapshots: i64,
    /// The checksum of the bucket's body.
    pub(super) body_sum: i64,
}

/// The `previous` of the first bucket.
pub(super) const NONE: i64 = -1;

/// The columns of a [`Head`], and its checksum.
pub(super) const COLUMNS: &str = "id, previous, since, until, snapshots, body_sum, sum";

impl Head {
    /// Reads a head from the first of [`COLUMNS`].
    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            previous: row.get(1)?,
            since: row.get(2)?,
            until: row.get(3)?,
            snapshots: row.get(4)?,
            body_sum: row.get(5)?,
        })
    }

    /// The head of a bucket with these entries; `None` if there are none.
    pub(super) fn of(id: i64, previous: i64, entries: &[Entry], body: &[u8]) -> Option<Self> {
        let times = || entries.iter().map(|entry| entry.at);
        Some(Self {
            id,
            previous,
            since: times().min()?,
            until: times().max()?,
            snapshots: i64::try_from(entries.len()).ok()?,
            body_sum: super::sum::contents(id, body),
        })
    }

    /// The checksum of this head.
    pub(super) fn sum(&self) -> i64 {
        let Self { id, previous, since, until, snapshots, body_sum } = *self;
        super::sum::bucket([id, previous, since, until, snapshots, body_sum])
    }

    /// The first and the last number that the bucket's snapshots may have.
    pub(super) fn numbers(&self) -> (i64, i64) {
        let first = self.id.saturating_mul(BUCKET);
        (first.max(1), first.saturating_add(BUCKET - 1))
    }
}

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: i64,
    /// In milliseconds.
    pub(super) at: i64,
    /// The part that holds the snapshot's scope.
    pub(super) scope: i64,
    /// The number of HPAs.
    pub(super) hpas: u64,
    pub(super) asked: Vec<Asked>,
}

/// How the reading of a cluster went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// The cluster's number.
    pub(super) cluster: i64,
    /// In milliseconds.
    pub(super) duration: u64,
    /// The part that holds the numbers of the cluster's HPAs.
    pub(super) roster: i64,
    /// The kind of failure, and the part that holds its message.
    pub(super) failure: Option<(String, i64)>,
}

/// Encodes the snapshots of a bucket, which are in the order of their numbers.
pub(super) fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut time, mut last) = (0, 0);
    for entry in entries {
        let (_, offset) = place_of(entry.id);
        put(&mut out, offset - last);
        last = offset;
        put_signed(&mut out, entry.at.wrapping_sub(time));
        time = entry.at;
        put_signed(&mut out, entry.scope);
        put(&mut out, entry.hpas);
        put(&mut out, entry.asked.len() as u64);
        for asked in &entry.asked {
            put_signed(&mut out, asked.cluster);
            put(&mut out, asked.duration);
            put_signed(&mut out, asked.roster);
            let kind = asked.failure.as_ref().map_or("", |(kind, _)| kind);
            put(&mut out, kind.len() as u64);
            out.extend_from_slice(kind.as_bytes());
            if let Some((_, message)) = &asked.failure {
                put_signed(&mut out, *message);
            }
        }
    }
    out
}

/// Decodes the snapshots of a bucket; `None` if the bytes are invalid.
pub(super) fn decode(bucket: i64, body: &[u8]) -> Option<Vec<Entry>> {
    let mut from = Bytes(body);
    let mut entries = Vec::new();
    let first = bucket.checked_mul(BUCKET)?;
    let (mut time, mut offset) = (0_i64, 0_i64);
    while !from.0.is_empty() {
        offset = offset.checked_add(i64::try_from(from.number()?).ok()?)?;
        time = time.wrapping_add(from.signed()?);
        let scope = from.signed()?;
        let hpas = from.number()?;
        let count = from.count()?;
        let mut asked = Vec::with_capacity(count);
        for _ in 0..count {
            let cluster = from.signed()?;
            let duration = from.number()?;
            let roster = from.signed()?;
            let length = from.count()?;
            let kind = std::str::from_utf8(from.bytes(length)?).ok()?;
            let failure =
                if kind.is_empty() { None } else { Some((kind.to_owned(), from.signed()?)) };
            asked.push(Asked { cluster, duration, roster, failure });
        }
        let id = first.checked_add(offset)?;
        let is_in_order = entries.last().is_none_or(|it: &Entry| it.id < id);
        if offset >= BUCKET || !is_in_order {
            return None;
        }
        entries.push(Entry { id, at: time, scope, hpas, asked });
    }
    Some(entries)
}

/// Reads a bucket with its contents; `None` if it is missing or damaged.
pub(super) fn read(
    transaction: &Transaction<'_>,
    id: i64,
) -> rusqlite::Result<Option<(Head, Vec<Entry>)>> {
    let Some((head, sum, body)) = transaction
        .prepare_cached(&format!("SELECT {COLUMNS}, body FROM bucket WHERE id = ?1"))?
        .query_row([id], |row| {
            Ok((Head::from_row(row)?, row.get::<_, i64>(6)?, row.get::<_, Vec<u8>>(7)?))
        })
        .optional()?
    else {
        return Ok(None);
    };
    let good = head.sum() == sum && head.body_sum == super::sum::contents(id, &body);
    let entries = if good { decode(id, &body) } else { None };
    Ok(entries.map(|entries| (head, entries)))
}

/// Stores a bucket.
pub(super) fn store(
    transaction: &Transaction<'_>,
    head: &Head,
    body: &[u8],
) -> rusqlite::Result<()> {
    let Head { id, previous, since, until, snapshots, body_sum } = *head;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO bucket
             (id, previous, since, until, snapshots, body_sum, sum, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![id, previous, since, until, snapshots, body_sum, head.sum(), body])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_comes_back() {
        let asked = |cluster, failure| Asked { cluster, duration: 120, roster: 7, failure };
        let entry = |id, at, asked| Entry { id, at, scope: 3, hpas: 41, asked };
        let entries = [
            entry(128, 1_700_000_000_000, vec![asked(1, None)]),
            entry(129, -5, vec![]),
            entry(191, i64::MIN, vec![asked(1, Some(("timeout".into(), 9))), asked(2, None)]),
        ];
        let body = encode(&entries);
        assert_eq!(decode(2, &body).as_deref(), Some(&entries[..]));
        assert_eq!(decode(2, &[]).as_deref(), Some(&[][..]));
        for end in 1..body.len() {
            // A body that was cut short holds fewer snapshots, or is invalid.
            let cut = decode(2, &body[..end]);
            assert!(cut.is_none_or(|cut| entries.starts_with(&cut)), "{end}");
        }
        assert_eq!(decode(2, &[63, 0, 0, 0, 0, 0, 0, 0, 0, 0]), None, "a number twice");
        let mut far = vec![0, 0, 0, 0, 0];
        put(&mut far, i64::MAX.unsigned_abs());
        far.extend([0, 0, 0, 0]);
        assert_eq!(decode(2, &far), None, "a number beyond all numbers");
    }
}
