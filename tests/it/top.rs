//! `hpa top`, and `--usage` of `hpa list` and `hpa get`: what pods use, by metrics.k8s.io.

use serde_json::{Value, json};
use watchdog::demo::{Fault, Given, Options};

use crate::support::{Clusters, Output, Terminal, kubectl, plain};

const METRICS: &str = "/apis/metrics.k8s.io";

/// The rows of `hpa top -o json`.
fn rows(output: &Output) -> Vec<Value> {
    output.json()["hpas"].as_array().unwrap().clone()
}

fn row<'a>(rows: &'a [Value], name: &str) -> &'a Value {
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
}

fn close(number: &Value, expected: f64) {
    let number = number.as_f64().unwrap_or_else(|| panic!("{number} for {expected}"));
    assert!((number - expected).abs() <= expected * 0.01, "{number}, expected {expected}");
}

/// The numbers agree with what the demo's world says, within 1 %.
#[test]
fn usage_is_what_the_pods_use() {
    let clusters = Clusters::new();
    let top = rows(&clusters.run("hpa top --cluster production -o json").code(0));
    let catalog = row(&top, "catalog");
    // Six pods that request 100m and are limited to 500m use 185m each, and the target is 70 %.
    let usage = &catalog["usage"];
    assert_eq!(usage["source"], "metrics.k8s.io");
    assert_eq!((&usage["pods"], &usage["podsWithMetrics"]), (&json!(6), &json!(6)));
    close(&usage["cpu"]["usedMilli"], 6.0 * 185.0);
    close(&usage["cpu"]["requestedMilli"], 600.0);
    close(&usage["cpu"]["limitMilli"], 3000.0);
    close(&usage["cpu"]["usedOfRequested"], 1.85);
    let window = usage["windowSeconds"].as_f64().unwrap();
    assert!((15.0..16.0).contains(&window), "{usage}");
    assert!(usage["ageSeconds"].as_i64().unwrap() <= 120, "{usage}");
    let pressure = &catalog["pressure"];
    assert_eq!((&pressure["metric"], &pressure["reading"]), (&json!("cpu"), &json!("185%")));
    close(&pressure["ratio"], 185.0 / 70.0);
    assert_eq!(catalog["headroom"]["replicas"], 0);
    close(&catalog["headroom"]["loadFactor"], 70.0 / 185.0);

    // A sidecar counts: 345m of 510m a pod.
    close(&row(&top, "payments-api")["usage"]["cpu"]["usedOfRequested"], 345.0 / 510.0);
    // Two of six pods are on no node.
    let fraud = &row(&top, "fraud-scoring")["usage"];
    let counts = ["pods", "podsWithMetrics", "podsUnready"].map(|key| fraud[key].clone());
    assert_eq!(counts, [6, 4, 2].map(Value::from));
    close(&fraud["cpu"]["usedMilli"], 4.0 * 1680.0);
}

