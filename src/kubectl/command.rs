//! The closed set of kubectl's calls: reads, as types.
//!
//! No user input is an argument of its own: names and selectors are values after an `=`, parts of a
//! percent-encoded path, or follow a `TYPE/`.

mod api_path;

use std::fmt;

pub use api_path::{ApiPath, ListQuery};

use super::name::Name;

/// A list that watchdog reads, with its API group and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// autoscaling/v2 (Kubernetes 1.23 and newer).
    HorizontalPodAutoscalers,
    /// v1
    Namespaces,
    /// v1
    Services,
    /// v1
    Pods,
    /// v1
    ReplicationControllers,
    /// apps/v1
    Deployments,
    /// apps/v1
    StatefulSets,
    /// apps/v1
    ReplicaSets,
    /// argoproj.io/v1alpha1: Argo Rollouts
    Rollouts,
    /// policy/v1
    PodDisruptionBudgets,
    /// v1
    Events,
    /// v1
    ResourceQuotas,
    /// autoscaling.k8s.io/v1: of the Vertical Pod Autoscaler, if it is installed
    VerticalPodAutoscalers,
    /// keda.sh/v1alpha1: of KEDA, if it is installed
    ScaledObjects,
    /// metrics.k8s.io/v1beta1: what each pod uses, of metrics-server or what stands in for it
    PodMetrics,
}

impl Resource {
    /// All resources: a role has to allow these.
    pub const ALL: [Self; 15] = [
        Self::HorizontalPodAutoscalers,
        Self::Namespaces,
        Self::Services,
        Self::Pods,
        Self::ReplicationControllers,
        Self::Deployments,
        Self::StatefulSets,
        Self::ReplicaSets,
        Self::Rollouts,
        Self::PodDisruptionBudgets,
        Self::Events,
        Self::ResourceQuotas,
        Self::VerticalPodAutoscalers,
        Self::ScaledObjects,
        Self::PodMetrics,
    ];

    /// The API group; empty for the core group.
    pub fn group(self) -> &'static str {
        let path = self.group_path().strip_prefix("/apis/").unwrap_or_default();
        path.split_once('/').map_or("", |(group, _)| group)
    }

    fn group_path(self) -> &'static str {
        match self {
            Self::HorizontalPodAutoscalers => "/apis/autoscaling/v2",
            Self::Namespaces
            | Self::Services
            | Self::Pods
            | Self::ReplicationControllers
            | Self::Events
            | Self::ResourceQuotas => "/api/v1",
            Self::Deployments | Self::StatefulSets | Self::ReplicaSets => "/apis/apps/v1",
            Self::Rollouts => "/apis/argoproj.io/v1alpha1",
            Self::PodDisruptionBudgets => "/apis/policy/v1",
            Self::VerticalPodAutoscalers => "/apis/autoscaling.k8s.io/v1",
            Self::ScaledObjects => "/apis/keda.sh/v1alpha1",
            Self::PodMetrics => "/apis/metrics.k8s.io/v1beta1",
        }
    }

    /// The name in paths and roles, such as `pods`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::HorizontalPodAutoscalers => "horizontalpodautoscalers",
            Self::Namespaces => "namespaces",
            Self::Services => "services",
            Self::Pods | Self::PodMetrics => "pods",
            Self::ReplicationControllers => "replicationcontrollers",
            Self::Deployments => "deployments",
            Self::StatefulSets => "statefulsets",
            Self::ReplicaSets => "replicasets",
            Self::Rollouts => "rollouts",
            Self::PodDisruptionBudgets => "poddisruptionbudgets",
            Self::Events => "events",
            Self::ResourceQuotas => "resourcequotas",
            Self::VerticalPodAutoscalers => "verticalpodautoscalers",
            Self::ScaledObjects => "scaledobjects",
        }
    }

    /// The name as an argument of `kubectl get`, with version and group.
    fn qualified(self) -> &'static str {
        match self {
            Self::HorizontalPodAutoscalers => "horizontalpodautoscalers.v2.autoscaling",
            Self::Namespaces => "namespaces",
            Self::Services => "services",
            Self::Pods => "pods",
            Self::ReplicationControllers => "replicationcontrollers",
            Self::Deployments => "deployments.v1.apps",
            Self::StatefulSets => "statefulsets.v1.apps",
            Self::ReplicaSets => "replicasets.v1.apps",
            Self::Rollouts => "rollouts.v1alpha1.argoproj.io",
            Self::PodDisruptionBudgets => "poddisruptionbudgets.v1.policy",
            Self::Events => "events",
            Self::ResourceQuotas => "resourcequotas",
            Self::VerticalPodAutoscalers => "verticalpodautoscalers.v1.autoscaling.k8s.io",
            Self::ScaledObjects => "scaledobjects.v1alpha1.keda.sh",
            Self::PodMetrics => "pods.v1beta1.metrics.k8s.io",
        }
    }

    /// Whether its objects can be scale targets.
    fn is_target(self) -> bool {
        matches!(
            self,
            Self::ReplicationControllers
                | Self::Deployments
                | Self::StatefulSets
                | Self::ReplicaSets
                | Self::Rollouts
        )
    }

    /// The resource of a scale target, if its kind has a known plural.
    pub fn of_kind(api_version: &str, kind: &str) -> Option<Self> {
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        Some(match (group, kind) {
            ("apps", "Deployment") => Self::Deployments,
            ("apps", "StatefulSet") => Self::StatefulSets,
            ("apps", "ReplicaSet") => Self::ReplicaSets,
            ("", "ReplicationController") => Self::ReplicationControllers,
            ("argoproj.io", "Rollout") => Self::Rollouts,
            _ => return None,
        })
    }
}

