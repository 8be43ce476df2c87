//! Reading snapshots back.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Row, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::codec::{Bytes, Records, State, Target};
use super::contents::{Asked, Entry};
use super::earlier::Earlier;
use super::error::Error;
use super::loss::{Lost, Where};
use super::names::Names;
use super::outcomes::{Kin, Outcomes};
use super::pieces::{Piece, Pieces};
use super::reference::Moment;
use super::schema::Store;
use super::snapshot::{Recorded, Snapshot};
use super::sum;
use super::write::{TargetPart, place_of};
use crate::config::Scope;
use crate::findings::PastTarget;
use crate::hpa::Hpa;
use crate::kube::Condition;
use crate::kubectl::{ErrorKind, Failure, Outcome};

/// A snapshot without its HPAs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Its number.
    pub id: i64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// How the reading of each cluster went.
    pub clusters: Vec<Outcome>,
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
        let mut found = Vec::new();
        reader.backwards(since, |reader, entry| {
            if found.len() == limit {
                return Ok(false);
            }
            let clusters = reader.outcomes(entry)?;
            let clusters = clusters.into_iter().map(|(cluster, _)| cluster).collect();
            let hpas = usize::try_from(entry.hpas).unwrap_or(usize::MAX);
            found.push(Summary { id: entry.id, taken_at: reader.time(entry.at)?, clusters, hpas });
            Ok(found.len() < limit)
        })?;
        Ok(found)
    }

    /// The same, of the clusters that are `chosen`, and their HPAs; without snapshots of none of them.
    pub fn snapshots_of(
        &self,
        since: Option<Timestamp>,
        limit: usize,
        chosen: impl Fn(&Outcome) -> bool,
    ) -> Result<Vec<Summary>, Error> {
        let mut reader = Reader::new(self)?;
        let mut found = Vec::new();
        reader.backwards(since, |reader, entry| {
            if found.len() == limit {
                return Ok(false);
            }
            let (mut clusters, mut hpas) = (Vec::new(), 0);
            for (mut cluster, roster) in reader.outcomes(entry)? {
                if chosen(&cluster) {
                    match reader.read_roster(roster) {
                        Ok(roster) => hpas += roster.len(),
                        Err(error) if error.is_damage() => reader.lose_cluster(&mut cluster, entry),
                        Err(error) => return Err(error),
                    }
                    clusters.push(cluster);
                }
            }
            if !clusters.is_empty() {
                found.push(Summary {
                    id: entry.id,
                    taken_at: reader.time(entry.at)?,
                    clusters,
                    hpas,
                });
            }
            Ok(found.len() < limit)
        })?;
        Ok(found)
    }

    /// The snapshot with this number. What of it is damaged is left out, and the clusters of which
    /// something is left out have an error.
    pub fn snapshot(&self, id: i64) -> Result<Option<Snapshot>, Error> {
        Reader::new(self)?.snapshot(id)
    }

    /// The number of the snapshot that is meant; `None` where there is none.
    pub fn find(&self, moment: Moment, now: Timestamp) -> Result<Option<i64>, Error> {
        let mut reader = Reader::new(self)?;
        match moment {
            Moment::Id(id) => Ok(reader.entry(id)?.map(|entry| entry.id)),
            // Not by time: a clock that was wrong once would have the last word for years.
            Moment::Latest(back) => reader.nth_last(i64::from(back)),
            Moment::At(time) => reader.last_at(time),
            // The database keeps milliseconds.
            Moment::Second(time) => {
                reader.last_at(time.checked_add(SignedDuration::from_millis(999)).unwrap_or(time))
            }
            Moment::Ago(ago) => reader.last_at(now.checked_sub(ago).unwrap_or(Timestamp::MIN)),
        }
    }
}

/// Name, context and server of each cluster, by number.
pub(super) type Clusters = HashMap<i64, (Arc<str>, Arc<str>, Rc<str>)>;

