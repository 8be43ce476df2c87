//! The names of all HPAs that the history has. The whole table is read, because a damaged index
//! would omit rows unnoticed.

use std::collections::HashMap;
use std::rc::Rc;

use super::course::Identity;
use super::error::Error;
use super::loss::Lost;
use super::read::Reader;
use super::sum;

/// All names of HPAs.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_id: HashMap<i64, Rc<Identity>>,
    /// Whether no name is missing.
    pub(super) is_whole: bool,
}

impl Names {
    pub(super) fn get(&self, id: i64) -> Option<&Rc<Identity>> {
        self.by_id.get(&id)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Rc<Identity>> {
        self.by_id.values()
    }
}

impl Reader<'_> {
    pub(super) fn names(&mut self) -> Result<Rc<Names>, Error> {
        if let Some(known) = &self.names {
            return Ok(Rc::clone(known));
        }
        let columns = "id, cluster, namespace, name, uid, bucket, sum";
        let (rows, _) = self.all_rows(columns, "hpa", |row| {
            let identity = Identity {
                id: row.get(0)?,
                cluster: row.get(1)?,
                namespace: row.get(2)?,
                name: row.get(3)?,
                uid: row.get(4)?,
                bucket: row.get(5)?,
            };
            Ok((identity, row.get::<_, i64>(6)?))
        })?;
        let good = rows.into_iter().filter(|(hpa, sum)| {
            *sum == sum::hpa(
                hpa.id,
                [&hpa.cluster, &hpa.namespace, &hpa.name, &hpa.uid],
                hpa.bucket,
            )
        });
        let by_id: HashMap<i64, Rc<Identity>> =
            good.map(|(hpa, _)| (hpa.id, Rc::new(hpa))).collect();
        let wanted = self.pieces()?.hpas;
        let is_whole = wanted.is_some_and(|wanted| usize::try_from(wanted) == Ok(by_id.len()));
        let names = Rc::new(Names { by_id, is_whole });
        self.names = Some(Rc::clone(&names));
        Ok(names)
    }

    /// The loss to report if this HPA's readings are damaged.
    pub(super) fn name(&mut self, id: i64) -> Result<Lost, Error> {
        let names = self.names()?;
        Ok(match names.get(id) {
            Some(hpa) => Lost::Hpa(format!("{}/{}/{}", hpa.cluster, hpa.namespace, hpa.name)),
            None => Lost::HpaName(id),
        })
    }
}
