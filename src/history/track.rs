//! One HPA over time.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use super::code::{Records, State};
use super::error::Error;
use super::read::{Reader, Seen};
use super::schema::Store;
use super::snapshot::Scope;
use super::write::place_of;

/// Which HPAs are meant: those to which all that is given applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrackQuery {
    /// The cluster's name in the kubeconfig.
    pub cluster: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The uid.
    pub uid: Option<String>,
}

/// One HPA over time. Another one under the same name (another uid) is another track.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// The cluster's name in the kubeconfig.
    pub cluster: String,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The uid.
    pub uid: String,
    /// A point for each snapshot that must have held it, oldest first, from the first to the last
    /// in which it was seen.
    pub points: Vec<Point>,
}

/// One HPA in one snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When the snapshot was taken.
    pub at: Timestamp,
    /// What was seen.
    pub sight: Sight,
}

/// What was seen of an HPA.
#[derive(Debug, Clone, PartialEq)]
pub enum Sight {
    /// This.
    Seen(Arc<Seen>),
    /// It did not exist.
    Absent,
    /// Nothing is known: its cluster could not be read.
    Unknown,
}

impl Point {
    /// What was seen, if anything.
    pub fn seen(&self) -> Option<&Seen> {
        match &self.sight {
            Sight::Seen(seen) => Some(seen),
            Sight::Absent | Sight::Unknown => None,
        }
    }
}

/// Snapshot, time in milliseconds, part of the roster, whether something went wrong, the server.
pub(super) type OutcomeRow = (i64, i64, i64, bool, Rc<str>);

struct Identity {
    id: i64,
    cluster: String,
    namespace: String,
    name: String,
    uid: String,
}

impl Store {
    /// The HPAs that `query` means, each with its points of `since..until`. Those without any are
    /// left out. Ordered by cluster, namespace, name and first point.
    pub fn tracks(
        &self,
        query: &TrackQuery,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Track>, Error> {
        let mut reader = Reader::new(self)?;
        let mut tracks = Vec::new();
        for identity in reader.identities(query)? {
            let points = reader.points(&identity, since, until)?;
            if !points.is_empty() {
                let Identity { cluster, namespace, name, uid, .. } = identity;
                tracks.push(Track { cluster, namespace, name, uid, points });
            }
        }
        tracks.sort_by_cached_key(|track| {
            let first = track.points.first().map(|point| point.at);
            (track.cluster.clone(), track.namespace.clone(), track.name.clone(), first)
        });
        Ok(tracks)
    }
}

impl Reader<'_> {
    fn identities(&self, query: &TrackQuery) -> Result<Vec<Identity>, Error> {
        let TrackQuery { cluster, namespace, name, uid } = query;
        // A null parameter means any, which an index cannot serve: the one that narrows most is
        // given by itself.
        let by = match (uid, name) {
            (Some(_), _) => "uid = ?4",
            (None, Some(_)) => "name = ?3",
            (None, None) => "1",
        };
        let sql = format!(
            "SELECT id, cluster, namespace, name, uid FROM hpa WHERE {by}
             AND (?1 IS NULL OR cluster = ?1) AND (?2 IS NULL OR namespace = ?2)
             AND (?3 IS NULL OR name = ?3) AND (?4 IS NULL OR uid = ?4)"
        );
        self.rows(&sql, [cluster, namespace, name, uid], |row| {
            Ok(Identity {
                id: row.get(0)?,
                cluster: row.get(1)?,
                namespace: row.get(2)?,
                name: row.get(3)?,
                uid: row.get(4)?,
            })
        })
    }

