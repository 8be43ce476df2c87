//! `watchdog doctor`: what watchdog needs, checked one by one.

mod kubeconfig;

use clap::Args;
use jiff::Timestamp;

use super::emit::emit_text;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Description, Global};
use super::setup::{Setup, scope};
use super::signals::interruptible;
use crate::config;
use crate::doctor::checks;
use crate::kubectl::{KubeConfig, Sources};
use crate::output::Document;
use crate::output::doctor::{Check, Verdict, text};

/// `watchdog doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Instead: run a scratch supervisor on the demo cluster, kill its processes with SIGKILL, and
    /// show that nothing survives
    #[arg(long)]
    pub prove: bool,
    /// Also read each cluster's identity (the uid of kube-system), to find one that has two names
    #[arg(long, conflicts_with = "prove")]
    pub ask: bool,
    /// Output format
    #[arg(short, long, value_enum, default_value_t = Description::Text)]
    pub output: Description,
}

pub(super) async fn run(global: &Global, args: DoctorArgs) -> Result<Exit, CommandError> {
    interruptible(examine(global, &args)).await
}

async fn examine(global: &Global, args: &DoctorArgs) -> Result<Exit, CommandError> {
    let mut found = Vec::new();
    let (setup, configuration) = configuration(global);
    found.push(configuration);
    let kubectl = setup.kubectl(global);
    found.push(match &kubectl {
        Ok(kubectl) => checks::kubectl_version(kubectl).await,
        Err(error) => Check::new("kubectl", Verdict::Error, error.to_string()),
    });
    let sources = Sources::from_env(global.kubeconfig.clone());
    match setup.read_kubeconfig(global, &kubectl).await {
        Ok(kubeconfig) => {
            found.push(kubeconfig::check(&kubeconfig));
            found.extend(kubeconfig::check_files(&sources));
            let contents = kubeconfig::check_contents(global, &setup, &kubectl, &kubeconfig);
            found.extend(contents.await);
            found.push(check_scope(global, &setup, &kubeconfig));
            if let (Ok(kubectl), Ok(scope)) = (&kubectl, scope(global, &setup.config, &kubeconfig))
            {
                found.extend(checks::server_paths(kubectl, &scope.clusters).await);
            }
            if let (true, Ok(kubectl)) = (args.ask, &kubectl) {
                found.extend(kubeconfig::ask(global, &setup, kubectl, &kubeconfig).await);
            }
        }
        Err(error) => {
            found.push(Check::new("kubeconfig", Verdict::Error, error));
            found.extend(kubeconfig::check_files(&sources));
        }
    }
    found.extend(checks::history(setup.config.history.path.as_deref()));
    let (supervisor, forwards) = checks::supervisor().await;
    found.push(checks::local_port(setup.config.forward.local_port, &forwards));
    found.push(supervisor);
    found.push(checks::stray_kubectls());

    let document = Document {
        kind: "Doctor",
        taken_at: Some(Timestamp::now()),
        clusters: None,
        key: "checks",
        items: &found,
    };
    emit_text(args.output, &document, || text(&found, setup.style))?;
    let failed = found.iter().any(|check| check.verdict == Verdict::Error);
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

/// The configuration in force; the defaults where the file is wrong.
fn configuration(global: &Global) -> (Setup, Check) {
    let name = "configuration";
    match config::load(global.config.as_deref(), &config::Env::current()) {
        Ok(loaded) => {
            let text = match &loaded.path {
                Some(path) => path.display().to_string(),
                None => "the defaults (no file)".to_owned(),
            };
            (Setup::from_loaded(global, loaded), Check::new(name, Verdict::Ok, text))
        }
        Err(error) => {
            let text = error.to_string().lines().collect::<Vec<_>>().join("; ");
            (Setup::without_config(global), Check::new(name, Verdict::Error, text))
        }
    }
}

fn check_scope(global: &Global, setup: &Setup, kubeconfig: &KubeConfig) -> Check {
    match scope(global, &setup.config, kubeconfig) {
        Ok(scope) => {
            let names: Vec<&str> = scope.clusters.iter().map(|cluster| &*cluster.name).collect();
            let text = format!("{} to read: {}", names.len(), names.join(", "));
            let notes: Vec<String> = scope.notes.into_iter().chain(scope.unread).collect();
            let verdict = if notes.is_empty() { Verdict::Ok } else { Verdict::Warning };
            let text = [text].into_iter().chain(notes).collect::<Vec<_>>().join("; ");
            Check::new("clusters", verdict, text)
        }
        Err(error) => Check::new("clusters", Verdict::Error, error.to_string()),
    }
}
