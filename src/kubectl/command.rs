//! The closed set of what kubectl is ever asked: reads, as types.
//!
//! Nothing a user typed stands alone on the command line: names and selectors are values after
//! an `=`, parts of a percent-encoded path, or behind a `TYPE/`.

use std::fmt;

use super::name::Name;
use super::server::percent_encode;

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
    ResourceQuotas,
    /// autoscaling.k8s.io/v1: the Vertical Pod Autoscaler's, where it is installed
    VerticalPodAutoscalers,
    /// keda.sh/v1alpha1: KEDA's, where it is installed
    ScaledObjects,
}

impl Resource {
    /// Every one: what a role has to allow.
    pub const ALL: [Self; 13] = [
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
        Self::ResourceQuotas,
        Self::VerticalPodAutoscalers,
        Self::ScaledObjects,
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
            | Self::ResourceQuotas => "/api/v1",
            Self::Deployments | Self::StatefulSets | Self::ReplicaSets => "/apis/apps/v1",
            Self::Rollouts => "/apis/argoproj.io/v1alpha1",
            Self::PodDisruptionBudgets => "/apis/policy/v1",
            Self::VerticalPodAutoscalers => "/apis/autoscaling.k8s.io/v1",
            Self::ScaledObjects => "/apis/keda.sh/v1alpha1",
        }
    }

    /// The name in paths and roles, such as `pods`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::HorizontalPodAutoscalers => "horizontalpodautoscalers",
            Self::Namespaces => "namespaces",
            Self::Services => "services",
            Self::Pods => "pods",
            Self::ReplicationControllers => "replicationcontrollers",
            Self::Deployments => "deployments",
            Self::StatefulSets => "statefulsets",
            Self::ReplicaSets => "replicasets",
            Self::Rollouts => "rollouts",
            Self::PodDisruptionBudgets => "poddisruptionbudgets",
            Self::ResourceQuotas => "resourcequotas",
            Self::VerticalPodAutoscalers => "verticalpodautoscalers",
            Self::ScaledObjects => "scaledobjects",
        }
    }

    /// The name as `kubectl get` takes it, version and group included.
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
            Self::ResourceQuotas => "resourcequotas",
            Self::VerticalPodAutoscalers => "verticalpodautoscalers.v1.autoscaling.k8s.io",
            Self::ScaledObjects => "scaledobjects.v1alpha1.keda.sh",
        }
    }

    /// Whether its objects may be scale targets.
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

    /// The resource of a scale target, where its kind is one whose plural is known.
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

/// What narrows a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// A label selector, in the API server's grammar.
    pub label_selector: Option<String>,
    /// A field selector.
    pub field_selector: Option<String>,
    /// At most so many objects in one answer; the rest by `continue_token`.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub continue_token: Option<String>,
}

/// A path below the API server's root.
///
/// It is kept as what it asks for, so that another form of the same question is at hand where no
/// raw path serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiPath(Asked);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Version,
    Readyz,
    List { resource: Resource, namespace: Option<Name>, query: ListQuery },
    Object { resource: Resource, namespace: Name, name: Name },
    Group { group: String },
    Resources { group: String, version: String },
    Scale { object: ObjectRef, version: String, plural: Name },
}

impl ApiPath {
    /// The server's version.
    pub fn version() -> Self {
        Self(Asked::Version)
    }

    /// The server's readiness.
    pub fn readyz() -> Self {
        Self(Asked::Readyz)
    }

    /// A list: of one namespace or of all.
    pub fn list(resource: Resource, namespace: Option<&Name>, query: &ListQuery) -> Self {
        Self(Asked::List { resource, namespace: namespace.cloned(), query: query.clone() })
    }

    /// One object.
    pub fn object(resource: Resource, namespace: &Name, name: &Name) -> Self {
        Self(Asked::Object { resource, namespace: namespace.clone(), name: name.clone() })
    }

    /// The versions of a kind's API group.
    pub(super) fn group(kind: &KindRef) -> Self {
        Self(Asked::Group { group: kind.group.clone() })
    }

    /// The resources of a kind's API group in a version.
    pub(super) fn resources(kind: &KindRef, version: &str) -> Self {
        Self(Asked::Resources { group: kind.group.clone(), version: version.to_owned() })
    }

    /// The `/scale` of an object whose plural is known.
    pub(super) fn scale(object: &ObjectRef, version: &str, plural: &Name) -> Self {
        Self(Asked::Scale {
            object: object.clone(),
            version: version.to_owned(),
            plural: plural.clone(),
        })
    }

    /// The same question without a raw path; none where kubectl has no such form.
    pub(super) fn without_raw(&self) -> Option<Read> {
        match &self.0 {
            Asked::Version => Some(Read::ServerVersion),
            Asked::List { resource, namespace, query } => Some(Read::List {
                resource: *resource,
                namespace: namespace.clone(),
                query: query.clone(),
            }),
            Asked::Object { resource, namespace, name } => Some(Read::Named {
                resource: *resource,
                namespace: namespace.clone(),
                name: name.clone(),
            }),
            Asked::Scale { object, .. } => Some(Read::Scale(object.clone())),
            Asked::Readyz | Asked::Group { .. } | Asked::Resources { .. } => None,
        }
    }

