//! `watchdog demo [-- COMMAND]`

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};
use tokio::time::timeout;

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::print::print_and_go_on;
use crate::config::{Config, History};
use crate::demo::{Demo, Options, Runtime};
use crate::kubectl::CACHE_DIR_VARIABLE;
use crate::process::{Interrupt, Interrupted, run_foreground};
use crate::supervisor::{Client, Paths, RUNTIME_DIR_VARIABLE, Request};
use crate::term::text::shell_quoted;

/// How long the demo's own supervisor may take to end its forwards.
const PATIENCE: Duration = Duration::from_secs(10);

/// `watchdog demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many clusters
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub clusters: Option<u16>,
    /// How many HPAs in each
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub hpas: Option<u32>,
    /// Add a cluster that is down, one that never answers and one that forbids
    #[arg(long)]
    pub broken: bool,
    /// Serve them behind one port, each below this path and its name, as Rancher does; another
    /// cluster answers at the root
    #[arg(
        long,
        value_name = "PREFIX",
        num_args = 0..=1,
        default_missing_value = "/k8s/clusters",
        value_hint = ValueHint::Other
    )]
    pub path_prefix: Option<String>,
    /// Forward to pods as this container runtime does: its errors, its resets, its half-closes
    #[arg(long, value_enum, value_name = "NAME")]
    pub runtime: Option<DemoRuntime>,
    /// Connect a pod's port, or that of a workload's pods, to a local listener (repeatable)
    #[arg(
        long,
        value_name = "NAMESPACE/NAME:PORT=ADDRESS:PORT",
        value_parser = demo_target,
        value_hint = ValueHint::Other
    )]
    pub target: Vec<DemoTarget>,
    /// A watchdog command (`hpa list`) or a program (`kubectl get hpa -A`) to run against them;
    /// without one, stay until Ctrl-C
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<std::ffi::OsString>,
}

/// Where a port of the demo's pods leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoTarget {
    /// The namespace.
    pub namespace: String,
    /// A pod or a workload.
    pub name: String,
    /// The container's port.
    pub port: u16,
    /// The listener.
    pub to: std::net::SocketAddr,
}

fn demo_target(text: &str) -> Result<DemoTarget, String> {
    let parse = || {
        let (pod, to) = text.split_once('=')?;
        let (namespace, rest) = pod.split_once('/')?;
        let (name, port) = rest.split_once(':')?;
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        Some(DemoTarget { namespace, name, port: port.parse().ok()?, to: to.parse().ok()? })
    };
    parse().ok_or_else(|| "expected something like default/echo:8080=127.0.0.1:9000".to_owned())
}

/// A container runtime of the demo's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DemoRuntime {
    /// containerd 1.5 and newer
    Containerd,
    /// CRI-O 1.19 and newer
    #[value(name = "cri-o")]
    CriO,
    /// Docker through socat: Kubernetes up to 1.23, and cri-dockerd
    Dockershim,
}

/// `commands` are those of this program, which need no `watchdog` before them.
pub(super) async fn run(
    global: &Global,
    args: DemoArgs,
    commands: clap::Command,
) -> Result<Exit, CommandError> {
    demo(global, args, &commands).await
}

async fn demo(
    global: &Global,
    args: DemoArgs,
    commands: &clap::Command,
) -> Result<Exit, CommandError> {
    let before = !global.context.is_empty() || !global.cluster.is_empty() || global.current;
    if before || global.kubeconfig.is_some() || global.config.is_some() || global.timeout.is_some()
    {
        let text =
            "options for the command go behind the --, e.g. watchdog demo -- hpa list --timeout 5s";
        return Err(CommandError::usage(text));
    }
    let options = Options {
        clusters: args.clusters.map(usize::from),
        hpas: args.hpas.and_then(|hpas| usize::try_from(hpas).ok()),
        broken: args.broken,
        path_prefix: args.path_prefix,
        runtime: args.runtime.map(|runtime| match runtime {
            DemoRuntime::Containerd => Runtime::Containerd,
            DemoRuntime::CriO => Runtime::CriO,
            DemoRuntime::Dockershim => Runtime::Dockershim,
        }),
        given: None,
    };
    let cannot =
        |error: std::io::Error| CommandError::failed(format!("cannot start the demo: {error}"));
    let demo = Demo::start(&options).await.map_err(cannot)?;
    for target in &args.target {
        for cluster in demo.clusters() {
            cluster.forward_target(&target.namespace, &target.name, target.port, target.to);
        }
    }
    // Before there is a directory that would have to be removed.
    let mut interrupt = Interrupt::listen().map_err(cannot)?;
    let dir = tempfile::Builder::new().prefix("watchdog-demo-").tempdir().map_err(cannot)?;
    let files = Files::write(dir.path(), &demo).map_err(cannot)?;

    if let Some((first, rest)) = args.command.split_first() {
        let mut command = command(first, rest, commands).map_err(cannot)?;
        files.apply(&mut command);
        if let Some(kubectl) = &global.kubectl {
            command.env("WATCHDOG_KUBECTL", kubectl);
        }
        drop(interrupt);
        let code = run_foreground(command).await;
        files.end_supervisor().await;
        let code = code.map_err(|error| {
            CommandError::failed(format!("cannot run {}: {error}", first.to_string_lossy()))
        })?;
        return Ok(Exit::Child(code));
    }

    print_and_go_on(welcome(&demo, &files).as_bytes())?;
    let interrupted = interrupt.next().await;
    files.end_supervisor().await;
    match interrupted {
        // Ctrl-C is how it is meant to end.
        Interrupted::Int => Ok(Exit::Done),
        signal => Ok(Exit::Interrupted(signal)),
    }
}

