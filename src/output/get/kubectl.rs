//! The lines of kubectl with which to go on from an HPA.

use std::path::Path;

use crate::collect::Detail;
use crate::config::Impersonation;
use crate::term::text::shell_quoted;

/// The flags that make kubectl read as this run did.
#[derive(Clone, Copy, Debug)]
pub struct KubectlFlags<'a> {
    /// `--kubeconfig`, if given.
    pub kubeconfig: Option<&'a Path>,
    /// The user as which kubectl acts.
    pub impersonation: &'a Impersonation,
}

/// The lines, for each HPA: describe it, read its target, its pods, their usage and its events.
pub fn kubectl_lines(details: &[Detail], flags: KubectlFlags<'_>) -> String {
    details.iter().flat_map(|detail| lines(detail, flags)).map(|line| line + "\n").collect()
}

fn lines(detail: &Detail, flags: KubectlFlags<'_>) -> Vec<String> {
    let hpa = &detail.hpa;
    let kubeconfig = flags.kubeconfig.map(|file| format!("--kubeconfig={}", file.display()));
    let mut base = vec!["kubectl".to_owned()];
    base.extend(kubeconfig);
    base.extend((!hpa.context.is_empty()).then(|| format!("--context={}", hpa.context)));
    base.extend(flags.impersonation.flags());
    base.push(format!("--namespace={}", hpa.namespace));
    let line = |words: &[&str]| {
        let words = base.iter().map(String::as_str).chain(words.iter().copied());
        words.map(shell_quoted).collect::<Vec<_>>().join(" ")
    };
    let target = &hpa.target;
    let kind = match target.api_version.split_once('/') {
        Some((group, version)) => format!("{}.{version}.{group}", target.kind),
        None => target.kind.to_string(),
    };
    let mut lines = vec![
        line(&["describe", &format!("hpa/{}", hpa.name)]),
        line(&["get", &format!("{kind}/{}", target.name), "--output=yaml"]),
    ];
    if let Ok(workload) = &detail.target
        && let Some(selector) = workload.measured_by()
    {
        let selector = format!("--selector={selector}");
        lines.push(line(&["get", "pods", &selector, "--output=wide"]));
        lines.push(line(&["top", "pods", &selector, "--containers"]));
    }
    let about = format!("--field-selector=involvedObject.name={}", hpa.name);
    lines.push(line(&["get", "events", &about]));
    lines
}
