//! `watchdog prometheus test`, on the demo clusters with a real Prometheus behind them, and with servers that misbehave.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::thread;

use nix::sys::signal::Signal;
use serde_json::Value;
use watchdog::demo::ForwardFault;

use super::serve;
use crate::support::{Forwards, SHORT, kubectl, kubectl_json, until};

/// The series of a cluster's running pods in the last quarter of an hour, as OpenMetrics text.
fn scraped(forwards: &Forwards, context: &str) -> String {
    let args = ["--context", context, "get", "pods", "-A", "-o", "json"];
    let pods = kubectl_json(&forwards.clusters.sandbox, &kubectl(), &args);
    let now = jiff::Timestamp::now().as_second();
    let mut text = String::new();
    let instance = format!("{context}:8080");
    let mut series = |name: &str, labels: &str| {
        for ago in (0..30).rev() {
            let at = now - 30 * ago;
            writeln!(text, "{name}{{job=\"k\",instance=\"{instance}\"{labels}}} 1 {at}").unwrap();
        }
    };
    for pod in pods["items"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (namespace, name) =
            (text(&pod["metadata"]["namespace"]), text(&pod["metadata"]["name"]));
        let uid = text(&pod["metadata"]["uid"]);
        let of = format!(",namespace=\"{namespace}\",pod=\"{name}\"");
        series("kube_pod_info", &format!("{of},uid=\"{uid}\""));
        series("container_memory_working_set_bytes", &format!("{of},container=\"app\""));
    }
    series(
        "kube_horizontalpodautoscaler_spec_max_replicas",
        ",namespace=\"shop\",horizontalpodautoscaler=\"web\"",
    );
    text
}

#[test]
fn a_clusters_own_prometheus_is_tested_through_a_forward() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let text = scraped(&forwards, "production") + "# EOF\n";
    let Some((running, address)) = serve(sandbox, &text) else { return };
    let cluster = forwards.clusters.cluster("production");
    cluster.forward_target("monitoring", "prometheus-server", 9090, address);
    let run = || forwards.watchdog(["prometheus", "test", "--context", "production", "-o", "json"]);
    let json = run().run().code(0).quiet().json();
    let store = &json["stores"][0];
    assert_eq!((&json["kind"], &store["outcome"]), (&"PrometheusTest".into(), &"ok".into()));
    let source = store["source"].as_str().unwrap();
    assert!(source.starts_with("monitoring/prometheus-server:80 by a forward at 127"), "{source}");
    let series = store["series"].as_array().unwrap();
    let max =
        series.iter().find(|it| it["name"] == "kube_horizontalpodautoscaler_spec_max_replicas");
    assert_eq!(max.unwrap()["count"], 1);
    assert_eq!(
        (&store["objectsEverySeconds"], &store["labels"]["objects"]),
        (&30.into(), &serde_json::json!({}))
    );
    // The forward was held for the command's time.
    until("no forward is left", || {
        forwards.list()["forwards"].as_array().unwrap().is_empty().then_some(())
    });

    let text = forwards.watchdog(["prometheus", "test", "--context", "production"]).run().code(0);
    for expected in [
        "  base tier   2 of 11 series",
        "missing: kube_horizontalpodautoscaler_status_current_replicas",
    ] {
        assert!(text.stdout.contains(expected), "{text}");
    }
    running.signal(Signal::SIGTERM);
    running.wait();
}

/// A kubectl for which the API server's proxy leads to the server at `address`.
fn proxied(forwards: &Forwards, address: SocketAddr) -> PathBuf {
    let real = kubectl();
    let body = format!(
        r#"for arg in "$@"; do case "$arg" in --raw=*/services/prometheus-server:80/proxy/*)
  exec {real} --kubeconfig=/dev/null --server=http://{address} get "--raw=/${{arg#*/proxy/}}";;
esac; done
exec {real} "$@""#,
        real = real.display()
    );
    forwards.clusters.sandbox.script("kubectl", &body)
}

