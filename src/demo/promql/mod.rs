//! PromQL for the demo's Prometheus: the grammar is a crate's, the evaluation is here. It is the demo's own, so
//! that what watchdog asks can be held against it as against the real Prometheus.
//!
//! An expression is evaluated for all steps of a range at once: a [`Row`] has a value, or none, for each step.
//! Native histograms, `@` and some functions are not supported; queries that use them get an error.

use std::{
    cell::RefCell,
    collections::{HashMap, hash_map::Entry},
    time::{Duration, Instant},
};

use promql_parser::parser::{self, Expr};
use regex::Regex;

mod aggregate;
mod binary;
mod eval;
mod functions;
mod labels;
mod relabel;
#[cfg(test)]
mod tests;
mod window;

pub(super) use labels::Labels;
pub(super) use promql_parser::label::{MatchOp, Matcher};

/// The label with the name of a series.
pub(super) const NAME: &str = "__name__";
/// How long a sample stands for the present, in milliseconds.
const LOOKBACK: i64 = 5 * 60 * 1000;
/// The maximum length of a query in bytes.
const MAX_LENGTH: usize = 32 * 1024;
/// The maximum nesting of parentheses.
const MAX_DEPTH: usize = 200;
/// The maximum number of values that one query may hold.
const MAX_VALUES: usize = 20_000_000;
/// The maximum number of series that one selector may find.
pub(super) const MAX_SERIES: usize = 200_000;
/// How long a query may take, as by default in Prometheus.
const TIMEOUT: Duration = Duration::from_mins(2);

/// Times in milliseconds since 1970 at which an expression is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Steps {
    pub(super) start: i64,
    pub(super) step: i64,
    pub(super) count: usize,
}

impl Steps {
    pub(super) fn instant(at: i64) -> Steps {
        Steps { start: at, step: 1, count: 1 }
    }

    pub(super) fn times(self) -> impl Iterator<Item = i64> {
        let step = self.step;
        (0..self.count).scan(self.start, move |next, _| {
            let at = *next;
            *next += step;
            Some(at)
        })
    }

    fn end(self) -> i64 {
        let last = i64::try_from(self.count.saturating_sub(1)).unwrap_or(0);
        self.start + self.step * last
    }
}

/// A series of a store.
pub(super) trait Samples {
    /// The samples after `after` and until `until`, in the order of time.
    fn within(&self, after: i64, until: i64, out: &mut Vec<(i64, f64)>);

    /// The last of these samples, unless the series was known to be gone by `until`.
    fn latest(&self, after: i64, until: i64) -> Option<(i64, f64)>;
}

/// A series with its labels.
pub(super) struct Stored<'a> {
    pub(super) labels: Labels,
    pub(super) samples: Box<dyn Samples + 'a>,
}

/// Where series are.
pub(super) trait Store {
    /// The series that match, and that may have samples after `after` and until `until`; those above [`MAX_SERIES`]
    /// may be left out.
    fn select(&self, matchers: &[Matcher], after: i64, until: i64) -> Vec<Stored<'_>>;
}

/// Whether labels match.
pub(super) fn matches(matchers: &[Matcher], labels: &Labels) -> bool {
    matchers.iter().all(|matcher| matcher.is_match(labels.get(&matcher.name)))
}

/// Why a query is not answered, as Prometheus says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Error {
    /// The query is wrong, or not supported: `bad_data`.
    Bad(String),
    /// The data do not fit it: `execution`.
    Execution(String),
    /// It takes too long: `timeout`.
    Timeout,
}

/// A series of a result: a value, or none, for each step.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) labels: Labels,
    pub(super) values: Vec<Option<f64>>,
}

/// The result of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Scalar(Vec<f64>),
    Vector(Vec<Row>),
    Text(String),
    /// The samples of a range, of an instant query.
    Matrix(Vec<(Labels, Vec<(i64, f64)>)>),
}

/// What the parts of one query's evaluation share.
struct Shared {
    /// When it has taken too long.
    deadline: Instant,
    /// The patterns of `label_replace`, which are slow to compile.
    patterns: RefCell<HashMap<String, Regex>>,
}

impl Shared {
    fn new() -> Shared {
        Shared { deadline: Instant::now() + TIMEOUT, patterns: RefCell::default() }
    }
}

