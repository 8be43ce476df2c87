//! Findings sent to Alertmanager, and rules for Prometheus.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use nix::sys::signal::Signal;
use serde_json::Value;
use watchdog::demo::Fault;

use super::{Alertmanager, answering};
use crate::support::{Clusters, Forwards, Running, SHORT, kubectl, until};

/// The alerts of watchdog at the server that fire, as `ALERT HPA`.
fn firing(server: &Alertmanager) -> Vec<String> {
    let line = |alert: &Value| {
        let label = |name: &str| alert["labels"][name].as_str().unwrap_or("-").to_owned();
        format!("{} {}", label("alertname"), label("horizontalpodautoscaler"))
    };
    let mut lines: Vec<String> = server.alerts().iter().map(line).collect();
    lines.sort();
    lines
}

fn has(server: &Alertmanager, line: &str) -> bool {
    firing(server).iter().any(|it| it == line)
}

const CATALOG: &str = "WatchdogHpaMaxedOut catalog";
const MONITOR: &str = "monitor --context production -n shop --no-store --no-forwards";
const UNREADABLE: &str = "WatchdogClusterUnreadable -";

fn configure(clusters: &Clusters, urls: &str, send: bool) {
    clusters.sandbox.configure(&format!(
        "monitoring:\n  alertmanager: {{url: {urls}, send: {send}, clusters: {{production: {{labels: {{cluster: prod-eu}}}}}}}}\n"
    ));
}

fn monitor(clusters: &Clusters) -> Running {
    clusters.watchdog(MONITOR.split(' ').chain(["--interval", "1s", "-o", "jsonl"])).start()
}

