//! Stores snapshots.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::Serialize;

use super::amount::Compact;
use super::codec::{self, Records, State, Target};
use super::contents::{self, Asked, Entry, Head, NONE};
use super::error::{Error, Work};
use super::location;
use super::schema::{BUCKET, Store};
use super::snapshot::{Recorded, Snapshot};
use super::sum;
use crate::findings::PastTarget;
use crate::hpa::Hpa;
use crate::kube::{Condition, Resources};
use crate::kubectl::Outcome;

/// The bucket of a snapshot, and its position in the bucket.
pub(super) fn place_of(snapshot: i64) -> (i64, u64) {
    (snapshot.div_euclid(BUCKET), snapshot.rem_euclid(BUCKET).unsigned_abs())
}

/// The data of a target that is stored as a part.
#[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
pub(super) struct TargetPart {
    pub(super) requests: Resources,
    pub(super) limits: Resources,
}

impl Store {
    /// Stores a snapshot, whole or not at all, and returns its number. An HPA whose cluster is not
    /// among the outcomes is left out; of an HPA that occurs twice, the last one is stored.
    pub fn store(&mut self, snapshot: &Snapshot) -> Result<i64, Error> {
        let path = self.path.clone();
        self.try_store(snapshot).map_err(|error| match error {
            Failure::Sqlite(error) => location::failed(&path, error).during(Work::Storing),
            Failure::Json(error) => Error::damaged(&path, error.to_string()),
        })
    }

    fn try_store(&mut self, snapshot: &Snapshot) -> Result<i64, Failure> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let id = Writer::new(&transaction, snapshot)?.write()?;
        transaction.commit()?;
        Ok(id)
    }
}

enum Failure {
    Sqlite(rusqlite::Error),
    Json(serde_json::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

struct Writer<'a> {
    transaction: &'a Transaction<'a>,
    snapshot: &'a Snapshot,
    id: i64,
    bucket: i64,
    offset: u64,
    /// The bucket before this one.
    previous: i64,
    /// The snapshots already in this bucket.
    entries: Vec<Entry>,
    /// The number of HPAs; negative if that was lost.
    hpas: i64,
    /// Ids of parts that are known to be stored, by hash.
    parts: BTreeMap<[u8; 20], i64>,
}

/// Stands for the number of HPAs if it was lost.
pub(super) const LOST: i64 = -1;

impl<'a> Writer<'a> {
    fn new(transaction: &'a Transaction<'a>, snapshot: &'a Snapshot) -> Result<Self, Failure> {
        let (latest, hpas) = state(transaction)?;
        let (current, _) = place_of(latest);
        let mut id = latest.saturating_add(1);
        let (mut bucket, _) = place_of(id);
        let (mut previous, mut entries) = (if latest == 0 { NONE } else { current }, Vec::new());
        if latest != 0 && bucket == current {
            if let Some((head, known)) = contents::read(transaction, bucket)? {
                (previous, entries) = (head.previous, known);
            } else {
                // A damaged bucket is left as it is; the next bucket takes the new snapshots.
                bucket = bucket.saturating_add(1);
                id = bucket.saturating_mul(BUCKET);
            }
        }
        let (_, offset) = place_of(id);
        let parts = BTreeMap::new();
        Ok(Self { transaction, snapshot, id, bucket, offset, previous, entries, hpas, parts })
    }

    fn write(&mut self) -> Result<i64, Failure> {
        let mut rosters: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
        for cluster in &self.snapshot.clusters {
            rosters.entry(&cluster.name).or_default();
        }
        for recorded in &self.snapshot.hpas {
            if let Some(roster) = rosters.get_mut(&*recorded.hpa.cluster) {
                roster.insert(self.reading(recorded)?);
            }
        }
        let mut hpas = 0;
        let mut asked = Vec::with_capacity(self.snapshot.clusters.len());
        for cluster in &self.snapshot.clusters {
            let roster = rosters.remove(&*cluster.name).unwrap_or_default();
            hpas += roster.len() as u64;
            asked.push(self.asked(cluster, &roster)?);
        }
        let scope = self.json_part(&self.snapshot.scope)?;
        let (id, at) = (self.id, self.snapshot.taken_at.as_millisecond());
        self.entries.push(Entry { id, at, scope, hpas, asked });
        let body = contents::encode(&self.entries);
        if let Some(head) = Head::of(self.bucket, self.previous, &self.entries, &body) {
            contents::store(self.transaction, &head, &body)?;
        }
        put_state(self.transaction, id, self.hpas)?;
        Ok(id)
    }

