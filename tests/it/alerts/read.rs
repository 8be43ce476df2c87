//! `watchdog alerts` and `--alerts`.

use serde_json::Value;
use watchdog::demo::Fault;

use super::{Alertmanager, answering};
use crate::support::{Clusters, Forwards, Output, SHORT, kubectl, kubectl_json, until};

const PRODUCTION: (&str, &str) = ("cluster", "prod-eu");
const SHOP: (&str, &str) = ("namespace", "shop");

fn alerts(output: &Output) -> Vec<Value> {
    output.json()["alerts"].as_array().unwrap().clone()
}

/// `ALERT SCOPE HPA,… by LABEL…` of each.
fn summary(alerts: &[Value]) -> Vec<String> {
    let line = |alert: &Value| {
        let hpas: Vec<&str> =
            alert["hpas"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        let labels: Vec<&String> =
            alert["matchedBy"]["labels"].as_object().unwrap().keys().collect();
        let labels: Vec<&str> = labels.into_iter().map(String::as_str).collect();
        let text = |key: &str| alert[key].as_str().unwrap().to_owned();
        let hpas = if hpas.len() > 3 { "many".to_owned() } else { hpas.join(",") };
        format!("{} {} {hpas} by {}", text("alertname"), text("scope"), labels.join(" "))
    };
    alerts.iter().map(line).collect()
}

/// The first pod of a Deployment of production whose name begins so.
fn pod(clusters: &Clusters, namespace: &str, begins: &str) -> (String, String) {
    let args = ["--context", "production", "-n", namespace, "get", "pods", "-o", "json"];
    let pods = kubectl_json(&clusters.sandbox, &kubectl(), &args);
    let mut pods = pods["items"].as_array().unwrap().iter();
    let pod = pods.find(|it| it["metadata"]["name"].as_str().unwrap().starts_with(begins));
    let pod = pod.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&pod["metadata"]["name"]), text(&pod["spec"]["nodeName"]))
}

#[test]
fn alerts_are_matched_by_their_objects_and_the_cluster_is_learnt_from_a_pod() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    let (pod_name, node) = pod(&clusters, "shop", "catalog-");
    let firing: &[&[(&str, &str)]] = &[
        &[
            ("alertname", "KubeHpaMaxedOut"),
            ("severity", "warning"),
            PRODUCTION,
            SHOP,
            ("horizontalpodautoscaler", "checkout"),
        ],
        // The same HPA in another cluster.
        &[
            ("alertname", "KubeHpaMaxedOut"),
            ("cluster", "other"),
            SHOP,
            ("horizontalpodautoscaler", "catalog"),
        ],
        &[
            ("alertname", "KubePodCrashLooping"),
            ("severity", "critical"),
            PRODUCTION,
            SHOP,
            ("pod", &pod_name),
        ],
        &[
            ("alertname", "KubeQuotaAlmostFull"),
            ("severity", "info"),
            PRODUCTION,
            SHOP,
            ("resourcequota", "q"),
        ],
        &[("alertname", "NodeDiskFull"), ("severity", "warning"), PRODUCTION, ("node", &node)],
        // Its name begins as that of an HPA's target.
        &[("alertname", "KubePodNotReady"), PRODUCTION, SHOP, ("deployment", "catalog-other")],
    ];
    server.fire(firing);
    clusters
        .sandbox
        .configure(&format!("monitoring: {{alertmanager: {{url: '{}/'}}}}\n", server.url()));
    let output = clusters.run("alerts --context production -o json").code(0);
    assert_eq!(
        summary(&alerts(&output)),
        [
            "KubePodCrashLooping hpa catalog by namespace pod",
            "KubeHpaMaxedOut hpa checkout by namespace horizontalpodautoscaler",
            "KubeQuotaAlmostFull namespace many by namespace",
            "NodeDiskFull node many by node",
        ]
    );
    let source = &output.json()["sources"][0];
    assert_eq!(source["clusterLabels"], serde_json::json!({"cluster": "prod-eu"}));
    assert_eq!(
        (&source["server"], &source["source"]),
        (&"Alertmanager".into(), &server.url().into())
    );

    // Staging has none of the pods: that an alert is of its HPA cannot be known, and is not guessed.
    let both = clusters.run("alerts").code(3);
    assert!(both.stdout.contains("KubePodCrashLooping"), "{both}");
    let staging = clusters.run("alerts --context staging -n shop").code(3);
    assert_eq!(staging.stdout, "", "{staging}");
    assert!(
        staging
            .stderr
            .contains("which value of cluster (other, prod-eu) is this cluster is not known; set"),
        "{staging}"
    );
    // The configuration says it.
    clusters.sandbox.configure(&format!(
        "monitoring:\n  alertmanager: {{url: '{}'}}\n  prometheus: {{clusters: {{staging: {{labels: {{cluster: stage}}}}}}}}\n",
        server.url()
    ));
    clusters.run("alerts --context staging").code(0).prints_nothing();

    let table = clusters.run("alerts --context production catalog checkout").code(0);
    for expected in [
        "ALERT",
        "namespace, pod=",
        "Of their namespaces, and of no single object:",
        "Of nodes on which their pods run:",
    ] {
        assert!(table.stdout.contains(expected), "{expected}: {table}");
    }
    assert!(
        table.stderr.contains(&format!("Alertmanager {}, with cluster=prod-eu", server.url())),
        "{table}"
    );
    let csv = clusters.run("alerts --context production -o csv").code(0);
    assert_eq!(csv.lines().len(), 5);
    assert!(csv.stdout.contains(",matchedBy,matchedLabels,"), "{csv}");
    assert!(csv.stdout.contains(",pod,\"namespace, pod="), "{csv}");
    let wide = clusters.run("alerts --context production -o wide").code(0).stdout;
    assert!(!wide.contains("  pod  ") && wide.contains("  hpa  "), "{wide}");
    clusters.run("alerts --context production --fail-on-firing").code(2);
    clusters.run("alerts --context production -n media --fail-on-firing").code(0);
}

