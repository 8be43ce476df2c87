//! What a client asks to forward, and how to run kubectl for it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::net::IpAddr;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::target::{ForwardTarget, RemotePort};
use crate::config::{ForwardDefaults, Impersonation, Isolate, PodSelection};
use crate::kubectl::{Cluster, Name};

/// What to forward, and how to run kubectl for it. The environment may contain secrets: it is never
/// written to disk or displayed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Spec {
    /// The name given by the user.
    pub name: Option<String>,
    /// The kubeconfig's name for the cluster.
    pub cluster: String,
    /// The context; none inside a pod.
    pub context: Option<String>,
    /// The API server of the context when the forward was requested.
    pub server: String,
    /// The namespace.
    pub namespace: Name,
    /// `TYPE/NAME` as kubectl takes it.
    pub resource: ForwardTarget,
    /// Its ports, one at least.
    pub ports: Vec<PortSpec>,
    /// The addresses to listen on; none for loopback, 127.0.0.1 and ::1.
    pub addresses: Vec<IpAddr>,
    /// The idle time in milliseconds after which the forward is suspended or ended; 0 turns this
    /// off.
    pub idle_ms: u64,
    /// Which connections get their own kubectl.
    #[serde(default)]
    pub isolate: Isolate,
    /// Which pod of a Service or workload to forward to.
    #[serde(default)]
    pub pod_selection: PodSelection,
    /// The maximum number of kubectls at one time.
    #[serde(default = "default_pool")]
    pub pool: u32,
    /// Whether to repeat an idempotent HTTP request if kubectl ended before its answer.
    #[serde(default)]
    pub retry_idempotent: bool,
    /// The interval of TCP keep-alives, in milliseconds; 0 turns them off.
    #[serde(default)]
    pub keepalive_ms: u64,
    /// Whether kubectl is started by the first connection only.
    #[serde(default)]
    pub on_demand: bool,
    /// The kubectl to run.
    pub kubectl: PathBuf,
    /// The value of `--kubeconfig`, if given.
    pub kubeconfig: Option<PathBuf>,
    /// The user as which kubectl acts.
    #[serde(default, rename = "as", skip_serializing_if = "Impersonation::is_none")]
    pub impersonation: Impersonation,
    /// The client's working directory.
    pub directory: PathBuf,
    /// The client's environment, with which kubectl runs as if the client had started it.
    pub environment: Environment,
}

/// How kubectl is run for a forward, common to all forwards of one client.
#[derive(Clone, PartialEq, Eq)]
pub struct KubectlRun {
    /// The program.
    pub kubectl: PathBuf,
    /// The value of `--kubeconfig`, if given.
    pub kubeconfig: Option<PathBuf>,
    /// The user as which kubectl acts.
    pub impersonation: Impersonation,
    /// The working directory.
    pub directory: PathBuf,
    /// Its whole environment.
    pub environment: Environment,
}

impl KubectlRun {
    /// Runs kubectl as this process would: with its working directory and environment.
    ///
    /// # Errors
    ///
    /// If the working directory cannot be determined.
    pub fn new(kubectl: PathBuf) -> std::io::Result<Self> {
        let directory = std::env::current_dir()?;
        Ok(Self {
            kubectl,
            kubeconfig: None,
            impersonation: Impersonation::default(),
            directory,
            environment: Environment::current(),
        })
    }
}

impl std::fmt::Debug for KubectlRun {
    // Omits the environment, which may contain secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KubectlRun")
            .field("kubectl", &self.kubectl)
            .field("kubeconfig", &self.kubeconfig)
            .field("impersonation", &self.impersonation)
            .field("directory", &self.directory)
            .finish_non_exhaustive()
    }
}

impl Spec {
    /// A forward without a name, with the given settings. Change its fields for other values.
    pub fn new(
        cluster: &Cluster,
        namespace: Name,
        resource: ForwardTarget,
        ports: Vec<PortSpec>,
        settings: &ForwardDefaults,
        run: KubectlRun,
    ) -> Self {
        Self {
            name: None,
            cluster: cluster.name.to_string(),
            context: (!cluster.in_cluster).then(|| cluster.context.to_string()),
            server: cluster.server.clone(),
            namespace,
            resource,
            ports,
            addresses: settings.addresses(),
            idle_ms: millis(settings.idle),
            isolate: settings.isolate,
            pod_selection: settings.pod_selection,
            pool: settings.pool,
            retry_idempotent: settings.retry_idempotent,
            keepalive_ms: millis(settings.keepalive),
            on_demand: false,
            kubectl: run.kubectl,
            kubeconfig: run.kubeconfig,
            impersonation: run.impersonation,
            directory: run.directory,
            environment: run.environment,
        }
    }

    /// The forward in a message: its name, if any, with target, namespace and cluster.
    pub fn title(&self) -> String {
        let resource = self.resource.short();
        let ports: Vec<String> = self.ports.iter().map(|port| port.remote.to_string()).collect();
        let (ports, namespace, cluster) = (ports.join(","), &self.namespace, &self.cluster);
        let mut target = format!("{resource}:{ports} in {namespace}, cluster {cluster}");
        if !self.impersonation.is_none() {
            target += &format!(", as {}", self.impersonation);
        }
        match &self.name {
            Some(name) => format!("{name} ({target})"),
            None => target,
        }
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spec")
            .field("name", &self.name)
            .field("context", &self.context)
            .field("namespace", &self.namespace)
            .field("resource", &self.resource)
            .field("ports", &self.ports)
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

fn default_pool() -> u32 {
    crate::config::ForwardDefaults::default().pool
}

/// A port of the resource, and its local port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortSpec {
    /// The port of the resource.
    pub remote: RemotePort,
    /// The local port: this one (`Exact`), or this or the next free one (`From`).
    pub local: LocalPort,
}

/// How a local port is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LocalPort {
    /// This port or fail; 0 means any free port.
    Exact(u16),
    /// This port, else the next free one.
    From(u16),
}

/// Environment variables as bytes, since they need not be UTF-8.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment(pub BTreeMap<OsString, OsString>);

impl Environment {
    /// The environment of this process.
    pub fn current() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// The value of one variable.
    pub fn get(&self, name: &str) -> Option<&OsString> {
        self.0.get(&OsString::from(name))
    }
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // As text if it is UTF-8: a list of numbers takes four times the space.
        to.collect_seq(self.0.iter().map(|(name, value)| (Bytes::of(name), Bytes::of(value))))
    }
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(Bytes, Bytes)>::deserialize(from)?;
        Ok(Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect()))
    }
}

/// A name or a value: as text if it is UTF-8.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Bytes<'a> {
    Text(Cow<'a, str>),
    Raw(Vec<u8>),
}

impl<'a> Bytes<'a> {
    fn of(text: &'a OsStr) -> Self {
        match text.to_str() {
            Some(text) => Self::Text(Cow::Borrowed(text)),
            None => Self::Raw(text.as_bytes().to_vec()),
        }
    }
}

impl From<Bytes<'_>> for OsString {
    fn from(bytes: Bytes<'_>) -> Self {
        match bytes {
            Bytes::Text(text) => text.into_owned().into(),
            Bytes::Raw(bytes) => Self::from_vec(bytes),
        }
    }
}
