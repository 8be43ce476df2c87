//! Label selectors: read from objects, and from text in the syntax of `kubectl -l`.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};

use super::json::{Seq, StringMap, Text, or_absent};
use crate::kubectl::requirements;

/// A label selector. Without requirements it matches everything.
///
/// It is read from a `LabelSelector` or from the plain map of a `ReplicationController`, and its
/// `Display` is the text of `kubectl -l`, labels first and sorted: `app=web,tier in (a,b),!canary`.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Selector {
    requirements: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Is(String),
    /// Also met by what lacks the label, as `NotIn`.
    IsNot(String),
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Absent,
    /// An operator that Kubernetes does not have; it matches nothing.
    Other(String, Vec<String>),
}

impl Selector {
    /// Reads text; `None` for one that is no selector.
    pub fn parse(text: &str) -> Option<Self> {
        let requirements = requirements(text).map(Requirement::parse).collect::<Option<_>>()?;
        Some(Self { requirements })
    }

    /// The same with its requirements in the order of their keys.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.requirements.sort_by(|a, b| a.key.cmp(&b.key));
        self
    }

    /// A `LabelSelector`.
    pub fn to_json(&self) -> Value {
        let (mut labels, mut expressions) = (Map::new(), Vec::new());
        for Requirement { key, test } in &self.requirements {
            let (operator, values) = match test {
                Test::Is(value) => {
                    labels.insert(key.clone(), value.as_str().into());
                    continue;
                }
                Test::IsNot(value) => ("NotIn", std::slice::from_ref(value)),
                Test::In(values) => ("In", values.as_slice()),
                Test::NotIn(values) => ("NotIn", values.as_slice()),
                Test::Exists => ("Exists", [].as_slice()),
                Test::Absent => ("DoesNotExist", [].as_slice()),
                Test::Other(operator, values) => (operator.as_str(), values.as_slice()),
            };
            let mut expression = json!({"key": key, "operator": operator});
            if !values.is_empty() {
                expression["values"] = values.into();
            }
            expressions.push(expression);
        }
        let mut selector = Map::new();
        if !labels.is_empty() {
            selector.insert("matchLabels".to_owned(), labels.into());
        }
        if !expressions.is_empty() {
            selector.insert("matchExpressions".to_owned(), expressions.into());
        }
        selector.into()
    }

    /// The text; `None` where everything is selected.
    pub fn text(&self) -> Option<String> {
        (!self.requirements.is_empty()).then(|| self.to_string())
    }

    /// Whether labels meet all requirements.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.requirements.iter().all(|Requirement { key, test }| {
            let value = labels.get(key);
            match test {
                Test::Is(wanted) => value == Some(wanted),
                Test::IsNot(unwanted) => value != Some(unwanted),
                Test::In(values) => value.is_some_and(|value| values.contains(value)),
                Test::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
                Test::Other(..) => false,
            }
        })
    }

    /// The labels that everything it matches has.
    pub fn labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.requirements.iter().filter_map(|Requirement { key, test }| match test {
            Test::Is(value) => Some((key.as_str(), value.as_str())),
            Test::In(values) => match values.as_slice() {
                [value] => Some((key.as_str(), value.as_str())),
                _ => None,
            },
            _ => None,
        })
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Requirement { key, test }) in self.requirements.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match test {
                Test::Is(value) => write!(f, "{key}={value}"),
                Test::IsNot(value) => write!(f, "{key}!={value}"),
                Test::In(values) => write!(f, "{key} in ({})", values.join(",")),
                Test::NotIn(values) => write!(f, "{key} notin ({})", values.join(",")),
                Test::Exists => f.write_str(key),
                Test::Absent => write!(f, "!{key}"),
                Test::Other(operator, values) => {
                    write!(f, "{key} {operator} ({})", values.join(","))
                }
            }?;
        }
        Ok(())
    }
}

impl Requirement {
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (key, condition) = if let Some(key) = text.strip_prefix('!') {
            (key, Test::Absent)
        } else if let Some((key, value)) = text.split_once("!=") {
            (key, Test::IsNot(value.trim().to_owned()))
        } else if let Some((key, value)) = text.split_once('=') {
            let value = value.strip_prefix('=').unwrap_or(value);
            (key, Test::Is(value.trim().to_owned()))
        } else if let Some((head, values)) =
            text.strip_suffix(')').and_then(|text| text.split_once('('))
        {
            let values = values.split(',').map(|value| value.trim().to_owned()).collect();
            let (key, operator) = head.trim().split_once(char::is_whitespace)?;
            let condition = match operator.trim() {
                "in" => Test::In(values),
                "notin" => Test::NotIn(values),
                _ => return None,
            };
            (key, condition)
        } else {
            (text, Test::Exists)
        };
        Some(Self { key: word(key)?.to_owned(), test: condition })
    }
}

