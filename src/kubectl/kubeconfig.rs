//! The contexts and clusters of a kubeconfig. Only names, server addresses and the current context
//! are kept from its contents; credentials are never examined.
//!
//! The files are read here, because a call of `kubectl config view` takes as long as the list that
//! follows. The rules are kubectl's own (kubernetes.io, "Organizing Cluster Access Using kubeconfig
//! Files": the first file that sets a name wins). If a file is in any way unusual the result is
//! [`Irregular`], and kubectl itself is called.

mod clash;
mod plain;
mod reading;
mod sources;

use std::collections::{BTreeMap, HashSet};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use super::redact::redact;
use super::server::ServerPath;

pub use clash::{Clash, SingleFile};
pub use sources::{Oddity, Sources};

/// The largest kubeconfig that is read: some 10,000 contexts with their certificates.
const MAX_BYTES: u64 = 64 << 20;

/// A context of the kubeconfig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// Its name.
    pub name: String,
    /// The name of its cluster, which need not exist.
    pub cluster: String,
    /// The name of its user, which need not exist; empty for none.
    pub user: String,
    /// Its default namespace, if any.
    pub namespace: Option<String>,
}

/// The parts of the kubeconfig that watchdog needs, all files merged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KubeConfig {
    /// The contexts by name, in the order of the files (or of `kubectl config view`).
    pub contexts: IndexMap<String, Context>,
    /// The servers by cluster name, with credentials removed from the address.
    pub clusters: BTreeMap<String, String>,
    /// The names of the users, if the files themselves were read.
    pub users: HashSet<String>,
    /// The files that clusters and users refer to, if the files themselves were read.
    pub credentials: Vec<Credential>,
    /// The paths of the servers' URLs, by cluster name, for those that have one.
    pub paths: BTreeMap<String, ServerPath>,
    /// `current-context`, which need not exist.
    pub current: Option<String>,
    /// The files that were read, or searched for.
    pub files: Vec<PathBuf>,
}

/// Why the files cannot be used directly.
#[derive(Debug, thiserror::Error)]
pub enum KubeConfigError {
    /// `--kubeconfig` names a file that cannot be read.
    #[error("cannot read kubeconfig {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's error.
        error: std::io::Error,
    },
    /// The file is not plain enough to be interpreted here: call kubectl.
    #[error("kubeconfig {}: {reason}", path.display())]
    Irregular {
        /// The file.
        path: PathBuf,
        /// What is unusual.
        reason: String,
    },
}

/// The content of one file, or kubectl's view of all files.
#[derive(Debug, Default)]
struct Parsed {
    current: String,
    contexts: Vec<Context>,
    clusters: Vec<ParsedCluster>,
    users: Vec<ParsedUser>,
}

#[derive(Debug)]
struct ParsedCluster {
    name: String,
    server: String,
    credentials: Vec<Credential>,
}

#[derive(Debug)]
struct ParsedUser {
    name: String,
    /// A hash of the whole entry, to tell whether another entry of the same name is identical.
    fingerprint: Option<u64>,
    credentials: Vec<Credential>,
}

/// A file that a cluster or a user refers to, such as a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// What refers to it, such as `client-certificate of user "me"`.
    pub of: String,
    /// The file, relative to the kubeconfig's directory.
    pub path: PathBuf,
}

impl Credential {
    fn list<const N: usize>(owner: &str, name: &str, named: [(&str, String); N]) -> Vec<Self> {
        let named = named.into_iter().filter(|(_, path)| !path.is_empty());
        named
            .map(|(key, path)| Self { of: format!("{key} of {owner} {name:?}"), path: path.into() })
            .collect()
    }
}

impl Parsed {
    /// Checks that no name occurs twice in a file, which kubectl refuses.
    fn check_names(&self) -> Result<(), String> {
        fn twice<'a>(mut names: impl Iterator<Item = &'a String>) -> Option<&'a String> {
            let mut seen = HashSet::new();
            names.find(|name| !seen.insert(*name))
        }
        let contexts = twice(self.contexts.iter().map(|context| &context.name));
        let clusters = twice(self.clusters.iter().map(|cluster| &cluster.name));
        let users = twice(self.users.iter().map(|user| &user.name));
        for (what, twice) in [("contexts", contexts), ("clusters", clusters), ("users", users)] {
            if let Some(name) = twice {
                return Err(format!("two {what} are named {name:?}"));
            }
        }
        Ok(())
    }
}

/// The output of `kubectl config view -o json`. `null` lists count as absent, and fields added by a
/// newer kubectl are ignored.
#[derive(Deserialize)]
struct View {
    #[serde(rename = "current-context", default)]
    current: Option<String>,
    #[serde(default)]
    contexts: Option<Vec<ViewContext>>,
    #[serde(default)]
    clusters: Option<Vec<ViewCluster>>,
}

#[derive(Deserialize)]
struct ViewContext {
    name: String,
    #[serde(default)]
    context: Option<RawContext>,
}

#[derive(Deserialize, Default)]
struct RawContext {
    #[serde(default)]
    cluster: Option<String>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    namespace: Option<String>,
}

#[derive(Deserialize)]
struct ViewCluster {
    name: String,
    #[serde(default)]
    cluster: Option<RawCluster>,
}

