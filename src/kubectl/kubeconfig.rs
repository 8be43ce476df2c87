//! The contexts and clusters that a kubeconfig names. Of its contents only names, server
//! addresses and the current context are ever kept; credentials are never looked at.
//!
//! The files are read here, because asking `kubectl config view` costs as much as the whole list
//! that follows. The rules are kubectl's own (kubernetes.io, "Organizing Cluster Access Using
//! kubeconfig Files": the first file that sets a name wins), and where a file is in any way
//! unusual the answer is [`Irregular`], upon which kubectl itself is asked.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::redact::redact;
use super::server::ServerPath;

/// Where a kubeconfig may come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// `--kubeconfig`: this file alone, and it must exist.
    pub explicit: Option<PathBuf>,
    /// `$KUBECONFIG`: files separated by colons; those that do not exist are passed over.
    pub env: Option<OsString>,
    /// The home directory, for `.kube/config`.
    pub home: Option<PathBuf>,
}

impl Sources {
    /// What this process's environment says.
    pub fn from_env(explicit: Option<PathBuf>) -> Self {
        Self {
            explicit,
            env: std::env::var_os("KUBECONFIG"),
            home: std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from),
        }
    }

    /// The files to look at, in order, each once.
    pub fn files(&self) -> Vec<PathBuf> {
        if let Some(explicit) = &self.explicit {
            return vec![explicit.clone()];
        }
        if let Some(list) = self.env.as_ref().filter(|list| !list.is_empty()) {
            let mut files: Vec<PathBuf> = Vec::new();
            for file in std::env::split_paths(list).filter(|file| !file.as_os_str().is_empty()) {
                if !files.contains(&file) {
                    files.push(file);
                }
            }
            return files;
        }
        self.home.iter().map(|home| home.join(".kube").join("config")).collect()
    }
}

/// A context of the kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// The cluster it names, which need not exist.
    pub cluster: String,
    /// Its default namespace, where it has one.
    pub namespace: Option<String>,
}

/// The kubeconfig as far as watchdog needs it, all files merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KubeConfig {
    /// By name.
    pub contexts: BTreeMap<String, Context>,
    /// The servers by the cluster's name, without credentials in the address.
    pub clusters: BTreeMap<String, String>,
    /// The paths of the servers' URLs, by the cluster's name, where they have one.
    pub paths: BTreeMap<String, ServerPath>,
    /// `current-context`, which need not exist.
    pub current: Option<String>,
    /// The files it came from (those that exist), or that were looked for.
    pub files: Vec<PathBuf>,
}

/// Why the files themselves were not enough.
#[derive(Debug, thiserror::Error)]
pub enum KubeConfigError {
    /// `--kubeconfig` names a file that cannot be read.
    #[error("cannot read kubeconfig {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file is not plain enough to be judged here: ask kubectl.
    #[error("kubeconfig {}: {reason}", path.display())]
    Irregular {
        /// The file.
        path: PathBuf,
        /// What is unusual.
        reason: String,
    },
}

// kubectl takes JSON too, which is YAML. `null` lists are as good as absent ones.
#[derive(Deserialize)]
struct File {
    #[serde(rename = "current-context", default)]
    current: Option<String>,
    #[serde(default)]
    contexts: Option<Vec<NamedContext>>,
    #[serde(default)]
    clusters: Option<Vec<NamedCluster>>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    #[serde(default)]
    context: Option<RawContext>,
}

#[derive(Deserialize, Default)]
struct RawContext {
    #[serde(default)]
    cluster: Option<String>,
    #[serde(default)]
    namespace: Option<String>,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    #[serde(default)]
    cluster: Option<RawCluster>,
}

#[derive(Deserialize, Default)]
struct RawCluster {
    #[serde(default)]
    server: Option<String>,
}

