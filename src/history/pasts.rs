//! The earlier readings of HPAs, as input for the findings.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use super::codec::{Records, Target};
use super::error::Error;
use super::loss::{Lost, Where, phrase};
use super::pieces::Piece;
use super::read::Reader;
use super::schema::Store;
use super::seen::Seen;
use super::write::place_of;
use crate::findings::{
    CONFIGURED, Kept, Known, Past, PastTarget, Reading, Stretch, Unknown, reach,
};
use crate::hpa::Hpa;

/// The earlier readings of HPAs, as far back as the findings need them. Each call of
/// [`Pasts::read`] adds what was stored since the last one, by other processes as well.
#[derive(Debug, Default)]
pub struct Pasts {
    /// By cluster, namespace, name and uid.
    hpas: BTreeMap<Key, Own>,
}

type Key = (Arc<str>, String, String, String);

fn key(hpa: &Hpa) -> Key {
    (Arc::clone(&hpa.cluster), hpa.namespace.clone(), hpa.name.clone(), hpa.uid.clone())
}

/// The earlier readings of one HPA.
#[derive(Debug, Default)]
struct Own {
    /// The HPA's number; `None` if no snapshot has the HPA yet.
    id: Option<i64>,
    /// The last snapshot that was read.
    read: i64,
    /// The first snapshot whose readings are kept whole: findings need no older ones.
    whole: i64,
    past: Past,
    /// The damage to these readings, if any.
    damage: Option<String>,
    /// The part ids of the last spec and the last target.
    parts: (i64, Option<i64>),
    /// The last reading, shared by consecutive readings that are equal.
    last: Option<Arc<Seen>>,
}

/// A snapshot whose scope includes the cluster.
struct Inspection {
    snapshot: i64,
    at: Timestamp,
    roster: Rc<Vec<i64>>,
}

impl Kept for Seen {
    fn hpa(&self) -> Hpa {
        Self::hpa(self)
    }

    fn target(&self) -> Option<PastTarget> {
        Self::target(self)
    }
}

impl Pasts {
    /// Reads what was stored up to `now` about these HPAs of a cluster. Damage affects only the
    /// HPA concerned. Other HPAs of the cluster are dropped from memory.
    pub fn read<'a>(
        &mut self,
        store: &Store,
        cluster: &Arc<str>,
        hpas: impl IntoIterator<Item = &'a Hpa>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut reader = Reader::new(store)?;
        let mut own: BTreeMap<i64, (Key, Own)> = BTreeMap::new();
        let mut unknown = Vec::new();
        let mut numbers = None;
        for key in hpas.into_iter().map(key) {
            let mut known = self.hpas.remove(&key).unwrap_or_default();
            if known.damage.is_some() {
                known = Own { id: known.id, ..Own::default() };
            }
            if known.id.is_none() {
                let numbers = match &numbers {
                    Some(numbers) => numbers,
                    None => numbers.insert(reader.numbers(cluster)?),
                };
                known.id = numbers.get(&(key.1.clone(), key.2.clone(), key.3.clone())).copied();
                if known.id.is_none() && !reader.names()?.is_whole {
                    store.lose(Lost::HpaNames, None);
                    known.damage = Some(phrase(&Lost::HpaNames, None));
                }
            }
            // An HPA that is in no snapshot is known to have no readings.
            match known.id {
                Some(id) => drop(own.insert(id, (key, known))),
                None => unknown.push((key, known)),
            }
        }
        self.hpas.retain(|(of, ..), _| of != cluster);
        self.hpas.extend(unknown);
        let read = reader.read_on(cluster, &mut own, now);
        for (key, mut known) in own.into_values() {
            known.past.forget(now);
            self.hpas.insert(key, known);
        }
        read
    }

    /// The earlier readings of an HPA that was passed to [`Pasts::read`], or why they are unknown.
    pub fn of(&self, hpa: &Hpa) -> Known<&Past> {
        match self.hpas.get(&key(hpa)) {
            Some(Own { damage: Some(damage), .. }) => {
                Err(Unknown::Failed(format!("its history is damaged: {damage}").into()))
            }
            Some(own) => Ok(&own.past),
            None => Err(Unknown::NotRequested),
        }
    }
}

impl Inspection {
    fn has(&self, hpa: i64) -> bool {
        self.roster.binary_search(&hpa).is_ok()
    }
}

/// The first snapshot whose readings are kept whole.
fn whole_from(hpa: i64, looks: &[Inspection], now: Timestamp) -> i64 {
    let listed = || looks.iter().rev().filter(|look| look.has(hpa));
    let count = reach(listed().map(|look| look.at), now);
    let first = count.checked_sub(1).and_then(|last| listed().nth(last));
    first.map_or(i64::MAX, |look| look.snapshot)
}

