//! Reading snapshots back.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::before::Earlier;
use super::code::{Bytes, Records, State, Target};
use super::error::Error;
use super::reference::Moment;
use super::schema::Store;
use super::snapshot::{ClusterOutcome, Recorded, Scope, Snapshot};
use super::track::OutcomeRow;
use super::write::{TargetPart, place_of};
use crate::findings::PastTarget;
use crate::hpa::{Condition, Hpa};
use crate::kubectl::ErrorKind;

/// A snapshot without its HPAs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Its number.
    pub id: i64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// How the reading of each cluster went.
    pub clusters: Vec<ClusterOutcome>,
    /// How many HPAs it has.
    pub hpas: usize,
}

/// An HPA as it was read once. Readings in a row that are the same are one in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub(super) spec: Arc<Hpa>,
    shape: Arc<Vec<Condition>>,
    resources: Option<Arc<TargetPart>>,
    pub(super) state: State,
}

impl Seen {
    /// The record, as it was stored.
    pub fn hpa(&self) -> Hpa {
        let mut hpa = (*self.spec).clone();
        for (metric, reading) in hpa.metrics.iter_mut().zip(&self.state.readings) {
            metric.current = reading.as_ref().map(super::amount::Compact::current);
        }
        hpa.conditions.clone_from(&self.shape);
        for (condition, time) in hpa.conditions.iter_mut().zip(&self.state.times) {
            condition.last_transition_time = *time;
        }
        hpa.current_replicas = self.state.current;
        hpa.desired_replicas = self.state.desired;
        hpa.last_scale_time = self.state.scaled;
        [hpa.able_to_scale, hpa.scaling_active] = self.state.flags;
        hpa
    }

    /// What was kept of its target, where that was read.
    pub fn target(&self) -> Option<PastTarget> {
        let target = self.state.target?;
        let resources = self.resources.as_deref()?;
        Some(PastTarget {
            replicas: target.replicas,
            ready: target.ready,
            requests: resources.requests.clone(),
            limits: resources.limits.clone(),
        })
    }

    /// Whether it was seen that there is no such target.
    pub fn is_target_missing(&self) -> bool {
        self.state.target == Some(Target::MISSING)
    }

    /// The HPA without what changes: replicas, readings and conditions are empty.
    pub fn spec(&self) -> &Hpa {
        &self.spec
    }

    /// The target's replicas as the controller last saw them.
    pub fn current_replicas(&self) -> i32 {
        self.state.current
    }

    /// What the controller last wanted.
    pub fn desired_replicas(&self) -> i32 {
        self.state.desired
    }

    /// The reading of the spec's metric at `index`, in the target's own terms.
    pub fn metric(&self, index: usize) -> Option<f64> {
        self.state.readings.get(index)?.as_ref()?.value()
    }
}

impl Store {
    /// The snapshots from `since` on, `limit` at most, the one that was stored last first.
    pub fn snapshots(&self, since: Option<Timestamp>, limit: usize) -> Result<Vec<Summary>, Error> {
        let mut reader = Reader::new(self)?;
        let rows = reader.summaries(since, limit)?;
        rows.into_iter()
            .map(|(id, taken_at, hpas)| {
                let outcomes = reader.outcomes(id)?;
                let clusters = outcomes.into_iter().map(|(cluster, _)| cluster).collect();
                Ok(Summary { id, taken_at: reader.time(taken_at)?, clusters, hpas })
            })
            .collect()
    }

    /// The same, of the clusters that are `chosen`, and their HPAs; without snapshots of none of them.
    pub fn snapshots_of(
        &self,
        since: Option<Timestamp>,
        limit: usize,
        chosen: impl Fn(&ClusterOutcome) -> bool,
    ) -> Result<Vec<Summary>, Error> {
        let mut reader = Reader::new(self)?;
        let mut found = Vec::new();
        for (id, taken_at, _) in reader.summaries(since, usize::MAX)? {
            if found.len() == limit {
                break;
            }
            let (mut clusters, mut hpas) = (Vec::new(), 0);
            for (cluster, roster) in reader.outcomes(id)? {
                if chosen(&cluster) {
                    clusters.push(cluster);
                    hpas += reader.read_roster(roster)?.len();
                }
            }
            if !clusters.is_empty() {
                found.push(Summary { id, taken_at: reader.time(taken_at)?, clusters, hpas });
            }
        }
        Ok(found)
    }

