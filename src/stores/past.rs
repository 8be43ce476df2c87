//! A cluster's namespaces over a time, one after the other: each is asked for, made into what is wanted of its HPAs, and
//! forgotten before the next.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::open::{Opener, StoreError, StoreOrigin};
use super::ready::Ready;
use crate::collect::Stop;
use crate::hpa::{Hpa, Metric, TargetType};
use crate::kubectl::Cluster;
use crate::prometheus::promql::window;
use crate::prometheus::{
    Details, Estimate, MetricName, NamespaceDetails, NamespacePoints, Point, QueryError, Range,
    ReplicaPoints, ResourcePoints, WorkloadName,
};
use crate::usage::{Grid, Line, ReplicaLines, ResourceLines};

/// What identifies an HPA, its target and its metrics in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HpaQuery {
    /// Its name.
    pub name: String,
    /// The kind and name of its target.
    pub target: WorkloadName,
    /// Its metrics, as a store names them.
    pub metrics: Vec<MetricName>,
}

impl HpaQuery {
    /// The query of an HPA.
    pub fn new(hpa: &Hpa) -> Self {
        Self {
            name: hpa.name.clone(),
            target: (hpa.target.kind.to_string(), hpa.target.name.clone()),
            metrics: hpa.metrics.iter().map(metric_name).collect(),
        }
    }
}

fn metric_name(metric: &Metric) -> MetricName {
    let kind = match metric.target.kind {
        TargetType::Utilization => "utilization",
        TargetType::AverageValue => "average",
        _ => "value",
    };
    MetricName {
        name: metric.name.clone(),
        kind: kind.to_owned(),
        container: metric.container.clone().unwrap_or_default(),
    }
}

/// Which parts of a namespace are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question or two")]
pub struct PastParts {
    /// Usage and requests, beside replicas.
    pub usage: bool,
    /// Metrics with their targets, and changes of specs.
    pub metrics: bool,
    /// Conditions.
    pub conditions: bool,
    /// Throttling.
    pub throttling: bool,
}

impl PastParts {
    /// How much this is, of so many namespaces with so many HPAs altogether.
    pub fn estimate(&self, range: &Range, namespaces: u64, hpas: u64) -> Estimate {
        let flag = |is_asked: bool, number: u64| if is_asked { number } else { 0 };
        let questions = 1
            + flag(self.usage, 2)
            + flag(self.metrics, 2)
            + flag(self.conditions, 1)
            + flag(self.throttling, 1);
        // Replicas; usage with requests and limits; a metric or two and the generation; conditions.
        let series = 4
            + flag(self.usage, 6)
            + flag(self.metrics, 5)
            + flag(self.conditions, 3)
            + flag(self.throttling, 1);
        let once = Estimate::of(range, hpas.saturating_mul(series));
        let queries = once.queries.saturating_mul(questions).saturating_mul(namespaces);
        Estimate { queries, ..once }.and(Estimate::of_moments(LEARNING, 1))
    }
}

/// Questions from which labels and series are learnt.
const LEARNING: u64 = 12;

/// A namespace as it was read.
#[derive(Debug, Default)]
pub struct Namespace {
    /// Replicas, usage and requests.
    pub points: NamespacePoints,
    /// The details that the store has.
    pub details: NamespaceDetails,
    /// Which of them it has.
    pub has: Details,
    /// The time that each value of CPU is the mean of.
    pub cpu_window: Duration,
}

/// What a cluster's store knows of its HPAs in a time.
#[derive(Debug)]
pub struct ClusterPast<T> {
    /// From where it was read; none if the store was not found.
    pub origin: Option<StoreOrigin>,
    /// What was read by namespace and name.
    pub hpas: BTreeMap<(String, String), T>,
    /// Why nothing was read: of the whole cluster under an empty name, or of a namespace.
    pub unread: BTreeMap<String, String>,
    /// Why what was read may not be all: of the whole cluster, or of namespaces.
    pub incomplete: BTreeMap<String, Vec<String>>,
}

impl<T> Default for ClusterPast<T> {
    fn default() -> Self {
        Self {
            origin: None,
            hpas: BTreeMap::new(),
            unread: BTreeMap::new(),
            incomplete: BTreeMap::new(),
        }
    }
}

