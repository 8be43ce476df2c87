//! Proposals as lines of kubectl with merge patches, and as manifests.

use std::fmt::Write as _;

use super::page::changed;
use super::{Advised, effect};
use crate::advice::{Kind, Owner, Proposal, changes, manifest, merge_patch};
use crate::term::text::{sanitize, shell_quoted};
use crate::term::yaml;

/// A line of kubectl for each HPA that has a proposal, with what it changes as a comment before it. It is commented out
/// where something keeps the HPA as it is.
pub fn patches(all: &[Advised], kind: Option<Kind>) -> String {
    let mut text = String::new();
    for (advised, proposal) in proposed(all, kind) {
        text.push_str(&comments(advised, proposal));
        let is_kept = advised.advice.as_ref().is_ok_and(|it| it.owner.is_some());
        let _ = writeln!(text, "{}{}", if is_kept { "# " } else { "" }, line(advised, proposal));
    }
    text
}

/// The HPAs with proposals, as manifests.
///
/// # Errors
/// If one cannot be written.
pub fn manifests(all: &[Advised], kind: Option<Kind>) -> Result<Vec<u8>, serde_json::Error> {
    let mut text = Vec::new();
    for (number, (advised, proposal)) in proposed(all, kind).enumerate() {
        if number > 0 {
            text.extend(b"---\n");
        }
        text.extend(comments(advised, proposal).into_bytes());
        text.extend(yaml::document(&manifest(&proposal.hpa))?);
    }
    Ok(text)
}

fn proposed(all: &[Advised], kind: Option<Kind>) -> impl Iterator<Item = (&Advised, &Proposal)> {
    all.iter().filter_map(move |advised| Some((advised, advised.proposal(kind)?)))
}

fn comments(advised: &Advised, proposal: &Proposal) -> String {
    let Ok(advice) = &advised.advice else { return String::new() };
    let mut lines = vec![format!(
        "{}: {}: {}",
        advised.name_in_cluster(),
        proposal.title(),
        effect(advice, proposal)
    )];
    lines.extend(changes(&advised.hpa, &proposal.hpa).iter().map(changed));
    lines.extend(proposal.risks.iter().map(|risk| format!("risk: {risk}")));
    lines.extend(advice.owner.as_ref().map(Owner::sentence));
    lines.iter().fold(String::new(), |text, line| text + "# " + &sanitize(line) + "\n")
}

/// `kubectl patch hpa NAME -n NAMESPACE --context CONTEXT --type merge -p '{…}'`
fn line(advised: &Advised, proposal: &Proposal) -> String {
    let hpa = &advised.hpa;
    let patch = merge_patch(hpa, &proposal.hpa).to_string();
    let resource = format!("hpa/{}", hpa.name);
    let namespace = format!("--namespace={}", hpa.namespace);
    let context = format!("--context={}", hpa.context);
    let mut words = vec!["kubectl", "patch", resource.as_str(), namespace.as_str()];
    // Read from a file, it is in no cluster yet.
    if !advised.is_of_file && !hpa.context.is_empty() {
        words.push(&context);
    }
    words.extend(["--type=merge", "-p", patch.as_str()]);
    words.into_iter().map(shell_quoted).collect::<Vec<_>>().join(" ")
}
