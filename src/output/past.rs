//! The figures of an HPA over a time in JSON.

use jiff::Timestamp;
use serde::Serialize;

use super::usage::rounded;
use crate::stores::ClusterPast;
use crate::usage::{CourseSummary, Grid, Load, NoFigure};

/// Where the figures come from.
const SOURCE: &str = "prometheus";

/// The store that a cluster's figures over a time are from, and how it was read.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StoreOutcome {
    cluster: String,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    server: &'static str,
    source: Option<String>,
    warnings: Vec<String>,
}

impl StoreOutcome {
    /// How the store of a cluster was read.
    pub fn of<T>(cluster: &str, past: &ClusterPast<T>) -> Self {
        let failures = past.failures();
        Self {
            cluster: cluster.to_owned(),
            outcome: if failures.is_empty() { "ok" } else { "error" },
            error: (!failures.is_empty()).then(|| failures.join("; ")),
            server: "Prometheus",
            source: past.origin.as_ref().map(ToString::to_string),
            warnings: past.doubts(),
        }
    }
}

/// An HPA over a time.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct History {
    source: &'static str,
    from: Option<String>,
    since: Timestamp,
    until: Timestamp,
    step_seconds: u64,
    points: usize,
    points_seen: usize,
    at_max: Option<AtMaxJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_max_unknown: Option<Why>,
    replicas: Option<ReplicasJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replicas_unknown: Option<Why>,
    cpu_of_requested: Option<LoadJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_of_requested_unknown: Option<Why>,
    memory_of_requested: Option<LoadJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_of_requested_unknown: Option<Why>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AtMaxJson {
    share: f64,
    seconds: u64,
    of_seconds: u64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplicasJson {
    lowest: f64,
    highest: f64,
    highest_at: Timestamp,
    scale_ups: usize,
    scale_downs: usize,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LoadJson {
    p95: f64,
    highest: f64,
    highest_at: Timestamp,
    points_seen: usize,
}

/// Why a figure is not known.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Why {
    kind: &'static str,
    reason: String,
}

impl Why {
    /// The reason, where there is no figure.
    pub(super) fn of<T>(figure: &Result<T, NoFigure>) -> Option<Self> {
        let why = figure.as_ref().err()?;
        Some(Self { kind: why.kind(), reason: why.to_string() })
    }
}

impl From<&Load> for LoadJson {
    fn from(load: &Load) -> Self {
        Self {
            p95: rounded(load.p95, 4),
            highest: rounded(load.highest, 4),
            highest_at: load.highest_at,
            points_seen: load.seen,
        }
    }
}

impl History {
    /// The figures, from a store, at the times of a grid.
    pub(super) fn of(summary: &CourseSummary, from: Option<String>, grid: Grid) -> Self {
        let CourseSummary { replicas, at_max, cpu, memory } = summary;
        let seen = replicas.as_ref().ok();
        Self {
            source: SOURCE,
            from,
            since: grid.at(0),
            until: grid.at(grid.count.saturating_sub(1)),
            step_seconds: grid.step,
            points: grid.count,
            points_seen: seen.map_or(0, |replicas| replicas.seen),
            at_max: at_max.as_ref().ok().map(|it| AtMaxJson {
                share: rounded(it.share(), 4),
                seconds: it.time.as_secs(),
                of_seconds: it.of.as_secs(),
            }),
            at_max_unknown: Why::of(at_max),
            replicas: seen.map(|it| ReplicasJson {
                lowest: it.lowest,
                highest: it.highest,
                highest_at: it.highest_at,
                scale_ups: it.scale_ups,
                scale_downs: it.scale_downs,
            }),
            replicas_unknown: Why::of(replicas),
            cpu_of_requested: cpu.as_ref().ok().map(LoadJson::from),
            cpu_of_requested_unknown: Why::of(cpu),
            memory_of_requested: memory.as_ref().ok().map(LoadJson::from),
            memory_of_requested_unknown: Why::of(memory),
        }
    }
}