impl Own {
    /// Adds the reading of each of `looks`, which are all in one bucket.
    fn read(
        &mut self,
        reader: &mut Reader<'_>,
        id: i64,
        bucket: i64,
        looks: &[Inspection],
    ) -> Result<(), Error> {
        let mut listed = looks.iter().filter(|look| look.snapshot > self.read && look.has(id));
        let listed: Vec<&Inspection> = listed.by_ref().collect();
        if listed.is_empty() {
            return Ok(());
        }
        let body = reader.chunk(bucket, id)?;
        let mut records = Records::new(&body);
        for look in listed {
            let (_, offset) = place_of(look.snapshot);
            // Without a record at or before the offset, the state has no spec.
            let read = records.advance_to(offset).filter(|()| records.state.spec != 0);
            read.ok_or_else(|| reader.damaged_chunk(bucket, id))?;
            let state = &records.state;
            // A target that does not exist has nothing to compare.
            let target = state.target.filter(|target| *target != Target::MISSING);
            let parts = (state.spec, target.map(|target| target.resources));
            match self.past.specs.last_mut() {
                Some(same) if self.parts.0 == parts.0 => same.until = look.at,
                _ => self.past.specs.push(Stretch::new(look.at, reader.spec(parts.0)?)),
            }
            self.parts.0 = parts.0;
            if let Some(resources) = parts.1 {
                match self.past.targets.last_mut() {
                    Some(same) if self.parts.1 == parts.1 => same.until = look.at,
                    _ => {
                        let part = reader.target(resources)?;
                        let target = PastTarget {
                            requests: part.requests.clone(),
                            limits: part.limits.clone(),
                            ..PastTarget::default()
                        };
                        self.past.targets.push(Stretch::new(look.at, target));
                    }
                }
                self.parts.1 = parts.1;
            }
            if look.snapshot >= self.whole {
                let seen = match &self.last {
                    Some(last) if last.state == *state => Arc::clone(last),
                    last => reader.seen(state.clone(), last.as_ref())?,
                };
                self.past.readings.push(Reading::new(look.at, Arc::clone(&seen) as Arc<dyn Kept>));
                self.last = Some(seen);
            }
        }
        Ok(())
    }
}

impl Reader<'_> {
    /// The numbers of a cluster's HPAs by namespace, name and uid.
    fn numbers(&mut self, cluster: &str) -> Result<HashMap<(String, String, String), i64>, Error> {
        let names = self.names()?;
        let own = names.all().filter(|hpa| hpa.cluster == cluster);
        Ok(own
            .map(|hpa| ((hpa.namespace.clone(), hpa.name.clone(), hpa.uid.clone()), hpa.id))
            .collect())
    }

    /// The snapshots after `after` whose scope includes the cluster, as far back as the findings
    /// need them, and the damage among them.
    fn looks(
        &mut self,
        cluster: &str,
        after: i64,
        now: Timestamp,
    ) -> Result<(Vec<Inspection>, Option<String>), Error> {
        let range = now.checked_sub(CONFIGURED).unwrap_or(Timestamp::MIN).as_millisecond()
            ..now.as_millisecond();
        let (pieces, clusters) = (self.pieces()?, self.clusters()?);
        let mut looks = Vec::new();
        let mut damage = None;
        let is_recent = |piece: &&Piece| {
            let (since, until) = piece.times();
            until >= range.start && since < range.end && piece.numbers().1 > after
        };
        for piece in pieces.all.iter().filter(is_recent) {
            let Some(entries) = self.entries_or_lose(piece)? else {
                damage = Some(phrase(&Lost::Snapshots, Some(piece.place())));
                continue;
            };
            for entry in entries.iter().filter(|it| it.id > after && range.contains(&it.at)) {
                for asked in &entry.asked {
                    let place = Some(Where::at(entry.id, entry.at));
                    let lost = match clusters.get(&asked.cluster) {
                        // A cluster whose context or address has changed has several numbers.
                        Some((name, ..)) if **name == *cluster => match self.roster(asked.roster) {
                            Ok(roster) => {
                                let at = self.time(entry.at)?;
                                looks.push(Inspection { snapshot: entry.id, at, roster });
                                continue;
                            }
                            Err(error) if error.is_damage() => Lost::Cluster(cluster.to_owned()),
                            Err(error) => return Err(error),
                        },
                        Some(_) => continue,
                        None => Lost::ClusterName(asked.cluster),
                    };
                    damage = Some(phrase(&lost, place));
                    self.store.lose(lost, place);
                }
            }
        }
        Ok((looks, damage))
    }

    fn read_on(
        &mut self,
        cluster: &str,
        hpas: &mut BTreeMap<i64, (Key, Own)>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let Some(after) = hpas.values().map(|(_, own)| own.read).min() else { return Ok(()) };
        let (looks, damage) = self.looks(cluster, after, now)?;
        for (id, (_, own)) in &mut *hpas {
            if own.read == 0 {
                own.whole = whole_from(*id, &looks, now);
            }
        }
        // Read in the order in which the database stores the data: by bucket, then by HPA.
        for looks in looks.chunk_by(|a, b| place_of(a.snapshot).0 == place_of(b.snapshot).0) {
            let Some(last) = looks.last().map(|look| look.snapshot) else { continue };
            for (id, (_, own)) in &mut *hpas {
                match own.read(self, *id, place_of(last).0, looks) {
                    Ok(()) => {}
                    Err(error) if error.is_damage() => {
                        let hpa = self.name(*id)?;
                        own.damage = Some(phrase(&hpa, None));
                        let at = looks.last().map(|look| look.at.as_millisecond());
                        self.store.lose(hpa, at.map(|at| Where::at(last, at)));
                    }
                    Err(error) => return Err(error),
                }
                own.read = own.read.max(last);
            }
        }
        // A lost snapshot may have held a reading of any HPA.
        if let Some(damage) = damage {
            for (_, own) in hpas.values_mut() {
                own.damage.get_or_insert_with(|| damage.clone());
            }
        }
        for (_, own) in hpas.values_mut() {
            own.past.readings.sort_by_key(|reading| reading.at);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
