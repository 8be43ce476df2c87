//! `watchdog doctor --prove`: a scratch supervisor on the embedded demo cluster, whose processes are
//! killed one after the other, with traffic and without; each line says what came of it. The user's own supervisor,
//! kubeconfig and clusters have no part in it.

mod traffic;

use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::doctor::DoctorArgs;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Description, Global};
use super::print::{print_and_go_on, print_document};
use super::setup::Setup;
use crate::config::PodSelection;
use crate::demo::{self, Demo};
use crate::kubectl::CACHE_DIR_VARIABLE;
use crate::output::Document;
use crate::output::doctor::{Check, Verdict, line};
use crate::process::{self, Detached, Identity, Interrupt};
use crate::supervisor::{
    Client, Environment, ForwardState, ForwardStatus, Isolate, Launch, LeaseRequest, LocalPort,
    MARK, Paths, PortSpec, RUNTIME_DIR_VARIABLE, Reply, Request, Spec, connect_or_start,
};

/// How long anything here may take. What survives a kill for so long counts as left behind.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long what an interruption leaves may take to end in good order.
const GRACE: Duration = Duration::from_secs(1);

/// Between two looks at what cannot be waited for.
const PAUSE: Duration = Duration::from_millis(2);

/// The widest name of a step.
const WIDTH: usize = 18;

/// Should this process be killed as well, the scratch supervisor is not to wait for long.
const CONFIG: &str = "supervisor:\n  exit_after_seconds: 5\n";

/// Something of the demo's to forward to, at port 80.
#[derive(Clone, Copy)]
struct Target {
    namespace: &'static str,
    resource: &'static str,
}

const PROMETHEUS: Target = Target { namespace: "monitoring", resource: "svc/prometheus-server" };

/// Takes the signals itself: whatever happens, what it started is ended.
pub(super) async fn run(global: &Global, args: DoctorArgs) -> Result<Exit, CommandError> {
    let setup = Setup::without_config(global);
    prove(global, &args, &setup).await
}

async fn prove(global: &Global, args: &DoctorArgs, setup: &Setup) -> Result<Exit, CommandError> {
    let cannot = |why: &dyn Display| CommandError::failed(format!("cannot prove anything: {why}"));
    let kubectl = setup.kubectl(global).map_err(|error| cannot(&error))?.program().to_owned();
    // Before there is anything that would have to be removed.
    let mut interrupt = Interrupt::listen().map_err(|error| cannot(&error))?;
    let options = demo::Options { clusters: Some(1), ..demo::Options::default() };
    let demo = Demo::start(&options).await.map_err(|error| cannot(&error))?;
    let dir = tempfile::Builder::new().prefix("watchdog-prove-").tempdir();
    let dir = dir.map_err(|error| cannot(&error))?;
    let scratch = Scratch::new(dir.path(), kubectl, &demo).map_err(|error| cannot(&error))?;

    let live = args.output == Description::Text;
    let mut report = Report { setup, live, checks: Vec::new() };
    let result = tokio::select! {
        biased;
        signal = interrupt.next() => Err(Broken::Signal(signal)),
        result = steps(&scratch, &demo, &mut report) => result.map_err(Broken::Step),
    };
    let left = scratch.end().await;
    drop(demo);
    let removed = dir.close();
    match result {
        Ok(()) => {}
        Err(Broken::Signal(signal)) => return Ok(Exit::Interrupted(signal)),
        Err(Broken::Step(Failed::Step(name, why))) => {
            report.add(Check::new(name, Verdict::Error, why))?;
        }
        Err(Broken::Step(Failed::Print(error))) => return Err(error),
    }
    if let Err(error) = removed {
        report.add(Check::new("scratch directory", Verdict::Error, error.to_string()))?;
    }
    if !left.is_empty() {
        let text = format!("could not be ended: {}", pids(&left));
        report.add(Check::new("processes", Verdict::Error, text))?;
    }
    let document = Document {
        kind: "Proof",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "checks",
        items: &report.checks,
    };
    match args.output {
        Description::Text => {}
        Description::Json => print_document(document.json())?,
        Description::Yaml => print_document(document.yaml())?,
    }
    let failed = report.checks.iter().any(|check| check.verdict == Verdict::Error);
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

/// Why the steps did not come to their end.
enum Broken {
    Signal(process::Interrupted),
    Step(Failed),
}

enum Failed {
    /// The step and what did not hold.
    Step(&'static str, String),
    /// Nothing can be printed any more.
    Print(CommandError),
}

impl From<CommandError> for Failed {
    fn from(error: CommandError) -> Self {
        Self::Print(error)
    }
}

/// What was shown so far.
struct Report<'a> {
    setup: &'a Setup,
    /// Each line as it comes, not one document at the end.
    live: bool,
    checks: Vec<Check>,
}

impl Report<'_> {
    fn add(&mut self, check: Check) -> Result<(), CommandError> {
        if self.live {
            print_and_go_on(line(&check, WIDTH, self.setup.style).as_bytes())?;
        }
        self.checks.push(check);
        Ok(())
    }

    /// A step that held, or that ends everything.
    fn step(&mut self, name: &'static str, result: Result<String, String>) -> Result<(), Failed> {
        let text = result.map_err(|why| Failed::Step(name, why))?;
        Ok(self.add(Check::new(name, Verdict::Ok, text))?)
    }
}