/// One object of any kind, as an HPA names its target: kubectl resolves the plural.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRef {
    kind: KindRef,
    namespace: Name,
    name: Name,
}

impl ObjectRef {
    /// A reference, or `None` if `api_version` or `kind` is not valid in Kubernetes.
    pub fn new(api_version: &str, kind: &str, namespace: Name, name: Name) -> Option<Self> {
        Some(Self::of(KindRef::new(api_version, kind)?, namespace, name))
    }

    /// The object of that kind.
    pub fn of(kind: KindRef, namespace: Name, name: Name) -> Self {
        Self { kind, namespace, name }
    }

    /// Its kind.
    pub fn kind(&self) -> &KindRef {
        &self.kind
    }
}

/// A kind whose plural kubectl resolves: `Kind.version.group` or `Kind.group`, made of letters,
/// digits, dots and dashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindRef {
    kind: String,
    /// Ends with a dot, or is empty.
    version: String,
    group: String,
}

impl fmt::Display for KindRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}{}", self.kind, self.version, self.group)
    }
}

impl KindRef {
    /// A kind, or `None` if `api_version` or `kind` is not valid in Kubernetes.
    pub fn new(api_version: &str, kind: &str) -> Option<Self> {
        let plain = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        };
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        if !plain(kind) || !plain(version) || !(group.is_empty() || plain(group)) {
            return None;
        }
        // In the core group only a ReplicationController can be scaled, whose plural is known. An
        // HPA that names, for example, a Secret must not make us read it.
        if group.is_empty() {
            return None;
        }
        Some(Self {
            kind: kind.to_owned(),
            version: format!("{version}."),
            group: group.to_owned(),
        })
    }

    /// The kind in the version that the server prefers. kubectl then reads the API groups again
    /// instead of using its cache.
    #[must_use]
    pub fn of_any_version(self) -> Self {
        Self { version: String::new(), ..self }
    }

    /// For example `Kafka`.
    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    /// Its version, if given.
    pub(super) fn version(&self) -> Option<&str> {
        self.version.strip_suffix('.')
    }
}

/// Every call that kubectl can be asked to make. No variant writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// `kubectl version --client -o json`
    ClientVersion,
    /// `kubectl config view -o json`: merged, secrets redacted.
    ConfigView,
    /// `kubectl version -o json`, for a cluster where `--raw` does not serve: the client's version and
    /// the server's.
    ServerVersion,
    /// `kubectl get --raw PATH`: the server's own bytes.
    Raw(ApiPath),
    /// `kubectl get RESOURCE -o json`, for a cluster where `--raw` does not work.
    List {
        /// What to list.
        resource: Resource,
        /// One namespace, or all.
        namespace: Option<Name>,
        /// Filters; `limit` becomes the chunk size, `continue_token` is not used.
        query: ListQuery,
    },
    /// `kubectl get RESOURCE/NAME -o json`, for a cluster where `--raw` does not work.
    Named {
        /// The resource.
        resource: Resource,
        /// Its namespace.
        namespace: Name,
        /// Its name.
        name: Name,
    },
    /// `kubectl get KIND.VERSION.GROUP/NAME -o json`
    Object(ObjectRef),
    /// `kubectl get KIND.VERSION.GROUP/NAME --subresource=scale -o json`; needs kubectl 1.24 or
    /// newer.
    Scale(ObjectRef),
    /// `kubectl get KIND.VERSION.GROUP -o json`
    Kind {
        /// What to list.
        kind: KindRef,
        /// One namespace, or all.
        namespace: Option<Name>,
    },
}

