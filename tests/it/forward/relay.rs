//! What a client of the local port experiences: while kubectl is replaced, under load, after idle
//! times, and with a real Prometheus.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::support::{
    Forwards, PROMETHEUS, between, connect, echo, free, healthy, kubectls, number, prometheus,
    request, sigkill, text, until, wrapped,
};

const ECHO: &str = "svc/echo 80 -n default";

#[test]
fn a_connection_made_while_kubectl_restarts_waits_and_is_served() {
    let forwards = Forwards::new();
    let hold = forwards.clusters.sandbox.write("hold", "");
    let _ = std::fs::remove_file(&hold);
    let body =
        format!("while [ -e {} ]; do sleep 0.02; done; exec \"$REAL\" \"$@\"", hold.display());
    let script = wrapped(&forwards, &body);
    let port = forwards.start(&format!("{PROMETHEUS} --kubectl {script}"));
    std::fs::write(&hold, "").unwrap();
    sigkill(forwards.kubectl("prometheus-server"));
    forwards.becomes("prometheus-server", "reconnecting");
    thread::scope(|scope| {
        let clients: Vec<_> = (0..10).map(|_| scope.spawn(|| healthy(port))).collect();
        until("all of them wait", || {
            let open = number(&forwards.forward("prometheus-server")["openConnections"]);
            (open == 10).then_some(())
        });
        assert!(!clients.iter().any(thread::ScopedJoinHandle::is_finished));
        std::fs::remove_file(&hold).unwrap();
    });
}

/// One client after another while kubectl's connection to the pod is cut repeatedly: each of them
/// is answered.
#[test]
fn clients_do_not_notice_cut_connections_to_the_pod() {
    for kubectl in kubectls() {
        for websockets in [true, false] {
            let forwards = Forwards::new();
            let cluster = forwards.clusters.cluster("production");
            cluster.set_forward_websockets(websockets);
            let port = forwards
                .start(&format!("{PROMETHEUS} --retry-idempotent --kubectl {}", kubectl.display()));
            let (over, served) = (AtomicBool::new(false), AtomicUsize::new(0));
            let mut failures = Vec::new();
            thread::scope(|scope| {
                let client = scope.spawn(|| {
                    let mut failures = Vec::new();
                    while !over.load(Ordering::Relaxed) {
                        match request(port, "/-/healthy") {
                            Ok(answer) if answer.starts_with("HTTP/1.1 200") => {
                                served.fetch_add(1, Ordering::Relaxed);
                            }
                            other => failures.push(format!("{served:?} served, then {other:?}")),
                        }
                    }
                    failures
                });
                for cuts in 1..=3 {
                    cluster.cut_forwards();
                    until("kubectl is replaced", || {
                        let forward = forwards.becomes("prometheus-server", "ready");
                        (number(&forward["restarts"]) >= cuts).then_some(())
                    });
                    // Each cut must meet new connections.
                    let before = served.load(Ordering::Relaxed);
                    until("a few more are served, or fail", || {
                        let enough = served.load(Ordering::Relaxed) >= before + 3;
                        (enough || client.is_finished()).then_some(())
                    });
                }
                over.store(true, Ordering::Relaxed);
                failures = client.join().unwrap();
            });
            let served = served.into_inner();
            assert!(served > 3, "{}: {served} requests were served", kubectl.display());
            assert!(
                failures.is_empty(),
                "{}, websockets {websockets}: {} of {served}: {failures:#?}\n{}",
                kubectl.display(),
                failures.len(),
                forwards.run("why prometheus-server").stdout
            );
        }
    }
}

#[test]
fn a_deleted_pod_is_replaced_and_the_next_connection_served() {
    for websockets in [true, false] {
        let forwards = Forwards::new();
        let cluster = forwards.clusters.cluster("production");
        cluster.set_forward_websockets(websockets);
        let port = forwards.start(&format!("{PROMETHEUS} --retry-idempotent"));
        healthy(port);
        let log = cluster.requests();
        let request = log.iter().rev().find_map(|line| {
            let path = line.split_once("/namespaces/monitoring/pods/")?.1;
            Some(path.split_once("/portforward")?.0.to_owned())
        });
        let pod = request.expect("kubectl asked for the port-forward of a pod");
        assert!(cluster.delete_pod("monitoring", &pod));
        healthy(port);
        let forward = forwards.becomes("prometheus-server", "ready");
        assert!(number(&forward["restarts"]) >= 1, "{forward}");
        assert_eq!(forward["localPort"], port);
    }
}

