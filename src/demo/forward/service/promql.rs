//! The small part of PromQL that a demo needs: numbers, `time()`, `vector()`, selectors, and
//! aggregations with or without `by`. Values are the present ones, whatever time is queried.

use std::collections::BTreeMap;

use regex::Regex;

/// The maximum nesting of expressions.
const MAX_DEPTH: usize = 32;

pub(super) type Labels = BTreeMap<String, String>;

/// A series; its name is the label `__name__`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    pub(super) labels: Labels,
    pub(super) value: f64,
}

/// The result of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Scalar(f64),
    Vector(Vec<Sample>),
}

/// Evaluates `query` at `time` (seconds since 1970). The error is a sentence.
pub(super) fn evaluate(query: &str, series: &[Sample], time: f64) -> Result<Value, String> {
    let mut parser = Parser { rest: query, series, time };
    let value = parser.expression(0)?;
    parser.space();
    if parser.rest.is_empty() { Ok(value) } else { Err(parser.unexpected()) }
}

struct Parser<'a> {
    rest: &'a str,
    series: &'a [Sample],
    time: f64,
}

impl<'a> Parser<'a> {
    fn unexpected(&self) -> String {
        match self.rest.chars().next() {
            Some(found) => format!("parse error: unexpected {found:?}"),
            None => "parse error: unexpected end of input".to_owned(),
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, token: &str) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn want(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The longest prefix of matching characters, possibly empty.
    fn word(&mut self, part: impl Fn(char) -> bool) -> &'a str {
        self.space();
        let end = self.rest.find(|c| !part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn name(&mut self) -> &'a str {
        self.word(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
    }

    fn expression(&mut self, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err("parse error: nested too deeply".to_owned());
        }
        self.space();
        if self.take("(") {
            let value = self.expression(depth + 1)?;
            self.want(")")?;
            return Ok(value);
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') {
            let text = self.word(|c| c.is_ascii_digit() || c == '-' || c == '.');
            return text
                .parse()
                .map(Value::Scalar)
                .map_err(|_| format!("parse error: bad number {text:?}"));
        }
        let name = self.name();
        match name {
            "time" if self.take("(") => {
                self.want(")")?;
                Ok(Value::Scalar(self.time))
            }
            "vector" if self.take("(") => {
                let Value::Scalar(value) = self.expression(depth + 1)? else {
                    return Err(
                        "parse error: expected type scalar in call to function \"vector\", \
                                got instant vector"
                            .to_owned(),
                    );
                };
                self.want(")")?;
                Ok(Value::Vector(vec![Sample { labels: Labels::new(), value }]))
            }
            "count" | "sum" | "min" | "max" | "avg" => self.aggregation(name, depth),
            _ => self.selector(name),
        }
    }

    fn aggregation(&mut self, operator: &str, depth: usize) -> Result<Value, String> {
        let mut by = self.by()?;
        self.want("(")?;
        let value = self.expression(depth + 1)?;
        self.want(")")?;
        if by.is_empty() {
            by = self.by()?;
        }
        let Value::Vector(samples) = value else {
            return Err(format!(
                "parse error: expected type instant vector in aggregation \"{operator}\", got scalar"
            ));
        };
        let mut groups: BTreeMap<Labels, Vec<f64>> = BTreeMap::new();
        for sample in samples {
            let mut labels = sample.labels;
            labels.retain(|name, _| by.iter().any(|wanted| wanted == name));
            groups.entry(labels).or_default().push(sample.value);
        }
        let samples = groups.into_iter().map(|(labels, values)| {
            let sum: f64 = values.iter().sum();
            #[expect(clippy::cast_precision_loss, reason = "nobody has that many series")]
            let count = values.len() as f64;
            let value = match operator {
                "count" => count,
                "sum" => sum,
                "avg" => sum / count,
                "min" => values.into_iter().fold(f64::INFINITY, f64::min),
                _ => values.into_iter().fold(f64::NEG_INFINITY, f64::max),
            };
            Sample { labels, value }
        });
        Ok(Value::Vector(samples.collect()))
    }

    /// Parses `by (a, b)`, if it comes next.
    fn by(&mut self) -> Result<Vec<String>, String> {
        let mut names = Vec::new();
        if !self.take("by") {
            return Ok(names);
        }
        self.want("(")?;
        while !self.take(")") {
            names.push(self.name().to_owned());
            if !self.take(",") {
                self.want(")")?;
                break;
            }
        }
        Ok(names)
    }

    fn selector(&mut self, name: &str) -> Result<Value, String> {
        let mut samples: Vec<&Sample> = self.series.iter().collect();
        if !name.is_empty() {
            samples.retain(|sample| label(sample, "__name__") == name);
        }
        let braced = self.take("{");
        if !braced && name.is_empty() {
            return Err(self.unexpected());
        }
        while braced && !self.take("}") {
            let label_name = self.name();
            let operator = ["=~", "!~", "!=", "="].into_iter().find(|token| self.take(token));
            let operator = operator.ok_or_else(|| self.unexpected())?;
            let value = self.string()?;
            let regex = Regex::new(&format!("^(?:{value})$"));
            let regex = regex.map_err(|error| format!("parse error: {error}"));
            match operator {
                "=" => samples.retain(|sample| label(sample, label_name) == value),
                "!=" => samples.retain(|sample| label(sample, label_name) != value),
                _ => {
                    let (regex, wanted) = (regex?, operator == "=~");
                    samples.retain(|sample| regex.is_match(label(sample, label_name)) == wanted);
                }
            }
            if !self.take(",") {
                self.want("}")?;
                break;
            }
        }
        Ok(Value::Vector(samples.into_iter().cloned().collect()))
    }

    fn string(&mut self) -> Result<String, String> {
        self.space();
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        let quote = quote.ok_or_else(|| self.unexpected())?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(text);
            }
            if c == '\\' && quote != '`' {
                text.extend(chars.next().map(|(_, c)| if c == 'n' { '\n' } else { c }));
            } else {
                text.push(c);
            }
        }
        Err("parse error: unterminated quoted string".to_owned())
    }
}

