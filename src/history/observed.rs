//! Readings that no snapshot has: another source saw them. They fill a track where snapshots saw nothing.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::amount::Compact;
use super::codec::State;
use super::seen::Seen;
use super::track::{Point, Sight, Track};
use crate::findings::{Past, Reading};
use crate::hpa::{Hpa, Metric, MetricCurrent, MetricTarget, TargetType, conditions, reasons};
use crate::kube::{Condition, Quantity};

/// Where a reading comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// A snapshot of the database.
    #[default]
    Database,
    /// A Prometheus.
    Prometheus,
}

/// What another source saw of an HPA at one time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observed {
    /// When.
    pub at: Timestamp,
    /// status.currentReplicas
    pub current: i32,
    /// status.desiredReplicas
    pub desired: i32,
    /// minReplicas
    pub min: i32,
    /// maxReplicas
    pub max: i32,
    /// The value and the target of each metric that the HPA has now, in its order; utilizations in percent.
    pub metrics: Vec<(Option<f64>, Option<f64>)>,
    /// The conditions that are known, by type.
    pub conditions: Vec<(&'static str, bool)>,
    /// The generation of the spec.
    pub generation: Option<i64>,
}

/// How old what a store has of a moment may be: until its next scrape it says what was before.
const LAG: SignedDuration = SignedDuration::from_mins(1);

/// The store that has filled a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilledFrom {
    /// The server, and how it is reached.
    pub server: String,
    /// The time between two of its points.
    pub step: Duration,
}

impl Track {
    /// The track of an HPA of which nothing is known yet.
    pub fn of(hpa: &Hpa) -> Self {
        Self {
            cluster: hpa.cluster.to_string(),
            namespace: hpa.namespace.clone(),
            name: hpa.name.clone(),
            uid: hpa.uid.clone(),
            points: Vec::new(),
            before: None,
            replaced: None,
            ended: None,
            filled_from: None,
        }
    }

    /// Fills in what another source saw, a value every `step`, where snapshots saw nothing. `hpa` is the HPA as it is:
    /// what its spec said earlier is known only as far as it was observed.
    pub fn fill(&mut self, hpa: &Hpa, observed: &[Observed], step: Duration) {
        let own = since_creation(hpa, observed);
        let mut maker = Maker { hpa, last: None };
        let step = SignedDuration::try_from(step).unwrap_or(SignedDuration::MAX);
        let free = own.iter().filter(|it| !self.knows(it.at, step));
        let more: Vec<Point> =
            free.map(|it| Point { at: it.at, sight: Sight::Seen(maker.seen(it)) }).collect();
        self.points.extend(more);
        self.points.sort_by_key(|point| point.at);
        if self.points.first().is_some_and(|first| first.seen().is_some()) {
            self.before = None;
        }
    }

    /// Whether snapshots say what there was at a time: one within the step or [`LAG`] before or after it did, or those
    /// around it agree that there was no HPA.
    fn knows(&self, at: Timestamp, step: SignedDuration) -> bool {
        let says = |point: &&Point| matches!(point.sight, Sight::Seen(_) | Sight::Absent);
        let near = step.min(LAG);
        let index = self.points.partition_point(|point| point.at < at);
        let (before, after) = self.points.split_at(index);
        let (before, after) = (before.last().filter(says), after.first().filter(says));
        let is_near = |point: Option<&Point>| {
            point.is_some_and(|point| point.at.duration_since(at).abs() < near)
        };
        let is_absent =
            |point: Option<&Point>| point.is_some_and(|point| point.sight == Sight::Absent);
        is_near(before) || is_near(after) || (is_absent(before) && is_absent(after))
    }
}

/// What was observed of this HPA, and not of an earlier one of its name: since it was created, and since its
/// generation last fell.
pub fn since_creation<'a>(hpa: &Hpa, observed: &'a [Observed]) -> &'a [Observed] {
    let created = hpa.created_at.unwrap_or(Timestamp::MIN);
    let mut from = observed.partition_point(|it| it.at < created);
    let known = observed.iter().enumerate().filter_map(|(at, it)| Some((at, it.generation?)));
    let mut last: Option<i64> = None;
    for (at, generation) in known {
        if last.is_some_and(|last| generation < last) {
            from = from.max(at);
        }
        last = Some(generation);
    }
    observed.get(from..).unwrap_or_default()
}

