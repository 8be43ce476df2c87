//! A YAML document as a tree that keeps duplicate keys, and the position of each node in the text.
//!
//! `serde_yaml` reports positions only in errors, so [`locate`] parses the text again and fails on
//! purpose at the node in question: the position is the parser's own, in any style of YAML.

use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

/// A YAML value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    /// Entries in the order of the file; keys may repeat.
    Map(Vec<(Node, Node)>),
    /// A value with a `!tag`.
    Tagged,
}

impl fmt::Display for Node {
    /// Formats the value for an error message: its type, and the value itself if it is short.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("nothing"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(text) => {
                const MOST: usize = 60;
                let short: String = text.chars().take(MOST).collect();
                let dots = if short.len() < text.len() { "…" } else { "" };
                write!(f, "the text {short:?}{dots}")
            }
            Self::List(_) => f.write_str("a list"),
            Self::Map(_) => f.write_str("a map"),
            Self::Tagged => f.write_str("a value with a tag"),
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Int(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Node, E> {
        Ok(Node::Int(value))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Node, E> {
        Ok(Node::Int(i128::try_from(value).unwrap_or(i128::MAX)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Map(entries))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Node, A::Error> {
        let (_, value) = data.variant::<de::IgnoredAny>()?;
        value.newtype_variant::<de::IgnoredAny>()?;
        Ok(Node::Tagged)
    }
}

/// Which part of the last entry of a path is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Key,
    Value,
}

/// Finds the line and column (both from 1) of a node. `entries` are the indexes (from 0) of the
/// entries of nested maps and lists that lead to it. `None` if there is no such node.
pub(super) fn locate(text: &str, entries: &[usize], part: Part) -> Option<(usize, usize)> {
    let finder = Finder { entries, part };
    let error = finder.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
    let location = error.location()?;
    Some((location.line(), location.column()))
}

#[derive(Clone, Copy)]
struct Finder<'a> {
    entries: &'a [usize],
    part: Part,
}

impl Finder<'_> {
    /// Fails here if this is the node to find: the parser's error contains the position.
    fn stop<E: de::Error>(self) -> Result<(), E> {
        if self.entries.is_empty() { Err(E::custom("here")) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Finder<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Finder<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.stop()
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.stop()
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        self.stop()
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        self.stop()
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        self.stop()
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<(), E> {
        self.stop()
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<(), E> {
        self.stop()
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        self.stop()
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        self.stop()
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<(), A::Error> {
        self.stop()?;
        let (_, value) = data.variant::<de::IgnoredAny>()?;
        value.newtype_variant::<de::IgnoredAny>().map(|_| ())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.stop()?;
        let Some((&entry, entries)) = self.entries.split_first() else { return Ok(()) };
        for _ in 0..entry {
            seq.next_element::<de::IgnoredAny>()?;
        }
        seq.next_element_seed(Finder { entries, part: self.part })?;
        while seq.next_element::<de::IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.stop()?;
        let Some((&entry, entries)) = self.entries.split_first() else { return Ok(()) };
        for _ in 0..entry {
            map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?;
        }
        if entries.is_empty() && self.part == Part::Key {
            map.next_key_seed(Finder { entries, part: self.part })?;
        } else if map.next_key::<de::IgnoredAny>()?.is_some() {
            map.next_value_seed(Finder { entries, part: self.part })?;
        }
        while map.next_entry::<de::IgnoredAny, de::IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# a comment
a: 1
b:
  c: two   # another
  d:
    - x
    - {y: 1, z: [p, q]}
  c: again
";

    #[test]
    fn every_node_is_located() {
        let at = |entries: &[usize], part| locate(TEXT, entries, part);
        assert_eq!(at(&[0], Part::Key), Some((2, 1)));
        assert_eq!(at(&[0], Part::Value), Some((2, 4)));
        assert_eq!(at(&[1, 0], Part::Key), Some((4, 3)));
        assert_eq!(at(&[1, 0], Part::Value), Some((4, 6)));
        assert_eq!(at(&[1, 1, 0], Part::Value), Some((6, 7)));
        assert_eq!(at(&[1, 1, 1, 1], Part::Key), Some((7, 14)));
        assert_eq!(at(&[1, 1, 1, 1, 1], Part::Value), Some((7, 21)));
        assert_eq!(at(&[1, 2], Part::Key), Some((8, 3)));
        assert_eq!(at(&[7], Part::Key), None);
        assert_eq!(at(&[0, 0], Part::Key), None);
    }

    #[test]
    fn duplicates_are_kept() {
        let node: Node = serde_yaml::from_str("{a: 1, a: 2, 3: ~}").unwrap();
        let text = |text: &str| Node::Text(text.to_owned());
        assert_eq!(
            node,
            Node::Map(vec![
                (text("a"), Node::Int(1)),
                (text("a"), Node::Int(2)),
                (Node::Int(3), Node::Null),
            ])
        );
    }
}