/// A query that can be evaluated.
#[derive(Debug)]
pub(super) struct Query(Expr);

impl Query {
    /// Parses a query. Needs stack for [`MAX_LENGTH`] operators.
    pub(super) fn parse(text: &str) -> Result<Query, Error> {
        let bad = |why: &str| Err(Error::Bad(format!("invalid parameter \"query\": {why}")));
        if text.trim().is_empty() {
            return bad("unknown position: parse error: no expression found in input");
        }
        if text.len() > MAX_LENGTH {
            return bad(&format!("parse error: longer than {MAX_LENGTH} bytes"));
        }
        let mut depth = 0_usize;
        for c in text.chars() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MAX_DEPTH {
                return bad("parse error: nested too deeply");
            }
        }
        match parser::parse(text) {
            Ok(expression) => Ok(Query(expression)),
            Err(why) => bad(&format!("parse error: {why}")),
        }
    }

    /// Evaluates it at one time.
    pub(super) fn at(&self, store: &dyn Store, time: i64) -> Result<Value, Error> {
        let steps = Steps::instant(time);
        let shared = Shared::new();
        let evaluation = eval::Evaluation::new(store, &shared, steps);
        if let Some(samples) = evaluation.samples(&self.0)? {
            return Ok(Value::Matrix(samples));
        }
        evaluation.value(&self.0)
    }

    /// Evaluates it at each step, in parts, so that what is held is bounded by the result.
    pub(super) fn over(&self, store: &dyn Store, steps: Steps) -> Result<Vec<Row>, Error> {
        let at_once = usize::try_from(6 * 3_600_000 / steps.step.max(1)).unwrap_or(1);
        let at_once = at_once.clamp(16, 512);
        let shared = Shared::new();
        let mut rows: HashMap<Labels, Vec<Option<f64>>> = HashMap::new();
        let mut done = 0;
        while done < steps.count {
            let count = at_once.min(steps.count - done);
            let start = steps.start + steps.step * i64::try_from(done).unwrap_or(0);
            let part = Steps { start, count, ..steps };
            match eval::Evaluation::new(store, &shared, part).value(&self.0)? {
                Value::Scalar(values) => {
                    let all = rows.entry(Labels::default()).or_default();
                    all.resize(done, None);
                    all.extend(values.into_iter().map(Some));
                }
                Value::Vector(part) => {
                    for row in merge(part, "vector cannot contain metrics with the same labelset")?
                    {
                        let all = rows.entry(row.labels).or_default();
                        all.resize(done, None);
                        all.extend(row.values);
                    }
                }
                Value::Text(_) | Value::Matrix(_) => {
                    return Err(Error::Bad(
                        "invalid expression type for range query, must be Scalar or instant Vector"
                            .to_owned(),
                    ));
                }
            }
            done += count;
            if rows.len().saturating_mul(done) > MAX_VALUES {
                return Err(too_much());
            }
        }
        let mut rows: Vec<Row> =
            rows.into_iter().map(|(labels, values)| Row { labels, values }).collect();
        rows.retain(|row| row.values.iter().any(Option::is_some));
        rows.sort_by(|a, b| a.labels.cmp(&b.labels));
        Ok(rows)
    }
}

fn too_much() -> Error {
    Error::Execution(
        "query processing would load too many samples into memory in query execution".to_owned(),
    )
}

/// Brings rows with the same labels together; two values at one step are an error.
fn merge(rows: Vec<Row>, error: &str) -> Result<Vec<Row>, Error> {
    let mut places: HashMap<Labels, usize> = HashMap::with_capacity(rows.len());
    let mut merged: Vec<Row> = Vec::with_capacity(rows.len());
    for row in rows {
        match places.entry(row.labels.clone()) {
            Entry::Vacant(place) => {
                place.insert(merged.len());
                merged.push(row);
            }
            Entry::Occupied(place) => {
                let Some(first) = merged.get_mut(*place.get()) else { continue };
                for (value, more) in first.values.iter_mut().zip(row.values) {
                    match (&value, more) {
                        (Some(_), Some(_)) => return Err(Error::Execution(error.to_owned())),
                        (None, Some(_)) => *value = more,
                        _ => {}
                    }
                }
            }
        }
    }
    Ok(merged)
}
