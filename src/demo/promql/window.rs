//! Ranges of samples, and the functions over them.

use std::ops::Range;

use promql_parser::parser::Expr;

use super::{
    Error, Labels, NAME, Row, Samples, Steps, Stored,
    eval::{Evaluation, SAME_LABELS, milliseconds, unsupported},
    merge,
};

/// The maximum number of steps of a subquery.
const MAX_SUBQUERY: i64 = 50_000;
/// The step of a subquery that names none, in milliseconds: Prometheus' evaluation interval.
const DEFAULT_STEP: i64 = 60_000;

/// The samples of one series, and which of them are in the range of each step.
pub(super) struct Windows {
    /// In the order of time. Ranges that overlap share their samples.
    samples: Vec<(i64, f64)>,
    ranges: Vec<Range<usize>>,
}

impl Windows {
    /// The windows before these times over samples of which there is one list.
    fn of(samples: Vec<(i64, f64)>, steps: Steps, range: i64) -> Windows {
        let (mut from, mut until) = (0, 0);
        let passed =
            |place: usize, time: i64| samples.get(place).is_some_and(|(at, _)| *at <= time);
        let window = |at: i64| {
            while passed(from, at - range) {
                from += 1;
            }
            until = from.max(until);
            while passed(until, at) {
                until += 1;
            }
            from..until
        };
        let ranges = steps.times().map(window).collect();
        Windows { samples, ranges }
    }

    /// The windows of a stored series.
    fn stored(series: &dyn Samples, steps: Steps, range: i64) -> Windows {
        let mut samples = Vec::new();
        if steps.step <= range {
            series.within(steps.start - range, steps.end(), &mut samples);
            return Windows::of(samples, steps, range);
        }
        let window = |at: i64| {
            let from = samples.len();
            series.within(at - range, at, &mut samples);
            from..samples.len()
        };
        let ranges = steps.times().map(window).collect();
        Windows { samples, ranges }
    }

    /// The samples of each step.
    fn iter(&self) -> impl Iterator<Item = &[(i64, f64)]> {
        self.ranges.iter().map(|range| self.samples.get(range.clone()).unwrap_or_default())
    }

    /// The samples of the first step.
    pub(super) fn first(&self) -> &[(i64, f64)] {
        self.iter().next().unwrap_or_default()
    }

    /// The samples of all steps, each as often as it is looked at.
    fn len(&self) -> usize {
        self.ranges.iter().map(Range::len).sum()
    }
}

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
        mut each: impl FnMut(Labels, Windows),
    ) -> Result<(), Error> {
        match expression {
            Expr::Paren(inner) => return self.windows(&inner.expr, each),
            Expr::MatrixSelector(selector) => {
                let range = milliseconds(selector.range);
                let steps = self.shifted(selector.vs.offset.as_ref(), selector.vs.at.as_ref())?;
                let all = self.stored(&selector.vs, steps.start - range, steps.end())?;
                for Stored { labels, samples } in all {
                    let windows = Windows::stored(&*samples, steps, range);
                    self.count(windows.len())?;
                    each(labels, windows);
                }
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
                    let values = times.iter().zip(row.values);
                    let samples = values.filter_map(|(at, value)| Some((*at, value?))).collect();
                    let windows = Windows::of(samples, steps, range);
                    self.count(windows.len())?;
                    each(row.labels, windows);
                }
            }
            _ => return Err(Error::Bad("parse error: expected type range vector".to_owned())),
        }
        Ok(())
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
            let one = |(window, span): (&[_], &Span)| {
                if window.is_empty() { None } else { function(window, *span) }
            };
            let values: Vec<Option<f64>> = windows.iter().zip(&spans).map(one).collect();
            if values.iter().any(Option::is_some) {
                rows.push(Row { labels, values });
            }
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
