//! Reads the database at one moment: rows, parts and chunks, each with its checksum.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Row, Transaction};
use serde::de::DeserializeOwned;

use super::codec::{Bytes, State, Target};
use super::earlier::Earlier;
use super::error::Error;
use super::names::Names;
use super::observed::Source;
use super::outcomes::{Kin, Outcomes};
use super::pieces::Pieces;
use super::schema::Store;
use super::seen::Seen;
use super::sum;
use super::write::TargetPart;
use crate::hpa::Hpa;
use crate::kube::Condition;

/// Name, context and server of each cluster, by number.
pub(super) type Clusters = HashMap<i64, (Arc<str>, Arc<str>, Rc<str>)>;

/// Reads the database as it was at one moment, and caches parts.
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

    /// The encoded readings of an HPA in a bucket; empty if there are none.
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

    /// The HPAs in a roster, by number, sorted.
    pub(super) fn roster(&mut self, id: i64) -> Result<Rc<Vec<i64>>, Error> {
        if let Some(known) = self.rosters.get(&id) {
            return Ok(Rc::clone(known));
        }
        let roster = Rc::new(self.read_roster(id)?);
        self.rosters.insert(id, Rc::clone(&roster));
        Ok(roster)
    }

    /// Like [`Reader::roster`] but not cached: a month may have as many rosters as snapshots.
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

    /// Assembles a reading from its parts. `like` is another reading of the same HPA, with which
    /// it shares unchanged data.
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
        let (source, generation) = (Source::Database, None);
        Ok(Arc::new(Seen { spec, shape, resources, state, source, generation }))
    }

    /// The spec in this part.
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

    /// The requests and limits in this part.
    pub(super) fn target(&mut self, id: i64) -> Result<Arc<TargetPart>, Error> {
        if let Some(known) = self.targets.get(&id) {
            return Ok(Arc::clone(known));
        }
        let part: Arc<TargetPart> = Arc::new(self.json(id)?);
        self.targets.insert(id, Arc::clone(&part));
        Ok(part)
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

    /// All rows of a table that has an `id`, and whether none was skipped. If damage stops the
    /// scan, the table is also scanned from the other end.
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
                    // Columns of a wrong type mean that this single row is damaged.
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

    /// The encoded readings of all HPAs in a bucket; empty if damage prevents reading them.
    pub(super) fn chunks(&self, bucket: i64) -> Result<HashMap<i64, (Vec<u8>, i64)>, Error> {
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
}
