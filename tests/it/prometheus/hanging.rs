//! The demo's Prometheus behind a server that falls silent: what was answered stays, for an interrupted command as for one
//! that has waited long enough; and behind a proxy.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::since::{configure, row};
use crate::support::{Application, Forwards, Output, Terminal, until};

/// A message of HTTP, with its body.
fn message(reader: &mut BufReader<&TcpStream>) -> io::Result<Option<String>> {
    let mut message = String::new();
    loop {
        let line = message.len();
        if reader.read_line(&mut message)? == 0 {
            return Ok(None);
        }
        if &message[line..] == "\r\n" {
            break;
        }
    }
    let lower = message.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: u64 = length.map_or(0, |length| length.parse().unwrap());
    reader.take(length).read_to_string(&mut message)?;
    Ok(Some(message))
}

/// A server in front of production's Prometheus, of which every request is looked at first. One that is not let pass is
/// never answered.
fn before_prometheus(
    forwards: &Forwards,
    passes: impl Fn(&str) -> bool + Send + Sync + 'static,
) -> (Application, String) {
    let url = forwards.clusters.cluster("production").url();
    let (address, path) =
        url.strip_prefix("http://").unwrap().split_once('/').unwrap_or((&url[7..], ""));
    let address = address.to_owned();
    let path = format!("/{path}/api/v1/namespaces/monitoring/services/prometheus-server:80/proxy");
    let application = Application::new(move |mut stream| {
        let mut reader = BufReader::new(stream);
        while let Some(request) = message(&mut reader)? {
            if !passes(&request) {
                // Until the client leaves.
                io::copy(&mut reader, &mut io::sink())?;
                return Ok(());
            }
            let mut upstream = TcpStream::connect(&address)?;
            // What a proxy is asked for is the whole URL.
            upstream.write_all(request.replace(BEHIND_PROXY, "").as_bytes())?;
            let answer = message(&mut BufReader::new(&upstream))?.unwrap_or_default();
            stream.write_all(answer.as_bytes())?;
        }
        Ok(())
    });
    (application, path.replace("//", "/"))
}

/// Where a server is that only a proxy finds.
const BEHIND_PROXY: &str = "http://prometheus.example";

/// A store that answers no question about the namespace `shop` over a time; and whether it was asked one.
fn silent_about_shop(forwards: &Forwards) -> (Application, Arc<AtomicBool>) {
    let asked = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&asked);
    let (application, path) = before_prometheus(forwards, move |request| {
        let is_silent =
            request.contains("/query_range") && request.contains("namespace%3D%22shop%22");
        noted.fetch_or(is_silent, Ordering::SeqCst);
        !is_silent
    });
    configure(forwards, &format!("http://{}{path}", application.address()));
    (application, asked)
}

#[test]
fn an_interrupted_command_keeps_the_namespaces_that_were_answered() {
    let forwards = Forwards::new();
    let interrupted = |line: &str| -> Output {
        let (_store, asked) = silent_about_shop(&forwards);
        let args = line.split(' ').chain(["--context", "production", "-o", "json"]);
        let running = forwards.watchdog(args).args(["--timeout", "10m"]).start();
        until("the silent namespace is asked about", || asked.load(Ordering::SeqCst).then_some(()));
        running.signal(Signal::SIGINT);
        let output = running.wait().code(130);
        assert!(output.stderr.contains("Prometheus: namespace shop: interrupted"), "{output}");
        // Progress is for a terminal.
        assert!(!output.stderr.contains("queries"), "{output}");
        output
    };
    for line in ["hpa top --since 2h", "hpa get payouts catalog --since 2h"] {
        let json = interrupted(line).json();
        let (answered, silent) = (row(&json, "payouts"), row(&json, "catalog"));
        assert_eq!(answered["history"]["source"], "prometheus", "{line}: {answered}");
        assert_eq!(
            (&silent["history"], &silent["historyUnknown"]),
            (&Value::Null, &json!("interrupted")),
            "{line}"
        );
        let source = &json["sources"][0];
        assert_eq!(source["outcome"], "error", "{source}");
    }
    let json = interrupted("history --source prometheus").json();
    let found = json["hpas"].as_array().unwrap();
    assert!(found.iter().any(|hpa| hpa["namespace"] == "payments"), "{json}");
    assert!(found.iter().all(|hpa| hpa["namespace"] != "shop"), "{json}");
    let json = interrupted("hpa check --source prometheus").json();
    assert!(json["findings"].as_array().unwrap().len() > 20, "{json}");
}

#[test]
fn a_terminal_shows_how_many_queries_are_answered() {
    let forwards = Forwards::new();
    let (_store, asked) = silent_about_shop(&forwards);
    let terminal = Terminal::new(100, 30);
    let args = ["hpa", "top", "--context", "production", "--since", "2h", "--timeout", "10m"];
    let running = forwards.watchdog(args).stderr(terminal.stdio()).start();
    let mut screen = terminal.watched();
    screen.shows("Prometheus: queries ");
    until("the silent namespace is asked about", || asked.load(Ordering::SeqCst).then_some(()));
    running.signal(Signal::SIGINT);
    let output = running.wait().code(130);
    assert!(output.stdout.contains("payouts"), "{output}");
    let text = screen.text();
    let (_, after) = text.rsplit_once("\r\x1b[K").expect("the line is cleared");
    assert!(!after.contains("queries"), "{text:?}");
    assert!(after.contains("production: Prometheus: namespace shop: interrupted"), "{text:?}");
}