/// What a command against the demo finds in its environment: nothing of it is the user's.
struct Files {
    kubeconfig: PathBuf,
    /// A configuration whose history is here too. The user's own says nothing about these clusters.
    config: PathBuf,
    /// kubectl's: it caches discovery by host and port, and our ports are anybody's tomorrow.
    cache: PathBuf,
    /// What watchdog remembers of kubectl.
    own_cache: PathBuf,
    /// The supervisor's socket and all that belongs to it.
    runtime: PathBuf,
}

impl Files {
    fn write(dir: &Path, demo: &Demo) -> std::io::Result<Self> {
        let files = Self {
            kubeconfig: dir.join("kubeconfig"),
            config: dir.join("watchdog.yaml"),
            cache: dir.join("cache"),
            own_cache: dir.join("watchdog-cache"),
            runtime: dir.join("run"),
        };
        write_private(&files.kubeconfig, &demo.kubeconfig())?;
        let history = History { path: Some(dir.join("history.db")), ..History::default() };
        let config = Config { history, ..Config::default() };
        let config = serde_yaml::to_string(&config).map_err(std::io::Error::other)?;
        write_private(&files.config, &config)?;
        Ok(files)
    }

    fn variables(&self) -> [(&'static str, &Path); 5] {
        [
            ("KUBECONFIG", &self.kubeconfig),
            ("KUBECACHEDIR", &self.cache),
            ("WATCHDOG_CONFIG", &self.config),
            (CACHE_DIR_VARIABLE, &self.own_cache),
            (RUNTIME_DIR_VARIABLE, &self.runtime),
        ]
    }

    fn apply(&self, command: &mut Command) {
        command.envs(self.variables());
    }

    /// Ends the supervisor that was started here, if one was: its clusters end with the demo.
    async fn end_supervisor(&self) {
        if !self.runtime.exists() {
            return;
        }
        let end = async {
            let Ok(paths) = Paths::new(&self.runtime) else { return };
            let Ok(Some(mut client)) = Client::connect(&paths).await else { return };
            // It may be gone before it has answered; and it is gone when it says nothing any more.
            let _ = client.request(&Request::Shutdown).await;
            while client.next_event().await.is_ok() {}
        };
        let _ = timeout(PATIENCE, end).await;
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// One of our own commands, by this very program, or any other program.
fn command(first: &OsString, rest: &[OsString], ours: &clap::Command) -> std::io::Result<Command> {
    let word = first.to_string_lossy();
    let ours = word.starts_with('-') || ours.find_subcommand(&*word).is_some();
    let mut command = if ours {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(first);
        command
    } else if word == "watchdog" {
        Command::new(std::env::current_exe()?)
    } else {
        Command::new(first)
    };
    command.args(rest);
    Ok(command)
}

fn welcome(demo: &Demo, files: &Files) -> String {
    let mut text = String::from("Demo clusters, on this machine only, until Ctrl-C:\n");
    for cluster in demo.clusters() {
        let (name, url, about) = (cluster.name(), cluster.url(), cluster.description());
        let _ = writeln!(text, "  {name:<12} {url:<24} {about}");
    }
    text.push_str("\nIn another shell:\n  export");
    for (name, path) in files.variables() {
        let _ = write!(text, " {name}={}", shell_quoted(&path.to_string_lossy()));
    }
    text.push_str("\n  watchdog hpa list\n  kubectl get hpa -A\n");
    text
}
