//! The checks of a history for `doctor`: damaged parts, and clusters stored under two names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

use super::error::Error;
use super::loss::{Lost, Where};
use super::pieces::Piece;
use super::read::Reader;
use super::schema::BUCKET;

impl Reader<'_> {
    /// Reads everything that a snapshot may need, the latest first, and records what is damaged.
    /// Returns whether all of it was checked before `until`.
    pub(super) fn check(&mut self, until: Instant) -> Result<bool, Error> {
        let pieces = self.pieces()?;
        self.check_latest(&pieces);
        let (names, clusters) = (self.names()?, self.clusters()?);
        if !names.is_whole && pieces.hpas.is_some() {
            self.store.lose(Lost::HpaNames, None);
        }
        // Each part is read only once.
        let mut parts: HashMap<i64, bool> = HashMap::new();
        for piece in pieces.all.iter().rev() {
            let Some(entries) = self.entries_or_lose(piece)? else { continue };
            let Piece::Bucket(head) = piece else { continue };
            let mut listed: BTreeSet<i64> = BTreeSet::new();
            for entry in &entries {
                let place = Some(Where::at(entry.id, entry.at));
                if !self.is_good(entry.scope, &mut parts)? {
                    self.store.lose(Lost::Scope, place);
                }
                for asked in &entry.asked {
                    let Some((name, ..)) = clusters.get(&asked.cluster) else {
                        self.store.lose(Lost::ClusterName(asked.cluster), place);
                        continue;
                    };
                    let message = asked.failure.as_ref().map(|(_, message)| *message);
                    let mut good = self.is_good(asked.roster, &mut parts)?;
                    if let Some(message) = message {
                        good &= self.is_good(message, &mut parts)?;
                    }
                    match self.roster(asked.roster) {
                        Ok(roster) => listed.extend(roster.iter()),
                        Err(error) if error.is_damage() => good = false,
                        Err(error) => return Err(error),
                    }
                    if !good {
                        self.store.lose(Lost::Cluster(name.to_string()), place);
                    }
                }
            }
            for hpa in listed {
                if Instant::now() >= until {
                    return Ok(false);
                }
                if !self.is_chunk_good(head.id, hpa)? {
                    let lost = self.name(hpa)?;
                    self.store.lose(lost, Some(piece.place()));
                } else if names.get(hpa).is_none() {
                    self.store.lose(Lost::HpaName(hpa), Some(piece.place()));
                }
            }
        }
        Ok(true)
    }

    fn is_good(&self, part: i64, known: &mut HashMap<i64, bool>) -> Result<bool, Error> {
        if let Some(good) = known.get(&part) {
            return Ok(*good);
        }
        let good = match self.part(part) {
            Ok(_) => true,
            Err(error) if error.is_damage() => false,
            Err(error) => return Err(error),
        };
        known.insert(part, good);
        Ok(good)
    }

    /// Whether all readings of an HPA in a bucket can be decoded.
    fn is_chunk_good(&mut self, bucket: i64, hpa: i64) -> Result<bool, Error> {
        let mut read = || {
            let body = self.chunk(bucket, hpa)?;
            let mut records = super::codec::Records::new(&body);
            let mut any = false;
            while !records.is_done() {
                records.advance().ok_or_else(|| self.damaged_chunk(bucket, hpa))?;
                self.seen(records.state.clone(), None)?;
                any = true;
            }
            Ok(any)
        };
        match read() {
            Ok(any) => Ok(any),
            Err(error @ (Error::Damaged { .. } | Error::Lost { .. })) => {
                tracing::debug!(%error, "history");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Pairs of cluster names with the same HPAs in the latest snapshots: one cluster that is read
    /// twice. A renamed cluster is not among them: its old name is not read after the new one.
    pub(super) fn doubles(&mut self) -> Result<Vec<(String, String)>, Error> {
        struct Name {
            first: i64,
            last: i64,
            roster: i64,
        }
        let (pieces, clusters, hpas) = (self.pieces()?, self.clusters()?, self.names()?);
        let last = pieces.all.last().map_or(0, |piece| piece.numbers().1);
        let latest = pieces.all.iter().filter(|piece| piece.numbers().1 > last - 2 * BUCKET);
        let mut names: BTreeMap<Arc<str>, Name> = BTreeMap::new();
        for piece in latest {
            let Some(entries) = self.entries_or_lose(piece)? else { continue };
            for entry in &entries {
                for asked in entry.asked.iter().filter(|asked| asked.failure.is_none()) {
                    let Some((name, ..)) = clusters.get(&asked.cluster) else { continue };
                    let (first, roster) = (entry.id, asked.roster);
                    let name = names.entry(Arc::clone(name)).or_insert(Name {
                        first,
                        last: first,
                        roster,
                    });
                    (name.last, name.roster) = (entry.id, roster);
                }
            }
        }
        let mut uids: Vec<(&Arc<str>, &Name, BTreeSet<String>)> = Vec::new();
        for (cluster, name) in &names {
            let ids = self.with_uid(name.roster)?;
            let uids_of = ids.iter().filter_map(|id| hpas.get(*id)).map(|hpa| hpa.uid.clone());
            uids.push((cluster, name, uids_of.collect()));
        }
        let mut found = Vec::new();
        for (index, (one, a, own)) in uids.iter().enumerate() {
            for (other, b, theirs) in uids.iter().skip(index + 1) {
                let at_one_time = a.last >= b.first && b.last >= a.first;
                if at_one_time && !own.is_disjoint(theirs) {
                    found.push((one.to_string(), other.to_string()));
                }
            }
        }
        Ok(found)
    }
}