#[test]
fn a_store_that_falls_silent_is_named_and_the_rest_is_whole() {
    let forwards = Forwards::new();
    let (_store, _) = silent_about_shop(&forwards);
    for line in ["hpa top --since 2h", "hpa get payouts catalog --since 2h"] {
        let args = line.split(' ').chain(["--context", "production", "-o", "json"]);
        let output = forwards.watchdog(args).args(["--timeout", "8s"]).run().code(3);
        let (before, after) = ("production: Prometheus: http://127.0.0.1:", "no answer within 8s");
        let mut lines = output.stderr.lines();
        let shop = format!(": namespace shop: {after}");
        assert!(lines.any(|it| it.contains(before) && it.ends_with(&shop)), "{output}");
        let json = output.json();
        let (answered, silent) = (row(&json, "payouts"), row(&json, "catalog"));
        assert_eq!(answered["history"]["source"], "prometheus", "{line}: {answered}");
        assert_eq!(
            (&silent["history"], &silent["historyUnknown"]),
            (&Value::Null, &json!(after)),
            "{line}"
        );
        assert_eq!(
            (&silent["maxReplicas"], &json["sources"][0]["outcome"]),
            (&json!(6), &json!("error"))
        );
    }
    // One that is silent from the beginning.
    let (store, path) = before_prometheus(&forwards, |_| false);
    configure(&forwards, &format!("http://{}{path}", store.address()));
    for line in ["hpa top --since 2h", "hpa get catalog --since 2h"] {
        let args = line.split(' ').chain(["--context", "production"]);
        let output = forwards.watchdog(args).args(["--timeout", "8s"]).run().code(3);
        assert!(output.stderr.contains("no answer within 8s"), "{output}");
        assert!(output.stdout.contains("catalog"), "{output}");
    }
}

#[test]
fn a_server_behind_a_proxy_is_reached_through_it() {
    let forwards = Forwards::new();
    let is_authorized = Arc::new(AtomicBool::new(true));
    let noted = Arc::clone(&is_authorized);
    let (proxy, path) = before_prometheus(&forwards, move |request| {
        let lower = request.to_lowercase();
        // me:s3cret
        let is_authorized = lower.contains("\r\nproxy-authorization: basic bwu6cznjcmv0\r\n");
        noted.fetch_and(is_authorized && request.contains(BEHIND_PROXY), Ordering::SeqCst);
        true
    });
    configure(&forwards, &format!("{BEHIND_PROXY}{path}"));
    let args = ["prometheus", "test", "--context", "production"];
    let run = |proxy: &str| forwards.watchdog(args).env("http_proxy", proxy).run();
    let output = run(&format!("http://me:s3cret@{}", proxy.address())).code(0);
    assert!(output.stdout.contains("base tier"), "{output}");
    assert!(is_authorized.load(Ordering::SeqCst));
    // Nothing listens there.
    let output = run("http://me:s3cret@127.0.0.1:1").code(3);
    let (why, shown) = ("(through the proxy 127.0.0.1:1 of HTTP_PROXY)", output.both());
    assert!(shown.contains(why) && !shown.contains("s3cret"), "{output}");
    // What is on this machine is reached without it.
    configure(&forwards, &format!("http://{}{path}", proxy.address()));
    run("http://127.0.0.1:1").code(0);
}

#[test]
fn an_interrupted_test_of_stores_is_a_whole_document() {
    let forwards = Forwards::new();
    let asked = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&asked);
    let (store, path) = before_prometheus(&forwards, move |_| {
        noted.store(true, Ordering::SeqCst);
        false
    });
    configure(&forwards, &format!("http://{}{path}", store.address()));
    let args = ["prometheus", "test", "-o", "json", "--timeout", "10m"];
    let running = forwards.watchdog(args).start();
    until("the store is asked", || asked.load(Ordering::SeqCst).then_some(()));
    running.signal(Signal::SIGINT);
    let json = running.wait().code(130).json();
    let errors: Vec<_> = json["stores"].as_array().unwrap().iter().map(|it| &it["error"]).collect();
    assert_eq!(errors, ["interrupted"; 2], "{json}");
}

#[test]
fn a_silent_server_of_several_clusters_is_waited_for_once() {
    let forwards = Forwards::new();
    let asked = Arc::new(AtomicUsize::new(0));
    let noted = Arc::clone(&asked);
    let (store, path) = before_prometheus(&forwards, move |_| {
        noted.fetch_add(1, Ordering::SeqCst);
        false
    });
    configure(&forwards, &format!("http://{}{path}", store.address()));
    let args = ["prometheus", "test", "-o", "json", "--timeout", "2s"];
    let json = forwards.watchdog(args).run().code(3).json();
    let errors: Vec<_> = json["stores"].as_array().unwrap().iter().map(|it| &it["error"]).collect();
    assert_eq!(errors, ["no answer within 2s"; 2], "{json}");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}
