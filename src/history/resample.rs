//! Divides a track into columns of equal duration, for charts.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::observed::Source;
use super::seen::Seen;
use super::track::{Point, Sight, Track};
use crate::hpa::{Hpa, Metric, matching};

/// The range of a value within a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// The last.
    pub last: f64,
}

impl Span {
    fn join(span: Option<Self>, value: f64) -> Self {
        match span {
            None => Self { low: value, high: value, last: value },
            Some(span) => {
                Self { low: span.low.min(value), high: span.high.max(value), last: value }
            }
        }
    }
}

/// Why a column has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// The HPA did not exist.
    Absent,
    /// Its cluster could not be read.
    Unknown,
    /// The stored data is damaged.
    Lost,
    /// The cluster's name now belongs to another cluster, or the cluster has another name.
    Ended,
    /// No snapshot was taken.
    Nothing,
    /// The HPA had not been seen yet.
    Before,
}

/// A metric in a column.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MetricColumn {
    /// The measured value.
    pub value: Option<Span>,
    /// The target value.
    pub target: Option<f64>,
}

/// An HPA within one column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The beginning of the column.
    pub at: Timestamp,
    /// Why there are no values; `None` if there are some.
    pub gap: Option<Gap>,
    /// The target's replicas.
    pub current: Option<Span>,
    /// The desired replicas.
    pub desired: Option<Span>,
    /// The minimum number of replicas.
    pub min: Option<f64>,
    /// The maximum number of replicas.
    pub max: Option<f64>,
    /// The metrics of [`Track::metrics`], in their order.
    pub metrics: Vec<MetricColumn>,
}

impl Track {
    /// The metrics that the HPA had when it was last seen.
    pub fn metrics(&self) -> &[Metric] {
        self.last().map_or(&[], |seen| &seen.spec().metrics)
    }

    /// Divides `since..until` into `count` columns. A reading holds until the next one, unless
    /// that is late: a missing reading is a gap.
    pub fn columns(&self, since: Timestamp, until: Timestamp, count: usize) -> Vec<Column> {
        let (start, end) =
            (since.as_millisecond(), until.as_millisecond().max(since.as_millisecond() + 1));
        let count_i64 = i64::try_from(count.max(1)).unwrap_or(1);
        let edge = |index: i64| {
            let offset = i128::from(end - start) * i128::from(index) / i128::from(count_i64);
            start + i64::try_from(offset).unwrap_or_default()
        };
        let width = (end - start) / count_i64;
        // Each source at its own pace: what one has every minute says nothing of one that has it every hour.
        let patience = |source: Source| self.interval(|point| source_of(point) == source) * 5 / 2;
        let patience_of = [patience(Source::Database), patience(Source::Prometheus)];
        let patience = |point: &Point| match source_of(point) {
            Source::Database => patience_of[0],
            Source::Prometheus => patience_of[1],
        };
        let replaced = self.replaced.map(Timestamp::as_millisecond);
        let ended = self.ended.as_ref().map(|ended| ended.at().as_millisecond());
        let mut places = Places { spec: None, indexes: Vec::new(), metrics: self.metrics() };
        let mut points = self.points.iter().peekable();
        let mut last: Option<&Point> = None;
        let mut seen = LastSeen { point: None, observed: None, patience: patience_of[1] };
        let mut columns = Vec::with_capacity(count);
        for index in 0..count_i64 {
            let (from, to) = (edge(index), edge(index + 1));
            let mut column = Column {
                at: Timestamp::from_millisecond(from).unwrap_or(since),
                gap: Some(Gap::Nothing),
                current: None,
                desired: None,
                min: None,
                max: None,
                metrics: vec![MetricColumn::default(); places.metrics.len()],
            };
            let mut any = false;
            while let Some(point) = points.next_if(|point| point.at.as_millisecond() < to) {
                let point = seen.take(point);
                places.fill(&mut column, point);
                last = Some(point);
                any = true;
            }
            // A column without a reading takes the last one before it.
            if !any && replaced.is_some_and(|replaced| replaced < to) {
                column.gap = Some(Gap::Absent);
            } else if !any && ended.is_some_and(|ended| ended < to) {
                column.gap = Some(Gap::Ended);
            } else if !any {
                match last {
                    Some(last)
                        if last.seen().is_some() && seen.holds(from, width, points.peek()) =>
                    {
                        places.fill(&mut column, last);
                    }
                    Some(last) if from - last.at.as_millisecond() <= patience(last).max(width) => {
                        places.fill(&mut column, last);
                    }
                    None if self.before.is_none() => column.gap = Some(Gap::Before),
                    _ => {}
                }
            }
            columns.push(column);
        }
        columns
    }