#[test]
fn silenced_and_inhibited_alerts_are_shown_on_demand() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    let of = |alertname, hpa| {
        [("alertname", alertname), PRODUCTION, SHOP, ("horizontalpodautoscaler", hpa)]
    };
    server.fire(&[
        &of("Quiet", "catalog"),
        &of("Victim", "checkout"),
        &[("alertname", "Inhibitor"), PRODUCTION],
    ]);
    server.silence("Quiet");
    clusters.sandbox.configure(&format!(
        "monitoring: {{alertmanager: {{url: '{}', clusters: {{production: {{labels: {{cluster: prod-eu}}}}}}}}}}\n",
        server.url()
    ));
    let run = |flags: &str| clusters.run(&format!("alerts --context production {flags}")).code(0);
    let none = run("");
    assert_eq!(none.stdout, "", "{none}");
    assert!(
        none.stderr.contains("not shown: 1 silenced, 1 inhibited (--all shows them)"),
        "{none}"
    );
    let all = run("--all");
    assert!(all.stdout.contains("inhibited by Inhibitor"), "{all}");
    assert!(all.stderr.contains("production: pending alerts are not shown: only"), "{all}");
    assert!(!none.stderr.contains("pending"), "{none}");
    // The same alerts are shown beside an HPA.
    let get = clusters.run("hpa get --alerts production/shop/checkout").code(0);
    let (_, section) = get.stdout.split_once("\nAlerts\n").unwrap();
    assert!(!section.contains("Victim"), "{get}");
    assert!(section.contains("not shown: 1 inhibited (watchdog alerts --all shows"), "{get}");
    for (flags, expected) in [("--silenced", 1), ("--inhibited", 1), ("--all", 2), ("--pending", 0)]
    {
        let found = alerts(&run(&format!("{flags} -o json")));
        assert_eq!(found.len(), expected, "{flags}");
        if flags == "--silenced" {
            assert_eq!(
                (&found[0]["state"], found[0]["silencedBy"].as_array().unwrap().len()),
                (&"silenced".into(), 1)
            );
        }
    }
}