impl KubeConfig {
    /// Reads the files. One that does not exist is passed over, unless it is the explicit one.
    pub fn from_files(sources: &Sources) -> Result<Self, KubeConfigError> {
        let mut merged = Self::default();
        let files = sources.files();
        for path in &files {
            // kubectl reads it again: what can be read only once would be empty by then.
            let odd = std::fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
            if odd {
                let error = std::io::Error::other(
                    "it is no regular file, and kubectl could not read it again",
                );
                return Err(KubeConfigError::Unreadable { path: path.clone(), error });
            }
            let bytes = match std::fs::read(path) {
                Ok(bytes) => bytes,
                Err(error)
                    if error.kind() == std::io::ErrorKind::NotFound
                        && sources.explicit.is_none() =>
                {
                    continue;
                }
                Err(error) => {
                    return Err(KubeConfigError::Unreadable { path: path.clone(), error });
                }
            };
            let irregular =
                |reason: String| KubeConfigError::Irregular { path: path.clone(), reason };
            // An empty file is an empty kubeconfig to kubectl.
            let file: Option<File> = serde_yaml::from_slice(&bytes)
                // The parser's words may quote the file, which holds secrets.
                .map_err(|error| irregular(location(&error)))?;
            merged.files.push(path.clone());
            if let Some(file) = file {
                merged.add(file).map_err(irregular)?;
            }
        }
        if merged.files.is_empty() {
            merged.files = files;
        }
        Ok(merged)
    }

    /// Reads what `kubectl config view -o json` printed. `files` is what it was made from.
    pub fn from_view(json: &[u8], files: Vec<PathBuf>) -> Result<Self, String> {
        let file: File = serde_json::from_slice(json)
            .map_err(|error| format!("kubectl config view: line {}", error.line()))?;
        let mut view = Self { files, ..Self::default() };
        view.add(file)?;
        Ok(view)
    }

    fn add(&mut self, file: File) -> Result<(), String> {
        if self.current.is_none() {
            self.current = file.current.filter(|current| !current.is_empty());
        }
        let mut seen = Vec::new();
        for NamedContext { name, context } in file.contexts.unwrap_or_default() {
            if seen.contains(&name) {
                return Err(format!("two contexts are named {name:?}"));
            }
            seen.push(name.clone());
            let context = context.unwrap_or_default();
            self.contexts.entry(name.clone()).or_insert_with(|| Context {
                name,
                cluster: context.cluster.unwrap_or_default(),
                namespace: context.namespace.filter(|namespace| !namespace.is_empty()),
            });
        }
        seen.clear();
        for NamedCluster { name, cluster } in file.clusters.unwrap_or_default() {
            if seen.contains(&name) {
                return Err(format!("two clusters are named {name:?}"));
            }
            seen.push(name.clone());
            let server = cluster.unwrap_or_default().server.unwrap_or_default();
            let path = ServerPath::of(&server);
            if !path.is_empty() && !self.clusters.contains_key(&name) {
                self.paths.insert(name.clone(), path);
            }
            self.clusters.entry(name).or_insert_with(|| redact(without_user(&server).as_ref()));
        }
        Ok(())
    }

    /// The files, for a message.
    pub fn described_files(&self) -> String {
        let shown: Vec<String> = self.files.iter().map(|file| file.display().to_string()).collect();
        if shown.is_empty() {
            "no file: neither KUBECONFIG nor HOME is set".to_owned()
        } else {
            shown.join(", ")
        }
    }
}

/// A server's address without user and password: these end at the last `@`, whatever they hold.
fn without_user(server: &str) -> std::borrow::Cow<'_, str> {
    let (scheme, rest) = match server.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, server),
    };
    match (scheme, rest.rsplit_once('@')) {
        (_, None) => server.into(),
        (Some(scheme), Some((_, host))) => format!("{scheme}://{host}").into(),
        (None, Some((_, host))) => host.into(),
    }
}

fn location(error: &serde_yaml::Error) -> String {
    match error.location() {
        Some(at) => format!("not read as a kubeconfig at line {}", at.line()),
        None => "not read as a kubeconfig".to_owned(),
    }
}

