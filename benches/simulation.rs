//! `hpa simulate` and `hpa advise` over 14 days of one metric with a row every 15 s, 80,640 syncs: one run of the
//! present settings, the same in all 8 phases, and the full search for others.
//!
//! A plain pass over the same rows is measured beside them: how many pods each row needs at the target, without windows,
//! policies, readiness or a closed loop. Ratios to it carry over to other machines better than times.
//!
//! `cargo bench --bench simulation`. The ratios that are printed after all are of processor time, which other work on the
//! machine changes less. On Linux the peak memory of the process is printed, too.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and may fail")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::Criterion;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use watchdog::advice::{Effort, Limits, Question};
use watchdog::hpa::algorithm::Span;
use watchdog::hpa::{Hpa, parse_one};
use watchdog::simulation::{Column, Conditions, Load, Runner, Setting};

const PERIOD: i64 = 15_000;
/// 14 days.
const SYNCS: i64 = 14 * 24 * 60 * 4;
/// What each pod requests, in thousandths of a core, and the target in percent.
const REQUEST: i64 = 500;
const TARGET: i64 = 60;

fn hpa() -> Hpa {
    let object = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 3, "maxReplicas": 30, "metrics": [{"type": "Resource", "resource":
                {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": TARGET}}}]}});
    let cluster: Arc<str> = "production".into();
    parse_one(&cluster, &cluster, object.to_string().as_bytes()).unwrap()
}

fn conditions() -> Conditions {
    Conditions { replicas: 4, startup: Span::from_millis(20_000), period: PERIOD }
}

/// From 1 to 7 cores and back every day, with noise of a tenth, and the replicas that the controller made of it.
fn load(hpa: &Hpa) -> Load {
    let mut random = 42_u64;
    let mut cores = |row: i64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let of_day = row % 5760;
        let base = 1000 + 6000 * of_day.min(5760 - of_day) / 2880;
        base + base * (i64::try_from((random >> 33) % 200).unwrap() - 100) / 1000
    };
    let values = (0..SYNCS).map(|row| Some(cores(row))).collect();
    let mut load = Load {
        times: (0..SYNCS).map(|row| row * PERIOD).collect(),
        columns: vec![Column { name: "cpu".to_owned(), values, ..Column::default() }],
        ..Load::default()
    };
    let setting = Setting::new(hpa, &load, &requests()).unwrap();
    let mut runner = Runner::new(&load, conditions());
    runner.enter(0);
    let mut replicas = Vec::new();
    runner.run(&setting, |synced| replicas.push(Some(synced.tick.decision.current)));
    load.replicas = Some(replicas);
    load
}

fn requests() -> [(String, i64); 1] {
    [("cpu".to_owned(), REQUEST)]
}

/// The pods that all rows need at the target, added up.
fn plain(load: &Load) -> i64 {
    let values = load.columns.iter().flat_map(|column| column.values.iter().flatten());
    let each = REQUEST * TARGET;
    values.map(|value| (value * 100 + each - 1) / each).sum()
}

/// The processor time of this thread.
fn used() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// The least processor time of a few runs.
fn least(times: usize, mut run: impl FnMut()) -> Duration {
    let each = (0..times).map(|_| {
        let start = used();
        run();
        used().saturating_sub(start)
    });
    each.min().unwrap_or_default()
}

/// The most memory that the process has had, in MiB.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? / 1024)
}

fn main() {
    let (hpa, requests) = (hpa(), requests());
    let load = load(&hpa);
    let setting = Setting::new(&hpa, &load, &requests).unwrap();
    let mut runner = Runner::new(&load, conditions());
    let question = Question {
        hpa: &hpa,
        load: &load,
        conditions: conditions(),
        requests: &requests,
        limits: Limits::default(),
        effort: Effort::Full,
        interrupt: None,
    };
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("simulation");
    group.bench_function("plain pass", |b| b.iter(|| plain(black_box(&load))));
    group.bench_function("run", |b| {
        b.iter(|| {
            let mut runner = Runner::new(black_box(&load), conditions());
            runner.enter(0);
            runner.measure(&setting)
        });
    });
    group.bench_function("8 phases", |b| b.iter(|| runner.measure_phases(&setting)));
    group.sample_size(10);
    let mut coarse = question;
    coarse.effort = Effort::Coarse;
    group.bench_function("advise, coarse", |b| b.iter(|| coarse.answer().unwrap()));
    group.bench_function("advise", |b| b.iter(|| question.answer().unwrap()));
    group.finish();
    criterion.final_summary();

    let pass = least(50, || {
        black_box(plain(black_box(&load)));
    });
    let run = least(20, || {
        let mut runner = Runner::new(black_box(&load), conditions());
        runner.enter(0);
        black_box(runner.measure(&setting));
    });
    let mut tried = 0;
    let search = least(3, || tried = question.answer().unwrap().runs);
    let ratio = |of: Duration, to: Duration| of.as_secs_f64() / to.as_secs_f64().max(1e-9);
    println!(
        "one run of {SYNCS} syncs: {run:.2?}, {:.1} times a plain pass ({pass:.2?}) (goal: 15 ms)",
        ratio(run, pass)
    );
    println!(
        "a full search: {search:.2?}, {:.0} times one run, {tried} settings tried (goal: 5 s)",
        ratio(search, run),
    );
    if let Some(peak) = peak() {
        println!("peak memory of all this: {peak} MiB (goal: 100 MiB)");
    }
}
