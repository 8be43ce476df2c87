//! What goes wrong around a session, and must not go wrong in it.

use std::fs;
use std::io::Read as _;
use std::net::TcpStream;

use nix::sys::signal::Signal;
use serde_json::Value;
use watchdog::demo::Fault;

use super::{CONFIG, Session, served};
use crate::support::{Clusters, Forwards, Terminal, hpas, kubectl, request, text, until};

fn ended(told: &[Value]) -> Vec<&Value> {
    told.iter().filter(|it| it["event"] == "ended").collect()
}

#[test]
fn what_comes_and_stays_begins_and_what_goes_and_stays_away_ends() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    // Their targets do not exist, which is found.
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
    let tells = |event: &str, hpa: &str| {
        session.tells(&format!("{event} {hpa}"), |it| {
            it["event"] == event
                && it["finding"]["id"] == "target-missing"
                && it["finding"]["hpa"] == hpa
        })
    };
    assert_eq!(tells("present", "api")["since"], Value::Null);
    becomes(&[("api", 1), ("web", 3)]);
    let began = tells("began", "web");
    let at = |event: &Value, key: &str| text(&event[key]).parse::<jiff::Timestamp>().unwrap();
    assert!(at(&began, "since") < at(&began, "at"), "it was there twice: {began}");
    becomes(&[("web", 5)]);
    tells("ended", "api");
    let scaled = session.tells("web is scaled", |it| it["event"] == "scaled");
    assert_eq!((&scaled["from"], &scaled["to"]), (&3.into(), &5.into()));
    let look = session.told().into_iter().rev().find(|it| it["event"] == "scan").unwrap();
    assert_eq!(look["hpas"].as_array().unwrap().len(), 1);
    session.ends(Signal::SIGTERM, 143);
}

#[test]
fn a_namespace_that_cannot_be_read_ends_nothing() {
    const HPAS: &str = "/apis/autoscaling/v2/";
    let forwards = Forwards::new();
    let production = forwards.clusters.cluster("production");
    // Each namespace is read by itself where the whole list is forbidden.
    production.add_fault(&format!("{HPAS}horizontalpodautoscalers"), Fault::Status(403));
    let flags = "--no-forwards --cluster production -n shop -n payments";
    let session = Session::start(&forwards, flags);
    session.tells("a finding in payments", |it| {
        it["event"] == "present" && it["finding"]["namespace"] == "payments"
    });
    production.add_fault(&format!("{HPAS}namespaces/payments/"), Fault::Status(503));
    let failed = |it: &Value| it["event"] == "scan" && it["clusters"][0]["outcome"] == "error";
    until("four scans without payments", || {
        (session.told().iter().filter(|it| failed(it)).count() >= 4).then_some(())
    });
    let told = session.told();
    assert!(ended(&told).is_empty(), "{:#?}", ended(&told));
    session.ends(Signal::SIGTERM, 143);
}

/// What the others have to say is told while it is still waited for.
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
        let told = until("a finding in staging", || {
            let told = fs::read_to_string(&path).unwrap();
            told.contains("metrics-unavailable").then_some(told)
        });
        assert!(!told.contains("\"look\"") && !told.contains("  look  "), "{told}");
        running.signal(Signal::SIGTERM);
        running.wait().code(143);
    }
}

/// Whatever order they answer in: the look is whole, in their order, and everything is told once.
#[test]
fn a_cluster_that_is_slow_belongs_to_the_look_all_the_same() {
    let forwards = Forwards::new();
    let slow = Fault::Latency(std::time::Duration::from_secs(5));
    let list = "/apis/autoscaling/v2/horizontalpodautoscalers";
    forwards.clusters.cluster("production").add_fault(list, slow);
    let words = "monitor --no-forwards --timeout 1h --interval 1m -o jsonl".split_whitespace();
    let session = Session::of(&forwards, forwards.watchdog(words));
    let look = session.tells("a scan", |it| it["event"] == "scan");
    let names = |key: &str| -> Vec<String> {
        let list = look[key].as_array().unwrap();
        list.iter()
            .map(|it| text(&it[if key == "hpas" { "cluster" } else { "name" }]).to_owned())
            .collect()
    };
    assert_eq!(names("clusters"), ["production", "staging"]);
    let hpas = names("hpas");
    assert!(hpas.is_sorted() && hpas.contains(&"production".to_owned()), "{hpas:?}");
    assert_eq!(look["snapshot"], 1);
    let kept = forwards.clusters.run("snapshot show 1 -o name").code(0).lines().len();
    assert_eq!(kept, hpas.len());
    let severities = ["error", "warning", "info"].map(|it| look["findings"][it].as_u64().unwrap());
    let wrong = usize::try_from(severities.iter().sum::<u64>()).unwrap();
    until("all of it is told", || {
        let told = session.told();
        (told.iter().filter(|it| it["event"] == "present").count() >= wrong).then_some(())
    });
    let told = session.told();
    let present: Vec<&Value> = told.iter().filter(|it| it["event"] == "present").collect();
    assert_eq!(present.len(), wrong, "nothing is told twice");
    assert!(present.iter().all(|it| it["at"] == look["at"]), "{look}");
    let of = |cluster: &str| told.iter().position(|it| it["finding"]["cluster"] == cluster);
    let end = told.iter().position(|it| it["event"] == "scan");
    let order = of("staging") < of("production") && of("production") < end;
    assert!(order, "all events of a scan come before it, those of the slow cluster last");
    session.ends(Signal::SIGTERM, 143);
}

