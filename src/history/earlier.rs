//! The last that was known about an HPA before a period.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::course::Identity;
use super::error::Error;
use super::outcomes::{Fate, Outcome};
use super::read::Reader;
use super::schema::BUCKET;

/// A cluster's outcomes before a period, read as far back as needed so far.
#[derive(Default)]
pub(super) struct Earlier {
    /// Latest first.
    rows: Vec<Outcome>,
    /// The first snapshot that was read.
    from: Option<i64>,
}

impl Reader<'_> {
    /// The last outcome before snapshot `first` in which the HPA was seen; `None` if it was never
    /// seen, or is known to have been absent after that. `servers` are the servers at which it was
    /// seen later: other clusters with the same name are then ignored.
    pub(super) fn last_seen_before(
        &mut self,
        hpa: &Identity,
        first: i64,
        servers: &BTreeSet<Rc<str>>,
    ) -> Result<Option<Outcome>, Error> {
        let mut earlier = self.earlier.remove(&hpa.cluster).unwrap_or_default();
        let found = self.walk_back(&mut earlier, hpa, first, servers);
        self.earlier.insert(hpa.cluster.clone(), earlier);
        found
    }

    fn walk_back(
        &mut self,
        earlier: &mut Earlier,
        hpa: &Identity,
        first: i64,
        servers: &BTreeSet<Rc<str>>,
    ) -> Result<Option<Outcome>, Error> {
        let clusters = self.clusters()?;
        let named = clusters.values().filter(|(name, ..)| **name == *hpa.cluster);
        let single = named.map(|(_, _, server)| server).collect::<BTreeSet<_>>().len() < 2;
        // If the HPA was seen after `first`, its last bucket before `first` is not known.
        let oldest = if servers.is_empty() { hpa.bucket.saturating_mul(BUCKET) } else { 0 };
        let mut scopes: HashMap<i64, bool> = HashMap::new();
        let mut absent: BTreeSet<Rc<str>> = BTreeSet::new();
        let mut index = 0;
        loop {
            while index >= earlier.rows.len() {
                let end = earlier.from.unwrap_or(first);
                if end <= oldest.max(1) {
                    return Ok(None);
                }
                let from = end.saturating_sub(4 * BUCKET);
                let rows = self.outcomes_between(&hpa.cluster, from, end - 1)?;
                earlier.rows.extend(rows.into_iter().rev());
                // One row is enough for an outage: every HPA's search passes over these rows.
                earlier.rows.dedup_by(|older, newer| {
                    older.fate == newer.fate
                        && older.fate != Fate::Read
                        && (older.roster, &older.server) == (newer.roster, &newer.server)
                });
                earlier.from = Some(from);
            }
            let Some(outcome) = earlier.rows.get(index) else { return Ok(None) };
            index += 1;
            let has = self.has(outcome, hpa)?;
            let server = &outcome.server;
            if has == Some(true) {
                let gone = absent.contains(server);
                return Ok((!gone).then(|| outcome.clone()));
            }
            let is_open = outcome.fate != Fate::Read || has.is_none() || absent.contains(server);
            let mut is_covered = || match self.in_scope(&mut scopes, outcome.scope, &hpa.namespace)
            {
                Err(error) if error.is_damage() => Ok(false),
                covered => covered,
            };
            if !is_open && is_covered()? {
                if single || servers.contains(server) {
                    return Ok(None);
                }
                absent.insert(Rc::clone(server));
            }
        }
    }
}
