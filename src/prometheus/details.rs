//! What a store knows of a namespace over a range beside replicas and usage: metrics with their targets, changes of
//! specs, conditions, throttling. A store may lack any of it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::answer::{Answer, Point, Series};
use super::client::Client;
use super::error::QueryError;
use super::labels::Labels;
use super::namespace::WorkloadName;
use super::promql::{HPA, Questions, WORKLOAD, WORKLOAD_TYPE};
use super::range::Range;

/// Which details are asked for, a question each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Details {
    /// Metrics with their targets.
    pub metrics: bool,
    /// When specs changed.
    pub generations: bool,
    /// Conditions.
    pub conditions: bool,
    /// Throttling over this window.
    pub throttling: Option<Duration>,
}

impl Details {
    /// How many questions these are.
    pub fn questions(&self) -> u64 {
        let all = [self.metrics, self.generations, self.conditions, self.throttling.is_some()];
        all.into_iter().map(u64::from).sum()
    }
}

/// A metric of an HPA as kube-state-metrics names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetricName {
    /// `metric_name`
    pub name: String,
    /// `metric_target_type`: `utilization`, `average` or `value`.
    pub kind: String,
    /// `container`; empty for metrics that are of no container, and before kube-state-metrics 2.19.
    pub container: String,
}

/// A metric over time, in base units; utilizations in percent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricPoints {
    /// Its value.
    pub current: Vec<Point>,
    /// Its target.
    pub target: Vec<Point>,
}

/// The details of one HPA.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HpaDetails {
    /// Its metrics.
    pub metrics: BTreeMap<MetricName, MetricPoints>,
    /// The generation of its spec: a step is a change.
    pub generation: Vec<Point>,
    /// When each condition had each status (`ScalingActive`, `true`).
    pub conditions: BTreeMap<(String, String), Vec<Point>>,
}

/// Adds a series to what was found.
type Adds = fn(&mut NamespaceDetails, Series);

/// The details of a namespace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamespaceDetails {
    /// HPAs by name.
    pub hpas: BTreeMap<String, HpaDetails>,
    /// The share of periods in which a workload's containers were throttled.
    pub throttled: BTreeMap<WorkloadName, Vec<Point>>,
    /// Why this is not all; empty if it is.
    pub incomplete: Vec<String>,
    /// The first question that failed; none if all were answered.
    pub failure: Option<QueryError>,
}

impl NamespaceDetails {
    /// Asks for the details of a namespace. What fails is incomplete.
    pub async fn read(
        client: &Client,
        labels: &Labels,
        details: &Details,
        namespace: &str,
        range: &Range,
    ) -> Self {
        let questions = Questions::new(labels, namespace);
        let throttling = details.throttling.and_then(|window| questions.throttling(window));
        let all: [(&str, Option<String>, Adds); 4] = [
            ("metrics", details.metrics.then(|| questions.targets()), Self::add_metric),
            (
                "generations",
                details.generations.then(|| questions.generations()),
                Self::add_generation,
            ),
            ("conditions", details.conditions.then(|| questions.conditions()), Self::add_condition),
            ("throttling", throttling, Self::add_throttled),
        ];
        let mut found = Self::default();
        for (what, question, add) in all {
            let Some(question) = question else { continue };
            if found.failure.as_ref().is_some_and(QueryError::is_of_the_server) {
                found.incomplete.push(format!("{what}: not asked after that"));
                continue;
            }
            match client.query_range(&question, range).await {
                Ok(answer) => {
                    found.note(what, &answer);
                    answer.items.into_iter().for_each(|series| add(&mut found, series));
                }
                Err(error) => {
                    found.incomplete.push(format!("{what}: {error}"));
                    found.failure.get_or_insert(error);
                }
            }
        }
        found
    }

    fn note(&mut self, what: &str, answer: &Answer<Series>) {
        self.incomplete.extend(answer.incomplete().map(|why| format!("{what}: {why}")));
        if let (None, Some((_, error))) = (&self.failure, &answer.unread) {
            self.failure = Some(error.clone());
        }
    }

    fn hpa(&mut self, series: &Series) -> Option<&mut HpaDetails> {
        Some(self.hpas.entry(series.labels.get(HPA)?.clone()).or_default())
    }

    fn add_metric(&mut self, series: Series) {
        let label = |name: &str| series.labels.get(name).cloned().unwrap_or_default();
        let name = MetricName {
            name: label("metric_name"),
            kind: label("metric_target_type"),
            container: label("container"),
        };
        let is_target = series.is("side", "spec");
        let Some(hpa) = self.hpa(&series) else { return };
        let metric = hpa.metrics.entry(name).or_default();
        if is_target {
            metric.target = series.points;
        } else {
            metric.current = series.points;
        }
    }

    fn add_generation(&mut self, series: Series) {
        if let Some(hpa) = self.hpa(&series) {
            hpa.generation = series.points;
        }
    }

    fn add_condition(&mut self, series: Series) {
        let label = |name: &str| series.labels.get(name).cloned().unwrap_or_default();
        let condition = (label("condition"), label("status"));
        if let Some(hpa) = self.hpa(&series) {
            hpa.conditions.insert(condition, series.points);
        }
    }

    fn add_throttled(&mut self, series: Series) {
        let label = |name: &str| series.labels.get(name).cloned();
        if let (Some(kind), Some(name)) = (label(WORKLOAD_TYPE), label(WORKLOAD)) {
            self.throttled.insert((kind, name), series.points);
        }
    }
}
