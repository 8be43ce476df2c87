//! Answers of the HTTP API as typed values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::error::QueryError;
use super::range::Range;

/// Names and values of labels.
pub type LabelSet = BTreeMap<String, String>;

/// One series at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its labels.
    pub labels: LabelSet,
    /// Its value; may be infinite or NaN.
    pub value: f64,
}

impl Sample {
    /// Whether the label has the value.
    pub fn is(&self, label: &str, value: &str) -> bool {
        self.labels.get(label).is_some_and(|it| it == value)
    }
}

/// One value of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When, in seconds since 1970.
    pub at: f64,
    /// The value; may be infinite or NaN.
    pub value: f64,
}

/// One series over a range; where it has no value, there is no point.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its labels.
    pub labels: LabelSet,
    /// Its points, the earliest first.
    pub points: Vec<Point>,
}

impl Series {
    /// Whether the label has the value.
    pub fn is(&self, label: &str, value: &str) -> bool {
        self.labels.get(label).is_some_and(|it| it == value)
    }
}

/// What a query found.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    /// The series.
    pub items: Vec<T>,
    /// What the server warns of.
    pub warnings: Vec<String>,
    /// Whether the server says that it did not reach all of its stores.
    pub is_partial: bool,
    /// From where on a range was not read, with the reason.
    pub unread: Option<(Range, QueryError)>,
}

impl<T> Answer<T> {
    /// Why this is not the whole answer; `None` if it is.
    pub fn incomplete(&self) -> Option<String> {
        if let Some((_, error)) = &self.unread {
            return Some(error.to_string());
        }
        if !self.warnings.is_empty() {
            return Some(format!("the server warns: {}", self.warnings.join("; ")));
        }
        self.is_partial.then(|| "the server did not reach all of its stores".to_owned())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    status: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    warnings: Option<Vec<String>>,
    #[serde(default)]
    is_partial: bool,
    data: Option<Kind>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    result_type: String,
    #[expect(dead_code, reason = "it has to be there")]
    result: IgnoredAny,
}

#[derive(Deserialize)]
struct Body<T> {
    data: Data<T>,
}

#[derive(Deserialize)]
struct Data<T> {
    result: Vec<T>,
}

#[derive(Deserialize)]
struct One {
    #[serde(default)]
    metric: LabelSet,
    /// None for a histogram.
    value: Option<Value>,
}

#[derive(Deserialize)]
struct Many {
    #[serde(default)]
    metric: LabelSet,
    #[serde(default)]
    values: Vec<Value>,
}

/// `[1764547200.5, "2.5"]`.
struct Value(Point);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ValueVisitor)
    }
}

struct ValueVisitor;

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time and a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        use serde::de::Error as _;
        let missing = || A::Error::custom("a value is missing");
        let at: f64 = seq.next_element()?.ok_or_else(missing)?;
        let Text(text) = seq.next_element()?.ok_or_else(missing)?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        let value = text
            .parse()
            .map_err(|_| A::Error::custom(format_args!("a value is {text:?}, no number")))?;
        Ok(Value(Point { at, value }))
    }
}

/// The samples of an instant query.
pub(super) fn samples(json: &[u8]) -> Result<Answer<Sample>, QueryError> {
    read(json, "vector", |one: One| {
        one.value.map(|Value(point)| Sample { labels: one.metric, value: point.value })
    })
}

/// The series of a range query.
pub(super) fn series(json: &[u8]) -> Result<Answer<Series>, QueryError> {
    read(json, "matrix", |many: Many| {
        let points = many.values.into_iter().map(|Value(point)| point).collect();
        Some(Series { labels: many.metric, points })
    })
}

fn read<T: DeserializeOwned, U>(
    json: &[u8],
    kind: &str,
    item: impl Fn(T) -> Option<U>,
) -> Result<Answer<U>, QueryError> {
    let unreadable = |error: serde_json::Error| {
        if error.is_eof() {
            QueryError::CutOff(json.len())
        } else if is_html(json) {
            QueryError::Html
        } else {
            QueryError::Unreadable(error.to_string())
        }
    };
    let head: Head = serde_json::from_slice(json).map_err(unreadable)?;
    if head.status != "success" {
        return Err(QueryError::Refused { code: 200, message: head.error });
    }
    match head.data {
        None => return Err(QueryError::Unreadable("there is no data in it".to_owned())),
        Some(data) if data.result_type != kind => {
            let text = format!("the query gives a {}", data.result_type);
            return Err(QueryError::Unreadable(text));
        }
        Some(_) => {}
    }
    let body: Body<T> = serde_json::from_slice(json).map_err(unreadable)?;
    Ok(Answer {
        items: body.data.result.into_iter().filter_map(item).collect(),
        warnings: head.warnings.unwrap_or_default(),
        is_partial: head.is_partial,
        unread: None,
    })
}

