//! Links between documents lead somewhere.

use std::collections::BTreeSet;

use regex::Regex;

use super::{documents, read, root};

/// The anchors of a document's headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut in_block = false;
    for line in text.lines() {
        in_block ^= line.trim_start().starts_with("```");
        let Some(heading) = line.strip_prefix('#').filter(|_| !in_block) else { continue };
        let slug: String = heading
            .trim_start_matches('#')
            .trim()
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        assert!(anchors.insert(slug), "two sections of one name: {heading}");
    }
    anchors
}

#[test]
fn every_link_resolves_and_every_document_is_linked() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let mut linked = BTreeSet::new();
    let mut broken = Vec::new();
    for document in documents() {
        let text = read(&document);
        let own = anchors(&text);
        let directory = root().join(&document).parent().unwrap().to_owned();
        for found in link.captures_iter(&text) {
            let target = &found[1];
            if target.starts_with("https://") {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if path.is_empty() { root().join(&document) } else { directory.join(path) };
            let Ok(file) = file.canonicalize() else {
                broken.push(format!("{document}: {target}"));
                continue;
            };
            let name = file.strip_prefix(root().canonicalize().unwrap()).unwrap();
            let name = name.to_str().unwrap().to_owned();
            let known = match path {
                "" => own.contains(anchor),
                _ => anchor.is_empty() || anchors(&read(&name)).contains(anchor),
            };
            if !known {
                broken.push(format!("{document}: {target}: no such section"));
            }
            if name != document {
                linked.insert(name);
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
    let lonely: Vec<String> = documents()
        .into_iter()
        .filter(|document| document != "README.md" && !linked.contains(document))
        .collect();
    assert!(lonely.is_empty(), "no document links to {lonely:?}");
}
