//! The work of `hpa check` after everything has been read: applying all rules to 3,000 HPAs with
//! their targets, pods and other objects, and writing the findings as JSON.
//!
//! `cargo bench --bench check [-- HPAS]`. Reads the objects from a demo cluster, so kubectl must be
//! on PATH.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and may fail")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Semaphore;
use watchdog::check::{Criteria, check};
use watchdog::collect::{ClusterWorld, Collector, Parts, Purpose, WorldRequest, collect_worlds};
use watchdog::config::{Lists, Scope};
use watchdog::demo::{Demo, Options};
use watchdog::findings::{Selection, Unknown};
use watchdog::hpa::HpaNames;
use watchdog::kubectl::{Cluster, Kubectl, Settings, locate};
use watchdog::output::findings::json;

const ROUNDS: usize = 15;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

async fn read(hpas: usize, directory: &std::path::Path) -> (ClusterWorld, Duration) {
    let options = Options { clusters: Some(1), hpas: Some(hpas), ..Options::default() };
    let demo = Demo::start(&options).await.unwrap();
    let kubeconfig = directory.join("kubeconfig");
    std::fs::write(&kubeconfig, demo.kubeconfig()).unwrap();
    let name: Arc<str> = demo.clusters()[0].name().into();
    let cluster = Cluster {
        name: Arc::clone(&name),
        context: Arc::clone(&name),
        user: "demo".into(),
        entry: name,
        server: String::new(),
        path: watchdog::kubectl::ServerPath::default(),
        namespace: None,
        current: true,
        in_cluster: false,
        tags: Arc::default(),
    };
    let collector = Collector {
        kubectl: Kubectl::new(Settings {
            program: locate(None, None, None).unwrap(),
            kubeconfig: Some(kubeconfig),
            impersonation: watchdog::config::Impersonation::default(),
            timeout: Duration::from_mins(5),
            retries: 0,
            versions: None,
            go_is_tuned: false,
        }),
        lists: Lists::Raw,
        annotation_prefix: "watchdog.dev".into(),
        slots: Arc::new(Semaphore::new(1)),
        observer: Arc::new(()),
        stop: watchdog::collect::Stop::default(),
    };
    let request = WorldRequest {
        scope: Scope::default(),
        names: HpaNames::default(),
        parts: Parts {
            targets: true,
            pods: true,
            budgets: true,
            quotas: true,
            vertical: true,
            scaled_objects: true,
            metrics: false,
        },
        purpose: Purpose::Judge,
    };
    let start = Instant::now();
    let mut worlds = collect_worlds(&collector, &[cluster], &request).await.unwrap();
    (worlds.pop().unwrap(), start.elapsed())
}

fn main() {
    let count = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(3_000);
    let directory = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (cluster, reading) = runtime.block_on(read(count, directory.path()));
    assert_eq!(cluster.outcome.error, None);
    let worlds = std::slice::from_ref(&cluster);
    let selection = Selection::all();
    let criteria = Criteria {
        selection,
        required: &[],
        baseline: None,
        fail_on: None,
        shown: watchdog::findings::Severity::Info,
    };
    let now = Timestamp::now();
    let (mut judged, mut written, mut found, mut bytes) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let report = check(worlds, &Err(Unknown::NoHistory), &criteria, now);
        judged.push(start.elapsed());
        found = report.findings().count();
        let start = Instant::now();
        bytes = json(&report).unwrap().len();
        written.push(start.elapsed());
    }
    let (judged, written) = (median(judged), median(written));
    let pods = cluster.world.pods.as_ref().map_or(0, Vec::len);
    println!(
        "{} HPAs, {} targets, {pods} pods: read in {reading:.1?}",
        cluster.world.hpas.len(),
        cluster.world.workloads.len(),
    );
    println!("judged by all rules in {judged:.1?}: {found} findings (median of {ROUNDS})");
    println!("written as JSON in {written:.1?}: {bytes} bytes");
    println!("beyond reading: {:.1?} (goal: 100 ms for 3,000 HPAs)", judged + written);
}
