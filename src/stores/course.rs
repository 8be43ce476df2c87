//! The HPAs of a cluster over a time, in a few figures each, or with all of their points.

use std::collections::BTreeMap;
use std::time::Duration;

use super::past::{ClusterPast, HpaQuery, Namespace, line, replica_lines, resource_lines};
use crate::history::{Observed, whole as whole_number};
use crate::prometheus::{MetricName, MetricPoints, ReplicaPoints, ResourcePoints};
use crate::usage::{CourseSummary, Grid, Line, NoFigure, ReplicaLines, ResourceLines};

/// A few figures for each HPA of a cluster.
pub type ClusterCourses = ClusterPast<CourseSummary>;

/// A metric over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricLines {
    /// Its value, in base units; utilizations in percent.
    pub current: Line,
    /// Its target.
    pub target: Line,
}

/// An HPA with all of its points.
#[derive(Debug, Clone, PartialEq)]
pub struct HpaPast {
    /// The times.
    pub grid: Grid,
    /// Its replicas.
    pub replicas: ReplicaLines,
    /// The CPU of its target, in cores.
    pub cpu: ResourceLines,
    /// The time that each value of CPU is the mean of, which ends at the value's own.
    pub cpu_window: Duration,
    /// The memory of its target, in bytes.
    pub memory: ResourceLines,
    /// Its metrics, in the order of its spec.
    pub metrics: Vec<Result<MetricLines, NoFigure>>,
    /// The share of periods in which its target's containers were throttled.
    pub throttled: Result<Line, NoFigure>,
    /// The generation of its spec.
    pub generation: Line,
    /// Whether each condition was true, by type.
    pub conditions: Vec<(&'static str, Vec<Option<bool>>)>,
    /// Its figures.
    pub summary: CourseSummary,
}

impl HpaPast {
    /// The points as readings, where replicas and maximum were seen; where minReplicas was not, it is 1.
    pub fn observed(&self) -> Vec<Observed> {
        let value = |line: &Line, at: usize| line.get(at).copied().flatten();
        let number = |line: &Line, at: usize| value(line, at).and_then(whole_number);
        let metric = |lines: &Result<MetricLines, NoFigure>, at: usize| {
            let Ok(lines) = lines else { return (None, None) };
            (value(&lines.current, at), value(&lines.target, at))
        };
        let one = |at: usize| {
            let conditions = self
                .conditions
                .iter()
                .filter_map(|(name, line)| Some((*name, line.get(at).copied().flatten()?)));
            Some(Observed {
                at: self.grid.at(at),
                current: number(&self.replicas.current, at)?,
                desired: number(&self.replicas.desired, at)?,
                min: number(&self.replicas.min, at).unwrap_or(1),
                max: number(&self.replicas.max, at)?,
                metrics: self.metrics.iter().map(|lines| metric(lines, at)).collect(),
                conditions: conditions.collect(),
                generation: number(&self.generation, at).map(i64::from),
            })
        };
        (0..self.grid.count).filter_map(one).collect()
    }
}

/// The figures of one HPA of a namespace.
pub fn summary(namespace: &Namespace, hpa: &HpaQuery, grid: &Grid) -> CourseSummary {
    figures(namespace, hpa, grid).0
}

fn figures(
    Namespace { points, .. }: &Namespace,
    hpa: &HpaQuery,
    grid: &Grid,
) -> (CourseSummary, ReplicaLines, [ResourceLines; 2]) {
    let nothing = ReplicaPoints::default();
    let replicas = replica_lines(grid, points.hpas.get(&hpa.name).unwrap_or(&nothing));
    let nothing = ResourcePoints::default();
    let workload = points.workloads.get(&hpa.target);
    let cpu = resource_lines(grid, workload.map_or(&nothing, |workload| &workload.cpu));
    let memory = resource_lines(grid, workload.map_or(&nothing, |workload| &workload.memory));
    // What failed is not absent.
    let load = |lines: &ResourceLines| {
        lines.load(grid).map_err(|why| match &points.failure {
            Some(error) => NoFigure::Other(error.to_string()),
            None => why,
        })
    };
    let summary = CourseSummary {
        replicas: replicas.summary(grid),
        at_max: replicas.at_max(grid),
        cpu: load(&cpu),
        memory: load(&memory),
    };
    (summary, replicas, [cpu, memory])
}

/// All points of one HPA of a namespace.
pub fn whole(namespace: &Namespace, hpa: &HpaQuery, grid: &Grid) -> HpaPast {
    let (summary, replicas, [cpu, memory]) = figures(namespace, hpa, grid);
    let Namespace { details, has, .. } = namespace;
    let own = details.hpas.get(&hpa.name);
    let failed = |what: &'static str| match &details.failure {
        Some(error) => NoFigure::Other(error.to_string()),
        None => NoFigure::NoSeries(what),
    };
    let metrics = hpa.metrics.iter().map(|metric| {
        if !has.metrics {
            return Err(NoFigure::NoSeries("kube_horizontalpodautoscaler_status_target_metric"));
        }
        metric_lines(own.map(|own| &own.metrics), hpa, metric, grid)
            .ok_or_else(|| failed("values of this metric"))
            .and_then(|lines| if is_ambiguous(hpa, metric) { Err(AMBIGUOUS) } else { Ok(lines) })
    });
    let throttled = match (has.throttling, details.throttled.get(&hpa.target)) {
        (None, _) => Err(NoFigure::NoSeries("container_cpu_cfs_throttled_periods_total")),
        (_, None) => Err(failed("throttling of its target's pods")),
        (_, Some(points)) => Ok(line(grid, points)),
    };
    let condition = |name: &'static str| {
        let status = |status: &str| {
            let key = (name.to_owned(), status.to_owned());
            let points = own.and_then(|own| own.conditions.get(&key));
            line(grid, points.map_or(&[], Vec::as_slice))
        };
        (name, either(&status("true"), &status("false")))
    };
    HpaPast {
        grid: *grid,
        replicas,
        cpu,
        cpu_window: namespace.cpu_window,
        memory,
        metrics: metrics.collect(),
        throttled,
        generation: line(grid, own.map_or(&[], |own| &own.generation)),
        conditions: CONDITIONS.map(condition).into(),
        summary,
    }
}

