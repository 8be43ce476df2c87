//! HPAs over time as JSON and CSV.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

use crate::history::{Ended, Point, Seen, Sight, Source, Track};
use crate::hpa::{Hpa, Metric};
use crate::term::csv;

/// A track, as JSON has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrackJson<'a> {
    cluster: &'a str,
    namespace: &'a str,
    name: &'a str,
    uid: &'a str,
    points: Vec<PointJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<EndedJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filled_from: Option<FilledFromJson<'a>>,
}

/// The store that points with the source `prometheus` are from.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FilledFromJson<'a> {
    server: &'a str,
    step_seconds: u64,
}

#[derive(Debug, Serialize)]
#[serde(tag = "reason", rename_all = "camelCase")]
enum EndedJson<'a> {
    OtherCluster { at: Timestamp, server: &'a str },
    Renamed { at: Timestamp, cluster: &'a str },
}

impl<'a> From<&'a Ended> for EndedJson<'a> {
    fn from(ended: &'a Ended) -> Self {
        match ended {
            Ended::OtherCluster { at, server } => Self::OtherCluster { at: *at, server },
            Ended::Renamed { at, cluster } => Self::Renamed { at: *at, cluster },
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PointJson {
    at: Timestamp,
    presence: &'static str,
    source: Source,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<i64>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    reading: Option<ReadingJson>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReadingJson {
    min_replicas: i32,
    max_replicas: i32,
    current_replicas: i32,
    desired_replicas: i32,
    metrics: Vec<Metric>,
    scaling_active: Option<bool>,
    able_to_scale: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workload: Option<crate::findings::PastTarget>,
}

/// The items of the document `History`.
pub fn json(tracks: &[Track]) -> Vec<TrackJson<'_>> {
    let reading = |point: &Point| {
        let seen = point.seen()?;
        let hpa = seen.hpa();
        Some(ReadingJson {
            min_replicas: hpa.min_replicas,
            max_replicas: hpa.max_replicas,
            current_replicas: hpa.current_replicas,
            desired_replicas: hpa.desired_replicas,
            metrics: hpa.metrics.into_iter().map(Metric::measured).collect(),
            scaling_active: hpa.scaling_active,
            able_to_scale: hpa.able_to_scale,
            workload: seen.target(),
        })
    };
    let point = |point: &Point| PointJson {
        at: point.at,
        presence: presence(&point.sight),
        source: source(point),
        generation: point.seen().and_then(Seen::generation),
        reading: reading(point),
    };
    tracks
        .iter()
        .map(|track| TrackJson {
            cluster: &track.cluster,
            namespace: &track.namespace,
            name: &track.name,
            uid: &track.uid,
            points: track.points.iter().map(point).collect(),
            ended: track.ended.as_ref().map(EndedJson::from),
            filled_from: track
                .filled_from
                .as_ref()
                .map(|it| FilledFromJson { server: &it.server, step_seconds: it.step.as_secs() }),
        })
        .collect()
}

/// Where a point comes from; a gap, from the snapshot that has it.
pub(super) fn source(point: &Point) -> Source {
    point.seen().map_or(Source::Database, Seen::source)
}

pub(super) fn name(source: Source) -> &'static str {
    match source {
        Source::Database => "database",
        Source::Prometheus => "prometheus",
    }
}

fn presence(sight: &Sight) -> &'static str {
    match sight {
        Sight::Seen(_) => "seen",
        Sight::Absent => "absent",
        Sight::Unknown => "unknown",
        Sight::Lost => "lost",
    }
}

const CSV_HEADER: [&str; 14] = [
    "at",
    "cluster",
    "namespace",
    "name",
    "uid",
    "presence",
    "minReplicas",
    "maxReplicas",
    "currentReplicas",
    "desiredReplicas",
    "targets",
    "source",
    "server",
    "stepSeconds",
];

/// A line for each point.
pub fn csv(tracks: &[Track]) -> anyhow::Result<Vec<u8>> {
    let rows = tracks.iter().flat_map(|track| {
        track.points.iter().map(|point| {
            let hpa = point.seen().map(crate::history::Seen::hpa);
            let from = track.filled_from.as_ref();
            let from = from.filter(|_| source(point) == Source::Prometheus);
            let number = |value: fn(&Hpa) -> i32| {
                hpa.as_ref().map(|hpa| value(hpa).to_string()).unwrap_or_default()
            };
            [
                point.at.to_string(),
                track.cluster.clone(),
                track.namespace.clone(),
                track.name.clone(),
                track.uid.clone(),
                presence(&point.sight).to_owned(),
                number(|hpa| hpa.min_replicas),
                number(|hpa| hpa.max_replicas),
                number(|hpa| hpa.current_replicas),
                number(|hpa| hpa.desired_replicas),
                hpa.as_ref().map(Hpa::targets).unwrap_or_default(),
                name(source(point)).to_owned(),
                from.map(|it| it.server.clone()).unwrap_or_default(),
                from.map(|it| it.step.as_secs().to_string()).unwrap_or_default(),
            ]
            .map(Cow::Owned)
        })
    });
    csv::document(&CSV_HEADER, rows)
}