/// What was observed of an HPA, as earlier readings for findings. What its spec said earlier is known too little for
/// changes to be found in it.
pub fn past(hpa: &Hpa, observed: &[Observed]) -> Past {
    let mut maker = Maker { hpa, last: None };
    let reading = |it: &Observed| Reading::new(it.at, maker.seen(it)).observed();
    let readings = since_creation(hpa, observed).iter().map(reading).collect();
    Past { readings, ..Past::default() }
}

/// Makes readings; those with the same spec share it.
struct Maker<'a> {
    hpa: &'a Hpa,
    last: Option<Arc<Seen>>,
}

impl Maker<'_> {
    fn seen(&mut self, observed: &Observed) -> Arc<Seen> {
        let spec = self.spec(observed);
        let spec = match &self.last {
            Some(last) if *last.spec == spec => Arc::clone(&last.spec),
            _ => Arc::new(spec),
        };
        let readings = self.hpa.metrics.iter().enumerate().map(|(index, metric)| {
            let (value, _) = observed.metrics.get(index).copied().unwrap_or_default();
            value.and_then(|value| current(metric, value)).as_ref().map(Compact::from)
        });
        // The controller asks for the maximum while it is limited only because more were wanted.
        let is_at_max = observed.desired >= observed.max && observed.min < observed.max;
        let conditions = observed.conditions.iter().map(|(kind, holds)| Condition {
            kind: (*kind).into(),
            status: if *holds { "True" } else { "False" }.into(),
            reason: match *kind {
                conditions::SCALING_LIMITED if *holds && is_at_max => reasons::TOO_MANY_REPLICAS,
                _ => "",
            }
            .into(),
            message: "".into(),
            last_transition_time: None,
        });
        let shape: Vec<Condition> = conditions.collect();
        let shape = match &self.last {
            Some(last) if *last.shape == shape => Arc::clone(&last.shape),
            _ => Arc::new(shape),
        };
        let holds = |kind: &str| {
            let condition = observed.conditions.iter().find(|(it, _)| *it == kind);
            condition.map(|(_, holds)| *holds)
        };
        let state = State {
            current: observed.current,
            desired: observed.desired,
            times: vec![None; shape.len()],
            readings: readings.collect(),
            flags: [holds("AbleToScale"), holds("ScalingActive")],
            ..State::default()
        };
        let (source, generation) = (Source::Prometheus, observed.generation);
        let seen = Seen { spec, shape, resources: None, state, source, generation };
        match &self.last {
            Some(last) if **last == seen => Arc::clone(last),
            _ => Arc::clone(self.last.insert(Arc::new(seen))),
        }
    }

    /// The spec as far as it was observed; a target that was not is unknown.
    fn spec(&self, observed: &Observed) -> Hpa {
        let mut spec = self.hpa.clone();
        (spec.min_replicas, spec.max_replicas) = (observed.min, observed.max);
        (spec.current_replicas, spec.desired_replicas) = (0, 0);
        spec.conditions = Vec::new();
        spec.last_scale_time = None;
        (spec.scaling_active, spec.able_to_scale) = (None, None);
        for (index, metric) in spec.metrics.iter_mut().enumerate() {
            metric.current = None;
            let (_, target) = observed.metrics.get(index).copied().unwrap_or_default();
            let own = metric.target.quantity().map(Quantity::as_f64);
            let is_same = matches!((own, target), (Some(own), Some(target)) if (own - target).abs() <= own.abs() * 1e-9);
            if !is_same {
                let value = target.and_then(text);
                metric.target = MetricTarget { value, ..metric.target.clone() };
            }
        }
        spec
    }
}

fn current(metric: &Metric, value: f64) -> Option<MetricCurrent> {
    let text = text(value)?;
    Some(match metric.target.kind {
        TargetType::Utilization => {
            MetricCurrent { value: Some(text), average_value: None, utilization: whole(value) }
        }
        TargetType::AverageValue => MetricCurrent {
            value: Some(text.clone()),
            average_value: Some(text),
            utilization: None,
        },
        _ => MetricCurrent { value: Some(text), average_value: None, utilization: None },
    })
}

fn text(value: f64) -> Option<String> {
    Some(format!("{value:.9}").parse::<Quantity>().ok()?.to_string())
}

