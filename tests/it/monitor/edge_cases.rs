//! Edge cases: problems around a session that must not become problems of the session.

use std::fs;
use std::io::Read as _;
use std::net::TcpStream;

use nix::sys::signal::Signal;
use serde_json::Value;
use watchdog::demo::Fault;

use super::{CONFIG, Session, served};
use crate::support::{Clusters, Forwards, Terminal, hpas, kubectl, request, text, until};

fn ended(events: &[Value]) -> Vec<&Value> {
    events.iter().filter(|it| it["event"] == "ended").collect()
}

#[test]
fn lasting_appearances_begin_and_lasting_disappearances_end() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    // The targets of these HPAs do not exist, which is a finding.
    let list = sandbox.write("list", hpas(&[("api", 1)]));
    let script = format!(
        "case \"$*\" in *horizontalpodautoscalers*) exec cat '{}';; esac\nexec {} \"$@\"",
        list.display(),
        kubectl().display()
    );
    let script = sandbox.script("kubectl", &script);
    let becomes = |now: &[(&str, u32)]| {
        let new = sandbox.write("list.new", hpas(now));
        fs::rename(new, &list).unwrap();
    };
    let flags = format!("--no-forwards --cluster staging --kubectl {}", script.display());
    let session = Session::start(&forwards, &flags);
    let wait_for = |event: &str, hpa: &str| {
        session.wait_for(&format!("{event} {hpa}"), |it| {
            it["event"] == event
                && it["finding"]["id"] == "target-missing"
                && it["finding"]["hpa"] == hpa
        })
    };
    assert_eq!(wait_for("present", "api")["since"], Value::Null);
    becomes(&[("api", 1), ("web", 3)]);
    let began = wait_for("began", "web");
    let at = |event: &Value, key: &str| text(&event[key]).parse::<jiff::Timestamp>().unwrap();
    assert!(at(&began, "since") < at(&began, "at"), "it was there twice: {began}");
    becomes(&[("web", 5)]);
    wait_for("ended", "api");
    let scaled = session.wait_for("web is scaled", |it| it["event"] == "scaled");
    assert_eq!((&scaled["from"], &scaled["to"]), (&3.into(), &5.into()));
    let scan = session.events().into_iter().rev().find(|it| it["event"] == "scan").unwrap();
    assert_eq!(scan["hpas"].as_array().unwrap().len(), 1);
    session.ends(Signal::SIGTERM, 0);
}

#[test]
fn an_unreadable_namespace_ends_no_finding() {
    const HPAS: &str = "/apis/autoscaling/v2/";
    let forwards = Forwards::new();
    let production = forwards.clusters.cluster("production");
    // If the list over all namespaces is forbidden, each namespace is read separately.
    production.add_fault(&format!("{HPAS}horizontalpodautoscalers"), Fault::Status(403));
    let flags = "--no-forwards --cluster production -n shop -n payments";
    let session = Session::start(&forwards, flags);
    session.wait_for("a finding in payments", |it| {
        it["event"] == "present" && it["finding"]["namespace"] == "payments"
    });
    production.add_fault(&format!("{HPAS}namespaces/payments/"), Fault::Status(503));
    let failed = |it: &Value| it["event"] == "scan" && it["clusters"][0]["outcome"] == "error";
    until("four scans without payments", || {
        (session.events().iter().filter(|it| failed(it)).count() >= 4).then_some(())
    });
    let events = session.events();
    assert!(ended(&events).is_empty(), "{:#?}", ended(&events));
    session.ends(Signal::SIGTERM, 0);
}

/// The findings of other clusters are reported while it is still awaited.
#[test]
fn a_cluster_that_never_answers_delays_no_finding_of_another() {
    let forwards = Forwards::new();
    forwards.clusters.cluster("production").set_fault(Some(Fault::Hang));
    for format in ["jsonl", "text"] {
        let words = "monitor --no-forwards --no-store --timeout 1h --interval 1h -o";
        let words = words.split_whitespace().chain([format]);
        let path = forwards.clusters.sandbox.path("files").join(format);
        let file = fs::File::create(&path).unwrap();
        let running = forwards.watchdog(words).stdout(file).start();
        let output = until("a finding in staging", || {
            let output = fs::read_to_string(&path).unwrap();
            output.contains("metrics-unavailable").then_some(output)
        });
        assert!(!output.contains("\"scan\"") && !output.contains("  scan  "), "{output}");
        running.signal(Signal::SIGTERM);
        running.wait().code(0);
    }
}

