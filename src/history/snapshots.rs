//! Reads snapshots: the list, a single one, and the number that a reference means.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::codec::Records;
use super::contents::{Asked, Entry};
use super::error::Error;
use super::loss::{self, Lost, Where};
use super::pieces::Piece;
use super::read::Reader;
use super::reference::Moment;
use super::schema::Store;
use super::seen::Seen;
use super::snapshot::{Recorded, Snapshot};
use super::sum;
use super::write::place_of;
use crate::config::Scope;
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
    /// The number of HPAs.
    pub hpas: usize,
}

impl Store {
    /// The snapshots since `since`, at most `limit`, in reverse order of storing.
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

    /// Like [`Store::snapshots`], with only the `chosen` clusters and their HPAs. Snapshots
    /// without any of these clusters are omitted.
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

    /// The snapshot with this number. Damaged data is left out, and the clusters concerned have an
    /// error.
    pub fn snapshot(&self, id: i64) -> Result<Option<Snapshot>, Error> {
        Reader::new(self)?.snapshot(id)
    }

    /// The number of the snapshot that `moment` refers to; `None` if there is none.
    pub fn find(&self, moment: Moment, now: Timestamp) -> Result<Option<i64>, Error> {
        let mut reader = Reader::new(self)?;
        match moment {
            Moment::Id(id) => Ok(reader.entry(id)?.map(|entry| entry.id)),
            // By number rather than time: a snapshot dated in the future would stay the latest for
            // years.
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

impl Reader<'_> {
    /// The outcomes of a snapshot in their order, each with the id of its roster.
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
                tags: Arc::default(),
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

    /// Marks a cluster's data in this snapshot as lost.
    fn lose_cluster(&self, cluster: &mut Outcome, entry: &Entry) {
        cluster.fail(damaged(DAMAGED.to_owned()));
        let place = Where::at(entry.id, entry.at);
        self.store.lose(Lost::Cluster(cluster.name.to_string()), Some(place));
    }

    fn snapshot(&mut self, id: i64) -> Result<Option<Snapshot>, Error> {
        let Some(entry) = self.entry(id)? else { return Ok(None) };
        let (bucket, offset) = place_of(id);
        let place = Where::at(id, entry.at);
        let mut clusters = Vec::new();
        // The HPAs to read, each with the position of its cluster.
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
                // Without the scope, a missing HPA may simply not have been requested.
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
                    let why = format!("{DAMAGED}: {} is lost", loss::phrase(&lost, None));
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

    /// The last reading of an HPA at or before an offset in a bucket.
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
        // Without a record at or before the offset, the state has no spec.
        let read = records.advance_to(offset).filter(|()| records.state.spec != 0);
        read.ok_or_else(|| self.damaged_chunk(bucket, hpa))?;
        self.seen(records.state, None)
    }

    /// Visits the snapshots since `since` in reverse order of storing, until the callback stops.
    /// Damaged ones are skipped.
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

    /// The last snapshot that was taken at this time or before.
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
        // If the snapshot in question may be among the lost ones, no other is returned for it.
        let doubtful = lost.into_iter().find(|(until, _)| best.is_none_or(|(at, _)| *until > at));
        match doubtful {
            Some((_, error)) => Err(error),
            None => Ok(best.map(|(_, id)| id)),
        }
    }
}

/// The error message of a cluster whose stored data is damaged.
const DAMAGED: &str = "the history is damaged";

fn damaged(message: String) -> Failure {
    Failure { kind: ErrorKind::Other, message }
}