/// Whether this process runs in a pod whose service account kubectl would use for want of a
/// kubeconfig (the same two signs that kubectl goes by).
pub fn in_cluster() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("KUBERNETES_SERVICE_HOST")
        && set("KUBERNETES_SERVICE_PORT")
        && Path::new("/var/run/secrets/kubernetes.io/serviceaccount/token").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn sources(files: &[&Path]) -> Sources {
        Sources { env: Some(std::env::join_paths(files).unwrap()), ..Sources::default() }
    }

    #[test]
    fn what_kubectl_prints_is_read() {
        let view = include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/recordings/config-view.json"
        ));
        let config = KubeConfig::from_view(view, Vec::new()).unwrap();
        assert_eq!(config.current.as_deref(), Some("production-context"));
        assert_eq!(config.clusters["staging"], "https://127.0.0.1:16444");
        assert_eq!(config.contexts["staging-context"].cluster, "staging");
    }

    #[test]
    fn the_first_file_that_sets_a_name_wins() {
        let dir = tempfile::tempdir().unwrap();
        let one = write(
            dir.path(),
            "one",
            "contexts:\n- {name: a, context: {cluster: one}}\nclusters:\n- {name: one, cluster: {server: 'https://u:p@one'}}\n",
        );
        let two = write(
            dir.path(),
            "two",
            "current-context: a\ncontexts:\n- {name: a, context: {cluster: two}}\n- {name: b, context: {cluster: two, namespace: x}}\n",
        );
        let gone = dir.path().join("gone");
        let config = KubeConfig::from_files(&sources(&[&gone, &one, &two, &one])).unwrap();
        assert_eq!(config.current.as_deref(), Some("a"));
        assert_eq!(config.contexts["a"].cluster, "one");
        assert_eq!(config.contexts["b"].namespace.as_deref(), Some("x"));
        assert_eq!(config.clusters["one"], "https://one");
        assert_eq!(config.files, [one, two]);
    }

    #[test]
    fn empty_files_nulls_and_strange_names_are_fine() {
        let dir = tempfile::tempdir().unwrap();
        let empty = write(dir.path(), "empty", "");
        let nulls = write(dir.path(), "nulls", "contexts: null\nclusters:\nusers: []\n");
        let arn = "arn:aws:eks:eu-west-1:123456789012:cluster/prod.one two";
        let odd = write(
            dir.path(),
            "odd",
            &format!(
                "contexts:\n- name: \"{arn}\"\n- {{name: none, context: {{}}}}\nclusters:\n- name: x\n"
            ),
        );
        let config = KubeConfig::from_files(&sources(&[&empty, &nulls, &odd])).unwrap();
        assert_eq!(config.contexts.keys().collect::<Vec<_>>(), [arn, "none"]);
        assert_eq!(config.contexts[arn].cluster, "");
    }

    #[test]
    fn what_is_unusual_is_left_to_kubectl_and_quotes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        for text in [
            "contexts: {a: b}\ntoken: hunter2",
            "- hunter2",
            "contexts:\n- {name: a}\n- {name: a}\n",
            "\thunter2: [",
            "contexts:\n- name: [hunter2]\n",
        ] {
            let file = write(dir.path(), "bad", text);
            let error = KubeConfig::from_files(&sources(&[&file])).unwrap_err();
            assert!(matches!(error, KubeConfigError::Irregular { .. }), "{text}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_explicit_file_must_exist_others_need_not() {
        let explicit = Sources { explicit: Some("/nope".into()), ..Sources::default() };
        let error = KubeConfig::from_files(&explicit).unwrap_err();
        assert!(matches!(error, KubeConfigError::Unreadable { .. }));
        let none = KubeConfig::from_files(&sources(&[Path::new("/nope")])).unwrap();
        assert!(none.contexts.is_empty());
        assert_eq!(none.described_files(), "/nope");
        let home = Sources { home: Some("/h".into()), ..Sources::default() };
        assert_eq!(home.files(), [Path::new("/h/.kube/config")]);
    }
}
