//! YAML documents as JSON values, with the line of each node. JSON is read as the YAML that it is.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

use crate::config::nesting::flow_depth;

/// The deepest nesting. No real manifest is nested deeper.
const DEEPEST: usize = 200;
/// The most nodes of one document, after its aliases are resolved: few bytes can stand for very
/// many nodes.
const MOST_NODES: usize = 5_000_000;

/// One document of a file, or the error in it.
#[derive(Debug)]
pub(super) struct Document {
    /// The line on which it begins, from 1.
    pub(super) line: usize,
    pub(super) root: Result<Node, SyntaxError>,
}

/// Why a document is not valid YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub(super) line: usize,
    pub(super) message: String,
}

/// A node with its line, from 1. That of an entry of a map is the line of its key.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// A value whose lines are not known.
    pub(super) fn of(value: Value, line: usize) -> Self {
        let value = match value {
            Value::Array(items) => {
                Content::List(items.into_iter().map(|item| Self::of(item, line)).collect())
            }
            Value::Object(entries) => {
                let entry = |(key, value)| (key, Self::of(value, line));
                Content::Map(entries.into_iter().map(entry).collect())
            }
            scalar => Content::Scalar(scalar),
        };
        Self { line, value }
    }

    /// The value of a key, if this is a map with it; of equal keys the last one counts.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().rfind(|(it, _)| it == key).map(|(_, node)| node)
    }

    /// The entries, if this is a map. A key may come twice.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The text of a key.
    pub(super) fn text(&self, key: &str) -> &str {
        match self.get(key).map(|node| &node.value) {
            Some(Content::Scalar(Value::String(text))) => text,
            _ => "",
        }
    }

    /// The items, if this is a list.
    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The line of the node at a path of keys, or of the deepest one on the way there.
    pub(super) fn line_of(&self, path: &[&str]) -> usize {
        let mut node = self;
        for key in path {
            match node.get(key) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node.line
    }

    /// The value without lines.
    pub(super) fn to_json(&self) -> Value {
        match &self.value {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Content::Map(entries) => {
                let entry = |(key, node): &(String, Self)| (key.clone(), node.to_json());
                Value::Object(entries.iter().map(entry).collect::<Map<_, _>>())
            }
        }
    }

    fn nodes(&self) -> usize {
        1 + match &self.value {
            Content::Scalar(_) => 0,
            Content::List(items) => items.iter().map(Self::nodes).sum(),
            Content::Map(entries) => entries.iter().map(|(_, node)| node.nodes()).sum(),
        }
    }
}

/// The documents of a file. Each is read by itself, so that an error in one hides no other: by the
/// rules of YAML, `---` at the beginning of a line is never content.
pub(super) fn documents(text: &str) -> Vec<Document> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents = Vec::new();
    let mut begin = (0, 1);
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if is_marker(line) && offset > begin.0 {
            documents.extend(document(&text[begin.0..offset], begin.1));
            begin = (offset, number + 1);
        }
        offset += line.len();
    }
    documents.extend(document(&text[begin.0..], begin.1));
    documents
}

/// Whether the line separates documents.
fn is_marker(line: &str) -> bool {
    ["---", "..."].iter().any(|marker| {
        line.strip_prefix(marker)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    })
}

/// Whether a file has no document.
pub(super) fn is_blank(text: &str) -> bool {
    !text.strip_prefix('\u{feff}').unwrap_or(text).lines().any(is_content)
}

/// Whether a line is more than white space, a comment, a directive or a marker.
fn is_content(line: &str) -> bool {
    let line = line.trim();
    !(line.is_empty() || line.starts_with(['#', '%']) || line == "..." || line == "---")
}

/// The document in a part of a file that begins at this line; none if it is empty.
fn document(text: &str, first_line: usize) -> Option<Document> {
    let skipped = text.lines().position(is_content)?;
    let root = match Reader::new(text, first_line).read() {
        Ok(None) => return None,
        Ok(Some(node)) => Ok(node),
        Err(error) => lenient(text, first_line + skipped).ok_or(error),
    };
    Some(Document { line: root.as_ref().map_or(first_line + skipped, |node| node.line), root })
}