    /// The snapshot with this number.
    pub fn snapshot(&self, id: i64) -> Result<Option<Snapshot>, Error> {
        Reader::new(self)?.snapshot(id)
    }

    /// The number of the snapshot that is meant; `None` where there is none.
    pub fn find(&self, moment: Moment, now: Timestamp) -> Result<Option<i64>, Error> {
        let at = |time: Timestamp| {
            self.number(
                "SELECT id FROM snapshot WHERE taken_at <= ?1 ORDER BY taken_at DESC, id DESC LIMIT 1",
                time.as_millisecond(),
            )
        };
        match moment {
            Moment::Id(id) => self.number("SELECT id FROM snapshot WHERE id = ?1", id),
            Moment::Latest(back) => self.number(
                // Not by time: a clock that was wrong once would have the last word for years.
                "SELECT id FROM snapshot ORDER BY id DESC LIMIT 1 OFFSET ?1",
                i64::from(back),
            ),
            Moment::At(time) => at(time),
            // The database keeps milliseconds.
            Moment::Second(time) => {
                at(time.checked_add(SignedDuration::from_millis(999)).unwrap_or(time))
            }
            Moment::Ago(ago) => at(now.checked_sub(ago).unwrap_or(Timestamp::MIN)),
        }
    }

    fn number(&self, sql: &str, parameter: i64) -> Result<Option<i64>, Error> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_row([parameter], |row| row.get(0)).optional())
            .map_err(|error| self.error(error))
    }
}

