//! HPAs that were requested by name but not found, and those that may have been meant.

use std::fmt;

use crate::config::Scope;
use crate::config::pattern::nearest;
use crate::hpa::{Hpa, HpaName, HpaNames};

/// How many names are suggested.
const MOST: usize = 3;

/// An HPA that was requested by name but not found.
#[derive(Clone, Debug)]
pub struct Unfound<'a> {
    /// The name.
    pub name: &'a HpaName,
    /// The namespaces and labels that were read.
    pub scope: &'a Scope,
    /// The names that may have been meant, the likeliest first.
    pub near: Vec<String>,
}

impl<'a> Unfound<'a> {
    /// The result for `name`, given namespace and name of the HPAs that exist.
    pub fn new(name: &'a HpaName, scope: &'a Scope, existing: &[(&str, &str)]) -> Self {
        Self { name, scope, near: near(name, scope, existing) }
    }

    /// As [`Unfound::new`], where the name is one of several of a command. In kubectl the kind may come before names:
    /// `hpa web` is `hpa/web`.
    #[must_use]
    pub fn among(mut self, names: &HpaNames) -> Self {
        let is_kind = |name: &HpaName| {
            let kind = name.name().as_str().split('.').next().unwrap_or_default();
            let kinds = ["hpa", "hpas", "horizontalpodautoscaler", "horizontalpodautoscalers"];
            name.namespace().is_none() && kinds.contains(&kind)
        };
        if is_kind(self.name) {
            let others = names.iter().filter(|name| !is_kind(name)).take(MOST);
            let meant: Vec<String> = others.map(|name| format!("hpa/{name}")).collect();
            if !meant.is_empty() {
                self.near = meant;
            }
        }
        self
    }

    /// `; did you mean a or b?`, if there is anything similar.
    pub fn suggestion(&self) -> String {
        if self.near.is_empty() {
            return String::new();
        }
        format!("; did you mean {}?", self.near.join(" or "))
    }
}

/// A workload that was named where an HPA is expected: `deploy/web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedWorkload<'a> {
    name: &'a HpaName,
    kind: &'static str,
    /// The HPAs that scale it, as `namespace/name`.
    pub scaled_by: Vec<String>,
}

impl<'a> NamedWorkload<'a> {
    /// The kind that stands where a namespace would, in one of kubectl's spellings.
    pub fn kind(name: &HpaName) -> Option<&'static str> {
        let kind = name.namespace().filter(|it| it.is_exact() && name.cluster().is_none())?;
        Some(match kind.as_str().split('.').next().unwrap_or_default() {
            "deploy" | "deployment" | "deployments" => "Deployment",
            "sts" | "statefulset" | "statefulsets" => "StatefulSet",
            "rs" | "replicaset" | "replicasets" => "ReplicaSet",
            "rollout" | "rollouts" => "Rollout",
            _ => return None,
        })
    }

    /// The workload that the name means, with those of the existing HPAs in the scope that scale it. None where the name
    /// is none of a workload, or a namespace of that name has HPAs.
    pub fn of(name: &'a HpaName, scope: &Scope, existing: &[Hpa]) -> Option<Self> {
        let kind = Self::kind(name)?;
        if existing.iter().any(|hpa| name.namespace().is_some_and(|it| it.matches(&hpa.namespace)))
        {
            return None;
        }
        let scales = |hpa: &&Hpa| {
            scope.covers(&hpa.namespace)
                && *hpa.target.kind == *kind
                && name.name().matches(&hpa.target.name)
        };
        let mut scaled_by: Vec<String> = existing
            .iter()
            .filter(scales)
            .map(|hpa| format!("{}/{}", hpa.namespace, hpa.name))
            .collect();
        scaled_by.sort();
        scaled_by.dedup();
        Some(Self { name, kind, scaled_by })
    }
}

impl fmt::Display for NamedWorkload<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, scaled_by } = self;
        write!(f, "{name} is a {kind}, not an HPA; ")?;
        match scaled_by.as_slice() {
            [] => write!(f, "no HPA that scales it was found (watchdog hpa list shows all)"),
            [one] => write!(f, "{one} scales it: watchdog hpa get {one}"),
            some => {
                let first = some.iter().take(MOST).map(String::as_str).collect::<Vec<_>>();
                write!(f, "HPAs that scale one of this name: {}", first.join(", "))
            }
        }
    }
}

impl fmt::Display for Unfound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.name.name().is_exact() { "is named" } else { "matches" };
        let (namespaces, labels) = (self.scope.in_namespaces(), self.scope.with_labels());
        write!(f, "no HPA {verb} {}{namespaces}{labels}", self.name)?;
        let suggestion = self.suggestion();
        f.write_str(if suggestion.is_empty() {
            " (watchdog hpa list shows all)"
        } else {
            &suggestion
        })
    }
}