/// Clusters that take all the slots and answer nothing use up their own time only.
#[test]
fn who_waits_for_a_slot_is_asked_in_the_end() {
    let forwards = Forwards::new();
    forwards.clusters.sandbox.configure(&format!("{CONFIG}clusters: {{max_parallel: 1}}\n"));
    forwards.clusters.cluster("production").set_fault(Some(Fault::Hang));
    let session = Session::start(&forwards, "--no-forwards");
    let look = session.tells("a scan", |it| it["event"] == "scan");
    assert_eq!(look["clusters"][0]["error"]["kind"], "timeout", "{look}");
    assert_eq!(look["clusters"][1]["outcome"], "ok", "{look}");
    session.ends(Signal::SIGTERM, 143);
}

/// A configuration that is wrong changes nothing: neither is anything held twice.
#[test]
fn a_reload_that_fails_leaves_the_leases_as_they_are() {
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "");
    for role in ["prometheus", "alertmanager"] {
        for cluster in ["production", "staging"] {
            session.tells("an endpoint", |it| {
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
        session.scans_again(2);
    }
    forwards.clusters.sandbox.configure(CONFIG);
    assert_eq!(leases(), [1, 1, 1, 1]);
    session.ends(Signal::SIGTERM, 143).says("keeping the previous configuration");
    forwards.no_kubectl();
}

/// What is said on a terminal that Ctrl-S stopped must not stop who says it.
#[test]
fn a_stopped_standard_error_stops_no_session() {
    let forwards = Forwards::new();
    let terminal = Terminal::new(80, 24);
    let words = ["monitor", "--interval", "1s", "-o", "jsonl", "--no-forwards"];
    let run = forwards.watchdog(words).stderr(terminal.stdio());
    let session = Session::of(&forwards, run);
    session.tells("a scan", |it| it["event"] == "scan");
    terminal.hold(true);
    forwards.clusters.sandbox.configure("nonsense: 1\n");
    for _ in 0..3 {
        session.running.signal(Signal::SIGHUP);
        session.scans_again(2);
    }
    session.ends(Signal::SIGTERM, 143);
}

/// A pipe that is read late gets all of it.
#[test]
fn a_slow_reader_of_one_look_gets_all_of_it() {
    // More than a pipe takes.
    let clusters = Clusters::small(1, 800);
    let (mut reader, writer) = std::io::pipe().unwrap();
    let line = "monitor --once --no-store --no-forwards -o jsonl --timeout 2m";
    let running = clusters.watchdog(line.split_whitespace()).stdout(writer).start();
    until("the pipe is full", || {
        (rustix::io::ioctl_fionread(&reader).unwrap() > 50_000).then_some(())
    });
    // A while that is long to a program that waits for its end.
    clusters.run("hpa list -o name --timeout 2m").code(0);
    let mut all = String::new();
    reader.read_to_string(&mut all).unwrap();
    running.wait().code(0);
    let lines: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let look = lines.iter().find(|it| it["event"] == "scan").unwrap();
    let told: u64 = ["error", "warning", "info"]
        .map(|severity| look["findings"][severity].as_u64().unwrap())
        .iter()
        .sum();
    let began = lines.iter().filter(|it| it["event"] == "present").count();
    assert_eq!(u64::try_from(began).unwrap(), told);
}

/// Who holds all the connections cannot hold them for long, and the next one is told so.
#[test]
fn nobody_keeps_the_metrics_from_others() {
    let forwards = Forwards::new();
    let session = Session::start(&forwards, "--no-forwards --metrics-listen 127.0.0.1:0");
    let port = served(&session);
    session.tells("a scan", |it| it["event"] == "scan");
    let connect = |_| TcpStream::connect(("127.0.0.1", port)).unwrap();
    let silent: Vec<TcpStream> = (0..16).map(connect).collect();
    // Those before it are taken first.
    until("it is full", || {
        request(port, "/metrics").ok().filter(|answer| answer.starts_with("HTTP/1.1 503"))
    });
    until("it is free again", || {
        request(port, "/metrics").ok().filter(|answer| answer.starts_with("HTTP/1.1 200"))
    });
    drop(silent);
    session.ends(Signal::SIGTERM, 143);
}
