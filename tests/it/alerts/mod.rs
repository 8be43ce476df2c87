//! Alerts of HPAs, from a real Alertmanager, a real Prometheus, and servers that misbehave.

mod read;
mod send;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::support::{Running, Sandbox, request, until};

/// A real Alertmanager with a port and a directory of its own.
pub struct Alertmanager {
    pub port: u16,
    running: Option<Running>,
}

/// Inhibits alerts called Victim while one called Inhibitor fires.
const CONFIG: &str = "\
route: {receiver: none}
receivers: [{name: none}]
inhibit_rules:
- source_matchers: [alertname=Inhibitor]
  target_matchers: [alertname=Victim]
";

impl Alertmanager {
    /// Starts Debian's; `None` where it is not installed.
    pub fn start(sandbox: &Sandbox) -> Option<Self> {
        let Ok(program) = which::which("prometheus-alertmanager") else {
            eprintln!("not run: a test of alerts (no prometheus-alertmanager on PATH)");
            return None;
        };
        // Free a moment ago; if another process takes it meanwhile, Alertmanager ends and the test fails.
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let config = sandbox.write(&format!("alertmanager-{port}.yml"), CONFIG);
        let running = sandbox
            .command(program)
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.path={}", sandbox.path(&format!("alerts-{port}")).display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .arg("--cluster.listen-address=")
            .start();
        until("Alertmanager is ready", || {
            request(port, "/-/ready").ok().filter(|answer| answer.contains(" 200 "))
        });
        Some(Self { port, running: Some(running) })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Posts alerts with these labels; they fire for five minutes.
    pub fn fire(&self, alerts: &[&[(&str, &str)]]) {
        let alert = |labels: &&[(&str, &str)]| {
            let labels: serde_json::Map<String, Value> =
                labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            json!({"labels": labels, "annotations": {"summary": "it is so"}})
        };
        let alerts: Vec<Value> = alerts.iter().map(alert).collect();
        self.post("/api/v2/alerts", &json!(alerts));
        until("the alerts are there", || {
            let all = self.alerts();
            alerts
                .iter()
                .all(|it| all.iter().any(|all| all["labels"] == it["labels"]))
                .then_some(())
        });
    }

    /// Ends the alert with these labels.
    pub fn resolve(&self, labels: &[(&str, &str)]) {
        let labels: serde_json::Map<String, Value> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let now = jiff::Timestamp::now();
        let begun = now - jiff::SignedDuration::from_hours(1);
        let alert =
            json!({"labels": labels, "startsAt": begun.to_string(), "endsAt": now.to_string()});
        self.post("/api/v2/alerts", &json!([alert]));
        until("the alert has ended", || {
            self.alerts().iter().all(|it| it["labels"] != json!(labels)).then_some(())
        });
    }

    /// Silences alerts of this name.
    pub fn silence(&self, alertname: &str) {
        let now = jiff::Timestamp::now();
        let end = now + jiff::SignedDuration::from_hours(1);
        let matcher = json!({"name": "alertname", "value": alertname, "isRegex": false});
        let silence = json!({"matchers": [matcher], "startsAt": now.to_string(), "endsAt": end.to_string(),
            "createdBy": "test", "comment": "test"});
        self.post("/api/v2/silences", &silence);
        until("the silence is in force", || {
            let mut all =
                self.alerts().into_iter().filter(|it| it["labels"]["alertname"] == alertname);
            all.any(|it| it["status"]["state"] == "suppressed").then_some(())
        });
    }

    /// What it has.
    pub fn alerts(&self) -> Vec<Value> {
        let answer = request(self.port, "/api/v2/alerts").unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(&dechunked(body)).unwrap()
    }

    fn post(&self, path: &str, body: &Value) {
        let body = body.to_string();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all((head + &body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 "), "{answer}");
    }
}

/// A body that may be in chunks.
fn dechunked(body: &str) -> String {
    if body.trim_start().starts_with(['[', '{']) {
        return body.to_owned();
    }
    let (mut rest, mut whole) = (body, String::new());
    while let Some((size, more)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        whole.push_str(&more[..size]);
        rest = &more[size + 2..];
    }
    whole
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.signal(Signal::SIGTERM);
            running.wait();
        }
    }
}

/// Reads a whole request: a connection that is closed before loses its answer.
fn read_request(stream: &mut TcpStream) {
    let mut request = Vec::new();
    let mut buffer = [0; 16 << 10];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
            break;
        }
    }
}

/// A server that answers every connection alike, or never (an empty answer).
pub fn answering(answer: &'static str) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if answer.is_empty() {
                silent.push(stream);
                continue;
            }
            read_request(&mut stream);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}
