//! Functions.

use promql_parser::parser::{Call, Expr};

use super::{
    Error, Labels, MatchOp, NAME, Row, Value,
    aggregate::{quantile, reduce},
    eval::{Evaluation, unsupported},
    relabel,
    window::{Change, at_last, changed, seconds, unparenthesized},
};

/// Evaluates a call.
pub(super) fn call(evaluation: &Evaluation<'_>, call: &Call) -> Result<Value, Error> {
    let args: Vec<&Expr> = call.args.args.iter().map(|arg| &**arg).collect();
    let name = call.func.name;
    match (name, args.as_slice()) {
        ("time", []) => Ok(Value::Scalar(evaluation.steps.times().map(seconds).collect())),
        ("vector", [number]) => {
            let values = evaluation.scalar(number)?.into_iter().map(Some).collect();
            Ok(Value::Vector(vec![Row { labels: Labels::default(), values }]))
        }
        ("scalar", [vector]) => {
            let rows = evaluation.vector(vector)?;
            let only = |step: usize| {
                let mut present =
                    rows.iter().filter_map(|row| row.values.get(step).copied().flatten());
                present.next().filter(|_| present.next().is_none()).unwrap_or(f64::NAN)
            };
            Ok(Value::Scalar((0..evaluation.steps.count).map(only).collect()))
        }
        ("timestamp", [vector]) => timestamp(evaluation, vector),
        ("absent", [vector]) => {
            let rows = evaluation.vector(vector)?;
            Ok(absent(evaluation, vector, &rows))
        }
        ("absent_over_time", [range]) => {
            let rows = evaluation.ranged(range, true, |_, _| Some(1.0))?;
            Ok(absent(evaluation, range, &rows))
        }
        ("label_replace", args) => relabel::replaced(evaluation, args),
        ("label_join", args) => relabel::joined(evaluation, args),
        ("sort" | "sort_desc", [vector]) => {
            let mut rows = evaluation.vector(vector)?;
            let first = |row: &Row| row.values.first().copied().flatten().unwrap_or(f64::NAN);
            rows.sort_by(|a, b| first(a).total_cmp(&first(b)));
            if name == "sort_desc" {
                rows.reverse();
            }
            Ok(Value::Vector(rows))
        }
        ("clamp", [vector, low, high]) => {
            let (low, high) = (evaluation.scalar(low)?, evaluation.scalar(high)?);
            bounded(evaluation, vector, |step, value| {
                let bound = |all: &[f64]| all.get(step).copied().unwrap_or(f64::NAN);
                value.max(bound(&low)).min(bound(&high))
            })
        }
        ("clamp_min" | "clamp_max" | "round", [vector, number]) => {
            let number = evaluation.scalar(number)?;
            bounded(evaluation, vector, |step, value| {
                let number = number.get(step).copied().unwrap_or(f64::NAN);
                match name {
                    "clamp_min" => value.max(number),
                    "clamp_max" => value.min(number),
                    _ => (value / number + 0.5).floor() * number,
                }
            })
        }
        ("hour" | "minute" | "day_of_week", _) => of_time(evaluation, name, args.first().copied()),
        (_, [vector]) if let Some(function) = of_number(name) => {
            evaluation.mapped(evaluation.vector(vector)?, function)
        }
        (_, args) => over_range(evaluation, name, args),
    }
}

/// Evaluates a function of the samples in a range.
fn over_range(evaluation: &Evaluation<'_>, name: &str, args: &[&Expr]) -> Result<Value, Error> {
    match (name, args) {
        (_, [range]) if let Some(function) = over_time(name) => {
            let keeps_name = name == "last_over_time";
            Ok(Value::Vector(evaluation.ranged(range, keeps_name, |samples, span| {
                function(samples, (span.from, span.until))
            })?))
        }
        ("rate" | "increase" | "delta", [range]) => {
            let change = match name {
                "rate" => Change::Rate,
                "increase" => Change::Increase,
                _ => Change::Delta,
            };
            let rows =
                evaluation.ranged(range, false, |samples, span| changed(samples, span, change));
            Ok(Value::Vector(rows?))
        }
        ("irate" | "idelta", [range]) => {
            let is_rate = name == "irate";
            let rows = evaluation.ranged(range, false, |samples, _| at_last(samples, is_rate));
            Ok(Value::Vector(rows?))
        }
        ("quantile_over_time", [number, range]) => {
            let number = evaluation.scalar(number)?.first().copied().unwrap_or(f64::NAN);
            let rows = evaluation.ranged(range, false, |samples, _| {
                let values: Vec<f64> = samples.iter().map(|(_, value)| *value).collect();
                Some(quantile(number, &values))
            });
            Ok(Value::Vector(rows?))
        }
        _ => Err(unsupported(&format!("the function {name} with {} arguments", args.len()))),
    }
}