fn label<'a>(sample: &'a Sample, name: &str) -> &'a str {
    sample.labels.get(name).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn series() -> Vec<Sample> {
        let sample = |name: &str, namespace: &str, hpa: &str, value| {
            let labels = [("__name__", name), ("namespace", namespace), ("hpa", hpa)];
            let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
            Sample { labels: labels.into(), value }
        };
        vec![
            sample("limit", "shop", "cart", 10.0),
            sample("limit", "shop", "catalog", 6.0),
            sample("limit", "search", "indexer", 8.0),
            sample("up", "", "", 1.0),
        ]
    }

    fn vector(query: &str) -> Vec<(String, f64)> {
        let Value::Vector(samples) = evaluate(query, &series(), 5.0).unwrap() else {
            panic!("{query}")
        };
        let text = |sample: &Sample| {
            let pairs = sample.labels.iter().filter(|(_, value)| !value.is_empty());
            let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
            (pairs.join(","), sample.value)
        };
        samples.iter().map(text).collect()
    }

    #[test]
    fn the_usual_queries_are_answered() {
        let one = |labels: &str, value| vec![(labels.to_owned(), value)];
        for (query, expected) in [
            ("vector(1)", one("", 1.0)),
            ("up", one("__name__=up", 1.0)),
            ("count(limit{})", one("", 3.0)),
            (" sum ( {__name__=\"limit\"} ) ", one("", 24.0)),
            ("avg(limit{hpa=~\"ca.*\"})", one("", 8.0)),
            ("max(limit{hpa!~\"ca.*\",namespace!='shop'})", one("", 8.0)),
            ("count by (namespace) (limit{hpa=\"indexer\"})", one("namespace=search", 1.0)),
            ("min(limit{namespace=`shop`,}) by (namespace)", one("namespace=shop", 6.0)),
            ("none", vec![]),
            ("count(none)", vec![]),
        ] {
            assert_eq!(vector(query), expected, "{query}");
        }
        assert_eq!(evaluate("time()", &[], 5.0), Ok(Value::Scalar(5.0)));
        assert_eq!(evaluate("-1.5", &[], 5.0), Ok(Value::Scalar(-1.5)));
    }

    #[test]
    fn unsupported_queries_are_refused_with_a_sentence() {
        let deep = "(".repeat(100_000);
        for query in ["", "up{", "up{a=~\"(\"}", "rate(up[5m])", "up + 1", "vector(up)", &deep] {
            let error = evaluate(query, &series(), 0.0).unwrap_err();
            assert!(error.starts_with("parse error"), "{query}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_does_not_panic(query in "\\PC{0,60}") {
            let _ = evaluate(&query, &series(), 0.0);
        }

        #[test]
        fn any_tokens_do_not_panic(
            tokens in prop::collection::vec(
                prop::sample::select(vec![
                    "up", "max", "(", ")", "{", "}", "by", ",", "=", "=~", "\"a\"", "'", "1", "-",
                    "vector", "\\", "é",
                ]),
                0..20,
            ),
        ) {
            let _ = evaluate(&tokens.concat(), &series(), 0.0);
        }
    }
}