/// The server's own words in an answer that is an error: Prometheus has them in `error`, Alertmanager as a bare string
/// or, where it cannot read the request, in `message`.
pub(super) fn error_text(json: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Failure {
        Text(String),
        Object { error: Option<Json>, message: Option<Json> },
    }
    let words = match serde_json::from_slice(json).ok()? {
        Failure::Text(text) => text,
        Failure::Object { error, message } => {
            // In other APIs `error` may be a number or an object, and `message` has the words.
            let texts = [error, message].into_iter().flatten();
            let mut texts = texts.filter_map(|it| it.as_str().map(str::to_owned));
            texts.find(|it| !it.is_empty())?
        }
    };
    let short: String = words.trim().chars().take(300).collect();
    (!short.is_empty()).then_some(short)
}

pub(super) fn is_html(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_partial_answers_are_incomplete() {
        let json = br#"{"status":"success","isPartial":true,"data":{"resultType":"matrix","result":[
            {"metric":{"a":"b"},"values":[[1,"2"],[61.5,"+Inf"],[121,"NaN"]]}]},"warnings":["store-1 is down"]}"#;
        let answer = series(json).unwrap();
        assert_eq!(answer.incomplete().unwrap(), "the server warns: store-1 is down");
        let [only] = &*answer.items else { panic!("{answer:?}") };
        assert!(only.is("a", "b") && only.points[1].value.is_infinite());
        assert!(only.points[2].value.is_nan() && only.points.len() == 3);
        let partial =
            br#"{"status":"success","isPartial":true,"data":{"resultType":"vector","result":[]}}"#;
        let text = samples(partial).unwrap().incomplete().unwrap();
        assert_eq!(text, "the server did not reach all of its stores");
        let whole = br#"{"status":"success","infos":["x"],"data":{"resultType":"vector","result":[
            {"metric":{},"histogram":[1,{}]}]}}"#;
        let answer = samples(whole).unwrap();
        assert!(answer.incomplete().is_none() && answer.items.is_empty());
    }

    #[test]
    fn the_reason_of_a_refusal_is_found_in_each_servers_form() {
        let text = |json: &str| error_text(json.as_bytes());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(text(r#"{"status":"error","error":"parse error"}"#), some("parse error"));
        assert_eq!(
            text(r#""at least one label pair required""#),
            some("at least one label pair required")
        );
        assert_eq!(
            text(r#"{"code":602,"message":"0.labels is required"}"#),
            some("0.labels is required")
        );
        assert_eq!(text(r#"{"error":{"code":7},"message":"no tenant"}"#), some("no tenant"));
        assert_eq!(text(r#"{"error":"","message":"no tenant"}"#), some("no tenant"));
        for none in ["", "{}", "[]", "7", r#"" ""#, r#"{"error":7}"#, "<html>"] {
            assert_eq!(text(none), None, "{none}");
        }
        assert_eq!(text(&format!("\"{}\"", "x".repeat(500))).unwrap().len(), 300);
    }

    #[test]
    fn what_is_no_answer_is_named() {
        assert_eq!(samples(b" <html>"), Err(QueryError::Html));
        assert_eq!(samples(br#"{"status":"succ"#), Err(QueryError::CutOff(15)));
        assert_eq!(samples(b""), Err(QueryError::CutOff(0)));
        let scalar = br#"{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}"#;
        let text = samples(scalar).unwrap_err().to_string();
        assert_eq!(text, "not an answer of Prometheus: the query gives a scalar");
        let wrong =
            br#"{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"x"]}]}}"#;
        let text = samples(wrong).unwrap_err().to_string();
        assert!(text.contains(r#"a value is "x", no number"#), "{text}");
        assert!(samples(b"{}").is_err() && samples(b"[]").is_err() && samples(b"null").is_err());
        let error = br#"{"status":"error","error":"out of order"}"#;
        let refused = QueryError::Refused { code: 200, message: "out of order".to_owned() };
        assert_eq!(samples(error), Err(refused));
    }
}
