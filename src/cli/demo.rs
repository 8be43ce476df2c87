//! `watchdog demo [-- COMMAND]`

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::args::{DemoArgs, Global};
use super::exit::Exit;
use super::setup::{Setup, quoted};
use crate::demo::{Demo, Options};
use crate::process::{Interrupt, Interrupted, run_foreground};

pub(super) async fn run(global: &Global, args: DemoArgs) -> Exit {
    demo(global, args).await.unwrap_or_else(|exit| exit)
}

async fn demo(global: &Global, args: DemoArgs) -> Result<Exit, Exit> {
    let setup = Setup::without_config(global);
    let before = !global.context.is_empty() || !global.cluster.is_empty() || global.current;
    if before || global.kubeconfig.is_some() || global.config.is_some() || global.timeout.is_some()
    {
        let text =
            "options for the command go behind the --, e.g. watchdog demo -- hpa list --timeout 5s";
        return Err(setup.misused(&text));
    }
    let options = Options {
        clusters: args.clusters.map(usize::from),
        hpas: args.hpas.and_then(|hpas| usize::try_from(hpas).ok()),
        broken: args.broken,
        path_prefix: args.path_prefix,
        given: None,
    };
    let cannot = |error: std::io::Error| setup.failed(&format!("cannot start the demo: {error}"));
    let demo = Demo::start(&options).await.map_err(cannot)?;
    // Before there is a directory that would have to be removed.
    let mut interrupt = Interrupt::listen().map_err(cannot)?;
    let dir = tempfile::Builder::new().prefix("watchdog-demo-").tempdir().map_err(cannot)?;
    let files = Files::write(dir.path(), &demo).map_err(cannot)?;

    if let Some((first, rest)) = args.command.split_first() {
        let mut command = command(first, rest).map_err(cannot)?;
        files.apply(&mut command);
        if let Some(kubectl) = &global.kubectl {
            command.env("WATCHDOG_KUBECTL", kubectl);
        }
        drop(interrupt);
        let code = run_foreground(command).await.map_err(|error| {
            setup.failed(&format!("cannot run {}: {error}", first.to_string_lossy()))
        })?;
        return Ok(Exit::Child(code));
    }

    setup.print_and_go_on(welcome(&demo, &files).as_bytes())?;
    match interrupt.next().await {
        // Ctrl-C is how it is meant to end.
        Interrupted::Int => Ok(Exit::Done),
        signal => Ok(Exit::Interrupted(signal)),
    }
}

/// What a command against the demo finds in its environment.
struct Files {
    kubeconfig: PathBuf,
    config: PathBuf,
    cache: PathBuf,
}

impl Files {
    fn write(dir: &Path, demo: &Demo) -> std::io::Result<Self> {
        let files = Self {
            kubeconfig: dir.join("kubeconfig"),
            config: dir.join("watchdog.yaml"),
            cache: dir.join("cache"),
        };
        write_private(&files.kubeconfig, &demo.kubeconfig())?;
        // The user's own configuration says nothing about the demo's clusters.
        write_private(&files.config, crate::config::DEFAULT_FILE)?;
        Ok(files)
    }

    fn apply(&self, command: &mut Command) {
        command
            .env("KUBECONFIG", &self.kubeconfig)
            .env("WATCHDOG_CONFIG", &self.config)
            // kubectl caches discovery by host and port, and our ports are anybody's tomorrow.
            .env("KUBECACHEDIR", &self.cache);
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

/// One of our own commands, by this very program, or any other program.
fn command(first: &OsString, rest: &[OsString]) -> std::io::Result<Command> {
    let word = first.to_string_lossy();
    let ours = word.starts_with('-') || super::command().find_subcommand(&*word).is_some();
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
    let _ = write!(
        text,
        "\nIn another shell:\n  export KUBECONFIG={} KUBECACHEDIR={} WATCHDOG_CONFIG={}\n  watchdog hpa list\n  kubectl get hpa -A\n",
        quoted(&files.kubeconfig.to_string_lossy()),
        quoted(&files.cache.to_string_lossy()),
        quoted(&files.config.to_string_lossy()),
    );
    text
}