#[test]
fn where_forwards_are_forbidden_the_api_servers_proxy_is_used() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let text = scraped(&forwards, "production") + "# EOF\n";
    let Some((running, address)) = serve(sandbox, &text) else { return };
    let kubectl = proxied(&forwards, address);
    let cluster = forwards.clusters.cluster("production");
    cluster.set_forward_fault(Some(ForwardFault::Refuse(403)));
    let kubectl = kubectl.to_str().unwrap();
    let run = |more: &[&str]| {
        let args =
            ["prometheus", "test", "--context", "production", "-o", "json", "--kubectl", kubectl];
        forwards.watchdog(args.iter().chain(more).copied()).run()
    };
    let expected = "monitoring/prometheus-server:80 by the API server's proxy";
    let json = run(&[]).code(0).json();
    assert_eq!(json["stores"][0]["source"], expected);
    for (source, code) in [("proxy", 0), ("forward", 3)] {
        let config = SHORT.replace("prometheus: {", &format!("prometheus: {{source: {source}, "));
        let config = sandbox.write("config.yaml", config);
        let json = run(&["--config", config.to_str().unwrap()]).code(code).json();
        let store = &json["stores"][0];
        match source {
            "proxy" => assert_eq!(store["source"], expected),
            _ => assert!(store["error"].as_str().unwrap().contains("forbidden"), "{store}"),
        }
    }
    running.signal(Signal::SIGTERM);
    running.wait();
}

#[test]
fn one_store_for_two_clusters_that_no_label_tells_apart_is_an_error() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let text = scraped(&forwards, "production") + &scraped(&forwards, "staging") + "# EOF\n";
    let Some((running, address)) = serve(sandbox, &text) else { return };
    let store = format!("  prometheus: {{url: 'http://{address}/'}}\n");
    sandbox.configure(&format!("monitoring:\n{store}"));
    let output = forwards.watchdog(["prometheus", "test", "-o", "json"]).run().code(3);
    for store in output.json()["stores"].as_array().unwrap() {
        let error = store["error"].as_str().unwrap();
        assert!(error.contains("series of another cluster with the same labels"), "{error}");
    }
    running.signal(Signal::SIGTERM);
    running.wait();
}

#[test]
fn a_pod_that_ended_since_the_last_scrape_is_no_other_clusters() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let mut text = scraped(&forwards, "production");
    let at = jiff::Timestamp::now().as_second() - 20;
    // Its value is the largest: it is what is asked about first.
    writeln!(
        text,
        "kube_pod_info{{job=\"k\",instance=\"production:8080\",namespace=\"shop\",pod=\"ended\",\
         uid=\"0c5\"}} 2 {at}\n# EOF"
    )
    .unwrap();
    let Some((running, address)) = serve(sandbox, &text) else { return };
    sandbox.configure(&format!("monitoring:\n  prometheus: {{url: 'http://{address}/'}}\n"));
    let run = ["prometheus", "test", "--context", "production", "-o", "json"];
    let json = forwards.watchdog(run).run().code(0).json();
    assert_eq!(json["stores"][0]["outcome"], "ok", "{json}");
    running.signal(Signal::SIGTERM);
    running.wait();
}

/// Answers every connection alike.
pub fn answering(answer: &'static str) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 16 << 10];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

#[test]
fn a_server_that_misbehaves_is_named_and_no_secret_is_shown() {
    let forwards = Forwards::new();
    let sandbox = &forwards.clusters.sandbox;
    let headers = sandbox.write("headers", "X-Key: s3cret\n");
    let program = sandbox.script("token", "echo s3cret >&2; echo s3cret");
    for (answer, expected) in [
        (
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            "credentials are missing or not accepted",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "the answer is an HTML page"),
        ("HTTP/1.1 302 Found\r\nLocation: https://login/?s3cret\r\n\r\n", "a redirection to login"),
        ("HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n", "the server answered 422"),
        ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "the server answered 503"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"sta", "the answer was cut off"),
    ] {
        let port = answering(answer);
        sandbox.configure(&format!(
            "monitoring:\n  prometheus: {{url: 'http://127.0.0.1:{port}/prom?key=s3cret', headers_file: {}, \
             headers: {{A: s3cret}}, token_command: [{}, s3cret]}}\n",
            headers.display(),
            program.display()
        ));
        let run = ["prometheus", "test", "--context", "production", "-vv"];
        let output = forwards.watchdog(run).run().code(3);
        assert!(output.stdout.contains(expected), "{output}");
        let shown = output.both();
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