async fn steps(scratch: &Scratch, demo: &Demo, report: &mut Report<'_>) -> Result<(), Failed> {
    let failed = |name| move |why: String| Failed::Step(name, why);
    let name = "supervisor";
    let began = Instant::now();
    let mut client = scratch.connect().await.map_err(failed(name))?;
    let text = format!("ready after {}: {}", ms(began), who(&client));
    report.step(name, Ok(text))?;

    let name = "forward";
    let began = Instant::now();
    let forward =
        scratch.start(&mut client, PROMETHEUS, LocalPort::Exact(0)).await.map_err(failed(name))?;
    let pid = forward.pid.unwrap_or_default();
    let text = format!("ready after {}: {}, kubectl pid {pid}", ms(began), forward.endpoint);
    report.step(name, Ok(text))?;

    let port = forward.local_port;
    report.step("connection", served(port).await)?;
    report.step("SIGKILL client", scratch.kill_client(&mut client).await)?;
    report.step("SIGKILL kubectl", kill_kubectl(&mut client, &forward).await)?;

    report.step("SIGSTOP kubectl", traffic::recovery(&mut client, &forward).await)?;
    if let Some(cluster) = demo.clusters().first() {
        let result = traffic::at_most_once(scratch, cluster, &mut client).await;
        report.step("at most once", result)?;
        report.step("isolation", traffic::isolation(scratch, cluster, &mut client).await)?;
    }

    let name = "SIGKILL supervisor";
    let supervisor = identity(client.info().pid).map_err(failed(name))?;
    report.step(name, scratch.kill_all(&[supervisor], port).await)?;

    let name = "again";
    let began = Instant::now();
    let mut client = scratch.connect().await.map_err(failed(name))?;
    let forward = scratch
        .start(&mut client, PROMETHEUS, LocalPort::Exact(port))
        .await
        .map_err(failed(name))?;
    let again = served(forward.local_port).await.map_err(failed(name))?;
    let text = format!("the same port after {}, {again}: {}", ms(began), who(&client));
    report.step(name, Ok(text))?;

    let name = "SIGKILL both";
    let both = [Some(client.info().pid), client.info().guard_pid];
    let both: Result<Vec<_>, _> = both.into_iter().flatten().map(identity).collect();
    report.step(name, scratch.kill_all(&both.map_err(failed(name))?, port).await)?;

    let marked = scratch.marked();
    let nothing = if !marked.is_empty() {
        Err(format!("still there: {}", pids(&marked)))
    } else if cfg!(target_os = "linux") {
        Ok(format!("no process with {MARK} or {RUNTIME_DIR_VARIABLE} of this run"))
    } else {
        Ok("no process of those above; others cannot be told on this system".to_owned())
    };
    report.step("left behind", nothing)
}

/// A directory with a supervisor of its own.
struct Scratch {
    paths: Paths,
    launch: Launch,
    /// What a client and its kubectl find in their environment beside the user's.
    environment: Vec<(OsString, OsString)>,
    kubectl: PathBuf,
    directory: PathBuf,
    server: String,
    context: String,
}

