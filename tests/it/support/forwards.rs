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

/// Everything soon, but for the heartbeats' timeout, which a client on a loaded machine must not miss.
pub const SHORT: &str = "\
monitoring:
  prometheus: {heartbeat_interval_seconds: 1, heartbeat_timeout_seconds: 60, heartbeat_check_seconds: 1}
supervisor: {stop_grace_seconds: 1, restart_max_seconds: 1}
";

/// Something to forward to that answers HTTP.
pub const PROMETHEUS: &str = "svc/prometheus-server 80 -n monitoring";

/// Something to forward to that sends back what it is sent, or is what [`Forwards::lead_to`] says.
pub const ECHO: &str = "svc/echo 80 -n default";

/// Demo clusters and the supervisor of their sandbox, which is told to end with the test.
pub struct Forwards {
    /// The clusters and the home.
    pub clusters: Clusters,
}

impl Forwards {
    /// No forward yet, and no supervisor.
    pub fn new() -> Self {
        let clusters = Clusters::new();
        clusters.sandbox.configure(SHORT);
        Self { clusters }
    }

    /// No forward yet, of clusters below paths.
    pub fn behind_paths() -> Self {
        let clusters = Clusters::behind_paths();
        clusters.sandbox.configure(SHORT);
        Self { clusters }
    }

    /// No forward yet, with the pauses between restarts that everybody has.
    pub fn with_usual_pauses() -> Self {
        let forwards = Self::new();
        forwards.clusters.sandbox.configure(&SHORT.replace(", restart_max_seconds: 1", ""));
        forwards
    }

    /// What [`ECHO`] leads to from now on.
    pub fn lead_to(&self, application: &Application) {
        let cluster = self.clusters.cluster("production");
        cluster.forward_target("default", "echo", 8080, application.address());
    }

    /// Puts a proxy between kubectl and the API server of production.
    pub fn through(&self) -> ApiPath {
        let cluster = self.clusters.cluster("production");
        let path = ApiPath::to(cluster);
        let kubeconfig = self.clusters.demo().kubeconfig().replace(&cluster.url(), &path.url());
        self.clusters.sandbox.kubeconfig(&kubeconfig);
        path
    }

    /// No forward yet, where silence of so many seconds ends one.
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

    /// Runs `watchdog forward …`, a line without quotes.
    pub fn run(&self, line: &str) -> Output {
        self.prepare(line).run()
    }

    /// `watchdog forward …`, not started yet.
    pub fn prepare(&self, line: &str) -> Run {
        self.watchdog(["forward"].into_iter().chain(line.split_whitespace()))
    }

    /// A client that stays; returns when it says that the forward is ready.
    pub fn attached(&self, line: &str) -> Running {
        let running = self.prepare(&format!("start --local-port 0 -o jsonl {line}")).start();
        running.says("\n");
        running
    }

    /// Starts a forward that nobody holds, at any free port; the port.
    #[track_caller]
    pub fn start(&self, line: &str) -> u16 {
        let output = self.run(&format!("start -d --local-port 0 {line}")).code(0);
        port_of(output.stdout.trim())
    }

    /// `forward list -o json`
    #[track_caller]
    pub fn list(&self) -> Value {
        self.run("list -o json").code(0).json()
    }

    /// The forward of that name, as listed.
    pub fn find(&self, name: &str) -> Option<Value> {
        let list = self.list();
        list["forwards"].as_array().unwrap().iter().find(|it| it["name"] == name).cloned()
    }

    /// The same; it must be there.
    #[track_caller]
    pub fn forward(&self, name: &str) -> Value {
        self.find(name).unwrap_or_else(|| panic!("no forward is named {name}"))
    }

    /// Waits until the forward is in that state.
    pub fn becomes(&self, name: &str, state: &str) -> Value {
        until(&format!("{name} becomes {state}"), || {
            self.find(name).filter(|forward| forward["state"] == state)
        })
    }

    /// Waits until it is ready after so many restarts at least. To be ready alone says little of a kubectl
    /// that has just been killed: it may be that nobody has noticed yet.
    pub fn restarted(&self, name: &str, restarts: u64) -> Value {
        until(&format!("{name} is ready after {restarts} restarts"), || {
            let forward = self.find(name)?;
            let done = forward["state"] == "ready" && number(&forward["restarts"]) >= restarts;
            done.then_some(forward)
        })
    }

