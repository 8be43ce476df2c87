//! The buckets in order, and the gaps where some are missing.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::contents::{self, Entry, Head, NONE, decode};
use super::error::Error;
use super::loss::{Lost, Where, phrase};
use super::read::Reader;
use super::schema::BUCKET;
use super::sum;
use super::write::place_of;

/// A bucket, or a gap of missing ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Bucket(Head),
    Gap {
        /// The first and the last number that the missing snapshots may have.
        numbers: (i64, i64),
        /// The times between which the missing snapshots were taken, if clocks were right.
        times: (i64, i64),
    },
}

impl Piece {
    /// The first and the last time, in milliseconds.
    pub(super) fn times(&self) -> (i64, i64) {
        match self {
            Self::Bucket(head) => (head.since, head.until),
            Self::Gap { times, .. } => *times,
        }
    }

    pub(super) fn numbers(&self) -> (i64, i64) {
        match self {
            Self::Bucket(head) => head.numbers(),
            Self::Gap { numbers, .. } => *numbers,
        }
    }

    /// Whether a snapshot with this number would be in this piece.
    pub(super) fn may_have(&self, id: i64) -> bool {
        let (first, last) = self.numbers();
        (first..=last).contains(&id)
    }

    /// The snapshots and times to report if this piece is lost.
    pub(super) fn place(&self) -> Where {
        let times = match self {
            Self::Bucket(head) => Some((head.since, head.until)),
            Self::Gap { times: (since, until), .. } => {
                (*since != i64::MIN && *until != i64::MAX).then_some((*since, *until))
            }
        };
        Where { snapshots: self.numbers(), times }
    }
}

/// All pieces.
#[derive(Debug)]
pub(super) struct Pieces {
    pub(super) all: Vec<Piece>,
    /// Whether the number of the last snapshot is known.
    pub(super) has_end: bool,
    /// The expected number of HPAs, if known.
    pub(super) hpas: Option<i64>,
}

impl Pieces {
    /// Inserts a gap where a bucket names a previous one that is missing, and at the end if the
    /// last snapshot is missing.
    fn new(heads: &BTreeMap<i64, Head>, state: Option<(i64, i64)>) -> Self {
        let mut all: Vec<Piece> = Vec::new();
        let mut last: Option<&Head> = None;
        for head in heads.values() {
            let (missing, since) = match last {
                None => (head.previous != NONE, i64::MIN),
                Some(last) => (head.previous != last.id, last.until),
            };
            if missing {
                let first = last.map_or(head.previous.max(0), |last| last.id + 1);
                let first = first.saturating_mul(BUCKET).max(1);
                let numbers = (first, head.numbers().0.saturating_sub(1));
                all.push(Piece::Gap { numbers, times: (since, head.since.max(since)) });
            }
            all.push(Piece::Bucket(head.clone()));
            last = Some(head);
        }
        if let Some((latest, _)) = state
            && latest > 0
            && last.is_none_or(|last| place_of(latest).0 > last.id)
        {
            let first = last.map_or(1, |last| last.numbers().1.saturating_add(1));
            let since = last.map_or(i64::MIN, |last| last.until);
            all.push(Piece::Gap { numbers: (first, latest), times: (since, i64::MAX) });
        }
        let hpas = state.map(|(_, hpas)| hpas).filter(|hpas| *hpas >= 0);
        Self { all, has_end: state.is_some(), hpas }
    }
}