impl Scratch {
    fn new(dir: &Path, kubectl: PathBuf, demo: &Demo) -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let cluster = demo.clusters().first().ok_or("the demo has no cluster")?;
        let (kubeconfig, config) = (dir.join("kubeconfig"), dir.join("watchdog.yaml"));
        // The directory is ours alone.
        std::fs::write(&kubeconfig, demo.kubeconfig()).map_err(text)?;
        std::fs::write(&config, CONFIG).map_err(text)?;
        let paths = Paths::new(dir.join("run")).map_err(|error| error.to_string())?;
        let environment = vec![
            ("KUBECONFIG".into(), kubeconfig.into()),
            ("KUBECACHEDIR".into(), dir.join("cache").into()),
            ("WATCHDOG_CONFIG".into(), config.into()),
            (CACHE_DIR_VARIABLE.into(), dir.join("watchdog-cache").into()),
            // By this one whatever is started here is told from everything else.
            (RUNTIME_DIR_VARIABLE.into(), paths.base().into()),
        ];
        let mut launch = Launch::current();
        launch.environment.clone_from(&environment);
        launch.within = PATIENCE;
        Ok(Self {
            paths,
            launch,
            environment,
            kubectl,
            directory: dir.to_owned(),
            server: cluster.url(),
            context: cluster.context().to_owned(),
        })
    }

    async fn connect(&self) -> Result<Client, String> {
        connect_or_start(&self.paths, &self.launch).await.map_err(|error| error.to_string())
    }

    /// A forward to something of the demo's, leased by this connection.
    async fn start(
        &self,
        client: &mut Client,
        target: Target,
        port: LocalPort,
    ) -> Result<ForwardStatus, String> {
        let mut environment = Environment::current();
        environment.0.extend(self.environment.iter().cloned());
        let spec = Spec {
            name: None,
            cluster: self.context.clone(),
            context: Some(self.context.clone()),
            server: self.server.clone(),
            namespace: target.namespace.to_owned(),
            resource: target.resource.to_owned(),
            ports: vec![PortSpec { remote: "80".to_owned(), local: port }],
            addresses: Vec::new(),
            idle_ms: 0,
            isolate: Isolate::Auto,
            pod_selection: PodSelection::Kubectl,
            pool: 8,
            retry_idempotent: false,
            keepalive_ms: 0,
            kubectl: self.kubectl.clone(),
            kubeconfig: None,
            directory: self.directory.clone(),
            environment,
        };
        let request = Request::Start {
            spec: Box::new(spec),
            lease: LeaseRequest::Session,
            ready_timeout_ms: u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX),
            attended: false,
        };
        match client.request(&request).await {
            Ok(Reply::Started { forward, .. }) => Ok(*forward),
            Ok(_) => Err("the supervisor answered something unexpected".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// A second `watchdog forward start`, which is killed: its kubectl has to go, and only that.
    async fn kill_client(&self, client: &mut Client) -> Result<String, String> {
        const NAME: &str = "proof-of-client";
        let mut command = Command::new(process::own_program().map_err(|error| error.to_string())?);
        command
            .args(["forward", "start", "svc/echo", "80", "-n", "default", "--local-port", "0"])
            .args(["--name", NAME])
            .env("WATCHDOG_KUBECTL", &self.kubectl)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        // Its output is kept open until it is gone.
        let Detached { pid, report: _report } =
            process::spawn_detached(command, None).map_err(|error| error.to_string())?;
        let killed = identity(pid)?;
        let ready = |forward: &ForwardStatus| forward.state == ForwardState::Ready;
        let forward = wait_for(client, NAME, |forward| forward.is_some_and(ready)).await?;
        let kubectl = forward.and_then(|forward| forward.pid).ok_or("it has no kubectl")?;
        let kubectl = identity(kubectl)?;
        let began = Instant::now();
        killed.kill();
        gone(std::slice::from_ref(&kubectl)).await?;
        let took = ms(began);
        wait_for(client, NAME, |forward| forward.is_none()).await?;
        let what = format!("client pid {pid}, its kubectl pid {}", kubectl.pid);
        Ok(format!("{what} gone after {took}; the other forward stayed"))
    }

    /// Kills `victims`, and waits for the end of everything that was started here.
    async fn kill_all(&self, victims: &[Identity], port: u16) -> Result<String, String> {
        let all = self.marked();
        let lost = victims.iter().find(|victim| cfg!(target_os = "linux") && !all.contains(victim));
        if let Some(victim) = lost {
            return Err(format!("pid {} does not carry {RUNTIME_DIR_VARIABLE}", victim.pid));
        }
        let began = Instant::now();
        for victim in victims {
            victim.kill();
        }
        gone(&all).await?;
        // Whatever was started meanwhile, too.
        let rest = async {
            while !self.marked().is_empty() || process::try_bind(port).is_err() {
                sleep(PAUSE).await;
            }
        };
        if timeout(PATIENCE, rest).await.is_err() {
            let left = self.marked();
            return Err(if left.is_empty() {
                format!("port {port} is still held")
            } else {
                format!("still there: {}", pids(&left))
            });
        }
        let took = ms(began);
        let killed = pids(victims);
        let others: Vec<_> = all.into_iter().filter(|one| !victims.contains(one)).collect();
        let also = if others.is_empty() {
            String::new()
        } else {
            format!(", and with it {}", pids(&others))
        };
        Ok(format!("{killed} killed{also}: all gone and port {port} free after {took}"))
    }

    /// Everything that was started here and still runs, by its environment.
    fn marked(&self) -> Vec<Identity> {
        let mut found = process::marked(RUNTIME_DIR_VARIABLE, &self.paths.base().to_string_lossy());
        for id in self.instances() {
            found.extend(process::marked(MARK, &id));
        }
        found.sort_by_key(|process| process.pid);
        found.dedup();
        found
    }

    /// The ids of the supervisors that are in the registry.
    fn instances(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.paths.registry()) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let id =
            |name: String| Some(name.strip_prefix("instance-")?.strip_suffix(".json")?.to_owned());
        names.filter_map(id).collect()
    }

    /// Ends whatever is left; what could not be ended.
    async fn end(&self) -> Vec<Identity> {
        if let Ok(Some(mut client)) = Client::connect(&self.paths).await {
            // In good order first. It may be gone before it has answered.
            let _ = timeout(GRACE, client.request(&Request::Shutdown)).await;
        }
        let base = self.paths.base().to_string_lossy();
        let mut left = process::end_marked(RUNTIME_DIR_VARIABLE, &base, GRACE).await.left;
        for id in self.instances() {
            left.extend(process::end_marked(MARK, &id, GRACE).await.left);
        }
        left
    }
}

