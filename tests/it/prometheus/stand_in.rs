//! The demo's own Prometheus beside the real one: the same series, the same questions, equal answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use watchdog::demo::{Demo, Given, Options};
use watchdog::prometheus::{
    Client, CpuForm, HttpTransport, Limits, Point, Questions, Range, promql, tiers,
};

use super::world::{END, START, Variant};
use super::{Stored, at, pod, scrape};

/// Samples are taken this many seconds later than in the other tests, so that no range begins or ends with one:
/// Prometheus 2 counts a sample at the beginning of a range, Prometheus 3 does not.
const LATE: i64 = 11;

/// The text with later times.
fn later(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(' ') {
        Some((rest, at)) if !line.starts_with('#') => {
            format!("{rest} {}\n", at.parse::<i64>().unwrap() + LATE)
        }
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// A demo cluster that has these series.
fn stand_in(runtime: &tokio::runtime::Runtime, series: String) -> (Demo, Client) {
    let service = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"namespace": "monitoring", "name": "prometheus"},
        "spec": {"ports": [{"name": "http", "port": 9090}]},
    });
    let objects = vec![service];
    let given = Given { name: "given".to_owned(), objects, series, ..Given::default() };
    let options = Options { given: Some(vec![given]), ..Options::default() };
    let demo = runtime.block_on(Demo::start(&options)).unwrap();
    let proxy = "api/v1/namespaces/monitoring/services/prometheus:9090/proxy";
    let url = format!("{}/{proxy}", demo.clusters()[0].url());
    let transport = HttpTransport::new(&url, "", None, Limits::default()).unwrap();
    (demo, Client::new(Arc::new(transport)))
}

/// Values by labels and time, in an order.
type Values = BTreeMap<(String, i64), f64>;

#[expect(clippy::cast_possible_truncation, reason = "milliseconds")]
fn values<'a>(
    series: impl IntoIterator<Item = (&'a BTreeMap<String, String>, Vec<Point>)>,
) -> Values {
    let mut values = Values::new();
    for (labels, points) in series {
        for point in points {
            let key = (format!("{labels:?}"), (point.at * 1000.0) as i64);
            assert_eq!(values.insert(key, point.value), None, "{labels:?} twice");
        }
    }
    values
}

#[track_caller]
fn equal(question: &str, ours: &Values, real: &Values) {
    let keys = |values: &Values| values.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(ours), keys(real), "{question}");
    for (key, value) in ours {
        let expected = real[key];
        let off = (value - expected).abs();
        let is_equal = off <= expected.abs() * 1e-9 || value.is_nan() && expected.is_nan();
        assert!(is_equal, "{question}\n{key:?}: {value}, not {expected}");
    }
}

/// Both servers with the same series.
struct Both {
    ours: Client,
    real: Client,
    _demo: Demo,
}

impl Both {
    async fn ask(&self, question: &str) -> usize {
        let mut compared = 0;
        // At rest, in the middle of changes, and before there is anything.
        for moment in [END, START + 3660, START + 4860, START + 200, START - 60] {
            let one = |client: &Client| {
                let (client, question) = (client.clone(), question.to_owned());
                async move {
                    let answer = client.query(&question, Some(at(moment))).await;
                    let answer = answer.unwrap_or_else(|error| panic!("{question}: {error}"));
                    let items = answer.items.iter();
                    values(items.map(|it| (&it.labels, vec![Point { at: 0.0, value: it.value }])))
                }
            };
            let (ours, real) = (one(&self.ours).await, one(&self.real).await);
            equal(&format!("{question}\nat START + {}", moment - START), &ours, &real);
            compared += ours.len();
        }
        let range = Range::new(at(START - 120), at(END + 600), Duration::from_mins(1));
        let over = |client: &Client| {
            let (client, question) = (client.clone(), question.to_owned());
            async move {
                let answer = client.query_range(&question, &range).await;
                let answer = answer.unwrap_or_else(|error| panic!("{question}: {error}"));
                values(answer.items.iter().map(|it| (&it.labels, it.points.clone())))
            }
        };
        let (ours, real) = (over(&self.ours).await, over(&self.real).await);
        equal(&format!("{question}\nover the range"), &ours, &real);
        compared + ours.len()
    }
}

