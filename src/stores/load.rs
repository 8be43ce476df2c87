//! What a store knows of an HPA as a load that can be simulated.

use std::time::Duration;

use jiff::Timestamp;

use super::course::HpaPast;
use super::doubts;
use crate::config::duration;
use crate::hpa::algorithm::Share;
use crate::hpa::{Hpa, Metric, MetricType, TargetType};
use crate::simulation::{Column, ColumnNames, Load};
use crate::usage::{Grid, Line};

/// So long after replicas grew pods may not be ready, in seconds.
const STARTING: u64 = 300;
/// From what factor on more than the pods used is taken for pods that are not ready.
const UNREADY: f64 = 1.2;

/// A load as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedLoad {
    /// The load, with the replicas as they were.
    pub load: Load,
    /// The request of each pod, by column.
    pub requests: Vec<(String, i64)>,
    /// What has to be known of it, a sentence each.
    pub notes: Vec<String>,
    /// What may explain that a replay is not as it was, the likeliest first.
    pub doubts: Vec<String>,
}

impl RecordedLoad {
    /// The load of an HPA with its present settings: what was before they came into force is left out.
    ///
    /// # Errors
    /// Why there is none.
    pub fn new(hpa: &Hpa, past: &HpaPast) -> Result<Self, String> {
        let mut notes = Vec::new();
        let replicas = &past.replicas.current;
        let mut from = in_force(hpa, past, &mut notes);
        if let Some(row) = doubts::set_by_hand(hpa, past).filter(|row| *row > from) {
            notes.push(format!(
                "replicas were changed by more than the HPA's policies allow, so by hand; only the {} since then are replayed",
                duration::format(past.grid.time(past.grid.count.saturating_sub(row)))
            ));
            from = row;
        }
        let (begin, end, note) = doubts::awake(hpa, past, from);
        let seen = |it: &&Option<f64>| it.is_some();
        if begin == end && replicas.iter().skip(from).any(Option::is_some) {
            return Err(asleep(hpa));
        }
        let known = replicas.iter().take(end).skip(begin);
        let Some(first) = known.clone().position(Option::is_some) else {
            return Err("the store has no replicas of this HPA in this time".to_owned());
        };
        let (first, last) =
            (begin + first, end - 1 - known.rev().take_while(|it| !seen(it)).count());
        notes.extend(note);
        let rows = first..=last;
        let names = ColumnNames::of(&hpa.metrics);
        let mut columns: Vec<Column> = Vec::new();
        let mut requests = Vec::new();
        let mut as_it_was = Vec::new();
        for (place, metric) in hpa.metrics.iter().enumerate() {
            let Some(name) = names.shortest(place).map(str::to_owned) else { continue };
            if columns.iter().any(|column| column.name == name) {
                continue;
            }
            let made = Made::of(place, metric, past);
            let values = made.line.get(rows.clone()).unwrap_or_default();
            if values.iter().all(Option::is_none) {
                notes.push(format!("{name} is not known: the store has no values of it, so it counts as not readable"));
            }
            if made.share == Share::Each && metric.target.kind != TargetType::Value {
                as_it_was.push(format!(
                    "{name} of each pod is replayed as it was: more replicas do not lower it, and fewer do not raise it"
                ));
            }
            let values = values.iter().map(|it| it.and_then(thousandths)).collect();
            requests.extend(made.request.map(|request| (name.clone(), request)));
            notes.extend(made.note.map(|note| format!("{name} {note}")));
            columns.push(Column { name, values, share: made.share });
        }
        let step = i64::try_from(past.grid.step).unwrap_or(i64::MAX).saturating_mul(1000);
        let count = |value: &Option<f64>| value.and_then(pods);
        let mut doubts = doubts::doubts(hpa, past, first, last);
        doubts.extend(as_it_was);
        Ok(Self {
            load: Load {
                times: (0..)
                    .take(last - first + 1)
                    .map(|row: i64| row.saturating_mul(step))
                    .collect(),
                start: Some(past.grid.at(first)),
                columns,
                set_replicas: Vec::new(),
                replicas: replicas.get(rows).map(|it| it.iter().map(count).collect()),
                ready: None,
            },
            requests,
            notes,
            doubts,
        })
    }

    /// The time of the first row.
    pub fn start(&self) -> Option<Timestamp> {
        self.load.start
    }
}