/// kubectl is killed while a client connects: it is served, at the same port, by another one.
async fn kill_kubectl(client: &mut Client, forward: &ForwardStatus) -> Result<String, String> {
    let pid = forward.pid.ok_or("it has no kubectl")?;
    let old = identity(pid)?;
    let began = Instant::now();
    old.kill();
    gone(std::slice::from_ref(&old)).await?;
    let answer = healthy(forward.local_port).await?;
    let took = ms(began);
    let back = |now: &ForwardStatus| now.state == ForwardState::Ready && now.pid != Some(pid);
    let now = wait_for(client, &forward.name, |now| now.is_some_and(back)).await?;
    let now = now.ok_or("the forward is gone")?;
    if now.local_port != forward.local_port {
        return Err(format!("it came back on another port: {}", now.local_port));
    }
    let new = now.pid.unwrap_or_default();
    Ok(format!(
        "pid {pid} killed: the next request served ({answer}) after {took} at the same port, by pid {new}"
    ))
}

async fn served(port: u16) -> Result<String, String> {
    let began = Instant::now();
    let answer = healthy(port).await?;
    Ok(format!("served in {} ({answer})", ms(began)))
}

/// Asks the demo's Prometheus whether it is healthy; the status line.
async fn healthy(port: u16) -> Result<String, String> {
    let ask = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET /-/healthy HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
        let mut answer = Vec::new();
        // Bounded: it is one sentence.
        stream.take(64 << 10).read_to_end(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    let answer = match timeout(PATIENCE, ask).await {
        Ok(Ok(answer)) => String::from_utf8_lossy(&answer).into_owned(),
        Ok(Err(error)) => return Err(format!("a connection to port {port} failed: {error}")),
        Err(_) => return Err(format!("a connection to port {port} was not served")),
    };
    let status = answer.lines().next().unwrap_or_default();
    if status.ends_with("200 OK") {
        Ok(status.to_owned())
    } else {
        Err(format!("port {port} answered {status:?}"))
    }
}

/// Asks for the forward `name` until `done` says so of what is there.
async fn wait_for(
    client: &mut Client,
    name: &str,
    done: impl Fn(Option<&ForwardStatus>) -> bool,
) -> Result<Option<ForwardStatus>, String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let forwards = match client.request(&Request::List { names: Vec::new() }).await {
            Ok(Reply::Forwards { forwards }) => forwards,
            Ok(_) => return Err("the supervisor answered something unexpected".to_owned()),
            Err(error) => return Err(error.to_string()),
        };
        let found = forwards.into_iter().find(|forward| forward.name == name);
        if done(found.as_ref()) {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            let state = found.map_or("not there", |forward| forward.state.as_str());
            return Err(format!("after {PATIENCE:?} the forward {name} is {state}"));
        }
        sleep(PAUSE).await;
    }
}

async fn gone(processes: &[Identity]) -> Result<(), String> {
    let all = async {
        for process in processes {
            process::exit_of(process.clone()).await;
        }
    };
    timeout(PATIENCE, all).await.map_err(|_| {
        let left: Vec<_> = processes.iter().filter(|one| one.is_alive()).cloned().collect();
        format!("still there after {PATIENCE:?}: {}", pids(&left))
    })
}

fn identity(pid: u32) -> Result<Identity, String> {
    Identity::of(pid).ok_or_else(|| format!("pid {pid} ended by itself"))
}

fn who(client: &Client) -> String {
    let info = client.info();
    let guard = info.guard_pid.map_or("no guard".to_owned(), |pid| format!("guard pid {pid}"));
    format!("supervisor pid {}, {guard}", info.pid)
}

fn pids(processes: &[Identity]) -> String {
    let pids: Vec<_> = processes.iter().map(|process| process.pid.to_string()).collect();
    format!("pid {}", pids.join(", "))
}

fn ms(since: Instant) -> String {
    format!("{} ms", since.elapsed().as_millis())
}
