//! Port-forwards of demo clusters, with timers short enough for a test.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::application::Application;
use super::clusters::Clusters;
use super::kubectl::kubectl;
use super::path::ApiPath;
use super::processes::Marked;
use super::run::{DEADLINE, Output, Run, Running, until};
use super::sandbox::Sandbox;

/// Short times, except for the heartbeat timeout, which a client on a loaded machine must not
/// exceed.
pub const SHORT: &str = "\
monitoring:
  prometheus: {heartbeat_interval_seconds: 1, heartbeat_timeout_seconds: 60, heartbeat_check_seconds: 1}
supervisor: {stop_grace_seconds: 1, restart_max_seconds: 1}
";

/// A target that answers HTTP.
pub const PROMETHEUS: &str = "svc/prometheus-server 80 -n monitoring";

/// A target that echoes, or leads to the application set by [`Forwards::lead_to`].
pub const ECHO: &str = "svc/echo 80 -n default";

/// Demo clusters, and the supervisor of their sandbox, which is stopped at the end of the test.
pub struct Forwards {
    /// The clusters with their sandbox.
    pub clusters: Clusters,
}

impl Forwards {
    /// Without a forward and without a supervisor.
    pub fn new() -> Self {
        let clusters = Clusters::new();
        clusters.sandbox.configure(SHORT);
        Self { clusters }
    }

    /// Like [`Forwards::new`], with clusters below paths.
    pub fn behind_paths() -> Self {
        let clusters = Clusters::behind_paths();
        clusters.sandbox.configure(SHORT);
        Self { clusters }
    }

    /// Like [`Forwards::new`], with the default pauses between restarts.
    pub fn with_usual_pauses() -> Self {
        let forwards = Self::new();
        forwards.clusters.sandbox.configure(&SHORT.replace(", restart_max_seconds: 1", ""));
        forwards
    }

    /// Sets the application to which [`ECHO`] leads.
    pub fn lead_to(&self, application: &Application) {
        let cluster = self.clusters.cluster("production");
        cluster.forward_target("default", "echo", 8080, application.address());
    }

    /// Puts a proxy between kubectl and production's API server.
    pub fn through(&self) -> ApiPath {
        let cluster = self.clusters.cluster("production");
        let path = ApiPath::to(cluster);
        let kubeconfig = self.clusters.demo().kubeconfig().replace(&cluster.url(), &path.url());
        self.clusters.sandbox.kubeconfig(&kubeconfig);
        path
    }

    /// Like [`Forwards::new`], with a heartbeat timeout of this many seconds.
    pub fn impatient(seconds: u32) -> Self {
        let forwards = Self::new();
        let config = SHORT.replace("timeout_seconds: 60", &format!("timeout_seconds: {seconds}"));
        forwards.clusters.sandbox.configure(&config);
        forwards
    }

    /// The program under test.
    pub fn watchdog<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Run {
        self.clusters.watchdog(args)
    }

    /// Runs `watchdog forward …`; the line has no quotes.
    pub fn run(&self, line: &str) -> Output {
        self.prepare(line).run()
    }

    /// A run of `watchdog forward …` that is not started yet.
    pub fn prepare(&self, line: &str) -> Run {
        self.watchdog(["forward"].into_iter().chain(line.split_whitespace()))
    }

    /// Starts an attached client; returns once it reports that the forward is ready.
    pub fn attached(&self, line: &str) -> Running {
        let running = self.prepare(&format!("start --local-port 0 -o jsonl {line}")).start();
        running.says("\n");
        running
    }

    /// Starts a forward without a lease on any free port; returns the port.
    #[track_caller]
    pub fn start(&self, line: &str) -> u16 {
        let output = self.run(&format!("start -d --local-port 0 {line}")).code(0);
        port_of(output.stdout.trim())
    }

    /// The output of `forward list -o json`.
    #[track_caller]
    pub fn list(&self) -> Value {
        self.run("list -o json").code(0).json()
    }

    /// The forward of that name in the list, if any.
    pub fn find(&self, name: &str) -> Option<Value> {
        let list = self.list();
        list["forwards"].as_array().unwrap().iter().find(|it| it["name"] == name).cloned()
    }

