use super::super::fixtures;
use super::super::metrics::MetricsByPod;
use super::*;

const GRID: Grid = Grid { start: 600, step: 60, count: 6 };

fn line(values: [f64; 6]) -> Line {
    values.map(|value| (value >= 0.0).then_some(value)).into()
}

/// What was not seen, in a line.
const NOT: f64 = -1.0;

fn replicas() -> ReplicaLines {
    ReplicaLines {
        current: line([2.0, 4.0, NOT, 6.0, 6.0, 5.0]),
        desired: line([4.0, 4.0, NOT, 6.0, 5.0, 5.0]),
        min: line([2.0; 6]),
        max: line([6.0, 6.0, 6.0, 6.0, 6.0, NOT]),
    }
}

#[test]
fn a_gap_is_neither_time_at_max_nor_fine() {
    let at_max = replicas().at_max(&GRID).unwrap();
    assert_eq!((at_max.time, at_max.of), (Duration::from_mins(2), Duration::from_mins(4)));
    assert!((at_max.share() - 0.5).abs() < 1e-9);
}

#[test]
fn what_happened_in_a_gap_is_no_scaling() {
    let summary = replicas().summary(&GRID).unwrap();
    assert_eq!((summary.seen, summary.of), (5, 6));
    assert_eq!((summary.scale_ups, summary.scale_downs, summary.scalings()), (0, 1, 1));
    assert_eq!((summary.lowest.to_string(), summary.highest.to_string()), ("2".into(), "6".into()));
    assert_eq!(summary.highest_at, GRID.at(3));
    // Without the desired replicas, the current ones.
    let current = ReplicaLines { desired: line([NOT; 6]), ..replicas() };
    let summary = current.summary(&GRID).unwrap();
    assert_eq!((summary.scale_ups, summary.scale_downs), (1, 1));
}

#[test]
fn an_hpa_that_cannot_scale_has_no_time_at_max() {
    let fixed = ReplicaLines { min: line([6.0; 6]), ..replicas() };
    assert_eq!(fixed.at_max(&GRID), Err(NoFigure::CannotScale));
    // It was fixed for half of the time.
    let changed = ReplicaLines { min: line([6.0, 6.0, 6.0, 2.0, 2.0, 2.0]), ..replicas() };
    let at_max = changed.at_max(&GRID).unwrap();
    assert_eq!((at_max.time, at_max.of), (Duration::from_mins(2), Duration::from_mins(2)));
    // kube-state-metrics has no minReplicas where it was not set.
    let unset = ReplicaLines { min: line([NOT; 6]), ..replicas() };
    assert_eq!(unset.at_max(&GRID).unwrap().time, Duration::from_mins(2));
}

#[test]
fn what_was_not_seen_has_a_reason() {
    let none = ReplicaLines { current: line([NOT; 6]), ..replicas() };
    assert_eq!(none.summary(&GRID).unwrap_err().kind(), "noSeries");
    assert_eq!(none.at_max(&GRID), Err(REPLICAS));
    let unbounded = ReplicaLines { max: line([NOT; 6]), ..replicas() };
    let why = unbounded.at_max(&GRID).unwrap_err();
    assert_eq!(why.to_string(), "the store has no maxReplicas in this time");
    let apart = ReplicaLines { max: line([NOT, NOT, 6.0, NOT, NOT, NOT]), ..replicas() };
    assert_eq!(apart.at_max(&GRID).unwrap_err().kind(), "neverTogether");
}

#[test]
fn usage_is_of_the_requests_of_its_time() {
    let cpu = ResourceLines {
        used: line([1.0, 2.0, NOT, 3.0, 4.0, 1.0]),
        requested: line([2.0, 2.0, 2.0, 6.0, NOT, 0.0]),
    };
    assert_eq!(cpu.shares(), line([0.5, 1.0, NOT, 0.5, NOT, NOT]));
    let load = cpu.load(&GRID).unwrap();
    assert_eq!((load.seen, load.of, load.highest_at), (3, 6, GRID.at(1)));
    assert!((load.p95 - 1.0).abs() < 1e-9 && (load.highest - 1.0).abs() < 1e-9);
    let none = ResourceLines { requested: line([NOT; 6]), ..cpu };
    let why = none.load(&GRID).unwrap_err().to_string();
    assert_eq!(why, "the store has no requests of its target's pods in this time");
    let never = ResourceLines { used: line([1.0; 6]), requested: line([0.0; 6]) };
    assert_eq!(never.load(&GRID).unwrap_err().kind(), "neverTogether");
}

#[test]
fn percentiles_are_values_that_were_seen() {
    let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
    assert_eq!(percentile(&hundred, 95), Some(95.0));
    assert_eq!(percentile(&hundred[..20], 95), Some(19.0));
    assert_eq!(percentile(&[7.0], 95), Some(7.0));
    assert_eq!(percentile(&[], 95), None);
}

/// A store has no series of what is not requested.
#[test]
fn shares_of_requests_that_are_not_whole_are_not_believed() {
    let load = Load { p95: 0.5, highest: 0.5, highest_at: GRID.at(0), seen: 6, of: 6 };
    let summary = CourseSummary {
        replicas: replicas().summary(&GRID),
        at_max: replicas().at_max(&GRID),
        cpu: Ok(load),
        memory: Err(NoFigure::CannotScale),
    };
    let (one, other) = (fixtures::pod("a"), fixtures::without_requests("b"));
    let whole = TargetUsage::of(&[&one], &MetricsByPod::default());
    assert_eq!(summary.clone().believed(&whole).cpu, Ok(load));
    let not_whole = TargetUsage::of(&[&one, &other], &MetricsByPod::default());
    let believed = summary.believed(&not_whole);
    let why = believed.cpu.unwrap_err().to_string();
    assert_eq!(why, "1 of 2 pods has a container without a cpu request");
    assert_eq!(believed.memory, Err(NoFigure::CannotScale));
}