    fn points(
        &mut self,
        hpa: &Identity,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Point>, Error> {
        let outcomes = self.outcomes_of(&hpa.cluster, since, until)?;
        let mut rosters: HashMap<i64, bool> = HashMap::new();
        let mut scopes: HashMap<i64, bool> = HashMap::new();
        let mut chunk = Chunk::default();
        let mut points = Vec::with_capacity(outcomes.len());
        let first = outcomes.first().map(|row| &row.4);
        let several = outcomes.iter().any(|row| Some(&row.4) != first);
        // Those at which it was seen.
        let mut servers: BTreeSet<&str> = BTreeSet::new();
        for (_, _, roster, _, server) in &*outcomes {
            if !rosters.contains_key(roster) {
                rosters.insert(*roster, self.roster(*roster)?.binary_search(&hpa.id).is_ok());
            }
            if several && rosters.get(roster) == Some(&true) {
                servers.insert(server);
            }
        }
        for &(snapshot, at, roster, failed, ref server) in &*outcomes {
            let sight = if rosters.get(&roster) == Some(&true) {
                Sight::Seen(chunk.at(self, hpa.id, snapshot)?)
            } else if failed {
                Sight::Unknown
            } else if several && !servers.contains(&**server) {
                // Another cluster of the same name.
                continue;
            } else if self.in_scope(&mut scopes, snapshot, &hpa.namespace)? {
                Sight::Absent
            } else {
                continue;
            };
            points.push(Point { at: self.time(at)?, sight });
        }
        points.sort_by_key(|point| point.at);
        // Before it was there, and after it went, there is nothing to tell.
        let seen = |point: &Point| point.seen().is_some();
        let last = points.iter().rposition(seen).map_or(0, |last| last + 1);
        points.truncate(last);
        let first = points.iter().position(seen).unwrap_or_default();
        points.drain(..first);
        Ok(points)
    }

    /// The snapshots of a time that asked for a cluster, each with its time, its roster and whether
    /// something went wrong. Kept for the cluster's next HPA: a reader serves one stretch of time.
    fn outcomes_of(
        &mut self,
        cluster: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Rc<Vec<OutcomeRow>>, Error> {
        if let Some(known) = self.outcomes.get(cluster) {
            return Ok(Rc::clone(known));
        }
        let (since, until) = (since.as_millisecond(), until.as_millisecond());
        let range = self.rows(
            "SELECT min(id), max(id) FROM snapshot WHERE taken_at >= ?1 AND taken_at < ?2",
            [since, until],
            |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?)),
        )?;
        let mut outcomes = Vec::new();
        if let Some(&(Some(first), Some(last))) = range.first() {
            // A cluster that has changed its context or address has several numbers.
            let numbers =
                self.rows("SELECT id, server FROM cluster WHERE name = ?1", [cluster], |row| {
                    Ok((row.get::<_, i64>(0)?, Rc::<str>::from(row.get::<_, String>(1)?)))
                })?;
            for (number, server) in numbers {
                outcomes.extend(self.rows(
                    "SELECT snapshot, taken_at, roster, kind IS NOT NULL FROM outcome
                     WHERE cluster = ?1 AND snapshot BETWEEN ?2 AND ?3",
                    [number, first, last],
                    |row| {
                        let server = Rc::clone(&server);
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, server))
                    },
                )?);
            }
        }
        outcomes.sort_unstable();
        outcomes.retain(|(_, at, ..): &OutcomeRow| (since..until).contains(at));
        let outcomes = Rc::new(outcomes);
        self.outcomes.insert(cluster.to_owned(), Rc::clone(&outcomes));
        Ok(outcomes)
    }

    /// Whether a snapshot was to hold that namespace.
    fn in_scope(
        &self,
        scopes: &mut HashMap<i64, bool>,
        snapshot: i64,
        namespace: &str,
    ) -> Result<bool, Error> {
        let scope = self.rows("SELECT scope FROM snapshot WHERE id = ?1", [snapshot], |row| {
            row.get::<_, i64>(0)
        })?;
        let Some(scope) = scope.first() else { return Ok(false) };
        if let Some(covers) = scopes.get(scope) {
            return Ok(*covers);
        }
        let covers = self.json::<Scope>(*scope)?.covers(namespace);
        scopes.insert(*scope, covers);
        Ok(covers)
    }
}

/// The chunk that is being read, and how far.
#[derive(Default)]
struct Chunk {
    /// States by offset, latest first.
    rest: Vec<(u64, State)>,
    bucket: Option<i64>,
    now: Option<Arc<Seen>>,
    /// The latest, of an earlier bucket too.
    last: Option<Arc<Seen>>,
}

impl Chunk {
    /// The state at a snapshot. Snapshots must come in their order.
    fn at(&mut self, reader: &mut Reader<'_>, hpa: i64, snapshot: i64) -> Result<Arc<Seen>, Error> {
        let (bucket, offset) = place_of(snapshot);
        if self.bucket != Some(bucket) {
            self.bucket = Some(bucket);
            self.now = None;
            self.rest.clear();
            let body = reader
                .rows(
                    "SELECT body FROM chunk WHERE bucket = ?1 AND hpa = ?2",
                    [bucket, hpa],
                    |row| row.get::<_, Vec<u8>>(0),
                )?
                .pop();
            let body = body.unwrap_or_default();
            let mut records = Records::new(&body);
            while records.peek().is_some() {
                records.advance().ok_or_else(|| reader.damaged_chunk(bucket, hpa))?;
                self.rest.push((records.offset, records.state.clone()));
            }
            self.rest.reverse();
        }
        let mut found = None;
        while self.rest.last().is_some_and(|(at, _)| *at <= offset) {
            found = self.rest.pop();
        }
        if let Some((_, state)) = found {
            self.now = Some(reader.seen(state, self.last.as_ref())?);
            self.last.clone_from(&self.now);
        }
        self.now.clone().ok_or_else(|| reader.damaged_chunk(bucket, hpa))
    }
}
