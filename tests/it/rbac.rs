//! The roles in `configs/` allow exactly what the commands read.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_yaml::Value;

use crate::support::Clusters;

/// The verbs used on each resource, by API group and resource.
pub struct Verbs(BTreeMap<(String, String), BTreeSet<String>>);

/// The verbs granted by the role in these documents.
pub fn granted(documents: &[Value]) -> Verbs {
    let mut verbs = BTreeMap::new();
    for document in documents {
        for rule in document.get("rules").and_then(Value::as_sequence).into_iter().flatten() {
            let of = |key| serde_yaml::from_value::<Vec<String>>(rule[key].clone()).unwrap();
            for group in of("apiGroups") {
                for resource in of("resources") {
                    let known =
                        verbs.insert((group.clone(), resource), BTreeSet::from_iter(of("verbs")));
                    assert!(known.is_none(), "one rule a resource");
                }
            }
        }
    }
    Verbs(verbs)
}

/// The verbs that were used on the clusters.
pub fn used(clusters: &Clusters) -> Verbs {
    let mut used: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for cluster in clusters.names() {
        for line in clusters.cluster(cluster).requests() {
            let path = line.trim_start_matches("GET ").split('?').next().unwrap_or_default();
            if let Some((resource, verb)) = asked(path) {
                used.entry(resource).or_default().insert(verb);
            }
        }
    }
    Verbs(used)
}

/// The resource and verb of a request; `None` for paths that every authenticated user may read.
fn asked(path: &str) -> Option<((String, String), String)> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (group, rest) = match segments.as_slice() {
        ["api", _, rest @ ..] => ("", rest),
        ["apis", group, _, rest @ ..] => (*group, rest),
        _ => return None,
    };
    let of_namespace = rest.len() > 2 && rest.first() == Some(&"namespaces");
    let rest = if of_namespace { &rest[2..] } else { rest };
    if let [_, _, "scale"] = rest {
        // For any kind.
        return Some((("*".to_owned(), "*/scale".to_owned()), "get".to_owned()));
    }
    let (resource, named) = (*rest.first()?, rest.len() > 1);
    let verb = if named { "get" } else { "list" };
    Some(((group.to_owned(), resource.to_owned()), verb.to_owned()))
}

/// Targets may be read one by one with get, or together with list.
fn is_target(resource: &str) -> bool {
    ["deployments", "statefulsets", "replicasets", "replicationcontrollers", "rollouts"]
        .contains(&resource)
}

impl Verbs {
    /// Asserts that a role grants all of these verbs and no unneeded ones; returns the resources
    /// that were granted but not used.
    pub fn within(&self, granted: &Self) -> Vec<(String, String)> {
        for (resource, verbs) in &self.0 {
            let granted =
                granted.0.get(resource).unwrap_or_else(|| panic!("{resource:?} is not granted"));
            let needed = if is_target(&resource.1) {
                ["get", "list"].map(String::from).into()
            } else {
                verbs.clone()
            };
            assert!(verbs.is_subset(granted), "{resource:?}: {verbs:?} of {granted:?}");
            assert_eq!(*granted, needed, "{resource:?}");
        }
        granted.0.keys().filter(|resource| !self.0.contains_key(resource)).cloned().collect()
    }
}

#[test]
fn the_role_grants_exactly_what_is_read() {
    let clusters = Clusters::new();
    for command in [
        "ns list",
        "cluster test",
        "hpa list",
        "hpa get checkout -n shop",
        "hpa get card-gateway",
        "hpa top -A",
        "hpa get checkout -n shop --usage",
        "hpa check -A --fail-on never",
        "hpa check checkout -n shop --fail-on never",
    ] {
        clusters.run(command).code(0);
    }
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/configs/rbac.yaml"));
    let documents = serde_yaml::Deserializer::from_str(text);
    let documents: Vec<Value> = documents.map(|it| Value::deserialize(it).unwrap()).collect();
    let unused = used(&clusters).within(&granted(&documents));
    // For `monitor`, which searches the services for a Prometheus, and for targets of custom kinds,
    // which the demo does not have.
    let unused: Vec<_> = unused.iter().map(|(group, name)| (&**group, &**name)).collect();
    assert_eq!(unused, [("", "services"), ("*", "*/scale")]);
}
