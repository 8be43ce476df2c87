//! Ranges of samples, and the functions over them.

use promql_parser::parser::Expr;

use super::{
    Error, Labels, NAME, Row, Steps, Stored,
    eval::{Evaluation, SAME_LABELS, milliseconds, unsupported},
    merge,
};

/// The maximum number of steps of a subquery.
const MAX_SUBQUERY: i64 = 50_000;
/// The step of a subquery that names none, in milliseconds: Prometheus' evaluation interval.
const DEFAULT_STEP: i64 = 60_000;

/// Samples in the order of time.
type Window = Vec<(i64, f64)>;

/// What a function over a range has besides the samples.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) from: i64,
    pub(super) until: i64,
}

impl Evaluation<'_> {
    /// Gives each series of a range expression with its samples for each step.
    pub(super) fn windows(
        &self,
        expression: &Expr,
        mut each: impl FnMut(Labels, Vec<Window>) -> Result<(), Error>,
    ) -> Result<Vec<Span>, Error> {
        match expression {
            Expr::Paren(inner) => self.windows(&inner.expr, each),
            Expr::MatrixSelector(selector) => {
                let range = milliseconds(selector.range);
                let steps = self.shifted(selector.vs.offset.as_ref(), selector.vs.at.as_ref())?;
                let all = self.stored(&selector.vs, steps.start - range, steps.end())?;
                for Stored { labels, samples } in all {
                    let window = |at: i64| {
                        let mut window = Vec::new();
                        samples.within(at - range, at, &mut window);
                        window
                    };
                    let windows: Vec<Window> = steps.times().map(window).collect();
                    self.count(windows.iter().map(Vec::len).sum())?;
                    each(labels, windows)?;
                }
                Ok(spans(steps, range))
            }
            Expr::Subquery(subquery) => {
                let range = milliseconds(subquery.range);
                let step = subquery.step.map_or(DEFAULT_STEP, milliseconds).max(1);
                let steps = self.shifted(subquery.offset.as_ref(), subquery.at.as_ref())?;
                // The steps of a subquery are multiples of its own step.
                let first = (steps.start - range).div_euclid(step) * step + step;
                let count = (steps.end() - first).div_euclid(step) + 1;
                if count > MAX_SUBQUERY {
                    return Err(super::too_much());
                }
                let count = usize::try_from(count).unwrap_or(0);
                let inner = self.at(Steps { start: first, step, count });
                let times: Vec<i64> = inner.steps.times().collect();
                for row in merge(inner.vector(&subquery.expr)?, SAME_LABELS)? {
                    let samples: Window = times
                        .iter()
                        .zip(row.values)
                        .filter_map(|(at, value)| Some((*at, value?)))
                        .collect();
                    let window = |at: i64| {
                        let from = samples.partition_point(|(time, _)| *time <= at - range);
                        let until = samples.partition_point(|(time, _)| *time <= at);
                        samples.get(from..until).unwrap_or_default().to_vec()
                    };
                    let windows: Vec<Window> = steps.times().map(window).collect();
                    self.count(windows.iter().map(Vec::len).sum())?;
                    each(row.labels, windows)?;
                }
                Ok(spans(steps, range))
            }
            _ => Err(Error::Bad("parse error: expected type range vector".to_owned())),
        }
    }

    /// A function of the samples in a range, for each series and step.
    pub(super) fn ranged(
        &self,
        expression: &Expr,
        keep_name: bool,
        function: impl Fn(&[(i64, f64)], Span) -> Option<f64>,
    ) -> Result<Vec<Row>, Error> {
        let range = range_of(expression)?;
        let (offset, at) = match unparenthesized(expression) {
            Expr::MatrixSelector(selector) => (&selector.vs.offset, &selector.vs.at),
            Expr::Subquery(subquery) => (&subquery.offset, &subquery.at),
            _ => return Err(unsupported("this range")),
        };
        let spans = spans(self.shifted(offset.as_ref(), at.as_ref())?, range);
        let mut rows = Vec::new();
        self.windows(expression, |mut labels, windows| {
            if !keep_name {
                labels.set(NAME, "");
            }
            let values = windows.iter().zip(&spans);
            let values: Vec<Option<f64>> = values
                .map(
                    |(window, span)| if window.is_empty() { None } else { function(window, *span) },
                )
                .collect();
            if values.iter().any(Option::is_some) {
                rows.push(Row { labels, values });
            }
            Ok(())
        })?;
        merge(rows, SAME_LABELS)
    }
}

fn spans(steps: Steps, range: i64) -> Vec<Span> {
    steps.times().map(|at| Span { from: at - range, until: at }).collect()
}

pub(super) fn unparenthesized(expression: &Expr) -> &Expr {
    match expression {
        Expr::Paren(inner) => unparenthesized(&inner.expr),
        other => other,
    }
}

fn range_of(expression: &Expr) -> Result<i64, Error> {
    match unparenthesized(expression) {
        Expr::MatrixSelector(selector) => Ok(milliseconds(selector.range)),
        Expr::Subquery(subquery) => Ok(milliseconds(subquery.range)),
        _ => Err(Error::Bad("parse error: expected type range vector".to_owned())),
    }
}

/// How a counter or gauge changed over a range.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Rate,
    Increase,
    Delta,
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds, far below 2^52")]
pub(super) fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// `rate`, `increase` or `delta`: the change between the first and the last sample, extrapolated to
/// the range as Prometheus 2 does it.
pub(super) fn changed(samples: &[(i64, f64)], span: Span, change: Change) -> Option<f64> {
    let [(first_at, first), .., (last_at, last)] = samples else { return None };
    let is_counter = change != Change::Delta;
    let mut result = last - first;
    if is_counter {
        let resets = samples.windows(2).filter_map(|pair| match pair {
            [(_, before), (_, after)] if after < before => Some(*before),
            _ => None,
        });
        result += resets.sum::<f64>();
    }
    let covered = seconds(last_at - first_at);
    #[expect(clippy::cast_precision_loss, reason = "a small count")]
    let between = covered / (samples.len() - 1) as f64;
    let threshold = between * 1.1;
    let (mut to_start, mut to_end) = (seconds(first_at - span.from), seconds(span.until - last_at));
    if is_counter && result > 0.0 && *first >= 0.0 {
        // A counter was not below zero.
        to_start = to_start.min(covered * (first / result));
    }
    if to_start >= threshold {
        to_start = between / 2.0;
    }
    if to_end >= threshold {
        to_end = between / 2.0;
    }
    let factor = (covered + to_start + to_end) / covered;
    let range = seconds(span.until - span.from);
    Some(result * if change == Change::Rate { factor / range } else { factor })
}

/// `irate` or `idelta`: the change between the last two samples.
pub(super) fn at_last(samples: &[(i64, f64)], is_rate: bool) -> Option<f64> {
    let [.., (before_at, before), (at, last)] = samples else { return None };
    let change = if is_rate && last < before { *last } else { last - before };
    if at == before_at {
        return None;
    }
    Some(if is_rate { change / seconds(at - before_at) } else { change })
}
