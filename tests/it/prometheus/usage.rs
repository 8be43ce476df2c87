//! Each expression gives what is true of the world, in each variant of it.

use std::collections::BTreeMap;

use watchdog::prometheus::{
    Answer, CpuForm, NamespacePoints, Point, Questions, Range, Sample, Series, promql,
};

use super::world::{Cluster, END, EVICTED, RESTARTED, ROLLED_OUT, START, Truth, Variant, Workload};
use super::{STEP, Stored, at};

/// What the world says and what is measured may differ by this much, relatively.
const TOLERANCE: f64 = 0.01;
/// What a pause container takes, in bytes, where only whole pods are measured.
const PAUSE: f64 = 256.0 * 1024.0;
/// After this time, no window and no lingering sample reaches back to a change.
const AT_REST: i64 = 600;

/// Figures of a workload by what they are.
type Figures = BTreeMap<(String, String, String), f64>;

fn label(labels: &BTreeMap<String, String>, name: &str) -> String {
    labels.get(name).cloned().unwrap_or_default()
}

fn key(labels: &BTreeMap<String, String>) -> (String, String, String) {
    let what = format!("{}{}", label(labels, "bound"), label(labels, promql::METRIC));
    (label(labels, promql::WORKLOAD_TYPE), label(labels, promql::WORKLOAD), what)
}