fn outboxes(clusters: &Clusters) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![clusters.sandbox.path("")];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = entry.file_name().into_string().unwrap_or_default();
            if path.is_dir() && !path.is_symlink() {
                open.push(path);
            } else if name.starts_with("alerts-") && path.extension().is_some_and(|it| it == "json")
            {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn monitor_sends_its_findings_to_all_members_and_an_outage_ends_none() {
    let clusters = Clusters::new();
    let (Some(one), Some(other)) =
        (Alertmanager::start(&clusters.sandbox), Alertmanager::start(&clusters.sandbox))
    else {
        return;
    };
    let down = answering("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
    let urls = format!("['{}', 'http://127.0.0.1:{down}', '{}']", one.url(), other.url());
    configure(&clusters, &urls, true);
    let running = monitor(&clusters);
    for server in [&one, &other] {
        until("the finding is an alert", || has(server, CATALOG).then_some(()));
    }
    running.complains(&format!(
        "alerts could not be sent to http://127.0.0.1:{down}: the server answered 503"
    ));
    let alert = one
        .alerts()
        .into_iter()
        .find(|it| it["labels"]["horizontalpodautoscaler"] == "catalog")
        .unwrap();
    let labels = &alert["labels"];
    for (name, value) in [
        ("cluster", "prod-eu"),
        ("namespace", "shop"),
        ("deployment", "catalog"),
        ("finding", "maxed-out"),
        ("severity", "warning"),
    ] {
        assert_eq!(labels[name], value, "{alert}");
    }
    assert!(
        alert["annotations"]["summary"]
            .as_str()
            .unwrap()
            .starts_with("HPA production/shop/catalog: ")
    );
    assert!(!firing(&one).iter().any(|it| it.contains("AboveTarget")), "information is no alert");

    // An outage of the cluster.
    clusters.cluster("production").set_fault(Some(Fault::Status(503)));
    until("the outage is an alert", || has(&one, UNREADABLE).then_some(()));
    let stale =
        one.alerts().into_iter().find(|it| it["labels"]["horizontalpodautoscaler"] == "catalog");
    let stale = stale.expect("it is not resolved");
    assert!(
        stale["annotations"]["stale"].as_str().unwrap().contains("its last known state"),
        "{stale}"
    );

    let outbox = outboxes(&clusters);
    let mode = fs::metadata(&outbox[0]).unwrap().permissions().mode() & 0o777;
    assert_eq!((outbox.len(), mode), (1, 0o600), "{outbox:?}");
    running.signal(Signal::SIGTERM);
    running.wait();
    assert!(has(&one, CATALOG), "an end of watchdog resolves nothing at once");

    // What has ended meanwhile is resolved by the next session.
    clusters.cluster("production").set_fault(None);
    let json = fs::read_to_string(&outbox[0]).unwrap();
    fs::write(&outbox[0], json.replace("catalog", "gone-meanwhile")).unwrap();
    let names = [
        ("alertname", "WatchdogHpaMaxedOut"),
        ("cluster", "prod-eu"),
        ("deployment", "gone-meanwhile"),
        ("finding", "maxed-out"),
        ("horizontalpodautoscaler", "gone-meanwhile"),
        ("namespace", "shop"),
        ("severity", "warning"),
    ];
    one.fire(&[&names]);
    let running = monitor(&clusters);
    until("what has ended is resolved", || {
        (!has(&one, "WatchdogHpaMaxedOut gone-meanwhile") && !has(&one, UNREADABLE)).then_some(())
    });
    assert!(has(&one, CATALOG));
    running.signal(Signal::SIGTERM);
    running.wait();
}

#[test]
fn monitor_prints_alerts_of_hpas_where_that_is_asked_for() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    server.fire(&[&[
        ("alertname", "KubeHpaMaxedOut"),
        ("severity", "warning"),
        ("cluster", "prod-eu"),
        ("namespace", "shop"),
        ("horizontalpodautoscaler", "catalog"),
    ]]);
    configure(&clusters, &format!("'{}'", server.url()), false);
    let reading = || MONITOR.split(' ').chain(["--alerts"]);
    let running = clusters.watchdog(reading()).start();
    let said = running.says("alert KubeHpaMaxedOut, for ");
    let line = said.lines().find(|line| line.contains("KubeHpaMaxedOut")).unwrap();
    assert!(line.contains("  alert ") && line.contains("shop/catalog"), "{line}");
    running.signal(Signal::SIGTERM);
    running.wait();
    let running = clusters.watchdog(reading().chain(["-o", "jsonl"])).start();
    let said = running.says(r#""event":"alertBegan""#);
    running.signal(Signal::SIGTERM);
    running.wait();
    assert!(said.contains(r#""event":"started""#), "{said}");
}

#[test]
fn without_forwards_alerts_are_read_by_the_api_servers_proxy() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let Some(server) = Alertmanager::start(sandbox) else { return };
    server.fire(&[&[
        ("alertname", "KubeHpaMaxedOut"),
        ("namespace", "shop"),
        ("horizontalpodautoscaler", "catalog"),
    ]]);
    let body = format!(
        r#"for arg in "$@"; do case "$arg" in --raw=*/services/alertmanager:9093/proxy/*)
  exec {real} --kubeconfig=/dev/null --server={url} get "--raw=/${{arg#*/proxy/}}";;
esac; done
exec {real} "$@""#,
        real = kubectl().display(),
        url = server.url()
    );
    let kubectl = sandbox.script("kubectl", &body);
    let monitor = || {
        let args = MONITOR.split(' ').chain(["--alerts", "-o", "jsonl", "--kubectl"]);
        forwards.watchdog(args.chain(kubectl.to_str())).start()
    };
    let running = monitor();
    running.says(r#""event":"alertBegan""#);
    running.signal(Signal::SIGTERM);
    running.wait();
    let forward = "alertmanager: {source: forward}\n  prometheus: {";
    sandbox.configure(&SHORT.replace("prometheus: {", forward));
    let running = monitor();
    running.complains("monitoring.alertmanager: source is forward, and forwards are turned off");
    running.signal(Signal::SIGTERM);
    running.wait();
    let requests = forwards.clusters.cluster("production").requests();
    assert!(!requests.iter().any(|it| it.contains("portforward")), "{requests:?}");
}

#[test]
fn a_reload_forgets_no_alert() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    let labels: &[(&str, &str)] = &[
        ("alertname", "KubeHpaMaxedOut"),
        ("cluster", "prod-eu"),
        ("namespace", "shop"),
        ("horizontalpodautoscaler", "catalog"),
    ];
    server.fire(&[labels]);
    configure(&clusters, &format!("'{}'", server.url()), false);
    let reading = MONITOR.split(' ').chain(["--alerts", "-o", "jsonl"]);
    let running = clusters.watchdog(reading).start();
    running.says(r#""event":"alertBegan""#);
    // It ends, and the next reading is the first by the plan that is read now.
    server.resolve(labels);
    running.signal(Signal::SIGHUP);
    let said = running.says(r#""event":"alertEnded""#);
    assert!(said.contains(r#""event":"reloaded""#), "{said}");
    assert!(!said.contains(r#""event":"alertBegan""#), "{said}");
    running.signal(Signal::SIGTERM);
    running.wait();
}

#[test]
fn a_url_alone_is_for_reading() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    configure(&clusters, &format!("'{}'", server.url()), false);
    let running = monitor(&clusters);
    running.says(r#""event":"scan""#);
    running.signal(Signal::SIGTERM);
    running.wait();
    clusters.run("hpa check --fail-on never").code(0);
    assert_eq!(firing(&server), [""; 0]);
    clusters.sandbox.configure("monitoring: {alertmanager: {send: true}}\n");
    let output = clusters.run("monitor --once --no-store").code(1);
    assert!(output.stderr.contains("send is true, and there is no url to send to"), "{output}");
}

#[test]
fn a_check_in_cron_sends_alerts_that_last_until_the_next() {
    let clusters = Clusters::new();
    let Some(server) = Alertmanager::start(&clusters.sandbox) else { return };
    configure(&clusters, "[]", false);
    clusters.cluster("staging").set_fault(Some(Fault::Status(503)));
    let url = server.url();
    let check = format!("hpa check --fail-on never --alertmanager {url} --resend-for 20m -o json");
    let output = clusters.run(&check).code(3);
    assert!(output.stderr.contains(" alerts to http://127.0.0.1:"), "{output}");
    until("the alerts are there", || has(&server, CATALOG).then_some(()));
    assert!(has(&server, UNREADABLE), "{:?}", firing(&server));
    let alerts = server.alerts();
    let findings = output.json()["findings"].as_array().unwrap().clone();
    let severe = findings.iter().filter(|it| it["severity"] != "info").count();
    assert_eq!(alerts.len(), severe + 1);
    let time = |alert: &Value, key: &str| -> jiff::Timestamp {
        alert[key].as_str().unwrap().parse().unwrap()
    };
    let lasts = time(&alerts[0], "endsAt").as_second() - time(&alerts[0], "startsAt").as_second();
    assert_eq!(lasts, 20 * 60);
    // What it has sent is found again by the alerts of its HPA.
    configure(&clusters, &format!("'{url}'"), false);
    let found = clusters.run("alerts --context production catalog -o json").code(0).json();
    let mut found = found["alerts"].as_array().unwrap().iter();
    assert!(found.any(|it| it["alertname"] == "WatchdogHpaMaxedOut" && it["hpas"][0] == "catalog"));
    assert!(!clusters.run(&format!("{check} -q")).code(3).stderr.contains("sent "));

    let nobody = clusters
        .run("hpa check --context production --fail-on never --alertmanager http://127.0.0.1:1")
        .code(3);
    assert!(
        nobody.stderr.contains("alerts could not be sent to http://127.0.0.1:1: no connection"),
        "{nobody}"
    );
    assert!(nobody.stdout.contains("maxed-out"), "the report is whole: {nobody}");
}

#[test]
fn a_page_for_a_browser_has_taken_no_alert() {
    let clusters = Clusters::new();
    let port = answering("HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<!doctype html>");
    let url = format!("http://127.0.0.1:{port}");
    let check = format!("hpa check --context production --fail-on never --alertmanager {url}");
    let output = clusters.run(&format!("{check}/am?key=s3cret")).code(3);
    let expected = format!("alerts could not be sent to {url}/am: the answer is an HTML page");
    assert!(output.stderr.contains(&expected), "{output}");
    assert!(!output.stderr.contains("s3cret"), "{output}");
    let to = |url: &str| clusters.run(&format!("hpa check --alertmanager {url}")).code(64).stderr;
    let wrong = to("notaurl");
    assert!(wrong.contains("--alertmanager: it is not a URL that begins with https://"), "{wrong}");
    let wrong = to("http://us3r:s3cret@127.0.0.1:1");
    assert!(wrong.contains("--alertmanager: a user in the URL is not supported"), "{wrong}");
    assert!(!wrong.contains("s3cret") && !wrong.contains("monitoring.alertmanager"), "{wrong}");
    let output = clusters.run(&format!("{check} --resend-for 1s")).code(64);
    assert!(output.stderr.contains("at least 1m"), "{output}");
    // A session has not delivered them either.
    configure(&clusters, &format!("'{url}'"), true);
    let running = monitor(&clusters);
    running.complains("the answer is an HTML page");
    running.signal(Signal::SIGTERM);
    running.wait();
}

/// Series of an HPA: current, desired, min, max, and conditions that are true or false.
fn series(name: &str, replicas: [u32; 4], conditions: [(&str, &str); 2]) -> String {
    let labels = format!("namespace=\"shop\",horizontalpodautoscaler=\"{name}\",job=\"k\"");
    let [current, desired, min, max] = replicas;
    let mut text = String::new();
    let mut add = |metric: &str, more: &str, value: u32| {
        text += &format!(
            "  - series: 'kube_horizontalpodautoscaler_{metric}{{{labels}{more}}}'\n    values: '{value}x40'\n"
        );
    };
    add("status_current_replicas", "", current);
    add("status_desired_replicas", "", desired);
    add("spec_min_replicas", "", min);
    add("spec_max_replicas", "", max);
    for (condition, holds) in conditions {
        for status in ["true", "false", "unknown"] {
            let more = format!(",condition=\"{condition}\",status=\"{status}\"");
            add("status_condition", &more, u32::from(status == holds));
        }
    }
    text
}

#[test]
fn the_rules_are_valid_and_fire_for_what_they_say() {
    let clusters = Clusters::small(1, 1);
    let sandbox = &clusters.sandbox;
    let rules = clusters.run("rules").code(0).quiet();
    assert!(rules.stdout.contains("expr: |\n"), "{rules}");
    let refused = clusters.run("rules -n shop").code(64);
    assert!(refused.stderr.contains("rules are the same for all namespaces"), "{refused}");
    let object = clusters.run("rules -o prometheusrule").code(0).stdout;
    assert!(
        object.contains("kind: PrometheusRule")
            && object.contains("apiVersion: monitoring.coreos.com/v1"),
        "{object}"
    );
    let json = clusters.run("rules -o json").code(0).json();
    assert!(json["groups"][0]["rules"].as_array().unwrap().len() >= 5);
    let Ok(promtool) = which::which("promtool") else {
        eprintln!("not run: a test of rules (no promtool on PATH)");
        return;
    };
    let file = sandbox.write("rules.yaml", &rules.stdout);
    sandbox.command(&promtool).args(["check", "rules"]).arg(&file).run().code(0);
    let active = ("ScalingActive", "true");
    let free = ("ScalingLimited", "false");
    let cases = [
        ("maxed", [5, 5, 2, 5], [active, ("ScalingLimited", "true")], "WatchdogHpaMaxedOut"),
        // At its maximum, and it needs no more: the false alarm of KubeHpaMaxedOut.
        ("satisfied", [5, 5, 2, 5], [active, free], ""),
        ("fixed", [5, 5, 5, 5], [active, ("ScalingLimited", "true")], ""),
        ("at-min", [2, 2, 2, 5], [active, ("ScalingLimited", "true")], ""),
        (
            "blind",
            [3, 3, 2, 5],
            [("ScalingActive", "false"), free],
            "WatchdogHpaMetricsUnavailable",
        ),
        ("off", [0, 0, 2, 5], [("ScalingActive", "false"), free], "WatchdogHpaScaledToZero"),
        ("refused", [3, 3, 2, 5], [active, ("AbleToScale", "false")], "WatchdogHpaUnableToScale"),
        ("stuck", [3, 4, 2, 5], [active, free], "WatchdogHpaDesiredStuck"),
    ];
    let all: String = cases
        .iter()
        .map(|(name, replicas, conditions, _)| series(name, *replicas, *conditions))
        .collect();
    let mut tests = format!(
        "rule_files: ['{}']\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n{all}  promql_expr_test:\n",
        file.display()
    );
    let alerts: Vec<&str> = json["groups"][0]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["alert"].as_str().unwrap())
        .collect();
    for alert in alerts {
        tests += &format!(
            "  - expr: 'count by (alertname, horizontalpodautoscaler) (ALERTS{{alertstate=\"firing\", alertname=\"{alert}\"}})'\n    eval_time: 30m\n    exp_samples:\n"
        );
        let mut any = false;
        for (name, .., expected) in cases.iter().filter(|case| case.3 == alert) {
            tests += &format!(
                "    - labels: '{{alertname=\"{expected}\", horizontalpodautoscaler=\"{name}\"}}'\n      value: 1\n"
            );
            any = true;
        }
        assert!(any, "no case for {alert}");
    }
    let tests = sandbox.write("tests.yaml", &tests);
    sandbox.command(&promtool).args(["test", "rules"]).arg(&tests).run().code(0);
}
