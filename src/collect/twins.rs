//! Detects one cluster under several names, such as Rancher's proxied and direct contexts, or an
//! old name next to a new one.

use std::collections::HashMap;

use crate::kubectl::Cluster;

/// Groups of names of the same cluster, recognized by a uid that only one cluster can have, such
/// as that of an object. `seen` are names of clusters, each with such a uid. The groups and the
/// names in them are in the order in which they were first seen.
pub fn twins<'a>(seen: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Vec<&'a str>> {
    let mut first_with: HashMap<&str, &str> = HashMap::new();
    let mut group_of: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Vec<&str>> = Vec::new();
    for (cluster, uid) in seen {
        if uid.is_empty() {
            continue;
        }
        let first = *first_with.entry(uid).or_insert(cluster);
        if first == cluster {
            continue;
        }
        match (group_of.get(first).copied(), group_of.get(cluster).copied()) {
            (Some(one), Some(other)) if one != other => {
                let moved = std::mem::take(&mut groups[other]);
                group_of.extend(moved.iter().map(|name| (*name, one)));
                groups[one].extend(moved);
            }
            (Some(_), Some(_)) => {}
            (Some(group), None) => {
                groups[group].push(cluster);
                group_of.insert(cluster, group);
            }
            (None, Some(group)) => {
                groups[group].push(first);
                group_of.insert(first, group);
            }
            (None, None) => {
                group_of.extend([(first, groups.len()), (cluster, groups.len())]);
                groups.push(vec![first, cluster]);
            }
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// As [`twins`], without groups whose names are contexts of the same kubeconfig entry: those were
/// all selected by name.
pub fn unexpected_twins<'a>(
    clusters: &[Cluster],
    seen: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Vec<Vec<&'a str>> {
    let entry = |name: &str| {
        let cluster = clusters.iter().find(|cluster| &*cluster.name == name);
        cluster.map(|cluster| &cluster.entry)
    };
    let mut groups = twins(seen);
    groups.retain(|names| names.iter().any(|name| entry(name) != entry(names[0])));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_that_share_a_uid_are_one() {
        let none: [Vec<&str>; 0] = [];
        assert_eq!(twins([("a", "1"), ("a", "1"), ("b", "2"), ("c", ""), ("d", "")]), none);
        assert_eq!(
            twins([("a", "1"), ("b", "2"), ("b", "3"), ("c", "1"), ("d", "2"), ("e", "4")]),
            [["a", "c"], ["b", "d"]]
        );
        let joined = [("a", "1"), ("b", "1"), ("c", "2"), ("d", "2"), ("d", "1"), ("c", "3")];
        assert_eq!(twins(joined), [["a", "b", "c", "d"]]);
    }

    #[test]
    fn contexts_of_one_entry_are_expected_to_be_one_cluster() {
        let cluster = |name: &str, entry: &str| Cluster {
            name: name.into(),
            entry: entry.into(),
            ..Cluster::own_pod()
        };
        let clusters =
            [cluster("admin@prod", "prod"), cluster("me@prod", "prod"), cluster("b", "b")];
        let seen = [("admin@prod", "1"), ("me@prod", "1")];
        assert!(unexpected_twins(&clusters, seen).is_empty());
        let seen = [("admin@prod", "1"), ("me@prod", "1"), ("b", "1")];
        assert_eq!(unexpected_twins(&clusters, seen), [["admin@prod", "me@prod", "b"]]);
    }
}
