//! The server that a context pointed to when a forward was started. A restart must not lead to
//! another server because the context was changed meanwhile; if that cannot be checked, kubectl is
//! not restarted.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use tokio::sync::oneshot;

use super::super::protocol::Spec;
use crate::kubectl::{Destination, Error};

/// How long kubectl may take to tell which server the context points to.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause between two checks whether kubectl has answered.
const PAUSE: Duration = Duration::from_millis(20);
/// The pause before asking kubectl again after it failed.
const AGAIN: Duration = Duration::from_secs(2);

/// Whether a kubeconfig of the forward has changed since `when`, which means that its user may have
/// logged in.
pub(super) fn modified_since(spec: &Spec, when: SystemTime) -> bool {
    let sources = sources(spec);
    let files = sources.explicit.into_iter();
    let files = files.chain(sources.env.iter().flat_map(std::env::split_paths));
    let files = files.chain(sources.home.map(|home| home.join(".kube/config")));
    let modified = |file: PathBuf| std::fs::metadata(file).and_then(|it| it.modified()).ok();
    files.filter_map(modified).any(|modified| modified > when)
}

/// Where a restart would lead.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// To the same server: kubectl may be started.
    Same,
    /// To another server: kubectl must not be started. The sentence names the server.
    Elsewhere(String),
    /// Not known yet: check again after this time. The sentence is set once for each problem to
    /// report.
    Later { after: Duration, why: Option<String> },
}

/// The check of one forward. It never blocks: a question to kubectl runs in the background, and a
/// later check picks up the answer.
#[derive(Debug, Default)]
pub(super) struct Pin {
    question: Option<oneshot::Receiver<Result<String, Error>>>,
    /// Whether kubectl failed last time, which has been reported.
    unknown: bool,
}

impl Pin {
    /// Where the forward would lead now. `mark` is a variable for kubectl's environment.
    ///
    /// A context that is missing counts as the same: a kubeconfig that is being written is empty
    /// for a moment, and kubectl itself will report a missing context.
    pub(super) fn check(&mut self, spec: &Spec, mark: (&str, &str)) -> Verdict {
        let Some(context) = &spec.context else { return Verdict::Same };
        // A kubeconfig that our parser does not support may still be readable for kubectl.
        let server = match crate::kubectl::KubeConfig::from_files(&sources(spec)) {
            Ok(kubeconfig) => {
                self.question = None;
                let context = kubeconfig.contexts.get(context);
                context.and_then(|it| kubeconfig.clusters.get(&it.cluster)).cloned()
            }
            Err(_) => match self.answer(spec, context, mark) {
                Ok(server) => Some(server),
                Err(later) => return later,
            },
        };
        self.unknown = false;
        match server {
            Some(server) if server != spec.server => Verdict::Elsewhere(format!(
                "context {context} now points to {server}, not to {}; start the forward again if that is meant",
                spec.server
            )),
            _ => Verdict::Same,
        }
    }

    /// kubectl's answer, if it has arrived.
    fn answer(
        &mut self,
        spec: &Spec,
        context: &str,
        mark: (&str, &str),
    ) -> Result<String, Verdict> {
        let Some(question) = &mut self.question else {
            self.question = Some(query_server(spec, context, mark));
            return Err(Verdict::Later { after: PAUSE, why: None });
        };
        let answer = match question.try_recv() {
            Err(oneshot::error::TryRecvError::Empty) => {
                return Err(Verdict::Later { after: PAUSE, why: None });
            }
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(oneshot::error::TryRecvError::Closed) => Err("kubectl could not be run".to_owned()),
        };
        self.question = None;
        answer.map_err(|error| {
            let text = format!(
                "not started again: the server of context {context} cannot be checked ({error}); tried again every {}",
                crate::config::duration::format(AGAIN)
            );
            let why = (!std::mem::replace(&mut self.unknown, true)).then_some(text);
            Verdict::Later { after: AGAIN, why }
        })
    }
}

fn query_server(
    spec: &Spec,
    context: &str,
    (name, value): (&str, &str),
) -> oneshot::Receiver<Result<String, Error>> {
    let mut environment: Vec<_> =
        spec.environment.0.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    environment.push((name.into(), value.into()));
    let destination = Destination {
        program: spec.kubectl.clone(),
        kubeconfig: spec.kubeconfig.clone(),
        context: context.to_owned(),
        environment,
        directory: spec.directory.clone(),
    };
    let (to, answer) = oneshot::channel();
    tokio::spawn(async move {
        let _ = to.send(destination.server(PATIENCE).await);
    });
    answer
}

fn sources(spec: &Spec) -> crate::kubectl::Sources {
    let variable = |name: &str| spec.environment.get(name).cloned();
    crate::kubectl::Sources {
        explicit: spec.kubeconfig.as_ref().map(|path| spec.directory.join(path)),
        env: variable("KUBECONFIG").and_then(|list| resolved(spec, &list)),
        home: variable("HOME").map(PathBuf::from),
    }
}

/// Resolves a list of files as kubectl does, which runs in the client's directory.
fn resolved(spec: &Spec, list: &std::ffi::OsStr) -> Option<OsString> {
    let files = std::env::split_paths(list).filter(|file| !file.as_os_str().is_empty());
    std::env::join_paths(files.map(|file| spec.directory.join(file))).ok()
}