/// Why an HPA whose target had no replicas cannot be simulated.
fn asleep(hpa: &Hpa) -> String {
    let target = hpa.reference();
    if hpa.is_of_keda() {
        return format!("{target} had 0 replicas in all of this time: KEDA has paused it");
    }
    format!(
        "{target} had 0 replicas in all of this time, which turns autoscaling off (ScalingDisabled): scale it to 1 or more \
         to turn it on again"
    )
}

/// From where on the present settings were in force.
fn in_force(hpa: &Hpa, past: &HpaPast, notes: &mut Vec<String>) -> usize {
    let bound = |line: &Line, present: i32| {
        let differs = |value: f64| (value - f64::from(present)).abs() > 0.5;
        line.iter().rposition(|it| it.is_some_and(differs))
    };
    let generation = past.generation.iter().flatten().last().copied();
    let other =
        |it: &Option<f64>| it.zip(generation).is_some_and(|(it, last)| (it - last).abs() > 0.5);
    let changes = [
        bound(&past.replicas.min, hpa.min_replicas),
        bound(&past.replicas.max, hpa.max_replicas),
        past.generation.iter().rposition(other),
    ];
    let Some(last) = changes.into_iter().flatten().max() else { return 0 };
    let rest = past.grid.time(past.grid.count.saturating_sub(last + 1));
    notes.push(format!(
        "the HPA's spec was changed; only the last {} with the present spec are replayed",
        duration::format(rest)
    ));
    last + 1
}

/// A metric's column.
struct Made {
    line: Line,
    share: Share,
    request: Option<i64>,
    note: Option<String>,
}

impl Made {
    fn of(place: usize, metric: &Metric, past: &HpaPast) -> Self {
        let replicas = &past.replicas.current;
        let made = |line: Line, request: Option<i64>| Self {
            line,
            share: Share::OfTotal,
            request,
            note: None,
        };
        let shown =
            || past.metrics.get(place).and_then(|it| it.as_ref().ok()).map(|it| it.current.clone());
        match (&metric.kind, metric.name.as_str()) {
            (MetricType::Resource, "cpu") => {
                let used = centered(&past.cpu.used, &past.grid, past.cpu_window);
                let request = per_pod(&past.cpu.requested, replicas);
                let seen = shown().and_then(|line| seen_cpu(metric, &line, request));
                let used = match seen {
                    Some(seen) => without_unready(&total(&seen, replicas), &used, past),
                    None => used,
                };
                made(used, request)
            }
            (MetricType::Resource, "memory") => Self {
                line: each(&past.memory.used, &pods_of(&past.memory.requested, replicas)),
                share: Share::Each,
                request: per_pod(&past.memory.requested, replicas),
                note: Some("of each pod is replayed as it was, whatever the replicas".to_owned()),
            },
            (MetricType::Resource | MetricType::ContainerResource, name) => {
                let share = if name == "cpu" { Share::OfTotal } else { Share::Each };
                let line = shown().unwrap_or_default();
                // A share of requests is a share of 1, whatever that is.
                let is_percent = metric.target.kind == TargetType::Utilization;
                let line: Line = line
                    .iter()
                    .map(|it| it.map(|it| if is_percent { it / 100.0 } else { it }))
                    .collect();
                let line = if share == Share::OfTotal { total(&line, replicas) } else { line };
                let request = is_percent.then_some(1000);
                let what = if is_percent {
                    "is in shares of the requests"
                } else {
                    "is what the controller saw"
                };
                Self { line, share, request, note: Some(format!("{what}, from the HPA's status")) }
            }
            _ if metric.target.kind == TargetType::Value => Self {
                note: Some(
                    "is replayed as it was, whatever the replicas: its target is of type Value"
                        .to_owned(),
                ),
                ..made(shown().unwrap_or_default(), None)
            },
            (MetricType::Pods | MetricType::Object | MetricType::External, _) => {
                made(total(&shown().unwrap_or_default(), replicas), None)
            }
            _ => made(Line::new(), None),
        }
    }
}

/// The CPU of each pod in cores as the controller saw it, by the HPA's status; none where there is nothing.
fn seen_cpu(metric: &Metric, shown: &Line, request: Option<i64>) -> Option<Line> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let unit = match metric.target.kind {
        // In percent of the request, which is in thousandths.
        TargetType::Utilization => request? as f64 / 100_000.0,
        _ => 1.0,
    };
    let is_known = shown.iter().any(Option::is_some);
    is_known.then(|| shown.iter().map(|it| it.map(|it| it * unit)).collect())
}

