//! The course of one HPA over a period: when it was seen, when it was absent, and when it ended.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use super::codec::{Records, State};
use super::error::Error;
use super::loss::Lost;
use super::outcomes::{Fate, Kin, Outcome};
use super::read::Reader;
use super::seen::Seen;
use super::track::{Ended, Point, Sight, TrackQuery};
use super::write::place_of;
use crate::config::Scope;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) id: i64,
    pub(super) cluster: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) uid: String,
    /// The last bucket in which the HPA was seen.
    pub(super) bucket: i64,
}

/// The readings of an HPA over a period, for a [`Track`].
pub(super) struct Course {
    pub(super) points: Vec<Point>,
    pub(super) before: Option<Arc<Seen>>,
    pub(super) replaced: Option<Timestamp>,
    pub(super) ended: Option<Ended>,
}

/// The outcomes of a period that list an HPA.
struct Listing {
    /// Whether each roster contains the HPA; `None` for a damaged roster.
    rosters: HashMap<i64, Option<bool>>,
    /// The servers at which the HPA was seen.
    servers: BTreeSet<Rc<str>>,
    /// When the HPA was first seen, in milliseconds.
    listed: Option<i64>,
    /// Whether something before `listed` could not be read.
    obscure: bool,
}

impl Reader<'_> {
    pub(super) fn identities(&mut self, query: &TrackQuery) -> Result<Vec<Rc<Identity>>, Error> {
        let TrackQuery { cluster, namespace, name, uid } = query;
        let is =
            |wanted: &Option<String>, has: &str| wanted.as_ref().is_none_or(|wanted| wanted == has);
        let names = self.names()?;
        let mut found: Vec<Rc<Identity>> = names
            .all()
            .filter(|hpa| {
                is(uid, &hpa.uid)
                    && is(name, &hpa.name)
                    && is(namespace, &hpa.namespace)
                    && is(cluster, &hpa.cluster)
            })
            .map(Rc::clone)
            .collect();
        found.sort_by_key(|hpa| hpa.id);
        Ok(found)
    }

    /// The numbers of the other HPAs that have, or had, this HPA's name.
    fn namesakes(&mut self, hpa: &Identity) -> Result<Vec<i64>, Error> {
        let names = self.names()?;
        let others = names.all().filter(|other| {
            other.uid != hpa.uid
                && (&other.name, &other.namespace, &other.cluster)
                    == (&hpa.name, &hpa.namespace, &hpa.cluster)
        });
        Ok(others.map(|other| other.id).collect())
    }

    /// Records HPAs whose names are damaged, if there are any: they may be among the requested
    /// ones.
    pub(super) fn check_names(&mut self, since: Timestamp, until: Timestamp) -> Result<(), Error> {
        let pieces = self.pieces()?;
        self.check_latest(&pieces);
        let names = self.names()?;
        if names.is_whole {
            return Ok(());
        }
        if pieces.hpas.is_some() {
            self.store.lose(Lost::HpaNames, None);
        }
        for cluster in self.clusters()?.values() {
            for outcome in self.outcomes_of(&cluster.0, since, until)?.iter() {
                if outcome.fate != Fate::Lost
                    && let Ok(roster) = self.roster(outcome.roster)
                {
                    for id in roster.iter().filter(|id| names.get(**id).is_none()) {
                        self.store.lose(Lost::HpaName(*id), Some(outcome.place()));
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn course(
        &mut self,
        hpa: &Identity,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Course, Error> {
        let outcomes = self.outcomes_of(&hpa.cluster, since, until)?;
        let mut scopes: HashMap<i64, bool> = HashMap::new();
        let mut chunk = Chunk::default();
        let mut points = Vec::with_capacity(outcomes.len());
        let Listing { rosters, mut servers, listed, obscure } = self.listing(hpa, &outcomes)?;
        let mut kin = self.kin(&hpa.cluster, &outcomes)?;
        let mut before = self.before(hpa, &outcomes, obscure, &mut servers, &mut kin)?;
        if servers.is_empty() {
            return Ok(Course { points: Vec::new(), before: None, replaced: None, ended: None });
        }
        let mut namesakes: Option<Vec<i64>> = None;
        let mut replaced = None;
        let mut ended = None;
        for outcome in &*outcomes {
            let has = match outcome.fate {
                Fate::Lost => None,
                _ => rosters.get(&outcome.roster).copied().flatten(),
            };
            let is_known = kin.as_ref().is_some_and(|kin| kin.knows(&outcome.server));
            let is_stranger = has.is_some()
                && !servers.contains(&outcome.server)
                && !kin.as_ref().is_some_and(|kin| kin.is_any(&outcome.server, &servers));
            let sight = if has == Some(true) {
                (replaced, ended) = (None, None);
                match chunk.at(self, hpa.id, outcome.snapshot) {
                    Ok(seen) => Sight::Seen(seen),
                    Err(error) if error.is_damage() => {
                        self.lose_reading(hpa, outcome);
                        Sight::Lost
                    }
                    Err(error) => return Err(error),
                }
            } else if replaced.is_some() {
                continue;
            } else if has.is_none() {
                Sight::Lost
            } else if is_stranger && (outcome.fate == Fate::Read || is_known) {
                // Another cluster that has the same name.
                let at = self.time(outcome.at)?;
                let server = outcome.server.to_string();
                ended.get_or_insert(Ended::OtherCluster { at, server });
                continue;
            } else if is_stranger && ended.is_some() {
                continue;
            } else if !is_stranger && self.has_any(outcome.roster, hpa, &mut namesakes)? {
                // Another HPA has the name from here on; the rest belongs to that HPA's track.
                replaced = Some(self.time(outcome.at)?);
                continue;
            } else if outcome.fate == Fate::Failed {
                Sight::Unknown
            } else {
                match self.in_scope(&mut scopes, outcome.scope, &hpa.namespace) {
                    Ok(true) => Sight::Absent,
                    Ok(false) => continue,
                    Err(error) if error.is_damage() => {
                        self.store.lose(Lost::Scope, Some(outcome.place()));
                        Sight::Lost
                    }
                    Err(error) => return Err(error),
                }
            };
            if !is_stranger && has.is_some() {
                ended = None;
            }
            points.push(Point { at: self.time(outcome.at)?, sight });
        }
        points.sort_by_key(|point| point.at);
        // Without an earlier reading, the track begins where the HPA was first seen.
        if before.is_none() {
            let first = listed.unwrap_or(i64::MAX);
            points.retain(|point| point.at.as_millisecond() >= first);
        }
        before = before.filter(|_| points.first().is_some_and(|first| first.seen().is_none()));
        Ok(Course { points, before, replaced, ended })
    }

    /// The last reading before the period, read if the outcomes do not tell whether the HPA
    /// existed when the period began. Its server is added to `servers`, and `kin` is extended by
    /// that server's cluster.
    fn before(
        &mut self,
        hpa: &Identity,
        outcomes: &[Outcome],
        obscure: bool,
        servers: &mut BTreeSet<Rc<str>>,
        kin: &mut Option<Rc<Kin>>,
    ) -> Result<Option<Arc<Seen>>, Error> {
        let first = outcomes.first().filter(|_| obscure || servers.is_empty());
        let Some(first) = first else { return Ok(None) };
        let Some(found) = self.last_seen_before(hpa, first.snapshot, servers)? else {
            return Ok(None);
        };
        let before = match Chunk::default().at(self, hpa.id, found.snapshot) {
            Ok(seen) => Some(seen),
            Err(error) if error.is_damage() => {
                self.lose_reading(hpa, &found);
                None
            }
            Err(error) => return Err(error),
        };
        // The cluster may have moved to another address since that reading.
        if !kin.as_ref().is_some_and(|kin| kin.knows(&found.server)) {
            let mut wider = Kin::default();
            for outcome in outcomes.iter().chain([&found]) {
                if outcome.fate != Fate::Lost && !wider.knows(&outcome.server) {
                    wider.add(&outcome.server, self.with_uid(outcome.roster)?);
                }
            }
            *kin = Some(Rc::new(wider));
        }
        servers.insert(found.server);
        Ok(before)
    }

    fn listing(&mut self, hpa: &Identity, outcomes: &[Outcome]) -> Result<Listing, Error> {
        let mut servers: BTreeSet<Rc<str>> = BTreeSet::new();
        let mut listed: Option<i64> = None;
        let mut obscure = false;
        let mut rosters: HashMap<i64, Option<bool>> = HashMap::new();
        for outcome in outcomes {
            let has = match rosters.get(&outcome.roster) {
                Some(known) if outcome.fate != Fate::Lost => *known,
                _ => self.has(outcome, hpa)?,
            };
            if outcome.fate != Fate::Lost {
                rosters.insert(outcome.roster, has);
            }
            if has == Some(true) {
                servers.insert(Rc::clone(&outcome.server));
                listed = Some(listed.map_or(outcome.at, |first| first.min(outcome.at)));
            }
            obscure |= (outcome.fate != Fate::Read || has.is_none()) && servers.is_empty();
        }
        Ok(Listing { rosters, servers, listed, obscure })
    }

    fn lose_reading(&self, hpa: &Identity, outcome: &Outcome) {
        let name = format!("{}/{}/{}", hpa.cluster, hpa.namespace, hpa.name);
        self.store.lose(Lost::Hpa(name), Some(outcome.place()));
    }

    /// Whether an outcome's roster contains the HPA; `None` if the roster is damaged.
    pub(super) fn has(&mut self, outcome: &Outcome, hpa: &Identity) -> Result<Option<bool>, Error> {
        if outcome.fate == Fate::Lost {
            return Ok(None);
        }
        match self.roster(outcome.roster) {
            Ok(roster) => Ok(Some(roster.binary_search(&hpa.id).is_ok())),
            Err(error) if error.is_damage() => {
                self.store.lose(Lost::Cluster(hpa.cluster.clone()), Some(outcome.place()));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a roster contains another HPA with the same name.
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

    /// Whether the scope of a snapshot covers the whole namespace.
    pub(super) fn in_scope(
        &self,
        scopes: &mut HashMap<i64, bool>,
        scope: i64,
        namespace: &str,
    ) -> Result<bool, Error> {
        if let Some(covers) = scopes.get(&scope) {
            return Ok(*covers);
        }
        let covers = self.json::<Scope>(scope)?.covers_all_of(namespace);
        scopes.insert(scope, covers);
        Ok(covers)
    }
}

/// The chunk being read, and the position in it.
#[derive(Default)]
struct Chunk {
    /// States by offset, latest first.
    rest: Vec<(u64, State)>,
    bucket: Option<i64>,
    now: Option<Arc<Seen>>,
    /// The latest reading, which may be from an earlier bucket.
    last: Option<Arc<Seen>>,
}

impl Chunk {
    /// The state at a snapshot. Must be called for snapshots in ascending order.
    fn at(&mut self, reader: &mut Reader<'_>, hpa: i64, snapshot: i64) -> Result<Arc<Seen>, Error> {
        let (bucket, offset) = place_of(snapshot);
        if self.bucket != Some(bucket) {
            self.bucket = Some(bucket);
            self.now = None;
            self.rest.clear();
            let body = reader.chunk(bucket, hpa)?;
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
            // A part of the state may be damaged; until it is read, no state is known.
            self.now = None;
            self.now = Some(reader.seen(state, self.last.as_ref())?);
            self.last.clone_from(&self.now);
        }
        self.now.clone().ok_or_else(|| reader.damaged_chunk(bucket, hpa))
    }
}
