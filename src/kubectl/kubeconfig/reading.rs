//! Reads the kubeconfig from its files if they are plain, or else from kubectl's view of them.

use super::{KubeConfig, KubeConfigError, SingleFile, Sources, refusal};
use crate::config::Contexts;
use crate::kubectl::{Error, Kubectl, Read, Target};

impl KubeConfig {
    /// Reads the kubeconfig from its files, or from kubectl's view if `contexts` requests it or a
    /// file is not plain.
    ///
    /// # Errors
    ///
    /// The message for the user.
    pub async fn read(
        sources: &Sources,
        contexts: Contexts,
        kubectl: Result<&Kubectl, &Error>,
    ) -> Result<Self, String> {
        let mut irregular = None;
        if contexts == Contexts::File {
            match Self::from_files(sources) {
                Ok(kubeconfig) => return Ok(kubeconfig),
                Err(error @ KubeConfigError::Unreadable { .. }) => return Err(error.to_string()),
                Err(KubeConfigError::Irregular { path, reason }) => {
                    tracing::debug!(path = %path.display(), %reason, "reading the kubeconfig by kubectl");
                    irregular = Some((path, reason));
                }
            }
        }
        let kubectl = kubectl.map_err(ToString::to_string)?;
        let view = kubectl.read(Target::Default, &Read::ConfigView).await;
        view.map_err(|error| refusal(&error.message).to_owned())
            .and_then(|view| Self::from_view(&view, sources.files()))
            .map_err(|error| match irregular {
                // kubectl often reports the same reason, and then names the file.
                Some((path, reason)) if !error.contains(&*path.to_string_lossy()) => {
                    let path = path.display();
                    format!("cannot read the kubeconfig {path} ({reason}): {error}")
                }
                _ => format!("cannot read the kubeconfig: {error}"),
            })
    }
}

impl SingleFile {
    /// Reads each file separately, if there are several. Files that are not plain are read by
    /// kubectl, or skipped without it.
    pub async fn read_each(sources: &Sources, kubectl: Option<&Kubectl>) -> Vec<Self> {
        if sources.files().len() < 2 {
            return Vec::new();
        }
        let mut files = Vec::new();
        for file in Self::read_all(sources) {
            match (file, kubectl) {
                (Ok(file), _) => files.push(file),
                (Err(path), Some(kubectl)) => {
                    let kubectl = kubectl.with_kubeconfig(path.clone());
                    let view = kubectl.read(Target::Default, &Read::ConfigView).await;
                    files.extend(view.ok().and_then(|view| Self::from_view(path, &view)));
                }
                (Err(_), None) => {}
            }
        }
        files
    }
}
