//! Prometheus and Alertmanager behind the API server's proxy.

use std::collections::BTreeSet;

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;

use super::*;

const PROMETHEUS: &str = "/api/v1/namespaces/monitoring/services/prometheus-server:80/proxy";
const ALERTMANAGER: &str = "/api/v1/namespaces/monitoring/services/alertmanager:9093/proxy";

async fn post(cluster: &Cluster, path: &str, body: &str) -> Reply {
    let url = cluster.url();
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let kind = if body.starts_with(['[', '{']) {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let code = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { code, head: head.to_lowercase(), body: body.to_owned() }
}

#[tokio::test]
async fn a_service_is_reached_by_its_port_or_the_name_of_it() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let base = "/api/v1/namespaces/monitoring/services";
    for name in [
        "prometheus-server:80",
        "prometheus-server:http",
        "prometheus-server",
        "http:prometheus-server:80",
    ] {
        let reply = get(cluster, &format!("{base}/{name}/proxy/-/healthy")).await;
        assert_eq!((reply.code, &*reply.body), (200, "Prometheus Server is Healthy.\n"), "{name}");
    }
    let reply = get(cluster, &format!("{base}/alertmanager:9093/proxy/-/healthy")).await;
    assert_eq!((reply.code, &*reply.body), (200, "OK"));
    let reply = get(cluster, &format!("{base}/nothing:80/proxy/")).await;
    assert_eq!((reply.code, reply.json()["reason"].as_str()), (404, Some("NotFound")));
    let reply = get(cluster, &format!("{base}/prometheus-server:81/proxy/")).await;
    assert_eq!((reply.code, reply.json()["reason"].as_str()), (503, Some("ServiceUnavailable")));
    cluster.set_fault(Some(Fault::Forbid("services/proxy".to_owned())));
    let reply = get(cluster, &format!("{PROMETHEUS}/-/healthy")).await;
    assert_eq!(reply.code, 403);
    assert!(reply.body.contains("services/proxy"), "{}", reply.body);
}

#[tokio::test]
async fn prometheus_answers_and_refuses_in_its_own_words() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let now = jiff::Timestamp::now().as_second();
    for (path, code, word) in [
        ("query?query=sum(".to_owned(), 400, "parse error"),
        ("query?query=1&time=x".to_owned(), 400, "invalid parameter \\\"time\\\""),
        (format!("query_range?query=1&start={now}&end={now}&step=0"), 400, "zero or negative"),
        (format!("query_range?query=1&start={now}&end=1&step=1"), 400, "must not be before"),
        (format!("query_range?query=1&start=1&end={now}&step=1m"), 400, "11,000 points"),
        ("query?query=kube_pod_info*on(namespace)kube_pod_info".to_owned(), 422, "many-to-many"),
        ("series".to_owned(), 400, "no match[]"),
        ("nothing".to_owned(), 404, "404"),
    ] {
        let reply = get(cluster, &format!("{PROMETHEUS}/api/v1/{path}")).await;
        assert!(
            reply.code == code && reply.body.contains(word),
            "{path}: {} {}",
            reply.code,
            reply.body
        );
    }
    let query =
        "query=max(kube_horizontalpodautoscaler_spec_max_replicas%7Bnamespace%3D%22shop%22%7D)";
    let reply = post(cluster, &format!("{PROMETHEUS}/api/v1/query"), query).await;
    assert_eq!(reply.json()["data"]["result"][0]["value"][1], "20", "{}", reply.body);
    let range = format!("{query}&start={}&end={now}&step=1h", now - 86_400);
    let reply = post(cluster, &format!("{PROMETHEUS}/api/v1/query_range"), &range).await;
    let points = reply.json()["data"]["result"][0]["values"].as_array().unwrap().len();
    assert_eq!(points, 25);
    let path = format!("{PROMETHEUS}/api/v1/label/namespace/values?match[]=kube_replicaset_owner");
    let values = get(cluster, &path).await.json();
    assert!(values["data"].as_array().unwrap().contains(&json!("shop")), "{values}");
}