    /// The forward of that name, which must exist.
    #[track_caller]
    pub fn forward(&self, name: &str) -> Value {
        self.find(name).unwrap_or_else(|| panic!("no forward is named {name}"))
    }

    /// Waits until the forward has that state.
    pub fn becomes(&self, name: &str, state: &str) -> Value {
        until(&format!("{name} becomes {state}"), || {
            self.find(name).filter(|forward| forward["state"] == state)
        })
    }

    /// Waits until the forward is ready after at least this many restarts. The state `ready` alone
    /// is not enough right after killing a kubectl: the supervisor may not have noticed yet.
    pub fn restarted(&self, name: &str, restarts: u64) -> Value {
        until(&format!("{name} is ready after {restarts} restarts"), || {
            let forward = self.find(name)?;
            let done = forward["state"] == "ready" && number(&forward["restarts"]) >= restarts;
            done.then_some(forward)
        })
    }

    /// The events of the forward, from `forward why -o json`.
    #[track_caller]
    pub fn story(&self, name: &str) -> Vec<Value> {
        let story = self.run(&format!("why {name} -o json")).code(0).json();
        story["story"]["events"].as_array().unwrap().clone()
    }

    /// When an event with `words` last happened.
    pub fn moment(&self, name: &str, words: &str) -> Option<jiff::Timestamp> {
        let events = self.story(name);
        let found = events.iter().rev().find(|it| text(&it["message"]).contains(words))?;
        text(&found["at"]).parse().ok()
    }

    /// The supervisor's process.
    pub fn supervisor(&self) -> Pid {
        pid(&self.list()["supervisor"]["pid"])
    }

    /// The guard's process.
    pub fn guard(&self) -> Pid {
        pid(&self.list()["supervisor"]["guardPid"])
    }

    /// The process id of a forward's kubectl.
    pub fn kubectl(&self, name: &str) -> Pid {
        pid(&self.forward(name)["pid"])
    }

    /// The port-forward processes of the sandbox.
    pub fn kubectls(&self) -> Vec<Marked> {
        let mut all = self.clusters.sandbox.processes();
        all.retain(|process| {
            process.command.contains("port-forward") && !process.command.contains("/watchdog ")
        });
        all
    }

    /// Waits until there is no port-forward process.
    pub fn no_kubectl(&self) {
        until("no kubectl forwards", || self.kubectls().is_empty().then_some(()));
    }

    /// Asserts that a failed start has left no forward and no process.
    #[track_caller]
    pub fn nothing_forwards(&self) {
        assert_eq!(self.list()["forwards"].as_array().map(Vec::len), Some(0));
        self.no_kubectl();
    }

    /// Waits until no process runs in the sandbox.
    pub fn nothing(&self) {
        let sandbox = &self.clusters.sandbox;
        until("nothing runs", || sandbox.processes().is_empty().then_some(()));
    }

    /// Waits until none of these processes exists.
    pub fn gone(&self, pids: &[Pid]) {
        let here = || self.clusters.sandbox.processes();
        until("the processes are gone", || {
            (!here().iter().any(|process| pids.contains(&process.pid))).then_some(())
        });
    }
}

impl Drop for Forwards {
    fn drop(&mut self) {
        // The sandbox finds processes that do not end with the supervisor.
        let _ = self.watchdog(["supervisor", "stop"]).run();
    }
}

/// Kills the process.
pub fn sigkill(pid: Pid) {
    kill(pid, Signal::SIGKILL).unwrap_or_else(|error| panic!("kill {pid}: {error}"));
}

/// A script that runs `body` before kubectl; `$REAL` is the kubectl on PATH.
pub fn wrapped(forwards: &Forwards, body: &str) -> String {
    let script = format!("REAL={}\n{body}", kubectl().display());
    forwards.clusters.sandbox.script("wrapped", &script).to_str().unwrap().to_owned()
}