/// The one who is on call must not run for it.
#[test]
fn maxed_out_with_nothing_lacking_is_called_a_false_alarm() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    let of = |namespace, hpa| {
        [
            ("alertname", "KubeHpaMaxedOut"),
            ("namespace", namespace),
            ("horizontalpodautoscaler", hpa),
        ]
    };
    server.fire(&[&of("platform", "billing-export"), &of("shop", "catalog")]);
    let url = server.url();
    clusters.sandbox.configure(&format!(
        "monitoring: {{alertmanager: {{clusters: {{production: {{url: '{url}'}}}}}}}}\n"
    ));
    let found = alerts(&clusters.run("alerts --context production -o json").code(0));
    let of =
        |name: &str| found.iter().find(|it| it["hpas"][0] == name).unwrap()["falseAlarm"].clone();
    assert!(of("billing-export").as_str().unwrap().starts_with("a false alarm"), "{found:?}");
    assert_eq!(of("catalog"), Value::Null);
    clusters.run("alerts --context production billing-export --fail-on-firing").code(0);
    clusters.run("alerts --context production catalog --fail-on-firing").code(2);

    let get = clusters.run("hpa get --alerts production/platform/billing-export").code(0);
    let (_, section) = get.stdout.split_once("\nAlerts\n").unwrap();
    assert!(section.contains("KubeHpaMaxedOut"), "{get}");
    assert!(section.contains("a false alarm: it is at its maximum and needs no more"), "{get}");
    assert!(section.contains(&format!("from Alertmanager {url}")), "{get}");
    let json = clusters.run("hpa get --alerts production/shop/catalog -o json").code(0).json();
    assert_eq!(json["hpas"][0]["alerts"]["firing"], 1);
    let json = clusters.run("hpa get production/shop/catalog -o json").code(0).json();
    assert_eq!(json["hpas"][0].get("alerts"), None, "nothing is asked where it was not asked for");
}

#[test]
fn the_clusters_own_alertmanager_is_read_through_a_forward_that_ends() {
    let forwards = Forwards::new();
    let Some(server) = Alertmanager::start(&forwards.clusters.sandbox) else { return };
    server.fire(&[&[("alertname", "A"), SHOP, ("horizontalpodautoscaler", "catalog")]]);
    let cluster = forwards.clusters.cluster("production");
    let address = (std::net::Ipv4Addr::LOCALHOST, server.port).into();
    cluster.forward_target("monitoring", "alertmanager", 9093, address);
    let output =
        forwards.watchdog(["alerts", "--context", "production", "-o", "json"]).run().code(0);
    assert_eq!(summary(&alerts(&output)), ["A hpa catalog by namespace horizontalpodautoscaler"]);
    let source = output.json()["sources"][0].clone();
    let origin = source["source"].as_str().unwrap();
    assert!(origin.starts_with("monitoring/alertmanager:9093 by a forward at 127"), "{origin}");
    assert_eq!(source["shared"], false);
    until("no forward is left", || {
        forwards.list()["forwards"].as_array().unwrap().is_empty().then_some(())
    });
}

#[test]
fn where_services_cannot_be_read_alerts_of_services_are_said_to_be_missing() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    let of = |name| [("alertname", "Slow"), PRODUCTION, SHOP, (name, "catalog")];
    server.fire(&[&of("service"), &of("horizontalpodautoscaler")]);
    clusters.sandbox.configure(&format!(
        "monitoring: {{alertmanager: {{url: '{}', clusters: {{production: {{labels: {{cluster: prod-eu}}}}}}}}}}\n",
        server.url()
    ));
    clusters.run("alerts --context production").code(0);
    clusters.cluster("production").set_fault(Some(Fault::Forbid("services".to_owned())));
    let output = clusters.run("alerts --context production -o json").code(3);
    assert!(
        output
            .stderr
            .contains("those that are only of a Service are not shown: cannot read Services"),
        "{output}"
    );
    let warnings = output.json()["sources"][0]["warnings"].to_string();
    assert!(warnings.contains("cannot read Services"), "{warnings}");
    // The others are shown.
    assert!(alerts(&output).iter().any(|it| it["hpas"][0] == "catalog"), "{output}");
}

