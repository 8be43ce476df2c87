//! The outcomes of reading a cluster over time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;

use super::contents::Entry;
use super::error::Error;
use super::loss::{Lost, Where};
use super::pieces::Piece;
use super::read::Reader;

/// A cluster in one snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) snapshot: i64,
    /// In milliseconds.
    pub(super) at: i64,
    pub(super) fate: Fate,
    /// The part that holds the numbers of the cluster's HPAs.
    pub(super) roster: i64,
    /// The part that holds the snapshot's scope.
    pub(super) scope: i64,
    pub(super) server: Rc<str>,
}

/// How the reading of a cluster went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Everything was read.
    Read,
    /// Something went wrong.
    Failed,
    /// The stored outcome is damaged: perhaps the snapshot did not include the cluster at all.
    Lost,
}

impl Outcome {
    fn lost(snapshot: i64, at: i64) -> Self {
        Self { snapshot, at, fate: Fate::Lost, roster: 0, scope: 0, server: Rc::from("") }
    }

    pub(super) fn place(&self) -> Where {
        Where::at(self.snapshot, self.at)
    }
}

/// All outcomes of a cluster, in the order of their snapshots.
pub(super) type Outcomes = Vec<Outcome>;

impl Reader<'_> {
    /// A cluster's outcomes in a period. The result is cached for the other clusters and HPAs: a
    /// reader serves one period only.
    pub(super) fn outcomes_of(
        &mut self,
        cluster: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Rc<Outcomes>, Error> {
        if self.outcomes.is_none() {
            let range = (since.as_millisecond(), until.as_millisecond());
            let is_meant = |piece: &Piece| {
                let (first, last) = piece.times();
                first < range.1 && last >= range.0
            };
            let found =
                self.collect(is_meant, |entry| (range.0..range.1).contains(&entry.at), range)?;
            let found = found.into_iter().map(|(name, outcomes)| (name, Rc::new(outcomes)));
            self.outcomes = Some(found.collect());
        }
        let known = self.outcomes.as_ref().and_then(|known| known.get(cluster));
        Ok(known.map(Rc::clone).unwrap_or_default())
    }

    /// A cluster's outcomes from one snapshot to another, in the order of the snapshots.
    pub(super) fn outcomes_between(
        &mut self,
        cluster: &str,
        first: i64,
        last: i64,
    ) -> Result<Outcomes, Error> {
        let is_meant = |piece: &Piece| {
            let (from, to) = piece.numbers();
            from <= last && to >= first
        };
        let in_range = |entry: &Entry| (first..=last).contains(&entry.id);
        let mut found = self.collect(is_meant, in_range, (i64::MIN, i64::MAX))?;
        Ok(found.remove(cluster).unwrap_or_default())
    }

    /// The outcomes of all clusters. A lost snapshot counts as lost for every cluster.
    fn collect(
        &mut self,
        is_meant: impl Fn(&Piece) -> bool,
        is_wanted: impl Fn(&Entry) -> bool,
        (since, until): (i64, i64),
    ) -> Result<HashMap<Arc<str>, Outcomes>, Error> {
        let pieces = self.pieces()?;
        let clusters = self.clusters()?;
        let mut found: HashMap<Arc<str>, Outcomes> = HashMap::new();
        for (name, ..) in clusters.values() {
            found.entry(Arc::clone(name)).or_default();
        }
        let lose = |found: &mut HashMap<Arc<str>, Outcomes>, snapshot: i64, at: i64| {
            for outcomes in found.values_mut() {
                outcomes.push(Outcome::lost(snapshot, at));
            }
        };
        for piece in pieces.all.iter().filter(|piece| is_meant(piece)) {
            let Some(entries) = self.entries_or_lose(piece)? else {
                let (first, last) = piece.times();
                // If one end of the period is not known, the other end stands for it.
                let known = |time: i64, other: i64| {
                    if time == i64::MIN || time == i64::MAX { other } else { time }
                };
                let clamped = |time: i64| time.clamp(since, until.saturating_sub(1).max(since));
                let (first, last) = (clamped(known(first, last)), clamped(known(last, first)));
                let (from, to) = piece.numbers();
                lose(&mut found, from, first);
                if to != from {
                    lose(&mut found, to, last);
                }
                continue;
            };
            for entry in entries.into_iter().filter(&is_wanted) {
                for asked in &entry.asked {
                    let Some((name, _, server)) = clusters.get(&asked.cluster) else {
                        let place = Where::at(entry.id, entry.at);
                        self.store.lose(Lost::ClusterName(asked.cluster), Some(place));
                        lose(&mut found, entry.id, entry.at);
                        continue;
                    };
                    let fate = if asked.failure.is_some() { Fate::Failed } else { Fate::Read };
                    if let Some(outcomes) = found.get_mut(name) {
                        outcomes.push(Outcome {
                            snapshot: entry.id,
                            at: entry.at,
                            fate,
                            roster: asked.roster,
                            scope: entry.scope,
                            server: Rc::clone(server),
                        });
                    }
                }
            }
        }
        Ok(found)
    }
}