/// The port of `http://127.0.0.1:PORT`.
#[track_caller]
pub fn port_of(endpoint: &str) -> u16 {
    let port = endpoint.strip_prefix("http://127.0.0.1:");
    port.and_then(|port| port.parse().ok()).unwrap_or_else(|| panic!("no endpoint: {endpoint:?}"))
}

/// A string of a document.
#[track_caller]
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// A number of a document.
#[track_caller]
pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[track_caller]
fn pid(value: &Value) -> Pid {
    Pid::from_raw(i32::try_from(number(value)).unwrap())
}

/// Connects to a local port.
pub fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(DEADLINE))?;
    Ok(stream)
}

/// Sends one request, without any retry; returns the complete answer.
pub fn request(port: u16, path: &str) -> io::Result<String> {
    let mut stream = connect(port)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    // Like every HTTP client, ignore bytes after the announced length.
    while !is_whole(&answer) {
        let mut piece = [0; 4096];
        match stream.read(&mut piece)? {
            0 => break,
            count => answer.extend_from_slice(&piece[..count]),
        }
    }
    String::from_utf8(answer).map_err(io::Error::other)
}

/// Whether the answer is as long as its `Content-Length` announces.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length
        .is_some_and(|length| length.trim().parse().is_ok_and(|length: usize| body.len() >= length))
}

/// Asserts that Prometheus, or its stand-in, answers on the port.
#[track_caller]
pub fn healthy(port: u16) {
    let answer = request(port, "/-/healthy").unwrap_or_else(|error| panic!("port {port}: {error}"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
    assert!(answer.contains("Healthy"), "{answer:?}");
}

/// Waits until nothing listens on the port.
#[track_caller]
pub fn free(port: u16) {
    until(&format!("port {port} is free"), || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err().then_some(())
    });
}

/// Sends `words` and reads them back.
pub fn echo(stream: &mut TcpStream, words: &str) -> io::Result<()> {
    stream.write_all(words.as_bytes())?;
    let mut back = vec![0; words.len()];
    stream.read_exact(&mut back)?;
    assert_eq!(String::from_utf8_lossy(&back), words);
    Ok(())
}

/// Sends a line and reads the answering line.
pub fn ask(stream: &mut TcpStream, line: &str) -> io::Result<String> {
    writeln!(stream, "{line}")?;
    let mut answer = Vec::new();
    while answer.last() != Some(&b'\n') {
        let mut byte = [0];
        if stream.read(&mut byte)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend(byte);
    }
    Ok(String::from_utf8_lossy(&answer).trim_end().to_owned())
}

/// A session of one query with an application that answers lines.
pub fn session(port: u16) -> io::Result<()> {
    let mut stream = connect(port)?;
    let answer = ask(&mut stream, "select 1")?;
    assert_eq!(answer, "row select 1");
    stream.shutdown(std::net::Shutdown::Write)?;
    // However the connection ends, the client has its answer.
    let _ = stream.read_to_end(&mut Vec::new());
    Ok(())
}

/// The time between two events.
pub fn between(from: jiff::Timestamp, to: jiff::Timestamp) -> Duration {
    to.duration_since(from).unsigned_abs()
}

/// Starts Debian's `prometheus`, which scrapes `target`, or else itself, every second. It has to be
/// ended by SIGTERM.
pub fn prometheus(
    sandbox: &Sandbox,
    program: &Path,
    target: Option<SocketAddr>,
) -> (Running, SocketAddr) {
    // Free a moment ago; if another process takes it meanwhile, Prometheus ends and the test
    // reports that.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let target = target.unwrap_or(address);
    let config = sandbox.write(
        "prometheus.yml",
        format!(
            "global: {{scrape_interval: 1s}}\nscrape_configs:\n\
             - {{job_name: self, static_configs: [{{targets: ['{target}']}}]}}\n"
        ),
    );
    let running = sandbox
        .command(program)
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", sandbox.path("data/prometheus").display()))
        .arg(format!("--web.listen-address={address}"))
        .start();
    until("Prometheus is ready", || {
        request(address.port(), "/-/ready").ok().filter(|answer| answer.contains(" 200 "))
    });
    (running, address)
}