    /// The path as sent, percent-encoded.
    pub fn encoded(&self) -> String {
        match &self.0 {
            Asked::Version => "/version".to_owned(),
            Asked::Readyz => "/readyz".to_owned(),
            Asked::List { resource, namespace, query } => {
                let mut path = collection(*resource, namespace.as_ref());
                query.append_to(&mut path);
                path
            }
            Asked::Object { resource, namespace, name } => {
                let mut path = collection(*resource, Some(namespace));
                append_segment(&mut path, name.as_str());
                path
            }
            Asked::Group { group } => {
                let mut path = "/apis".to_owned();
                append_segment(&mut path, group);
                path
            }
            Asked::Resources { group, version } => {
                let mut path = "/apis".to_owned();
                append_segment(&mut path, group);
                append_segment(&mut path, version);
                path
            }
            Asked::Scale { object: ObjectRef { kind, namespace, name }, version, plural } => {
                let mut path = "/apis".to_owned();
                let (namespace, name) = (namespace.as_str(), name.as_str());
                let plural = plural.as_str();
                for part in [&kind.group, version, "namespaces", namespace, plural, name, "scale"] {
                    append_segment(&mut path, part);
                }
                path
            }
        }
    }
}

fn collection(resource: Resource, namespace: Option<&Name>) -> String {
    let mut path = resource.group_path().to_owned();
    if let Some(namespace) = namespace {
        path.push_str("/namespaces");
        append_segment(&mut path, namespace.as_str());
    }
    append_segment(&mut path, resource.plural());
    path
}

fn append_segment(path: &mut String, segment: &str) {
    path.push('/');
    percent_encode(path, segment.as_bytes());
}

impl ListQuery {
    fn append_to(&self, path: &mut String) {
        let mut separator = '?';
        let mut add = |key: &str, value: &str| {
            path.push(separator);
            path.push_str(key);
            path.push('=');
            percent_encode(path, value.as_bytes());
            separator = '&';
        };
        if let Some(selector) = &self.label_selector {
            add("labelSelector", selector);
        }
        if let Some(selector) = &self.field_selector {
            add("fieldSelector", selector);
        }
        if let Some(limit) = self.limit {
            add("limit", &limit.to_string());
        }
        if let Some(token) = &self.continue_token {
            add("continue", token);
        }
    }
}

/// One object of any kind, as an HPA names its target: kubectl finds out the plural.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRef {
    kind: KindRef,
    namespace: Name,
    name: Name,
}

impl ObjectRef {
    /// A reference, or `None` where `api_version` or `kind` is not what Kubernetes would take.
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

/// A kind whose plural only kubectl can find out: `Kind.version.group` or `Kind.group`, made of letters,
/// digits, dots and dashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindRef {
    kind: String,
    /// With a dot at its end, or empty.
    version: String,
    group: String,
}

impl fmt::Display for KindRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}{}", self.kind, self.version, self.group)
    }
}

impl KindRef {
    /// A kind, or `None` where `api_version` or `kind` is not what Kubernetes would take.
    pub fn new(api_version: &str, kind: &str) -> Option<Self> {
        let plain = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        };
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        if !plain(kind) || !plain(version) || !(group.is_empty() || plain(group)) {
            return None;
        }
        // Of the core group only a ReplicationController can be scaled, whose plural is known; a
        // Secret, say, is nothing to read because an HPA names it.
        if group.is_empty() {
            return None;
        }
        Some(Self {
            kind: kind.to_owned(),
            version: format!("{version}."),
            group: group.to_owned(),
        })
    }

    /// The kind in whichever version the server prefers. kubectl reads the API groups anew to find it,
    /// rather than from its cache.
    #[must_use]
    pub fn of_any_version(self) -> Self {
        Self { version: String::new(), ..self }
    }

    /// Such as `Kafka`.
    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    /// Its version, where it names one.
    pub(super) fn version(&self) -> Option<&str> {
        self.version.strip_suffix('.')
    }
}

/// Everything kubectl can be asked. There is no variant that writes.
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
    /// `kubectl get RESOURCE -o json`, for a cluster where `--raw` does not serve.
    List {
        /// What to list.
        resource: Resource,
        /// One namespace, or all.
        namespace: Option<Name>,
        /// What narrows it; `limit` becomes the chunk size, `continue_token` is not used.
        query: ListQuery,
    },
    /// `kubectl get RESOURCE/NAME -o json`, for a cluster where `--raw` does not serve.
    Named {
        /// What it is.
        resource: Resource,
        /// Its namespace.
        namespace: Name,
        /// Its name.
        name: Name,
    },
    /// `kubectl get KIND.VERSION.GROUP/NAME -o json`
    Object(ObjectRef),
    /// `kubectl get KIND.VERSION.GROUP/NAME --subresource=scale -o json`, of kubectl 1.24 and newer.
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
    /// Whether it goes to a cluster at all (and so wants a context).
    pub fn needs_cluster(&self) -> bool {
        !matches!(self, Self::ClientVersion | Self::ConfigView)
    }

    /// Whether `metadata.managedFields` are wanted of it, which kubectl 1.21 and newer leave out of what
    /// they print: of scale targets they tell who else sets the replicas. `--raw` has them always.
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

    /// Whether it is a `get` of what kubectl prints as JSON, which kuberc's `subresource` would change.
    pub(super) fn takes_subresource(&self) -> bool {
        matches!(self, Self::List { .. } | Self::Named { .. } | Self::Object(_) | Self::Kind { .. })
    }

    /// The arguments after the global ones; a raw path goes behind `base`, the path of the server.
    ///
    /// Every flag that changes what is answered is given, for a kuberc may set a default for any of them.
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

/// Arguments in the making.
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

    /// As JSON, of one namespace or of all.
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