/// Reads at one moment of the database, and keeps the parts it has met.
pub(super) struct Reader<'a> {
    store: &'a Store,
    transaction: Transaction<'a>,
    specs: HashMap<i64, Arc<Hpa>>,
    shapes: HashMap<i64, Arc<Vec<Condition>>>,
    targets: HashMap<i64, Arc<TargetPart>>,
    clusters: HashMap<i64, (Arc<str>, Arc<str>, String)>,
    rosters: HashMap<i64, Rc<Vec<i64>>>,
    pub(super) outcomes: HashMap<String, Rc<Vec<OutcomeRow>>>,
    pub(super) earlier: HashMap<String, Earlier>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(store: &'a Store) -> Result<Self, Error> {
        let transaction =
            store.connection.unchecked_transaction().map_err(|error| store.error(error))?;
        Ok(Self {
            store,
            transaction,
            specs: HashMap::new(),
            shapes: HashMap::new(),
            targets: HashMap::new(),
            clusters: HashMap::new(),
            rosters: HashMap::new(),
            outcomes: HashMap::new(),
            earlier: HashMap::new(),
        })
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut query| query.query_map(parameters, row)?.collect())
            .map_err(|error| self.store.error(error))
    }

    pub(super) fn time(&self, millisecond: i64) -> Result<Timestamp, Error> {
        Timestamp::from_millisecond(millisecond)
            .map_err(|_| self.store.damaged("an impossible time"))
    }

    pub(super) fn part(&self, id: i64) -> Result<Vec<u8>, Error> {
        let mut body =
            self.rows("SELECT body FROM part WHERE id = ?1", [id], |row| row.get::<_, Vec<u8>>(0))?;
        body.pop().ok_or_else(|| self.store.damaged(format!("part {id} is missing")))
    }

    pub(super) fn json<T: DeserializeOwned>(&self, id: i64) -> Result<T, Error> {
        let body = self.part(id)?;
        serde_json::from_slice(&body)
            .map_err(|error| self.store.damaged(format!("part {id}: {error}")))
    }

    /// The HPAs of a cluster, by number, sorted.
    pub(super) fn roster(&mut self, id: i64) -> Result<Rc<Vec<i64>>, Error> {
        if let Some(known) = self.rosters.get(&id) {
            return Ok(Rc::clone(known));
        }
        let roster = Rc::new(self.read_roster(id)?);
        self.rosters.insert(id, Rc::clone(&roster));
        Ok(roster)
    }

    /// The same, not kept: in a month there may be as many as snapshots.
    fn read_roster(&self, id: i64) -> Result<Vec<i64>, Error> {
        let body = self.part(id)?;
        let mut bytes = Bytes(&body);
        let mut roster = Vec::new();
        let mut last = 0_i64;
        while !bytes.0.is_empty() {
            let step = bytes.number().and_then(|step| i64::try_from(step).ok());
            last = step
                .and_then(|step| last.checked_add(step))
                .ok_or_else(|| self.store.damaged(format!("part {id} is no list of HPAs")))?;
            roster.push(last);
        }
        Ok(roster)
    }

    /// Number, time and HPAs of snapshots.
    fn summaries(
        &self,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<(i64, i64, usize)>, Error> {
        let since = since.map_or(i64::MIN, Timestamp::as_millisecond);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.rows(
            "SELECT id, taken_at, hpas FROM snapshot WHERE taken_at >= ?1
             ORDER BY id DESC LIMIT ?2",
            [since, limit],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
    }

    pub(super) fn damaged_chunk(&self, bucket: i64, hpa: i64) -> Error {
        self.store.damaged(format!("chunk {bucket}/{hpa} makes no sense"))
    }

    /// Puts together what was taken apart. `like` is another reading of the same HPA, with which it
    /// shares what has not changed.
    pub(super) fn seen(
        &mut self,
        state: State,
        like: Option<&Arc<Seen>>,
    ) -> Result<Arc<Seen>, Error> {
        let spec = match like {
            Some(like) if like.state.spec == state.spec => Arc::clone(&like.spec),
            _ => self.spec(state.spec)?,
        };
        let shape = match like {
            Some(like) if like.state.shape == state.shape => Arc::clone(&like.shape),
            _ => self.shape(state.shape)?,
        };
        let there = |target: &Target| *target != Target::MISSING;
        let part = |state: &State| state.target.filter(there).map(|target| target.resources);
        let resources = match (like, part(&state)) {
            (_, None) => None,
            (Some(like), id) if part(&like.state) == id => like.resources.clone(),
            (_, Some(id)) => Some(self.target(id)?),
        };
        Ok(Arc::new(Seen { spec, shape, resources, state }))
    }

    /// The part with that spec.
    pub(super) fn spec(&mut self, id: i64) -> Result<Arc<Hpa>, Error> {
        if let Some(known) = self.specs.get(&id) {
            return Ok(Arc::clone(known));
        }
        let spec: Arc<Hpa> = Arc::new(self.json(id)?);
        self.specs.insert(id, Arc::clone(&spec));
        Ok(spec)
    }

    fn shape(&mut self, id: i64) -> Result<Arc<Vec<Condition>>, Error> {
        if let Some(known) = self.shapes.get(&id) {
            return Ok(Arc::clone(known));
        }
        let shape: Arc<Vec<Condition>> = Arc::new(self.json(id)?);
        self.shapes.insert(id, Arc::clone(&shape));
        Ok(shape)
    }

    /// The part with those requests and limits.
    pub(super) fn target(&mut self, id: i64) -> Result<Arc<TargetPart>, Error> {
        if let Some(known) = self.targets.get(&id) {
            return Ok(Arc::clone(known));
        }
        let part: Arc<TargetPart> = Arc::new(self.json(id)?);
        self.targets.insert(id, Arc::clone(&part));
        Ok(part)
    }

    /// The outcomes of a snapshot in their order, each with the part of its roster.
    fn outcomes(&mut self, snapshot: i64) -> Result<Vec<(ClusterOutcome, i64)>, Error> {
        struct Found {
            cluster: i64,
            duration: u64,
            roster: i64,
            kind: Option<String>,
            message: Option<i64>,
        }
        let found = self.rows(
            "SELECT cluster, duration, roster, kind, message FROM outcome
             WHERE snapshot = ?1 ORDER BY position",
            [snapshot],
            |row| {
                Ok(Found {
                    cluster: row.get(0)?,
                    duration: row.get::<_, i64>(1)?.unsigned_abs(),
                    roster: row.get(2)?,
                    kind: row.get(3)?,
                    message: row.get(4)?,
                })
            },
        )?;
        let mut outcomes = Vec::new();
        for found in found {
            let (name, context, server) = self.cluster(found.cluster)?;
            let error = match (found.kind, found.message) {
                (Some(kind), message) => {
                    let kind = serde_json::from_value(kind.into()).unwrap_or(ErrorKind::Other);
                    let message = message.map(|id| self.part(id)).transpose()?;
                    let message = message.unwrap_or_default();
                    Some((kind, String::from_utf8_lossy(&message).into_owned()))
                }
                (None, _) => None,
            };
            let duration = Duration::from_millis(found.duration);
            outcomes
                .push((ClusterOutcome { name, context, server, error, duration }, found.roster));
        }
        Ok(outcomes)
    }

    fn cluster(&mut self, id: i64) -> Result<(Arc<str>, Arc<str>, String), Error> {
        if let Some(known) = self.clusters.get(&id) {
            return Ok(known.clone());
        }
        let found = self
            .rows("SELECT name, context, server FROM cluster WHERE id = ?1", [id], |row| {
                let text = |index| row.get::<_, String>(index).map(Arc::<str>::from);
                Ok((text(0)?, text(1)?, row.get(2)?))
            })?
            .pop()
            .ok_or_else(|| self.store.damaged(format!("cluster {id} is missing")))?;
        self.clusters.insert(id, found.clone());
        Ok(found)
    }

    fn snapshot(&mut self, id: i64) -> Result<Option<Snapshot>, Error> {
        let found = self
            .rows("SELECT taken_at, scope FROM snapshot WHERE id = ?1", [id], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?
            .pop();
        let Some((taken_at, scope)) = found else { return Ok(None) };
        let scope: Scope = self.json(scope)?;
        let (bucket, offset) = place_of(id);
        let mut clusters = Vec::new();
        let mut wanted = Vec::new();
        for (cluster, roster) in self.outcomes(id)? {
            wanted.extend(self.roster(roster)?.iter());
            clusters.push(cluster);
        }
        wanted.sort_unstable();
        let chunks =
            self.rows("SELECT hpa, body FROM chunk WHERE bucket = ?1", params![bucket], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
            })?;
        let mut hpas = Vec::with_capacity(wanted.len());
        for (hpa, body) in chunks {
            if wanted.binary_search(&hpa).is_err() {
                continue;
            }
            let mut records = Records::new(&body);
            // Nothing at or before the offset leaves a state without a spec.
            let read = records.advance_to(offset).filter(|()| records.state.spec != 0);
            read.ok_or_else(|| self.damaged_chunk(bucket, hpa))?;
            let seen = self.seen(records.state, None)?;
            hpas.push(Recorded {
                hpa: seen.hpa(),
                workload: seen.target(),
                workload_missing: seen.is_target_missing(),
            });
        }
        if hpas.len() != wanted.len() {
            return Err(self.store.damaged(format!("snapshot {id} has lost HPAs")));
        }
        let place = |hpa: &Hpa| clusters.iter().position(|cluster| cluster.name == hpa.cluster);
        hpas.sort_by_cached_key(|it| {
            (place(&it.hpa), it.hpa.namespace.clone(), it.hpa.name.clone(), it.hpa.uid.clone())
        });
        Ok(Some(Snapshot { taken_at: self.time(taken_at)?, scope, clusters, hpas }))
    }
}
