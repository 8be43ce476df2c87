//! Turns arguments and flags into specifications of forwards.

use super::args::ForwardArgs;
use crate::cli::error::CommandError;
use crate::cli::flags::Global;
use crate::cli::setup::Setup;
use crate::config::ForwardRequest;
use crate::kubectl::Kubectl;
use crate::output::forwards::exposure;
use crate::supervisor::{
    Environment, ForwardOverrides, ForwardPlan, KubectlRun, PlanError, PlannedForwards, Spec,
};

/// The requested forwards: all configured forwards, or those given as arguments.
pub(super) fn requests<'a>(
    global: &Global,
    setup: &'a Setup,
    all: bool,
    words: &[String],
) -> Result<Vec<ForwardRequest<'a>>, CommandError> {
    let forwards = &setup.config.forwards;
    if !all {
        return ForwardRequest::parse_all(words, forwards).map_err(CommandError::usage);
    }
    if global.namespaces.is_given() {
        let text = "--all starts each forward in the namespace that the config has for it: leave out -n and -A";
        return Err(CommandError::usage(text));
    }
    if forwards.is_empty() {
        return Err(CommandError::failed("the config names no forwards"));
    }
    Ok(forwards.iter().map(ForwardRequest::Configured).collect())
}

/// The namespace that `-n` gives.
pub(super) fn namespace(global: &Global) -> Result<Option<String>, CommandError> {
    global.namespaces.single().map_err(CommandError::usage)
}

/// The settings that flags override for every forward.
pub(super) fn overrides(args: &ForwardArgs) -> ForwardOverrides {
    ForwardOverrides {
        addresses: args.addresses(),
        idle: args.idle,
        isolate: args.isolate,
        pod_selection: args.pod_selection,
        retry_idempotent: args.retry_idempotent,
        keepalive: args.keepalive,
        ..ForwardOverrides::default()
    }
}

/// The specifications of the forwards, and the kubectl that will run them.
pub(super) async fn specs(
    global: &Global,
    setup: &Setup,
    requests: &[ForwardRequest<'_>],
    overrides: ForwardOverrides,
) -> Result<(Vec<Spec>, Kubectl), CommandError> {
    overrides.check(requests)?;
    let kubectl = setup.kubectl(global);
    let kubeconfig = setup.kubeconfig(global, &kubectl).await?;
    let selection = setup.selection(global, &kubeconfig)?;
    let selection = (!selection.is_empty()).then_some(selection);
    let overrides = ForwardOverrides { selection, ..overrides };
    let kubectl = kubectl.map_err(CommandError::failed)?;
    let directory = std::env::current_dir().map_err(|error| {
        CommandError::failed(format!("cannot tell the current directory: {error}"))
    })?;
    let run = KubectlRun {
        kubectl: kubectl.program().to_owned(),
        kubeconfig: global.kubeconfig.clone(),
        impersonation: global.impersonation(),
        directory,
        environment: Environment::current(),
    };
    let defaults = &setup.config.forward;
    let plan = ForwardPlan {
        kubeconfig: &kubeconfig,
        clusters: &setup.config.clusters,
        defaults,
        overrides,
        run,
    };
    let PlannedForwards { specs, notes } = plan.specs(requests)?;
    for note in &notes {
        setup.messages.note(note);
    }
    if let Some(warning) = exposure(&specs) {
        setup.messages.warning(&warning);
    }
    Ok((specs, kubectl))
}

impl From<PlanError> for CommandError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Usage(_) => Self::usage(error),
            PlanError::Failed(_) => Self::failed(error),
        }
    }
}