fn usage(truth: &Truth) -> [(&'static str, f64); 2] {
    [("cpu", truth.used.0), ("memory", truth.used.1)]
}

fn requests(truth: &Truth) -> [(&'static str, f64); 4] {
    let (request, limit) = (truth.requested, truth.limit);
    [
        ("requestcpu", request.0),
        ("requestmemory", request.1),
        ("limitcpu", limit.0),
        ("limitmemory", limit.1),
    ]
}

fn expected<const N: usize>(
    cluster: &Cluster,
    figures: fn(&Truth) -> [(&'static str, f64); N],
    at: i64,
) -> Figures {
    let of = |workload: &Workload| {
        let key =
            |what: &str| (workload.kind.to_owned(), workload.name.to_owned(), what.to_owned());
        figures(&workload.truth(at)).map(|(what, value)| (key(what), value))
    };
    let shop = cluster.workloads.iter().filter(|workload| workload.namespace == "shop");
    // What is not there is no series.
    shop.flat_map(of).filter(|(_, value)| *value > 0.0).collect()
}

/// The largest deviation; fails where it is too large, or where something is missing or too much.
#[track_caller]
fn deviation(what: &str, found: &Figures, expected: &Figures, pause: f64) -> f64 {
    let names = |figures: &Figures| figures.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(expected), "{what}");
    let mut worst: f64 = 0.0;
    for (key, value) in found {
        let truth = expected[key];
        let off = (value - truth).abs();
        let allowed = if key.2 == "memory" { pause } else { pause / PAUSE * 0.001 };
        assert!(off <= truth * TOLERANCE + allowed, "{what}: {key:?} is {value}, not {truth}");
        worst = worst.max(off / truth);
    }
    worst
}

fn figures(answer: &Answer<Sample>) -> Figures {
    assert_eq!(answer.incomplete(), None);
    answer.items.iter().map(|sample| (key(&sample.labels), sample.value)).collect()
}

fn figures_at(answer: &Answer<Series>, at: i64) -> Figures {
    assert_eq!(answer.incomplete(), None);
    let of = |series: &Series| {
        #[expect(clippy::cast_possible_truncation, reason = "seconds")]
        let point = series.points.iter().find(|point| point.at as i64 == at)?;
        Some((key(&series.labels), point.value))
    };
    answer.items.iter().filter_map(of).collect()
}

/// Compares all expressions with the world, now and over time; prints the deviation.
fn is_true(name: &str, variant: &Variant) {
    let Some(stored) = Stored::new(variant) else { return };
    let pause = if variant.has_container { 0.0 } else { 3.0 * PAUSE };
    let run = &stored.runtime;
    for cluster in &stored.clusters {
        let labels = stored.learn(cluster).unwrap();
        let tiers = stored.tiers(cluster, &labels);
        let form = tiers.cpu_form();
        assert_eq!(matches!(form, CpuForm::Recorded(_)), variant.has_rules, "{form:?}");
        let questions = Questions::new(&labels, "shop");
        let what = format!("{name}, cluster {}", cluster.name);
        let used = questions.usage(form).unwrap();
        let answer = run.block_on(stored.client.query(&used, Some(at(END)))).unwrap();
        let mut worst = deviation(&what, &figures(&answer), &expected(cluster, usage, END), pause);
        let asked = questions.requests();
        let answer = run.block_on(stored.client.query(&asked, Some(at(END)))).unwrap();
        let truth = expected(cluster, requests, END);
        worst = worst.max(deviation(&what, &figures(&answer), &truth, 0.0));

        let range = Range::new(at(START), at(END), STEP);
        let used = run.block_on(stored.client.query_range(&used, &range)).unwrap();
        let asked = run.block_on(stored.client.query_range(&asked, &range)).unwrap();
        let (mut compared, mut second) = (0, START);
        while second <= END {
            let changes = [START, EVICTED, ROLLED_OUT, RESTARTED];
            if !changes.iter().any(|change| (0..AT_REST).contains(&(second - change))) {
                let truth = expected(cluster, usage, second);
                let off = deviation(&what, &figures_at(&used, second), &truth, pause);
                let truth = expected(cluster, requests, second);
                worst = worst.max(off);
                worst = worst.max(deviation(&what, &figures_at(&asked, second), &truth, 0.0));
                compared += 1;
            }
            second += 60;
        }
        assert!(compared > 60, "{compared}");
        replicas(&stored, cluster, &questions);
        eprintln!("{what}: at most {:.4} % from the truth at {compared} times", worst * 100.0);
    }
}

/// Replicas are the world's; metrics and conditions are there where they are kept.
fn replicas(stored: &Stored, cluster: &Cluster, questions: &Questions<'_>) {
    let ask = |promql: &str| {
        stored.runtime.block_on(stored.client.query(promql, Some(at(END)))).unwrap().items
    };
    let found = ask(&questions.replicas());
    let found: BTreeMap<_, _> = found
        .iter()
        .map(|it| ((label(&it.labels, promql::HPA), label(&it.labels, promql::METRIC)), it.value))
        .collect();
    let mut expected = BTreeMap::new();
    for workload in cluster.workloads.iter().filter(|it| it.namespace == "shop") {
        let Some((min, max)) = workload.replicas() else { continue };
        let running = u32::try_from(workload.running(END)).unwrap();
        for (metric, value) in
            [("current", running), ("desired", running), ("min", min), ("max", max)]
        {
            expected.insert((workload.name.to_owned(), metric.to_owned()), f64::from(value));
        }
    }
    assert_eq!(found, expected);
}

macro_rules! variants {
    ($($name:ident: {$($field:ident: $value:expr),*},)*) => {$(
        #[test]
        fn $name() {
            is_true(stringify!($name), &Variant { $($field: $value,)* ..Variant::default() });
        }
    )*};
}

variants! {
    usage_as_most_scrape: {},
    usage_without_honor_labels: { honor_labels: false },
    usage_of_a_pair_of_servers_and_two_jobs: { copies: Some("prometheus_replica"), two_jobs: true },
    usage_of_two_clusters_in_one_store: { clusters: &["prod", "stage"], cluster_label: Some("k8s_cluster") },
    usage_without_the_label_container: { has_container: false },
    usage_of_a_pair_without_the_label_id: { has_id: false, copies: Some("replica") },
    usage_of_each_core: { is_per_core: true, copies: Some("replica") },
    usage_by_recording_rules: {
        has_rules: true, clusters: &["prod", "stage"], cluster_label: Some("cluster"), copies: Some("replica"),
        two_jobs: true
    },
    usage_of_an_old_kube_state_metrics_with_a_minimal_list: { is_old: true, is_minimal: true },
    usage_of_everything_at_once: {
        honor_labels: false, clusters: &["prod", "stage"], cluster_label: Some("cluster"),
        copies: Some("__replica__"), two_jobs: true
    },
}

#[test]
fn a_namespace_over_time_takes_three_questions() {
    let Some(stored) = Stored::new(&Variant { has_rules: true, ..Variant::default() }) else {
        return;
    };
    let cluster = &stored.clusters[0];
    let labels = stored.learn(cluster).unwrap();
    let form = stored.tiers(cluster, &labels).cpu_form();
    let range = Range::new(at(START), at(END), STEP);
    let read = NamespacePoints::read(&stored.client, &labels, form, "shop", &range);
    let points = stored.runtime.block_on(read).unwrap();
    assert_eq!(points.incomplete, [""; 0]);
    let last = |points: &[Point]| points.last().unwrap().value;
    let api = &points.hpas["api"];
    let replicas =
        [&api.current, &api.desired, &api.min, &api.max].map(|points| last(points).to_string());
    assert_eq!(replicas, ["3", "3", "3", "6"]);
    assert_eq!(api.current.len(), 121);
    let api = &points.workloads[&("Deployment".to_owned(), "api".to_owned())];
    let truth = cluster.workload("shop", "Deployment", "api").truth(END);
    for (points, value) in [
        (&api.cpu.used, truth.used.0),
        (&api.cpu.requested, truth.requested.0),
        (&api.cpu.limit, truth.limit.0),
        (&api.memory.used, truth.used.1),
        (&api.memory.requested, truth.requested.1),
        (&api.memory.limit, truth.limit.1),
    ] {
        assert!((last(points) - value).abs() < value * TOLERANCE, "{} {value}", last(points));
    }
}

/// Two minutes after a restart, the samples of the container before linger: they count in the CPU of the window and
/// not in the memory.
#[test]
fn a_container_that_was_restarted_counts_once() {
    let Some(stored) = Stored::new(&Variant::default()) else { return };
    let cluster = &stored.clusters[0];
    let labels = stored.learn(cluster).unwrap();
    let form = stored.tiers(cluster, &labels).cpu_form();
    let promql = Questions::new(&labels, "shop").usage(form).unwrap();
    let second = RESTARTED + 120;
    let answer = stored.runtime.block_on(stored.client.query(&promql, Some(at(second)))).unwrap();
    let found = figures(&answer);
    let gateway = cluster.workload("shop", "Deployment", "api-gateway").truth(second);
    for (what, truth) in usage(&gateway) {
        let key = ("Deployment".to_owned(), "api-gateway".to_owned(), what.to_owned());
        let value = found[&key];
        assert!((value - truth).abs() < truth * 0.05, "{what}: {value}, not {truth}");
    }
}

#[test]
fn metrics_conditions_and_throttling_are_those_of_the_world() {
    for variant in [
        Variant::default(),
        Variant { copies: Some("replica"), is_old: true, ..Variant::default() },
        Variant { honor_labels: false, ..Variant::default() },
    ] {
        let Some(stored) = Stored::new(&variant) else { return };
        let labels = stored.learn(&stored.clusters[0]).unwrap();
        let questions = Questions::new(&labels, "shop");
        let ask = |promql: &str| {
            stored.runtime.block_on(stored.client.query(promql, Some(at(END)))).unwrap().items
        };
        let ratios = ask(&questions.worst_ratio());
        assert_eq!(ratios.len(), 4, "{ratios:?}");
        assert!(ratios.iter().all(|it| (it.value - 1.3).abs() < 1e-9), "{ratios:?}");
        let targets = ask(&questions.targets());
        let api = |side: &str, metric: &str, kind: &str| {
            let is = |it: &&Sample| {
                it.is(promql::HPA, "api")
                    && it.is("side", side)
                    && it.is("metric_name", metric)
                    && it.is("metric_target_type", kind)
            };
            let found: Vec<_> = targets.iter().filter(is).map(|it| it.value).collect();
            assert!(found.len() < 2, "{targets:?}");
            found.first().copied()
        };
        assert_eq!(api("status", "cpu", "utilization"), Some(91.0));
        assert_eq!(api("spec", "cpu", "utilization"), Some(70.0));
        assert_eq!(api("status", "cpu", "average"), Some(0.455));
        assert_eq!(api("spec", "cpu", "average"), None);
        let conditions = ask(&questions.conditions());
        let of_api: Vec<_> =
            conditions.iter().filter(|it| it.is(promql::HPA, "api")).map(|it| &it.labels).collect();
        assert_eq!(of_api.len(), 3, "{of_api:?}");
        let limited = of_api.iter().find(|it| it["condition"] == "ScalingLimited").unwrap();
        assert_eq!(limited["status"], "false");
        let throttled = ask(&questions.throttling(STEP * 5).unwrap());
        assert_eq!(throttled.len(), 6, "{throttled:?}");
        assert!(throttled.iter().all(|it| (it.value - 0.25).abs() < 0.01), "{throttled:?}");
    }
}
