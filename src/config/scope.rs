//! Which HPAs of a cluster a run reads.

use serde::{Deserialize, Serialize};

use super::{Impersonation, Namespaces, Pattern};

/// Which HPAs a run reads: in which namespaces, and with which labels. A snapshot stores its scope,
/// because HPAs outside it are unknown rather than absent. By default everything is read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scope {
    /// Only these namespaces are read, if there are any (`-n`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<Pattern>,
    /// These namespaces are not read, if `namespaces` is empty (from the configuration).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Pattern>,
    /// Only HPAs with these labels are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// The user as which the clusters are read.
    #[serde(rename = "as", skip_serializing_if = "Impersonation::is_none")]
    pub impersonation: Impersonation,
}

impl Scope {
    /// Reads only these namespaces, even if the configuration excludes them.
    pub fn only(namespaces: Vec<Pattern>) -> Self {
        Self { namespaces, ..Self::default() }
    }

    /// Reads all namespaces that the configuration does not exclude.
    pub fn configured(namespaces: &Namespaces) -> Self {
        Self { excluded: namespaces.exclude.clone(), ..Self::default() }
    }

    /// Adds a label selector.
    #[must_use]
    pub fn with_selector(self, selector: Option<String>) -> Self {
        Self { selector, ..self }
    }

    /// Reads as this user.
    #[must_use]
    pub fn with_impersonation(self, impersonation: Impersonation) -> Self {
        Self { impersonation, ..self }
    }

    /// Drops the configuration's exclusions: an HPA requested by name is read in any namespace.
    #[must_use]
    pub fn without_exclusions(self) -> Self {
        Self { excluded: Vec::new(), ..self }
    }

    /// Whether the namespace is read.
    pub fn covers(&self, namespace: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(namespace));
        if self.namespaces.is_empty() { !any(&self.excluded) } else { any(&self.namespaces) }
    }

    /// Whether all HPAs of the namespace are read, so that an HPA that was not read does not exist.
    pub fn covers_all_of(&self, namespace: &str) -> bool {
        self.selector.is_none() && self.covers(namespace)
    }

    /// The namespaces, if all are plain names.
    pub fn exact_namespaces(&self) -> Option<impl Iterator<Item = &str>> {
        let exact = !self.namespaces.is_empty() && self.namespaces.iter().all(Pattern::is_exact);
        exact.then(|| self.namespaces.iter().map(Pattern::as_str))
    }

    /// ` in namespace a, b`; empty if no namespace is selected.
    pub fn in_namespaces(&self) -> String {
        if self.namespaces.is_empty() {
            return String::new();
        }
        let names: Vec<&str> = self.namespaces.iter().map(Pattern::as_str).collect();
        format!(" in namespace {}", names.join(", "))
    }

    /// ` with labels app=web`; empty without a selector.
    pub fn with_labels(&self) -> String {
        let labels = self.selector.as_ref().map(|selector| format!(" with labels {selector}"));
        labels.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_takes_precedence_over_exclusions() {
        let default = Scope::configured(&Namespaces::default());
        assert!(default.covers("shop") && !default.covers("kube-system"));
        assert!(Scope::default().covers("kube-system"));
        assert!(default.without_exclusions().covers("kube-system"));
        let only = Scope::only(vec![Pattern::parse("kube-*").unwrap()]);
        assert!(only.covers("kube-system") && !only.covers("shop"));
        assert!(only.exact_namespaces().is_none());
        let exact = Scope::only(vec![Pattern::exact("a"), Pattern::exact("b")]);
        assert!(exact.exact_namespaces().unwrap().eq(["a", "b"]));
        assert!(Scope::default().exact_namespaces().is_none());
    }

    #[test]
    fn with_a_selector_no_namespace_is_covered_completely() {
        let labelled = Scope::default().with_selector(Some("app=web".to_owned()));
        assert!(labelled.covers("shop") && !labelled.covers_all_of("shop"));
        assert!(Scope::default().covers_all_of("shop"));
    }

    #[test]
    fn messages_name_namespaces_and_labels() {
        let all = Scope::default();
        assert_eq!((all.in_namespaces(), all.with_labels()), (String::new(), String::new()));
        let some = Scope::only(vec![Pattern::exact("a"), Pattern::parse("b-*").unwrap()])
            .with_selector(Some("app=web".to_owned()));
        assert_eq!(some.in_namespaces(), " in namespace a, b-*");
        assert_eq!(some.with_labels(), " with labels app=web");
    }
}
