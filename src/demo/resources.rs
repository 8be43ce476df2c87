//! The resource types that a demo cluster serves.

/// One resource type in one version.
#[derive(Debug)]
pub(super) struct Resource {
    /// API group; empty for the core group.
    pub(super) group: &'static str,
    pub(super) version: &'static str,
    pub(super) plural: &'static str,
    pub(super) singular: &'static str,
    pub(super) kind: &'static str,
    pub(super) namespaced: bool,
    pub(super) short: &'static [&'static str],
    /// Whether `kubectl get all` includes it.
    pub(super) in_all: bool,
    /// Whether it is a custom resource, whose items name their own kind in a list.
    pub(super) custom: bool,
    /// The field selectors it understands besides `metadata.name` and `metadata.namespace`.
    pub(super) fields: &'static [&'static str],
}

impl Resource {
    /// `v1`, or `group/version`.
    pub(super) fn group_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// `pods`, or `deployments.apps`: the name in the API server's error messages.
    pub(super) fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.plural.to_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }
}

const CORE: Resource = Resource {
    group: "",
    version: "v1",
    plural: "",
    singular: "",
    kind: "",
    namespaced: true,
    short: &[],
    in_all: false,
    custom: false,
    fields: &[],
};
const APPS: Resource = Resource { group: "apps", in_all: true, ..CORE };
const HPA: Resource = Resource {
    group: "autoscaling",
    plural: "horizontalpodautoscalers",
    singular: "horizontalpodautoscaler",
    kind: "HorizontalPodAutoscaler",
    short: &["hpa"],
    in_all: true,
    ..CORE
};

/// Every resource type, the preferred version of a group first.
pub(super) const RESOURCES: &[Resource] = &[
    Resource {
        plural: "events",
        singular: "event",
        kind: "Event",
        short: &["ev"],
        fields: &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        ..CORE
    },
    Resource {
        plural: "namespaces",
        singular: "namespace",
        kind: "Namespace",
        namespaced: false,
        short: &["ns"],
        fields: &["status.phase"],
        ..CORE
    },
    Resource {
        plural: "nodes",
        singular: "node",
        kind: "Node",
        namespaced: false,
        short: &["no"],
        fields: &["spec.unschedulable"],
        ..CORE
    },
    Resource {
        plural: "pods",
        singular: "pod",
        kind: "Pod",
        short: &["po"],
        in_all: true,
        fields: &["spec.nodeName", "spec.restartPolicy", "status.phase", "status.podIP"],
        ..CORE
    },
    Resource {
        plural: "replicationcontrollers",
        singular: "replicationcontroller",
        kind: "ReplicationController",
        short: &["rc"],
        in_all: true,
        fields: &["status.replicas"],
        ..CORE
    },
    Resource {
        plural: "resourcequotas",
        singular: "resourcequota",
        kind: "ResourceQuota",
        short: &["quota"],
        ..CORE
    },
    Resource {
        plural: "services",
        singular: "service",
        kind: "Service",
        short: &["svc"],
        in_all: true,
        fields: &["spec.clusterIP", "spec.type"],
        ..CORE
    },
    Resource {
        plural: "deployments",
        singular: "deployment",
        kind: "Deployment",
        short: &["deploy"],
        ..APPS
    },
    Resource {
        plural: "replicasets",
        singular: "replicaset",
        kind: "ReplicaSet",
        short: &["rs"],
        fields: &["status.replicas"],
        ..APPS
    },
    Resource {
        plural: "statefulsets",
        singular: "statefulset",
        kind: "StatefulSet",
        short: &["sts"],
        ..APPS
    },
    Resource { version: "v2", ..HPA },
    Resource { version: "v1", ..HPA },
    Resource {
        group: "policy",
        plural: "poddisruptionbudgets",
        singular: "poddisruptionbudget",
        kind: "PodDisruptionBudget",
        short: &["pdb"],
        ..CORE
    },
    Resource {
        group: "argoproj.io",
        version: "v1alpha1",
        plural: "rollouts",
        singular: "rollout",
        kind: "Rollout",
        short: &["ro"],
        custom: true,
        ..CORE
    },
    Resource {
        group: "autoscaling.k8s.io",
        plural: "verticalpodautoscalers",
        singular: "verticalpodautoscaler",
        kind: "VerticalPodAutoscaler",
        short: &["vpa"],
        custom: true,
        ..CORE
    },
    Resource {
        group: "keda.sh",
        version: "v1alpha1",
        plural: "scaledobjects",
        singular: "scaledobject",
        kind: "ScaledObject",
        short: &["so"],
        custom: true,
        ..CORE
    },
];

/// The position in [`RESOURCES`] of a resource type.
pub(super) fn find(group: &str, version: &str, plural: &str) -> Option<usize> {
    RESOURCES.iter().position(|resource| {
        resource.group == group && resource.version == version && resource.plural == plural
    })
}

/// The API groups in order, each with its versions, the preferred one first; the core group is not
/// among them, nor are those that the cluster `lacks`.
pub(super) fn groups(lacks: &[&str]) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    let named =
        |resource: &&Resource| !resource.group.is_empty() && !lacks.contains(&resource.group);
    for resource in RESOURCES.iter().filter(named) {
        match groups.iter_mut().find(|(group, _)| *group == resource.group) {
            Some((_, versions)) if versions.contains(&resource.version) => {}
            Some((_, versions)) => versions.push(resource.version),
            None => groups.push((resource.group, vec![resource.version])),
        }
    }
    groups
}