/// The document by the parser that the rest of the program uses, which is as lenient as kubectl's
/// but knows no lines: all nodes have the first one.
fn lenient(text: &str, line: usize) -> Option<Node> {
    if flow_depth(text.as_bytes()) > DEEPEST {
        return None;
    }
    let value: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    Some(Node::of(serde_json::to_value(value).ok()?, line))
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    first_line: usize,
    anchors: HashMap<usize, Node>,
    nodes: usize,
}

/// A list or a map that is not finished.
struct Open {
    line: usize,
    anchor: usize,
    content: Content,
    /// The key of a map whose value follows, with its line.
    key: Option<(String, usize)>,
    is_map: bool,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, first_line: usize) -> Self {
        let parser = Parser::new_from_str(text);
        Self { parser, first_line, anchors: HashMap::new(), nodes: 0 }
    }

    /// The first node of the text; none if there is no document.
    fn read(&mut self) -> Result<Option<Node>, SyntaxError> {
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        while let Some(event) = self.parser.next_event() {
            let (event, span) = event.map_err(|error| SyntaxError {
                line: self.line(error.marker().line()),
                message: error.info().to_owned(),
            })?;
            let line = self.line(span.start.line());
            let node = match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let content = Content::Scalar(scalar(&text, style, tag.as_deref()));
                    let node = Node { line, value: content };
                    self.remember(anchor, &node);
                    node
                }
                Event::Alias(anchor) => match self.anchors.get(&anchor) {
                    Some(node) => Node { line, ..node.clone() },
                    None => return Err(error(line, "an alias of what is not complete")),
                },
                Event::SequenceStart(anchor, _) => {
                    open.push(Open::new(line, anchor, false));
                    if open.len() > DEEPEST {
                        return Err(error(line, "nested too deep"));
                    }
                    continue;
                }
                Event::MappingStart(anchor, _) => {
                    open.push(Open::new(line, anchor, true));
                    if open.len() > DEEPEST {
                        return Err(error(line, "nested too deep"));
                    }
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    let Some(closed) = open.pop() else { continue };
                    let anchor = closed.anchor;
                    let node = closed.close();
                    self.remember(anchor, &node);
                    node
                }
                Event::Nothing
                | Event::StreamStart
                | Event::StreamEnd
                | Event::DocumentStart(_)
                | Event::DocumentEnd => continue,
            };
            self.nodes += if matches!(node.value, Content::Scalar(_)) { 1 } else { node.nodes() };
            if self.nodes > MOST_NODES {
                return Err(error(line, "too large"));
            }
            match open.last_mut() {
                Some(parent) => parent.add(node),
                None => root = root.or(Some(node)),
            }
        }
        Ok(root)
    }

    fn line(&self, line: usize) -> usize {
        (self.first_line + line).saturating_sub(1)
    }

    fn remember(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }
}

fn error(line: usize, message: &str) -> SyntaxError {
    SyntaxError { line, message: message.to_owned() }
}

impl Open {
    fn new(line: usize, anchor: usize, is_map: bool) -> Self {
        let content = if is_map { Content::Map(Vec::new()) } else { Content::List(Vec::new()) };
        Self { line, anchor, content, key: None, is_map }
    }

    fn add(&mut self, node: Node) {
        match &mut self.content {
            Content::List(items) => items.push(node),
            Content::Map(entries) => match self.key.take() {
                None => self.key = Some((key(&node), node.line)),
                Some((key, line)) => entries.push((key, Node { line, ..node })),
            },
            Content::Scalar(_) => {}
        }
    }

    fn close(self) -> Node {
        let content = match self.content {
            Content::Map(entries) if self.is_map => Content::Map(merged(entries)),
            other => other,
        };
        Node { line: self.line, value: content }
    }
}

/// The key of an entry as text.
fn key(node: &Node) -> String {
    match &node.value {
        Content::Scalar(Value::String(text)) => text.clone(),
        Content::Scalar(value) => value.to_string(),
        _ => String::new(),
    }
}

