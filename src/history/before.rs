//! What was known of an HPA before a stretch of time.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use super::error::Error;
use super::read::Reader;
use super::schema::BUCKET;
use super::track::{Identity, OutcomeRow};

/// A cluster's outcomes before a stretch of time, read as far back as anybody asked.
#[derive(Default)]
pub(super) struct Earlier {
    /// Latest first.
    rows: Vec<OutcomeRow>,
    /// From which snapshot on they are read.
    from: Option<i64>,
}

impl Reader<'_> {
    /// The snapshot before `first`, and the server, at which an HPA was seen, if it was still there
    /// as far as is known. `servers` are those at which it was seen later: what others of the
    /// cluster's name say is nothing to it.
    pub(super) fn last_seen_before(
        &mut self,
        hpa: &Identity,
        first: i64,
        servers: &BTreeSet<Rc<str>>,
    ) -> Result<Option<(i64, Rc<str>)>, Error> {
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
    ) -> Result<Option<(i64, Rc<str>)>, Error> {
        let single = self
            .rows(
                "SELECT count(DISTINCT server) FROM cluster WHERE name = ?1",
                [&hpa.cluster],
                |row| row.get::<_, i64>(0),
            )?
            .first()
            .is_some_and(|count| *count < 2);
        // Where it was seen after `first`, any bucket may be the last one before it.
        let oldest = if servers.is_empty() { hpa.bucket.saturating_mul(BUCKET) } else { 0 };
        let mut scopes = HashMap::new();
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
                // Of an outage one row tells all, and each HPA goes over them.
                earlier.rows.dedup_by(|older, newer| {
                    older.3 && newer.3 && (older.2, &older.4) == (newer.2, &newer.4)
                });
                earlier.from = Some(from);
            }
            let Some((snapshot, _, roster, failed, server)) = earlier.rows.get(index) else {
                return Ok(None);
            };
            index += 1;
            if self.has(*roster, hpa.id)? {
                let gone = absent.contains(server);
                return Ok((!gone).then(|| (*snapshot, Rc::clone(server))));
            }
            let is_known = *failed || absent.contains(server);
            if !is_known && self.in_scope(&mut scopes, *snapshot, &hpa.namespace)? {
                if single || servers.contains(server) {
                    return Ok(None);
                }
                absent.insert(Rc::clone(server));
            }
        }
    }
}