    /// What happened to it, as `forward why -o json` has it.
    #[track_caller]
    pub fn story(&self, name: &str) -> Vec<Value> {
        let story = self.run(&format!("why {name} -o json")).code(0).json();
        story["story"]["events"].as_array().unwrap().clone()
    }

    /// When it happened that `words` were said of it; the last time.
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

    /// The kubectl of a forward.
    pub fn kubectl(&self, name: &str) -> Pid {
        pid(&self.forward(name)["pid"])
    }

    /// The processes of the sandbox that forward.
    pub fn kubectls(&self) -> Vec<Marked> {
        let mut all = self.clusters.sandbox.processes();
        all.retain(|process| {
            process.command.contains("port-forward") && !process.command.contains("/watchdog ")
        });
        all
    }

    /// Waits until nothing forwards any more.
    pub fn no_kubectl(&self) {
        until("no kubectl forwards", || self.kubectls().is_empty().then_some(()));
    }

    /// Asserts that a start which failed has left nothing.
    #[track_caller]
    pub fn nothing_forwards(&self) {
        assert_eq!(self.list()["forwards"].as_array().map(Vec::len), Some(0));
        self.no_kubectl();
    }

    /// Waits until nothing at all runs in the sandbox.
    pub fn nothing(&self) {
        let sandbox = &self.clusters.sandbox;
        until("nothing runs", || sandbox.processes().is_empty().then_some(()));
    }

    /// Waits until none of these processes is there.
    pub fn gone(&self, pids: &[Pid]) {
        let here = || self.clusters.sandbox.processes();
        until("the processes are gone", || {
            (!here().iter().any(|process| pids.contains(&process.pid))).then_some(())
        });
    }
}

impl Drop for Forwards {
    fn drop(&mut self) {
        // What does not end with its supervisor is for the sandbox to find.
        let _ = self.watchdog(["supervisor", "stop"]).run();
    }
}

/// Kills it.
pub fn sigkill(pid: Pid) {
    kill(pid, Signal::SIGKILL).unwrap_or_else(|error| panic!("kill {pid}: {error}"));
}

/// A kubectl that first does `body`; `$REAL` is the one of PATH.
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

/// Text of a document.
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

/// A connection to a local port.
pub fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(DEADLINE))?;
    Ok(stream)
}

/// One request, without anything that would repair a failure: all of the answer.
pub fn request(port: u16, path: &str) -> io::Result<String> {
    let mut stream = connect(port)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    // As every HTTP client: what comes after the announced length is not part of the answer.
    while !is_whole(&answer) {
        let mut piece = [0; 4096];
        match stream.read(&mut piece)? {
            0 => break,
            count => answer.extend_from_slice(&piece[..count]),
        }
    }
    String::from_utf8(answer).map_err(io::Error::other)
}

/// Whether all that the answer's `Content-Length` announces is there.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    length
        .is_some_and(|length| length.trim().parse().is_ok_and(|length: usize| body.len() >= length))
}

/// Asserts that Prometheus, or what stands in for it, answers there.
#[track_caller]
pub fn healthy(port: u16) {
    let answer = request(port, "/-/healthy").unwrap_or_else(|error| panic!("port {port}: {error}"));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer:?}");
    assert!(answer.contains("Healthy"), "{answer:?}");
}

/// Asserts that nothing listens there: the port can be had.
#[track_caller]
pub fn free(port: u16) {
    until(&format!("port {port} is free"), || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err().then_some(())
    });
}

/// Sends and gets back, once.
pub fn echo(stream: &mut TcpStream, words: &str) -> io::Result<()> {
    stream.write_all(words.as_bytes())?;
    let mut back = vec![0; words.len()];
    stream.read_exact(&mut back)?;
    assert_eq!(String::from_utf8_lossy(&back), words);
    Ok(())
}

/// Sends a line and reads one.
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
    // However it ends, the client has what it wanted.
    let _ = stream.read_to_end(&mut Vec::new());
    Ok(())
}

/// How long it is between two moments.
pub fn between(from: jiff::Timestamp, to: jiff::Timestamp) -> Duration {
    to.duration_since(from).unsigned_abs()
}

/// Debian's `prometheus`, ready to be asked, scraping `target`, or else itself, each second. It is to be
/// ended by SIGTERM.
pub fn prometheus(
    sandbox: &Sandbox,
    program: &Path,
    target: Option<SocketAddr>,
) -> (Running, SocketAddr) {
    // Free a moment ago; whoever takes it meanwhile makes Prometheus end, and the test say so.
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