    /// The usual time between two points of those that count, in milliseconds: the median.
    fn interval(&self, counts: impl Fn(&Point) -> bool) -> i64 {
        let points = self.points.iter().filter(|point| counts(point));
        let times = points.map(|point| point.at.as_millisecond());
        let mut steps: Vec<i64> = times.clone().skip(1).zip(times).map(|(b, a)| b - a).collect();
        steps.sort_unstable();
        let minute = i64::try_from(SignedDuration::from_mins(1).as_millis()).unwrap_or_default();
        steps.get(steps.len() / 2).copied().unwrap_or(minute)
    }
}

fn source_of(point: &Point) -> Source {
    point.seen().map_or(Source::Database, Seen::source)
}

/// The last reading, and when Prometheus saw the HPA last, unless it is known to have gone since.
struct LastSeen<'a> {
    point: Option<&'a Point>,
    /// In milliseconds.
    observed: Option<i64>,
    /// For how long what Prometheus saw holds.
    patience: i64,
}

impl<'a> LastSeen<'a> {
    /// Takes the next point; returns what is known then: where one source does not know, what the other saw.
    fn take(&mut self, point: &'a Point) -> &'a Point {
        let at = point.at.as_millisecond();
        match &point.sight {
            Sight::Seen(seen) => {
                self.point = Some(point);
                if seen.source() == Source::Prometheus {
                    self.observed = Some(at);
                }
            }
            Sight::Absent => (self.point, self.observed) = (None, None),
            Sight::Unknown | Sight::Lost => {
                let is_observed = self.observed.is_some_and(|last| at - last <= self.patience);
                if let Some(seen) = self.point.filter(|_| is_observed) {
                    return seen;
                }
            }
        }
        point
    }

    /// Whether the last reading holds at a time because Prometheus has seen the HPA, before or after it: a snapshot
    /// stands for the points of Prometheus beside it, which are left out.
    fn holds(&self, at: i64, width: i64, next: Option<&&Point>) -> bool {
        let (Some(point), Some(observed)) = (self.point, self.observed) else { return false };
        let next = next.filter(|next| next.seen().is_some()).map(|next| next.at.as_millisecond());
        at - observed <= self.patience.max(width)
            || next.is_some_and(|next| next - point.at.as_millisecond() <= self.patience)
    }
}

/// The positions of the track's metrics in the current spec, which seldom changes.
struct Places<'a> {
    spec: Option<Arc<Hpa>>,
    indexes: Vec<Option<usize>>,
    metrics: &'a [Metric],
}

