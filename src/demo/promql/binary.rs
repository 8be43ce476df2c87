//! Operators between two expressions.

use std::collections::{HashMap, HashSet};

use promql_parser::parser::{BinModifier, BinaryExpr, LabelModifier, VectorMatchCardinality};

use super::{
    Error, Labels, NAME, Row, Value,
    eval::{Evaluation, SAME_LABELS, unsupported},
    merge,
};

/// Evaluates an operation.
pub(super) fn operate(evaluation: &Evaluation<'_>, operation: &BinaryExpr) -> Result<Value, Error> {
    let operator = Operator::of(&operation.op.to_string())?;
    let modifier = operation.modifier.clone().unwrap_or_default();
    if modifier.fill_values.lhs.is_some() || modifier.fill_values.rhs.is_some() {
        return Err(unsupported("the modifier fill"));
    }
    let is_bool = modifier.return_bool;
    let (left, right) = (evaluation.value(&operation.lhs)?, evaluation.value(&operation.rhs)?);
    match (left, right) {
        (Value::Scalar(left), Value::Scalar(right)) => {
            if operator.is_comparison() && !is_bool {
                return Err(Error::Bad(
                    "parse error: comparisons between scalars must use BOOL modifier".to_owned(),
                ));
            }
            let one = |(left, right): (f64, f64)| {
                operator.compare(left, right).map_or_else(|| operator.compute(left, right), number)
            };
            Ok(Value::Scalar(left.into_iter().zip(right).map(one).collect()))
        }
        (Value::Vector(rows), Value::Scalar(scalar)) => {
            with_scalar(&operator, rows, &scalar, is_bool, false)
        }
        (Value::Scalar(scalar), Value::Vector(rows)) => {
            with_scalar(&operator, rows, &scalar, is_bool, true)
        }
        (Value::Vector(left), Value::Vector(right)) => match operator {
            Operator::Set(set) => Ok(Value::Vector(combined(set, left, right, &modifier))),
            operator => joined(evaluation, &operator, left, right, &modifier),
        },
        _ => Err(Error::Bad(
            "parse error: binary expression must contain only scalar and instant vector types"
                .to_owned(),
        )),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    And,
    Or,
    Unless,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Operator {
    Arithmetic(String),
    Comparison(String),
    Set(Set),
}

impl Operator {
    fn of(text: &str) -> Result<Operator, Error> {
        Ok(match text {
            "+" | "-" | "*" | "/" | "%" | "^" | "atan2" => Operator::Arithmetic(text.to_owned()),
            "==" | "!=" | ">" | "<" | ">=" | "<=" => Operator::Comparison(text.to_owned()),
            "and" => Operator::Set(Set::And),
            "or" => Operator::Set(Set::Or),
            "unless" => Operator::Set(Set::Unless),
            other => return Err(unsupported(&format!("the operator {other}"))),
        })
    }

    fn is_comparison(&self) -> bool {
        matches!(self, Operator::Comparison(_))
    }

    fn compute(&self, left: f64, right: f64) -> f64 {
        let Operator::Arithmetic(operator) = self else { return f64::NAN };
        match operator.as_str() {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "%" => left % right,
            "^" => left.powf(right),
            _ => left.atan2(right),
        }
    }

    /// Whether a comparison holds; `None` for another operator.
    #[expect(clippy::float_cmp, reason = "as the query asks for it")]
    fn compare(&self, left: f64, right: f64) -> Option<bool> {
        let Operator::Comparison(operator) = self else { return None };
        Some(match operator.as_str() {
            "==" => left == right,
            "!=" => left != right,
            ">" => left > right,
            "<" => left < right,
            ">=" => left >= right,
            _ => left <= right,
        })
    }

    /// The value of two, of which `keep` is what a comparison without `bool` leaves.
    fn value(&self, left: f64, right: f64, keep: f64, is_bool: bool) -> Option<f64> {
        match self.compare(left, right) {
            None => Some(self.compute(left, right)),
            Some(holds) if is_bool => Some(number(holds)),
            Some(holds) => holds.then_some(keep),
        }
    }
}

fn number(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

fn with_scalar(
    operator: &Operator,
    rows: Vec<Row>,
    scalar: &[f64],
    is_bool: bool,
    is_swapped: bool,
) -> Result<Value, Error> {
    if let Operator::Set(_) = operator {
        return Err(Error::Bad(
            "parse error: set operator not allowed in binary scalar expression".to_owned(),
        ));
    }
    let keeps_name = operator.is_comparison() && !is_bool;
    let one = |row: Row| {
        let values = row.values.into_iter().zip(scalar).map(|(value, scalar)| {
            let value = value?;
            let (left, right) = if is_swapped { (*scalar, value) } else { (value, *scalar) };
            operator.value(left, right, value, is_bool)
        });
        let values = values.collect();
        let labels = if keeps_name { row.labels } else { row.labels.without(&[]) };
        Row { labels, values }
    };
    Ok(Value::Vector(merge(rows.into_iter().map(one).collect(), SAME_LABELS)?))
}

/// By what two rows belong together.
fn signature(labels: &Labels, matching: Option<&LabelModifier>) -> Labels {
    match matching {
        None => labels.without(&[]),
        Some(LabelModifier::Include(names)) => labels.keep(&names.labels),
        Some(LabelModifier::Exclude(names)) => labels.without(&names.labels),
    }
}

/// `and`, `or` and `unless`.
fn combined(set: Set, left: Vec<Row>, right: Vec<Row>, modifier: &BinModifier) -> Vec<Row> {
    let matching = modifier.matching.as_ref();
    let present = |rows: &[Row]| {
        let mut present: HashMap<Labels, Vec<bool>> = HashMap::new();
        for row in rows {
            let steps = present.entry(signature(&row.labels, matching)).or_default();
            steps.resize(row.values.len(), false);
            for (step, value) in steps.iter_mut().zip(&row.values) {
                *step |= value.is_some();
            }
        }
        present
    };
    let masked = |rows: Vec<Row>, by: &HashMap<Labels, Vec<bool>>, wanted: bool| {
        let none = Vec::new();
        let one = |mut row: Row| {
            let steps = by.get(&signature(&row.labels, matching)).unwrap_or(&none);
            for (step, value) in row.values.iter_mut().enumerate() {
                if steps.get(step).copied().unwrap_or(false) != wanted {
                    *value = None;
                }
            }
            row.values.iter().any(Option::is_some).then_some(row)
        };
        rows.into_iter().filter_map(one).collect::<Vec<Row>>()
    };
    match set {
        Set::And => masked(left, &present(&right), true),
        Set::Unless => masked(left, &present(&right), false),
        Set::Or => {
            let by = present(&left);
            let mut all = left;
            all.extend(masked(right, &by, false));
            all
        }
    }
}

/// An operation of each row with the one row of the other side that it belongs to.
fn joined(
    evaluation: &Evaluation<'_>,
    operator: &Operator,
    left: Vec<Row>,
    right: Vec<Row>,
    modifier: &BinModifier,
) -> Result<Value, Error> {
    let matching = modifier.matching.as_ref();
    let (is_swapped, is_grouped) = match &modifier.card {
        VectorMatchCardinality::OneToMany(_) => (true, true),
        VectorMatchCardinality::ManyToOne(_) => (false, true),
        _ => (false, false),
    };
    let (many, one) = if is_swapped { (right, left) } else { (left, right) };
    let mut ones: HashMap<Labels, Vec<Row>> = HashMap::new();
    for row in one {
        ones.entry(signature(&row.labels, matching)).or_default().push(row);
    }
    for rows in ones.values().filter(|rows| rows.len() > 1) {
        is_one_at_each_step(rows, if is_swapped { "left" } else { "right" })?;
    }
    let included = modifier.card.labels().map(|labels| labels.labels.clone()).unwrap_or_default();
    let keeps_name = operator.is_comparison() && !modifier.return_bool;
    let mut rows = Vec::with_capacity(many.len());
    for row in many {
        let Some(others) = ones.get(&signature(&row.labels, matching)) else { continue };
        for other in others {
            let values = row.values.iter().zip(&other.values).map(|(many, one)| {
                let (many, one) = ((*many)?, (*one)?);
                let (left, right) = if is_swapped { (one, many) } else { (many, one) };
                operator.value(left, right, left, modifier.return_bool)
            });
            let values: Vec<Option<f64>> = values.collect();
            if values.iter().all(Option::is_none) {
                continue;
            }
            evaluation.count(values.len())?;
            let mut labels = if keeps_name { row.labels.clone() } else { row.labels.without(&[]) };
            match matching {
                _ if is_grouped => {
                    for name in &included {
                        labels.set(name, other.labels.get(name));
                    }
                }
                Some(LabelModifier::Include(names)) => labels = labels.keep(&names.labels),
                Some(LabelModifier::Exclude(names)) => {
                    let name = labels.get(NAME).to_owned();
                    labels = labels.without(&names.labels);
                    labels.set(NAME, &name);
                }
                None => {}
            }
            rows.push(Row { labels, values });
        }
    }
    let error = if is_grouped {
        "multiple matches for labels: grouping labels must ensure unique matches"
    } else {
        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
    };
    Ok(Value::Vector(merge(rows, error)?))
}

fn is_one_at_each_step(rows: &[Row], side: &str) -> Result<(), Error> {
    let mut seen = HashSet::new();
    for row in rows {
        for (step, _) in row.values.iter().enumerate().filter(|(_, value)| value.is_some()) {
            if !seen.insert(step) {
                return Err(Error::Execution(format!(
                    "found duplicate series for the match group on the {side} hand-side of the \
                     operation;many-to-many matching not allowed: matching labels must be unique on one side"
                )));
            }
        }
    }
    Ok(())
}
