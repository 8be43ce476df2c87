//! The server that a context meant when a forward was started.

use std::ffi::OsString;
use std::path::PathBuf;

use super::super::protocol::Spec;

/// A restart must not lead somewhere else because a context was renamed under it.
///
/// A context that is not there just now is not told from one that points to the same place: a
/// kubeconfig that is being written is empty for a moment, and kubectl will say so.
pub(super) fn check(spec: &Spec) -> Result<(), String> {
    let Some(context) = &spec.context else { return Ok(()) };
    let variable = |name: &str| spec.environment.get(name).cloned();
    let sources = crate::kubectl::Sources {
        explicit: spec.kubeconfig.as_ref().map(|path| spec.directory.join(path)),
        env: variable("KUBECONFIG").and_then(|list| resolved(spec, &list)),
        home: variable("HOME").map(PathBuf::from),
    };
    // One that is not plain enough to be read here is left to kubectl.
    let Ok(kubeconfig) = crate::kubectl::KubeConfig::from_files(&sources) else {
        return Ok(());
    };
    let server = kubeconfig
        .contexts
        .get(context)
        .and_then(|context| kubeconfig.clusters.get(&context.cluster));
    match server {
        Some(server) if *server == spec.server => Ok(()),
        Some(server) => Err(format!(
            "context {context} now points to {server}, not to {}; start the forward again if that is meant",
            spec.server
        )),
        None => Ok(()),
    }
}

/// A list of files as kubectl sees it, which runs where the client ran.
fn resolved(spec: &Spec, list: &std::ffi::OsStr) -> Option<OsString> {
    let files = std::env::split_paths(list).filter(|file| !file.as_os_str().is_empty());
    std::env::join_paths(files.map(|file| spec.directory.join(file))).ok()
}
