//! A session scans, reports what begins and ends, holds its forwards, and ends at once.

mod edge_cases;
mod text;
mod tls;

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;
use serde_json::Value;
use watchdog::demo::Fault;

use crate::support::{
    Clusters, Forwards, Run, Running, healthy, port_of, prometheus, request, text, until,
};

/// Short times, except those that a loaded machine must not miss.
const CONFIG: &str = "\
monitoring:
  prometheus: {heartbeat_interval_seconds: 1, heartbeat_timeout_seconds: 60, heartbeat_check_seconds: 1}
supervisor: {stop_grace_seconds: 1, restart_max_seconds: 1}
kubectl: {retries: 0}
";

/// A session whose JSON lines go to a file.
struct Session {
    running: Running,
    path: std::path::PathBuf,
}

impl Session {
    fn start(forwards: &Forwards, flags: &str) -> Self {
        let words = ["monitor", "--interval", "2s", "-o", "jsonl"];
        let run = forwards.watchdog(words.into_iter().chain(flags.split_whitespace()));
        Self::of(forwards, run)
    }

    fn of(forwards: &Forwards, run: Run) -> Self {
        let path = forwards.clusters.sandbox.path("files/session.jsonl");
        let running = run.stdout(File::create(&path).unwrap()).start();
        Self { running, path }
    }

    /// All events so far.
    fn events(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.path).unwrap();
        // The last line may be incomplete.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Waits for an event.
    fn wait_for(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        until(what, || self.events().into_iter().find(&is_it))
    }

    fn scans(&self) -> usize {
        self.events().iter().filter(|it| it["event"] == "scan").count()
    }

    /// Waits for `times` further scans.
    fn wait_for_scans(&self, times: usize) {
        let wanted = self.scans() + times;
        until("another scan", || (self.scans() >= wanted).then_some(()));
    }

    fn ends(self, signal: Signal, code: i32) -> crate::support::Output {
        self.running.signal(signal);
        self.running.wait().code(code)
    }
}

/// The session in the description of the earlier tool: clusters are found, a forward to Prometheus
/// is started, everything is collected repeatedly, and replicas are reported.
#[test]
fn the_whole_session() {
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "");
    let started = session.wait_for("it starts", |it| it["event"] == "started");
    assert_eq!(started["clusters"], serde_json::json!(["production", "staging"]));
    let scan = session.wait_for("a scan", |it| it["event"] == "scan");
    assert_eq!(scan["clusters"].as_array().unwrap().len(), 2);
    let hpas = scan["hpas"].as_array().unwrap();
    let checkout = hpas.iter().find(|it| it["name"] == "checkout").unwrap();
    assert!(checkout["currentReplicas"].as_i64().unwrap() > 0, "{checkout}");
    for cluster in ["production", "staging"] {
        let found = session.wait_for("Prometheus can be asked", |it| {
            it["event"] == "endpoint"
                && it["role"] == "prometheus"
                && it["cluster"] == cluster
                && it["endpoint"].is_string()
        });
        let message = text(&found["message"]);
        assert!(message.contains("prometheus-server:80 (prometheus chart), forwarded at the "));
        let name = format!("prometheus-{cluster}");
        assert_eq!(forwards.forward(&name)["state"], "dormant", "nothing uses it");
        // Whoever needs the endpoint wakes it; so does a connection, which is served.
        let url = text(&found["endpoint"]).to_owned();
        if cluster == "production" {
            assert_eq!(forwards.run(&format!("endpoint {name}")).code(0).stdout.trim(), url);
        } else {
            healthy(port_of(&url));
        }
        forwards.becomes(&name, "ready");
        let variables = forwards.run(&format!("env {name}")).code(0).stdout;
        assert!(variables.contains(&url), "{variables}");
        healthy(port_of(&url));
        session.wait_for("it has been queried", |it| {
            it["cluster"] == cluster && it["message"].to_string().contains(", has metrics ")
        });
    }
    for cluster in ["production", "staging"] {
        forwards.becomes(&format!("alertmanager-{cluster}"), "dormant");
    }
    let began = session.wait_for("a finding", |it| it["finding"]["id"] == "target-missing");
    assert_eq!((&began["event"], &began["since"]), (&"present".into(), &Value::Null));
    session.wait_for_scans(2);
    let ids: Vec<Value> = session
        .events()
        .into_iter()
        .filter(|it| it["event"] == "scan")
        .map(|it| it["snapshot"].clone())
        .collect();
    assert_eq!(ids[..2], [Value::from(1), Value::from(2)], "each scan is stored");
    // Reported once, not in each scan.
    let events = session.events();
    let missing = events.iter().filter(|it| it["finding"]["id"] == "target-missing").count();
    assert_eq!(missing, 1);
    session.ends(Signal::SIGTERM, 0).quiet();
    forwards.no_kubectl();
}