/// What is not asked for by watchdog, and what a person or a rule may ask for.
const MORE: [&str; 40] = [
    "up",
    "1 + 2 * 3 - 4 / 8 ^ 2 % 5",
    "-kube_pod_created",
    "time() - kube_pod_created > bool 3600",
    "vector(1) or vector(2)",
    "scalar(sum(kube_pod_info)) * 2",
    "count by (namespace) (kube_pod_info{pod=~\"api-.+\",pod!~\".*gateway.*\"})",
    "sum without (pod, uid, node, pod_ip) (kube_pod_info)",
    "avg by (workload) (label_replace(kube_pod_info, \"workload\", \"$1-$2\", \"pod\", \"(.+)-([a-z0-9]+)-.*\"))",
    "label_join(kube_pod_owner, \"all\", \"/\", \"namespace\", \"pod\", \"nothing\")",
    "group(kube_pod_info) by (created_by_kind)",
    "count(kube_pod_info) > 3",
    "kube_horizontalpodautoscaler_status_current_replicas >= on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas",
    "kube_horizontalpodautoscaler_status_current_replicas == bool on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas",
    "kube_horizontalpodautoscaler_status_current_replicas == ignoring (job) kube_horizontalpodautoscaler_spec_min_replicas",
    "kube_pod_info and on (pod) kube_pod_owner{owner_kind=\"StatefulSet\"}",
    "kube_pod_info unless on (pod, namespace) kube_pod_owner{owner_kind=\"ReplicaSet\"}",
    "kube_pod_owner{owner_kind=\"StatefulSet\"} or on (pod) kube_pod_info",
    "kube_pod_info * on (namespace, pod) group_left (owner_name, owner_kind) kube_pod_owner",
    "kube_pod_owner * on (namespace, pod) group_right (owner_name) kube_pod_info",
    "absent(kube_pod_info{namespace=\"nothing\",pod=~\"x.*\"})",
    "absent(kube_pod_info)",
    "absent_over_time(kube_pod_info{namespace=\"nothing\"}[10m])",
    "timestamp(kube_pod_info{namespace=\"shop\"})",
    "timestamp(sum(kube_pod_info))",
    "irate(container_cpu_usage_seconds_total{namespace=\"shop\"}[5m])",
    "increase(container_cpu_usage_seconds_total{namespace=\"shop\",container!=\"\"}[10m])",
    "delta(container_memory_working_set_bytes{namespace=\"ops\"}[7m])",
    "resets(container_cpu_usage_seconds_total[1h])",
    "changes(kube_horizontalpodautoscaler_status_current_replicas[1h])",
    "avg_over_time(kube_horizontalpodautoscaler_status_current_replicas[30m])",
    "max_over_time(sum by (namespace) (rate(container_cpu_usage_seconds_total[2m]))[20m:1m])",
    "min_over_time(kube_horizontalpodautoscaler_status_current_replicas[30m] offset 10m)",
    "sum_over_time(kube_pod_info{pod=~\"db-.\"}[3m])",
    "count_over_time(kube_pod_info{pod=~\"db-.\"}[1h])",
    "quantile_over_time(0.9, container_memory_working_set_bytes{namespace=\"shop\"}[10m])",
    "quantile by (namespace) (0.5, container_memory_working_set_bytes)",
    "stddev by (namespace) (container_memory_working_set_bytes)",
    "avg_over_time((kube_horizontalpodautoscaler_status_current_replicas >= bool on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas)[1h:1m])",
    "topk by (namespace) (1, kube_horizontalpodautoscaler_spec_max_replicas)",
];

