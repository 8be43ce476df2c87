//! Which HPAs of a cluster a run reads.

use serde::{Deserialize, Serialize};

use super::{Namespaces, Pattern};

/// Which HPAs a run reads: in which namespaces, and with which labels. A snapshot stores it, because
/// what lies outside is unknown and not absent. The default is everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scope {
    /// Only these namespaces, where there are any (`-n`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<Pattern>,
    /// Not these namespaces, where `namespaces` is empty (the configuration's).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<Pattern>,
    /// Only HPAs with these labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
}

impl Scope {
    /// Only these namespaces, excluded by the configuration or not.
    pub fn only(namespaces: Vec<Pattern>) -> Self {
        Self { namespaces, ..Self::default() }
    }

    /// All namespaces but those that the configuration excludes.
    pub fn configured(namespaces: &Namespaces) -> Self {
        Self { excluded: namespaces.exclude.clone(), ..Self::default() }
    }

    /// With this selector.
    #[must_use]
    pub fn with_selector(self, selector: Option<String>) -> Self {
        Self { selector, ..self }
    }

    /// Without the configuration's exclusions: an HPA that is requested by name is meant wherever it is.
    #[must_use]
    pub fn without_exclusions(self) -> Self {
        Self { excluded: Vec::new(), ..self }
    }

    /// Whether a namespace is read.
    pub fn covers(&self, namespace: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(namespace));
        if self.namespaces.is_empty() { !any(&self.excluded) } else { any(&self.namespaces) }
    }

    /// Whether all HPAs of a namespace are read, so that one that was not read does not exist.
    pub fn covers_all_of(&self, namespace: &str) -> bool {
        self.selector.is_none() && self.covers(namespace)
    }

    /// The namespaces, where all are given by name.
    pub fn exact_namespaces(&self) -> Option<impl Iterator<Item = &str>> {
        let exact = !self.namespaces.is_empty() && self.namespaces.iter().all(Pattern::is_exact);
        exact.then(|| self.namespaces.iter().map(Pattern::as_str))
    }

    /// ` in namespace a, b`; empty where no namespace is given.
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
    fn a_flag_outranks_the_exclusions() {
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
    fn with_a_selector_no_namespace_is_read_as_a_whole() {
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