/// Reads at one moment of the database, and keeps the parts it has met.
pub(super) struct Reader<'a> {
    pub(super) store: &'a Store,
    pub(super) transaction: Transaction<'a>,
    pub(super) pieces: Option<Rc<Pieces>>,
    pub(super) names: Option<Rc<Names>>,
    specs: HashMap<i64, Arc<Hpa>>,
    shapes: HashMap<i64, Arc<Vec<Condition>>>,
    targets: HashMap<i64, Arc<TargetPart>>,
    pub(super) clusters: Option<Rc<Clusters>>,
    rosters: HashMap<i64, Rc<Vec<i64>>>,
    pub(super) outcomes: Option<HashMap<Arc<str>, Rc<Outcomes>>>,
    pub(super) kin: HashMap<String, Option<Rc<Kin>>>,
    pub(super) earlier: HashMap<String, Earlier>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(store: &'a Store) -> Result<Self, Error> {
        let transaction =
            store.connection.unchecked_transaction().map_err(|error| store.error(error))?;
        Ok(Self {
            store,
            transaction,
            pieces: None,
            names: None,
            specs: HashMap::new(),
            shapes: HashMap::new(),
            targets: HashMap::new(),
            clusters: None,
            rosters: HashMap::new(),
            outcomes: None,
            kin: HashMap::new(),
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
            .map_err(|_| self.store.damaged("an impossible time, which"))
    }

    pub(super) fn part(&self, id: i64) -> Result<Vec<u8>, Error> {
        let found = self
            .rows("SELECT body, sum FROM part WHERE id = ?1", [id], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?))
            })?
            .pop();
        match found {
            Some((body, sum)) if sum == sum::part(id, &body) => Ok(body),
            Some(_) => Err(self.store.damaged(format!("part {id}"))),
            None => Err(self.store.damaged(format!("part {id}, which is missing,"))),
        }
    }

    /// What an HPA said in a bucket; empty where it is not there.
    pub(super) fn chunk(&self, bucket: i64, hpa: i64) -> Result<Vec<u8>, Error> {
        let sql = "SELECT body, sum FROM chunk WHERE bucket = ?1 AND hpa = ?2";
        let found = self
            .rows(sql, [bucket, hpa], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))?
            .pop();
        match found {
            Some((body, sum)) if sum == sum::chunk(bucket, hpa, &body) => Ok(body),
            Some(_) => Err(self.damaged_chunk(bucket, hpa)),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn json<T: DeserializeOwned>(&self, id: i64) -> Result<T, Error> {
        let body = self.part(id)?;
        serde_json::from_slice(&body)
            .map_err(|error| self.store.damaged(format!("part {id} ({error})")))
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
    pub(super) fn read_roster(&self, id: i64) -> Result<Vec<i64>, Error> {
        let body = self.part(id)?;
        let mut bytes = Bytes(&body);
        let mut roster = Vec::new();
        let mut last = 0_i64;
        while !bytes.0.is_empty() {
            let step = bytes.number().and_then(|step| i64::try_from(step).ok());
            last = step
                .and_then(|step| last.checked_add(step))
                .ok_or_else(|| self.store.damaged(format!("part {id}, a list of HPAs,")))?;
            roster.push(last);
        }
        Ok(roster)
    }

    pub(super) fn damaged_chunk(&self, bucket: i64, hpa: i64) -> Error {
        self.store.damaged(format!("chunk {bucket}/{hpa}"))
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
    fn outcomes(&mut self, entry: &Entry) -> Result<Vec<(Outcome, i64)>, Error> {
        let clusters = self.clusters()?;
        let mut outcomes = Vec::new();
        for Asked { cluster, duration, roster, failure } in &entry.asked {
            let place = Where::at(entry.id, entry.at);
            let Some((name, context, server)) = clusters.get(cluster) else {
                self.store.lose(Lost::ClusterName(*cluster), Some(place));
                continue;
            };
            let mut outcome = Outcome {
                name: Arc::clone(name),
                context: Arc::clone(context),
                user: Arc::default(),
                server: server.to_string(),
                error: None,
                duration: Duration::from_millis(*duration),
            };
            if let Some((kind, message)) = failure {
                let kind = serde_json::from_value(kind.as_str().into()).unwrap_or(ErrorKind::Other);
                match self.part(*message) {
                    Ok(text) => {
                        let text = String::from_utf8_lossy(&text).into_owned();
                        outcome.error = Some(Failure { kind, message: text });
                    }
                    Err(error) if error.is_damage() => {
                        outcome.error = Some(Failure { kind, message: DAMAGED.to_owned() });
                        self.store.lose(Lost::Cluster(name.to_string()), Some(place));
                    }
                    Err(error) => return Err(error),
                }
            }
            outcomes.push((outcome, *roster));
        }
        Ok(outcomes)
    }

    /// That what was read of a cluster in that snapshot is lost.
    fn lose_cluster(&self, cluster: &mut Outcome, entry: &Entry) {
        cluster.fail(damaged(DAMAGED.to_owned()));
        let place = Where::at(entry.id, entry.at);
        self.store.lose(Lost::Cluster(cluster.name.to_string()), Some(place));
    }

    /// Every cluster.
    pub(super) fn clusters(&mut self) -> Result<Rc<Clusters>, Error> {
        if let Some(known) = &self.clusters {
            return Ok(Rc::clone(known));
        }
        let (rows, _) = self.all_rows("id, name, context, server, sum", "cluster", |row| {
            let text = |index| row.get::<_, String>(index);
            Ok((row.get::<_, i64>(0)?, [text(1)?, text(2)?, text(3)?], row.get::<_, i64>(4)?))
        })?;
        let good = rows.into_iter().filter_map(|(id, key, sum)| {
            let [name, context, server] = &key;
            let key = [name.as_str(), context, server];
            (sum == sum::cluster(id, key)).then(|| {
                let named = (Arc::from(key[0]), Arc::from(key[1]), Rc::from(key[2]));
                (id, named)
            })
        });
        let clusters: Rc<Clusters> = Rc::new(good.collect());
        self.clusters = Some(Rc::clone(&clusters));
        Ok(clusters)
    }

    /// All rows of a table that has an `id`, and whether none was passed over. Where the way through it
    /// breaks off, it is also gone from the other end.
    pub(super) fn all_rows<T>(
        &self,
        columns: &str,
        table: &str,
        mut row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<(Vec<T>, bool), Error> {
        let mut found = Vec::new();
        let mut whole = true;
        for order in ["ASC", "DESC"] {
            let sql = format!("SELECT {columns} FROM {table} ORDER BY id {order}");
            let mut query =
                self.transaction.prepare_cached(&sql).map_err(|error| self.store.error(error))?;
            let mut rows = query.query([]).map_err(|error| self.store.error(error))?;
            let ended = loop {
                match rows.next() {
                    Ok(None) => break true,
                    // A row whose columns are of other types is damaged by itself.
                    Ok(Some(next)) => match row(next) {
                        Ok(one) => found.push(one),
                        Err(_) => whole = false,
                    },
                    Err(error) => match self.store.error(error) {
                        error if error.is_damage() => break false,
                        error => return Err(error),
                    },
                }
            };
            if ended {
                break;
            }
            whole = false;
        }
        Ok((found, whole))
    }

    fn snapshot(&mut self, id: i64) -> Result<Option<Snapshot>, Error> {
        let Some(entry) = self.entry(id)? else { return Ok(None) };
        let (bucket, offset) = place_of(id);
        let place = Where::at(id, entry.at);
        let mut clusters = Vec::new();
        // Each HPA with the cluster that it is of, by position.
        let mut wanted: Vec<(i64, usize)> = Vec::new();
        for (mut cluster, roster) in self.outcomes(&entry)? {
            match self.roster(roster) {
                Ok(roster) => wanted.extend(roster.iter().map(|hpa| (*hpa, clusters.len()))),
                Err(error) if error.is_damage() => self.lose_cluster(&mut cluster, &entry),
                Err(error) => return Err(error),
            }
            clusters.push(cluster);
        }
        wanted.sort_unstable();
        let scope = match self.json::<Scope>(entry.scope) {
            Ok(scope) => scope,
            Err(error) if error.is_damage() => {
                self.store.lose(Lost::Scope, Some(place));
                // What it does not have may not have been asked for.
                for cluster in &mut clusters {
                    cluster.fail(damaged(DAMAGED.to_owned()));
                }
                Scope::default()
            }
            Err(error) => return Err(error),
        };
        let mut chunks = self.chunks(bucket)?;
        let mut hpas = Vec::with_capacity(wanted.len());
        for (hpa, position) in wanted {
            match self.at(bucket, offset, hpa, &mut chunks) {
                Ok(seen) => hpas.push((
                    position,
                    Recorded {
                        hpa: seen.hpa(),
                        workload: seen.target(),
                        workload_missing: seen.is_target_missing(),
                    },
                )),
                Err(error) if error.is_damage() => {
                    let lost = self.name(hpa)?;
                    let why = format!("{DAMAGED}: {} is lost", super::loss::phrase(&lost, None));
                    self.store.lose(lost, Some(place));
                    if let Some(cluster) = clusters.get_mut(position) {
                        cluster.fail(damaged(why));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        hpas.sort_by_cached_key(|(position, it)| {
            (*position, it.hpa.namespace.clone(), it.hpa.name.clone(), it.hpa.uid.clone())
        });
        let hpas = hpas.into_iter().map(|(_, recorded)| recorded).collect();
        Ok(Some(Snapshot { taken_at: self.time(entry.at)?, scope, clusters, hpas }))
    }

    /// What all HPAs said in a bucket, as far as there is a way through it.
    fn chunks(&self, bucket: i64) -> Result<HashMap<i64, (Vec<u8>, i64)>, Error> {
        let found =
            self.rows("SELECT hpa, body, sum FROM chunk WHERE bucket = ?1", [bucket], |row| {
                Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
            });
        match found {
            Ok(found) => Ok(found.into_iter().collect()),
            Err(error) if error.is_damage() => Ok(HashMap::new()),
            Err(error) => Err(error),
        }
    }

    /// What an HPA said last at or before an offset of a bucket.
    fn at(
        &mut self,
        bucket: i64,
        offset: u64,
        hpa: i64,
        chunks: &mut HashMap<i64, (Vec<u8>, i64)>,
    ) -> Result<Arc<Seen>, Error> {
        let body = match chunks.remove(&hpa) {
            Some((body, sum)) if sum == sum::chunk(bucket, hpa, &body) => body,
            _ => self.chunk(bucket, hpa)?,
        };
        let mut records = Records::new(&body);
        // Nothing at or before the offset leaves a state without a spec.
        let read = records.advance_to(offset).filter(|()| records.state.spec != 0);
        read.ok_or_else(|| self.damaged_chunk(bucket, hpa))?;
        self.seen(records.state, None)
    }

    /// Goes through the snapshots from `since` on, the one that was stored last first, for as long as
    /// that is wanted. What is damaged is passed over.
    fn backwards(
        &mut self,
        since: Option<Timestamp>,
        mut each: impl FnMut(&mut Self, &Entry) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let since = since.map_or(i64::MIN, Timestamp::as_millisecond);
        let pieces = self.pieces()?;
        self.check_latest(&pieces);
        for piece in pieces.all.iter().rev().filter(|piece| piece.times().1 >= since) {
            let Some(entries) = self.entries_or_lose(piece)? else { continue };
            for entry in entries.iter().rev().filter(|entry| entry.at >= since) {
                if !each(self, entry)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The snapshot with that number.
    fn entry(&mut self, id: i64) -> Result<Option<Entry>, Error> {
        let pieces = self.pieces()?;
        let Some(piece) = pieces.all.iter().find(|piece| piece.may_have(id)) else {
            self.check_latest(&pieces);
            return Ok(None);
        };
        let entries = self.entries(piece)?;
        Ok(entries.into_iter().find(|entry| entry.id == id))
    }

    fn nth_last(&mut self, mut back: i64) -> Result<Option<i64>, Error> {
        let pieces = self.pieces()?;
        self.check_latest(&pieces);
        for piece in pieces.all.iter().rev() {
            let count = match piece {
                Piece::Bucket(head) => head.snapshots,
                Piece::Gap { .. } => return Err(self.lost_piece(piece)),
            };
            if back < count {
                let entries = self.entries(piece)?;
                let index = usize::try_from(back).ok();
                let found = index.and_then(|index| entries.iter().nth_back(index));
                return Ok(found.map(|entry| entry.id));
            }
            back -= count;
        }
        Ok(None)
    }

    /// The last that was taken at that time or before.
    fn last_at(&mut self, time: Timestamp) -> Result<Option<i64>, Error> {
        let time = time.as_millisecond();
        let pieces = self.pieces()?;
        self.check_latest(&pieces);
        let mut best: Option<(i64, i64)> = None;
        let mut lost = Vec::new();
        let candidates = || pieces.all.iter().rev().filter(|piece| piece.times().0 <= time);
        for piece in candidates() {
            let until = piece.times().1.min(time);
            if best.is_some_and(|(at, _)| until < at) {
                continue;
            }
            match self.entries(piece) {
                Ok(entries) => {
                    let at = entries.iter().filter(|entry| entry.at <= time);
                    best = best.max(at.map(|entry| (entry.at, entry.id)).max());
                }
                Err(error) if error.is_damage() => lost.push((until, error)),
                Err(error) => return Err(error),
            }
        }
        // Where the one that is meant may be among those that are lost, no other is.
        let doubtful = lost.into_iter().find(|(until, _)| best.is_none_or(|(at, _)| *until > at));
        match doubtful {
            Some((_, error)) => Err(error),
            None => Ok(best.map(|(_, id)| id)),
        }
    }
}

/// What stands for the message of a cluster of which something is damaged.
const DAMAGED: &str = "the history is damaged";

fn damaged(message: String) -> Failure {
    Failure { kind: ErrorKind::Other, message }
}