/// Where that is configured, forwards are held and checked all the time; a forward of a session is
/// also one for somebody who asks for the same target.
#[test]
fn forwards_may_be_held_all_the_time() {
    let forwards = Forwards::new();
    let held = Session::start(&forwards, "--cluster production");
    let found = |what: &'static str| {
        move |it: &Value| it["role"] == "prometheus" && it["message"].to_string().contains(what)
    };
    held.wait_for("it is found", found("forwarded at the first connection"));
    let line = "svc/prometheus-server 80 -n monitoring --context production";
    let joined = forwards.start(line);
    assert_eq!(forwards.forward("prometheus-production")["state"], "ready", "ready when told so");
    healthy(joined);
    forwards.run("stop --all").code(0);
    held.ends(Signal::SIGTERM, 0);
    forwards
        .clusters
        .sandbox
        .configure(&CONFIG.replace("prometheus: {", "prometheus: {enabled: always, "));
    let always = Session::start(&forwards, "--cluster production");
    always.wait_for("it is queried", found(", has metrics "));
    forwards.becomes("alertmanager-production", "ready");
    always.ends(Signal::SIGTERM, 0);
    forwards.no_kubectl();
}

#[test]
fn an_unreachable_cluster_ends_no_finding_and_opens_its_breaker() {
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "--no-forwards");
    session.wait_for("a scan", |it| it["event"] == "scan");
    let staging = |it: &Value| {
        let clusters = it["clusters"].as_array().cloned().unwrap_or_default();
        clusters.into_iter().find(|cluster| cluster["name"] == "staging").unwrap_or_default()
    };
    forwards.clusters.cluster("staging").set_fault(Some(Fault::Status(503)));
    session.wait_for("the breaker opens", |it| staging(it)["error"]["kind"] == "breakerOpen");
    let asked = forwards.clusters.hpa_requests("staging");
    session.wait_for_scans(2);
    assert_eq!(forwards.clusters.hpa_requests("staging"), asked, "it is left alone");
    let ended = |it: &Value| it["event"] == "ended" && it["finding"]["cluster"] == "staging";
    assert!(!session.events().iter().any(ended));
    // The other cluster is scanned all the time.
    let last = session.events().into_iter().rev().find(|it| it["event"] == "scan").unwrap();
    assert_eq!(last["clusters"][0]["outcome"], "ok");
    session.ends(Signal::SIGINT, 0);
}

#[test]
fn forbidden_lists_end_no_finding() {
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "--no-forwards --cluster production");
    session.wait_for("a scan", |it| it["event"] == "scan");
    // Unreadable pods leave the findings that need them undecided: none has ended.
    let forbid = Fault::Forbid("pods".to_owned());
    forwards.clusters.cluster("production").set_fault(Some(forbid));
    session.wait_for("pods are not readable", |it| {
        let undecided = it["notEvaluated"].as_array().cloned().unwrap_or_default();
        undecided.iter().any(|it| it["id"] == "crash-oom")
    });
    session.wait_for_scans(3);
    // That finding does not depend on pods, and is replaced by scale-up-throttled after three
    // snapshots.
    let ended = |it: &Value| it["event"] == "ended" && it["finding"]["id"] != "above-target";
    assert!(!session.events().iter().any(ended), "{:#?}", session.events());
    session.ends(Signal::SIGTERM, 0);
}

