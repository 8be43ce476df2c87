//! Field selectors: `name=value`, `name==value` and `name!=value`, joined by commas.

/// Terms that must all be satisfied.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::demo) struct FieldSelector(Vec<Term>);

#[derive(Debug, PartialEq, Eq)]
struct Term {
    field: String,
    value: String,
    equal: bool,
}

impl FieldSelector {
    /// Parses a selector over the `known` fields of a resource type (and `metadata.name`,
    /// `metadata.namespace`); the error is the API server's sentence.
    pub(in crate::demo) fn parse(text: &str, known: &[&str]) -> Result<FieldSelector, String> {
        let mut terms = Vec::new();
        for part in split(text) {
            if part.is_empty() {
                continue;
            }
            let (field, value, equal) = if let Some((field, value)) = part.split_once("!=") {
                (field, value, false)
            } else if let Some((field, value)) = part.split_once("==") {
                (field, value, true)
            } else if let Some((field, value)) = part.split_once('=') {
                (field, value, true)
            } else {
                return Err(format!("invalid selector: '{text}'; can't understand '{part}'"));
            };
            if !matches!(field, "metadata.name" | "metadata.namespace") && !known.contains(&field) {
                return Err(format!("field label not supported: {field}"));
            }
            terms.push(Term { field: field.to_owned(), value: unescape(value), equal });
        }
        Ok(FieldSelector(terms))
    }

    /// Whether every term is satisfied by the value of its field (absent means empty).
    pub(in crate::demo) fn matches<'a>(&self, field: impl Fn(&str) -> &'a str) -> bool {
        self.0.iter().all(|term| (field(&term.field) == term.value) == term.equal)
    }
}

/// The terms, split at unescaped commas.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, c) in text.char_indices() {
        if c == ',' && !escaped {
            parts.push(&text[start..at]);
            start = at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    parts.push(&text[start..]);
    parts
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_evaluated() {
        let field = |name: &str| match name {
            "metadata.name" => "cart",
            "status.phase" => "Running",
            _ => "",
        };
        let known = ["status.phase", "spec.nodeName"];
        for (text, expected) in [
            ("", true),
            ("metadata.name=cart", true),
            ("metadata.name==cart,status.phase!=Pending", true),
            ("status.phase=Pending", false),
            ("spec.nodeName=", true),
            ("metadata.name=a\\,b", false),
        ] {
            let selector = FieldSelector::parse(text, &known).unwrap();
            assert_eq!(selector.matches(field), expected, "{text}");
        }
        assert_eq!(
            FieldSelector::parse("spec.color=red", &known).unwrap_err(),
            "field label not supported: spec.color"
        );
        assert_eq!(
            FieldSelector::parse("x", &known).unwrap_err(),
            "invalid selector: 'x'; can't understand 'x'"
        );
    }
}
