//! Results as Prometheus writes them.

use std::fmt::Write as _;

use serde_json::json;

use crate::demo::promql::{Labels, Row, Steps, Value};

/// The result of an instant query.
pub(super) fn instant(value: Value, at: i64) -> String {
    let mut out = String::new();
    match value {
        Value::Scalar(values) => {
            out.push_str(r#"{"resultType":"scalar","result":"#);
            point(&mut out, at, values.first().copied().unwrap_or(f64::NAN));
        }
        Value::Text(text) => {
            let text = json!(text);
            out.push_str(r#"{"resultType":"string","result":["#);
            seconds(&mut out, at);
            let _ = write!(out, ",{text}]");
        }
        Value::Vector(rows) => {
            out.push_str(r#"{"resultType":"vector","result":["#);
            let mut is_first = true;
            for row in rows {
                let Some(value) = row.values.first().copied().flatten() else { continue };
                begin(&mut out, &mut is_first, &row.labels);
                out.push_str(r#","value":"#);
                point(&mut out, at, value);
                out.push('}');
            }
            out.push(']');
        }
        Value::Matrix(series) => {
            let series = series.into_iter();
            matrix(&mut out, series);
        }
    }
    out.push('}');
    out
}

/// The result of a range query.
pub(super) fn over(rows: Vec<Row>, steps: Steps) -> String {
    let mut out = String::new();
    let series = rows.into_iter().map(|row| {
        let points = steps.times().zip(row.values);
        let points = points.filter_map(|(at, value)| Some((at, value?))).collect();
        (row.labels, points)
    });
    matrix(&mut out, series);
    out.push('}');
    out
}

fn matrix(out: &mut String, series: impl Iterator<Item = (Labels, Vec<(i64, f64)>)>) {
    out.push_str(r#"{"resultType":"matrix","result":["#);
    let mut is_first = true;
    for (labels, points) in series {
        begin(out, &mut is_first, &labels);
        out.push_str(r#","values":["#);
        for (number, (at, value)) in points.into_iter().enumerate() {
            if number > 0 {
                out.push(',');
            }
            point(out, at, value);
        }
        out.push_str("]}");
    }
    out.push(']');
}

/// Begins a series.
fn begin(out: &mut String, is_first: &mut bool, labels: &Labels) {
    if !std::mem::take(is_first) {
        out.push(',');
    }
    let _ = write!(out, r#"{{"metric":{}"#, self::labels(labels));
}

/// Labels as an object.
pub(super) fn labels(labels: &Labels) -> serde_json::Value {
    labels.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect()
}

fn seconds(out: &mut String, at: i64) {
    let (whole, rest) = (at.div_euclid(1000), at.rem_euclid(1000));
    let _ = write!(out, "{whole}");
    if rest != 0 {
        let _ = write!(out, "{}", format!(".{rest:03}").trim_end_matches('0'));
    }
}

fn point(out: &mut String, at: i64, value: f64) {
    out.push('[');
    seconds(out, at);
    if value.is_infinite() {
        out.push_str(if value > 0.0 { ",\"+Inf\"]" } else { ",\"-Inf\"]" });
    } else {
        let _ = write!(out, ",\"{value}\"]");
    }
}