#[tokio::test]
async fn alertmanager_has_alerts_of_every_kind() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let names = async |query: &str| {
        let reply = get(cluster, &format!("{ALERTMANAGER}/api/v2/alerts?{query}")).await;
        assert_eq!(reply.code, 200, "{}", reply.body);
        let alerts = reply.json();
        let name = |alert: &Value| {
            let label = |name: &str| alert["labels"][name].as_str().unwrap_or("-").to_owned();
            let object = ["horizontalpodautoscaler", "deployment", "pod", "service", "node"];
            let object = object.into_iter().map(label).find(|it| it != "-");
            format!("{} {}", label("alertname"), object.unwrap_or_else(|| label("namespace")))
        };
        alerts.as_array().unwrap().iter().map(name).collect::<BTreeSet<String>>()
    };
    let all = names("").await;
    for expected in [
        "KubeHpaMaxedOut catalog",
        // At its maximum, and satisfied.
        "KubeHpaMaxedOut billing-export",
        "KubeHpaReplicasMismatch payouts",
        "KubeDeploymentReplicasMismatch fraud-scoring",
        "KubeDeploymentRolloutStuck streaming",
        "KubeQuotaAlmostFull search",
        "KubeNodePressure node-2",
        "ServiceLatencyHigh live-edge",
        "Watchdog -",
    ] {
        assert!(all.contains(expected), "{expected}: {all:?}");
    }
    let loops = all.iter().filter(|name| name.starts_with("KubePodCrashLooping settlement-"));
    assert_eq!(loops.count(), 3);
    // One fires only in a quarter of an hour.
    assert!(!all.iter().any(|name| name.starts_with("KubePodNotReady")), "{all:?}");
    let silenced = names("active=false&inhibited=false").await;
    assert_eq!(silenced, ["KubeDeploymentRolloutStuck streaming".to_owned()].into());
    let inhibited = names("active=false&silenced=false").await;
    assert!(inhibited.iter().all(|name| name.starts_with("CPUThrottlingHigh catalog-")));
    assert_eq!(inhibited.len(), 1);
    let shop = "filter=namespace%3D%22shop%22&filter=alertname%3D~%22Kube.%2B%22";
    assert_eq!(names(shop).await, ["KubeHpaMaxedOut catalog".to_owned()].into());
    assert_eq!(names("filter=namespace%3Dshop&silenced=false&inhibited=false").await.len(), 1);
    let bad = get(cluster, &format!("{ALERTMANAGER}/api/v2/alerts?filter=%7B%3D")).await;
    assert_eq!(bad.code, 400);
    // Prometheus has the pending ones too.
    let alerts = get(cluster, &format!("{PROMETHEUS}/api/v1/alerts")).await.json();
    let alerts = alerts["data"]["alerts"].as_array().unwrap();
    let of = |state: &str| alerts.iter().filter(|alert| alert["state"] == state).count();
    assert!(of("firing") > 10 && of("pending") > 0, "{alerts:?}");
    let rules = get(cluster, &format!("{PROMETHEUS}/api/v1/rules?type=alert")).await.json();
    assert!(rules["data"]["groups"][0]["rules"].as_array().unwrap().len() > 8, "{rules}");
}

#[tokio::test]
async fn posted_alerts_last_until_their_end() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let path = format!("{ALERTMANAGER}/api/v2/alerts");
    let found = async || {
        let path = format!("{path}?filter=alertname%3D%22Own%22");
        get(cluster, &path).await.json().as_array().unwrap().clone()
    };
    let alert = json!([{"labels": {"alertname": "Own"}, "startsAt": "2026-01-02T03:04:05Z",
        "annotations": {"summary": "ours"}, "generatorURL": "http://a"}]);
    assert_eq!(post(cluster, &path, &alert.to_string()).await.code, 200);
    // Sent again, it goes on.
    let again = json!([{"labels": {"alertname": "Own"}, "endsAt": "2100-01-01T00:00:00Z"}]);
    assert_eq!(post(cluster, &path, &again.to_string()).await.code, 200);
    let alerts = found().await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["startsAt"], "2026-01-02T03:04:05Z");
    assert_eq!(alerts[0]["status"]["state"], "active");
    let ended = json!([{"labels": {"alertname": "Own"}, "endsAt": "2026-01-03T00:00:00Z"}]);
    assert_eq!(post(cluster, &path, &ended.to_string()).await.code, 200);
    assert!(found().await.is_empty());
    for body in [
        "{}",
        "[{\"labels\": {}}]",
        "[{\"labels\": {\"a\": 1}}]",
        "[{\"labels\": {\"a\": \"b\"}, \"endsAt\": \"x\"}]",
    ] {
        assert_eq!(post(cluster, &path, body).await.code, 400, "{body}");
    }
}

