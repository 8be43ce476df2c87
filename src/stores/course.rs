//! The HPAs of a cluster over a time, in a few figures each. A namespace is asked for, summed up and forgotten before the
//! next: what is in memory is one namespace.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::open::{Opener, StoreOrigin};
use super::ready::Ready;
use crate::collect::Stop;
use crate::kubectl::Cluster;
use crate::prometheus::{
    NamespacePoints, Point, QueryError, Range, ReplicaPoints, ResourcePoints, WorkloadName,
};
use crate::usage::{CourseSummary, Grid, Line, NoFigure, ReplicaLines, ResourceLines};

/// An HPA that is followed over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Its name.
    pub name: String,
    /// The kind and name of its target.
    pub target: WorkloadName,
}

/// What a cluster's store knows of its HPAs in a time.
#[derive(Debug, Default)]
pub struct ClusterCourses {
    /// From where it was read; none if the store was not found.
    pub origin: Option<StoreOrigin>,
    /// The figures by namespace and name.
    pub hpas: BTreeMap<(String, String), CourseSummary>,
    /// Why nothing was read: of the whole cluster under an empty name, or of a namespace.
    pub unread: BTreeMap<String, String>,
    /// Why what was read may not be all: of the whole cluster, or of namespaces.
    pub incomplete: BTreeMap<String, Vec<String>>,
}

impl ClusterCourses {
    /// The figures of an HPA, or why there are none.
    ///
    /// # Errors
    /// If nothing was read of it.
    pub fn of(&self, namespace: &str, name: &str) -> Result<&CourseSummary, &str> {
        if let Some(summary) = self.hpas.get(&(namespace.to_owned(), name.to_owned())) {
            return Ok(summary);
        }
        let why = self.unread.get(namespace).or_else(|| self.unread.get(""));
        Err(why.map_or("it was not read", String::as_str))
    }

    /// Everything that is missing or in doubt, a sentence each.
    pub fn problems(&self) -> Vec<String> {
        let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (namespace, why) in &self.unread {
            all.entry(why).or_default().push(namespace);
        }
        for (why, namespaces) in &self.incomplete {
            all.entry(why).or_default().extend(namespaces.iter().map(String::as_str));
        }
        let sentence = |(why, namespaces): (&str, Vec<&str>)| match namespaces.as_slice() {
            [] | [""] => why.to_owned(),
            [one] => format!("namespace {one}: {why}"),
            [one, other] => format!("namespaces {one} and {other}: {why}"),
            [one, rest @ ..] => format!("namespace {one} and {} others: {why}", rest.len()),
        };
        all.into_iter().map(sentence).collect()
    }
}

/// Reads the followed HPAs of a cluster, by namespace. `now` is this machine's time.
pub async fn courses(
    opener: &Opener,
    cluster: &Cluster,
    followed: &BTreeMap<String, Vec<Followed>>,
    range: &Range,
    stop: &Stop,
    now: impl Fn() -> Timestamp,
) -> ClusterCourses {
    let mut found = ClusterCourses::default();
    let read = async {
        match opener.ready(cluster, followed.keys().map(String::as_str), now).await {
            Err(error) => drop(found.unread.insert(String::new(), error.to_string())),
            Ok(ready) => {
                found.origin = Some(ready.store.origin.clone());
                found.incomplete = ready.doubts.iter().map(|why| (why.clone(), Vec::new())).collect();
                namespaces(&mut found, &ready, followed, range).await;
            }
        }
    };
    tokio::select! {
        biased;
        () = stop.stopped() => {}
        () = read => return found,
    }
    found.unread.entry(String::new()).or_insert_with(|| "interrupted".to_owned());
    found
}

async fn namespaces(
    found: &mut ClusterCourses,
    ready: &Ready,
    followed: &BTreeMap<String, Vec<Followed>>,
    range: &Range,
) {
    let (client, labels) = (&ready.store.client, &ready.learnt.labels);
    let mut lost: Option<QueryError> = None;
    for (namespace, hpas) in followed {
        if let Some(error) = &lost {
            let why = format!("not asked, because the server had failed: {error}");
            found.unread.insert(namespace.clone(), why);
            continue;
        }
        let cpu = ready.tiers.cpu_form();
        let points = match NamespacePoints::read(client, labels, cpu, namespace, range).await {
            Ok(points) => points,
            Err(error) => {
                found.unread.insert(namespace.clone(), error.to_string());
                lost = Some(error).filter(QueryError::is_of_the_server);
                continue;
            }
        };
        for hpa in hpas {
            let summary = summary(&points, hpa, range);
            found.hpas.insert((namespace.clone(), hpa.name.clone()), summary);
        }
        for why in points.incomplete {
            found.incomplete.entry(why).or_default().push(namespace.clone());
        }
        lost = points.failure.filter(QueryError::is_of_the_server);
    }
}

/// The figures of one HPA of a namespace.
pub(super) fn summary(points: &NamespacePoints, hpa: &Followed, range: &Range) -> CourseSummary {
    let grid = grid(range);
    let nothing = ReplicaPoints::default();
    let replicas = replica_lines(&grid, points.hpas.get(&hpa.name).unwrap_or(&nothing));
    let nothing = ResourcePoints::default();
    let workload = points.workloads.get(&hpa.target);
    let load = |resource: Option<&ResourcePoints>| {
        let lines = resource_lines(&grid, resource.unwrap_or(&nothing));
        // What failed is not absent.
        lines.load(&grid).map_err(|why| match &points.failure {
            Some(error) if workload.is_none() => NoFigure::Other(error.to_string()),
            _ => why,
        })
    };
    CourseSummary {
        replicas: replicas.summary(&grid),
        at_max: replicas.at_max(&grid),
        cpu: load(workload.map(|workload| &workload.cpu)),
        memory: load(workload.map(|workload| &workload.memory)),
    }
}

/// The times of a range.
pub fn grid(range: &Range) -> Grid {
    let count = usize::try_from(range.points()).unwrap_or(usize::MAX);
    Grid { start: range.start(), step: range.step(), count }
}

fn line(grid: &Grid, points: &[Point]) -> Line {
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