impl Reader<'_> {
    pub(super) fn pieces(&mut self) -> Result<Rc<Pieces>, Error> {
        if let Some(known) = &self.pieces {
            return Ok(Rc::clone(known));
        }
        let (rows, _) = self.all_rows(contents::COLUMNS, "bucket", |row| {
            Ok((Head::from_row(row)?, row.get::<_, i64>(6)?))
        })?;
        let good = rows.into_iter().filter(|(head, sum)| head.sum() == *sum);
        let heads: BTreeMap<i64, Head> = good.map(|(head, _)| (head.id, head)).collect();
        let pieces = Rc::new(Pieces::new(&heads, self.state(heads.is_empty())?));
        self.pieces = Some(Rc::clone(&pieces));
        Ok(pieces)
    }

    /// The number of the last snapshot and the number of HPAs; `None` if that row is damaged.
    fn state(&self, empty: bool) -> Result<Option<(i64, i64)>, Error> {
        let (rows, whole) = self.all_rows("latest, hpas, sum", "state", |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?;
        Ok(match rows.first() {
            Some(&(latest, hpas, known)) if known == sum::state(latest, hpas) => {
                Some((latest, hpas))
            }
            // Nothing was ever stored.
            None if whole && empty && self.is_bare()? => Some((0, 0)),
            _ => None,
        })
    }

    /// Whether the tables hold no trace of a snapshot.
    fn is_bare(&self) -> Result<bool, Error> {
        let any = self.rows("SELECT 1 FROM part LIMIT 1", [], |_| Ok(()))?;
        Ok(any.is_empty())
    }

    /// Records a loss if the number of the last snapshot is not known.
    pub(super) fn check_latest(&self, pieces: &Pieces) {
        if !pieces.has_end {
            self.store.lose(Lost::Latest, None);
        }
    }

    /// The snapshots of a piece; if they are damaged, an error that names them.
    pub(super) fn entries(&self, piece: &Piece) -> Result<Vec<Entry>, Error> {
        let Piece::Bucket(head) = piece else { return Err(self.lost_piece(piece)) };
        let body = self.rows("SELECT body FROM bucket WHERE id = ?1", [head.id], |row| {
            row.get::<_, Vec<u8>>(0)
        });
        let body = match body {
            Ok(mut body) => body.pop(),
            Err(error) if error.is_damage() => None,
            Err(error) => return Err(error),
        };
        let good = body.filter(|body| sum::contents(head.id, body) == head.body_sum);
        good.and_then(|body| decode(head.id, &body)).ok_or_else(|| self.lost_piece(piece))
    }

    /// Like [`Reader::entries`], but records damage as a loss and returns `None`.
    pub(super) fn entries_or_lose(&self, piece: &Piece) -> Result<Option<Vec<Entry>>, Error> {
        match self.entries(piece) {
            Ok(entries) => Ok(Some(entries)),
            Err(error) if error.is_damage() => {
                self.store.lose(Lost::Snapshots, Some(piece.place()));
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn lost_piece(&self, piece: &Piece) -> Error {
        self.store.damaged(phrase(&Lost::Snapshots, Some(piece.place())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(id: i64, previous: i64) -> (i64, Head) {
        let (since, until) = (id * 1000, id * 1000 + 900);
        (id, Head { id, previous, since, until, snapshots: 64, body_sum: 0 })
    }

    #[test]
    fn what_is_missing_is_missed() {
        let gaps = |heads: &[(i64, i64)], latest: i64| -> Vec<(i64, i64)> {
            let heads = heads.iter().map(|(id, previous)| head(*id, *previous)).collect();
            let pieces = Pieces::new(&heads, Some((latest, 3)));
            let gaps = pieces.all.iter().filter(|it| matches!(it, Piece::Gap { .. }));
            gaps.map(Piece::numbers).collect()
        };
        assert_eq!(gaps(&[], 0), []);
        assert_eq!(gaps(&[], 70), [(1, 70)]);
        assert_eq!(gaps(&[(0, -1), (1, 0)], 127), []);
        // Pruned buckets are not reported as missing.
        assert_eq!(gaps(&[(3, -1), (7, 3)], 450), []);
        assert_eq!(gaps(&[(3, 2), (7, 3)], 450), [(128, 191)]);
        assert_eq!(gaps(&[(3, -1), (7, 5)], 450), [(256, 447)]);
        assert_eq!(gaps(&[(3, -1)], 450), [(256, 450)]);
    }
}