impl<T> ClusterPast<T> {
    /// What was read of an HPA, or why nothing was.
    ///
    /// # Errors
    /// If nothing was read of it.
    pub fn of(&self, namespace: &str, name: &str) -> Result<&T, &str> {
        if let Some(past) = self.hpas.get(&(namespace.to_owned(), name.to_owned())) {
            return Ok(past);
        }
        let why = self.unread.get(namespace).or_else(|| self.unread.get(""));
        Err(why.map_or("it was not read", String::as_str))
    }

    /// Everything that is missing or in doubt, a sentence each, with the store where one was reached.
    pub fn problems(&self) -> Vec<String> {
        let at = self.origin.as_ref().map_or_else(String::new, |origin| format!("{origin}: "));
        // Nothing is wrong with the store of an interrupted command.
        let named = |why: &str, sentence: String| {
            if why == INTERRUPTED { sentence } else { format!("{at}{sentence}") }
        };
        let mut all = self.sentences(true, true);
        all.sort();
        all.into_iter().map(|(why, sentence)| named(why, sentence)).collect()
    }

    /// Why not everything was read, a sentence each.
    pub fn failures(&self) -> Vec<String> {
        self.sentences(true, false).into_iter().map(|(_, sentence)| sentence).collect()
    }

    /// Why what was read may not be all, a sentence each.
    pub fn doubts(&self) -> Vec<String> {
        self.sentences(false, true).into_iter().map(|(_, sentence)| sentence).collect()
    }

    /// Reasons, with sentences that name the namespaces too.
    fn sentences(&self, unread: bool, incomplete: bool) -> Vec<(&str, String)> {
        let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (namespace, why) in self.unread.iter().filter(|_| unread) {
            all.entry(why).or_default().push(namespace);
        }
        for (why, namespaces) in self.incomplete.iter().filter(|_| incomplete) {
            all.entry(why).or_default().extend(namespaces.iter().map(String::as_str));
        }
        all.into_iter()
            .map(|(why, namespaces)| {
                let sentence = match namespaces.as_slice() {
                    [] | [""] => why.to_owned(),
                    [one] => format!("namespace {one}: {why}"),
                    [one, other] => format!("namespaces {one} and {other}: {why}"),
                    [one, rest @ ..] => format!("namespace {one} and {} others: {why}", rest.len()),
                };
                (why, sentence)
            })
            .collect()
    }
}

/// Why what was not read before a signal came is missing: [`StoreError::Interrupted`].
const INTERRUPTED: &str = "interrupted";

/// What is read of a cluster's store.
#[derive(Debug)]
pub struct PastQuery<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// The HPAs by namespace.
    pub followed: &'a BTreeMap<String, Vec<HpaQuery>>,
    /// The time.
    pub range: Range,
    /// The parts to read.
    pub parts: PastParts,
    /// Ends it.
    pub stop: &'a Stop,
}

