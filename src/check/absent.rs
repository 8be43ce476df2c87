//! Namespaces that a user names and no cluster has: probably typing errors, which must not pass as
//! "nothing found".

use std::collections::BTreeSet;
use std::fmt;

use crate::collect::{Collected, Namespace};
use crate::config::pattern::nearest;
use crate::config::{Pattern, Scope};
use crate::kubectl::ErrorKind;

/// The namespaces that the scope names outright and that none of these HPAs is in.
pub fn without_hpas<'a>(scope: &Scope, hpas: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let seen: BTreeSet<&str> = hpas.into_iter().collect();
    let named = scope.namespaces.iter().filter(|pattern| pattern.is_exact()).map(Pattern::as_str);
    named.filter(|name| !seen.contains(name)).map(ToOwned::to_owned).collect()
}

/// Named namespaces that are in none of the clusters whose namespaces could be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// The names; never empty.
    pub names: Vec<String>,
    /// The clusters that were asked.
    clusters: usize,
    /// Existing namespaces with similar names.
    nearest: Vec<String>,
    /// The clusters in which listing namespaces is forbidden.
    pub forbidden: Vec<String>,
}

impl Absent {
    /// Compares names with the namespaces of the clusters; none if each name exists somewhere.
    pub fn of(names: Vec<String>, listed: &Collected<Namespace>) -> Option<Self> {
        let exists = |name: &String| listed.items.iter().any(|it| it.name == *name);
        let names: Vec<String> = names.into_iter().filter(|name| !exists(name)).collect();
        let all: BTreeSet<&str> = listed.items.iter().map(|it| it.name.as_str()).collect();
        let is_forbidden = |kind: ErrorKind| kind == ErrorKind::Forbidden;
        let forbidden = listed.failed().filter(|(_, failure)| is_forbidden(failure.kind));
        let similar = names.iter().flat_map(|name| nearest(name, all.iter().copied()));
        let nearest: Vec<String> = similar.take(3).map(ToOwned::to_owned).collect();
        (!names.is_empty()).then(|| Self {
            clusters: listed.clusters.len(),
            nearest,
            forbidden: forbidden.map(|(cluster, _)| cluster.name.to_string()).collect(),
            names,
        })
    }

    /// That it is not known whether the names exist.
    pub fn unknown(&self) -> String {
        format!(
            "no HPA found in namespace {}; whether it exists is not known, because listing namespaces \
             is forbidden in {}",
            self.names.join(", "),
            self.forbidden.join(", ")
        )
    }
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (names, clusters) = (self.names.join(", "), self.clusters);
        let clusters = match clusters {
            1 => "the cluster that was read".to_owned(),
            many => format!("any of the {many} clusters that were read"),
        };
        write!(f, "namespace {names} does not exist in {clusters}")?;
        match self.nearest.as_slice() {
            [] => f.write_str("; watchdog ns list shows which do"),
            some => write!(f, "; did you mean {}?", some.join(" or ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::kubectl::{Cluster, Error, Outcome};

    fn listed(names: &[&str], error: Option<ErrorKind>) -> Collected<Namespace> {
        let cluster = Cluster::own_pod();
        let namespace = |name: &&str| Namespace {
            cluster: cluster.name.clone(),
            context: cluster.context.clone(),
            name: (*name).to_owned(),
            phase: "Active".to_owned(),
            created_at: None,
        };
        let error = error.map(|kind| Error::new(kind, "no"));
        Collected {
            clusters: vec![Outcome::new(&cluster, Duration::ZERO, error)],
            items: names.iter().map(namespace).collect(),
        }
    }

    #[test]
    fn only_names_without_hpas_are_in_doubt() {
        let patterns = ["shop", "shpo", "pay*"].map(|text| Pattern::parse(text).unwrap());
        let scope = Scope::only(patterns.to_vec());
        assert_eq!(without_hpas(&scope, ["shop", "shop"]), ["shpo"]);
        assert!(without_hpas(&Scope::default(), ["shop"]).is_empty());
    }

    #[test]
    fn a_name_that_no_cluster_has_is_named_with_the_nearest() {
        let names = || vec!["shpo".to_owned(), "default".to_owned()];
        let absent = Absent::of(names(), &listed(&["shop", "default"], None)).unwrap();
        assert_eq!(
            absent.to_string(),
            "namespace shpo does not exist in the cluster that was read; did you mean shop?"
        );
        assert!(absent.forbidden.is_empty());
        let absent = Absent::of(names(), &listed(&["default"], None)).unwrap();
        assert!(absent.to_string().ends_with("; watchdog ns list shows which do"), "{absent}");
        assert_eq!(Absent::of(names(), &listed(&["shpo", "default"], None)), None);
        let unknown = Absent::of(names(), &listed(&[], Some(ErrorKind::Forbidden))).unwrap();
        assert_eq!(unknown.forbidden.len(), 1);
        assert!(unknown.unknown().contains("shpo, default; whether"), "{}", unknown.unknown());
    }
}
