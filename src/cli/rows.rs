//! The note where a list of HPAs is empty.

use crate::collect::NamespaceFilter;

/// That there is no HPA where one was looked for.
pub(super) fn none_found(namespaces: &NamespaceFilter, selector: Option<&str>) -> String {
    let mut text = "no HPA found".to_owned();
    if let NamespaceFilter::Only(patterns) = namespaces {
        let names: Vec<&str> = patterns.iter().map(crate::config::Pattern::as_str).collect();
        text += &format!(" in namespace {} (watchdog ns list shows which exist)", names.join(", "));
    }
    if let Some(selector) = selector {
        text += &format!(" with labels {selector}");
    }
    text
}