/// The same name elsewhere, else similar names where the HPA was looked for, else anywhere.
fn near(typed: &HpaName, scope: &Scope, existing: &[(&str, &str)]) -> Vec<String> {
    let name = typed.name();
    if !name.is_exact() {
        return Vec::new();
    }
    let full = |(namespace, name): &(&str, &str)| format!("{namespace}/{name}");
    let some = |mut texts: Vec<String>| {
        texts.sort();
        texts.dedup();
        texts.truncate(MOST);
        texts
    };
    let is_here = |(namespace, _): &&(&str, &str)| {
        scope.covers(namespace) && typed.namespace().is_none_or(|it| it.matches(namespace))
    };
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        existing.iter().filter(|(_, it)| *it == name.as_str()).partition(is_here);
    if !here.is_empty() {
        // It exists, and has other labels than the scope's.
        return Vec::new();
    }
    let elsewhere = some(elsewhere.into_iter().map(full).collect());
    if !elsewhere.is_empty() {
        return elsewhere;
    }
    let names = existing.iter().filter(is_here).map(|(_, name)| *name);
    let here = nearest(name.as_str(), names);
    if !here.is_empty() {
        let prefix = match typed.namespace() {
            Some(namespace) => format!("{namespace}/"),
            None => String::new(),
        };
        return here.into_iter().map(|near| format!("{prefix}{near}")).collect();
    }
    let anywhere = nearest(name.as_str(), existing.iter().map(|(_, name)| *name));
    some(existing.iter().filter(|(_, name)| anywhere.contains(name)).map(full).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Pattern;

    #[test]
    fn a_workload_is_no_hpa_and_has_one() {
        let json = br#"{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web-hpa", "namespace": "shop"},
            "spec": {"maxReplicas": 3, "scaleTargetRef": {"kind": "Deployment", "name": "web"}}}"#;
        let cluster = "x".into();
        let existing = [crate::hpa::parse_one(&cluster, &cluster, json).unwrap()];
        let hpa = &existing[0];
        let text = |typed: &str, namespace: &str| {
            let name = HpaName::parse(typed).unwrap();
            let scope = Scope::only(vec![Pattern::exact(namespace)]);
            NamedWorkload::of(&name, &scope, &existing).map(|it| it.to_string())
        };
        let typed = format!("deploy/{}", hpa.target.name);
        let place = format!("{}/{}", hpa.namespace, hpa.name);
        let said = text(&typed, &hpa.namespace).unwrap();
        assert!(said.starts_with(&format!("{typed} is a Deployment, not an HPA; ")), "{said}");
        assert!(said.contains(&place), "{said}");
        assert!(text(&typed, "nowhere").unwrap().contains("no HPA that scales it was found"));
        assert_eq!(text("shop/web", "shop"), None);
        assert_eq!(text("web", "shop"), None);
    }

    #[test]
    fn the_kind_before_a_name_is_no_name() {
        let scope = Scope::default();
        let typed = ["hpa", "catalog"].map(|name| HpaName::parse(name).unwrap());
        let names = HpaNames::new(typed.to_vec());
        let existing = [("shop", "hpa-x"), ("shop", "catalog")];
        let text = Unfound::new(&typed[0], &scope, &existing).among(&names).to_string();
        assert_eq!(text, "no HPA is named hpa; did you mean hpa/catalog?");
        let names = HpaNames::new(typed[..1].to_vec());
        let text = Unfound::new(&typed[0], &scope, &existing).among(&names).to_string();
        assert!(!text.contains("hpa/"), "{text}");
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        let existing =
            [("shop", "maxed"), ("shop", "cart"), ("media", "cart"), ("media", "encoder")];
        let text = |name: &str, namespace: Option<&str>| {
            let name = HpaName::parse(name).unwrap();
            let scope =
                namespace.map_or_else(Scope::default, |it| Scope::only(vec![Pattern::exact(it)]));
            Unfound::new(&name, &scope, &existing).to_string()
        };
        assert_eq!(text("maxd", None), "no HPA is named maxd; did you mean maxed?");
        assert_eq!(
            text("maxd", Some("shop")),
            "no HPA is named maxd in namespace shop; did you mean maxed?"
        );
        assert_eq!(text("shop/maxd", None), "no HPA is named shop/maxd; did you mean shop/maxed?");
        assert_eq!(
            text("maxd", Some("media")),
            "no HPA is named maxd in namespace media; did you mean shop/maxed?"
        );
        assert_eq!(
            text("cart", Some("shopp")),
            "no HPA is named cart in namespace shopp; did you mean media/cart or shop/cart?"
        );
        assert_eq!(
            text("cart", Some("media")),
            "no HPA is named cart in namespace media (watchdog hpa list shows all)"
        );
        assert_eq!(text("zebra", None), "no HPA is named zebra (watchdog hpa list shows all)");
        assert_eq!(text("z*", None), "no HPA matches z* (watchdog hpa list shows all)");
    }
}
