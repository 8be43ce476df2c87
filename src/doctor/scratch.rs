//! A separate supervisor in a scratch directory, and the operations of the proof on its processes.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::config::target::{ForwardTarget, RemotePort};
use crate::config::{self, Config, PodSelection};
use crate::demo::Demo;
use crate::kubectl::Name;
use crate::process::{self, Detached, Identity};
use crate::sandbox::Sandbox;
use crate::supervisor::{
    Client, Environment, ForwardState, ForwardStatus, Isolate, Launch, LeaseRequest, LocalPort,
    MARK, Paths, PortSpec, RUNTIME_DIR_VARIABLE, Reply, Request, Spec, connect_or_start,
};

/// How long any step may take. A process that survives a kill for this long counts as left behind.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);

/// How long processes may take to end in good order after an interruption.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// The pause between two polls of a condition without a notification.
pub(super) const PAUSE: Duration = Duration::from_millis(2);

/// A target in the demo cluster for a forward, at port 80.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) namespace: &'static str,
    pub(super) resource: &'static str,
}

pub(super) const PROMETHEUS: Target =
    Target { namespace: "monitoring", resource: "svc/prometheus-server" };

/// A directory with a separate supervisor.
pub(super) struct Scratch {
    paths: Paths,
    launch: Launch,
    /// Environment variables of the client and its kubectl, in addition to the user's.
    environment: Vec<(OsString, OsString)>,
    kubectl: PathBuf,
    directory: PathBuf,
    server: String,
    context: String,
}

impl Scratch {
    pub(super) fn new(dir: &Path, kubectl: PathBuf, demo: &Demo) -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let cluster = demo.clusters().first().ok_or("the demo has no cluster")?;
        let config = Config {
            // If this process is killed too, the scratch supervisor should exit soon.
            supervisor: config::Supervisor { exit_after_seconds: 5, ..Default::default() },
            ..Config::default()
        };
        let sandbox = Sandbox::write(dir, &demo.kubeconfig(), config).map_err(text)?;
        let paths = Paths::new(sandbox.runtime()).map_err(|error| error.to_string())?;
        let variables = sandbox.variables();
        let environment: Vec<(OsString, OsString)> =
            variables.map(|(name, path)| (name.into(), path.into())).into();
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

    pub(super) async fn connect(&self) -> Result<Client, String> {
        connect_or_start(&self.paths, &self.launch).await.map_err(|error| error.to_string())
    }

