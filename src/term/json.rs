//! JSON documents. Fields keep their order; characters that a terminal could interpret are escaped.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::text::is_hostile;

/// The version of the contract that all documents follow.
pub const SCHEMA_VERSION: &str = "1";

/// The value as a document of several lines, indented by two spaces, ending in a newline.
pub fn pretty<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    write(value, PrettyFormatter::new())
}

/// The value on one line (JSON Lines), ending in a newline.
pub fn line<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    write(value, CompactFormatter)
}

fn write<T, F>(value: &T, formatter: F) -> Result<Vec<u8>, serde_json::Error>
where
    T: Serialize + ?Sized,
    F: Formatter,
{
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, Safe(formatter)))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Escapes, beyond what JSON requires, characters that could deceive a terminal or a reader:
/// parsers get the same value.
struct Safe<F>(F);

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        let mut rest = fragment;
        while let Some(index) = rest.find(is_hostile) {
            let (before, from) = rest.split_at(index);
            writer.write_all(before.as_bytes())?;
            let mut characters = from.chars();
            if let Some(character) = characters.next() {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W>(&mut self, writer: &mut W, first: bool) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W>(&mut self, writer: &mut W, first: bool) -> io::Result<()>
    where
        W: ?Sized + Write,
    {
        self.0.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn documents_keep_their_order() {
        let value =
            json!({"schemaVersion": "1", "kind": "X", "a": [1, {"b": null}], "c": [], "d": {}});
        insta::assert_snapshot!(String::from_utf8(pretty(&value).unwrap()).unwrap(), @r#"
        {
          "schemaVersion": "1",
          "kind": "X",
          "a": [
            1,
            {
              "b": null
            }
          ],
          "c": [],
          "d": {}
        }
        "#);
        assert_eq!(
            String::from_utf8(line(&value).unwrap()).unwrap(),
            "{\"schemaVersion\":\"1\",\"kind\":\"X\",\"a\":[1,{\"b\":null}],\"c\":[],\"d\":{}}\n"
        );
    }

    #[test]
    fn terminal_control_characters_are_escaped() {
        let value = json!({"k\u{9b}": "a\u{1b}[2Jb\u{7f}c\u{202e}d\u{e0041}é本"});
        assert_eq!(
            String::from_utf8(line(&value).unwrap()).unwrap(),
            "{\"k\\u009b\":\"a\\u001b[2Jb\\u007fc\\u202ed\\udb40\\udc41é本\"}\n"
        );
    }

    proptest! {
        #[test]
        fn every_string_is_parsed_unchanged(text in "(?s).*") {
            for bytes in [line(&text).unwrap(), pretty(&text).unwrap()] {
                prop_assert_eq!(&serde_json::from_slice::<String>(&bytes).unwrap(), &text);
                let written = String::from_utf8(bytes).unwrap();
                prop_assert!(!written.trim_end().chars().any(is_hostile));
            }
        }
    }
}