/// Whatever order the clusters answer in: the scan is complete, in configured order, and everything
/// is reported once.
#[test]
fn a_slow_cluster_still_belongs_to_the_scan() {
    let forwards = Forwards::new();
    let slow = Fault::Latency(std::time::Duration::from_secs(5));
    let list = "/apis/autoscaling/v2/horizontalpodautoscalers";
    forwards.clusters.cluster("production").add_fault(list, slow);
    let words = "monitor --no-forwards --timeout 1h --interval 1m -o jsonl".split_whitespace();
    let session = Session::of(&forwards, forwards.watchdog(words));
    let scan = session.wait_for("a scan", |it| it["event"] == "scan");
    let names = |key: &str| -> Vec<String> {
        let list = scan[key].as_array().unwrap();
        list.iter()
            .map(|it| text(&it[if key == "hpas" { "cluster" } else { "name" }]).to_owned())
            .collect()
    };
    assert_eq!(names("clusters"), ["production", "staging"]);
    let hpas = names("hpas");
    assert!(hpas.is_sorted() && hpas.contains(&"production".to_owned()), "{hpas:?}");
    assert_eq!(scan["snapshot"], 1);
    let kept = forwards.clusters.run("snapshot show 1 -o name").code(0).lines().len();
    assert_eq!(kept, hpas.len());
    let severities = ["error", "warning", "info"].map(|it| scan["findings"][it].as_u64().unwrap());
    let wrong = usize::try_from(severities.iter().sum::<u64>()).unwrap();
    until("every finding is reported", || {
        let events = session.events();
        (events.iter().filter(|it| it["event"] == "present").count() >= wrong).then_some(())
    });
    let events = session.events();
    let present: Vec<&Value> = events.iter().filter(|it| it["event"] == "present").collect();
    assert_eq!(present.len(), wrong, "no finding is reported twice");
    assert!(present.iter().all(|it| it["at"] == scan["at"]), "{scan}");
    let of = |cluster: &str| events.iter().position(|it| it["finding"]["cluster"] == cluster);
    let end = events.iter().position(|it| it["event"] == "scan");
    let order = of("staging") < of("production") && of("production") < end;
    assert!(order, "all events of a scan come before it, those of the slow cluster last");
    session.ends(Signal::SIGTERM, 0);
}

/// Clusters that occupy all slots without answering use up only their own time.
#[test]
fn a_cluster_that_waits_for_a_slot_is_read_in_the_end() {
    let forwards = Forwards::new();
    forwards.clusters.sandbox.configure(&format!("{CONFIG}clusters: {{max_parallel: 1}}\n"));
    forwards.clusters.cluster("production").set_fault(Some(Fault::Hang));
    let session = Session::start(&forwards, "--no-forwards");
    let scan = session.wait_for("a scan", |it| it["event"] == "scan");
    assert_eq!(scan["clusters"][0]["error"]["kind"], "timeout", "{scan}");
    assert_eq!(scan["clusters"][1]["outcome"], "ok", "{scan}");
    session.ends(Signal::SIGTERM, 0);
}

/// An invalid configuration changes nothing, and no forward is leased twice.
#[test]
fn a_failed_reload_leaves_the_leases_unchanged() {
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "");
    for role in ["prometheus", "alertmanager"] {
        for cluster in ["production", "staging"] {
            session.wait_for("an endpoint", |it| {
                it["role"] == role && it["cluster"] == cluster && it["endpoint"].is_string()
            });
        }
    }
    let leases = || {
        let list = forwards.list();
        let count = |forward: &Value| forward["leases"].as_array().unwrap().len();
        list["forwards"].as_array().unwrap().iter().map(count).collect::<Vec<_>>()
    };
    assert_eq!(leases(), [1, 1, 1, 1]);
    forwards.clusters.sandbox.configure("nonsense: 1\n");
    for _ in 0..3 {
        session.running.signal(Signal::SIGHUP);
        session.wait_for_scans(2);
    }
    forwards.clusters.sandbox.configure(CONFIG);
    assert_eq!(leases(), [1, 1, 1, 1]);
    session.ends(Signal::SIGTERM, 0).says("keeping the previous configuration");
    forwards.no_kubectl();
}

