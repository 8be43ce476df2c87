//! The role in `configs/rbac.yaml`: what the commands read, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;
use serde_yaml::Value;

use crate::support::Clusters;

/// API group and resource, and what is done with it.
type Verbs = BTreeMap<(String, String), BTreeSet<String>>;

fn granted() -> Verbs {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/configs/rbac.yaml"));
    let mut verbs = Verbs::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let document = Value::deserialize(document).unwrap();
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
    verbs
}

/// What a path asks for; none for what every authenticated user may ask.
fn asked(path: &str) -> Option<((String, String), String)> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let (group, rest) = match segments.as_slice() {
        ["api", _, rest @ ..] => ("", rest),
        ["apis", group, _, rest @ ..] => (*group, rest),
        _ => return None,
    };
    let (resource, named) = match rest {
        ["namespaces", _, resource, name @ ..] | [resource, name @ ..] => {
            (*resource, !name.is_empty())
        }
        [] => return None,
    };
    let verb = if named { "get" } else { "list" };
    Some(((group.to_owned(), resource.to_owned()), verb.to_owned()))
}

#[test]
fn the_role_is_what_is_read() {
    let clusters = Clusters::new();
    for command in [
        "ns list",
        "cluster test",
        "hpa list",
        "hpa get checkout -n shop",
        "hpa get card-gateway",
        "hpa check -A --fail-on never",
        "hpa check checkout -n shop --fail-on never",
    ] {
        clusters.run(command).code(0);
    }
    let granted = granted();
    let mut used: Verbs = Verbs::new();
    for cluster in clusters.names() {
        for line in clusters.cluster(cluster).requests() {
            let path = line.trim_start_matches("GET ").split('?').next().unwrap_or_default();
            if let Some((resource, verb)) = asked(path) {
                used.entry(resource).or_default().insert(verb);
            }
        }
    }
    for (resource, verbs) in &used {
        let granted =
            granted.get(resource).unwrap_or_else(|| panic!("{resource:?} is not granted"));
        assert!(verbs.is_subset(granted), "{resource:?}: {verbs:?} of {granted:?}");
        // Of a kind of target there may be one, which is got, or several, which are listed.
        let target = verbs.contains("get");
        assert!(target || verbs == granted, "{resource:?}: {granted:?} where {verbs:?} will do");
    }
    let unused: Vec<_> = granted.keys().filter(|resource| !used.contains_key(resource)).collect();
    assert!(unused.is_empty(), "granted and never read: {unused:?}");
}
