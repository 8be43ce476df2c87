//! What a store knows of all HPAs and workloads of one namespace over a range, in three questions.

use std::collections::BTreeMap;

use super::answer::{Answer, Point, Series};
use super::client::Client;
use super::error::QueryError;
use super::labels::Labels;
use super::promql::{CpuForm, HPA, METRIC, Questions, WORKLOAD, WORKLOAD_TYPE};
use super::range::{Estimate, Range};

/// Replicas of an HPA over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReplicaPoints {
    /// status.currentReplicas
    pub current: Vec<Point>,
    /// status.desiredReplicas
    pub desired: Vec<Point>,
    /// minReplicas; before kube-state-metrics 2.20 none where it is not set.
    pub min: Vec<Point>,
    /// maxReplicas
    pub max: Vec<Point>,
}

/// One resource of a workload over time, of all of its pods together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ResourcePoints {
    /// What its pods use.
    pub used: Vec<Point>,
    /// What they request.
    pub requested: Vec<Point>,
    /// What they may use, of the containers that have a limit.
    pub limit: Vec<Point>,
}

/// CPU in cores and memory in bytes of a workload.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorkloadPoints {
    /// In cores.
    pub cpu: ResourcePoints,
    /// In bytes.
    pub memory: ResourcePoints,
}

/// A workload's kind, as Kubernetes writes it, and name.
pub type WorkloadName = (String, String);

/// A namespace over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NamespacePoints {
    /// HPAs by name.
    pub hpas: BTreeMap<String, ReplicaPoints>,
    /// Workloads by kind and name.
    pub workloads: BTreeMap<WorkloadName, WorkloadPoints>,
    /// Why this is not all; empty if it is.
    pub incomplete: Vec<String>,
    /// The first question that failed, or part of one; none if all were answered.
    pub failure: Option<QueryError>,
}

impl NamespacePoints {
    /// Asks for a namespace: three questions, each in as many parts as the range has. What fails after the first answer
    /// is incomplete.
    ///
    /// # Errors
    /// If the first question fails.
    pub async fn read(
        client: &Client,
        labels: &Labels,
        cpu: CpuForm,
        namespace: &str,
        range: &Range,
    ) -> Result<Self, QueryError> {
        let questions = Questions::new(labels, namespace);
        let mut points = Self::default();
        let replicas = client.query_range(&questions.replicas(), range).await?;
        points.add_replicas(replicas);
        match questions.usage(cpu) {
            None => points.incomplete.push("there is no series of usage (cAdvisor)".to_owned()),
            Some(usage) => match client.query_range(&usage, range).await {
                Ok(usage) => points.add_workloads(usage),
                Err(error) => points.fail("usage", error),
            },
        }
        // A server that is gone is not waited for once more.
        if points.failure.as_ref().is_some_and(QueryError::is_of_the_server) {
            points.incomplete.push("requests: not asked after that".to_owned());
            return Ok(points);
        }
        match client.query_range(&questions.requests(), range).await {
            Ok(requests) => points.add_workloads(requests),
            Err(error) => points.fail("requests", error),
        }
        Ok(points)
    }

    /// Asks for the replicas of a namespace alone: one question.
    ///
    /// # Errors
    /// If the question fails.
    pub async fn read_replicas(
        client: &Client,
        labels: &Labels,
        namespace: &str,
        range: &Range,
    ) -> Result<Self, QueryError> {
        let mut points = Self::default();
        let question = Questions::new(labels, namespace).replicas();
        points.add_replicas(client.query_range(&question, range).await?);
        Ok(points)
    }

    fn add_replicas(&mut self, answer: Answer<Series>) {
        self.note(&answer);
        for Series { labels, points } in answer.items {
            let Some(hpa) = labels.get(HPA) else { continue };
            let hpa = self.hpas.entry(hpa.clone()).or_default();
            match labels.get(METRIC).map(String::as_str) {
                Some("current") => hpa.current = points,
                Some("desired") => hpa.desired = points,
                Some("min") => hpa.min = points,
                Some("max") => hpa.max = points,
                _ => {}
            }
        }
    }

    fn add_workloads(&mut self, answer: Answer<Series>) {
        self.note(&answer);
        for Series { labels, points } in answer.items {
            let label = |name: &str| labels.get(name).map(String::as_str);
            let (Some(kind), Some(name)) = (label(WORKLOAD_TYPE), label(WORKLOAD)) else {
                continue;
            };
            let workload = self.workloads.entry((kind.to_owned(), name.to_owned())).or_default();
            let resource = match label(METRIC) {
                Some("cpu") => &mut workload.cpu,
                Some("memory") => &mut workload.memory,
                _ => continue,
            };
            match label("bound") {
                None => resource.used = points,
                Some("request") => resource.requested = points,
                Some(_) => resource.limit = points,
            }
        }
    }

    fn fail(&mut self, what: &str, error: QueryError) {
        self.incomplete.push(format!("{what}: {error}"));
        self.failure.get_or_insert(error);
    }

    fn note(&mut self, answer: &Answer<Series>) {
        if let (None, Some((_, error))) = (&self.failure, &answer.unread) {
            self.failure = Some(error.clone());
        }
        if let Some(why) = answer.incomplete()
            && !self.incomplete.contains(&why)
        {
            self.incomplete.push(why);
        }
    }
}

impl Estimate {
    /// What [`NamespacePoints::read`] asks for so many namespaces with so many HPAs and targets altogether, and what learning
    /// labels takes before it.
    pub fn of_namespaces(range: &Range, namespaces: u64, hpas: u64, targets: u64) -> Self {
        let series = hpas.saturating_mul(4).saturating_add(targets.saturating_mul(2 + 4));
        let once = Self::of(range, series);
        let queries = once.queries.saturating_mul(3).saturating_mul(namespaces);
        Self { queries, ..once }.and(Self::of_moments(LEARNING, 1))
    }
}

/// Queries from which labels and series are learnt.
const LEARNING: u64 = 10;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_day_of_a_large_fleet_is_three_queries_a_namespace() {
        let end = Timestamp::from_second(1_764_547_200).unwrap();
        let day = Range::before(end, Duration::from_hours(24), Duration::from_mins(1));
        let estimate = Estimate::of_namespaces(&day, 60, 3000, 3000);
        assert_eq!(estimate, Estimate { queries: 60 * 3 + 10, points: 1441 * 30_000 + 10 });
    }
}
