//! Values that are lists.

use serde_json::Value;

use super::{Judge, Node, Part};
use crate::config::forward::is_address;
use crate::config::pattern::Pattern;

impl Judge {
    pub(super) fn addresses(
        &mut self,
        path: &str,
        items: &[Node],
        here: &[usize],
    ) -> Option<Value> {
        let before = self.findings.len();
        let mut addresses = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item {
                Node::Text(text) if is_address(text) => {
                    addresses.push(Value::String(text.clone()));
                }
                _ => {
                    let entries: Vec<usize> = here.iter().copied().chain([index]).collect();
                    let message =
                        format!("{path}: expected an IP address or localhost, found {item}");
                    self.add(&entries, Part::Value, message);
                }
            }
        }
        (self.findings.len() == before).then_some(Value::Array(addresses))
    }

    pub(super) fn choices(
        &mut self,
        path: &str,
        choices: &[&str],
        items: &[Node],
        here: &[usize],
    ) -> Option<Value> {
        let is_one = |text: &str| choices.contains(&text);
        self.list_of(path, &format!("one of {}", choices.join(", ")), is_one, items, here)
    }

    pub(in crate::config) fn command(
        &mut self,
        path: &str,
        items: &[Node],
        here: &[usize],
    ) -> Option<Value> {
        let is_argument = |text: &str| !text.contains('\0');
        let list = self.list_of(path, "a text", is_argument, items, here)?;
        let program = list.as_array().and_then(|list| list.first()).and_then(Value::as_str);
        if program.is_some_and(str::is_empty) {
            self.add(here, Part::Value, format!("{path}: the program is an empty text"));
            return None;
        }
        Some(list)
    }

    pub(super) fn texts(&mut self, path: &str, items: &[Node], here: &[usize]) -> Option<Value> {
        self.list_of(path, "a text", |_| true, items, here)
    }

    /// A list of texts that are valid.
    fn list_of(
        &mut self,
        path: &str,
        wanted: &str,
        is_valid: impl Fn(&str) -> bool,
        items: &[Node],
        here: &[usize],
    ) -> Option<Value> {
        let before = self.findings.len();
        let mut texts = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item {
                Node::Text(text) if is_valid(text) => texts.push(Value::String(text.clone())),
                _ => {
                    let entries: Vec<usize> = here.iter().copied().chain([index]).collect();
                    let message = format!("{path}: expected {wanted}, found {item}");
                    self.add(&entries, Part::Value, message);
                }
            }
        }
        (self.findings.len() == before).then_some(Value::Array(texts))
    }

    pub(super) fn patterns(&mut self, path: &str, items: &[Node], here: &[usize]) -> Option<Value> {
        let before = self.findings.len();
        let mut patterns = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let problem = match item {
                Node::Text(text) => match Pattern::parse(text) {
                    Ok(_) => {
                        patterns.push(Value::String(text.clone()));
                        continue;
                    }
                    Err(error) => error.to_string(),
                },
                Node::Int(_) | Node::Float(_) | Node::Bool(_) | Node::Null => {
                    format!("expected a text, found {item}; a name like this needs quotes")
                }
                other => format!("expected a text, found {other}"),
            };
            let entries: Vec<usize> = here.iter().copied().chain([index]).collect();
            self.add(&entries, Part::Value, format!("{path}: {problem}"));
        }
        (self.findings.len() == before).then_some(Value::Array(patterns))
    }
}
