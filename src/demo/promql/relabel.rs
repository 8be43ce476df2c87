//! Functions that change labels.

use promql_parser::parser::Expr;

use super::{
    Error, Labels, Row, Value,
    eval::{Evaluation, SAME_LABELS, unsupported},
    merge,
};

/// The maximum length of a label's value that a function makes, in bytes.
const MAX_LABEL: usize = 16 * 1024;

/// `label_replace`.
pub(super) fn replaced(evaluation: &Evaluation<'_>, args: &[&Expr]) -> Result<Value, Error> {
    let [vector, to, replacement, from, pattern] = args else {
        return Err(unsupported("label_replace with other than 5 arguments"));
    };
    let rows = evaluation.vector(vector)?;
    let (to, replacement) = (destination(evaluation, to)?, evaluation.text(replacement)?);
    let (from, pattern) = (evaluation.text(from)?, evaluation.text(pattern)?);
    let Some(regex) = evaluation.pattern(&pattern) else {
        return Err(Error::Execution(format!(
            "invalid regular expression in label_replace(): {pattern}"
        )));
    };
    relabelled(rows, &to, |labels| {
        let captures = regex.captures(labels.get(&from))?;
        let mut value = String::new();
        captures.expand(&replacement, &mut value);
        Some(value)
    })
}

/// `label_join`.
pub(super) fn joined(evaluation: &Evaluation<'_>, args: &[&Expr]) -> Result<Value, Error> {
    let [vector, to, separator, from @ ..] = args else {
        return Err(unsupported("label_join with fewer than 3 arguments"));
    };
    let rows = evaluation.vector(vector)?;
    let (to, separator) = (destination(evaluation, to)?, evaluation.text(separator)?);
    let from: Vec<String> =
        from.iter().map(|name| evaluation.text(name)).collect::<Result<_, _>>()?;
    relabelled(rows, &to, |labels| {
        let values: Vec<&str> = from.iter().map(|name| labels.get(name)).collect();
        Some(values.join(&separator))
    })
}

/// The name of the label that is set.
fn destination(evaluation: &Evaluation<'_>, name: &Expr) -> Result<String, Error> {
    let name = evaluation.text(name)?;
    let is_label = !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_label {
        Ok(name)
    } else {
        Err(Error::Execution(format!("invalid destination label name: {name}")))
    }
}

/// Sets a label in the rows. The length is limited: calls in calls could double it again and again.
fn relabelled(
    rows: Vec<Row>,
    to: &str,
    value: impl Fn(&Labels) -> Option<String>,
) -> Result<Value, Error> {
    let mut labelled = Vec::with_capacity(rows.len());
    for mut row in rows {
        if let Some(value) = value(&row.labels) {
            if value.len() > MAX_LABEL {
                return Err(Error::Execution(format!(
                    "the value of the label {to} is longer than {MAX_LABEL} bytes"
                )));
            }
            row.labels.set(to, &value);
        }
        labelled.push(row);
    }
    Ok(Value::Vector(merge(labelled, SAME_LABELS)?))
}
