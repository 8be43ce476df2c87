//! HPAs that were requested by name but not found, and those that may have been meant.

use std::fmt;

use crate::config::Scope;
use crate::config::pattern::nearest;
use crate::hpa::HpaName;

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

    /// `; did you mean a or b?`, if there is anything similar.
    pub fn suggestion(&self) -> String {
        if self.near.is_empty() {
            return String::new();
        }
        format!("; did you mean {}?", self.near.join(" or "))
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
