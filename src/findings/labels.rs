//! Label selectors as `kubectl -l` takes them, matched with labels.

use std::collections::BTreeMap;

/// A selector of one requirement or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selector<'a> {
    requirements: Vec<Requirement<'a>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Requirement<'a> {
    key: &'a str,
    test: Test<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test<'a> {
    In(Vec<&'a str>),
    /// Also met by what lacks the label.
    NotIn(Vec<&'a str>),
    Exists,
    Absent,
}

impl<'a> Selector<'a> {
    /// Matches everything.
    pub(super) fn all() -> Self {
        Self { requirements: Vec::new() }
    }

    /// `None` for a text that is no selector.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let requirements = split(text).map(requirement).collect::<Option<Vec<_>>>()?;
        Some(Self { requirements })
    }

    pub(super) fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.requirements.iter().all(|requirement| {
            let value = labels.get(requirement.key).map(String::as_str);
            match &requirement.test {
                Test::In(values) => value.is_some_and(|value| values.contains(&value)),
                Test::NotIn(values) => value.is_none_or(|value| !values.contains(&value)),
                Test::Exists => value.is_some(),
                Test::Absent => value.is_none(),
            }
        })
    }

    /// The labels that everything it matches has.
    pub(super) fn labels(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.requirements
            .iter()
            .filter_map(|requirement| Some((requirement.key, requirement.test.one()?)))
    }
}

impl<'a> Test<'a> {
    fn one(&self) -> Option<&'a str> {
        match self {
            Self::In(values) => match values.as_slice() {
                [value] => Some(value),
                _ => None,
            },
            _ => None,
        }
    }
}

/// At the commas outside parentheses.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
}

fn requirement(text: &str) -> Option<Requirement<'_>> {
    if let Some(key) = text.strip_prefix('!') {
        return Some(Requirement { key: word(key)?, test: Test::Absent });
    }
    if let Some((key, value)) = text.split_once("!=") {
        return Some(Requirement { key: word(key)?, test: Test::NotIn(vec![value.trim()]) });
    }
    if let Some((key, value)) = text.split_once('=') {
        let value = value.strip_prefix('=').unwrap_or(value).trim();
        return Some(Requirement { key: word(key)?, test: Test::In(vec![value]) });
    }
    if let Some((head, values)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) {
        let values = values.split(',').map(str::trim).collect();
        let (key, operator) = head.trim().split_once(char::is_whitespace)?;
        let is = match operator.trim() {
            "in" => Test::In(values),
            "notin" => Test::NotIn(values),
            _ => return None,
        };
        return Some(Requirement { key: word(key)?, test: is });
    }
    Some(Requirement { key: word(text)?, test: Test::Exists })
}

/// A label's key: something without blanks or operators.
fn word(text: &str) -> Option<&str> {
    let text = text.trim();
    let bad = |c: char| c.is_whitespace() || "()<>!=,".contains(c);
    (!text.is_empty() && !text.contains(bad)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn labels_to_look_up() {
        let labels =
            |text: &'static str| Selector::parse(text).unwrap().labels().collect::<Vec<_>>();
        assert_eq!(labels("!canary,tier in (a,b),app=web,x=1"), [("app", "web"), ("x", "1")]);
        assert_eq!(labels("tier in (a)"), [("tier", "a")]);
        assert_eq!(labels("app!=web,tier"), []);
    }
}