#[test]
fn two_hundred_connections_at_once() {
    let forwards = Forwards::new();
    let port = forwards.start(ECHO);
    let mut streams: Vec<TcpStream> = (0..200).map(|_| connect(port).unwrap()).collect();
    for round in 0..3 {
        for (number, stream) in streams.iter_mut().enumerate() {
            echo(stream, &format!("round {round} of {number}")).unwrap();
        }
    }
    let forward = forwards.forward("echo");
    assert_eq!(
        (number(&forward["openConnections"]), number(&forward["totalConnections"])),
        (200, 200)
    );
    drop(streams);
    until("all are closed", || (forwards.forward("echo")["openConnections"] == 0).then_some(()));
    echo(&mut connect(port).unwrap(), "and one more").unwrap();
    assert_eq!(forwards.forward("echo")["restarts"], 0);
}

/// More connections than may wait at one time, while there is no kubectl.
#[test]
fn three_hundred_connections_wait_for_kubectl() {
    let forwards = Forwards::new();
    let port = forwards.start(ECHO);
    sigkill(forwards.kubectl("echo"));
    let mut streams: Vec<TcpStream> = (0..300).map(|_| connect(port).unwrap()).collect();
    for (number, stream) in streams.iter_mut().enumerate() {
        echo(stream, &format!("number {number}")).unwrap();
    }
}

#[test]
fn an_open_connection_is_not_idle_even_if_silent() {
    let forwards = Forwards::new();
    let port = forwards.start(&format!("{ECHO} --idle 300ms"));
    let mut stream = connect(port).unwrap();
    echo(&mut stream, "first").unwrap();
    let start = Instant::now();
    until("it has been open for five times the idle time", || {
        let forward = forwards.forward("echo");
        assert_eq!(forward["state"], "ready");
        assert!(forward["idleDeadline"].is_null(), "{forward}");
        (start.elapsed() > Duration::from_millis(1500)).then_some(())
    });
    echo(&mut stream, "and still there").unwrap();
    drop(stream);
    until("it is closed then", || forwards.find("echo").is_none().then_some(()));
    assert!(forwards.run("why echo").stdout.contains("unused, and without leases"));
    free(port);
    forwards.no_kubectl();
}

#[test]
fn a_leased_forward_becomes_dormant_and_wakes() {
    let forwards = Forwards::new();
    let client = forwards.attached(&format!("{PROMETHEUS} --idle 300ms"));
    for _ in 0..2 {
        let forward = forwards.becomes("prometheus-server", "dormant");
        forwards.no_kubectl();
        healthy(u16::try_from(number(&forward["localPort"])).unwrap());
    }
    let (asleep, awake) = ("asleep until the next connection", "woken by a connection");
    let story = forwards.story("prometheus-server");
    let count =
        |words: &str| story.iter().filter(|it| text(&it["message"]).contains(words)).count();
    assert!(count(asleep) >= 2 && count(awake) >= 2, "{story:#?}");
    let ready = forwards.moment("prometheus-server", "ready at").unwrap();
    let slept = until("it sleeps again", || {
        forwards.moment("prometheus-server", asleep).filter(|moment| *moment > ready)
    });
    assert!(between(ready, slept) >= Duration::from_millis(250));
    // So does a request for its endpoint or its variables.
    for verb in ["endpoint", "env"] {
        forwards.becomes("prometheus-server", "dormant");
        forwards.run(&format!("{verb} prometheus-server")).code(0);
    }
    until("it was woken twice", || {
        let story = forwards.story("prometheus-server");
        let woken =
            |it: &&Value| text(&it["message"]).contains("woken: its endpoint was requested");
        (story.iter().filter(woken).count() == 2).then_some(())
    });
    client.signal(Signal::SIGINT);
    client.wait().code(0);
}

/// The client sends everything, then reads.
#[test]
fn each_side_may_end_before_the_other() {
    let forwards = Forwards::new();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let cluster = forwards.clusters.cluster("production");
    cluster.forward_target("monitoring", "prometheus-server", 9090, listener.local_addr().unwrap());
    let port = forwards.start(PROMETHEUS);
    // The server ends first and continues to read.
    let mut client = connect(port).unwrap();
    client.write_all(b"question").unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let mut read = [0; 8];
    server.read_exact(&mut read).unwrap();
    assert_eq!(&read, b"question");
    server.write_all(b"answer").unwrap();
    // The client's end is passed on to the server, and the server's later bytes still arrive.
    client.shutdown(Shutdown::Write).unwrap();
    let mut rest = Vec::new();
    server.read_to_end(&mut rest).unwrap();
    assert!(rest.is_empty());
    // kubectl closes the whole connection a moment after one side has ended; everything sent before
    // must arrive.
    drop(server);
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "answer");
}

