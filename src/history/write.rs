//! Storing a snapshot.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, params};
use serde::Serialize;

use super::amount::Compact;
use super::code::{self, Records, State, Target};
use super::error::{Error, Work};
use super::schema::{BUCKET, Store};
use super::snapshot::{ClusterOutcome, Recorded, Snapshot};
use crate::findings::PastTarget;
use crate::hpa::{Condition, Hpa, Resources};

/// The bucket of a snapshot, and its place in it.
pub(super) fn place_of(snapshot: i64) -> (i64, u64) {
    (snapshot.div_euclid(BUCKET), snapshot.rem_euclid(BUCKET).unsigned_abs())
}

/// What of a target is a part.
#[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
pub(super) struct TargetPart {
    pub(super) requests: Resources,
    pub(super) limits: Resources,
}

impl Store {
    /// Stores a snapshot, whole or not at all, and returns its number. An HPA of a cluster that is
    /// not among the snapshot's outcomes is left out; of one that is in it twice the last counts.
    pub fn store(&mut self, snapshot: &Snapshot) -> Result<i64, Error> {
        let path = self.path.clone();
        self.try_store(snapshot).map_err(|error| match error {
            Failure::Sqlite(error) => Error::sqlite(&path, error).during(Work::Storing),
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
    /// Parts that are known to be there, by hash.
    parts: BTreeMap<[u8; 20], i64>,
}

impl<'a> Writer<'a> {
    fn new(transaction: &'a Transaction<'a>, snapshot: &'a Snapshot) -> Result<Self, Failure> {
        // The number comes first, because everything is filed under its bucket.
        transaction.execute(
            "INSERT INTO snapshot (taken_at, scope, hpas) VALUES (?1, 0, 0)",
            [snapshot.taken_at.as_millisecond()],
        )?;
        let id = transaction.last_insert_rowid();
        let (bucket, offset) = place_of(id);
        Ok(Self { transaction, snapshot, id, bucket, offset, parts: BTreeMap::new() })
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
        for (position, cluster) in self.snapshot.clusters.iter().enumerate() {
            let roster = rosters.remove(&*cluster.name).unwrap_or_default();
            hpas += roster.len();
            self.outcome(position, cluster, &roster)?;
        }
        let scope = self.json_part(&self.snapshot.scope)?;
        self.transaction.execute(
            "UPDATE snapshot SET scope = ?2, hpas = ?3 WHERE id = ?1",
            params![self.id, scope, hpas],
        )?;
        Ok(self.id)
    }

    fn outcome(
        &mut self,
        position: usize,
        cluster: &ClusterOutcome,
        roster: &BTreeSet<i64>,
    ) -> Result<(), Failure> {
        let mut body = Vec::with_capacity(roster.len());
        let mut last = 0;
        for id in roster {
            code::put(&mut body, (id - last).unsigned_abs());
            last = *id;
        }
        let roster = self.part(&body)?;
        let message = match &cluster.error {
            Some((_, message)) => Some(self.part(message.as_bytes())?),
            None => None,
        };
        let id: i64 = self
            .transaction
            .prepare_cached(
                "INSERT INTO cluster (name, context, server, bucket) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET bucket = max(bucket, ?4) RETURNING id",
            )?
            .query_row(
                params![&*cluster.name, &*cluster.context, cluster.server, self.bucket],
                |row| row.get(0),
            )?;
        let kind = cluster.error.as_ref().map(|(kind, _)| kind.as_str());
        let duration = i64::try_from(cluster.duration.as_millis()).unwrap_or(i64::MAX);
        self.transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO outcome VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id,
                self.id,
                self.snapshot.taken_at.as_millisecond(),
                position,
                duration,
                roster,
                kind,
                message
            ])?;
        Ok(())
    }

    /// Files one HPA's reading; its number.
    fn reading(&mut self, recorded: &Recorded) -> Result<i64, Failure> {
        let hpa = self.hpa(&recorded.hpa)?;
        let chunk: Option<Vec<u8>> = self
            .transaction
            .prepare_cached("SELECT body FROM chunk WHERE bucket = ?1 AND hpa = ?2")?
            .query_row([self.bucket, hpa], |row| row.get(0))
            .optional()?;
        let state = self.state(recorded)?;
        let mut body = chunk.unwrap_or_default();
        let (before, offset) = {
            let mut records = Records::new(&body);
            if records.advance_to(self.offset).is_some() && records.is_done() {
                (records.state, records.offset)
            } else {
                // What it said is lost; what is to come need not be.
                body.clear();
                (State::default(), 0)
            }
        };
        if !body.is_empty() && before == state {
            return Ok(hpa);
        }
        code::append(&mut body, self.offset - offset, &before, &state);
        self.transaction
            .prepare_cached("INSERT OR REPLACE INTO chunk (bucket, hpa, body) VALUES (?1, ?2, ?3)")?
            .execute(params![self.bucket, hpa, body])?;
        Ok(hpa)
    }

    fn hpa(&mut self, hpa: &Hpa) -> Result<i64, Failure> {
        let known: Option<(i64, i64)> = self
            .transaction
            .prepare_cached(
                "SELECT id, bucket FROM hpa
                 WHERE cluster = ?1 AND namespace = ?2 AND name = ?3 AND uid = ?4",
            )?
            .query_row(params![&*hpa.cluster, hpa.namespace, hpa.name, hpa.uid], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        match known {
            Some((id, bucket)) if bucket >= self.bucket => Ok(id),
            Some((id, _)) => {
                self.transaction
                    .prepare_cached("UPDATE hpa SET bucket = ?2 WHERE id = ?1")?
                    .execute([id, self.bucket])?;
                Ok(id)
            }
            None => {
                self.transaction
                    .prepare_cached(
                        "INSERT INTO hpa (cluster, namespace, name, uid, bucket)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![
                        &*hpa.cluster,
                        hpa.namespace,
                        hpa.name,
                        hpa.uid,
                        self.bucket
                    ])?;
                Ok(self.transaction.last_insert_rowid())
            }
        }
    }

    /// Takes a reading apart: what changes, and the parts that do not.
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

    /// The number of the part with this body, which is kept as long as this bucket is.
    fn part(&mut self, body: &[u8]) -> Result<i64, Failure> {
        let hash = sha1_smol::Sha1::from(body).digest().bytes();
        if let Some(id) = self.parts.get(&hash) {
            return Ok(*id);
        }
        let known: Option<(i64, i64)> = self
            .transaction
            .prepare_cached("SELECT id, bucket FROM part WHERE hash = ?1")?
            .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let id = if let Some((id, bucket)) = known {
            if bucket < self.bucket {
                self.transaction
                    .prepare_cached("UPDATE part SET bucket = ?2 WHERE id = ?1")?
                    .execute([id, self.bucket])?;
            }
            id
        } else {
            self.transaction
                .prepare_cached("INSERT INTO part (hash, body, bucket) VALUES (?1, ?2, ?3)")?
                .execute(params![hash, body, self.bucket])?;
            self.transaction.last_insert_rowid()
        };
        self.parts.insert(hash, id);
        Ok(id)
    }
}
