//! `clusters.aliases` and `clusters.labels`: how people call the clusters, and what is known about them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::keys::Judge;
use super::node::{Node, Part};
use super::{Clusters, Pattern};

/// The configuration's own words for a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterTags {
    /// Its alias.
    pub alias: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
}

impl Clusters {
    /// Alias and labels of a cluster with these names (its own and its context's).
    pub fn tags(&self, names: &[&str]) -> ClusterTags {
        ClusterTags { alias: self.alias(names).map(str::to_owned), labels: self.labels_of(names) }
    }

    /// The alias of a cluster with these names (its own and its context's).
    pub fn alias(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.aliases.get(*name)).map(String::as_str)
    }

    /// The name in the kubeconfig that the alias stands for.
    pub fn aliased(&self, alias: &str) -> Option<&str> {
        self.aliases.iter().find(|(_, it)| *it == alias).map(|(name, _)| name.as_str())
    }

    /// The labels of a cluster with these names (its own and its context's), of all patterns that match. Where
    /// two patterns set a label, a plain name wins over a pattern, and else the later one in alphabetical order.
    pub fn labels_of(&self, names: &[&str]) -> BTreeMap<String, String> {
        let parsed = self.labels.iter().filter_map(|(text, labels)| {
            let exact = names.contains(&text.as_str());
            let pattern = Pattern::parse(text).ok()?;
            let matches = exact || names.iter().any(|name| pattern.matches(name));
            matches.then_some((exact, labels))
        });
        let mut matching: Vec<_> = parsed.collect();
        matching.sort_by_key(|(exact, _)| *exact);
        let pairs = matching.into_iter().flat_map(|(_, labels)| labels.clone());
        pairs.collect()
    }
}

impl Judge {
    /// Validates `clusters.aliases`: no alias twice, and each one word that can be typed.
    pub(super) fn aliases(&mut self, path: &str, items: &[(Node, Node)], here: &[usize]) -> Value {
        let mut aliases: Map<String, Value> = Map::new();
        for (index, (key, value)) in items.iter().enumerate() {
            let at: Vec<usize> = here.iter().copied().chain([index]).collect();
            let Some(name) = self.text(path, key, &at, Part::Key) else { continue };
            let Some(alias) = self.text(path, value, &at, Part::Value) else { continue };
            let is_bad = |c: char| c.is_whitespace() || c.is_control() || "*?[]{},\\".contains(c);
            if alias.is_empty() || alias.starts_with('-') || alias.contains(is_bad) {
                let text = format!(
                    "{path}: {alias:?} is no alias: one word without *, ?, brackets or commas"
                );
                self.add(&at, Part::Value, text);
            } else if let Some((other, _)) = aliases.iter().find(|(_, it)| **it == *alias) {
                let text = format!("{path}: {alias} is the alias of {other} already");
                self.add(&at, Part::Value, text);
            } else if aliases.contains_key(name) {
                self.add(&at, Part::Key, format!("{path}: {name} is given twice"));
            } else if items
                .iter()
                .any(|(other, _)| matches!(other, Node::Text(it) if it == alias && it != name))
            {
                let text = format!("{path}: {alias} is the name of another cluster with an alias");
                self.add(&at, Part::Value, text);
            } else {
                aliases.insert(name.to_owned(), alias.into());
            }
        }
        Value::Object(aliases)
    }

    /// Validates `clusters.labels`: below each name or pattern a map of labels.
    pub(super) fn labels(&mut self, path: &str, items: &[(Node, Node)], here: &[usize]) -> Value {
        let mut clusters: Map<String, Value> = Map::new();
        for (index, (key, value)) in items.iter().enumerate() {
            let at: Vec<usize> = here.iter().copied().chain([index]).collect();
            let Some(name) = self.text(path, key, &at, Part::Key) else { continue };
            if let Err(error) = Pattern::parse(name) {
                self.add(&at, Part::Key, format!("{path}: {error}"));
                continue;
            }
            let Node::Map(pairs) = value else {
                let text = format!("{path}: expected a map such as {{env: prod}}, found {value}");
                self.add(&at, Part::Value, text);
                continue;
            };
            let mut labels = Map::new();
            for (index, (key, value)) in pairs.iter().enumerate() {
                let at: Vec<usize> = at.iter().copied().chain([index]).collect();
                let Some(key) = self.text(path, key, &at, Part::Key) else { continue };
                let Some(value) = self.text(path, value, &at, Part::Value) else { continue };
                labels.insert(key.to_owned(), value.into());
            }
            clusters.insert(name.to_owned(), Value::Object(labels));
        }
        Value::Object(clusters)
    }

    pub(super) fn text<'a>(
        &mut self,
        path: &str,
        node: &'a Node,
        at: &[usize],
        part: Part,
    ) -> Option<&'a str> {
        let Node::Text(text) = node else {
            let hint = if matches!(node, Node::Map(_) | Node::List(_)) {
                ""
            } else {
                "; a text like this needs quotes"
            };
            self.add(at, part, format!("{path}: expected a text, found {node}{hint}"));
            return None;
        };
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, ConfigError, parse};

    fn read(text: &str) -> Result<Config, ConfigError> {
        parse(text.as_bytes(), Path::new("w"))
    }

    #[test]
    fn aliases_and_labels_are_found_by_cluster_and_context() {
        let clusters = read(
            "clusters:
  aliases: {'arn:aws:eks:eu-west-1:1:cluster/shop': shop-eu}
  labels:
    '*shop*': {env: prod, team: shop}
    'arn:aws:eks:eu-west-1:1:cluster/shop': {team: payments}
",
        )
        .unwrap()
        .clusters;
        let arn = "arn:aws:eks:eu-west-1:1:cluster/shop";
        assert_eq!(clusters.alias(&[arn, "ctx"]), Some("shop-eu"));
        assert_eq!(clusters.alias(&["other", arn]), Some("shop-eu"));
        assert_eq!(clusters.alias(&["other"]), None);
        assert_eq!(clusters.aliased("shop-eu"), Some(arn));
        let labels = clusters.labels_of(&[arn]);
        assert_eq!((&*labels["env"], &*labels["team"]), ("prod", "payments"));
        assert!(clusters.labels_of(&["other"]).is_empty());
    }

    #[test]
    fn clashes_and_wrong_values_are_located() {
        for (text, message) in [
            ("{aliases: {a: x, b: x}}", "x is the alias of a already"),
            ("{aliases: {a: b, b: c}}", "b is the name of another cluster"),
            ("{aliases: {a: 'x y'}}", "is no alias"),
            ("{aliases: {a: ''}}", "is no alias"),
            ("{aliases: {a: 1}}", "expected a text, found 1; a text like this needs quotes"),
            ("{aliases: [a]}", "expected a map of names to aliases"),
            ("{labels: {a: x}}", "expected a map such as {env: prod}"),
            ("{labels: {a: {env: true}}}", "expected a text, found true"),
            ("{labels: {'/(/': {env: x}}}", "invalid regex"),
        ] {
            let error = read(&format!("clusters: {text}")).unwrap_err().to_string();
            assert!(error.contains(message) && error.starts_with("w:1:"), "{text}: {error}");
        }
    }
}