    fn asked(&mut self, cluster: &Outcome, roster: &BTreeSet<i64>) -> Result<Asked, Failure> {
        let mut body = Vec::with_capacity(roster.len());
        let mut last = 0;
        for id in roster {
            codec::put(&mut body, (id - last).unsigned_abs());
            last = *id;
        }
        let roster = self.part(&body)?;
        let failure = match &cluster.error {
            Some(failure) => {
                let message = self.part(failure.message.as_bytes())?;
                Some((failure.kind.as_str().to_owned(), message))
            }
            None => None,
        };
        let duration = u64::try_from(cluster.duration.as_millis()).unwrap_or(u64::MAX);
        Ok(Asked { cluster: self.cluster(cluster)?, duration, roster, failure })
    }

    /// The number of a cluster's name, context and server.
    fn cluster(&mut self, cluster: &Outcome) -> Result<i64, Failure> {
        let key = [&*cluster.name, &*cluster.context, &cluster.server];
        let known: Option<(i64, i64)> = self
            .transaction
            .prepare_cached(
                "SELECT id, sum FROM cluster WHERE name = ?1 AND context = ?2 AND server = ?3",
            )?
            .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match known {
            Some((id, known)) if known == sum::cluster(id, key) => {
                self.transaction
                    .prepare_cached("UPDATE cluster SET bucket = ?2 WHERE id = ?1 AND bucket < ?2")?
                    .execute([id, self.bucket])?;
                Ok(id)
            }
            _ => {
                let id = self.next("cluster")?;
                self.transaction.execute(
                    "INSERT OR REPLACE INTO cluster (id, name, context, server, bucket, sum)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![id, key[0], key[1], key[2], self.bucket, sum::cluster(id, key)],
                )?;
                Ok(id)
            }
        }
    }

    /// The next number of a table.
    fn next(&self, table: &str) -> rusqlite::Result<i64> {
        self.transaction
            .prepare_cached(&format!("SELECT coalesce(max(id), 0) + 1 FROM {table}"))?
            .query_row([], |row| row.get(0))
    }

    /// Stores one HPA's reading, and returns the HPA's number.
    fn reading(&mut self, recorded: &Recorded) -> Result<i64, Failure> {
        let hpa = self.hpa(&recorded.hpa)?;
        let chunk: Option<(Vec<u8>, i64)> = self
            .transaction
            .prepare_cached("SELECT body, sum FROM chunk WHERE bucket = ?1 AND hpa = ?2")?
            .query_row([self.bucket, hpa], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let chunk = chunk
            .filter(|(body, sum)| *sum == sum::chunk(self.bucket, hpa, body))
            .map(|(body, _)| body);
        let state = self.state(recorded)?;
        let mut body = chunk.unwrap_or_default();
        let (before, offset) = {
            let mut records = Records::new(&body);
            if records.advance_to(self.offset).is_some() && records.is_done() {
                (records.state, records.offset)
            } else {
                // The damaged readings are lost; later readings start a new chunk.
                body.clear();
                (State::default(), 0)
            }
        };
        if !body.is_empty() && before == state {
            return Ok(hpa);
        }
        codec::append(&mut body, self.offset - offset, &before, &state);
        self.transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO chunk (bucket, hpa, body, sum) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![self.bucket, hpa, body, sum::chunk(self.bucket, hpa, &body)])?;
        Ok(hpa)
    }

    fn hpa(&mut self, hpa: &Hpa) -> Result<i64, Failure> {
        let key = [&*hpa.cluster, &hpa.namespace, &hpa.name, &hpa.uid];
        let known: Option<(i64, i64, i64)> = self
            .transaction
            .prepare_cached(
                "SELECT id, bucket, sum FROM hpa
                 WHERE cluster = ?1 AND namespace = ?2 AND name = ?3 AND uid = ?4",
            )?
            .query_row(key, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        match known {
            Some((id, bucket, known)) if known == sum::hpa(id, key, bucket) => {
                if bucket < self.bucket {
                    self.transaction
                        .prepare_cached("UPDATE hpa SET bucket = ?2, sum = ?3 WHERE id = ?1")?
                        .execute([id, self.bucket, sum::hpa(id, key, self.bucket)])?;
                }
                Ok(id)
            }
            damaged => {
                let id = self.next("hpa")?;
                self.transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO hpa
                         (id, cluster, namespace, name, uid, bucket, sum)
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    )?
                    .execute(params![
                        id,
                        key[0],
                        key[1],
                        key[2],
                        key[3],
                        self.bucket,
                        sum::hpa(id, key, self.bucket)
                    ])?;
                // A damaged row of this HPA is replaced, so the count stays; rosters with its old
                // number reveal the loss.
                if self.hpas != LOST && damaged.is_none() {
                    self.hpas += 1;
                }
                Ok(id)
            }
        }
    }