#[test]
fn large_transfers_arrive_unchanged() {
    let forwards = Forwards::new();
    let port = forwards.start(ECHO);
    let bytes: Vec<u8> =
        (0..4_000_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut stream = connect(port).unwrap();
    let mut sender = stream.try_clone().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| sender.write_all(&bytes).unwrap());
        let mut back = vec![0; bytes.len()];
        stream.read_exact(&mut back).unwrap();
        assert!(back == bytes);
    });
    drop((stream, sender));
    let forward = until("it is counted", || {
        let forward = forwards.forward("echo");
        (forward["openConnections"] == 0).then_some(forward)
    });
    assert_eq!((&forward["bytesIn"], &forward["bytesOut"]), (&4_000_000.into(), &4_000_000.into()));
}

/// An application that closes silently, or resets, is not hidden: the client notices, and kubectl
/// stays or is restarted.
#[test]
fn closes_and_resets_of_the_application_reach_the_client() {
    let forwards = Forwards::new();
    let port = forwards.start("svc/hangup 80 -n default");
    for _ in 0..3 {
        let mut stream = connect(port).unwrap();
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        assert!(all.is_empty());
    }
    let port = forwards.start("svc/reset 80 -n default");
    for _ in 0..2 {
        let mut stream = connect(port).unwrap();
        let _ = stream.write_all(b"x");
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
        assert!(all.is_empty());
    }
    forwards.becomes("reset", "ready");
}

/// The complete body of a chunked answer.
fn body_of_chunks(answer: &str) -> String {
    let (head, mut rest) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.to_ascii_lowercase().contains("transfer-encoding: chunked"), "{head}");
    let mut body = String::new();
    loop {
        let (length, chunk) = rest.split_once("\r\n").expect("the length of a chunk");
        let length = usize::from_str_radix(length, 16).expect("a length in hexadecimal");
        if length == 0 {
            return body;
        }
        body.push_str(&chunk[..length]);
        rest = &chunk[length + 2..];
    }
}

/// Debian's `prometheus`, scraping itself, queried through a forward.
#[test]
fn a_real_prometheus_is_queried_through_a_forward() {
    let Ok(program) = which::which("prometheus") else {
        eprintln!(
            "not run: a_real_prometheus_is_queried_through_a_forward (no prometheus on PATH)"
        );
        return;
    };
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let (running, address) = prometheus(sandbox, &program, None);
    let cluster = forwards.clusters.cluster("production");
    cluster.forward_target("monitoring", "prometheus-server", 9090, address);
    let port = forwards.start(&format!("{PROMETHEUS} --retry-idempotent"));
    let answer = until("Prometheus has scraped itself", || {
        let answer = request(port, "/api/v1/query?query=up").ok()?;
        answer.contains("\"instance\"").then_some(answer)
    });
    let expected = format!("\"instance\":\"{address}\",\"job\":\"self\"");
    assert!(answer.contains("\"status\":\"success\"") && answer.contains(&expected), "{answer}");
    cluster.cut_forwards();
    let info = request(port, "/api/v1/status/buildinfo").unwrap();
    assert!(info.contains("\"goVersion\""), "{info}");
    // All of its own metrics: a long chunked answer.
    let direct = request(address.port(), "/metrics").unwrap();
    let through = request(port, "/metrics").unwrap();
    let names = |answer: &str| -> BTreeSet<String> {
        let body = body_of_chunks(answer);
        body.lines().filter(|line| line.starts_with("# HELP")).map(str::to_owned).collect()
    };
    let (direct, through) = (names(&direct), names(&through));
    assert!(through.len() > 50, "{through:?}");
    // A metric family may appear between the two requests; none may be missing.
    let missing: Vec<_> = direct.difference(&through).collect();
    assert!(missing.is_empty(), "{} of {}: {missing:?}", through.len(), direct.len());
    assert!(!sandbox.processes().is_empty());
    running.signal(Signal::SIGTERM);
    running.wait();
}
