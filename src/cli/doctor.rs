//! `watchdog doctor`: what watchdog needs, checked one by one.

use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;

use super::emit::emit_text;
use super::error::CommandError;
use super::exit::Exit;
use super::flags::{Description, Global};
use super::setup::Setup;
use super::signals::interruptible;
use crate::config;
use crate::doctor::{checks, kubeconfig};
use crate::kubectl::{Selected, Sources};
use crate::output::Document;
use crate::output::doctor::{Check, Verdict, text};
use crate::term::stdout;

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
    interruptible(Box::pin(examine(global, &args))).await
}

async fn examine(global: &Global, args: &DoctorArgs) -> Result<Exit, CommandError> {
    let mut found = Vec::new();
    let loaded = config::load(global.config.as_deref(), &config::Env::current());
    found.push(checks::configuration(&loaded));
    let setup = match loaded {
        Ok(loaded) => Setup::from_loaded(global, loaded),
        Err(_) => Setup::without_config(global),
    };
    let kubectl = setup.kubectl(global);
    found.push(match &kubectl {
        Ok(kubectl) => checks::kubectl_version(kubectl).await,
        Err(error) => Check::new("kubectl", Verdict::Error, error.to_string()),
    });
    let sources = Sources::from_env(global.kubeconfig.clone());
    match setup.read_kubeconfig(global, &kubectl).await {
        Ok(kubeconfig) => {
            found.push(kubeconfig::contexts(&kubeconfig));
            found.extend(kubeconfig::files(&sources));
            let kubectl = kubectl.ok();
            let contents = kubeconfig::contents(&sources, kubectl.as_ref(), &kubeconfig);
            found.extend(contents.await);
            let selected = setup.select(global, &kubeconfig);
            if let (Ok(selected), Description::Text) = (&selected, args.output) {
                setup.show_clusters(selected.clusters.iter().map(|it| (&*it.name, &*it.context)));
            }
            found.push(kubeconfig::clusters(&selected));
            if let (Some(kubectl), Ok(Selected { clusters, .. })) = (kubectl, selected) {
                found.extend(checks::server_paths(&kubectl, &clusters).await);
                if args.ask {
                    let collector = setup.collector(kubectl, Arc::new(()));
                    found.extend(kubeconfig::identities(&collector, &clusters).await);
                }
            }
        }
        Err(error) => {
            found.push(Check::new("kubeconfig", Verdict::Error, error));
            found.extend(kubeconfig::files(&sources));
        }
    }
    found.extend(checks::stores(&setup.config.monitoring));
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
    emit_text(args.output, &document, || text(&found, setup.style, stdout::terminal_width()))?;
    let failed = found.iter().any(|check| check.verdict == Verdict::Error);
    Ok(if failed { Exit::Failed } else { Exit::Done })
}
