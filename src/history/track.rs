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
    /// A point for each snapshot that must have held it, oldest first: from the first in which it
    /// was seen, or from the beginning of the time where it is known from before that, to the end
    /// of the time, or to where another one has its name.
    pub points: Vec<Point>,
    /// What it was before that time, where the first point is no reading.
    pub before: Option<Arc<Seen>>,
    /// When another HPA was first seen under its name.
    pub replaced: Option<Timestamp>,
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

impl Track {
    /// What was seen of it last, which may be long ago.
    pub fn last(&self) -> Option<&Seen> {
        self.points.iter().rev().find_map(Point::seen).or(self.before.as_deref())
    }

    /// What is known of it at the end.
    pub fn end(&self) -> Sight {
        match self.points.last() {
            Some(point) if self.replaced.is_none() => point.sight.clone(),
            _ => Sight::Absent,
        }
    }
}

/// Snapshot, time in milliseconds, part of the roster, whether something went wrong, the server.
pub(super) type OutcomeRow = (i64, i64, i64, bool, Rc<str>);

pub(super) struct Identity {
    pub(super) id: i64,
    pub(super) cluster: String,
    pub(super) namespace: String,
    name: String,
    uid: String,
    /// The last bucket in which it was seen.
    pub(super) bucket: i64,
}

/// What a stretch of time says of an HPA, as a [`Track`] has it.
struct Course {
    points: Vec<Point>,
    before: Option<Arc<Seen>>,
    replaced: Option<Timestamp>,
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
            let Course { points, before, replaced } = reader.course(&identity, since, until)?;
            if !points.is_empty() {
                let Identity { cluster, namespace, name, uid, .. } = identity;
                tracks.push(Track { cluster, namespace, name, uid, points, before, replaced });
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
            "SELECT id, cluster, namespace, name, uid, bucket FROM hpa WHERE {by}
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
                bucket: row.get(5)?,
            })
        })
    }

    /// The numbers of the others that have, or had, its name.
    fn namesakes(&self, hpa: &Identity) -> Result<Vec<i64>, Error> {
        self.rows(
            "SELECT id FROM hpa WHERE cluster = ?1 AND namespace = ?2 AND name = ?3 AND uid <> ?4",
            [&hpa.cluster, &hpa.namespace, &hpa.name, &hpa.uid],
            |row| row.get(0),
        )
    }

    fn course(
        &mut self,
        hpa: &Identity,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Course, Error> {
        let outcomes = self.outcomes_of(&hpa.cluster, since, until)?;
        let mut rosters: HashMap<i64, bool> = HashMap::new();
        let mut scopes: HashMap<i64, bool> = HashMap::new();
        let mut chunk = Chunk::default();
        let mut points = Vec::with_capacity(outcomes.len());
        // Those at which it was seen.
        let mut servers: BTreeSet<Rc<str>> = BTreeSet::new();
        // Whether something could not be read before it was seen.
        let mut obscure = false;
        for (_, _, roster, failed, server) in &*outcomes {
            if !rosters.contains_key(roster) {
                rosters.insert(*roster, self.has(*roster, hpa.id)?);
            }
            if rosters.get(roster) == Some(&true) {
                servers.insert(Rc::clone(server));
            }
            obscure |= *failed && servers.is_empty();
        }
        let mut before = None;
        if let Some((first, ..)) = outcomes.first()
            && (obscure || servers.is_empty())
            && let Some((snapshot, server)) = self.last_seen_before(hpa, *first, &servers)?
        {
            before = Some(Chunk::default().at(self, hpa.id, snapshot)?);
            servers.insert(server);
        }
        if servers.is_empty() {
            return Ok(Course { points: Vec::new(), before: None, replaced: None });
        }
        let mut all = outcomes.iter().map(|row| &row.4).chain(&servers);
        let first = all.next();
        let several = all.any(|server| Some(server) != first);
        let mut namesakes: Option<Vec<i64>> = None;
        let mut replaced = None;
        for &(snapshot, at, roster, failed, ref server) in &*outcomes {
            let stranger = several && !servers.contains(server);
            let sight = if rosters.get(&roster) == Some(&true) {
                replaced = None;
                Sight::Seen(chunk.at(self, hpa.id, snapshot)?)
            } else if replaced.is_some() {
                continue;
            } else if !stranger && self.has_any(roster, hpa, &mut namesakes)? {
                // From here on the name is another one's, and its track goes on.
                replaced = Some(self.time(at)?);
                continue;
            } else if failed {
                Sight::Unknown
            } else if stranger {
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
        // Before it was there, there is nothing to tell.
        if before.is_none() {
            let seen = |point: &Point| point.seen().is_some();
            let first = points.iter().position(seen).unwrap_or(points.len());
            points.drain(..first);
        }
        before = before.filter(|_| points.first().is_some_and(|first| first.seen().is_none()));
        Ok(Course { points, before, replaced })
    }

    /// Whether a roster has that HPA.
    pub(super) fn has(&mut self, roster: i64, hpa: i64) -> Result<bool, Error> {
        Ok(self.roster(roster)?.binary_search(&hpa).is_ok())
    }

    /// Whether a roster has another HPA of that name.
    fn has_any(
        &mut self,
        roster: i64,
        hpa: &Identity,
        namesakes: &mut Option<Vec<i64>>,
    ) -> Result<bool, Error> {
        let others = match namesakes.take() {
            Some(known) => known,
            None => self.namesakes(hpa)?,
        };
        let others = namesakes.insert(others);
        if others.is_empty() {
            return Ok(false);
        }
        let roster = self.roster(roster)?;
        Ok(others.iter().any(|id| roster.binary_search(id).is_ok()))
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
        let mut outcomes = match range.first() {
            Some(&(Some(first), Some(last))) => self.outcomes_between(cluster, first, last)?,
            _ => Vec::new(),
        };
        outcomes.retain(|(_, at, ..): &OutcomeRow| (since..until).contains(at));
        let outcomes = Rc::new(outcomes);
        self.outcomes.insert(cluster.to_owned(), Rc::clone(&outcomes));
        Ok(outcomes)
    }

    /// The outcomes of a cluster from one snapshot to another, in their order.
    pub(super) fn outcomes_between(
        &self,
        cluster: &str,
        first: i64,
        last: i64,
    ) -> Result<Vec<OutcomeRow>, Error> {
        // A cluster that has changed its context or address has several numbers.
        let numbers =
            self.rows("SELECT id, server FROM cluster WHERE name = ?1", [cluster], |row| {
                Ok((row.get::<_, i64>(0)?, Rc::<str>::from(row.get::<_, String>(1)?)))
            })?;
        let mut outcomes = Vec::new();
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
        outcomes.sort_unstable();
        Ok(outcomes)
    }

    /// Whether a snapshot was to hold that namespace.
    pub(super) fn in_scope(
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