impl Read {
    /// Whether the call needs a cluster, and therefore a context.
    pub fn needs_cluster(&self) -> bool {
        !matches!(self, Self::ClientVersion | Self::ConfigView)
    }

    /// Whether the call needs `metadata.managedFields`, which show who else sets the replicas of a
    /// scale target. kubectl 1.21 and newer omit them by default; `--raw` always includes them.
    pub(super) fn wants_managed_fields(&self) -> bool {
        match self {
            Self::List { resource, .. } | Self::Named { resource, .. } => resource.is_target(),
            Self::Object(_) | Self::Kind { .. } => true,
            Self::ClientVersion
            | Self::ConfigView
            | Self::ServerVersion
            | Self::Raw(_)
            | Self::Scale(_) => false,
        }
    }

    /// Whether this is a `get` that prints JSON, which a `subresource` set in kuberc would change.
    pub(super) fn takes_subresource(&self) -> bool {
        matches!(self, Self::List { .. } | Self::Named { .. } | Self::Object(_) | Self::Kind { .. })
    }

    /// The arguments after the global ones; a raw path follows `base`, the path of the server's
    /// URL.
    ///
    /// Every flag that changes the answer is given explicitly, since a kuberc may set a default for
    /// any of them.
    pub(super) fn args(&self, base: &str) -> Vec<String> {
        let mut args = Args::default();
        match self {
            Self::ClientVersion => args.all(&["version", "--client", "--output=json"]),
            Self::ServerVersion => args.all(&["version", "--output=json", "--client=false"]),
            Self::ConfigView => args
                .all(&["config", "view", "--output=json", "--raw=false", "--minify=false"])
                .all(&["--flatten=false", "--merge=true"]),
            Self::Raw(path) => args
                .one("get")
                .one(format!("--raw={base}{}", path.encoded()))
                .all(&["--output=", "--selector=", "--show-labels=false"])
                .all(&NO_WATCH),
            Self::List { resource, namespace, query } => args
                .all(&["get", resource.qualified()])
                .json_of(namespace.as_ref())
                .one(format!("--selector={}", query.label_selector.as_deref().unwrap_or_default()))
                .one(format!(
                    "--field-selector={}",
                    query.field_selector.as_deref().unwrap_or_default()
                ))
                .one(format!("--chunk-size={}", query.limit.unwrap_or(500))),
            Self::Named { resource, namespace, name } => args
                .one("get")
                .json_of(Some(namespace))
                .all(&UNFILTERED)
                .one("--")
                .one(format!("{}/{name}", resource.qualified())),
            Self::Object(ObjectRef { kind, namespace, name }) => args
                .one("get")
                .json_of(Some(namespace))
                .all(&UNFILTERED)
                .one("--")
                .one(format!("{kind}/{name}")),
            Self::Scale(ObjectRef { kind, namespace, name }) => args
                .one("get")
                .json_of(Some(namespace))
                .all(&UNFILTERED)
                .all(&["--subresource=scale", "--"])
                .one(format!("{kind}/{name}")),
            Self::Kind { kind, namespace } => args
                .one("get")
                .json_of(namespace.as_ref())
                .all(&UNFILTERED)
                .all(&["--chunk-size=500", "--"])
                .one(kind.to_string()),
        };
        args.0
    }
}

const NO_WATCH: [&str; 3] = ["--watch=false", "--watch-only=false", "--output-watch-events=false"];
const UNFILTERED: [&str; 2] = ["--selector=", "--field-selector="];

/// A list of arguments under construction.
#[derive(Default)]
struct Args(Vec<String>);

impl Args {
    fn one(&mut self, arg: impl Into<String>) -> &mut Self {
        self.0.push(arg.into());
        self
    }

    fn all(&mut self, args: &[&str]) -> &mut Self {
        self.0.extend(args.iter().map(|&arg| arg.to_owned()));
        self
    }

    /// Adds the arguments for JSON output, of one namespace or of all.
    fn json_of(&mut self, namespace: Option<&Name>) -> &mut Self {
        match namespace {
            Some(namespace) => {
                self.one(format!("--namespace={namespace}")).one("--all-namespaces=false")
            }
            None => self.one("--all-namespaces=true"),
        };
        self.all(&["--output=json", "--ignore-not-found=false", "--show-labels=false"])
            .all(&["--sort-by=", "--raw=", "--filename=", "--kustomize="])
            .all(&NO_WATCH)
    }
}

#[cfg(test)]
mod tests;