/// All that watchdog asks for.
fn questions(stored: &Stored) -> Vec<String> {
    let mut all = Vec::new();
    for cluster in &stored.clusters {
        let pod = pod(cluster);
        all.extend([promql::pod_info(&pod.uid), promql::pod_usage(&pod.name)]);
        let Ok(labels) = stored.learn(cluster) else { continue };
        all.push(promql::one_pod_of_each_target(&labels));
        for namespace in ["shop", "ops", "nothing"] {
            let questions = Questions::new(&labels, namespace);
            all.extend([
                questions.replicas(),
                questions.requests(),
                questions.targets(),
                questions.worst_ratio(),
                questions.conditions(),
            ]);
            let window = Duration::from_mins(2);
            let forms = [CpuForm::Counters(window), CpuForm::Recorded(promql::RECORDED_CPU[0])];
            all.extend(forms.into_iter().filter_map(|form| questions.usage(form)));
            all.extend(questions.throttling(window));
        }
    }
    all
}

fn is_equal(variant: &Variant, more: &[&str]) {
    let text = later(&scrape::text(variant));
    let Some(stored) = Stored::of(variant, &text) else { return };
    let runtime = &stored.runtime;
    let (demo, ours) = stand_in(runtime, text);
    let both = Both { ours, real: stored.client.clone(), _demo: demo };
    let mut compared = 0;
    for question in questions(&stored).iter().map(String::as_str).chain(more.iter().copied()) {
        compared += runtime.block_on(both.ask(question));
    }
    assert!(compared > 1000, "{compared}");
    for cluster in &stored.clusters {
        let (labels, pod) = (stored.learn(cluster).unwrap(), pod(cluster));
        let ask = |client| runtime.block_on(tiers(client, &labels, &pod, Some(at(END)))).unwrap();
        assert_eq!(ask(&both.ours), ask(&both.real));
    }
}

#[test]
fn equal_answers_to_all_questions() {
    is_equal(&Variant::default(), &MORE);
}

#[test]
fn equal_answers_where_scrapes_have_taken_labels_and_two_servers_scrape() {
    is_equal(
        &Variant {
            honor_labels: false,
            copies: Some("prometheus_replica"),
            has_rules: true,
            clusters: &["prod", "test"],
            cluster_label: Some("cluster"),
            ..Variant::default()
        },
        &[],
    );
}

#[test]
fn equal_answers_without_containers_and_with_a_series_for_each_core() {
    is_equal(&Variant { has_container: false, is_old: true, ..Variant::default() }, &[]);
    let is_per_core =
        Variant { is_per_core: true, has_id: false, two_jobs: true, ..Variant::default() };
    is_equal(&is_per_core, &[]);
}

#[test]
fn what_the_data_do_not_allow_is_refused_by_both() {
    let variant = Variant::default();
    let Some(stored) = Stored::new(&variant) else { return };
    let text = scrape::text(&variant);
    let (_demo, ours) = stand_in(&stored.runtime, text);
    for question in [
        "kube_pod_info * on (namespace) kube_pod_owner",
        "kube_pod_info * on (pod) group_left () kube_pod_status_phase",
        "rate(kube_pod_info)",
        "sum(kube_pod_info[5m])",
        "label_replace(kube_pod_info, \"0\", \"$1\", \"pod\", \"(.+)\")",
        "label_replace(kube_pod_info, \"x\", \"$1\", \"pod\", \"(\")",
        "sum by (namespace (kube_pod_info)",
        "kube_pod_info > and 3",
        "1 > 2",
        "\"a\" + 1",
        "{pod=\"\"}",
    ] {
        let ask = |client: &Client| {
            let answer = client.query(question, Some(at(END)));
            stored.runtime.block_on(answer).map(|answer| answer.items).unwrap_err()
        };
        let (ours, real) = (ask(&ours), ask(&stored.client));
        let kind = std::mem::discriminant(&ours);
        assert_eq!(kind, std::mem::discriminant(&real), "{question}: {ours} and {real}");
    }
}