impl PastQuery<'_> {
    /// Reads the followed HPAs, and makes of each what is wanted. `now` is this machine's time.
    pub async fn read<T>(
        &self,
        opener: &Opener,
        now: impl Fn() -> Timestamp,
        make: impl Fn(&Namespace, &HpaQuery, &Grid) -> T,
    ) -> ClusterPast<T> {
        let mut found = ClusterPast::default();
        let read = async {
            let namespaces = self.followed.keys().map(String::as_str);
            match opener.ready(self.cluster, namespaces, now).await {
                Err(StoreError::At(origin, error)) => {
                    found.origin = Some(origin);
                    found.unread.insert(String::new(), error.to_string());
                }
                Err(error) => drop(found.unread.insert(String::new(), error.to_string())),
                Ok(ready) => {
                    found.origin = Some(ready.store.origin.clone());
                    let doubts = ready.doubts.iter().map(|why| (why.clone(), Vec::new()));
                    found.incomplete = doubts.collect();
                    self.namespaces(&mut found, &ready, make).await;
                }
            }
        };
        tokio::select! {
            biased;
            () = self.stop.stopped() => {}
            () = read => return found,
        }
        self.interrupted(&mut found);
        found
    }

    /// Notes what was not read before a signal came.
    fn interrupted<T>(&self, found: &mut ClusterPast<T>) {
        let is_read = |namespace: &String, hpas: &[HpaQuery]| {
            let mut keys = hpas.iter().map(|hpa| (namespace.clone(), hpa.name.clone()));
            keys.any(|key| found.hpas.contains_key(&key))
        };
        let all = self.followed.iter();
        let (read, rest): (Vec<_>, Vec<_>) = all.partition(|(name, hpas)| is_read(name, hpas));
        let rest: Vec<String> = if read.is_empty() {
            vec![String::new()]
        } else {
            rest.into_iter().map(|(name, _)| name.clone()).collect()
        };
        for name in rest {
            found.unread.entry(name).or_insert_with(|| INTERRUPTED.to_owned());
        }
    }

    async fn namespaces<T>(
        &self,
        found: &mut ClusterPast<T>,
        ready: &Ready,
        make: impl Fn(&Namespace, &HpaQuery, &Grid) -> T,
    ) {
        let grid = grid(&self.range);
        let mut lost: Option<QueryError> = None;
        for (name, hpas) in self.followed {
            if let Some(error) = &lost {
                let why = format!("not asked, because the server had failed: {error}");
                found.unread.insert(name.clone(), why);
                continue;
            }
            let namespace = match self.namespace(ready, name).await {
                Ok(namespace) => namespace,
                Err(error) => {
                    found.unread.insert(name.clone(), error.to_string());
                    lost = Some(error).filter(QueryError::is_of_the_server);
                    continue;
                }
            };
            for hpa in hpas {
                let key = (name.clone(), hpa.name.clone());
                found.hpas.insert(key, make(&namespace, hpa, &grid));
            }
            let Namespace { points, details, .. } = namespace;
            for why in points.incomplete.into_iter().chain(details.incomplete) {
                found.incomplete.entry(why).or_default().push(name.clone());
            }
            let failures = [points.failure, details.failure].into_iter().flatten();
            lost = failures.into_iter().find(QueryError::is_of_the_server);
        }
    }

    async fn namespace(&self, ready: &Ready, name: &str) -> Result<Namespace, QueryError> {
        let (client, labels) = (&ready.store.client, &ready.learnt.labels);
        let (tiers, parts) = (&ready.tiers, self.parts);
        let points = if parts.usage {
            let cpu = tiers.cpu_form();
            NamespacePoints::read(client, labels, cpu, name, &self.range).await?
        } else {
            NamespacePoints::read_replicas(client, labels, name, &self.range).await?
        };
        let is_lost = points.failure.as_ref().is_some_and(QueryError::is_of_the_server);
        let is_kept = |rest: &str| tiers.has(&format!("kube_horizontalpodautoscaler_{rest}"));
        let has = Details {
            metrics: parts.metrics && is_kept("status_target_metric"),
            generations: parts.metrics && is_kept("metadata_generation"),
            conditions: parts.conditions && is_kept("status_condition"),
            throttling: (parts.throttling
                && tiers.has("container_cpu_cfs_throttled_periods_total"))
            .then(|| window(tiers.usage_every)),
        };
        let details = if is_lost {
            NamespaceDetails::default()
        } else {
            NamespaceDetails::read(client, labels, &has, name, &self.range).await
        };
        Ok(Namespace { points, details, has, cpu_window: tiers.cpu_form().window() })
    }
}

/// The times of a range.
pub fn grid(range: &Range) -> Grid {
    let count = usize::try_from(range.points()).unwrap_or(usize::MAX);
    Grid { start: range.start(), step: range.step(), count }
}

/// Points at the times of a grid.
pub fn line(grid: &Grid, points: &[Point]) -> Line {
    grid.line(points.iter().map(|point| (point.at, point.value)))
}

/// The replicas of an HPA at the times of a grid.
pub fn replica_lines(grid: &Grid, points: &ReplicaPoints) -> ReplicaLines {
    ReplicaLines {
        current: line(grid, &points.current),
        desired: line(grid, &points.desired),
        min: line(grid, &points.min),
        max: line(grid, &points.max),
    }
}

/// A resource of a workload at the times of a grid.
pub fn resource_lines(grid: &Grid, points: &ResourcePoints) -> ResourceLines {
    ResourceLines { used: line(grid, &points.used), requested: line(grid, &points.requested) }
}
