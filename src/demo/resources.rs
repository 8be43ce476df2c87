//! The resource types that a demo cluster serves.

use std::collections::BTreeMap;

use serde_json::Value;

use super::scale::{Scale, Selector};

/// One resource type in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    /// API group; empty for the core group.
    pub(super) group: String,
    pub(super) version: String,
    pub(super) plural: String,
    pub(super) singular: String,
    pub(super) kind: String,
    pub(super) namespaced: bool,
    pub(super) short: &'static [&'static str],
    /// Whether `kubectl get all` includes it.
    pub(super) in_all: bool,
    /// Whether it is a custom resource, whose items name their own kind in a list.
    pub(super) custom: bool,
    /// The supported field selectors other than `metadata.name` and `metadata.namespace`.
    pub(super) fields: &'static [&'static str],
    /// Its subresource `scale`, if it has one.
    pub(super) scale: Option<Scale>,
}

impl Resource {
    /// For example `v1`, or `group/version`.
    pub(super) fn group_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Whether it is what metrics-server serves: the usage of pods, as of the last few seconds and
    /// never in pages.
    pub(super) fn is_measured(&self) -> bool {
        self.group == METRICS
    }

    /// For example `pods` or `deployments.apps`: the name in the API server's error messages.
    pub(super) fn qualified(&self) -> String {
        if self.group.is_empty() {
            self.plural.clone()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// A kind that is not in the table, with the plural that its name suggests.
    fn of_kind(group: &str, version: &str, kind: &str, selector: Option<&str>) -> Resource {
        let singular = kind.to_lowercase();
        let selector = match (group, kind) {
            ("apps.openshift.io", "DeploymentConfig") => Selector::Labels,
            _ => selector.map_or(Selector::None, |path| Selector::Text(path.to_owned())),
        };
        Resource {
            group: group.to_owned(),
            version: version.to_owned(),
            plural: plural(&singular),
            singular,
            kind: kind.to_owned(),
            namespaced: true,
            short: &[],
            in_all: false,
            custom: group.contains('.'),
            fields: &[],
            scale: Some(Scale { replicas: "replicas", selector }),
        }
    }
}

/// The likely plural of a kind's name.
fn plural(singular: &str) -> String {
    if singular.ends_with('s') || singular.ends_with("ch") || singular.ends_with('x') {
        return format!("{singular}es");
    }
    match singular.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{singular}s"),
    }
}

/// The resource types of one cluster.
#[derive(Debug)]
pub(super) struct Types {
    all: Vec<Resource>,
    /// API groups of the table that this cluster lacks.
    lacks: Vec<String>,
}

impl Types {
    /// The types of the table, without some API groups.
    pub(super) fn embedded(lacks: &[&str]) -> Types {
        Types {
            all: RESOURCES.iter().map(Resource::from).collect(),
            lacks: lacks.iter().map(|group| (*group).to_owned()).collect(),
        }
    }

    /// The types of the table and of these objects; `selectors` are the selector paths of kinds
    /// that are not in the table. A kind of the table with objects in other versions is served in
    /// those versions only; custom kinds and metrics without objects are not served.
    pub(super) fn of(objects: &[Value], selectors: &BTreeMap<String, String>) -> Types {
        let mut given: Vec<(&str, &str, &str)> = Vec::new();
        for object in objects {
            let text = |field: &str| object[field].as_str().unwrap_or_default();
            let (group, version) = group_and_version(text("apiVersion"));
            if !given.contains(&(group, version, text("kind"))) {
                given.push((group, version, text("kind")));
            }
        }
        let is_given = |row: &Row, version: Option<&str>| {
            given.iter().any(|(group, found, kind)| {
                (*group, *kind) == (row.group, row.kind)
                    && version.is_none_or(|version| *found == version)
            })
        };
        let kept = RESOURCES.iter().filter(|row| {
            is_given(row, Some(row.version)) || !row.is_optional() && !is_given(row, None)
        });
        let mut all: Vec<Resource> = kept.map(Resource::from).collect();
        for (group, version, kind) in &given {
            let same = |resource: &Resource| resource.group == *group && resource.kind == *kind;
            if all.iter().any(|resource| same(resource) && resource.version == *version) {
                continue;
            }
            let row = RESOURCES.iter().find(|row| (row.group, row.kind) == (*group, *kind));
            all.push(if let Some(row) = row {
                Resource { version: (*version).to_owned(), ..Resource::from(row) }
            } else {
                let selector = selectors.get(*kind).map(String::as_str);
                Resource::of_kind(group, version, kind, selector)
            });
        }
        Types { all, lacks: Vec::new() }
    }

    /// The index of a resource type.
    pub(super) fn find(&self, group: &str, version: &str, plural: &str) -> Option<usize> {
        self.all.iter().position(|resource| {
            resource.group == group && resource.version == version && resource.plural == plural
        })
    }

    pub(super) fn get(&self, index: usize) -> Option<&Resource> {
        self.all.get(index)
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether this cluster lacks an API group of the table.
    pub(super) fn lacks(&self, group: &str) -> bool {
        self.lacks.iter().any(|lacked| lacked == group)
    }

    /// The resource types of one version of a group.
    pub(super) fn of_group<'a>(
        &'a self,
        group: &'a str,
        version: &'a str,
    ) -> impl Iterator<Item = &'a Resource> + 'a {
        let all = self.all.iter();
        all.filter(move |resource| resource.group == group && resource.version == version)
    }

