//! The evaluation of expressions, from the leaves up.

use std::{
    cell::Cell,
    time::{Duration, Instant, SystemTime},
};

use promql_parser::parser::{AtModifier, Expr, Offset, UnaryExpr, VectorSelector};
use regex::Regex;

use super::{
    Error, LOOKBACK, Labels, MAX_SERIES, MAX_VALUES, Matcher, NAME, Row, Shared, Steps, Store,
    Stored, Value, aggregate, binary, functions, merge, too_much,
};

pub(super) const SAME_LABELS: &str = "vector cannot contain metrics with the same labelset";

/// The evaluation of an expression at some steps.
pub(super) struct Evaluation<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) steps: Steps,
    shared: &'a Shared,
    /// How many values were made so far.
    made: Cell<usize>,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(store: &'a dyn Store, shared: &'a Shared, steps: Steps) -> Evaluation<'a> {
        Evaluation { store, steps, shared, made: Cell::new(0) }
    }

    /// The same evaluation at other steps.
    pub(super) fn at(&self, steps: Steps) -> Evaluation<'a> {
        Evaluation { steps, made: self.made.clone(), ..*self }
    }

    /// Counts values, and looks at the clock.
    pub(super) fn count(&self, values: usize) -> Result<(), Error> {
        self.made.set(self.made.get().saturating_add(values));
        if self.made.get() > MAX_VALUES {
            return Err(too_much());
        }
        if Instant::now() > self.shared.deadline { Err(Error::Timeout) } else { Ok(()) }
    }

    /// A pattern that has to match the whole text; `None` if it is no regular expression.
    pub(super) fn pattern(&self, pattern: &str) -> Option<Regex> {
        let mut patterns = self.shared.patterns.borrow_mut();
        if let Some(known) = patterns.get(pattern) {
            return Some(known.clone());
        }
        let regex = Regex::new(&format!("^(?s:{pattern})$")).ok()?;
        patterns.insert(pattern.to_owned(), regex.clone());
        Some(regex)
    }

    pub(super) fn value(&self, expression: &Expr) -> Result<Value, Error> {
        match expression {
            Expr::Paren(inner) => self.value(&inner.expr),
            Expr::NumberLiteral(number) => Ok(Value::Scalar(vec![number.val; self.steps.count])),
            Expr::StringLiteral(text) => Ok(Value::Text(text.val.clone())),
            Expr::VectorSelector(selector) => {
                let rows = self.selected(selector, |(_, value)| value)?;
                Ok(Value::Vector(rows))
            }
            Expr::Unary(UnaryExpr { expr }) => match self.value(expr)? {
                Value::Scalar(values) => {
                    Ok(Value::Scalar(values.into_iter().map(|value| -value).collect()))
                }
                Value::Vector(rows) => self.mapped(rows, |value| -value),
                _ => Err(Error::Bad("parse error: unary expression only allowed on expressions of type scalar or vector".to_owned())),
            },
            Expr::Aggregate(aggregation) => aggregate::aggregate(self, aggregation),
            Expr::Binary(operation) => binary::operate(self, operation),
            Expr::Call(call) => functions::call(self, call),
            Expr::MatrixSelector(_) | Expr::Subquery(_) => {
                Err(Error::Bad("parse error: unexpected range vector".to_owned()))
            }
            Expr::Extension(_) => Err(unsupported("an extension")),
        }
    }

    /// The value of an expression that has to be an instant vector.
    pub(super) fn vector(&self, expression: &Expr) -> Result<Vec<Row>, Error> {
        match self.value(expression)? {
            Value::Vector(rows) => Ok(rows),
            _ => Err(Error::Bad("parse error: expected type instant vector".to_owned())),
        }
    }

    /// The value of an expression that has to be a number.
    pub(super) fn scalar(&self, expression: &Expr) -> Result<Vec<f64>, Error> {
        match self.value(expression)? {
            Value::Scalar(values) => Ok(values),
            _ => Err(Error::Bad("parse error: expected type scalar".to_owned())),
        }
    }

    /// The value of an expression that has to be a string.
    pub(super) fn text(&self, expression: &Expr) -> Result<String, Error> {
        match self.value(expression)? {
            Value::Text(text) => Ok(text),
            _ => Err(Error::Bad("parse error: expected type string".to_owned())),
        }
    }

    /// Other values without the name of the series.
    #[expect(clippy::unused_self, reason = "beside the other makers of values")]
    pub(super) fn mapped(
        &self,
        rows: Vec<Row>,
        change: impl Fn(f64) -> f64,
    ) -> Result<Value, Error> {
        let rows = rows.into_iter().map(|row| Row {
            labels: row.labels.without(&[]),
            values: row.values.into_iter().map(|value| value.map(&change)).collect(),
        });
        Ok(Value::Vector(merge(rows.collect(), SAME_LABELS)?))
    }

    /// The rows of a selector; `value` is of the sample.
    pub(super) fn selected(
        &self,
        selector: &VectorSelector,
        value: impl Fn((i64, f64)) -> f64,
    ) -> Result<Vec<Row>, Error> {
        let steps = self.shifted(selector.offset.as_ref(), selector.at.as_ref())?;
        let all = self.stored(selector, steps.start - LOOKBACK, steps.end())?;
        let mut rows = Vec::with_capacity(all.len());
        for Stored { labels, samples } in all {
            let latest = |at: i64| samples.latest(at - LOOKBACK, at).map(&value);
            let values: Vec<Option<f64>> = steps.times().map(latest).collect();
            if values.iter().any(Option::is_some) {
                self.count(values.len())?;
                rows.push(Row { labels, values });
            }
        }
        Ok(rows)
    }

    /// The steps at which a selector with these modifiers looks.
    pub(super) fn shifted(
        &self,
        offset: Option<&Offset>,
        at: Option<&AtModifier>,
    ) -> Result<Steps, Error> {
        let mut steps = self.steps;
        match at {
            None => {}
            Some(AtModifier::At(time)) => {
                let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                steps = Steps { start: milliseconds(since), step: 0, ..steps };
            }
            // Parts of a range do not know the whole.
            Some(AtModifier::Start | AtModifier::End) => {
                return Err(unsupported("the modifier @ start() or @ end()"));
            }
        }
        steps.start -= match offset {
            None => 0,
            Some(Offset::Pos(offset)) => milliseconds(*offset),
            Some(Offset::Neg(offset)) => -milliseconds(*offset),
        };
        Ok(steps)
    }

    /// The series of a selector.
    pub(super) fn stored(
        &self,
        selector: &VectorSelector,
        after: i64,
        until: i64,
    ) -> Result<Vec<Stored<'a>>, Error> {
        if !selector.matchers.or_matchers.is_empty() {
            return Err(unsupported("\"or\" between the matchers of a selector"));
        }
        let mut matchers: Vec<Matcher> = selector.matchers.matchers.clone();
        if let Some(name) = &selector.name {
            matchers.push(Matcher::new(super::MatchOp::Equal, NAME, name));
        }
        let mut found = self.store.select(&matchers, after, until);
        if found.len() > MAX_SERIES {
            return Err(too_much());
        }
        self.count(0)?;
        // The order decides between equal values.
        found.sort_by(|a, b| a.labels.cmp(&b.labels));
        Ok(found)
    }

    /// The samples of a range selector or subquery, at the first step; `None` for another expression.
    #[expect(clippy::type_complexity, reason = "the samples of each series")]
    pub(super) fn samples(
        &self,
        expression: &Expr,
    ) -> Result<Option<Vec<(Labels, Vec<(i64, f64)>)>>, Error> {
        let expression = match expression {
            Expr::Paren(inner) => return self.samples(&inner.expr),
            Expr::MatrixSelector(_) | Expr::Subquery(_) => expression,
            _ => return Ok(None),
        };
        let mut found = Vec::new();
        self.windows(expression, |labels, windows| {
            if !windows.first().is_empty() {
                found.push((labels, windows.first().to_vec()));
            }
        })?;
        Ok(Some(found))
    }
}

pub(super) fn unsupported(what: &str) -> Error {
    Error::Bad(format!("invalid parameter \"query\": {what} is not supported by this demo"))
}

/// At most 30,000 years, so that sums of several are numbers.
pub(super) fn milliseconds(duration: Duration) -> i64 {
    let limit = 1_000_000_000_000_000;
    i64::try_from(duration.as_millis()).unwrap_or(limit).min(limit)
}
