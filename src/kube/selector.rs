//! Label selectors, in the syntax of `kubectl -l`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::json::{Seq, StringMap, Text, or_absent};

/// A selector as text, labels first and sorted: `app=web,tier in (a,b),!canary`. Parsed from a
/// `LabelSelector` or from the plain map of a `ReplicationController`. `None` if it is absent or
/// empty.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Selector(pub(crate) Option<String>);

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Requirement<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    operator: Text<'a>,
    values: Option<Vec<Text<'a>>>,
}

impl Requirement<'_> {
    fn render(&self) -> String {
        let key = self.key.as_str();
        let values =
            || self.values.iter().flatten().map(Text::as_str).collect::<Vec<_>>().join(",");
        match self.operator.as_str() {
            "In" => format!("{key} in ({})", values()),
            "NotIn" => format!("{key} notin ({})", values()),
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            other => format!("{key} {other} ({})", values()),
        }
    }
}

struct SelectorVisitor;

impl<'de> Visitor<'de> for SelectorVisitor {
    type Value = Selector;

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Selector, A::Error> {
        let mut labels = StringMap::default();
        let mut expressions = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "matchLabels" => labels = map.next_value()?,
                "matchExpressions" => {
                    let Seq(requirements) = map.next_value::<Seq<Requirement<'de>>>()?;
                    expressions.extend(requirements.iter().map(Requirement::render));
                }
                _ => {
                    let value = map.next_value::<Text<'de>>()?;
                    labels.0.insert(key, value.into_string());
                }
            }
        }
        let equalities = labels.0.iter().map(|(key, value)| format!("{key}={value}"));
        let parts: Vec<String> = equalities.chain(expressions).collect();
        Ok(Selector((!parts.is_empty()).then(|| parts.join(","))))
    }
    or_absent! { bool i64 u64 f64 str unit seq }
}

impl<'de> Deserialize<'de> for Selector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SelectorVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(json: &str) -> Option<String> {
        serde_json::from_str::<Selector>(json).unwrap().0
    }

    #[test]
    fn selectors_are_written_in_kubectls_syntax() {
        let json = r#"{"matchExpressions":[
            {"key":"tier","operator":"In","values":["x","y"]},
            {"key":"env","operator":"NotIn","values":["dev"]},
            {"key":"owner","operator":"Exists"},
            {"key":"canary","operator":"DoesNotExist","values":null}],
            "matchLabels":{"b":"2","a":"1"}}"#;
        assert_eq!(render(json).unwrap(), "a=1,b=2,tier in (x,y),env notin (dev),owner,!canary");
        assert_eq!(render(r#"{"app":"web","tier":"front"}"#).unwrap(), "app=web,tier=front");
        for nothing in ["{}", "null", r#""app=x""#, r#"{"matchLabels":null,"matchExpressions":1}"#]
        {
            assert_eq!(render(nothing), None, "{nothing}");
        }
    }
}
