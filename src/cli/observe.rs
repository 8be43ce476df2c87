//! The history of HPAs from Prometheus, for commands that read snapshots otherwise.

use std::time::Duration;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::past::{Found, Limits, Question};
use super::setup::Reading;
use crate::check::{Lacking, ObservedPasts};
use crate::collect::{HpaRequest, Stop, collect_hpas};
use crate::config::HistorySource;
use crate::history::{self, FilledFrom, Track};
use crate::hpa::Hpa;
use crate::prometheus::Range;
use crate::stores::{HpaPast, PastParts};

/// Where the history of HPAs comes from.
#[derive(Args, Clone, Copy, Debug)]
pub struct SourceArgs {
    /// Where the history comes from [default: history.source, database]
    #[arg(long, value_enum)]
    pub source: Option<HistorySource>,
    #[command(flatten)]
    pub limits: Limits,
}

impl ValueEnum for HistorySource {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Auto, Self::Database, Self::Prometheus]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Auto => ("auto", "Snapshots, and what Prometheus knows beside them"),
            Self::Database => ("database", "Snapshots alone"),
            Self::Prometheus => ("prometheus", "Prometheus alone"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// Tracks, and how reading went.
pub(super) struct Observed {
    pub(super) tracks: Vec<Track>,
    /// HPAs of which Prometheus could not be read.
    pub(super) unread: Vec<Track>,
    pub(super) exit: Exit,
}

/// The tracks of snapshots with what Prometheus knows of the HPAs that exist.
pub(super) async fn tracks(
    global: &Global,
    reading: &Reading,
    limits: Limits,
    mut tracks: Vec<Track>,
    (range, stop): (Range, &Stop),
) -> Result<Observed, CommandError> {
    let request = HpaRequest { scope: reading.scope(), names: reading.names.clone() };
    let clusters = collect_hpas(&reading.collector, &reading.clusters, &request)
        .await
        .map_err(CommandError::usage)?;
    reading.done();
    let outcomes: Vec<_> = clusters.iter().map(|cluster| cluster.outcome.clone()).collect();
    let hpas: Vec<&Hpa> = clusters.iter().flat_map(|cluster| &cluster.hpas).collect();
    let read_parts = PastParts { metrics: true, conditions: true, ..PastParts::default() };
    let question = Question { global, reading, args: limits, range, parts: read_parts, stop };
    let (pasts, is_whole): Found<HpaPast> = question.pasts(hpas.iter().copied()).await?;
    let mut unread = Vec::new();
    for hpa in hpas {
        let cluster = pasts.get(&*hpa.cluster);
        let past = cluster.map(|it| it.of(&hpa.namespace, &hpa.name));
        let Some(Ok(past)) = past else {
            unread.push(Track::of(hpa));
            continue;
        };
        let observed = past.observed();
        let own = |track: &Track| track.uid == hpa.uid && *track.cluster == *hpa.cluster;
        let place = tracks.iter().position(own).unwrap_or(tracks.len());
        if place == tracks.len() {
            tracks.push(Track::of(hpa));
        }
        if let Some(track) = tracks.get_mut(place) {
            track.fill(hpa, &observed, limits.step());
            let origin = cluster.and_then(|it| it.origin.as_ref());
            track.filled_from =
                origin.map(|origin| FilledFrom { server: origin.to_string(), step: limits.step() });
        }
    }
    tracks.retain(|track| !track.points.is_empty());
    tracks.sort_by(|a, b| {
        let key = |track: &Track| {
            let first = track.points.first().map(|point| point.at);
            (track.cluster.clone(), track.namespace.clone(), track.name.clone(), first)
        };
        key(a).cmp(&key(b))
    });
    let exit = match reading.report_outcomes(&outcomes) {
        Exit::Done if !is_whole => Exit::Incomplete,
        exit => exit,
    };
    Ok(Observed { tracks, unread, exit })
}

/// How far back findings look, and how dense their readings have to be.
const BACK: Duration = Duration::from_mins(70);
const EVERY: Duration = Duration::from_secs(30);

/// What Prometheus has of HPAs for findings, and whether that is all.
pub(super) async fn pasts(
    global: &Global,
    reading: &Reading,
    max_points: u64,
    lacking: Vec<Lacking<'_>>,
    now: Timestamp,
    stop: &Stop,
) -> Result<(ObservedPasts, bool), CommandError> {
    let read_parts = PastParts { metrics: true, conditions: true, ..PastParts::default() };
    let args = Limits { step: Some(EVERY), max_points: Some(max_points) };
    let range = Range::before(now, BACK, EVERY);
    let question = Question { global, reading, args, range, parts: read_parts, stop };
    let (pasts, is_whole): Found<HpaPast> = question.pasts(lacking.iter().map(|it| it.hpa)).await?;
    let mut observed = ObservedPasts::default();
    for lacking in lacking {
        let hpa = lacking.hpa;
        let past = pasts.get(&*hpa.cluster).map(|it| it.of(&hpa.namespace, &hpa.name));
        if let Some(Ok(past)) = past {
            observed.add(lacking, history::past(hpa, &past.observed()));
        }
    }
    Ok((observed, is_whole))
}