fn of_number(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "abs" => f64::abs,
        "ceil" => f64::ceil,
        "floor" => f64::floor,
        "round" => |value| (value + 0.5).floor(),
        "sqrt" => f64::sqrt,
        "exp" => f64::exp,
        "ln" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "sgn" => |value: f64| if value == 0.0 || value.is_nan() { value } else { value.signum() },
        _ => return None,
    })
}

type OverTime = fn(&[(i64, f64)], (i64, i64)) -> Option<f64>;

fn over_time(name: &str) -> Option<OverTime> {
    fn reduced(operator: &str, samples: &[(i64, f64)]) -> Option<f64> {
        let values: Vec<f64> = samples.iter().map(|(_, value)| *value).collect();
        reduce(operator, &values, None).ok()
    }
    #[expect(clippy::unnecessary_wraps, reason = "as the other functions over time")]
    fn changes(samples: &[(i64, f64)], counts: fn(f64, f64) -> bool) -> Option<f64> {
        let pairs = samples
            .windows(2)
            .filter(|pair| matches!(pair, [(_, before), (_, after)] if counts(*before, *after)));
        Some(pairs.map(|_| 1.0).sum())
    }
    Some(match name {
        "sum_over_time" => |samples, _| reduced("sum", samples),
        "avg_over_time" => |samples, _| reduced("avg", samples),
        "min_over_time" => |samples, _| reduced("min", samples),
        "max_over_time" => |samples, _| reduced("max", samples),
        "count_over_time" => |samples, _| reduced("count", samples),
        "stddev_over_time" => |samples, _| reduced("stddev", samples),
        "stdvar_over_time" => |samples, _| reduced("stdvar", samples),
        "present_over_time" => |_, _| Some(1.0),
        "last_over_time" => |samples, _| samples.last().map(|(_, value)| *value),
        "resets" => |samples, _| changes(samples, |before, after| after < before),
        "changes" => |samples, _| {
            changes(samples, |before, after| {
                before.total_cmp(&after).is_ne() && !(before.is_nan() && after.is_nan())
            })
        },
        _ => return None,
    })
}

fn timestamp(evaluation: &Evaluation<'_>, vector: &Expr) -> Result<Value, Error> {
    // Only a selector itself has samples with a time.
    if let Expr::VectorSelector(selector) = unparenthesized(vector) {
        let rows = evaluation.selected(selector, |(at, _)| seconds(at))?;
        return evaluation.mapped(rows, |at| at);
    }
    let times: Vec<i64> = evaluation.steps.times().collect();
    bounded(evaluation, vector, |step, _| seconds(times.get(step).copied().unwrap_or_default()))
}

/// A function of the step and the value.
fn bounded(
    evaluation: &Evaluation<'_>,
    vector: &Expr,
    function: impl Fn(usize, f64) -> f64,
) -> Result<Value, Error> {
    let mut rows = evaluation.vector(vector)?;
    for row in &mut rows {
        for (step, value) in row.values.iter_mut().enumerate() {
            *value = value.map(|value| function(step, value));
        }
    }
    evaluation.mapped(rows, |value| value)
}

/// One where no row has a value, with the labels that the selector asks for.
fn absent(evaluation: &Evaluation<'_>, expression: &Expr, rows: &[Row]) -> Value {
    let selector = match unparenthesized(expression) {
        Expr::VectorSelector(selector) => Some(selector),
        Expr::MatrixSelector(selector) => Some(&selector.vs),
        _ => None,
    };
    let mut labels = Labels::default();
    let matchers = selector.map(|selector| selector.matchers.matchers.as_slice());
    let matchers = matchers.unwrap_or_default();
    for matcher in matchers {
        let is_only = matchers.iter().filter(|other| other.name == matcher.name).count() == 1;
        if matcher.op == MatchOp::Equal && is_only && matcher.name != NAME {
            labels.set(&matcher.name, &matcher.value);
        }
    }
    let is_absent = |step: usize| {
        let present = rows.iter().any(|row| row.values.get(step).copied().flatten().is_some());
        (!present).then_some(1.0)
    };
    let values = (0..evaluation.steps.count).map(is_absent).collect();
    Value::Vector(vec![Row { labels, values }])
}

/// Parts of a time, in UTC: of the values, or of the time of evaluation.
fn of_time(evaluation: &Evaluation<'_>, name: &str, vector: Option<&Expr>) -> Result<Value, Error> {
    let part = |at: f64| {
        let days = (at / 86_400.0).floor();
        let second = at - days * 86_400.0;
        match name {
            "hour" => (second / 3600.0).floor(),
            "minute" => (second / 60.0).floor() % 60.0,
            // 1970 began on a Thursday.
            _ => (days + 4.0).rem_euclid(7.0),
        }
    };
    if let Some(vector) = vector {
        return evaluation.mapped(evaluation.vector(vector)?, part);
    }
    let values = evaluation.steps.times().map(|at| Some(part(seconds(at)))).collect();
    Ok(Value::Vector(vec![Row { labels: Labels::default(), values }]))
}
