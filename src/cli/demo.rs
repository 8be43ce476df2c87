//! `watchdog demo [-- COMMAND]`

use std::ffi::OsString;
use std::process::Command;
use std::str::FromStr as _;
use std::time::Duration;

use clap::{Args, ValueEnum, ValueHint};

use super::error::CommandError;
use super::exit::Exit;
use super::flags::Global;
use super::print::print_and_go_on;
use crate::config::Config;
use crate::demo::{Demo, Options, PodRoute, Runtime};
use crate::output::demo::welcome;
use crate::process::{Interrupt, Interrupted, run_foreground};
use crate::sandbox::Sandbox;

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
        value_parser = PodRoute::from_str,
        value_hint = ValueHint::Other
    )]
    pub target: Vec<PodRoute>,
    /// A watchdog command (`hpa list`) or a program (`kubectl get hpa -A`) to run against them;
    /// without one, stay until Ctrl-C
    #[arg(last = true, value_name = "COMMAND", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
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

impl From<DemoRuntime> for Runtime {
    fn from(runtime: DemoRuntime) -> Self {
        match runtime {
            DemoRuntime::Containerd => Self::Containerd,
            DemoRuntime::CriO => Self::CriO,
            DemoRuntime::Dockershim => Self::Dockershim,
        }
    }
}

/// Runs the demo. `commands` are this program's own, which need no `watchdog` before them.
pub(super) async fn run(
    global: &Global,
    args: DemoArgs,
    commands: clap::Command,
) -> Result<Exit, CommandError> {
    let before = !global.selection().is_empty() || global.namespaces.is_given();
    if before || global.kubeconfig.is_some() || global.config.is_some() || global.timeout.is_some()
    {
        let text =
            "options for the command go after the --, e.g. watchdog demo -- hpa list --timeout 5s";
        return Err(CommandError::usage(text));
    }
    let options = Options {
        clusters: args.clusters.map(usize::from),
        hpas: args.hpas.and_then(|hpas| usize::try_from(hpas).ok()),
        broken: args.broken,
        path_prefix: args.path_prefix,
        runtime: args.runtime.map(Runtime::from),
        routes: args.target,
        given: None,
    };
    let cannot =
        |error: std::io::Error| CommandError::failed(format!("cannot start the demo: {error}"));
    let demo = Demo::start(&options).await.map_err(cannot)?;
    // Listen before the directory is created: a signal must not leave it behind.
    let mut interrupt = Interrupt::listen().map_err(cannot)?;
    let dir = tempfile::Builder::new().prefix("watchdog-demo-").tempdir().map_err(cannot)?;
    let sandbox = Sandbox::write(dir.path(), &demo.kubeconfig(), Config::default());
    let sandbox = sandbox.map_err(cannot)?;

    if let Some((first, rest)) = args.command.split_first() {
        let mut command = command(first, rest, &commands).map_err(cannot)?;
        command.envs(sandbox.variables());
        if let Some(kubectl) = &global.kubectl {
            command.env("WATCHDOG_KUBECTL", kubectl);
        }
        drop(interrupt);
        let code = run_foreground(command).await;
        sandbox.end_supervisor(PATIENCE).await;
        let code = code.map_err(|error| {
            CommandError::failed(format!("cannot run {}: {error}", first.to_string_lossy()))
        })?;
        return Ok(Exit::Child(code));
    }

    let clusters = demo.clusters().iter().map(|it| (it.name(), it.url(), it.description()));
    print_and_go_on(welcome(clusters, &sandbox.variables()).as_bytes())?;
    let interrupted = interrupt.next().await;
    sandbox.end_supervisor(PATIENCE).await;
    match interrupted {
        // Ctrl-C is the normal end of a demo.
        Interrupted::Int => Ok(Exit::Done),
        signal => Ok(Exit::Interrupted(signal)),
    }
}

/// One of watchdog's own commands, run by this same executable, or any other program.
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