impl Places<'_> {
    fn fill(&mut self, column: &mut Column, point: &Point) {
        let seen = match &point.sight {
            Sight::Seen(seen) => seen,
            Sight::Absent | Sight::Unknown | Sight::Lost if column.current.is_some() => return,
            Sight::Absent => return column.gap = Some(Gap::Absent),
            Sight::Unknown => return column.gap = Some(Gap::Unknown),
            Sight::Lost => return column.gap = Some(Gap::Lost),
        };
        if !self.spec.as_ref().is_some_and(|spec| Arc::ptr_eq(spec, &seen.spec)) {
            self.indexes = matching(self.metrics, &seen.spec.metrics);
            self.spec = Some(Arc::clone(&seen.spec));
        }
        column.gap = None;
        column.current = Some(Span::join(column.current, f64::from(seen.current_replicas())));
        column.desired = Some(Span::join(column.desired, f64::from(seen.desired_replicas())));
        column.min = Some(f64::from(seen.spec.min_replicas));
        column.max = Some(f64::from(seen.spec.max_replicas));
        for (metric, place) in column.metrics.iter_mut().zip(&self.indexes) {
            let Some(place) = place else { continue };
            if let Some(value) = seen.metric(*place) {
                metric.value = Some(Span::join(metric.value, value));
            }
            let target = seen.spec.metrics.get(*place).and_then(|it| it.target.quantity());
            metric.target = target.map(crate::kube::Quantity::as_f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{minute, outcome, shop, snapshot};
    use super::super::{Store, TrackQuery};
    use super::*;

    #[test]
    fn readings_hold_and_gaps_are_gaps() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&dir.path().join("history.db")).unwrap();
        let mut hpa = shop().into_iter().find(|hpa| hpa.name == "healthy").unwrap();
        for (at, replicas) in [(0, 2), (1, 5), (2, 3), (3, -1), (4, 3), (30, 4)] {
            let mut taken = snapshot(minute(at), Vec::new());
            if replicas < 0 {
                taken.clusters = vec![outcome("prod", Some("refused"))];
            } else {
                hpa.current_replicas = replicas;
                taken = snapshot(minute(at), vec![hpa.clone()]);
            }
            store.store(&taken).unwrap();
        }
        let track = store.tracks(&TrackQuery::default(), minute(0), minute(40)).unwrap().remove(0);
        let columns = track.columns(minute(0), minute(40), 80);
        let current = |index: usize| columns[index].current.map(|span| span.last);
        let gaps: Vec<Option<Gap>> = columns.iter().map(|column| column.gap).collect();
        assert_eq!((current(0), current(1), current(2)), (Some(2.0), Some(2.0), Some(5.0)));
        assert_eq!(
            (gaps[6], gaps[7], current(8)),
            (Some(Gap::Unknown), Some(Gap::Unknown), Some(3.0))
        );
        // No reading follows that of minute 4: it holds for two and a half minutes.
        assert_eq!((gaps[13], gaps[14], gaps[59]), (None, Some(Gap::Nothing), Some(Gap::Nothing)));
        assert_eq!(current(60), Some(4.0));
        let metric = columns[0].metrics[0];
        assert_eq!((metric.value.map(|it| it.last), metric.target), (Some(68.0), Some(70.0)));
        // The first column begins before the first reading.
        let early = track.columns(minute(-10), minute(0), 2);
        assert_eq!(early.iter().map(|it| it.gap).collect::<Vec<_>>(), [Some(Gap::Before); 2]);
        // All of the first three minutes in one column.
        let wide = track.columns(minute(0), minute(3), 1);
        let span = wide[0].current.unwrap();
        assert_eq!((span.low, span.high, span.last), (2.0, 5.0, 3.0));
    }

    /// Two snapshots within seconds stand for the points of Prometheus around them, which saw the HPA all the time; a
    /// third could not read the cluster.
    #[test]
    fn a_gap_is_only_where_no_source_saw_anything() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&dir.path().join("history.db")).unwrap();
        let hpa = shop().into_iter().find(|hpa| hpa.name == "healthy").unwrap();
        let second = |at: i64| minute(0) + SignedDuration::from_secs(at);
        for at in [1810, 1811, 1812] {
            store.store(&snapshot(second(at), vec![hpa.clone()])).unwrap();
        }
        let mut failed = snapshot(second(3010), Vec::new());
        failed.clusters = vec![outcome("prod", Some("refused"))];
        store.store(&failed).unwrap();
        let read =
            || store.tracks(&TrackQuery::default(), minute(0), minute(100)).unwrap().remove(0);
        let observed = |at: i64| super::super::Observed {
            at: second(at),
            current: 3,
            desired: 3,
            min: 2,
            max: 9,
            ..super::super::Observed::default()
        };
        for step in [30, 60, 300] {
            let mut track = read();
            let all: Vec<_> = (0..=6000 / step).map(|it| observed(it * step)).collect();
            track.fill(&hpa, &all, std::time::Duration::from_secs(step.unsigned_abs()));
            for count in [20, 100, 997] {
                let columns = track.columns(minute(0), minute(100), count);
                let gaps: Vec<_> =
                    columns.iter().filter(|it| it.gap.is_some()).map(|it| it.at).collect();
                assert_eq!(gaps, [], "step {step}, {count} columns");
            }
            // Where Prometheus saw nothing either, there is one.
            let mut track = read();
            let some: Vec<_> = all.into_iter().filter(|it| it.at < second(900)).collect();
            track.fill(&hpa, &some, std::time::Duration::from_secs(step.unsigned_abs()));
            let columns = track.columns(minute(0), minute(100), 100);
            let gap = |at: usize| columns[at].gap;
            assert_eq!((gap(14), gap(30)), (None, None), "step {step}");
            assert_eq!((gap(29), gap(70)), (Some(Gap::Nothing), Some(Gap::Nothing)), "step {step}");
        }
    }

    /// The gap after the last reading has its own reason.
    #[test]
    fn the_end_is_no_gap_in_the_snapshots() {
        let dir = tempfile::tempdir().unwrap();
        let hpa = shop().into_iter().find(|hpa| hpa.name == "healthy").unwrap();
        let other = Hpa { uid: "other".to_owned(), ..hpa.clone() };
        for (name, expected) in [
            ("outage", [None, Some(Gap::Unknown), Some(Gap::Unknown)]),
            ("deleted", [None, Some(Gap::Absent), Some(Gap::Absent)]),
            ("replaced", [None, Some(Gap::Absent), Some(Gap::Absent)]),
        ] {
            let mut store = Store::open(&dir.path().join(name)).unwrap();
            for at in 0..3 {
                let mut taken = snapshot(minute(at), Vec::new());
                let hpas: &[&Hpa] = match (at, name) {
                    (0, _) => &[&hpa],
                    (_, "replaced") => &[&other],
                    _ => &[],
                };
                taken.hpas = hpas
                    .iter()
                    .map(|it| crate::history::Recorded::new((*it).clone(), None))
                    .collect();
                if at > 0 && name == "outage" {
                    taken.clusters = vec![outcome("prod", Some("refused"))];
                }
                store.store(&taken).unwrap();
            }
            let track =
                store.tracks(&TrackQuery::default(), minute(0), minute(3)).unwrap().remove(0);
            let columns = track.columns(minute(0), minute(3), 3);
            let gaps: Vec<Option<Gap>> = columns.iter().map(|column| column.gap).collect();
            assert_eq!(gaps, expected, "{name}");
        }
    }
}