    /// The API groups in order, each with its versions, the preferred one first; without the core
    /// group.
    pub(super) fn groups(&self) -> Vec<(&str, Vec<&str>)> {
        let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
        for resource in &self.all {
            let (group, version) = (resource.group.as_str(), resource.version.as_str());
            if group.is_empty() || self.lacks(group) {
                continue;
            }
            match groups.iter_mut().find(|(known, _)| *known == group) {
                Some((_, versions)) if versions.contains(&version) => {}
                Some((_, versions)) => versions.push(version),
                None => groups.push((group, vec![version])),
            }
        }
        groups
    }
}

/// Splits `apps/v1` into `apps` and `v1`; the core group is empty.
pub(super) fn group_and_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

/// A resource type of the table.
#[derive(Debug)]
struct Row {
    group: &'static str,
    version: &'static str,
    plural: &'static str,
    singular: &'static str,
    kind: &'static str,
    namespaced: bool,
    short: &'static [&'static str],
    in_all: bool,
    custom: bool,
    fields: &'static [&'static str],
}

impl Row {
    /// Whether a cluster without such objects lacks the type.
    fn is_optional(&self) -> bool {
        self.custom || self.group == METRICS
    }
}

impl From<&Row> for Resource {
    fn from(row: &Row) -> Resource {
        Resource {
            group: row.group.to_owned(),
            version: row.version.to_owned(),
            plural: row.plural.to_owned(),
            singular: row.singular.to_owned(),
            kind: row.kind.to_owned(),
            namespaced: row.namespaced,
            short: row.short,
            in_all: row.in_all,
            custom: row.custom,
            fields: row.fields,
            scale: Scale::of_kind(row.kind),
        }
    }
}

const CORE: Row = Row {
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
const APPS: Row = Row { group: "apps", in_all: true, ..CORE };
const HPA: Row = Row {
    group: "autoscaling",
    plural: "horizontalpodautoscalers",
    singular: "horizontalpodautoscaler",
    kind: "HorizontalPodAutoscaler",
    short: &["hpa"],
    in_all: true,
    ..CORE
};

/// The API group of metrics-server.
const METRICS: &str = "metrics.k8s.io";

/// All resource types, with the preferred version of a group first.
const RESOURCES: &[Row] = &[
    Row {
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
    Row {
        plural: "namespaces",
        singular: "namespace",
        kind: "Namespace",
        namespaced: false,
        short: &["ns"],
        fields: &["status.phase"],
        ..CORE
    },
    Row {
        plural: "nodes",
        singular: "node",
        kind: "Node",
        namespaced: false,
        short: &["no"],
        fields: &["spec.unschedulable"],
        ..CORE
    },
    Row {
        plural: "pods",
        singular: "pod",
        kind: "Pod",
        short: &["po"],
        in_all: true,
        fields: &["spec.nodeName", "spec.restartPolicy", "status.phase", "status.podIP"],
        ..CORE
    },
    Row {
        plural: "replicationcontrollers",
        singular: "replicationcontroller",
        kind: "ReplicationController",
        short: &["rc"],
        in_all: true,
        fields: &["status.replicas"],
        ..CORE
    },
    Row {
        plural: "resourcequotas",
        singular: "resourcequota",
        kind: "ResourceQuota",
        short: &["quota"],
        ..CORE
    },
    Row {
        plural: "services",
        singular: "service",
        kind: "Service",
        short: &["svc"],
        in_all: true,
        fields: &["spec.clusterIP", "spec.type"],
        ..CORE
    },
    Row {
        plural: "deployments",
        singular: "deployment",
        kind: "Deployment",
        short: &["deploy"],
        ..APPS
    },
    Row {
        plural: "replicasets",
        singular: "replicaset",
        kind: "ReplicaSet",
        short: &["rs"],
        fields: &["status.replicas"],
        ..APPS
    },
    Row {
        plural: "statefulsets",
        singular: "statefulset",
        kind: "StatefulSet",
        short: &["sts"],
        ..APPS
    },
    Row { version: "v2", ..HPA },
    Row { version: "v1", ..HPA },
    Row {
        group: "policy",
        plural: "poddisruptionbudgets",
        singular: "poddisruptionbudget",
        kind: "PodDisruptionBudget",
        short: &["pdb"],
        ..CORE
    },
    Row {
        group: "argoproj.io",
        version: "v1alpha1",
        plural: "rollouts",
        singular: "rollout",
        kind: "Rollout",
        short: &["ro"],
        custom: true,
        ..CORE
    },
    Row {
        group: "autoscaling.k8s.io",
        plural: "verticalpodautoscalers",
        singular: "verticalpodautoscaler",
        kind: "VerticalPodAutoscaler",
        short: &["vpa"],
        custom: true,
        ..CORE
    },
    Row {
        group: "keda.sh",
        version: "v1alpha1",
        plural: "scaledobjects",
        singular: "scaledobject",
        kind: "ScaledObject",
        short: &["so"],
        custom: true,
        ..CORE
    },
    Row {
        group: METRICS,
        version: "v1beta1",
        plural: "pods",
        singular: "pod",
        kind: "PodMetrics",
        ..CORE
    },
];

/// A resource type of the table.
#[cfg(test)]
pub(super) fn embedded(group: &str, version: &str, plural: &str) -> Resource {
    let types = Types::embedded(&[]);
    types.get(types.find(group, version, plural).unwrap()).unwrap().clone()
}