/// Entries with those that merge keys (`<<`) add. A key that is written twice stays twice.
fn merged(entries: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let mut own: Vec<(String, Node)> = Vec::with_capacity(entries.len());
    let mut added: Vec<(String, Node)> = Vec::new();
    for (key, node) in entries {
        match node.value {
            Content::Map(entries) if key == "<<" => added.extend(entries),
            Content::List(maps) if key == "<<" => {
                for map in maps {
                    if let Content::Map(entries) = map.value {
                        added.extend(entries);
                    }
                }
            }
            value => own.push((key, Node { line: node.line, value })),
        }
    }
    let mut keys: HashSet<String> = own.iter().map(|(key, _)| key.clone()).collect();
    own.extend(added.into_iter().filter(|(key, _)| keys.insert(key.clone())));
    own
}

/// A scalar by the core schema of YAML 1.2.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style != ScalarStyle::Plain || is_text {
        return Value::String(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => {
            let is_number =
                text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
            let whole = || text.parse::<i64>().ok().map(Number::from);
            let fraction = || text.parse::<f64>().ok().and_then(Number::from_f64);
            let number = if is_number { whole().or_else(fraction) } else { None };
            number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Vec<Result<Value, usize>> {
        let root = |document: Document| {
            document.root.map(|node| node.to_json()).map_err(|error| error.line)
        };
        documents(text).into_iter().map(root).collect()
    }

    #[test]
    fn documents_are_read_by_themselves() {
        let text = "# a comment\n---\na: 1\n---\n\n# empty\n---\nb: [\n---\nc: |\n  ---\n  x\n...\n---\n{\"d\": \"2\"}\n";
        let read = json(text);
        assert_eq!(read.len(), 4, "{read:?}");
        assert_eq!(read[0], Ok(serde_json::json!({"a": 1})));
        assert!(matches!(read[1], Err(7..=9)), "{read:?}");
        assert_eq!(read[2], Ok(serde_json::json!({"c": "---\nx\n"})));
        assert_eq!(read[3], Ok(serde_json::json!({"d": "2"})));
        assert!(json("").is_empty() && json("# nothing\n---\n...\n").is_empty());
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let text = "a: 1\n---\n# comment\nspec:\n  x:\n    - {y: 1}\n  min: 2\n";
        let documents = documents(text);
        let node = documents[1].root.as_ref().unwrap();
        assert_eq!(documents[1].line, 4);
        assert_eq!(node.line_of(&["spec"]), 4);
        assert_eq!(node.line_of(&["spec", "min"]), 7);
        assert_eq!(node.line_of(&["spec", "gone", "further"]), 4);
        assert_eq!(node.get("spec").unwrap().get("x").unwrap().items()[0].line, 6);
    }

    #[test]
    fn scalars_are_typed_and_keys_are_merged() {
        let text = "base: &base {x: 1, y: two}\nin: {<<: *base, y: 3}\nv: [~, true, 0.5, '7', \
                    !!str 8, 100m, 1e3, -2, .inf, on]\nk: 1\nk: 2\n1: one\n";
        assert_eq!(
            json(text),
            [Ok(serde_json::json!({
                "base": {"x": 1, "y": "two"}, "in": {"y": 3, "x": 1},
                "v": [null, true, 0.5, "7", "8", "100m", 1000.0, -2, ".inf", "on"],
                "k": 2, "1": "one",
            }))]
        );
    }

    #[test]
    fn what_only_lenient_parsers_read_is_read_without_lines() {
        let text = "a: 1\n---\nspec: {\n  x: 1,\ny: 2\n}\n";
        assert_eq!(json(text)[1], Ok(serde_json::json!({"spec": {"x": 1, "y": 2}})));
    }

    #[test]
    fn bombs_are_refused() {
        let deep = "[".repeat(100_000);
        assert!(json(&deep)[0].is_err());
        let mut aliases = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let items = vec![format!("*a{}", level - 1); 9].join(", ");
            aliases += &format!("a{level}: &a{level} [{items}]\n");
        }
        assert!(json(&aliases)[0].is_err());
        assert!(json("a: &a [*a]")[0].is_err());
    }
}
