//! Discovery documents, classic and aggregated, made from the table of resource types, less the API
//! groups that the cluster `lacks`.

use serde_json::{Value, json};

use super::resources::{RESOURCES, Resource, groups};

/// Only what the demo does: it never writes.
const VERBS: [&str; 2] = ["get", "list"];

/// `/api`, classic.
pub(super) fn api_versions(address: &str) -> Value {
    json!({
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    })
}

/// `/apis`, classic.
pub(super) fn group_list(lacks: &[&str]) -> Value {
    let groups: Vec<Value> =
        groups(lacks).iter().map(|(group, versions)| entry(group, versions)).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// `/apis/GROUP`.
pub(super) fn group(name: &str, lacks: &[&str]) -> Option<Value> {
    let groups = groups(lacks);
    let (group, versions) = groups.iter().find(|(group, _)| *group == name)?;
    let mut document = json!({"kind": "APIGroup", "apiVersion": "v1"});
    if let (Some(document), Value::Object(entry)) =
        (document.as_object_mut(), entry(group, versions))
    {
        document.extend(entry);
    }
    Some(document)
}

fn entry(group: &str, versions: &[&str]) -> Value {
    let versions: Vec<Value> = versions
        .iter()
        .map(|version| json!({"groupVersion": format!("{group}/{version}"), "version": version}))
        .collect();
    json!({"name": group, "versions": versions, "preferredVersion": versions.first()})
}

/// `/api/v1` and `/apis/GROUP/VERSION`.
pub(super) fn resource_list(group: &str, version: &str) -> Option<Value> {
    let mut resources = Vec::new();
    let mut group_version = None;
    for resource in of(group, version) {
        group_version = Some(resource.group_version());
        let mut entry = json!({
            "name": resource.plural,
            "singularName": resource.singular,
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": VERBS,
        });
        if !resource.short.is_empty() {
            entry["shortNames"] = json!(resource.short);
        }
        if resource.in_all {
            entry["categories"] = json!(["all"]);
        }
        resources.push(entry);
        for (name, kind, verbs) in subresources(resource) {
            resources.push(json!({
                "name": format!("{}/{name}", resource.plural),
                "singularName": "",
                "namespaced": resource.namespaced,
                "kind": kind,
                "verbs": verbs,
            }));
        }
    }
    let group_version = group_version?;
    Some(json!({
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": resources,
    }))
}

/// `/api` (`core`) or `/apis` as one document, in version `v2` or `v2beta1`.
pub(super) fn aggregated(core: bool, version: &str, lacks: &[&str]) -> Value {
    let wanted = if core { vec![("", vec!["v1"])] } else { groups(lacks) };
    let items: Vec<Value> = wanted
        .iter()
        .map(|(group, versions)| {
            let versions: Vec<Value> =
                versions.iter().map(|v| aggregated_version(group, v)).collect();
            let metadata = if group.is_empty() { json!({}) } else { json!({"name": group}) };
            json!({"metadata": metadata, "versions": versions})
        })
        .collect();
    json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": format!("apidiscovery.k8s.io/{version}"),
        "metadata": {},
        "items": items,
    })
}

fn aggregated_version(group: &str, version: &str) -> Value {
    let resources: Vec<Value> = of(group, version)
        .map(|resource| {
            let kind = |kind: &str| json!({"group": "", "version": "", "kind": kind});
            let mut entry = json!({
                "resource": resource.plural,
                "responseKind": kind(resource.kind),
                "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
                "singularResource": resource.singular,
                "verbs": VERBS,
            });
            if !resource.short.is_empty() {
                entry["shortNames"] = json!(resource.short);
            }
            if resource.in_all {
                entry["categories"] = json!(["all"]);
            }
            let subresources: Vec<Value> = subresources(resource)
                .iter()
                .map(|(name, of, verbs)| {
                    json!({"subresource": name, "responseKind": kind(of), "verbs": verbs})
                })
                .collect();
            if !subresources.is_empty() {
                entry["subresources"] = json!(subresources);
            }
            entry
        })
        .collect();
    json!({"version": version, "resources": resources, "freshness": "Current"})
}

fn of<'a>(group: &'a str, version: &'a str) -> impl Iterator<Item = &'static Resource> + 'a {
    RESOURCES.iter().filter(move |resource| resource.group == group && resource.version == version)
}

/// Name, kind and verbs of the subresources that are served.
fn subresources(resource: &Resource) -> Vec<(&'static str, &'static str, &'static [&'static str])> {
    let mut all: Vec<(&str, &str, &[&str])> = Vec::new();
    if resource.kind == "Pod" {
        all.push(("portforward", "PodPortForwardOptions", &["create", "get"]));
    }
    if !matches!(resource.kind, "Event") {
        all.push(("status", resource.kind, &["get"]));
    }
    all
}

/// `/version`: what the recorded API server said of itself.
pub(super) fn version() -> Value {
    json!({
        "major": "1",
        "minor": "36",
        "emulationMajor": "1",
        "emulationMinor": "36",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35",
        "gitVersion": "v1.36.2",
        "gitCommit": "$Format:%H$",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "go1.26.10",
        "compiler": "gc",
        "platform": "linux/amd64",
    })
}