/// What is not known is null, with the reason, and never zero.
#[test]
fn what_is_not_known_is_said() {
    let clusters = Clusters::new();
    let top = rows(&clusters.run("hpa top --cluster production -o json").code(0));
    let recommendations = row(&top, "recommendations");
    assert_eq!(recommendations["pressure"], Value::Null);
    assert_eq!(recommendations["pressureUnknown"]["kind"], "stale");
    let usage = &recommendations["usage"];
    assert_eq!((&usage["cpu"], &usage["memory"]), (&Value::Null, &Value::Null));
    assert_eq!(usage["unknown"], "none of its 5 pods has metrics yet");
    let reviews = &row(&top, "reviews")["usage"]["cpu"];
    assert!(reviews["usedMilli"].as_f64().unwrap() > 0.0);
    assert_eq!(
        (&reviews["requestedMilli"], &reviews["usedOfRequested"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(reviews["requestedUnknown"], "2 of 2 pods have no such request");
    let pricing = row(&top, "pricing");
    assert_eq!(pricing["usage"], Value::Null);
    assert_eq!(pricing["usageUnknown"]["reason"], "its target does not exist");
    let missing = rows(&clusters.run("hpa get pricing -n shop --usage -o json").code(0));
    assert_eq!(missing[0]["usage"], Value::Null);
    let why = missing[0]["usageUnknown"]["reason"].as_str().unwrap();
    assert!(why.starts_with("its pods are not known: "), "{why}");
    // Those without a known pressure are at the end.
    let known = top.iter().take_while(|row| !row["pressure"].is_null()).count();
    assert!(known > 20 && top[known..].iter().all(|row| row["pressure"].is_null()));
}

#[test]
fn the_worst_is_first_and_limit_and_order_can_be_chosen() {
    let clusters = Clusters::new();
    let ratio = |row: &Value| row["pressure"]["ratio"].as_f64().unwrap_or(-1.0);
    let top = rows(&clusters.run("hpa top -o json").code(0));
    assert!(top.is_sorted_by(|a, b| ratio(a) >= ratio(b)));
    assert_eq!(names(&rows(&clusters.run("hpa top --limit 3 -o json").code(0))), names(&top)[..3]);
    let all = clusters.run("hpa top --limit 0 -o jsonl").code(0).stdout;
    assert_eq!(all.lines().count(), top.len());
    let by = |field: &str| rows(&clusters.run(&format!("top --sort-by {field} -o json")).code(0));
    assert!(names(&by("name")).is_sorted());
    assert!(by("headroom").is_sorted_by_key(|row| row["headroom"]["replicas"].as_i64().unwrap()));
    for resource in ["cpu", "memory"] {
        let share =
            |row: &Value| row["usage"][resource]["usedOfRequested"].as_f64().unwrap_or(-1.0);
        assert!(by(resource).is_sorted_by(|a, b| share(a) >= share(b)), "{resource}");
    }
}

#[test]
fn names_and_scopes_are_those_of_hpa_list() {
    let clusters = Clusters::new();
    for scope in
        ["-n shop", "-n shop,media --cluster production", "production/shop/c*", "-l team=search"]
    {
        let set = |line: String| {
            let mut all: Vec<String> = rows(&clusters.run(&line).code(0))
                .iter()
                .map(|row| format!("{}/{}/{}", row["cluster"], row["namespace"], row["name"]))
                .collect();
            all.sort();
            all
        };
        let listed = set(format!("hpa list {scope} -o json"));
        assert!(!listed.is_empty());
        assert_eq!(set(format!("hpa top {scope} -o json")), listed, "{scope}");
    }
    clusters.run("hpa top nope -n shop").code(1).says("no HPA is named nope in namespace shop");
    let all = clusters.run("top hpa -n shop --limit 0 -o json").code(0);
    assert_eq!(rows(&all).len(), rows(&clusters.run("hpa list -n shop -o json")).len());
    clusters.run("top pods -n shop").code(64).says("kubectl top pods");
    clusters.run("top -n nowhere").code(1).says("nowhere");
}

#[test]
fn the_table_has_kubectls_form() {
    let clusters = Clusters::new();
    let table = clusters.run("hpa top --cluster production --limit 3").code(0).stdout;
    let mut lines = table.lines();
    let header: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    let expected =
        ["CLUSTER", "NAMESPACE", "NAME", "READING/TARGET", "CPU", "MEMORY", "REPLICAS", "HEADROOM"];
    assert_eq!(header, expected);
    let catalog = table.lines().find(|line| line.contains("catalog")).unwrap();
    let cells: Vec<&str> = catalog.split_whitespace().collect();
    assert_eq!(&cells[..6], ["production", "shop", "catalog", "cpu:", "185%/70%", "185%"]);
    assert_eq!(&cells[7..], ["6/6", "0", "(0.38x)"]);
    let wide = clusters.run("hpa top catalog --cluster production -o wide").code(0).stdout;
    for part in ["264%", "1.11/600m/3", "37%", "6/6"] {
        assert!(wide.contains(part), "{part}: {wide}");
    }
    let bare = clusters.run("hpa top --cluster production --limit 3 --no-headers").code(0).stdout;
    assert_eq!(bare.lines().count(), 3);
    let csv = clusters.run("hpa top catalog --cluster production -o csv").code(0).stdout;
    let cells: Vec<&str> = csv.lines().nth(1).unwrap().split(',').collect();
    let header: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    assert_eq!(header.len(), cells.len());
    let cell = |name: &str| cells[header.iter().position(|it| *it == name).unwrap()];
    assert_eq!((cell("pressure"), cell("cpuRequestedMilli"), cell("pods")), ("2.6429", "600", "6"));
}

/// Usage is then unknown, with the reason; the rest is whole.
#[test]
fn a_cluster_without_metrics_keeps_the_rest() {
    let clusters = Clusters::new();
    let cluster = clusters.cluster("production");
    for (fault, exit, says) in [
        (Fault::Status(404), 0, "does not serve metrics.k8s.io"),
        (Fault::Forbid("pods.metrics.k8s.io".to_owned()), 3, "pods.metrics.k8s.io is forbidden"),
        (Fault::Status(503), 3, "kubectl get apiservice v1beta1.metrics.k8s.io"),
    ] {
        cluster.set_fault(None);
        cluster.add_fault(METRICS, fault);
        for command in ["hpa top", "hpa list --usage", "hpa get catalog -n shop --usage"] {
            let line = format!("{command} --cluster production -o json");
            let output = clusters.run(&line).code(exit);
            let rows = rows(&output);
            let catalog = row(&rows, "catalog");
            assert_eq!(catalog["usage"], Value::Null, "{line}");
            let why = catalog["usageUnknown"]["reason"].as_str().unwrap();
            assert!(why.contains(says), "{line}: {why}");
            if command == "hpa top" {
                close(&catalog["pressure"]["ratio"], 185.0 / 70.0);
                assert_eq!(catalog["headroom"]["replicas"], 0);
            }
            if exit != 0 || command != "hpa get catalog -n shop --usage" {
                output.says(says);
            }
        }
        let table = clusters.run("hpa top catalog --cluster production").code(exit).stdout;
        let cells: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!(&cells[3..7], ["cpu:", "185%/70%", "-", "-"], "{table}");
    }
}

#[test]
fn a_broken_answer_is_a_sentence() {
    let clusters = Clusters::new();
    let cluster = clusters.cluster("production");
    for (fault, says) in [
        (Fault::Html, "HTML page"),
        (Fault::TruncateBody, "cut short"),
        (Fault::Hang, "no answer within 2 s"),
    ] {
        cluster.set_fault(None);
        cluster.add_fault(METRICS, fault);
        let output =
            clusters.run("hpa top -n shop --cluster production --timeout 2s -o json").code(3);
        let output = output.says(says);
        assert!(rows(&output).len() > 5, "{output}");
    }
}

/// Nothing is read for usage that was not asked for.
#[test]
fn usage_is_read_only_where_it_was_asked_for() {
    let clusters = Clusters::new();
    for command in
        ["hpa list", "hpa list -o wide", "hpa get catalog -n shop", "hpa check --fail-on never"]
    {
        clusters.run(command).code(0);
    }
    let asked = |path: &str| {
        let requests = clusters.cluster("production").requests();
        requests.iter().filter(|line| line.contains(path)).count()
    };
    assert_eq!(asked(METRICS), 0);
    clusters.run("hpa top --cluster production").code(0);
    assert_eq!(asked(METRICS), 1);
}

#[test]
fn hpa_list_and_get_show_usage_on_request() {
    let clusters = Clusters::new();
    let plain = clusters.run("hpa list --cluster production -o json").code(0).json();
    let with = clusters.run("hpa list --cluster production --usage -o json").code(0).json();
    for (plain, with) in
        plain["hpas"].as_array().unwrap().iter().zip(with["hpas"].as_array().unwrap())
    {
        // The same HPAs with the same findings.
        for key in ["name", "status", "findings"] {
            assert_eq!(plain[key], with[key], "{with}");
        }
        assert!(plain.get("usage").is_none() && with.get("usage").is_some());
    }
    let wide = clusters.run("hpa list -n shop --cluster production --usage -o wide").code(0).stdout;
    let header: Vec<&str> = wide.lines().next().unwrap().split_whitespace().collect();
    assert!(header.ends_with(&["CPU", "MEMORY", "MEASURED"]), "{wide}");
    let catalog = wide.lines().find(|line| line.contains(" catalog ")).unwrap();
    assert!(catalog.split_whitespace().any(|cell| cell == "185%"), "{catalog}");
    clusters.run("hpa list --usage -o name").code(64).says("--usage");
    clusters.run("hpa list --usage --watch").code(64).says("--watch");

    let text = clusters.run("hpa get catalog -n shop --cluster production --usage").code(0).stdout;
    let section = text.split("\nUsage\n").nth(1).unwrap_or_else(|| panic!("{text}"));
    let first = section.lines().next().unwrap();
    assert!(first.starts_with("  6 of 6 pods measured by metrics.k8s.io over 1"), "{section}");
    assert!(
        section.contains("1.11, 185% of the 600m requested, 37% of the limit of 3"),
        "{section}"
    );
    let pods = section.lines().filter(|line| line.trim_start().starts_with("catalog-")).count();
    assert_eq!(pods, 6, "{section}");
    let hidden = "hpa get fraud-scoring -n payments --cluster production --usage";
    let text = clusters.run(hidden).code(0).stdout;
    assert!(text.contains("2 not ready (for CPU") && !text.contains("without metrics"), "{text}");
}

/// Pods belong to a target by their owner: never by a prefix of their name, and not once they have
/// ended. What was measured of an earlier pod of the same name does not count.
#[test]
fn a_siblings_pods_and_finished_pods_do_not_count() {
    let labels = |app: &str| json!({"app": app});
    let deployment = |name: &str| {
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": "shop", "name": name, "uid": name},
            "spec": {"replicas": 1, "selector": {"matchLabels": labels(name)},
                "template": {"metadata": {"labels": labels(name)}, "spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": "100m"}}}]}}},
            "status": {"replicas": 1, "readyReplicas": 1}})
    };
    let hpa = |name: &str| {
        json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"namespace": "shop", "name": name, "uid": format!("hpa-{name}")},
            "spec": {"minReplicas": 1, "maxReplicas": 4, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}},
            "status": {"currentReplicas": 1, "desiredReplicas": 1, "conditions": [{"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound"}]}})
    };
    let pod = |owner: &str, name: &str, phase: &str| {
        let mut labels = labels(owner);
        labels["pod-template-hash"] = json!("abc");
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": "shop", "name": name, "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z", "labels": labels,
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("{owner}-abc"), "uid": "rs", "controller": true}]},
            "spec": {"containers": [{"name": "app", "resources": {"requests": {"cpu": "100m"}}}]},
            "status": {"phase": phase, "conditions": [{"type": "Ready", "status": if phase == "Running" { "True" } else { "False" }}]}})
    };
    let metrics = |owner: &str, name: &str, cpu: &str, at: &str| {
        json!({"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics", "metadata": {"namespace": "shop", "name": name, "labels": labels(owner)},
            "timestamp": at, "window": "15s", "containers": [{"name": "app", "usage": {"cpu": cpu, "memory": "10Mi"}}]})
    };
    let at = "2026-01-02T00:00:00Z";
    let given = Given {
        name: "given".to_owned(),
        objects: vec![
            deployment("api"),
            deployment("api-gateway"),
            hpa("api"),
            hpa("api-gateway"),
            pod("api", "api-abc-1", "Running"),
            pod("api", "api-abc-2", "Failed"),
            pod("api", "api-abc-3", "Succeeded"),
            pod("api", "api-abc-4", "Running"),
            pod("api-gateway", "api-gateway-abc-1", "Running"),
            metrics("api", "api-abc-1", "70m", at),
            metrics("api", "api-abc-2", "900m", at),
            metrics("api", "api-abc-3", "900m", at),
            metrics("api", "api-abc-4", "900m", "2025-12-31T00:00:00Z"),
            metrics("api-gateway", "api-gateway-abc-1", "30m", at),
        ],
        ..Given::default()
    };
    let clusters = Clusters::start(Options { given: Some(vec![given]), ..Options::default() });
    for command in ["hpa top", "hpa list --usage", "hpa get api api-gateway --usage"] {
        let rows = rows(&clusters.run(&format!("{command} --cluster given -o json")).code(0));
        let api = &row(&rows, "api")["usage"];
        let counts = ["pods", "podsWithMetrics", "podsFinished"].map(|key| api[key].clone());
        assert_eq!(counts, [2, 1, 2].map(Value::from), "{command}: {api}");
        close(&api["cpu"]["usedMilli"], 70.0);
        close(&row(&rows, "api-gateway")["usage"]["cpu"]["usedMilli"], 30.0);
    }
}

