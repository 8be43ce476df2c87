//! The note where a list of HPAs is empty.

use crate::config::Scope;

/// That there is no HPA where one was looked for.
pub(super) fn none_found(scope: &Scope) -> String {
    let mut text = "no HPA found".to_owned();
    let place = scope.in_namespaces();
    if !place.is_empty() {
        text += &format!("{place} (watchdog ns list shows which exist)");
    }
    text + &scope.with_labels()
}
