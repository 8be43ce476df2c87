//! Discovery documents, classic and aggregated, generated from the cluster's resource types.

use serde_json::{Value, json};

use super::resources::{Resource, Types};

/// Only the verbs that the demo supports: it never writes.
const VERBS: [&str; 2] = ["get", "list"];

/// The classic `/api` document.
pub(super) fn api_versions(address: &str) -> Value {
    json!({
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    })
}

/// The classic `/apis` document.
pub(super) fn group_list(types: &Types) -> Value {
    let groups: Vec<Value> =
        types.groups().iter().map(|(group, versions)| entry(group, versions)).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

/// The document of `/apis/GROUP`.
pub(super) fn group(name: &str, types: &Types) -> Option<Value> {
    let groups = types.groups();
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

/// The document of `/api/v1` or `/apis/GROUP/VERSION`.
pub(super) fn resource_list(types: &Types, group: &str, version: &str) -> Option<Value> {
    let mut resources = Vec::new();
    let mut group_version = None;
    for resource in types.of_group(group, version) {
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
        for subresource in subresources(resource) {
            let mut entry = json!({
                "name": format!("{}/{}", resource.plural, subresource.name),
                "singularName": "",
                "namespaced": resource.namespaced,
                "kind": subresource.kind,
                "verbs": subresource.verbs,
            });
            if !subresource.group.is_empty() {
                entry["group"] = json!(subresource.group);
                entry["version"] = json!("v1");
            }
            resources.push(entry);
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

/// The aggregated document of `/api` (`core`) or `/apis`, in version `v2` or `v2beta1`.
pub(super) fn aggregated(core: bool, version: &str, types: &Types) -> Value {
    let wanted = if core { vec![("", vec!["v1"])] } else { types.groups() };
    let items: Vec<Value> = wanted
        .iter()
        .map(|(group, versions)| {
            let versions: Vec<Value> =
                versions.iter().map(|v| aggregated_version(types, group, v)).collect();
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

fn aggregated_version(types: &Types, group: &str, version: &str) -> Value {
    let resources: Vec<Value> = types
        .of_group(group, version)
        .map(|resource| {
            let kind = |kind: &str| json!({"group": "", "version": "", "kind": kind});
            let mut entry = json!({
                "resource": resource.plural,
                "responseKind": kind(&resource.kind),
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
                .map(|subresource| {
                    let mut kind = kind(subresource.kind);
                    if !subresource.group.is_empty() {
                        kind["group"] = json!(subresource.group);
                        kind["version"] = json!("v1");
                    }
                    json!({
                        "subresource": subresource.name,
                        "responseKind": kind,
                        "verbs": subresource.verbs,
                    })
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

/// A supported subresource.
struct Subresource<'a> {
    name: &'static str,
    /// The group of its kind, in version v1; empty for the resource's own group.
    group: &'static str,
    kind: &'a str,
    verbs: &'static [&'static str],
}

fn subresources(resource: &Resource) -> Vec<Subresource<'_>> {
    let mut all = Vec::new();
    if resource.kind == "Pod" {
        let (kind, verbs) = ("PodPortForwardOptions", &["create", "get"]);
        all.push(Subresource { name: "portforward", group: "", kind, verbs });
    }
    if resource.kind == "Service" {
        let (kind, verbs) = ("ServiceProxyOptions", &["create", "get"]);
        all.push(Subresource { name: "proxy", group: "", kind, verbs });
    }
    if resource.scale.is_some() {
        let (group, kind) = ("autoscaling", "Scale");
        all.push(Subresource { name: "scale", group, kind, verbs: &["get"] });
    }
    if resource.kind != "Event" && !resource.is_measured() {
        all.push(Subresource { name: "status", group: "", kind: &resource.kind, verbs: &["get"] });
    }
    all
}

/// The document of `/version`, as recorded from an API server, or for the given version
/// (`v1.33.2`).
pub(super) fn version(given: Option<&str>) -> Value {
    let git_version = given.unwrap_or("v1.36.2");
    let mut numbers = git_version.trim_start_matches('v').split('.');
    let (major, minor) = (numbers.next().unwrap_or("1"), numbers.next().unwrap_or("36"));
    let before = minor.parse::<u32>().map_or(0, |minor| minor.saturating_sub(1)).to_string();
    json!({
        "major": major,
        "minor": minor,
        "emulationMajor": major,
        "emulationMinor": minor,
        "minCompatibilityMajor": major,
        "minCompatibilityMinor": before,
        "gitVersion": git_version,
        "gitCommit": "$Format:%H$",
        "gitTreeState": "",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "go1.26.10",
        "compiler": "gc",
        "platform": "linux/amd64",
    })
}
