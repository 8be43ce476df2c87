//! YAML documents: the same fields as the JSON ones.

use serde::Serialize;

use super::json;
use super::text::is_hostile;

/// The value as a YAML document, ending in a newline.
///
/// Where a string holds what a terminal could obey and YAML would write as it is, the document is
/// written as JSON, which is YAML and has an escape for it.
pub fn document<T: Serialize + ?Sized>(value: &T) -> anyhow::Result<Vec<u8>> {
    let text = serde_yaml::to_string(value)?;
    if text.chars().any(|character| character != '\n' && is_hostile(character)) {
        return Ok(json::pretty(value)?);
    }
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn documents_keep_their_order() {
        let value = json!({"schemaVersion": "1", "kind": "X", "a": [1, {"b": null}], "c": "no"});
        insta::assert_snapshot!(String::from_utf8(document(&value).unwrap()).unwrap(), @r#"
        schemaVersion: '1'
        kind: X
        a:
        - 1
        - b: null
        c: no
        "#);
    }

    proptest! {
        #[test]
        fn every_string_comes_back_and_nothing_hostile_is_written(text in "(?s).*") {
            let value = json!({"a": text});
            let bytes = document(&value).unwrap();
            let written = String::from_utf8(bytes).unwrap();
            prop_assert!(!written.chars().any(|c| c != '\n' && is_hostile(c)), "{written:?}");
            let read: serde_json::Value = serde_yaml::from_str(&written).unwrap();
            prop_assert_eq!(read, value);
        }
    }
}