#[test]
fn sighup_reloads_the_configuration() {
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "--no-forwards");
    let clusters = |it: &Value| it["clusters"].as_array().map_or(0, Vec::len);
    session.wait_for("both are read", |it| it["event"] == "scan" && clusters(it) == 2);
    forwards.clusters.sandbox.configure(&format!("{CONFIG}clusters: {{exclude: [staging]}}\n"));
    session.running.signal(Signal::SIGHUP);
    session.wait_for("one is read", |it| it["event"] == "scan" && clusters(it) == 1);
    let reloaded = session.wait_for("a reload", |it| it["event"] == "reloaded");
    assert_eq!(reloaded["clusters"], serde_json::json!(["production"]));
    // A finding outside the new scope has not ended.
    let config =
        format!("{CONFIG}clusters: {{exclude: [staging]}}\nnamespaces: {{exclude: [shop]}}\n");
    let has_shop = |it: &Value| {
        let hpas = it["hpas"].as_array().cloned().unwrap_or_default();
        hpas.iter().any(|it| it["namespace"] == "shop")
    };
    forwards.clusters.sandbox.configure(&config);
    session.running.signal(Signal::SIGHUP);
    session
        .wait_for("less is read", |it| it["event"] == "scan" && clusters(it) == 1 && !has_shop(it));
    session.wait_for_scans(3);
    let unread =
        |finding: &Value| finding["cluster"] == "staging" || finding["namespace"] == "shop";
    let ended = |it: &Value| it["event"] == "ended" && unread(&it["finding"]);
    assert!(!session.events().iter().any(ended), "{:#?}", session.events());
    // An invalid configuration changes nothing.
    forwards.clusters.sandbox.configure("nonsense: 1\n");
    session.running.signal(Signal::SIGHUP);
    session.wait_for_scans(2);
    let output = session.ends(Signal::SIGTERM, 0);
    output.says("nonsense").says("keeping the previous configuration");
}

#[test]
fn once_is_one_scan_and_an_exit_code() {
    let forwards = Forwards::new();
    let output = forwards.watchdog(["monitor", "--once"]).run().code(0).quiet();
    assert!(output.stdout.contains("2 of 2 clusters read"), "{output}");
    assert!(output.stdout.contains("target-missing"), "{output}");
    forwards.clusters.cluster("staging").set_fault(Some(Fault::Status(503)));
    let output = forwards.watchdog(["monitor", "--once", "--no-store"]).run().code(3);
    assert!(output.stdout.contains("1 of 2 clusters read"), "{output}");
}

#[test]
fn ignored_findings_are_not_reported() {
    let clusters = Clusters::new();
    let findings = |ignore: &str| {
        let line = format!("monitor --once --no-store -n shop {ignore}");
        clusters.run(&line).code(0).stdout.matches("target-missing").count()
    };
    assert_eq!(findings(""), 1);
    assert_eq!(findings("--ignore target-missing"), 0);
    assert_eq!(findings("--ignore target-missing=shop/pricing"), 0);
    assert_eq!(findings("--ignore target-missing=shop/checkout"), 1);
}

/// The port on which a session serves its metrics.
fn served(session: &Session) -> u16 {
    let started = session.wait_for("it starts", |it| it["event"] == "started");
    let url = text(&started["metrics"]).trim_start_matches("http://127.0.0.1:").to_owned();
    url.trim_end_matches("/metrics").parse().unwrap()
}

/// Verified by Prometheus' own tool, if it is installed.
#[test]
fn metrics_are_readable_by_prometheus() {
    let forwards = Forwards::new();
    for address in ["0.0.0.0:0", "192.0.2.1:80", "nonsense"] {
        forwards.watchdog(["monitor", "--metrics-listen", address]).run().code(64);
    }
    let session = Session::start(&forwards, "--no-forwards --metrics-listen 127.0.0.1:0");
    let port = served(&session);
    session.wait_for("a scan", |it| it["event"] == "scan");
    let answer = until("there are metrics", || {
        request(port, "/metrics").ok().filter(|answer| answer.starts_with("HTTP/1.1 200"))
    });
    assert!(answer.contains("application/openmetrics-text"), "{answer}");
    let (_, page) = answer.split_once("\r\n\r\n").unwrap();
    assert!(page.ends_with("# EOF\n"));
    assert!(page.contains("watchdog_hpa_max_replicas{cluster=\"production\",namespace=\"shop\""));
    assert!(page.contains("id=\"target-missing\",severity=\"error\"} 1\n"));
    assert!(request(port, "/").unwrap().starts_with("HTTP/1.1 404"));
    // A client that never sends a request blocks no other.
    let _silent = TcpStream::connect(("127.0.0.1", port)).unwrap();
    assert!(request(port, "/metrics").unwrap().starts_with("HTTP/1.1 200"));
    if Command::new("promtool").arg("--version").output().is_ok() {
        let mut promtool = Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Its parser is for the older text format, which has no end mark.
        let page = page.trim_end_matches("# EOF\n");
        promtool.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
        let mut said = String::new();
        promtool.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(promtool.wait().unwrap().code() != Some(1), "{said}");
    } else {
        eprintln!("not run: the part of metrics_are_readable_by_prometheus that asks promtool");
    }
    session.ends(Signal::SIGTERM, 0);
}