/// Whether a condition was true, or was false; each may never have been seen.
fn either(yes: &Line, no: &Line) -> Vec<Option<bool>> {
    let is = |line: &Line, at: usize| line.get(at).copied().flatten().is_some();
    let one = |at: usize| match (is(yes, at), is(no, at)) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    };
    (0..yes.len().max(no.len())).map(one).collect()
}

/// The conditions of an HPA.
const CONDITIONS: [&str; 3] = ["AbleToScale", "ScalingActive", "ScalingLimited"];

const AMBIGUOUS: NoFigure = NoFigure::Ambiguous;

/// kube-state-metrics has one series for two metrics of the same name and type, such as two of external systems with other
/// selectors.
fn is_ambiguous(hpa: &HpaQuery, metric: &MetricName) -> bool {
    hpa.metrics.iter().filter(|other| *other == metric).count() > 1
}

fn metric_lines(
    metrics: Option<&BTreeMap<MetricName, MetricPoints>>,
    hpa: &HpaQuery,
    metric: &MetricName,
    grid: &Grid,
) -> Option<MetricLines> {
    let metrics = metrics?;
    let points = metrics.get(metric).or_else(|| {
        // Before kube-state-metrics 2.19 there was no label for the container.
        let plain = MetricName { container: String::new(), ..metric.clone() };
        let of_one = |other: &&MetricName| (&other.name, &other.kind) == (&plain.name, &plain.kind);
        let is_only = hpa.metrics.iter().filter(of_one).count() == 1;
        metrics.get(&plain).filter(|_| is_only)
    })?;
    Some(MetricLines { current: line(grid, &points.current), target: line(grid, &points.target) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_was_never_true_is_false_where_it_was_seen() {
        let seen: Line = vec![Some(1.0), None, Some(1.0)];
        let none = Line::new();
        assert_eq!(either(&none, &seen), [Some(false), None, Some(false)]);
        assert_eq!(either(&seen, &none), [Some(true), None, Some(true)]);
        assert_eq!(
            either(&seen, &vec![None, Some(1.0), Some(1.0)]),
            [Some(true), Some(false), Some(true)]
        );
        assert!(either(&none, &none).is_empty());
    }
}
