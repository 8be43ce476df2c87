//! YAML documents with the same fields as the JSON ones.
//!
//! Not written by `serde_yaml`, whose output is meant for YAML 1.2: the many parsers of YAML 1.1
//! would read a label `country: no` as false and `1:30` as the number 90. Text that any parser
//! could read as something else is quoted, and characters that a terminal could interpret are
//! escaped.

use std::fmt::Write;

use serde::Serialize;
use serde_json::Value;

use super::text::is_hostile;

/// The value as a YAML document in block style, ending in a newline.
pub fn document<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let value = serde_json::to_value(value)?;
    let mut text = String::new();
    block(&mut text, &value, 0);
    Ok(text.into_bytes())
}

/// Writes a value after the start of a line, at that indentation, including the final newline.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (index, (name, value)) in fields.iter().enumerate() {
                pad(out, index, indent);
                scalar(out, name);
                out.push(':');
                match value {
                    Value::Object(inner) if !inner.is_empty() => nested(out, value, indent + 2),
                    // Like kubectl, put the dashes of a list at the indentation of its name.
                    Value::Array(inner) if !inner.is_empty() => nested(out, value, indent),
                    _ => {
                        out.push(' ');
                        block(out, value, indent);
                    }
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                pad(out, index, indent);
                out.push_str("- ");
                block(out, item, indent + 2);
            }
        }
        Value::Object(_) => out.push_str("{}\n"),
        Value::Array(_) => out.push_str("[]\n"),
        Value::String(text) if has_block(text) => literal(out, text, indent + 2),
        Value::String(text) => {
            scalar(out, text);
            out.push('\n');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{value}");
        }
    }
}

fn nested(out: &mut String, value: &Value, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
    block(out, value, indent);
}

/// Indents every entry but the first, whose line has already begun.
fn pad(out: &mut String, index: usize, indent: usize) {
    if index > 0 {
        out.extend(std::iter::repeat_n(' ', indent));
    }
}

/// Writes lines as a block, whose indentation is that of its first line.
fn literal(out: &mut String, text: &str, indent: usize) {
    out.push_str(if text.ends_with('\n') { "|\n" } else { "|-\n" });
    for line in text.lines() {
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Whether every YAML parser reads the text unchanged as a block of lines.
fn has_block(text: &str) -> bool {
    text.contains('\n')
        && text.chars().all(|c| c.is_ascii_graphic() || matches!(c, ' ' | '\n'))
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.lines().all(|line| !line.ends_with(' '))
}

fn scalar(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // The two noncharacters are not allowed in a YAML stream. Writing to a String cannot
            // fail.
            _ if is_hostile(character) || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                let code = u32::from(character);
                let _ = match code {
                    ..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// Whether every YAML parser reads the unquoted text as that text.
fn is_plain(text: &str) -> bool {
    const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || " _-./:(),;=+%'".contains(c))
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn documents_keep_their_order() {
        let value = json!({
            "schemaVersion": "1", "kind": "X", "none": [], "empty": {}, "null": null,
            "hpas": [{"name": "web", "labels": {"country": "no", "time": "1:30", "app": "web"}},
                {"name": "a: b", "metrics": [[1, 2.5], [], [{"x": true}]]}],
            "takenAt": "2026-11-23T05:00:00Z", "message": "the HPA's target (cpu) is 80%, now",
            "hostile": "a\u{1b}[2J\u{202e}\nb", "": "",
            "rules": [{"expr": "a: 1\n  # b\n\nc\n", "last": "a\nb"}, "x\ny\n"],
            "quoted": [" a\nb", "\na", "a\n\n", "a \nb", "\n"],
        });
        insta::assert_snapshot!(String::from_utf8(document(&value).unwrap()).unwrap(), @r#"
        schemaVersion: "1"
        kind: X
        none: []
        empty: {}
        "null": null
        hpas:
        - name: web
          labels:
            country: "no"
            time: "1:30"
            app: web
        - name: "a: b"
          metrics:
          - - 1
            - 2.5
          - []
          - - x: true
        takenAt: "2026-11-23T05:00:00Z"
        message: the HPA's target (cpu) is 80%, now
        hostile: "a\u001b[2J\u202e\nb"
        "": ""
        rules:
        - expr: |
            a: 1
              # b

            c
          last: |-
            a
            b
        - |
            x
            y
        quoted:
        - " a\nb"
        - "\na"
        - "a\n\n"
        - "a \nb"
        - "\n"
        "#);
        assert_eq!(document(&json!([])).unwrap(), b"[]\n");
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["(?s).{0,12}", "[a-z0-9:,'# -]{0,8}", "[a-c:# \n|>-]{0,10}"];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text.clone(), inner), 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_is_parsed_unchanged_and_hostile_characters_are_escaped(value in any_value()) {
            let written = String::from_utf8(document(&value).unwrap()).unwrap();
            prop_assert!(!written.chars().any(|c| c != '\n' && is_hostile(c)), "{written:?}");
            let read: Value = serde_yaml::from_str(&written).unwrap();
            prop_assert_eq!(read, value, "{}", written);
        }
    }
}
