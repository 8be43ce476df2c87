//! Aggregations.

use std::collections::{HashMap, hash_map::Entry};

use promql_parser::parser::{AggregateExpr, LabelModifier};

use super::{
    Error, Labels, Row, Value,
    eval::{Evaluation, unsupported},
};

/// Evaluates an aggregation.
pub(super) fn aggregate(
    evaluation: &Evaluation<'_>,
    aggregation: &AggregateExpr,
) -> Result<Value, Error> {
    let rows = evaluation.vector(&aggregation.expr)?;
    let operator = aggregation.op.to_string();
    let parameter = match &aggregation.param {
        Some(parameter) if operator != "count_values" => Some(evaluation.scalar(parameter)?),
        _ => None,
    };
    let mut groups: Vec<(Labels, Vec<Row>)> = Vec::new();
    let mut places: HashMap<Labels, usize> = HashMap::new();
    for row in rows {
        let labels = match &aggregation.modifier {
            None => Labels::default(),
            Some(LabelModifier::Include(names)) => row.labels.keep(&names.labels),
            Some(LabelModifier::Exclude(names)) => row.labels.without(&names.labels),
        };
        let place = match places.entry(labels.clone()) {
            Entry::Occupied(place) => *place.get(),
            Entry::Vacant(place) => {
                groups.push((labels, Vec::new()));
                *place.insert(groups.len() - 1)
            }
        };
        if let Some((_, group)) = groups.get_mut(place) {
            group.push(row);
        }
    }
    let count = evaluation.steps.count;
    if let "topk" | "bottomk" = operator.as_str() {
        let limits = parameter.unwrap_or_default();
        let groups = groups.into_iter();
        let rows = groups.flat_map(|(_, group)| best(group, &limits, operator == "topk"));
        return Ok(Value::Vector(rows.collect()));
    }
    let parameter = |step: usize| parameter.as_ref().and_then(|all| all.get(step)).copied();
    let mut rows = Vec::with_capacity(groups.len());
    for (labels, group) in groups {
        evaluation.count(count)?;
        let mut values = Vec::with_capacity(count);
        let mut present = Vec::with_capacity(group.len());
        for step in 0..count {
            present.clear();
            present.extend(group.iter().filter_map(|row| row.values.get(step).copied().flatten()));
            values.push(match present.as_slice() {
                [] => None,
                present => Some(reduce(&operator, present, parameter(step))?),
            });
        }
        rows.push(Row { labels, values });
    }
    Ok(Value::Vector(rows))
}

/// One value of several, of which there is at least one.
pub(super) fn reduce(operator: &str, values: &[f64], parameter: Option<f64>) -> Result<f64, Error> {
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let count = values.len() as f64;
    let sum = || values.iter().sum::<f64>();
    // A number wins over NaN.
    let extreme = |is_better: fn(f64, f64) -> bool| {
        let first = values.first().copied().unwrap_or(f64::NAN);
        values.iter().skip(1).fold(first, |best, value| {
            if best.is_nan() || is_better(*value, best) { *value } else { best }
        })
    };
    let variance = || {
        let mean = sum() / count;
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
    };
    Ok(match operator {
        "sum" => sum(),
        "avg" => sum() / count,
        "count" => count,
        "group" => 1.0,
        "min" => extreme(|value, best| value < best),
        "max" => extreme(|value, best| value > best),
        "stdvar" => variance(),
        "stddev" => variance().sqrt(),
        "quantile" => quantile(parameter.unwrap_or(f64::NAN), values),
        other => return Err(unsupported(&format!("the aggregation {other}"))),
    })
}

/// The quantile, by linear interpolation.
pub(super) fn quantile(q: f64, values: &[f64]) -> f64 {
    if q.is_nan() || values.is_empty() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let rank = q * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let lower = rank.floor() as usize;
    let at = |index: usize| sorted.get(index.min(sorted.len() - 1)).copied().unwrap_or(f64::NAN);
    let weight = rank - rank.floor();
    at(lower) * (1.0 - weight) + at(lower + 1) * weight
}

/// The rows of a group with the values that are among the largest or smallest of their step.
fn best(mut group: Vec<Row>, limits: &[f64], is_largest: bool) -> Vec<Row> {
    for (step, limit) in limits.iter().enumerate() {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count; one that is none saturates"
        )]
        let limit = *limit as usize;
        if group.len() <= limit {
            continue;
        }
        let value = |row: &Row| row.values.get(step).copied().flatten();
        let mut present: Vec<(usize, f64)> =
            group.iter().enumerate().filter_map(|(at, row)| Some((at, value(row)?))).collect();
        if present.len() <= limit {
            continue;
        }
        // NaN comes last; of equal ones the first stays.
        present.sort_by(|(_, a), (_, b)| {
            let order = if is_largest { b.partial_cmp(a) } else { a.partial_cmp(b) };
            order.unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
        });
        for (at, _) in present.into_iter().skip(limit) {
            if let Some(place) = group.get_mut(at).and_then(|row| row.values.get_mut(step)) {
                *place = None;
            }
        }
    }
    group.retain(|row| row.values.iter().any(Option::is_some));
    group
}