#[derive(Deserialize, Default)]
struct RawCluster {
    #[serde(default)]
    server: Option<String>,
}

impl From<View> for Parsed {
    fn from(view: View) -> Self {
        let context = |ViewContext { name, context }| {
            let context: RawContext = context.unwrap_or_default();
            Context {
                name,
                cluster: context.cluster.unwrap_or_default(),
                user: context.user.unwrap_or_default(),
                namespace: context.namespace.filter(|namespace| !namespace.is_empty()),
            }
        };
        let cluster = |ViewCluster { name, cluster }| {
            let server = cluster.unwrap_or_default().server.unwrap_or_default();
            ParsedCluster { name, server, credentials: Vec::new() }
        };
        Self {
            current: view.current.unwrap_or_default(),
            contexts: view.contexts.unwrap_or_default().into_iter().map(context).collect(),
            clusters: view.clusters.unwrap_or_default().into_iter().map(cluster).collect(),
            users: Vec::new(),
        }
    }
}

/// The bytes of a file that kubectl will read again.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe, for example, would be empty when kubectl reads it.
    if std::fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir()) {
        return Err(io::Error::other(
            "not a regular file, so kubectl could not read it a second time",
        ));
    }
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::with_capacity(
        file.metadata()
            .map_or(0, |meta| usize::try_from(meta.len().min(MAX_BYTES)).unwrap_or_default()),
    );
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other("it is larger than 64 MiB, which no kubeconfig is"));
    }
    Ok(bytes)
}

impl KubeConfig {
    /// Reads the files. A missing file is skipped, unless it is the explicit one.
    pub fn from_files(sources: &Sources) -> Result<Self, KubeConfigError> {
        let mut merged = Self::default();
        let files = sources.files();
        for path in &files {
            let bytes = match read_file(path) {
                Ok(bytes) => bytes,
                Err(error)
                    if error.kind() == io::ErrorKind::NotFound && sources.explicit.is_none() =>
                {
                    continue;
                }
                Err(error) => {
                    return Err(KubeConfigError::Unreadable { path: path.clone(), error });
                }
            };
            let parsed = plain::parse(&bytes).and_then(|parsed| {
                parsed.check_names()?;
                Ok(parsed)
            });
            let parsed = parsed
                .map_err(|reason| KubeConfigError::Irregular { path: path.clone(), reason })?;
            merged.files.push(path.clone());
            merged.add(parsed, path);
        }
        if merged.files.is_empty() {
            merged.files = files;
        }
        Ok(merged)
    }

    /// Reads the output of `kubectl config view -o json`. `files` are the files that it was made
    /// from.
    pub fn from_view(json: &[u8], files: Vec<PathBuf>) -> Result<Self, String> {
        let view: View = serde_json::from_slice(json)
            .map_err(|error| format!("kubectl config view: line {}", error.line()))?;
        let mut merged = Self { files, ..Self::default() };
        merged.add(view.into(), Path::new(""));
        Ok(merged)
    }

    /// Merges a file; the first file to set a name wins.
    fn add(&mut self, parsed: Parsed, path: &Path) {
        if self.current.is_none() && !parsed.current.is_empty() {
            self.current = Some(parsed.current);
        }
        for context in parsed.contexts {
            self.contexts.entry(context.name.clone()).or_insert(context);
        }
        let directory = path.parent().unwrap_or(Path::new(""));
        let placed = |credentials: Vec<Credential>| {
            credentials
                .into_iter()
                .map(move |Credential { of, path }| Credential { of, path: directory.join(path) })
        };
        for ParsedCluster { name, server, credentials } in parsed.clusters {
            if !self.clusters.contains_key(&name) {
                self.credentials.extend(placed(credentials));
                let path = ServerPath::of(&server);
                if !path.is_empty() {
                    self.paths.insert(name.clone(), path);
                }
                self.clusters.insert(name, shown_server(&server));
            }
        }
        for ParsedUser { name, credentials, .. } in parsed.users {
            if self.users.insert(name) {
                self.credentials.extend(placed(credentials));
            }
        }
    }

    /// The files, for a message.
    pub fn described_files(&self) -> String {
        let shown = |file: &PathBuf| match Oddity::unexpanded(file) {
            Some(why) if !file.exists() => format!("{}: {why}", file.display()),
            _ => file.display().to_string(),
        };
        let shown: Vec<String> = self.files.iter().map(shown).collect();
        if shown.is_empty() {
            "no file: neither KUBECONFIG nor HOME is set".to_owned()
        } else {
            shown.join(", ")
        }
    }
}

/// A server's address without credentials.
fn shown_server(server: &str) -> String {
    redact(without_user(server).as_ref())
}

/// A server's address without user and password: these extend to the last `@`, whatever they
/// contain.
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

/// kubectl's error about a file, without the part that may quote the file: kubectl 1.20 shows the
/// text around the error, which may be a token.
pub fn refusal(message: &str) -> &str {
    let ends = [", error found in #", ", bigger context"];
    ends.iter().filter_map(|end| message.find(end)).min().map_or(message, |at| &message[..at])
}

/// Whether this process runs in a pod whose service account kubectl would use without a kubeconfig
/// (by the same two signs as kubectl).
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
    fn the_output_of_kubectl_config_view_is_read() {
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
    fn unusual_files_are_left_to_kubectl_and_errors_quote_nothing() {
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