/// Queries that have an answer.
const QUERIES: [&str; 6] = [
    "sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{namespace=\"shop\",container!=\"\"}[2m] offset 5m))",
    "topk by (pod) (1, label_replace(kube_pod_owner{namespace=\"shop\"}, \"w\", \"$1\", \"owner_name\", \"(.+)\"))",
    "max_over_time(kube_horizontalpodautoscaler_status_current_replicas{namespace=~\"s.*\"}[1h:1m])",
    "kube_pod_info{namespace=\"shop\"} * on (pod) group_left (owner_name) kube_pod_owner{namespace=\"shop\"}",
    "avg_over_time((kube_horizontalpodautoscaler_spec_max_replicas > bool 3)[2h:10m] @ 1795000000)",
    "quantile(0.5, container_memory_working_set_bytes{namespace=\"shop\"}) / -1e300 or vector(1) unless absent(up)",
];

/// A query of which some characters are removed, doubled, or replaced by another query's.
fn mutated() -> impl Strategy<Value = String> {
    let query = prop::sample::select(QUERIES.to_vec());
    let change =
        (any::<prop::sample::Index>(), 0_usize..12, prop::sample::select(QUERIES.to_vec()));
    (query, prop::collection::vec(change, 0..4)).prop_map(|(query, changes)| {
        let mut text: Vec<char> = query.chars().collect();
        for (place, length, other) in changes {
            let place = place.index(text.len() + 1);
            let other = other.chars().skip(place).take(length);
            let end = (place + length).min(text.len());
            text.splice(place..end, other);
        }
        text.into_iter().collect()
    })
}

/// Each request is answered in Prometheus' own words.
async fn is_answered(cluster: &Cluster, query: &str, [start, end, step]: &[String; 3]) {
    let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let now = jiff::Timestamp::now().as_second();
    for path in [
        format!("query?query={encoded}"),
        format!("query?query={encoded}&time={start}"),
        format!("query_range?query={encoded}&start={}&end={now}&step=60", now - 3600),
        format!("query_range?query={encoded}&start={start}&end={end}&step={step}"),
        format!("series?match[]={encoded}&start={start}&end={end}"),
    ] {
        let reply = get(cluster, &format!("{PROMETHEUS}/api/v1/{path}")).await;
        assert!([200, 400, 422].contains(&reply.code), "{query}\n{path}: {}", reply.body);
        serde_json::from_str::<Value>(&reply.body).unwrap();
    }
}

#[test]
fn any_query_is_answered_or_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(demo());
    let cluster = &demo.clusters()[0];
    let query = prop_oneof![mutated(), "\\PC{0,80}"];
    let times = ["0", "-1", "9e11", "NaN", "1795000000"].map(str::to_owned).to_vec();
    let time = prop_oneof![prop::sample::select(times), "[0-9.hms]{0,9}"];
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&(query, prop::array::uniform3(time)), |(query, times)| {
        runtime.block_on(is_answered(cluster, &query, &times));
        Ok(())
    });
    result.unwrap();
}

#[tokio::test]
async fn what_would_grow_without_end_is_refused() {
    let demo = demo().await;
    let cluster = &demo.clusters()[0];
    let mut doubled = "up{job=\"prometheus\"}".to_owned();
    for _ in 0..60 {
        doubled = format!("label_join({doubled},\"a\",\"\",\"job\",\"a\",\"a\")");
    }
    for query in [
        doubled,
        "max_over_time(vector(1)[21d:1s])".to_owned(),
        "max_over_time(max_over_time(vector(1)[12h:1s])[12h:1s])".to_owned(),
    ] {
        let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let reply = get(cluster, &format!("{PROMETHEUS}/api/v1/query?query={encoded}")).await;
        assert_eq!(reply.code, 422, "{query}: {}", reply.body);
    }
}