/// The demo answers kubectl itself: its metrics are found by `kubectl top` and as plain objects.
#[test]
fn kubectl_reads_the_demos_metrics() {
    let clusters = Clusters::new();
    let run = |line: &str| {
        let run = clusters.sandbox.command(kubectl());
        run.args(line.split_whitespace()).args(["--context", "production"]).run()
    };
    let top = run("top pods -n shop -l app=catalog --no-headers").code(0).stdout;
    let cpu = top.lines().map(|line| line.split_whitespace().nth(1).unwrap().trim_end_matches('m'));
    let sum: f64 = cpu.map(|it| it.parse::<f64>().unwrap()).sum();
    assert_eq!(top.lines().count(), 6, "{top}");
    assert!((sum - 1110.0).abs() < 12.0, "{top}");
    let listed = run("get pods.metrics.k8s.io -n shop -l app=catalog -o name").code(0).stdout;
    assert_eq!(listed.lines().count(), 6, "{listed}");
    // Pods are still the pods.
    assert!(run("get pods -n shop").code(0).stdout.contains("RESTARTS"));
}

#[test]
fn three_thousand_hpas() {
    let clusters =
        Clusters::start(Options { clusters: Some(1), hpas: Some(3000), ..Options::default() });
    let output = clusters.run("hpa top -A -o json").code(0);
    let rows = rows(&output);
    assert_eq!(rows.len(), 3000);
    let measured = rows.iter().filter(|row| !row["usage"]["cpu"].is_null()).count();
    assert!(measured > 2800, "{measured}");
    let metrics = clusters.demo().clusters()[0].requests();
    assert_eq!(metrics.iter().filter(|line| line.contains(METRICS)).count(), 1);
}