/// A label's key: something without blanks or operators.
fn word(text: &str) -> Option<&str> {
    let text = text.trim();
    let bad = |c: char| c.is_whitespace() || "()<>!=,".contains(c);
    (!text.is_empty() && !text.contains(bad)).then_some(text)
}

/// A requirement of `matchExpressions`.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Expression<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    operator: Text<'a>,
    values: Option<Vec<Text<'a>>>,
}

impl From<Expression<'_>> for Requirement {
    fn from(Expression { key, operator, values }: Expression<'_>) -> Self {
        let values = || values.into_iter().flatten().map(Text::into_string).collect();
        let test = match operator.as_str() {
            "In" => Test::In(values()),
            "NotIn" => Test::NotIn(values()),
            "Exists" => Test::Exists,
            "DoesNotExist" => Test::Absent,
            other => Test::Other(other.to_owned(), values()),
        };
        Self { key: key.into_string(), test }
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
                    let Seq(found) = map.next_value::<Seq<Expression<'de>>>()?;
                    expressions.extend(found.into_iter().map(Requirement::from));
                }
                _ => {
                    let value = map.next_value::<Text<'de>>()?;
                    labels.0.insert(key, value.into_string());
                }
            }
        }
        let labels = labels.0.into_iter();
        let equalities = labels.map(|(key, value)| Requirement { key, test: Test::Is(value) });
        Ok(Selector { requirements: equalities.chain(expressions).collect() })
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
        serde_json::from_str::<Selector>(json).unwrap().text()
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

    fn matches(selector: &str, labels: &str) -> bool {
        let labels = labels
            .split(',')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        Selector::parse(selector).unwrap().matches(&labels)
    }

    #[test]
    fn all_requirements_must_hold() {
        for (selector, labels, expected) in [
            ("app=web", "app=web,tier=x", true),
            ("app==web", "app=web", true),
            ("app=web", "app=web2", false),
            ("app=web,tier=x", "app=web", false),
            ("app!=web", "app=api", true),
            ("app!=web", "", true),
            ("tier in (a, b),app=web", "app=web,tier=b", true),
            ("tier in (a,b)", "tier=c", false),
            ("tier in (a,b)", "", false),
            ("env notin (dev,test)", "env=prod", true),
            ("env notin (dev,test)", "env=dev", false),
            ("env notin (dev)", "", true),
            ("owner", "owner=me", true),
            ("owner", "", false),
            ("!canary", "", true),
            ("!canary", "canary=1", false),
            ("app=", "app=", true),
        ] {
            assert_eq!(matches(selector, labels), expected, "{selector} on {labels}");
        }
    }

    #[test]
    fn what_is_no_selector() {
        for text in ["", "a,", "a Near (b)", "a in b", "=x", "a b", "n>3"] {
            assert_eq!(Selector::parse(text), None, "{text}");
        }
    }

    #[test]
    fn text_is_written_as_it_was_read() {
        for text in ["app=web", "app!=web,tier in (a,b)", "env notin (dev),owner,!canary", "app="] {
            assert_eq!(Selector::parse(text).unwrap().to_string(), text);
        }
        let other = r#"{"matchExpressions":[{"key":"a","operator":"Near","values":["b"]}]}"#;
        let other: Selector = serde_json::from_str(other).unwrap();
        assert_eq!(other.to_string(), "a Near (b)");
        assert!(!other.matches(&BTreeMap::from([("a".to_owned(), "b".to_owned())])));
    }

    #[test]
    fn labels_to_look_up() {
        let selector = |text| Selector::parse(text).unwrap();
        let labels = |selector: &Selector| {
            selector.labels().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
        };
        let several = selector("!canary,tier in (a,b),app=web,x=1");
        assert_eq!(labels(&several), ["app=web", "x=1"]);
        assert_eq!(labels(&selector("tier in (a)")), ["tier=a"]);
        assert!(labels(&selector("app!=web,tier")).is_empty());
    }
}
