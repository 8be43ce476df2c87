//! Pods by name: their description, and how to delete them.

use super::some;
use crate::kube::Pod;

/// For example `reindex-z (Succeeded, of Job/reindex)` or
/// `web-1 (Failed: Evicted, of ReplicaSet/web)`.
pub(super) fn described(pod: &Pod) -> String {
    let state = match &pod.reason {
        _ if pod.deleted_at.is_some() => "terminating".to_owned(),
        Some(reason) => format!("{}: {reason}", pod.phase),
        None => pod.phase.clone(),
    };
    match &pod.owner {
        Some(owner) => format!("{} ({state}, of {}/{})", pod.name, owner.kind, owner.name),
        None => format!("{} ({state}, without an owner)", pod.name),
    }
}

/// The first pods of a longer list, with descriptions.
pub(super) fn described_some(pods: &[&Pod]) -> String {
    let described: Vec<String> = pods.iter().map(|pod| described(pod)).collect();
    some(&described)
}

/// The command `kubectl delete pod a b --namespace shop`, for at most ten pods.
pub(super) fn delete(pods: &[&Pod]) -> String {
    const MOST: usize = 10;
    // Safe to paste into a shell: only names that the API allows.
    let is_plain = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
    };
    let is_named = |pod: &&&Pod| is_plain(&pod.name) && is_plain(&pod.namespace);
    let first_ones: Vec<&&Pod> = pods.iter().filter(is_named).take(MOST).collect();
    let Some(first) = first_ones.first() else { return "kubectl delete pod".to_owned() };
    let names: Vec<&str> = first_ones.iter().map(|pod| &*pod.name).collect();
    let rest = match pods.len() - names.len() {
        0 => String::new(),
        rest => format!(", and {rest} more"),
    };
    format!("kubectl delete pod {} --namespace {}{rest}", names.join(" "), first.namespace)
}

/// `it` or `them`.
pub(super) fn them<T>(pods: &[T]) -> &'static str {
    if pods.len() == 1 { "it" } else { "them" }
}

#[cfg(test)]
mod tests {
    use super::super::super::fixtures::{MINUTE_AGO, pod};
    use super::*;

    #[test]
    fn what_they_are() {
        let mut one = pod(1);
        assert_eq!(described(&one), "web-5d4b9d8b47-1 (Running, of ReplicaSet/web-5d4b9d8b47)");
        (one.phase, one.reason) = ("Failed".to_owned(), Some("Evicted".to_owned()));
        one.owner = None;
        assert_eq!(described(&one), "web-5d4b9d8b47-1 (Failed: Evicted, without an owner)");
        one.deleted_at = MINUTE_AGO.parse().ok();
        assert_eq!(described(&one), "web-5d4b9d8b47-1 (terminating, without an owner)");
    }

    #[test]
    fn ten_at_most_and_no_shell() {
        let pods: Vec<Pod> = (0..15).map(pod).collect();
        let all: Vec<&Pod> = pods.iter().collect();
        let command = delete(&all);
        assert!(command.ends_with("-9 --namespace shop, and 5 more"), "{command}");
        assert_eq!(delete(&all[..1]), "kubectl delete pod web-5d4b9d8b47-0 --namespace shop");
        let mut bad = pod(1);
        bad.name = "x; reboot".to_owned();
        assert_eq!(delete(&[&bad]), "kubectl delete pod");
        assert_eq!(delete(&[&bad, &pods[0]]), format!("{}, and 1 more", delete(&all[..1])));
    }
}
