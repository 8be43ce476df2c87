//! A directory with separate files for watchdog and kubectl when they run against temporary
//! clusters: a kubeconfig, a configuration, caches, a history and the supervisor's files.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use crate::config::{Config, History};
use crate::kubectl::CACHE_DIR_VARIABLE;
use crate::supervisor::{Client, Paths, RUNTIME_DIR_VARIABLE, Request};

/// The paths of a sandbox.
#[derive(Clone, Debug)]
pub struct Sandbox {
    kubeconfig: PathBuf,
    /// A separate configuration, because the user's does not apply to these clusters.
    config: PathBuf,
    /// kubectl's cache. Discovery is cached by host and port, and another server may get these
    /// ports later.
    cache: PathBuf,
    /// watchdog's cache of facts about kubectl.
    own_cache: PathBuf,
    /// The runtime directory, with the supervisor's socket and other files.
    runtime: PathBuf,
}

impl Sandbox {
    /// Writes the kubeconfig and the configuration, with the history in the sandbox too, into an
    /// empty directory. Only this user can read the files.
    ///
    /// # Errors
    ///
    /// If a file cannot be written.
    pub fn write(directory: &Path, kubeconfig: &str, config: Config) -> io::Result<Self> {
        let sandbox = Self {
            kubeconfig: directory.join("kubeconfig"),
            config: directory.join("watchdog.yaml"),
            cache: directory.join("cache"),
            own_cache: directory.join("watchdog-cache"),
            runtime: directory.join("run"),
        };
        write_private(&sandbox.kubeconfig, kubeconfig)?;
        let history = History { path: Some(directory.join("history.db")), ..config.history };
        let config = Config { history, ..config };
        let config = serde_yaml::to_string(&config).map_err(io::Error::other)?;
        write_private(&sandbox.config, &config)?;
        Ok(sandbox)
    }

    /// The supervisor's runtime directory.
    pub fn runtime(&self) -> &Path {
        &self.runtime
    }

    /// The environment variables that point to the files.
    pub fn variables(&self) -> [(&'static str, &Path); 5] {
        [
            ("KUBECONFIG", &self.kubeconfig),
            ("KUBECACHEDIR", &self.cache),
            ("WATCHDOG_CONFIG", &self.config),
            (CACHE_DIR_VARIABLE, &self.own_cache),
            (RUNTIME_DIR_VARIABLE, &self.runtime),
        ]
    }

    /// Ends the sandbox's supervisor, if one was started. Waits up to `within` for its end.
    pub async fn end_supervisor(&self, within: Duration) {
        if !self.runtime.exists() {
            return;
        }
        let end = async {
            let Ok(paths) = Paths::new(&self.runtime) else { return };
            let Ok(Some(mut client)) = Client::connect(&paths).await else { return };
            // The supervisor may end before it replies; then the connection ends too.
            let _ = client.request(&Request::Shutdown).await;
            while client.next_event().await.is_ok() {}
        };
        let _ = timeout(within, end).await;
    }
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_below_the_directory_and_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let directory = tempfile::tempdir().unwrap();
        let sandbox =
            Sandbox::write(directory.path(), "kind: Config\n", Config::default()).unwrap();
        for (name, path) in sandbox.variables() {
            assert!(path.starts_with(directory.path()), "{name}: {}", path.display());
        }
        for path in [&sandbox.kubeconfig, &sandbox.config] {
            let mode = std::fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
        let config = std::fs::read(&sandbox.config).unwrap();
        let config = crate::config::parse(&config, &sandbox.config).unwrap();
        assert_eq!(config.history.path, Some(directory.path().join("history.db")));
        assert!(Sandbox::write(directory.path(), "", Config::default()).is_err(), "not empty");
    }
}
