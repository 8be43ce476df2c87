//! The history database: its size per stored reading, and the time to read 30 days of one HPA. Also
//! the time to compare two snapshots of 3,000 HPAs.
//!
//! `cargo bench --bench history [-- HPAS SNAPSHOTS]`. The first database holds 1,000 HPAs in 1,500
//! snapshots taken a minute apart, the second 30 HPAs for 30 days. `--keep FILE` keeps the second one.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and may fail")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use watchdog::config::Scope;
use watchdog::findings::PastTarget;
use watchdog::history::{Recorded, Snapshot, Store, TrackQuery, diff, size};
use watchdog::hpa::{Hpa, MetricCurrent, parse_list};
use watchdog::kubectl::Outcome;

const SHOP: &[u8] =
    include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/hpas-shop.json"));
/// Minutes in 30 days.
const MONTH: usize = 43_200;
/// HPAs in the second database, from which 30 days are read.
const FEW: usize = 30;

struct Fleet {
    hpas: Vec<Recorded>,
    random: u64,
}

impl Fleet {
    fn new(count: usize) -> Self {
        let cluster: Arc<str> = Arc::from("production");
        let templates = parse_list(&cluster, &cluster, SHOP).unwrap().hpas;
        let hpas = templates.iter().cycle().take(count).enumerate();
        let hpas = hpas.map(|(index, template)| {
            let hpa = Hpa {
                name: format!("{}-{index}", template.name),
                uid: format!("00000000-0000-4000-8000-{index:012}"),
                ..template.clone()
            };
            let requests = [("cpu".to_owned(), "100m".parse().unwrap())].into();
            let workload =
                PastTarget { replicas: Some(3), ready: Some(3), requests, ..PastTarget::default() };
            Recorded { hpa, workload: Some(workload), workload_missing: false }
        });
        Self { hpas: hpas.collect(), random: 42 }
    }

    fn random(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.random >> 33) % below
    }

    /// Advances by a minute. The metrics of one HPA in `one_in` change; for one in ten of those,
    /// the replicas change too.
    fn step(&mut self, at: Timestamp, one_in: u64) {
        for index in 0..self.hpas.len() {
            if self.random(one_in) != 0 {
                continue;
            }
            let (usage, scales) = (self.random(100), self.random(10) == 0);
            let Recorded { hpa, workload, .. } = &mut self.hpas[index];
            for metric in &mut hpa.metrics {
                let utilization = i32::try_from(20 + usage).unwrap();
                metric.current = Some(MetricCurrent {
                    value: Some(utilization.to_string()),
                    average_value: Some(format!("{}m", utilization * 7 + 3)),
                    utilization: Some(utilization),
                });
            }
            if scales {
                hpa.current_replicas = i32::try_from(2 + usage % 9).unwrap();
                hpa.desired_replicas = hpa.current_replicas;
                hpa.last_scale_time = Some(at);
                if let Some(condition) = hpa.conditions.last_mut() {
                    condition.last_transition_time = Some(at);
                }
                *workload = workload.take().map(|it| PastTarget {
                    replicas: Some(hpa.current_replicas),
                    ready: Some(hpa.current_replicas),
                    ..it
                });
            }
        }
    }

    fn snapshot(&self, taken_at: Timestamp) -> Snapshot {
        let outcome = Outcome {
            name: Arc::from("production"),
            context: Arc::from("production"),
            user: Arc::default(),
            tags: Arc::default(),
            server: "https://production.example:6443".to_owned(),
            error: None,
            duration: Duration::from_millis(150),
        };
        let hpas = self.hpas.clone();
        Snapshot { taken_at, scope: Scope::default(), clusters: vec![outcome], hpas }
    }
}

#[expect(clippy::cast_precision_loss, reason = "printed for people, approximately")]
fn float(number: usize) -> f64 {
    number as f64
}

/// Fills a database with `snapshots` snapshots. Returns the average time to store one.
fn fill(path: &Path, fleet: &mut Fleet, snapshots: usize, one_in: u64) -> Duration {
    let mut store = Store::open(path).unwrap();
    let end = Timestamp::now();
    let mut spent = Duration::ZERO;
    for index in 0..snapshots {
        let back = i64::try_from(snapshots - index).unwrap();
        let at = end - SignedDuration::from_mins(back);
        fleet.step(at, one_in);
        let snapshot = fleet.snapshot(at);
        let start = Instant::now();
        store.store(&snapshot).unwrap();
        spent += start.elapsed();
    }
    spent / u32::try_from(snapshots).unwrap()
}

fn median(times: usize, mut run: impl FnMut()) -> Duration {
    let mut taken: Vec<Duration> = (0..times)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    taken.sort_unstable();
    taken[times / 2]
}

fn main() {
    let mut numbers = Vec::new();
    let mut keep: Option<PathBuf> = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--keep" => keep = args.next().map(PathBuf::from),
            other => numbers.extend(other.parse::<usize>()),
        }
    }
    let (hpas, snapshots) = match numbers[..] {
        [hpas, snapshots, ..] => (hpas, snapshots),
        _ => (1000, 1500),
    };
    let dir = tempfile::tempdir().unwrap();
    for one_in in [1, 10] {
        let path = dir.path().join(format!("one-in-{one_in}.db"));
        let took = fill(&path, &mut Fleet::new(hpas), snapshots, one_in);
        let bytes = float(usize::try_from(size(&path)).unwrap());
        let each = bytes / float(hpas * snapshots);
        println!(
            "one reading in {one_in} changes: {hpas} HPAs, {snapshots} snapshots: {:.1} MiB, {each:.2} bytes a \
             reading; 1,000 HPAs a month: {:.2} GiB; storing a snapshot: {took:.1?}",
            bytes / f64::from(1 << 20),
            each * float(1000 * MONTH) / f64::from(1 << 30),
        );
    }

    let path = keep.unwrap_or_else(|| dir.path().join("month.db"));
    fill(&path, &mut Fleet::new(FEW), MONTH, 1);
    let store = Store::open_existing(&path).unwrap();
    let uid = format!("00000000-0000-4000-8000-{:012}", 7);
    let query = TrackQuery { uid: Some(uid), ..TrackQuery::default() };
    let read = || store.tracks(&query, Timestamp::MIN, Timestamp::MAX).unwrap();
    assert_eq!(read()[0].points.len(), MONTH);
    println!("one HPA's 30 days ({MONTH} readings): {:.1?}", median(15, || drop(read())));
    let track = read().remove(0);
    let (first, last) = (track.points[0].at, track.points[MONTH - 1].at);
    let columns = || drop(track.columns(first, last, 300));
    println!("the same in 300 columns: {:.1?}", median(15, columns));

    let mut fleet = Fleet::new(3000);
    let before = fleet.snapshot(Timestamp::now());
    fleet.step(Timestamp::now(), 1);
    let after = fleet.snapshot(Timestamp::now());
    assert_eq!(diff(&before, &after).changed.len(), 3000);
    let compare = || drop(diff(&before, &after));
    println!("difference of two snapshots of 3,000 HPAs, all changed: {:.1?}", median(15, compare));
    let path = dir.path().join("large.db");
    let mut store = Store::open(&path).unwrap();
    let start = Instant::now();
    let id = store.store(&before).unwrap();
    println!("storing 3,000 HPAs into an empty database: {:.1?}", start.elapsed());
    let read = || drop(store.snapshot(id).unwrap());
    println!("reading them back: {:.1?}", median(15, read));
}