/// It has no status: zero would be the replicas that nobody has counted.
#[test]
fn an_hpa_that_no_controller_has_reconciled_has_the_replicas_of_its_target() {
    let clusters = Clusters::new();
    let line = "hpa top -n platform --context production";
    let output = clusters.run(&format!("{line} -o json")).code(0);
    let rows = rows(&output);
    let new = row(&rows, "config-sync");
    assert_eq!((&new["currentReplicas"], &new["headroom"]["replicas"]), (&json!(2), &json!(4)));
    let table = clusters.run(line).code(0).stdout;
    let shown = table.lines().find(|line| line.contains("config-sync")).unwrap();
    assert!(shown.contains(" 2/6 "), "{table}");
}

#[test]
fn a_narrow_terminal_has_what_pods_use() {
    let clusters = Clusters::new();
    let run = |line: &str| {
        let run = clusters.watchdog(line.split(' '));
        plain(&Terminal::new(80, 40).run(run).code(0).stdout).replace('\r', "")
    };
    for line in
        ["hpa top --limit 8", "hpa top --limit 8 --context production", "hpa top -n shop --limit 8"]
    {
        let text = run(line);
        for column in ["NAME ", "READING/TARGET", "CPU", "MEMORY", "REPLICAS"] {
            assert!(text.contains(column), "{line}: {column}: {text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }
    // The cluster of all rows, or their namespace, is a heading; the order stays.
    let names = |text: &str| -> Vec<String> {
        let rows = text.lines().filter_map(|line| line.strip_prefix("  "));
        rows.filter_map(|row| Some(row.split_whitespace().nth(1)?.to_owned())).collect()
    };
    let text = run("hpa top --limit 8 --context production");
    assert!(text.lines().any(|line| line == "production"), "{text}");
    let all = rows(&clusters.run("hpa top --limit 8 --context production -o json").code(0));
    let expected = all.iter().map(|row| row["name"].as_str().unwrap());
    let shown = names(&text);
    assert_eq!(
        shown.iter().map(String::as_str).filter(|it| *it != "NAME").collect::<Vec<_>>(),
        expected.collect::<Vec<_>>(),
        "{text}"
    );
    let shop = run("hpa top -n shop --limit 8");
    assert!(shop.lines().any(|line| line == "shop"), "{shop}");
}