/// A number that is whole and fits.
pub fn whole(value: f64) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "what is none saturates, and is refused")]
    let number = value.round() as i64;
    i32::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{minute, shop, snapshot};
    use super::super::{Store, TrackQuery};
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn hpa() -> Hpa {
        let mut hpa = shop().into_iter().find(|hpa| hpa.name == "healthy").unwrap();
        hpa.created_at = None;
        hpa
    }

    fn observed(at: i64, current: i32) -> Observed {
        Observed {
            at: minute(at),
            current,
            desired: current,
            min: 2,
            max: 9,
            metrics: vec![(Some(61.0), Some(70.0))],
            conditions: vec![("ScalingActive", true)],
            generation: Some(1),
        }
    }

    /// A track with a snapshot at each of these minutes; without the HPA where the replicas are below zero.
    fn track(snapshots: &[(i64, i32)]) -> Track {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&dir.path().join("history.db")).unwrap();
        for (at, replicas) in snapshots {
            let mut hpa = hpa();
            hpa.current_replicas = *replicas;
            let hpas = if *replicas < 0 { Vec::new() } else { vec![hpa] };
            store.store(&snapshot(minute(*at), hpas)).unwrap();
        }
        store.tracks(&TrackQuery::default(), minute(0), minute(100)).unwrap().remove(0)
    }

    fn shown(track: &Track) -> Vec<(i64, Option<(i32, Source)>)> {
        let reading = |point: &Point| {
            let seen = point.seen().map(|seen| (seen.current_replicas(), seen.source()));
            (point.at.duration_since(minute(0)).as_mins(), seen)
        };
        track.points.iter().map(reading).collect()
    }

    #[test]
    fn snapshots_win_for_what_they_saw_and_the_rest_is_filled() {
        let mut track = track(&[(2, 5), (6, 5)]);
        let more: Vec<Observed> = [0, 1, 2, 3, 5, 6, 7, 20].map(|at| observed(at, 3)).into();
        track.fill(&hpa(), &more, MINUTE);
        let (ours, other) = (Some((5, Source::Database)), Some((3, Source::Prometheus)));
        let expected = [
            (0, other),
            (1, other),
            (2, ours),
            (3, other),
            (5, other),
            (6, ours),
            (7, other),
            (20, other),
        ];
        assert_eq!(shown(&track), expected);
        let seen = track.points[0].seen().unwrap();
        let hpa = seen.hpa();
        assert_eq!((hpa.min_replicas, hpa.max_replicas, hpa.scaling_active), (2, 9, Some(true)));
        assert_eq!((seen.metric(0), seen.generation()), (Some(61.0), Some(1)));
        assert_eq!(hpa.metrics[0].current_text(), "61%");
    }

    /// A store goes on with a value for minutes after an object is gone, and may mean another of its name.
    #[test]
    fn where_snapshots_saw_that_there_was_none_there_was_none() {
        let mut track = track(&[(0, 5), (10, -1), (20, -1), (30, 5)]);
        let more: Vec<Observed> = [5, 15, 25].map(|at| observed(at, 3)).into();
        track.fill(&hpa(), &more, MINUTE);
        let at: Vec<i64> = shown(&track).into_iter().map(|(at, _)| at).collect();
        assert_eq!(at, [0, 5, 10, 20, 25, 30]);
    }

    #[test]
    fn an_earlier_hpa_of_the_same_name_is_another() {
        let generations = [(0, 4), (1, 5), (2, 1), (3, 1)];
        let all = generations.map(|(at, it)| Observed { generation: Some(it), ..observed(at, 3) });
        assert_eq!(since_creation(&hpa(), &all), &all[2..]);
        let created = Hpa { created_at: Some(minute(3)), ..hpa() };
        assert_eq!(since_creation(&created, &all), &all[3..]);
        assert_eq!(since_creation(&Hpa { created_at: Some(minute(9)), ..hpa() }, &all), []);
    }

    #[test]
    fn what_a_spec_said_earlier_is_known_only_as_far_as_it_was_observed() {
        let mut track = Track::of(&hpa());
        let metrics = [(None, None), (Some(61.0), Some(50.0))];
        let more = metrics.map(|it| Observed { metrics: vec![it], ..observed(0, 3) });
        track.fill(&hpa(), &more, MINUTE);
        let target = |at: usize| track.points[at].seen().unwrap().spec().metrics[0].target.clone();
        assert_eq!((target(0).value, target(1).value), (None, Some("50".to_owned())));
    }
}