#[test]
fn of_a_pair_one_member_is_enough() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    let down = answering("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    let url = server.url();
    clusters.sandbox.configure(&format!(
        "monitoring: {{alertmanager: {{url: ['http://127.0.0.1:{down}', '{url}'], clusters: {{'*': {{labels: {{cluster: x}}}}}}}}}}\n"
    ));
    let output = clusters.run("alerts -o json").code(0);
    assert_eq!(output.json()["sources"][0]["source"], url);
    assert_eq!(
        output.stderr.matches("a member of the Alertmanager set did not answer").count(),
        1,
        "{output}"
    );
    assert!(output.stderr.contains("the server answered 503"), "{output}");
}

#[test]
fn a_server_that_misbehaves_is_named_and_no_secret_is_shown() {
    let clusters = Clusters::new();
    let headers = clusters.sandbox.write("headers", "X-Key: s3cret\n");
    for (answer, expected) in [
        (
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            "credentials are missing or not accepted",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "the answer is an HTML page"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            "not an answer of Alertmanager: no list of alerts: ",
        ),
        ("", "no answer within 2s"),
    ] {
        let port = answering(answer);
        clusters.sandbox.configure(&format!(
            "kubectl: {{timeout_seconds: 2}}\nmonitoring:\n  alertmanager: {{url: 'http://127.0.0.1:{port}/am?key=s3cret', headers_file: {}, \
             headers: {{A: s3cret}}}}\n",
            headers.display()
        ));
        let output = clusters.run("alerts -vv -o json").code(3);
        let from = format!("alerts of production and staging: http://127.0.0.1:{port}/am: ");
        assert!(output.stderr.contains(&from), "{output}");
        assert!(output.stderr.contains(expected), "{expected}: {output}");
        assert!(!output.both().contains("s3cret"), "{output}");
        let json = output.json();
        assert_eq!(
            (&json["sources"][0]["outcome"], &json["clusters"][0]["outcome"]),
            (&"error".into(), &"ok".into())
        );
        // The rest of what was asked for is whole.
        let get = clusters.run("hpa get --alerts production/shop/catalog").code(3);
        assert!(
            get.stdout.contains("Conditions") && get.stdout.contains("not known: http://127"),
            "{get}"
        );
    }
}

#[test]
fn without_an_alertmanager_the_alerts_of_prometheus_are_shown_pending_ones_too() {
    let forwards = Forwards::new();
    let body = r#"{"status":"success","data":{"alerts":[
        {"labels":{"alertname":"A","namespace":"shop","horizontalpodautoscaler":"catalog"},"state":"firing","activeAt":"2025-12-01T00:00:00Z"},
        {"labels":{"alertname":"B","namespace":"shop","horizontalpodautoscaler":"catalog"},"state":"pending","activeAt":"2025-12-01T00:00:00Z"}]}}"#;
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let port = answering(answer.leak());
    let config = SHORT.replace("prometheus: {", &format!("alertmanager: {{source: forward}}\n  prometheus: {{auto_discover: false, url: 'http://127.0.0.1:{port}', clusters: {{'*': {{url: 'http://127.0.0.1:{port}'}}}}, "));
    forwards.clusters.sandbox.configure(&config);
    let run = |flags: &[&str]| {
        let args = ["alerts", "--context", "production", "-o", "json"];
        forwards.watchdog(args.iter().chain(flags).copied()).run()
    };
    let output = run(&["--pending"]).code(3);
    assert!(
        output.stderr.contains("may be of this cluster or of another: A, B have no label"),
        "{output}"
    );
    let config = config.replace(
        &format!("auto_discover: false, url: 'http://127.0.0.1:{port}', "),
        "auto_discover: false, ",
    );
    forwards.clusters.sandbox.configure(&config);
    assert_eq!(alerts(&run(&[]).code(0)).len(), 1);
    let output = run(&["--pending"]).code(0);
    let states: Vec<Value> = alerts(&output).iter().map(|it| it["state"].clone()).collect();
    assert_eq!(states, ["firing", "pending"]);
    assert_eq!(output.json()["sources"][0]["server"], "Prometheus");
}