/// What the controller saw, times the replicas. The status does not tell how many pods were not ready yet, whose usage is
/// not in it: for some minutes after replicas grew, and where it has been so for as long, it is not
/// more than what the pods really used.
fn without_unready(seen: &Line, used: &Line, past: &HpaPast) -> Line {
    let step = past.grid.step.max(1);
    let rows = usize::try_from(STARTING / step).unwrap_or(usize::MAX).max(1);
    let current = &past.replicas.current;
    let grew = |row: usize| {
        let first = row.saturating_sub(rows);
        let now = current.get(row).copied().flatten();
        let before = current.get(first..row).unwrap_or_default();
        before.iter().flatten().any(|before| now.is_some_and(|now| now > *before))
    };
    let most = |row: usize| {
        let near = used.get(row.saturating_sub(1)..(row + 2).min(used.len())).unwrap_or_default();
        near.iter().flatten().copied().reduce(f64::max)
    };
    let exceeds = |row: usize| {
        let seen = seen.get(row).copied().flatten()?;
        Some(seen > most(row)? * UNREADY)
    };
    // Pods that never get ready: for as long the pods that are counted have had all of the usage.
    let stays = |row: usize| {
        let first = row.checked_sub(rows);
        first.is_some_and(|first| (first..=row).all(|row| exceeds(row) != Some(false)))
    };
    let value = |(row, seen): (usize, &Option<f64>)| {
        let seen = (*seen)?;
        match most(row).filter(|_| exceeds(row) == Some(true) && (grew(row) || stays(row))) {
            Some(most) => Some(most),
            None => Some(seen),
        }
    };
    seen.iter().enumerate().map(value).collect()
}

/// How many pods there were, by what they request together: the status has the replicas of the last sync, which are not
/// those of a scrape right after a scaling.
fn pods_of(requested: &Line, replicas: &Line) -> Line {
    let mut all: Vec<f64> = each(requested, replicas).into_iter().flatten().collect();
    let middle = all.len() / 2;
    if all.is_empty() {
        return replicas.clone();
    }
    let request = *all.select_nth_unstable_by(middle, f64::total_cmp).1;
    let pods = |(requested, replicas): (&Option<f64>, &Option<f64>)| {
        let whole = requested
            .map(|it| it / request)
            .filter(|pods| *pods >= 0.5 && (pods - pods.round()).abs() < 0.01);
        whole.map_or(*replicas, |pods| Some(pods.round()))
    };
    requested.iter().zip(replicas).map(pods).collect()
}

/// Means over a window that ends at each value's time, each at the middle of its window: otherwise a load would seem to come
/// after the replicas that it caused. What would lie in the future is the last value.
fn centered(line: &Line, grid: &Grid, window: Duration) -> Line {
    let (half, step) = (window / 2, Duration::from_secs(grid.step.max(1)));
    let whole = usize::try_from(half.as_millis() / step.as_millis()).unwrap_or(usize::MAX);
    let whole = whole.min(line.len());
    let rest = half.div_duration_f64(step).fract();
    let value = |row: usize| line.get(row).or(line.last()).copied().flatten();
    let later = |row: usize| {
        let value_before = value(row)?;
        if rest == 0.0 {
            return Some(value_before);
        }
        Some(value_before + (value(row + 1)? - value_before) * rest)
    };
    (0..line.len()).map(|row| later(row + whole)).collect()
}

/// A value of each pod, times the replicas.
fn total(line: &Line, replicas: &Line) -> Line {
    line.iter().zip(replicas).map(|(each, replicas)| Some((*each)? * (*replicas)?)).collect()
}

/// A total, divided by the replicas.
fn each(line: &Line, replicas: &Line) -> Line {
    let each = |(total, replicas): (&Option<f64>, &Option<f64>)| {
        let (total, replicas) = ((*total)?, (*replicas)?);
        (replicas >= 1.0).then(|| total / replicas)
    };
    line.iter().zip(replicas).map(each).collect()
}

/// The request of each pod in thousandths: of all times the middle one.
fn per_pod(requested: &Line, replicas: &Line) -> Option<i64> {
    let mut all: Vec<f64> = each(requested, replicas).into_iter().flatten().collect();
    let middle = all.len() / 2;
    if all.is_empty() {
        return None;
    }
    let (_, median, _) = all.select_nth_unstable_by(middle, f64::total_cmp);
    thousandths(*median).filter(|request| *request > 0)
}

/// In thousandths; `None` if that is too large.
#[expect(clippy::cast_possible_truncation, reason = "its range is checked")]
fn thousandths(value: f64) -> Option<i64> {
    let value = (value * 1000.0).round();
    (value.abs() < 9e18).then_some(value as i64)
}