    /// Splits a reading into its changing data and the parts that seldom change.
    fn state(&mut self, recorded: &Recorded) -> Result<State, Failure> {
        let mut spec = recorded.hpa.clone();
        let readings = spec.metrics.iter_mut().map(|metric| metric.current.take());
        let readings = readings.map(|current| current.as_ref().map(Compact::from)).collect();
        let mut conditions = std::mem::take(&mut spec.conditions);
        let times = conditions.iter_mut().map(|it| it.last_transition_time.take()).collect();
        let state = State {
            current: std::mem::take(&mut spec.current_replicas),
            desired: std::mem::take(&mut spec.desired_replicas),
            scaled: spec.last_scale_time.take(),
            times,
            readings,
            flags: [spec.able_to_scale.take(), spec.scaling_active.take()],
            shape: self.json_part::<Vec<Condition>>(&conditions)?,
            spec: self.json_part(&spec)?,
            target: None,
        };
        let target = match &recorded.workload {
            Some(target) => Some(self.target(target)?),
            None if recorded.workload_missing => Some(Target::MISSING),
            None => None,
        };
        Ok(State { target, ..state })
    }

    fn target(&mut self, target: &PastTarget) -> Result<Target, Failure> {
        let PastTarget { replicas, ready, requests, limits } = target.clone();
        let resources = self.json_part(&TargetPart { requests, limits })?;
        Ok(Target { resources, replicas, ready })
    }

    fn json_part<T: Serialize>(&mut self, value: &T) -> Result<i64, Failure> {
        let body = serde_json::to_vec(value)?;
        self.part(&body)
    }

    /// The id of the part with this body, which is kept for at least as long as this bucket.
    fn part(&mut self, body: &[u8]) -> Result<i64, Failure> {
        let hash = sha1_smol::Sha1::from(body).digest().bytes();
        if let Some(id) = self.parts.get(&hash) {
            return Ok(*id);
        }
        // A damaged index may return a wrong row, so the row's body is compared.
        let known: Option<(i64, i64, bool)> = self
            .transaction
            .prepare_cached("SELECT id, bucket, body = ?2, sum FROM part WHERE hash = ?1")?
            .query_row(params![hash, body], |row| {
                let id = row.get(0)?;
                let same = row.get::<_, bool>(2)? && row.get::<_, i64>(3)? == sum::part(id, body);
                Ok((id, row.get(1)?, same))
            })
            .optional()?;
        let id = if let Some((id, bucket, true)) = known {
            if bucket < self.bucket {
                self.transaction
                    .prepare_cached("UPDATE part SET bucket = ?2 WHERE id = ?1")?
                    .execute([id, self.bucket])?;
            }
            id
        } else {
            let id = self.next("part")?;
            self.transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO part (id, hash, body, bucket, sum)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![id, hash, body, self.bucket, sum::part(id, body)])?;
            id
        };
        self.parts.insert(hash, id);
        Ok(id)
    }
}

/// The number of the last snapshot and the number of HPAs. If that row is damaged, an unused
/// number and [`LOST`].
pub(super) fn state(transaction: &Transaction<'_>) -> rusqlite::Result<(i64, i64)> {
    let known = transaction
        .query_row("SELECT latest, hpas, sum FROM state WHERE id = 1", [], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })
        .optional();
    let number = |sql: &str| transaction.query_row(sql, [], |row| row.get::<_, i64>(0));
    match known {
        Ok(Some((latest, hpas, known))) if known == sum::state(latest, hpas) => Ok((latest, hpas)),
        Ok(None) if number("SELECT count(*) FROM bucket")? == 0 => Ok((0, 0)),
        Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => {
            Err(error)
        }
        _ => {
            let bucket = number("SELECT coalesce(max(id), 0) FROM bucket")?
                .max(number("SELECT coalesce(max(bucket), 0) FROM chunk")?);
            Ok((bucket.saturating_mul(BUCKET).saturating_add(BUCKET - 1), LOST))
        }
    }
}

pub(super) fn put_state(
    transaction: &Transaction<'_>,
    latest: i64,
    hpas: i64,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO state (id, latest, hpas, sum) VALUES (1, ?1, ?2, ?3)",
        )?
        .execute([latest, hpas, sum::state(latest, hpas)])?;
    Ok(())
}