/// What other machines can reach takes a token, or an explicit flag; the page counts watchdog's own
/// processes, those of forwards among them.
#[test]
fn metrics_beyond_this_machine_take_a_token() {
    let forwards = Forwards::new();
    let file = forwards.clusters.sandbox.write("token", "s3cret-token\n");
    let flags = format!("--cluster production --metrics-token-file {}", file.display());
    let session = Session::start(&forwards, &format!("{flags} --metrics-listen 0.0.0.0:0"));
    let started = session.wait_for("it starts", |it| it["event"] == "started");
    assert!(!started.to_string().contains("s3cret"), "{started}");
    let url = text(&started["metrics"]).trim_end_matches("/metrics");
    let port: u16 = url.rsplit_once(':').unwrap().1.parse().unwrap();
    session.wait_for("it is found", |it| it["event"] == "endpoint" && it["endpoint"].is_string());
    session.wait_for_scans(2);
    assert!(request(port, "/metrics").unwrap().starts_with("HTTP/1.1 401"));
    let with = |token: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let head = "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer";
        stream.write_all(format!("{head} {token}\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(with("wrong").starts_with("HTTP/1.1 401"));
    let page = with("s3cret-token");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    if cfg!(target_os = "linux") {
        assert!(page.contains("watchdog_processes{part=\"session\"} "), "{page}");
        assert!(page.contains("watchdog_processes{part=\"forwards\"} 2\n"), "guard, supervisor");
        assert!(page.contains("watchdog_resident_memory_bytes{part=\"forwards\"} "), "{page}");
    }
    session.ends(Signal::SIGTERM, 0);
    // An empty token is none.
    forwards.clusters.sandbox.write("token", "\n");
    let empty = format!("monitor --once {flags} --metrics-listen :0");
    let output = forwards.watchdog(empty.split_whitespace()).run().code(64);
    assert!(output.stderr.contains("has no token"), "{output}");
    let open = "monitor --once --no-store --metrics-open --metrics-listen :0";
    forwards.watchdog(open.split_whitespace()).run().code(0);
}

/// A scraping Prometheus prefers OpenMetrics if that is offered.
#[test]
fn a_real_prometheus_scrapes_the_metrics() {
    let Ok(program) = which::which("prometheus") else {
        eprintln!("not run: a_real_prometheus_scrapes_the_metrics (no prometheus on PATH)");
        return;
    };
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "--no-forwards --metrics-listen 127.0.0.1:0");
    let port = served(&session);
    let scan = session.wait_for("a scan", |it| it["event"] == "scan");
    let target = (std::net::Ipv4Addr::LOCALHOST, port).into();
    let (running, address) = prometheus(&forwards.clusters.sandbox, &program, Some(target));
    let asked = |query: &str| {
        let answer = request(address.port(), &format!("/api/v1/query?query={query}")).ok()?;
        let body = answer.split_once("\r\n\r\n")?.1;
        let json: Value = serde_json::from_str(&body[body.find('{')?..=body.rfind('}')?]).ok()?;
        let value = json["data"]["result"][0]["value"][1].as_str()?;
        value.parse::<usize>().ok()
    };
    let hpas = scan["hpas"].as_array().unwrap().len();
    until("all HPAs are in Prometheus", || {
        (asked("count(watchdog_hpa_current_replicas)") == Some(hpas)).then_some(())
    });
    assert_eq!(asked("sum(watchdog_finding%7Bid%3D%22target-missing%22%7D)"), Some(1));
    assert!(asked("sum(watchdog_cluster_scans_total)") >= Some(2));
    running.signal(Signal::SIGTERM);
    running.wait();
    session.ends(Signal::SIGTERM, 0);
}

#[test]
fn every_hpas_replicas_are_printed_if_requested() {
    let clusters = Clusters::new();
    let once = "monitor --once --no-store -n payments";
    let plain = clusters.run(once).code(0).stdout;
    assert!(!plain.contains("  replicas "), "{plain}");
    let lines = clusters.run(&format!("{once} --replicas")).code(0);
    let replicas = lines.lines().into_iter().filter(|line| line.contains("  replicas ")).count();
    let list = clusters.run("hpa list -n payments --no-headers").code(0);
    assert_eq!(replicas, list.lines().len(), "{lines}");
    let is_ledger = |line: &&str| {
        line.contains("production   payments/ledger ")
            && line.ends_with("  3 replicas, 3 desired (3 to 7)")
    };
    assert_eq!(lines.lines().into_iter().filter(|line| is_ledger(line)).count(), 1, "{lines}");
}