#[expect(clippy::cast_possible_truncation, reason = "its range is checked")]
fn pods(value: f64) -> Option<i32> {
    (0.0..=f64::from(i32::MAX)).contains(&value).then(|| value.round() as i32)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::{Value, json};

    use super::*;
    use crate::hpa::parse_one;
    use crate::stores::{MetricLines, fixtures};
    use crate::usage::{ReplicaLines, ResourceLines};

    #[test]
    fn a_mean_belongs_to_the_middle_of_its_window() {
        let grid = Grid { start: 0, step: 60, count: 5 };
        let line: Line = vec![Some(1.0), Some(2.0), None, Some(4.0), Some(6.0)];
        let centered = |seconds| super::centered(&line, &grid, Duration::from_secs(seconds));
        assert_eq!(centered(0), line);
        assert_eq!(centered(120), [Some(2.0), None, Some(4.0), Some(6.0), Some(6.0)]);
        assert_eq!(centered(60), [Some(1.5), None, None, Some(5.0), Some(6.0)]);
        assert_eq!(centered(300), [None, Some(5.0), Some(6.0), Some(6.0), Some(6.0)]);
        assert_eq!(centered(6000), [Some(6.0); 5]);
    }

    #[expect(clippy::needless_pass_by_value, reason = "JSON is written where it is needed")]
    fn hpa(metrics: Value) -> Hpa {
        let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web"}, "spec": {"minReplicas": 1, "maxReplicas": 9, "metrics": metrics}});
        let name: Arc<str> = "x".into();
        parse_one(&name, &name, object.to_string().as_bytes()).unwrap()
    }

    fn line(values: &[f64]) -> Line {
        values.iter().map(|value| (*value >= 0.0).then_some(*value)).collect()
    }

    /// Four minutes; `metrics` are the values of the HPA's status.
    fn past(replicas: &[f64], metrics: Vec<Line>) -> HpaPast {
        let resource = |used: &[f64], requested: &[f64]| ResourceLines {
            used: line(used),
            requested: line(requested),
        };
        HpaPast {
            cpu: resource(&[1.0, 2.0, 3.0, 4.0], &[1.0, 1.0, 1.5, 2.0]),
            memory: resource(&[2048.0, 2048.0, 3072.0, 4096.0], &[4096.0, 4096.0, 6144.0, 8192.0]),
            metrics: (metrics.into_iter())
                .map(|current| Ok(MetricLines { current, target: Line::new() }))
                .collect(),
            generation: line(&[2.0; 4]),
            ..fixtures::past(ReplicaLines {
                current: line(replicas),
                max: line(&[9.0; 4]),
                min: line(&[1.0; 4]),
                ..ReplicaLines::default()
            })
        }
    }

    #[test]
    fn what_divides_over_pods_is_a_total_and_the_rest_is_as_it_was() {
        let target = |kind: &str, key: &str, value: Value| json!({"type": kind, key: value});
        let metrics = json!([
            {"type": "Resource", "resource": {"name": "cpu", "target": target("Utilization", "averageUtilization", json!(60))}},
            {"type": "Resource", "resource": {"name": "memory", "target": target("Utilization", "averageUtilization", json!(60))}},
            {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": target("AverageValue", "averageValue", json!("5"))}},
            {"type": "External", "external": {"metric": {"name": "queue"}, "target": target("Value", "value", json!("5"))}},
            {"type": "External", "external": {"metric": {"name": "gone"}, "target": target("Value", "value", json!("5"))}},
        ]);
        let nothing = || line(&[-1.0; 4]);
        let status = vec![nothing(), nothing(), line(&[5.0; 4]), line(&[7.0; 4]), nothing()];
        let recorded =
            RecordedLoad::new(&hpa(metrics), &past(&[2.0, 2.0, 3.0, 4.0], status)).unwrap();
        let values = |name: &str| recorded.load.column(name).unwrap().values.clone();
        assert_eq!(values("cpu"), [1000, 2000, 3000, 4000].map(Some));
        assert_eq!(values("memory"), [1_024_000; 4].map(Some));
        assert_eq!(values("rps"), [10_000, 10_000, 15_000, 20_000].map(Some));
        assert_eq!(values("queue"), [7000; 4].map(Some));
        assert_eq!(values("gone"), [None; 4]);
        let shares: Vec<Share> = recorded.load.columns.iter().map(|column| column.share).collect();
        let total = Share::OfTotal;
        assert_eq!(shares, [total, Share::Each, total, total, total]);
        assert_eq!(recorded.requests[0], ("cpu".to_owned(), 500));
        assert_eq!(recorded.load.replicas, Some([2, 2, 3, 4].map(Some).to_vec()));
        assert_eq!(recorded.load.times, [0, 60_000, 120_000, 180_000]);
        assert_eq!(recorded.start().unwrap().to_string(), "2026-01-31T12:00:00Z");
        assert!(recorded.notes.iter().any(|note| note.starts_with("gone is not known")));
    }

    #[test]
    fn cpu_is_what_the_controller_saw_of_the_pods_that_were_ready() {
        let metric = |key: &str, value: Value| json!([{"type": "Resource", "resource": {"name": "cpu", "target": {"type": key, (key_of(key)): value}}}]);
        let cpu = |metrics: Value, shown: &[f64]| {
            let past = past(&[2.0, 2.0, 3.0, 4.0], vec![line(shown)]);
            RecordedLoad::new(&hpa(metrics), &past).unwrap().load.columns[0].values.clone()
        };
        // Half of a core is requested. At the last row one of four pods is not ready: the others use 4/3 of a core.
        let percent = metric("Utilization", json!(60));
        assert_eq!(
            cpu(percent, &[110.0, -1.0, 210.0, 267.0]),
            [Some(1100), None, Some(3150), Some(4000)]
        );
        let amount = metric("AverageValue", json!("1"));
        assert_eq!(cpu(amount, &[0.6, 0.9, 1.1, 1.0]), [1200, 1800, 3300, 4000].map(Some));
    }

    #[test]
    fn pods_that_never_get_ready_do_not_raise_the_load() {
        // Six pods, of which four are ready and use a core each; the status is the mean of these four.
        let rows = 12;
        let replicas = ReplicaLines { current: vec![Some(6.0); rows], ..ReplicaLines::default() };
        let past = fixtures::past(replicas);
        let (seen, used) = (vec![Some(6.0); rows], vec![Some(4.0); rows]);
        let kept = usize::try_from(STARTING / past.grid.step).unwrap();
        let load = without_unready(&seen, &used, &past);
        assert_eq!(load[..kept], vec![Some(6.0); kept], "that may be a jump of the load");
        assert_eq!(load[kept..], vec![Some(4.0); rows - kept]);
        // A load that was as high between is one that jumps.
        let mut jumps = used.clone();
        jumps[rows - 3] = Some(6.0);
        assert_eq!(without_unready(&seen, &jumps, &past)[rows - 1], Some(6.0));
    }

    fn key_of(kind: &str) -> &'static str {
        if kind == "Utilization" { "averageUtilization" } else { "averageValue" }
    }

    #[test]
    fn memory_is_divided_by_the_pods_that_were_there() {
        let replicas = line(&[2.0, 2.0, 2.0, 4.0]);
        let pods = |requested: &[f64]| pods_of(&line(requested), &replicas);
        // The status is of the sync before the scrape, the pods are of the scrape.
        assert_eq!(pods(&[2.0, 2.0, 3.0, 4.0]), line(&[2.0, 2.0, 3.0, 4.0]));
        assert_eq!(pods(&[-1.0, 2.0, 2.3, 4.0]), line(&[2.0, 2.0, 2.0, 4.0]));
        assert_eq!(pods(&[-1.0; 4]), replicas);
    }

    #[test]
    fn only_the_time_with_the_present_spec_counts() {
        let hpa = hpa(Value::Null);
        let mut past = past(&[2.0, -1.0, 3.0, 4.0], vec![line(&[60.0; 4])]);
        past.replicas.max = line(&[5.0, 9.0, 9.0, 9.0]);
        let recorded = RecordedLoad::new(&hpa, &past).unwrap();
        assert_eq!(recorded.load.times.len(), 2, "the first row is where replicas are known again");
        assert!(
            recorded.notes[0].contains("only the last 3m with the present spec"),
            "{:?}",
            recorded.notes
        );
        past.generation = line(&[1.0, 1.0, 1.0, 2.0]);
        assert_eq!(RecordedLoad::new(&hpa, &past).unwrap().load.times.len(), 1);
        past.replicas.current = line(&[-1.0; 4]);
        let error = RecordedLoad::new(&hpa, &past).unwrap_err();
        assert!(error.contains("no replicas of this HPA"), "{error}");
    }
}