/// Which servers with one cluster's name are the same cluster: those at which an HPA with the same
/// uid was seen. A cluster that has moved to another address keeps its HPAs; one that was created
/// again, or a different one of the same name, shares none of them.
#[derive(Debug, Default)]
pub(super) struct Kin {
    /// The HPAs and the servers of each cluster.
    clusters: Vec<(BTreeSet<i64>, BTreeSet<Rc<str>>)>,
}

impl Kin {
    pub(super) fn add(&mut self, server: &Rc<str>, hpas: impl IntoIterator<Item = i64>) {
        let mut hpas: BTreeSet<i64> = hpas.into_iter().collect();
        if hpas.is_empty() {
            return;
        }
        let mut servers = BTreeSet::from([Rc::clone(server)]);
        let (same, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.clusters)
            .into_iter()
            .partition(|(theirs, at)| at.contains(server) || !theirs.is_disjoint(&hpas));
        self.clusters = others;
        for (theirs, at) in same {
            hpas.extend(theirs);
            servers.extend(at);
        }
        self.clusters.push((hpas, servers));
    }

    /// Whether it is known to which cluster a server belongs.
    pub(super) fn knows(&self, server: &Rc<str>) -> bool {
        self.clusters.iter().any(|(_, servers)| servers.contains(server))
    }

    /// Whether `server` is the same cluster as one of the servers in `of`.
    pub(super) fn is_any(&self, server: &Rc<str>, of: &BTreeSet<Rc<str>>) -> bool {
        of.contains(server)
            || self
                .clusters
                .iter()
                .any(|(_, servers)| servers.contains(server) && !servers.is_disjoint(of))
    }
}

impl Reader<'_> {
    /// Identifies clusters by the HPAs at their servers. `None` if there is only one server.
    pub(super) fn kin(
        &mut self,
        cluster: &str,
        outcomes: &Outcomes,
    ) -> Result<Option<Rc<Kin>>, Error> {
        if let Some(known) = self.kin.get(cluster) {
            return Ok(known.clone());
        }
        let mut rosters: BTreeMap<Rc<str>, BTreeSet<i64>> = BTreeMap::new();
        for outcome in outcomes.iter().filter(|outcome| outcome.fate != Fate::Lost) {
            rosters.entry(Rc::clone(&outcome.server)).or_default().insert(outcome.roster);
        }
        let mut kin = None;
        if rosters.len() > 1 {
            let mut found = Kin::default();
            for (server, rosters) in rosters {
                for roster in rosters {
                    found.add(&server, self.with_uid(roster)?);
                }
            }
            kin = Some(Rc::new(found));
        }
        self.kin.insert(cluster.to_owned(), kin.clone());
        Ok(kin)
    }

    /// The HPAs of a roster that have a uid; empty if the roster is damaged.
    pub(super) fn with_uid(&mut self, roster: i64) -> Result<Vec<i64>, Error> {
        let names = self.names()?;
        let has_uid = |id: &i64| names.get(*id).is_some_and(|hpa| !hpa.uid.is_empty());
        match self.roster(roster) {
            Ok(roster) => Ok(roster.iter().copied().filter(has_uid).collect()),
            Err(error) if error.is_damage() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_one_cluster_where_they_have_an_hpa_in_common() {
        let server = |name: &str| Rc::<str>::from(name);
        let mut kin = Kin::default();
        kin.add(&server("a"), [1, 2]);
        kin.add(&server("b"), [3]);
        kin.add(&server("c"), []);
        let is = |kin: &Kin, one: &str, other: &str| {
            kin.is_any(&server(one), &BTreeSet::from([server(other)]))
        };
        assert!(!is(&kin, "a", "b") && is(&kin, "c", "c") && !is(&kin, "a", "c"));
        assert!(kin.knows(&server("a")) && !kin.knows(&server("c")));
        // The cluster has moved twice.
        kin.add(&server("d"), [2, 3]);
        assert!(is(&kin, "a", "b") && is(&kin, "a", "d") && is(&kin, "b", "d"));
    }
}