    /// Starts a forward to a target in the demo cluster, leased by this connection.
    pub(super) async fn start(
        &self,
        client: &mut Client,
        target: Target,
        port: LocalPort,
    ) -> Result<ForwardStatus, String> {
        let mut environment = Environment::current();
        environment.0.extend(self.environment.iter().cloned());
        let namespace = Name::parse(target.namespace).map_err(|error| error.to_string())?;
        let resource = ForwardTarget::parse(target.resource).map_err(|error| error.to_string())?;
        let spec = Spec {
            name: None,
            cluster: self.context.clone(),
            context: Some(self.context.clone()),
            server: self.server.clone(),
            namespace,
            resource,
            ports: vec![PortSpec { remote: RemotePort::Number(80), local: port }],
            addresses: Vec::new(),
            idle_ms: 0,
            isolate: Isolate::Auto,
            pod_selection: PodSelection::Kubectl,
            pool: 8,
            retry_idempotent: false,
            keepalive_ms: 0,
            on_demand: false,
            kubectl: self.kubectl.clone(),
            kubeconfig: None,
            impersonation: crate::config::Impersonation::default(),
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
            Ok(_) => Err("unexpected answer of the supervisor".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Runs a second `watchdog forward start` and kills it: its kubectl must end, and no other
    /// process.
    pub(super) async fn kill_client(&self, client: &mut Client) -> Result<String, String> {
        const NAME: &str = "proof-of-client";
        let mut command = Command::new(process::own_program().map_err(|error| error.to_string())?);
        command
            .args(["forward", "start", "svc/echo", "80", "-n", "default", "--local-port", "0"])
            .args(["--name", NAME])
            .env("WATCHDOG_KUBECTL", &self.kubectl)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        // Keep its output open until it has ended.
        let Detached { pid, report: _report } =
            process::spawn_detached(command, None).map_err(|error| error.to_string())?;
        let killed = identity(pid)?;
        let ready = |forward: &ForwardStatus| forward.state == ForwardState::Ready;
        let forward = wait_for(client, NAME, |forward| forward.is_some_and(ready)).await?;
        let kubectl = forward.and_then(|forward| forward.pid).ok_or("it has no kubectl")?;
        let kubectl = identity(kubectl)?;
        let began = Instant::now();
        killed.kill();
        wait_for_end(std::slice::from_ref(&kubectl)).await?;
        let took = ms(began);
        wait_for(client, NAME, |forward| forward.is_none()).await?;
        let what = format!("client pid {pid}, its kubectl pid {}", kubectl.pid);
        Ok(format!("{what} gone after {took}; the other forward stayed"))
    }

    /// Kills `victims`, and waits for the end of all processes that were started here.
    pub(super) async fn kill_all(&self, victims: &[Identity], port: u16) -> Result<String, String> {
        let all = self.marked();
        let lost = victims.iter().find(|victim| cfg!(target_os = "linux") && !all.contains(victim));
        if let Some(victim) = lost {
            return Err(format!("pid {} does not carry {RUNTIME_DIR_VARIABLE}", victim.pid));
        }
        let began = Instant::now();
        for victim in victims {
            victim.kill();
        }
        wait_for_end(&all).await?;
        // Includes processes that were started meanwhile.
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

    /// All running processes that were started here, identified by their environment.
    pub(super) fn marked(&self) -> Vec<Identity> {
        let mut found = process::marked(RUNTIME_DIR_VARIABLE, &self.paths.base().to_string_lossy());
        for id in self.instances() {
            found.extend(process::marked(MARK, &id));
        }
        found.sort_by_key(|process| process.pid);
        found.dedup();
        found
    }

    /// The ids of the supervisors in the registry.
    pub(super) fn instances(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.paths.registry()) else { return Vec::new() };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let id =
            |name: String| Some(name.strip_prefix("instance-")?.strip_suffix(".json")?.to_owned());
        names.filter_map(id).collect()
    }

    /// Ends all remaining processes. Returns those that could not be ended.
    pub(super) async fn end(&self) -> Vec<Identity> {
        if let Ok(Some(mut client)) = Client::connect(&self.paths).await {
            // First request an orderly shutdown. The supervisor may end before it answers.
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

pub(super) async fn served(port: u16) -> Result<String, String> {
    let began = Instant::now();
    let answer = healthy(port).await?;
    Ok(format!("served in {} ({answer})", ms(began)))
}

/// Requests the health of the demo's Prometheus. Returns the status line.
pub(super) async fn healthy(port: u16) -> Result<String, String> {
    let ask = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET /-/healthy HTTP/1.0\r\nHost: localhost\r\n\r\n").await?;
        let mut answer = Vec::new();
        // The response is one sentence; the limit guards against anything longer.
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

/// Requests the status of the forward `name` until `done` accepts it.
pub(super) async fn wait_for(
    client: &mut Client,
    name: &str,
    done: impl Fn(Option<&ForwardStatus>) -> bool,
) -> Result<Option<ForwardStatus>, String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let forwards = client.forwards(&[]).await.map_err(|error| error.to_string())?;
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

pub(super) async fn wait_for_end(processes: &[Identity]) -> Result<(), String> {
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

pub(super) fn identity(pid: u32) -> Result<Identity, String> {
    Identity::of(pid).ok_or_else(|| format!("pid {pid} ended by itself"))
}

pub(super) fn who(client: &Client) -> String {
    let info = client.info();
    let guard = info.guard_pid.map_or("no guard".to_owned(), |pid| format!("guard pid {pid}"));
    format!("supervisor pid {}, {guard}", info.pid)
}

pub(super) fn pids(processes: &[Identity]) -> String {
    let pids: Vec<_> = processes.iter().map(|process| process.pid.to_string()).collect();
    format!("pid {}", pids.join(", "))
}

pub(super) fn ms(since: Instant) -> String {
    format!("{} ms", since.elapsed().as_millis())
}
