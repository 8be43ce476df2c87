//! From the rows of a load to the syncs of a controller.

use super::load::Load;

/// Over a longer time between two rows nothing is known of the time between them, unless most rows are that far apart.
const LONGEST_GAP: i64 = 5 * 60 * 1000;

/// When a simulation syncs: every `period` milliseconds, the first time `offset` after the first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// The time between two syncs in milliseconds, more than 0.
    pub period: i64,
    /// The time of the first sync in milliseconds since the first row.
    pub offset: i64,
}

impl Clock {
    /// How many syncs there are up to this time.
    pub fn syncs(self, end: i64) -> usize {
        let rest = end.saturating_sub(self.offset);
        let syncs = if rest < 0 { 0 } else { rest / self.period.max(1) + 1 };
        usize::try_from(syncs).unwrap_or(0)
    }

    /// The time of a sync in milliseconds since the first row.
    pub fn time(self, sync: usize) -> i64 {
        let sync = i64::try_from(sync).unwrap_or(i64::MAX);
        self.offset.saturating_add(self.period.saturating_mul(sync))
    }

    /// The first sync that is not before this time.
    fn first_from(self, time: i64) -> usize {
        let late = time.saturating_sub(self.offset).max(0);
        let period = self.period.max(1);
        usize::try_from(late.div_euclid(period) + i64::from(late % period > 0))
            .unwrap_or(usize::MAX)
    }
}

/// Where a sync is among rows.
#[derive(Clone, Copy)]
struct Between {
    /// The row at the sync's time, or the last one before it.
    row: usize,
    /// The time since that row, and to the next one.
    since: i64,
    gap: i64,
}

/// For each sync its place among the rows.
struct Places<'a> {
    times: &'a [i64],
    clock: Clock,
    row: usize,
    syncs: std::ops::Range<usize>,
}

impl Iterator for Places<'_> {
    type Item = Between;

    #[inline]
    fn next(&mut self) -> Option<Between> {
        let now = self.clock.time(self.syncs.next()?);
        while self.times.get(self.row + 1).is_some_and(|next| *next <= now) {
            self.row += 1;
        }
        let at = self.times.get(self.row).copied().unwrap_or(0);
        let next = self.times.get(self.row + 1).copied().unwrap_or(at);
        Some(Between { row: self.row, since: now - at, gap: next - at })
    }
}

impl Load {
    fn places(&self, clock: Clock) -> Places<'_> {
        let syncs = 0..clock.syncs(self.end());
        Places { times: &self.times, clock, row: 0, syncs }
    }

    /// The longest time between two rows over which values are interpolated.
    pub(super) fn longest_gap(&self) -> i64 {
        let mut gaps: Vec<i64> = self.times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let middle = gaps.len() / 2;
        let median = if gaps.is_empty() { 0 } else { *gaps.select_nth_unstable(middle).1 };
        median.saturating_mul(2).max(LONGEST_GAP)
    }

    /// The values of a column at each sync: those of a row at its time, in between on the straight line from one row to
    /// the next. Where one of both could not be read, the nearer one counts.
    pub(super) fn at_syncs(
        &self,
        values: &[Option<i64>],
        clock: Clock,
        gap: i64,
        into: &mut Vec<Option<i64>>,
    ) {
        let value = |row: usize| values.get(row).copied().flatten();
        into.clear();
        into.extend(self.places(clock).map(|place| {
            let before = value(place.row);
            if place.since == 0 {
                return before;
            }
            if place.gap > gap || place.gap <= 0 {
                return None;
            }
            match (before, value(place.row + 1)) {
                (Some(before), Some(after)) => Some(interpolated(before, after, place)),
                _ if place.since * 2 < place.gap => before,
                (_, after) => after,
            }
        }));
    }

    /// The last count of a column at or before each sync.
    pub(super) fn last_at_syncs(
        &self,
        counts: &[Option<i32>],
        clock: Clock,
        gap: i64,
    ) -> Vec<Option<i32>> {
        let known = |place: Between| place.since == 0 || place.gap <= gap && place.gap > 0;
        let count =
            |place: Between| counts.get(place.row).copied().flatten().filter(|_| known(place));
        self.places(clock).map(count).collect()
    }

    /// Replicas set by hand, by the first sync after that.
    pub(super) fn set_at_syncs(&self, clock: Clock) -> Vec<(usize, i32)> {
        let sync = |row: usize| clock.first_from(self.times.get(row).copied().unwrap_or(0));
        self.set_replicas.iter().map(|(row, replicas)| (sync(*row), *replicas)).collect()
    }
}

#[inline]
fn interpolated(before: i64, after: i64, place: Between) -> i64 {
    let (before, after) = (i128::from(before), i128::from(after));
    let step = (after - before) * i128::from(place.since) / i128::from(place.gap);
    // Between both, so it fits.
    i64::try_from(before + step).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(csv: &str, clock: Clock) -> Vec<Option<i64>> {
        let load = Load::parse(csv).unwrap();
        let mut values = Vec::new();
        load.at_syncs(&load.columns[0].values, clock, load.longest_gap(), &mut values);
        values
    }

    const AT_ROWS: Clock = Clock { period: 15_000, offset: 0 };

    #[test]
    fn rows_at_the_period_are_the_syncs() {
        let csv = "time,x\n0,1m\n15,5m\n30,\n45,-3m\n";
        assert_eq!(values(csv, AT_ROWS), [Some(1), Some(5), None, Some(-3)]);
        let later = Clock { period: 15_000, offset: 3_750 };
        assert_eq!(values(csv, later), [Some(2), Some(5), None]);
    }

    #[test]
    fn other_rows_are_interpolated() {
        let csv = "time,x\n0,0\n60,60m\n90,\n120,120m\n";
        let known = [0, 15, 30, 45, 60].map(Some).into_iter();
        // At 75 s it is as far to the empty row as to the one before.
        let expected: Vec<_> = known.chain([None, None, Some(120), Some(120)]).collect();
        assert_eq!(values(csv, AT_ROWS), expected);
        let extremes = "time,x\n0,-9223372036854775807m\n30,9223372036854775807m\n";
        assert_eq!(values(extremes, AT_ROWS)[1], Some(0));
    }

    #[test]
    fn nothing_is_known_of_long_gaps() {
        let found = values("time,x\n0,1\n15,1\n30,1\n400,1\n", AT_ROWS);
        assert_eq!(found.len(), 27);
        assert!(found[3..].iter().all(Option::is_none));
        let hours = values("time,x\n0,0\n3600,240m\n7200,0\n", AT_ROWS);
        assert_eq!(hours[1], Some(1));
    }

    #[test]
    fn replicas_set_by_hand_count_from_the_next_sync() {
        let load = Load::parse("time,setReplicas\n0,\n10,4\n15,5\n31,6\n").unwrap();
        assert_eq!(load.set_at_syncs(AT_ROWS), [(1, 4), (1, 5), (3, 6)]);
        assert_eq!(AT_ROWS.syncs(load.end()), 3);
        assert_eq!(Clock { period: 15_000, offset: 40_000 }.syncs(load.end()), 0);
    }
}