/// Output to a terminal stopped by Ctrl-S must not stop the session.
#[test]
fn a_stopped_standard_error_does_not_stop_the_session() {
    let forwards = Forwards::new();
    let terminal = Terminal::new(80, 24);
    let words = ["monitor", "--interval", "1s", "-o", "jsonl", "--no-forwards"];
    let run = forwards.watchdog(words).stderr(terminal.stdio());
    let session = Session::of(&forwards, run);
    session.wait_for("a scan", |it| it["event"] == "scan");
    terminal.hold(true);
    forwards.clusters.sandbox.configure("nonsense: 1\n");
    for _ in 0..3 {
        session.running.signal(Signal::SIGHUP);
        session.wait_for_scans(2);
    }
    session.ends(Signal::SIGTERM, 0);
}

/// A pipe that is read late gets everything.
#[test]
fn a_slow_reader_of_one_scan_gets_everything() {
    // More than a pipe holds.
    let clusters = Clusters::small(1, 800);
    let (mut reader, writer) = std::io::pipe().unwrap();
    let line = "monitor --once --no-store --no-forwards -o jsonl --timeout 2m";
    let running = clusters.watchdog(line.split_whitespace()).stdout(writer).start();
    until("the pipe is full", || {
        (rustix::io::ioctl_fionread(&reader).unwrap() > 50_000).then_some(())
    });
    // Some time that is long for a program waiting to end.
    clusters.run("hpa list -o name --timeout 2m").code(0);
    let mut all = String::new();
    reader.read_to_string(&mut all).unwrap();
    running.wait().code(0);
    let lines: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let scan = lines.iter().find(|it| it["event"] == "scan").unwrap();
    let findings: u64 = ["error", "warning", "info"]
        .map(|severity| scan["findings"][severity].as_u64().unwrap())
        .iter()
        .sum();
    let began = lines.iter().filter(|it| it["event"] == "present").count();
    assert_eq!(u64::try_from(began).unwrap(), findings);
}

/// A client that holds all connections cannot hold them for long, and the next client gets a 503.
#[test]
fn no_client_can_block_the_metrics() {
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "--no-forwards --metrics-listen 127.0.0.1:0");
    let port = served(&session);
    session.wait_for("a scan", |it| it["event"] == "scan");
    let connect = |_| TcpStream::connect(("127.0.0.1", port)).unwrap();
    let silent: Vec<TcpStream> = (0..16).map(connect).collect();
    // Earlier connections are accepted first.
    until("it is full", || {
        request(port, "/metrics").ok().filter(|answer| answer.starts_with("HTTP/1.1 503"))
    });
    until("it is free again", || {
        request(port, "/metrics").ok().filter(|answer| answer.starts_with("HTTP/1.1 200"))
    });
    drop(silent);
    session.ends(Signal::SIGTERM, 0);
}

/// A namespace that no cluster has is a typing error, not a clean result.
#[test]
fn a_namespace_that_no_cluster_has_fails_a_single_scan() {
    let clusters = Clusters::new();
    let absent =
        "namespace shpo does not exist in any of the 2 clusters that were read; did you mean";
    let line = "monitor --once --no-store -n shpo";
    let once = clusters.run(line).code(1);
    assert!(once.stderr.starts_with(&format!("error: {absent} shop?")), "{once}");
    assert_eq!(once.stderr.lines().count(), 1, "{once}");
    // One that exists and has no HPA is none.
    let empty = clusters.run("monitor --once --no-store -n kube-public").code(0);
    assert!(empty.stderr.starts_with("note: no HPA found in namespace kube-public"), "{empty}");
    // A session says it once, and goes on.
    for command in ["monitor --no-store --no-forwards", "hpa watch"] {
        let line = format!("{command} -n shpo --interval 1s");
        let path = clusters.sandbox.path("files/errors");
        let errors = fs::File::create(&path).unwrap();
        let running = clusters.watchdog(line.split_whitespace()).stderr(errors).start();
        let said = || fs::read_to_string(&path).unwrap().matches(absent).count();
        until("it is said", || (said() > 0).then_some(()));
        let wanted = clusters.hpa_requests("staging") + 3;
        until("further scans", || (clusters.hpa_requests("staging") >= wanted).then_some(()));
        running.signal(Signal::SIGINT);
        running.wait().code(0);
        assert_eq!(said(), 1, "{command}");
    }
}
