//! What an alert is about, by its labels.

use crate::prometheus::Alert;

/// Labels that the target of a scrape has too. Where the series keep the target's (`honor_labels: false`), those of
/// the object begin with `exported_`.
const TAKEN: [&str; 5] = ["namespace", "pod", "container", "service", "node"];

/// A label with its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label<'a> {
    /// Its name, as the alert has it.
    pub(super) name: &'a str,
    /// Its value.
    pub(super) value: &'a str,
}

/// The labels of an alert by what they are called where nothing has taken their names.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    alert: &'a Alert,
    /// Whether the plain labels are those of the scrape's target.
    is_exported: bool,
}

impl<'a> About<'a> {
    pub(super) fn new(alert: &'a Alert) -> Self {
        Self { alert, is_exported: alert.labels.contains_key("exported_namespace") }
    }

    /// The label of the object that the alert is about; `None` if it has none, or only the scrape's target has it.
    pub(super) fn get(&self, name: &str) -> Option<Label<'a>> {
        let plain = |name: &str| {
            let (name, value) = self.alert.labels.get_key_value(name)?;
            (!value.is_empty()).then_some(Label { name, value })
        };
        let exported = plain(&format!("exported_{name}"));
        if exported.is_some() || self.is_exported && TAKEN.contains(&name) {
            return exported;
        }
        plain(name)
    }

    /// The first of these labels.
    pub(super) fn first(&self, names: &[&str]) -> Option<Label<'a>> {
        names.iter().find_map(|name| self.get(name))
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::alert;
    use super::*;

    #[test]
    fn where_the_target_has_taken_a_label_the_exported_one_is_meant() {
        let plain = alert(&[("namespace", "shop"), ("pod", "web-1"), ("deployment", "")]);
        let about = About::new(&plain);
        let value = |about: &About<'_>, name| about.get(name).map(|label| label.value.to_owned());
        assert_eq!(value(&about, "namespace").as_deref(), Some("shop"));
        assert_eq!(value(&about, "deployment"), None);

        let taken = alert(&[
            ("exported_namespace", "shop"),
            ("namespace", "monitoring"),
            ("pod", "kube-state-metrics-1"),
            ("horizontalpodautoscaler", "web"),
        ]);
        let about = About::new(&taken);
        assert_eq!(
            about.get("namespace"),
            Some(Label { name: "exported_namespace", value: "shop" })
        );
        assert_eq!(value(&about, "pod"), None, "it is the pod of kube-state-metrics");
        assert_eq!(value(&about, "horizontalpodautoscaler").as_deref(), Some("web"));
        assert_eq!(
            about.first(&["hpa", "horizontalpodautoscaler"]).map(|it| it.value),
            Some("web")
        );
    }
}
